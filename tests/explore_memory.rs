//! Compares the memory that a search over schedules reports with what the allocator has given: with every protocol, small
//! clusters and large ones. The test has a file of its own, because the allocator counts for the whole program.
#![cfg(not(target_arch = "wasm32"))]

use paxos_playground::explore::schedules::{Ending, Options, Schedules};
use paxos_playground::scenario::Scenario;
use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATED: PeakAlloc = PeakAlloc;

/// What a search counts for the program before it begins.
const PROGRAM: usize = 8 << 20;

const REQUESTS: &str = "at 0 propose A red\nat 0 propose B blue\nat 0 propose A green\n";

/// A cluster under each protocol; the first protocols have small and large clusters.
fn clusters() -> Vec<String> {
    let leader = |protocol| if protocol == "preliminary" || protocol == "basic" { "" } else { "at 1 leader B\n" };
    let mut clusters = Vec::new();
    for nodes in [3, 32, 128] {
        for protocol in ["preliminary", "basic", "complete", "multi", "broadcast"] {
            clusters.push(format!("protocol {protocol}\nnodes {nodes}\n{REQUESTS}{}", leader(protocol)));
        }
    }
    let commands =
        "at 0 propose A \"put x 1\"\nat 0 propose B \"add x 1\"\nat 0 propose C \"put y 2\"\nat 1 leader B\n";
    clusters.push(format!("protocol multi\nservice kv\nnodes 5\n{commands}"));
    clusters
}

#[test]
fn a_search_holds_what_it_says_and_no_more_than_it_may() {
    for cluster in clusters() {
        for (megabytes, threads) in [(24, 1), (48, 2)] {
            let (_, scenario) = Scenario::read(&format!("paxos-playground 1\n{cluster}")).expect("a good script");
            let nodes = scenario.nodes();
            let before = ALLOCATED.current_usage();
            ALLOCATED.reset_peak_usage();
            let options = Options {
                crashes: 1,
                duplicates: 1,
                states_max: 2_000_000,
                memory_max: megabytes << 20,
                threads,
                ..Options::default()
            };
            let mut search = Schedules::new(scenario, options).expect("small enough");
            let (mut said, mut given) = (0, 0);
            while !search.go_on(if nodes < 32 { 500 } else { 2 }) {
                (said, given) = (search.memory() - PROGRAM, ALLOCATED.current_usage() - before);
            }
            let (states, peak) = (search.states(), ALLOCATED.peak_usage() - before);
            let told = format!("{megabytes} MB, {threads} threads, {states} states, peak {peak}: {cluster}");
            assert_eq!(search.ending(), Ending::TooMuchMemory, "{told}");
            // The allocator does not tell how much each block takes besides what was asked for.
            assert!(peak < (megabytes << 20) - PROGRAM, "{told}");
            assert!(given < said && said < given * 3 / 2, "says {said}, and was given {given}: {told}");
            assert!(peak > (megabytes << 20) / 5, "it ended early: {told}");
        }
    }
}
