//! Random students with one hidden layer against their exact solution (figx1, beyond the paper).

mod claims;
mod panels;
#[cfg(test)]
mod tests;

use crate::config::Checks;
use crate::runs::ensemble::{Brakes, EnsembleOutcome, EnsembleSpec};
use crate::runs::results::Results;
use crate::runs::run::Run;
use crate::runs::summary::Summary;
use crate::study::Coverage;
use crate::study::recipe::{Assembled, Recipe};
use crate::study::rules::{
    MOST_DRAWS, MOST_EPOCHS, MOST_POINTS, MOST_SEEDS, MOST_UNITS, TrainingRules, interval, least_log_every,
    rounded_down, title,
};
use crate::study::series::linear_grid;
use crate::study::setup::INDEPENDENT_RUNS;
use figures::{Colour, ColourBar, Dash, Figure, Key, Shape};
use serde::{Deserialize, Serialize};
use sim::{
    AlignedSpec, Draw, Experiment, LinearSpec, Schedule, Start, Stepping, StudentSpec, TaskSpec, Training,
    TrainingOutcome,
};
use theory::{LearningCurve, Student, Task};

/// One hidden layer: the exact solution knows no other.
const LAYERS: usize = 2;

/// Random students on rank-1 teachers: curves, delays, alignment and the coverage of bands.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RandomStudentStudy {
    /// Heading of the figure.
    pub title: String,
    /// Seed of the study.
    pub seed: u64,
    /// Independent repetitions of curves, delays and alignment.
    pub seeds: u64,
    /// N₁.
    pub inputs: usize,
    /// N₃.
    pub outputs: usize,
    /// N₂.
    pub hidden: usize,
    /// λ.
    pub learning_rate: f64,
    /// Updates of each student.
    pub epochs: u64,
    /// σ_z.
    pub noise: f64,
    /// SNRs of test error and alignment.
    pub curve_snrs: Vec<f64>,
    /// t/τ of these.
    pub time_range: (f64, f64),
    /// Number of times plotted as points, equally spaced over the range.
    pub point_times: usize,
    /// Errors and modes are logged every so many epochs.
    pub log_every: u64,
    /// SNRs of the delays.
    pub lag_snrs: Vec<f64>,
    /// ε of the delays; the first is that of the curves.
    pub lag_epsilons: Vec<f64>,
    /// Independent draws of the exact solution.
    pub random_draws: usize,
    /// Single seeds against bands.
    pub coverage: CoverageStudy,
}

/// Single seeds against the band of single draws, over sizes.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CoverageStudy {
    /// SNR of the teachers.
    pub snr: f64,
    /// Aligned students.
    pub aligned: CoverageSizes,
    /// Random students.
    pub random: CoverageSizes,
}

/// Sizes at which seeds are counted.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CoverageSizes {
    /// N₁; N₂ and N₃ are half of it.
    pub sizes: Vec<usize>,
    /// Independent students, one count each.
    pub seeds: u64,
    /// Independent draws that make the band.
    pub draws: usize,
}

/// What one student is, beside its start and draw.
#[derive(Clone, Copy, Debug)]
struct Condition {
    inputs: usize,
    outputs: usize,
    hidden: usize,
    snr: f64,
    epsilon: f64,
}

impl Recipe for RandomStudentStudy {
    const KIND: &'static str = "RandomStudentStudy";

