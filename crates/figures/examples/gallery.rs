//! Draws one figure of every kind: `cargo run --release -p figures --example gallery -- FOLDER`.

use figures::{
    Anchor, Arrow, Axis, Band, Bound, Brace, Colour, ColourBar, ColourScale, Dash, Edge, Figure, HeatMap, Histogram,
    Key, Legend, Line, Node, Panel, Points, RefLine, Scale, Shape, Text, label_collisions, palette, render_csv,
    render_png, render_svg, undrawn_note,
};
use std::error::Error;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("usage: gallery FOLDER")?);
    std::fs::create_dir_all(&folder)?;
    for figure in [growth(), grid(), marks(), log_axes(), heat_map(), small_numbers(), crowded(), schematic(), bounds()]
    {
        let svg = render_svg(&figure)?;
        std::fs::write(folder.join(format!("{}.svg", figure.name)), &svg)?;
        std::fs::write(folder.join(format!("{}.png", figure.name)), render_png(&svg, 2000)?)?;
        std::fs::write(folder.join(format!("{}.csv", figure.name)), render_csv(&figure)?)?;
        #[cfg(feature = "pdf")]
        std::fs::write(folder.join(format!("{}.pdf", figure.name)), figures::render_pdf(&svg)?)?;
        println!("{}: {} kB of SVG", figure.name, svg.len() / 1000);
        if let Some(note) = undrawn_note(&figure) {
            println!("  {note}");
        }
        for collision in label_collisions(&figure)? {
            println!("  {collision}");
        }
    }
    Ok(())
}

/// A logistic curve that starts at ε and ends at `end`.
fn logistic(t: f64, end: f64) -> f64 {
    let fade = (-2.0 * end * t).exp();
    1.0 / ((1.0 - fade) / end + fade / 1e-3)
}

/// `count` numbers from `low` to `high`.
fn spaced(low: f64, high: f64, count: usize) -> impl Iterator<Item = f64> + Clone {
    (0..count).map(move |i| low + (high - low) * i as f64 / (count - 1) as f64)
}

/// Numbers in [−1, 1] that look random and are the same on every run.
fn jitter(index: usize) -> f64 {
    (12.9898 * (index as f64 + 1.0)).sin() * 43_758.545 % 1.0
}

/// Two panels: lines coloured by strength, an extra tick, a cut axis, an arrow.
fn growth() -> Figure {
    let strengths = [1.0, 4.0, 7.0, 10.0];
    let scale = ColourScale::sequential(1.0, 10.0);
    let over_time = strengths.map(|end| {
        Line::new(format!("s_hat={end}"), spaced(0.0, 5.0, 400).map(|t| (t, logistic(t, end))))
            .colour(scale.colour(end))
            .legend(format!("ŝ = {end}"))
    });
    let times = [0.5, 1.0, 2.0, 3.0, 4.0];
    let over_strength = times.map(|t| {
        Line::new(format!("t={t}"), spaced(0.01, 10.0, 400).map(|end| (end, logistic(t, end) / end)))
            .colour(ColourScale::sequential(0.5, 4.0).colour(t))
            .legend(format!("*t*/τ = {t}"))
    });
    Figure::new("growth", "Growth of the modes of a linear student")
        .columns(2)
        .panel(
            Panel::new(Axis::new("time *t*/τ").extra_tick(1.04, "t_4"), Axis::new("strength s(t, ŝ)"))
                .marks(over_time)
                .mark(RefLine::vertical(1.04)),
        )
        .panel(
            Panel::new(Axis::new("data strength ŝ"), Axis::new("s(t, ŝ) / ŝ").cut(0.0, 1.2))
                .marks(over_strength)
                .mark(Arrow::new((4.0, 1.1), (1.0, 1.1)).label("*t*")),
        )
}

