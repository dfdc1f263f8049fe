//! The test error along training, estimated from the data alone.

use crate::bracketed_minimum::least_error;
use crate::error::{at_least_one, non_negative, positive};
use crate::stopping::times_of_change;
use crate::{ModeGrowth, SpikedMatrix, Stopping, Student, TheoryError};
use linalg_core::faer::MatRef;
use linalg_core::{ThinSvd, singular_values};
use std::ops::Range;

/// An unbiased estimate of a training-aligned student's test error at every time, without teacher or validation set.
///
/// The student's map is a spectral function of the data matrix Y (m rows × n columns, noise entries of variance ν): f(Y) = Û
/// diag(s(t, ŝ)) V̂ᵀ. Stein's formula (Candès, Sing-Long & Trzasko 2013, arXiv:1210.4139) then gives
///
/// ```text
/// R(t) = ‖f(Y) − Y‖² − m n ν + 2ν div(t),   E R(t) = E ‖f(Y) − W̄‖²,
/// div = Σ_k s_k′ + |m−n| Σ_k s_k/ŝ_k + Σ_k Σ_{l≠k} α_kl,   α_kl = (ŝ_k s_k − ŝ_l s_l)/(ŝ_k² − ŝ_l²),
/// ```
///
/// with s′ = ∂s/∂ŝ ([`ModeGrowth::sensitivity`]). `div` is the number of degrees of freedom spent by time t: 0 at the start, m n at
/// the end for an unrestricted student. For a block A of N_A rows, as task A in joint training, with a_k = ‖rows A of û_k‖²,
///
/// ```text
/// ‖f(Y)_A − Y_A‖² = Σ a_k (s_k − ŝ_k)²,
/// div_A = Σ_k a_k (s_k′ + Σ_{l≠k} α_kl + (n−m)₊ s_k/ŝ_k) + (N_A − Σ_k a_k) Σ_k s_k/ŝ_k.
/// ```
///
/// Beyond the paper. The divergence is calculus and knows no noise: where rows have noise of different levels, each block takes
/// its own ν, and the risk of the whole is the sum over blocks, its divergence weighted by their variances (the bulk of such data is
/// no longer Marchenko-Pastur's; nothing here assumes that it is).
///
/// P = N₁: Y = Σ³¹, ν = σ_z²/N₁. P > N₁: Y = W* = Σ³¹/D, ν = σ_z²/P, [`RiskEstimate::with_pace`] D. P < N₁: Y is N₃ × P, ν = σ_z²/N₁,
/// and the unseen part of the teacher is a constant that is left out. A student of K < M hidden units holds the K strongest modes,
/// s = 0 for the others. Modes that are zero but for rounding are not held either: their direction is not known.
///
/// *When should I stop, from my matrix alone?*
///
/// ```
/// use linalg_core::{faer::Mat, generator, sample_gaussian};
/// use theory::{NoiseAnalysis, NoiseLevel, RiskEstimate, Student};
///
/// let noise = sample_gaussian(50, 100, 0.01, &mut generator(1, "doc", &[], 0));
/// let data = noise + Mat::from_fn(50, 100, |i, j| if i == j && i < 2 { 6.0 - 2.0 * i as f64 } else { 0.0 });
/// let found = NoiseAnalysis::of_matrix(data.as_ref(), NoiseLevel::Unknown, 0.05)?;
/// let student = Student::new(50, 2, 1e-5)?; // hidden units, weight matrices, ε
/// let risk = RiskEstimate::new(data.as_ref(), found.entry_variance(), &student)?;
/// let best = risk.optimal_stopping(10.0)?; // in units of τ = 1/learning rate
/// assert_eq!(found.rank(), 2);
/// assert!((1.0..3.0).contains(&best.time) && best.test_error < 0.1);
/// # Ok::<(), theory::TheoryError>(())
/// ```
#[derive(Clone, Debug)]
pub struct RiskEstimate {
    growth: ModeGrowth,
    pace: f64,
    rows: usize,
    columns: usize,
    /// ŝ, decreasing.
    data_strengths: Vec<f64>,
    /// Modes that the student holds.
    held: usize,
    /// a_k.
    shares: Vec<f64>,
    /// N_A.
    block_rows: usize,
    entry_variance: f64,
    signal_power: f64,
}

/// What the data say of a student's error at one time; squared norms in the data's units.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Risk {
    /// ‖f(Y) − Y‖², what is left of the data.
    pub residual: f64,
    /// div, the degrees of freedom spent.
    pub degrees_of_freedom: f64,
    /// R, the unbiased estimate of ‖f(Y) − W̄‖²; chance can make it negative.
    pub risk: f64,
}

