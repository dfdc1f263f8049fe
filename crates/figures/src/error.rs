use thiserror::Error;

/// What can be wrong with a figure or with its rendering.
///
/// A variant names the panel (its letter) and the series, the value that was given and what is allowed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FigureError {
    /// An edge of a bin or cell, or a coordinate of a schematic, is NaN or infinite.
    #[error("panel {panel}, series '{series}': {quantity} number {index} is {value}; it must be finite")]
    NotFinite {
        /// Panel letter.
        panel: String,
        /// Series name.
        series: String,
        /// Which datum: `x`, `y`, `low`, …
        quantity: &'static str,
        /// Position in the series, from 0.
        index: usize,
        /// The value given.
        value: f64,
    },
    /// Two arrays that go together have different lengths.
    #[error("panel {panel}, series '{series}': {found} {quantity} given where {expected} are needed")]
    LengthMismatch {
        /// Panel letter.
        panel: String,
        /// Series name.
        series: String,
        /// What was counted.
        quantity: &'static str,
        /// How many are needed.
        expected: usize,
        /// How many were given.
        found: usize,
    },
    /// An interval has its low end above its high end.
    #[error("panel {panel}, series '{series}': interval number {index} runs from {low} up to {high}")]
    Interval {
        /// Panel letter.
        panel: String,
        /// Series name.
        series: String,
        /// Position in the series, from 0.
        index: usize,
        /// Low end given.
        low: f64,
        /// High end given.
        high: f64,
    },
    /// The edges of a histogram or heat map do not increase.
    #[error("panel {panel}, series '{series}': {quantity} must increase, but {previous} is followed by {next}")]
    NotIncreasing {
        /// Panel letter.
        panel: String,
        /// Series name.
        series: String,
        /// Which edges.
        quantity: &'static str,
        /// An edge.
        previous: f64,
        /// The edge after it.
        next: f64,
    },
    /// A histogram has more bins than can be drawn.
    #[error("panel {panel}, series '{series}' has more than {most} bins; give it wider ones")]
    TooManyBins {
        /// Panel letter.
        panel: String,
        /// Series name.
        series: String,
        /// The most allowed.
        most: usize,
    },
    /// The gaps of a line are not in order, or not between its points.
    #[error(
        "panel {panel}, series '{series}': break number {index} is {found}; breaks must increase from 1 or more \
         and stay below the number of points, {points}"
    )]
    BadBreak {
        /// Panel letter.
        panel: String,
        /// Series name.
        series: String,
        /// Position among the breaks, from 0.
        index: usize,
        /// The break given.
        found: usize,
        /// Number of points of the line.
        points: usize,
    },
    /// A fixed end of a logarithmic axis is zero or negative.
    #[error(
        "panel {panel}, series '{series}': {axis} = {value} on a logarithmic axis, which allows positive numbers only"
    )]
    NotPositive {
        /// Panel letter.
        panel: String,
        /// Series name.
        series: String,
        /// `x` or `y`.
        axis: &'static str,
        /// The value given.
        value: f64,
    },
    /// A range is empty, reversed or not finite.
    #[error("panel {panel}: the range of {axis} is [{low}, {high}]; its ends must be finite and increase")]
    BadRange {
        /// Panel letter, or `figure`.
        panel: String,
        /// `x`, `y` or `colour`.
        axis: &'static str,
        /// Lower end given.
        low: f64,
        /// Upper end given.
        high: f64,
    },
    /// A figure without panels.
    #[error("figure '{figure}' has no panels")]
    NoPanels {
        /// Figure name.
        figure: String,
    },
    /// A figure's or panel's measure is not usable.
    #[error("figure '{figure}': {quantity} is {given}; allowed is {allowed}")]
    BadGrid {
        /// Figure name.
        figure: String,
        /// What was given.
        quantity: &'static str,
        /// The value given.
        given: String,
        /// What is allowed.
        allowed: String,
    },
    /// An edge names a node that the panel does not hold.
    #[error("panel {panel}: an edge names the node '{node}', but the panel's nodes are: {known}")]
    UnknownNode {
        /// Panel letter.
        panel: String,
        /// The name given.
        node: String,
        /// The names there are.
        known: String,
    },
    /// A text holds a character that cannot be drawn.
    #[error(
        "the text '{text}' holds U+{code:04X} as character {place}; control characters and those that XML does not \
         allow cannot be drawn"
    )]
    BadCharacter {
        /// The beginning of the text, escaped.
        text: String,
        /// Which character, from 1.
        place: usize,
        /// Its code point.
        code: u32,
    },
    /// The drawing library failed.
    #[error("plotters could not draw: {0}")]
    Drawing(String),
    /// The SVG given to a raster or PDF renderer is not valid.
    #[error("the SVG cannot be read: {0}")]
    BadSvg(String),
    /// An image could not be made or encoded.
    #[error("the image cannot be made: {0}")]
    Image(String),
    /// The CSV could not be written.
    #[error("the CSV cannot be written: {0}")]
    Csv(#[from] csv::Error),
}
