//! What a page relies on in the SVG: groups, names, data, and the map between pixels and data.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use figures::{
    Axis, Band, Bound, Colour, ColourBar, ColourScale, Dash, Figure, HeatMap, Histogram, Key, Line, Panel, Points,
    RefLine, Shape, Text, label_collisions, render_csv, render_png, render_svg,
};
use resvg::usvg::roxmltree::{Document, Node};

fn panel() -> Panel {
    Panel::new(Axis::new("x"), Axis::new("y"))
}

/// A panel of every kind of series, and one on logarithmic axes.
fn figure() -> Figure {
    let wave = (0..400).map(|i| 0.01 * f64::from(i)).map(|x| (x, (3.0 * x).sin()));
    let map = HeatMap::new("map", [0.0, 1.0, 2.0], [0.0, 1.0], vec![vec![-1.0, 1.0]], ColourScale::diverging(1.0));
    let series = panel()
        .mark(map)
        .mark(Band::new("band", [(0.0, -1.0, 1.0), (4.0, -0.5, 0.5)]))
        .mark(Histogram::new("bars", [0.0, 1.0, 2.0], [0.5, 0.25]))
        .mark(Line::new("wave", wave).dash(Dash::Dashed).legend("sin *x*"))
        .mark(Line::segments("gap", [vec![(0.0, 0.0), (1.0, 0.0)], vec![(2.0, 0.0), (3.0, 0.0)]]))
        .mark(Points::new("dots <&>", [(1.0, 0.5), (2.0, -0.5)]).intervals([(0.25, 0.75), (-1.0, 0.0)]))
        .mark(RefLine::horizontal(0.25).series("level"))
        .mark(Text::at(3.0, 0.75, "note"));
    let logarithmic = Panel::new(Axis::log("s̄"), Axis::log("ε_{te}"))
        .mark(Points::new("powers", [(1.0, 1e-4), (10.0, 1e-2), (100.0, 1.0)]).shape(Shape::OpenSquare))
        .title("rank 3");
    Figure::new("every", "Every series").columns(2).panel(series).panel(logarithmic)
}

fn groups<'a>(document: &'a Document<'a>, class: &str) -> Vec<Node<'a, 'a>> {
    document.descendants().filter(|node| node.attribute("class") == Some(class)).collect()
}

fn numbers(node: Node<'_, '_>, attribute: &str) -> Vec<f64> {
    node.attribute(attribute).unwrap_or_default().split_whitespace().map(|n| n.parse().unwrap()).collect()
}

/// The corners of each part of a path.
fn parts(path: Node<'_, '_>) -> Vec<Vec<(f64, f64)>> {
    let mut parts: Vec<Vec<(f64, f64)>> = Vec::new();
    let d = path.attribute("d").unwrap().replace('-', " -");
    let mut rest = d.as_str();
    while let Some(command) = rest.chars().next() {
        let end = rest[1..].find(|c: char| c.is_ascii_alphabetic()).map_or(rest.len(), |end| end + 1);
        let numbers: Vec<f64> = rest[1..end].split_whitespace().map(|n| n.parse().unwrap()).collect();
        rest = &rest[end..];
        let steps: Vec<(f64, f64)> = match command {
            'M' => {
                parts.push(vec![(numbers[0], numbers[1])]);
                continue;
            }
            'h' => numbers.iter().map(|dx| (*dx, 0.0)).collect(),
            'v' => numbers.iter().map(|dy| (0.0, *dy)).collect(),
            'l' => numbers.chunks(2).map(|step| (step[0], step[1])).collect(),
            _ => continue,
        };
        let part = parts.last_mut().unwrap();
        for (dx, dy) in steps {
            let (x, y) = part[part.len() - 1];
            part.push((x + dx, y + dy));
        }
    }
    parts
}

#[test]
fn every_series_is_one_group_with_its_panel_name_and_kind() {
    let svg = render_svg(&figure()).unwrap();
    let document = Document::parse(&svg).unwrap();
    let mut found: Vec<_> = groups(&document, "series")
        .iter()
        .map(|g| {
            ["data-panel", "data-series", "data-kind"]
                .map(|a| g.attribute(a).unwrap_or_default().to_owned())
                .join(" | ")
        })
        .collect();
    found.sort();
    let expected = [
        "a | band | band",
        "a | bars | histogram",
        "a | dots <&> | points",
        "a | gap | line",
        "a | level | reference",
        "a | map | heat-map",
        "a | wave | line",
        "b | powers | points",
    ];
    assert_eq!(found, expected);
    assert!(groups(&document, "series").iter().all(|group| group.children().any(|child| child.is_element())));
}