impl RiskEstimate {
    /// For a student that learns `data` (outputs × inputs), whose noise entries have the variance `entry_variance`.
    ///
    /// # Errors
    /// If the matrix is empty or not finite, the variance is negative, or the student's room ends between two equal singular values
    /// (then it could hold either, and no derivative exists).
    pub fn new(data: MatRef<'_, f64>, entry_variance: f64, student: &Student) -> Result<Self, TheoryError> {
        Self::from_strengths(data.nrows(), data.ncols(), &singular_values(data)?, entry_variance, student)
    }

    /// The same from the min(rows, columns) singular values of the data, in decreasing order: nothing else of them matters.
    ///
    /// # Errors
    /// As [`RiskEstimate::new`], and if the values are not that many, negative or not in decreasing order.
    pub fn from_strengths(
        rows: usize,
        columns: usize,
        data_strengths: &[f64],
        entry_variance: f64,
        student: &Student,
    ) -> Result<Self, TheoryError> {
        let shares = vec![1.0; data_strengths.len()];
        Self::validated([rows, columns], data_strengths, shares, rows, entry_variance, student)
    }

    /// For the outputs `block` (a range of rows) of data with the decomposition `svd`: the error of one task in a student that
    /// learns them all. `entry_variance` is that of the block's noise.
    ///
    /// # Errors
    /// As [`RiskEstimate::new`], and if the block is empty or not within the rows.
    pub fn of_block(
        svd: &ThinSvd,
        block: Range<usize>,
        entry_variance: f64,
        student: &Student,
    ) -> Result<Self, TheoryError> {
        let (rows, columns) = (svd.left.nrows(), svd.right.nrows());
        if block.is_empty() || block.end > rows {
            let allowed = "not before the block's start, and at most the number of rows";
            return Err(TheoryError::OutOfDomain { parameter: "end of the block", value: block.end as f64, allowed });
        }
        Self::of_part(svd, columns, block, entry_variance, student)
    }

    /// The same for data of `columns` columns, of which the right vectors hold some only.
    pub(crate) fn of_part(
        svd: &ThinSvd,
        columns: usize,
        block: Range<usize>,
        entry_variance: f64,
        student: &Student,
    ) -> Result<Self, TheoryError> {
        let left = svd.left.as_ref().subrows(block.start, block.len());
        let shares = left.col_iter().map(|column| column.squared_norm_l2()).collect();
        let sizes = [svd.left.nrows(), columns];
        Self::validated(sizes, &svd.singular_values, shares, block.len(), entry_variance, student)
    }

    fn validated(
        [rows, columns]: [usize; 2],
        data_strengths: &[f64],
        shares: Vec<f64>,
        block_rows: usize,
        entry_variance: f64,
        student: &Student,
    ) -> Result<Self, TheoryError> {
        at_least_one("rows", rows)?;
        at_least_one("columns", columns)?;
        non_negative("entry_variance", entry_variance)?;
        check_strengths(rows, columns, data_strengths)?;
        let known = rounding_rank(rows, columns, data_strengths);
        let held = student.capacity_of(data_strengths.len()).min(known);
        if held > 0 && held < known && data_strengths[held - 1] == data_strengths[held] {
            let (parameter, allowed) = ("hidden", "a number of units that does not end between equal singular values");
            return Err(TheoryError::OutOfDomain { parameter, value: held as f64, allowed });
        }
        let power: f64 = data_strengths.iter().zip(&shares).map(|(s, share)| share * s * s).sum();
        Ok(Self {
            growth: student.mode_growth(),
            pace: 1.0,
            rows,
            columns,
            data_strengths: data_strengths.to_vec(),
            held,
            shares,
            block_rows,
            entry_variance,
            signal_power: power - (block_rows * columns) as f64 * entry_variance,
        })
    }

    /// The same for time constant τ/`pace`: D for P > N₁.
    ///
    /// # Errors
    /// If `pace` is not positive and finite.
    pub fn with_pace(self, pace: f64) -> Result<Self, TheoryError> {
        positive("pace", pace)?;
        let decay = self.growth.decay();
        // Decay is per unit of t, growth in units of data time.
        let growth = if decay > 0.0 { self.growth.with_decay(decay * self.pace / pace)? } else { self.growth };
        Ok(Self { pace, growth, ..self })
    }

