//! How fast the engine is in a browser: the loops of `benches/engine.rs`, reported on the console.
//!
//! The loops assert nothing about times; what a run measures depends on the machine.
#![cfg(target_arch = "wasm32")]

use std::hint::black_box;
use std::sync::Arc;

use paxos_playground::scenario::{Scenario, Script};
use paxos_playground::sim::{Run, World};
use paxos_playground::types::Time;
use paxos_playground::{check, latency};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_test::{console_log, wasm_bindgen_test, wasm_bindgen_test_configure};

#[path = "../benches/workload.rs"]
mod workload;

use workload::{EVENTS_PER_BALLOT, ballots_script, chancy_script};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen]
extern "C" {
    /// Milliseconds.
    #[wasm_bindgen(js_namespace = performance)]
    fn now() -> f64;
}

const ROUNDS: u32 = 10;

fn scenario(script: &str) -> Scenario {
    Scenario::read(script).expect("a good script").1
}

/// Reports the median time of a round of `work` in milliseconds, and how many of `items` that makes in a second.
fn measure<T>(what: &str, items: usize, mut work: impl FnMut() -> T) {
    let mut took: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let start = now();
            black_box(work());
            now() - start
        })
        .collect();
    took.sort_by(f64::total_cmp);
    let median = took[took.len() / 2];
    // Browsers round their clocks, so a quick round may take no time at all.
    let rate = items as f64 / median.max(0.001) / 1000.0;
    console_log!("{what:<32}{median:>10.3} ms  {rate:>8.2} million items a second");
}

#[wasm_bindgen_test]
fn events_a_second() {
    for nodes in [5, 25, 101] {
        let scenario = scenario(&ballots_script(nodes, 100_000 / EVENTS_PER_BALLOT * 5 / nodes));
        let events = Run::of(scenario.clone()).trace().events().len();
        measure(&format!("run recorded, n={nodes}"), events, || Run::of(scenario.clone()));
        let scenario = Arc::new(scenario);
        measure(&format!("run unrecorded, n={nodes}"), events, || {
            let mut world = World::new(Arc::clone(&scenario), None);
            while world.step(None) {}
            world
        });
    }
    let scenario = scenario(&chancy_script(5, 100_000 / EVENTS_PER_BALLOT));
    let events = Run::of(scenario.clone()).trace().events().len();
    measure("run recorded by chance, n=5", events, || Run::of(scenario.clone()));
}

#[wasm_bindgen_test]
fn what_the_page_does_with_a_long_run() {
    let script = ballots_script(5, 100_000 / EVENTS_PER_BALLOT);
    let run = Run::of(scenario(&script));
    let (events, end) = (run.trace().events().len(), run.trace().end().0);
    measure("parse (items are bytes)", script.len(), || Script::parse(&script));
    measure("checks", events, || check::check(run.trace()));
    measure("latency", events, || (latency::decisions(run.trace()), latency::ballots(run.trace())));
    measure("hash", events, || run.trace().hash());
    let instants: Vec<_> = (0..1000_u64).map(|place| Time(end / 1000 * (place * 617 % 1000))).collect();
    measure("seek (items are instants)", instants.len(), || {
        instants.iter().map(|time| run.world_at(*time).steps()).sum::<u64>()
    });
    let at = end / Time::DELTA.0 * 2 / 3;
    let forked = scenario(&format!("{script}at {at}Δ crash E\n"));
    measure("fork a third from the end", events / 3, || run.fork(forked.clone()));
}
