//! The drawing: teacher A + teacher B = stacked teacher; its noisy outputs teach a student.

use figures::{Brace, Colour, Edge, Mark, Node, Panel, Text};

/// Radius of a unit.
const UNIT: f64 = 0.27;
/// Heights of the input, hidden and output layers.
const LAYERS: [f64; 3] = [1.7, 3.5, 5.3];
/// Height of the networks' names.
const NAMES: f64 = 7.3;
/// Inputs of every network drawn.
const INPUTS: usize = 4;

/// A layer of units with one fill each, centred at x.
struct Layer {
    centre: f64,
    spacing: f64,
    fills: Vec<Colour>,
}

impl Layer {
    fn places(&self) -> impl Iterator<Item = f64> {
        let first = self.centre - 0.5 * self.spacing * (self.fills.len() as f64 - 1.0);
        (0..self.fills.len()).map(move |i| first + self.spacing * i as f64)
    }
}

/// A network from its three layers, joined by `edges` of (layer below, unit there, unit above, colour).
fn network(prefix: &str, layers: [Layer; 3], edges: Vec<(usize, usize, usize, Colour)>) -> Vec<Mark> {
    let name = |layer: usize, unit: usize| format!("{prefix}-{layer}-{unit}");
    // Edges first: units are drawn over their ends.
    let mut marks: Vec<Mark> = edges
        .into_iter()
        .map(|(below, from, to, colour)| {
            Edge::new(name(below, from), name(below + 1, to)).plain().colour(colour).width(1.1).into()
        })
        .collect();
    for (index, (layer, height)) in layers.iter().zip(LAYERS).enumerate() {
        for (unit, (x, fill)) in layer.places().zip(&layer.fills).enumerate() {
            marks.push(Node::circle(name(index, unit), (x, height), UNIT).fill(*fill).into());
        }
    }
    marks
}

fn inputs(centre: f64) -> Layer {
    Layer { centre, spacing: 1.0, fills: vec![Colour::WHITE; INPUTS] }
}

/// Every input to one hidden unit, and that unit to its outputs.
fn fan(hidden: usize, outputs: std::ops::Range<usize>, colour: Colour) -> Vec<(usize, usize, usize, Colour)> {
    let below = (0..INPUTS).map(|i| (0, i, hidden, colour));
    below.chain(outputs.map(|o| (1, hidden, o, colour))).collect()
}

/// A teacher of rank one.
fn teacher(prefix: &str, centre: f64, colour: Colour) -> Vec<Mark> {
    let light = colour.lighter(0.6);
    let layers = [
        inputs(centre),
        Layer { centre, spacing: 1.0, fills: vec![colour.lighter(0.25)] },
        Layer { centre, spacing: 1.0, fills: vec![light; 3] },
    ];
    network(prefix, layers, fan(0, 0..3, colour))
}

/// Both teachers on common inputs.
fn stack(centre: f64, a: Colour, b: Colour) -> Vec<Mark> {
    let layers = [
        inputs(centre),
        Layer { centre, spacing: 2.4, fills: vec![a.lighter(0.25), b.lighter(0.25)] },
        Layer { centre, spacing: 0.85, fills: outputs(a, b) },
    ];
    network("stack", layers, [fan(0, 0..3, a), fan(1, 3..6, b)].concat())
}

/// A student of all outputs.
fn student(centre: f64, a: Colour, b: Colour) -> Vec<Mark> {
    let hidden = 4;
    let layers = [
        inputs(centre),
        Layer { centre, spacing: 1.0, fills: vec![Colour::GREEN.lighter(0.5); hidden] },
        Layer { centre, spacing: 0.85, fills: outputs(a, b) },
    ];
    let all = |below: usize, from: usize, to: usize| {
        (0..from).flat_map(move |i| (0..to).map(move |j| (below, i, j, Colour::GREY.lighter(0.3))))
    };
    network("student", layers, all(0, INPUTS, hidden).chain(all(1, hidden, 6)).collect())
}

fn outputs(a: Colour, b: Colour) -> Vec<Colour> {
    [[a.lighter(0.6); 3], [b.lighter(0.6); 3]].concat()
}

/// The whole setting.
pub(super) fn setting() -> Panel {
    let (a, b) = (Colour::BLUE, Colour::RED);
    let [x_a, x_b, x_stack, x_student] = [2.6, 8.0, 14.2, 22.2];
    let middle = LAYERS[1];
    let sign = |x: f64, text: &str| Text::at(x, middle, text).size(26.0);
    let title = |x: f64, text: &str| Text::at(x, NAMES, text).bold();
    let strength = |x: f64, text: &str, colour: Colour| Text::at(x + 0.75, middle, text).colour(colour);
    Panel::free(25.0, 7.8)
        .marks(teacher("A", x_a, a))
        .marks(teacher("B", x_b, b))
        .marks(stack(x_stack, a, b))
        .marks(student(x_student, a, b))
        .marks([
            title(x_a, "teacher A"),
            title(x_b, "teacher B"),
            title(x_stack, "stacked teacher"),
            title(x_student, "student"),
        ])
        .marks([sign(0.5 * (x_a + x_b), "+"), sign(0.5 * (x_b + x_stack) - 0.1, "=")])
        .marks([strength(x_a, "s̄_A", a), strength(x_b, "s̄_B", b)])
        .mark(Brace::new((x_a - 1.2, 5.75), (x_b + 1.2, 5.75), "relative strength?"))
        .mark(Brace::new((x_b + 1.7, 1.25), (x_a - 1.7, 1.25), "aligned? *q* = v̄_A·v̄_B"))
        .mark(Brace::new((x_stack - 2.4, 5.75), (x_stack - 0.15, 5.75), "task A").colour(a))
        .mark(Brace::new((x_stack + 0.15, 5.75), (x_stack + 2.4, 5.75), "task B").colour(b))
        .mark(Node::rounded_box("noise", (18.2, 5.3), 1.7, 0.75).text("noise").fill(Colour::LIGHT_GREY.lighter(0.4)))
        .mark(Node::circle("plus", (18.2, middle), 0.36).text("+").text_size(18.0))
        .mark(Edge::new("noise", "plus"))
        .mark(Edge::new((16.7, middle), "plus"))
        .mark(Edge::new("plus", (20.0, middle)).label("data"))
        .mark(Text::at(x_stack, 0.85, "shared inputs"))
        .mark(Text::at(x_student, 0.85, "ŷ = W_2 W_1 x"))
        .span(3, 1)
}
