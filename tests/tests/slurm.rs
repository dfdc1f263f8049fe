//! The batch script of `xtask/slurm` under a real Slurm: an array of shares, then the job that draws.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::path::PathBuf;
use workspace_tests::slurm::{self, Slurm};
use workspace_tests::smoke::{FIGURES, Smoke};
use workspace_tests::{Workspace, program, workspace_root};

const PARTS: usize = 4;

#[test]
fn an_array_of_shares_and_a_dependent_drawing_give_the_unsharded_figures() {
    if !slurm::is_installed() {
        return;
    }
    let workspace = Workspace::with_configs(&FIGURES);
    let folder = tempfile::tempdir().unwrap();
    let whole = Smoke::under(workspace.path(), &folder.path().join("whole"));
    whole.run(&[]).success();
    let merged = Smoke::under(workspace.path(), &folder.path().join("merged"));

    let slurm = Slurm::start();
    let log = |name: &str| folder.path().join(name);
    let output = slurm
        .command(workspace_root().join("xtask/slurm/submit.sh"))
        .arg(PARTS.to_string())
        // Everything but the command's own name, which the batch script gives.
        .args(&merged.arguments(&[])[1..])
        .env("XTASK", program::path())
        .env("SBATCH_OPTIONS", format!("--output={}", log("job-%A_%a.log").display()))
        .current_dir(workspace.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{}", slurm.logs());
    slurm.wait_for_all_jobs();

    let logs: Vec<PathBuf> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "log"))
        .collect();
    let texts: String = logs.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect();
    for part in 1..=PARTS {
        assert!(texts.contains(&format!("share {part}/{PARTS}: ")), "no share {part}\n{texts}\n{}", slurm.logs());
    }
    assert_eq!(logs.len(), PARTS + 1, "{logs:?}");
    assert_eq!(merged.entries().len(), whole.entries().len(), "{texts}");
    assert!(merged.drawings() == whole.drawings(), "{texts}");
    assert_eq!(merged.outputs(), whole.outputs(), "{texts}");
}

#[test]
fn the_script_says_how_it_is_used() {
    let script = workspace_root().join("xtask/slurm/submit.sh");
    for arguments in [&[][..], &["0"], &["four"], &["-1", "fig01"]] {
        let output = std::process::Command::new(&script).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(String::from_utf8_lossy(&output.stderr).starts_with("usage: "), "{arguments:?}");
    }
}
