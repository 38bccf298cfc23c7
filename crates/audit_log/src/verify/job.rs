//! Verifying a log in the database: every seal with its entry, every checkpoint, and what has no seal.

use std::collections::{HashMap, VecDeque};

use kernel::{Door, Job, JobContext, Problem, Scope};
use sea_orm::prelude::Uuid;
use serde::{Deserialize, Serialize};

use crate::{
    Error,
    checkpoint::ANCHOR,
    digest::Digest,
    models::{
        EntryId, EntryRow,
        seals::Seal,
        signed::{self, CheckpointRow},
        verifications::{self, State, Verification, VerificationId},
    },
    note::{Head, PublicKey},
    signing::public_keys,
    stored::StoredEntry,
    verify::walk::{Bad, Reason, Walk},
};

/// How many rows are read at once.
const PAGE: u64 = 1000;

/// After how many pages it is told how far it is.
const TOLD_EVERY: usize = 10;

/// One verification.
#[derive(Serialize, Deserialize)]
pub struct Verify {
    pub id: VerificationId,
}

impl Job for Verify {
    const KIND: &'static str = "audit_log.verify";

    async fn run(self, context: &JobContext) -> Result<(), Problem> {
        match context.inside() {
            Some(door) => verify(&door, self.id).await?,
            None => verify(&context.door(), self.id).await?,
        }
        Ok(())
    }
}

async fn verify<V: Scope>(door: &Door<V>, id: VerificationId) -> Result<(), Error> {
    let begun = verifications::by_id(door.view(), id).await?;
    let Some(begun) = begun.filter(|it| it.state == State::Running) else { return Ok(()) };
    let mut look = Look::begin(door, begun).await?;
    let found = match look.along(door).await? {
        Some(bad) => Some(bad),
        None => look.beside(door).await?,
    };
    look.verification.state = State::Done;
    look.verification.first_bad_seq = found.map(|bad| number(bad.seq));
    look.verification.reason = found.map(|bad| bad.reason);
    look.tell(door).await?;
    if let Some(Bad { seq, reason }) = found {
        let organization = look.verification.organization_id;
        tracing::error!(%organization, seq, ?reason, "the audit log has been tampered with");
    }
    Ok(())
}

/// A look at a log, and how far it is.
struct Look {
    verification: Verification,
    walk: Walk,
    keys: Vec<PublicKey>,
    heads: VecDeque<CheckpointRow>,
    /// The size of the last checkpoint that was read; `None` where there is none after it.
    read: Option<i64>,
    kept: Option<Head>,
    /// Up to where entries may be gone.
    anchor: u64,
}

impl Look {
    async fn begin<V: Scope>(
        door: &Door<V>,
        mut verification: Verification,
    ) -> Result<Self, Error> {
        let view = door.view();
        let mut keys = public_keys(view).await?;
        // Where the server was reached elsewhere when it signed, the name was another.
        for key in &mut keys {
            key.name = None;
        }
        let kept = verification.note.as_deref().and_then(|note| Head::read(note).ok());
        let size = verifications::size(view).await?;
        verification.size = size.max(kept.as_ref().map_or(0, |head| number(head.size)));
        verification.checked = 0;
        let (walk, heads) = (Walk::default(), VecDeque::new());
        let mut look = Self { verification, walk, keys, heads, read: Some(0), kept, anchor: 0 };
        look.is_anchored(door).await?;
        Ok(look)
    }

    /// Whether more is anchored, and perhaps removed, than when one last looked.
    async fn is_anchored<V: Scope>(&mut self, door: &Door<V>) -> Result<bool, Error> {
        let newest = signed::latest_anchor(door.view()).await?.and_then(|row| {
            let head = self.keys.iter().find_map(|key| key.verify(&row.note).ok())?;
            let place = format!("/audit-log/{}{ANCHOR}", self.verification.organization_id);
            head.origin.ends_with(&place).then_some(head.size)
        });
        let before = std::mem::replace(&mut self.anchor, newest.unwrap_or(0));
        Ok(self.anchor > before)
    }

