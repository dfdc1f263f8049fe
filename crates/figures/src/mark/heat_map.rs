use crate::ColourScale;
use serde::Serialize;

/// Values over a grid of cells, shown by colour.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HeatMap {
    /// Series name.
    pub series: String,
    /// Edges of the columns, increasing.
    pub x_edges: Vec<f64>,
    /// Edges of the rows, increasing.
    pub y_edges: Vec<f64>,
    /// `values[row][column]`, rows from low y to high y.
    pub values: Vec<Vec<f64>>,
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
            values,
            scale,
        }
    }

    pub(crate) fn reach(&self) -> Vec<(f64, f64)> {
        match (self.x_edges.first(), self.x_edges.last(), self.y_edges.first(), self.y_edges.last()) {
            (Some(&x0), Some(&x1), Some(&y0), Some(&y1)) => vec![(x0, y0), (x1, y1)],
            _ => Vec::new(),
        }
    }
}
