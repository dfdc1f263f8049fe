//! Kinds of characters.

/// A combining mark (U+0300 to U+036F), which stands on the character before it.
pub(crate) fn is_combining(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

/// A letter of a text: no accent, and no sign that Unicode counts among the letters for its looks (`ᵀ`).
pub(super) fn is_letter(c: char) -> bool {
    c.is_alphabetic() && !is_combining(c) && unicode_script(c).is_none()
}

/// The most letters or digits of a script without braces.
const LONGEST_BARE_SCRIPT: usize = 3;

/// How many of the first characters are a script without braces; longer words, and parts of longer names, are none.
pub(super) fn bare_script(text: &[char]) -> Option<usize> {
    let belongs = |c: &char| is_letter(*c) || is_combining(*c) || c.is_ascii_digit();
    let end = text.iter().position(|c| !belongs(c)).unwrap_or(text.len());
    let count = text[..end].iter().filter(|c| !is_combining(**c)).count();
    (text.get(end) != Some(&'_') && (1..=LONGEST_BARE_SCRIPT).contains(&count)).then_some(end)
}

/// Below or above the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Height {
    Below,
    Above,
}

/// Unicode's superscripts and subscripts, and the characters they are.
const ABOVE: [(char, char); 15] = [
    ('⁰', '0'),
    ('¹', '1'),
    ('²', '2'),
    ('³', '3'),
    ('⁴', '4'),
    ('⁵', '5'),
    ('⁶', '6'),
    ('⁷', '7'),
    ('⁸', '8'),
    ('⁹', '9'),
    ('⁺', '+'),
    ('⁻', '−'),
    ('⁽', '('),
    ('⁾', ')'),
    ('ᵀ', 'T'),
];
const BELOW: [(char, char); 14] = [
    ('₀', '0'),
    ('₁', '1'),
    ('₂', '2'),
    ('₃', '3'),
    ('₄', '4'),
    ('₅', '5'),
    ('₆', '6'),
    ('₇', '7'),
    ('₈', '8'),
    ('₉', '9'),
    ('₊', '+'),
    ('₋', '−'),
    ('₍', '('),
    ('₎', ')'),
];

/// What a superscript or subscript of Unicode stands for.
pub(super) fn unicode_script(c: char) -> Option<(Height, char)> {
    let find = |table: &[(char, char)]| table.iter().find(|(script, _)| *script == c).map(|(_, plain)| *plain);
    find(&ABOVE).map(|plain| (Height::Above, plain)).or(find(&BELOW).map(|plain| (Height::Below, plain)))
}

/// A text in Unicode's superscripts or subscripts, if there are such for all of it.
pub(super) fn as_unicode_script(text: &str, height: Height) -> Option<String> {
    let table: &[(char, char)] = if height == Height::Above { &ABOVE } else { &BELOW };
    text.chars().map(|c| table.iter().find(|(_, plain)| *plain == c).map(|(script, _)| *script)).collect()
}
