//! Several threads and processes on one run store, and what is left when one of them is killed.
//!
//! Child processes are this test program again: it runs the one ignored test that is named, told by the environment
//! what to do.
#![allow(clippy::unwrap_used, reason = "the helpers of tests are tests")]
#![cfg(unix)]

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};

use xtask::runs::store::{Begin, ClaimAttempt, Lookup, Request, Store, StoreError, Timing};

const QUICK: Timing = Timing { heartbeat: Duration::from_millis(20), stale_after: Duration::from_millis(300) };

fn request(run: u64) -> Request {
    Request::new(&("run", run), 1, "paper").unwrap()
}

fn claim_file(store: &Store, run: u64) -> std::path::PathBuf {
    store.path(&request(run).key()).with_extension("claim")
}

/// All files of the store, by extension.
fn count(root: &Path, extension: &str) -> usize {
    let children = fs::read_dir(root).unwrap().map(|child| child.unwrap().path());
    let is_wanted = |path: &Path| path.extension().is_some_and(|it| it == extension);
    children.map(|path| if path.is_dir() { count(&path, extension) } else { usize::from(is_wanted(&path)) }).sum()
}

/// An error as the command line tells it.
fn told(error: StoreError) -> String {
    format!("{:#}", anyhow::Error::from(error))
}

/// This program as a child that does `what` on the store at `root`.
fn child(what: &str, root: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--ignored", "--exact", "child_process", "--nocapture", "--test-threads=1"]);
    command.env("STORE_CHILD", what).env("STORE_ROOT", root).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Waits until a child says `word`.
fn await_word(child: &mut Child, word: &str) {
    let mut said = String::new();
    let mut byte = [0];
    while !said.contains(word) {
        assert_eq!(child.stdout.as_mut().unwrap().read(&mut byte).unwrap(), 1, "the child ended after: {said}");
        said.push(char::from(byte[0]));
    }
}

#[test]
#[ignore = "a part of other tests, not a test"]
fn child_process() {
    let (Ok(what), Ok(root)) = (std::env::var("STORE_CHILD"), std::env::var("STORE_ROOT")) else { return };
    let root = Path::new(&root);
    let store = Store::open(root).unwrap();
    match what.as_str() {
        // Does all runs, in an order of its own, and says how many it computed.
        "all" => {
            let offset = u64::from(std::process::id());
            let computed = (0..RUNS).filter(|run| compute_slowly(&store, (run + offset) % RUNS).1).count();
            println!("computed {computed}.");
        }
        "hold" => {
            let Begin::Run { claim, .. } = store.begin::<u64>(&request(1)).unwrap() else { panic!("not ours") };
            println!("claimed");
            std::thread::sleep(Duration::from_secs(60));
            drop(claim);
        }
        "panic" => {
            let _claim = store.begin::<u64>(&request(1)).unwrap();
            panic!("on purpose");
        }
        // Puts a value larger than the file size limit that the parent has set.
        "large" => {
            let message = told(store.put(&request(1), &vec![1.0_f64; 100_000]).unwrap_err());
            println!("said: {message}");
            store.put(&request(2), &7_u64).unwrap();
            println!("lived.");
        }
        other => panic!("no such child: {other}"),
    }
}

const RUNS: u64 = 30;

fn compute_slowly(store: &Store, run: u64) -> (u64, bool) {
    let compute = || {
        std::thread::sleep(Duration::from_millis(5));
        Ok::<_, StoreError>(run * run)
    };
    store.obtain(&request(run), compute).unwrap()
}

#[test]
fn threads_do_each_run_once() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let computed = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let (store, computed) = (&store, &computed);
            scope.spawn(move || {
                for run in (0..RUNS).map(|run| (run + 4 * thread) % RUNS) {
                    let (value, is_ours) = compute_slowly(store, run);
                    assert_eq!(value, run * run);
                    computed.fetch_add(usize::from(is_ours), Ordering::Relaxed);
                }
            });
        }
    });
    assert_eq!(computed.into_inner(), RUNS as usize);
    assert_eq!((count(folder.path(), "run"), count(folder.path(), "claim"), count(folder.path(), "tmp")), (30, 0, 0));
}

