//! A point on a line of the theory, judged by draws of growing size.
//!
//! The theory speaks of the limit of large size. Independent draws of the data of a finite size n, which are evaluated
//! without training, miss its line by a correction; away from the threshold of detection this is a power series in 1/n
//! (the resolvent of a spiked matrix has one), so draws at n, 2n and 4n tell the limit:
//!
//! ```text
//! d(n) = c₁/n + c₂/n² + …      d(∞) = [8 d(4n) − 6 d(2n) + d(n)]/3 + O(1/n³)
//! ```
//!
//! with d the draws' mean minus the line *of that size*. For sizes so large that the second order is nothing beside the first
//! ([`LinePoint::of_large_matrices`]) a straight line in 1/n through all three tells the limit with a third of the sampling
//! error, d(∞) = d(4n) + [d(2n) − d(n)]/2. At the threshold the correction falls as n^(−1/3) (the
//! width of the transition in s̄), and no useful limit can be told from three sizes: there the draws must only come
//! closer to the line, [`LinePoint::at_threshold`].

use super::Estimate;
use super::point::Point;
use crate::runs::summary::Summary;

/// The sizes at which draws are compared with a line, in units of the figure's own.
pub const SIZES: [usize; 3] = [1, 2, 4];

/// A measured number that theory has a line for.
#[derive(Clone, Debug, PartialEq)]
pub struct LinePoint {
    at: String,
    simulated: Option<Summary>,
    /// The draws, and the line, at each of [`SIZES`]; at least the figure's own size.
    drawn: Vec<(Summary, f64)>,
    step: f64,
    /// What the line neglects of the start at ε.
    start: f64,
    at_threshold: bool,
    is_large: bool,
}

/// Share of what the first order changes that the second may change where matrices are large.
const SECOND_ORDER: f64 = 0.1;

impl LinePoint {
    /// A point told by `at`, with the draws of each of [`SIZES`] and what the line says at that size.
    pub fn new(at: impl Into<String>, drawn: Vec<(Summary, f64)>) -> Self {
        Self { at: at.into(), simulated: None, drawn, step: 0.0, start: 0.0, at_threshold: false, is_large: false }
    }

    /// What was trained, and what its finite step size may change.
    pub fn simulated(self, values: Summary, step: f64) -> Self {
        Self { simulated: Some(values), step, ..self }
    }

    /// What the line neglects of a start at ε instead of 0: at that start noise modes, too, overlap with the teacher.
    pub fn start(self, start: f64) -> Self {
        Self { start, ..self }
    }

    /// So close to the threshold of detection that the correction falls as n^(−1/3).
    pub fn at_threshold(self, at_threshold: bool) -> Self {
        Self { at_threshold, ..self }
    }

    /// Of sizes so large that the correction's second order is at most a tenth of its first.
    pub fn of_large_matrices(self) -> Self {
        Self { is_large: true, ..self }
    }

    /// What a wrong theory would say at every size.
    #[cfg(test)]
    pub(super) fn set_lines(&mut self, wrong: impl Fn(f64) -> f64) {
        self.drawn.iter_mut().for_each(|(_, line)| *line = wrong(*line));
    }

    /// What was trained beside the draws of its size: sampling and step error only.
    pub(super) fn simulation_beside_draws(&self) -> Option<Point> {
        let (simulated, (drawn, _)) = (self.simulated?, self.drawn.first()?);
        let estimate = Estimate::beside(simulated, *drawn);
        Some(Point::new(&self.at, estimate).equals(drawn.mean).give_or_take(self.step))
    }