/// Two rows of four panels with a shared legend and a colour bar for all.
fn grid() -> Figure {
    let snrs = [0.84, 2.0, 4.0, 6.0, 8.0];
    let scale = ColourScale::sequential(0.84, 8.0);
    let bar = ColourBar::new(scale.clone(), "signal-to-noise ratio")
        .ticks(snrs.map(|snr| (snr, if snr < 1.0 { "A^{1/4}".to_owned() } else { snr.to_string() })));
    let mut figure = Figure::new("grid", "Learning curves and optimal stopping").columns(4).colour_bar(bar);
    for rank in [1, 3] {
        for (name, label) in [("train", "ln ε_{tr}"), ("test", "ln ε_{te}")] {
            let mut panel =
                Panel::new(Axis::new("*t*/τ").range(0.0, 5.0), Axis::new(label)).title(format!("rank {rank}"));
            for &snr in &snrs[1..] {
                let rise = if name == "test" { 0.25 } else { 0.02 };
                let curve = move |t: f64| -(logistic(t, snr) / snr) * (0.4 + snr / 3.0) + rise * t;
                panel = panel.mark(
                    Line::new(format!("theory {snr}"), spaced(0.0, 5.0, 400).map(|t| (t, curve(t))))
                        .colour(scale.colour(snr)),
                );
                let points: Vec<_> =
                    spaced(0.0, 5.0, 21).enumerate().map(|(i, t)| (t, curve(t) + 0.04 * jitter(i))).collect();
                let random = points.iter().map(|&(t, y)| (t, y + 0.1 * (t * 2.0).sin().abs()));
                panel =
                    panel.mark(Points::new(format!("TA {snr}"), points.clone()).colour(scale.colour(snr)).radius(2.6));
                panel = panel.mark(
                    Points::new(format!("random {snr}"), random)
                        .colour(scale.colour(snr))
                        .shape(Shape::OpenTriangle)
                        .radius(2.6),
                );
            }
            figure = figure.panel(panel);
        }
        for quantity in ["least ln ε_{te}", "*t*_{opt}/τ"] {
            let mut panel = Panel::new(Axis::new(format!("{quantity}, TA")), Axis::new(format!("{quantity}, random")))
                .same_range()
                .mark(RefLine::diagonal());
            for (i, &snr) in snrs.iter().enumerate() {
                let (x, y) = (-0.6 * snr, -0.6 * snr + 0.2 * jitter(i));
                panel = panel.mark(
                    Points::new(format!("snr {snr}"), [(x, y)])
                        .intervals([(y - 0.2, y + 0.2)])
                        .x_intervals([(x - 0.15, x + 0.15)])
                        .colour(scale.colour(snr)),
                );
            }
            figure = figure.panel(panel);
        }
    }
    figure
        .key(Key::line("theory", Colour::GREY, Dash::Solid))
        .key(Key::point("training aligned", Colour::GREY, Shape::Circle))
        .key(Key::point("random", Colour::GREY, Shape::OpenTriangle))
}

