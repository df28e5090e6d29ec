//! The slowest executions: what the search finds is never beaten by chance, and the rows of `docs/explore.md` that take
//! longer than a moment.
//!
//! `cargo test --release --test worst -- --nocapture` looks at all of them and says how long each took. The one row that
//! takes far longer than the others is a test of release builds only: a debug build does not have it, and so does not call it
//! passed.
#![cfg(not(target_arch = "wasm32"))]

use std::fmt::Write as _;
use std::time::Instant;

use paxos_playground::explore::worst::{OldTraffic, Question, Worst};
use paxos_playground::latency;
use paxos_playground::scenario::Scenario;
use paxos_playground::sim::Run;
use paxos_playground::types::Time;

/// A row of the table: the cluster, the question, and the bound and what the scenario shows.
struct Row {
    nodes: u32,
    option: &'static str,
    stale: usize,
    old_traffic: OldTraffic,
    resolution: u16,
    bound: &'static str,
    shown: &'static str,
}

const fn row(
    nodes: u32,
    option: &'static str,
    (stale, old_traffic): (usize, OldTraffic),
    resolution: u16,
    [bound, shown]: [&'static str; 2],
) -> Row {
    Row { nodes, option, stale, old_traffic, resolution, bound, shown }
}

use OldTraffic::{Any, ByDelta};

/// Each takes a few seconds at most, in debug as well.
static ROWS: &[Row] = &[
    row(3, "restart timer", (2, Any), 8, ["13"; 2]),
    row(3, "restart timer", (3, Any), 2, ["17"; 2]),
    row(3, "restart timer", (3, ByDelta), 8, ["10", "9.999999"]),
    row(3, "restart any-nack", (2, ByDelta), 8, ["9"; 2]),
    row(5, "restart timer", (2, Any), 1, ["13"; 2]),
    row(5, "restart timer", (2, ByDelta), 2, ["10", "9.999999"]),
    row(5, "restart any-nack", (2, Any), 1, ["13"; 2]),
    row(5, "restart any-nack", (2, ByDelta), 1, ["10", "9.999999"]),
];

/// This one takes about twenty seconds in release.
#[cfg(not(debug_assertions))]
static LONGEST: &[Row] = &[row(5, "restart timer", (3, Any), 1, ["17"; 2])];

#[test]
fn the_rows_that_take_seconds() {
    assert_rows(ROWS);
}

#[cfg(not(debug_assertions))]
#[test]
fn the_row_that_takes_longest() {
    assert_rows(LONGEST);
}

fn assert_rows(rows: &[Row]) {
    for Row { nodes, option, stale, old_traffic, resolution, bound, shown } in rows {
        let text =
            format!("paxos-playground 1\nprotocol complete\noption {option}\nnodes {nodes}\nat 0 propose A red\n");
        let (script, _) = Scenario::read(&text).expect("a good script");
        let (stale, resolution) = (*stale, *resolution);
        let question =
            Question { stale, old_traffic: *old_traffic, resolution, states_max: 20_000_000, ..Question::default() };
        let began = Instant::now();
        let mut worst = Worst::new(&script, question).expect("a good question");
        while !worst.go_on(100_000) {}
        let found = worst.found().expect("an execution");
        println!(
            "n = {nodes}, {option}, k = {stale} {}, r = {resolution}: {}Δ, {} moments, {:?}",
            old_traffic.name(),
            found.bound,
            worst.states(),
            began.elapsed()
        );
        assert!(found.is_exact);
        assert_eq!([found.bound, found.shown.all].map(|time| time.to_string()), [*bound, *shown]);
    }
}

/// Five processes under `any-nack`, an execution that the search has found: the first ballot is refused an instant before
/// T_el + Δ, so that the second one is still early enough to be refused in phase 2.
#[test]
fn any_nack_takes_ten_deltas_with_five_processes() {
    let script = "paxos-playground 1
        protocol complete
        option restart any-nack
        nodes 5
        at 0 crash D
        at 0 crash E
        at 0 propose A red
        at 0 inject NextBallot E->C 4.E after 0
        at 0 inject NextBallot E->B 7.E after 1
        delay NextBallot A->C #1 0.999999
        delay Nack C->A #1 0
        delay NextBallot A->B #2 0";
    assert_eq!(all_learned(script), Some(Time(9_999_999)));
}

/// Where a process promises and never votes, a strict guard and messages that overtake each other leave no bound at all:
/// without a single stale ballot, each overtaking costs 2Δ.
#[test]
fn under_a_strict_guard_overtaking_costs_two_deltas_each_time() {
    for times in 0..=20 {
        let script = |guard: &str| {
            let mut text = format!("paxos-playground 1\nprotocol complete\noption guard {guard}\nnodes 3\n");
            writeln!(text, "at 0 propose A red\nat {} crash C", 2 * times).expect("a string");
            for ordinal in 1..=times {
                for (kind, link) in [("NextBallot", "A->C"), ("LastVote", "C->A"), ("BeginBallot", "A->B")] {
                    writeln!(text, "delay {kind} {link} #{ordinal} 0").expect("a string");
                }
                writeln!(text, "drop BeginBallot A->C #{ordinal}").expect("a string");
            }
            text
        };
        assert_eq!(all_learned(&script("strict")), Some(Time::deltas(2 * times + 5)), "{times} times");
        assert!(all_learned(&script("ge")) <= Some(Time::deltas(5)), "{times} times");
    }
}

/// When everybody who is up has learned.
fn all_learned(text: &str) -> Option<Time> {
    let (_, scenario) = Scenario::read(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    latency::decisions(Run::of(scenario).trace()).first()?.all_learned
}

/// A cheap source of chance: Knuth's multiplier and increment.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

/// The other way round: delays and arrivals by chance, played by the simulator itself, never exceed what the search calls
/// exact. Most of the delays are Δ or 0, where the worst cases are.
#[test]
fn chance_never_beats_what_is_called_exact() {
    let cases = [
        ("restart timer", OldTraffic::Any, 2, Time::deltas(13)),
        ("restart timer", OldTraffic::ByDelta, 2, Time::deltas(10)),
        ("restart any-nack", OldTraffic::ByDelta, 2, Time::deltas(9)),
        ("guard strict", OldTraffic::Any, 1, Time::deltas(9)),
    ];
    let tries = if cfg!(debug_assertions) { 1_000 } else { 50_000 };
    let mut chance = Chance(1);
    for (option, old_traffic, stale, bound) in cases {
        let mut slowest = Time::ZERO;
        for _ in 0..tries {
            let text = random_script(&mut chance, option, old_traffic, stale);
            let all = all_learned(&text).unwrap_or_else(|| panic!("nobody learns:\n{text}"));
            assert!(all <= bound, "{all}Δ:\n{text}");
            slowest = slowest.max(all);
        }
        // It does look into the corners.
        assert!(slowest >= Time::deltas(8), "{option}: {slowest}Δ");
    }
}

fn random_script(chance: &mut Chance, option: &str, old_traffic: OldTraffic, stale: u64) -> String {
    let mut text =
        format!("paxos-playground 1\nprotocol complete\noption {option}\nnodes 3\nat 0 crash C\nat 0 propose A red\n");
    let most = if old_traffic == OldTraffic::Any { 12 } else { 1 };
    for number in 1..=stale {
        for node in ["A", "B"] {
            if chance.below(3) > 0 {
                let arrival = Time(chance.below(most * Time::DELTA.0 + 1));
                let ballot = 3 * number + 1;
                writeln!(text, "at 0 inject NextBallot C->{node} {ballot}.C after {arrival}").expect("a string");
            }
        }
    }
    for (kind, link) in [
        ("NextBallot", "A->B"),
        ("LastVote", "B->A"),
        ("BeginBallot", "A->B"),
        ("Voted", "B->A"),
        ("Nack", "B->A"),
        ("Success", "A->B"),
    ] {
        for ordinal in 1..=3 {
            let delay = match chance.below(8) {
                0 => Time::ZERO,
                1..=5 => Time::DELTA,
                _ => Time(chance.below(Time::DELTA.0 + 1)),
            };
            writeln!(text, "delay {kind} {link} #{ordinal} {delay}").expect("a string");
        }
    }
    text
}
