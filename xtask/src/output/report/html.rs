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

/// Escapes, and sets formulas as print does.
///
/// * The small markup of figure labels: `A^{1/4}`, `ε_{te}`, and without braces `t_opt`, `t_4`. A word of up to three
///   letters or digits is only set low or high after a single letter that stands alone, so file names keep their underscores.
/// * Numbers: `-7.653e-2` becomes −7.653×10⁻², with real superscripts.
pub(super) fn math(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut html = String::with_capacity(text.len());
    let mut place = 0;
    while place < chars.len() {
        let (piece, length) = script(&chars, place)
            .or_else(|| exponent(&chars, place))
            .unwrap_or_else(|| (escape(&ordinary(&chars, place).to_string()), 1));
        html.push_str(&piece);
        place += length;
    }
    html
}

/// The character itself; a hyphen that is a sign becomes a minus.
fn ordinary(chars: &[char], place: usize) -> char {
    let begins = place == 0 || !(chars[place - 1].is_alphanumeric() || matches!(chars[place - 1], '-' | '_'));
    let is_sign = chars[place] == '-' && begins && chars.get(place + 1).is_some_and(char::is_ascii_digit);
    if is_sign { '−' } else { chars[place] }
}

/// A subscript or superscript at `place`, and how many characters it takes.
fn script(chars: &[char], place: usize) -> Option<(String, usize)> {
    let tag = match chars[place] {
        '_' => "sub",
        '^' => "sup",
        _ => return None,
    };
    let rest = &chars[place + 1..];
    let (inside, length) = if rest.first() == Some(&'{') {
        let end = rest.iter().position(|c| *c == '}')?;
        (&rest[1..end], end + 2)
    } else {
        let end = rest.iter().position(|c| !c.is_alphanumeric()).unwrap_or(rest.len());
        let ends = rest.get(end) != Some(&'_');
        ((1..=3).contains(&end) && ends && follows_symbol(&chars[..place])).then_some((&rest[..end], end + 1))?
    };
    let inside: String = inside.iter().collect();
    Some((format!("<{tag}>{}</{tag}>", escape(&inside)), length))
}

/// Whether the text ends in a single letter, perhaps with a bar or hat over it, that stands alone.
fn follows_symbol(before: &[char]) -> bool {
    let is_accent = |c: &&char| ('\u{300}'..'\u{370}').contains(*c);
    let mut letters = before.iter().rev().skip_while(is_accent);
    letters.next().is_some_and(|c| c.is_alphabetic())
        && letters.next().is_none_or(|c| !c.is_alphanumeric() && *c != '_')
}

/// The exponent of a number like `1.5e-3`, without its mantissa.
fn exponent(chars: &[char], place: usize) -> Option<(String, usize)> {
    if chars[place] != 'e' || place == 0 || !chars[place - 1].is_ascii_digit() {
        return None;
    }
    let rest = &chars[place + 1..];
    let sign = usize::from(rest.first() == Some(&'-'));
    let digits = rest[sign..].iter().take_while(|c| c.is_ascii_digit()).count();
    let is_number = digits > 0 && rest.get(sign + digits).is_none_or(|c| !c.is_alphanumeric());
    if !is_number {
        return None;
    }
    let value: String = rest[sign..sign + digits].iter().collect();
    let minus = if sign == 1 { "−" } else { "" };
    let html = if value.chars().all(|c| c == '0') { String::new() } else { format!("×10<sup>{minus}{value}</sup>") };
    Some((html, 1 + sign + digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_escaped_and_scripts_are_set() {
        assert_eq!(escape("a<b & \"c\""), "a&lt;b &amp; &quot;c&quot;");
        assert_eq!(math("ln ε_{te} at A^{1/4} < 1"), "ln ε<sub>te</sub> at A<sup>1/4</sup> &lt; 1");
        assert_eq!(math("open _{ never closed"), "open _{ never closed");
        assert_eq!(
            math("least ε_te, t_opt/τ; t_4 and s̄_B"),
            "least ε<sub>te</sub>, t<sub>opt</sub>/τ; t<sub>4</sub> and s̄<sub>B</sub>"
        );
    }

    #[test]
    fn names_keep_their_underscores() {
        for name in ["fig03_single_hidden_layer.csv", "a_b_c", "log_x", "x_long", "_a", "t_"] {
            assert_eq!(math(name), name);
        }
    }

    #[test]
    fn numbers_are_set() {
        assert_eq!(math("-7.653e-2 of 2e10"), "−7.653×10<sup>−2</sup> of 2×10<sup>10</sup>");
        assert_eq!(math("0.00e0"), "0.00");
        for text in ["40-20-20", "fig-3", "8e", "1e5x", "2 - 1"] {
            assert_eq!(math(text), text);
        }
    }
}
