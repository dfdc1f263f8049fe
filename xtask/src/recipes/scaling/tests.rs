//! Every verdict passes on a right record and fails on a wrong one.

use super::{CURVES, ENGINES, Scaling, curve_name, epoch_name, threads_name};
use crate::bench::{Benchmarks, Machine, Measurement, Yardsticks};
use crate::config::Scale;
use crate::runs::results::Results;
use crate::study::recipe::Recipe as _;
use crate::study::trial::{at_scale, passed};
use crate::study::{Outcome, Verdict};

fn config() -> Scaling {
    at_scale("figx2_scaling", Scale::Paper)
}

fn measurement(name: String, work: f64, at_peak: f64) -> Measurement {
    Measurement { name, seconds: at_peak * 1e-10, work, at_peak, at_product: at_peak, noise: 0.01 }
}

/// A record of a machine on which every claim holds.
fn right() -> Benchmarks {
    let config = config();
    let mut measured = Vec::new();
    for engine in ENGINES {
        for &size in &config.sizes {
            let n = f64::from(size);
            let work = if engine.matrices { 1.5 * n * n * n } else { 7.0 * n };
            let precision = if engine.single_precision { 2.0 } else { 1.0 };
            measured.push(measurement(epoch_name(engine.name, size), work, work / (0.85 * precision)));
        }
    }
    for (layers, ..) in CURVES {
        for &points in &config.points {
            let points_of_work = f64::from(points);
            measured.push(measurement(curve_name(layers, points), points_of_work, 1e6 + 1e5 * points_of_work));
        }
    }
    measured.push(measurement(threads_name(1), 4.0, 4e8));
    measured.push(measurement(threads_name(2), 8.0, 4.2e8));
    let machine = Machine {
        cpu: "Abacus".into(),
        generation: "family 1 model 2".into(),
        vectors: "none".into(),
        cache: "0 KB".into(),
        threads: 2,
    };
    let yardsticks = Yardsticks { peak_f64: 1e10, peak_f32: 2e10, product: 1e10 };
    Benchmarks { machine, revision: "abc".into(), yardsticks, measured }
}

/// The verdicts when the costs of benchmarks whose names contain `part` are multiplied by `factor`.
fn with(part: &str, factor: f64) -> Vec<Verdict> {
    let mut record = right();
    let mut touched = 0;
    for m in record.measured.iter_mut().filter(|m| m.name.contains(part)) {
        m.at_peak *= factor;
        touched += 1;
    }
    assert!(touched > 0, "{part}");
    config().claims(&record).unwrap().judge(None)
}

#[test]
fn a_right_record_passes() {
    for verdict in config().claims(&right()).unwrap().judge(None) {
        assert_eq!(verdict.outcome, Outcome::Holds, "{verdict:?}");
    }
}

#[test]
fn each_claim_fails_on_a_record_that_breaks_it() {
    assert_eq!(passed(&with("leaky_f32/800", 2.1), "grows as its operations"), Some(false));
    assert_eq!(passed(&with("leaky_f32/50", 2.1), "grows as its operations"), Some(false));
    assert_eq!(passed(&with("aligned_L2/800", 2.1), "grows as its operations"), Some(false));
    assert_eq!(passed(&with("aligned_L2/50", 2.1), "grows as its operations"), Some(true));
    assert_eq!(passed(&with("aligned_L4/100", 150.0), "times cheaper"), Some(false));
    assert_eq!(passed(&with("linear_L2/100", 1.1), "of the register peak"), Some(false));
    assert_eq!(passed(&with("linear_L2/100", 0.8), "of the register peak"), Some(false));
    assert_eq!(passed(&with("threads/2", 1.2), "two threads"), Some(false));
    assert_eq!(passed(&with("threads/2", 0.7), "two threads"), Some(false));
    assert_eq!(passed(&with("curve/L4/800", 1.4), "grows as its points"), Some(false));
}

#[test]
fn one_thread_is_not_judged() {
    let mut record = right();
    record.machine.threads = 1;
    assert_eq!(passed(&config().claims(&record).unwrap().judge(None), "two threads"), None);
}

#[test]
fn a_record_of_a_busy_machine_is_not_judged() {
    let mut record = right();
    for m in record.measured.iter_mut().filter(|m| m.name == "epoch/leaky_f32/800") {
        (m.noise, m.at_peak) = (0.5, 3.0 * m.at_peak);
    }
    let verdicts = config().claims(&record).unwrap().judge(None);
    assert_eq!(passed(&verdicts, "grows as its operations"), None);
    assert_eq!(passed(&verdicts, "of the register peak"), Some(true));
}

#[test]
fn labels_keep_clear_of_each_other() {
    let figure = config().assemble(&Results::new()).unwrap().figure;
    assert_eq!(figures::label_collisions(&figure).unwrap(), Vec::<String>::new());
}

#[test]
fn the_record_is_an_input_that_staleness_sees() {
    assert_eq!(config().inputs(), [config().record]);
}
