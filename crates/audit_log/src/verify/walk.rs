//! Going along a log from seal to seal: the same for the database and for an export.

use sea_orm::{DeriveActiveEnum, EnumIter, prelude::StringLen};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{digest::Digest, note::Head, stored::StoredEntry, tree::Frontier};

/// What is wrong with a log.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(32))")]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The entry, its seal or the one before is not what was sealed.
    #[sea_orm(string_value = "altered")]
    Altered,
    /// The entry is gone.
    #[sea_orm(string_value = "entry_missing")]
    EntryMissing,
    /// The seal is gone, or stands elsewhere.
    #[sea_orm(string_value = "seal_missing")]
    SealMissing,
    /// The log ends too early: as much was sealed, or signed.
    #[sea_orm(string_value = "truncated")]
    Truncated,
    /// From here on at the latest the log is another than the one that was signed.
    #[sea_orm(string_value = "rewritten")]
    Rewritten,
    /// What should sign the log up to here was signed by nobody known.
    #[sea_orm(string_value = "checkpoint_forged")]
    CheckpointForged,
    /// An entry stands here that was never sealed.
    #[sea_orm(string_value = "unsealed_entry")]
    UnsealedEntry,
    /// What stands here is no line of an export.
    #[sea_orm(string_value = "unreadable")]
    Unreadable,
}

/// The first thing that is wrong, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bad {
    /// Which entry.
    pub seq: u64,
    /// What is wrong.
    pub reason: Reason,
}

/// How far one has come.
#[derive(Clone, Debug)]
pub struct Walk {
    hash: Digest,
    tree: Frontier,
    signed: u64,
}

impl Default for Walk {
    fn default() -> Self {
        Self { hash: Digest::NONE, tree: Frontier::default(), signed: 0 }
    }
}

impl Walk {
    /// A walk that begins behind what came before.
    pub fn from(hash: Digest, tree: Frontier) -> Self {
        let signed = tree.size();
        Self { hash, tree, signed }
    }

    /// How many entries one has passed.
    pub fn size(&self) -> u64 {
        self.tree.size()
    }

    /// The next place is the first bad one.
    pub fn bad(&self, reason: Reason) -> Bad {
        Bad { seq: self.size() + 1, reason }
    }

    /// Passes the next seal and its entry, if that is there.
    pub fn step(&mut self, seq: u64, hash: Digest, entry: Option<&StoredEntry>) -> Result<(), Bad> {
        self.here(seq)?;
        let Some(entry) = entry else { return Err(self.bad(Reason::EntryMissing)) };
        if entry.link(self.hash) != hash {
            return Err(self.bad(Reason::Altered));
        }
        self.go_on(hash);
        Ok(())
    }

    /// Passes the next seal, whose entry was kept long enough.
    pub fn pass_over(&mut self, seq: u64, hash: Digest) -> Result<(), Bad> {
        self.here(seq)?;
        self.go_on(hash);
        Ok(())
    }

    fn here(&self, seq: u64) -> Result<(), Bad> {
        if seq == self.size() + 1 { Ok(()) } else { Err(self.bad(Reason::SealMissing)) }
    }

    fn go_on(&mut self, hash: Digest) {
        self.hash = hash;
        self.tree.push(hash, |_, _| {});
    }

    /// Holds what one has passed to a head of just this size, which is signed.
    pub fn compare(&mut self, head: &Head) -> Result<(), Bad> {
        if head.size > self.size() {
            return Err(self.bad(Reason::Truncated));
        }
        if head.root != self.tree.root() || head.size != self.size() {
            return Err(Bad { seq: self.signed + 1, reason: Reason::Rewritten });
        }
        self.signed = head.size;
        Ok(())
    }
}