/// Every mark of two-axis panels.
fn marks() -> Figure {
    let shapes = [
        Shape::Circle,
        Shape::Square,
        Shape::Triangle,
        Shape::Diamond,
        Shape::Cross,
        Shape::OpenCircle,
        Shape::OpenSquare,
        Shape::OpenTriangle,
        Shape::OpenDiamond,
    ];
    let mut points = Panel::new(Axis::new("x"), Axis::new("y")).title("points").legend(Legend::Outside);
    for (i, shape) in shapes.into_iter().enumerate() {
        let at = |k: usize| (k as f64, i as f64 + 0.3 * jitter(3 * i + k));
        points = points.mark(
            Points::new(format!("{shape:?}"), (0..4).map(at))
                .intervals((0..4).map(|k| (at(k).1 - 0.35, at(k).1 + 0.35)))
                .shape(shape)
                .colour(palette(i))
                .legend(format!("{shape:?}")),
        );
    }
    let values: Vec<f64> = (0..400).map(|i| 1.0 + 0.7 * jitter(i) + 0.3 * jitter(1000 + i)).collect();
    let histogram = Panel::new(Axis::new("singular value ŝ").range(0.0, 7.0), Axis::new("count"))
        .title("histogram")
        .mark(Histogram::of_values("data", &values, 0.0, 0.2).legend("data"))
        .mark(Histogram::of_values("signal", &[3.3, 6.2], 0.0, 0.2).colour(Colour::RED).legend("signal"))
        .mark(RefLine::vertical(3.25).colour(Colour::RED).dash(Dash::Dashed).legend("predicted ŝ"))
        .note(Anchor::Right, "signal counts × 5");
    let bands = Panel::new(Axis::new("*t*/τ"), Axis::new("|û·ū|")).title("lines and bands").marks(
        [Dash::Solid, Dash::Dashed, Dash::Dotted, Dash::DashDot].into_iter().enumerate().map(|(i, dash)| {
            let value = move |t: f64| 1.0 - 1.0 / (1.0 + (t * (1.0 + i as f64)).powi(2));
            Line::new(format!("{dash:?}"), spaced(0.0, 3.0, 60).map(|t| (t, value(t))))
                .intervals(spaced(0.0, 3.0, 60).map(|t| (value(t) * 0.95, value(t) * 1.03)))
                .colour(palette(i))
                .dash(dash)
                .legend(format!("{dash:?}"))
        }),
    );
    let gap = Line::segments(
        "gap",
        [spaced(0.0, 4.0, 50).map(|x| (x, x.sin())).collect(), spaced(5.0, 9.0, 50).map(|x| (x, x.sin())).collect()],
    );
    let text = Panel::new(Axis::new("x"), Axis::new("y"))
        .title("gap, text, arrow")
        .mark(Band::new("band", spaced(0.0, 9.0, 90).map(|x| (x, x.sin() - 0.3, x.sin() + 0.3))).colour(Colour::GREEN))
        .mark(gap.colour(Colour::GREEN))
        .mark(Text::at(4.5, 0.6, "ŝ, s̄, û·ū, ε_te, s̄_B^2\n*italic* 10^{−5}, A^{1/4}, t_opt/τ").colour(Colour::PURPLE))
        .mark(Text::at(1.2, -0.6, "turned").rotated(-40.0))
        .mark(Arrow::new((6.5, -0.8), (4.8, -0.98)).label("minimum"));
    Figure::new("marks", "Every mark").columns(2).panels([points, histogram, bands, text])
}

/// Logarithmic axes, narrow and wide, and large numbers.
fn log_axes() -> Figure {
    let power =
        |exponent: f64| Line::new("power", spaced(-6.0, 0.0, 30).map(|e| (10f64.powf(e), 10f64.powf(exponent * e))));
    let decay = Line::new("decay", spaced(0.0, 150_000.0, 200).map(|t| (t, (-t / 20_000.0).exp())));
    Figure::new("log_axes", "Logarithmic axes")
        .columns(3)
        .heading("wide and narrow ranges")
        .panel(
            Panel::new(Axis::log("ε"), Axis::log("error"))
                .mark(power(0.5).legend("√ε"))
                .mark(power(1.0).colour(Colour::RED).legend("ε")),
        )
        .panel(Panel::new(Axis::new("epoch").range(0.0, 150_000.0), Axis::log("ε_{tr}")).mark(decay))
        .panel(
            Panel::new(Axis::log("s̄_B"), Axis::log("y")).mark(
                Points::new("p", [(0.84, 1.2), (3.0, 2.0), (10.0, 3.5), (30.0, 5.0), (100.0, 8.5)])
                    .shape(Shape::OpenDiamond),
            ),
        )
}

/// Two crowded panels: their legends fit neither inside nor beside them.
fn crowded() -> Figure {
    let panel = |title: &str| {
        let mut panel = Panel::new(Axis::new("*t*/τ").range(0.0, 5.0), Axis::new("ε_{tr}")).title(title);
        for (i, label) in
            ["theory (aligned), original", "theory (aligned), shuffled", "a third of these"].into_iter().enumerate()
        {
            let wave = move |t: f64| (2.0 * t + i as f64).sin() * (1.0 + 0.1 * i as f64);
            panel = panel
                .mark(Line::new(label, spaced(0.0, 5.0, 200).map(|t| (t, wave(t)))).colour(palette(i)).legend(label));
        }
        panel
    };
    Figure::new("crowded", "Crowded panels").columns(2).width(640.0).panel(panel("original")).panel(panel("shuffled"))
}

