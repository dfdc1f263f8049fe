//! Mean, spread and bands of a sample.

/// What an ensemble says about one quantity: moments and quantiles over independent draws.
///
/// Quantiles interpolate linearly between order statistics (Hyndman & Fan's type 7). The 95 % band is where a single new
/// draw is expected to fall 95 times in 100; the mean is known to [`Summary::standard_error`].
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Summary {
    /// Number of draws.
    pub draws: usize,
    /// Mean.
    pub mean: f64,
    /// Standard deviation (divisor n − 1; 0 for a single draw).
    pub standard_deviation: f64,
    /// Median.
    pub median: f64,
    /// Central band that holds half of the draws: the 25 % and 75 % quantiles.
    pub band_50: [f64; 2],
    /// Central band that holds 95 % of the draws: the 2.5 % and 97.5 % quantiles.
    pub band_95: [f64; 2],
    /// Mean and standard deviation of the natural logarithm, if every draw is positive.
    pub logarithm: Option<[f64; 2]>,
}

impl Summary {
    /// Summarises `values`, one per draw.
    ///
    /// # Panics
    /// If there are none or one is NaN.
    pub fn of(values: &[f64]) -> Self {
        assert!(!values.is_empty(), "a summary needs at least one value");
        assert!(values.iter().all(|v| !v.is_nan()), "a summary of values that are not numbers");
        let mut sorted = values.to_vec();
        sorted.sort_by(f64::total_cmp);
        let quantile = |p: f64| quantile(&sorted, p);
        let [mean, standard_deviation] = moments(values.iter().copied());
        Self {
            draws: values.len(),
            mean,
            standard_deviation,
            median: quantile(0.5),
            band_50: [quantile(0.25), quantile(0.75)],
            band_95: [quantile(0.025), quantile(0.975)],
            logarithm: (sorted[0] > 0.0).then(|| moments(values.iter().map(|v| v.ln()))),
        }
    }

    /// Summarises curves over draws, point by point: `curves` holds one curve per draw, all of the same length.
    ///
    /// # Panics
    /// If there are none, their lengths differ, or a value is NaN.
    pub fn of_curves(curves: &[Vec<f64>]) -> Vec<Self> {
        assert!(!curves.is_empty(), "a summary needs at least one curve");
        assert!(curves.iter().all(|curve| curve.len() == curves[0].len()), "curves of different lengths");
        let point = |k: usize| Self::of(&curves.iter().map(|curve| curve[k]).collect::<Vec<_>>());
        (0..curves[0].len()).map(point).collect()
    }

    /// Standard error of the mean, sd/√n.
    pub fn standard_error(&self) -> f64 {
        self.standard_deviation / (self.draws as f64).sqrt()
    }
}

fn moments(values: impl ExactSizeIterator<Item = f64> + Clone) -> [f64; 2] {
    let count = values.len() as f64;
    let mean = values.clone().sum::<f64>() / count;
    let squares: f64 = values.map(|v| (v - mean).powi(2)).sum();
    [mean, (squares / (count - 1.0).max(1.0)).sqrt()]
}

/// The `p` quantile of sorted values.
fn quantile(sorted: &[f64], p: f64) -> f64 {
    let position = p * (sorted.len() - 1) as f64;
    let below = position.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (position - below as f64) * (sorted[above] - sorted[below])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_by_hand() {
        let summary = Summary::of(&[4.0, 1.0, 2.0, 3.0, 5.0]);
        assert_eq!((summary.draws, summary.mean, summary.median), (5, 3.0, 3.0));
        assert_eq!((summary.band_50, summary.band_95), ([2.0, 4.0], [1.1, 4.9]));
        assert!((summary.standard_deviation - 2.5f64.sqrt()).abs() < 1e-15);
        assert!((summary.standard_error() - 0.5f64.sqrt()).abs() < 1e-15);
        let [log_mean, log_deviation] = summary.logarithm.unwrap();
        assert!((log_mean - 120f64.ln() / 5.0).abs() < 1e-15);
        assert!((log_deviation - 0.635_509_4).abs() < 1e-7);
    }

    #[test]
    fn single_and_signed_values_are_normal() {
        let single = Summary::of(&[2.0]);
        assert_eq!((single.mean, single.standard_deviation, single.band_95), (2.0, 0.0, [2.0, 2.0]));
        assert_eq!(Summary::of(&[-1.0, 1.0]).logarithm, None);
    }
}
