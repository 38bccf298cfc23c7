//! Recording and listing.

pub mod months;
pub mod refusals;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Mutex,
    time::Duration,
};

use chrono::{DateTime, Utc};
use kernel::{Cache, OrgView, OrganizationId, PageOf, Scope, Tx, UserId, View, db::PageRequest};
use uuid::Uuid;

use crate::{
    AuditEntryOut, AuditFilter, Entry, Error, Target,
    keys::{self, Key},
    models,
    models::{EntryId, EntryRow},
    order::Order,
    pile::Pile,
};

/// What the log holds in memory: the keys of those who act a lot, how many entries there were, and
/// where it is.
pub struct AuditLog {
    pub(crate) keys: Cache<UserId, Key>,
    pub(crate) order: Order,
    pub(crate) host: String,
    /// Logs that could not be continued, and since when.
    pub(crate) damaged: Mutex<BTreeMap<OrganizationId, DateTime<Utc>>>,
}

impl AuditLog {
    /// The log of the server that is reached at this URL.
    pub(crate) fn at(url: &str) -> Self {
        let keys = Cache::new("audit_log.keys", 10_000, Duration::from_mins(10));
        let host = url.split_once("://").map_or(url, |(_, host)| host);
        let host = host.replace('+', "-"); // none may stand in a key's name
        Self { keys, order: Order::default(), host, damaged: Mutex::default() }
    }
}

/// Leaves an entry with the transaction of the change it is about, inside an organization or not; it
/// does no I/O of its own (ASVS 16.2.1). It is sealed soon after.
pub fn record(tx: &Tx<impl Scope>, entry: Entry) {
    tx.wake_duties();
    tx.leave::<Pile>((tx.organization().unwrap_or(OrganizationId::PLATFORM), entry));
}

/// A page of the log of the place one stands at.
pub async fn list(
    view: &impl Scope,
    page: &PageRequest,
    filter: &AuditFilter,
) -> Result<PageOf<AuditEntryOut>, Error> {
    shown_page(view.view(), models::page(view, page, filter).await?).await
}

/// An entry of the log of the place one stands at.
pub async fn read(view: &impl Scope, id: EntryId) -> Result<AuditEntryOut, Error> {
    let entry = models::by_id(view, id).await?.ok_or(Error::NotFound)?;
    shown(view.view(), vec![entry]).await?.pop().ok_or(Error::NotFound)
}

/// A page of what the organization's log says of a thing, for the feature whose thing it is to show
/// as much of it as it wants.
pub async fn about(
    view: &OrgView,
    target: Target,
    page: &PageRequest,
) -> Result<PageOf<AuditEntryOut>, Error> {
    shown_page(view, models::page_of_target(view, target, page).await?).await
}

/// What the platform's log says of a thing, in order.
pub async fn of(view: &View, target: impl Into<Uuid>) -> Result<Vec<AuditEntryOut>, Error> {
    let entries = models::of_target(view, target.into()).await?;
    shown(view, entries).await
}

/// Destroys this person's key, on every replica: what entries tell of them is not to be read any more,
/// while the entries, their hashes and every proof stay as they are. To be called in the transaction
/// that erases the account.
pub async fn erase_person(tx: &Tx<impl Scope>, person: UserId) -> Result<(), Error> {
    models::remove_key(tx, person).await?;
    tx.invalidate(&tx.view().of::<AuditLog>().keys, person);
    Ok(())
}

async fn shown_page(view: &View, page: PageOf<EntryRow>) -> Result<PageOf<AuditEntryOut>, Error> {
    let PageOf { items, next_cursor, prev_cursor, total } = page;
    let items = shown(view, items).await?;
    Ok(PageOf { items, next_cursor, prev_cursor, total })
}

async fn shown(view: &View, entries: Vec<EntryRow>) -> Result<Vec<AuditEntryOut>, Error> {
    let people = entries.iter().flat_map(|entry| [entry.person_id, entry.origin_person_id]);
    let people: BTreeSet<_> = people.collect();
    let keys = keys::of(view, &Vec::from_iter(people)).await?;
    Ok(entries.into_iter().map(|entry| AuditEntryOut::of(entry, &keys)).collect())
}
