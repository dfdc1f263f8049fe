use crate::Colour;
use serde::Serialize;

/// The most bins a histogram may have: far more than can be seen, far fewer than fill the memory.
pub(crate) const MOST_BINS: usize = 100_000;

/// Bars over bins.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Histogram {
    /// Series name.
    pub series: String,
    /// Bin edges, increasing; one more than heights.
    pub edges: Vec<f64>,
    /// Height of each bin.
    pub heights: Vec<f64>,
    /// How many values were left out of the counts because they are missing or infinite.
    pub uncounted: usize,
    /// Colour of the outline and, lighter, of the fill.
    pub colour: Colour,
    /// Opacity of the fill; 0 leaves the outline alone.
    pub fill_opacity: f64,
    /// Legend label in math text.
    pub legend: Option<String>,
}

impl Histogram {
    /// A histogram from its bin edges (increasing, one more than heights) and heights.
    pub fn new(
        series: impl Into<String>,
        edges: impl IntoIterator<Item = f64>,
        heights: impl IntoIterator<Item = f64>,
    ) -> Self {
        Self {
            series: series.into(),
            edges: edges.into_iter().collect(),
            heights: heights.into_iter().collect(),
            uncounted: 0,
            colour: Colour::BLUE,
            fill_opacity: 0.3,
            legend: None,
        }
    }

    /// Counts values in bins `[start + k·width, start + (k+1)·width)` that together hold all of them.
    ///
    /// Values that are not finite are left out and counted as [undrawn](crate::undrawn). What else cannot be counted
    /// is kept for the renderers to refuse: bins of no positive width keep the edges they would have, bins beyond the
    /// most allowed (100,000) stay empty.
    ///
    /// ```
    /// use figures::Histogram;
    /// let h = Histogram::of_values("counts", &[0.1, 0.3, 0.35, 0.9], 0.0, 0.25);
    /// assert_eq!(h.heights, [1.0, 2.0, 0.0, 1.0]);
    /// ```
    pub fn of_values(series: impl Into<String>, values: &[f64], start: f64, width: f64) -> Self {
        let all = values.len();
        let values: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
        let (uncounted, count) = (all - values.len(), values.len() as f64);
        if !(start.is_finite() && width.is_finite() && width > 0.0) {
            return Self::new(series, [start, start + width], [count]);
        }
        let bin = |v: f64| ((v - start) / width).floor();
        let first = values.iter().map(|&v| bin(v)).fold(0.0, f64::min);
        let last = values.iter().map(|&v| bin(v)).fold(first, f64::max);
        if last - first >= MOST_BINS as f64 {
            let edges = (0..=MOST_BINS + 1).map(|k| start + k as f64 * width);
            return Self::new(series, edges, vec![0.0; MOST_BINS + 1]);
        }
        let bins = (last - first) as usize + 1;
        let mut heights = vec![0.0; bins];
        for &value in &values {
            heights[(bin(value) - first) as usize] += 1.0;
        }
        let edges = (0..=bins).map(|k| start + (first + k as f64) * width);
        Self { uncounted, ..Self::new(series, edges, heights) }
    }

    /// Sets the colour.
    pub fn colour(mut self, colour: Colour) -> Self {
        self.colour = colour;
        self
    }

    /// Sets the opacity of the fill, 0 to 1.
    pub fn fill_opacity(mut self, opacity: f64) -> Self {
        self.fill_opacity = opacity;
        self
    }

    /// Gives the histogram an entry in the legend; marks with the same label share one entry.
    pub fn legend(mut self, label: impl Into<String>) -> Self {
        self.legend = Some(label.into());
        self
    }

    pub(crate) fn reach(&self) -> Vec<(f64, f64)> {
        let bars = self.edges.iter().zip(self.edges.iter().skip(1)).zip(&self.heights);
        bars.flat_map(|((&left, &right), &height)| [(left, 0.0), (left, height), (right, height)]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_hold_every_value_also_below_the_start() {
        let histogram = Histogram::of_values("h", &[-0.3, 0.0, 0.49, 0.5], 0.0, 0.5);
        assert_eq!(histogram.edges, [-0.5, 0.0, 0.5, 1.0]);
        assert_eq!(histogram.heights, [1.0, 2.0, 1.0]);
    }
}
