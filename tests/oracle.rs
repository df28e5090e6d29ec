//! Compares the search with another one: `stateright` explores the same small clusters in a model that was written
//! separately. Both must meet the same number of states, make the same number of moves, and come to the same verdict.
#![cfg(not(target_arch = "wasm32"))]

#[path = "oracle/model.rs"]
mod model;

use std::fmt::Write as _;

use model::Cluster;
use paxos_playground::explore::schedules::{Ending, Options, Schedules};
use paxos_playground::scenario::Scenario;
use stateright::{Checker, Model};

const NAMES: [&str; 4] = ["A", "B", "C", "D"];
const COLOURS: [&str; 3] = ["red", "blue", "green"];

/// The numbers of states and moves, and whether something breaks, by our search; states after a violation do not count.
fn ours(cluster: &Cluster) -> (usize, u64, bool) {
    let mut text = format!("paxos-playground 1\nnodes {}\n", NAMES[..usize::from(cluster.nodes)].join(" "));
    for (node, value) in &cluster.wishes {
        writeln!(text, "at 0 propose {} {}", NAMES[usize::from(*node)], COLOURS[usize::from(*value)])
            .expect("a string");
    }
    if !cluster.without.is_empty() {
        writeln!(text, "without {}", cluster.without).expect("a string");
    }
    let (_, scenario) = Scenario::read(&text).expect("a good script");
    let (crashes, losses) = (cluster.crashes, cluster.losses);
    let options =
        Options { crashes, losses, goes_on: true, symmetry: false, states_max: usize::MAX, ..Options::default() };
    let mut search = Schedules::new(scenario, options).expect("small enough");
    while !search.go_on(100_000) {}
    (search.states(), search.transitions(), search.ending() == Ending::Violated)
}

/// The same numbers by the other search.
fn theirs(cluster: &Cluster) -> (usize, u64, bool) {
    let checker = cluster.clone().checker().spawn_bfs().join();
    let is_broken = checker.discovery("safe").is_some();
    // The other search counts all broken states as one, and our search counts none of them.
    (checker.unique_state_count() - usize::from(is_broken), checker.state_count() as u64 - 1, is_broken)
}

fn assert_same(nodes: u8, wishes: &[(u8, u8)], crashes: u8, losses: u8, without: &'static str) {
    let cluster = Cluster { nodes, wishes: wishes.to_vec(), crashes, losses, without };
    assert_eq!(ours(&cluster), theirs(&cluster), "{cluster:?}");
}

const ONE: &[(u8, u8)] = &[(0, 0)];
const TWICE: &[(u8, u8)] = &[(0, 0), (0, 1)];
const TWO: &[(u8, u8)] = &[(0, 0), (1, 1)];

#[test]
fn the_same_states_are_met_and_nothing_breaks() {
    for nodes in [2, 3] {
        for (crashes, losses) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
            assert_same(nodes, ONE, crashes, losses, "");
        }
    }
    assert_same(2, TWICE, 1, 1, "");
    for (crashes, losses) in [(0, 0), (1, 0), (0, 1), (2, 1)] {
        assert_same(2, TWO, crashes, losses, "");
    }
    assert_same(4, ONE, 0, 0, "");
    if !cfg!(debug_assertions) {
        assert_same(3, TWO, 0, 0, "");
        assert_same(3, TWO, 1, 0, "");
        assert_same(3, TWO, 0, 1, "");
        assert_same(3, TWICE, 1, 0, "");
        assert_same(4, ONE, 1, 1, "");
    }
}

#[test]
fn the_same_states_are_met_until_something_breaks() {
    for without in ["promise", "max-vote", "highest", "unique-ballots", "memory"] {
        assert_same(2, TWO, 1, 0, without);
        assert_same(2, TWICE, 1, 1, without);
        assert_same(3, ONE, 1, 0, without);
        if !cfg!(debug_assertions) {
            assert_same(3, TWO, u8::from(without == "memory"), 0, without);
        }
    }
    assert_same(2, TWO, 1, 1, "majority");
    assert_same(4, ONE, 1, 0, "majority");
}
