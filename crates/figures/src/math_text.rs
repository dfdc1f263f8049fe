//! Math text: the small markup of labels, captions and legends, with one rule for what is a variable, one way to set
//! numbers, and one parser for all that is drawn, read aloud or put on a page.
//!
//! * **Variables are italic, everything else is upright.** A variable is a Latin or Greek letter that stands alone,
//!   with its accents: the t and τ of `t/τ`, `ŝ`, `s̄`. Words, digits, units, functions (`ln`) and operators are
//!   upright. The letters a, A, B and I are variables only beside a sign of calculation (`A = 1/2`, `A^{1/4}`), since
//!   they are also words and names; letters that name panels, `(a)` or `(a, c)`, are none. `*word*` is italic and `\x`
//!   upright whatever the rule says.
//! * **Scripts.** `_{…}` and `^{…}`, or up to three letters or digits without braces (`t_opt`, `N_1`), stand below and
//!   above the line, where a lower-case letter alone is an index and italic. Unicode scripts are the same (`N₁`,
//!   `10⁻⁵`). A subscript and a superscript of one letter stand above each other (`σ_z²`). A longer word after an
//!   underscore is left as it is: file names.
//! * **Numbers.** `1e-5` is set as 10⁻⁵, `-7.6e-2` as −7.6×10⁻², a hyphen before a number as a minus. [`number`]
//!   writes a number in the same way as ticks do.
//!
//! ```
//! use figures::math_text;
//! assert_eq!(math_text::html("test error ε_te at t/τ = 1e-5"),
//!     "test error <i>ε</i><sub>te</sub> at <i>t</i>/<i>τ</i> = 10<sup>−5</sup>");
//! assert_eq!(math_text::plain("ε_te, *q* and N_1"), "ε_te, q and N₁");
//! assert_eq!(math_text::number(1e-5), "10^{−5}");
//! assert!(math_text::check("a title with \u{fffe}").is_err());
//! ```

mod characters;
mod check;
mod number;
mod output;
mod parse;
mod variable;

pub(crate) use characters::is_combining;
pub use check::check;
pub(crate) use number::{decimal, power_of_ten, shortest};
pub use number::{number, rounded};
pub use output::{escaped, html, plain};
pub(crate) use parse::{Piece, Run, has_stack, parse};
