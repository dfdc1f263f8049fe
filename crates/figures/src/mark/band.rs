use crate::Colour;
use serde::Serialize;

/// Opacity of a band, also of the intervals of an opaque line.
pub(crate) const BAND_OPACITY: f64 = 0.18;

/// The region between a low and a high curve.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Band {
    /// Series name.
    pub series: String,
    /// Places (x, low, high).
    pub places: Vec<(f64, f64, f64)>,
    /// Indices of places that are not joined to the place before them: gaps.
    pub breaks: Vec<usize>,
    /// Fill colour.
    pub colour: Colour,
    /// 0 (invisible) to 1 (opaque).
    pub opacity: f64,
    /// Legend label in math text.
    pub legend: Option<String>,
}

impl Band {
    /// A light blue band through the places (x, low, high).
    pub fn new(series: impl Into<String>, places: impl IntoIterator<Item = (f64, f64, f64)>) -> Self {
        Self {
            series: series.into(),
            places: places.into_iter().collect(),
            breaks: Vec::new(),
            colour: Colour::BLUE,
            opacity: BAND_OPACITY,
            legend: None,
        }
    }

    /// Sets the colour.
    pub fn colour(mut self, colour: Colour) -> Self {
        self.colour = colour;
        self
    }

    /// Sets the opacity, 0 to 1.
    pub fn opacity(mut self, opacity: f64) -> Self {
        self.opacity = opacity;
        self
    }

    /// Gives the band an entry in the legend; marks with the same label share one entry.
    pub fn legend(mut self, label: impl Into<String>) -> Self {
        self.legend = Some(label.into());
        self
    }

    /// The index ranges of the pieces between gaps.
    pub(crate) fn pieces(&self) -> Vec<std::ops::Range<usize>> {
        super::line::pieces(&self.breaks, self.places.len())
    }

    pub(crate) fn reach(&self) -> Vec<(f64, f64)> {
        self.places.iter().flat_map(|&(x, low, high)| [(x, low), (x, high)]).collect()
    }
}
