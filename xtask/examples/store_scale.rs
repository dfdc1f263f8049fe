//! What a run store of many entries costs: `cargo run --release -p xtask --example store_scale [ENTRIES] [FOLDER]`.
//!
//! Stores runs as a figure does (a description of ten values, a result of 256 numbers), then looks all of them up,
//! looks up as many that are missing, lists the store, and asks why as many runs of a changed config would run.
//! Give a folder in memory (/dev/shm) to see the store's own cost without the disk's.

use std::hint::black_box;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result};
use serde::Serialize;
use xtask::runs::store::{Request, Standing, Store, explain};

#[derive(Serialize)]
enum Run {
    Linear(Linear),
}

#[derive(Serialize)]
struct Linear {
    inputs: u32,
    outputs: u32,
    hidden: u32,
    layers: u32,
    epsilon: f64,
    learning_rate: f64,
    epochs: u64,
    strengths: Vec<f64>,
    seed: u64,
    run: usize,
}

fn request(run: usize, epsilon: f64) -> Result<Request> {
    let strengths = vec![6.0, 4.0, 2.0];
    let sizes = Linear {
        inputs: 100,
        outputs: 50,
        hidden: 50,
        layers: 2,
        epsilon,
        learning_rate: 1e-3,
        epochs: 10_000,
        strengths,
        seed: 1,
        run,
    };
    Ok(Request::new(&Run::Linear(sizes), 1, "paper")?)
}

/// Runs `work` and prints its time in all and for each of `count` items.
fn timed<T>(what: &str, count: usize, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let start = Instant::now();
    let result = work()?;
    let seconds = start.elapsed().as_secs_f64();
    println!("{what:<42} {seconds:9.3} s {:9.1} µs each", 1e6 * seconds / count as f64);
    Ok(result)
}

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let count: usize = arguments.next().map_or(Ok(100_000), |count| count.parse()).context("ENTRIES is a number")?;
    let parent = arguments.next().map_or_else(std::env::temp_dir, PathBuf::from);
    let root = parent.join(format!("store-scale-{}", std::process::id()));
    let store = Store::open(&root)?;
    let outcome: Vec<f64> = (0..256).map(|epoch| f64::from(epoch).sqrt()).collect();
    println!("{count} entries in {}", root.display());
    let requests = (0..count).map(|run| request(run, 1e-5)).collect::<Result<Vec<_>>>()?;
    let changed = (0..count).map(|run| request(run, 1e-4)).collect::<Result<Vec<_>>>()?;
    timed("describe and hash", count, || {
        (0..count).try_for_each(|run| request(run, 1e-6).map(|it| drop(black_box(it))))
    })?;
    timed("lock, put, release", count, || {
        requests.iter().try_for_each(|request| {
            let _lock = store.lock(&request.key())?;
            Ok(store.put(request, &outcome)?)
        })
    })?;
    timed("get", count, || {
        for request in &requests {
            black_box(store.get::<Vec<f64>>(&request.key())?);
        }
        Ok(())
    })?;
    timed("get what is missing", count, || {
        for request in &changed {
            black_box(store.get::<Vec<f64>>(&request.key())?);
        }
        Ok(())
    })?;
    let bytes = timed("list", count, || store.entries()?.try_fold(0, |sum, entry| Ok(sum + entry?.bytes)))?;
    println!(
        "size {:.1} MB, {:.1} bytes an entry, of which the numbers are {}",
        bytes as f64 / 1e6,
        bytes as f64 / count as f64,
        8 * outcome.len()
    );
    timed("explain what is stored", count, || Ok(explain(&store, &requests)?))?;
    let asked = &changed[..count.min(1000)];
    let standings = timed("explain 1000 changed runs", asked.len(), || Ok(explain(&store, asked)?))?;
    let changed = standings.iter().filter(|standing| matches!(standing, Standing::Changed { .. })).count();
    println!("{changed} of {} are called changed; the first: {}", asked.len(), standings[0]);
    std::fs::remove_dir_all(&root)?;
    Ok(())
}
