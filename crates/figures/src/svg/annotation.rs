//! Texts, arrows and the parts of schematics.

use super::canvas::{self, Canvas, Ink, TextStyle};
use super::frame::Frame;
use super::geometry::{Point, Rect};
use super::symbol;
use crate::{Anchor, Arrow, Brace, Colour, Edge, End, FigureError, Mark, Node, NodeShape, Panel, Place, Text, font};

/// Size of the labels of arrows, edges and braces.
const LABEL_SIZE: f64 = 14.0;

/// Draws marks that are no series, in their order.
pub(crate) fn draw(canvas: &mut Canvas, frame: &Frame, panel: &Panel, mark: &Mark) -> Result<(), FigureError> {
    match mark {
        Mark::Text(text) => draw_text(canvas, frame, text),
        Mark::Arrow(arrow) => draw_arrow(canvas, frame, arrow),
        Mark::Node(node) => draw_node(canvas, frame, node),
        Mark::Edge(edge) => draw_edge(canvas, frame, panel, edge),
        Mark::Brace(brace) => draw_brace(canvas, frame, brace),
        _ => Ok(()),
    }
}

fn draw_text(canvas: &mut Canvas, frame: &Frame, text: &Text) -> Result<(), FigureError> {
    canvas.text(place_of(frame, text), &text.text, &style_of(text))
}

fn place_of(frame: &Frame, text: &Text) -> Point {
    match text.place {
        Place::Data(x, y) => frame.at((x, y)),
        Place::Panel(x, y) => (frame.rect.left + x * frame.rect.width, frame.rect.bottom() - y * frame.rect.height),
    }
}

fn style_of(text: &Text) -> TextStyle {
    let Text { size, colour, bold, rotation, anchor, .. } = *text;
    TextStyle { size, colour, bold, halo: true, rotation, anchor }
}

fn draw_arrow(canvas: &mut Canvas, frame: &Frame, arrow: &Arrow) -> Result<(), FigureError> {
    let (from, to) = (frame.at(arrow.from), frame.at(arrow.to));
    canvas.open(&[("class", "arrow")])?;
    symbol::arrow(canvas, from, to, Ink::stroke(arrow.colour, arrow.width), (false, true));
    label_beside(canvas, (from, to), arrow.label.as_deref(), arrow.colour)?;
    canvas.close()
}

/// Writes a label beside the middle of a line, clear of it: above, or at the right of a vertical line.
fn label_beside(
    canvas: &mut Canvas,
    ends: (Point, Point),
    label: Option<&str>,
    colour: Colour,
) -> Result<(), FigureError> {
    let Some(label) = label else { return Ok(()) };
    let style = TextStyle { colour, halo: true, ..TextStyle::new(LABEL_SIZE, Anchor::Centre) };
    canvas.text(beside(ends, label), label, &style)
}

/// The centre of a label that stands clear of a line.
fn beside((from, to): (Point, Point), label: &str) -> Point {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = dx.hypot(dy).max(1e-9);
    // The normal that points upwards; to the right of a vertical line.
    let is_vertical = dx.abs() < 1e-9 * length;
    let (nx, ny) = if is_vertical { (1.0, 0.0) } else { (dx.signum() * dy / length, -dx.abs() / length) };
    let (width, height) = (font::label_width(label, LABEL_SIZE, false), 0.73 * LABEL_SIZE);
    let offset = 7.0 + 0.5 * (nx.abs() * width + ny.abs() * height);
    (0.5 * (from.0 + to.0) + offset * nx, 0.5 * (from.1 + to.1) + offset * ny)
}

/// The box of the text of a mark in two-axis coordinates, for a legend to keep clear of.
pub(crate) fn text_box(frame: &Frame, mark: &Mark) -> Option<Rect> {
    match mark {
        Mark::Text(text) => Some(canvas::text_box(place_of(frame, text), &text.text, &style_of(text))),
        Mark::Arrow(arrow) => {
            let label = arrow.label.as_deref()?;
            let style = TextStyle::new(LABEL_SIZE, Anchor::Centre);
            Some(canvas::text_box(beside((frame.at(arrow.from), frame.at(arrow.to)), label), label, &style))
        }
        _ => None,
    }
}

fn draw_node(canvas: &mut Canvas, frame: &Frame, node: &Node) -> Result<(), FigureError> {
    let centre = frame.at(node.centre);
    canvas.open(&[("class", "node"), ("data-node", &node.name)])?;
    let (fill, outline) = (Ink::fill(node.fill, 1.0), Ink::stroke(node.outline, node.outline_width));
    match node.shape {
        NodeShape::Circle { radius } => {
            canvas.disc(centre, radius * frame.unit(), fill);
            if node.outline_width > 0.0 {
                canvas.ring(centre, radius * frame.unit(), outline);
            }
        }
        NodeShape::Box { width, height } => {
            let outline_points = rounded(centre, width * frame.unit(), height * frame.unit());
            canvas.polygon(&outline_points, fill);
            if node.outline_width > 0.0 {
                let closed: Vec<Point> = outline_points.iter().chain(&outline_points[..2]).copied().collect();
                canvas.path(&closed, outline);
            }
        }
    }
    if !node.text.is_empty() {
        let style = TextStyle { colour: node.text_colour, ..TextStyle::new(node.text_size, Anchor::Centre) };
        canvas.text(centre, &node.text, &style)?;
    }
    canvas.close()
}

