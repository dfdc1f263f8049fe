//! Lists the recipes: every file of `src/recipes` but `mod.rs` is a module that holds one recipe, a type named after
//! the file (`learning_curves.rs`: `LearningCurves`). A new figure therefore touches its config and its recipe only.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("src/recipes");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut stems = Vec::new();
    for entry in fs::read_dir(&folder)? {
        let path = entry?.path();
        if let (Some(stem), Some("rs")) =
            (path.file_stem().and_then(|s| s.to_str()), path.extension().and_then(|e| e.to_str()))
            && stem != "mod"
        {
            stems.push(stem.to_owned());
        }
    }
    stems.sort();
    let mut code = String::new();
    for stem in &stems {
        let path = folder.join(format!("{stem}.rs"));
        writeln!(code, "#[path = {path:?}]\npub mod {stem};")?;
    }
    writeln!(code, "/// Every recipe, by file name.\npub static RECIPES: &[&dyn crate::recipe::Kind] = &[")?;
    for stem in &stems {
        writeln!(code, "    &crate::recipe::KindOf::<{stem}::{}>::NEW,", camel_case(stem))?;
    }
    writeln!(code, "];")?;
    fs::write(Path::new(&env::var("OUT_DIR")?).join("recipes.rs"), code)?;
    Ok(())
}

fn camel_case(stem: &str) -> String {
    let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
    stem.split('_').map(capital).collect()
}
