//! Where does noise end? The singular values of one noise matrix against the Marchenko-Pastur law: edges, and the largest
//! deviation of the empirical distribution from the law's.
//!
//! `cargo run --release -p linalg-core --example noise_edge -- [outputs] [inputs] [seed]`

use linalg_core::{LinalgError, MarchenkoPastur, generator, sample_gaussian, singular_values};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let given = std::env::args().skip(1).map(|text| text.parse()).collect::<Result<Vec<u32>, _>>()?;
    let value = |index: usize, default: u32| given.get(index).copied().unwrap_or(default);
    let (outputs, inputs, seed) = (value(0, 500) as usize, value(1, 1000) as usize, value(2, 1));
    println!("{outputs} outputs, {inputs} inputs, entry variance 1/{inputs}, seed {seed}");
    Ok(report(outputs, inputs, u64::from(seed))?)
}

fn report(outputs: usize, inputs: usize, seed: u64) -> Result<(), LinalgError> {
    let variance = 1.0 / inputs as f64;
    let law = MarchenkoPastur::new(outputs, inputs, variance)?;
    let mut rng = generator(seed, "noise", &[outputs as u64, inputs as u64], 0);
    let values = singular_values(sample_gaussian(outputs, inputs, variance, &mut rng).as_ref())?;
    let count = values.len() as f64;
    let distance =
        values.iter().enumerate().map(|(above, &value)| (law.fraction_above(value) - above as f64 / count).abs());
    println!("largest  {:.4}, upper edge {:.4}", values[0], law.upper_edge());
    println!("smallest {:.4}, lower edge {:.4}", values[values.len() - 1], law.lower_edge());
    println!("median   {:.4}, of the law {:.4}", values[values.len() / 2], law.median());
    println!("largest distance between the two distributions: {:.4}", distance.fold(0.0, f64::max));
    Ok(())
}