    fn check(&self, checks: &mut Checks<'_>) {
        title(checks, &self.title);
        checks
            .in_range("seeds", self.seeds, 1..=MOST_SEEDS)
            .in_range("inputs", self.inputs, 1..=MOST_UNITS)
            .in_range("outputs", self.outputs, 1..=MOST_UNITS)
            .in_range("hidden", self.hidden, 1..=MOST_UNITS)
            .positive("learning_rate", self.learning_rate)
            .in_range("epochs", self.epochs, 1..=MOST_EPOCHS)
            .at_least("noise", self.noise, 0.0)
            .in_range("point_times", self.point_times, 2..=MOST_POINTS)
            .at_least("log_every", self.log_every, least_log_every(self.epochs))
            .at_most("log_every", self.log_every, MOST_EPOCHS)
            .in_range("random_draws", self.random_draws, 2..=MOST_DRAWS)
            .positive("coverage.snr", self.coverage.snr)
            .non_empty("lag_epsilons", &self.lag_epsilons)
            .increasing("lag_epsilons", &self.lag_epsilons)
            .each("lag_epsilons", &self.lag_epsilons, |c, path, &epsilon| {
                c.positive(path, epsilon);
            });
        for (path, snrs) in [("curve_snrs", &self.curve_snrs), ("lag_snrs", &self.lag_snrs)] {
            checks.non_empty(path, snrs).increasing(path, snrs).each(path, snrs, |c, path, &snr| {
                c.positive(path, snr);
            });
        }
        for (path, sizes) in [("coverage.aligned", &self.coverage.aligned), ("coverage.random", &self.coverage.random)]
        {
            checks
                .increasing(&format!("{path}.sizes"), &sizes.sizes)
                .each(&format!("{path}.sizes"), &sizes.sizes, |c, path, &size| {
                    c.in_range(path, size, 2..=MOST_UNITS);
                })
                .in_range(&format!("{path}.seeds"), sizes.seeds, 1..=MOST_SEEDS)
                .in_range(&format!("{path}.draws"), sizes.draws, Coverage::SMALLEST_SAMPLE..=MOST_DRAWS);
        }
        interval(checks, "time_range", self.time_range);
        if !checks.all_hold() {
            return;
        }
        self.training_rules().plotted(checks, self.time_range, self.point_times);
        let (weakest, strongest) = self.extreme_data_modes();
        let bound = 1.0 / strongest;
        checks.require(
            "learning_rate",
            self.learning_rate < bound,
            format!(
                "must be below 1/ŝ = {} of the strongest data mode, or gradient descent diverges",
                rounded_down(bound)
            ),
        );
        checks.each("lag_epsilons", &self.lag_epsilons, |c, path, &epsilon| {
            c.require(
                path,
                epsilon < weakest,
                format!("must be below the predicted ŝ of the weakest teacher, {}", rounded_down(weakest)),
            );
        });
    }

    fn runs(&self) -> Vec<Run> {
        let mut runs = Vec::new();
        for condition in self.curve_conditions().chain(self.lag_conditions()) {
            for run in 0..self.seeds {
                runs.push(self.random(condition, run).into());
                runs.push(self.aligned(condition, run, 1).into());
            }
            runs.push(self.exact(condition).into());
        }
        for condition in self.curve_conditions() {
            runs.extend([1, 2].map(|divisor| self.aligned(condition, INDEPENDENT_RUNS, divisor).into()));
        }
        for (start, sizes) in self.coverage_starts() {
            for &size in &sizes.sizes {
                runs.extend((0..sizes.seeds).map(|run| Run::from(self.covered(start, size, run))));
                runs.push(self.covering(start, size, sizes.draws).into());
            }
        }
        runs
    }

    fn assemble(&self, results: &Results) -> anyhow::Result<Assembled> {
        let curves =
            self.curve_conditions().map(|c| Curve::read(self, c, results)).collect::<anyhow::Result<Vec<_>>>()?;
        let lags = self.lag_conditions().map(|c| Lag::read(self, c, results)).collect::<anyhow::Result<Vec<_>>>()?;
        let coverages = self.read_coverages(results)?;
        let figure = Figure::new("random-student", &self.title)
            .description("Random students with one hidden layer against their exact solution: test error, delay of best stopping, alignment, and coverage of bands.")
            .columns(2)
            .colour_bar(ColourBar::new(self.colours(), "SNR"))
            .key(Key::point("random students (a, c)", Colour::INK, Shape::OpenTriangle))
            .key(Key::line("exact, random", Colour::INK, Dash::Dashed))
            .key(Key::line("theory, aligned", Colour::INK, Dash::Solid))
            .panel(self.curve_panel(&curves)?)
            .panel(self.lag_panel(&lags))
            .panel(self.alignment_panel(&curves))
            .panel(self.coverage_panel(&coverages));
        let claims = self.claims(&curves, &lags, &coverages)?;
        Ok(Assembled {
            figure,
            claims,
            tables: vec![self.lag_table(&lags), self.coverage_table(&coverages)],
            caption: self.caption(),
        })
    }
}

