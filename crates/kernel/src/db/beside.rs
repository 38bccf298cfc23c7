//! Work that goes on beside requests.

use std::sync::Arc;

use super::{Asker, View};
use crate::access::Caller;

impl View {
    /// Does `work` beside requests, as Groundwork itself, on the thread that calls this and for as long as
    /// that serves: for what many who listen have in common. What must not be lost is a job.
    #[expect(clippy::disallowed_methods, reason = "the one place from which features do so")]
    pub fn beside<F: Future<Output = ()> + 'static>(&self, work: impl FnOnce(View) -> F) {
        let caller = Some(Caller::system(self.db.clock().micros()));
        let view = self.db.read(Arc::new(Asker { caller, ..Asker::default() }));
        tokio::task::spawn_local(work(view));
    }
}
