//! The paper's claims, one test each, by protocol.
//!
//! "PTP" is Lamport's *The Part-Time Parliament*; "slides" is the Synod lecture whose figures the playground redraws.
//! Times are exact: where the literature says 5Δ, a test says five million ticks.
#![cfg(not(target_arch = "wasm32"))]

use paxos_playground::check::check;
use paxos_playground::latency::{self, Decision};
use paxos_playground::protocol::{Carries, Fact, Protocol};
use paxos_playground::scenario::Scenario;
use paxos_playground::sim::Run;
use paxos_playground::types::{Instance, NodeId, Time};

/// Whether the messages of this protocol name values by ids: it is one of the rings.
fn has_ids(protocol: &Protocol) -> bool {
    protocol.kinds.iter().any(|kind| kind.carries == Carries::Named)
}

#[path = "paper/basic.rs"]
mod basic;
#[path = "paper/bounds.rs"]
mod bounds;
#[path = "paper/cheap.rs"]
mod cheap;
#[path = "paper/complete.rs"]
mod complete;
#[path = "paper/fab.rs"]
mod fab;
#[path = "paper/fast.rs"]
mod fast;
#[path = "paper/fast_log.rs"]
mod fast_log;
#[path = "paper/figures.rs"]
mod figures;
#[path = "paper/generalized.rs"]
mod generalized;
#[path = "paper/ledger.rs"]
mod ledger;
#[path = "paper/network.rs"]
mod network;
#[path = "paper/parts.rs"]
mod parts;
#[path = "paper/pbft.rs"]
mod pbft;
#[path = "paper/ports.rs"]
mod ports;
#[path = "paper/preliminary.rs"]
mod preliminary;
#[path = "paper/progress.rs"]
mod progress;
#[path = "paper/reports.rs"]
mod reports;
#[path = "paper/restart.rs"]
mod restart;
#[path = "paper/ring.rs"]
mod ring;
#[path = "paper/steady.rs"]
mod steady;
#[path = "paper/synod.rs"]
mod synod;

fn run(lines: &str) -> Run {
    run_in_spite_of(lines, &[])
}

/// A run in which exactly these checks are violated.
fn run_in_spite_of(lines: &str, violated: &[&str]) -> Run {
    let text = format!("paxos-playground 1\n{lines}\n");
    let (_, scenario) = Scenario::read(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let run = Run::of(scenario);
    for verdict in check(run.trace()) {
        assert_eq!(!verdict.holds(), violated.contains(&verdict.check.name), "{}: {verdict:?}", verdict.check.name);
    }
    run
}

/// The trace's lines without their columns.
fn lines(run: &Run) -> Vec<String> {
    run.trace().text().lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

/// How often the trace has this line.
fn count(run: &Run, line: &str) -> usize {
    lines(run).iter().filter(|known| *known == line).count()
}

#[track_caller]
fn assert_once(run: &Run, line: &str) {
    assert_eq!(count(run, line), 1, "“{line}” in\n{}", run.trace().text());
}

#[track_caller]
fn assert_never(run: &Run, part: &str) {
    assert!(lines(run).iter().all(|line| !line.contains(part)), "“{part}” in\n{}", run.trace().text());
}

/// The only decision.
#[track_caller]
fn decision(run: &Run) -> Decision {
    let mut decisions = latency::decisions(run.trace());
    assert_eq!(decisions.len(), 1, "{}", run.trace().text());
    decisions.remove(0)
}

fn learned_value(run: &Run) -> String {
    run.scenario().symbols.value(decision(run).vote.value).into_owned()
}

fn facts(run: &Run) -> Vec<(Time, NodeId, Fact)> {
    run.trace().facts().map(|(_, time, node, fact)| (time, node, fact)).collect()
}

fn node(name: &str) -> NodeId {
    NodeId(name.as_bytes()[0] - b'A')
}

/// The time that scripts write with this text, in Δ.
fn deltas(text: &str) -> Time {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    Time(format!("{whole}{rest:0<6}").parse().expect("a decimal with at most six places"))
}

/// When this node first learned the decree of this instance.
fn learned_at(run: &Run, instance: u32, node: NodeId) -> Option<Time> {
    let learned = |(time, by, fact): &(Time, NodeId, Fact)| match fact {
        Fact::Learned(place, _) if (*place, *by) == (Instance(instance), node) => Some(*time),
        _ => None,
    };
    facts(run).iter().find_map(learned)
}

/// When the last of these nodes learned the decree of this instance.
#[track_caller]
fn all_learned_at(run: &Run, instance: u32, nodes: &str) -> Time {
    let times = nodes.split(' ').map(|name| learned_at(run, instance, node(name)));
    let times: Option<Vec<_>> = times.collect();
    times
        .unwrap_or_else(|| panic!("somebody has not learned [{instance}]:\n{}", run.trace().text()))
        .into_iter()
        .max()
        .expect("a node")
}

/// How many counted messages were sent from `from` until before `to`; messages to oneself and copies do not count.
fn sent_within(run: &Run, from: Time, to: Time) -> usize {
    let messages = run.trace().messages().iter();
    messages
        .filter(|sent| !sent.to_self() && sent.copy_of.is_none() && from <= sent.sent_at && sent.sent_at < to)
        .count()
}
