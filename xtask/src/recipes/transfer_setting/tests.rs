//! Every verdict passes on the right input and fails on a wrong one.

use super::planes::Plane;
use super::{TransferSetting, claims};
use crate::runs::run::Run;
use crate::study::task_pair::StrengthsOfA;
use crate::study::trial::{passed, smoke, verdicts as judge};
use crate::study::{Claims, Outcome};

fn config() -> TransferSetting {
    TransferSetting { cells: (6, 6), ..smoke("fig07_transfer_setting") }
}

#[test]
fn right_inputs_pass() {
    for verdict in judge(&config(), Run::clone) {
        assert_eq!(verdict.outcome, Outcome::Holds, "{verdict:?}");
    }
}

#[test]
fn the_planes_of_other_tasks_fail() {
    let other = TransferSetting {
        strengths_a: StrengthsOfA { weak: 2.5, middling: 40.0, strong: 90.0 },
        noise: 2.0,
        ..config()
    };
    let found = judge(
        &TransferSetting { strengths_a: StrengthsOfA { weak: 3.0, middling: 4.0, strong: 8.0 }, ..config() },
        Run::clone,
    );
    assert_eq!(passed(&found, "never hurt"), Some(false));
    assert_eq!(passed(&found, "from the strongest, best aligned company"), Some(false));
    assert_eq!(passed(&found, "a strong task moves"), Some(false));
    assert_eq!(passed(&judge(&other, Run::clone), "a strong task moves"), Some(false));
}

#[test]
fn the_boundary_fails_where_signs_are_turned_round() {
    let outcome = |plane: &Plane| {
        let mut claims = Claims::new();
        claims::boundary(&mut claims, plane);
        claims.judge(None)[0].outcome
    };
    let right = Plane::evaluate(&config(), 3.0).unwrap();
    assert_eq!(outcome(&right), Outcome::Holds);
    let turned = Plane {
        benefits: right.benefits.iter().map(|row| row.iter().map(|t| -t).collect()).collect(),
        ..right.clone()
    };
    assert_eq!(outcome(&turned), Outcome::Departs);
}
