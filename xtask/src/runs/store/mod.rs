//! The run store: results of simulations, kept under the hash of what was asked for.
//!
//! A [`Request`] says which run is wanted: its description, the engine's version and the scale; its [`Key`] is the
//! BLAKE3 hash of the three. One file per key holds the description and the result:
//!
//! ```text
//! STORE/ab/cdef….run      an entry, written aside and renamed, so that it is there whole or not at all
//! STORE/ab/cdef….claim    "I am on it", with host, process and a heartbeat; gone when the run is done
//! STORE/ab/cdef….*.tmp    an entry or a claim being written
//! ```
//!
//! What cannot be shown to be a sound entry of the key asked for is never read as a result: [`Lookup::Damaged`] says
//! what is wrong with it, and whoever asked runs it again. A claim only saves work: two processes that both compute a
//! run write the same bytes, so nothing depends on a claim for correctness.
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
//!     Begin::Run { claim, .. } => {
//!         let value = 7 * 7;
//!         store.put(&request, &value)?;
//!         drop(claim);
//!         value
//!     }
//!     Begin::HeldBy(holder) => panic!("{holder} is on it: come back later"),
//! };
//! # assert_eq!(square, 49);
//! # Ok(()) }
//! ```
//!
//! Only create-exclusive and rename are asked of the file system, no locks, so a network file system should do, untried.
//! Hard links are used if there are any. What each operation takes is told in `ARCHITECTURE.md`.

mod claim;
mod entry;
mod error;
mod explain;
mod folder;
mod heartbeat;
mod limit;
mod process;
mod request;
mod shard;

pub use claim::{Claim, ClaimAttempt, Holder, Timing};
pub use entry::{Damage, Record};
pub use error::StoreError;
pub use explain::{Standing, explain};
pub use folder::{Begin, Entry, Lookup, Pruned, Store};
pub use limit::survive_file_size_limit;
pub(crate) use process::Process;
pub use request::{Key, Request};
pub use shard::Shard;
