//! Telling somebody that they were signed in from a device they have not used before (ASVS 6.3.5).

use chrono::TimeDelta;
use kernel::{Tx, UserId};
use notifications::Notice;
use serde_json::json;
use users::User;

use crate::{
    Error,
    device::Device,
    mails,
    models::device::{self, KnownDevice},
    topics,
};

/// How exact it is when a device was seen.
const DAY: TimeDelta = TimeDelta::days(1);

/// Tells the owner of an account when it is signed in from a kind of device that it has not been used
/// from; the first one is their own.
pub async fn greet(tx: &Tx, user: &User) -> Result<(), Error> {
    let device = Device::of(tx);
    let known = device::of(tx, user.id).await?;
    let same = |it: &&KnownDevice| device.is_marked(tx.keyring(), user.id, &it.mark);
    match known.iter().find(same) {
        Some(it) if tx.now() - it.seen_at < DAY => Ok(()),
        Some(it) => Ok(device::see(tx, user.id, it.mark.clone()).await?),
        None => {
            device::see(tx, user.id, device.mark(tx.keyring(), user.id)).await?;
            if !known.is_empty() {
                tell(tx, user.id, &device)?;
            }
            Ok(())
        }
    }
}

fn tell(tx: &Tx, user: UserId, device: &Device) -> Result<(), Error> {
    let values = json!({
        "device": device.name(),
        "ip": device.ip.map(|it| it.to_string()).unwrap_or_default(),
        "at": tx.now().format("%Y-%m-%d %H:%M UTC").to_string(),
    });
    notifications::notify(tx, user, &topics::NEW_DEVICE, Notice::of(values.clone()))?;
    Ok(notifications::mail(tx, user, &mails::NEW_DEVICE, values)?)
}
