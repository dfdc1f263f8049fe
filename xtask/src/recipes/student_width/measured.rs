//! The least test errors of one width, read from the runs.

use super::StudentWidth;
use crate::study::comparison::Summary;
use crate::study::elements::{INDEPENDENT_RUNS, Optimum};
use crate::runs::results::Results;
use sim::Experiment;
use theory::LearningCurve;

/// All that is known of one width at one SNR.
pub(super) struct SnrOptima {
    /// s̄.
    pub snr: f64,
    /// The asymptotic theory's ln of the least test error.
    pub theory: f64,
    /// Aligned students, one per seed.
    pub aligned: Optimum,
    /// Random students, one per seed.
    pub random: Optimum,
    /// ln of the least test error of aligned students on independent data of this size, by draw.
    pub independent: Vec<f64>,
    /// Bound on what the finite learning rate changes: twice the change of ln ε when the step is halved, on data of
    /// its own.
    pub step_error: f64,
}

impl SnrOptima {
    pub(super) fn ensemble(&self) -> Summary {
        Summary::of(&self.independent)
    }
}

/// All that is known of one width.
pub(super) struct Width {
    /// N₂.
    pub hidden: usize,
    /// In increasing order of SNR.
    pub optima: Vec<SnrOptima>,
}

impl Width {
    pub(super) fn read(config: &StudentWidth, hidden: usize, results: &Results) -> anyhow::Result<Self> {
        let optimum = |runs: &dyn Fn(u64) -> Experiment| -> anyhow::Result<Optimum> {
            let minima = (0..config.seeds).map(|run| Ok(results.training(&runs(run))?.test(0)?.least));
            Ok(Optimum::of(minima.collect::<anyhow::Result<Vec<_>>>()?, 1.0 / config.learning_rate))
        };
        let read = |&snr: &f64| -> anyhow::Result<SnrOptima> {
            let stepped = |divisor: u64| -> anyhow::Result<f64> {
                let run = results.training(&config.aligned(hidden, snr, INDEPENDENT_RUNS, divisor))?;
                Ok(run.test(0)?.least.value.ln())
            };
            Ok(SnrOptima {
                snr,
                theory: config.predicted(hidden, snr)?,
                aligned: optimum(&|run| config.aligned(hidden, snr, run, 1))?,
                random: optimum(&|run| config.random(hidden, snr, run))?,
                independent: results.ensemble(&config.ensemble(hidden, snr))?.least_test.clone(),
                step_error: 2.0 * (stepped(1)? - stepped(2)?).abs(),
            })
        };
        Ok(Self { hidden, optima: config.snrs.iter().map(read).collect::<anyhow::Result<_>>()? })
    }
}

impl StudentWidth {
    /// ln of the theory's least test error within the training time.
    pub(super) fn predicted(&self, hidden: usize, snr: f64) -> anyhow::Result<f64> {
        let curve = LearningCurve::new(&self.theory_task(snr)?, &self.theory_student(hidden)?);
        Ok(curve.optimal_stopping(self.last_time())?.test_error.ln())
    }
}
