//! Whatever the numbers are, a figure is drawn: what has no place leaves a gap and is counted, labels and legends give
//! way.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use figures::{
    Arrow, Axis, Band, Bound, ColourBar, ColourScale, Figure, HeatMap, Histogram, Line, Mark, Missing, Panel, Points,
    RefLine, Scale, Text, label_collisions, render_csv, render_png, render_svg, undrawn, undrawn_note,
};

fn panel() -> Panel {
    Panel::new(Axis::new("x"), Axis::new("y"))
}

fn figure_of(panel: Panel) -> Figure {
    Figure::new("f", "F").panel(panel)
}

/// Reasons and counts of what is not drawn.
fn counts(panel: Panel) -> Vec<(Missing, usize)> {
    let figure = figure_of(panel);
    let svg = render_svg(&figure).unwrap();
    assert!(!["data-x=\"NaN", "data-y=\"NaN", "data-x=\"inf"].iter().any(|nowhere| svg.contains(nowhere)));
    render_png(&svg, 200).unwrap();
    undrawn(&figure).into_iter().map(|undrawn| (undrawn.reason, undrawn.count)).collect()
}

#[test]
fn missing_values_are_gaps() {
    let line = Line::new("s", [(0.0, 0.0), (1.0, 1.0), (2.0, f64::NAN), (3.0, 1.0), (4.0, 0.0), (5.0, f64::INFINITY)]);
    let svg = render_svg(&figure_of(panel().mark(line.clone()))).unwrap();
    assert!(svg.contains("data-breaks=\"2\""), "{svg}");
    assert_eq!(counts(panel().mark(line)), [(Missing::NotFinite, 2)]);
    let band = Band::new("b", [(0.0, 0.0, 1.0), (1.0, f64::NAN, 1.0), (2.0, 0.0, 1.0), (3.0, 0.0, 1.0)]);
    assert_eq!(counts(panel().mark(band)), [(Missing::NotFinite, 1)]);
    let points = Points::new("p", [(0.0, 1.0), (1.0, f64::NAN), (2.0, 3.0)]);
    let points = points.intervals([(f64::NEG_INFINITY, 2.0), (0.0, 0.0), (2.0, f64::NAN)]);
    assert_eq!(counts(panel().mark(points)), [(Missing::NotFinite, 3)]);
    let map = HeatMap::new("m", [0.0, 1.0, 2.0], [0.0, 1.0], vec![vec![f64::NAN, 1.0]], ColourScale::diverging(1.0));
    assert_eq!(counts(panel().mark(map.numbers(2))), [(Missing::NotFinite, 1)]);
    assert_eq!(counts(panel().mark(Histogram::of_values("h", &[1.0, f64::NAN], 0.0, 1.0))), [(Missing::NotFinite, 1)]);
    for mark in [Mark::from(Text::at(f64::NAN, 0.0, "t")), RefLine::vertical(f64::NAN).into()] {
        assert_eq!(counts(panel().mark(mark)), [(Missing::NotFinite, 1)]);
    }
    assert_eq!(counts(panel().mark(Arrow::new((0.0, 0.0), (1.0, f64::NAN)))), [(Missing::NotFinite, 1)]);
}

#[test]
fn what_an_axis_cannot_show_is_counted() {
    let line = Line::new("s", [(0.0, 1.0), (1.0, 2.0), (30.0, 3.0)]);
    let with = |axis: Axis| Panel::new(axis, Axis::new("y")).mark(line.clone());
    assert_eq!(counts(with(Axis::log("x"))), [(Missing::NotPositive, 1)]);
    assert_eq!(counts(with(Axis::new("x").range(0.0, 2.0))), [(Missing::Beyond, 1)]);
    assert_eq!(counts(with(Axis::new("x").cut(0.0, 2.0))), []);
    let two = Figure::new("f", "F").panels([with(Axis::log("x")), with(Axis::log("x"))]);
    let expected = "Not drawn: 2 values that are not positive on logarithmic scales (a, b).";
    assert_eq!(undrawn_note(&two).as_deref(), Some(expected));
    assert_eq!(undrawn_note(&figure_of(with(Axis::new("x")))), None);
}

#[test]
fn empty_and_equal_data_have_axes() {
    for value in [0.0, 1.0, -3.5, 1e-320, 1e300, -1e308, 1e-300, 0.1 + 0.2] {
        for axis in [Axis::new("y"), Axis::log("y")] {
            let mark = Points::new("p", [(value, value), (value, value)]);
            let _ = counts(Panel::new(axis.clone(), axis.clone()).mark(mark));
            let near = Line::new("l", [(0.0, value), (1.0, value * (1.0 + 1e-13))]);
            let _ = counts(Panel::new(Axis::new("x"), axis).mark(near));
        }
    }
    assert_eq!(counts(panel()), []);
    assert_eq!(counts(panel().mark(Line::new("l", [])).mark(Points::new("p", []))), []);
    let scale = ColourScale::sequential(2.0, 2.0);
    let map = HeatMap::new("m", [0.0, 1.0], [0.0, 1.0], vec![vec![2.0]], scale.clone());
    assert_eq!(counts(panel().mark(map).colour_bar(ColourBar::new(scale, "c"))), []);
}

