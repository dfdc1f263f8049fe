//! From SVG to PDF.

use crate::{FigureError, font};
use std::sync::Arc;
use svg2pdf::usvg;

/// Turns an SVG into a one-page PDF with the bundled fonts embedded (feature `pdf`).
///
/// Text can be selected, but a letter that also occurs under a combining mark (s beside s̄) may be missing from the
/// selection.
///
/// # Errors
///
/// An SVG that cannot be read or converted.
pub fn render_pdf(svg: &str) -> Result<Vec<u8>, FigureError> {
    let mut fonts = usvg::fontdb::Database::new();
    for face in font::FACES {
        fonts.load_font_data(face.to_vec());
    }
    fonts.set_sans_serif_family(font::FAMILY);
    let options =
        usvg::Options { fontdb: Arc::new(fonts), font_family: font::FAMILY.to_owned(), ..usvg::Options::default() };
    let tree = usvg::Tree::from_str(svg, &options).map_err(|error| FigureError::BadSvg(error.to_string()))?;
    svg2pdf::to_pdf(&tree, svg2pdf::ConversionOptions::default(), svg2pdf::PageOptions::default())
        .map_err(|error| FigureError::Image(error.to_string()))
}

#[cfg(test)]
mod tests {
    use crate::{Axis, Figure, Line, Panel, render_pdf, render_svg};

    #[test]
    fn a_figure_becomes_the_same_document_every_time() {
        let line = Line::new("s", [(0.0, 0.0), (1.0, 1.0)]);
        let panel = Panel::new(Axis::new("s\u{304}_B"), Axis::new("ε_{te}")).mark(line);
        let svg = render_svg(&Figure::new("f", "F").panel(panel)).unwrap();
        let pdf = render_pdf(&svg).unwrap();
        assert!(pdf.starts_with(b"%PDF"));
        assert_eq!(pdf, render_pdf(&svg).unwrap());
        assert!(render_pdf("<svg").is_err());
    }
}
