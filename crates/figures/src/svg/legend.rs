//! Legends: what stands in them, how large they are, and where they cover no data.

use super::annotation;
use super::canvas::{Canvas, Ink, TextStyle};
use super::frame::Frame;
use super::geometry::{Point, Rect};
use super::layout::{Layout, Placed};
use super::series;
use super::style::{LEGEND_ROW, LEGEND_SIZE, SYMBOL};
use super::symbol;
use crate::mark::BAND_OPACITY;
use crate::{Anchor, Colour, Figure, FigureError, Legend, Mark, Panel, Symbol, font, math_text};

/// A line of a legend.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    pub(crate) label: String,
    pub(crate) symbols: Vec<Symbol>,
    /// What series look like for which a key stands; empty for the entry of marks, which have its label.
    pub(crate) look: String,
}

const GAP: f64 = 7.0;
const PADDING: f64 = 5.0;
const ENTRY_GAP: f64 = 22.0;
const COLUMN_GAP: f64 = 12.0;

/// The entries of a panel: its marks' labels, once each, then its own keys.
pub(crate) fn of_panel(panel: &Panel) -> Vec<Entry> {
    let mut entries = Vec::new();
    collect(&mut entries, panel);
    entries
}

/// The entries of all panels, once each, then the figure's own keys.
pub(crate) fn shared(figure: &Figure) -> Vec<Entry> {
    let mut entries = Vec::new();
    for panel in figure.cells.iter().flatten().filter(|panel| panel.legend == Legend::Auto) {
        collect(&mut entries, panel);
    }
    for key in &figure.keys {
        add(&mut entries, &key.label, &key.symbols, &look_of(&key.symbols));
    }
    entries
}

fn collect(entries: &mut Vec<Entry>, panel: &Panel) {
    for mark in &panel.marks {
        if let Some(label) = mark.legend() {
            add(entries, label, &symbols(mark), "");
        }
    }
    for key in &panel.keys {
        add(entries, &key.label, &key.symbols, &look_of(&key.symbols));
    }
}

/// Marks with the same label share an entry, their symbols drawn over one another.
fn add(entries: &mut Vec<Entry>, label: &str, symbols: &[Symbol], look: &str) {
    match entries.iter_mut().find(|entry| entry.label == label) {
        Some(entry) => {
            for symbol in symbols {
                if !entry.symbols.contains(symbol) {
                    entry.symbols.push(*symbol);
                }
            }
        }
        None => {
            let (label, look) = (label.to_owned(), look.to_owned());
            entries.push(Entry { label, symbols: symbols.to_vec(), look });
        }
    }
}

/// What a symbol in a legend would look like that stood for this mark; empty for one that has a label of its own there.
pub(crate) fn look(mark: &Mark) -> String {
    match mark {
        Mark::RefLine(_) => String::new(),
        mark if mark.legend().is_some() => String::new(),
        mark => look_of(&symbols(mark)),
    }
}

fn look_of(symbols: &[Symbol]) -> String {
    symbols.last().map(Symbol::look).unwrap_or_default()
}

fn symbols(mark: &Mark) -> Vec<Symbol> {
    match mark {
        Mark::Line(line) => {
            let piece =
                Symbol::Line { colour: line.colour.lighter(1.0 - line.opacity), dash: line.dash, width: line.width };
            let band = Symbol::Patch { colour: line.colour, opacity: BAND_OPACITY * line.opacity, outlined: false };
            if line.intervals.is_empty() { vec![piece] } else { vec![band, piece] }
        }
        Mark::Band(band) => vec![Symbol::Patch { colour: band.colour, opacity: band.opacity, outlined: false }],
        Mark::Points(points) => {
            let colour = points.colour.lighter(1.0 - points.opacity);
            vec![Symbol::Point { colour, shape: points.shape, radius: points.radius }]
        }
        Mark::Histogram(h) => vec![Symbol::Patch { colour: h.colour, opacity: h.fill_opacity, outlined: true }],
        Mark::RefLine(line) => vec![Symbol::Line { colour: line.colour, dash: line.dash, width: line.width }],
        _ => Vec::new(),
    }
}

fn entry_width(entry: &Entry) -> f64 {
    SYMBOL + GAP + font::label_width(&entry.label, LEGEND_SIZE, false)
}

/// Width of a column of a legend.
fn column_width(entries: &[Entry]) -> f64 {
    entries.iter().map(entry_width).fold(0.0, f64::max)
}

