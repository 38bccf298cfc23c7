//! Passwords: hashed slowly, a few at a time, away from the threads that serve requests.

use std::{sync::Arc, thread::available_parallelism, time::Duration};

use actix_web::web::block;
use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use tokio::{
    sync::{OnceCell, OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use crate::{Error, Password};

/// How long a sign-in waits for its turn before it is told to come again.
const PATIENCE: Duration = Duration::from_secs(2);

/// Hashes and compares passwords with argon2id (19 MiB, t=2, p=1; ASVS 11.4.2), on one core less
/// than there are, so that other requests hardly feel it (A11).
pub struct Hasher {
    turns: Arc<Semaphore>,
    patience: Duration,
    decoy: OnceCell<String>,
}

impl Default for Hasher {
    fn default() -> Self {
        let cores = available_parallelism().map_or(1, std::num::NonZero::get);
        Self::new((cores - 1).max(1), PATIENCE)
    }
}

impl Hasher {
    fn new(turns: usize, patience: Duration) -> Self {
        Self { turns: Arc::new(Semaphore::new(turns)), patience, decoy: OnceCell::new() }
    }

    /// The hash of a password, in PHC form.
    pub async fn hash(&self, password: &Password) -> Result<String, Error> {
        let (turn, password) = (self.turn().await?, password.clone());
        run(move || {
            let _turn = turn;
            argon2()?.hash_password(password.text().as_bytes()).map(|hash| hash.to_string())
        })
        .await
    }

    /// Whether `password` is the one of `hash`. Without a hash it takes just as long and is `false`,
    /// so that time does not tell whether there is an account (ASVS 6.3.8).
    pub async fn matches(&self, password: &Password, hash: Option<&str>) -> Result<bool, Error> {
        let decoy = self.decoy.get_or_try_init(async || {
            self.hash(&Password::from("nobody's password".to_owned())).await
        });
        let (known, hash) = (hash.is_some(), hash.unwrap_or(decoy.await?).to_owned());
        let (turn, password) = (self.turn().await?, password.clone());
        let matched = run(move || {
            let _turn = turn;
            let hash = PasswordHash::new(&hash)?;
            Ok(argon2()?.verify_password(password.text().as_bytes(), &hash).is_ok())
        });
        Ok(matched.await? && known)
    }

    async fn turn(&self) -> Result<OwnedSemaphorePermit, Error> {
        let turn = timeout(self.patience, Arc::clone(&self.turns).acquire_owned()).await;
        turn.map_err(|_| Error::Busy)?.map_err(|_| Error::Busy)
    }
}

async fn run<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, argon2::password_hash::Error> + Send + 'static,
) -> Result<T, Error> {
    let done = block(work).await.map_err(|error| Error::Hash(error.to_string()))?;
    done.map_err(|error| Error::Hash(error.to_string()))
}

fn argon2() -> Result<Argon2<'static>, argon2::password_hash::Error> {
    let params = Params::new(19 * 1024, 2, 1, None)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Refuses a password that is too short or says nothing but who its owner is (ASVS 6.2.1, 6.2.11).
/// Characters are counted, not bytes.
pub fn check(password: &Password, least: usize, email: &str, name: &str) -> Result<(), Error> {
    let text = password.text();
    if text.chars().count() < least {
        return Err(Error::Password("length", format!("must have at least {least} characters")));
    }
    let folded = text.to_lowercase();
    let own = [email, email.split('@').next().unwrap_or_default(), name];
    if own.iter().any(|own| folded == own.to_lowercase()) {
        return Err(Error::Password("own_name", "must not be your own name or address".into()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use kernel::{Fault, Kind};

    use super::*;

    fn password(text: &str) -> Password {
        Password::from(text.to_owned())
    }

    /// ASVS 6.2.8, 11.4.2.
    #[actix_web::test]
    async fn a_password_matches_exactly_as_it_was_set() {
        let hasher = Hasher::default();
        let hash = hasher.hash(&password("correct horse battery")).await.unwrap();

        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(hasher.matches(&password("correct horse battery"), Some(&hash)).await.unwrap());
        for other in ["Correct horse battery", " correct horse battery", "correct horse batter"] {
            assert!(!hasher.matches(&password(other), Some(&hash)).await.unwrap(), "{other}");
        }
        assert!(!hasher.matches(&password("nobody's password"), None).await.unwrap());
    }

    /// A11, ASVS 15.2.2: however many ask, no more than these are hashed at once.
    #[actix_web::test]
    async fn who_finds_every_turn_taken_is_told_to_come_again() {
        let hasher = Hasher::new(2, Duration::ZERO);
        let taken = [hasher.turn().await.unwrap(), hasher.turn().await.unwrap()];
        let busy = hasher.hash(&password("correct horse battery")).await.unwrap_err();
        assert_eq!(busy.kind(), Kind::Unavailable(1), "503 with Retry-After");
        let busy = hasher.matches(&password("correct horse battery"), None).await.unwrap_err();
        assert!(matches!(busy, Error::Busy), "also where nobody is known");

        drop(taken);
        hasher.hash(&password("correct horse battery")).await.unwrap();
    }

    /// A client who leaves does not free the turn before its thread is done.
    #[actix_web::test]
    async fn a_turn_lasts_as_long_as_the_hashing_also_when_nobody_waits_for_it() {
        let hasher = Hasher::new(1, Duration::from_secs(10));
        let password = password("correct horse battery");
        let left = timeout(Duration::ZERO, hasher.hash(&password)).await;
        assert!(left.is_err() && hasher.turns.available_permits() == 0);
        hasher.hash(&password).await.unwrap();
    }

    /// ASVS 6.2.1, 6.2.5, 6.2.11.
    #[test]
    fn length_counts_in_characters_and_nothing_else_is_asked() {
        let checked = |text| check(&password(text), 15, "ada.lovelace.1815@example.com", "Ada");
        for good in [
            "aaaaaaaaaaaaaaa",
            "000000000000000",
            "               ",
            "😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀",
        ] {
            assert!(checked(good).is_ok(), "{good}");
        }
        for bad in
            ["aaaaaaaaaaaaaa", "ééééééé", "ADA.lovelace.1815", "ada.lovelace.1815@example.com"]
        {
            assert!(checked(bad).is_err(), "{bad}");
        }
    }
}
