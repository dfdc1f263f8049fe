//! Aligned students on fewer or more examples than inputs, orthonormal and gaussian (fig11).

mod panels;
#[cfg(test)]
mod tests;

use crate::config::Checks;
use crate::runs::results::Results;
use crate::runs::run::Run;
use crate::runs::summary::Summary;
use crate::study::draws::Draws;
use crate::study::rules::{self, MOST_DRAWS, MOST_POINTS, MOST_SEEDS, MOST_UNITS, ascending_positive, title};
use crate::study::students::{HalvedStep, Students};
use crate::study::{Assembled, Claims, ErrorKind, LatestBest, LinePoint, Optimum, Recipe, Setup, Wanted, censored};
use crate::wanted;
use serde::{Deserialize, Serialize};
use sim::{InputKind, Start, TaskSpec};

/// One hidden layer; the weights of a student are two matrices.
const LAYERS: usize = 2;

/// Aligned students with one hidden layer on rank-1 teachers, over numbers of examples.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VaryingExamples {
    /// Heading of the figure.
    pub title: String,
    /// Seed of the study.
    pub seed: u64,
    /// Independent repetitions.
    pub seeds: u64,
    /// Repetitions of students with orthonormal inputs, which are cheap and judge the lines; the first `seeds` are drawn.
    pub line_seeds: u64,
    /// N₁.
    pub inputs: usize,
    /// N₃.
    pub outputs: usize,
    /// N₂.
    pub hidden: usize,
    /// ε.
    pub epsilon: f64,
    /// λ.
    pub learning_rate: f64,
    /// Updates of each student.
    pub epochs: u64,
    /// σ_z.
    pub noise: f64,
    /// P, N₁ among them.
    pub examples: Vec<usize>,
    /// SNRs of the optima.
    pub snrs: Vec<f64>,
    /// SNR of the error curves.
    pub curve_snr: f64,
    /// P of the error curves.
    pub curve_examples: Vec<usize>,
    /// t/τ of the curves.
    pub time_range: (f64, f64),
    /// Number of times plotted as points, equally spaced over the range.
    pub point_times: usize,
    /// Errors are logged every so many epochs.
    pub log_every: u64,
    /// Independent draws of the data.
    pub aligned_draws: usize,
}

/// All that is known of one P and SNR.
struct Condition {
    examples: usize,
    snr: f64,
    /// All students with orthonormal inputs, the drawn ones first.
    orthonormal: Students,
    optimum: Optimum,
    finals: Vec<f64>,
    gaussian: Optimum,
    gaussian_finals: Vec<f64>,
    draws: Draws,
    step: HalvedStep,
}

impl Condition {
    fn place(&self) -> String {
        format!("SNR {}, P = {}", self.snr, self.examples)
    }

    /// Least ln ε_te with gaussian minus that with orthonormal inputs, seed by seed.
    fn gaps(&self) -> Vec<f64> {
        self.gaussian.log_error.iter().zip(&self.optimum.log_error).map(|(gaussian, own)| gaussian - own).collect()
    }
}

impl Recipe for VaryingExamples {
    const KIND: &'static str = "VaryingExamples";

    fn check(&self, checks: &mut Checks<'_>) {
        title(checks, &self.title);
        rules::runs(checks, "seeds", self.seeds, &[self.examples.len(), self.snrs.len(), 4]);
        self.setup(self.inputs).check(checks);
        checks
            .in_range("seeds", self.seeds, 1..=MOST_SEEDS)
            .in_range("line_seeds", self.line_seeds, self.seeds..=MOST_SEEDS)
            .non_empty("examples", &self.examples)
            .increasing("examples", &self.examples)
            .each("examples", &self.examples, |c, path, &p| {
                c.in_range(path, p, 1..=MOST_UNITS);
            })
            .non_empty("curve_examples", &self.curve_examples)
            .increasing("curve_examples", &self.curve_examples)
            .in_range("point_times", self.point_times, 2..=MOST_POINTS)
            .in_range("aligned_draws", self.aligned_draws, 2..=MOST_DRAWS);
        ascending_positive(checks, "snrs", &self.snrs);
        if !checks.all_hold() {
            return;
        }
        let rule = "must hold P = N₁, where the claims expect the peak";
        checks.consistent("examples", "inputs", self.examples.contains(&self.inputs), rule);
        checks.consistent("curve_snr", "snrs", self.snrs.contains(&self.curve_snr), "must be one of snrs");
        checks.each("curve_examples", &self.curve_examples, |c, path, p| {
            c.consistent(path, "examples", self.examples.contains(p), "must be one of examples");
        });
        self.setup(self.inputs).check_times(checks, self.time_range, self.point_times);
        let strongest = &self.snrs[self.snrs.len() - 1..];
        let steepness = |&&examples: &&usize| self.setup(examples).steepest_rate(strongest);
        let steepest = self.examples.iter().max_by(|a, b| steepness(a).total_cmp(&steepness(b)));
        self.setup(steepest.copied().unwrap_or(self.inputs)).check_beside(checks, strongest);
    }

