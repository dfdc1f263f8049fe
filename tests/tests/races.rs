//! Several commands that write into one folder at once: there is always one whole figure.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::fs;
use workspace_tests::Workspace;
use workspace_tests::smoke::Smoke;

/// Cheap to draw, and different for every seed.
const FIGURE: &str = "fig12";
const SEEDS: [&str; 3] = ["1", "2", "3"];

/// The files that a finished command with this seed leaves, alone.
fn alone(smoke: &Smoke, seed: &str) -> Vec<(String, Vec<u8>)> {
    let alone = Smoke { out: smoke.out.with_file_name(format!("alone-{seed}")), ..smoke.clone() };
    let answer = alone.run(&["--seed", seed]);
    // A verdict may fail at this scale; the figure is made all the same.
    assert!(answer.status.is_some_and(|status| status < 2), "{answer}");
    alone.drawings().into_iter().collect()
}

fn rounds(count: usize) {
    let workspace = Workspace::with_configs(&[FIGURE]);
    let folder = tempfile::tempdir().unwrap();
    let smoke = Smoke::under(workspace.path(), folder.path());
    let wholes = SEEDS.map(|seed| alone(&smoke, seed));
    assert!(wholes[0] != wholes[1] && wholes[1] != wholes[2] && wholes[0] != wholes[2], "seeds make no difference");
    let mut winners = [0; 3];
    for round in 0..count {
        let children = SEEDS.map(|seed| smoke.start(&["--seed", seed]));
        for child in children {
            let output = child.wait_with_output().unwrap();
            assert!(output.status.code().is_some_and(|status| status < 2), "{output:?}");
        }
        let files: Vec<_> = smoke.drawings().into_iter().collect();
        let winner =
            wholes.iter().position(|whole| *whole == files).unwrap_or_else(|| panic!("a mixture in round {round}"));
        winners[winner] += 1;
        let stem = files[0].0.rsplit_once('.').unwrap().0;
        let record: serde_json::Value =
            serde_json::from_str(&fs::read_to_string(smoke.out.join(format!("{stem}.json"))).unwrap()).unwrap();
        assert_eq!(
            record["seed_override"].to_string(),
            SEEDS[winner],
            "the record is of another seed in round {round}"
        );
        let page = fs::read_to_string(smoke.out.join("index.html")).unwrap();
        let drawing = fs::read_to_string(smoke.out.join(format!("{stem}.svg"))).unwrap();
        let lines = drawing.split(" d=\"").skip(1).map(|rest| rest.split_once('"').unwrap().0);
        let longest = lines.max_by_key(|points| points.len()).unwrap();
        assert!(page.contains(longest), "the page shows another seed in round {round}");
        assert!(smoke.outputs().iter().all(|name| !name.starts_with('.')), "{:?}", smoke.outputs());
    }
    println!("{count} rounds, won by the seeds {winners:?} times");
}

#[test]
fn three_seeds_in_one_folder_leave_one_whole_figure() {
    rounds(4);
}

#[test]
#[ignore = "takes minutes: cargo test --release -p workspace-tests --test races -- --ignored --nocapture"]
fn three_seeds_in_one_folder_leave_one_whole_figure_in_200_rounds() {
    rounds(200);
}
