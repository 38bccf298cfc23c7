//! Hashing: slowly, a few at a time, away from the threads that serve requests.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread::available_parallelism,
    time::Duration,
};

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use tokio::{
    sync::{OnceCell, OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use super::pool::Pool;
use crate::{Error, Password};

/// How long a sign-in waits for its turn before it is told to come again.
const PATIENCE: Duration = Duration::from_secs(2);

/// How many stand in line for each that is hashed: more would wait for longer than that.
const LINE: usize = 32;

/// 19 MiB, twice, by one thread (OWASP, ASVS 11.4.2).
const MEMORY: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

type Failure = argon2::password_hash::Error;

/// Hashes and compares passwords with argon2id, on one core less than there are, so that other
/// requests hardly feel it (A11).
pub struct Hasher {
    turns: Arc<Semaphore>,
    line: Semaphore,
    patience: Duration,
    pool: Pool,
    decoy: OnceCell<String>,
    done: AtomicU64,
}

impl Default for Hasher {
    fn default() -> Self {
        let cores = available_parallelism().map_or(1, std::num::NonZero::get);
        Self::new((cores - 1).max(1), PATIENCE)
    }
}

impl Hasher {
    fn new(turns: usize, patience: Duration) -> Self {
        Self {
            turns: Arc::new(Semaphore::new(turns)),
            line: Semaphore::new(turns * LINE),
            patience,
            pool: Pool::new(turns),
            decoy: OnceCell::new(),
            done: AtomicU64::new(0),
        }
    }

    /// How many passwords were hashed or compared so far.
    pub fn done(&self) -> u64 {
        self.done.load(Ordering::Relaxed)
    }

    /// The hash of a password, in PHC form.
    pub async fn hash(&self, password: &Password) -> Result<String, Error> {
        let password = password.clone();
        self.work(move || {
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
        let password = password.clone();
        let matched = self.work(move || {
            let hash = PasswordHash::new(&hash)?;
            Ok(argon2()?.verify_password(password.text().as_bytes(), &hash).is_ok())
        });
        Ok(matched.await? && known)
    }

    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Error> {
        let turn = self.turn().await?;
        self.done.fetch_add(1, Ordering::Relaxed);
        let done = self.pool.run(move || {
            let _turn = turn;
            work()
        });
        let done = done.await.ok_or_else(|| Error::Hash("nobody hashes".into()))?;
        done.map_err(|error| Error::Hash(error.to_string()))
    }

    async fn turn(&self) -> Result<OwnedSemaphorePermit, Error> {
        let _place = self.line.try_acquire().map_err(|_| Error::Busy)?;
        let turn = timeout(self.patience, Arc::clone(&self.turns).acquire_owned()).await;
        turn.map_err(|_| Error::Busy)?.map_err(|_| Error::Busy)
    }
}

/// Whether a hash was made with less work than we take today; its password is hashed anew when it is
/// known the next time.
pub fn is_outdated(hash: &str) -> bool {
    let params = PasswordHash::new(hash).ok().and_then(|hash| Params::try_from(&hash).ok());
    params.is_some_and(|it| it.m_cost() < MEMORY || it.t_cost() < PASSES || it.p_cost() < LANES)
}

fn argon2() -> Result<Argon2<'static>, Failure> {
    let params = Params::new(MEMORY, PASSES, LANES, None)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
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

    #[test]
    fn a_hash_of_less_work_is_outdated() {
        let hash = |params| format!("$argon2id$v=19${params}$c29tZXNhbHQ$aGFzaGhhc2hoYXNoaGFzaA");
        assert!(!is_outdated(&hash("m=19456,t=2,p=1")) && !is_outdated(&hash("m=65536,t=3,p=4")));
        assert!(is_outdated(&hash("m=9216,t=4,p=1")) && is_outdated(&hash("m=19456,t=1,p=1")));
        assert!(!is_outdated("no hash"));
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

    /// A11: who would wait in vain is not kept waiting.
    #[actix_web::test]
    async fn who_finds_the_line_full_is_told_at_once() {
        let hasher = Hasher::new(1, Duration::from_hours(1));
        let _line = hasher.line.try_acquire_many(u32::try_from(LINE).unwrap()).unwrap();
        let password = password("correct horse");
        let busy = timeout(Duration::from_secs(5), hasher.hash(&password));
        assert!(matches!(busy.await.unwrap(), Err(Error::Busy)));
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
}
