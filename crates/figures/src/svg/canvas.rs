//! The SVG under construction: shapes drawn by plotters, groups and text put around them.

use super::geometry::{Point, Rect};
use crate::math_text::{self, Piece, Run, escaped};
use crate::{Anchor, Colour, FigureError, font};
use plotters::prelude::{DrawingBackend, RGBAColor, SVGBackend, ShapeStyle};
use std::fmt::Write as _;

/// Steps of the drawing grid per pixel: plotters rounds to whole steps.
pub(crate) const GRID: f64 = 10.0;

/// Colour, opacity and width of a stroke or fill.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Ink {
    pub(crate) colour: Colour,
    pub(crate) opacity: f64,
    pub(crate) width: f64,
}

impl Ink {
    pub(crate) fn fill(colour: Colour, opacity: f64) -> Self {
        Self { colour, opacity, width: 0.0 }
    }

    pub(crate) fn stroke(colour: Colour, width: f64) -> Self {
        Self { colour, opacity: 1.0, width }
    }

    pub(crate) fn faded(self, opacity: f64) -> Self {
        Self { opacity, ..self }
    }

    fn style(&self) -> ShapeStyle {
        let Colour { red, green, blue } = self.colour;
        let stroke_width = (self.width * GRID).round() as u32;
        ShapeStyle { color: RGBAColor(red, green, blue, self.opacity.clamp(0.0, 1.0)), filled: true, stroke_width }
    }
}

enum Shape {
    Path(Vec<Point>, Ink),
    Polygon(Vec<Point>, Ink),
    Disc(Point, f64, Ink),
    Ring(Point, f64, Ink),
    Rect(Rect, Ink),
}

/// How a text looks and hangs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TextStyle {
    pub(crate) size: f64,
    pub(crate) colour: Colour,
    pub(crate) bold: bool,
    pub(crate) halo: bool,
    /// Degrees counterclockwise.
    pub(crate) rotation: f64,
    pub(crate) anchor: Anchor,
}

impl TextStyle {
    pub(crate) fn new(size: f64, anchor: Anchor) -> Self {
        Self { size, colour: Colour::INK, bold: false, halo: false, rotation: 0.0, anchor }
    }
}

/// A text that was written and the box it fills.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    pub(crate) text: String,
    pub(crate) rect: Rect,
}

pub(crate) struct Canvas {
    size: (f64, f64),
    out: String,
    shapes: Vec<Shape>,
    pub(crate) written: Vec<Written>,
}

impl Canvas {
    pub(crate) fn new(width: f64, height: f64) -> Self {
        Self { size: (width, height), out: String::new(), shapes: Vec::new(), written: Vec::new() }
    }

    pub(crate) fn path(&mut self, points: &[Point], ink: Ink) {
        if points.len() > 1 {
            self.shapes.push(Shape::Path(points.to_vec(), ink));
        }
    }

    pub(crate) fn polygon(&mut self, points: &[Point], ink: Ink) {
        if points.len() > 2 {
            self.shapes.push(Shape::Polygon(points.to_vec(), ink));
        }
    }

    pub(crate) fn disc(&mut self, centre: Point, radius: f64, ink: Ink) {
        self.shapes.push(Shape::Disc(centre, radius, ink));
    }

    pub(crate) fn ring(&mut self, centre: Point, radius: f64, ink: Ink) {
        self.shapes.push(Shape::Ring(centre, radius, ink));
    }

    pub(crate) fn rect(&mut self, rect: Rect, ink: Ink) {
        self.shapes.push(Shape::Rect(rect, ink));
    }

    /// Opens a group; empty values leave their attribute out.
    pub(crate) fn open(&mut self, attributes: &[(&str, &str)]) -> Result<(), FigureError> {
        self.flush()?;
        self.out.push_str("<g");
        for (name, value) in attributes.iter().filter(|(_, value)| !value.is_empty()) {
            let _ = write!(self.out, " {name}=\"{}\"", escaped(value));
        }
        self.out.push_str(">\n");
        Ok(())
    }

    pub(crate) fn close(&mut self) -> Result<(), FigureError> {
        self.flush()?;
        self.out.push_str("</g>\n");
        Ok(())
    }

    /// Writes math text, one line for each `\n`, with the anchor of its box at the place.
    pub(crate) fn text(&mut self, place: Point, label: &str, style: &TextStyle) -> Result<(), FigureError> {
        self.flush()?;
        let (_, fy) = style.anchor.fractions();
        let lines: Vec<&str> = label.split('\n').collect();
        let first = place.1 - fy * text_height(lines.len(), style.size) + CAP_HEIGHT * style.size;
        for (i, line) in lines.iter().enumerate() {
            let baseline = first + LINE_HEIGHT * style.size * i as f64;
            self.line_of_text((place.0, baseline), place, line, style)?;
        }
        let rect = text_box(place, label, style);
        self.written.push(Written { text: math_text::plain(label), rect });
        Ok(())
    }

