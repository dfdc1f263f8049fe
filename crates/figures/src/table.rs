//! The tidy CSV of a figure.

use crate::math_text::shortest;
use crate::{Direction, Figure, FigureError, Mark, check};

/// One row of the table; `None` is an empty field.
#[derive(Clone, Copy, Default)]
struct Row {
    x: Option<f64>,
    y: Option<f64>,
    interval: Option<(f64, f64)>,
    x_interval: Option<(f64, f64)>,
    value: Option<f64>,
    value_interval: Option<(f64, f64)>,
    /// Which coordinates are only lower bounds.
    censored: &'static str,
}

/// Writes every series of a figure as a tidy CSV: one row per datum, with the columns
/// `panel, series, x, y, low, high`, numbers with the fewest digits that read back to the same `f64`.
///
/// `low` and `high` are the ends of an interval or band in y. More columns follow where a figure needs them: `x_low`
/// and `x_high` for intervals in x and for bins (of histograms, whose `x` is the middle of the bin, and of heat maps,
/// whose `x` and `y` are the values that a cell [stands for](crate::HeatMap::at), or its middle), `value` for heat
/// maps, `value_low` and `value_high` for the [intervals](crate::HeatMap::intervals) of these, and `censored` (`x`,
/// `y`, `x y` or `value`) where a number is only a [bound](crate::Points::bounds).
///
/// All data are there, also those that the drawing leaves out ([`undrawn`](crate::undrawn)): `NaN`, `inf`, or beyond a
/// cut axis.
///
/// # Errors
///
/// Data that do not fit together: intervals or edges of another number than the data, edges that do not increase.
/// Whatever else keeps a figure from being drawn leaves its table alone.
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
    check::data(figure)?;
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
    let value_intervals = rows.iter().any(|(_, _, row)| row.value_interval.is_some());
    let censored = rows.iter().any(|(_, _, row)| !row.censored.is_empty());
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut header = vec!["panel", "series", "x", "y", "low", "high"];
    header.extend(["x_low", "x_high"].into_iter().filter(|_| x_intervals));
    header.extend(["value"].into_iter().filter(|_| values));
    header.extend(["value_low", "value_high"].into_iter().filter(|_| value_intervals));
    header.extend(["censored"].into_iter().filter(|_| censored));
    writer.write_record(&header)?;
    for (letter, series, row) in rows {
        let mut fields = vec![letter.to_owned(), series.to_owned(), field(row.x), field(row.y)];
        fields.extend(ends(row.interval));
        fields.extend(ends(row.x_interval).into_iter().filter(|_| x_intervals));
        fields.extend([field(row.value)].into_iter().filter(|_| values));
        fields.extend(ends(row.value_interval).into_iter().filter(|_| value_intervals));
        fields.extend([row.censored.to_owned()].into_iter().filter(|_| censored));
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

fn rows_of(mark: &Mark) -> Vec<Row> {
    match mark {
        Mark::Line(line) => with_intervals(&line.points, &line.intervals, &[]),
        Mark::Points(points) => {
            let mut rows = with_intervals(&points.points, &points.intervals, &points.x_intervals);
            for (i, row) in rows.iter_mut().enumerate() {
                let is_bound = |of_x| points.bounds.iter().any(|(j, way)| *j == i && way.is_of_x() == of_x);
                row.censored = match (is_bound(true), is_bound(false)) {
                    (true, true) => "x y",
                    (true, false) => "x",
                    (false, true) => "y",
                    (false, false) => "",
                };
            }
            rows
        }
        Mark::Band(band) => {
            let row = |&(x, low, high): &_| Row { x: Some(x), interval: Some((low, high)), ..Row::default() };
            band.places.iter().map(row).collect()
        }
        Mark::Histogram(histogram) => {
            let bins = histogram.edges.windows(2).zip(&histogram.heights);
            bins.map(|(bin, &height)| Row { y: Some(height), ..Row::default() }.over_bin(bin)).collect()
        }
        Mark::HeatMap(map) => {
            let cells = map.y_edges.windows(2).zip(&map.values).enumerate().flat_map(|(j, (y, values))| {
                map.x_edges.windows(2).zip(values).enumerate().map(move |(i, (x, &value))| Row {
                    x: Some(map.x(i)),
                    y: Some(map.y(j)),
                    interval: Some((y[0], y[1])),
                    x_interval: Some((x[0], x[1])),
                    value: Some(value),
                    value_interval: map.intervals.get(j).and_then(|row| row.get(i)).copied(),
                    censored: if map.is_hatched(j, i) { "value" } else { "" },
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
        ..Row::default()
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
    fn all_numbers_are_kept_whatever_can_be_drawn() {
        let line = Line::new("s", [(0.0, f64::NAN), (1.0, f64::INFINITY)]);
        let log = Panel::new(Axis::log("x"), Axis::log("y")).mark(line);
        assert_eq!(csv([log.span(7, 1)]), "panel,series,x,y,low,high\na,s,0,NaN,,\na,s,1,inf,,\n");
    }

    #[test]
    fn swept_values_bounds_and_intervals_of_cells() {
        let scale = ColourScale::diverging(1.0);
        let x = ([1.0, 2.0, 8.0], crate::Scale::Linear);
        let map = HeatMap::at("m", x, ([5.0], crate::Scale::Linear), vec![vec![0.5, 0.25, f64::NAN]], scale);
        let map = map.intervals(vec![vec![(0.0, 1.0); 3]]).hatched(vec![vec![false, true, false]]);
        let expected = "panel,series,x,y,low,high,x_low,x_high,value,value_low,value_high,censored\n\
                        a,m,1,5,4.5,5.5,0.5,1.5,0.5,0,1,\n\
                        a,m,2,5,4.5,5.5,1.5,5,0.25,0,1,value\n\
                        a,m,8,5,4.5,5.5,5,11,NaN,0,1,\n";
        assert_eq!(csv([panel().mark(map)]), expected);
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
}
