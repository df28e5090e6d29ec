//! The engine in a browser: the same runs as everywhere, event by event, and no panic for any script.
#![cfg(target_arch = "wasm32")]

use paxos_playground::explore::sweep::{Faults, Sweep, Under};
use paxos_playground::latency;
use paxos_playground::report::hash_text;
use paxos_playground::report::sweep::csv;
use paxos_playground::scenario::{Scenario, Script, library};
use paxos_playground::sim::Run;
use paxos_playground::types::Time;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

fn run(name: &str) -> Run {
    let built_in = library::find(name).unwrap_or_else(|| panic!("{name} is not built in"));
    Run::of(Scenario::read(built_in.text).unwrap_or_else(|error| panic!("{name}, {error}")).1)
}

#[wasm_bindgen_test]
fn every_built_in_scenario_has_the_same_hash_as_everywhere() {
    let hashes = include_str!("golden/hashes.txt");
    assert_eq!(hashes.lines().count(), library::LIBRARY.len());
    for line in hashes.lines() {
        let (name, hash) = line.split_once(' ').expect("a name and a hash");
        assert_eq!(hash_text(run(name).trace().hash()), hash, "{name}");
    }
}

#[wasm_bindgen_test]
fn a_golden_trace_reads_the_same_as_everywhere() {
    assert_eq!(run("random-delays").trace().text(), include_str!("golden/random-delays.trace"));
}

#[wasm_bindgen_test]
fn a_sweep_comes_to_the_same_numbers_as_everywhere() {
    let mut faults = Faults::default();
    for (keyword, text) in [("delay", "0.2Δ..1Δ"), ("loss", "5%"), ("duplicates", "5%"), ("crashes", "20%")] {
        faults.read(keyword, text).expect("good faults");
    }
    let script = Script::parse(library::find("steady").expect("it is built in").text).expect("a built-in script");
    let mut sweep = Sweep::new(&script, Under::Variants, &faults, 1..61).expect("a good sweep");
    assert!(sweep.go_on(usize::MAX));
    assert_eq!(csv(sweep.swept()), include_str!("golden/sweep.csv"));
}

#[wasm_bindgen_test]
fn a_minimal_ballot_is_decided_at_five_deltas() {
    let decisions = latency::decisions(run("minimal-ballot").trace());
    let [decision] = &decisions[..] else { panic!("{decisions:?}") };
    let latency = decision.from_ballot();
    assert_eq!((latency.leader, latency.all), (Some(Time::deltas(4)), Some(Time::deltas(5))));
}

#[wasm_bindgen_test]
fn bad_scripts_are_errors_and_no_panics() {
    let megabyte = "x".repeat(1 << 20);
    for text in
        ["", "hello", "paxos-playground 9", "paxos-playground 1\nnodes 10000", "\u{0}\u{feff}\u{2028}", &megabyte]
    {
        assert!(Scenario::read(text).is_err());
    }
    let error = Scenario::read("paxos-playground 1\nnodes A B\nat 0 crash Q\n").expect_err("there is no Q");
    assert_eq!(error.to_string(), "line 3, column 12: no node is called “Q”; the nodes are A, B");
}
