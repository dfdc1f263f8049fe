//! The non-gradient algorithm against optimal stopping, in closed form and on the same data (fig14).

mod panels;
#[cfg(test)]
mod tests;

use crate::config::Checks;
use crate::runs::ensemble::{NoiseKnowledge, ShrinkageOutcome, shrunk};
use crate::runs::results::Results;
use crate::runs::run::Run;
use crate::runs::summary::Summary;
use crate::study::line::SIZES;
use crate::study::rules::{self, MOST_DRAWS, MOST_SEEDS, ascending_positive, descending_positive, interval, title};
use crate::study::series::linear_grid;
use crate::study::students::{HalvedStep, Students};
use crate::study::{Assembled, Claims, Estimate, Found, LinePoint, Point, Recipe, Setup, Wanted};
use crate::wanted;
use serde::{Deserialize, Serialize};

/// What rounding may change in a closed form, relative.
const ROUNDING: f64 = 1e-12;
/// SNRs at which the closed forms of rank one are compared.
const GRID: usize = 60;

/// Optimal stopping of aligned students against shrinkage of the same data matrices.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NonGradient {
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
    /// λ.
    pub learning_rate: f64,
    /// Updates of each student.
    pub epochs: u64,
    /// Errors are logged every so many epochs.
    pub log_every: u64,
    /// σ_z.
    pub noise: f64,
    /// SNRs of the teachers of rank one that are measured.
    pub snrs: Vec<f64>,
    /// Independent repetitions of each.
    pub seeds: u64,
    /// SNRs of the closed forms.
    pub snr_range: (f64, f64),
    /// s̄ of the teacher whose learning curve is taken apart.
    pub shown_strengths: Vec<f64>,
    /// t/τ of that curve.
    pub time_range: (f64, f64),
    /// s̄ of the teachers whose errors are compared pair by pair.
    pub teachers: Vec<Vec<f64>>,
    /// The one of them for which shrinkage pays most.
    pub pays_most: Vec<f64>,
    /// Independent repetitions of each.
    pub paired_seeds: u64,
    /// Independent draws of the data that the tolerances come from.
    pub draws: usize,
}

impl Recipe for NonGradient {
    const KIND: &'static str = "NonGradient";

    fn check(&self, checks: &mut Checks<'_>) {
        title(checks, &self.title);
        rules::runs(checks, "seeds", self.seeds.max(self.paired_seeds), &[self.snrs.len() + self.teachers.len(), 2]);
        self.setup().check(checks);
        checks
            .positive("noise", self.noise)
            .in_range("seeds", self.seeds, 1..=MOST_SEEDS)
            .in_range("paired_seeds", self.paired_seeds, 1..=MOST_SEEDS)
            .in_range("draws", self.draws, 2..=MOST_DRAWS)
            .at_least("teachers", self.teachers.len(), 2)
            .consistent(
                "pays_most",
                "teachers",
                self.teachers.contains(&self.pays_most),
                "must be one of the teachers",
            );
        ascending_positive(checks, "snrs", &self.snrs);
        interval(checks, "snr_range", self.snr_range);
        checks.positive("snr_range", self.snr_range.0);
        interval(checks, "time_range", self.time_range);
        let most = self.inputs.min(self.outputs);
        let teacher = |checks: &mut Checks<'_>, path: &str, strengths: &Vec<f64>| {
            descending_positive(checks, path, strengths);
            let rule = format!("must have at most min(inputs, outputs) = {most} strengths");
            checks.consistent(path, "outputs", strengths.len() <= most, rule);
        };
        teacher(checks, "shown_strengths", &self.shown_strengths);
        checks.each("teachers", &self.teachers, teacher);
        if checks.all_hold() {
            let strengths = self.snrs.iter().chain(self.teachers.iter().flatten()).chain(&self.shown_strengths);
            self.setup().check_beside(checks, &[strengths.fold(0.0, |a: f64, b| a.max(*b))]);
        }
    }

    fn runs(&self) -> Vec<Run> {
        self.wanted().runs().to_vec()
    }

    fn assemble(&self, results: &Results) -> anyhow::Result<Assembled> {
        let conditions = self.wanted().read(results)?;
        let (rank_one, teachers) = conditions.split_at(self.snrs.len());
        let (figure, claims) = (self.figure(rank_one, teachers)?, self.claims(&conditions, teachers)?);
        let tables = vec![self.table(&conditions)];
        Ok(Assembled { figure, claims, tables, caption: self.caption() })
    }
}

