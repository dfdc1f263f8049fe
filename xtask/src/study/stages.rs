//! The stages in which a series falls.

/// A fall of ln y by less than this much per e-fold of x is flat.
const FLAT: f64 = 0.02;

/// A plateau's rate is below the neighbouring falls' by this factor.
const CONTRAST: f64 = 2.0;

/// The least fall of ln y that counts as a stage.
const LEAST_FALL: f64 = 0.05;

/// The stages in which y falls: falls between two plateaus, each of which speeds up before it slows down. Given is the x
/// at which each begins to be steepest.
///
/// The rate of fall is r = −d ln y/d ln x. A stage is a rise of r + 0.02 by a factor 2 over its least value since the
/// stage before, followed by a fall of it to half of its largest value since; over both, ln y falls by 0.05 at least.
/// The 0.02 makes all rates below 2 % per e-fold of x equally flat. What never ends on a plateau is no stage: neither
/// a power law nor the slow fitting of noise at the end of training, as long as it goes on. On a logarithmic axis
/// every decay to a floor has two plateaus, so the speed r/x must rise too, by a factor 2 over its least value since the
/// stage before: it never does in an exponential decay or a sum of such, with or without a floor.
/// Points with x ≤ 0 or y ≤ 0 are skipped; x increases.
pub fn stages(points: &[(f64, f64)]) -> Vec<f64> {
    let logs: Vec<(f64, f64)> =
        points.iter().filter(|(x, y)| *x > 0.0 && *y > 0.0).map(|(x, y)| (x.ln(), y.ln())).collect();
    let mut stages = Vec::new();
    let mut height = logs.first().map_or(0.0, |p| p.1);
    let (mut least, mut most) = (f64::INFINITY, None::<(f64, f64)>);
    let (mut slowest, mut fastest) = (f64::INFINITY, 0.0_f64);
    for pair in logs.windows(2) {
        let fall = ((pair[0].1 - pair[1].1) / (pair[1].0 - pair[0].0)).max(0.0);
        let (rate, speed) = (fall + FLAT, fall / pair[1].0.exp());
        match most {
            None => slowest = slowest.min(speed),
            Some(_) => fastest = fastest.max(speed),
        }
        match most {
            None if rate > CONTRAST * least => most = Some((rate, pair[0].0.exp())),
            None if rate < least => (least, height) = (rate, pair[1].1),
            None => {}
            Some((peak, at)) if rate < peak / CONTRAST => {
                if height - pair[1].1 >= LEAST_FALL && fastest > CONTRAST * slowest {
                    stages.push(at);
                }
                (least, height, most) = (rate, pair[1].1, None);
                (slowest, fastest) = (speed, 0.0);
            }
            Some((peak, _)) if rate > peak => most = Some((rate, pair[0].0.exp())),
            Some(_) => {}
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
                assert_eq!(stages(&train).len(), strengths.len(), "strengths {strengths:?}, {layers} layers");
            }
        }
    }

    #[test]
    fn decays_without_plateaus_have_no_stage() {
        assert_eq!(stages(&sampled(1e-3, 30.0, |t| (-t).exp())).len(), 0);
        assert_eq!(stages(&sampled(1e-3, 30.0, |t| 0.1 + 0.9 * (-t).exp())).len(), 0);
        assert_eq!(stages(&sampled(1e-3, 30.0, |t| 0.1 + 0.5 * (-50.0 * t).exp() + 0.4 * (-t).exp())).len(), 0);
        assert_eq!(stages(&sampled(1e-3, 30.0, |t| 1.0 / (1.0 + t))).len(), 0);
        assert_eq!(stages(&sampled(1e-3, 30.0, |_| 0.7)).len(), 0);
        assert_eq!(stages(&[]), [0.0; 0]);
    }

    #[test]
    fn two_steps_by_hand_and_a_ripple_that_is_none() {
        let step = |t: f64, at: f64| 1.0 / (1.0 + (t / at).powi(8));
        let found = stages(&sampled(1e-2, 1e2, |t| 0.1 + 0.5 * step(t, 0.1) + 0.4 * step(t, 10.0)));
        assert_eq!(found.len(), 2);
        // −d ln y/d ln t of a + b/(1 + (t/T)⁸) is largest at (t/T)⁸ = √((a + b)/a): a = b = 0.5, then a = 0.1 and b = 0.4.
        // Neighbouring points differ by 2.3 %.
        assert!((found[0] / (0.1 * 2f64.powf(1.0 / 16.0)) - 1.0).abs() < 0.03, "{found:?}");
        assert!((found[1] / (10.0 * 5f64.powf(1.0 / 16.0)) - 1.0).abs() < 0.03, "{found:?}");
        assert_eq!(stages(&sampled(1e-2, 1e2, |t| 1.0 + 0.04 * step(t, 1.0))).len(), 0);
    }
}
