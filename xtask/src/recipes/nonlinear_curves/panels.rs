//! One panel per column and error, the table beside them and the caption.

use super::{Column, ErrorKind, Measured, NonlinearCurves, SnrStudents};
use crate::study::benefits::log_strength_colours;
use crate::study::panels::faint;
use crate::study::recipe::Table;
use crate::study::series::linear_grid;
use figures::math_text::number;
use figures::{Axis, ColourScale, Dash, Line, Panel};
use sim::{NoiseScale, TrainingOutcome};

/// Points of a line of the theory.
const CURVE_POINTS: usize = 200;

impl NonlinearCurves {
    /// Colours of the SNRs: blue (weak) to red (strong).
    pub(super) fn colours(&self) -> ColourScale {
        log_strength_colours(&self.snrs)
    }

    /// ln of an error over time.
    pub(super) fn panel(&self, column: &Column, kind: ErrorKind) -> anyhow::Result<Panel> {
        let (title, label) = match kind {
            ErrorKind::Train => (format!("{}, rank {}", column.depth.name(), column.rank), "ln ε_{tr}"),
            ErrorKind::Test => (String::new(), "ln ε_{te}"),
        };
        let mut panel = Panel::new(Axis::new("*t*/τ").range(0.0, column.depth.shown_to), Axis::new(label));
        if !title.is_empty() {
            panel = panel.title(title);
        }
        for students in &column.students {
            let colour = faint(self.colours().colour(students.snr));
            let line = Line::new(
                format!("linear theory, SNR {}", students.snr),
                theory_line(students, kind, column.depth.shown_to)?,
            );
            panel = panel.mark(line.colour(colour).dash(Dash::Dashed).width(1.3));
        }
        for students in &column.students {
            for (run, outcome) in students.outcomes.iter().enumerate() {
                let errors = log_errors(outcome, kind)?;
                let shown = errors.into_iter().map(|(epoch, log)| (epoch as f64 * self.learning_rate, log));
                let shown = shown.filter(|(t, _)| *t <= column.depth.shown_to * (1.0 + 1e-9));
                let line = Line::new(format!("leaky ReLU, SNR {}, seed {run}", students.snr), shown);
                panel = panel.mark(line.colour(self.colours().colour(students.snr)).width(1.2));
            }
        }
        for students in &column.students {
            panel = panel.marks(self.marker(&students.measured, kind));
        }
        Ok(panel)
    }

    /// What is read aloud.
    pub(super) fn description(&self) -> String {
        let curves = "Train and test error of leaky-ReLU students over time for several depths, ranks and SNRs, a line for each seed, with the theory of linear students behind.";
        if self.seeds < 2 {
            return curves.to_owned();
        }
        format!(
            "{curves} Bars show means over the seeds with 95 % t-intervals: of the time at which train error falls below {}, and of time and height of the least test error.",
            self.learned_below
        )
    }

    pub(super) fn caption(&self, measured: &[Measured]) -> String {
        let markers = self.markers_in_words(measured);
        let tau = 1.0 / self.learning_rate;
        let noise = match self.noise_scale {
            NoiseScale::PerOutput => {
                "One noise entry has variance σ_z²/N₃ here, as the original experiment was run, and not the σ_z²/N₁ of the linear figures."
            }
            NoiseScale::PerInput => "One noise entry has variance σ_z²/N₁.",
        };
        format!(
            "Students with leaky-ReLU hidden units (slope {}) and linear outputs, {} inputs, {} units in every hidden layer, \
             {} outputs, learn noisy data of linear teachers; each layer starts orthogonal with singular values ε^{{1/L}}, ε = {}. Test error: one-hot inputs, noiseless targets. Each of {} seeds is a \
             line of its own: steps at different times would blur in a mean.{markers} Faint dashes: theory of a linear, aligned student of the same sizes on the same data. \
             A student whose line stays at 0 has not left the first plateau when its run ends. \
             {noise} The loss is \
             ½‖Y − Ŷ‖² with λ = {} (the original: half of that for a loss without the ½, the same steps), so τ = {tau:.0} epochs; the paper's axes read \
             epochs/1000 for one hidden layer and epochs/10,000 for three, which is t/τ times {} and {}.",
            self.slope,
            self.inputs,
            self.hidden,
            self.outputs,
            number(self.epsilon),
            self.seeds,
            number(self.learning_rate),
            tau / 1e3,
            tau / 1e4
        )
    }
}

/// ln of an error at every logged epoch.
fn log_errors(outcome: &TrainingOutcome, kind: ErrorKind) -> anyhow::Result<Vec<(u64, f64)>> {
    let log = |(&epoch, &error): (&u64, &f64)| {
        anyhow::ensure!(error > 0.0, "the error at epoch {epoch} is {error}: it has no logarithm");
        Ok((epoch, error.ln()))
    };
    outcome.epochs.iter().zip(&kind.track(outcome)?.logged).map(log).collect()
}

fn theory_line(students: &SnrStudents, kind: ErrorKind, end: f64) -> anyhow::Result<Vec<(f64, f64)>> {
    let at = |t: f64| Ok((t, kind.of(&students.curve, t)?.ln()));
    linear_grid(0.0, end, CURVE_POINTS).into_iter().map(at).collect()
}

/// What was read off every student.
pub(super) fn table(measured: &[Measured]) -> Table {
    let header = [
        "layers",
        "rank",
        "snr",
        "run",
        "stages",
        "linear_stages",
        "t_learned",
        "ln_least_test_error",
        "t_opt",
        "ln_last_test_error",
    ];
    let mut rows = Vec::new();
    for m in measured {
        for (run, seed) in m.seeds.iter().enumerate() {
            let whole = [m.depth.layers, m.rank].map(|n| n.to_string()).to_vec();
            let counts = vec![m.snr.to_string(), run.to_string(), seed.stages.to_string(), m.linear_stages.to_string()];
            let numbers = [seed.learned, seed.least, seed.stopping, seed.last].map(|v| v.to_string()).to_vec();
            rows.push([whole, counts, numbers].concat());
        }
    }
    Table { name: "students".to_owned(), header: header.map(str::to_owned).to_vec(), rows }
}
