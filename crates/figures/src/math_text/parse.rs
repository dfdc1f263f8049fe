//! From math text to its pieces.

use super::characters::{Height, bare_script, is_combining, is_letter, unicode_script};
use super::number::power_of_ten;
use super::variable::{Place, is_variable};

/// Text of one style.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) text: String,
    pub(crate) italic: bool,
}

/// A part of a line of math text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// On the line.
    Line(Run),
    /// Below and above the line, at the same place.
    Scripts { below: Vec<Run>, above: Vec<Run> },
}

/// Splits a line of math text into its pieces.
pub(crate) fn parse(text: &str) -> Vec<Piece> {
    let mut parser = Parser { text: text.chars().collect(), at: 0, italic: false, pieces: Vec::new() };
    while parser.at < parser.text.len() {
        parser.step();
    }
    parser.pieces
}

/// Whether a line has a superscript above a subscript.
pub(crate) fn has_stack(text: &str) -> bool {
    let is_stack =
        |piece: Piece| matches!(piece, Piece::Scripts { below, above } if !below.is_empty() && !above.is_empty());
    parse(text).into_iter().any(is_stack)
}

struct Parser {
    text: Vec<char>,
    at: usize,
    /// Within `*…*`.
    italic: bool,
    pieces: Vec<Piece>,
}

impl Parser {
    fn step(&mut self) {
        let c = self.text[self.at];
        let next = self.text.get(self.at + 1).copied();
        match c {
            '\\' if next.is_some() => {
                self.push(next.unwrap_or(c), false);
                self.at += 2;
            }
            '*' if self.italic || self.opens_italics() => {
                self.italic = !self.italic;
                self.at += 1;
            }
            '_' | '^' if self.script(c).is_some() => {
                let (inside, length) = self.script(c).unwrap_or_default();
                let height = if c == '_' { Height::Below } else { Height::Above };
                self.push_script(runs(&inside), height);
                self.at += length;
            }
            _ => self.plain(c),
        }
    }

    /// A character without markup: a number with an exponent, a script of Unicode, a sign, a letter or anything else.
    fn plain(&mut self, c: char) {
        if let Some((mantissa, exponent, length)) = scientific(&self.text, self.at) {
            let power = power_of_ten(exponent);
            let sign = if mantissa.is_empty() { "" } else { "×" };
            mantissa.chars().chain(sign.chars()).for_each(|c| self.push(c, false));
            if exponent != 0 || mantissa.is_empty() {
                parse(&power).into_iter().for_each(|piece| self.push_piece(piece));
            } else {
                self.pop();
            }
            self.at += length;
            return;
        }
        if let Some((height, plain)) = unicode_script(c).filter(|_| self.at > 0) {
            self.push_script(vec![Run { text: plain.to_string(), italic: false }], height);
        } else {
            let variable = is_variable(&self.text, self.at, Place::Line);
            self.push(with_sign(&self.text, self.at), variable || self.italic);
        }
        self.at += 1;
    }

    /// Whether the `*` here has an end, with no space inside either.
    fn opens_italics(&self) -> bool {
        let rest = &self.text[self.at + 1..];
        let end = rest.iter().position(|c| *c == '*');
        end.is_some_and(|end| end > 0 && rest[0] != ' ' && rest[end - 1] != ' ')
    }

    /// What the script that begins here holds, and how many characters it takes.
    fn script(&self, sign: char) -> Option<(Vec<char>, usize)> {
        let rest = &self.text[self.at + 1..];
        if rest.first() == Some(&'{') {
            let end = rest.iter().position(|c| *c == '}').filter(|end| *end > 1)?;
            return Some((rest[1..end].to_vec(), end + 2));
        }
        let end = bare_script(rest)?;
        self.takes_script(sign).then(|| (rest[..end].to_vec(), end + 1))
    }

