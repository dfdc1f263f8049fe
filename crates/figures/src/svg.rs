//! Rendering to SVG.

mod annotation;
mod axes;
mod axis_labels;
mod canvas;
mod colour_bar;
mod compact;
mod data;
mod frame;
mod geometry;
mod heat_map;
mod label_fit;
mod layout;
mod legend;
mod legend_entries;
mod legend_place;
mod outline;
mod placed;
mod series;
mod style;
mod symbol;
mod tick_layout;

use crate::{Anchor, Colour, Coordinates, Figure, FigureError, Mark, check, drawable, font, math_text};
use canvas::{Canvas, TextStyle, Written, grid};
use frame::Frame;
use geometry::Rect;
use layout::Layout;
use math_text::escaped;
use placed::Placed;
use std::fmt::Write as _;

/// Draws a figure as a standalone SVG document; the same figure gives the same bytes on every run.
///
/// Text stays text, set in DejaVu Sans or the reader's sans-serif. The document is one `<svg>` with a viewBox of ten
/// steps per pixel, `<title>` and `<desc>`, a white `<rect class="background">` and, for each panel,
/// `<g class="panel" data-panel="a" data-rect="left top width height" data-x-range="low high" data-x-scale="linear"
/// …>` (steps and data), which holds one `<g class="series" data-key="a0" data-panel="a" data-series="NAME"
/// data-kind="line" data-x="…" data-y="…" …>` per series (data with four digits; `data-low`, `data-high` for
/// intervals, `data-x-low`, `data-x-high` for those in x, `data-dodge` steps to the right), and groups of class
/// `grid`, `axes` and `legend`. An entry of a legend or colour bar is `<g class="legend-entry" data-legend="LABEL"
/// data-for="a0 b0">` with the keys of the series that it stands for.
///
/// Values that have no place are left out: see [`undrawn`](crate::undrawn).
///
/// # Errors
///
/// Data that do not fit together, a fixed range whose ends do not increase, a grid of no panels: see [`FigureError`].
pub fn render_svg(figure: &Figure) -> Result<String, FigureError> {
    Ok(drawn(figure)?.0)
}

/// Reports labels that lie over one another or reach beyond the figure; empty if all is well.
///
/// # Errors
///
/// As for [`render_svg`].
pub fn label_collisions(figure: &Figure) -> Result<Vec<String>, FigureError> {
    let (_, written, (width, height)) = drawn(figure)?;
    let page = Rect { left: 0.0, top: 0.0, width, height };
    let mut found = Vec::new();
    for (i, Written { text, rect }) in written.iter().enumerate() {
        if !page.contains((rect.left, rect.top)) || !page.contains((rect.right(), rect.bottom())) {
            found.push(format!("'{text}' reaches beyond the figure"));
        }
        for other in written[i + 1..].iter().filter(|other| rect.overlaps(&other.rect)) {
            found.push(format!("'{text}' lies over '{}'", other.text));
        }
    }
    Ok(found)
}

/// The document, its texts and its size in pixels.
type Drawn = (String, Vec<Written>, (f64, f64));

fn drawn(figure: &Figure) -> Result<Drawn, FigureError> {
    check::figure(figure)?;
    let figure = &drawable::figure(figure);
    let layout = Layout::new(figure)?;
    let mut canvas = Canvas::new(layout.width, layout.height);
    if !figure.heading.is_empty() {
        let style = TextStyle::new(style::TITLE_SIZE, Anchor::Top);
        canvas.text((0.5 * layout.width, style::OUTER), &figure.heading, &style)?;
    }
    for placed in &layout.panels {
        draw_panel(&mut canvas, figure, placed)?;
    }
    if let (Some(bar), Some(rect)) = (&figure.colour_bar, layout.colour_bar) {
        let series_of = |colour: Colour| legend_entries::series_of_colour(figure.lettered_panels(), colour);
        colour_bar::draw(&mut canvas, bar, rect, &series_of)?;
    }
    legend::draw_shared(&mut canvas, &layout.legend, (style::OUTER, layout.width - style::OUTER), layout.legend_top)?;
    let (body, written) = canvas.finish()?;
    Ok((document(figure, &layout, &body), written, (layout.width, layout.height)))
}

