//! The sign of life that the holder of claims gives.

use std::collections::HashMap;
use std::fs::File;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, SystemTime};

/// The open claim files of one process, and the thread that renews them.
#[derive(Debug, Default)]
pub(super) struct Heartbeat {
    files: Mutex<HashMap<u64, File>>,
    is_running: Mutex<bool>,
}

impl Heartbeat {
    /// Renews a claim from now on. Its open file is kept: should the claim be taken over, the heartbeat goes to the
    /// file that was ours and not to the one now in its place.
    pub(super) fn keep(this: &Arc<Self>, number: u64, file: File, interval: Duration) {
        lock(&this.files).insert(number, file);
        let mut is_running = lock(&this.is_running);
        if !*is_running {
            let weak = Arc::downgrade(this);
            let thread = std::thread::Builder::new().name("claim heartbeat".to_owned());
            // Without the thread other hosts will take our claims over and repeat our runs; nothing worse.
            *is_running = thread.spawn(move || Self::beat(&weak, interval)).is_ok();
        }
    }

    /// Renews a claim no longer.
    pub(super) fn release(&self, number: u64) {
        lock(&self.files).remove(&number);
    }

    /// Ends, at the latest one interval late, when the store and its claims are gone.
    fn beat(this: &Weak<Self>, interval: Duration) {
        loop {
            std::thread::sleep(interval);
            let Some(heartbeat) = this.upgrade() else { return };
            for file in lock(&heartbeat.files).values() {
                let _ = file.set_modified(SystemTime::now());
            }
        }
    }
}

/// What these locks guard is sound after any panic: single insertions and removals.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