    fn runs(&self) -> Vec<Run> {
        self.wanted().runs().to_vec()
    }

    fn advice(&self) -> anyhow::Result<Vec<String>> {
        let curve = |examples: usize, snr: f64| -> anyhow::Result<_> {
            Ok((format!("P = {examples}, SNR {snr}"), self.setup(examples).curve(&[snr])?))
        };
        let all = self.examples.iter().flat_map(|&examples| self.snrs.iter().map(move |&snr| curve(examples, snr)));
        let drawn = self.curve_examples.iter().map(|&examples| curve(examples, self.curve_snr));
        let epochs = |latest: LatestBest| latest.epochs("epochs", self.epochs, self.learning_rate);
        let range = |latest: LatestBest| latest.time_range("time_range", self.time_range.1);
        let advice = [LatestBest::of(all)?.and_then(epochs), LatestBest::of(drawn)?.and_then(range)];
        Ok(advice.into_iter().flatten().collect())
    }

    fn assemble(&self, results: &Results) -> anyhow::Result<Assembled> {
        let conditions = self.wanted().read(results)?;
        let (figure, claims) = (self.figure(&conditions)?, self.claims(&conditions)?);
        let tables = vec![self.optima_table(&conditions)];
        Ok(Assembled { figure, claims, tables, caption: self.caption() })
    }
}

// What is run.
impl VaryingExamples {
    fn setup(&self, examples: usize) -> Setup {
        let Self { seed, inputs, outputs, hidden, epsilon, learning_rate, epochs, noise, .. } = *self;
        let (layers, log_every) = (LAYERS, Some(self.log_every));
        let student = Setup { hidden, layers, epsilon, learning_rate, epochs, log_every, ..Setup::default() };
        Setup { seed, inputs, outputs, examples, noise, ..student }
    }

    fn point_epochs(&self) -> Vec<u64> {
        self.setup(self.inputs).epochs_at(self.time_range, self.point_times)
    }

    /// Every SNR with every P, P fastest.
    fn wanted(&self) -> Wanted<'_, Vec<Condition>> {
        let of_snr = |&snr: &f64| self.examples.iter().map(move |&examples| self.condition(examples, snr));
        Wanted::all(self.snrs.iter().flat_map(of_snr))
    }

    fn condition(&self, examples: usize, snr: f64) -> Wanted<'_, Condition> {
        let setup = self.setup(examples);
        let times = setup.times_of(&self.point_epochs());
        let task = |input_kind| TaskSpec { input_kind, ..setup.task(&[snr]) };
        let (orthonormal, gaussian) = (task(InputKind::Orthonormal), task(InputKind::Gaussian));
        let of_orthonormal = || setup.aligned_students(&orthonormal, 0..self.seeds);
        let of_gaussian = || setup.linear_students(&gaussian, Start::TrainingAligned, 0, 0..self.seeds);
        wanted!(Condition {
            orthonormal: setup.aligned_students(&orthonormal, 0..self.line_seeds),
            optimum: of_orthonormal().map(|students| students.optimum(0)),
            finals: of_orthonormal().map(|students| students.final_log_errors(0)),
            gaussian: of_gaussian().map(|students| students.optimum(0)),
            gaussian_finals: of_gaussian().map(|students| students.final_log_errors(0)),
            draws: setup.growing_draws(&[snr], &times, self.aligned_draws),
            step: setup.halved_step(&orthonormal);
            examples: examples, snr: snr
        })
    }
}

