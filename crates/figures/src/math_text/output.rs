//! Math text as HTML and as plain text.

use super::characters::{Height, as_unicode_script};
use super::check::is_allowed;
use super::parse::{Piece, Run, parse};

/// Math text as HTML, escaped: `<i>` for variables, `<sub>` and `<sup>` for scripts. A subscript and a superscript at
/// one place stand in a `<span class="scripts">`, which a page's style sets above each other.
///
/// ```
/// use figures::math_text::html;
/// assert_eq!(html("σ_z² < 1"), r#"<i>σ</i><span class="scripts"><sup>2</sup><sub><i>z</i></sub></span> &lt; 1"#);
/// ```
pub fn html(text: &str) -> String {
    let written = |runs: &[Run]| -> String {
        let run = |run: &Run| match (escaped(&run.text), run.italic) {
            (text, true) => format!("<i>{text}</i>"),
            (text, false) => text,
        };
        runs.iter().map(run).collect()
    };
    let script = |tag: &str, runs: &[Run]| {
        if runs.is_empty() { String::new() } else { format!("<{tag}>{}</{tag}>", written(runs)) }
    };
    let piece = |piece: Piece| match piece {
        Piece::Line(run) => written(&[run]),
        Piece::Scripts { below, above } => match (script("sup", &above), script("sub", &below)) {
            (above, below) if above.is_empty() || below.is_empty() => above + &below,
            (above, below) => format!("<span class=\"scripts\">{above}{below}</span>"),
        },
    };
    parse(text).into_iter().map(piece).collect()
}

/// Math text without markup, for titles, tooltips and what is read aloud: scripts in Unicode where it has them.
///
/// ```
/// use figures::math_text::plain;
/// assert_eq!(plain("ε_{te}, s̄_B, 10^{−5} and *N*_1"), "ε_te, s̄_B, 10⁻⁵ and N₁");
/// ```
pub fn plain(text: &str) -> String {
    let script = |runs: &[Run], sign: char, height: Height| {
        let text: String = runs.iter().map(|run| run.text.as_str()).collect();
        if text.is_empty() {
            return text;
        }
        as_unicode_script(&text, height).unwrap_or_else(|| match text.chars().all(char::is_alphanumeric) {
            true => format!("{sign}{text}"),
            false => format!("{sign}({text})"),
        })
    };
    let piece = |piece: Piece| match piece {
        Piece::Line(run) => run.text,
        Piece::Scripts { below, above } => script(&below, '_', Height::Below) + &script(&above, '^', Height::Above),
    };
    parse(text).into_iter().map(piece).collect()
}

/// Escapes text for XML and HTML and leaves out characters that neither allows.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().filter(|c| is_allowed(*c)) {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_and_control_characters_never_get_through() {
        assert_eq!(escaped("a\u{0}\t\u{fffe}<&\">"), "a&lt;&amp;&quot;&gt;");
        assert_eq!(html("<script>*q*</script>"), "&lt;script&gt;<i>q</i>&lt;/script&gt;");
    }

    #[test]
    fn captions() {
        assert_eq!(html("ln ε_{te} at A^{1/4} < 1"), "ln <i>ε</i><sub>te</sub> at <i>A</i><sup>1/4</sup> &lt; 1");
        assert_eq!(html("-7.653e-2 of fig03_a_b.csv"), "−7.653×10<sup>−2</sup> of fig03_a_b.csv");
        assert_eq!(html("ε^{1/L}"), "<i>ε</i><sup>1/<i>L</i></sup>");
    }
}