/// Threads that rush for the same runs at the same time: one may find a run missing, and claim it just after another
/// has stored it and let go.
#[test]
fn a_run_done_between_look_and_claim_is_not_done_again() {
    let memory = Path::new("/dev/shm");
    let parent = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    let folder = tempfile::tempdir_in(parent).unwrap();
    let store = Store::open(folder.path()).unwrap();
    let computed = AtomicUsize::new(0);
    let rush = |run: u64| loop {
        match store.begin::<u64>(&request(run)).unwrap() {
            Begin::Stored(_) => return,
            Begin::HeldBy(_) => {}
            Begin::Run { claim, .. } => {
                computed.fetch_add(1, Ordering::Relaxed);
                store.put(&request(run), &run).unwrap();
                drop(claim);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..400).for_each(rush));
        }
    });
    assert_eq!(computed.into_inner(), 400);
}

#[test]
fn processes_do_each_run_once() {
    let folder = tempfile::tempdir().unwrap();
    let children: Vec<Child> = (0..4).map(|_| child("all", folder.path()).spawn().unwrap()).collect();
    let mut computed = 0;
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let said = String::from_utf8(output.stdout).unwrap();
        let number = said.split("computed ").nth(1).and_then(|rest| rest.split('.').next());
        computed += number.unwrap().parse::<u64>().unwrap();
    }
    assert_eq!(computed, RUNS);
    let store = Store::open(folder.path()).unwrap();
    for run in 0..RUNS {
        assert_eq!(store.get(&request(run).key()).unwrap(), Lookup::Found(run * run));
    }
    assert_eq!((count(folder.path(), "claim"), count(folder.path(), "tmp")), (0, 0));
}

#[test]
fn threads_may_write_one_entry_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let value = vec![0.5_f64; 1000];
    store.put(&request(0), &value).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..20).for_each(|_| store.put(&request(0), &value).unwrap()));
            // Never a part of an entry, never none.
            scope.spawn(|| {
                (0..200).for_each(|_| {
                    assert_eq!(store.get(&request(0).key()).unwrap(), Lookup::Found(value.clone()));
                });
            });
        }
    });
    assert_eq!((count(folder.path(), "run"), count(folder.path(), "tmp")), (1, 0));
}

#[test]
fn a_killed_process_leaves_nothing_that_lasts() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let mut holder = child("hold", folder.path()).spawn().unwrap();
    await_word(&mut holder, "claimed");
    let Begin::HeldBy(named) = store.begin::<u64>(&request(1)).unwrap() else { panic!("two hold one claim") };
    assert!(named.to_string().starts_with(&format!("process {} on ", holder.id())), "{named}");
    assert_eq!(store.sweep().unwrap(), 0, "a live claim is not swept");

    holder.kill().unwrap();
    // Not yet collected, the child is a zombie; that is dead enough.
    while !fs::read_to_string(format!("/proc/{}/stat", holder.id())).unwrap().contains(") Z ") {
        std::thread::sleep(Duration::from_millis(1));
    }
    let begun = store.begin::<u64>(&request(1)).unwrap();
    assert!(matches!(begun, Begin::Run { damage: None, .. }), "{begun:?}");
    holder.wait().unwrap();
    drop(begun);
    assert_eq!((count(folder.path(), "claim"), count(folder.path(), "tmp")), (0, 0));
}

#[test]
fn what_a_killed_process_left_is_swept() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let mut holder = child("hold", folder.path()).spawn().unwrap();
    await_word(&mut holder, "claimed");
    // The temporary file it would leave if it were killed while writing, and one of ours that is being written.
    let temporary_of = |pid: u32| {
        let start = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
        let start = start.rsplit_once(')').unwrap().1.split_whitespace().nth(19).unwrap().to_owned();
        let claim: serde_json::Value =
            serde_json::from_str(&fs::read_to_string(claim_file(&store, 1)).unwrap()).unwrap();
        let machine = blake3::hash(claim["holder"]["machine"].as_str().unwrap().as_bytes()).to_hex();
        store.path(&request(1).key()).with_extension(format!("{}-{pid}-{start}-5.tmp", &machine[..8]))
    };
    let (theirs, ours) = (temporary_of(holder.id()), temporary_of(std::process::id()));
    for path in [&theirs, &ours] {
        fs::write(path, "half an ent").unwrap();
    }
    let foreign = ours.with_extension("").with_extension("00000000-1-1-1.tmp");
    fs::write(&foreign, "of another machine").unwrap();
    assert_eq!(store.sweep().unwrap(), 0);
    holder.kill().unwrap();
    holder.wait().unwrap();
    assert_eq!(store.sweep().unwrap(), 2, "the claim and the temporary file");
    assert!(!theirs.exists() && ours.exists() && foreign.exists());
    let long_ago = SystemTime::now() - Duration::from_secs(25 * 3600);
    fs::File::options().write(true).open(&foreign).unwrap().set_modified(long_ago).unwrap();
    assert_eq!(store.sweep().unwrap(), 1);
    assert!(!foreign.exists());
}

