//! The same as a page, in the style of the report of figures.

use super::words::Section;
use crate::output::report::Document;
use figures::math_text::{escaped as escape, html as math};
use std::fmt::Write as _;

/// One self-contained page: `drawing` is an SVG or empty, of `panels` panels; `files` lie beside it.
pub(super) fn render(name: &str, sections: &[Section], drawing: &str, panels: usize, files: &[String]) -> String {
    let title = format!("What the theory says about {}", escape(name));
    let mut body = format!("<header>\n<h1>{title}</h1>\n</header>\n<main>\n");
    if !drawing.is_empty() {
        let class = if panels == 1 { "drawing single" } else { "drawing" };
        let _ = write!(
            body,
            "<figure>\n<div class=\"{class}\" tabindex=\"0\" role=\"group\" aria-label=\"Drawing: arrow keys read values\">{drawing}</div>\n\
             <details class=\"switches\" hidden><summary>Series</summary></details>\n</figure>\n"
        );
    }
    for section in sections {
        let _ = write!(body, "<section>\n<h2>{}</h2>\n", escape(section.heading));
        for line in &section.lines {
            let _ = writeln!(body, "<p>{}</p>", math(line));
        }
        body.push_str("</section>\n");
    }
    let link = |file: &String| format!("<a href=\"{0}\">{0}</a>", escape(file));
    let links: Vec<String> = files.iter().map(link).collect();
    let _ = write!(body, "<p class=\"links\">{}</p>\n</main>\n", links.join(" · "));
    let _ = write!(body, "<footer>\n<p>Made by <code>cargo xtask explain</code>.</p>\n</footer>\n");
    Document { title: &title, body: &body }.render()
}
