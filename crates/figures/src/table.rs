//! The tidy CSV of a figure.

use crate::{Direction, Figure, FigureError, Mark, check};

/// One row of the table; `None` is an empty field.
#[derive(Clone, Copy, Default)]
struct Row {
    x: Option<f64>,
    y: Option<f64>,
    interval: Option<(f64, f64)>,
    x_interval: Option<(f64, f64)>,
    value: Option<f64>,
}

/// Writes every series of a figure as a tidy CSV: one row per datum, with the columns
/// `panel, series, x, y, low, high`, numbers with the fewest digits that read back to the same `f64`.
///
/// `low` and `high` are the ends of an interval or band in y. Two more columns, `x_low` and `x_high`, follow where a series has
/// intervals in x or bins (histograms, whose `x` is the middle of the bin, and heat maps), and `value` where there is a heat map.
/// Data beyond a cut axis are all there.
///
/// # Errors
///
/// Data that are not finite or do not fit together, as for [`render_svg`](crate::render_svg).
///
/// ```
/// use figures::{render_csv, Axis, Figure, Panel, Points};
/// let points = Points::new("TA", [(0.5, 0.25)]).intervals([(0.125, 1e-7)].map(|(h, l)| (l, h)));
/// let figure = Figure::new("f", "F").panel(Panel::new(Axis::new("x"), Axis::new("y")).mark(points));
/// let csv = String::from_utf8(render_csv(&figure)?).unwrap();
/// assert_eq!(csv, "panel,series,x,y,low,high\na,TA,0.5,0.25,1e-7,0.125\n");
/// # Ok::<(), figures::FigureError>(())
/// ```
pub fn render_csv(figure: &Figure) -> Result<Vec<u8>, FigureError> {
    check::figure(figure)?;
    let marks: Vec<(String, &Mark)> = figure
        .lettered_panels()
        .flat_map(|(letter, panel)| panel.marks.iter().map(move |m| (letter.clone(), m)))
        .collect();
    let rows: Vec<(&str, &str, Row)> = marks
        .iter()
        .flat_map(|(letter, mark)| rows_of(mark).into_iter().map(|row| (letter.as_str(), mark.series(), row)))
        .collect();
    let x_intervals = rows.iter().any(|(_, _, row)| row.x_interval.is_some());
    let values = rows.iter().any(|(_, _, row)| row.value.is_some());
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut header = vec!["panel", "series", "x", "y", "low", "high"];
    header.extend(["x_low", "x_high"].into_iter().filter(|_| x_intervals));
    header.extend(["value"].into_iter().filter(|_| values));
    writer.write_record(&header)?;
    for (letter, series, row) in rows {
        let mut fields = vec![letter.to_owned(), series.to_owned(), field(row.x), field(row.y)];
        fields.extend(ends(row.interval));
        fields.extend(ends(row.x_interval).into_iter().filter(|_| x_intervals));
        fields.extend([field(row.value)].into_iter().filter(|_| values));
        writer.write_record(&fields)?;
    }
    writer.into_inner().map_err(|error| FigureError::Csv(error.into_error().into()))
}

fn field(number: Option<f64>) -> String {
    number.map_or_else(String::new, shortest)
}

fn ends(interval: Option<(f64, f64)>) -> [String; 2] {
    [field(interval.map(|ends| ends.0)), field(interval.map(|ends| ends.1))]
}

/// The fewest digits that read back to the same number.
pub(crate) fn shortest(number: f64) -> String {
    let size = number.abs();
    if size != 0.0 && !(1e-5..1e16).contains(&size) { format!("{number:e}") } else { format!("{number}") }
}

