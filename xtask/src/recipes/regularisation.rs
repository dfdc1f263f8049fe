//! What to do about noise: stop in time, let the weights decay, both, or shrink; from lazy to rich starts; low-rank adaptation (figx4).

mod claims;
mod panels;
#[cfg(test)]
mod tests;

use crate::config::Checks;
use crate::runs::ensemble::{Brakes, EnsembleOutcome, NoiseKnowledge, shrunk};
use crate::runs::results::Results;
use crate::runs::run::Run;
use crate::study::draws::Draws;
use crate::study::line::SIZES;
use crate::study::rules::{MOST_DRAWS, MOST_EPOCHS, MOST_SEEDS, MOST_UNITS, descending_positive, title};
use crate::study::students::{HalvedStep, Students};
use crate::study::{Assembled, Found, Recipe, Setup, Wanted};
use crate::wanted;
use serde::{Deserialize, Serialize};
use sim::{
    Experiment, LeakyReluSpec, LeakyReluStart, LeakyReluStudentSpec, OutputUnits, Precision, Start, TeacherKind,
};

/// Students with one hidden layer against noise. Field names are the keys of configs.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Regularisation {
    /// Heading of the figure.
    pub title: String,
    /// Seed of the study.
    pub seed: u64,
    /// Independent repetitions of aligned students.
    pub seeds: u64,
    /// N₁.
    pub inputs: usize,
    /// N₃.
    pub outputs: usize,
    /// N₂.
    pub hidden: usize,
    /// ε.
    pub epsilon: f64,
    /// λ of students in balance; divided by 1 + |balance|/4 for others, which learn faster.
    pub learning_rate: f64,
    /// Updates of each student.
    pub epochs: u64,
    /// Updates of students with decay and without a time limit.
    pub long_epochs: u64,
    /// Errors are logged every so many epochs.
    pub log_every: u64,
    /// σ_z.
    pub noise: f64,
    /// Independent draws of the data for aligned students, at this size; half as many at twice it, a quarter at four times.
    pub draws: usize,
    /// Repetitions of random students, and draws of their exact solution.
    pub random_seeds: u64,
    /// See there.
    pub random_draws: usize,
    /// t/τ of the error curves, and how many times are plotted.
    pub time_range: (f64, f64),
    /// See there.
    pub point_times: usize,
    /// Teachers whose strengths have one shape, the weaker first.
    pub ladder: Vec<BrakedTeacher>,
    /// Teachers of different shapes.
    pub teachers: Vec<BrakedTeacher>,
    /// Which of them has its error curves shown.
    pub shown: usize,
    /// Least share of the gap between stopping and shrinkage that decay and stopping together close where several modes differ.
    pub gap_closed: f64,
    /// Leaky-ReLU students.
    pub nonlinear: NonlinearStudents,
    /// From rich to lazy starts.
    pub lazy: LazyStarts,
    /// Low-rank adaptation.
    pub adaptation: Adaptation,
}

/// A teacher, and the decays that are best for it in closed form (`theory regularisation` prints them).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BrakedTeacher {
    /// s̄.
    pub strengths: Vec<f64>,
    /// γ, together with the best time.
    pub decay: f64,
    /// γ, without a time limit.
    pub decay_alone: f64,
}

/// Leaky-ReLU students of linear teachers, smaller than the linear ones.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NonlinearStudents {
    /// N₁.
    pub inputs: usize,
    /// N₃.
    pub outputs: usize,
    /// N₂.
    pub hidden: usize,
    /// Slope of a unit below 0.
    pub slope: f64,
    /// ε.
    pub epsilon: f64,
    /// λ.
    pub learning_rate: f64,
    /// Updates of each student.
    pub epochs: u64,
    /// Independent repetitions.
    pub seeds: u64,
    /// Teachers, with the decays that are best for linear students of this size.
    pub teachers: Vec<BrakedTeacher>,
    /// γ in units of each teacher's best decay beside the best time, 0 first and 1 among them.
    pub decay_factors: Vec<f64>,
}

/// Starts out of balance.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LazyStarts {
    /// s̄ of the teacher.
    pub strengths: Vec<f64>,
    /// Sizes of the balance, 0 first; students start with both signs.
    pub balances: Vec<f64>,
}

/// A frozen map is adapted to a task that differs from it by a map of low rank.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Adaptation {
    /// Singular values of the difference.
    pub strengths: Vec<f64>,
    /// Ranks of the adapters, increasing.
    pub ranks: Vec<usize>,
    /// a: W₁ starts as a times orthonormal rows, increasing.
    pub scales: Vec<f64>,
    /// What the product of the adapter's matrices starts at, practically 0.
    pub epsilon: f64,
}

impl Recipe for Regularisation {
    const KIND: &'static str = "Regularisation";

