//! From SVG to PDF.

use crate::{FigureError, font};
use std::sync::Arc;
use svg2pdf::usvg;

/// Turns an SVG into a one-page PDF with the bundled fonts embedded (feature `pdf`).
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