// What is claimed.
impl VaryingExamples {
    fn claims(&self, conditions: &[Condition]) -> anyhow::Result<Claims> {
        let mut claims = Claims::new();
        for (kind, panel) in ErrorKind::BOTH.into_iter().zip(["a", "b"]) {
            let quantity = format!("aligned students' ln {} error over time for every P", kind.name());
            claims.on_line(&quantity, panel, self.line_points(conditions, kind)?);
        }
        let least = |c: &Condition| -> anyhow::Result<LinePoint> {
            let point = LinePoint::new(c.place(), c.draws.least_errors()?);
            let at_threshold = self.setup(c.examples).is_at_threshold(c.snr)?;
            let (students, step) = (c.orthonormal.optimum(0)?, c.step.of_least_error()?);
            Ok(point.simulated(students.log_error_summary(), step).at_threshold(at_threshold))
        };
        let unreached = || censored(conditions.iter().map(|c| &c.optimum));
        let points = conditions.iter().map(least).collect::<anyhow::Result<Vec<_>>>()?;
        claims.on_line("least ln ε_te for every P and SNR", "c", points).unless(unreached());

        let [fewest, most] = [self.examples[0], self.examples[self.examples.len() - 1]];
        let pairs = |examples: usize, number: fn(&Condition) -> Vec<f64>| {
            let squares = conditions.iter().filter(|c| c.examples == self.inputs);
            squares.filter_map(move |square| {
                let other = conditions.iter().find(|c| c.snr == square.snr && c.examples == examples)?;
                let (at_inputs, others) = (number(square), number(other));
                Some((format!("{}, beside P = {}", other.place(), self.inputs), at_inputs, others))
            })
        };
        let least = |c: &Condition| c.optimum.log_error.clone();
        let (rising, falling) = (pairs(fewest, least), pairs(most, least));
        let falls = rising
            .map(|(at, square, few)| (at, Summary::of_differences(&few, &square)))
            .chain(falling.map(|(at, square, many)| (at, Summary::of_differences(&square, &many))));
        let claim = "least ln ε_te falls from the fewest examples to P = N₁ and on to the most (means)";
        claims.positive(claim, "c", falls.filter(|(at, _)| !at.contains(&same(self.inputs)))).unless(unreached());
        claims.tell("The least test error falls with P at every SNR.");

        let others = self.examples.iter().filter(|examples| **examples != self.inputs);
        let peaks = others.flat_map(|&examples| pairs(examples, |c| c.finals.clone()));
        let peaks = peaks.map(|(at, square, other)| (at, Summary::of_differences(&square, &other)));
        claims.positive("the final ln ε_te is highest at P = N₁ (means)", "b", peaks).tell(
            "The final test error is worst at P = N₁: more examples average the noise, fewer leave the student's map on the \
             unseen directions as it started.",
        );

        // Averages over P, or over SNR, of which each seed gives one: single conditions scatter too much to tell.
        let over = |conditions: &[&Condition]| -> Summary {
            let gaps: Vec<Vec<f64>> = conditions.iter().map(|c| c.gaps()).collect();
            let mean = |seed: usize| gaps.iter().map(|gap| gap[seed]).sum::<f64>() / gaps.len() as f64;
            Summary::of(&(0..self.seeds as usize).map(mean).collect::<Vec<_>>())
        };
        let of_snr =
            |&snr: &f64| (format!("SNR {snr}"), over(&conditions.iter().filter(|c| c.snr == snr).collect::<Vec<_>>()));
        let unreached = censored(conditions.iter().flat_map(|c| [&c.optimum, &c.gaussian]));
        let claim = "gaussian inputs have a higher least ln ε_te than orthonormal ones, on average over P";
        claims.positive(claim, "d", self.snrs.iter().map(of_snr)).unless(unreached.clone());
        claims.tell("Gaussian inputs cost test error.");

        let widest = [fewest, most].into_iter().filter(|examples| *examples != self.inputs).map(|examples| {
            let gaps: Vec<(Vec<f64>, Vec<f64>)> =
                pairs(examples, Condition::gaps).map(|(_, square, other)| (square, other)).collect();
            let mean = |seed: usize| gaps.iter().map(|(square, other)| square[seed] - other[seed]).sum::<f64>();
            let means: Vec<f64> = (0..self.seeds as usize).map(|seed| mean(seed) / gaps.len() as f64).collect();
            (format!("P = {examples}"), Summary::of(&means))
        });
        let claim = "that gap is wider at P = N₁ than at the fewest and at the most examples, on average over SNR";
        claims.positive(claim, "d", widest).unless(unreached).tell("They cost most where P is near N₁.");
        Ok(claims)
    }

    /// The conditions of the error curves.
    fn curves<'a>(&'a self, conditions: &'a [Condition]) -> impl Iterator<Item = &'a Condition> {
        conditions.iter().filter(|c| c.snr == self.curve_snr && self.curve_examples.contains(&c.examples))
    }

    fn line_points(&self, conditions: &[Condition], kind: ErrorKind) -> anyhow::Result<Vec<LinePoint>> {
        let mut points = Vec::new();
        for c in self.curves(conditions) {
            points.extend(c.draws.line_points(kind, &c.place(), &c.orthonormal, &c.step, &self.point_epochs())?);
        }
        Ok(points)
    }
}

/// How a place names P = N₁ itself.
fn same(inputs: usize) -> String {
    format!("P = {inputs}, beside P = {inputs}")
}
