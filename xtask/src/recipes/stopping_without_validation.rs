//! Stopping by the test error that the data alone tell, against stopping by a validation set (figx3).

mod claims;
mod panels;
#[cfg(test)]
mod tests;

use crate::config::Checks;
use crate::runs::ensemble::{Brakes, StoppingOutcome, StoppingSpec};
use crate::runs::results::Results;
use crate::runs::run::Run;
use crate::runs::summary::Summary;
use crate::study::error_curves::{ErrorKind, log_error};
use crate::study::rules::{MOST_DRAWS, MOST_SEEDS, ascending_positive, descending_positive, title};
use crate::study::students::{HalvedStep, Students};
use crate::study::{Assembled, Found, Recipe, Setup, Trained, Wanted};
use crate::wanted;
use serde::{Deserialize, Serialize};
use sim::SpectrumOutcome;
use theory::{NoiseAnalysis, NoiseLevel, RiskEstimate};

/// Significance level of the modes that do not count as noise.
const LEVEL: f64 = 0.05;

/// The risk estimate beside trained students, and what stopping by it costs.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoppingWithoutValidation {
    /// Heading of the figure.
    pub title: String,
    /// Seed of the study.
    pub seed: u64,
    /// N₁.
    pub inputs: usize,
    /// N₃.
    pub outputs: usize,
    /// N₂.
    pub hidden: usize,
    /// L.
    pub layers: usize,
    /// ε.
    pub epsilon: f64,
    /// σ_z.
    pub noise: f64,
    /// λ of the students that are trained.
    pub learning_rate: f64,
    /// Their updates.
    pub epochs: u64,
    /// Their errors are logged every so many epochs.
    pub log_every: u64,
    /// SNRs of the teachers of rank one that they learn.
    pub curve_snrs: Vec<f64>,
    /// Independent repetitions of each.
    pub seeds: u64,
    /// How many of them are drawn.
    pub shown_seeds: u64,
    /// t/τ of the curves.
    pub time_range: (f64, f64),
    /// Equally spaced times at which the estimate is judged, 0 included.
    pub point_times: usize,
    /// SNRs of the teachers of rank one whose stopping is measured.
    pub snrs: Vec<f64>,
    /// s̄ of further teachers.
    pub teachers: Vec<Vec<f64>>,
    /// How often each input is shown; one of these times is held out.
    pub repetitions: usize,
    /// Independent draws for each teacher.
    pub draws: usize,
    /// What stopping by the estimate may cost.
    pub bounds: Vec<Bound>,
    /// By how much, relative, the error may differ on average for want of knowing the noise.
    pub noise_matters_below: f64,
}

/// What stopping by the estimate may cost.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bound {
    /// s̄, one of the teachers that are measured.
    pub strengths: Vec<f64>,
    /// Of the draw's own best error.
    pub cost: f64,
    /// Draws, in place of the figure's number.
    pub draws: usize,
}

impl Recipe for StoppingWithoutValidation {
    const KIND: &'static str = "StoppingWithoutValidation";