/// A heat map over a diverging scale, and its zero line.
fn heat_panel(weak: f64, title: &str) -> Panel {
    let cells = 60;
    let edges = |i: usize| i as f64 / cells as f64;
    let value = move |row: usize, column: usize| {
        let (q, b) = (edges(row), 0.1 * 1000f64.powf(edges(column)));
        (q * q - weak) * b / (1.0 + b)
    };
    let values = (0..cells).map(|row| (0..cells).map(|column| value(row, column)).collect()).collect();
    let x_edges = (0..=cells).map(|i| 0.1 * 1000f64.powf(edges(i)));
    let map = HeatMap::new("T", x_edges, (0..=cells).map(edges), values, benefit());
    let zero = Line::new("T=0", [(0.1, weak.sqrt()), (100.0, weak.sqrt())]).colour(Colour::INK).width(1.2);
    Panel::new(Axis::log("s̄_B"), Axis::new("alignment *q*")).title(title).mark(map).mark(zero)
}

fn benefit() -> ColourScale {
    ColourScale::diverging(0.6)
}

/// Heat maps in a row, the last with a colour bar.
fn heat_map() -> Figure {
    let bar = ColourBar::new(benefit(), "transfer benefit *T*");
    Figure::new("heat_map", "Where transfer helps").columns(3).aspect(1.0).panels([
        heat_panel(0.1, "weak s̄_A"),
        heat_panel(0.4, "middling s̄_A"),
        heat_panel(0.9, "strong s̄_A").colour_bar(bar),
    ])
}

/// Numbers of the order of 10⁻⁴ and labels that shed a power of ten.
fn small_numbers() -> Figure {
    let scale = ColourScale::sequential_log(1.0, 100.0);
    let lines = [1.0, 3.0, 10.0, 30.0, 100.0].map(|b: f64| {
        Line::new(format!("B={b}"), spaced(0.0, 1.0, 11).map(|q| (q, 1e-4 * (q * q - 0.5) * b / (10.0 + b))))
            .colour(scale.colour(b))
            .legend(format!("s̄_B = {b}"))
    });
    Figure::new("small_numbers", "Small numbers").panel(
        Panel::new(Axis::new("alignment *q*"), Axis::new("*T*^{A←B}"))
            .title("strong task A")
            .mark(RefLine::horizontal(0.0))
            .marks(lines)
            .colour_bar(ColourBar::new(scale, "s̄_B")),
    )
}

/// Values that are only bounds, gaps, points that coincide, and a matrix with numbers in its cells.
fn bounds() -> Figure {
    let scale = ColourScale::sequential_log(0.84, 8.0);
    let mut times = Panel::new(Axis::new("SNR"), Axis::new("t_opt/τ")).title("best stopping times");
    let shapes = [Shape::Circle, Shape::Square, Shape::Triangle, Shape::Diamond];
    for (i, shape) in shapes.into_iter().enumerate() {
        let at = |snr: f64| (snr, (12.0 / snr).min(10.0));
        let name = format!("N_2 = {}", [100, 50, 4, 1][i]);
        let points =
            Points::new(&name, [0.84, 2.0, 4.0, 6.0, 8.0].map(at)).intervals([0.84, 2.0, 4.0, 6.0, 8.0].map(|snr| {
                let (_, time) = at(snr);
                (time - 0.6, time + 0.6)
            }));
        times = times.mark(
            points.shape(shape).colour(palette(i)).dodge(5.0 * i as f64 - 7.5).bounds(Bound::Up, [0]).legend(name),
        );
    }
    times = times.key(Key::bound("not reached in the time given", Colour::GREY, Shape::Circle));
    let curve = |snr: f64| {
        let error = move |t: f64| if (2.0..2.4).contains(&t) { f64::NAN } else { (-snr * t).exp() + 1e-4 * t - 5e-5 };
        let points: Vec<_> = spaced(0.0, 5.0, 200).map(|t| (t, error(t))).collect();
        Line::new(format!("theory, SNR {snr}"), points).colour(scale.colour(snr))
    };
    let bar = ColourBar::new(scale.clone(), "SNR").ticks([(0.84, "A^{1/4}"), (2.0, "2"), (8.0, "8")]);
    let curves = Panel::new(Axis::new("t/τ"), Axis::log("ε_te"))
        .title("σ_z² = 1e-4 and a gap")
        .marks([0.84, 2.0, 8.0].map(curve));
    let band = Band::new("band", [(0.0, 0.5, 1.0), (1.0, 0.1, 0.3), (5.0, 0.01, 0.03)]).colour(Colour::GREEN);
    let curves = curves.mark(band.legend("95 % of single draws")).mark(RefLine::horizontal(0.05).legend("threshold"));
    let strengths = [1.0, 3.0, 10.0, 30.0];
    let value = |row: usize, column: usize| 0.4 * jitter(4 * row + column);
    let cells = |of: &dyn Fn(usize, usize) -> f64| {
        (0..4).map(|j| (0..4).map(|i| of(j, i)).collect()).collect::<Vec<Vec<f64>>>()
    };
    let interval = |j: usize| (0..4).map(move |i| (value(j, i) - 0.05, value(j, i) + 0.05)).collect();
    let hatched = |j: usize| (0..4).map(|i| i + j == 6 || i + j == 1).collect();
    let map =
        HeatMap::at("T", (strengths, Scale::Log), (strengths, Scale::Log), cells(&value), ColourScale::diverging(0.5))
            .intervals((0..4).map(interval).collect())
            .hatched((0..4).map(hatched).collect())
            .numbers(2);
    let matrix = Panel::new(Axis::log("s̄_B"), Axis::log("s̄_A")).title("benefit T^{A←B}").mark(map);
    Figure::new("bounds", "Bounds, gaps and a matrix")
        .columns(3)
        .panel(times.legend(Legend::Below))
        .panel(curves.colour_bar(bar))
        .panel(matrix.key(Key::hatched("censored")).legend(Legend::Below))
}

