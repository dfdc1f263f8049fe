//! The bytes of a file of numbers, if they are not too many and can be numbers.

use anyhow::{anyhow, ensure};
use std::io::Read;

/// Most bytes that are read of a file, or unpacked from an archive.
pub(super) const MOST_BYTES: u64 = 1 << 30;

/// How a `.npy` begins.
pub(super) const MAGIC: &[u8] = b"\x93NUMPY";
/// How an archive begins.
pub(super) const ARCHIVE_MAGIC: &[u8] = b"PK\x03\x04";

/// All there is, if it is not too much; what is no text and no array is not read to its end.
pub(super) fn bounded(mut from: impl Read) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.by_ref().take(4096).read_to_end(&mut bytes).map_err(|error| anyhow!("cannot be read: {error}"))?;
    if !is_array(&bytes) {
        let kinds: [(&[u8], &str); 4] = [
            (b"\x1f\x8b", "is packed by gzip; unpack it first"),
            (b"\x89HDF", "is HDF5; save the matrix as .npy or CSV"),
            (b"\xff\xfe", "is UTF-16; save it as UTF-8"),
            (b"\xfe\xff", "is UTF-16; save it as UTF-8"),
        ];
        for (magic, told) in kinds {
            ensure!(!bytes.starts_with(magic), told);
        }
        ensure!(!bytes.contains(&0), "is neither text nor one of NumPy's arrays");
    }
    from.take(MOST_BYTES - 4095).read_to_end(&mut bytes).map_err(|error| anyhow!("cannot be read: {error}"))?;
    ensure!(bytes.len() as u64 <= MOST_BYTES, "has more than {MOST_BYTES} bytes, which is the most that is read");
    Ok(bytes)
}

fn is_array(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC) || bytes.starts_with(ARCHIVE_MAGIC)
}
