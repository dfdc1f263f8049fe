//! Where everything stands: panels in their grid, with room for labels, legends and colour bars.

use super::axis_labels;
use super::colour_bar;
use super::frame::Frame;
use super::geometry::Rect;
use super::legend_entries::{self as legend, Entry};
use super::legend_place;
use super::placed::{Margins, Placed};
use super::style::{
    COLUMN_GAP, COMFORTABLE_PLOT, LABEL_SIZE, LEAST_PLOT, LEGEND_ROW, OUTER, ROW_GAP, TICK_LENGTH, TICK_SIZE,
    TITLE_SIZE,
};
use super::tick_layout;
use crate::range;
use crate::{Coordinates, Figure, FigureError, Legend, Panel, font};

/// A figure with all its places.
pub(crate) struct Layout<'a> {
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) panels: Vec<Placed<'a>>,
    /// Where the shared legend begins, if there is one.
    pub(crate) legend_top: f64,
    pub(crate) legend: Vec<Entry>,
    /// Where the figure's colour bar stands.
    pub(crate) colour_bar: Option<Rect>,
}

impl<'a> Layout<'a> {
    pub(crate) fn new(figure: &'a Figure) -> Result<Self, FigureError> {
        let mut panels = placed(figure)?;
        let width = figure.width.unwrap_or(match figure.columns {
            1 => 560.0,
            2 => 820.0,
            3 => 1000.0,
            _ => 1120.0,
        });
        let legend = if figure.shared_legend { legend::shared(figure) } else { Vec::new() };
        let top = OUTER + if figure.heading.is_empty() { 0.0 } else { TITLE_SIZE * 1.8 };
        let bar_width = figure.colour_bar.as_ref().map_or(0.0, |bar| COLUMN_GAP + colour_bar::width(bar, 200.0));
        let mut end = settle(figure, &mut panels, width - bar_width, top);
        if move_legends_outside(&mut panels) {
            end = settle(figure, &mut panels, width - bar_width, top);
        }
        // Wider than asked for where labels and legends would have left too little for the data.
        let (width, bottom) = (width.max((end.0 + OUTER + bar_width).ceil()), end.1);
        let legend_rows = legend::rows(&legend, width - 2.0 * OUTER).len() as f64;
        let colour_bar = figure.colour_bar.as_ref().map(|_| bar_rect(&panels, width - OUTER - bar_width + COLUMN_GAP));
        let legend_top = bottom + if legend.is_empty() { 0.0 } else { 0.5 * LEGEND_ROW };
        let height = (legend_top + legend_rows * LEGEND_ROW + OUTER).round();
        Ok(Self { width, height, panels, legend_top, legend, colour_bar })
    }
}

