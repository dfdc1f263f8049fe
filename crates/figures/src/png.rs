//! From SVG to PNG.

use crate::{FigureError, font};
use resvg::{tiny_skia, usvg};
use std::sync::{Arc, LazyLock};

/// Only the bundled faces: the same text on every machine.
static FONTS: LazyLock<Arc<usvg::fontdb::Database>> = LazyLock::new(|| {
    let mut fonts = usvg::fontdb::Database::new();
    for face in font::FACES {
        fonts.load_font_data(face.to_vec());
    }
    fonts.set_sans_serif_family(font::FAMILY);
    Arc::new(fonts)
});

/// Draws an SVG as a PNG of this width in pixels, its height in proportion, with the bundled fonts alone.
///
/// # Errors
///
/// An SVG that cannot be read, or a width that is 0 or too large to hold in memory.
///
/// ```
/// use figures::{render_png, render_svg, Axis, Figure, Line, Panel};
/// let line = Line::new("s", [(0.0, 0.0), (1.0, 1.0)]);
/// let figure = Figure::new("f", "F").panel(Panel::new(Axis::new("x"), Axis::new("y")).mark(line));
/// let png = render_png(&render_svg(&figure)?, 200)?;
/// assert_eq!(&png[1..4], b"PNG");
/// # Ok::<(), figures::FigureError>(())
/// ```
pub fn render_png(svg: &str, width: u32) -> Result<Vec<u8>, FigureError> {
    let options =
        usvg::Options { fontdb: FONTS.clone(), font_family: font::FAMILY.to_owned(), ..usvg::Options::default() };
    let tree = usvg::Tree::from_str(svg, &options).map_err(|error| FigureError::BadSvg(error.to_string()))?;
    let scale = width as f32 / tree.size().width();
    let height = (tree.size().height() * scale).round() as u32;
    let mut pixels = tiny_skia::Pixmap::new(width, height)
        .ok_or_else(|| FigureError::Image(format!("a picture of {width} x {height} pixels is not possible")))?;
    resvg::render(&tree, tiny_skia::Transform::from_scale(scale, scale), &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| FigureError::Image(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_input_is_an_error() {
        assert!(matches!(render_png("<svg", 100), Err(FigureError::BadSvg(_))));
        let svg = r#"<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>"#;
        assert!(matches!(render_png(svg, 0), Err(FigureError::Image(_))));
    }

    #[test]
    fn text_is_drawn_with_the_bundled_font() {
        let draw = |text: &str| {
            let svg = format!(
                r#"<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20">{}{text}</text></svg>"#,
                r#"<text x="2" y="15" font-size="14">"#
            );
            render_png(&svg, 80).unwrap()
        };
        assert_ne!(draw("s\u{304}"), draw("s"));
        assert_ne!(draw("s"), draw(""));
    }
}
