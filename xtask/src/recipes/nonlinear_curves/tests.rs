//! Every verdict passes on the right input and fails on a wrong one.

use super::{ErrorKind, Measured, NonlinearCurves, SeedNumbers};
use crate::runs::results::Results;
use crate::runs::run::Run;
use crate::study::Outcome;
use crate::study::recipe::{Assembled, Recipe};
use crate::study::trial::{passed, smoke, verdicts};
use figures::{Mark, Points};
use sim::{Experiment, LeakyReluSpec};

const STAGES: &str = "falls in stages";
const MINIMUM: &str = "interior minimum";
const EARLIER: &str = "learned earlier";
const LOWER: &str = "lower least test error";

fn config() -> NonlinearCurves {
    smoke("fig05_nonlinear_networks")
}

/// Numbers that meet all claims: every column, two seeds.
fn right(config: &NonlinearCurves) -> Vec<Measured> {
    let mut all = Vec::new();
    for (column, (depth, rank)) in config.settings().into_iter().enumerate() {
        for &snr in &config.snrs {
            let seed = SeedNumbers {
                stages: rank,
                learned: 1.0 / snr,
                least: -snr.ln(),
                stopping: 2.0 / snr,
                first: 0.0,
                last: 0.5,
            };
            all.push(Measured { column, depth, rank, snr, linear_stages: rank, seeds: vec![seed; 2] });
        }
    }
    all
}

/// Whether the claim holds after one seed of one condition was changed.
fn after(part: &str, change: impl Fn(&mut SeedNumbers)) -> Option<bool> {
    let config = config();
    let mut measured = right(&config);
    let last = measured.len() - 1;
    change(&mut measured[last].seeds[1]);
    passed(&config.claims(&measured).judge(None), part)
}

#[test]
fn each_claim_fails_when_a_single_student_breaks_it() {
    for claim in [STAGES, MINIMUM, EARLIER, LOWER] {
        assert_eq!(after(claim, |_| {}), Some(true), "{claim}");
    }
    assert_eq!(after(STAGES, |s| s.stages = 0), Some(false));
    assert_eq!(after(MINIMUM, |s| s.last = s.least), Some(false));
    assert_eq!(after(MINIMUM, |s| s.first = s.least), Some(false));
    assert_eq!(after(EARLIER, |s| s.learned = 100.0), Some(false));
    assert_eq!(after(EARLIER, |s| s.learned = f64::INFINITY), Some(false));
    assert_eq!(after(LOWER, |s| s.least = 0.0), Some(false));
    assert_eq!(after(LOWER, |s| s.least = f64::NAN), Some(false));
}

#[test]
fn students_that_have_not_begun_to_learn_are_told_and_not_judged() {
    let config = config();
    let mut measured = right(&config);
    let unborn = |s: &mut SeedNumbers| (s.stages, s.learned, s.least, s.last) = (0, f64::INFINITY, 0.0, 0.0);
    unborn(&mut measured[0].seeds[1]);
    let verdicts = config.claims(&measured).judge(None);
    assert!(verdicts[0].claim.contains("1 of 2 at L = 2, rank 1, SNR 10"), "{}", verdicts[0].claim);
    for claim in [STAGES, MINIMUM] {
        assert_eq!(passed(&verdicts, claim), Some(true), "{claim}");
        let told = verdicts.iter().find(|v| v.claim.contains(claim)).unwrap();
        assert_eq!(told.points, 2 * measured.len() - 1, "{told:?}");
    }
    measured.iter_mut().flat_map(|m| &mut m.seeds).for_each(unborn);
    let verdicts = config.claims(&measured).judge(None);
    for claim in [STAGES, MINIMUM] {
        assert_eq!(passed(&verdicts, claim), None, "{claim}");
    }
    assert_eq!(passed(&verdicts, EARLIER), Some(false));
}

/// Three students whose times differ; t(0.975; 2) = 4.302653.
fn three_seeds(config: &NonlinearCurves) -> Measured {
    let mut measured = right(config)[0].clone();
    let seed = SeedNumbers { first: 0.0, last: -0.5, ..measured.seeds[0] };
    let of = |(learned, stopping, least)| SeedNumbers { learned, stopping, least, ..seed };
    measured.seeds = [(1.0, 2.0, -3.0), (2.0, 3.0, -3.0), (6.0, 7.0, -6.0)].map(of).to_vec();
    measured
}

fn close(found: (f64, f64), middle: f64, half: f64) {
    let off = (found.0 - middle + half).abs().max((found.1 - middle - half).abs());
    assert!(off < 1e-5, "{found:?}, not {middle} ± {half}");
}

#[test]
fn markers_are_means_with_students_intervals() {
    let config = config();
    let measured = three_seeds(&config);
    let half = 4.302653 * (7f64 / 3.0).sqrt();
    let learned = config.marker(&measured, ErrorKind::Train).unwrap();
    assert_eq!(learned.points, [(3.0, config.learned_below.ln())]);
    assert!(learned.intervals.is_empty() && learned.cut);
    close(learned.x_intervals[0], 3.0, half);
    let optimum = config.marker(&measured, ErrorKind::Test).unwrap();
    assert_eq!(optimum.points, [(4.0, -4.0)]);
    close(optimum.x_intervals[0], 4.0, half);
    // Deviation √3 of three values: √3/√3 = 1.
    close(optimum.intervals[0], -4.0, 4.302653);
    let table = config.means_table(&[measured]);
    assert_eq!(table.rows[0].len(), table.header.len());
    let value = |name: &str| table.rows[0][table.header.iter().position(|h| h == name).unwrap()].parse().unwrap();
    close((value("t_opt_low"), value("t_opt_high")), value("t_opt"), half);
    close((value("t_learned_low"), value("t_learned_high")), 3.0, half);
    close((value("ln_least_test_error_low"), value("ln_least_test_error_high")), -4.0, 4.302653);
}