fn rows_of(mark: &Mark) -> Vec<Row> {
    match mark {
        Mark::Line(line) => with_intervals(&line.points, &line.intervals, &[]),
        Mark::Points(points) => with_intervals(&points.points, &points.intervals, &points.x_intervals),
        Mark::Band(band) => {
            let row = |&(x, low, high): &_| Row { x: Some(x), interval: Some((low, high)), ..Row::default() };
            band.places.iter().map(row).collect()
        }
        Mark::Histogram(histogram) => {
            let bins = histogram.edges.windows(2).zip(&histogram.heights);
            bins.map(|(bin, &height)| Row { y: Some(height), ..Row::default() }.over_bin(bin)).collect()
        }
        Mark::HeatMap(map) => {
            let cells = map.y_edges.windows(2).zip(&map.values).flat_map(|(y, values)| {
                map.x_edges.windows(2).zip(values).map(move |(x, &value)| {
                    Row {
                        y: Some(0.5 * (y[0] + y[1])),
                        interval: Some((y[0], y[1])),
                        value: Some(value),
                        ..Row::default()
                    }
                    .over_bin(x)
                })
            });
            cells.collect()
        }
        Mark::RefLine(line) if !line.series.is_empty() => match line.direction {
            Direction::Horizontal(y) => vec![Row { y: Some(y), ..Row::default() }],
            Direction::Vertical(x) => vec![Row { x: Some(x), ..Row::default() }],
            Direction::Diagonal => Vec::new(),
        },
        _ => Vec::new(),
    }
}

impl Row {
    fn over_bin(self, edges: &[f64]) -> Self {
        Self { x: Some(0.5 * (edges[0] + edges[1])), x_interval: Some((edges[0], edges[1])), ..self }
    }
}

fn with_intervals(points: &[(f64, f64)], intervals: &[(f64, f64)], x_intervals: &[(f64, f64)]) -> Vec<Row> {
    let row = |(i, &(x, y)): (usize, &(f64, f64))| Row {
        x: Some(x),
        y: Some(y),
        interval: intervals.get(i).copied(),
        x_interval: x_intervals.get(i).copied(),
        value: None,
    };
    points.iter().enumerate().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Axis, Band, ColourScale, HeatMap, Histogram, Line, Panel, Points, RefLine};

    fn csv(panels: impl IntoIterator<Item = Panel>) -> String {
        String::from_utf8(render_csv(&Figure::new("f", "F").panels(panels)).unwrap()).unwrap()
    }

    fn panel() -> Panel {
        Panel::new(Axis::new("x"), Axis::new("y"))
    }

    #[test]
    fn rows_follow_panels_and_marks() {
        let first = panel().mark(Line::new("line, A", [(0.0, 1.0 / 3.0)])).mark(RefLine::diagonal());
        let second = panel().mark(Band::new("b", [(1.0, 2.0, 3.0)])).mark(RefLine::horizontal(4.0).series("level"));
        let expected = "panel,series,x,y,low,high\n\
                        a,\"line, A\",0,0.3333333333333333,,\n\
                        b,b,1,,2,3\n\
                        b,level,,4,,\n";
        assert_eq!(csv([first, second]), expected);
    }

    #[test]
    fn bins_and_cells_bring_their_columns() {
        let map = HeatMap::new("m", [0.0, 2.0], [0.0, 1.0], vec![vec![7.0]], ColourScale::sequential(0.0, 9.0));
        let expected = "panel,series,x,y,low,high,x_low,x_high,value\n\
                        a,h,0.5,3,,,0,1,\n\
                        a,p,1,2,,,0.5,1.5,\n\
                        a,m,1,0.5,0,1,0,2,7\n";
        let points = Points::new("p", [(1.0, 2.0)]).x_intervals([(0.5, 1.5)]);
        assert_eq!(csv([panel().mark(Histogram::new("h", [0.0, 1.0], [3.0])).mark(points).mark(map)]), expected);
    }

    #[test]
    fn numbers_read_back_to_the_same_bits() {
        for number in [0.1 + 0.2, 1e-300, -2.5e17, 5e-324, 123_456.789, -0.0] {
            assert_eq!(shortest(number).parse::<f64>().unwrap().to_bits(), number.to_bits());
        }
    }
}
