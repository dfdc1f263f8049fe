//! Error curves and best stopping of aligned and random students against the theory (fig03, fig04).

mod panels;
#[cfg(test)]
mod tests;
mod verdicts;

use crate::study::comparison::linear_grid;
use crate::config::Checks;
use crate::study::elements::{
    INDEPENDENT_RUNS, MOST_DRAWS, MOST_EPOCHS, MOST_POINTS, MOST_SEEDS, MOST_UNITS, Optimum, TrainingRules, interval,
    judged_from, least_log_every, strengths_of, title,
};
use crate::runs::ensemble::{EnsembleOutcome, EnsembleSpec, ErrorStatistics};
use crate::study::recipe::{Assembled, Recipe};
use crate::runs::results::Results;
use crate::runs::run::Run;
use figures::{Colour, ColourBar, Dash, Figure, Key, Shape};
use serde::{Deserialize, Serialize};
use sim::{
    AlignedSpec, Draw, ErrorTrack, Experiment, LinearSpec, Schedule, Start, Stepping, StudentSpec, TaskSpec, Training,
    TrainingOutcome,
};
use theory::{LearningCurve, Student, Task};

/// Students of one depth on teachers of several ranks and SNRs: one row of four panels per rank.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LearningCurves {
    /// Heading of the figure.
    pub title: String,
    /// Seed of the study.
    pub seed: u64,
    /// Independent repetitions.
    pub seeds: u64,
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
    /// λ.
    pub learning_rate: f64,
    /// Updates of each student.
    pub epochs: u64,
    /// σ_z.
    pub noise: f64,
    /// Ranks of the teachers.
    pub ranks: Vec<usize>,
    /// SNRs of the error curves.
    pub curve_snrs: Vec<f64>,
    /// SNRs of the optima.
    pub optimum_snrs: Vec<f64>,
    /// Claims about optima are made from this SNR on.
    pub judged_snr: f64,
    /// t/τ of the curves.
    pub time_range: (f64, f64),
    /// Number of times plotted as points, equally spaced over the range.
    pub point_times: usize,
    /// Errors and modes are logged every so many epochs.
    pub log_every: u64,
    /// Largest relative delay of a random student's best stopping time that the claim allows; without it the claim is
    /// only that there is one.
    #[serde(default)]
    pub allowed_delay: Option<f64>,
    /// Independent draws of the data for aligned students.
    pub aligned_draws: usize,
    /// Independent draws for the exact random student; 0 for none.
    pub random_draws: usize,
    /// Shallower students of the same data, whose delay must be smaller.
    #[serde(default)]
    pub shallow_reference: Option<ShallowReference>,
}

/// How shallower students are trained for comparison; all else is as in the study itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShallowReference {
    /// L.
    pub layers: usize,
    /// Updates of each student.
    pub epochs: u64,
    /// Errors and modes are logged every so many epochs.
    pub log_every: u64,
}

/// Which of the two errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ErrorKind {
    Train,
    Test,
}

impl ErrorKind {
    const BOTH: [Self; 2] = [Self::Train, Self::Test];

    fn name(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Test => "test",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Train => "ln ε_{tr}",
            Self::Test => "ln ε_{te}",
        }
    }

    fn track(self, outcome: &TrainingOutcome) -> anyhow::Result<&ErrorTrack> {
        match self {
            Self::Train => Ok(&outcome.train),
            Self::Test => Ok(outcome.test(0)?),
        }
    }

    fn of(self, curve: &LearningCurve, t: f64) -> anyhow::Result<f64> {
        match self {
            Self::Train => Ok(curve.train_error_at(t)),
            Self::Test => Ok(curve.test_error_at(t)?),
        }
    }

    fn in_ensemble(self, ensemble: &EnsembleOutcome) -> &[ErrorStatistics] {
        match self {
            Self::Train => &ensemble.train,
            Self::Test => &ensemble.test,
        }
    }
}

impl Recipe for LearningCurves {
    const KIND: &'static str = "LearningCurves";

