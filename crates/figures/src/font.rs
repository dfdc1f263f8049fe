//! The bundled DejaVu Sans and the width of text set in it.

use crate::math_text::{self, Run, Script};
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
pub(crate) const SCRIPT_SIZE: f64 = 0.70;
/// How far subscripts sink, in units of the text size.
pub(crate) const SUBSCRIPT_DROP: f64 = 0.20;
/// How far superscripts rise, in units of the text size.
pub(crate) const SUPERSCRIPT_RISE: f64 = 0.36;
/// The gap before a superscript, which wide letters such as T need, in units of the text size.
pub(crate) const SUPERSCRIPT_GAP: f64 = 0.06;

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

/// Width of one run, in units of the text size of the label it belongs to.
fn run_width(run: &Run, bold: bool) -> f64 {
    let face = if bold { 1 } else { usize::from(run.italic) * 2 };
    let (gap, size) = match run.script {
        Script::Base => (0.0, 1.0),
        Script::Subscript => (0.0, SCRIPT_SIZE),
        Script::Superscript => (SUPERSCRIPT_GAP, SCRIPT_SIZE),
    };
    let width = |c: char| {
        if math_text::is_combining(c) { 0.0 } else { WIDTHS[face].get(&c).copied().unwrap_or(0.7) }
    };
    gap + size * run.text.chars().map(width).sum::<f64>()
}

/// Width of a label at a text size.
pub(crate) fn label_width(label: &str, size: f64, bold: bool) -> f64 {
    size * math_text::parse(label).iter().map(|run| run_width(run, bold)).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_those_of_the_font() {
        // Advance widths of DejaVu Sans 2.37 in units of 1/2048 em: digit 0 1303, m 1995; bold 0 1425.
        assert!((label_width("0", 2048.0, false) - 1303.0).abs() < 0.5);
        assert!((label_width("m", 2048.0, false) - 1995.0).abs() < 0.5);
        assert!((label_width("0", 2048.0, true) - 1425.0).abs() < 0.5);
    }

    #[test]
    fn combining_marks_and_scripts() {
        assert_eq!(label_width("s\u{304}", 10.0, false), label_width("s", 10.0, false));
        let plain = label_width("A1", 10.0, false) - label_width("A", 10.0, false);
        let sub = label_width("A_1", 10.0, false) - label_width("A", 10.0, false);
        assert!((sub - SCRIPT_SIZE * plain).abs() < 1e-9);
    }
}
