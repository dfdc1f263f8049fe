//! What width changes and what it does not, judged.

use super::StudentWidth;
use super::measured::{SnrOptima, Width};
use crate::study::comparison::{Comparison, Level, Summary, Verdict};
use crate::study::elements::Optimum;

impl StudentWidth {
    /// Every verdict of the figure; all statistical points share its false-alarm rate.
    pub(super) fn verdicts(&self, widths: &[Width]) -> Vec<Verdict> {
        let judged = self.snrs.iter().filter(|snr| **snr >= self.judged_snr).count();
        let (all, narrower) = (widths.len(), widths.len() - 1);
        // Widths beside the widest, for both starts and as predicted; starts beside each other; points beside the lines.
        let level = Level::shared_by(3 * narrower * judged + all * judged + all * self.snrs.len());
        vec![
            self.widths_agree(widths, level),
            self.differences_are_predicted(widths, level),
            self.on_theory(widths, level),
            self.starts_agree(widths, level),
        ]
    }

    fn judged<'a>(&'a self, widths: &'a [Width]) -> impl Iterator<Item = (usize, &'a SnrOptima)> {
        let of_width = |width: &'a Width| width.optima.iter().map(move |optima| (width.hidden, optima));
        widths.iter().flat_map(of_width).filter(|(_, optima)| optima.snr >= self.judged_snr)
    }

    /// Narrower students beside the widest at the same SNR.
    fn beside_widest<'a>(
        &'a self,
        widths: &'a [Width],
    ) -> impl Iterator<Item = (String, &'a SnrOptima, &'a SnrOptima)> {
        let widest = &widths[0];
        let pair = move |(hidden, optima): (usize, &'a SnrOptima)| {
            let reference = widest.optima.iter().find(|w| w.snr == optima.snr)?;
            Some((format!("N₂ = {hidden} beside {}, SNR {}", widest.hidden, optima.snr), optima, reference))
        };
        self.judged(&widths[1..]).filter_map(pair)
    }

    fn widths_agree(&self, widths: &[Width], level: Level) -> Verdict {
        let mut points = Vec::new();
        for (at, narrow, wide) in self.beside_widest(widths) {
            for (start, a, b) in [("aligned", &narrow.aligned, &wide.aligned), ("random", &narrow.random, &wide.random)]
            {
                points.push(agreement(format!("{at}, {start}"), (a, narrow), (b, wide), level));
            }
        }
        let claim = format!("the least test error of all widths agrees within intervals (SNR ≥ {})", self.judged_snr);
        Verdict::of_points(claim, "a, b", &points)
    }

    /// Seen seed by seed on the same data, widths do differ a little: as much as the theory says.
    fn differences_are_predicted(&self, widths: &[Width], level: Level) -> Verdict {
        let compare = |(at, narrow, wide): (String, &SnrOptima, &SnrOptima)| {
            let seen = Summary::of_differences(&narrow.aligned.log_error, &wide.aligned.log_error);
            let independent = Summary::of_differences(&narrow.independent, &wide.independent);
            let step_error = narrow.step_error + wide.step_error;
            Comparison::with_ensemble(at, seen, narrow.theory - wide.theory, independent, step_error, level)
        };
        let points: Vec<Comparison> = self.beside_widest(widths).map(compare).collect();
        let claim = format!(
            "what width changes of an aligned student's ln least error is what theory predicts (paired, SNR ≥ {})",
            self.judged_snr
        );
        Verdict::of_points(claim, "b", &points)
    }

    fn on_theory(&self, widths: &[Width], level: Level) -> Verdict {
        let mut points = Vec::new();
        for width in widths {
            for optima in &width.optima {
                let (at, seen) =
                    (format!("N₂ = {}, SNR {}", width.hidden, optima.snr), optima.aligned.log_error_summary());
                points.push(Comparison::with_ensemble(
                    at,
                    seen,
                    optima.theory,
                    optima.ensemble(),
                    optima.step_error,
                    level,
                ));
            }
        }
        Verdict::of_points("least errors of aligned students lie on the theory line of their width", "b", &points)
    }

    fn starts_agree(&self, widths: &[Width], level: Level) -> Verdict {
        let compare = |(hidden, optima): (usize, &SnrOptima)| {
            agreement(
                format!("N₂ = {hidden}, SNR {}", optima.snr),
                (&optima.random, optima),
                (&optima.aligned, optima),
                level,
            )
        };
        let points: Vec<Comparison> = self.judged(widths).map(compare).collect();
        let claim =
            format!("least errors of random and aligned students agree within intervals (SNR ≥ {})", self.judged_snr);
        Verdict::of_points(claim, "a", &points)
    }
}

/// Two means over seeds, each allowed its interval; deviations come from the independent draws of each condition.
fn agreement(at: String, a: (&Optimum, &SnrOptima), b: (&Optimum, &SnrOptima), level: Level) -> Comparison {
    let [(a, a_allowed), (b, b_allowed)] = [a, b].map(|(optimum, optima)| {
        let (seen, ensemble) = (optimum.log_error_summary(), optima.ensemble());
        let allowed = Comparison::with_ensemble("", seen, ensemble.mean, ensemble, optima.step_error, level).allowed;
        (seen, allowed)
    });
    Comparison {
        at,
        measured: a.mean,
        expected: b.mean,
        allowed: a_allowed + b_allowed,
        reason: format!(
            "both intervals of {} seeds at false-alarm rate {:.1e}, deviations from independent draws",
            a.count, level.per_point
        ),
    }
}
