//! The bytes of one entry.
//!
//! ```text
//!  0  magic                8   0x89 "DLTRUN" 0x0A: neither text nor any other file
//!  8  format version       4   all numbers little-endian
//! 12  engine version       4
//! 16  length of record     8
//! 24  length of value      8
//! 32  BLAKE3 of bytes 0..32 and the record
//! 64  BLAKE3 of the value
//! 96  record (postcard): scale, description
//!     value (postcard)
//! ```
//! Header and record can be checked without reading the value, which makes listing a large store cheap.

use std::io::{self, Read};

use serde::de::DeserializeOwned;
use thiserror::Error;

use super::request::{Key, Request};

const MAGIC: [u8; 8] = *b"\x89DLTRUN\n";
const FORMAT: u32 = 1;
const CHECKED: usize = 32;
const HEADER: usize = 96;

/// What an entry says about itself beside the result: enough to name it, list it and compare it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The engine version it was computed with.
    pub engine: u32,
    /// The scale it belongs to.
    pub scale: String,
    /// The run's description as canonical JSON.
    pub description: String,
}

/// Why a file is not the entry it should be.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Damage {
    /// Nothing in it.
    #[error("the file is empty")]
    Empty,
    /// The file ends too early.
    #[error("the file has {found} bytes, it should have {expected}")]
    Truncated {
        /// Bytes there.
        found: u64,
        /// Bytes that there should be.
        expected: u64,
    },
    /// The file goes on after the end.
    #[error("the file has {found} bytes, the entry ends after {expected}")]
    TooLong {
        /// Bytes there.
        found: u64,
        /// Bytes that there should be.
        expected: u64,
    },
    /// Another kind of file.
    #[error("the file does not start as an entry of a run store does")]
    NotAnEntry,
    /// Written by another version of the store.
    #[error("the file has format version {found}, this program reads {FORMAT}")]
    Format {
        /// The version in the file.
        found: u32,
    },
    /// Header or record changed after writing.
    #[error("the checksum of header and description does not match")]
    RecordChecksum,
    /// Value changed after writing.
    #[error("the checksum of the result does not match")]
    ValueChecksum,
    /// Sound, but the entry of another run.
    #[error("the file holds another run than its name says")]
    Foreign,
    /// Sound bytes that are not what this program expects, say after a change of types without a new engine version.
    #[error("the {part} cannot be decoded: {why}")]
    Undecodable {
        /// "description" or "result".
        part: &'static str,
        /// What postcard said.
        why: String,
    },
}