#[test]
fn groups_carry_data_that_read_back() {
    let svg = render_svg(&figure()).unwrap();
    let document = Document::parse(&svg).unwrap();
    let series = |name: &str| {
        let all = groups(&document, "series");
        *all.iter().find(|group| group.attribute("data-series") == Some(name)).unwrap()
    };
    assert_eq!(numbers(series("dots <&>"), "data-x"), [1.0, 2.0]);
    assert_eq!(numbers(series("dots <&>"), "data-low"), [0.25, -1.0]);
    assert_eq!(series("gap").attribute("data-breaks"), Some("2"));
    assert_eq!(numbers(series("map"), "data-values"), [-1.0, 1.0]);
    assert_eq!(series("wave").attribute("data-legend"), Some("sin x"));
    let (x, y) = (numbers(series("wave"), "data-x"), numbers(series("wave"), "data-y"));
    assert!(x.len() == y.len() && x.len() < 200, "{} points for a smooth curve", x.len());
    // Five digits of a number up to 1.
    assert!(x.iter().zip(&y).all(|(x, y)| ((3.0 * x).sin() - y).abs() < 1e-4));
}

#[test]
fn panel_attributes_map_data_to_the_pixels_drawn() {
    let svg = render_svg(&figure()).unwrap();
    let document = Document::parse(&svg).unwrap();
    let mut judged = 0;
    for panel in groups(&document, "panel") {
        let rect = numbers(panel, "data-rect");
        let position = |value: f64, range: &[f64], scale: Option<&str>| {
            let f = |v: f64| if scale == Some("log") { v.log10() } else { v };
            (f(value) - f(range[0])) / (f(range[1]) - f(range[0]))
        };
        let points = panel.descendants().filter(|node| node.attribute("data-kind") == Some("points"));
        for group in points {
            let filled = |n: &Node<'_, '_>| n.has_tag_name("path") && n.attribute("fill") != Some("none");
            let circles = group.descendants().filter(|n| n.has_tag_name("circle"));
            let mut shapes: Vec<_> = circles.map(|n| (numbers(n, "cx")[0], numbers(n, "cy")[0])).collect();
            shapes.extend(group.descendants().filter(filled).flat_map(parts).map(|part| centre(&part)));
            let data: Vec<_> = numbers(group, "data-x").into_iter().zip(numbers(group, "data-y")).collect();
            assert_eq!(shapes.len(), data.len());
            for (shape, (x, y)) in shapes.iter().zip(data) {
                let across = position(x, &numbers(panel, "data-x-range"), panel.attribute("data-x-scale"));
                let up = position(y, &numbers(panel, "data-y-range"), panel.attribute("data-y-scale"));
                let expected = (rect[0] + across * rect[2], rect[1] + (1.0 - up) * rect[3]);
                let drawn = *shape;
                // Two roundings to whole steps, of the rectangle and of the shape.
                assert!(
                    (drawn.0 - expected.0).abs() <= 2.0 && (drawn.1 - expected.1).abs() <= 2.0,
                    "{drawn:?} {expected:?}"
                );
                judged += 1;
            }
        }
    }
    assert_eq!(judged, 5);
}

fn centre(corners: &[(f64, f64)]) -> (f64, f64) {
    let mean = |pick: fn(&(f64, f64)) -> f64| corners.iter().map(pick).sum::<f64>() / corners.len() as f64;
    (mean(|corner| corner.0), mean(|corner| corner.1))
}

#[test]
fn the_document_is_accessible_and_works_on_any_page() {
    let svg = render_svg(&figure()).unwrap();
    let document = Document::parse(&svg).unwrap();
    let root = document.root_element();
    assert_eq!(root.attribute("role"), Some("img"));
    let named: Vec<_> = root.attribute("aria-labelledby").unwrap().split(' ').collect();
    let ids: Vec<_> = document.descendants().filter_map(|node| node.attribute("id")).collect();
    assert!(named.iter().all(|name| ids.contains(name)));
    assert_eq!(ids, ["every-title", "every-desc", "every-a", "every-b"]);
    assert_eq!(groups(&document, "background")[0].attribute("fill"), Some("#ffffff"));
    assert!(document.descendants().filter(|n| n.has_tag_name("text")).all(|n| n.attribute("fill").is_some()));
    assert!(root.attribute("font-family").unwrap().starts_with("'DejaVu Sans'"));
    let description = document.descendants().find(|n| n.has_tag_name("desc")).unwrap().text().unwrap();
    assert_eq!(description, "Panel a: y against x. Panel b, rank 3: ε_te against s̄.");
}