    fn check(&self, checks: &mut Checks<'_>) {
        title(checks, &self.title);
        checks
            .in_range("seeds", self.seeds, 1..=MOST_SEEDS)
            .in_range("inputs", self.inputs, 1..=MOST_UNITS)
            .in_range("outputs", self.outputs, 1..=MOST_UNITS)
            .in_range("hidden", self.hidden, 1..=MOST_UNITS)
            .at_least("noise", self.noise, 0.0)
            .non_empty("ranks", &self.ranks)
            .increasing("ranks", &self.ranks)
            .non_empty("curve_snrs", &self.curve_snrs)
            .increasing("curve_snrs", &self.curve_snrs)
            .non_empty("optimum_snrs", &self.optimum_snrs)
            .increasing("optimum_snrs", &self.optimum_snrs)
            .in_range("point_times", self.point_times, 2..=MOST_POINTS)
            .in_range("aligned_draws", self.aligned_draws, 2..=MOST_DRAWS);
        let snr = |c: &mut Checks<'_>, path: &str, snr: &f64| {
            c.positive(path, *snr);
        };
        checks.each("curve_snrs", &self.curve_snrs, snr).each("optimum_snrs", &self.optimum_snrs, snr);
        let most = self.inputs.min(self.outputs);
        checks.each("ranks", &self.ranks, |c, path, &rank| {
            c.at_least(path, rank, 1).consistent(
                path,
                "outputs",
                rank <= most,
                format!("must be at most min(inputs, outputs) = {most}"),
            );
        });
        judged_from(checks, ("judged_snr", self.judged_snr), ("optimum_snrs", &self.optimum_snrs));
        let draws = self.random_draws == 0 || (2..=MOST_DRAWS).contains(&self.random_draws);
        checks.require("random_draws", draws, format!("must be 0 (none) or from 2 to {MOST_DRAWS}"));
        checks.consistent(
            "random_draws",
            "layers",
            self.layers == 2 || self.random_draws == 0,
            "must be 0: the random student is solved exactly for layers = 2 only",
        );
        if let Some(delay) = self.allowed_delay {
            checks.at_least("allowed_delay", delay, 0.0);
        }
        interval(checks, "time_range", self.time_range);
        self.training_rules().alone(checks);
        if !checks.all_hold() {
            return;
        }
        self.training_rules().together(checks, self.strongest_data_mode());
        self.training_rules().plotted(checks, self.time_range, self.point_times);
        if let Some(reference) = &self.shallow_reference {
            checks
                .in_range("shallow_reference.layers", reference.layers, 1..=self.layers.saturating_sub(1))
                .in_range("shallow_reference.epochs", reference.epochs, 1..=MOST_EPOCHS)
                .at_least("shallow_reference.log_every", reference.log_every, least_log_every(reference.epochs));
        }
    }

    fn runs(&self) -> Vec<Run> {
        let mut runs = Vec::new();
        for &rank in &self.ranks {
            for snr in self.all_snrs() {
                for run in 0..self.seeds {
                    runs.push(self.aligned(rank, snr, run, 1).into());
                    runs.push(self.random(rank, snr, run).into());
                }
                runs.extend([1, 2].map(|halvings| self.aligned(rank, snr, INDEPENDENT_RUNS, halvings).into()));
                runs.push(self.ensemble(rank, snr, Start::TrainingAligned).into());
                if self.random_draws > 0 {
                    runs.push(self.ensemble(rank, snr, Start::Random).into());
                }
            }
        }
        if let Some(shallow) = self.shallow() {
            for (rank, snr) in self.judged_conditions() {
                let seeds = 0..self.seeds;
                runs.extend(seeds.flat_map(|run| {
                    [shallow.aligned(rank, snr, run, 1).into(), shallow.random(rank, snr, run).into()]
                }));
            }
        }
        runs.push(self.full_matrix_check().into());
        runs
    }

    fn assemble(&self, results: &Results) -> anyhow::Result<Assembled> {
        let rows = self.ranks.iter().map(|&rank| Row::read(self, rank, results)).collect::<anyhow::Result<Vec<_>>>()?;
        let mut figure = Figure::new("learning-curves", &self.title)
            .description(
                "Train and test error over time, least test error and best stopping time, for each rank and SNR.",
            )
            .columns(4)
            .colour_bar(ColourBar::new(self.colours(), "SNR"))
            .key(Key::line("theory (aligned)", Colour::INK, Dash::Solid))
            .key(Key::point("aligned students", Colour::INK, Shape::Circle))
            .key(Key::point("random students", Colour::INK, Shape::OpenTriangle));
        if self.random_draws > 0 {
            figure = figure.key(Key::line("exact (random)", Colour::INK, Dash::Dashed));
        }
        for row in &rows {
            for kind in ErrorKind::BOTH {
                figure = figure.panel(self.curve_panel(row, kind)?);
            }
            figure = figure.panel(self.least_error_panel(row)).panel(self.stopping_panel(row));
        }
        let verdicts = self.verdicts(&rows, results)?;
        Ok(Assembled { figure, verdicts, tables: vec![self.optima_table(&rows)], caption: self.caption() })
    }
}

