//! Mailboxes that have refused mail for good, and what a mail server's refusal means.

mod row;

use std::collections::BTreeSet;

use chrono::TimeDelta;
use kernel::{Global, Scope, Tx, UserId, View};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, QueryFilter, sea_query::OnConflict,
};
use serde_json::{Value, json};

use crate::{Error, Recipient};
use row::{ActiveModel, Column, Entity, Model};

/// For how long nothing is sent there; then it is tried once more.
const MARKED: TimeDelta = TimeDelta::days(30);

/// What to do with a mail that was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Try again: the server is away, or says later.
    Later,
    /// Do not: it would be refused again.
    Never,
    /// Nor with any other: there is no such mailbox.
    NoMailbox,
}

/// Enhanced status codes (RFC 3463) that tell of the mailbox, and neither of the sender nor of the mail.
const NO_MAILBOX: [&str; 6] = ["5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"];

/// What an error means for the mail.
pub fn verdict(error: &Error) -> Verdict {
    match error {
        Error::Address => Verdict::NoMailbox,
        Error::Smtp(error) if error.is_permanent() => {
            let code = error.status().map(|it| it.to_string()).unwrap_or_default();
            refused(&code, &error.to_string())
        }
        Error::Message(_) => Verdict::Never,
        _ => Verdict::Later,
    }
}

/// Where the server does not say more, only codes that are about mailboxes (RFC 5321, section 4.2.3)
/// speak of the mailbox: a mark for what is our own mistake would silence everybody.
fn refused(code: &str, told: &str) -> Verdict {
    let is_status = |word: &&str| word.starts_with("5.") && word.matches('.').count() == 2;
    let words = told.split(|it: char| !(it.is_ascii_digit() || it == '.'));
    let enhanced = words.into_iter().find(is_status);
    let mailbox = match enhanced {
        Some(status) => NO_MAILBOX.contains(&status),
        None => matches!(code, "550" | "551" | "553"),
    };
    if mailbox { Verdict::NoMailbox } else { Verdict::Never }
}

/// Marks a mailbox.
pub async fn mark(
    tx: &Tx<impl Scope>,
    user: UserId,
    address: &str,
    status: &str,
) -> Result<(), DbErr> {
    let status: String = status.chars().filter(|it| *it != '\0').take(200).collect();
    let row = ActiveModel {
        user_id: Set(user),
        address: Set(address.to_owned()),
        status: Set(status),
        created_at: Set(tx.view().now()),
    };
    let again = OnConflict::column(Column::UserId)
        .update_columns([Column::Address, Column::Status, Column::CreatedAt])
        .to_owned();
    Entity::insert(row).on_conflict(again).exec_without_returning(tx).await?;
    Ok(())
}

/// Whether somebody's mailbox is marked.
pub async fn is_marked(view: &View, recipient: &Recipient) -> Result<bool, DbErr> {
    Ok(!marked(view, [recipient]).await?.is_empty())
}

/// Which of these mailboxes are marked.
pub async fn marked(
    view: &View,
    recipients: impl IntoIterator<Item = &Recipient>,
) -> Result<BTreeSet<UserId>, DbErr> {
    let recipients: Vec<_> = recipients.into_iter().collect();
    let rows = Entity::rows(view)
        .filter(Column::UserId.is_in(recipients.iter().map(|it| it.user_id.0)))
        .filter(Column::CreatedAt.gt(view.now() - MARKED))
        .all(view)
        .await?;
    let holds = |row: &Model| {
        let same = |it: &&Recipient| it.user_id == row.user_id && it.address == row.address;
        recipients.iter().any(same)
    };
    Ok(rows.into_iter().filter(holds).map(|row| row.user_id).collect())
}

/// The mark of somebody's mailbox, however old, as it is told to them: which, why and when.
pub async fn told(view: &View, user: UserId) -> Result<Option<Value>, DbErr> {
    let row = Entity::rows(view).filter(Column::UserId.eq(user)).one(view).await?;
    Ok(row.map(
        |row| json!({ "address": row.address, "status": row.status, "created_at": row.created_at }),
    ))
}

/// Takes the mark away.
pub async fn forget(tx: &Tx<impl Scope>, user: UserId) -> Result<(), DbErr> {
    Entity::remove(tx).filter(Column::UserId.eq(user)).exec(tx).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_said_of_the_mailbox_is_held_against_it() {
        for (code, told) in [
            ("550", "permanent error (550): 5.1.1 <ada@example.com>: user unknown"),
            ("550", "permanent error (550): 5.2.1 mailbox disabled"),
            ("550", "permanent error (550): no such user here"),
            ("553", "permanent error (553): mailbox name not allowed"),
        ] {
            assert_eq!(refused(code, told), Verdict::NoMailbox, "{told}");
        }
        for (code, told) in [
            ("550", "permanent error (550): 5.7.1 relaying denied"),
            ("550", "permanent error (550): 5.1.8 bad sender's system address"),
            ("554", "permanent error (554): 5.7.1 looks like spam, see 5.1.1 of our policy"),
            ("554", "permanent error (554): transaction failed"),
            ("535", "permanent error (535): authentication failed"),
            ("552", "permanent error (552): message too large"),
        ] {
            assert_eq!(refused(code, told), Verdict::Never, "{told}");
        }
    }
}