/// Every store does `work` at the same moment.
fn at_once<T: Send>(stores: &[Store], work: impl Fn(&Store) -> T + Sync) -> Vec<T> {
    let barrier = std::sync::Barrier::new(stores.len());
    let waited = |store| {
        barrier.wait();
        work(store)
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = stores.iter().map(|store| scope.spawn(|| waited(store))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

#[test]
fn many_may_sweep_and_prune_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let stores: Vec<Store> = (0..8).map(|_| Store::open(folder.path()).unwrap()).collect();
    let files = 400;
    for run in 0..files {
        stores[0].put(&request(run), &run).unwrap();
        let left = stores[0].path(&request(run).key()).with_extension("00000000-1-1-1.tmp");
        fs::write(&left, "left behind").unwrap();
        let long_ago = SystemTime::now() - Duration::from_secs(25 * 3600);
        fs::File::options().write(true).open(&left).unwrap().set_modified(long_ago).unwrap();
    }
    let swept: usize = at_once(&stores, |store| store.sweep().unwrap()).into_iter().sum();
    assert_eq!((swept as u64, count(folder.path(), "tmp")), (files, 0), "each is removed by one");
    let pruned: usize =
        at_once(&stores, |store| store.prune(&std::collections::HashSet::new()).unwrap().removed).into_iter().sum();
    assert_eq!((pruned as u64, count(folder.path(), "run")), (files, 0), "each is removed by one");
}

#[test]
fn a_claim_is_given_back_on_panic() {
    let folder = tempfile::tempdir().unwrap();
    let output = child("panic", folder.path()).output().unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("on purpose"));
    assert_eq!(count(folder.path(), "claim"), 0);
    // In a thread of a process that lives on, too.
    let store = Store::open(folder.path()).unwrap();
    let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        store.obtain(&request(1), || -> Result<u64, StoreError> { std::panic::resume_unwind(Box::new("quiet")) })
    }));
    assert!(caught.is_err());
    assert!(matches!(store.try_claim(&request(1).key()).unwrap(), ClaimAttempt::Mine(_)));
    assert_eq!(count(folder.path(), "claim"), 0);
}

/// Puts a claim there as a process of another host would, and renews it as long as the guard lives.
fn claim_of_another_host(store: &Store, run: u64) -> std::path::PathBuf {
    let path = claim_file(store, run);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, r#"{"holder":{"host":"elsewhere","machine":"other","pid":1,"start":1},"number":0}"#).unwrap();
    path
}

#[test]
fn a_silent_claim_of_another_host_is_taken_over() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open_with(folder.path(), QUICK).unwrap();
    let path = claim_of_another_host(&store, 1);
    let renew = || fs::File::options().write(true).open(&path).unwrap().set_modified(SystemTime::now()).unwrap();
    let is_held = || matches!(store.try_claim(&request(1).key()).unwrap(), ClaimAttempt::HeldBy(_));
    // As long as its heart beats it is believed, longer than a silent one would be.
    let start = Instant::now();
    while start.elapsed() < 2 * QUICK.stale_after {
        renew();
        assert!(is_held());
        std::thread::sleep(Duration::from_millis(10));
    }
    let ClaimAttempt::HeldBy(holder) = store.try_claim(&request(1).key()).unwrap() else { panic!() };
    assert_eq!(holder.to_string(), "process 1 on elsewhere");
    // Once it is silent it is believed for the time stated, by our clock, and no longer.
    let start = Instant::now();
    let mut taken = None;
    while taken.is_none() && start.elapsed() < Duration::from_secs(20) {
        match store.try_claim(&request(1).key()).unwrap() {
            ClaimAttempt::Mine(claim) => taken = Some(claim),
            ClaimAttempt::HeldBy(_) => std::thread::sleep(Duration::from_millis(5)),
        }
    }
    assert!(
        taken.is_some() && start.elapsed() >= QUICK.stale_after - Duration::from_millis(50),
        "{:?}",
        start.elapsed()
    );
    drop(taken);
    assert_eq!((count(folder.path(), "claim"), count(folder.path(), "tmp")), (0, 0));
}

