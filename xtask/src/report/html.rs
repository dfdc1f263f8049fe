//! Text as HTML.

/// Escapes what HTML reads as markup.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// Escapes, and sets the small markup of figure labels (`_{…}`, `^{…}`, `_x`, `^x`) as subscripts and superscripts.
///
/// File names keep their underscores: a single letter is only set low or high after a letter that stands alone.
pub(super) fn math(text: &str) -> String {
    let escaped = escape(text);
    let mut html = String::with_capacity(escaped.len());
    let mut rest = escaped.as_str();
    while let Some(place) = rest.find("_{").into_iter().chain(rest.find("^{")).min() {
        let tag = if rest[place..].starts_with('_') { "sub" } else { "sup" };
        let Some(length) = rest[place + 2..].find('}') else { break };
        let inside = &rest[place + 2..place + 2 + length];
        html.push_str(&rest[..place]);
        html.push_str(&format!("<{tag}>{inside}</{tag}>"));
        rest = &rest[place + 3 + length..];
    }
    html.push_str(rest);
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_escaped_and_math_is_set() {
        assert_eq!(escape("a<b & \"c\""), "a&lt;b &amp; &quot;c&quot;");
        assert_eq!(math("ln ε_{te} at A^{1/4} < 1"), "ln ε<sub>te</sub> at A<sup>1/4</sup> &lt; 1");
        assert_eq!(math("open _{ never closed"), "open _{ never closed");
    }
}
