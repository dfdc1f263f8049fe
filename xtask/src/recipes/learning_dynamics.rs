//! Learning of single modes, in closed form (fig01).

use crate::config::Checks;
use crate::runs::results::Results;
use crate::runs::run::Run;
use crate::study::Claims;
use crate::study::recipe::{Assembled, Recipe};
use crate::study::rules::{MOST_LAYERS, MOST_POINTS, title};
use crate::study::series::{first_crossing, linear_grid};
use figures::{Arrow, Axis, Colour, ColourScale, Figure, Legend, Line, Panel, RefLine, Text};
use serde::{Deserialize, Serialize};
use theory::ModeGrowth;

/// How modes of different strength are learned over time, and how far the spectrum is learned at a time.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LearningDynamics {
    /// Heading of the figure.
    pub title: String,
    /// L.
    pub layers: usize,
    /// ε.
    pub epsilon: f64,
    /// ŝ of the modes whose growth is drawn.
    pub strengths: Vec<f64>,
    /// The one of them whose steep point is marked.
    pub marked_strength: f64,
    /// t/τ of the first panel.
    pub time_range: (f64, f64),
    /// t/τ of the learning fronts.
    pub times: Vec<f64>,
    /// ŝ of the second panel.
    pub strength_range: (f64, f64),
    /// s/ŝ of the second panel.
    pub ratio_range: (f64, f64),
    /// Points of each curve.
    pub points: usize,
}

type Curve = (f64, Vec<(f64, f64)>);

impl Recipe for LearningDynamics {
    const KIND: &'static str = "LearningDynamics";

    fn check(&self, checks: &mut Checks<'_>) {
        title(checks, &self.title);
        checks
            .in_range("layers", self.layers, 1..=MOST_LAYERS)
            .positive("epsilon", self.epsilon)
            .non_empty("strengths", &self.strengths)
            .increasing("strengths", &self.strengths)
            .each("strengths", &self.strengths, |c, path, &s| {
                c.positive(path, s);
            })
            .non_empty("times", &self.times)
            .increasing("times", &self.times)
            .each("times", &self.times, |c, path, &t| {
                c.positive(path, t);
            })
            .in_range("points", self.points, 2..=MOST_POINTS)
            .require("marked_strength", self.strengths.contains(&self.marked_strength), "must be one of strengths");
        for (path, (low, high)) in [
            ("time_range", self.time_range),
            ("strength_range", self.strength_range),
            ("ratio_range", self.ratio_range),
        ] {
            checks.require(path, 0.0 <= low && low < high, "must be (low, high) with 0 ≤ low < high");
        }
        let largest = self.strengths.last().copied().unwrap_or_default();
        checks.below("epsilon", self.epsilon, largest);
    }

    fn runs(&self) -> Vec<Run> {
        Vec::new()
    }

    fn assemble(&self, _results: &Results) -> anyhow::Result<Assembled> {
        let growth = ModeGrowth::new(self.layers, self.epsilon)?;
        let (growths, fronts) = (self.growths(&growth), self.fronts(&growth));
        let mut claims = Claims::new();
        half_rise_times_fall(&mut claims, &growths);
        fronts_move_down(&mut claims, &fronts);
        let figure = Figure::new("fig01", &self.title)
            .description("Closed forms of the learning of single modes: strength over time, and learned fraction over data strength.")
            .columns(2)
            .panel(self.growth_panel(&growth, &growths)?)
            .panel(self.front_panel(&fronts));
        Ok(Assembled { figure, claims, tables: Vec::new(), caption: self.caption() })
    }
}

impl LearningDynamics {
    fn growths(&self, growth: &ModeGrowth) -> Vec<Curve> {
        let times = linear_grid(self.time_range.0, self.time_range.1, self.points);
        let curve = |&s_hat: &f64| (s_hat, times.iter().map(|&t| (t, growth.strength_at(s_hat, t))).collect());
        self.strengths.iter().map(curve).collect()
    }

    fn fronts(&self, growth: &ModeGrowth) -> Vec<Curve> {
        let strengths = linear_grid(self.strength_range.0, self.strength_range.1, self.points + 1);
        let ratio = |t: f64| move |&s_hat: &f64| (s_hat, growth.strength_at(s_hat, t) / s_hat);
        // At ŝ = 0 the ratio is undefined; the axis starts there, the curve one step later.
        let curve = |&t: &f64| (t, strengths.iter().filter(|s| **s > 0.0).map(ratio(t)).collect());
        self.times.iter().map(curve).collect()
    }

    fn growth_panel(&self, growth: &ModeGrowth, growths: &[Curve]) -> anyhow::Result<Panel> {
        let colours = ColourScale::sequential(
            self.strengths[0],
            self.strengths[self.strengths.len() - 1].max(self.strengths[0] + 1.0),
        );
        let marked = growth.time_to_reach(self.marked_strength, growth.steepest_strength(self.marked_strength))?;
        let mut time = Axis::new("t/τ").range(self.time_range.0, self.time_range.1);
        if let Some(t) = marked {
            time = time.extra_tick(t, format!("t_{{{}}}", self.marked_strength));
        }
        let mut panel = Panel::new(time, Axis::new("mode strength s")).legend(Legend::Outside);
        panel = panel.marks(marked.map(|t| RefLine::vertical(t).colour(Colour::GREY)));
        for (s_hat, points) in growths {
            let label = format!("ŝ = {s_hat}");
            panel = panel.mark(Line::new(&label, points.iter().copied()).colour(colours.colour(*s_hat)).legend(&label));
        }
        Ok(panel)
    }

