//! Which letters are variables.

use super::characters::{bare_script, is_combining, is_letter, unicode_script};

/// Letters that are also words, or names of things, and count as variables only beside a sign of calculation.
const AMBIGUOUS: &str = "aABI";
/// What makes a formula of a letter beside it. A hyphen is none: `x-axis`.
const SIGNS: &str = "=<>≤≥≈≪≫∝/·×+−√|^_";
/// The letters that may name panels.
const PANELS: std::ops::RangeInclusive<char> = 'a'..='h';

/// Where a letter stands: capitals in scripts are names (`s̄_B`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Line,
    Script,
}

/// Whether the letter at an index is a variable: it stands alone and is neither word, name, unit nor abbreviation.
pub(super) fn is_variable(text: &[char], index: usize, place: Place) -> bool {
    let letter = text[index];
    let at = |i: usize| text.get(i).copied().unwrap_or(' ');
    let back = |steps: usize| index.checked_sub(steps).map_or(' ', |i| text[i]);
    let next = index + 1 + text[index + 1..].iter().take_while(|c| is_combining(**c)).count();
    let (before, after) = (back(1), at(next));
    let joined = |c: char| is_letter(c) || is_combining(c) || c.is_ascii_digit() || matches!(c, '\'' | '’' | '\\');
    if !is_letter(letter) || joined(before) || joined(after) || before == '_' {
        return false;
    }
    // e.g., i.e.
    if (after == '.' && is_letter(at(next + 1))) || (before == '.' && is_letter(back(2))) {
        return false;
    }
    // Underscores of file names.
    let is_script = |rest: &[char]| rest.first() == Some(&'{') || bare_script(rest).is_some();
    if after == '_' && text.len() > next + 1 && !is_script(&text[next + 1..]) {
        return false;
    }
    let has_accent = next > index + 1;
    let is_unit = letter == 's' && before == ' ' && back(2).is_ascii_digit() && !"(_^/".contains(after);
    if has_accent || is_unit {
        return has_accent;
    }
    let is_ambiguous = AMBIGUOUS.contains(letter) || (place == Place::Script && letter.is_uppercase());
    let is_sign = |near: char, far: char| SIGNS.contains(if near == ' ' { far } else { near });
    if is_ambiguous {
        return is_sign(after, at(next + 1)) || is_sign(before, back(2)) || unicode_script(after).is_some();
    }
    !(PANELS.contains(&letter) && (is_in_parentheses(text, index) || follows_panel(&text[..index])))
}

/// Whether a letter stands in parentheses that hold nothing but such letters: `(b)`, `(b, c)`, `(b to d: …)`.
fn is_in_parentheses(text: &[char], index: usize) -> bool {
    let is_listed =
        |word: &str| word.chars().all(|c| PANELS.contains(&c)) && word.len() < 2 || matches!(word, "to" | "and");
    let Some(open) = text[..index].iter().rposition(|c| *c == '(') else { return false };
    let inside: String = text[open + 1..].iter().take_while(|c| !matches!(c, ')' | ':' | ';')).collect();
    let is_argument = open > 0 && (is_letter(text[open - 1]) || is_combining(text[open - 1]));
    !is_argument && inside.split([',', ' ']).all(is_listed)
}

/// Whether a text ends in `panel` or `panels` and letters.
fn follows_panel(text: &[char]) -> bool {
    let words: String = text.iter().collect();
    let is_listed =
        |word: &&str| word.len() == 1 && word.chars().all(|c| PANELS.contains(&c)) || matches!(*word, "to" | "and");
    let mut back = words.split([',', ' ']).rev().filter(|word| !word.is_empty()).skip_while(is_listed);
    back.next().is_some_and(|word| matches!(word, "panel" | "panels" | "Panel" | "Panels"))
}
