//! Which characters a text may hold.

use crate::FigureError;

/// Checks that a text can be drawn: it holds no control characters and nothing that XML does not allow.
///
/// Renderers leave such characters out; a program that takes titles from its users had better refuse them before it
/// begins.
///
/// # Errors
///
/// [`FigureError::BadCharacter`] with the first such character and its place.
///
/// ```
/// use figures::math_text::check;
/// assert!(check("ln ε_te").is_ok());
/// let message = check("two\nlines").unwrap_err().to_string();
/// assert!(message.starts_with("the text 'two\\nlines' holds U+000A as character 4; control characters"));
/// ```
pub fn check(text: &str) -> Result<(), FigureError> {
    match text.chars().enumerate().find(|(_, c)| !is_allowed(*c)) {
        None => Ok(()),
        Some((place, character)) => {
            let text = text.chars().take(60).flat_map(char::escape_debug).collect();
            Err(FigureError::BadCharacter { text, place: place + 1, code: u32::from(character) })
        }
    }
}

/// Whether a character can be drawn.
pub(crate) fn is_allowed(c: char) -> bool {
    !(c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{fffe}' | '\u{ffff}'))
}
