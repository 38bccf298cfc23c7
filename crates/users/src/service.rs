//! Accounts, for their owners and for the features above.

pub mod address;
pub mod deletion;
pub mod export;
pub mod manage;
pub mod status;
pub mod words;

use audit_log::{Entry, Target};
use kernel::{Caller, Merge, Scope, Tx, UserId, View};
use notifications::Recipient;
use sea_orm::ActiveValue::Set;

use crate::{EmailAddress, Error, ProfileIn, Status, User, models, schemas::Recorded};

/// An account to make.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// Its mail address.
    pub email: EmailAddress,
    /// What its owner is called.
    pub name: String,
    /// The language they read.
    pub locale: String,
}

/// The account of who asks.
pub async fn me(view: &View) -> Result<User, Error> {
    by_id(view, view.caller().and_then(Caller::user).ok_or(Error::NotFound)?).await
}

/// The live account of this id.
pub async fn by_id(view: &View, id: UserId) -> Result<User, Error> {
    models::by_id(view, id).await?.ok_or(Error::NotFound)
}

/// The live accounts of these ids, in no order.
pub async fn by_ids(view: &View, ids: &[UserId]) -> Result<Vec<User>, Error> {
    Ok(models::by_ids(view, ids).await?)
}

/// The live accounts of these addresses, in no order.
pub async fn by_emails(view: &View, emails: &[EmailAddress]) -> Result<Vec<User>, Error> {
    Ok(models::by_emails(view, emails).await?)
}

/// The live account of this address.
pub async fn by_email(view: &View, email: &EmailAddress) -> Result<Option<User>, Error> {
    Ok(models::by_email(view, email).await?)
}

/// The live account of this id, kept from others until the transaction ends.
pub async fn hold(tx: &Tx<impl Scope>, id: UserId) -> Result<User, Error> {
    models::hold(tx, id).await?.ok_or(Error::NotFound)
}

/// The live account of this address, kept from others until the transaction ends.
pub async fn hold_by_email(
    tx: &Tx<impl Scope>,
    email: &EmailAddress,
) -> Result<Option<User>, Error> {
    Ok(models::hold_by_email(tx, email).await?)
}

/// Whether there is any account at all, deleted ones too.
pub async fn any(view: &View) -> Result<bool, Error> {
    Ok(models::any(view).await?)
}

/// Makes an account whose address nobody has proved yet.
pub async fn create(tx: &Tx<impl Scope>, new: NewUser) -> Result<User, Error> {
    let view = tx.view();
    let NewUser { email, name, locale } = new;
    let row = User {
        id: view.id(),
        email: email.typed().to_owned(),
        email_canonical: email.canonical().to_owned(),
        email_verified_at: None,
        name,
        locale,
        time_zone: "UTC".to_owned(),
        status: Status::Active,
        disabled_reason: None,
        disabled_until: None,
        search: None,
        version: 1,
        created_at: view.now(),
        updated_at: view.now(),
        deleted_at: None,
        erase_at: None,
    };
    let user = models::insert(tx, row).await?;
    write_to(tx, &user).await?;
    audit_log::record(tx, entry("user.created", user.id).created(&Recorded::from(&user)));
    Ok(user)
}

/// Changes what the patch of one's own profile names.
pub async fn update_me(tx: &Tx, patch: Merge<ProfileIn>) -> Result<User, Error> {
    let id = tx.caller().and_then(Caller::user).ok_or(Error::NotFound)?;
    let before = models::changing(tx, id).await?;
    change(tx, before, patch).await
}

/// Makes of a profile, which is locked, what the patch says; where it says nothing new, nothing
/// happens.
async fn change(tx: &Tx, before: User, patch: Merge<ProfileIn>) -> Result<User, Error> {
    let profile = ProfileIn::from(&before);
    let changed = patch.onto(&profile)?;
    if changed == profile {
        return Ok(before);
    }
    let ProfileIn { name, locale, time_zone } = changed;
    let moved = locale != before.locale || time_zone != before.time_zone;
    let recorded = Recorded::from(&before);
    let user = models::save(tx, before, |row| {
        row.name = Set(name);
        row.locale = Set(locale);
        row.time_zone = Set(time_zone);
    })
    .await?;
    if moved {
        write_to(tx, &user).await?;
    }
    audit_log::record(
        tx,
        entry("user.updated", user.id).changed(&recorded, &Recorded::from(&user)),
    );
    Ok(user)
}

/// Notes that the owner has proved that the mailbox is theirs.
pub async fn verify_email(tx: &Tx<impl Scope>, id: UserId) -> Result<User, Error> {
    let before = models::changing(tx, id).await?;
    let recorded = Recorded::from(&before);
    let now = tx.view().now();
    let user = models::save(tx, before, |row| row.email_verified_at = Set(Some(now))).await?;
    let entry = entry("user.email_verified", id).by(id);
    audit_log::record(tx, entry.changed(&recorded, &Recorded::from(&user)));
    Ok(user)
}

fn entry(action: &'static str, user: UserId) -> Entry {
    Entry::of(action, Target::new("user", user)).about(user)
}

/// Has notifications know where and how the account can be written to.
async fn write_to(tx: &Tx<impl Scope>, user: &User) -> Result<(), Error> {
    let address = EmailAddress::parse(&user.email);
    let recipient = Recipient {
        user_id: user.id,
        address: address.map_or_else(|| user.email.clone(), |it| it.mailbox().to_owned()),
        locale: user.locale.clone(),
        time_zone: user.time_zone.clone(),
        updated_at: user.updated_at,
    };
    Ok(notifications::recipient(tx, recipient).await?)
}