/// The two least test errors in closed form.
#[derive(Clone, Copy, Debug, PartialEq)]
struct ClosedForms {
    stopping: f64,
    shrinkage: f64,
}

impl ClosedForms {
    fn of(setup: &Setup, strengths: &[f64]) -> anyhow::Result<Self> {
        let curve = setup.curve(strengths)?;
        let stopping = curve.optimal_stopping(setup.last_time())?.test_error;
        Ok(Self { stopping, shrinkage: curve.shrinkage_error()? })
    }

    fn ratio(self) -> f64 {
        self.shrinkage / self.stopping
    }
}

/// All that is known of one teacher; one number per seed, on the same data matrix.
struct Condition {
    strengths: Vec<f64>,
    stopping: Vec<f64>,
    known: Vec<f64>,
    estimated: Vec<f64>,
    /// Draws and closed forms at each of [`SIZES`].
    draws: Vec<(Found<ShrinkageOutcome>, ClosedForms)>,
    step: HalvedStep,
}

impl Condition {
    /// In closed form, at the figure's size.
    fn closed(&self) -> ClosedForms {
        self.draws[0].1
    }

    fn shrunk(&self, knowledge: NoiseKnowledge) -> &[f64] {
        match knowledge {
            NoiseKnowledge::Known => &self.known,
            NoiseKnowledge::Estimated => &self.estimated,
        }
    }

    /// Error by shrinkage over error by stopping, pair by pair.
    fn ratios(&self, knowledge: NoiseKnowledge) -> Vec<f64> {
        ratios(self.shrunk(knowledge), &self.stopping)
    }

    /// The same of independent draws of this size.
    fn drawn_ratios(&self) -> Summary {
        let drawn = &self.draws[0].0;
        Summary::of(&ratios(&drawn.known, &drawn.stopping))
    }
}

fn ratios(shrinkage: &[f64], stopping: &[f64]) -> Vec<f64> {
    shrinkage.iter().zip(stopping).map(|(shrinkage, stopping)| shrinkage / stopping).collect()
}

fn logarithms(errors: &[f64]) -> Summary {
    Summary::of(&errors.iter().map(|error| error.ln()).collect::<Vec<_>>())
}

/// A teacher in words: (6, 4, 2).
fn name(strengths: &[f64]) -> String {
    let list: Vec<String> = strengths.iter().map(|s| ((s * 1e3).round() / 1e3).to_string()).collect();
    format!("({})", list.join(", "))
}

// What is run.
impl NonGradient {
    fn setup(&self) -> Setup {
        let Self { seed, inputs, outputs, hidden, layers, epsilon, learning_rate, epochs, noise, .. } = *self;
        let (examples, log_every) = (inputs, Some(self.log_every));
        let student = Setup { hidden, layers, epsilon, learning_rate, epochs, log_every, ..Setup::default() };
        Setup { seed, inputs, outputs, examples, noise, ..student }
    }

    /// First the teachers of rank one, in the order of the config, then the paired ones.
    fn wanted(&self) -> Wanted<'_, Vec<Condition>> {
        let rank_one = self.snrs.iter().map(|&snr| self.condition(vec![snr], self.seeds));
        let paired = self.teachers.iter().map(|strengths| self.condition(strengths.clone(), self.paired_seeds));
        Wanted::all(rank_one.chain(paired))
    }

    fn condition(&self, strengths: Vec<f64>, seeds: u64) -> Wanted<'_, Condition> {
        let setup = self.setup();
        let task = setup.task(&strengths);
        let least = |students: Students| {
            students.outcomes.iter().map(|outcome| Ok(outcome.test(0)?.least.value)).collect::<anyhow::Result<Vec<_>>>()
        };
        let shrunk_data = |knowledge| {
            let (setup, strengths) = (self.setup(), strengths.clone());
            let spectra = (0..seeds).map(|run| Wanted::spectrum(setup.spectrum(task.clone(), run)));
            Wanted::all(spectra).map(move |spectra| {
                let task = setup.theory_task(&strengths)?;
                let error = |data: &Found<sim::SpectrumOutcome>| {
                    Ok(data.test_error_of(0, &shrunk(&task, &data.data_strengths, knowledge)?)?)
                };
                spectra.iter().map(error).collect::<anyhow::Result<Vec<_>>>()
            })
        };
        let draws = SIZES.map(|size| {
            let (setup, draws, strengths) = (setup.scaled(size), (self.draws / size).max(2), strengths.clone());
            let drawn = Wanted::shrinkage(setup.shrinkage(&strengths, draws));
            drawn.map(move |drawn| Ok((drawn, ClosedForms::of(&setup, &strengths)?)))
        });
        wanted!(Condition {
            stopping: setup.aligned_students(&task, 0..seeds).map(least),
            known: shrunk_data(NoiseKnowledge::Known),
            estimated: shrunk_data(NoiseKnowledge::Estimated),
            draws: Wanted::all(draws),
            step: setup.halved_step(&task);
            strengths: strengths.clone()
        })
    }
}

