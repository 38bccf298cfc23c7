//! Recipients, and queueing mail for them.

mod deliver;
pub mod inbox;
pub mod listen;
mod notify;
pub mod people;
mod purge;

use std::sync::Arc;

use kernel::{Caller, Env, Scope, Tx, UserId, View};
use sea_orm::DbErr;
use serde_json::Value;
use uuid::Uuid;

pub use deliver::Deliver;
pub use notify::notify;
pub use purge::PurgeNotifications;

use crate::{
    Error, Mail, Recipient,
    hub::Hub,
    job::{Reader, SendMail},
    models,
    transport::Transport,
};

/// What this feature holds while the server runs.
pub struct Notifications {
    pub(crate) transport: Transport,
    pub(crate) hub: Arc<Hub>,
    public_url: String,
}

impl Notifications {
    pub(crate) fn read(env: &Env) -> Self {
        Self { transport: Transport::read(env), hub: Arc::default(), public_url: env.public_url() }
    }
}

/// Whose inbox it is about: that of whoever asks.
fn reader(view: &View) -> Result<UserId, Error> {
    view.caller().and_then(Caller::user).ok_or(Error::NotFound)
}

/// Remembers where and how somebody can be written to.
pub async fn recipient(tx: &Tx<impl Scope>, recipient: Recipient) -> Result<(), DbErr> {
    models::put(tx, recipient).await
}

/// Queues a mail: it is sent after COMMIT, in the language the recipient reads then.
pub fn mail(
    tx: &Tx<impl Scope>,
    to: UserId,
    mail: &'static Mail,
    values: Value,
) -> Result<(), DbErr> {
    queue(tx, Reader::Account(to), mail, values)
}

/// Queues a mail to an address that may have no account, in the language of `locale`. Whoever calls
/// it sees to how often: nobody there can unsubscribe.
pub fn mail_to(
    tx: &Tx<impl Scope>,
    address: &str,
    locale: &str,
    mail: &'static Mail,
    values: Value,
) -> Result<(), DbErr> {
    let (address, locale) = (address.to_owned(), locale.to_owned());
    queue(tx, Reader::Mailbox { address, locale }, mail, values)
}

fn queue(tx: &Tx<impl Scope>, to: Reader, mail: &'static Mail, values: Value) -> Result<(), DbErr> {
    let id: Uuid = tx.view().id();
    tx.enqueue(&SendMail { id, to, mail: mail.kind.to_owned(), values })
}

/// The address of the page behind a mailed link; it begins with `PUBLIC_URL` and nothing that a
/// request says (A9).
pub fn link(view: &View, page: &str, token: &str) -> String {
    format!("{}/links/{page}?token={token}", view.of::<Notifications>().public_url)
}
