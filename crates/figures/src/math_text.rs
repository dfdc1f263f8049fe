//! The mini-markup of labels: `_x`, `_{…}`, `^x`, `^{…}` and `*italic*`.

/// Where a run of text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Script {
    Base,
    Subscript,
    Superscript,
}

/// Text of one style.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) text: String,
    pub(crate) script: Script,
    pub(crate) italic: bool,
}

/// Splits a label into runs.
///
/// `_` and `^` put the next character (with its combining marks) or the next `{…}` below or above the line; `*` switches
/// italics; a backslash takes the next character as it is. An unclosed brace runs to the end of the label.
pub(crate) fn parse(label: &str) -> Vec<Run> {
    let characters: Vec<char> = label.chars().collect();
    let mut runs: Vec<Run> = Vec::new();
    let (mut script, mut braced, mut italic) = (Script::Base, false, false);
    let mut i = 0;
    while i < characters.len() {
        let c = characters[i];
        i += 1;
        match c {
            '\\' if i < characters.len() => {
                push(&mut runs, characters[i], script, italic);
                i += 1;
            }
            '*' => {
                italic = !italic;
                continue;
            }
            '}' if braced => braced = false,
            '_' | '^' if script == Script::Base && i < characters.len() => {
                script = if c == '_' { Script::Subscript } else { Script::Superscript };
                braced = characters[i] == '{';
                i += usize::from(braced);
                continue;
            }
            _ => push(&mut runs, c, script, italic),
        }
        let next_combines = characters.get(i).is_some_and(|&next| is_combining(next));
        if !braced && !next_combines {
            script = Script::Base;
        }
    }
    runs
}

/// The label without its markup, for titles that are read aloud.
pub(crate) fn plain(label: &str) -> String {
    parse(label).into_iter().map(|run| run.text).collect()
}

/// A combining mark (U+0300 to U+036F), which stands on the character before it.
pub(crate) fn is_combining(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

fn push(runs: &mut Vec<Run>, c: char, script: Script, italic: bool) {
    match runs.last_mut() {
        Some(run) if run.script == script && run.italic == italic => run.text.push(c),
        _ => runs.push(Run { text: c.to_string(), script, italic }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(label: &str) -> Vec<(String, Script)> {
        parse(label).into_iter().map(|run| (run.text, run.script)).collect()
    }

    fn expect(label: &str, runs: &[(&str, Script)]) {
        let runs: Vec<_> = runs.iter().map(|(text, script)| (text.to_string(), *script)).collect();
        assert_eq!(shape(label), runs, "{label}");
    }

    use Script::{Base, Subscript, Superscript};

    #[test]
    fn single_characters_and_braces() {
        expect("ε_{te}", &[("ε", Base), ("te", Subscript)]);
        expect("A^{1/4} x", &[("A", Base), ("1/4", Superscript), (" x", Base)]);
        expect("t_1/τ", &[("t", Base), ("1", Subscript), ("/τ", Base)]);
        expect("s\u{304}_B", &[("s\u{304}", Base), ("B", Subscript)]);
    }

    #[test]
    fn combining_marks_stay_with_their_letter() {
        expect("a_s\u{304}b", &[("a", Base), ("s\u{304}", Subscript), ("b", Base)]);
    }

    #[test]
    fn sub_then_superscript() {
        expect("s_α^2", &[("s", Base), ("α", Subscript), ("2", Superscript)]);
    }

    #[test]
    fn italics_and_escapes() {
        let runs = parse("*t*/τ");
        assert!(runs[0].italic && !runs[1].italic);
        assert_eq!(runs[0].text, "t");
        expect(r"a\_b\*c", &[("a_b*c", Base)]);
        assert_eq!(plain("10^{−5} of *x*_a"), "10−5 of xa");
    }

    #[test]
    fn incomplete_markup_is_kept_as_text() {
        expect("a_", &[("a_", Base)]);
        expect("a_{bc", &[("a", Base), ("bc", Subscript)]);
        expect("}", &[("}", Base)]);
        expect("", &[]);
    }
}