/// Students of one SNR over time.
struct Curve<'a> {
    condition: Condition,
    theory: LearningCurve,
    random: Vec<&'a TrainingOutcome>,
    exact: &'a EnsembleOutcome,
    coarse: &'a TrainingOutcome,
    fine: &'a TrainingOutcome,
}

impl<'a> Curve<'a> {
    fn read(config: &RandomStudentStudy, condition: Condition, results: &'a Results) -> anyhow::Result<Self> {
        let task = Task::new(condition.inputs, condition.outputs, &[condition.snr])?.with_noise(config.noise)?;
        let random = (0..config.seeds).map(|run| results.training(&config.random(condition, run)));
        Ok(Self {
            condition,
            theory: LearningCurve::new(&task, &Student::new(condition.hidden, LAYERS, condition.epsilon)?),
            random: random.collect::<anyhow::Result<_>>()?,
            exact: results.ensemble(&config.exact(condition))?,
            coarse: results.training(&config.aligned(condition, INDEPENDENT_RUNS, 1))?,
            fine: results.training(&config.aligned(condition, INDEPENDENT_RUNS, 2))?,
        })
    }
}

/// Relative delay of random students' best stopping time behind aligned ones'.
struct Lag {
    condition: Condition,
    /// Seed by seed.
    by_seed: Vec<f64>,
    predicted: Summary,
}

impl Lag {
    fn read(config: &RandomStudentStudy, condition: Condition, results: &Results) -> anyhow::Result<Self> {
        let delay = |run: u64| -> anyhow::Result<f64> {
            let time = |experiment: Experiment| anyhow::Ok(results.training(&experiment)?.test(0)?.least.epoch as f64);
            Ok(time(config.random(condition, run))? / time(config.aligned(condition, run, 1))? - 1.0)
        };
        let predicted = results.ensemble(&config.exact(condition))?.delays();
        Ok(Self {
            condition,
            by_seed: (0..config.seeds).map(delay).collect::<anyhow::Result<_>>()?,
            predicted: predicted.ok_or_else(|| anyhow::anyhow!("an ensemble of random students without delays"))?,
        })
    }

    fn measured(&self) -> Summary {
        Summary::of(&self.by_seed)
    }
}

/// Seeds counted at one size.
struct SizeCoverage {
    start: Start,
    size: usize,
    coverage: Coverage,
}

// What is run.
impl RandomStudentStudy {
    fn training_rules(&self) -> TrainingRules {
        TrainingRules {
            layers: LAYERS,
            epsilon: self.lag_epsilons[0],
            learning_rate: self.learning_rate,
            epochs: self.epochs,
            log_every: self.log_every,
        }
    }

    fn tau(&self) -> f64 {
        1.0 / self.learning_rate
    }

    fn condition(&self, snr: f64, epsilon: f64) -> Condition {
        Condition { inputs: self.inputs, outputs: self.outputs, hidden: self.hidden, snr, epsilon }
    }

    fn curve_conditions(&self) -> impl Iterator<Item = Condition> {
        self.curve_snrs.iter().map(|&snr| self.condition(snr, self.lag_epsilons[0]))
    }

    fn lag_conditions(&self) -> impl Iterator<Item = Condition> {
        self.lag_epsilons
            .iter()
            .flat_map(move |&epsilon| self.lag_snrs.iter().map(move |&snr| self.condition(snr, epsilon)))
    }

    fn sized(&self, size: usize) -> Condition {
        Condition {
            inputs: size,
            outputs: size / 2,
            hidden: size / 2,
            snr: self.coverage.snr,
            epsilon: self.lag_epsilons[0],
        }
    }

    fn coverage_starts(&self) -> [(Start, &CoverageSizes); 2] {
        [(Start::TrainingAligned, &self.coverage.aligned), (Start::Random, &self.coverage.random)]
    }

    fn task(&self, condition: Condition) -> TaskSpec {
        TaskSpec { noise: self.noise, ..TaskSpec::single(condition.inputs, condition.outputs, &[condition.snr]) }
    }