#[test]
fn nothing_is_drawn_beyond_a_cut_axis() {
    let steep = Line::new("steep", (-50..=50).map(f64::from).map(|x| (x, x * x * x)));
    let far = Points::new("far", [(0.0, 0.0), (30.0, 0.0)]);
    let cut = Panel::new(Axis::new("x").cut(-2.0, 2.0), Axis::new("y").cut(-5.0, 5.0)).mark(steep).mark(far);
    let figure = Figure::new("cut", "Cut").panel(cut);
    let svg = render_svg(&figure).unwrap();
    let document = Document::parse(&svg).unwrap();
    let rect = numbers(groups(&document, "panel")[0], "data-rect");
    let lines = document.descendants().filter(|n| n.has_tag_name("path"));
    let in_series = lines.filter(|n| n.ancestors().any(|a| a.attribute("data-series") == Some("steep")));
    let mut vertices = 0;
    for (x, y) in in_series.flat_map(parts).flatten() {
        assert!(x >= rect[0] - 1.0 && x <= rect[0] + rect[2] + 1.0, "{x} beyond {rect:?}");
        assert!(y >= rect[1] - 1.0 && y <= rect[1] + rect[3] + 1.0, "{y} beyond {rect:?}");
        vertices += 1;
    }
    assert!(vertices >= 2);
    assert_eq!(document.descendants().filter(|n| n.has_tag_name("circle")).count(), 1);
    let csv = String::from_utf8(render_csv(&figure).unwrap()).unwrap();
    assert_eq!(csv.lines().count(), 1 + 101 + 2, "the table keeps all data");
}

#[test]
fn cut_error_bars_end_at_the_axes_and_keep_their_numbers() {
    let line = Line::new("line", [(0.0, 0.0), (4.0, 1.0)]);
    let bars = Points::new("bars", [(2.0, 0.5)]).intervals([(0.25, 0.75)]).x_intervals([(1.0, 90.0)]).cut_intervals();
    let key = Key::interval("mean", &bars.clone().cap(4.0));
    let panel = Panel::new(Axis::new("x").range(0.0, 4.0), Axis::new("y")).mark(line).mark(bars);
    let svg = render_svg(&Figure::new("cut-bars", "Cut bars").key(key).panel(panel)).unwrap();
    let document = Document::parse(&svg).unwrap();
    let rect = numbers(groups(&document, "panel")[0], "data-rect");
    let series = groups(&document, "series");
    let group = series.iter().find(|g| g.attribute("data-series") == Some("bars")).unwrap();
    assert_eq!([numbers(*group, "data-x-low"), numbers(*group, "data-x-high")], [[1.0], [90.0]]);
    // Two bars, and caps at their ends but for the one that the axis cuts.
    let paths = |node: Node<'_, '_>| -> Vec<Vec<(f64, f64)>> {
        let is_line = |n: &Node<'_, '_>| n.has_tag_name("path") && n.attribute("fill") == Some("none");
        node.descendants().filter(is_line).flat_map(parts).collect()
    };
    let drawn = paths(*group);
    assert_eq!(drawn.len(), 2 + 3, "{drawn:?}");
    let right = drawn.iter().flatten().map(|corner| corner.0).fold(0.0, f64::max);
    assert!((right - rect[0] - rect[2]).abs() <= 2.0, "{right} {rect:?}");
    assert_eq!(paths(groups(&document, "legend-entry")[0]).len(), 2 + 4);
}

#[test]
fn every_legend_entry_names_its_series() {
    let scale = ColourScale::sequential_log(1.0, 4.0);
    let with = |panel: Panel| {
        let curve = |end: f64| Line::new(format!("theory, {end}"), [(0.0, 0.0), (1.0, end)]).colour(scale.colour(end));
        let points = |end: f64| Points::new(format!("seen, {end}"), [(1.0, end)]).colour(scale.colour(end));
        let both =
            |end: f64| -> [figures::Mark; 2] { [curve(end).into(), points(end).shape(Shape::OpenTriangle).into()] };
        panel.marks([1.0, 4.0].into_iter().flat_map(both))
    };
    let own = with(panel()).mark(RefLine::vertical(0.5).legend("threshold")).legend(figures::Legend::Below);
    let figure = Figure::new("keys", "Keys")
        .panel(with(panel()))
        .panel(own)
        .key(Key::line("theory", Colour::GREY, Dash::Solid))
        .key(Key::point("seen", Colour::GREY, Shape::OpenTriangle))
        .colour_bar(ColourBar::new(scale.clone(), "SNR").ticks([(1.0, "1"), (4.0, "4")]));
    let svg = render_svg(&figure).unwrap();
    let document = Document::parse(&svg).unwrap();
    let mut found: Vec<String> = groups(&document, "legend-entry")
        .iter()
        .map(|g| ["data-legend", "data-for"].map(|a| g.attribute(a).unwrap_or_default()).join(": "))
        .collect();
    found.sort();
    let expected =
        ["SNR = 1: a0 a1 b0 b1", "SNR = 4: a2 a3 b2 b3", "seen: a1 a3 b1 b3", "theory: a0 a2 b0 b2", "threshold: b4"];
    assert_eq!(found, expected);
    let keys: Vec<_> = groups(&document, "series").iter().filter_map(|g| g.attribute("data-key")).collect();
    assert_eq!(keys.len(), 9);
}