    fn check(&self, checks: &mut Checks<'_>) {
        title(checks, &self.title);
        self.setup(0.0).check(checks);
        checks
            .positive("noise", self.noise)
            .in_range("seeds", self.seeds, 2..=MOST_SEEDS)
            .in_range("random_seeds", self.random_seeds, 2..=MOST_SEEDS)
            .in_range("long_epochs", self.long_epochs, 1..=MOST_EPOCHS)
            .in_range("draws", self.draws, 4..=MOST_DRAWS)
            .at_least("point_times", self.point_times, 2)
            .in_range("random_draws", self.random_draws, 2..=MOST_DRAWS)
            .in_range("shown", self.shown, 0..=self.teachers.len().saturating_sub(1))
            .in_range("gap_closed", self.gap_closed, 0.0..=1.0)
            .at_least("ladder", self.ladder.len(), 2)
            .non_empty("teachers", &self.teachers)
            .each("ladder", &self.ladder, |c, path, teacher| self.check_teacher(c, path, teacher, self.outputs))
            .each("teachers", &self.teachers, |c, path, teacher| self.check_teacher(c, path, teacher, self.outputs));
        self.check_nonlinear(checks);
        descending_positive(checks, "lazy.strengths", &self.lazy.strengths);
        let sizes = self.lazy.balances.len() >= 2 && self.lazy.balances[0] == 0.0;
        checks.require("lazy.balances", sizes, "must hold 0 first, and sizes of a balance after it");
        checks.increasing("lazy.balances", &self.lazy.balances);
        let most = self.inputs.min(self.outputs);
        checks.in_range("hidden", self.hidden, 1..=most);
        descending_positive(checks, "adaptation.strengths", &self.adaptation.strengths);
        checks
            .at_least("adaptation.ranks", self.adaptation.ranks.len(), 2)
            .increasing("adaptation.ranks", &self.adaptation.ranks)
            .each("adaptation.ranks", &self.adaptation.ranks, |c, path, &rank| {
                c.in_range(path, rank, 1..=most);
            })
            .at_least("adaptation.scales", self.adaptation.scales.len(), 2)
            .increasing("adaptation.scales", &self.adaptation.scales)
            .each("adaptation.scales", &self.adaptation.scales, |c, path, &scale| {
                c.in_range(path, scale, 1e-6..=1e3);
            })
            .in_range("adaptation.epsilon", self.adaptation.epsilon, 1e-15..=1e-6);
        let ranks = [&self.lazy.strengths, &self.adaptation.strengths].iter().all(|s| s.len() <= most);
        checks.require("outputs", ranks, "must be at least the number of strengths of every teacher");
        let own = self.adaptation.ranks.contains(&self.adaptation.strengths.len());
        let rule = "must hold the rank of the difference, which is the number of `adaptation.strengths`";
        checks.consistent("adaptation.ranks", "adaptation.strengths", own, rule);
        if !checks.all_hold() {
            return;
        }
        self.setup(0.0).check_times(checks, self.time_range, self.point_times);
        for teacher in self.ladder.iter().chain(&self.teachers) {
            self.setup(0.0).check_beside(checks, &teacher.strengths);
        }
        self.balanced(-self.adaptation.scales[self.adaptation.scales.len() - 1].powi(2))
            .check_beside(checks, &self.adaptation.strengths);
        self.balanced(self.lazy.balances[self.lazy.balances.len() - 1]).check_beside(checks, &self.lazy.strengths);
    }

    fn runs(&self) -> Vec<Run> {
        self.wanted().runs().to_vec()
    }

    fn assemble(&self, results: &Results) -> anyhow::Result<Assembled> {
        let measured = self.wanted().read(results)?;
        let (figure, claims) = (self.figure(&measured)?, self.claims(&measured)?);
        Ok(Assembled { figure, claims, tables: vec![self.table(&measured)?], caption: self.caption() })
    }
}

/// All that the figure is made of.
struct Measured {
    curves: Vec<Way>,
    ladder: Vec<Condition>,
    teachers: Vec<Condition>,
    nonlinear: Vec<Vec<Students>>,
    lazy: Vec<Balanced>,
    adapters: Vec<Vec<Adapter>>,
}

/// Aligned students with one decay, with draws of their data.
struct Way {
    decay: f64,
    students: Students,
    draws: Draws,
    step: HalvedStep,
}

/// One teacher by all means against noise, on the same data seed by seed.
struct Condition {
    strengths: Vec<f64>,
    stopping: Way,
    both: Way,
    alone: Way,
    /// The error of the algorithm that shrinks singular values, per seed.
    shrunk: Vec<f64>,
}

/// Students with one size of the balance.
struct Balanced {
    balance: f64,
    aligned: Way,
    /// Random students and their exact solution, for a positive balance and a negative one.
    random: Vec<Random>,
}