#[test]
fn an_unreadable_claim_is_judged_by_its_silence() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open_with(folder.path(), QUICK).unwrap();
    for content in [&b""[..], b"junk", b"{}", b"\xff\xff"] {
        let path = claim_of_another_host(&store, 1);
        fs::write(&path, content).unwrap();
        let ClaimAttempt::HeldBy(holder) = store.try_claim(&request(1).key()).unwrap() else { panic!("{content:?}") };
        assert_eq!(holder.to_string(), "an unnamed process");
        std::thread::sleep(QUICK.stale_after + Duration::from_millis(20));
        assert!(matches!(store.try_claim(&request(1).key()).unwrap(), ClaimAttempt::Mine(_)), "{content:?}");
    }
}

#[test]
fn a_heart_beats_while_a_claim_is_held() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open_with(folder.path(), QUICK).unwrap();
    let ClaimAttempt::Mine(claim) = store.try_claim(&request(1).key()).unwrap() else { panic!() };
    let modified = || fs::metadata(claim_file(&store, 1)).unwrap().modified().unwrap();
    let (first, start) = (modified(), Instant::now());
    while modified() == first {
        assert!(start.elapsed() < Duration::from_secs(20), "no heartbeat");
        std::thread::sleep(Duration::from_millis(5));
    }
    // Whoever was taken for dead and comes back leaves the new holder's claim alone.
    let path = claim_of_another_host(&store, 1);
    drop(claim);
    assert!(path.exists());
}

#[test]
fn one_of_many_takes_a_stale_claim_over() {
    let folder = tempfile::tempdir().unwrap();
    let mut holder = child("hold", folder.path()).spawn().unwrap();
    await_word(&mut holder, "claimed");
    holder.kill().unwrap();
    holder.wait().unwrap();
    let stores: Vec<Store> = (0..8).map(|_| Store::open(folder.path()).unwrap()).collect();
    let attempts = at_once(&stores, |store| store.try_claim(&request(1).key()).unwrap());
    let mine = attempts.iter().filter(|attempt| matches!(attempt, ClaimAttempt::Mine(_))).count();
    assert_eq!(mine, 1);
    drop(attempts);
    assert_eq!((count(folder.path(), "claim"), count(folder.path(), "tmp")), (0, 0));
}

#[test]
fn a_claim_that_cannot_be_made_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let path = claim_file(&store, 1);
    fs::create_dir_all(&path).unwrap();
    assert!(store.try_claim(&request(1).key()).unwrap_err().to_string().contains("cannot read the claim"));
    fs::remove_dir(&path).unwrap();
    // A link to nowhere exists for whoever would make it and not for whoever would read it.
    std::os::unix::fs::symlink("/nowhere/at/all", &path).unwrap();
    assert!(told(store.try_claim(&request(1).key()).unwrap_err()).contains("cannot be read"));
}

#[test]
fn a_file_size_limit_is_an_error_and_not_the_end() {
    let folder = tempfile::tempdir().unwrap();
    // 8 blocks are 4 or 8 KiB, by the shell; the entry has 800 KB.
    let script =
        format!("ulimit -f 8; exec {:?} --ignored --exact child_process --nocapture", std::env::current_exe().unwrap());
    let mut command = Command::new("sh");
    command.args(["-c", &script]).env("STORE_CHILD", "large").env("STORE_ROOT", folder.path());
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{:?}: {said}{}", output.status, String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("said: run store: cannot write ") && said.contains("File too large"), "{said}");
    assert!(said.contains("lived."), "{said}");
    assert_eq!((count(folder.path(), "run"), count(folder.path(), "tmp")), (1, 0));
}