fn draw_panel(canvas: &mut Canvas, figure: &Figure, placed: &Placed<'_>) -> Result<(), FigureError> {
    let panel = placed.panel;
    let frame = Frame::new(panel, placed.ranges, placed.plot);
    open_panel(canvas, figure, placed, &frame)?;
    axes::grid(canvas, placed)?;
    // Lines and areas, axes over them, points that may stand on an axis, and annotations on top.
    let is_series = |mark: &&Mark| !matches!(mark.kind(), "text" | "arrow" | "node" | "edge" | "brace");
    let is_points = |mark: &&Mark| matches!(mark, Mark::Points(_));
    let marks = || panel.marks.iter().enumerate();
    for (index, mark) in marks().filter(|(_, mark)| is_series(mark) && !is_points(mark)) {
        series::draw(canvas, &frame, (&placed.letter, index), mark)?;
    }
    axes::axes(canvas, placed)?;
    for (index, mark) in marks().filter(|(_, mark)| is_points(mark)) {
        series::draw(canvas, &frame, (&placed.letter, index), mark)?;
    }
    for mark in panel.marks.iter().filter(|mark| !is_series(mark)) {
        annotation::draw(canvas, &frame, panel, mark)?;
    }
    axes::heading(canvas, placed)?;
    legend::draw_panel(canvas, placed, &frame)?;
    if let Some(bar) = &panel.colour_bar {
        let left = placed.plot.right() + 12.0;
        let series_of =
            |colour: Colour| legend_entries::series_of_colour([(placed.letter.clone(), panel)].into_iter(), colour);
        colour_bar::draw(canvas, bar, Rect { left, width: style::BAR, ..placed.plot }, &series_of)?;
    }
    canvas.close()
}

/// Opens a panel's group with what a page needs to map pixels to data.
fn open_panel(canvas: &mut Canvas, figure: &Figure, placed: &Placed<'_>, frame: &Frame) -> Result<(), FigureError> {
    let id = format!("{}-{}", figure.name, placed.letter);
    let Rect { left, top, width, height } = frame.rect;
    let rect = format!("{} {} {} {}", grid(left), grid(top), grid(width), grid(height));
    let ends = |(low, high): (f64, f64)| format!("{} {}", math_text::shortest(low), math_text::shortest(high));
    let label = |axis: &crate::Axis| math_text::plain(&axis.label);
    let (x_label, y_label) = match &placed.panel.coordinates {
        Coordinates::Axes { x, y } => (label(x), label(y)),
        Coordinates::Free { .. } => Default::default(),
    };
    canvas.open(&[
        ("class", "panel"),
        ("id", &id),
        ("data-panel", &placed.letter),
        ("data-title", &math_text::plain(&placed.panel.title)),
        ("data-rect", &rect),
        ("data-x-range", &ends(frame.x.range)),
        ("data-x-scale", frame.x.scale.name()),
        ("data-x-label", &x_label),
        ("data-y-range", &ends(frame.y.range)),
        ("data-y-scale", frame.y.scale.name()),
        ("data-y-label", &y_label),
    ])
}

fn document(figure: &Figure, layout: &Layout<'_>, body: &str) -> String {
    let (width, height, name) = (layout.width, layout.height, &figure.name);
    let mut out = String::with_capacity(body.len() + 1000);
    let _ = writeln!(
        out,
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {} {}" {}>"#,
        grid(width),
        grid(height),
        format_args!(
            r#"role="img" aria-labelledby="{name}-title {name}-desc" font-family="'{}', sans-serif""#,
            font::FAMILY
        ),
    );
    let _ = writeln!(out, r#"<title id="{name}-title">{}</title>"#, escaped(&math_text::plain(&figure.title)));
    let described = if figure.description.is_empty() { panels_in_words(figure) } else { figure.description.clone() };
    let _ = writeln!(out, r#"<desc id="{name}-desc">{}</desc>"#, escaped(&described));
    let _ = writeln!(
        out,
        r##"<rect class="background" width="{}" height="{}" fill="#ffffff"/>"##,
        grid(width),
        grid(height)
    );
    out.push_str(body);
    out.push_str("</svg>\n");
    out
}

/// One sentence per panel, for figures without a description of their own.
fn panels_in_words(figure: &Figure) -> String {
    let sentence = |(letter, panel): (String, &crate::Panel)| {
        let title =
            if panel.title.is_empty() { String::new() } else { format!(", {}", math_text::plain(&panel.title)) };
        match &panel.coordinates {
            Coordinates::Axes { x, y } => {
                format!("Panel {letter}{title}: {} against {}.", math_text::plain(&y.label), math_text::plain(&x.label))
            }
            Coordinates::Free { .. } => format!("Panel {letter}{title}: schematic."),
        }
    };
    figure.lettered_panels().map(sentence).collect::<Vec<_>>().join(" ")
}
