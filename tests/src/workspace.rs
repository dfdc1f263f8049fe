//! The workspace, and copies of it that a test may spoil.

use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// The folder of the workspace.
///
/// # Panics
/// If this crate was moved away from under it.
pub fn workspace_root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the workspace");
    assert!(root.join("configs").is_dir(), "{} holds no configs/", root.display());
    root.to_owned()
}

/// A temporary folder that the command line takes for the workspace: a manifest and configs, nothing else.
///
/// Its store and outputs are where the real ones are in the real workspace, and go when it is dropped.
#[derive(Debug)]
pub struct Workspace {
    folder: TempDir,
}

impl Workspace {
    /// With the given configs (stems, or the beginnings of some) of the real workspace.
    ///
    /// # Panics
    /// If a name fits none, or the folder cannot be made.
    pub fn with_configs(names: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let root = workspace_root();
        fs::copy(root.join("Cargo.toml"), folder.path().join("Cargo.toml")).expect("the manifest");
        fs::create_dir(folder.path().join("configs")).expect("a folder of configs");
        let known: Vec<PathBuf> =
            fs::read_dir(root.join("configs")).expect("configs").map(|entry| entry.expect("a config").path()).collect();
        for name in names {
            let begins = |path: &&PathBuf| path.file_name().is_some_and(|f| f.to_string_lossy().starts_with(name));
            let found = known.iter().find(begins).unwrap_or_else(|| panic!("configs/ holds no {name}"));
            let to = folder.path().join("configs").join(found.file_name().expect("a file"));
            fs::copy(found, to).expect("a copy of the config");
        }
        Self { folder }
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Reads a file, given relative to the folder.
    ///
    /// # Panics
    /// If it cannot be read.
    pub fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
    }

    /// Writes a file, given relative to the folder.
    ///
    /// # Panics
    /// If it cannot be written.
    pub fn write(&self, file: &str, text: &str) {
        fs::write(self.path().join(file), text).unwrap_or_else(|error| panic!("{file}: {error}"));
    }

    /// Replaces the only occurrence of `from` in a file.
    ///
    /// # Panics
    /// If it does not occur exactly once.
    pub fn edit(&self, file: &str, from: &str, to: &str) {
        let text = self.read(file);
        assert_eq!(text.matches(from).count(), 1, "{from:?} in {file}");
        self.write(file, &text.replace(from, to));
    }
}
