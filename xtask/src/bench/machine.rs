//! Which kind of machine this is, as far as it matters to ratios of speeds.

use crate::runs::provenance;
use serde::{Deserialize, Serialize};

/// What has to agree before the ratios of two machines are compared.
///
/// The clock is not part of it: ratios to the yardsticks take it out. The model name alone is not enough, because a
/// virtual machine may show no more than `AMD EPYC` for four generations of CPUs: family and model number tell these
/// apart, the width of the vectors tells a guest that hides them, the cache of a core bounds what stays close, and the
/// number of threads is what ensembles and parallel runs spread over. The third cache level is left out: guests report
/// a host's, or a slice of it, at will, and only the largest networks notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Machine {
    /// Model name of the CPU.
    pub cpu: String,
    /// Family and model number, where the CPU has them.
    pub generation: String,
    /// The widest vectors it offers.
    pub vectors: String,
    /// Second-level cache of a core, as the kernel tells it.
    pub cache: String,
    /// Threads that run at a time.
    pub threads: usize,
}

impl Machine {
    /// The machine this runs on.
    pub fn here() -> Self {
        let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        Self::from_cpuinfo(&info, std::thread::available_parallelism().map_or(1, usize::from))
    }

    /// From the text of `/proc/cpuinfo`; what it does not tell is `unknown`.
    fn from_cpuinfo(info: &str, threads: usize) -> Self {
        let value = |name: &str| {
            let mut lines = info.lines().filter_map(|line| line.split_once(':'));
            lines.find(|(key, _)| key.trim() == name).map(|(_, value)| value.trim().to_owned())
        };
        let unknown = || "unknown".to_owned();
        let number = |family: &str, model: &str| Some(format!("family {} model {}", value(family)?, value(model)?));
        let flags = value("flags").or_else(|| value("Features")).unwrap_or_default();
        let has = |wanted: &str| flags.split_whitespace().any(|flag| flag == wanted);
        let widest = ["avx512f", "avx2", "avx", "sse2", "asimd"].into_iter().find(|flag| has(flag));
        Self {
            cpu: provenance::cpu_in(info),
            generation: number("cpu family", "model")
                .or_else(|| number("CPU implementer", "CPU part"))
                .unwrap_or_else(unknown),
            vectors: widest.map_or_else(unknown, str::to_owned),
            cache: value("cache size").unwrap_or_else(unknown),
            threads,
        }
    }

    /// The name of this kind of machine in a file's name: letters, digits and `-` alone.
    pub fn key(&self) -> String {
        let Self { cpu, generation, vectors, cache, threads } = self;
        let text = format!("{cpu} {generation} {vectors} {cache} {threads} threads").to_lowercase();
        let words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        words.collect::<Vec<_>>().join("-")
    }

    /// One line for people.
    pub fn description(&self) -> String {
        let Self { cpu, generation, vectors, cache, threads } = self;
        format!("{cpu} ({generation}, {vectors}, {cache} of cache a core, {threads} threads)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZEN: &str = "processor\t: 0\nvendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel\t\t: 17\nmodel name\t: AMD EPYC\n\
                       cache size\t: 1024 KB\nflags\t\t: fpu sse2 avx avx2 avx512f\n";

    #[test]
    fn two_generations_behind_one_name_are_told_apart() {
        let zen_4 = Machine::from_cpuinfo(ZEN, 2);
        assert_eq!(zen_4.key(), "amd-epyc-family-25-model-17-avx512f-1024-kb-2-threads");
        let zen_3 = Machine::from_cpuinfo(&ZEN.replace("model\t\t: 17", "model\t\t: 1").replace(" avx512f", ""), 2);
        assert_eq!(zen_3.key(), "amd-epyc-family-25-model-1-avx2-1024-kb-2-threads");
        assert_ne!(zen_4.key(), Machine::from_cpuinfo(ZEN, 8).key());
    }

    #[test]
    fn a_strange_machine_has_a_legal_name() {
        let odd = ZEN.replace("AMD EPYC", "Ünïcore(R) 9/x @ 3.00GHz ../..");
        let legal = |key: &str| key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        assert!(legal(&Machine::from_cpuinfo(&odd, 1).key()));
        assert_eq!(Machine::from_cpuinfo("", 4).key(), "unknown-unknown-unknown-unknown-4-threads");
    }
}
