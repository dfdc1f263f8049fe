use crate::Colour;
use serde::Serialize;

/// The shape of a data point.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub enum Shape {
    /// Filled circle.
    #[default]
    Circle,
    /// Filled square.
    Square,
    /// Filled triangle, point up.
    Triangle,
    /// Filled diamond.
    Diamond,
    /// Diagonal cross.
    Cross,
    /// Open circle, white inside.
    OpenCircle,
    /// Open square, white inside.
    OpenSquare,
    /// Open triangle, white inside.
    OpenTriangle,
    /// Open diamond, white inside.
    OpenDiamond,
}

/// Data points, with optional intervals in y and in x.
///
/// ```
/// use figures::{Points, Shape};
/// let points = Points::new("random", [(1.0, 2.0), (2.0, 2.5)])
///     .intervals([(1.8, 2.2), (2.4, 2.6)])
///     .shape(Shape::OpenCircle)
///     .legend("random init");
/// # let _ = points;
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Points {
    /// Series name.
    pub series: String,
    /// Points (x, y).
    pub points: Vec<(f64, f64)>,
    /// Low and high end of y at each point; empty for none.
    pub intervals: Vec<(f64, f64)>,
    /// Low and high end of x at each point; empty for none.
    pub x_intervals: Vec<(f64, f64)>,
    /// Shape.
    pub shape: Shape,
    /// Colour of outline, fill and error bars.
    pub colour: Colour,
    /// Radius in pixels.
    pub radius: f64,
    /// 0 (invisible) to 1 (opaque).
    pub opacity: f64,
    /// Legend label in math text.
    pub legend: Option<String>,
}

impl Points {
    /// Filled circles of 3.2 pixels' radius.
    pub fn new(series: impl Into<String>, points: impl IntoIterator<Item = (f64, f64)>) -> Self {
        Self {
            series: series.into(),
            points: points.into_iter().collect(),
            intervals: Vec::new(),
            x_intervals: Vec::new(),
            shape: Shape::Circle,
            colour: Colour::BLUE,
            radius: 3.2,
            opacity: 1.0,
            legend: None,
        }
    }

    /// Low and high end of y at each point, drawn as error bars.
    pub fn intervals(mut self, intervals: impl IntoIterator<Item = (f64, f64)>) -> Self {
        self.intervals = intervals.into_iter().collect();
        self
    }

    /// Low and high end of x at each point, drawn as error bars.
    pub fn x_intervals(mut self, intervals: impl IntoIterator<Item = (f64, f64)>) -> Self {
        self.x_intervals = intervals.into_iter().collect();
        self
    }

    /// Sets the shape.
    pub fn shape(mut self, shape: Shape) -> Self {
        self.shape = shape;
        self
    }

    /// Sets the colour.
    pub fn colour(mut self, colour: Colour) -> Self {
        self.colour = colour;
        self
    }

    /// Sets the radius in pixels.
    pub fn radius(mut self, radius: f64) -> Self {
        self.radius = radius;
        self
    }

    /// Sets the opacity, 0 to 1.
    pub fn opacity(mut self, opacity: f64) -> Self {
        self.opacity = opacity;
        self
    }

    /// Gives the points an entry in the legend; marks with the same label share one entry.
    pub fn legend(mut self, label: impl Into<String>) -> Self {
        self.legend = Some(label.into());
        self
    }

    pub(crate) fn reach(&self) -> Vec<(f64, f64)> {
        let bars = self.points.iter().zip(&self.intervals).flat_map(|(p, i)| [(p.0, i.0), (p.0, i.1)]);
        let x_bars = self.points.iter().zip(&self.x_intervals).flat_map(|(p, i)| [(i.0, p.1), (i.1, p.1)]);
        self.points.iter().copied().chain(bars).chain(x_bars).collect()
    }
}
