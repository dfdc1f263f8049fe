//! The loop for students that can take many epochs at once.

use crate::multirevolution::{Multirevolution, SmoothStudent, Waypoint};
use crate::training::{TrainingRecord, Watch};
use crate::{Errors, Progress, SimError, Training};

/// Epochs taken one by one after jumps have not paid; each time in a row it is twice as many, up to 64 times.
const REST: u64 = 256;
/// Differences between errors, relative and absolute, that are rounding: they make no minimum.
const ROUNDING: (f64, f64) = (1e-12, 1e-18);

/// What [`train`](crate::train) gives, to rounding, by far fewer evaluations where the weights move slowly.
///
/// Logged epochs are ends of jumps. Where a minimum of an error that may be its least, or the crossing of a threshold,
/// lies within jumps, these are repeated epoch by epoch, so that the least errors, their epochs and the crossings are
/// those of **all** epochs, as they are elsewhere. (Of minima within one jump, only a dip between two ends that rises and
/// falls again before the next would be missed; the polynomials that the jump's accuracy rests on exclude it.) Where the error
/// is flat to its last digits the epoch of its minimum is a matter of rounding and may differ from that of single epochs.
///
/// # Errors
/// As for [`train`](crate::train).
pub(crate) fn train_in_jumps(
    student: &mut dyn SmoothStudent,
    tolerance: f64,
    training: &Training,
    teacher_squared_norms: &[f64],
    run: &str,
    progress: &dyn Progress,
) -> Result<TrainingRecord, SimError> {
    let mut watch = Watch::new(training, teacher_squared_norms, run, student.allowed_rise())?;
    let mut jumps = Multirevolution::new(student, tolerance);
    let mut passed = Passed::default();
    let (mut epoch, mut rest) = (0, REST);
    let mut resting = 0;
    loop {
        watch.report(epoch, progress)?;
        let errors = student.measure().clone();
        if resting == 0 {
            jumps.note(student, epoch);
        }
        let here = Node { epoch, errors };
        if let Some(from) = passed.search(&here, &watch) {
            repeat(student, &jumps.trail()[from], epoch, &mut watch);
        }
        let sight = watch.observe(epoch, &here.errors);
        watch.look(sight, epoch, student)?;
        let Some(stop) = watch.next_logged() else { break };
        passed.push(here);
        if resting > 0 {
            student.descend();
            epoch += 1;
            resting -= 1;
            if resting == 0 {
                jumps.restart();
            }
            continue;
        }
        // The last epoch is taken by itself: an error that rises in it had its minimum before.
        let most = if stop == training.epochs { (stop - epoch - 1).max(1) } else { stop - epoch };
        let taken = jumps.advance(student, epoch, most);
        epoch += taken;
        if jumps.pays() {
            rest = if taken > 1 { REST } else { rest };
        } else {
            resting = rest.min(training.epochs - epoch);
            rest = (2 * rest).min(64 * REST);
        }
    }
    Ok(watch.finish(teacher_squared_norms))
}

/// An end of jumps.
struct Node {
    epoch: u64,
    errors: Errors,
}

/// The last two ends, the latest first.
#[derive(Default)]
struct Passed([Option<Node>; 2]);

impl Passed {
    fn push(&mut self, node: Node) {
        self.0.swap(0, 1);
        self.0[0] = Some(node);
    }

    /// How many jumps before the last one to begin again, epoch by epoch, before `here` is observed.
    fn search(&self, here: &Node, watch: &Watch<'_>) -> Option<usize> {
        let [Some(last), before] = &self.0 else { return None };
        if let Some(before) = before {
            let values = before.errors.values().zip(last.errors.values()).zip(here.errors.values());
            let lies_within = here.epoch - before.epoch > 2
                && values.zip(watch.recorder.least_values()).any(|(((a, b), c), least)| {
                    let points = [(before.epoch, a), (last.epoch, b), (here.epoch, c)];
                    may_hold_least(points.map(|(epoch, value)| (epoch as f64, value)), least)
                });
            if lies_within {
                return Some(1);
            }
        }
        (here.epoch - last.epoch > 1 && watch.recorder.crosses(here.errors.train)).then_some(0)
    }
}

/// Whether an error through three points has a minimum between the outer ones that may be below `least`.
fn may_hold_least([(t_a, a), (t_b, b), (t_c, c)]: [(f64, f64); 3], least: f64) -> bool {
    let rounding = ROUNDING.0 * b.abs() + ROUNDING.1;
    if !(b <= a && b <= c) || (a - b).max(c - b) <= rounding {
        return false;
    }
    // The parabola's minimum; what is left of the error beyond the parabola is allowed to be as large again.
    let slope = (b - a) / (t_b - t_a);
    let curvature = ((c - b) / (t_c - t_b) - slope) / (t_c - t_a);
    let lowest = a - (slope - curvature * (t_b - t_a)).powi(2) / (4.0 * curvature);
    lowest - (b - lowest) <= least
}

/// Observes the epochs after `from` and before `to` one by one; `student` ends as it was.
fn repeat(student: &mut dyn SmoothStudent, from: &Waypoint, to: u64, watch: &mut Watch<'_>) {
    let here = Waypoint::of(student, to);
    from.restore(student);
    student.measure();
    for epoch in from.epoch + 1..to {
        student.descend();
        watch.recorder.observe(epoch, student.measure(), false);
    }
    here.restore(student);
    student.measure();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_minima_that_may_be_the_least_are_searched() {
        let points = |values: [f64; 3]| [(10.0, values[0]), (14.0, values[1]), (20.0, values[2])];
        assert!(may_hold_least(points([3.0, 2.0, 4.0]), 2.0));
        assert!(!may_hold_least(points([3.0, 2.0, 4.0]), 1.0), "far above the least");
        // The parabola through them falls to 1.9987.
        assert!(may_hold_least(points([3.0, 2.0, 4.0]), 1.998), "below the least in between");
        assert!(!may_hold_least(points([3.0, 2.0, 4.0]), 1.99), "not that far below");
        assert!(!may_hold_least(points([3.0, 2.0, 1.0]), 2.0), "falling");
        assert!(!may_hold_least(points([1.0, 2.0, 3.0]), 1.0), "rising");
        assert!(!may_hold_least(points([2.0 + 1e-13, 2.0, 2.0 + 1e-13]), 2.0), "flat to rounding");
        assert!(!may_hold_least(points([f64::NAN, 2.0, f64::INFINITY]), 2.0), "a zero teacher");
    }
}