#[test]
fn labels_and_legends_give_way_to_data() {
    let line = |i: usize| Line::new("l", [(0.0, 0.0), (1.0, i as f64)]).legend("a long entry of a legend");
    let columns = |count: usize| {
        let panels = (0..count).map(|i| panel().title(format!("L = 2: rank 10, mode {i}")).mark(line(i)));
        Figure::new("f", "F").columns(count).width(400.0).panels(panels)
    };
    for count in [1, 9, 40] {
        let svg = render_svg(&columns(count)).unwrap();
        let rects = svg.split("data-rect=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
        for rect in rects {
            let numbers: Vec<f64> = rect.split(' ').map(|n| n.parse().unwrap()).collect();
            assert!(numbers[2] >= 400.0 && numbers[3] >= 400.0, "{rect}");
        }
    }
    assert_eq!(label_collisions(&columns(9)).unwrap(), Vec::<String>::new());
}

#[test]
fn hostile_texts_are_drawn_without_what_cannot_be() {
    let title = "a\u{0}b\u{fffe}c\u{1b}[1m<&>";
    let line = Line::new(title, [(0.0, 0.0), (1.0, 1.0)]).legend(title);
    let panel = Panel::new(Axis::new(title), Axis::new(title)).title(title).mark(line).mark(Text::at(0.5, 0.5, title));
    let svg = render_svg(&Figure::new("f", title).description(title).panel(panel)).unwrap();
    assert!(svg.contains("abc[1m&lt;&amp;&gt;"));
    render_png(&svg, 300).unwrap();
    assert!(figures::math_text::check(title).is_err());
}

/// Numbers in which everything that floats can be occurs, from a fixed seed.
struct Hostile(u64);

impl Hostile {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    fn number(&mut self) -> f64 {
        const RARE: [f64; 14] = [
            0.0,
            -0.0,
            f64::NAN,
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::MAX,
            f64::MIN,
            5e-324,
            1e-320,
            1e300,
            -1e300,
            1e-300,
            1.0,
            -1.0,
        ];
        match self.next() % 4 {
            0 => RARE[self.next() as usize % RARE.len()],
            1 => self.next() as f64 - 1e9,
            2 => f64::from_bits(self.next() << 33 | self.next() << 2),
            _ => 1.0 + 1e-9 * (self.next() % 100) as f64,
        }
    }

    fn pairs(&mut self, count: usize) -> Vec<(f64, f64)> {
        (0..count).map(|_| (self.number(), self.number())).collect()
    }

    fn intervals(&mut self, count: usize) -> Vec<(f64, f64)> {
        self.pairs(count).into_iter().map(|(a, b)| if a > b { (b, a) } else { (a, b) }).collect()
    }
}

#[test]
fn any_numbers_are_drawn() {
    let mut hostile = Hostile(1);
    for _ in 0..400 {
        let count = (hostile.next() % 6) as usize;
        let axis = |choice: u64| if choice.is_multiple_of(2) { Axis::new("x") } else { Axis::log("x") };
        let (x, y) = (axis(hostile.next()), axis(hostile.next()));
        let band = hostile.intervals(count).into_iter().map(|(low, high)| (hostile.number(), low, high));
        let band = Band::new("b", band.collect::<Vec<_>>());
        let line = Line::new("l", hostile.pairs(count)).intervals(hostile.intervals(count)).legend("l");
        let points = Points::new("p", hostile.pairs(count)).intervals(hostile.intervals(count));
        let points = points.x_intervals(hostile.intervals(count)).bounds(Bound::Up, [0, 3]).bounds(Bound::Right, [1]);
        let (low, high) = (hostile.number(), hostile.number());
        let mut panel = Panel::new(x, y).mark(line).mark(band).mark(points).mark(RefLine::horizontal(low));
        if hostile.next().is_multiple_of(2) {
            let values = vec![vec![low, high, hostile.number()]];
            let x = ([1.0, 2.0, 3.0], Scale::Linear);
            let map = HeatMap::at("m", x, ([1.0], Scale::Linear), values, ColourScale::diverging(1.0)).numbers(2);
            panel = panel.mark(map.hatched(vec![vec![true, false, true]]));
        }
        let figure = figure_of(panel);
        let svg = render_svg(&figure).unwrap();
        for points in svg.split("data-kind=\"points\"").skip(1) {
            let places: String = points.split("data-low").next().unwrap().split("data-y").collect();
            assert!(!places.contains("NaN") && !places.contains("inf"), "{places}");
        }
        render_png(&svg, 60).unwrap();
        render_csv(&figure).unwrap();
    }
}
