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

impl Shape {
    /// The same outline, white inside.
    pub fn open(self) -> Self {
        match self {
            Self::Circle => Self::OpenCircle,
            Self::Square => Self::OpenSquare,
            Self::Triangle => Self::OpenTriangle,
            Self::Diamond => Self::OpenDiamond,
            other => other,
        }
    }
}

/// Which way the true place of a point lies of which a coordinate is only a bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Bound {
    /// The true x is larger.
    Right,
    /// The true x is smaller.
    Left,
    /// The true y is larger.
    Up,
    /// The true y is smaller.
    Down,
}

impl Bound {
    /// Whether it is x of which only a bound is known.
    pub(crate) fn is_of_x(self) -> bool {
        matches!(self, Self::Right | Self::Left)
    }

    /// In the drawing, where y grows downwards.
    pub(crate) fn direction(self) -> (f64, f64) {
        match self {
            Self::Right => (1.0, 0.0),
            Self::Left => (-1.0, 0.0),
            Self::Up => (0.0, -1.0),
            Self::Down => (0.0, 1.0),
        }
    }
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
    /// Whether error bars end at the axes (`true`) or the axes hold them (`false`).
    pub cut: bool,
    /// Indices of points of which a coordinate is only a bound, and which way the true one lies.
    pub bounds: Vec<(usize, Bound)>,
    /// How far in pixels the points are drawn to the right of their x.
    pub dodge: f64,
    /// Shape.
    pub shape: Shape,
    /// Colour of outline, fill and error bars.
    pub colour: Colour,
    /// Radius in pixels.
    pub radius: f64,
    /// How far in pixels the caps of error bars reach to either side; `None` for 0.6 radii.
    pub cap: Option<f64>,
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
            cut: false,
            bounds: Vec::new(),
            dodge: 0.0,
            shape: Shape::Circle,
            colour: Colour::BLUE,
            radius: 3.2,
            cap: None,
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

    /// Lets error bars that are longer than an axis end there, without a cap: they neither widen an automatic range
    /// nor count as [undrawn](crate::undrawn) on a fixed one. The CSV and the SVG's data keep their ends.
    ///
    /// ```
    /// use figures::{Axis, Figure, Panel, Points, render_csv};
    /// let late = Points::new("late", [(4.0, 1.0)]).x_intervals([(1.0, 7.0)]).cut_intervals();
    /// let panel = Panel::new(Axis::new("*t*").range(0.0, 5.0), Axis::new("y")).mark(late);
    /// let csv = String::from_utf8(render_csv(&Figure::new("f", "F").panel(panel))?).unwrap();
    /// assert!(csv.ends_with("a,late,4,1,,,1,7\n"));
    /// # Ok::<(), figures::FigureError>(())
    /// ```
    pub fn cut_intervals(mut self) -> Self {
        self.cut = true;
        self
    }

    /// Says of the points at these indices that a coordinate is only a bound (a censored value, as the time of a run that
    /// ended too early): they are drawn open, with an arrow to where the true one lies. The CSV has a column `censored`
    /// for them. Two calls may speak of one point.
    ///
    /// ```
    /// use figures::{Axis, Bound, Figure, Panel, Points, render_csv};
    /// let times = Points::new("stop", [(1.0, 4.0), (2.0, 10.0)]).bounds(Bound::Up, [1]);
    /// let figure = Figure::new("f", "F").panel(Panel::new(Axis::new("x"), Axis::new("t")).mark(times));
    /// let csv = String::from_utf8(render_csv(&figure)?).unwrap();
    /// assert_eq!(csv, "panel,series,x,y,low,high,censored\na,stop,1,4,,,\na,stop,2,10,,,y\n");
    /// # Ok::<(), figures::FigureError>(())
    /// ```
    pub fn bounds(mut self, way: Bound, indices: impl IntoIterator<Item = usize>) -> Self {
        self.bounds.extend(indices.into_iter().map(|index| (index, way)));
        self
    }

    /// Draws the points so many pixels to the right of their x, so that those of several series at one place are all
    /// seen. The data keep their x.
    pub fn dodge(mut self, pixels: f64) -> Self {
        self.dodge = pixels;
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

    /// Sets how far in pixels the caps of error bars reach to either side.
    pub fn cap(mut self, cap: f64) -> Self {
        self.cap = Some(cap);
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

    /// How far in pixels the caps reach to either side.
    pub(crate) fn cap_length(&self) -> f64 {
        self.cap.unwrap_or(0.6 * self.radius)
    }

    /// What an automatic range must hold.
    pub(crate) fn reach(&self) -> Vec<(f64, f64)> {
        if self.cut { self.points.clone() } else { self.extent() }
    }

    /// The points and the ends of their error bars.
    pub(crate) fn extent(&self) -> Vec<(f64, f64)> {
        let bars = self.points.iter().zip(&self.intervals).flat_map(|(p, i)| [(p.0, i.0), (p.0, i.1)]);
        let x_bars = self.points.iter().zip(&self.x_intervals).flat_map(|(p, i)| [(i.0, p.1), (i.1, p.1)]);
        self.points.iter().copied().chain(bars).chain(x_bars).collect()
    }
}
