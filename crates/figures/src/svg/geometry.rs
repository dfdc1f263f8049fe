//! Rectangles, clipping and thinning in pixels.

/// A point in pixels, y downwards.
pub(crate) type Point = (f64, f64);

/// A rectangle in pixels, y downwards.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rect {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

impl Rect {
    pub(crate) fn right(&self) -> f64 {
        self.left + self.width
    }

    pub(crate) fn bottom(&self) -> f64 {
        self.top + self.height
    }

    pub(crate) fn grown(&self, by: f64) -> Self {
        let (width, height) = (self.width + 2.0 * by, self.height + 2.0 * by);
        Self { left: self.left - by, top: self.top - by, width, height }
    }

    pub(crate) fn contains(&self, (x, y): Point) -> bool {
        x >= self.left && x <= self.right() && y >= self.top && y <= self.bottom()
    }

    pub(crate) fn overlaps(&self, other: &Self) -> bool {
        self.left < other.right() && other.left < self.right() && self.top < other.bottom() && other.top < self.bottom()
    }
}

/// The parts of a polyline inside a rectangle.
pub(crate) fn clip_line(points: &[Point], rect: &Rect) -> Vec<Vec<Point>> {
    let mut pieces: Vec<Vec<Point>> = Vec::new();
    for pair in points.windows(2) {
        let Some((from, to)) = clip_segment(pair[0], pair[1], rect) else {
            continue;
        };
        match pieces.last_mut() {
            Some(piece) if piece.last() == Some(&from) => piece.push(to),
            _ => pieces.push(vec![from, to]),
        }
    }
    pieces
}

/// The part of a segment inside a rectangle (Liang and Barsky, 1984).
pub(crate) fn clip_segment(from: Point, to: Point, rect: &Rect) -> Option<(Point, Point)> {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
    let borders = [
        (-dx, from.0 - rect.left),
        (dx, rect.right() - from.0),
        (-dy, from.1 - rect.top),
        (dy, rect.bottom() - from.1),
    ];
    for (direction, distance) in borders {
        if direction == 0.0 {
            if distance < 0.0 {
                return None;
            }
        } else if direction < 0.0 {
            enter = enter.max(distance / direction);
        } else {
            leave = leave.min(distance / direction);
        }
    }
    let at = |t: f64| {
        if t == 1.0 { to } else { (from.0 + t * dx, from.1 + t * dy) }
    };
    (enter <= leave).then(|| (at(enter), at(leave)))
}

/// The part of a polygon inside a rectangle (Sutherland and Hodgman, 1974).
pub(crate) fn clip_polygon(points: &[Point], rect: &Rect) -> Vec<Point> {
    // Axis, border, and the sign that makes the inside positive.
    let cuts = [(0, rect.left, 1.0), (0, rect.right(), -1.0), (1, rect.top, 1.0), (1, rect.bottom(), -1.0)];
    let mut polygon = points.to_vec();
    for (axis, border, sign) in cuts {
        let depth = |p: Point| sign * (if axis == 0 { p.0 } else { p.1 } - border);
        let mut kept = Vec::with_capacity(polygon.len() + 2);
        for (i, &to) in polygon.iter().enumerate() {
            let from = polygon[(i + polygon.len() - 1) % polygon.len()];
            let (before, after) = (depth(from), depth(to));
            if (before < 0.0) != (after < 0.0) {
                let t = before / (before - after);
                kept.push((from.0 + t * (to.0 - from.0), from.1 + t * (to.1 - from.1)));
            }
            if after >= 0.0 {
                kept.push(to);
            }
        }
        polygon = kept;
    }
    polygon
}

