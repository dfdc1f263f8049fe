//! From data to pixels.

use super::geometry::{Point, Rect};
use crate::range::Ranges;
use crate::{Coordinates, Panel, Scale};

/// One axis: numbers to pixels.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Map {
    pub(crate) scale: Scale,
    /// Ends of the axis in data.
    pub(crate) range: (f64, f64),
    /// Ends of the axis in pixels.
    pub(crate) pixels: (f64, f64),
}

impl Map {
    /// The pixel of a number. Far beyond the axis it stops at ten million, so that clipping never meets an infinity.
    pub(crate) fn at(&self, value: f64) -> f64 {
        let (low, high) = (self.scale.forward(self.range.0), self.scale.forward(self.range.1));
        let fraction = (self.scale.forward(value) - low) / (high - low);
        (self.pixels.0 + fraction * (self.pixels.1 - self.pixels.0)).clamp(-1e7, 1e7)
    }
}

/// The drawing area of a panel and the map of its data into it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    pub(crate) rect: Rect,
    pub(crate) x: Map,
    pub(crate) y: Map,
}

impl Frame {
    pub(crate) fn new(panel: &Panel, ranges: Ranges, rect: Rect) -> Self {
        let (x_scale, y_scale, rect) = match &panel.coordinates {
            Coordinates::Axes { x, y } => (x.scale, y.scale, rect),
            Coordinates::Free { width, height } => (Scale::Linear, Scale::Linear, fitted(rect, *width, *height)),
        };
        let x = Map { scale: x_scale, range: ranges.x, pixels: (rect.left, rect.right()) };
        let y = Map { scale: y_scale, range: ranges.y, pixels: (rect.bottom(), rect.top) };
        Self { rect, x, y }
    }

    pub(crate) fn at(&self, (x, y): (f64, f64)) -> Point {
        (self.x.at(x), self.y.at(y))
    }

    pub(crate) fn all_at(&self, points: &[(f64, f64)]) -> Vec<Point> {
        points.iter().map(|&point| self.at(point)).collect()
    }

    /// Pixels per unit of a free panel.
    pub(crate) fn unit(&self) -> f64 {
        self.rect.width / (self.x.range.1 - self.x.range.0)
    }

    /// The drawing area with room for rounding, for points that may stand on its border.
    pub(crate) fn shows(&self, point: Point) -> bool {
        self.rect.grown(0.01).contains(point)
    }
}

/// The largest rectangle of the given proportions in the middle of another.
fn fitted(rect: Rect, width: f64, height: f64) -> Rect {
    let unit = (rect.width / width).min(rect.height / height);
    let (w, h) = (unit * width, unit * height);
    Rect { left: rect.left + 0.5 * (rect.width - w), top: rect.top + 0.5 * (rect.height - h), width: w, height: h }
}
