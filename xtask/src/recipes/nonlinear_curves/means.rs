//! Means over the seeds of the times and errors that the claims are about: their markers and their table.
//!
//! Times are averaged as they are, in units of τ: three seeds differ by a few percent, and their intervals stay far from 0. With the
//! two seeds of a smoke test (t = 12.7) some reach below it; the axis cuts them.

use super::{ErrorKind, Measured, NonlinearCurves, SeedNumbers};
use crate::runs::summary::Summary;
use crate::study::panels::optimum_points;
use crate::study::recipe::Table;
use figures::{Colour, Points};

/// Dark, to be told from the lines; the dot small and the caps long, because many an interval is a few pixels long.
fn marked(points: Points) -> Points {
    points.cut_intervals().colour(Colour::INK).radius(1.6).cap(2.6)
}

/// Means over the seeds of one depth, rank and SNR; a statistic that some seed lacks has none.
pub(super) struct Means {
    /// t/τ at which the train error falls below the config's level.
    pub(super) learned: Option<Summary>,
    /// t_opt/τ and ln of the least test error, where each seed has an interior minimum.
    pub(super) optimum: Option<(Summary, Summary)>,
}

impl NonlinearCurves {
    pub(super) fn means(&self, measured: &Measured) -> Means {
        let learned = over_seeds(measured, |s| s.learned.is_finite().then_some(s.learned));
        let has_optimum = |s: &SeedNumbers| s.learned.is_finite() && s.depth_of_minimum() > self.least_rise;
        let stopping = over_seeds(measured, |s| has_optimum(s).then_some(s.stopping));
        let least = over_seeds(measured, |s| has_optimum(s).then_some(s.least));
        Means { learned, optimum: stopping.zip(least) }
    }

    /// The marker of one SNR in the panel of one error: `None` without an interval, or if it stands beyond the times shown.
    pub(super) fn marker(&self, measured: &Measured, kind: ErrorKind) -> Option<Points> {
        let means = self.means(measured);
        let seeds = format!("mean of {} seeds, SNR {}", measured.seeds.len(), measured.snr);
        let (time, points) = match kind {
            ErrorKind::Train => {
                let time = means.learned?;
                let name = format!("train error falls below {}, {seeds}", self.learned_below);
                let points = Points::new(name, [(time.mean, self.learned_below.ln())]);
                (time, points.x_intervals([time.interval()?]))
            }
            ErrorKind::Test => {
                let (time, least) = means.optimum?;
                time.interval()?;
                (time, optimum_points(&format!("least test error, {seeds}"), &[(time, least)]))
            }
        };
        (time.mean <= measured.depth.shown_to).then(|| marked(points))
    }

    /// What the markers are, for the caption; empty for a single seed, which has no intervals.
    pub(super) fn markers_in_words(&self, measured: &[Measured]) -> String {
        if self.seeds < 2 {
            return String::new();
        }
        let bare =
            |m: &&Measured| [ErrorKind::Train, ErrorKind::Test].iter().any(|&kind| self.marker(m, kind).is_none());
        let bare: Vec<String> = measured
            .iter()
            .filter(bare)
            .map(|m| format!("{}, rank {}, SNR {}", m.depth.name(), m.rank, m.snr))
            .collect();
        let missing = if bare.is_empty() { String::new() } else { format!(" (not all do with {})", bare.join("; ")) };
        format!(
            " Black bars: means over the seeds with 95 % t-intervals, upper row of the time at which train error falls below {}, lower row of \
             time and height of the least test error over all epochs; only where every seed gets there in the time shown{missing}. \
             Bars without a cap go on beyond the axis.",
            self.learned_below
        )
    }

    /// Every mean with the ends of its 95 % interval; empty fields where a seed lacks the statistic.
    pub(super) fn means_table(&self, measured: &[Measured]) -> Table {
        let statistics = ["t_learned", "ln_least_test_error", "t_opt"];
        let mut header = ["layers", "rank", "snr", "seeds"].map(str::to_owned).to_vec();
        header.extend(statistics.iter().flat_map(|name| ["", "_low", "_high"].map(|end| format!("{name}{end}"))));
        let row = |m: &Measured| {
            let means = self.means(m);
            let (stopping, least) = means.optimum.unzip();
            let place = [m.depth.layers.to_string(), m.rank.to_string(), m.snr.to_string(), m.seeds.len().to_string()];
            place.into_iter().chain([means.learned, least, stopping].into_iter().flat_map(fields)).collect()
        };
        Table { name: "means".to_owned(), header, rows: measured.iter().map(row).collect() }
    }
}

/// The summary of a statistic that every seed has.
fn over_seeds(measured: &Measured, statistic: impl Fn(&SeedNumbers) -> Option<f64>) -> Option<Summary> {
    measured.seeds.iter().map(statistic).collect::<Option<Vec<f64>>>().map(|values| Summary::of(&values))
}

/// A mean and the ends of its interval.
fn fields(summary: Option<Summary>) -> [String; 3] {
    let text = |number: Option<f64>| number.map_or_else(String::new, |n| n.to_string());
    let interval = summary.and_then(|s| s.interval());
    [text(summary.map(|s| s.mean)), text(interval.map(|i| i.0)), text(interval.map(|i| i.1))]
}
