//! How long a random student's modes take to turn towards the data's, beside how long they take to grow (fig10).

mod claims;
mod panels;
#[cfg(test)]
mod tests;
mod timing;

use crate::config::Checks;
use crate::runs::results::Results;
use crate::runs::run::Run;
use crate::study::recipe::{Assembled, Recipe};
use crate::study::rules::{
    self, MOST_EPOCHS, MOST_LAYERS, MOST_SEEDS, MOST_UNITS, learning_rate_bound, least_log_every, rounded_down, title,
};
use crate::study::strengths::strengths_of;
use crate::study::students::Students;
use crate::study::{Setup, Wanted};
use figures::{Colour, Dash, Figure, Key};
use serde::{Deserialize, Serialize};
use sim::Start;
use timing::ModeTimes;

/// Random students of several depths on teachers of several ranks: one panel for each depth and mode.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlignmentLag {
    /// Heading of the figure.
    pub title: String,
    /// Seed of the study.
    pub seed: u64,
    /// Independent repetitions.
    pub seeds: u64,
    /// The repetition that is drawn.
    pub shown_run: u64,
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
    /// σ_z.
    pub noise: f64,
    /// SNR of all teachers.
    pub snr: f64,
    /// Ranks of the teachers.
    pub ranks: Vec<usize>,
    /// Students, the shallow first.
    pub depths: Vec<Depth>,
    /// Both overlaps of an aligned mode exceed this.
    pub aligned_at: f64,
    /// s/ŝ at which a mode has risen.
    pub grown_at: f64,
}

/// Students of one depth.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Depth {
    /// L.
    pub layers: usize,
    /// Updates of each student.
    pub epochs: u64,
    /// Modes are logged every so many epochs.
    pub log_every: u64,
    /// t/τ drawn.
    pub time_range: (f64, f64),
}

impl Recipe for AlignmentLag {
    const KIND: &'static str = "AlignmentLag";

    fn check(&self, checks: &mut Checks<'_>) {
        title(checks, &self.title);
        rules::runs(checks, "seeds", self.seeds, &[self.depths.len(), self.ranks.len()]);
        checks
            .in_range("seeds", self.seeds, 1..=MOST_SEEDS)
            .in_range("inputs", self.inputs, 1..=MOST_UNITS)
            .in_range("outputs", self.outputs, 1..=MOST_UNITS)
            .in_range("hidden", self.hidden, 1..=MOST_UNITS)
            .positive("epsilon", self.epsilon)
            .positive("learning_rate", self.learning_rate)
            .at_least("noise", self.noise, 0.0)
            .positive("snr", self.snr)
            .non_empty("ranks", &self.ranks)
            .increasing("ranks", &self.ranks)
            .non_empty("depths", &self.depths);
        for (path, share) in [("aligned_at", self.aligned_at), ("grown_at", self.grown_at)] {
            checks.require(path, 0.0 < share && share < 1.0, "must lie between 0 and 1");
        }
        let most = self.inputs.min(self.outputs).min(self.hidden);
        checks.each("ranks", &self.ranks, |c, path, &rank| {
            c.at_least(path, rank, 1).consistent(
                path,
                "hidden",
                rank <= most,
                format!("must be at most min(inputs, outputs, hidden) = {most}"),
            );
        });
        if !checks.all_hold() {
            return;
        }
        checks.consistent("shown_run", "seeds", self.shown_run < self.seeds, "must be below seeds");
        let strongest = self.ranks.last().map(|&rank| strengths_of(rank, self.snr)).unwrap_or_default();
        let strongest = self.setup(&self.depths[0]).steepest_rate(&strongest);
        checks.require(
            "epsilon",
            self.epsilon < strongest,
            format!("must be below the largest predicted ŝ, {}", rounded_down(strongest)),
        );
        let rate = self.learning_rate;
        checks.each("depths", &self.depths, |c, path, depth| {
            let (last, l) = (depth.epochs as f64 * rate, depth.layers as f64);
            c.in_range(&format!("{path}.layers"), depth.layers, 2..=MOST_LAYERS)
                .in_range(&format!("{path}.epochs"), depth.epochs, 1..=MOST_EPOCHS)
                .at_least(&format!("{path}.log_every"), depth.log_every, least_log_every(depth.epochs));
            let (low, high) = depth.time_range;
            let held = 0.0 <= low && low < high && high <= last + 1e-9;
            c.require(
                &format!("{path}.time_range"),
                held,
                format!("must be (low, high) with 0 ≤ low < high ≤ epochs · learning_rate = {last}"),
            );
            let bound = learning_rate_bound(depth.layers, strongest, 1.0);
            c.require(
                "learning_rate",
                rate < bound,
                format!(
                    "must be below 2/(L ŝ^(2−2/L)) = {} of the strongest data mode for L = {l}",
                    rounded_down(bound)
                ),
            );
        });
        let deeper = self.depths.windows(2).all(|pair| pair[0].layers < pair[1].layers);
        checks.require("depths", deeper, "must be in increasing order of layers");
    }

