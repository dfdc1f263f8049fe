//! What the error curves and optima claim, judged.

use super::{ErrorKind, LearningCurves, Row, SnrResults};
use crate::study::comparison::{Comparison, Coverage, Excess, Level, Summary, Verdict};
use crate::study::elements::log_points;
use crate::runs::results::Results;

/// Largest relative difference between the scalar recursion and full matrices that rounding allows.
const ROUNDING: f64 = 1e-9;

fn at(rank: usize, results: &SnrResults<'_>) -> String {
    format!("rank {rank}, SNR {}", results.snr)
}

impl LearningCurves {
    /// Every verdict of the figure; all statistical points share its false-alarm rate.
    pub(super) fn verdicts(&self, rows: &[Row<'_>], results: &Results) -> anyhow::Result<Vec<Verdict>> {
        let judged = self.judged_conditions().count();
        let curve_points = rows.len() * self.curve_snrs.len() * (self.point_times - 1);
        // Two errors on curves; least error, delay and one more claim about the delay (the exact solution's, or the
        // shallower students') and the coverage of bands of the optima.
        let level = Level::shared_by(2 * curve_points + 4 * judged + usize::from(self.shallow_reference.is_some()));
        let mut verdicts = Vec::new();
        for kind in ErrorKind::BOTH {
            verdicts.push(self.aligned_on_theory(rows, kind, level)?);
        }
        verdicts.push(self.seeds_within_bands(rows, level));
        verdicts.push(self.least_errors_agree(rows, level));
        verdicts.push(self.random_is_later(rows, level));
        if self.random_draws > 0 {
            verdicts.push(self.delay_is_predicted(rows, level));
        }
        if let Some(reference) = &self.shallow_reference {
            verdicts.push(self.delay_grows_with_depth(rows, reference.layers, level));
        }
        verdicts.push(self.recursion_is_exact(results)?);
        Ok(verdicts)
    }

    fn judged<'a, 'r>(&'a self, rows: &'a [Row<'r>]) -> impl Iterator<Item = (usize, &'a SnrResults<'r>)> {
        rows.iter().flat_map(|row| row.snrs.iter().map(move |r| (row.rank, r))).filter(|(_, r)| self.judges(r.snr))
    }

    fn aligned_on_theory(&self, rows: &[Row<'_>], kind: ErrorKind, level: Level) -> anyhow::Result<Verdict> {
        let mut points = Vec::new();
        for row in rows {
            for results in row.at(&self.curve_snrs) {
                let measured = log_points(&results.aligned, |o| kind.track(o), &self.point_epochs(), self.tau())?;
                for (index, point) in measured.iter().enumerate().filter(|(_, p)| p.time > 0.0) {
                    let expected = kind.of(&results.curve, point.time)?.ln();
                    let ensemble = kind.in_ensemble(results.ensemble)[index].log_error;
                    let at = format!("rank {}, SNR {}, t/τ = {}", row.rank, results.snr, point.time);
                    let step = self.step_error(results, kind, index)?;
                    points.push(Comparison::with_ensemble(at, point.log_error, expected, ensemble, step, level));
                }
            }
        }
        let panels = self.panels_of(rows, if kind == ErrorKind::Train { 0 } else { 1 });
        Ok(Verdict::of_points(
            format!("aligned students' {} error lies on the theory line", kind.name()),
            panels,
            &points,
        ))
    }

    /// Bound on what the finite learning rate changes: twice the change of ln ε when the step is halved, on data of its own.
    fn step_error(&self, results: &SnrResults<'_>, kind: ErrorKind, point: usize) -> anyhow::Result<f64> {
        let epoch = self.point_epochs()[point];
        let coarse = log_points(&[results.coarse], |o| kind.track(o), &[epoch], self.tau())?;
        let fine = log_points(&[results.fine], |o| kind.track(o), &[2 * epoch], 2.0 * self.tau())?;
        Ok(2.0 * (coarse[0].log_error.mean - fine[0].log_error.mean).abs())
    }

    /// The band of single draws is judged by single seeds: one statistic of each, never its correlated times, never means.
    fn seeds_within_bands(&self, rows: &[Row<'_>], level: Level) -> Verdict {
        let coverage = |(rank, r): (usize, &SnrResults<'_>)| {
            Some((at(rank, r), Coverage::of(&r.optima.aligned.log_error, &r.ensemble.least_test)?))
        };
        let conditions: Vec<(String, Coverage)> = self.judged(rows).filter_map(coverage).collect();
        let claim = "aligned students' least ln ε_te lies in the 95 % band of single draws as often as it should";
        Verdict::of_coverage(claim, self.panels_of(rows, 1), &conditions, level)
    }

    /// Both means lie within their joint sampling error.
    fn least_errors_agree(&self, rows: &[Row<'_>], level: Level) -> Verdict {
        let points: Vec<Comparison> = self
            .judged(rows)
            .map(|(rank, r)| {
                let (aligned, random) = (r.optima.aligned.log_error_summary(), r.optima.random.log_error_summary());
                // Two means over the same number of seeds; their spread is known from the ensemble. The shared data
                // make the two closer still.
                let spread = Summary::of(&r.ensemble.least_test);
                let both = Summary { mean: aligned.mean, deviation: spread.deviation, count: spread.count };
                let mut point = Comparison::with_ensemble(at(rank, r), random, aligned.mean, both, 0.0, level);
                point.allowed *= 2f64.sqrt();
                point
            })
            .collect();
        let claim =
            format!("least ln ε_te of random and aligned students agree within intervals (SNR ≥ {})", self.judged_snr);
        let mut verdict = Verdict::of_points(claim, self.panels_of(rows, 2), &points);
        verdict.measured = format!("{}; {}", verdict.measured, self.clearest_paired_difference(rows));
        verdict
    }

    /// The means above are compared as the panel shows them, each with its interval; the same data make pairs that see more.
    fn clearest_paired_difference(&self, rows: &[Row<'_>]) -> String {
        let paired = |(rank, r): (usize, &SnrResults<'_>)| {
            let difference = Summary::of_differences(&r.optima.random.log_error, &r.optima.aligned.log_error);
            (at(rank, r), difference)
        };
        let errors = |difference: &Summary| difference.mean.abs() / difference.standard_error();
        match self.judged(rows).map(paired).max_by(|(_, a), (_, b)| errors(a).total_cmp(&errors(b))) {
            Some((at, difference)) if errors(&difference).is_finite() => format!(
                "paired over seeds, random minus aligned is clearest from 0 at {at}: {:.1e} ± {:.1e} (95 %)",
                difference.mean,
                difference.half_width(0.05)
            ),
            _ => "no pairs to compare".to_owned(),
        }
    }

    fn random_is_later(&self, rows: &[Row<'_>], level: Level) -> Verdict {
        if let Some(allowed_delay) = self.allowed_delay {
            return self.random_is_later_within(rows, allowed_delay, level);
        }
        let delays = |(rank, r): (usize, &SnrResults<'_>)| Excess { at: at(rank, r), by_seed: r.optima.delays() };
        let conditions: Vec<Excess> = self.judged(rows).map(delays).collect();
        let claim = format!("random students' t_opt is later (relative delay, paired, SNR ≥ {})", self.judged_snr);
        Verdict::of_excess_on_the_whole(claim, self.panels_of(rows, 3), &conditions, level)
    }

    fn random_is_later_within(&self, rows: &[Row<'_>], allowed_delay: f64, level: Level) -> Verdict {
        // Half of the allowed range on either side of its middle: the claim is a range, not a point.
        let middle = allowed_delay / 2.0;
        let points: Vec<Comparison> = self
            .judged(rows)
            .map(|(rank, r)| {
                let mut point =
                    Comparison::with_student_interval(at(rank, r), Summary::of(&r.optima.delays()), middle, level);
                point.allowed += middle;
                point.reason = format!("from 0 to {} %, and {}", 100.0 * allowed_delay, point.reason);
                point
            })
            .collect();
        let claim = format!(
            "random students' t_opt is later by 0 to {} % (paired, SNR ≥ {})",
            100.0 * allowed_delay,
            self.judged_snr
        );
        let mut verdict = Verdict::of_points(claim, self.panels_of(rows, 3), &points);
        let mean = Summary::of(&points.iter().map(|p| p.measured).collect::<Vec<_>>());
        // The delay as a whole must be one: averaged over all conditions it is positive.
        if verdict.passed == Some(true) && mean.mean <= 0.0 {
            verdict.passed = Some(false);
        }
        verdict.measured = format!("mean delay {:.2} %; {}", 100.0 * mean.mean, verdict.measured);
        verdict
    }

    fn delay_is_predicted(&self, rows: &[Row<'_>], level: Level) -> Verdict {
        let points: Vec<Comparison> = self
            .judged(rows)
            .filter_map(|(rank, r)| {
                let predicted = r.random_ensemble?.delays()?;
                let (measured, at) = (Summary::of(&r.optima.delays()), at(rank, r));
                Some(Comparison::with_ensemble(
                    at,
                    measured,
                    predicted.mean,
                    predicted,
                    2.0 * self.learning_rate,
                    level,
                ))
            })
            .collect();
        Verdict::of_points(
            "the delay of random students' t_opt is the one that the exact solution predicts",
            self.panels_of(rows, 3),
            &points,
        )
    }

    /// Relative delay minus that of shallower students on the same data, seed by seed.
    fn delay_grows_with_depth(&self, rows: &[Row<'_>], layers: usize, level: Level) -> Verdict {
        let excess = |(rank, results): (usize, &SnrResults<'_>)| -> Option<Excess> {
            let pairs = results.optima.delays().into_iter().zip(results.shallow_optima.as_ref()?.delays());
            Some(Excess { at: at(rank, results), by_seed: pairs.map(|(deep, shallow)| deep - shallow).collect() })
        };
        let conditions: Vec<Excess> = self.judged(rows).filter_map(excess).collect();
        let claim = format!(
            "the relative delay of random students' t_opt is larger than with L = {layers} (SNR ≥ {})",
            self.judged_snr
        );
        Verdict::of_excess_on_the_whole(claim, self.panels_of(rows, 3), &conditions, level)
    }

    fn recursion_is_exact(&self, results: &Results) -> anyhow::Result<Verdict> {
        let matrices = results.training(&self.full_matrix_check())?;
        let scalar = results.training(&self.aligned(self.ranks[0], self.curve_snrs[0], 0, 1))?;
        let mut largest: f64 = 0.0;
        for kind in ErrorKind::BOTH {
            let (a, b) = (&kind.track(matrices)?.logged, &kind.track(scalar)?.logged);
            anyhow::ensure!(a.len() == b.len(), "the two runs were logged at different epochs");
            let differences = a.iter().zip(b).map(|(a, b)| (a - b).abs() / b.abs());
            largest = differences.fold(largest, |m, d| if d > m || d.is_nan() { d } else { m });
        }
        let claim = "the scalar recursion of an aligned student equals its full-matrix run";
        let measured = format!("largest relative difference {largest:.1e} over {} logged epochs", scalar.epochs.len());
        Ok(Verdict::new(
            claim,
            self.panels_of_rank(0, 0),
            measured,
            format!("{ROUNDING:.0e}: rounding"),
            largest <= ROUNDING,
        ))
    }

    /// Letters of one column's panels.
    fn panels_of(&self, rows: &[Row<'_>], column: usize) -> String {
        (0..rows.len()).map(|row| self.panels_of_rank(row, column)).collect::<Vec<_>>().join(", ")
    }

    fn panels_of_rank(&self, row: usize, column: usize) -> String {
        figures::panel_letter(4 * row + column)
    }
}
