use serde::Serialize;

/// An opaque sRGB colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Colour {
    /// Red, 0 to 255.
    pub red: u8,
    /// Green, 0 to 255.
    pub green: u8,
    /// Blue, 0 to 255.
    pub blue: u8,
}

impl Colour {
    /// The text colour: nearly black.
    pub const INK: Self = Self::rgb(0x1a, 0x1a, 0x1a);
    /// Black.
    pub const BLACK: Self = Self::rgb(0, 0, 0);
    /// White.
    pub const WHITE: Self = Self::rgb(255, 255, 255);
    /// Middle grey, for reference lines and things of second rank.
    pub const GREY: Self = Self::rgb(0x75, 0x75, 0x75);
    /// Light grey, for fills behind data.
    pub const LIGHT_GREY: Self = Self::rgb(0xd4, 0xd4, 0xd4);
    /// Palette blue.
    pub const BLUE: Self = Self::rgb(0x1f, 0x5f, 0xb4);
    /// Palette red.
    pub const RED: Self = Self::rgb(0xc9, 0x2a, 0x2a);
    /// Palette green.
    pub const GREEN: Self = Self::rgb(0x1b, 0x84, 0x5a);
    /// Palette orange.
    pub const ORANGE: Self = Self::rgb(0xd9, 0x77, 0x06);
    /// Palette purple.
    pub const PURPLE: Self = Self::rgb(0x7b, 0x3f, 0xa8);
    /// Palette teal.
    pub const TEAL: Self = Self::rgb(0x13, 0x8a, 0x9e);

    /// A colour from its three components.
    pub const fn rgb(red: u8, green: u8, blue: u8) -> Self {
        Self { red, green, blue }
    }

    /// The colour as `#rrggbb`.
    pub fn hex(self) -> String {
        format!("#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }

    /// The colour moved towards white: 0 leaves it, 1 is white. `amount` is clamped to [0, 1].
    pub fn lighter(self, amount: f64) -> Self {
        self.mixed_with(Self::WHITE, amount)
    }

    /// The colour moved towards `other` through Oklab, where equal steps look equal: 0 leaves it, 1 is `other`.
    /// `amount` is clamped to [0, 1].
    pub fn mixed_with(self, other: Self, amount: f64) -> Self {
        let amount = amount.clamp(0.0, 1.0);
        let (from, to) = (self.oklab(), other.oklab());
        Self::from_oklab(std::array::from_fn(|i| from[i] + amount * (to[i] - from[i])))
    }

    /// Perceived lightness: 0 for black, 1 for white (the L of Oklab).
    pub fn lightness(self) -> f64 {
        self.oklab()[0]
    }

    /// Coordinates L, a, b of Oklab (B. Ottosson, "A perceptual color space for image processing", 2020).
    fn oklab(self) -> [f64; 3] {
        let [r, g, b] = [self.red, self.green, self.blue].map(linear_light);
        let l = (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).cbrt();
        let m = (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).cbrt();
        let s = (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).cbrt();
        [
            0.210_454_255_3 * l + 0.793_617_785_0 * m - 0.004_072_046_8 * s,
            1.977_998_495_1 * l - 2.428_592_205_0 * m + 0.450_593_709_9 * s,
            0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766_0 * s,
        ]
    }

    fn from_oklab([lightness, a, b]: [f64; 3]) -> Self {
        let l = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
        let m = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
        let s = (lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b).powi(3);
        Self::rgb(
            gamma_byte(4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s),
            gamma_byte(-1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s),
            gamma_byte(-0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701_0 * s),
        )
    }
}

/// The fixed palette for series that have no order: six colours that differ in hue and in lightness, then again from
/// the first.
///
/// ```
/// use figures::{palette, Colour};
/// assert_eq!(palette(0), Colour::BLUE);
/// assert_eq!(palette(6), palette(0));
/// ```
pub fn palette(index: usize) -> Colour {
    const COLOURS: [Colour; 6] =
        [Colour::BLUE, Colour::RED, Colour::GREEN, Colour::ORANGE, Colour::PURPLE, Colour::TEAL];
    COLOURS[index % COLOURS.len()]
}

/// sRGB byte to linear light in [0, 1].
fn linear_light(byte: u8) -> f64 {
    let v = f64::from(byte) / 255.0;
    if v <= 0.040_45 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
}

/// Linear light to an sRGB byte, clipped to what sRGB can show.
fn gamma_byte(light: f64) -> u8 {
    let light = light.clamp(0.0, 1.0);
    let v = if light <= 0.003_130_8 { 12.92 * light } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 };
    (v * 255.0).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn oklab_round_trips_every_channel() {
        for value in (0..=255).step_by(5) {
            for colour in [Colour::rgb(value, 0, 128), Colour::rgb(10, value, 250), Colour::rgb(255, 77, value)] {
                assert_eq!(Colour::from_oklab(colour.oklab()), colour);
            }
        }
    }

    #[test]
    fn mixing_ends_at_the_given_colours() {
        assert_eq!(Colour::BLUE.mixed_with(Colour::RED, 0.0), Colour::BLUE);
        assert_eq!(Colour::BLUE.mixed_with(Colour::RED, 1.0), Colour::RED);
        assert_eq!(Colour::RED.lighter(7.0), Colour::WHITE);
    }

    #[test]
    fn palette_colours_are_readable_on_white() {
        // WCAG contrast for graphics: at least 3 : 1.
        for i in 0..6 {
            let c = palette(i);
            let luminance =
                0.2126 * linear_light(c.red) + 0.7152 * linear_light(c.green) + 0.0722 * linear_light(c.blue);
            assert!(1.05 / (luminance + 0.05) >= 3.0, "{} has too little contrast", c.hex());
        }
    }
}
