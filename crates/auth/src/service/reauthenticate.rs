//! Proving once more who one is, for what must not be done with a stolen token (ASVS 7.5.1).

use kernel::{Door, Tx, View};

use super::{
    compare::{Compared, compare},
    ends::{EndedBy, end},
    login::{Login, refuse, renew},
    sessions::own,
};
use crate::{Error, Password, TokensOut, models::session};

/// New tokens, of a session that takes the place of the old one: of that one no token is good any more
/// (ASVS 7.2.4).
pub async fn reauthenticate(door: &Door<View>, password: &Password) -> Result<TokensOut, Error> {
    let (user, _) = own(door.view())?;
    let compared = compare(door.view(), Some(user), password).await?;
    let again = door.run(async |tx| replace(tx, &compared).await);
    again.await?.tokens(door.view()).await
}

async fn replace(tx: &Tx, compared: &Compared) -> Result<Login, Error> {
    let (user, session) = own(tx)?;
    let user = users::hold(tx, user).await?;
    if !compared.holds(tx, user.id).await? {
        refuse(tx, Some(&user), "wrong_password");
        return Ok(Login::Refused(Error::WrongPassword));
    }
    let old = session::of(tx, user.id, session).await?.ok_or(Error::InvalidToken)?;
    if !end(tx, user.id, old.id, EndedBy::Reauthentication).await? {
        return Err(Error::InvalidToken);
    }
    Ok(Login::Welcome(Box::new(renew(tx, &old).await?)))
}