    /// The same for a student of another decay, γ in a unit of t.
    pub(crate) fn with_student_decay(&self, decay: f64) -> Result<Self, TheoryError> {
        Ok(Self { growth: self.growth.clone().with_decay(decay / self.pace)?, ..self.clone() })
    }

    /// D for P > N₁, else 1.
    pub(crate) fn pace(&self) -> f64 {
        self.pace
    }

    /// The same with ‖W̄‖² known better, for errors relative to it and for their level: the unbiased ‖Y‖² − m n ν scatters with
    /// all of the noise, the sum of the squares of a few estimated strengths much less.
    ///
    /// # Errors
    /// If `signal_power` is not positive and finite.
    pub fn with_signal_power(self, signal_power: f64) -> Result<Self, TheoryError> {
        Ok(Self { signal_power: positive("signal_power", signal_power)?, ..self })
    }

    /// The estimate of ‖W̄‖² (of the block): ‖Y‖² − m n ν unless given. Chance can make it negative.
    pub fn signal_power(&self) -> f64 {
        self.signal_power
    }

    /// ŝ of all modes, decreasing.
    pub fn data_strengths(&self) -> &[f64] {
        &self.data_strengths
    }

    /// ν.
    pub fn entry_variance(&self) -> f64 {
        self.entry_variance
    }

    /// Residual, degrees of freedom and risk at time `t`, in units of τ.
    ///
    /// # Panics
    /// If `t` is negative or NaN.
    pub fn at(&self, t: f64) -> Risk {
        let (strengths, degrees_of_freedom) = self.spent_at(t);
        let residual = (self.data_strengths.iter().zip(&strengths).zip(&self.shares))
            .map(|((s_hat, s), share)| share * (s - s_hat).powi(2))
            .sum::<f64>();
        let noise = (self.block_rows * self.columns) as f64 * self.entry_variance;
        Risk { residual, degrees_of_freedom, risk: residual - noise + 2.0 * self.entry_variance * degrees_of_freedom }
    }

    /// The estimated test error at time `t`, relative to the estimated ‖W̄‖²: 1 + \[R(t) − (‖Y‖² − m n ν)\]/‖W̄‖².
    ///
    /// # Errors
    /// [`TheoryError::ZeroReference`] if nothing of the teacher is left above the noise: its estimated norm is not positive.
    ///
    /// # Panics
    /// If `t` is negative or NaN.
    pub fn test_error_at(&self, t: f64) -> Result<f64, TheoryError> {
        Ok(1.0 + self.change_at(t) / self.reference()?)
    }

    /// The time in \[0, `t_max`\] at which the estimate is least, and the estimate there.
    ///
    /// The least value of an unbiased curve is biased low, by more the flatter the curve is: [`Bootstrap`](crate::Bootstrap)
    /// corrects it.
    ///
    /// # Errors
    /// As [`RiskEstimate::test_error_at`], or if `t_max` is negative or not finite.
    pub fn optimal_stopping(&self, t_max: f64) -> Result<Stopping, TheoryError> {
        let (power, least) = (self.reference()?, self.least_change(t_max)?);
        Ok(Stopping { test_error: 1.0 + least.test_error / power, ..least })
    }

    fn reference(&self) -> Result<f64, TheoryError> {
        if self.signal_power > 0.0 {
            Ok(self.signal_power)
        } else {
            Err(TheoryError::ZeroReference { reference: "the teacher, as far as it stands out of the noise," })
        }
    }

    /// The least of [`RiskEstimate::change_at`] over \[0, `t_max`\], in the data's units.
    pub(crate) fn least_change(&self, t_max: f64) -> Result<Stopping, TheoryError> {
        let t_max = non_negative("t_max", t_max)?;
        let least = least_error(|t| self.change_at(t), &self.search_times(t_max), 0.0);
        // Without the teacher all that is known of later times is that the last one was not the best.
        Ok(Stopping { censored: least.time == t_max, ..least })
    }

    /// R(t) − (‖Y‖² − m n ν) = ‖f‖² − 2⟨f, Y⟩ + 2ν div, free of the noise's own norm.
    pub(crate) fn change_at(&self, t: f64) -> f64 {
        let (strengths, degrees_of_freedom) = self.spent_at(t);
        let learned: f64 = (self.data_strengths.iter().zip(&strengths).zip(&self.shares))
            .map(|((s_hat, s), share)| share * s * (s - 2.0 * s_hat))
            .sum();
        learned + 2.0 * self.entry_variance * degrees_of_freedom
    }

