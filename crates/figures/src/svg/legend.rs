//! Draws legends.

use super::canvas::{Canvas, Ink, TextStyle};
use super::frame::Frame;
use super::geometry::{Point, Rect};
use super::heat_map;
use super::legend_entries::{
    BELOW_GAP, COLUMN_GAP, ENTRY_GAP, Entry, GAP, PADDING, column_width, entry_width, of_panel, rows, size,
};
use super::legend_place::{inset, quietest};
use super::placed::Placed;
use super::style::{LEGEND_ROW, LEGEND_SIZE, SYMBOL};
use super::symbol;
use crate::{Anchor, Colour, FigureError, Legend, Symbol, math_text};

/// Draws the figure's legend below the grid.
pub(crate) fn draw_shared(
    canvas: &mut Canvas,
    entries: &[Entry],
    ends: (f64, f64),
    top: f64,
) -> Result<(), FigureError> {
    if entries.is_empty() {
        return Ok(());
    }
    canvas.open(&[("class", "legend")])?;
    draw_rows(canvas, entries, ends, top)?;
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

/// Draws a panel's legend, if it has one of its own.
pub(crate) fn draw_panel(canvas: &mut Canvas, placed: &Placed<'_>, frame: &Frame) -> Result<(), FigureError> {
    let entries = of_panel(&placed.letter, placed.panel);
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

fn draw_entry(canvas: &mut Canvas, entry: &Entry, (left, middle): Point) -> Result<(), FigureError> {
    let (label, series) = (math_text::plain(&entry.label), entry.series.join(" "));
    canvas.open(&[("class", "legend-entry"), ("data-legend", &label), ("data-for", &series)])?;
    let (right, centre) = (left + SYMBOL, left + 0.5 * SYMBOL);
    // An arrow upwards needs the room of the point below it.
    let is_bound = entry.symbols.iter().any(|symbol| matches!(symbol, Symbol::Above { .. }));
    let foot = if is_bound { middle + 5.0 } else { middle };
    for symbol in &entry.symbols {
        match *symbol {
            Symbol::Line { colour, dash, width } => {
                let (dash, cap) = symbol::dash_attributes(dash, width);
                canvas.open(&[("stroke-dasharray", &dash), ("stroke-linecap", cap)])?;
                canvas.path(&[(left, middle), (right, middle)], Ink::stroke(colour, width));
                canvas.close()?;
            }
            Symbol::Point { colour, shape, radius } => {
                symbol::shapes(canvas, &[(centre, foot)], shape, radius, Ink::stroke(colour, 1.3));
            }
            Symbol::BarAcross { colour, cap } => {
                let ink = Ink::stroke(colour, symbol::BAR_WIDTH);
                symbol::bar(canvas, [(centre - 9.0, middle), (centre + 9.0, middle)], (0.0, cap), ink);
            }
            Symbol::BarUp { colour, cap } => {
                let ink = Ink::stroke(colour, symbol::BAR_WIDTH);
                symbol::bar(canvas, [(centre, middle - 7.0), (centre, middle + 7.0)], (cap, 0.0), ink);
            }
            Symbol::Above { colour, radius } => {
                symbol::bound(canvas, (centre, foot), (0.0, -1.0), radius, Ink::stroke(colour, 1.2));
            }
            Symbol::Hatched => {
                let rect = Rect { left, top: middle - 5.5, width: SYMBOL, height: 11.0 };
                heat_map::hatch(canvas, rect, Colour::INK);
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