/// Places plots until ticks and sizes agree; returns the right and lower ends of the grid.
fn settle(figure: &Figure, panels: &mut [Placed<'_>], width: f64, top: f64) -> (f64, f64) {
    let mut end = (0.0, 0.0);
    // Ticks depend on the size of the plots and the plots on the size of the tick labels: three rounds settle both.
    for _ in 0..3 {
        end = arrange(figure, panels, width, top);
        for panel in panels.iter_mut() {
            panel.ticks = tick_layout::of_panel(panel.panel, panel.ranges, panel.plot);
        }
    }
    end
}

/// Moves automatic legends that would cover data beside the plot, or below where it would become too narrow; tells
/// whether any moved.
fn move_legends_outside(panels: &mut [Placed<'_>]) -> bool {
    /// The least width of a plot beside its legend.
    const LEAST_WIDTH: f64 = 170.0;
    let mut moved = false;
    for placed in panels.iter_mut().filter(|placed| placed.legend == Legend::Auto) {
        let entries = legend::of_panel(&placed.letter, placed.panel);
        if entries.is_empty() {
            continue;
        }
        let frame = Frame::new(placed.panel, placed.ranges, placed.plot);
        if legend_place::quietest(placed.panel, &frame, &entries).covered >= 1.0 {
            let beside = placed.plot.width - legend::size(&entries, 1).0 >= LEAST_WIDTH;
            placed.legend = if beside { Legend::Outside } else { Legend::Below };
            moved = true;
        }
    }
    moved
}

/// The figure's colour bar spans the plots, up to 320 pixels.
fn bar_rect(panels: &[Placed<'_>], left: f64) -> Rect {
    let top = panels.iter().map(|panel| panel.plot.top).fold(f64::MAX, f64::min);
    let bottom = panels.iter().map(|panel| panel.plot.bottom()).fold(f64::MIN, f64::max);
    let height = f64::min(bottom - top, 320.0);
    Rect { left, top: 0.5 * (top + bottom - height), width: super::style::BAR, height }
}

/// Gives each panel the first free cells that hold it, in reading order.
fn placed(figure: &Figure) -> Result<Vec<Placed<'_>>, FigureError> {
    let mut taken: Vec<Vec<bool>> = Vec::new();
    let mut letters = figure.letters().into_iter();
    let mut panels = Vec::new();
    for cell in &figure.cells {
        let (columns, rows) = cell.as_ref().map_or((1, 1), |panel| (panel.columns, panel.rows));
        let (row, column) = first_free(&mut taken, figure.columns, columns, rows);
        for line in &mut taken[row..row + rows] {
            line[column..column + columns].fill(true);
        }
        let Some(panel) = cell else { continue };
        let letter = letters.next().unwrap_or_default();
        let ranges = range::of_panel(&letter, panel)?;
        let plot = Rect { left: 0.0, top: 0.0, width: 200.0, height: 160.0 };
        let ticks = tick_layout::of_panel(panel, ranges, plot);
        panels.push(Placed {
            letter,
            panel,
            ranges,
            ticks,
            plot,
            cell: plot,
            labels_bottom: plot.bottom(),
            legend: own_legend(figure, panel),
            lettered: panel.lettered && figure.cells.iter().flatten().count() > 1,
            row,
            column,
            margins: Margins::default(),
        });
    }
    Ok(panels)
}

/// Where the panel's own legend stands; a shared legend takes the place of automatic ones.
fn own_legend(figure: &Figure, panel: &Panel) -> Legend {
    if figure.shared_legend && panel.legend == Legend::Auto { Legend::None } else { panel.legend }
}

fn first_free(taken: &mut Vec<Vec<bool>>, width: usize, columns: usize, rows: usize) -> (usize, usize) {
    for row in 0.. {
        while taken.len() < row + rows {
            taken.push(vec![false; width]);
        }
        for column in 0..=width - columns {
            if taken[row..row + rows].iter().all(|line| line[column..column + columns].iter().all(|cell| !cell)) {
                return (row, column);
            }
        }
    }
    unreachable!("a grid has as many rows as are asked for")
}

/// Places plots for the present ticks; returns the right and lower ends of the grid.
fn arrange(figure: &Figure, panels: &mut [Placed<'_>], width: f64, top: f64) -> (f64, f64) {
    let rows = panels.iter().map(|panel| panel.row + panel.panel.rows).max().unwrap_or(1);
    let mut columns = vec![Margins::default(); figure.columns];
    let mut lines = vec![Margins::default(); rows];
    for placed in panels.iter_mut() {
        placed.margins = margins(placed);
        let Margins { left, right, top, bottom, .. } = placed.margins;
        let last_column = placed.column + placed.panel.columns - 1;
        let last_row = placed.row + placed.panel.rows - 1;
        columns[placed.column].left = columns[placed.column].left.max(left);
        columns[last_column].right = columns[last_column].right.max(right);
        lines[placed.row].top = lines[placed.row].top.max(top);
        lines[last_row].bottom = lines[last_row].bottom.max(bottom);
    }
    let margin: f64 = columns.iter().map(|column| column.left + column.right).sum();
    let free = width - 2.0 * OUTER - margin - COLUMN_GAP * (figure.columns - 1) as f64;
    let mut widths = legible(shares(&figure.column_weights, figure.columns, free));
    for placed in panels.iter().filter(|placed| placed.legend == Legend::Below && placed.panel.columns == 1) {
        // The longest entry of a legend below a panel needs its width.
        let Margins { left, right, .. } = columns[placed.column];
        let entries = legend::of_panel(&placed.letter, placed.panel);
        let needed = legend::column_width(&entries) - left - right;
        widths[placed.column] = widths[placed.column].max(needed);
    }
    let mean_width = widths.iter().sum::<f64>() / figure.columns as f64;
    let mut heights = legible(shares(&figure.row_weights, rows, figure.aspect * mean_width * rows as f64));
    fit_schematics(panels, &columns, &widths, &mut heights);
    let lefts = offsets(
        OUTER,
        COLUMN_GAP,
        &columns.iter().zip(&widths).map(|(m, w)| (m.left, w + m.right)).collect::<Vec<_>>(),
    );
    let tops =
        offsets(top, ROW_GAP, &lines.iter().zip(&heights).map(|(m, h)| (m.top, h + m.bottom)).collect::<Vec<_>>());
    for placed in panels.iter_mut() {
        place(placed, (&columns, &lefts, &widths), (&lines, &tops, &heights));
    }
    let last = figure.columns - 1;
    let right = lefts[last] + widths[last] + columns[last].right;
    (right, tops[rows - 1] + heights[rows - 1] + lines[rows - 1].bottom)
}

/// Lengths of plots, those that are too short for data made long enough.
fn legible(lengths: Vec<f64>) -> Vec<f64> {
    lengths.into_iter().map(|length| if length < LEAST_PLOT { COMFORTABLE_PLOT } else { length }).collect()
}

fn place(placed: &mut Placed<'_>, (columns, lefts, widths): Tracks<'_>, (lines, tops, heights): Tracks<'_>) {
    let (last_column, last_row) = (placed.column + placed.panel.columns - 1, placed.row + placed.panel.rows - 1);
    let (left, top) = (lefts[placed.column], tops[placed.row]);
    let (right, bottom) = (lefts[last_column] + widths[last_column], tops[last_row] + heights[last_row]);
    let (cell_left, cell_top) = (left - columns[placed.column].left, top - lines[placed.row].top);
    let (cell_right, cell_bottom) = (right + columns[last_column].right, bottom + lines[last_row].bottom);
    placed.cell =
        Rect { left: cell_left, top: cell_top, width: cell_right - cell_left, height: cell_bottom - cell_top };
    placed.plot = Rect { left, top, width: right - left, height: bottom - top };
    if is_free(placed.panel) {
        // A schematic has no labels to leave room for, except its own legend or bar.
        let (right, bottom) = (cell_right - placed.margins.right, cell_bottom - placed.margins.legend);
        placed.plot = Rect { left: cell_left, top, width: right - cell_left, height: bottom - top };
    }
    placed.labels_bottom = placed.plot.bottom() + placed.margins.bottom - placed.margins.legend;
}

/// Margins, starts and lengths of the columns or rows.
type Tracks<'a> = (&'a [Margins], &'a [f64], &'a [f64]);

fn is_free(panel: &Panel) -> bool {
    matches!(panel.coordinates, Coordinates::Free { .. })
}

/// Starts of the plots of successive columns (or rows): each has a margin before it and a length with a margin after
/// it.
fn offsets(start: f64, gap: f64, tracks: &[(f64, f64)]) -> Vec<f64> {
    let mut position = start - gap;
    tracks
        .iter()
        .map(|(before, after)| {
            let begin = position + gap + before;
            position = begin + after;
            begin
        })
        .collect()
}

/// Splits a length in proportion to weights; equal parts if there are none (missing row weights count as 1).
fn shares(weights: &[f64], count: usize, length: f64) -> Vec<f64> {
    let weight = |i: usize| weights.get(i).copied().unwrap_or(1.0);
    let total: f64 = (0..count).map(weight).sum();
    (0..count).map(|i| length * weight(i) / total).collect()
}

/// Rows that hold nothing but schematics get the height these need.
fn fit_schematics(panels: &[Placed<'_>], columns: &[Margins], widths: &[f64], heights: &mut [f64]) {
    for (row, height) in heights.iter_mut().enumerate() {
        let crossing: Vec<_> =
            panels.iter().filter(|panel| (panel.row..panel.row + panel.panel.rows).contains(&row)).collect();
        if crossing.is_empty() || !crossing.iter().all(|panel| is_free(panel.panel) && panel.panel.rows == 1) {
            continue;
        }
        let needed = crossing.iter().map(|placed| {
            let span = placed.column..placed.column + placed.panel.columns;
            let margins: f64 = columns[span.clone()].iter().map(|margin| margin.left + margin.right).sum();
            let gaps = COLUMN_GAP * (span.len() - 1) as f64;
            let width = widths[span].iter().sum::<f64>() + margins + gaps - placed.margins.right;
            match placed.panel.coordinates {
                Coordinates::Free { width: w, height: h } => width * h / w,
                Coordinates::Axes { .. } => 0.0,
            }
        });
        *height = needed.fold(0.0, f64::max);
    }
}

/// The room that a panel's labels, legend and colour bar need around its plot.
fn margins(placed: &Placed<'_>) -> Margins {
    let panel = placed.panel;
    let titled = placed.lettered || !panel.title.is_empty();
    let mut margins = Margins { top: if titled { 1.75 * TITLE_SIZE } else { 4.0 }, ..Margins::default() };
    if titled {
        margins.top += axis_labels::fit_title(placed).0.extra_height();
    }
    if let Some(bar) = &panel.colour_bar {
        margins.right += 12.0 + colour_bar::width(bar, placed.plot.height);
    }
    if placed.legend == Legend::Outside {
        let entries = legend::of_panel(&placed.letter, panel);
        margins.right += 12.0 + legend::size(&entries, 1).0;
    }
    if placed.legend == Legend::Below {
        margins.legend = legend::height_below(&legend::of_panel(&placed.letter, panel), placed.cell.width);
        margins.bottom += margins.legend;
    }
    let Coordinates::Axes { x, y } = &panel.coordinates else {
        return margins;
    };
    let widest = |labels: &mut dyn Iterator<Item = &str>| {
        labels.map(|label| font::label_width(label, TICK_SIZE, false)).fold(0.0, f64::max)
    };
    margins.left = TICK_LENGTH + 5.0 + widest(&mut placed.ticks.y.labels());
    if !y.label.is_empty() {
        margins.left += 8.0 + 1.15 * LABEL_SIZE + axis_labels::fit_y_label(placed, &y.label).0.extra_height();
    }
    margins.bottom += TICK_LENGTH + 4.0;
    if placed.ticks.x.labels().next().is_some() {
        let has_scripts = placed.ticks.x.labels().any(|label| label.contains(['^', '_']));
        margins.bottom += if has_scripts { 1.05 } else { 0.8 } * TICK_SIZE;
    }
    if !x.label.is_empty() {
        margins.bottom += 9.0 + 1.2 * LABEL_SIZE + axis_labels::fit_x_label(placed, &x.label).0.extra_height();
    }
    if placed.ticks.y.exponent != 0 {
        margins.top += 1.4 * TICK_SIZE;
    }
    margins.right = margins.right.max(placed.ticks.x.overhang(placed.plot)).max(6.0);
    margins
}
