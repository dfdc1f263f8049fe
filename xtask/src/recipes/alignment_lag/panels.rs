//! One mode over time, the table of times and the caption.

use super::{AlignmentLag, Mode};
use crate::runs::summary::Summary;
use crate::study::recipe::Table;
use figures::math_text::number;
use figures::{Axis, Band, Colour, Dash, Legend, Line, Panel, RefLine};
use sim::{ModePoint, ModeTrack};

/// Of |u·û|, |v·v̂| and s/ŝ.
pub(super) const COLOURS: [Colour; 3] = [Colour::BLUE, Colour::ORANGE, Colour::INK];

/// One of the three numbers followed.
type Number = fn(&ModeTrack, &ModePoint) -> f64;

/// Name, number and line of each.
const NUMBERS: [(&str, Number, Dash); 3] = [
    ("|u·û|", |_, point| point.overlap_output, Dash::Solid),
    ("|v·v̂|", |_, point| point.overlap_input, Dash::Dashed),
    ("s/ŝ", |track, point| point.strength / track.data_strength, Dash::Solid),
];

impl AlignmentLag {
    /// The three numbers of one mode.
    pub(super) fn mode_panel(&self, mode: &Mode) -> Panel {
        let which =
            if mode.rank == 1 { "rank 1".to_owned() } else { format!("rank {}, mode {}", mode.rank, mode.mode + 1) };
        let (low, high) = mode.depth.time_range;
        let mut panel = Panel::new(Axis::new("t/τ").range(low, high), Axis::new("overlap, s/ŝ").range(0.0, 1.05))
            .title(format!("L = {}: {which}", mode.depth.layers))
            .legend(Legend::None);
        for (colour, (name, number, _)) in COLOURS.into_iter().zip(NUMBERS) {
            let band = self.band(mode, number);
            if band.len() > 1 {
                panel = panel.mark(Band::new(format!("{name}, mean of seeds"), band).colour(colour));
            }
        }
        panel = panel.mark(RefLine::horizontal(self.aligned_at)).mark(RefLine::horizontal(self.grown_at));
        for (colour, (name, number, dash)) in COLOURS.into_iter().zip(NUMBERS) {
            let line = self.shown(mode, number);
            if line.len() > 1 {
                panel = panel.mark(Line::new(name, line).colour(colour).dash(dash));
            }
        }
        panel
    }

    /// t/τ of the logged epochs within the panel, by index.
    fn times<'a>(&'a self, mode: &'a Mode) -> impl Iterator<Item = (usize, f64)> + 'a {
        let (low, high) = mode.depth.time_range;
        let times = mode.students.outcomes[0].epochs.iter().map(|&epoch| epoch as f64 * self.learning_rate);
        times
            .enumerate()
            .filter(move |(_, t)| (low..=high + 1e-9).contains(t))
            .map(move |(index, t)| (index, t.min(high)))
    }

    /// One student, from the moment its mode is defined.
    fn shown(&self, mode: &Mode, number: Number) -> Vec<(f64, f64)> {
        let track = &mode.students.outcomes[self.shown_run as usize].modes[mode.mode];
        let value = |(index, t): (usize, f64)| Some((t, number(track, track.points[index].as_ref()?)));
        self.times(mode).filter_map(value).collect()
    }

    /// 95 % interval of the mean over seeds, from the moment the mode is defined in all of them.
    fn band(&self, mode: &Mode, number: Number) -> Vec<(f64, f64, f64)> {
        let tracks: Vec<&ModeTrack> = mode.students.outcomes.iter().map(|outcome| &outcome.modes[mode.mode]).collect();
        let interval = |(index, t): (usize, f64)| {
            let values: Option<Vec<f64>> =
                tracks.iter().map(|track| Some(number(track, track.points[index].as_ref()?))).collect();
            let (low, high) = Summary::of(&values?).interval()?;
            // The mean of numbers in [0, 1] is in [0, 1], whatever Student's law says of a skewed sample.
            Some((t, low.clamp(0.0, 1.05), high.clamp(0.0, 1.05)))
        };
        self.times(mode).filter_map(interval).collect()
    }

    /// Times of alignment and growth of every mode and seed.
    pub(super) fn times_table(&self, modes: &[Mode]) -> Table {
        let header = ["layers", "rank", "mode", "run", "t_aligned", "t_grown"].map(str::to_owned).to_vec();
        let row = |mode: &Mode, run: usize| -> Vec<String> {
            let counts = [mode.depth.layers, mode.rank, mode.mode + 1, run].map(|n| n.to_string());
            [counts.to_vec(), [mode.times[run].aligned, mode.times[run].grown].map(|t| t.to_string()).to_vec()].concat()
        };
        let rows = modes.iter().flat_map(|mode| (0..mode.times.len()).map(move |run| row(mode, run))).collect();
        Table { name: "times".to_owned(), header, rows }
    }

    pub(super) fn caption(&self) -> String {
        let depths: Vec<String> = self.depths.iter().map(|depth| format!("L = {}", depth.layers)).collect();
        format!(
            "Random students ({} inputs, hidden layers of {}, {} outputs, ε = {}) on the data of teachers of SNR {}; rows: {}. \
             Mode k of the student is compared with mode k of the data from the first epoch at which the student's k-th singular \
             value exceeds 1.5 ε, before which its vectors mean nothing. Lines: one student; bands: 95 % intervals of the mean over {} \
             of them. Dotted: where a mode counts as aligned ({}) and as grown ({}).",
            self.inputs,
            self.hidden,
            self.outputs,
            number(self.epsilon),
            self.snr,
            depths.join(" and "),
            self.seeds,
            self.aligned_at,
            self.grown_at
        )
    }
}