/// The outline of a box with rounded corners.
fn rounded((x, y): Point, width: f64, height: f64) -> Vec<Point> {
    const CORNER_STEPS: usize = 8;
    let radius = (0.25 * width.min(height)).min(10.0);
    let (w, h) = (0.5 * width - radius, 0.5 * height - radius);
    let corners = [(w, h), (-w, h), (-w, -h), (w, -h)];
    let arc = |(i, (cx, cy)): (usize, (f64, f64))| {
        (0..=CORNER_STEPS).map(move |step| {
            let angle = std::f64::consts::FRAC_PI_2 * (i as f64 + step as f64 / CORNER_STEPS as f64);
            (x + cx + radius * angle.cos(), y + cy + radius * angle.sin())
        })
    };
    corners.into_iter().enumerate().flat_map(arc).collect()
}

fn draw_edge(canvas: &mut Canvas, frame: &Frame, panel: &Panel, edge: &Edge) -> Result<(), FigureError> {
    let find = |name: &str| {
        panel.marks.iter().find_map(|mark| match mark {
            Mark::Node(node) if node.name == name => Some(node),
            _ => None,
        })
    };
    let centre = |end: &End| match end {
        End::At(x, y) => frame.at((*x, *y)),
        End::Node(name) => find(name).map_or((0.0, 0.0), |node| frame.at(node.centre)),
    };
    let border = |end: &End, towards: Point| match end {
        End::At(x, y) => frame.at((*x, *y)),
        End::Node(name) => find(name).map_or((0.0, 0.0), |node| leave(frame, node, towards)),
    };
    let (from, to) = (border(&edge.from, centre(&edge.to)), border(&edge.to, centre(&edge.from)));
    let (dash, cap) = symbol::dash_attributes(edge.dash, edge.width);
    canvas.open(&[("class", "edge"), ("stroke-dasharray", &dash), ("stroke-linecap", cap)])?;
    symbol::arrow(canvas, from, to, Ink::stroke(edge.colour, edge.width), (edge.tail_head, edge.head));
    canvas.close()?;
    label_beside(canvas, (from, to), edge.label.as_deref(), edge.colour)
}

/// Where the straight line from a node's centre towards a point leaves the node, and two pixels more.
fn leave(frame: &Frame, node: &Node, towards: Point) -> Point {
    let centre = frame.at(node.centre);
    let (dx, dy) = (towards.0 - centre.0, towards.1 - centre.1);
    let distance = dx.hypot(dy);
    if distance == 0.0 {
        return centre;
    }
    let reach = match node.shape {
        NodeShape::Circle { radius } => radius * frame.unit(),
        NodeShape::Box { width, height } => {
            let (w, h) = (0.5 * width * frame.unit(), 0.5 * height * frame.unit());
            (w * distance / dx.abs()).min(h * distance / dy.abs())
        }
    };
    let t = (reach + 0.5 * node.outline_width + 2.0) / distance;
    (centre.0 + t * dx, centre.1 + t * dy)
}

/// A curly bracket: two quarter bends at its ends and two at its tip.
fn draw_brace(canvas: &mut Canvas, frame: &Frame, brace: &Brace) -> Result<(), FigureError> {
    const BEND_STEPS: usize = 8;
    let (from, to) = (frame.at(brace.from), frame.at(brace.to));
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = dx.hypot(dy);
    if length == 0.0 {
        return Ok(());
    }
    let (ux, uy) = (dx / length, dy / length);
    // Left of the direction: in pixels y runs downwards.
    let at = |along: f64, out: f64| (from.0 + along * ux + out * uy, from.1 + along * uy - out * ux);
    let bend = (0.5 * brace.depth).min(0.25 * length);
    let half = 0.5 * brace.depth;
    let quarter = |t: usize| std::f64::consts::FRAC_PI_2 * t as f64 / BEND_STEPS as f64;
    let mut side: Vec<(f64, f64)> =
        (0..=BEND_STEPS).map(|t| (bend * (1.0 - quarter(t).cos()), half * quarter(t).sin())).collect();
    side.extend(
        (0..=BEND_STEPS)
            .map(|t| (0.5 * length - bend * (1.0 - quarter(t).sin()), brace.depth - half * quarter(t).cos())),
    );
    let mirrored: Vec<(f64, f64)> = side.iter().rev().map(|&(along, out)| (length - along, out)).collect();
    let points: Vec<Point> = side.into_iter().chain(mirrored).map(|(along, out)| at(along, out)).collect();
    canvas.open(&[("class", "brace"), ("stroke-linejoin", "round")])?;
    canvas.path(&points, Ink::stroke(brace.colour, 1.4));
    let (out_x, out_y) = (uy, -ux);
    let anchor = match (out_x.abs() > out_y.abs(), out_x > 0.0, out_y > 0.0) {
        (true, true, _) => Anchor::Left,
        (true, false, _) => Anchor::Right,
        (false, _, true) => Anchor::Top,
        (false, _, false) => Anchor::Bottom,
    };
    if !brace.label.is_empty() {
        let style = TextStyle { colour: brace.colour, ..TextStyle::new(LABEL_SIZE, anchor) };
        canvas.text(at(0.5 * length, brace.depth + 6.0), &brace.label, &style)?;
    }
    canvas.close()
}
