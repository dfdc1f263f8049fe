use crate::Colour;
use serde::Serialize;

/// Which point of a text stands at its place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub enum Anchor {
    /// Upper left corner.
    TopLeft,
    /// Middle of the upper edge.
    Top,
    /// Upper right corner.
    TopRight,
    /// Middle of the left edge.
    Left,
    /// The middle.
    #[default]
    Centre,
    /// Middle of the right edge.
    Right,
    /// Lower left corner.
    BottomLeft,
    /// Middle of the lower edge.
    Bottom,
    /// Lower right corner.
    BottomRight,
}

impl Anchor {
    /// The anchor's place in a unit box: (0, 0) upper left, (1, 1) lower right.
    pub(crate) fn fractions(self) -> (f64, f64) {
        let x = match self {
            Self::TopLeft | Self::Left | Self::BottomLeft => 0.0,
            Self::Top | Self::Centre | Self::Bottom => 0.5,
            Self::TopRight | Self::Right | Self::BottomRight => 1.0,
        };
        let y = match self {
            Self::TopLeft | Self::Top | Self::TopRight => 0.0,
            Self::Left | Self::Centre | Self::Right => 0.5,
            Self::BottomLeft | Self::Bottom | Self::BottomRight => 1.0,
        };
        (x, y)
    }
}

/// A place in a panel.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub enum Place {
    /// In the coordinates of the data.
    Data(f64, f64),
    /// As a fraction of the panel: (0, 0) lower left, (1, 1) upper right.
    Panel(f64, f64),
}

/// A label in math text with a thin white halo; line breaks by `\n`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Text {
    /// What it says.
    pub text: String,
    /// Where it stands.
    pub place: Place,
    /// Which point of it stands there.
    pub anchor: Anchor,
    /// Colour.
    pub colour: Colour,
    /// Text size in pixels.
    pub size: f64,
    /// Degrees counterclockwise about its place.
    pub rotation: f64,
    /// Whether it is bold.
    pub bold: bool,
}

impl Text {
    fn new(place: Place, text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            place,
            anchor: Anchor::Centre,
            colour: Colour::INK,
            size: 14.0,
            rotation: 0.0,
            bold: false,
        }
    }

    /// A text centred at data coordinates.
    pub fn at(x: f64, y: f64, text: impl Into<String>) -> Self {
        Self::new(Place::Data(x, y), text)
    }

    /// A text centred at a fraction of the panel: (0, 0) lower left, (1, 1) upper right.
    pub fn in_panel(x: f64, y: f64, text: impl Into<String>) -> Self {
        Self::new(Place::Panel(x, y), text)
    }

    /// Which point of the text stands at its place.
    pub fn anchor(mut self, anchor: Anchor) -> Self {
        self.anchor = anchor;
        self
    }

    /// Sets the colour.
    pub fn colour(mut self, colour: Colour) -> Self {
        self.colour = colour;
        self
    }

    /// Sets the text size in pixels.
    pub fn size(mut self, size: f64) -> Self {
        self.size = size;
        self
    }

    /// Turns the text counterclockwise about its place.
    pub fn rotated(mut self, degrees: f64) -> Self {
        self.rotation = degrees;
        self
    }

    /// Makes the text bold.
    pub fn bold(mut self) -> Self {
        self.bold = true;
        self
    }
}

/// An arrow in data coordinates, with an optional label at its middle.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Arrow {
    /// Tail (x, y).
    pub from: (f64, f64),
    /// Tip (x, y).
    pub to: (f64, f64),
    /// Colour.
    pub colour: Colour,
    /// Width in pixels.
    pub width: f64,
    /// Label in math text, beside the middle.
    pub label: Option<String>,
}

impl Arrow {
    /// An arrow from one point to another.
    pub fn new(from: (f64, f64), to: (f64, f64)) -> Self {
        Self { from, to, colour: Colour::INK, width: 1.5, label: None }
    }

    /// Sets the colour.
    pub fn colour(mut self, colour: Colour) -> Self {
        self.colour = colour;
        self
    }

    /// Sets the width in pixels.
    pub fn width(mut self, width: f64) -> Self {
        self.width = width;
        self
    }

    /// Writes a label beside the middle of the arrow.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }
}