    /// A step of `1/divisor` of the config's, over the same time.
    fn training(&self, divisor: u64) -> Training {
        Training::new(
            self.learning_rate / divisor as f64,
            self.epochs * divisor,
            Schedule::every(self.log_every * divisor),
        )
    }

    fn aligned(&self, condition: Condition, run: u64, divisor: u64) -> Experiment {
        Experiment::Aligned(AlignedSpec {
            task: self.task(condition),
            student: condition.student(),
            training: self.training(divisor),
            tracked_modes: 0,
            draw: Draw { seed: self.seed, run },
        })
    }

    fn random(&self, condition: Condition, run: u64) -> Experiment {
        Experiment::Linear(LinearSpec {
            task: self.task(condition),
            student: condition.student(),
            start: Start::Random,
            training: self.training(1),
            tracked_modes: 1,
            stepping: Stepping::Jumps,
            draw: Draw { seed: self.seed, run },
        })
    }

    fn exact(&self, condition: Condition) -> EnsembleSpec {
        let times = self.point_epochs().iter().map(|&epoch| epoch as f64 / self.tau()).collect();
        self.draws(condition, Start::Random, times, self.random_draws)
    }

    fn draws(&self, condition: Condition, start: Start, times: Vec<f64>, draws: usize) -> EnsembleSpec {
        EnsembleSpec {
            inputs: condition.inputs,
            outputs: condition.outputs,
            examples: condition.inputs,
            noise: self.noise,
            strengths: vec![condition.snr],
            hidden: condition.hidden,
            layers: LAYERS,
            epsilon: condition.epsilon,
            start,
            times,
            t_max: self.epochs as f64 / self.tau(),
            draws,
            seed: self.seed,
            brakes: Brakes::default(),
        }
    }

    /// A student whose least test error is counted.
    fn covered(&self, start: Start, size: usize, run: u64) -> Experiment {
        match start {
            Start::Random => self.random(self.sized(size), run),
            Start::TrainingAligned => self.aligned(self.sized(size), run, 1),
        }
    }

    /// The draws that make the band.
    fn covering(&self, start: Start, size: usize, draws: usize) -> EnsembleSpec {
        self.draws(self.sized(size), start, vec![self.epochs as f64 / self.tau()], draws)
    }

    fn read_coverages(&self, results: &Results) -> anyhow::Result<Vec<SizeCoverage>> {
        let mut coverages = Vec::new();
        for (start, sizes) in self.coverage_starts() {
            for &size in &sizes.sizes {
                let least =
                    |run| anyhow::Ok(results.training(&self.covered(start, size, run))?.test(0)?.least.value.ln());
                let values = (0..sizes.seeds).map(least).collect::<anyhow::Result<Vec<_>>>()?;
                let band = &results.ensemble(&self.covering(start, size, sizes.draws))?.least_test;
                let found = Coverage::of(&values, band).map(|coverage| SizeCoverage { start, size, coverage });
                coverages.extend(found);
            }
        }
        Ok(coverages)
    }

    fn point_epochs(&self) -> Vec<u64> {
        let times = linear_grid(self.time_range.0, self.time_range.1, self.point_times);
        times.iter().map(|t| (t * self.tau()).round() as u64).collect()
    }

    /// Predicted ŝ of the weakest and the strongest teacher; 0 if the theory refuses the sizes.
    fn extreme_data_modes(&self) -> (f64, f64) {
        let snrs = || self.curve_snrs.iter().chain(&self.lag_snrs).chain([&self.coverage.snr]).copied();
        let matrix = theory::SpikedMatrix::new(self.outputs, self.inputs, self.noise * self.noise / self.inputs as f64);
        let strength = |snr: f64| matrix.as_ref().map_or(0.0, |m| m.strength(snr));
        (strength(snrs().fold(f64::INFINITY, f64::min)), strength(snrs().fold(0.0, f64::max)))
    }
}

impl Condition {
    fn student(self) -> StudentSpec {
        StudentSpec::new(self.hidden, LAYERS, self.epsilon)
    }
}
