use crate::{Colour, Scale};
use serde::Serialize;

/// A map from numbers to colours.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ColourScale {
    /// The number at the first colour.
    pub low: f64,
    /// The number at the last colour.
    pub high: f64,
    /// Whether colours follow the number or its logarithm.
    pub scale: Scale,
    /// Which colours.
    pub hues: Hues,
}

/// The two families of colours of a [`ColourScale`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Hues {
    /// Blue (weak) through violet and magenta to red (strong), growing lighter throughout and readable on white.
    Sequential,
    /// Blue through white at the middle to red, for signed quantities.
    Diverging,
}

impl ColourScale {
    /// Blue at `low` to red at `high`.
    pub fn sequential(low: f64, high: f64) -> Self {
        Self { low, high, scale: Scale::Linear, hues: Hues::Sequential }
    }

    /// Blue at `low` to red at `high`, in proportion to the logarithm; both must be positive.
    pub fn sequential_log(low: f64, high: f64) -> Self {
        Self { scale: Scale::Log, ..Self::sequential(low, high) }
    }

    /// Blue at `-limit`, white at 0, red at `limit`.
    pub fn diverging(limit: f64) -> Self {
        Self { low: -limit, high: limit, scale: Scale::Linear, hues: Hues::Diverging }
    }

    /// The colour of a number; numbers beyond the ends take the colour of the end.
    ///
    /// ```
    /// use figures::{Colour, ColourScale};
    /// let scale = ColourScale::diverging(2.0);
    /// assert_eq!(scale.colour(0.0), Colour::WHITE);
    /// assert_eq!(scale.colour(5.0), scale.colour(2.0));
    /// ```
    pub fn colour(&self, value: f64) -> Colour {
        self.hues.at(self.fraction(value))
    }

    /// How far along the scale a number is, from 0 to 1; the middle if the scale has no length, or the number none.
    pub(crate) fn fraction(&self, value: f64) -> f64 {
        let (low, high) = (self.scale.forward(self.low), self.scale.forward(self.high));
        let fraction = (self.scale.forward(value) - low) / (high - low);
        if fraction.is_nan() { 0.5 } else { fraction.clamp(0.0, 1.0) }
    }
}

impl Hues {
    /// The colour at a fraction of the way, clamped to [0, 1].
    pub(crate) fn at(self, fraction: f64) -> Colour {
        const SEQUENTIAL: [Colour; 5] = [
            Colour::rgb(0x1b, 0x3f, 0xa8),
            Colour::rgb(0x6a, 0x35, 0xb5),
            Colour::rgb(0xa8, 0x2f, 0xa0),
            Colour::rgb(0xcf, 0x30, 0x70),
            Colour::rgb(0xe2, 0x3b, 0x2a),
        ];
        const DIVERGING: [Colour; 5] = [
            Colour::rgb(0x1b, 0x3f, 0xa8),
            Colour::rgb(0x84, 0xa6, 0xe6),
            Colour::WHITE,
            Colour::rgb(0xf3, 0x9b, 0x86),
            Colour::rgb(0xb8, 0x1f, 0x24),
        ];
        let anchors = match self {
            Self::Sequential => &SEQUENTIAL,
            Self::Diverging => &DIVERGING,
        };
        let position = fraction.clamp(0.0, 1.0) * (anchors.len() - 1) as f64;
        let index = (position as usize).min(anchors.len() - 2);
        anchors[index].mixed_with(anchors[index + 1], position - index as f64)
    }
}

/// A colour bar: the key of a [`ColourScale`], drawn at the right of a panel or of the whole figure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ColourBar {
    /// The scale it explains.
    pub scale: ColourScale,
    /// Its label, in math text.
    pub label: String,
    /// Ticks with their labels; empty for ticks chosen automatically.
    pub ticks: Vec<(f64, String)>,
}

impl ColourBar {
    /// A colour bar with automatic ticks.
    pub fn new(scale: ColourScale, label: impl Into<String>) -> Self {
        Self { scale, label: label.into(), ticks: Vec::new() }
    }

    /// Ticks at these numbers, labelled by this text, in place of the automatic ones.
    pub fn ticks<S: Into<String>>(mut self, ticks: impl IntoIterator<Item = (f64, S)>) -> Self {
        self.ticks = ticks.into_iter().map(|(value, label)| (value, label.into())).collect();
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequential_runs_from_blue_to_red_growing_lighter() {
        let scale = ColourScale::sequential(0.0, 1.0);
        let (weak, strong) = (scale.colour(0.0), scale.colour(1.0));
        assert!(weak.blue > weak.red && strong.red > strong.blue);
        let lightness: Vec<f64> = (0..=20).map(|i| scale.colour(f64::from(i) / 20.0).lightness()).collect();
        assert!(lightness.windows(2).all(|w| w[1] > w[0] - 2e-3), "{lightness:?}");
        assert!(lightness[20] < 0.65, "too light to read on white: {}", lightness[20]);
    }

    #[test]
    fn logarithmic_scale_gives_equal_steps_to_equal_ratios() {
        let scale = ColourScale::sequential_log(1.0, 100.0);
        assert_eq!(scale.colour(10.0), ColourScale::sequential(0.0, 2.0).colour(1.0));
    }

    #[test]
    fn diverging_is_symmetric_in_lightness() {
        let scale = ColourScale::diverging(3.0);
        for i in 0..=10 {
            let v = 3.0 * f64::from(i) / 10.0;
            let difference = scale.colour(v).lightness() - scale.colour(-v).lightness();
            assert!(difference.abs() < 0.1, "at {v}: {difference}");
        }
    }
}
