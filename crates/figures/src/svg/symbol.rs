//! Marks of data points, dashes and arrow heads.

use super::canvas::{Canvas, Ink};
use super::geometry::Point;
use crate::{Colour, Dash, Shape};

/// Dash pattern and line cap as SVG attributes, on the drawing grid, for a line of this width in pixels.
pub(crate) fn dash_attributes(dash: Dash, width: f64) -> (String, &'static str) {
    let unit = (10.0 * width.max(1.0)).round();
    let pattern =
        |parts: &[f64]| parts.iter().map(|part| (part * unit).round().to_string()).collect::<Vec<_>>().join(" ");
    match dash {
        Dash::Solid => (String::new(), ""),
        Dash::Dashed => (pattern(&[4.0, 2.5]), ""),
        Dash::Dotted => (format!("1 {}", pattern(&[2.4])), "round"),
        Dash::DashDot => (pattern(&[5.0, 2.5, 1.0, 2.5]), ""),
    }
}

/// The corners of a shape with corners.
fn corners(shape: Shape, (x, y): Point, r: f64) -> Vec<Point> {
    match shape {
        Shape::Square | Shape::OpenSquare => {
            let h = 0.89 * r;
            vec![(x - h, y - h), (x + h, y - h), (x + h, y + h), (x - h, y + h)]
        }
        Shape::Triangle | Shape::OpenTriangle => {
            let r = 1.2 * r;
            vec![(x, y - r), (x + 0.866 * r, y + 0.5 * r), (x - 0.866 * r, y + 0.5 * r)]
        }
        _ => {
            let r = 1.25 * r;
            vec![(x, y - r), (x + r, y), (x, y + r), (x - r, y)]
        }
    }
}

fn is_open(shape: Shape) -> bool {
    matches!(shape, Shape::OpenCircle | Shape::OpenSquare | Shape::OpenTriangle | Shape::OpenDiamond)
}

/// Draws a shape at each centre; an outline follows its fill, so that the two become one.
pub(crate) fn shapes(canvas: &mut Canvas, centres: &[Point], shape: Shape, radius: f64, ink: Ink) {
    let round = matches!(shape, Shape::Circle | Shape::OpenCircle);
    let outline = Ink { width: 1.4, ..ink };
    if shape == Shape::Cross {
        let h = 0.8 * radius;
        for &(x, y) in centres {
            canvas.path(&[(x - h, y - h), (x + h, y + h)], outline);
            canvas.path(&[(x - h, y + h), (x + h, y - h)], outline);
        }
        return;
    }
    let fill = Ink::fill(if is_open(shape) { Colour::WHITE } else { ink.colour }, ink.opacity);
    for &centre in centres {
        if round {
            canvas.disc(centre, radius, fill);
        } else {
            canvas.polygon(&corners(shape, centre, radius), fill);
        }
        if is_open(shape) && round {
            canvas.ring(centre, radius, outline);
        } else if is_open(shape) {
            let mut closed = corners(shape, centre, radius);
            closed.extend_from_within(..1);
            canvas.path(&closed, outline);
        }
    }
}

/// Draws the arrow of a point whose value is a lower bound.
pub(crate) fn bound(canvas: &mut Canvas, (x, y): Point, (dx, dy): (f64, f64), radius: f64, ink: Ink) {
    let at = |distance: f64| (x + distance * dx, y + distance * dy);
    let ink = Ink { width: 1.2, ..ink };
    arrow(canvas, at(radius), at(radius + 5.0 + head_length(ink.width)), ink, (false, true));
}

/// Width of error bars in pixels.
pub(crate) const BAR_WIDTH: f64 = 1.3;

/// Draws an error bar; its caps reach by (cx, cy) to either side of its ends.
pub(crate) fn bar(canvas: &mut Canvas, ends: [Point; 2], (cx, cy): (f64, f64), ink: Ink) {
    canvas.path(&ends, ink);
    for (x, y) in ends {
        canvas.path(&[(x - cx, y - cy), (x + cx, y + cy)], ink);
    }
}

/// Length of an arrow head in pixels for a line of this width.
pub(crate) fn head_length(width: f64) -> f64 {
    6.0 + 2.4 * width
}

/// Draws the head of an arrow that points from `from` to `tip`.
pub(crate) fn head(canvas: &mut Canvas, from: Point, tip: Point, ink: Ink) {
    let (dx, dy) = (tip.0 - from.0, tip.1 - from.1);
    let distance = dx.hypot(dy);
    if distance == 0.0 {
        return;
    }
    let (ux, uy) = (dx / distance, dy / distance);
    let length = head_length(ink.width).min(distance);
    let half = 0.4 * length;
    let base = (tip.0 - length * ux, tip.1 - length * uy);
    let wings = [(base.0 - half * uy, base.1 + half * ux), (base.0 + half * uy, base.1 - half * ux)];
    canvas.polygon(&[tip, wings[0], wings[1]], Ink::fill(ink.colour, ink.opacity));
}

/// Draws a straight arrow; its line ends inside its heads.
pub(crate) fn arrow(canvas: &mut Canvas, from: Point, to: Point, ink: Ink, (tail, tip): (bool, bool)) {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let distance = dx.hypot(dy);
    let short = if distance > 0.0 { (0.8 * head_length(ink.width) / distance).min(0.5) } else { 0.0 };
    let along = |t: f64| (from.0 + t * dx, from.1 + t * dy);
    let ends = (if tail { along(short) } else { from }, if tip { along(1.0 - short) } else { to });
    canvas.path(&[ends.0, ends.1], ink);
    if tip {
        head(canvas, from, to, ink);
    }
    if tail {
        head(canvas, to, from, ink);
    }
}
