//! The bundled DejaVu Sans and the width of text set in it.

use crate::math_text::{self, Piece, Run};
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The family named in every SVG.
pub(crate) const FAMILY: &str = "DejaVu Sans";

/// DejaVu Sans in the three faces that figures use: regular, bold, oblique.
pub(crate) const FACES: [&[u8]; 3] = [
    include_bytes!("../fonts/DejaVuSans.ttf"),
    include_bytes!("../fonts/DejaVuSans-Bold.ttf"),
    include_bytes!("../fonts/DejaVuSans-Oblique.ttf"),
];

/// Size of sub- and superscripts relative to the text they belong to.
const SCRIPT_SIZE: f64 = 0.70;
/// The least size of a script in pixels: 5 points where 1,120 pixels, the widest figure without a width of its own,
/// are 183 mm.
const LEAST_SCRIPT: f64 = 10.8;
/// How far subscripts sink, in units of the text size.
pub(crate) const SUBSCRIPT_DROP: f64 = 0.20;
/// How far superscripts rise, in units of the text size.
pub(crate) const SUPERSCRIPT_RISE: f64 = 0.36;
/// The gap before a superscript, which wide letters such as T need, in units of the text size.
pub(crate) const SUPERSCRIPT_GAP: f64 = 0.06;

/// Size of the scripts of a text of this size.
pub(crate) fn script_size(size: f64) -> f64 {
    (SCRIPT_SIZE * size).max(LEAST_SCRIPT).min(size)
}

/// Widths of the characters that labels use, in units of the text size.
static WIDTHS: LazyLock<[BTreeMap<char, f64>; 3]> = LazyLock::new(|| FACES.map(widths_of_face));

fn widths_of_face(data: &[u8]) -> BTreeMap<char, f64> {
    let Ok(font) = FontRef::new(data) else {
        return BTreeMap::new();
    };
    let metrics = font.glyph_metrics(Size::new(1.0), LocationRef::default());
    let charmap = font.charmap();
    let blocks = [0x20..0x250u32, 0x370..0x400, 0x1d00..0x1f00, 0x2000..0x2300, 0x27c0..0x2800];
    let width = |c: char| metrics.advance_width(charmap.map(c)?).map(f64::from);
    blocks.into_iter().flatten().filter_map(char::from_u32).filter_map(|c| Some((c, width(c)?))).collect()
}

/// Width of runs at a text size.
pub(crate) fn runs_width(runs: &[Run], size: f64, bold: bool) -> f64 {
    let width = |run: &Run| -> f64 {
        let face = if bold { 1 } else { usize::from(run.italic) * 2 };
        let width = |c: char| {
            if math_text::is_combining(c) { 0.0 } else { WIDTHS[face].get(&c).copied().unwrap_or(0.7) }
        };
        run.text.chars().map(width).sum()
    };
    size * runs.iter().map(width).sum::<f64>()
}

/// Width of the scripts below and above the line at one place, in a text of this size.
pub(crate) fn scripts_width(below: &[Run], above: &[Run], size: f64, bold: bool) -> f64 {
    let gap = if above.is_empty() { 0.0 } else { SUPERSCRIPT_GAP * size };
    let script = script_size(size);
    runs_width(below, script, bold).max(gap + runs_width(above, script, bold))
}

/// Width of a label at a text size.
pub(crate) fn label_width(label: &str, size: f64, bold: bool) -> f64 {
    let width = |piece: Piece| match piece {
        Piece::Line(run) => runs_width(&[run], size, bold),
        Piece::Scripts { below, above } => scripts_width(&below, &above, size, bold),
    };
    math_text::parse(label).into_iter().map(width).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_those_of_the_font() {
        // Advance widths of DejaVu Sans 2.37 in units of 1/2048 em: digit 0 1303, m 1995; bold 0 1425.
        assert!((label_width("0", 2048.0, false) - 1303.0).abs() < 0.5);
        assert!((label_width("mm", 2048.0, false) - 2.0 * 1995.0).abs() < 1.0);
        assert!((label_width("0", 2048.0, true) - 1425.0).abs() < 0.5);
    }

    #[test]
    fn combining_marks_and_scripts() {
        assert_eq!(label_width("s\u{304}", 10.0, false), label_width("s", 10.0, false));
        let script = |text: &str| label_width(text, 20.0, false) - label_width("A", 20.0, false);
        let (below, above) = (script(r"\A_1"), script(r"\A^{22}"));
        assert!((below - 14.0 * label_width("1", 1.0, false)).abs() < 1e-9, "{below}");
        assert_eq!(script(r"\A_1^{22}"), above);
        assert!(above > below);
    }

    #[test]
    fn scripts_stay_legible() {
        // Points at 183 mm of a figure of 1,120 pixels.
        for size in [11.0, 14.0, 16.0] {
            assert!(script_size(size) * 183.0 / 25.4 * 72.0 / 1120.0 >= 5.0);
        }
    }
}