// What is claimed.
impl NonGradient {
    fn claims(&self, all: &[Condition], teachers: &[Condition]) -> anyhow::Result<Claims> {
        let mut claims = Claims::new();
        let mut closed: Vec<Point> = Vec::new();
        let never_above = |at: String, closed: ClosedForms| Point::new(at, closed.ratio()).below(1.0 + ROUNDING);
        for snr in linear_grid(self.snr_range.0, self.snr_range.1, GRID) {
            closed.push(never_above(format!("SNR {snr:.2}"), ClosedForms::of(&self.setup(), &[snr])?));
        }
        closed.extend(all.iter().map(|c| never_above(name(&c.strengths), c.closed())));
        let claim = "in closed form shrinkage is never above the best stopping time (ratio of the errors, to rounding)";
        claims.shown(claim, "a, b, c", closed);

        let most = teachers.iter().find(|c| c.strengths == self.pays_most);
        let others = || teachers.iter().filter(|c| c.strengths != self.pays_most);
        let chosen = name(&self.pays_most);
        let closed = most
            .iter()
            .flat_map(|most| others().map(|c| (name(&c.strengths), c.closed().ratio() - most.closed().ratio())));
        claims.positive(
            format!("in closed form shrinkage pays most for {chosen}: the ratio is below all others"),
            "c",
            closed,
        );
        let measured = most.iter().flat_map(|most| others().map(|c| (name(&c.strengths), higher_ratio(c, most))));
        claims.positive(
            format!("on data shrinkage pays most for {chosen}: the mean ratio is below all others"),
            "c",
            measured,
        );
        claims.tell(format!("Shrinkage pays most for {chosen}."));

        for (knowledge, word) in [(NoiseKnowledge::Known, "known"), (NoiseKnowledge::Estimated, "estimated")] {
            let point = |c: &Condition| -> anyhow::Result<LinePoint> {
                let drawn = c.draws.iter().map(|(drawn, closed)| {
                    let errors = if knowledge == NoiseKnowledge::Known { &drawn.known } else { &drawn.estimated };
                    (logarithms(errors), closed.shrinkage.ln())
                });
                let at_threshold = c.strengths.iter().map(|s| self.setup().is_at_threshold(*s));
                let at_threshold = at_threshold.collect::<anyhow::Result<Vec<_>>>()?.contains(&true);
                let point = LinePoint::new(name(&c.strengths), drawn.collect());
                Ok(point.simulated(logarithms(c.shrunk(knowledge)), 0.0).at_threshold(at_threshold))
            };
            let points = all.iter().map(point).collect::<anyhow::Result<Vec<_>>>()?;
            claims.on_line(&format!("the algorithm's ln ε_te on data, the noise {word}"), "a, c", points);
        }
        let ratio = |c: &Condition| -> anyhow::Result<LinePoint> {
            let drawn = c
                .draws
                .iter()
                .map(|(drawn, closed)| (Summary::of(&ratios(&drawn.known, &drawn.stopping)), closed.ratio()));
            let measured = Summary::of(&c.ratios(NoiseKnowledge::Known));
            // The ratio moves by what the step changes in ln of the stopped error.
            Ok(LinePoint::new(name(&c.strengths), drawn.collect())
                .simulated(measured, c.step.of_least_error()? * measured.mean))
        };
        let points = teachers.iter().map(ratio).collect::<anyhow::Result<Vec<_>>>()?;
        claims.on_line("the paired ratio of the two errors on data, the noise known", "c", points);
        Ok(claims)
    }
}

/// By how much a teacher's mean ratio is above another's; scatter is known from independent draws.
fn higher_ratio(higher: &Condition, lower: &Condition) -> Estimate {
    let [above, below] =
        [higher, lower].map(|c| Estimate::beside(Summary::of(&c.ratios(NoiseKnowledge::Known)), c.drawn_ratios()));
    above.minus(&below)
}