/// Whether the two markers stand after one seed was changed.
fn stand(change: impl Fn(&NonlinearCurves, &mut Measured)) -> [bool; 2] {
    let config = config();
    let mut measured = three_seeds(&config);
    change(&config, &mut measured);
    let told = config.markers_in_words(std::slice::from_ref(&measured));
    let drawn = [ErrorKind::Train, ErrorKind::Test].map(|kind| config.marker(&measured, kind).is_some());
    assert_eq!(told.contains("not all do with 1 hidden layer, rank 1, SNR 10"), drawn != [true, true], "{told}");
    drawn
}

#[test]
fn there_is_no_marker_where_a_seed_lacks_the_statistic() {
    assert_eq!(stand(|_, _| {}), [true, true]);
    assert_eq!(stand(|_, m| m.seeds[1].learned = f64::INFINITY), [false, false]);
    // The least error at the end, at the start, or hardly below it.
    assert_eq!(stand(|_, m| m.seeds[1].last = m.seeds[1].least), [true, false]);
    assert_eq!(stand(|_, m| m.seeds[1].first = m.seeds[1].least), [true, false]);
    assert_eq!(stand(|c, m| m.seeds[1].last = m.seeds[1].least + 0.9 * c.least_rise), [true, false]);
    // Beyond the times shown.
    assert_eq!(stand(|_, m| m.depth.shown_to = 3.5), [true, false]);
    assert_eq!(stand(|_, m| m.seeds.truncate(1)), [false, false]);
    let lacking = Measured {
        seeds: vec![SeedNumbers { learned: f64::INFINITY, ..three_seeds(&config()).seeds[0] }; 3],
        ..three_seeds(&config())
    };
    assert!(config().means_table(&[lacking]).rows[0][4..].iter().all(String::is_empty));
}

fn assembled(config: &NonlinearCurves) -> Assembled {
    let results = Results::compute(&config.runs(), Run::clone).unwrap();
    config.assemble(&results).unwrap()
}

fn markers(drawn: &Assembled) -> Vec<&Points> {
    let marks = drawn.figure.cells.iter().flatten().flat_map(|panel| &panel.marks);
    marks.filter_map(|mark| if let Mark::Points(points) = mark { Some(points) } else { None }).collect()
}

#[test]
fn markers_are_drawn_and_told_unless_there_is_a_single_seed() {
    let config = NonlinearCurves { depths: config().depths[..1].to_vec(), ranks: vec![1], ..config() };
    let two = assembled(&config);
    assert_eq!((markers(&two).len(), two.figure.keys.len()), (2 * config.snrs.len(), 4));
    for text in [&two.caption, &two.figure.description] {
        assert!(text.contains("t-interval"), "{text}");
    }
    let one = assembled(&NonlinearCurves { seeds: 1, ..config });
    assert_eq!((markers(&one).len(), one.figure.keys.len()), (0, 2));
    for text in [&one.caption, &one.figure.description] {
        assert!(!text.contains("t-interval"), "{text}");
    }
}

/// Smoke with its first column alone, every student's description changed.
fn wrong(change: impl Fn(&mut LeakyReluSpec) + Sync) -> Vec<crate::study::Verdict> {
    let config = config();
    let config = NonlinearCurves { depths: config.depths[..1].to_vec(), ranks: config.ranks[..1].to_vec(), ..config };
    verdicts(&config, |run| match run.clone() {
        Run::Simulation(Experiment::LeakyRelu(mut spec)) => {
            change(&mut spec);
            Run::Simulation(Experiment::LeakyRelu(spec))
        }
        other => other,
    })
}

#[test]
fn right_students_pass() {
    for verdict in verdicts(&config(), Run::clone) {
        assert_eq!(verdict.outcome, Outcome::Holds, "{verdict:#?}");
    }
}

#[test]
fn wrong_students_fail() {
    // Nothing to overfit.
    assert_eq!(passed(&wrong(|spec| spec.task.noise = 0.0), MINIMUM), Some(false));
    // Noise alone: no signal to be learned in a stage of its own.
    let signal_lost = wrong(|spec| spec.task.teacher.strengths[0].iter_mut().for_each(|s| *s *= 0.01));
    assert_eq!(passed(&signal_lost, STAGES), Some(false));
    // The order of the SNRs is turned round: s̄ becomes its inverse, up to a factor.
    let config = config();
    let product = config.snrs[0] * config.snrs[config.snrs.len() - 1];
    let inverted = wrong(|spec| spec.task.teacher.strengths[0].iter_mut().for_each(|s| *s = product / *s));
    assert_eq!(passed(&inverted, EARLIER), Some(false));
    assert_eq!(passed(&inverted, LOWER), Some(false));
}