    fn check(&self, checks: &mut Checks<'_>) {
        title(checks, &self.title);
        self.setup().check(checks);
        checks
            .positive("noise", self.noise)
            .in_range("seeds", self.seeds, 1..=MOST_SEEDS)
            .in_range("shown_seeds", self.shown_seeds, 1..=self.seeds.max(1))
            .in_range("draws", self.draws, 2..=MOST_DRAWS)
            .in_range("repetitions", self.repetitions, 2..=1000)
            .at_least("point_times", self.point_times, 2)
            .positive("noise_matters_below", self.noise_matters_below);
        ascending_positive(checks, "curve_snrs", &self.curve_snrs);
        ascending_positive(checks, "snrs", &self.snrs);
        let most = self.inputs.min(self.outputs);
        checks.each("teachers", &self.teachers, |checks, path, strengths: &Vec<f64>| {
            descending_positive(checks, path, strengths);
            let rule = format!("must have at most min(inputs, outputs) = {most} strengths");
            checks.consistent(path, "outputs", strengths.len() <= most, rule);
        });
        // Fewer values are no noise to estimate from.
        checks.require("outputs", most >= 20, "must be at least 20, as inputs must, or the noise cannot be estimated");
        let measured: Vec<Vec<f64>> = self.measured().collect();
        checks.each("bounds", &self.bounds, |checks, path, bound: &Bound| {
            checks
                .positive(&format!("{path}.cost"), bound.cost)
                .in_range(&format!("{path}.draws"), bound.draws, 2..=MOST_DRAWS)
                .require(
                    &format!("{path}.strengths"),
                    measured.contains(&bound.strengths),
                    "must be those of one of the teachers that are measured: of `teachers`, or one of `snrs`",
                );
        });
        self.setup().check_times(checks, self.time_range, self.point_times);
        if checks.all_hold() {
            let strengths = self.snrs.iter().chain(&self.curve_snrs).chain(self.teachers.iter().flatten());
            self.setup().check_beside(checks, &[strengths.fold(0.0, |a: f64, b| a.max(*b))]);
        }
    }

    fn runs(&self) -> Vec<Run> {
        [self.curves().runs(), self.stopped().runs()].concat()
    }

    fn assemble(&self, results: &Results) -> anyhow::Result<Assembled> {
        let (curves, stopped) = (self.curves().read(results)?, self.stopped().read(results)?);
        let tables = vec![self.table(&stopped)];
        Ok(Assembled {
            figure: self.figure(&curves, &stopped)?,
            claims: self.claims(&curves, &stopped)?,
            tables,
            caption: self.caption(),
        })
    }
}

/// Trained students of one SNR, and what their data say of them.
struct Curve {
    snr: f64,
    /// By seed, at the judged times.
    students: Vec<Estimated>,
    /// What the finite step of training may change of the test error, at the same times.
    step: Vec<f64>,
}

/// One student at the judged times.
struct Estimated {
    /// ŝ of its data.
    data_strengths: Vec<f64>,
    /// Measured on the trained student.
    test_errors: Vec<f64>,
    /// The risk estimate that is told the noise, relative to ‖W̄‖² itself: its mean is that of the test errors.
    estimates: Vec<f64>,
}

/// Rules for stopping, tried on draws of one teacher.
struct Stopped {
    strengths: Vec<f64>,
    outcome: Found<StoppingOutcome>,
    /// What stopping by the estimate may cost, if that is claimed.
    bound: Option<f64>,
    at_threshold: bool,
}

impl Stopped {
    /// By how much each draw's error by a rule is above its own best, relative.
    fn costs(&self, errors: &[f64]) -> Summary {
        Summary::of(&errors.iter().zip(&self.outcome.best).map(|(error, best)| error / best - 1.0).collect::<Vec<_>>())
    }
}

// What is run.
impl StoppingWithoutValidation {
    fn setup(&self) -> Setup {
        let Self { seed, inputs, outputs, hidden, layers, epsilon, learning_rate, epochs, noise, .. } = *self;
        let (examples, log_every, brakes) = (inputs, Some(self.log_every), Brakes::default());
        Setup {
            seed,
            inputs,
            outputs,
            examples,
            noise,
            hidden,
            layers,
            epsilon,
            brakes,
            learning_rate,
            epochs,
            log_every,
        }
    }

    fn measured(&self) -> impl Iterator<Item = Vec<f64>> {
        self.snrs.iter().map(|&snr| vec![snr]).chain(self.teachers.iter().cloned())
    }

