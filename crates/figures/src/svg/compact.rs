//! Plotters writes one element a shape and repeats the style at each; here consecutive shapes of one style are one
//! path of relative steps, circles of one style share a group, and an outline that follows its fill becomes part of it.

use std::fmt::Write as _;

type Step = (i32, i32);

#[derive(Clone, Debug, PartialEq)]
enum Geometry {
    Open(Vec<Step>),
    Closed(Vec<Step>),
    /// Centre and radius, as they are written.
    Circle(String),
}

#[derive(Clone, Debug, PartialEq)]
struct Shape {
    geometry: Geometry,
    fill: String,
    stroke: String,
}

/// Appends the shapes of a document written by plotters, without its `<svg>`.
pub(crate) fn append(out: &mut String, document: &str) {
    let mut shapes: Vec<Shape> = Vec::new();
    for shape in document.lines().filter_map(read) {
        match shapes.last_mut() {
            Some(last) if is_outline_of(&shape, last) => last.stroke = shape.stroke,
            _ => shapes.push(shape),
        }
    }
    let is_circle = |shape: &Shape| matches!(shape.geometry, Geometry::Circle(_));
    let alike = |a: &Shape, b: &Shape| (&a.fill, &a.stroke, is_circle(a)) == (&b.fill, &b.stroke, is_circle(b));
    for run in shapes.chunk_by(alike) {
        let fill = if run[0].fill.is_empty() { " fill=\"none\"" } else { &run[0].fill };
        let style = format!("{fill}{}", run[0].stroke);
        if !is_circle(&run[0]) {
            let steps: String = run.iter().map(|shape| path(&shape.geometry)).collect();
            let _ = writeln!(out, "<path{style} d=\"{steps}\"/>");
            continue;
        }
        let circles = run.iter().map(|shape| path(&shape.geometry));
        if run.len() == 1 {
            let _ = writeln!(out, "<circle{style}{}/>", circles.collect::<String>());
        } else {
            let circles: String = circles.map(|circle| format!("<circle{circle}/>\n")).collect();
            let _ = writeln!(out, "<g{style}>\n{circles}</g>");
        }
    }
}

/// Whether a shape is the outline of the filled shape before it.
fn is_outline_of(outline: &Shape, filled: &Shape) -> bool {
    let same = match (&outline.geometry, &filled.geometry) {
        (Geometry::Open(line), Geometry::Closed(area)) => {
            line.len() == area.len() + 1 && line.starts_with(area) && line.last() == area.first()
        }
        (Geometry::Circle(ring), Geometry::Circle(disc)) => ring == disc,
        _ => false,
    };
    same && outline.fill.is_empty() && filled.stroke.is_empty()
}

/// The way along a shape in relative steps; what a circle's element says of its place.
fn path(geometry: &Geometry) -> String {
    let (steps, end) = match geometry {
        Geometry::Open(steps) => (steps, ""),
        Geometry::Closed(steps) => (steps, "z"),
        Geometry::Circle(circle) => return circle.clone(),
    };
    let mut out = String::new();
    let mut command = ' ';
    for (i, &(x, y)) in steps.iter().enumerate() {
        if i == 0 {
            let _ = write!(out, "M{x} {y}");
            continue;
        }
        let (dx, dy) = (x - steps[i - 1].0, y - steps[i - 1].1);
        let (next, numbers) = match (dx, dy) {
            (_, 0) => ('h', vec![dx]),
            (0, _) => ('v', vec![dy]),
            _ => ('l', vec![dx, dy]),
        };
        if next != command {
            out.push(next);
            command = next;
        }
        for number in numbers {
            if number >= 0 && out.ends_with(|c: char| c.is_ascii_digit()) {
                out.push(' ');
            }
            let _ = write!(out, "{number}");
        }
    }
    out + end
}

