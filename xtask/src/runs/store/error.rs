//! Why the store could not be used.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// The store cannot be used, or not for this.
///
/// A damaged entry is no error: it is reported by [`Lookup`](super::Lookup) and run again.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The operating system refused something.
    #[error("run store: cannot {action} {}", path.display())]
    Io {
        /// What was attempted, as in "read" or "write".
        action: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Something that is no folder stands where the store should be.
    #[error("run store: {} is not a folder; name a folder, it is made if missing", path.display())]
    NotAFolder {
        /// The path that is no folder.
        path: PathBuf,
    },
    /// A run's description cannot be written as JSON.
    #[error("run store: this run cannot be described as JSON: {why}")]
    Description {
        /// What serde said.
        why: String,
    },
    /// A run's result cannot be written as bytes.
    #[error("run store: the result of run {key} cannot be encoded: {why}")]
    Encoding {
        /// The run.
        key: String,
        /// What postcard said.
        why: String,
    },
    /// A share of the work such as `3/2`.
    #[error(
        "`{given}` is not a share K/N of the work; it must be two whole numbers with 1 <= K <= N <= 100000, such as 2/8"
    )]
    Share {
        /// The share as given.
        given: String,
    },
}

impl StoreError {
    /// Whether nothing more can be stored by anybody: the disk is full, say.
    pub fn is_final(&self) -> bool {
        use io::ErrorKind::{QuotaExceeded, ReadOnlyFilesystem, StorageFull};
        match self {
            Self::Io { source, .. } => matches!(source.kind(), StorageFull | QuotaExceeded | ReadOnlyFilesystem),
            _ => false,
        }
    }

    /// For `map_err` on a file operation.
    pub(super) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { action, path, source }
    }
}