/// Width and height of a legend in columns.
pub(crate) fn size(entries: &[Entry], columns: usize) -> (f64, f64) {
    let gaps = COLUMN_GAP * (columns - 1) as f64;
    let rows = entries.len().div_ceil(columns);
    let width = column_width(entries) * columns as f64 + gaps + 2.0 * PADDING;
    (width, LEGEND_ROW * rows as f64 + 2.0 * PADDING)
}

/// Splits entries into rows of at most this width: one if they fit, else rows of equal columns.
pub(crate) fn rows(entries: &[Entry], width: f64) -> Vec<&[Entry]> {
    if entries.is_empty() {
        return Vec::new();
    }
    let together = entries.iter().map(entry_width).sum::<f64>() + ENTRY_GAP * (entries.len() - 1) as f64;
    if together <= width {
        return vec![entries];
    }
    let columns = ((width + ENTRY_GAP) / (column_width(entries) + ENTRY_GAP)).floor().max(1.0) as usize;
    // No more columns than the rows need: four entries of which three fit stand two by two.
    let rows = entries.len().div_ceil(columns);
    entries.chunks(entries.len().div_ceil(rows)).collect()
}

/// Distance of a legend from what it stands below.
const BELOW_GAP: f64 = 6.0;

/// Height that a legend below a panel of this width takes.
pub(crate) fn height_below(entries: &[Entry], width: f64) -> f64 {
    BELOW_GAP + LEGEND_ROW * rows(entries, width).len() as f64
}

/// Draws the figure's legend below the grid.
pub(crate) fn draw_shared(canvas: &mut Canvas, layout: &Layout<'_>) -> Result<(), FigureError> {
    if layout.legend.is_empty() {
        return Ok(());
    }
    canvas.open(&[("class", "legend")])?;
    draw_rows(canvas, &layout.legend, (super::style::OUTER, layout.width - super::style::OUTER), layout.legend_top)?;
    canvas.close()
}

/// Draws entries in rows centred between two ends.
fn draw_rows(canvas: &mut Canvas, entries: &[Entry], (left, right): (f64, f64), top: f64) -> Result<(), FigureError> {
    let rows = rows(entries, right - left);
    let alone = rows.len() == 1;
    let step = |entry: &Entry| ENTRY_GAP + if alone { entry_width(entry) } else { column_width(entries) };
    let width = rows.first().map_or(0.0, |row| row.iter().map(step).sum::<f64>() - ENTRY_GAP);
    for (i, row) in rows.into_iter().enumerate() {
        let mut at = 0.5 * (left + right - width);
        for entry in row {
            draw_entry(canvas, entry, (at, top + LEGEND_ROW * (i as f64 + 0.5)))?;
            at += step(entry);
        }
    }
    Ok(())
}

/// A place for a legend inside a panel.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spot {
    corner: Point,
    columns: usize,
    /// How much data it covers: 1 for each data point or each five pixels of line.
    pub(crate) covered: f64,
    /// What the search minimises: covered data first, then the distance from a corner.
    cost: f64,
}

/// Draws a panel's legend, if it has one of its own.
pub(crate) fn draw_panel(canvas: &mut Canvas, placed: &Placed<'_>, frame: &Frame) -> Result<(), FigureError> {
    let entries = of_panel(placed.panel);
    if entries.is_empty() || placed.legend == Legend::None {
        return Ok(());
    }
    if placed.legend == Legend::Below {
        canvas.open(&[("class", "legend"), ("data-panel", &placed.letter)])?;
        let ends = (placed.cell.left, placed.cell.right());
        draw_rows(canvas, &entries, ends, placed.labels_bottom + BELOW_GAP)?;
        return canvas.close();
    }
    let (width, height) = size(&entries, 1);
    let plot = frame.rect;
    let (corner, columns) = match placed.legend {
        Legend::Outside => ((placed.cell.right() - width, plot.top), 1),
        Legend::At(anchor) => {
            let (fx, fy) = anchor.fractions();
            let left = plot.left + inset(fx, plot.width - width);
            ((left, plot.top + inset(fy, plot.height - height)), 1)
        }
        _ => {
            let spot = quietest(placed.panel, frame, &entries);
            (spot.corner, spot.columns)
        }
    };
    let (width, height) = size(&entries, columns);
    canvas.open(&[("class", "legend"), ("data-panel", &placed.letter)])?;
    if placed.legend != Legend::Outside {
        let ground = Rect { left: corner.0, top: corner.1, width, height };
        canvas.rect(ground, Ink::fill(Colour::WHITE, 0.8));
    }
    let rows = entries.len().div_ceil(columns);
    let step = column_width(&entries) + COLUMN_GAP;
    for (i, entry) in entries.iter().enumerate() {
        let left = corner.0 + PADDING + step * (i / rows) as f64;
        let middle = corner.1 + PADDING + LEGEND_ROW * ((i % rows) as f64 + 0.5);
        draw_entry(canvas, entry, (left, middle))?;
    }
    canvas.close()
}