/// Random students beside draws of their exact solution.
struct Random {
    balance: f64,
    students: Students,
    exact: Found<EnsembleOutcome>,
}

/// Adapters of one rank and scale.
struct Adapter {
    scale: f64,
    random: Random,
    step: HalvedStep,
}

/// A teacher in words: (6, 4, 2).
fn name(strengths: &[f64]) -> String {
    let list: Vec<String> = strengths.iter().map(|s| ((s * 1e3).round() / 1e3).to_string()).collect();
    format!("({})", list.join(", "))
}

// Rules of parts.
impl Regularisation {
    fn check_teacher(&self, checks: &mut Checks<'_>, path: &str, teacher: &BrakedTeacher, outputs: usize) {
        descending_positive(checks, &format!("{path}.strengths"), &teacher.strengths);
        let fits = teacher.strengths.len() <= outputs.min(self.inputs);
        checks
            .require(&format!("{path}.strengths"), fits, "must have at most min(inputs, outputs) strengths")
            .at_least(&format!("{path}.decay"), teacher.decay, 0.0)
            .at_least(&format!("{path}.decay_alone"), teacher.decay_alone, 0.0);
    }

    fn check_nonlinear(&self, checks: &mut Checks<'_>) {
        let small = &self.nonlinear;
        checks
            .in_range("nonlinear.inputs", small.inputs, 1..=MOST_UNITS)
            .in_range("nonlinear.outputs", small.outputs, 1..=MOST_UNITS)
            .in_range("nonlinear.hidden", small.hidden, 1..=MOST_UNITS)
            .in_range("nonlinear.slope", small.slope, 0.0..=1.0)
            .positive("nonlinear.epsilon", small.epsilon)
            .positive("nonlinear.learning_rate", small.learning_rate)
            .in_range("nonlinear.epochs", small.epochs, 1..=MOST_EPOCHS)
            .in_range("nonlinear.seeds", small.seeds, 2..=MOST_SEEDS)
            .non_empty("nonlinear.teachers", &small.teachers)
            .each("nonlinear.teachers", &small.teachers, |c, path, teacher| {
                self.check_teacher(c, path, teacher, small.outputs.min(small.inputs));
            })
            .increasing("nonlinear.decay_factors", &small.decay_factors);
        let factors = small.decay_factors.first() == Some(&0.0) && small.decay_factors.contains(&1.0);
        checks.require("nonlinear.decay_factors", factors, "must hold 0 first, and 1");
        if checks.all_hold() {
            let strongest = small.teachers.iter().flat_map(|t| &t.strengths).fold(0.0, |a: f64, b| a.max(*b));
            let bound =
                self.small(0.0).student().learning_rate_bound(self.small(0.0).steepest_rate(&[strongest]), 1.0, 0.0);
            checks.below("nonlinear.learning_rate", small.learning_rate, bound);
        }
    }
}

// What is run.
impl Regularisation {
    /// Aligned students with this decay.
    fn setup(&self, decay: f64) -> Setup {
        let Self { seed, inputs, outputs, hidden, epsilon, learning_rate, epochs, noise, .. } = *self;
        let brakes = Brakes { decay, balance: 0.0 };
        let (examples, layers, log_every) = (inputs, 2, Some(self.log_every));
        Setup {
            seed,
            inputs,
            outputs,
            examples,
            noise,
            hidden,
            layers,
            epsilon,
            learning_rate,
            epochs,
            log_every,
            brakes,
        }
    }

    /// The same without a time limit.
    fn long(&self, decay: f64) -> Setup {
        Setup { epochs: self.long_epochs, log_every: None, ..self.setup(decay) }
    }

    /// Students with this balance, with smaller steps where it makes them learn faster.
    fn balanced(&self, balance: f64) -> Setup {
        let learning_rate = self.learning_rate / (1.0 + balance.abs() / 4.0);
        Setup { learning_rate, log_every: None, brakes: Brakes { decay: 0.0, balance }, ..self.setup(0.0) }
    }

    /// An adapter of this rank and scale, in place of a student.
    fn adapter(&self, rank: usize, scale: f64) -> Setup {
        Setup { hidden: rank, epsilon: self.adaptation.epsilon, ..self.balanced(-scale * scale) }
    }

    /// Linear students of the size of the leaky-ReLU ones.
    fn small(&self, decay: f64) -> Setup {
        let NonlinearStudents { inputs, outputs, hidden, epsilon, learning_rate, epochs, .. } = self.nonlinear;
        let (examples, log_every) = (inputs, None);
        Setup { inputs, outputs, examples, hidden, epsilon, learning_rate, epochs, log_every, ..self.setup(decay) }
    }

