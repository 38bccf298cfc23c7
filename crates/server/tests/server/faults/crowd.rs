//! Clients that write all the time.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread::{self, Scope, ScopedJoinHandle, sleep},
    time::{Duration, Instant},
};

use crate::{
    ledger::Ledger,
    wire::{Client, Reply},
};

/// What a client was told, and when it had asked; `None` where the connection broke.
pub struct Told {
    pub at: Instant,
    pub reply: Option<Reply>,
}

/// So many clients, each asking again and again until it is told to stop or finds nobody there.
pub struct Crowd<'scope> {
    over: &'scope AtomicBool,
    members: Vec<ScopedJoinHandle<'scope, Vec<Told>>>,
}

impl<'scope> Crowd<'scope> {
    /// Begins.
    pub fn of(
        members: usize,
        over: &'scope AtomicBool,
        scope: &'scope Scope<'scope, '_>,
        ask: impl Fn() -> Option<Reply> + Copy + Send + 'scope,
    ) -> Self {
        let member = move || {
            let mut told = Vec::new();
            while !over.load(Ordering::Relaxed) {
                let at = Instant::now();
                let reply = ask();
                let gone = reply.is_none();
                told.push(Told { at, reply });
                if gone {
                    break;
                }
                sleep(Duration::from_millis(2));
            }
            told
        };
        Self { over, members: (0..members).map(|_| scope.spawn(member)).collect() }
    }

    /// Has everybody stop, and answers what they were told.
    pub fn end(self) -> Vec<Told> {
        self.over.store(true, Ordering::Relaxed);
        self.members.into_iter().flat_map(|it| it.join().unwrap()).collect()
    }
}

/// Runs these writers of names and of accounts beside `meanwhile`.
pub fn writing<T>(
    (names, accounts): (usize, usize),
    client: &Client,
    ledger: &Ledger,
    meanwhile: impl FnOnce() -> T,
) -> (Vec<Told>, T) {
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let renaming = Crowd::of(names, &over, scope, || ledger.rename(client));
        let registering = Crowd::of(accounts, &over, scope, || ledger.register(client));
        let done = meanwhile();
        let mut told = renaming.end();
        told.extend(registering.end());
        (told, done)
    })
}