/// All that is known of one SNR.
struct SnrResults<'a> {
    snr: f64,
    curve: LearningCurve,
    aligned: Vec<&'a TrainingOutcome>,
    random: Vec<&'a TrainingOutcome>,
    optima: Optima,
    shallow_optima: Option<Optima>,
    ensemble: &'a EnsembleOutcome,
    random_ensemble: Option<&'a EnsembleOutcome>,
    coarse: &'a TrainingOutcome,
    fine: &'a TrainingOutcome,
}

/// Best stopping of students on the same data, seed by seed.
struct Optima {
    aligned: Optimum,
    random: Optimum,
}

impl Optima {
    /// Relative delay of each random student's best stopping time.
    fn delays(&self) -> Vec<f64> {
        self.random.time.iter().zip(&self.aligned.time).map(|(random, aligned)| random / aligned - 1.0).collect()
    }
}

/// All that is known of one rank.
struct Row<'a> {
    rank: usize,
    snrs: Vec<SnrResults<'a>>,
}

impl<'a> Row<'a> {
    fn read(config: &LearningCurves, rank: usize, results: &'a Results) -> anyhow::Result<Self> {
        let shallow = config.shallow();
        let read = |snr: f64| -> anyhow::Result<SnrResults<'a>> {
            let aligned = config.all_seeds(results, |run| config.aligned(rank, snr, run, 1))?;
            let random = config.all_seeds(results, |run| config.random(rank, snr, run))?;
            let shallow_optima = match &shallow {
                Some(shallow) if config.judges(snr) => {
                    let aligned = config.all_seeds(results, |run| shallow.aligned(rank, snr, run, 1))?;
                    let random = config.all_seeds(results, |run| shallow.random(rank, snr, run))?;
                    Some(Optima { aligned: config.optimum(&aligned)?, random: config.optimum(&random)? })
                }
                _ => None,
            };
            let (task, student) = (config.theory_task(rank, snr)?, config.theory_student()?);
            let random_ensemble = match config.random_draws {
                0 => None,
                _ => Some(results.ensemble(&config.ensemble(rank, snr, Start::Random))?),
            };
            Ok(SnrResults {
                snr,
                curve: LearningCurve::new(&task, &student),
                optima: Optima { aligned: config.optimum(&aligned)?, random: config.optimum(&random)? },
                shallow_optima,
                aligned,
                random,
                ensemble: results.ensemble(&config.ensemble(rank, snr, Start::TrainingAligned))?,
                random_ensemble,
                coarse: results.training(&config.aligned(rank, snr, INDEPENDENT_RUNS, 1))?,
                fine: results.training(&config.aligned(rank, snr, INDEPENDENT_RUNS, 2))?,
            })
        };
        Ok(Self { rank, snrs: config.all_snrs().into_iter().map(read).collect::<anyhow::Result<_>>()? })
    }

    fn at(&self, snrs: &'a [f64]) -> impl Iterator<Item = &SnrResults<'a>> {
        self.snrs.iter().filter(|s| snrs.contains(&s.snr))
    }
}

// What is run.
impl LearningCurves {
    fn training_rules(&self) -> TrainingRules {
        TrainingRules {
            layers: self.layers,
            epsilon: self.epsilon,
            learning_rate: self.learning_rate,
            epochs: self.epochs,
            log_every: self.log_every,
        }
    }

    fn tau(&self) -> f64 {
        1.0 / self.learning_rate
    }

    fn all_snrs(&self) -> Vec<f64> {
        let mut snrs: Vec<f64> = self.curve_snrs.iter().chain(&self.optimum_snrs).copied().collect();
        snrs.sort_by(f64::total_cmp);
        snrs.dedup();
        snrs
    }

    /// Whether the claims about optima speak of this SNR.
    fn judges(&self, snr: f64) -> bool {
        self.optimum_snrs.contains(&snr) && snr >= self.judged_snr
    }

    /// Every rank and SNR that the claims about optima speak of.
    fn judged_conditions(&self) -> impl Iterator<Item = (usize, f64)> {
        let judged = |snr: &f64| self.judges(*snr);
        self.ranks
            .iter()
            .flat_map(move |&rank| self.optimum_snrs.iter().copied().filter(judged).map(move |snr| (rank, snr)))
    }

