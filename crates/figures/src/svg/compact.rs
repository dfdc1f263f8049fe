//! Plotters repeats the style at every shape; here consecutive shapes of one style share a group.

/// Appends the shapes of a document written by plotters, without its `<svg>`.
pub(crate) fn append(out: &mut String, document: &str) {
    let shapes: Vec<(String, String)> = document.lines().filter_map(split).collect();
    for run in shapes.chunk_by(|a, b| a.0 == b.0) {
        let style = &run[0].0;
        if let [(_, shape)] = run {
            let (tag, rest) = shape.split_once(' ').unwrap_or((shape, "/>"));
            out.push_str(&format!("{tag}{style} {rest}\n"));
        } else {
            out.push_str(&format!("<g{style}>\n"));
            for (_, shape) in run {
                out.push_str(shape);
                out.push('\n');
            }
            out.push_str("</g>\n");
        }
    }
}

/// A shape's style and the shape without it; `None` for the document's own tags.
fn split(line: &str) -> Option<(String, String)> {
    let body = line.strip_prefix('<')?.strip_suffix("/>")?;
    let (tag, mut rest) = body.split_once(' ')?;
    let (mut style, mut shape, mut opacity) = (String::new(), format!("<{tag}"), "1");
    let filled = !body.contains(r#"fill="none""#);
    while let Some((name, after)) = rest.split_once("=\"") {
        let (value, tail) = after.split_once('"')?;
        rest = tail.trim_start();
        match name {
            "opacity" => opacity = value,
            "fill" => style.push_str(&format!(r#" fill="{value}""#)),
            "stroke" | "stroke-width" if filled => {}
            "stroke" | "stroke-width" => style.push_str(&format!(r#" {name}="{value}""#)),
            _ => shape.push_str(&format!(r#" {name}="{}""#, value.trim_end())),
        }
    }
    if opacity != "1" {
        style.push_str(&format!(r#" {}-opacity="{opacity}""#, if filled { "fill" } else { "stroke" }));
    }
    Some((style, shape + "/>"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_styles_share_a_group() {
        let circle = |x: u32, fill: &str| {
            format!(r#"<circle cx="{x}" cy="2" r="3" opacity="0.5" fill="{fill}" stroke="none" stroke-width="0"/>"#)
        };
        let path = r##"<polyline fill="none" opacity="1" stroke="#123456" stroke-width="18" points="1,2 3,4 "/>"##;
        let document =
            format!("<svg width=\"1\">\n{}\n{}\n{path}\n</svg>\n", circle(1, "#ff0000"), circle(9, "#ff0000"));
        let mut out = String::new();
        append(&mut out, &document);
        let expected = r##"<g fill="#ff0000" fill-opacity="0.5">
<circle cx="1" cy="2" r="3"/>
<circle cx="9" cy="2" r="3"/>
</g>
<polyline fill="none" stroke="#123456" stroke-width="18" points="1,2 3,4"/>
"##;
        assert_eq!(out, expected);
    }
}