    fn runs(&self) -> Vec<Run> {
        self.wanted().runs().to_vec()
    }

    fn assemble(&self, results: &Results) -> anyhow::Result<Assembled> {
        let modes = self.wanted().read(results)?.concat();
        let [output, input, strength] = panels::COLOURS;
        let mut figure = Figure::new("alignment-lag", &self.title)
            .description("Overlap of a random student's singular vectors with the data's, and its strength, over time.")
            .columns(self.ranks.iter().sum())
            .key(Key::line("|u·û|", output, Dash::Solid))
            .key(Key::line("|v·v̂|", input, Dash::Dashed))
            .key(Key::line("s/ŝ", strength, Dash::Solid))
            .key(
                Key::band(format!("95 % interval of the mean of {}", self.seeds), Colour::GREY)
                    .of(["|u·û|", "|v·v̂|", "s/ŝ"].map(|name| format!("{name}, mean of seeds"))),
            );
        for mode in &modes {
            figure = figure.panel(self.mode_panel(mode));
        }
        Ok(Assembled {
            figure,
            claims: self.claims(&modes),
            tables: vec![self.times_table(&modes)],
            caption: self.caption(),
        })
    }
}

/// One mode of the students of one depth.
#[derive(Clone)]
struct Mode {
    depth: Depth,
    rank: usize,
    /// Counted from 0, the strongest.
    mode: usize,
    students: Students,
    times: Vec<ModeTimes>,
}

impl AlignmentLag {
    fn setup(&self, depth: &Depth) -> Setup {
        let Self { seed, inputs, outputs, hidden, epsilon, learning_rate, noise, .. } = *self;
        let (examples, layers, epochs, log_every) = (inputs, depth.layers, depth.epochs, Some(depth.log_every));
        let student = Setup { hidden, layers, epsilon, learning_rate, epochs, log_every, ..Setup::default() };
        Setup { seed, inputs, outputs, examples, noise, ..student }
    }

    /// The modes of every depth and rank.
    fn wanted(&self) -> Wanted<'_, Vec<Vec<Mode>>> {
        let students = |depth, rank| self.modes(depth, rank);
        Wanted::all(self.depths.iter().flat_map(|depth| self.ranks.iter().map(move |&rank| students(depth, rank))))
    }

    fn modes<'a>(&'a self, depth: &'a Depth, rank: usize) -> Wanted<'a, Vec<Mode>> {
        let setup = self.setup(depth);
        let task = setup.task(&strengths_of(rank, self.snr));
        setup.linear_students(&task, Start::Random, rank, 0..self.seeds).map(move |students| {
            let mode = |mode: usize| {
                let times = students
                    .outcomes
                    .iter()
                    .map(|outcome| ModeTimes::of(outcome, mode, self.aligned_at, self.grown_at, self.learning_rate));
                Mode { depth: *depth, rank, mode, times: times.collect(), students: students.clone() }
            };
            Ok((0..rank).map(mode).collect())
        })
    }
}
