//! How many streams of events somebody listens to at once: each is asked for every second (ASVS 2.4.1).

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use uuid::Uuid;

use crate::{
    access::Actor,
    problem::{Kind, Problem},
};

/// How many a caller may listen to at once, here and now: a browser opens one a tab.
pub const MOST: usize = 30;

/// After how many seconds it makes sense to try again.
const PAUSE: u32 = 5;

/// Who, as [`Actor::name`] has it.
type Who = (&'static str, Uuid);

/// Who listens, to how many streams.
#[derive(Clone, Default)]
pub struct Listeners(Arc<Mutex<HashMap<Who, usize>>>);

/// A place among those who listen, free again when it is dropped.
pub struct Seat {
    listeners: Listeners,
    who: Who,
}

impl Listeners {
    /// A place for who asks; 429 where they have as many as they may.
    pub fn seat(&self, actor: Option<Actor>) -> Result<Seat, Problem> {
        let who = actor.map_or(("stranger", Uuid::nil()), Actor::name);
        let mut heard = self.heard();
        let seats = heard.entry(who).or_default();
        if *seats >= MOST {
            let detail = format!("You listen to {MOST} streams already; end one of them first.");
            return Err(Problem::new(Kind::TooManyRequests(PAUSE), detail));
        }
        *seats += 1;
        Ok(Seat { listeners: self.clone(), who })
    }

    fn heard(&self) -> MutexGuard<'_, HashMap<Who, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut heard = self.listeners.heard();
        if let Some(seats) = heard.get_mut(&self.who) {
            *seats -= 1;
            if *seats == 0 {
                heard.remove(&self.who);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::UserId;

    #[test]
    fn a_place_is_free_again_when_it_is_left_and_nobody_takes_anothers() {
        let listeners = Listeners::default();
        let [ada, eve] = [1, 2].map(|it| Some(Actor::User(UserId(Uuid::from_u128(it)))));
        let mut seats: Vec<_> = (0..MOST).map(|_| listeners.seat(ada).unwrap()).collect();
        let refused = listeners.seat(ada).err().unwrap();
        assert_eq!(refused.kind(), &Kind::TooManyRequests(PAUSE));
        assert!(listeners.seat(eve).is_ok() && listeners.seat(None).is_ok());
        seats.pop();
        assert!(listeners.seat(ada).is_ok());
        seats.clear();
        assert!(listeners.heard().is_empty(), "nothing is left of who has gone");
    }
}
