//! Threads for slow work, which give way to those that serve requests.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, OnceLock, PoisonError, mpsc},
    thread,
};

use tokio::sync::oneshot;

type Task = Box<dyn FnOnce() + Send>;

/// How much they give way: beside a busy thread of the server they get a tenth of a core, and a whole
/// one where nobody else wants it.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

/// A few threads, started when there is something to do; they end with it.
pub struct Pool {
    threads: usize,
    tasks: OnceLock<mpsc::Sender<Task>>,
}

impl Pool {
    pub fn new(threads: usize) -> Self {
        Self { threads, tasks: OnceLock::new() }
    }

    /// Does it when a thread is free, also when nobody waits for it any more; `None` where it
    /// panicked or there are no threads.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        let (done, answer) = oneshot::channel();
        let task: Task = Box::new(move || {
            // Who asked may have left.
            let _ = done.send(work());
        });
        self.tasks.get_or_init(|| begin(self.threads)).send(task).ok()?;
        answer.await.ok()
    }
}

fn begin(threads: usize) -> mpsc::Sender<Task> {
    let (tasks, queue) = mpsc::channel::<Task>();
    let queue = Arc::new(Mutex::new(queue));
    for number in 1..=threads {
        let queue = Arc::clone(&queue);
        let next = move || queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let work = move || {
            give_way();
            while let Ok(task) = next() {
                if catch_unwind(AssertUnwindSafe(task)).is_err() {
                    tracing::error!("hashing a password panicked");
                }
            }
        };
        if let Err(error) = thread::Builder::new().name(format!("passwords-{number}")).spawn(work) {
            tracing::error!(%error, "a thread for passwords cannot be started");
        }
    }
    tasks
}

/// Only on Linux is a thread's niceness its own; elsewhere the permits have to do.
fn give_way() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::nice(NICENESS) {
        tracing::warn!(%error, "passwords are hashed at the priority of requests");
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures_util::future::join_all;

    use super::*;

    /// A11, ASVS 15.2.2: however many come at once.
    #[actix_web::test]
    async fn two_threads_do_two_things_at_once_and_all_of_them_in_the_end() {
        let (pool, busy, most) = (Pool::new(2), Arc::new(AtomicUsize::new(0)), Arc::default());
        let task = || {
            let (busy, most) = (Arc::clone(&busy), Arc::<AtomicUsize>::clone(&most));
            move || {
                most.fetch_max(busy.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                thread::yield_now();
                busy.fetch_sub(1, Ordering::SeqCst);
            }
        };
        let done = join_all((0..200).map(|_| pool.run(task()))).await;
        assert!(done.iter().all(Option::is_some));
        assert!(most.load(Ordering::SeqCst) <= 2);
    }

    #[actix_web::test]
    async fn a_task_that_panics_takes_no_thread_along() {
        let pool = Pool::new(1);
        assert_eq!(pool.run(|| panic!("on purpose")).await.map(|()| 0), None);
        assert_eq!(pool.run(|| 7).await, Some(7));
    }

    #[cfg(target_os = "linux")]
    #[actix_web::test]
    async fn its_threads_give_way_and_the_others_do_not() {
        let niceness = || {
            let stat = std::fs::read_to_string("/proc/thread-self/stat").unwrap();
            let after_name = stat.rsplit(") ").next().unwrap().to_owned();
            after_name.split(' ').nth(16).unwrap().parse::<i32>().unwrap()
        };
        let own = niceness();
        assert_eq!(Pool::new(1).run(niceness).await, Some((own + NICENESS).min(19)));
        assert_eq!(niceness(), own);
    }
}
