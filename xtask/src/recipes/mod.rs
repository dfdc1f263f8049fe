//! One file per kind of figure: what its config says, which runs it wants, and how they become panels and verdicts.

include!(concat!(env!("OUT_DIR"), "/recipes.rs"));