    fn curves(&self) -> Wanted<'_, Vec<Curve>> {
        Wanted::all(self.curve_snrs.iter().map(|&snr| self.curve(snr)))
    }

    fn curve(&self, snr: f64) -> Wanted<'_, Curve> {
        let setup = self.setup();
        let (task, epochs) = (setup.task(&[snr]), setup.epochs_at(self.time_range, self.point_times));
        let spectra = Wanted::all((0..self.seeds).map(|run| Wanted::spectrum(setup.spectrum(task.clone(), run))));
        let trained = setup.aligned_students(&task, 0..self.seeds);
        let pairs = wanted!(Pair { spectra: spectra, trained: trained, step: setup.halved_step(&task) });
        pairs.map(move |Pair { spectra, trained, step }| {
            let estimated = |(data, student): (&Found<SpectrumOutcome>, &Trained)| {
                let error = |epoch: &u64| Ok(log_error(student, ErrorKind::Test.track(student)?, *epoch)?.exp());
                let estimate =
                    self.estimate(&data.data_strengths, self.entry_variance())?.with_signal_power(snr * snr)?;
                let times = setup.times_of(&epochs);
                anyhow::Ok(Estimated {
                    data_strengths: data.data_strengths.clone(),
                    test_errors: epochs.iter().map(error).collect::<anyhow::Result<_>>()?,
                    estimates: times.iter().map(|&t| Ok(estimate.test_error_at(t)?)).collect::<anyhow::Result<_>>()?,
                })
            };
            let students = spectra.iter().zip(&trained.outcomes).map(estimated).collect::<anyhow::Result<Vec<_>>>()?;
            let step = |(k, epoch): (usize, &u64)| {
                let errors: Vec<f64> = students.iter().map(|student| student.test_errors[k]).collect();
                Ok(step.of_error(ErrorKind::Test, *epoch)? * Summary::of(&errors).mean)
            };
            let step = epochs.iter().enumerate().map(step).collect::<anyhow::Result<_>>()?;
            Ok(Curve { snr, students, step })
        })
    }

    /// ν of the students' data.
    fn entry_variance(&self) -> f64 {
        self.noise * self.noise / self.inputs as f64
    }

    fn estimate(&self, data_strengths: &[f64], entry_variance: f64) -> anyhow::Result<RiskEstimate> {
        let student = self.setup().theory_student()?;
        Ok(RiskEstimate::from_strengths(self.outputs, self.inputs, data_strengths, entry_variance, &student)?)
    }

    /// The estimate of someone who has the data and nothing else.
    fn estimate_from_data(&self, data_strengths: &[f64]) -> anyhow::Result<RiskEstimate> {
        let found = NoiseAnalysis::of_values(self.outputs, self.inputs, data_strengths, NoiseLevel::Unknown, LEVEL)?;
        Ok(self.estimate(data_strengths, found.entry_variance())?.with_signal_power(found.signal_power())?)
    }

    fn stopped(&self) -> Wanted<'_, Vec<Stopped>> {
        Wanted::all(self.measured().map(|strengths| self.stopped_on(strengths)))
    }

    /// All examples together have the noise of the students' data: each has `repetitions` times its variance.
    fn stopped_on(&self, strengths: Vec<f64>) -> Wanted<'_, Stopped> {
        let bound = self.bounds.iter().find(|bound| bound.strengths == strengths);
        let repetitions = self.repetitions as f64;
        let spec = StoppingSpec {
            inputs: self.inputs,
            outputs: self.outputs,
            examples: self.repetitions * self.inputs,
            held_out: self.inputs,
            noise: self.noise * repetitions.sqrt(),
            strengths: strengths.clone(),
            hidden: self.hidden,
            layers: self.layers,
            epsilon: self.epsilon,
            t_max: self.setup().last_time() / repetitions,
            draws: bound.map_or(self.draws, |bound| bound.draws),
            seed: self.seed,
        };
        Wanted::stopping(spec).map(move |outcome| {
            let near = strengths.iter().map(|s| self.setup().is_at_threshold(*s));
            let at_threshold = near.collect::<anyhow::Result<Vec<_>>>()?.contains(&true);
            Ok(Stopped { strengths: strengths.clone(), outcome, bound: bound.map(|bound| bound.cost), at_threshold })
        })
    }
}

/// Students beside their data.
struct Pair {
    spectra: Vec<Found<SpectrumOutcome>>,
    trained: Students,
    step: HalvedStep,
}
