//! Random students with one hidden layer against their exact solution (figx1, beyond the paper).

mod claims;
mod panels;
#[cfg(test)]
mod tests;

use crate::config::Checks;
use crate::runs::ensemble::{EnsembleOutcome, EnsembleSpec};
use crate::runs::results::Results;
use crate::runs::run::Run;
use crate::runs::summary::Summary;
use crate::study::recipe::{Assembled, Recipe};
use crate::study::rules::{
    self, MOST_DRAWS, MOST_EPOCHS, MOST_POINTS, MOST_SEEDS, MOST_UNITS, interval, least_log_every, rounded_down, title,
};
use crate::study::students::{HalvedStep, Students};
use crate::study::{Coverage, Found, Setup, Wanted};
use crate::wanted;
use anyhow::Context as _;
use figures::{Colour, ColourBar, Dash, Figure, Key, Shape};
use serde::{Deserialize, Serialize};
use sim::Start;
use theory::LearningCurve;

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

/// All that the figure is made of.
struct Measured {
    curves: Vec<Curve>,
    lags: Vec<Lag>,
    coverages: Vec<Option<SizeCoverage>>,
}

/// Students of one SNR over time.
struct Curve {
    snr: f64,
    theory: LearningCurve,
    random: Students,
    exact: Found<EnsembleOutcome>,
    step: HalvedStep,
}

/// Relative delay of random students' best stopping time behind aligned ones'.
struct Lag {
    snr: f64,
    epsilon: f64,
    /// Best epochs, seed by seed.
    random: Vec<f64>,
    aligned: Vec<f64>,
    predicted: Summary,
}

impl Lag {
    fn by_seed(&self) -> Vec<f64> {
        self.random.iter().zip(&self.aligned).map(|(random, aligned)| random / aligned - 1.0).collect()
    }

    fn measured(&self) -> Summary {
        Summary::of(&self.by_seed())
    }
}

/// Seeds counted at one size.
struct SizeCoverage {
    start: Start,
    size: usize,
    coverage: Coverage,
}

impl Recipe for RandomStudentStudy {
    const KIND: &'static str = "RandomStudentStudy";

    fn check(&self, checks: &mut Checks<'_>) {
        title(checks, &self.title);
        let conditions = self.curve_snrs.len() + self.lag_snrs.len() * self.lag_epsilons.len();
        rules::runs(checks, "seeds", self.seeds, &[conditions, 2]);
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
        self.first_setup().check_times(checks, self.time_range, self.point_times);
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
        self.wanted().runs().to_vec()
    }

    fn assemble(&self, results: &Results) -> anyhow::Result<Assembled> {
        let Measured { curves, lags, coverages } = self.wanted().read(results)?;
        let coverages: Vec<SizeCoverage> = coverages.into_iter().flatten().collect();
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

// What is run.
impl RandomStudentStudy {
    fn setup(&self, epsilon: f64) -> Setup {
        let Self { seed, inputs, outputs, hidden, learning_rate, epochs, noise, .. } = *self;
        let (examples, layers, log_every) = (inputs, LAYERS, Some(self.log_every));
        let student = Setup { hidden, layers, epsilon, learning_rate, epochs, log_every, ..Setup::default() };
        Setup { seed, inputs, outputs, examples, noise, ..student }
    }

    /// Of curves and coverage.
    fn first_setup(&self) -> Setup {
        self.setup(self.lag_epsilons[0])
    }

    fn point_epochs(&self) -> Vec<u64> {
        self.first_setup().epochs_at(self.time_range, self.point_times)
    }

    fn coverage_starts(&self) -> [(Start, &CoverageSizes); 2] {
        [(Start::TrainingAligned, &self.coverage.aligned), (Start::Random, &self.coverage.random)]
    }

    fn wanted(&self) -> Wanted<'_, Measured> {
        let curves = self.curve_snrs.iter().map(|&snr| self.curve(snr));
        let lags = self.lag_epsilons.iter().flat_map(|&e| self.lag_snrs.iter().map(move |&snr| self.lag(snr, e)));
        let coverages = self
            .coverage_starts()
            .into_iter()
            .flat_map(|(start, sizes)| sizes.sizes.iter().map(move |&size| self.counted(start, size, sizes)));
        wanted!(Measured { curves: Wanted::all(curves), lags: Wanted::all(lags), coverages: Wanted::all(coverages) })
    }

    fn curve(&self, snr: f64) -> Wanted<'_, Curve> {
        let setup = self.first_setup();
        let task = setup.task(&[snr]);
        wanted!(Curve {
            random: setup.linear_students(&task, Start::Random, 1, 0..self.seeds),
            exact: Wanted::ensemble(self.exact(&setup, snr)),
            step: setup.halved_step(&task);
            snr: snr, theory: setup.curve(&[snr])?
        })
    }

    fn lag(&self, snr: f64, epsilon: f64) -> Wanted<'_, Lag> {
        let setup = self.setup(epsilon);
        let task = setup.task(&[snr]);
        let best = |students: Students| -> anyhow::Result<Vec<f64>> {
            students.outcomes.iter().map(|outcome| Ok(outcome.test(0)?.least.epoch as f64)).collect()
        };
        let exact = Wanted::ensemble(self.exact(&setup, snr));
        wanted!(Lag {
            random: setup.linear_students(&task, Start::Random, 1, 0..self.seeds).map(best),
            aligned: setup.aligned_students(&task, 0..self.seeds).map(best),
            predicted: exact.map(|drawn| drawn.delays().context("an ensemble of random students without delays"));
            snr: snr, epsilon: epsilon
        })
    }

    fn exact(&self, setup: &Setup, snr: f64) -> EnsembleSpec {
        setup.ensemble(&[snr], Start::Random, &setup.times_of(&self.point_epochs()), self.random_draws)
    }

    /// Students whose least test error is counted, and the draws that make the band.
    fn counted(&self, start: Start, size: usize, sizes: &CoverageSizes) -> Wanted<'_, Option<SizeCoverage>> {
        let (inputs, outputs, hidden) = (size, size / 2, size / 2);
        let setup = Setup { inputs, outputs, hidden, examples: inputs, ..self.first_setup() };
        let strengths = [self.coverage.snr];
        let (task, runs) = (setup.task(&strengths), 0..sizes.seeds);
        let students = match start {
            Start::Random => setup.linear_students(&task, start, 1, runs),
            Start::TrainingAligned => setup.aligned_students(&task, runs),
        };
        let band = Wanted::ensemble(setup.ensemble(&strengths, start, &[setup.last_time()], sizes.draws));
        students.with(band).map(move |(students, band)| {
            let coverage = Coverage::of(&students.optimum(0)?.log_error, &band.least_test);
            Ok(coverage.map(|coverage| SizeCoverage { start, size, coverage }))
        })
    }

    /// Predicted ŝ of the weakest and the strongest teacher; 0 if the theory refuses the sizes.
    fn extreme_data_modes(&self) -> (f64, f64) {
        let snrs = || self.curve_snrs.iter().chain(&self.lag_snrs).chain([&self.coverage.snr]).copied();
        let matrix = theory::SpikedMatrix::new(self.outputs, self.inputs, self.noise * self.noise / self.inputs as f64);
        let strength = |snr: f64| matrix.as_ref().map_or(0.0, |m| m.strength(snr));
        (strength(snrs().fold(f64::INFINITY, f64::min)), strength(snrs().fold(0.0, f64::max)))
    }
}
