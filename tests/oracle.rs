//! Compares the search with another one: `stateright` explores the same small clusters in a model that was written
//! separately. Both must meet the same number of states, make the same number of moves, and come to the same verdict.
#![cfg(not(target_arch = "wasm32"))]

#[path = "oracle/cheap.rs"]
mod cheap;
#[path = "oracle/model.rs"]
mod model;

use std::fmt::Write as _;

use model::Cluster;
use paxos_playground::explore::schedules::{Ending, Options, Schedules};
use paxos_playground::latency::decisions;
use paxos_playground::protocol::{Message, Payload, Phase};
use paxos_playground::scenario::Scenario;
use paxos_playground::scenario::script::default_name;
use paxos_playground::sim::Run;
use paxos_playground::types::{NodeId, Time};
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

/// The decisions of Cheap Paxos and its messages, by our run: the leader is quiet before it is asked.
fn cheap_run(case: &cheap::Case) -> (Vec<cheap::Decided>, usize) {
    const ASKED: Time = Time::deltas(10);
    let name = |node: usize| default_name(node as u32);
    let guard = if case.is_strict { "strict" } else { "ge" };
    let mut text = format!("paxos-playground 1\nprotocol cheap\nnodes {}\noption guard {guard}\n", case.acceptors);
    case.dead.iter().for_each(|node| writeln!(text, "at {ASKED} crash {}", name(*node)).expect("a string"));
    (1..=case.commands).for_each(|number| writeln!(text, "at {ASKED} propose A c{number}").expect("a string"));
    let run = Run::of(Scenario::read(&text).expect("a good script").1);
    let trace = run.trace();
    let decided = decisions(trace).into_iter().map(|decision| {
        let value = trace.scenario.symbols.value(decision.vote.value);
        let removed = (0..case.acceptors).find(|node| value == format!("remove({})", name(*node)));
        let others = decision.learned.iter().filter(|(node, _)| *node != NodeId(0)).map(|(_, time)| *time).max();
        let deltas = |time: Time| time.since(ASKED).0 / Time::DELTA.0;
        cheap::Decided {
            decree: removed.map_or_else(|| value.to_owned(), |node| format!("remove({node})")),
            leader: deltas(decision.leader_learned().expect("the leader knows")),
            others: others.map(deltas),
        }
    });
    // Questions of processes that miss a decree, and the answers, which list decrees, are no part of the protocol's count.
    let is_counted = |message: &Message| {
        let phase = trace.scenario.protocol.kind(message.kind).phase;
        phase != Phase::Request && !(phase == Phase::Three && matches!(message.payload, Payload::Entries(_)))
    };
    let sent = trace.messages().iter().filter(|sent| !sent.to_self() && sent.sent_at >= ASKED);
    let sent = sent.filter(|sent| is_counted(&sent.message));
    (decided.collect(), sent.count())
}

/// Every set of dead processes that leaves a majority alive, up to seven acceptors.
#[test]
fn cheap_paxos_takes_as_long_as_a_separate_calculation_says() {
    let mut compared = 0;
    for acceptors in 2..=7_usize {
        for dead in 0..1_usize << (acceptors - 1) {
            let dead: Vec<usize> = (1..acceptors).filter(|node| dead >> (node - 1) & 1 == 1).collect();
            if dead.len() >= acceptors - acceptors / 2 {
                continue;
            }
            for is_strict in [false, true] {
                let case = cheap::Case { acceptors, dead: dead.clone(), alpha: 1, is_strict, commands: 2 };
                assert_eq!(cheap_run(&case), cheap::expected(&case), "{case:?}");
                compared += 1;
            }
        }
    }
    assert_eq!(compared, 154);
}
