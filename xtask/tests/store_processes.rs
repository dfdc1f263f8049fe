//! Several threads and processes on one run store, and what is left when one of them is killed.
//!
//! Child processes are this test program again: it runs the one ignored test that is named, and reads in
//! the environment what to do.
#![allow(clippy::unwrap_used, reason = "the helpers of tests are tests")]
#![cfg(unix)]

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use xtask::runs::lock::Attempt;
use xtask::runs::store::{Begin, Lookup, Request, Store, StoreError};

fn request(run: u64) -> Request {
    Request::new(&("run", run), 1, "paper").unwrap()
}

/// The file beside the entry of run 1 that has this ending.
fn beside(store: &Store, ending: &str) -> std::path::PathBuf {
    let path = store.path(&request(1).key());
    path.with_file_name(format!(".{}.{ending}", path.file_name().unwrap().to_str().unwrap()))
}

/// Lock files, and files half written.
fn leftovers(root: &Path) -> usize {
    count(root, "locked") + count(root, "aside")
}

/// All files of the store, by extension.
fn count(root: &Path, extension: &str) -> usize {
    let children = fs::read_dir(root).unwrap().map(|child| child.unwrap().path());
    let is_wanted = |path: &Path| path.extension().is_some_and(|it| it == extension);
    children.map(|path| if path.is_dir() { count(&path, extension) } else { usize::from(is_wanted(&path)) }).sum()
}

/// An error as the command line reports it.
fn reported(error: StoreError) -> String {
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
            let Begin::Run { lock, .. } = store.begin::<u64>(&request(1)).unwrap() else { panic!("not ours") };
            println!("locked");
            sleep(Duration::from_secs(60));
            drop(lock);
        }
        "panic" => {
            let _lock = store.begin::<u64>(&request(1)).unwrap();
            panic!("on purpose");
        }
        // Puts a value larger than the file size limit that the parent has set.
        "large" => {
            let message = reported(store.put(&request(1), &vec![1.0_f64; 100_000]).unwrap_err());
            println!("said: {message}");
            store.put(&request(2), &7_u64).unwrap();
            println!("lived.");
        }
        other => panic!("no such child: {other}"),
    }
}

const RUNS: u64 = 30;

/// The result of a run, and whether it was computed here: whoever finds it locked waits.
fn compute_slowly(store: &Store, run: u64) -> (u64, bool) {
    loop {
        match store.begin(&request(run)).unwrap() {
            Begin::Stored(value) => return (value, false),
            Begin::HeldBy(_) => sleep(Duration::from_millis(5)),
            Begin::Run { lock, .. } => {
                sleep(Duration::from_millis(5));
                store.put(&request(run), &(run * run)).unwrap();
                drop(lock);
                return (run * run, true);
            }
        }
    }
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
    assert_eq!((count(folder.path(), "run"), leftovers(folder.path())), (30, 0));
}

/// Threads that rush for the same runs at the same time: one may find a run missing, and lock it just after another
/// has stored it and let go.
#[test]
fn a_run_done_between_look_and_lock_is_not_done_again() {
    let memory = Path::new("/dev/shm");
    let parent = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    let folder = tempfile::tempdir_in(parent).unwrap();
    let store = Store::open(folder.path()).unwrap();
    let computed = AtomicUsize::new(0);
    let rush = |run: u64| loop {
        match store.begin::<u64>(&request(run)).unwrap() {
            Begin::Stored(_) => return,
            Begin::HeldBy(_) => {}
            Begin::Run { lock, .. } => {
                computed.fetch_add(1, Ordering::Relaxed);
                store.put(&request(run), &run).unwrap();
                drop(lock);
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
    assert_eq!(leftovers(folder.path()), 0);
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
    assert_eq!((count(folder.path(), "run"), leftovers(folder.path())), (1, 0));
}

#[test]
fn a_killed_process_leaves_nothing_that_lasts() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let mut holder = child("hold", folder.path()).spawn().unwrap();
    await_word(&mut holder, "locked");
    let Begin::HeldBy(named) = store.begin::<u64>(&request(1)).unwrap() else { panic!("two hold one lock") };
    assert!(named.to_string().starts_with(&format!("process {} on ", holder.id())), "{named}");
    // What it would leave if it were killed while writing is not locked; what we write is.
    let left = beside(&store, "1-1.aside");
    fs::write(&left, "half an ent").unwrap();
    assert_eq!(store.sweep().unwrap(), 1, "a lock that is held is not swept");

    holder.kill().unwrap();
    assert!(beside(&store, "locked").exists());
    // Not yet collected, the child is a zombie; that is dead enough, once the last of its threads has ended.
    let start = Instant::now();
    let begun = loop {
        match store.begin::<u64>(&request(1)).unwrap() {
            Begin::HeldBy(_) if start.elapsed() < Duration::from_secs(20) => sleep(Duration::from_millis(1)),
            begun => break begun,
        }
    };
    assert!(matches!(begun, Begin::Run { damage: None, .. }), "{begun:?}");
    holder.wait().unwrap();
    drop(begun);
    assert_eq!(leftovers(folder.path()), 0);
}

#[test]
fn what_a_killed_process_left_is_swept() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let mut holder = child("hold", folder.path()).spawn().unwrap();
    await_word(&mut holder, "locked");
    assert_eq!(store.sweep().unwrap(), 0);
    holder.kill().unwrap();
    holder.wait().unwrap();
    assert_eq!((store.sweep().unwrap(), leftovers(folder.path())), (1, 0));
}

/// A stopped process keeps its lock, and its name is known.
#[test]
fn a_stopped_process_is_waited_for_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let mut holder = child("hold", folder.path()).spawn().unwrap();
    await_word(&mut holder, "locked");
    let signal = |name: &str| {
        let kill = Command::new("sh").args(["-c", &format!("kill -{name} {}", holder.id())]).status().unwrap();
        assert!(kill.success());
    };
    signal("STOP");
    let Begin::HeldBy(named) = store.begin::<u64>(&request(1)).unwrap() else { panic!("two hold one lock") };
    assert!(named.to_string().starts_with(&format!("process {} on ", holder.id())), "{named}");
    signal("KILL");
    holder.wait().unwrap();
    assert!(matches!(store.begin::<u64>(&request(1)).unwrap(), Begin::Run { .. }));
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
        let path = stores[0].path(&request(run).key());
        fs::write(path.with_file_name(format!(".{run}.run.1-1.aside")), "left behind").unwrap();
    }
    let swept: usize = at_once(&stores, |store| store.sweep().unwrap()).into_iter().sum();
    assert_eq!((swept as u64, leftovers(folder.path())), (files, 0), "each is removed by one");
    let pruned: usize =
        at_once(&stores, |store| store.prune(&std::collections::HashSet::new()).unwrap().removed).into_iter().sum();
    assert_eq!((pruned as u64, count(folder.path(), "run")), (files, 0), "each is removed by one");
}

