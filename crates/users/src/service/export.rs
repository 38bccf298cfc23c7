//! Everything that the product holds on a person, as one JSON document, a page at a time.

use actix_web::web::Bytes;
use audit_log::{Entry, Target};
use kernel::{Caller, Door, Download, Exported, Problem, UserId, View};
use serde_json::json;
use uuid::Uuid;

use crate::{Error, models, schemas::account::AccountOut};

/// Where an archive stands.
#[derive(Clone, Copy, Debug)]
pub enum Place {
    /// Before its first byte.
    Begin,
    /// In the part of this number, behind this row of it; `None` before its first.
    In(usize, Option<Uuid>),
    /// Behind its last byte.
    End,
}

/// The archive of who asks, which begins; that is recorded.
pub async fn begin(door: &Door<View>) -> Result<Download, Error> {
    let id = owner(door.view())?;
    let entry = Entry::of("user.exported", Target::new("user", id)).about(id);
    door.run(async |tx| {
        audit_log::record(tx, entry);
        Ok::<_, Error>(())
    })
    .await?;
    Ok(Download { media_type: "application/json", name: "account.json" })
}

/// The next piece, and where it ends; `None` behind the last.
pub async fn piece(view: &View, place: Place) -> Result<Option<(Bytes, Place)>, Problem> {
    let (part, after) = match place {
        Place::Begin => {
            let id = owner(view)?;
            let head =
                format!("{{\"person\":\"{id}\",\"exported_at\":{},\"data\":{{", json!(view.now()));
            return Ok(Some((head.into(), Place::In(0, None))));
        }
        Place::In(part, after) => (part, after),
        Place::End => return Ok(None),
    };
    let Some(export) = view.exports().get(part) else {
        return Ok(Some((Bytes::from_static(b"}}\n"), Place::End)));
    };
    let Exported { rows, next } = export.read(view, owner(view)?, after).await?;
    let mut text = String::new();
    if after.is_none() {
        let comma = if part == 0 { "" } else { "," };
        text.push_str(comma);
        text.push_str(&json!(export.name()).to_string());
        text.push_str(":[");
    }
    for (at, row) in rows.iter().enumerate() {
        if at > 0 || after.is_some() {
            text.push(',');
        }
        text += &row.to_string();
    }
    let then = if let Some(next) = next {
        Place::In(part, Some(next))
    } else {
        text.push(']');
        Place::In(part + 1, None)
    };
    Ok(Some((text.into(), then)))
}

/// What this feature itself holds: the account.
pub async fn account(view: &View, person: UserId, _: Option<Uuid>) -> Result<Exported, Error> {
    let user = models::by_id(view, person).await?;
    Ok(Exported::whole(user.map(AccountOut::from))?)
}

fn owner(view: &View) -> Result<UserId, Error> {
    view.caller().and_then(Caller::user).ok_or(Error::NotFound)
}