    /// The draws beside the line as the size grows; nothing if they were not drawn at all sizes.
    pub(super) fn draws_beside_line(&self) -> Option<Point> {
        let [first, second, third] = <[(Summary, f64); 3]>::try_from(self.drawn.as_slice()).ok()?;
        let distance = |(drawn, line): (Summary, f64)| drawn.mean - line;
        let count = [first, second, third].iter().map(|(drawn, _)| drawn.count).min()?;
        let weighed = |weights: [f64; 3]| {
            let terms = weights.into_iter().zip([first, second, third]);
            let (value, variance) = terms.fold((0.0, 0.0), |(value, variance), (weight, (drawn, line))| {
                (value + weight * (drawn.mean - line), variance + (weight * drawn.standard_error()).powi(2))
            });
            (value, f64::sqrt(variance))
        };
        if self.at_threshold {
            // From n to 4n the distance must shrink to 4^(−1/3) = 0.63 of itself or less, whatever its sign.
            let size = distance(first).abs();
            let (value, standard_error) = weighed([0.0, 0.0, 1.0]);
            let allowed = 4f64.powf(-1.0 / 3.0) * (size + 2.0 * first.0.standard_error());
            let estimate = Estimate::Normal { value, standard_error, count };
            return Some(Point::new(&self.at, estimate).equals(0.0).give_or_take(allowed));
        }
        if self.is_large {
            let (limit, standard_error) = weighed([-0.5, 0.5, 1.0]);
            let second = SECOND_ORDER * (distance(first) - distance(third)).abs();
            let estimate = Estimate::Normal { value: limit, standard_error, count };
            return Some(Point::new(&self.at, estimate).equals(0.0).give_or_take(second + self.start));
        }
        let (limit, standard_error) = weighed([1.0 / 3.0, -2.0, 8.0 / 3.0]);
        let (first_order, _) = weighed([0.0, -1.0, 2.0]);
        let estimate = Estimate::Normal { value: limit, standard_error, count };
        // What the second order changes is the usual bound on what the next would: known from the draws alone.
        Some(Point::new(&self.at, estimate).equals(0.0).give_or_take((limit - first_order).abs() + self.start))
    }
}

#[cfg(test)]
mod tests {
    use super::super::claims::Claims;
    use super::super::verdict::Outcome;
    use super::*;

    fn drawn(correction: impl Fn(f64) -> f64, line: f64) -> Vec<(Summary, f64)> {
        let at = |size: usize| Summary { mean: 1.0 + correction(1.0 / size as f64), deviation: 0.02, count: 400 };
        SIZES.map(|size| (at(size), line)).to_vec()
    }

    fn outcomes(points: Vec<LinePoint>) -> Vec<Outcome> {
        let mut claims = Claims::new();
        claims.on_line("the error", "a", points);
        claims.judge(None).iter().map(|verdict| verdict.outcome).collect()
    }

    #[test]
    fn a_line_is_reached_through_its_correction_and_a_wrong_one_is_not() {
        let correction = |x: f64| 0.1 * x - 0.03 * x * x;
        let right = LinePoint::new("t = 1", drawn(correction, 1.0));
        assert_eq!(outcomes(vec![right.clone()]), [Outcome::Holds]);
        for by in [0.05, -0.05] {
            let mut moved = right.clone();
            moved.set_lines(|line| line + by);
            assert_eq!(outcomes(vec![moved]), [Outcome::Departs], "{by}");
        }
        // A simulation that is wrong by as much as the draws agrees with them and still misses the line.
        let both_wrong = drawn(|x| 0.05 + correction(x), 1.0);
        let simulated = Summary { mean: 1.12, deviation: 0.02, count: 10 };
        let wrong = LinePoint::new("t = 1", both_wrong).simulated(simulated, 0.0);
        assert_eq!(outcomes(vec![wrong]), [Outcome::Holds, Outcome::Departs]);
    }

    #[test]
    fn a_simulation_beside_its_draws_knows_nothing_of_the_line() {
        let point = |mean: f64, line: f64| {
            let simulated = Summary { mean, deviation: 0.02, count: 10 };
            LinePoint::new("t = 1", drawn(|_| 0.0, line)[..1].to_vec()).simulated(simulated, 1e-3)
        };
        let first = |point: LinePoint| outcomes(vec![point])[0];
        assert_eq!(first(point(1.015, 1000.0)), Outcome::Holds);
        assert_eq!(first(point(1.04, 1.0)), Outcome::Departs);
    }

    #[test]
    fn large_matrices_are_judged_by_the_first_order() {
        let of = |correction: fn(f64) -> f64| LinePoint::new("s̄ = 2", drawn(correction, 1.0)).of_large_matrices();
        assert_eq!(outcomes(vec![of(|x| 0.02 * x)]), [Outcome::Holds]);
        assert_eq!(outcomes(vec![of(|x| 0.02 * x + 0.02)]), [Outcome::Departs]);
    }

    #[test]
    fn at_the_threshold_the_draws_must_come_closer() {
        let falls = |power: f64| LinePoint::new("s̄ = 1", drawn(|x| 0.2 * x.powf(power), 1.0)).at_threshold(true);
        assert_eq!(outcomes(vec![falls(1.0 / 3.0)]), [Outcome::Holds]);
        assert_eq!(outcomes(vec![falls(0.0)]), [Outcome::Departs]);
    }
}
