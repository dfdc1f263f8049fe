//! Every verdict passes on the right input and fails on a wrong one.

use super::{NonlinearTransfer, Point};
use crate::runs::ensemble::TransferOutcome;
use crate::runs::run::Run;
use crate::study::recipe::Recipe as _;
use crate::study::task_pair::TaskPair;
use crate::study::trial::{passed, smoke, verdicts};
use sim::{Experiment, TaskSpec};
use std::collections::HashSet;

const HELPED: &str = "a weak task gains";
const GAINING: &str = "a middling task gains";
const LOSING: &str = "a middling task loses";
const UNMOVED: &str = "a strong task moves";
const CLAIMS: [&str; 4] = [HELPED, GAINING, LOSING, UNMOVED];

fn config() -> NonlinearTransfer {
    smoke("fig09_nonlinear_transfer")
}

/// Points that meet all claims, three seeds each.
fn right(config: &NonlinearTransfer) -> Vec<Point> {
    let benefit = |c: &TaskPair| {
        let place = config.strengths_a.iter().position(|s| *s == c.strength_a);
        [0.1 + 0.4 * c.alignment, 0.4 * c.alignment - 0.2, 0.001][place.unwrap()]
    };
    let pairs = config.strengths_a.iter().flat_map(|&a| TaskPair::of_task(a, &config.strengths_b, &config.alignments));
    pairs
        .map(|pair| {
            let t = benefit(&pair);
            let alone = vec![0.9, 0.8, 0.85];
            // The benefit differs a little from seed to seed.
            let joint = alone.iter().zip([0.9999, 1.0, 1.0001]).map(|(alone, vary)| alone - t * vary).collect();
            Point { pair, measured: TransferOutcome { alone, joint }, linear: t }
        })
        .collect()
}

/// The judgement after the points that `which` picks were changed.
fn after(part: &str, which: impl Fn(&Point) -> bool, change: impl Fn(&mut Point)) -> Option<bool> {
    let config = config();
    let mut points = right(&config);
    points.iter_mut().filter(|p| which(p)).for_each(change);
    passed(&config.claims(&points).judge(None), part)
}

fn swap(point: &mut Point) {
    std::mem::swap(&mut point.measured.alone, &mut point.measured.joint);
}

#[test]
fn claims_fail_on_wrong_benefits_and_stay_open_where_chance_may_decide() {
    let config = config();
    let at = |strength: usize, q: f64| {
        let strength = config.strengths_a[strength];
        move |p: &Point| p.pair.strength_a == strength && p.pair.alignment == q
    };
    for claim in CLAIMS {
        assert_eq!(after(claim, |_| false, swap), Some(true), "{claim}");
    }
    for (claim, strength, q) in [(HELPED, 0, 1.0), (GAINING, 1, 1.0), (LOSING, 1, 0.0)] {
        assert_eq!(after(claim, at(strength, q), swap), Some(false), "{claim}");
        assert_eq!(
            after(claim, at(strength, q), |p| p.measured.joint = p.measured.alone.clone()),
            Some(false),
            "{claim}"
        );
    }
    assert_eq!(after(HELPED, at(0, 1.0), |p| p.measured.joint[1] = p.measured.alone[1] + 1.0), None);
    assert_eq!(after(UNMOVED, at(2, 1.0), |p| p.measured.joint.iter_mut().for_each(|e| *e += 0.1)), Some(false));
    assert_eq!(after(UNMOVED, at(2, 1.0), |p| p.measured.joint[1] = p.measured.alone[1] + 0.5), None);
    assert_eq!(after(UNMOVED, at(2, 1.0), |p| p.measured.joint[1] = f64::NAN), Some(false));
}

#[test]
fn claims_without_a_point_are_not_judged() {
    let config = config();
    let points: Vec<Point> = right(&config).into_iter().filter(|p| p.pair.alignment == 1.0).collect();
    assert_eq!(passed(&config.claims(&points).judge(None), LOSING), None);
    assert_eq!(passed(&config.claims(&points).judge(None), GAINING), Some(true));
}

/// Smoke with every student of this many tasks changed.
fn changed(tasks: usize, change: impl Fn(&mut TaskSpec) + Sync) -> Vec<crate::study::Verdict> {
    verdicts(&config(), |run| match run.clone() {
        Run::Simulation(Experiment::LeakyRelu(mut spec)) if spec.task.outputs.len() == tasks => {
            change(&mut spec.task);
            Run::Simulation(Experiment::LeakyRelu(spec))
        }
        other => other,
    })
}

#[test]
fn right_students_pass() {
    let found = changed(2, |_| {});
    for claim in CLAIMS {
        assert_eq!(passed(&found, claim), Some(true), "{found:#?}");
    }
}

#[test]
fn students_with_noisier_company_fail() {
    let found = changed(2, |task| task.noise *= 3.0);
    for claim in [GAINING, UNMOVED] {
        assert_eq!(passed(&found, claim), Some(false), "{found:#?}");
    }
}

#[test]
fn students_that_see_less_noise_alone_fail() {
    let found = changed(1, |task| task.noise *= 0.3);
    for claim in [HELPED, GAINING] {
        assert_eq!(passed(&found, claim), Some(false), "{found:#?}");
    }
}

#[test]
fn students_of_another_alignment_fail() {
    let found = changed(2, |task| task.teacher.alignment = 1.0 - task.teacher.alignment);
    for claim in [GAINING, LOSING] {
        assert_eq!(passed(&found, claim), Some(false), "{found:#?}");
    }
}

#[test]
fn task_a_alone_is_run_once_for_every_company() {
    let config = config();
    let alone = |run: &Run| matches!(run, Run::Simulation(Experiment::LeakyRelu(spec)) if spec.task.outputs.len() == 1);
    let found: HashSet<String> = config.runs().iter().filter(|r| alone(r)).map(|r| r.description().unwrap()).collect();
    assert_eq!(found.len() as u64, 3 * config.seeds);
}

#[test]
fn the_typical_start_is_that_of_sampled_weights() {
    // N₁ = 100, N₂ = 50, N₃ = 100: both layers have entries of variance 0.01/75; ‖W₂W₁‖²/50 = 100·100·(0.01/75)².
    let config = NonlinearTransfer { inputs: 100, hidden: 50, outputs: (50, 50), initial_scale: 0.01, ..config() };
    assert!((config.typical_start() - 100.0 * 0.01 / 75.0).abs() < 1e-15);
}
