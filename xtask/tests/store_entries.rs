//! The run store: what is put is got, and what is damaged is never read as a result.
#![allow(clippy::unwrap_used, reason = "the helpers of tests are tests")]

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};
use xtask::runs::lock::Attempt;
use xtask::runs::store::{Begin, Damage, Lookup, Request, Standing, Store, StoreError, explain};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Outcome {
    epochs: Vec<u64>,
    errors: Vec<f64>,
}

fn outcome(run: u64) -> Outcome {
    Outcome { epochs: vec![0, run], errors: vec![1.0, 0.1 + run as f64, f64::NEG_INFINITY] }
}

#[derive(Serialize)]
enum Run {
    Linear { epsilon: f64, hidden: u32, run: u64 },
    Spectrum { rows: u32 },
}

fn request(epsilon: f64, run: u64) -> Request {
    Request::new(&Run::Linear { epsilon, hidden: 50, run }, 1, "paper").unwrap()
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn is_damaged(store: &Store, request: &Request) -> Option<Damage> {
    let key = request.key();
    let damage = match store.get::<Outcome>(&key).unwrap() {
        Lookup::Damaged(damage) => Some(damage),
        Lookup::Found(_) | Lookup::Missing => None,
    };
    // The cheaper check must agree.
    match store.check(&key).unwrap() {
        Lookup::Damaged(other) => assert_eq!(Some(other), damage),
        Lookup::Found(_) | Lookup::Missing => assert_eq!(None, damage),
    }
    damage
}

#[test]
fn what_is_put_is_got() {
    let folder = folder();
    let store = Store::open(&folder.path().join("deep/store")).unwrap();
    let wanted = request(1e-5, 3);
    assert_eq!(store.get::<Outcome>(&wanted.key()).unwrap(), Lookup::Missing);
    assert!(!store.root().exists(), "looking something up must not write");
    store.put(&wanted, &outcome(3)).unwrap();
    assert_eq!(store.get(&wanted.key()).unwrap(), Lookup::Found(outcome(3)));
    // A second put replaces the first.
    store.put(&wanted, &outcome(4)).unwrap();
    assert_eq!(store.get(&wanted.key()).unwrap(), Lookup::Found(outcome(4)));
    assert_eq!(files(store.root()), 1);
}

/// Number of files below a folder.
fn files(root: &Path) -> usize {
    let children = fs::read_dir(root).unwrap().map(|child| child.unwrap().path());
    children.map(|path| if path.is_dir() { files(&path) } else { 1 }).sum()
}

#[test]
fn keys_tell_everything_apart() {
    let describe = |value: &Run, engine, scale| Request::new(value, engine, scale).unwrap().key();
    let linear = |epsilon, hidden, run| Run::Linear { epsilon, hidden, run };
    let keys: HashSet<_> = [
        describe(&linear(1e-5, 50, 0), 1, "paper"),
        describe(&linear(1e-5, 50, 0), 2, "paper"),
        describe(&linear(1e-5, 50, 0), 1, "smoke"),
        describe(&linear(1e-5, 50, 1), 1, "paper"),
        describe(&linear(1e-5, 51, 0), 1, "paper"),
        describe(&linear(1e-5_f64.next_up(), 50, 0), 1, "paper"),
        describe(&Run::Spectrum { rows: 50 }, 1, "paper"),
    ]
    .into();
    assert_eq!(keys.len(), 7);
    assert_eq!(describe(&linear(1e-5, 50, 0), 1, "paper"), request(1e-5, 0).key());
}

/// The key must not change by accident: it would orphan every stored run.
#[test]
fn the_key_is_pinned() {
    let request = request(1e-5, 0);
    assert_eq!(request.description(), r#"{"Linear":{"epsilon":0.00001,"hidden":50,"run":0}}"#);
    let mut hasher = blake3::Hasher::new_derive_key("deep-linear-theory run store, key of a run, 1");
    for part in [request.description().as_bytes(), &[1, 0, 0, 0], b"paper"] {
        hasher.update(&(part.len() as u64).to_le_bytes()).update(part);
    }
    assert_eq!(request.key().to_string(), hasher.finalize().to_hex().to_string());
}

/// Damages a sound entry in one way and returns what the store says about it.
fn after(damage: impl FnOnce(&mut Vec<u8>)) -> Option<Damage> {
    let folder = folder();
    let store = Store::open(folder.path()).unwrap();
    let wanted = request(1e-5, 3);
    store.put(&wanted, &outcome(3)).unwrap();
    let path = store.path(&wanted.key());
    let mut bytes = fs::read(&path).unwrap();
    damage(&mut bytes);
    fs::write(&path, bytes).unwrap();
    let found = is_damaged(&store, &wanted);
    if found.is_some() {
        // It is run again, which mends it.
        assert!(matches!(store.begin::<Outcome>(&wanted).unwrap(), Begin::Run { damage: Some(_), .. }));
        store.put(&wanted, &outcome(3)).unwrap();
        assert_eq!(store.get(&wanted.key()).unwrap(), Lookup::Found(outcome(3)));
    }
    found
}

#[test]
fn an_undamaged_entry_is_found() {
    assert_eq!(after(|_| {}), None);
}

/// Every field of the header, the record and the value, by the reason that is given for each.
#[test]
fn every_kind_of_damage_is_named() {
    type Harm = Box<dyn FnOnce(&mut Vec<u8>)>;
    let flip = |at: usize| -> Harm { Box::new(move |bytes| bytes[at] ^= 1) };
    let set = |at: usize, value: u64| -> Harm {
        Box::new(move |bytes| bytes[at..at + 8].copy_from_slice(&value.to_le_bytes()))
    };
    let cut = |to: usize| -> Harm { Box::new(move |bytes| bytes.truncate(to)) };
    let cases: Vec<(&str, Harm, &str)> = vec![
        ("first byte of the magic", flip(0), "does not start as an entry"),
        ("last byte of the magic", flip(7), "does not start as an entry"),
        ("format version", flip(8), "format version 0"),
        ("format version, high byte", flip(11), "format version 16777217"),
        ("engine version", flip(12), "checksum of header"),
        ("length of the record, low bit", flip(16), "bytes"),
        ("length of the record, huge", set(16, u64::MAX), "it should have 18446744073709551615"),
        ("length of the value, low bit", flip(24), "bytes"),
        ("length of the value, huge", set(24, u64::MAX / 2), "it should have"),
        (
            "lengths that cancel",
            Box::new(|bytes| {
                bytes[16] += 1;
                bytes[24] -= 1;
            }),
            "checksum of header",
        ),
        ("checksum of the record", flip(32), "checksum of header"),
        ("checksum of the value", flip(64), "checksum of the result"),
        ("first byte of the record", flip(96), "checksum of header"),
        ("inside the record", flip(110), "checksum of header"),
        (
            "last byte of the value",
            Box::new(|bytes| {
                let last = bytes.len() - 1;
                bytes[last] ^= 128;
            }),
            "checksum of the result",
        ),
        ("empty", cut(0), "is empty"),
        ("one byte", cut(1), "has 1 bytes"),
        ("within the header", cut(95), "has 95 bytes"),
        ("the header alone", cut(96), "has 96 bytes"),
        (
            "one byte short",
            Box::new(|bytes| {
                bytes.pop();
            }),
            "it should have",
        ),
        ("one byte long", Box::new(|bytes| bytes.push(0)), "the entry ends after"),
        ("twice", Box::new(|bytes| bytes.extend(bytes.clone())), "the entry ends after"),
        ("zeros", Box::new(|bytes| bytes.fill(0)), "does not start as an entry"),
        ("text", Box::new(|bytes| *bytes = b"{\"epochs\": []}".to_vec()), "does not start as an entry"),
    ];
    assert!(cases.len() >= 20);
    for (name, harm, expected) in cases {
        let damage = after(harm).unwrap_or_else(|| panic!("{name}: read as a result"));
        assert!(damage.to_string().contains(expected), "{name}: {damage}");
    }
}

/// An entry has what it needs and no more, and a listing reads no result. The example `store_scale` measures times, at
/// 100,000 entries.
#[test]
fn two_thousand_entries_are_listed_by_what_they_say() {
    // In memory if possible: 2,000 writes synchronised to a disk take longer than all other tests.
    let memory = Path::new("/dev/shm");
    let parent = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    let folder = tempfile::tempdir_in(parent).unwrap();
    let store = Store::open(folder.path()).unwrap();
    let requests: Vec<_> = (0..2000).map(|run| request(1e-5, run)).collect();
    let value = vec![0.5_f64; 400];
    for request in &requests {
        store.put(request, &value).unwrap();
    }
    for request in &requests {
        assert!(matches!(store.get::<Vec<f64>>(&request.key()).unwrap(), Lookup::Found(found) if found.len() == 400));
    }
    let listed: Vec<_> = store.entries().unwrap().map(Result::unwrap).collect();
    assert_eq!(listed.len(), 2000);
    let mut by_key: Vec<_> = requests.iter().collect();
    by_key.sort_by_key(|request| request.key());
    for (entry, request) in listed.iter().zip(by_key) {
        // Header, scale and description with a byte of length each, 400 numbers with two.
        let expected = 96 + (1 + 5) + (1 + request.description().len()) + (2 + 8 * 400);
        assert_eq!(entry.bytes, expected as u64);
    }
    let path = store.path(&requests[0].key());
    let mut bytes = fs::read(&path).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(&path, bytes).unwrap();
    assert!(matches!(store.peek(&requests[0].key()).unwrap(), Lookup::Found(_)), "a listing must not read results");
    assert!(matches!(store.check(&requests[0].key()).unwrap(), Lookup::Damaged(Damage::ValueChecksum)));
}

#[test]
fn the_entry_of_another_run_is_foreign() {
    let folder = folder();
    let store = Store::open(folder.path()).unwrap();
    let (ours, other) = (request(1e-5, 3), request(1e-5, 4));
    store.put(&other, &outcome(4)).unwrap();
    fs::create_dir_all(store.path(&ours.key()).parent().unwrap()).unwrap();
    fs::copy(store.path(&other.key()), store.path(&ours.key())).unwrap();
    assert_eq!(is_damaged(&store, &ours), Some(Damage::Foreign));
}

#[test]
fn a_result_of_another_type_is_not_read() {
    let folder = folder();
    let store = Store::open(folder.path()).unwrap();
    let wanted = request(1e-5, 3);
    for put in [
        store.put(&wanted, &()),
        store.put(&wanted, &(outcome(3), 7_u8)),
        store.put(&wanted, "a text of some length, longer than it says"),
    ] {
        put.unwrap();
        let found = store.get::<Outcome>(&wanted.key()).unwrap();
        assert!(matches!(found, Lookup::Damaged(Damage::Undecodable { part: "result", .. })), "{found:?}");
    }
}

/// The message of an error, and that it names the path.
fn names(error: &StoreError, path: &Path) -> String {
    let message = error.to_string();
    assert!(message.contains(&path.display().to_string()), "{message} does not name {}", path.display());
    message
}

#[test]
fn what_is_no_folder_is_refused() {
    let folder = folder();
    let file = folder.path().join("file");
    fs::write(&file, "x").unwrap();
    let message = names(&Store::open(&file).unwrap_err(), &file);
    assert!(message.contains("is not a folder"), "{message}");
    let below = file.join("store");
    let error = Store::open(&below).unwrap_err();
    let message = names(&error, &below);
    assert!(message.contains("cannot open"), "{message}");
    // With its cause, once.
    let reported = format!("{:#}", anyhow::Error::from(error));
    assert_eq!(reported.matches("(os error ").count(), 1, "{reported}");
}

#[test]
fn what_cannot_be_read_or_written_is_an_error() {
    let folder = folder();
    let store = Store::open(folder.path()).unwrap();
    // A folder where an entry should be.
    let wanted = request(1e-5, 1);
    let path = store.path(&wanted.key());
    fs::create_dir_all(path.join("inside")).unwrap();
    names(&store.get::<Outcome>(&wanted.key()).unwrap_err(), &path);
    names(&store.put(&wanted, &outcome(1)).unwrap_err(), &path);
    let left = fs::read_dir(path.parent().unwrap()).unwrap().count();
    assert_eq!(left, 1, "the temporary file must be removed");
    // A file where an entry's folder should be.
    let other = (2..).map(|run| request(1e-5, run)).find(|r| store.path(&r.key()).parent() != path.parent()).unwrap();
    let parent = store.path(&other.key()).parent().unwrap().to_owned();
    fs::write(&parent, "x").unwrap();
    names(&store.get::<Outcome>(&other.key()).unwrap_err(), &parent);
    names(&store.put(&other, &outcome(1)).unwrap_err(), &parent);
    names(&store.lock(&other.key()).unwrap_err(), &parent);
}

#[cfg(unix)]
#[test]
fn an_unreadable_entry_is_an_error() {
    let folder = folder();
    let store = Store::open(folder.path()).unwrap();
    let wanted = request(1e-5, 1);
    let path = store.path(&wanted.key());
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    // A link to itself cannot be opened by anyone, root included.
    std::os::unix::fs::symlink(&path, &path).unwrap();
    names(&store.get::<Outcome>(&wanted.key()).unwrap_err(), &path);
}

#[test]
fn entries_are_listed_and_pruned() {
    let folder = folder();
    let store = Store::open(folder.path()).unwrap();
    let requests: Vec<_> = (0..10).map(|run| request(1e-5, run)).collect();
    for (run, request) in requests.iter().enumerate() {
        store.put(request, &outcome(run as u64)).unwrap();
    }
    let damaged = store.path(&requests[9].key());
    fs::write(&damaged, "x").unwrap();
    let stranger = damaged.with_file_name("notes.txt");
    fs::write(&stranger, "keep me").unwrap();
    fs::write(folder.path().join("README"), "keep me").unwrap();

    let entries: Vec<_> = store.entries().unwrap().map(Result::unwrap).collect();
    assert_eq!(entries.len(), 10);
    assert!(entries.is_sorted_by_key(|entry| entry.key));
    assert_eq!(entries.iter().filter(|entry| entry.record.is_err()).count(), 1);
    let listed = entries.iter().find(|entry| entry.key == requests[2].key()).unwrap();
    let record = listed.record.as_ref().unwrap();
    assert_eq!((record.engine, record.scale.as_str()), (1, "paper"));
    assert_eq!(record.description, requests[2].description());
    assert_eq!(listed.bytes, fs::metadata(&listed.path).unwrap().len());

    let keep = requests[..4].iter().chain(&requests[9..]).map(Request::key).collect();
    let pruned = store.prune(&keep).unwrap();
    assert_eq!((pruned.kept, pruned.removed, pruned.leftovers), (4, 6, 0));
    assert_eq!(store.entries().unwrap().count(), 4);
    assert!(stranger.exists() && folder.path().join("README").exists());
}

#[test]
fn an_absent_store_is_empty() {
    let folder = folder();
    let store = Store::open(&folder.path().join("none")).unwrap();
    assert_eq!(store.entries().unwrap().count(), 0);
    assert_eq!(store.sweep().unwrap(), 0);
    assert_eq!(store.prune(&HashSet::new()).unwrap(), xtask::runs::store::Pruned::default());
    assert!(!store.root().exists());
}

#[test]
fn each_reason_to_run_is_named() {
    let folder = folder();
    let store = Store::open(folder.path()).unwrap();
    // What is stored: epsilon 1e-3 of runs 0 to 2 (1e-5 is wanted now), a run of an older engine, a damaged one.
    for run in 0..3 {
        store.put(&request(1e-3, run), &outcome(run)).unwrap();
    }
    let older = Request::new(&Run::Spectrum { rows: 7 }, 3, "paper").unwrap();
    store.put(&older, &outcome(0)).unwrap();
    let (stored, damaged) = (request(1e-5, 8), request(1e-5, 9));
    store.put(&stored, &outcome(8)).unwrap();
    fs::write(store.path(&damaged.key()), "x")
        .or_else(|_| {
            fs::create_dir_all(store.path(&damaged.key()).parent().unwrap())?;
            fs::write(store.path(&damaged.key()), "x")
        })
        .unwrap();

    let spectrum = Request::new(&Run::Spectrum { rows: 7 }, 4, "paper").unwrap();
    let other_kind = Request::new(&Run::Spectrum { rows: 8 }, 4, "paper").unwrap();
    let other_scale = Request::new(&Run::Linear { epsilon: 1e-5, hidden: 50, run: 0 }, 1, "smoke").unwrap();
    let wanted = [request(1e-5, 1), stored, damaged, spectrum, other_kind, other_scale];
    let standings = explain(&store, &wanted).unwrap();
    let told: Vec<String> = standings.iter().map(Standing::to_string).collect();
    assert_eq!(told[0], "changed: Linear.epsilon: 0.001 -> 0.00001");
    assert_eq!(told[1], "stored");
    assert_eq!(told[2], "damaged: the file does not start as an entry of a run store does");
    assert_eq!(told[3], "engine changed: stored from version 3");
    // One of one value differs: nothing is shared, so nothing is said to have changed.
    assert_eq!(told[4], "new");
    assert_eq!(told[5], "new");
    // The stored runs are wanted as well: then they are nobody's past.
    let both: Vec<_> = (0..3).map(|run| request(1e-3, run)).chain([request(1e-5, 1)]).collect();
    assert_eq!(
        explain(&store, &both).unwrap()[3],
        Standing::Changed {
            from: wanted[1].key(),
            changes: xtask::config::changes(
                &serde_json::json!({"Linear": {"run": 8}}),
                &serde_json::json!({"Linear": {"run": 1}})
            ),
        }
    );
}

#[test]
fn a_lock_keeps_others_out_until_dropped() {
    let folder = folder();
    let store = Store::open(folder.path()).unwrap();
    let wanted = request(1e-5, 1);
    let Begin::Run { lock, damage: None } = store.begin::<Outcome>(&wanted).unwrap() else { panic!() };
    let Begin::HeldBy(holder) = store.begin::<Outcome>(&wanted).unwrap() else { panic!() };
    assert!(holder.to_string().contains(&format!("process {} on", std::process::id())), "{holder}");
    assert!(matches!(Store::open(folder.path()).unwrap().lock(&wanted.key()).unwrap(), Attempt::HeldBy(_)));
    store.put(&wanted, &outcome(1)).unwrap();
    drop(lock);
    assert!(matches!(store.begin::<Outcome>(&wanted).unwrap(), Begin::Stored(_)));
    assert_eq!(files(store.root()), 1, "no lock is left");
}