    fn line_of_text(&mut self, at: Point, pivot: Point, line: &str, style: &TextStyle) -> Result<(), FigureError> {
        let fx = style.anchor.fractions().0;
        let left = at.0 - fx * font::label_width(line, style.size, style.bold);
        let is_placed = math_text::has_stack(line);
        let start = if is_placed { left } else { at.0 };
        let mut attributes = format!(r#"x="{}" y="{}" font-size="{}""#, grid(start), grid(at.1), grid(style.size));
        if fx > 0.0 && !is_placed {
            let anchor = if fx < 1.0 { "middle" } else { "end" };
            let _ = write!(attributes, r#" text-anchor="{anchor}""#);
        }
        let _ = write!(attributes, r#" fill="{}""#, style.colour.hex());
        if style.bold {
            attributes.push_str(r#" font-weight="bold""#);
        }
        if style.halo {
            attributes
                .push_str(r##" paint-order="stroke" stroke="#ffffff" stroke-width="30" stroke-linejoin="round""##);
        }
        if style.rotation != 0.0 {
            let _ =
                write!(attributes, r#" transform="rotate({} {} {})""#, -style.rotation, grid(pivot.0), grid(pivot.1));
        }
        let _ = writeln!(self.out, "<text {attributes}>{}</text>", spans(line, left, style));
        Ok(())
    }

    /// Lets plotters draw the shapes that wait and takes over what it wrote.
    fn flush(&mut self) -> Result<(), FigureError> {
        if self.shapes.is_empty() {
            return Ok(());
        }
        let mut drawn = String::new();
        let size = (grid(self.size.0) as u32, grid(self.size.1) as u32);
        let mut backend = SVGBackend::with_string(&mut drawn, size);
        for shape in self.shapes.drain(..) {
            draw(&mut backend, &shape).map_err(|error| FigureError::Drawing(error.to_string()))?;
        }
        backend.present().map_err(|error| FigureError::Drawing(error.to_string()))?;
        drop(backend);
        super::compact::append(&mut self.out, &drawn);
        Ok(())
    }

    pub(crate) fn finish(mut self) -> Result<(String, Vec<Written>), FigureError> {
        self.flush()?;
        Ok((self.out, self.written))
    }
}

/// Height of a capital and distance of lines, in units of the text size.
const CAP_HEIGHT: f64 = 0.73;
pub(crate) const LINE_HEIGHT: f64 = 1.25;

/// From the top of the first line's capitals to the last baseline.
fn text_height(lines: usize, size: f64) -> f64 {
    (CAP_HEIGHT + LINE_HEIGHT * (lines - 1) as f64) * size
}

/// The upright box that a text fills, from capitals to baseline.
pub(crate) fn text_box(place: Point, label: &str, style: &TextStyle) -> Rect {
    let (fx, fy) = style.anchor.fractions();
    let lines = label.split('\n');
    let width = lines.clone().map(|line| font::label_width(line, style.size, style.bold)).fold(0.0, f64::max);
    let height = text_height(lines.count(), style.size);
    let rect = Rect { left: place.0 - fx * width, top: place.1 - fy * height, width, height };
    turned(rect, place, style.rotation)
}

fn draw(
    backend: &mut SVGBackend<'_>,
    shape: &Shape,
) -> Result<(), plotters::drawing::DrawingAreaErrorKind<std::io::Error>> {
    let at = |point: &Point| (grid(point.0), grid(point.1));
    let path = |points: &[Point]| points.iter().map(at).collect::<Vec<_>>();
    match shape {
        Shape::Path(points, ink) => {
            let mut points = path(points);
            points.dedup();
            backend.draw_path(points, &ink.style())
        }
        Shape::Polygon(points, ink) => {
            let mut points = path(points);
            points.dedup();
            backend.fill_polygon(points, &ink.style())
        }
        Shape::Disc(centre, radius, ink) => backend.draw_circle(at(centre), grid(*radius) as u32, &ink.style(), true),
        Shape::Ring(centre, radius, ink) => backend.draw_circle(at(centre), grid(*radius) as u32, &ink.style(), false),
        Shape::Rect(rect, ink) => {
            backend.draw_rect(at(&(rect.left, rect.top)), at(&(rect.right(), rect.bottom())), &ink.style(), true)
        }
    }
    .map_err(plotters::drawing::DrawingAreaErrorKind::BackendError)
}

/// Pixels to whole steps of the grid.
pub(crate) fn grid(pixels: f64) -> i32 {
    (pixels * GRID).round() as i32
}

/// The pieces of a line as text and tspans; scripts are shifted by `dy`. A superscript above a subscript, and what
/// comes after the two, are put at places of their own, counted from the `left` end of the line: with a negative `dx`
/// in their stead usvg 0.45, and so the PDF, loses letters.
fn spans(line: &str, left: f64, style: &TextStyle) -> String {
    let mut out = String::new();
    let (mut end, mut height, mut own_place) = (left, 0, None);
    for piece in math_text::parse(line) {
        match piece {
            Piece::Line(run) => {
                let shift = Shift { place: own_place.take(), across: 0, down: -height };
                span(&mut out, &run, None, shift);
                height = 0;
                end += font::runs_width(&[run], style.size, style.bold);
            }
            Piece::Scripts { below, above } => {
                let size = font::script_size(style.size);
                let gap = font::SUPERSCRIPT_GAP * style.size;
                for run in &below {
                    let target = grid(font::SUBSCRIPT_DROP * style.size);
                    let shift = Shift { place: own_place.take(), across: 0, down: target - height };
                    span(&mut out, run, Some(size), shift);
                    height = target;
                }
                for (i, run) in above.iter().enumerate() {
                    let target = -grid(font::SUPERSCRIPT_RISE * style.size);
                    let is_first = i == 0;
                    let stacked = (is_first && !below.is_empty()).then_some(end + gap);
                    let place = stacked.or(own_place.take());
                    let across = if is_first && stacked.is_none() { grid(gap) } else { 0 };
                    span(&mut out, run, Some(size), Shift { place, across, down: target - height });
                    height = target;
                }
                end += font::scripts_width(&below, &above, style.size, style.bold);
                own_place = (!below.is_empty() && !above.is_empty()).then_some(end);
            }
        }
    }
    out
}

/// Where a run stands: at a place of its own in pixels, or after the run before it, both shifted by steps of the grid.
struct Shift {
    place: Option<f64>,
    across: i32,
    down: i32,
}

/// Writes a run, in a size of its own if it is a script.
fn span(out: &mut String, run: &Run, size: Option<f64>, shift: Shift) {
    let mut attributes = String::new();
    if let Some(place) = shift.place {
        let _ = write!(attributes, r#" x="{}""#, grid(place));
    }
    for (name, steps) in [("dx", shift.across), ("dy", shift.down)].into_iter().filter(|(_, steps)| *steps != 0) {
        let _ = write!(attributes, r#" {name}="{steps}""#);
    }
    if let Some(size) = size {
        let _ = write!(attributes, r#" font-size="{}""#, grid(size));
    }
    if run.italic {
        attributes.push_str(r#" font-style="italic""#);
    }
    let text = math_text::escaped(&run.text);
    if attributes.is_empty() {
        out.push_str(&text);
    } else {
        let _ = write!(out, "<tspan{attributes}>{text}</tspan>");
    }
}

/// The upright box around a box turned counterclockwise about a point.
fn turned(rect: Rect, (px, py): Point, degrees: f64) -> Rect {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let corners =
        [(rect.left, rect.top), (rect.right(), rect.top), (rect.left, rect.bottom()), (rect.right(), rect.bottom())]
            .map(|(x, y)| (px + cos * (x - px) + sin * (y - py), py - sin * (x - px) + cos * (y - py)));
    let low = corners.iter().fold((f64::MAX, f64::MAX), |m, c| (m.0.min(c.0), m.1.min(c.1)));
    let high = corners.iter().fold((f64::MIN, f64::MIN), |m, c| (m.0.max(c.0), m.1.max(c.1)));
    Rect { left: low.0, top: low.1, width: high.0 - low.0, height: high.1 - low.1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_return_to_the_line() {
        let style = TextStyle::new(20.0, Anchor::Left);
        let out = spans("ln ε_{te}(t)", 0.0, &style);
        let expected = [
            r#"ln <tspan font-style="italic">ε</tspan><tspan dy="40" font-size="140">te</tspan>"#,
            r#"<tspan dy="-40">(</tspan><tspan font-style="italic">t</tspan>)"#,
        ];
        assert_eq!(out, expected.concat());
        assert_eq!(spans("1 < *b*", 0.0, &style), r#"1 &lt; <tspan font-style="italic">b</tspan>"#);
        assert_eq!(spans("10^5", 0.0, &style), r#"10<tspan dx="12" dy="-72" font-size="140">5</tspan>"#);
    }

    #[test]
    fn a_superscript_stands_above_a_subscript() {
        let style = TextStyle::new(20.0, Anchor::Left);
        let out = spans("5_{z}²/3", 100.0, &style);
        let five = 20.0 * font::label_width("5", 1.0, false);
        let (above, after) =
            (grid(100.0 + five + 1.2), grid(100.0 + five + 14.0 * font::label_width("2", 1.0, false) + 1.2));
        assert!(out.contains(&format!(r#"<tspan x="{above}" dy="-112" font-size="140">2</tspan>"#)), "{out}");
        assert!(out.contains(&format!(r#"<tspan x="{after}" dy="72">/3</tspan>"#)), "{out}");
    }

    #[test]
    fn a_quarter_turn_exchanges_width_and_height() {
        let rect = turned(Rect { left: -5.0, top: -1.0, width: 10.0, height: 2.0 }, (0.0, 0.0), 90.0);
        assert!((rect.width - 2.0).abs() < 1e-9 && (rect.height - 10.0).abs() < 1e-9);
    }
}
