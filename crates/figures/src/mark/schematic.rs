use crate::{Colour, Dash};
use serde::Serialize;

/// The outline of a node.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub enum NodeShape {
    /// A circle of this radius.
    Circle {
        /// Radius in the panel's units.
        radius: f64,
    },
    /// A box with rounded corners.
    Box {
        /// Width in the panel's units.
        width: f64,
        /// Height in the panel's units.
        height: f64,
    },
}

/// A node of a schematic: a circle or a rounded box with text.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Node {
    /// Name by which edges find it.
    pub name: String,
    /// Centre (x, y) in the panel's units.
    pub centre: (f64, f64),
    /// Outline.
    pub shape: NodeShape,
    /// Text in math text; line breaks by `\n`.
    pub text: String,
    /// Text size in pixels.
    pub text_size: f64,
    /// Colour of the text.
    pub text_colour: Colour,
    /// Fill.
    pub fill: Colour,
    /// Colour of the outline.
    pub outline: Colour,
    /// Width of the outline in pixels; 0 for none.
    pub outline_width: f64,
}

impl Node {
    fn new(name: impl Into<String>, centre: (f64, f64), shape: NodeShape) -> Self {
        Self {
            name: name.into(),
            centre,
            shape,
            text: String::new(),
            text_size: 14.0,
            text_colour: Colour::INK,
            fill: Colour::WHITE,
            outline: Colour::INK,
            outline_width: 1.4,
        }
    }

    /// A circle.
    pub fn circle(name: impl Into<String>, centre: (f64, f64), radius: f64) -> Self {
        Self::new(name, centre, NodeShape::Circle { radius })
    }

    /// A box with rounded corners.
    pub fn rounded_box(name: impl Into<String>, centre: (f64, f64), width: f64, height: f64) -> Self {
        Self::new(name, centre, NodeShape::Box { width, height })
    }

    /// Writes math text in the node; line breaks by `\n`.
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.text = text.into();
        self
    }

    /// Sets the text size in pixels.
    pub fn text_size(mut self, size: f64) -> Self {
        self.text_size = size;
        self
    }

    /// Sets the colour of the text.
    pub fn text_colour(mut self, colour: Colour) -> Self {
        self.text_colour = colour;
        self
    }

    /// Sets the fill.
    pub fn fill(mut self, colour: Colour) -> Self {
        self.fill = colour;
        self
    }

    /// Sets the outline's colour and width in pixels.
    pub fn outline(mut self, colour: Colour, width: f64) -> Self {
        self.outline = colour;
        self.outline_width = width;
        self
    }
}

/// An end of an edge.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum End {
    /// The border of the node of this name.
    Node(String),
    /// A point (x, y).
    At(f64, f64),
}

impl From<&str> for End {
    fn from(name: &str) -> Self {
        Self::Node(name.to_owned())
    }
}

impl From<String> for End {
    fn from(name: String) -> Self {
        Self::Node(name)
    }
}

impl From<(f64, f64)> for End {
    fn from((x, y): (f64, f64)) -> Self {
        Self::At(x, y)
    }
}

/// An edge of a schematic, from node to node or from point to point.
///
/// ```
/// use figures::Edge;
/// let edge = Edge::new("teacher", "data").label("+ noise");
/// let free = Edge::new((0.0, 1.0), (2.0, 1.0)).plain();
/// # let _ = (edge, free);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Edge {
    /// Where it starts.
    pub from: End,
    /// Where it ends.
    pub to: End,
    /// Colour.
    pub colour: Colour,
    /// Width in pixels.
    pub width: f64,
    /// Dash style.
    pub dash: Dash,
    /// Whether its end has an arrow head.
    pub head: bool,
    /// Whether its start has an arrow head too.
    pub tail_head: bool,
    /// Label in math text, beside the middle.
    pub label: Option<String>,
}

impl Edge {
    /// An arrow between two nodes (by name) or points.
    pub fn new(from: impl Into<End>, to: impl Into<End>) -> Self {
        Self {
            from: from.into(),
            to: to.into(),
            colour: Colour::INK,
            width: 1.4,
            dash: Dash::Solid,
            head: true,
            tail_head: false,
            label: None,
        }
    }

    /// Leaves out the arrow head.
    pub fn plain(mut self) -> Self {
        self.head = false;
        self
    }

    /// Draws an arrow head at both ends.
    pub fn both_ways(mut self) -> Self {
        self.head = true;
        self.tail_head = true;
        self
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

    /// Sets the dash style.
    pub fn dash(mut self, dash: Dash) -> Self {
        self.dash = dash;
        self
    }

    /// Writes a label beside the middle of the edge.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }
}

/// A curly bracket along a straight line; its tip and label are on the left as one goes from `from` to `to`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Brace {
    /// One end (x, y).
    pub from: (f64, f64),
    /// The other end (x, y).
    pub to: (f64, f64),
    /// Label in math text at the tip.
    pub label: String,
    /// How far the tip stands out, in pixels.
    pub depth: f64,
    /// Colour of bracket and label.
    pub colour: Colour,
}

impl Brace {
    /// A bracket whose tip is on the left as one goes from `from` to `to` (y upwards).
    pub fn new(from: (f64, f64), to: (f64, f64), label: impl Into<String>) -> Self {
        Self { from, to, label: label.into(), depth: 14.0, colour: Colour::INK }
    }

    /// Sets how far the tip stands out, in pixels.
    pub fn depth(mut self, depth: f64) -> Self {
        self.depth = depth;
        self
    }

    /// Sets the colour.
    pub fn colour(mut self, colour: Colour) -> Self {
        self.colour = colour;
        self
    }
}
