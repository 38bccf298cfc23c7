//! Verifying an export offline, with nothing but the public key.

use std::io::{self, BufRead};

use crate::{
    note::{Head, NoteError, PublicKey},
    stored::ExportLine,
    tree::Frontier,
    verify::walk::{Bad, Reason, Walk},
};

/// An export that is whole and as it was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sound {
    /// The first entry's place in the log.
    pub from: u64,
    /// What signs it: the last entry's place is its size.
    pub head: Head,
}

/// An export cannot be trusted.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// An entry is not what was sealed.
    #[error("the first bad entry is seq {}: {}", .0.seq, sentence(.0.reason))]
    Bad(Bad),
    /// It cannot be read to its end.
    #[error("it cannot be read: {0}")]
    Io(#[from] io::Error),
}

/// Verifies an export, line by line: that its entries follow one another without a gap, each as it was
/// sealed, up to a checkpoint that this key has signed.
pub fn verify_export(lines: impl BufRead, key: &PublicKey) -> Result<Sound, ExportError> {
    let (mut walk, mut from, mut head) = (Walk::default(), 1, None);
    for (number, line) in lines.split(b'\n').enumerate() {
        let line = line?;
        let bad = |walk: &Walk| ExportError::Bad(walk.bad(Reason::Unreadable));
        if line.is_empty() || head.is_some() {
            return Err(bad(&walk));
        }
        match serde_json::from_slice(&line).map_err(|_| bad(&walk))? {
            ExportLine::Start { size, hash, peaks } if number == 0 => {
                let tree = Frontier::of(size, peaks).ok_or_else(|| bad(&walk))?;
                walk = Walk::from(hash, tree);
                from = size + 1;
            }
            ExportLine::Start { .. } => return Err(bad(&walk)),
            ExportLine::Entry { seq, hash, entry } => {
                walk.step(seq, hash, Some(&entry)).map_err(ExportError::Bad)?;
            }
            ExportLine::Checkpoint { note } => head = Some(signed(&mut walk, &note, key)?),
        }
    }
    let head = head.ok_or_else(|| ExportError::Bad(walk.bad(Reason::Truncated)))?;
    Ok(Sound { from, head })
}

fn signed(walk: &mut Walk, note: &str, key: &PublicKey) -> Result<Head, ExportError> {
    let head = key.verify(note).map_err(|error| {
        let reason = match error {
            NoteError::Malformed => Reason::Unreadable,
            NoteError::Signature => Reason::CheckpointForged,
        };
        ExportError::Bad(walk.bad(reason))
    })?;
    walk.compare(&head).map_err(ExportError::Bad)?;
    Ok(head)
}

fn sentence(reason: Reason) -> &'static str {
    match reason {
        Reason::Altered => "it, its seal or the one before is not what was sealed",
        Reason::EntryMissing => "it is gone",
        Reason::SealMissing => "its line is gone, or stands elsewhere",
        Reason::Truncated => {
            "the export ends before it, though more was signed, or without a checkpoint"
        }
        Reason::Rewritten => "from here on at the latest, this is not the log that was signed",
        Reason::CheckpointForged => "the checkpoint before it is not signed by this key",
        Reason::UnsealedEntry => "it was never sealed",
        Reason::Unreadable => "what stands in its place is no line of an export",
    }
}