    /// Whether what is before this place takes a script without braces: a single letter, a bracket, another script,
    /// and above the line also a number.
    fn takes_script(&self, sign: char) -> bool {
        let before = &self.text[..self.at];
        let mut letters = before.iter().rev().skip_while(|c| is_combining(**c));
        match letters.next() {
            Some(c) if is_letter(*c) => {
                letters.next().is_none_or(|c| !(c.is_alphanumeric() || *c == '_'))
                    || matches!(self.pieces.last(), Some(Piece::Scripts { .. }))
            }
            Some(')' | ']' | '|' | '}' | '*') => true,
            Some(c) if c.is_ascii_digit() => sign == '^' || matches!(self.pieces.last(), Some(Piece::Scripts { .. })),
            _ => false,
        }
    }

    fn push(&mut self, c: char, italic: bool) {
        match self.pieces.last_mut() {
            Some(Piece::Line(run)) if run.italic == italic || is_combining(c) => run.text.push(c),
            _ => self.pieces.push(Piece::Line(Run { text: c.to_string(), italic })),
        }
    }

    /// Takes back the last character.
    fn pop(&mut self) {
        if let Some(Piece::Line(run)) = self.pieces.last_mut() {
            run.text.pop();
        }
    }

    fn push_piece(&mut self, piece: Piece) {
        match piece {
            Piece::Line(run) => run.text.chars().for_each(|c| self.push(c, run.italic)),
            Piece::Scripts { below, above } => {
                self.push_script(below, Height::Below);
                self.push_script(above, Height::Above);
            }
        }
    }

    /// Adds runs below or above the line, to a script that is there already.
    fn push_script(&mut self, runs: Vec<Run>, height: Height) {
        if runs.is_empty() {
            return;
        }
        if !matches!(self.pieces.last(), Some(Piece::Scripts { .. })) {
            self.pieces.push(Piece::Scripts { below: Vec::new(), above: Vec::new() });
        }
        if let Some(Piece::Scripts { below, above }) = self.pieces.last_mut() {
            let side = if height == Height::Below { below } else { above };
            for run in runs {
                match side.last_mut() {
                    Some(last) if last.italic == run.italic => last.text.push_str(&run.text),
                    _ => side.push(run),
                }
            }
        }
    }
}

/// The runs of a script.
fn runs(text: &[char]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (i, &c) in text.iter().enumerate().filter(|(_, c)| !matches!(c, '*' | '\\')) {
        let forced = i > 0 && text[i - 1] == '*' && text[i + 1..].contains(&'*');
        let italic = forced || is_variable(text, i, Place::Script);
        match runs.last_mut() {
            Some(run) if run.italic == italic || is_combining(c) => run.text.push(with_sign(text, i)),
            _ => runs.push(Run { text: with_sign(text, i).to_string(), italic }),
        }
    }
    runs
}

/// The character at an index; a hyphen that is a sign becomes a minus.
fn with_sign(text: &[char], at: usize) -> char {
    let begins = at == 0 || !(text[at - 1].is_alphanumeric() || matches!(text[at - 1], '-' | '_'));
    let is_sign = text[at] == '-' && begins && text.get(at + 1).is_some_and(char::is_ascii_digit);
    if is_sign { '−' } else { text[at] }
}

