use serde::Serialize;

/// Linear or logarithmic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Scale {
    /// Equal steps for equal differences.
    Linear,
    /// Equal steps for equal ratios; positive numbers only.
    Log,
}

impl Scale {
    /// The number that is proportional to the position on the axis.
    pub(crate) fn forward(self, value: f64) -> f64 {
        match self {
            Self::Linear => value,
            Self::Log => value.log10(),
        }
    }

    /// The inverse of [`Scale::forward`].
    pub(crate) fn backward(self, position: f64) -> f64 {
        match self {
            Self::Linear => position,
            Self::Log => 10f64.powf(position),
        }
    }

    /// The name used in the SVG's data attributes.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Linear => "linear",
            Self::Log => "log",
        }
    }
}

/// One axis of a panel.
///
/// ```
/// use figures::Axis;
/// let time = Axis::new("t/τ").range(0.0, 5.0).extra_tick(1.44, "t_4");
/// let error = Axis::log("ε_{te}").cut(1e-3, 2.0);
/// # let _ = (time, error);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Axis {
    /// Label in math text; empty for none.
    pub label: String,
    /// Linear or logarithmic.
    pub scale: Scale,
    /// Fixed range; `None` takes it from the data.
    pub range: Option<(f64, f64)>,
    /// Whether data beyond the fixed range are left out of the drawing (`true`) or an error (`false`).
    pub cut: bool,
    /// Ticks with their labels in place of the automatic ones.
    pub ticks: Option<Vec<(f64, Option<String>)>>,
    /// Ticks beside the automatic ones, with labels that displace automatic labels they would touch.
    pub extra_ticks: Vec<(f64, String)>,
}

impl Axis {
    /// A linear axis with automatic range and ticks.
    pub fn new(label: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            scale: Scale::Linear,
            range: None,
            cut: false,
            ticks: None,
            extra_ticks: Vec::new(),
        }
    }

    /// A logarithmic axis with automatic range and ticks.
    pub fn log(label: impl Into<String>) -> Self {
        Self { scale: Scale::Log, ..Self::new(label) }
    }

    /// Fixes the range. Data beyond it are an error: nothing is lost unseen.
    pub fn range(mut self, low: f64, high: f64) -> Self {
        self.range = Some((low, high));
        self.cut = false;
        self
    }

    /// Fixes the range and cuts the drawing there; the CSV keeps all data.
    pub fn cut(mut self, low: f64, high: f64) -> Self {
        self.range = Some((low, high));
        self.cut = true;
        self
    }

    /// Ticks at these numbers only, labelled by the numbers.
    pub fn ticks(mut self, values: impl IntoIterator<Item = f64>) -> Self {
        self.ticks = Some(values.into_iter().map(|value| (value, None)).collect());
        self
    }

    /// Ticks at these numbers only, labelled by this math text.
    pub fn labelled_ticks<S: Into<String>>(mut self, ticks: impl IntoIterator<Item = (f64, S)>) -> Self {
        self.ticks = Some(ticks.into_iter().map(|(value, label)| (value, Some(label.into()))).collect());
        self
    }

    /// One more tick, labelled by this math text.
    pub fn extra_tick(mut self, value: f64, label: impl Into<String>) -> Self {
        self.extra_ticks.push((value, label.into()));
        self
    }
}
