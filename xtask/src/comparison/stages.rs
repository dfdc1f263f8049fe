//! Counting the stages in which a series falls.

/// A fall of ln y by less than this much per e-fold of x is flat.
const FLAT: f64 = 0.02;

/// A plateau's rate is below the neighbouring falls' by this factor.
const CONTRAST: f64 = 2.0;

/// The least fall of ln y that counts as a stage.
const LEAST_FALL: f64 = 0.05;

/// The number of stages in which y falls over logarithmic x: falls between two plateaus.
///
/// The rate of fall is r = −d ln y/d ln x. A stage is a rise of r + 0.02 by a factor 2 over its least value since the
/// stage before, followed by a fall of it to half of its largest value since; over both, ln y falls by 0.05 at least.
/// The 0.02 makes all rates below 2 % per e-fold of x equally flat. What never ends on a plateau is no stage: neither
/// an exponential decay, whose r grows for ever, nor a power law, nor the slow fitting of noise at the end of training,
/// as long as it goes on. Points with x ≤ 0 or y ≤ 0 are skipped; x increases.
pub fn stages(points: &[(f64, f64)]) -> usize {
    let logs: Vec<(f64, f64)> =
        points.iter().filter(|(x, y)| *x > 0.0 && *y > 0.0).map(|(x, y)| (x.ln(), y.ln())).collect();
    let mut stages = 0;
    let mut height = logs.first().map_or(0.0, |p| p.1);
    let (mut least, mut most) = (f64::INFINITY, None::<f64>);
    for pair in logs.windows(2) {
        let fall = (pair[0].1 - pair[1].1) / (pair[1].0 - pair[0].0);
        let rate = fall.max(0.0) + FLAT;
        match most {
            None if rate > CONTRAST * least => most = Some(rate),
            None if rate < least => (least, height) = (rate, pair[1].1),
            None => {}
            Some(peak) if rate < peak / CONTRAST => {
                stages += usize::from(height - pair[1].1 >= LEAST_FALL);
                (least, height, most) = (rate, pair[1].1, None);
            }
            Some(peak) => most = Some(peak.max(rate)),
        }
    }
    stages
}

#[cfg(test)]
mod tests {
    use super::*;
    use theory::{LearningCurve, Student, Task};

    /// 400 points, equally spaced in the logarithm.
    fn sampled(low: f64, high: f64, y: impl Fn(f64) -> f64) -> Vec<(f64, f64)> {
        (0..400).map(|i| low * (high / low).powf(f64::from(i) / 399.0)).map(|x| (x, y(x))).collect()
    }

    #[test]
    fn a_linear_student_shows_one_stage_for_each_separated_mode() {
        let signals: [&[f64]; 4] = [&[10.0], &[40.0, 10.0], &[90.0, 30.0, 10.0], &[15.0, 10.0, 5.0]];
        for strengths in signals {
            for (layers, end) in [(2, 8.0), (4, 100.0)] {
                let task = Task::new(100, 50, strengths).unwrap();
                let curve = LearningCurve::new(&task, &Student::new(50, layers, 1e-5).unwrap());
                let train = sampled(2e-4, end, |t| curve.train_error_at(t));
                assert_eq!(stages(&train), strengths.len(), "strengths {strengths:?}, {layers} layers");
            }
        }
    }

    #[test]
    fn decays_without_plateaus_have_no_stage() {
        assert_eq!(stages(&sampled(1e-3, 30.0, |t| (-t).exp())), 0);
        assert_eq!(stages(&sampled(1e-3, 30.0, |t| 1.0 / (1.0 + t))), 0);
        assert_eq!(stages(&sampled(1e-3, 30.0, |_| 0.7)), 0);
        assert_eq!(stages(&[]), 0);
    }

    #[test]
    fn two_steps_by_hand_and_a_ripple_that_is_none() {
        let step = |t: f64, at: f64| 1.0 / (1.0 + (t / at).powi(8));
        assert_eq!(stages(&sampled(1e-2, 1e2, |t| 0.1 + 0.5 * step(t, 0.1) + 0.4 * step(t, 10.0))), 2);
        assert_eq!(stages(&sampled(1e-2, 1e2, |t| 1.0 + 0.04 * step(t, 1.0))), 0);
    }
}
