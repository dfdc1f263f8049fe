//! Labels that keep to their place: broken into two lines, then made smaller, where they are too long.

use crate::font;

/// A label ready to be written.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Fitted {
    /// The label, with a line break if it needed one.
    pub(crate) text: String,
    pub(crate) size: f64,
    pub(crate) width: f64,
}

/// The least size of a label in pixels.
const LEAST_SIZE: f64 = 11.0;
/// A label that is too long by less than this factor is made smaller without being broken.
const SHRINKABLE: f64 = 1.15;

impl Fitted {
    /// Fits a label of this size into a length.
    pub(crate) fn new(label: &str, size: f64, length: f64) -> Self {
        let broken = if width(label, size) > SHRINKABLE * length { break_at_middle(label) } else { label.to_owned() };
        // Scripts do not shrink in proportion, so once may not do.
        let mut fitted = Self { width: width(&broken, size), text: broken, size };
        for _ in 0..4 {
            if fitted.width > length {
                fitted.size = (fitted.size * length / fitted.width).max(LEAST_SIZE);
                fitted.width = width(&fitted.text, fitted.size);
            }
        }
        fitted
    }

    /// A label in one line, of this size whatever its length.
    pub(crate) fn whole(label: &str, size: f64) -> Self {
        Self { text: label.to_owned(), size, width: width(label, size) }
    }

    /// How much longer the label reaches across its lines than one line would, in pixels.
    pub(crate) fn extra_height(&self) -> f64 {
        let breaks = self.text.matches('\n').count();
        super::canvas::LINE_HEIGHT * self.size * breaks as f64
    }

    /// The middle of the label: `wanted`, or as near to it as keeps the label between the ends.
    pub(crate) fn middle(&self, wanted: f64, (low, high): (f64, f64)) -> f64 {
        let (first, last) = (low + 0.5 * self.width, high - 0.5 * self.width);
        if first > last { 0.5 * (low + high) } else { wanted.clamp(first, last) }
    }
}

fn width(label: &str, size: f64) -> f64 {
    label.split('\n').map(|line| font::label_width(line, size, false)).fold(0.0, f64::max)
}

/// Breaks a label at the space that leaves the shortest lines; spaces in braces are kept.
fn break_at_middle(label: &str) -> String {
    let mut depth = 0;
    let mut best = (f64::INFINITY, label.to_owned());
    for (i, c) in label.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ' ' if depth == 0 => {
                let broken = format!("{}\n{}", &label[..i], &label[i + 1..]);
                let longest = width(&broken, 1.0);
                if longest < best.0 {
                    best = (longest, broken);
                }
            }
            _ => {}
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_broken_before_they_are_shrunk() {
        let label = "least ln ε_{te a}, random";
        let full = width(label, 16.0);
        assert_eq!(Fitted::new(label, 16.0, full + 1.0), Fitted { text: label.into(), size: 16.0, width: full });
        let smaller = Fitted::new(label, 16.0, full / 1.1);
        assert!(smaller.text == label && smaller.size < 16.0 && smaller.width <= full / 1.1 + 0.1);
        let broken = Fitted::new(label, 16.0, full / 1.5);
        // "random" (3.87 em) is wider than "least ln" (3.65 em), so the middle part goes with the latter.
        assert_eq!((broken.text.as_str(), broken.size), ("least ln ε_{te a},\nrandom", 16.0));
        assert!(broken.extra_height() > 16.0 && smaller.extra_height() == 0.0);
        assert_eq!(Fitted::new("unbreakable", 16.0, 1.0).size, LEAST_SIZE);
    }

    #[test]
    fn labels_stay_between_their_ends() {
        let fitted = Fitted { text: String::new(), size: 16.0, width: 10.0 };
        assert_eq!([0.0, 7.0, 99.0].map(|wanted| fitted.middle(wanted, (0.0, 20.0))), [5.0, 7.0, 15.0]);
    }
}