    /// ‖f‖² − 2⟨f, W̄⟩, with which the true error changes, for p_k = û_kᵀ W̄ v̂_k of a known teacher's block.
    pub(crate) fn distance_change_at(&self, projections: &[f64], t: f64) -> f64 {
        let held = self.data_strengths[..self.held].iter().zip(&self.shares).zip(projections);
        held.map(|((&s_hat, share), p)| {
            let s = self.growth.strength_at(s_hat, t * self.pace);
            s * (share * s - 2.0 * p)
        })
        .sum()
    }

    /// Times at which the strongest, a middling and the weakest mode above the noise, and the noise itself, pass their own scale.
    fn search_times(&self, t_max: f64) -> Vec<f64> {
        let matrix = SpikedMatrix::new(self.rows, self.columns, self.entry_variance)
            .expect("sizes and noise were validated by the constructor");
        let held = &self.data_strengths[..self.held];
        let above = held.iter().take_while(|&&s_hat| s_hat > matrix.edge()).count();
        let mut leading: Vec<usize> =
            [1, above.div_ceil(4), above.div_ceil(2), (3 * above).div_ceil(4), above].to_vec();
        leading.dedup();
        let modes = leading.into_iter().filter(|&count| count > 0).filter_map(|count| held.get(count - 1));
        let learned = modes.map(|&s_hat| (s_hat, matrix.best_strength(s_hat)));
        let edge = held.get(above).map(|&s_hat| (s_hat, 0.5 * s_hat));
        times_of_change(&self.growth, learned.chain(edge), self.pace, t_max)
    }

    /// 0 and times up to `t_max`, equally spaced in their logarithm, from the first stirring of the strongest mode until noise is learned:
    /// enough for [`least_between`], at a third of the cost of a search.
    pub(crate) fn coarse_times(&self, t_max: f64) -> Vec<f64> {
        const POINTS: i32 = 48;
        let reach = |s_hat: f64, part: f64| {
            let strength = (part * s_hat).max(1.01 * self.growth.epsilon());
            let time = self.growth.time_to_reach(s_hat, strength).ok().flatten();
            time.map_or(t_max, |time| time / self.pace)
        };
        let held = &self.data_strengths[..self.held];
        let (Some(&strongest), Some(&middle)) = (held.first(), held.get(held.len() / 2)) else {
            return vec![0.0, t_max];
        };
        let first = (0.7 * reach(strongest, 0.02)).min(0.5 * t_max).max(1e-6 * t_max);
        let last = reach(middle, 0.9).min(t_max).max(2.0 * first);
        let step = (last / first).ln() / f64::from(POINTS);
        std::iter::once(0.0).chain((0..=POINTS).map(|k| first * (step * f64::from(k)).exp())).collect()
    }

    /// The least of [`RiskEstimate::change_at`] by these times.
    pub(crate) fn least_of_coarse_times(&self, t_max: f64) -> Stopping {
        least_between(|t| self.change_at(t), &self.coarse_times(t_max))
    }

    /// s of every mode, and the degrees of freedom spent.
    fn spent_at(&self, t: f64) -> (Vec<f64>, f64) {
        let time = t * self.pace;
        let held = &self.data_strengths[..self.held];
        let mut strengths: Vec<f64> = held.iter().map(|&s_hat| self.growth.strength_at(s_hat, time)).collect();
        strengths.resize(self.data_strengths.len(), 0.0);
        let slopes: Vec<f64> = held.iter().map(|&s_hat| self.growth.sensitivity(s_hat, time)).collect();
        let surplus = self.columns.saturating_sub(self.rows) as f64;
        let (mut spent, mut ratios) = (0.0, 0.0);
        for (k, &slope) in slopes.iter().enumerate() {
            let ratio = strengths[k] / held[k];
            spent += self.shares[k] * (slope + surplus * ratio);
            ratios += ratio;
            // Pairs are symmetric: each is visited once, for both of its modes.
            for l in k + 1..strengths.len() {
                let pair = self.pair(time, [k, l], &strengths, &slopes);
                spent += (self.shares[k] + self.shares[l]) * pair;
            }
        }
        let outside = self.block_rows as f64 - self.shares.iter().sum::<f64>();
        // For m ≤ n the left vectors span all rows and what is left of the difference is rounding.
        if self.rows > self.columns { (strengths, spent + outside * ratios) } else { (strengths, spent) }
    }