    /// Goes along the chain; answers the first thing that is wrong.
    async fn along<V: Scope>(&mut self, door: &Door<V>) -> Result<Option<Bad>, Error> {
        let place = format!("/audit-log/{}", self.verification.organization_id);
        let kept = self.verification.note.clone();
        if let (Some(note), Some(head)) = (&kept, &self.kept)
            && !(head.origin.ends_with(&place) && self.is_signed(note))
        {
            return Ok(Some(Bad { seq: head.size.max(1), reason: Reason::CheckpointForged }));
        }
        let mut pages = 0;
        while number(self.walk.size()) < self.verification.size {
            let view = door.view();
            let seals = verifications::seals_after(view, number(self.walk.size()), PAGE).await?;
            if seals.is_empty() {
                return Ok(Some(self.walk.bad(Reason::Truncated)));
            }
            let entries = verifications::sealed(view, &seals).await?;
            for seal in seals {
                let mut passed = self.pass(&seal, &entries);
                if passed.is_err() && self.is_anchored(door).await? {
                    passed = self.pass(&seal, &entries);
                }
                if let Err(bad) = passed {
                    return Ok(Some(bad));
                }
                if let Err(bad) = self.hold(door, &place).await? {
                    return Ok(Some(bad));
                }
                if number(self.walk.size()) >= self.verification.size {
                    break;
                }
            }
            pages += 1;
            if pages % TOLD_EVERY == 0 {
                self.tell(door).await?;
            }
        }
        Ok(None)
    }

    fn pass(&mut self, seal: &Seal, entries: &HashMap<EntryId, EntryRow>) -> Result<(), Bad> {
        let hash = Digest::try_from(seal.hash.as_slice());
        let hash = hash.map_err(|_| self.walk.bad(Reason::Altered))?;
        let (seq, entry) = (seal.seq.unsigned_abs(), entries.get(&seal.entry_id));
        match entry.cloned().map(StoredEntry::from) {
            None if seq <= self.anchor => self.walk.pass_over(seq, hash),
            entry => self.walk.step(seq, hash, entry.as_ref()),
        }
    }

    /// Holds the log up to here to the checkpoints of just this size.
    async fn hold<V: Scope>(
        &mut self,
        door: &Door<V>,
        place: &str,
    ) -> Result<Result<(), Bad>, Error> {
        if let Some(last) = self.read.filter(|_| self.heads.is_empty()) {
            self.heads = signed::checkpoints(door.view(), last, PAGE).await?.into();
            self.read = self.heads.back().map(|row| row.size);
        }
        Ok(self.held(number(self.walk.size()), place))
    }

    fn held(&mut self, size: i64, place: &str) -> Result<(), Bad> {
        if let Some(kept) = self.kept.take_if(|head| number(head.size) == size) {
            self.walk.compare(&kept)?;
        }
        while let Some(row) = self.heads.pop_front_if(|row| row.size <= size) {
            let forged = Bad { seq: row.size.unsigned_abs(), reason: Reason::CheckpointForged };
            let head = Head::read(&row.note).map_err(|_| forged)?;
            let same = number(head.size) == row.size && head.root.0.as_slice() == row.root;
            if !same || !head.origin.ends_with(place) || !self.is_signed(&row.note) {
                return Err(forged);
            }
            self.walk.compare(&head)?;
        }
        Ok(())
    }

    fn is_signed(&self, note: &str) -> bool {
        self.keys.iter().any(|key| key.verify(note).is_ok())
    }

    /// Looks for entries that have no seal and wait for none, and for such as wait and are not there.
    async fn beside<V: Scope>(&mut self, door: &Door<V>) -> Result<Option<Bad>, Error> {
        let view = door.view();
        if verifications::waits_for_nothing(view).await? {
            return Ok(Some(self.walk.bad(Reason::EntryMissing)));
        }
        let mut last = EntryId(Uuid::nil());
        loop {
            let page = verifications::strays_after(view, last, PAGE).await?;
            let Some((end, _)) = page.last() else { return Ok(None) };
            last = *end;
            if let Some((stray, _)) = page.iter().find(|(_, is_stray)| *is_stray) {
                let place = verifications::place_of(view, *stray).await?;
                let seq = place.map_or(self.walk.size() + 1, i64::unsigned_abs);
                return Ok(Some(Bad { seq, reason: Reason::UnsealedEntry }));
            }
        }
    }

    async fn tell<V: Scope>(&mut self, door: &Door<V>) -> Result<(), Error> {
        self.verification.checked = number(self.walk.size());
        let now = &self.verification;
        self.verification = door.run(async |tx| verifications::save(tx, now).await).await?;
        Ok(())
    }
}

fn number(size: u64) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}
