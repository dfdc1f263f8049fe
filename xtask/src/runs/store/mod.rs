//! The run store: results of simulations, kept under the hash of what was asked for.
//!
//! A [`Request`] says which run is wanted: its description, the engine's version and the scale; its [`Key`] is the
//! BLAKE3 hash of the three. One file per key holds the description and the result:
//!
//! ```text
//! STORE/ab/cdef….run            an entry, written aside and renamed, so that it is there whole or not at all
//! STORE/ab/.cdef….run.locked    locked by the process that is on it; gone when the run is done
//! STORE/ab/.cdef….run.*.aside   an entry being written
//! ```
//!
//! What cannot be shown to be a sound entry of the key asked for is never read as a result: [`Lookup::Damaged`] says
//! what is wrong with it, and whoever asked runs it again. A lock only saves work: two processes that both compute a
//! run write the same bytes, so nothing depends on a lock for correctness.
//!
//! ```
//! use xtask::runs::store::{Begin, Request, Store};
//!
//! # fn main() -> Result<(), xtask::runs::store::StoreError> {
//! # let folder = tempfile::tempdir().unwrap();
//! # let path = folder.path();
//! let store = Store::open(path)?;
//! let request = Request::new(&("square of", 7), 1, "paper")?;
//! let square: u32 = match store.begin(&request)? {
//!     Begin::Stored(value) => value,
//!     Begin::Run { lock, .. } => {
//!         let value = 7 * 7;
//!         store.put(&request, &value)?;
//!         drop(lock);
//!         value
//!     }
//!     Begin::HeldBy(holder) => panic!("{holder} is on it: come back later"),
//! };
//! # assert_eq!(square, 49);
//! # Ok(()) }
//! ```
//!
//! What each operation takes is said in `ARCHITECTURE.md`.

mod entry;
mod error;
mod explain;
mod folder;
mod limit;
mod request;
mod shard;

pub use entry::{Damage, Record};
pub use error::StoreError;
pub use explain::{Standing, explain};
pub use folder::{Begin, Entry, Lookup, Pruned, Store};
pub use limit::survive_file_size_limit;
pub use request::{Key, Request};
pub use shard::Shard;
