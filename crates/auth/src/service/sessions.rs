//! Where an account is signed in: seen and ended by its owner, and by administrators.

use kernel::{Caller, Exported, PageOf, SessionId, Tx, UserId, View, db::PageRequest};
use uuid::Uuid;

use super::ends::{EndedBy, end, end_all};
use crate::{
    Error,
    models::session,
    schemas::sessions::{EndScope, SessionOut},
};

/// How many an archive reads at once.
const EXPORTED: u64 = 100;

/// A page of one's own live sessions.
pub async fn list(view: &View, page: &PageRequest) -> Result<PageOf<SessionOut>, Error> {
    let (user, _) = own(view)?;
    Ok(session::page(view, user, page).await?.map(|it| SessionOut::seen(view, &it)))
}

/// A page of an account's live sessions.
pub async fn list_of(
    view: &View,
    user: UserId,
    page: &PageRequest,
) -> Result<PageOf<SessionOut>, Error> {
    users::by_id(view, user).await?;
    Ok(session::page(view, user, page).await?.map(|it| SessionOut::seen(view, &it)))
}

/// What there is on where a person is signed in.
pub async fn export(view: &View, user: UserId, after: Option<Uuid>) -> Result<Exported, Error> {
    let sessions = session::behind(view, user, after.map(SessionId), EXPORTED).await?;
    let shown = sessions.into_iter().map(|it| SessionOut::seen(view, &it)).collect();
    Ok(Exported::page(shown, EXPORTED, |it: &SessionOut| it.id.0)?)
}

/// Ends one of one's own sessions; another's is as unknown as none.
pub async fn end_one(tx: &Tx, id: SessionId) -> Result<(), Error> {
    let (user, _) = own(tx)?;
    let session = session::of(tx, user, id).await?.ok_or(Error::NotFound)?;
    if end(tx, user, session.id, EndedBy::Revocation).await? {
        Ok(())
    } else {
        Err(Error::NotFound)
    }
}

/// Ends one's own sessions, with or without the one that asks.
pub async fn end_many(tx: &Tx, scope: EndScope) -> Result<(), Error> {
    let (user, session) = own(tx)?;
    users::hold(tx, user).await?;
    let kept = match scope {
        EndScope::Others => Some(session),
        EndScope::All => None,
    };
    end_all(tx, user, kept, EndedBy::Revocation).await
}

/// Ends every session of an account whose platform roles allow no more than the caller's (ASVS 7.4.5).
pub async fn end_of(tx: &Tx, user: UserId) -> Result<(), Error> {
    users::hold(tx, user).await?;
    roles::reaches_account(tx, user).await?;
    end_all(tx, user, None, EndedBy::Revocation).await
}

/// The account and the session of who asks.
pub fn own(view: &View) -> Result<(UserId, SessionId), Error> {
    let caller = view.caller();
    let own = caller.and_then(|it| Some((Caller::user(it)?, it.session?)));
    own.ok_or(Error::InvalidToken)
}