/// A shape of plotters; `None` for the document's own tags.
fn read(line: &str) -> Option<Shape> {
    let body = line.strip_prefix('<')?.strip_suffix("/>")?;
    let (tag, _) = body.split_once(' ')?;
    let get = |name: &str| {
        let start = body.find(&format!(" {name}=\""))? + name.len() + 3;
        body[start..].split_once('"').map(|(value, _)| value)
    };
    let number = |name: &str| get(name)?.parse::<i32>().ok();
    let steps = || -> Option<Vec<Step>> {
        let step = |pair: &str| {
            let (x, y) = pair.split_once(',')?;
            Some((x.parse().ok()?, y.parse().ok()?))
        };
        get("points")?.split_whitespace().map(step).collect()
    };
    let geometry = match tag {
        "polyline" => Geometry::Open(steps()?),
        "polygon" => Geometry::Closed(steps()?),
        "circle" => Geometry::Circle(format!(" cx=\"{}\" cy=\"{}\" r=\"{}\"", get("cx")?, get("cy")?, get("r")?)),
        "rect" => {
            let (x, y, width, height) = (number("x")?, number("y")?, number("width")?, number("height")?);
            Geometry::Closed(vec![(x, y), (x + width, y), (x + width, y + height), (x, y + height)])
        }
        "line" => Geometry::Open(vec![(number("x1")?, number("y1")?), (number("x2")?, number("y2")?)]),
        _ => return None,
    };
    let opacity = |of: &str| match get("opacity") {
        Some("1") | None => String::new(),
        Some(opacity) => format!(" {of}-opacity=\"{opacity}\""),
    };
    let (mut fill, mut stroke) = (String::new(), String::new());
    match get("fill") {
        Some("none") | None => {
            let (colour, width) = (get("stroke")?, get("stroke-width")?);
            stroke = format!(" stroke=\"{colour}\" stroke-width=\"{width}\"{}", opacity("stroke"));
        }
        Some(colour) => fill = format!(" fill=\"{colour}\"{}", opacity("fill")),
    }
    Some(Shape { geometry, fill, stroke })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compacted(shapes: &[&str]) -> String {
        let mut out = String::new();
        append(&mut out, &format!("<svg width=\"1\">\n{}\n</svg>\n", shapes.join("\n")));
        out
    }

    #[test]
    fn shapes_of_one_style_are_one_path() {
        let line =
            r##"<polyline fill="none" opacity="1" stroke="#123456" stroke-width="9" points="10,20 10,5 30,0 25,40"/>"##;
        let bar = r##"<polyline fill="none" opacity="1" stroke="#123456" stroke-width="9" points="1,2 3,2"/>"##;
        let expected = "<path fill=\"none\" stroke=\"#123456\" stroke-width=\"9\" d=\"M10 20v-15l20-5-5 40M1 2h2\"/>\n";
        assert_eq!(compacted(&[line, bar]), expected);
    }

    #[test]
    fn circles_of_one_style_share_a_group() {
        let circle = |x: u32| {
            format!(r##"<circle cx="{x}" cy="2" r="3" opacity="0.5" fill="#ff0000" stroke="none" stroke-width="0"/>"##)
        };
        let expected = r##"<g fill="#ff0000" fill-opacity="0.5">
<circle cx="1" cy="2" r="3"/>
<circle cx="9" cy="2" r="3"/>
</g>
"##;
        assert_eq!(compacted(&[&circle(1), &circle(9)]), expected);
    }

    #[test]
    fn an_outline_becomes_part_of_its_fill() {
        let fill = r##"<polygon opacity="1" fill="#FFFFFF" points="0,0 4,0 2,3 "/>"##;
        let outline =
            r##"<polyline fill="none" opacity="1" stroke="#123456" stroke-width="14" points="0,0 4,0 2,3 0,0"/>"##;
        let expected = "<path fill=\"#FFFFFF\" stroke=\"#123456\" stroke-width=\"14\" d=\"M0 0h4l-2 3z\"/>\n";
        assert_eq!(compacted(&[fill, outline]), expected);
    }
}
