//! What pure noise shows, by sampling.

use super::{BulkFit, FEWEST, SEED};
use crate::{LargestNoiseValue, TheoryError};
use linalg_core::{
    LinalgError, MarchenkoPastur, generator, in_order, sample_gaussian_largest_value, sample_gaussian_singular_values,
};
use statrs::function::gamma::gamma_ur;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What has been sampled in this process, by size and by whether the noise is given: the same wherever it is asked for.
struct Known<T>(Mutex<BTreeMap<(usize, usize, bool), T>>);

impl<T: Clone> Known<T> {
    const fn new() -> Self {
        Self(Mutex::new(BTreeMap::new()))
    }

    fn get_or_draw(
        &self,
        key: (usize, usize, bool),
        draw: impl FnOnce() -> Result<T, TheoryError>,
    ) -> Result<T, TheoryError> {
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(&key) {
            return Ok(known.clone());
        }
        // Without the lock: drawing takes all threads, and one of them may ask for another size.
        let drawn = draw()?;
        lock().insert(key, drawn.clone());
        Ok(drawn)
    }
}

/// Draws behind the law of the largest value.
const DRAWS: u64 = 4000;

/// The law of n m ŝ₁²/Σ ŝ² (noise unknown) or ŝ₁²/ν (noise given) of n × m noise: a shifted gamma law with the mean, deviation and
/// skewness of a sample.
#[derive(Clone, Copy)]
pub(super) struct LargestShare {
    shape: f64,
    scale: f64,
    shift: f64,
}

impl LargestShare {
    /// The probability that noise shows `statistic` or more. Far from any doubt the asymptotic law has to do.
    pub(super) fn p_value(rows: usize, columns: usize, statistic: f64, given: bool) -> Result<f64, TheoryError> {
        let rough = LargestNoiseValue::new(rows, columns, 1.0)?.p_value(statistic.sqrt());
        if (1e-8..0.6).contains(&rough) { Ok(Self::of(rows, columns, given)?.upper_tail(statistic)) } else { Ok(rough) }
    }

    /// The law for one size; drawn once in a process.
    pub(super) fn of(rows: usize, columns: usize, given: bool) -> Result<Self, TheoryError> {
        static KNOWN: Known<LargestShare> = Known::new();
        KNOWN.get_or_draw((rows, columns, given), || Self::sample(rows, columns, given))
    }

    fn sample(rows: usize, columns: usize, given: bool) -> Result<Self, TheoryError> {
        let sizes = [rows as u64, columns as u64];
        let draw = |run: usize| -> Result<f64, LinalgError> {
            let mut rng = generator(SEED, "largest noise value", &sizes, run as u64);
            let (largest, squared_norm) = sample_gaussian_largest_value(rows, columns, 1.0, &mut rng)?;
            let level = if given { 1.0 } else { squared_norm / (rows * columns) as f64 };
            Ok(largest * largest / level)
        };
        let values = in_order(DRAWS as usize, draw).into_iter().collect::<Result<Vec<f64>, _>>()?;
        let count = DRAWS as f64;
        let mean = values.iter().sum::<f64>() / count;
        let moment = |order| values.iter().map(|value| (value - mean).powi(order)).sum::<f64>() / count;
        let deviation = moment(2).sqrt();
        // A gamma law needs a skewness above 0: noise's is 0.3 for large matrices and more for small ones.
        let skewness = (moment(3) / deviation.powi(3)).max(0.05);
        let (shape, scale) = (4.0 / (skewness * skewness), 0.5 * deviation * skewness);
        Ok(Self { shape, scale, shift: mean - shape * scale })
    }

    fn upper_tail(&self, statistic: f64) -> f64 {
        let position = (statistic - self.shift) / self.scale;
        if position > 0.0 { gamma_ur(self.shape, position) } else { 1.0 }
    }

    /// The statistic that noise exceeds with probability `level`.
    pub(super) fn critical(&self, level: f64) -> f64 {
        let (mut low, mut high) = (self.shift, self.shift + self.shape * self.scale);
        while self.upper_tail(high) > level {
            high += self.shape * self.scale;
        }
        for _ in 0..100 {
            let middle = 0.5 * (low + high);
            if self.upper_tail(middle) > level { low = middle } else { high = middle }
        }
        high
    }
}

/// Distance of the values left from the law of noise, and its p-value; `None` for fewer than eight values.
pub(super) fn fit_of_bulk(
    rows: usize,
    columns: usize,
    values: &[f64],
    given: Option<f64>,
) -> Result<Option<BulkFit>, TheoryError> {
    if values.len() < FEWEST {
        return Ok(None);
    }
    let largest = values[0];
    let scaled: Vec<f64> = values.iter().map(|value| value / largest).collect();
    let distance = bulk_distance(rows, columns, &scaled, given.map(|variance| (variance.sqrt() / largest).powi(2)))?;
    static KNOWN: Known<Arc<Vec<f64>>> = Known::new();
    let key = (rows, columns, given.is_some());
    let sampled = KNOWN.get_or_draw(key, || sample_distances(rows, columns, given.map(|_| 1.0)).map(Arc::new))?;
    let further = sampled.iter().filter(|&&other| other >= distance).count();
    Ok(Some(BulkFit { distance, p_value: (1 + further) as f64 / (1 + sampled.len()) as f64 }))
}

/// The distances of sampled noise from its law.
fn sample_distances(rows: usize, columns: usize, given: Option<f64>) -> Result<Vec<f64>, TheoryError> {
    let (sizes, modes) = ([rows as u64, columns as u64], rows.min(columns));
    // Large matrices are dear: sixty draws still tell 2 %.
    let draws = (20_000_000 / (modes * modes)).clamp(60, 1000);
    let draw = |run: usize| -> Result<f64, TheoryError> {
        let mut rng = generator(SEED, "distance of noise from its law", &sizes, run as u64);
        bulk_distance(rows, columns, &sample_gaussian_singular_values(rows, columns, 1.0, &mut rng)?, given)
    };
    in_order(draws, draw).into_iter().collect()
}

/// Kolmogorov-Smirnov distance of decreasing values from the law of their size, at the given level or their own.
fn bulk_distance(rows: usize, columns: usize, values: &[f64], given: Option<f64>) -> Result<f64, TheoryError> {
    let own = || values.iter().map(|value| value * value).sum::<f64>() / (rows * columns) as f64;
    let law = MarchenkoPastur::new(rows, columns, given.unwrap_or_else(own))?;
    let step = 1.0 / values.len() as f64;
    let distance = |(index, &value): (usize, &f64)| {
        let above = law.fraction_above(value);
        (above - index as f64 * step).abs().max((above - (index + 1) as f64 * step).abs())
    };
    Ok(values.iter().enumerate().map(distance).fold(0.0, f64::max))
}