#[test]
fn a_lock_is_given_back_on_panic() {
    let folder = tempfile::tempdir().unwrap();
    let output = child("panic", folder.path()).output().unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("on purpose"));
    assert_eq!(leftovers(folder.path()), 0);
    // In a thread of a process that lives on, too.
    let store = Store::open(folder.path()).unwrap();
    let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let _lock = store.begin::<u64>(&request(1)).unwrap();
        std::panic::resume_unwind(Box::new("quiet"))
    }));
    let _: Box<dyn std::any::Any + Send> = caught.map(|never: std::convert::Infallible| never).unwrap_err();
    assert!(matches!(store.lock(&request(1).key()).unwrap(), Attempt::Mine(_)));
    assert_eq!(leftovers(folder.path()), 0);
}

/// Whatever a file says, and of whatever machine: what nobody holds is free.
#[test]
fn a_lock_file_that_nobody_holds_is_in_nobodys_way() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let path = beside(&store, "locked");
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    for content in [&b"process 1 on elsewhere"[..], b"", b"junk", b"\xff\xff"] {
        fs::write(&path, content).unwrap();
        assert!(matches!(store.lock(&request(1).key()).unwrap(), Attempt::Mine(_)), "{content:?}");
    }
    assert_eq!(leftovers(folder.path()), 0);
}

#[test]
fn one_of_many_takes_the_lock_of_a_dead_process() {
    let folder = tempfile::tempdir().unwrap();
    let mut holder = child("hold", folder.path()).spawn().unwrap();
    await_word(&mut holder, "locked");
    holder.kill().unwrap();
    holder.wait().unwrap();
    let stores: Vec<Store> = (0..8).map(|_| Store::open(folder.path()).unwrap()).collect();
    let attempts = at_once(&stores, |store| store.lock(&request(1).key()).unwrap());
    let mine = attempts.iter().filter(|attempt| matches!(attempt, Attempt::Mine(_))).count();
    assert_eq!(mine, 1);
    drop(attempts);
    assert_eq!(leftovers(folder.path()), 0);
}

#[test]
fn a_lock_that_cannot_be_made_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let path = beside(&store, "locked");
    fs::create_dir_all(&path).unwrap();
    assert!(store.lock(&request(1).key()).unwrap_err().to_string().contains("cannot lock"));
    fs::remove_dir(&path).unwrap();
    std::os::unix::fs::symlink("/nowhere/at/all", &path).unwrap();
    assert!(reported(store.lock(&request(1).key()).unwrap_err()).contains("No such file"));
    // A link is not followed to a file that is none of the store's.
    fs::remove_file(&path).unwrap();
    let other = folder.path().join("other");
    fs::write(&other, "mine").unwrap();
    std::os::unix::fs::symlink(&other, &path).unwrap();
    assert!(reported(store.lock(&request(1).key()).unwrap_err()).contains("again and again"));
    assert_eq!(fs::read_to_string(&other).unwrap(), "mine");
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
    assert_eq!((count(folder.path(), "run"), leftovers(folder.path())), (1, 0));
}
