//! The transfer benefit over strength and alignment of the second task.

use super::TransferSetting;
use crate::study::benefits::short;
use crate::study::series::{first_crossing, linear_grid};
use figures::{Anchor, Axis, Colour, ColourBar, ColourScale, HeatMap, Line, Panel, Text};
use rayon::prelude::*;

/// Smallest |T| that does not look white, as a fraction of the largest.
const VISIBLE: f64 = 2e-3;

/// T^{A←B} on a grid of companions that holds both ends of both ranges.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Plane {
    /// s̄_A.
    pub(super) strength_a: f64,
    /// s̄_B, equal ratios apart.
    pub(super) strengths_b: Vec<f64>,
    /// q, equally spaced over [0, 1].
    pub(super) alignments: Vec<f64>,
    /// T: one row per q, in it one value per s̄_B.
    pub(super) benefits: Vec<Vec<f64>>,
}

impl Plane {
    /// Evaluates the closed form at every grid point.
    pub(super) fn evaluate(config: &TransferSetting, strength_a: f64) -> anyhow::Result<Self> {
        let theory = config.theory()?;
        let task = theory.task(strength_a)?;
        let (columns, rows) = config.cells;
        let (low, high) = config.strength_range;
        let strengths_b: Vec<f64> = linear_grid(low.ln(), high.ln(), columns).into_iter().map(f64::exp).collect();
        let alignments = linear_grid(0.0, 1.0, rows);
        let row = |q: &f64| strengths_b.iter().map(|s_b| task.benefit(*s_b, *q)).collect::<anyhow::Result<Vec<_>>>();
        let benefits = alignments.par_iter().map(row).collect::<anyhow::Result<Vec<_>>>()?;
        Ok(Self { strength_a, strengths_b, alignments, benefits })
    }

    /// T against q at one s̄_B.
    pub(super) fn column(&self, index: usize) -> Vec<(f64, f64)> {
        self.alignments.iter().zip(&self.benefits).map(|(q, row)| (*q, row[index])).collect()
    }

    /// Every T.
    pub(super) fn values(&self) -> impl Iterator<Item = f64> {
        self.benefits.iter().flatten().copied()
    }

    /// T in the cell of largest s̄_B and q.
    pub(super) fn strong_and_aligned(&self) -> f64 {
        self.benefits.last().and_then(|row| row.last()).copied().unwrap_or(f64::NAN)
    }

    /// T in the cell of largest s̄_B and least q.
    pub(super) fn strong_and_orthogonal(&self) -> f64 {
        self.benefits.first().and_then(|row| row.last()).copied().unwrap_or(f64::NAN)
    }

    /// The largest |T|, rounded up to two digits.
    fn limit(&self) -> f64 {
        let largest = self.values().map(f64::abs).fold(f64::MIN_POSITIVE, f64::max);
        let unit = 10f64.powf(largest.log10().floor() - 1.0);
        (largest / unit).ceil() * unit
    }
}

impl TransferSetting {
    /// One plane as a heat map with the line T = 0.
    pub(super) fn plane_panel(&self, plane: &Plane, name: &str) -> Panel {
        let limit = plane.limit();
        let scale = ColourScale::diverging(limit);
        let logarithms: Vec<f64> = plane.strengths_b.iter().map(|s| s.ln()).collect();
        let x_edges = cell_edges(&logarithms).into_iter().map(f64::exp);
        let y_edges = cell_edges(&plane.alignments);
        let strength = Axis::log("strength of B, s̄_B").cut(self.strength_range.0, self.strength_range.1);
        let title = format!("{name} A: s̄_A = {}", short(plane.strength_a));
        let mut panel = Panel::new(strength, Axis::new("alignment *q*").range(0.0, 1.0)).title(title);
        panel = panel.mark(HeatMap::new("T", x_edges, y_edges, plane.benefits.clone(), scale.clone()));
        // A change of sign between values that look white is no boundary.
        let crossing = |index: usize| {
            let column = plane.column(index);
            let matters =
                column.iter().any(|(_, t)| *t < -VISIBLE * limit) && column.iter().any(|(_, t)| *t > VISIBLE * limit);
            first_crossing(&column, 0.0).filter(|_| matters).map(|q| (plane.strengths_b[index], q))
        };
        let boundary: Vec<Option<(f64, f64)>> = (0..plane.strengths_b.len()).map(crossing).collect();
        let pieces: Vec<Vec<(f64, f64)>> = boundary
            .split(Option::is_none)
            .map(|piece| piece.iter().flatten().copied().collect())
            .filter(|piece: &Vec<_>| piece.len() > 1)
            .collect();
        if !pieces.is_empty() {
            panel = panel.mark(Line::segments("T = 0", pieces).colour(Colour::INK).width(1.4));
        }
        let word = |x, y, text: &str| Text::in_panel(x, y, text).anchor(Anchor::Centre).size(13.0).bold();
        // In words where there is room: the place of each word is checked for what it says.
        let at = |s_b: f64, q: f64| {
            plane.benefits[(q * (plane.alignments.len() - 1) as f64).round() as usize]
                [(s_b * (plane.strengths_b.len() - 1) as f64).round() as usize]
        };
        for (x, y, text, holds) in [
            (0.75, 0.8, "helps", at(0.75, 0.8) > 0.2 * limit),
            (0.75, 0.35, "hurts", at(0.75, 0.35) < -0.2 * limit),
            (0.35, 0.2, "does nothing", at(0.35, 0.2).abs() < VISIBLE * limit),
        ] {
            if holds {
                panel = panel.mark(word(x, y, text));
            }
        }
        panel.colour_bar(ColourBar::new(scale, "*T*^{A←B}"))
    }
}

/// The edges of cells around equally spaced points; the outermost points lie on edges.
fn cell_edges(points: &[f64]) -> Vec<f64> {
    let middles = points.windows(2).map(|pair| 0.5 * (pair[0] + pair[1]));
    points.first().copied().into_iter().chain(middles).chain(points.last().copied()).collect()
}
