//! The lines in pixels that a mark is made of.

use super::frame::Frame;
use super::geometry::{self, Point};
use crate::{Direction, Histogram, Mark, RefLine};

/// The upper outline of a histogram, from its left foot to its right foot.
pub(crate) fn steps(frame: &Frame, histogram: &Histogram) -> Vec<Point> {
    let foot = frame.y.at(0.0);
    let bins = histogram.edges.windows(2).zip(&histogram.heights);
    let tops = bins.flat_map(|(edges, &height)| [(edges[0], height), (edges[1], height)]).map(|point| frame.at(point));
    let first = histogram.edges.first().map(|&edge| (frame.x.at(edge), foot));
    let last = histogram.edges.last().map(|&edge| (frame.x.at(edge), foot));
    first.into_iter().chain(tops).chain(last).collect()
}

/// Where a reference line crosses the panel, if it does.
pub(crate) fn reference_ends(frame: &Frame, line: &RefLine) -> Option<(Point, Point)> {
    let rect = frame.rect;
    let ends = match line.direction {
        Direction::Horizontal(y) => ((rect.left, frame.y.at(y)), (rect.right(), frame.y.at(y))),
        Direction::Vertical(x) => ((frame.x.at(x), rect.bottom()), (frame.x.at(x), rect.top)),
        Direction::Diagonal => {
            let low = frame.x.range.0.max(frame.y.range.0);
            let high = frame.x.range.1.min(frame.y.range.1);
            if low >= high {
                return None;
            }
            (frame.at((low, low)), frame.at((high, high)))
        }
    };
    geometry::clip_segment(ends.0, ends.1, &rect.grown(0.01))
}

/// Points in pixels that a legend had better not cover.
pub(crate) fn obstacles(frame: &Frame, mark: &Mark) -> Vec<Point> {
    const STEP: f64 = 5.0;
    let along = |points: &[Point]| -> Vec<Point> {
        geometry::clip_line(points, &frame.rect).iter().flat_map(|part| geometry::sampled(part, STEP)).collect()
    };
    match mark {
        Mark::Line(line) => {
            line.pieces().into_iter().flat_map(|piece| along(&frame.all_at(&line.points[piece]))).collect()
        }
        Mark::Band(band) => {
            let side = |pick: fn(&(f64, f64, f64)) -> (f64, f64)| {
                let places = |piece: std::ops::Range<usize>| band.places[piece].iter().map(pick).collect::<Vec<_>>();
                band.pieces().into_iter().flat_map(|piece| along(&frame.all_at(&places(piece)))).collect::<Vec<_>>()
            };
            [side(|p| (p.0, p.1)), side(|p| (p.0, p.2))].concat()
        }
        Mark::Points(points) => {
            let bars = points.points.iter().zip(&points.intervals);
            let bars = bars.flat_map(|(p, interval)| along(&frame.all_at(&[(p.0, interval.0), (p.0, interval.1)])));
            let side_bars = points.points.iter().zip(&points.x_intervals);
            let side_bars =
                side_bars.flat_map(|(p, interval)| along(&frame.all_at(&[(interval.0, p.1), (interval.1, p.1)])));
            frame.all_at(&points.points).into_iter().chain(bars).chain(side_bars).collect()
        }
        Mark::Histogram(histogram) => {
            let foot = frame.y.at(0.0);
            let outline = along(&steps(frame, histogram));
            outline.into_iter().flat_map(|(x, y)| geometry::sampled(&[(x, y), (x, foot)], 2.0 * STEP)).collect()
        }
        Mark::RefLine(line) => {
            reference_ends(frame, line).map_or_else(Vec::new, |(from, to)| geometry::sampled(&[from, to], 2.0 * STEP))
        }
        Mark::Arrow(arrow) => along(&[frame.at(arrow.from), frame.at(arrow.to)]),
        _ => Vec::new(),
    }
}