/// Distance of the legend from the border of the plot.
const INSET: f64 = 6.0;

/// A fraction of the way through the free length, kept off both ends.
fn inset(fraction: f64, free: f64) -> f64 {
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
        series::obstacles(frame, mark).into_iter().map(move |point| (point, weight)).collect::<Vec<_>>()
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

fn draw_entry(canvas: &mut Canvas, entry: &Entry, (left, middle): Point) -> Result<(), FigureError> {
    let label = math_text::plain(&entry.label);
    canvas.open(&[("class", "legend-entry"), ("data-legend", &label), ("data-look", &entry.look)])?;
    let (right, centre) = (left + SYMBOL, left + 0.5 * SYMBOL);
    for symbol in &entry.symbols {
        match *symbol {
            Symbol::Line { colour, dash, width } => {
                let (dash, cap) = symbol::dash_attributes(dash, width);
                canvas.open(&[("stroke-dasharray", &dash), ("stroke-linecap", cap)])?;
                canvas.path(&[(left, middle), (right, middle)], Ink::stroke(colour, width));
                canvas.close()?;
            }
            Symbol::Point { colour, shape, radius } => {
                symbol::shapes(canvas, &[(centre, middle)], shape, radius, Ink::stroke(colour, 1.3));
            }
            Symbol::BarAcross { colour, cap } => {
                let ink = Ink::stroke(colour, symbol::BAR_WIDTH);
                symbol::bar(canvas, [(centre - 9.0, middle), (centre + 9.0, middle)], (0.0, cap), ink);
            }
            Symbol::BarUp { colour, cap } => {
                let ink = Ink::stroke(colour, symbol::BAR_WIDTH);
                symbol::bar(canvas, [(centre, middle - 7.0), (centre, middle + 7.0)], (cap, 0.0), ink);
            }
            Symbol::Patch { colour, opacity, outlined } => {
                let (top, bottom) = (middle - 5.5, middle + 5.5);
                canvas.rect(Rect { left, top, width: SYMBOL, height: 11.0 }, Ink::fill(colour, opacity));
                if outlined {
                    let outline = [(left, bottom), (left, top), (right, top), (right, bottom), (left, bottom)];
                    canvas.path(&outline, Ink::stroke(colour, 1.2));
                }
            }
        }
    }
    canvas.text((right + GAP, middle), &entry.label, &TextStyle::new(LEGEND_SIZE, Anchor::Left))?;
    canvas.close()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(count: usize) -> Vec<Entry> {
        (0..count).map(|i| Entry { label: format!("entry {i}"), symbols: Vec::new(), look: String::new() }).collect()
    }

    fn counts(entries: &[Entry], width: f64) -> Vec<usize> {
        rows(entries, width).iter().map(|row| row.len()).collect()
    }

    #[test]
    fn rows_are_as_few_and_as_even_as_the_width_allows() {
        let four = entries(4);
        let one = entry_width(&four[0]);
        assert_eq!(counts(&four, 4.0 * one + 3.0 * ENTRY_GAP), [4]);
        assert_eq!(counts(&four, 3.5 * one + 3.0 * ENTRY_GAP), [2, 2]);
        assert_eq!(counts(&four, 0.5 * one), [1, 1, 1, 1]);
        assert!(counts(&[], 100.0).is_empty());
    }

    #[test]
    fn marks_of_one_label_share_an_entry() {
        let line = crate::Line::new("theory", [(0.0, 0.0)]).legend("SNR 2");
        let points = crate::Points::new("seen", [(0.0, 0.0)]).legend("SNR 2");
        let panel = Panel::free(1.0, 1.0).mark(line.clone()).mark(points).mark(line);
        let found = of_panel(&panel);
        assert_eq!((found.len(), found[0].symbols.len()), (1, 2));
    }
}
