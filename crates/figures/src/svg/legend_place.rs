//! Where in a panel a legend covers no data.

use super::annotation;
use super::frame::Frame;
use super::geometry::{Point, Rect};
use super::legend_entries::{Entry, size};
use super::outline;
use crate::{Mark, Panel};

/// A place for a legend inside a panel.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spot {
    pub(crate) corner: Point,
    pub(crate) columns: usize,
    /// How much data it covers: 1 for each data point or each five pixels of line.
    pub(crate) covered: f64,
    /// What the search minimises: covered data first, then the distance from a corner.
    cost: f64,
}

/// Distance of the legend from the border of the plot.
const INSET: f64 = 6.0;

/// A fraction of the way through the free length, kept off both ends.
pub(crate) fn inset(fraction: f64, free: f64) -> f64 {
    (INSET + fraction * (free - 2.0 * INSET)).max(0.0)
}

/// Points of the data, weighted, and boxes of the texts that a legend had better not cover.
struct Busy {
    points: Vec<(Point, f64)>,
    texts: Vec<Rect>,
}

/// The place that covers least; one column and a corner come first, upper right before all.
pub(crate) fn quietest(panel: &Panel, frame: &Frame, entries: &[Entry]) -> Spot {
    let weight = |mark: &Mark| if matches!(mark, Mark::RefLine(_)) { 0.3 } else { 1.0 };
    let weighted = |mark: &Mark| {
        let weight = weight(mark);
        outline::obstacles(frame, mark).into_iter().map(move |point| (point, weight)).collect::<Vec<_>>()
    };
    let busy = Busy {
        points: panel.marks.iter().flat_map(weighted).collect(),
        texts: panel.marks.iter().filter_map(|mark| annotation::text_box(frame, mark)).collect(),
    };
    let spots = (1..=entries.len().clamp(1, 4)).filter_map(|columns| {
        let size = size(entries, columns);
        (columns == 1 || size.0 <= frame.rect.width - 2.0 * INSET).then(|| best_spot(frame, size, columns, &busy))
    });
    let nowhere = Spot { corner: (frame.rect.left, frame.rect.top), columns: 1, covered: f64::MAX, cost: f64::MAX };
    spots.fold(nowhere, |best, spot| if spot.cost < best.cost { spot } else { best })
}

fn best_spot(frame: &Frame, (width, height): (f64, f64), columns: usize, busy: &Busy) -> Spot {
    const STEPS: usize = 16;
    let plot = frame.rect;
    let mut best = Spot { corner: (plot.left, plot.top), columns, covered: f64::MAX, cost: f64::MAX };
    for i in 0..=STEPS {
        for j in 0..=STEPS {
            let (fx, fy) = (1.0 - i as f64 / STEPS as f64, j as f64 / STEPS as f64);
            let left = plot.left + inset(fx, plot.width - width);
            let top = plot.top + inset(fy, plot.height - height);
            let room = Rect { left, top, width, height }.grown(3.0);
            let points = busy.points.iter().filter(|(point, _)| room.contains(*point));
            let texts = busy.texts.iter().filter(|text| room.overlaps(text)).count();
            let covered = points.map(|(_, weight)| weight).sum::<f64>() + 20.0 * texts as f64;
            let from_corner = fx.min(1.0 - fx) + fy.min(1.0 - fy);
            let order = 0.01 * (1.0 - fx) + 0.02 * fy + 0.6 * (columns - 1) as f64;
            let cost = 10.0 * covered + from_corner + order;
            if cost < best.cost {
                best = Spot { corner: (left, top), columns, covered, cost };
            }
        }
    }
    best
}
