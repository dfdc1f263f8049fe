use crate::{ColourScale, Scale};
use serde::Serialize;

/// Values over a grid of cells, shown by colour. Cells whose value is not finite stay blank.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HeatMap {
    /// Series name.
    pub series: String,
    /// Edges of the columns, increasing.
    pub x_edges: Vec<f64>,
    /// Edges of the rows, increasing.
    pub y_edges: Vec<f64>,
    /// The x that each column stands for, marked on the axis; empty for the middles of the cells.
    pub x_values: Vec<f64>,
    /// The y that each row stands for, marked on the axis; empty for the middles of the cells.
    pub y_values: Vec<f64>,
    /// `values[row][column]`, rows from low y to high y.
    pub values: Vec<Vec<f64>>,
    /// Low and high end of each value, `intervals[row][column]`; empty for none.
    pub intervals: Vec<Vec<(f64, f64)>>,
    /// Which cells are hatched, `hatched[row][column]`; empty for none.
    pub hatched: Vec<Vec<bool>>,
    /// Significant digits of the values written in the cells; `None` to write none.
    pub digits: Option<usize>,
    /// Colour scale.
    pub scale: ColourScale,
}

impl HeatMap {
    /// A heat map of `values[row][column]`, rows from low y to high y; edges are one more than cells.
    pub fn new(
        series: impl Into<String>,
        x_edges: impl IntoIterator<Item = f64>,
        y_edges: impl IntoIterator<Item = f64>,
        values: Vec<Vec<f64>>,
        scale: ColourScale,
    ) -> Self {
        Self {
            series: series.into(),
            x_edges: x_edges.into_iter().collect(),
            y_edges: y_edges.into_iter().collect(),
            x_values: Vec::new(),
            y_values: Vec::new(),
            values,
            intervals: Vec::new(),
            hatched: Vec::new(),
            digits: None,
            scale,
        }
    }

    /// A heat map of `values[row][column]` at these x and y, increasing: each cell reaches half-way to its neighbours,
    /// on axes of these scales. The CSV has the x and y given, and the axes have a tick at each of them that leaves
    /// room for its label.
    ///
    /// ```
    /// use figures::{ColourScale, HeatMap, Scale};
    /// let x = ([1.0, 4.0, 16.0], Scale::Log);
    /// let map = HeatMap::at("m", x, ([0.0, 1.0], Scale::Linear), vec![vec![0.0; 3]; 2], ColourScale::diverging(1.0));
    /// assert!(map.x_edges.iter().zip([0.5, 2.0, 8.0, 32.0]).all(|(found, edge)| (found - edge).abs() < 1e-12));
    /// assert_eq!(map.y_edges, [-0.5, 0.5, 1.5]);
    /// ```
    pub fn at(
        series: impl Into<String>,
        x: (impl IntoIterator<Item = f64>, Scale),
        y: (impl IntoIterator<Item = f64>, Scale),
        values: Vec<Vec<f64>>,
        scale: ColourScale,
    ) -> Self {
        let (x_values, y_values): (Vec<f64>, Vec<f64>) = (x.0.into_iter().collect(), y.0.into_iter().collect());
        let map = Self::new(series, edges(&x_values, x.1), edges(&y_values, y.1), values, scale);
        Self { x_values, y_values, ..map }
    }

    /// Hatches cells, `hatched[row][column]`: those whose value is only a bound (censored). The CSV has a column
    /// `censored` for them.
    pub fn hatched(mut self, hatched: Vec<Vec<bool>>) -> Self {
        self.hatched = hatched;
        self
    }

    /// Low and high end of each value, `intervals[row][column]`: in the CSV, and in the cells if
    /// [numbers](HeatMap::numbers) are.
    pub fn intervals(mut self, intervals: Vec<Vec<(f64, f64)>>) -> Self {
        self.intervals = intervals;
        self
    }

    /// Writes each value into its cell, with so many significant digits, and its interval under it.
    pub fn numbers(mut self, digits: usize) -> Self {
        self.digits = Some(digits);
        self
    }

    /// The x of a column: the one it stands for, or its middle.
    pub(crate) fn x(&self, column: usize) -> f64 {
        self.x_values.get(column).copied().unwrap_or_else(|| middle(&self.x_edges, column))
    }

    /// The y of a row: the one it stands for, or its middle.
    pub(crate) fn y(&self, row: usize) -> f64 {
        self.y_values.get(row).copied().unwrap_or_else(|| middle(&self.y_edges, row))
    }

    /// Whether a cell is hatched.
    pub(crate) fn is_hatched(&self, row: usize, column: usize) -> bool {
        self.hatched.get(row).and_then(|row| row.get(column)).copied().unwrap_or(false)
    }

    pub(crate) fn reach(&self) -> Vec<(f64, f64)> {
        match (self.x_edges.first(), self.x_edges.last(), self.y_edges.first(), self.y_edges.last()) {
            (Some(&x0), Some(&x1), Some(&y0), Some(&y1)) => vec![(x0, y0), (x1, y1)],
            _ => Vec::new(),
        }
    }
}

fn middle(edges: &[f64], index: usize) -> f64 {
    0.5 * (edges[index] + edges[index + 1])
}

/// Half-way between neighbours, and as far beyond the first and last.
fn edges(values: &[f64], scale: Scale) -> Vec<f64> {
    let at: Vec<f64> = values.iter().map(|value| scale.forward(*value)).collect();
    let (Some(first), Some(last)) = (at.first(), at.last()) else { return Vec::new() };
    let between: Vec<f64> = at.windows(2).map(|pair| 0.5 * (pair[0] + pair[1])).collect();
    let half = |edge: Option<&f64>, end: f64| edge.map_or(0.5, |edge| (end - edge).abs());
    let low = first - half(between.first(), *first);
    let high = last + half(between.last(), *last);
    [low].into_iter().chain(between.iter().copied()).chain([high]).map(|edge| scale.backward(edge)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_lie_around_their_values() {
        assert_eq!(edges(&[1.0, 2.0, 4.0], Scale::Linear), [0.5, 1.5, 3.0, 5.0]);
        assert_eq!(edges(&[3.0], Scale::Linear), [2.5, 3.5]);
        assert_eq!(edges(&[], Scale::Log), []);
    }
}