/// Indices of the points that a polyline needs to stay within `tolerance` of itself (Douglas and Peucker, 1973).
pub(crate) fn needed_points(points: &[Point], tolerance: f64) -> Vec<usize> {
    if points.len() < 3 {
        return (0..points.len()).collect();
    }
    let mut needed = vec![false; points.len()];
    needed[0] = true;
    needed[points.len() - 1] = true;
    let mut spans = vec![(0, points.len() - 1)];
    while let Some((first, last)) = spans.pop() {
        let distance = |i: usize| distance_to_segment(points[i], points[first], points[last]);
        let farthest = (first + 1..last).max_by(|&a, &b| distance(a).total_cmp(&distance(b)));
        if let Some(middle) = farthest.filter(|&i| distance(i) > tolerance) {
            needed[middle] = true;
            spans.extend([(first, middle), (middle, last)]);
        }
    }
    (0..points.len()).filter(|&i| needed[i]).collect()
}

fn distance_to_segment(point: Point, from: Point, to: Point) -> f64 {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length_squared = dx * dx + dy * dy;
    let along = (point.0 - from.0) * dx + (point.1 - from.1) * dy;
    let t = if length_squared > 0.0 { (along / length_squared).clamp(0.0, 1.0) } else { 0.0 };
    (point.0 - from.0 - t * dx).hypot(point.1 - from.1 - t * dy)
}

/// Points along a polyline, never farther apart than `step`.
pub(crate) fn sampled(points: &[Point], step: f64) -> Vec<Point> {
    let mut out: Vec<Point> = points.first().copied().into_iter().collect();
    for pair in points.windows(2) {
        let (dx, dy) = (pair[1].0 - pair[0].0, pair[1].1 - pair[0].1);
        let count = (dx.hypot(dy) / step).ceil().clamp(1.0, 1000.0);
        out.extend(
            (1..=count as usize).map(|k| (pair[0].0 + dx * k as f64 / count, pair[0].1 + dy * k as f64 / count)),
        );
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNIT: Rect = Rect { left: 0.0, top: 0.0, width: 1.0, height: 1.0 };

    #[test]
    fn lines_are_cut_at_the_border_and_split() {
        let pieces = clip_line(&[(-1.0, 0.5), (0.5, 0.5), (0.5, 2.0), (0.75, 2.0), (0.75, 0.25)], &UNIT);
        assert_eq!(pieces, [vec![(0.0, 0.5), (0.5, 0.5), (0.5, 1.0)], vec![(0.75, 1.0), (0.75, 0.25)]]);
        assert!(clip_line(&[(2.0, 0.0), (3.0, 1.0)], &UNIT).is_empty());
        assert!(clip_line(&[(-1.0, 2.0), (3.0, 2.0)], &UNIT).is_empty());
    }

    #[test]
    fn polygons_keep_their_area_inside() {
        let square = [(-1.0, -1.0), (0.5, -1.0), (0.5, 0.5), (-1.0, 0.5)];
        let clipped = clip_polygon(&square, &UNIT);
        let area: f64 = (0..clipped.len())
            .map(|i| {
                let (a, b) = (clipped[i], clipped[(i + 1) % clipped.len()]);
                0.5 * (a.0 * b.1 - b.0 * a.1)
            })
            .sum();
        assert!((area.abs() - 0.25).abs() < 1e-12, "{clipped:?}");
        assert!(clip_polygon(&[(2.0, 2.0), (3.0, 2.0), (3.0, 3.0)], &UNIT).is_empty());
    }

    #[test]
    fn thinning_stays_within_its_tolerance() {
        let curve: Vec<Point> = (0..400).map(|i| (f64::from(i), 100.0 * (f64::from(i) / 60.0).sin())).collect();
        let kept = needed_points(&curve, 0.05);
        assert!(kept.len() < 120 && kept[0] == 0 && kept[kept.len() - 1] == 399, "{}", kept.len());
        for pair in kept.windows(2) {
            for i in pair[0]..pair[1] {
                assert!(distance_to_segment(curve[i], curve[pair[0]], curve[pair[1]]) <= 0.05);
            }
        }
        assert_eq!(needed_points(&[(0.0, 0.0), (1.0, 1.0), (2.0, 2.0)], 0.05), [0, 2]);
    }
}