    /// The same study with the shallower students of the reference.
    fn shallow(&self) -> Option<Self> {
        let ShallowReference { layers, epochs, log_every } = *self.shallow_reference.as_ref()?;
        Some(Self { layers, epochs, log_every, shallow_reference: None, ..self.clone() })
    }

    fn all_seeds<'r>(
        &self,
        results: &'r Results,
        experiment: impl Fn(u64) -> Experiment,
    ) -> anyhow::Result<Vec<&'r TrainingOutcome>> {
        (0..self.seeds).map(|run| results.training(&experiment(run))).collect()
    }

    fn optimum(&self, outcomes: &[&TrainingOutcome]) -> anyhow::Result<Optimum> {
        let minima = outcomes.iter().map(|o| Ok(o.test(0)?.least)).collect::<anyhow::Result<Vec<_>>>()?;
        Ok(Optimum::of(minima, self.tau()))
    }

    fn task(&self, rank: usize, snr: f64) -> TaskSpec {
        TaskSpec { noise: self.noise, ..TaskSpec::single(self.inputs, self.outputs, &strengths_of(rank, snr)) }
    }

    fn student(&self) -> StudentSpec {
        StudentSpec::new(self.hidden, self.layers, self.epsilon)
    }

    fn training(&self) -> Training {
        Training::new(self.learning_rate, self.epochs, Schedule::every(self.log_every))
    }

    /// An aligned student whose step is `1/divisor` of the config's, over the same time.
    fn aligned(&self, rank: usize, snr: f64, run: u64, divisor: u64) -> Experiment {
        let training = self.training();
        let training = Training {
            learning_rate: training.learning_rate / divisor as f64,
            epochs: training.epochs * divisor,
            schedule: Schedule::every(self.log_every * divisor),
            ..training
        };
        let draw = Draw { seed: self.seed, run };
        Experiment::Aligned(AlignedSpec {
            task: self.task(rank, snr),
            student: self.student(),
            training,
            tracked_modes: 0,
            draw,
        })
    }

    fn linear(&self, rank: usize, snr: f64, run: u64, start: Start) -> Experiment {
        let tracked_modes = if start == Start::Random { rank } else { 0 };
        let draw = Draw { seed: self.seed, run };
        Experiment::Linear(LinearSpec {
            task: self.task(rank, snr),
            student: self.student(),
            start,
            training: self.training(),
            tracked_modes,
            stepping: Stepping::Jumps,
            draw,
        })
    }

    fn random(&self, rank: usize, snr: f64, run: u64) -> Experiment {
        self.linear(rank, snr, run, Start::Random)
    }

    /// One aligned student with full matrices, to be compared with its scalar recursion.
    fn full_matrix_check(&self) -> Experiment {
        self.linear(self.ranks[0], self.curve_snrs[0], 0, Start::TrainingAligned)
    }

    fn ensemble(&self, rank: usize, snr: f64, start: Start) -> EnsembleSpec {
        EnsembleSpec {
            inputs: self.inputs,
            outputs: self.outputs,
            examples: self.inputs,
            noise: self.noise,
            strengths: strengths_of(rank, snr),
            hidden: self.hidden,
            layers: self.layers,
            epsilon: self.epsilon,
            start,
            times: self.point_epochs().iter().map(|&epoch| epoch as f64 / self.tau()).collect(),
            t_max: self.epochs as f64 / self.tau(),
            draws: if start == Start::Random { self.random_draws } else { self.aligned_draws },
            seed: self.seed,
        }
    }

    fn point_epochs(&self) -> Vec<u64> {
        let times = linear_grid(self.time_range.0, self.time_range.1, self.point_times);
        times.iter().map(|t| (t * self.tau()).round() as u64).collect()
    }

    fn theory_task(&self, rank: usize, snr: f64) -> anyhow::Result<Task> {
        Ok(Task::new(self.inputs, self.outputs, &strengths_of(rank, snr))?.with_noise(self.noise)?)
    }

    fn theory_student(&self) -> anyhow::Result<Student> {
        Ok(Student::new(self.hidden, self.layers, self.epsilon)?)
    }

    /// The largest predicted ŝ over all ranks and SNRs; 0 if the theory refuses them.
    fn strongest_data_mode(&self) -> f64 {
        let (Some(&rank), Some(snr)) = (self.ranks.last(), self.all_snrs().last().copied()) else { return 0.0 };
        let noise = self.noise * self.noise / self.inputs as f64;
        theory::SpikedMatrix::new(self.outputs, self.inputs, noise)
            .map_or(0.0, |m| m.strength(strengths_of(rank, snr)[0]))
    }
}
