//! Every verdict passes on the right input and fails on a wrong one.

use super::{NonlinearTransfer, Point};
use crate::recipe::Recipe as _;
use crate::run::Run;
use crate::trial::{passed, smoke, verdicts};
use sim::Experiment;

const HELPED: &str = "a weak task gains";
const UNMOVED: &str = "a strong task moves";
const DEPARTS: &str = "pattern departs";

fn config() -> NonlinearTransfer {
    smoke("fig09_nonlinear_transfer")
}

/// Points that meet all claims, three seeds each.
fn right(config: &NonlinearTransfer) -> Vec<Point> {
    let benefit = |strength_a: f64| if strength_a == config.strengths_a[0] { 0.5 } else { 0.001 };
    let conditions = config.strengths_a.iter().flat_map(|&strength_a| config.conditions_of(strength_a));
    conditions
        .map(|condition| {
            let t = benefit(condition.strength_a);
            let alone = vec![0.9, 0.8, 0.85];
            // The benefit differs a little from seed to seed.
            let joint = alone.iter().zip([0.9999, 1.0, 1.0001]).map(|(alone, vary)| alone - t * vary).collect();
            Point { condition, alone, joint, linear: t }
        })
        .collect()
}

/// The judgement after the points that `which` picks were changed.
fn after(part: &str, which: impl Fn(&Point) -> bool, change: impl Fn(&mut Point)) -> Option<bool> {
    let config = config();
    let mut points = right(&config);
    points.iter_mut().filter(|p| which(p)).for_each(change);
    passed(&config.verdicts(&points), part)
}

fn swap(point: &mut Point) {
    std::mem::swap(&mut point.alone, &mut point.joint);
}

#[test]
fn claims_fail_on_wrong_benefits_and_stay_open_where_chance_may_decide() {
    let config = config();
    let weak = |p: &Point| p.condition.strength_a == 0.8408964152537145 && p.condition.alignment == 1.0;
    let strong = |p: &Point| p.condition.strength_a == config.strengths_a[2] && p.condition.alignment == 1.0;
    for claim in [HELPED, UNMOVED] {
        assert_eq!(after(claim, |_| false, swap), Some(true), "{claim}");
    }
    assert_eq!(after(HELPED, weak, swap), Some(false));
    assert_eq!(after(HELPED, weak, |p| p.joint = p.alone.clone()), Some(false));
    assert_eq!(after(HELPED, weak, |p| p.joint[1] = p.alone[1] + 1.0), None);
    assert_eq!(after(UNMOVED, strong, |p| p.joint.iter_mut().for_each(|e| *e += 0.1)), Some(false));
    assert_eq!(after(UNMOVED, strong, |p| p.joint[1] = p.alone[1] + 0.5), None);
    assert_eq!(after(UNMOVED, strong, |p| p.joint[1] = f64::NAN), Some(false));
}

#[test]
fn departures_are_counted_and_never_pass() {
    let config = config();
    let mut points = right(&config);
    let report = |points: &[Point]| config.verdicts(points).into_iter().find(|v| v.claim.contains(DEPARTS)).unwrap();
    assert!(report(&points).measured.contains("opposite at 0 of"));
    points[0].linear = -0.1;
    assert!(report(&points).measured.contains("opposite at 1 of"), "{:?}", report(&points));
    assert_eq!(report(&points).passed, None);
}

#[test]
fn weak_tasks_do_not_gain_from_noise() {
    // Company without any signal of its own.
    let silent = verdicts(&config(), |run| match run.clone() {
        Run::Simulation(Experiment::LeakyRelu(mut spec)) => {
            spec.task.teacher.strengths.iter_mut().skip(1).flatten().for_each(|s| *s = 0.0);
            Run::Simulation(Experiment::LeakyRelu(spec))
        }
        other => other,
    });
    assert_ne!(passed(&silent, HELPED), Some(true), "{silent:#?}");
}

#[test]
fn task_a_alone_is_run_once_for_every_company() {
    let config = config();
    let alone = |run: &Run| matches!(run, Run::Simulation(Experiment::LeakyRelu(spec)) if spec.task.outputs.len() == 1);
    assert_eq!(config.runs().iter().filter(|run| alone(run)).count() as u64, 3 * config.seeds);
}

#[test]
fn the_typical_start_is_that_of_sampled_weights() {
    // N₁ = 100, N₂ = 50, N₃ = 100: both layers have entries of variance 0.01/75; ‖W₂W₁‖²/50 = 100·100·(0.01/75)².
    let config = NonlinearTransfer { inputs: 100, hidden: 50, outputs: (50, 50), initial_scale: 0.01, ..config() };
    assert!((config.typical_start() - 100.0 * 0.01 / 75.0).abs() < 1e-15);
}