/// Two teachers stacked, noise, a student.
fn schematic() -> Figure {
    let teacher = |name: &str, y: f64, colour: Colour| {
        let text = format!("teacher {name}\nW\u{304}_{name}, strength s\u{304}_{name}");
        Node::rounded_box(name, (1.4, y), 2.4, 1.3).text(text).fill(colour.lighter(0.75)).text_size(13.0)
    };
    let half = |name: &str, y: f64, colour: Colour| {
        let node = Node::rounded_box(format!("{name} rows"), (5.2, y), 1.5, 1.1);
        node.text(format!("W\u{304}_{name}")).fill(colour.lighter(0.75)).outline(colour, 1.2)
    };
    let setting = Panel::free(12.0, 4.8)
        .mark(teacher("A", 3.7, Colour::BLUE))
        .mark(teacher("B", 1.1, Colour::RED))
        .mark(Edge::new("A", "B").both_ways().dash(Dash::Dashed).label("aligned? *q*"))
        .mark(Brace::new((2.9, 4.35), (2.9, 0.45), ""))
        .mark(Edge::new((3.2, 2.4), (4.35, 2.4)))
        .mark(half("A", 2.98, Colour::BLUE))
        .mark(half("B", 1.82, Colour::RED))
        .mark(Text::at(5.2, 3.8, "stacked teacher"))
        .mark(Edge::new((6.05, 2.4), "plus"))
        .mark(Node::circle("plus", (7.3, 2.4), 0.28).text("+").text_size(18.0))
        .mark(Node::circle("noise", (7.3, 4.1), 0.55).text("noise").fill(Colour::LIGHT_GREY))
        .mark(Edge::new("noise", "plus"))
        .mark(Edge::new("plus", "student").label("data"))
        .mark(
            Node::rounded_box("student", (10.4, 2.4), 2.6, 1.6)
                .text("student\nŷ = W_2 W_1 x")
                .fill(Colour::GREEN.lighter(0.8)),
        )
        .mark(Brace::new((5.95, 1.15), (4.45, 1.15), "relative strength?").depth(10.0));
    Figure::new("schematic", "The transfer setting, and where transfer helps")
        .columns(3)
        .panel(setting.span(3, 1).title("the setting"))
        .panel(heat_panel(0.1, "weak s̄_A"))
        .skip()
        .panel(heat_panel(0.9, "strong s̄_A").colour_bar(ColourBar::new(benefit(), "*T*")))
}