    fn front_panel(&self, fronts: &[Curve]) -> Panel {
        let (first, last) = (self.times[0], self.times[self.times.len() - 1]);
        let colours = ColourScale::sequential(first, last.max(first + 1.0));
        let strength = Axis::new("data strength ŝ").range(self.strength_range.0, self.strength_range.1);
        let ratio = Axis::new("learned fraction s/ŝ").cut(self.ratio_range.0, self.ratio_range.1);
        let mut panel = Panel::new(strength, ratio)
            .legend(Legend::Outside)
            .mark(RefLine::horizontal(1.0).colour(Colour::LIGHT_GREY));
        for (t, points) in fronts {
            let label = format!("t/τ = {t}");
            panel = panel.mark(Line::new(&label, points.iter().copied()).colour(colours.colour(*t)).legend(&label));
        }
        let at = |t: &Curve| first_crossing(&t.1, 0.5);
        match (fronts.first().and_then(at), fronts.last().and_then(at)) {
            (Some(early), Some(late)) => {
                let (from, to) = (0.75 * early + 0.25 * late, late + 0.1 * (early - late));
                panel
                    .mark(Arrow::new((from, 0.5), (to, 0.5)))
                    .mark(Text::at(1.03 * from, 0.5, "t").anchor(figures::Anchor::Left))
            }
            _ => panel,
        }
    }

    fn caption(&self) -> String {
        format!(
            "Closed forms for L = {} weight matrices and ε = {}. (a) Each mode rises along its own sigmoid, the stronger the \
             earlier; t_{} is the steep point of the mode of strength {}. (b) The learned fraction of every mode at a given \
             time: a front that moves from strong modes to weak ones, so stopping early leaves weak modes, mostly noise, unlearned.",
            self.layers, self.epsilon, self.marked_strength, self.marked_strength
        )
    }
}

/// Half-rise times, read off the drawn curves, fall with ŝ.
fn half_rise_times_fall(claims: &mut Claims, growths: &[Curve]) {
    // A mode that does not reach half within the panel comes after all that do.
    let time = |(s, points): &Curve| (*s, first_crossing(points, s / 2.0).unwrap_or(f64::INFINITY));
    let times: Vec<(f64, f64)> = growths.iter().map(time).collect();
    let falls = times.windows(2).filter(|w| w[1].1.is_finite() || w[0].1.is_finite());
    let falls = falls.map(|w| (format!("from ŝ = {} to {}", w[0].0, w[1].0), (w[0].1 - w[1].1).min(f64::MAX)));
    claims.positive("half-rise times fall with ŝ (t/τ)", "a", falls);
}

/// The half-rise front, read off the drawn curves, moves to smaller ŝ with t.
fn fronts_move_down(claims: &mut Claims, fronts: &[Curve]) {
    let places: Vec<(f64, f64)> =
        fronts.iter().map(|(t, points)| (*t, rising_half(points).unwrap_or(f64::NAN))).collect();
    let falls = places.windows(2).map(|w| (format!("from t/τ = {} to {}", w[0].0, w[1].0), w[0].1 - w[1].1));
    claims.positive("the half-rise front moves to smaller ŝ with t", "b", falls);
}

/// The largest ŝ at which the learned fraction passes ½ (modes with ŝ near ε start above it).
fn rising_half(points: &[(f64, f64)]) -> Option<f64> {
    let reversed: Vec<(f64, f64)> = points.iter().rev().copied().collect();
    first_crossing(&reversed, 0.5)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::Outcome;

    fn curves(places: &[f64]) -> Vec<Curve> {
        // Straight lines through half their height at the given places; the "strength" of a curve is its number.
        places.iter().enumerate().map(|(i, x)| (i as f64 + 1.0, vec![(0.0, 0.0), (2.0 * x, i as f64 + 1.0)])).collect()
    }

    fn outcome(make: impl Fn(&mut Claims)) -> Outcome {
        let mut claims = Claims::new();
        make(&mut claims);
        claims.judge(None)[0].outcome
    }

    #[test]
    fn claims_depart_on_a_wrong_order() {
        let times = |places: &[f64]| outcome(|claims| half_rise_times_fall(claims, &curves(places)));
        assert_eq!(times(&[3.0, 2.0, 1.0]), Outcome::Holds);
        assert_eq!(times(&[3.0, 1.0, 2.0]), Outcome::Departs);
        let front = |x: f64| (x, vec![(0.0, 0.0), (2.0 * x, 1.0)]);
        let fronts = |a: f64, b: f64| outcome(|claims| fronts_move_down(claims, &[front(a), front(b)]));
        assert_eq!(fronts(3.0, 2.0), Outcome::Holds);
        assert_eq!(fronts(2.0, 3.0), Outcome::Departs);
    }
}