#[test]
fn bounds_dodges_and_cells_are_drawn() {
    let plain = Points::new("p", [(1.0, 1.0), (2.0, 2.0)]);
    let drawn = |points: Points| render_svg(&Figure::new("f", "F").panel(panel().mark(points))).unwrap();
    let circle = |svg: &str| svg.split("cx=\"").nth(1).unwrap().split('"').next().unwrap().parse::<i32>().unwrap();
    assert_eq!(circle(&drawn(plain.clone().dodge(4.0))), circle(&drawn(plain.clone().dodge(-4.0))) + 80);
    let bounded = drawn(plain.bounds(Bound::Up, [1]).bounds(Bound::Left, [1]));
    assert_eq!(bounded.matches("fill=\"#FFFFFF\" stroke=\"#1F5FB4\"").count(), 1, "one open point");
    let axes = (([1.0, 2.0], figures::Scale::Linear), ([10.0], figures::Scale::Linear));
    let map = HeatMap::at("m", axes.0, axes.1, vec![vec![-0.25, 0.5]], ColourScale::diverging(1.0));
    let map = map.intervals(vec![vec![(-0.5, 0.0), (0.25, 0.75)]]).hatched(vec![vec![true, false]]).numbers(2);
    let svg = render_svg(&Figure::new("f", "F").panel(panel().mark(map))).unwrap();
    for text in [">−0.25<", ">−0.50 … 0.0<", ">0.50<", ">0.25 … 0.75<", ">1<", ">2<", ">10<"] {
        assert!(svg.contains(text), "{text} is not in {svg}");
    }
}

#[test]
fn bytes_are_the_same_on_every_run_and_thread() {
    let draw = || {
        let svg = render_svg(&figure()).unwrap();
        let png = render_png(&svg, 600).unwrap();
        (svg, png, render_csv(&figure()).unwrap())
    };
    let here = draw();
    let elsewhere = std::thread::spawn(draw).join().unwrap();
    assert!(here == elsewhere);
}

#[test]
fn a_png_has_the_width_asked_for() {
    let png = render_png(&render_svg(&figure()).unwrap(), 321).unwrap();
    assert_eq!(u32::from_be_bytes(png[16..20].try_into().unwrap()), 321);
}

#[test]
fn labels_do_not_collide_in_a_full_grid() {
    let scale = ColourScale::sequential(0.0, 8.0);
    let mut figure = Figure::new("full", "A full grid")
        .columns(4)
        .colour_bar(ColourBar::new(scale, "SNR"))
        .key(Key::point("aligned", Colour::GREY, Shape::Circle));
    for i in 0..8 {
        let lines = Line::new("l", (0..50).map(|k| (f64::from(k) * 3000.0, -1e-4 * f64::from(k + i))));
        let long = "a label longer than its side, ε_{te}";
        figure = figure.panel(Panel::new(Axis::new(long), Axis::new(long)).title("title ŝ").mark(lines));
    }
    assert_eq!(label_collisions(&figure).unwrap(), Vec::<String>::new());
    let crossing = panel().mark(Line::new("l", [(0.0, 0.0), (1.0, 1.0)]));
    let crossing = crossing.mark(Text::at(0.5, 0.5, "first")).mark(Text::at(0.52, 0.5, "second"));
    let found = label_collisions(&Figure::new("f", "F").panel(crossing)).unwrap();
    assert_eq!(found, ["'first' lies over 'second'"]);
}

#[test]
fn the_drawing_of_a_small_figure() {
    let line = Line::new("theory", [(0.0, 1.0), (1.0, 0.25), (2.0, 0.1)]).colour(Colour::RED).legend("ε_{te}");
    let points = Points::new("seen", [(1.0, 0.3)]).intervals([(0.2, 0.4)]).shape(Shape::OpenCircle);
    let panel = Panel::new(Axis::new("*t*/τ").range(0.0, 2.0), Axis::log("ε").range(0.1, 1.0)).mark(line).mark(points);
    let figure = Figure::new("small", "A small figure").width(320.0).panel(panel);
    insta::assert_snapshot!(render_svg(&figure).unwrap());
}