/// The number with an exponent that begins at an index: its mantissa (none if that is 1), exponent and length.
fn scientific(text: &[char], at: usize) -> Option<(String, i32, usize)> {
    let begins = at == 0 || !(text[at - 1].is_alphanumeric() || matches!(text[at - 1], '.' | '_'));
    if !begins || !text[at].is_ascii_digit() {
        return None;
    }
    let length = text[at..].iter().take_while(|c| c.is_ascii_digit() || **c == '.').count();
    let rest = text[at + length..].strip_prefix(&['e'])?;
    let sign = usize::from(matches!(rest.first(), Some('-' | '−' | '+')));
    let digits = rest[sign..].iter().take_while(|c| c.is_ascii_digit()).count();
    if digits == 0 || rest.get(sign + digits).is_some_and(|c| c.is_alphanumeric()) {
        return None;
    }
    let exponent: i32 = rest[sign..sign + digits].iter().collect::<String>().parse().ok()?;
    let exponent = if matches!(rest.first(), Some('-' | '−')) { -exponent } else { exponent };
    let mantissa: String = text[at..at + length].iter().collect();
    let mantissa = if mantissa == "1" && exponent != 0 { String::new() } else { mantissa };
    Some((mantissa, exponent, length + 1 + sign + digits))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pieces as a line: italics in asterisks, scripts in braces.
    fn shape(text: &str) -> String {
        let written = |runs: &[Run]| -> String {
            runs.iter().map(|run| if run.italic { format!("*{}*", run.text) } else { run.text.clone() }).collect()
        };
        let piece = |piece: Piece| match piece {
            Piece::Line(run) => written(&[run]),
            Piece::Scripts { below, above } => {
                let script = |sign: &str, runs: &[Run]| {
                    if runs.is_empty() { String::new() } else { format!("{sign}{{{}}}", written(runs)) }
                };
                script("_", &below) + &script("^", &above)
            }
        };
        parse(text).into_iter().map(piece).collect()
    }

    #[test]
    fn letters_alone_are_variables() {
        for (text, expected) in [
            ("t/τ", "*t*/*τ*"),
            ("*t*/τ", "*t*/*τ*"),
            ("s(t, ŝ)", "*s*(*t*, *ŝ*)"),
            ("ln ε_{te}", "ln *ε*_{te}"),
            ("|û·ū||v·v̂|", "|*û*·*ū*||*v*·*v̂*|"),
            ("SNR s̄", "SNR *s̄*"),
            ("95 % t-interval", "95 % *t*-interval"),
            ("1.5 ε, 5 τ", "1.5 *ε*, 5 *τ*"),
            ("y = Σ_k f(u_k s_k f(v_kᵀx))", "*y* = *Σ*_{*k*} *f*(*u*_{*k*} *s*_{*k*} *f*(*v*_{*k*}^{T}*x*))"),
        ] {
            assert_eq!(shape(text), expected);
        }
    }

    #[test]
    fn words_names_units_and_panels_are_upright() {
        for text in [
            "a student's A to I",
            "task A and task B",
            "(a) Theory (b, c) and (d: note the scale), panels b and f",
            "5 s, 12 s.",
            "e.g. this, i.e. that",
            "f64 and 7169d9f3aa8f",
            "fig03_single_hidden_layer.csv a_b_c",
            "XX",
        ] {
            assert_eq!(shape(text), text);
        }
        assert_eq!(shape("A = 1/2, A^{1/4} and s(a, q)"), "*A* = 1/2, *A*^{1/4} and *s*(a, *q*)");
        assert_eq!(shape(r"\t and *word*"), "t and *word*");
    }

    #[test]
    fn scripts() {
        for (text, expected) in [
            ("t_opt/τ", "*t*_{opt}/*τ*"),
            ("N₁ and N_1", "*N*_{1} and *N*_{1}"),
            ("σ_z²/N₃", "*σ*_{*z*}^{2}/*N*_{3}"),
            ("s_α^2", "*s*_{*α*}^{2}"),
            ("s\u{304}_B, W\u{304}_A x", "*s\u{304}*_{B}, *W\u{304}*_{A} *x*"),
            ("ε^{1/L}", "*ε*^{1/*L*}"),
            ("*T*^{A←B}", "*T*^{A←B}"),
            ("10^5 and 10⁻⁵", "10^{5} and 10^{−5}"),
            ("x_long_name log_x _a t_", "x_long_name log_x _a *t*_"),
            ("open _{ never closed", "open _{ never closed"),
        ] {
            assert_eq!(shape(text), expected);
        }
    }

    #[test]
    fn numbers() {
        for (text, expected) in [
            ("ε = 1e-5", "*ε* = 10^{−5}"),
            ("-7.653e-2 of 2e10", "−7.653×10^{−2} of 2×10^{10}"),
            ("0.00e0", "0.00"),
            ("40-20-20, fig-3, 8e, 1e5x, 2 - 1", "40-20-20, fig-3, 8e, 1e5x, 2 - 1"),
            ("T = -0.5", "*T* = −0.5"),
            ("2 * 3 * 4", "2 * 3 * 4"),
        ] {
            assert_eq!(shape(text), expected);
        }
    }

    #[test]
    fn any_text_is_kept_or_set() {
        for text in ["", "*", "**", "***", "\\", "_", "^", "a_", "_{}", "}", "*a", "e", "1e", "\u{304}", "²"] {
            let _ = shape(text);
        }
    }
}
