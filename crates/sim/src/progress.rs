//! How a run tells of itself and learns that it should stop.

use std::ops::ControlFlow;

/// Listens to a run. Any `Fn(u64, u64) -> ControlFlow<()>` will do, and so does [`Unattended`].
pub trait Progress: Sync {
    /// `done` of `total` epochs are done; `Break` ends the run with [`SimError::Cancelled`](crate::SimError::Cancelled).
    ///
    /// Called at the start, then every few hundred epochs (milliseconds apart), and at the end.
    fn report(&self, done: u64, total: u64) -> ControlFlow<()>;
}

/// Nobody listens: the run goes to its end.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unattended;

impl Progress for Unattended {
    fn report(&self, _done: u64, _total: u64) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

impl<F: Fn(u64, u64) -> ControlFlow<()> + Sync> Progress for F {
    fn report(&self, done: u64, total: u64) -> ControlFlow<()> {
        self(done, total)
    }
}