/// Why a file cannot be read as an entry.
#[derive(Debug, Error)]
pub(super) enum Unreadable {
    /// The system refused.
    #[error(transparent)]
    System(#[from] io::Error),
    /// The bytes are wrong.
    #[error(transparent)]
    Damage(#[from] Damage),
}

/// The record, and what the value has to be.
pub(super) struct Head {
    pub(super) record: Record,
    value_checksum: [u8; 32],
}

/// The bytes of an entry whose value is already encoded.
pub(super) fn encode(request: &Request, value: &[u8]) -> Result<Vec<u8>, postcard::Error> {
    let record = postcard::to_stdvec(&(request.scale(), request.description()))?;
    let mut bytes = Vec::with_capacity(HEADER + record.len() + value.len());
    bytes.extend_from_slice(&MAGIC);
    bytes.extend_from_slice(&FORMAT.to_le_bytes());
    bytes.extend_from_slice(&request.engine().to_le_bytes());
    bytes.extend_from_slice(&(record.len() as u64).to_le_bytes());
    bytes.extend_from_slice(&(value.len() as u64).to_le_bytes());
    let checksum = record_checksum(&bytes, &record);
    bytes.extend_from_slice(&checksum);
    bytes.extend_from_slice(blake3::hash(value).as_bytes());
    bytes.extend_from_slice(&record);
    bytes.extend_from_slice(value);
    Ok(bytes)
}

/// Reads and checks header and record of the file of `key`, which has `length` bytes; leaves `file` at the value.
pub(super) fn read_head(file: &mut impl Read, length: u64, key: &Key) -> Result<Head, Unreadable> {
    let mut header = Vec::with_capacity(HEADER);
    file.by_ref().take(HEADER as u64).read_to_end(&mut header)?;
    let record_length = check_header(&header, length)?;
    let mut record = Vec::new();
    file.by_ref().take(record_length).read_to_end(&mut record)?;
    if record_checksum(&header[..CHECKED], &record) != field::<32>(&header, CHECKED) {
        return Err(Damage::RecordChecksum.into());
    }
    let (scale, description): (String, String) = decode(&record, "description")?;
    let record = Record { engine: u32::from_le_bytes(field(&header, 12)), scale, description };
    if Key::of(&record.description, record.engine, &record.scale) != *key {
        return Err(Damage::Foreign.into());
    }
    Ok(Head { record, value_checksum: field(&header, 64) })
}

/// Reads and checks the value that follows a head, up to the end of the file.
pub(super) fn read_value(file: &mut impl Read, head: &Head) -> Result<Vec<u8>, Unreadable> {
    let mut value = Vec::new();
    file.read_to_end(&mut value)?;
    if *blake3::hash(&value).as_bytes() != head.value_checksum {
        return Err(Damage::ValueChecksum.into());
    }
    Ok(value)
}

/// The length of the record, if the header is one of a file of `length` bytes.
fn check_header(header: &[u8], length: u64) -> Result<u64, Damage> {
    if header.is_empty() {
        return Err(Damage::Empty);
    }
    if !MAGIC.starts_with(&header[..header.len().min(MAGIC.len())]) {
        return Err(Damage::NotAnEntry);
    }
    if header.len() < HEADER {
        return Err(Damage::Truncated { found: header.len() as u64, expected: HEADER as u64 });
    }
    let format = u32::from_le_bytes(field(header, 8));
    if format != FORMAT {
        return Err(Damage::Format { found: format });
    }
    let [record, value] = [16, 24].map(|at| u64::from_le_bytes(field(header, at)));
    let expected = (HEADER as u64).saturating_add(record).saturating_add(value);
    match length {
        found if found < expected => Err(Damage::Truncated { found, expected }),
        found if found > expected => Err(Damage::TooLong { found, expected }),
        _ => Ok(record),
    }
}

/// The value that `bytes` are, all of them.
pub(super) fn decode<T: DeserializeOwned>(bytes: &[u8], part: &'static str) -> Result<T, Damage> {
    let undecodable = |why: String| Damage::Undecodable { part, why };
    let (value, rest) = postcard::take_from_bytes(bytes).map_err(|error| undecodable(error.to_string()))?;
    if !rest.is_empty() {
        return Err(undecodable(format!("{} bytes are left over", rest.len())));
    }
    Ok(value)
}

fn record_checksum(header: &[u8], record: &[u8]) -> [u8; 32] {
    *blake3::Hasher::new().update(header).update(record).finalize().as_bytes()
}

/// `N` bytes of the header from `at` on; the caller has checked that they are there.
fn field<const N: usize>(header: &[u8], at: usize) -> [u8; N] {
    let mut bytes = [0; N];
    bytes.copy_from_slice(&header[at..at + N]);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sound() -> (Request, Vec<u8>) {
        let request = Request::new(&("a run", 7), 3, "smoke").unwrap();
        let value = postcard::to_stdvec(&vec![1.5_f64; 20]).unwrap();
        let bytes = encode(&request, &value).unwrap();
        (request, bytes)
    }

    fn read(request: &Request, mut bytes: &[u8]) -> Result<Vec<f64>, Unreadable> {
        let length = bytes.len() as u64;
        let head = read_head(&mut bytes, length, &request.key())?;
        Ok(decode(&read_value(&mut bytes, &head)?, "result")?)
    }

    #[test]
    fn a_sound_entry_reads() {
        let (request, bytes) = sound();
        assert_eq!(read(&request, &bytes).unwrap(), vec![1.5; 20]);
    }

    #[test]
    fn no_bit_can_change_and_no_byte_be_lost_unseen() {
        let (request, sound) = sound();
        for bit in 0..8 * sound.len() {
            let mut bytes = sound.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(read(&request, &bytes).is_err(), "bit {bit}");
        }
        for length in 0..sound.len() {
            assert!(read(&request, &sound[..length]).is_err(), "cut to {length}");
        }
    }
}