    /// α_kl for l > k = ½ (s_k − s_l)/(ŝ_k − ŝ_l) + ½ (s_k + s_l)/(ŝ_k + ŝ_l), the first quotient a mean slope where it would cancel.
    fn pair(&self, time: f64, [k, l]: [usize; 2], strengths: &[f64], slopes: &[f64]) -> f64 {
        let (high, low) = (self.data_strengths[k], self.data_strengths[l]);
        let (difference, sum) = (high - low, high + low);
        if l >= self.held {
            return high * strengths[k] / (difference * sum);
        }
        let mean = 0.5 * (strengths[k] + strengths[l]) / (0.5 * sum);
        // s changes by a factor over ŝ/(1 + p L ŝ^p t) or more.
        let quotient = if difference > CLOSE * high {
            (strengths[k] - strengths[l]) / difference
        } else {
            self.mean_slope(time, [k, l], strengths, slopes)
        };
        0.5 * (quotient + mean)
    }

    /// The mean of ∂s/∂ŝ between two close modes: by Boole's rule where they are close on the scale of its change.
    fn mean_slope(&self, time: f64, [k, l]: [usize; 2], strengths: &[f64], slopes: &[f64]) -> f64 {
        let (high, low) = (self.data_strengths[k], self.data_strengths[l]);
        let power = self.growth.power();
        let steepness = 1.0 + power * self.growth.layers() as f64 * high.powf(power) * time;
        if (high - low) * steepness > CLOSE * high {
            return (strengths[k] - strengths[l]) / (high - low);
        }
        let [first, middle, last] =
            [0.25, 0.5, 0.75].map(|part| self.growth.sensitivity(low + part * (high - low), time));
        (7.0 * (slopes[k] + slopes[l]) + 32.0 * (first + last) + 12.0 * middle) / 90.0
    }
}

/// Two data strengths are close, on the scale of what changes between them, if they differ by less than this part of it: Boole's rule
/// then errs by 1e-13 at most, and beyond it a quotient of differences loses a digit or two.
const CLOSE: f64 = 0.05;

/// The least value of a function on increasing times, by the parabola through the least of them and its neighbours.
pub(crate) fn least_between(function: impl Fn(f64) -> f64, times: &[f64]) -> Stopping {
    let values: Vec<f64> = times.iter().map(|&t| function(t)).collect();
    let least = (0..times.len()).min_by(|&a, &b| values[a].total_cmp(&values[b])).unwrap_or(0);
    let here = Stopping { time: times[least], test_error: values[least], censored: least + 1 == times.len() };
    if least == 0 || least + 1 == times.len() {
        return here;
    }
    let (left, right) = (times[least - 1] - here.time, times[least + 1] - here.time);
    let (rise_left, rise_right) = (values[least - 1] - here.test_error, values[least + 1] - here.test_error);
    // a x² + b x through both neighbours.
    let curvature = (rise_right / right - rise_left / left) / (right - left);
    let slope = rise_left / left - curvature * left;
    if curvature <= 0.0 {
        return here;
    }
    let step = (-0.5 * slope / curvature).clamp(left, right);
    Stopping { time: here.time + step, test_error: here.test_error - 0.25 * slope * slope / curvature, ..here }
}

/// Refuses values that are not min(rows, columns) many, decreasing, and finite.
pub(crate) fn check_strengths(rows: usize, columns: usize, data_strengths: &[f64]) -> Result<(), TheoryError> {
    if data_strengths.len() != rows.min(columns) {
        let (parameter, allowed) = ("number of singular values", "the smaller of the numbers of rows and columns");
        return Err(TheoryError::OutOfDomain { parameter, value: data_strengths.len() as f64, allowed });
    }
    for &value in data_strengths {
        non_negative("data_strengths", value)?;
    }
    match data_strengths.windows(2).position(|pair| pair[1] > pair[0]) {
        Some(index) => Err(TheoryError::NotDecreasing {
            index: index + 1,
            value: data_strengths[index + 1],
            previous: data_strengths[index],
        }),
        None => Ok(()),
    }
}

/// How many of the values are more than what rounding leaves of zeros: max(m, n) ε ŝ₁.
pub(crate) fn rounding_rank(rows: usize, columns: usize, data_strengths: &[f64]) -> usize {
    let largest = data_strengths.first().copied().unwrap_or(0.0);
    let rounding = rows.max(columns) as f64 * f64::EPSILON * largest;
    data_strengths.iter().take_while(|&&value| value > rounding).count()
}
