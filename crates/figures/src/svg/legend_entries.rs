//! What stands in a legend, how much room it takes, and which series an entry stands for.

use super::series;
use super::style::{LEGEND_ROW, LEGEND_SIZE, SYMBOL};
use crate::mark::BAND_OPACITY;
use crate::{Colour, Figure, Key, Legend, Mark, Panel, Symbol, font};

/// A line of a legend.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    pub(crate) label: String,
    pub(crate) symbols: Vec<Symbol>,
    /// Keys of the series that it stands for.
    pub(crate) series: Vec<String>,
}

pub(crate) const GAP: f64 = 7.0;
pub(crate) const PADDING: f64 = 5.0;
pub(crate) const ENTRY_GAP: f64 = 22.0;
pub(crate) const COLUMN_GAP: f64 = 12.0;

/// The entries of a panel: its marks' labels, once each, then its own keys.
pub(crate) fn of_panel(letter: &str, panel: &Panel) -> Vec<Entry> {
    let mut entries = Vec::new();
    collect(&mut entries, letter, panel);
    entries
}

/// The entries of all panels, once each, then the figure's own keys.
pub(crate) fn shared(figure: &Figure) -> Vec<Entry> {
    let mut entries = Vec::new();
    for (letter, panel) in figure.lettered_panels().filter(|(_, panel)| panel.legend == Legend::Auto) {
        collect(&mut entries, &letter, panel);
    }
    for key in &figure.keys {
        let series = figure.lettered_panels().flat_map(|(letter, panel)| series_of(key, &letter, panel)).collect();
        add(&mut entries, &key.label, &key.symbols, series);
    }
    entries
}

fn collect(entries: &mut Vec<Entry>, letter: &str, panel: &Panel) {
    for (index, mark) in panel.marks.iter().enumerate() {
        if let Some(label) = mark.legend() {
            add(entries, label, &symbols(mark), vec![series::key(letter, index)]);
        }
    }
    for key in &panel.keys {
        add(entries, &key.label, &key.symbols, series_of(key, letter, panel));
    }
}

/// Marks with the same label share an entry, their symbols drawn over one another.
fn add(entries: &mut Vec<Entry>, label: &str, symbols: &[Symbol], series: Vec<String>) {
    match entries.iter_mut().find(|entry| entry.label == label) {
        Some(entry) => {
            for symbol in symbols {
                if !entry.symbols.contains(symbol) {
                    entry.symbols.push(*symbol);
                }
            }
            entry.series.extend(series);
        }
        None => entries.push(Entry { label: label.to_owned(), symbols: symbols.to_vec(), series }),
    }
}

/// Keys of the series of a panel that a key names, or that look like it.
fn series_of(key: &Key, letter: &str, panel: &Panel) -> Vec<String> {
    let is_named = |mark: &Mark| {
        let of = |name: &String| {
            mark.series().strip_prefix(name.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with(','))
        };
        key.series.iter().any(of)
    };
    let is_meant = |mark: &Mark| if key.series.is_empty() { looks_like(key, mark) } else { is_named(mark) };
    let marks = panel.marks.iter().enumerate().filter(|(_, mark)| is_meant(mark));
    marks.map(|(index, _)| series::key(letter, index)).collect()
}

/// The keys of the series of a colour in all panels of these letters, for an entry of a colour bar.
pub(crate) fn series_of_colour<'a>(panels: impl Iterator<Item = (String, &'a Panel)>, colour: Colour) -> Vec<String> {
    let of = |(letter, panel): (String, &'a Panel)| {
        let marks = panel.marks.iter().enumerate().filter(|(_, mark)| colour_of(mark) == Some(colour));
        marks.map(|(index, _)| series::key(&letter, index)).collect::<Vec<_>>()
    };
    panels.flat_map(of).collect()
}

fn colour_of(mark: &Mark) -> Option<Colour> {
    match mark {
        Mark::Line(mark) => Some(mark.colour),
        Mark::Band(mark) => Some(mark.colour),
        Mark::Points(mark) => Some(mark.colour),
        Mark::Histogram(mark) => Some(mark.colour),
        Mark::RefLine(mark) => Some(mark.colour),
        _ => None,
    }
}