    fn wanted(&self) -> Wanted<'_, Measured> {
        let shown = &self.teachers[self.shown];
        let times = self.setup(0.0).times_of(&self.setup(0.0).epochs_at(self.time_range, self.point_times));
        let curves = [0.0, 0.5, 1.0, 2.0].map(|factor| {
            let setup = self.setup(factor * shown.decay);
            self.way(setup, &shown.strengths, &times, &SIZES)
        });
        let small = |teacher| Wanted::all(self.nonlinear.decay_factors.iter().map(move |f| self.leaky(teacher, *f)));
        let ranks = self.adaptation.ranks.iter();
        let adapters =
            ranks.map(|&rank| Wanted::all(self.adaptation.scales.iter().map(move |a| self.adapted(rank, *a))));
        wanted!(Measured {
            curves: Wanted::all(curves),
            ladder: Wanted::all(self.ladder.iter().map(|teacher| self.condition(teacher, &SIZES[..1]))),
            teachers: Wanted::all(self.teachers.iter().map(|teacher| self.condition(teacher, &SIZES))),
            nonlinear: Wanted::all(self.nonlinear.teachers.iter().map(small)),
            lazy: Wanted::all(self.lazy.balances.iter().map(|balance| self.lazy_start(*balance))),
            adapters: Wanted::all(adapters),
        })
    }

    fn way(&self, setup: Setup, strengths: &[f64], times: &[f64], sizes: &[usize]) -> Wanted<'_, Way> {
        let task = setup.task(strengths);
        wanted!(Way {
            students: setup.aligned_students(&task, 0..self.seeds),
            draws: setup.draws_at(sizes, strengths, times, self.draws),
            step: setup.halved_step(&task);
            decay: setup.brakes.decay
        })
    }

    fn condition(&self, teacher: &BrakedTeacher, sizes: &[usize]) -> Wanted<'_, Condition> {
        let (setup, strengths) = (self.setup(0.0), teacher.strengths.clone());
        let (alone, both) = (self.long(teacher.decay_alone), self.setup(teacher.decay));
        let known = strengths.clone();
        let spectra = (0..self.seeds).map(|run| Wanted::spectrum(setup.spectrum(setup.task(&strengths), run)));
        let shrunk = Wanted::all(spectra).map(move |spectra| {
            let task = setup.theory_task(&known)?;
            let error = |data: &Found<sim::SpectrumOutcome>| {
                Ok(data.test_error_of(0, &shrunk(&task, &data.data_strengths, NoiseKnowledge::Known)?)?)
            };
            spectra.iter().map(error).collect::<anyhow::Result<Vec<_>>>()
        });
        wanted!(Condition {
            stopping: self.way(setup, &strengths, &[], sizes),
            both: self.way(both, &strengths, &[], sizes),
            alone: self.way(alone, &strengths, &[alone.last_time()], sizes),
            shrunk: shrunk;
            strengths: strengths.clone()
        })
    }

    /// Leaky-ReLU students of a teacher with a decay.
    fn leaky(&self, teacher: &BrakedTeacher, factor: f64) -> Wanted<'_, Students> {
        let (setup, small) = (self.small(factor * teacher.decay), &self.nonlinear);
        let start = LeakyReluStart::Orthogonal { epsilon: small.epsilon };
        let student = LeakyReluStudentSpec {
            hidden: small.hidden,
            layers: 2,
            slope: small.slope,
            output: OutputUnits::Linear,
            start,
        };
        let strengths = teacher.strengths.clone();
        setup.students((0..small.seeds).map(move |run| {
            Experiment::LeakyRelu(LeakyReluSpec {
                task: setup.task(&strengths),
                teacher: TeacherKind::Linear,
                student,
                training: setup.training(1),
                precision: Precision::Single,
                draw: setup.draw(run),
            })
        }))
    }

    fn lazy_start(&self, balance: f64) -> Wanted<'_, Balanced> {
        let strengths = &self.lazy.strengths;
        let signs: &[f64] = if balance == 0.0 { &[1.0] } else { &[1.0, -1.0] };
        let random = signs.iter().map(|sign| self.random(self.balanced(sign * balance), strengths));
        wanted!(Balanced {
            aligned: self.way(self.balanced(balance), strengths, &[], &SIZES),
            random: Wanted::all(random);
            balance: balance
        })
    }

    fn adapted(&self, rank: usize, scale: f64) -> Wanted<'_, Adapter> {
        let (setup, strengths) = (self.adapter(rank, scale), &self.adaptation.strengths);
        wanted!(Adapter {
            random: self.random(setup, strengths),
            step: setup.halved_step(&setup.task(strengths));
            scale: scale
        })
    }

    fn random(&self, setup: Setup, strengths: &[f64]) -> Wanted<'_, Random> {
        wanted!(Random {
            students: setup.linear_students(&setup.task(strengths), Start::Random, 0, 0..self.random_seeds),
            exact: Wanted::ensemble(setup.ensemble(strengths, Start::Random, &[], self.random_draws));
            balance: setup.brakes.balance
        })
    }
}
