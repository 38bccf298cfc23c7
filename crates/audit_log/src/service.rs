//! Recording and listing.

pub mod export;
pub mod months;
pub mod refusals;
pub mod retention;
pub mod tail;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Mutex,
    time::Duration,
};

use chrono::{DateTime, Utc};
use kernel::{Cache, OrgView, OrganizationId, PageOf, Scope, Tx, UserId, View, db::PageRequest};
use sea_orm::DbErr;
use uuid::Uuid;

use crate::{
    AuditEntryOut, AuditFilter, Entry, Error, Target,
    keys::{self, Key, Keys},
    models,
    models::{EntryId, EntryRow},
    order::Order,
    pile::Pile,
};

/// What the log holds in memory: the keys of those who act a lot, and where it is reached.
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
    let page = models::page(view, page, filter).await?;
    let seqs = seqs(view, &page.items).await?;
    shown_page(view.view(), page, &seqs).await
}

/// An entry of the log of the place one stands at.
pub async fn read(view: &impl Scope, id: EntryId) -> Result<AuditEntryOut, Error> {
    let entry = models::by_id(view, id).await?.ok_or(Error::NotFound)?;
    let entry = vec![entry];
    let seqs = seqs(view, &entry).await?;
    shown_as(view.view(), entry, &seqs).await?.pop().ok_or(Error::NotFound)
}

/// A page of what the organization's log says of a thing, for the feature whose thing it is to show
/// as much of it as it wants.
pub async fn about(
    view: &OrgView,
    target: Target,
    page: &PageRequest,
) -> Result<PageOf<AuditEntryOut>, Error> {
    shown_page(view, models::page_of_target(view, target, page).await?, &Seqs::new()).await
}

/// What the platform's log says of a thing, in order.
pub async fn of(view: &View, target: impl Into<Uuid>) -> Result<Vec<AuditEntryOut>, Error> {
    let entries = models::of_target(view, target.into()).await?;
    shown_as(view, entries, &Seqs::new()).await
}

/// Destroys this person's key, on every replica: what entries tell of them is not to be read any more,
/// while the entries, their hashes and every proof stay as they are. To be called in the transaction
/// that erases the account.
pub async fn erase_person(tx: &Tx<impl Scope>, person: UserId) -> Result<(), Error> {
    models::remove_key(tx, person).await?;
    tx.invalidate(&tx.view().of::<AuditLog>().keys, person);
    Ok(())
}

async fn shown_page(
    view: &View,
    page: PageOf<EntryRow>,
    seqs: &Seqs,
) -> Result<PageOf<AuditEntryOut>, Error> {
    let PageOf { items, next_cursor, prev_cursor, total } = page;
    let items = shown_as(view, items, seqs).await?;
    Ok(PageOf { items, next_cursor, prev_cursor, total })
}

/// The places of entries in their log.
type Seqs = HashMap<EntryId, i64>;

async fn seqs(view: &impl Scope, entries: &[EntryRow]) -> Result<Seqs, Error> {
    let seals = models::seals_of(view, entries.iter().map(|entry| entry.id)).await?;
    Ok(seals.into_values().map(|seal| (seal.entry_id, seal.seq)).collect())
}

/// These entries as they are shown, those that have a place in the log with it.
async fn shown_as(
    view: &View,
    entries: Vec<EntryRow>,
    seqs: &Seqs,
) -> Result<Vec<AuditEntryOut>, Error> {
    let keys = revealing(view, &entries).await?;
    let shown = |entry: EntryRow| {
        let seq = seqs.get(&entry.id).copied();
        AuditEntryOut::of(entry, seq, &keys)
    };
    Ok(entries.into_iter().map(shown).collect())
}

/// The keys of the people these entries hide something of.
async fn revealing<'a>(
    view: &View,
    entries: impl IntoIterator<Item = &'a EntryRow>,
) -> Result<Keys, DbErr> {
    let people = entries.into_iter().flat_map(|entry| [entry.person_id, entry.origin_person_id]);
    let people: BTreeSet<_> = people.collect();
    keys::of(view, &Vec::from_iter(people)).await
}