/// Whether a mark looks like a key: of the same kind, dash or shape, error bars, and colour unless that is a grey,
/// which stands for all colours. A line brings the bands of its colour with it.
fn looks_like(key: &Key, mark: &Mark) -> bool {
    let matches_colour = |key: Colour, mark: Colour| is_grey(key) || key == mark;
    let has = |test: fn(&Symbol) -> bool| key.symbols.iter().any(test);
    let is_like = |symbol: &Symbol| match (symbol, mark) {
        (Symbol::Line { colour, dash, .. }, Mark::Line(line)) => {
            *dash == line.dash && matches_colour(*colour, line.colour)
        }
        (Symbol::Line { colour, dash, .. }, Mark::RefLine(line)) => *dash == line.dash && *colour == line.colour,
        (Symbol::Line { colour, .. } | Symbol::Patch { colour, .. }, Mark::Band(band)) => {
            let is_patch = matches!(symbol, Symbol::Patch { .. });
            if is_patch { matches_colour(*colour, band.colour) } else { *colour == band.colour && !is_grey(*colour) }
        }
        (Symbol::Patch { colour, .. }, Mark::Histogram(bars)) => *colour == bars.colour,
        (Symbol::Point { colour, shape, .. }, Mark::Points(points)) => {
            let bars_across = has(|symbol| matches!(symbol, Symbol::BarAcross { .. }));
            let bars_up = has(|symbol| matches!(symbol, Symbol::BarUp { .. }));
            let same_bars = bars_across != points.x_intervals.is_empty() && bars_up != points.intervals.is_empty();
            let bounded = !points.bounds.is_empty();
            let same_shape = *shape == points.shape || (bounded && *shape == points.shape.open());
            same_shape && matches_colour(*colour, points.colour) && (same_bars || !(bars_across || bars_up))
        }
        (Symbol::Hatched, Mark::HeatMap(map)) => !map.hatched.is_empty(),
        _ => false,
    };
    key.symbols.iter().any(is_like)
}

/// Whether a colour has no hue.
fn is_grey(Colour { red, green, blue }: Colour) -> bool {
    red.max(green).max(blue) - red.min(green).min(blue) <= 8
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

pub(crate) fn entry_width(entry: &Entry) -> f64 {
    SYMBOL + GAP + font::label_width(&entry.label, LEGEND_SIZE, false)
}

/// Width of a column of a legend.
pub(crate) fn column_width(entries: &[Entry]) -> f64 {
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
pub(crate) const BELOW_GAP: f64 = 6.0;

/// Height that a legend below a panel of this width takes.
pub(crate) fn height_below(entries: &[Entry], width: f64) -> f64 {
    BELOW_GAP + LEGEND_ROW * rows(entries, width).len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(count: usize) -> Vec<Entry> {
        (0..count).map(|i| Entry { label: format!("entry {i}"), symbols: Vec::new(), series: Vec::new() }).collect()
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
        let found = of_panel("a", &panel);
        assert_eq!((found.len(), found[0].symbols.len()), (1, 2));
        assert_eq!(found[0].series, ["a0", "a1", "a2"]);
    }

    #[test]
    fn keys_find_what_looks_like_them() {
        use crate::{Band, Dash, Line, Points, Shape};
        let panel = Panel::free(1.0, 1.0)
            .mark(Line::new("theory, 1", [(0.0, 0.0)]).colour(Colour::RED))
            .mark(Line::new("exact, 1", [(0.0, 0.0)]).dash(Dash::Dashed))
            .mark(Points::new("seen", [(0.0, 0.0)]).shape(Shape::OpenCircle).intervals([(0.0, 1.0)]))
            .mark(Band::new("draws", [(0.0, 0.0, 1.0)]).colour(Colour::RED));
        let found = |key: &Key| series_of(key, "b", &panel);
        assert_eq!(found(&Key::line("theory", Colour::GREY, Dash::Solid)), ["b0"]);
        assert_eq!(found(&Key::line("theory", Colour::RED, Dash::Solid)), ["b0", "b3"]);
        assert_eq!(found(&Key::line("exact", Colour::INK, Dash::Dashed)), ["b1"]);
        assert_eq!(found(&Key::point("seen", Colour::GREY, Shape::OpenCircle)), ["b2"]);
        assert_eq!(found(&Key::point("seen", Colour::GREY, Shape::Circle)), Vec::<String>::new());
        assert_eq!(found(&Key::band("95 %", Colour::GREY)), ["b3"]);
        assert_eq!(found(&Key::line("any", Colour::INK, Dash::DashDot).of(["theory", "draws"])), ["b0", "b3"]);
    }
}
