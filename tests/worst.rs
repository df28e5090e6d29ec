//! The slowest executions: chance never beats what the search finds. This file also tests the rows of `docs/explore.md`
//! that take longer than a moment.
//!
//! `cargo test --release --test worst -- --nocapture` tests all rows and says how long each took. The rows that take far
//! longer than the rest are in tests of release builds only: a debug build does not have these tests, and so does not
//! report them as passed.
#![cfg(not(target_arch = "wasm32"))]

use std::fmt::Write as _;
use std::time::Instant;

use paxos_playground::explore::worst::{Ending, OldTraffic, Outside, Question, Worst, with_option};
use paxos_playground::latency;
use paxos_playground::protocol::Fact;
use paxos_playground::scenario::{Scenario, Script, library};
use paxos_playground::sim::Run;
use paxos_playground::types::{Instance, NodeId, Time};

/// A row of the table: the cluster, the question, the bound, and what the scenario shows.
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

/// Each of these rows takes a few seconds at most, in debug builds as well.
static ROWS: &[Row] = &[
    row(3, "restart timer", (2, Any), 8, ["13"; 2]),
    row(3, "restart timer", (3, Any), 2, ["17"; 2]),
    row(3, "restart timer", (3, ByDelta), 8, ["10", "9.999999"]),
    row(3, "restart any-nack", (2, ByDelta), 8, ["9"; 2]),
    row(5, "restart timer", (2, Any), 1, ["13"; 2]),
    row(5, "restart timer", (2, ByDelta), 2, ["10", "9.999999"]),
    row(5, "restart any-nack", (2, Any), 1, ["13"; 2]),
    row(5, "restart any-nack", (2, ByDelta), 1, ["10", "9.999999"]),
    // "The same count bounds" the other two rules of restarting as well: 5Δ + 4kΔ.
    row(3, "restart own-nack", (2, Any), 2, ["13"; 2]),
    row(3, "restart hopeless", (2, Any), 2, ["13"; 2]),
    row(5, "restart own-nack", (1, Any), 1, ["9"; 2]),
    row(5, "restart hopeless", (1, Any), 1, ["9"; 2]),
    row(3, "restart own-nack", (3, ByDelta), 1, ["9"; 2]),
    row(3, "restart hopeless", (3, ByDelta), 2, ["10", "9.999999"]),
];

/// This row takes about twenty seconds in release builds.
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

/// A corner case that a built-in scenario shows.
struct Corner {
    scenario: &'static str,
    stale: usize,
    outside: Outside,
    crashes: usize,
    bound: &'static str,
    shown: &'static str,
}

/// A crash costs 4Δ where only a quorum is asked to vote; under a strict guard a crash lets one BeginBallot be overtaken.
/// With notices and `any-nack` the bound is 7Δ for one stale ballot, but not for more: a process that has refused the
/// leader's ballot then leaves a ballot other than the leader's. A leader that hears only Nacks to its present ballot can
/// take 11Δ, which is longer than with any other rule.
static CORNERS: [Corner; 5] = [
    Corner { scenario: "promise-then-crash", stale: 0, outside: Outside::Up, crashes: 1, bound: "9", shown: "9" },
    Corner { scenario: "overtaken-begin", stale: 0, outside: Outside::Up, crashes: 1, bound: "8", shown: "7.999999" },
    Corner { scenario: "notice-seven-delta", stale: 1, outside: Outside::Down, crashes: 0, bound: "7", shown: "7" },
    Corner { scenario: "notice-nine-delta", stale: 2, outside: Outside::Down, crashes: 0, bound: "9", shown: "9" },
    Corner { scenario: "nack-too-late", stale: 2, outside: Outside::Down, crashes: 0, bound: "11", shown: "11" },
];

/// The search finds exactly this bound, and the built-in scenario is as slow as the execution that the search has found.
#[test]
fn the_scenarios_of_the_corners_are_as_slow_as_any() {
    for Corner { scenario, stale, outside, crashes, bound, shown } in &CORNERS {
        let (stale, outside, crashes) = (*stale, *outside, *crashes);
        let question = Question { stale, old_traffic: ByDelta, outside, crashes, resolution: 1, ..Question::default() };
        let found = exact(&built_in(scenario), question);
        assert_eq!(found.map(|time| time.to_string()), [*bound, *shown], "{scenario}");
        let text = library::find(scenario).expect("built in").text;
        let majority: &[&str] = match *scenario {
            "nack-too-late" => &["A", "B", "C"],
            _ if outside == Outside::Down => &["A", "B"],
            _ => &["A", "C"],
        };
        assert_eq!(learned(text, majority).map(|time| time.to_string()).as_deref(), Some(*shown), "{scenario}");
    }
}

/// What the options of these scenarios change: with the usual options there is nothing to see.
#[test]
fn the_usual_options_take_the_corners_away() {
    for (scenario, option, value, bound) in [
        ("promise-then-crash", "phase-2", "all", 5),
        ("overtaken-begin", "guard", "ge", 5),
        ("notice-seven-delta", "preemption", "silent", 9),
        ("notice-nine-delta", "preemption", "silent", 9),
        ("nack-too-late", "restart", "timer", 10),
        ("nack-too-late", "restart", "any-nack", 10),
        ("nack-too-late", "restart", "hopeless", 10),
    ] {
        let corner = CORNERS.iter().find(|corner| corner.scenario == scenario).expect("a corner");
        let Corner { stale, outside, crashes, .. } = *corner;
        let question = Question { stale, old_traffic: ByDelta, outside, crashes, resolution: 1, ..Question::default() };
        let [found, _] = exact(&with_option(built_in(scenario), option, value), question);
        assert_eq!(found, Time::deltas(bound), "{scenario}");
    }
}

/// "Broadcast 2a, or 2a to the quorum with no failures at all": then the bound is 5Δ + 4kΔ. Each crash costs as much as a
/// stale ballot where 2a goes to the quorum, and nothing where 2a goes to everybody.
#[test]
fn a_crash_costs_four_deltas_where_only_a_quorum_is_asked() {
    assert_crashes(&[
        (3, "option phase-2 quorum", 0, 0, 5),
        (4, "option phase-2 quorum", 0, 1, 9),
        (5, "option phase-2 quorum", 0, 0, 5),
        (5, "option phase-2 quorum", 0, 1, 9),
        (5, "option phase-2 quorum", 0, 2, 13),
        (5, "", 0, 2, 5),
    ]);
}

/// The same for larger searches, and the cost of a crash under a strict guard: 3Δ.
#[cfg(not(debug_assertions))]
#[test]
fn a_crash_costs_as_much_as_a_stale_ballot() {
    assert_crashes(&[
        (5, "option phase-2 quorum", 1, 0, 9),
        (5, "option phase-2 quorum", 1, 1, 13),
        (5, "", 1, 1, 9),
        (5, "option guard strict", 0, 1, 8),
        (5, "option guard strict", 0, 2, 11),
    ]);
    let slow = Question { stale: 1, outside: Outside::Slow, resolution: 1, ..Question::default() };
    assert_eq!(exact(&complete(5, ""), slow)[0], Time::deltas(9));
}

/// Nodes, options, k, crashes, and the bound in Δ.
fn assert_crashes(rows: &[(u32, &str, usize, usize, u64)]) {
    for (nodes, options, stale, crashes, bound) in rows {
        let (stale, crashes) = (*stale, *crashes);
        let question = Question { stale, outside: Outside::Up, crashes, resolution: 1, ..Question::default() };
        let [found, _] = exact(&complete(*nodes, options), question);
        assert_eq!(found, Time::deltas(*bound), "{nodes} nodes, {options}, k = {stale}, {crashes} crashes");
    }
}

/// "A process outside C that always answers 1a fast and never answers 2a": this process does no harm where 2a goes to
/// everybody. It does harm without end where 2a goes to the quorum, or where a strict guard and messages that overtake
/// each other help it.
#[test]
fn a_slow_process_stops_a_leader_for_ever_where_only_a_quorum_is_asked() {
    let slow = |stale, resolution| Question { stale, outside: Outside::Slow, resolution, ..Question::default() };
    assert_eq!(exact(&complete(3, ""), slow(0, 2))[0], Time::deltas(5));
    assert_eq!(exact(&complete(3, "option restart any-nack"), slow(0, 2))[0], Time::deltas(5));
    for script in [built_in("promise-never-vote"), complete(3, "option guard strict")] {
        let question = Question { states_max: 300_000, ..slow(0, 1) };
        let mut worst = Worst::new(&script, question).expect("a good question");
        while !worst.go_on(100_000) {}
        assert_eq!(worst.ending(), Some(Ending::Time), "{:?}", worst.sentences());
        assert!(worst.found().is_some_and(|found| !found.is_exact && found.shown.all > Time::deltas(20)));
    }
    // Each ballot costs 4Δ, any number of times.
    let text = library::find("promise-never-vote").expect("built in").text;
    assert_eq!(learned(text, &["A", "C"]), Some(Time::deltas(21)));
    let more = format!("{text}drop      BeginBallot A->B #5\ndrop      BeginBallot A->B #6\n");
    assert_eq!(learned(&more, &["A", "C"]), Some(Time::deltas(29)));
}

fn built_in(name: &str) -> Script {
    Scenario::read(library::find(name).expect("built in").text).expect("a good script").0
}

fn complete(nodes: u32, options: &str) -> Script {
    let text = format!("paxos-playground 1\nprotocol complete\n{options}\nnodes {nodes}\nat 0 propose A red\n");
    Scenario::read(&text).expect("a good script").0
}

/// The bound of an exhaustive search, and what its scenario shows.
#[track_caller]
fn exact(script: &Script, question: Question) -> [Time; 2] {
    let mut worst = Worst::new(script, question).expect("a good question");
    while !worst.go_on(100_000) {}
    let found = worst.found().expect("an execution");
    assert!(found.is_exact, "{:?}", worst.sentences());
    [found.bound, found.shown.all]
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

/// An execution that the search has found, of five processes under `any-nack`: the first ballot is refused an instant
/// before T_el + Δ, so that the second one is still early enough to be refused in phase 2.
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

/// Where a process promises and never votes, there is no bound at all under a strict guard if messages can overtake each
/// other: without a single stale ballot, each overtaking costs 2Δ.
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

/// When the last of these nodes has learned the first decree.
fn learned(text: &str, names: &[&str]) -> Option<Time> {
    let (_, scenario) = Scenario::read(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let run = Run::of(scenario);
    let learns = |(_, time, node, fact): (_, Time, NodeId, Fact)| {
        matches!(fact, Fact::Learned(Instance::FIRST, _)).then_some((node, time))
    };
    let learned: Vec<_> = run.trace().facts().filter_map(learns).collect();
    let by = |name: &&str| learned.iter().find(|(node, _)| node.0 == name.as_bytes()[0] - b'A').map(|(_, time)| *time);
    names.iter().map(by).collect::<Option<Vec<_>>>()?.into_iter().max()
}

/// When all nodes that are up have learned the first decree.
fn all_learned(text: &str) -> Option<Time> {
    let (_, scenario) = Scenario::read(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    latency::decisions(Run::of(scenario).trace()).first()?.all_learned
}

/// A simple generator of random numbers: Knuth's multiplier and increment.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

/// The other way round: random delays and arrivals, played by the simulator itself, never exceed a bound that the search
/// calls exact. Most of the delays are Δ or 0, where the worst cases are.
#[test]
fn chance_never_beats_what_is_called_exact() {
    let cases = [
        ("restart timer", OldTraffic::Any, 2, 13, 8),
        ("restart timer", OldTraffic::ByDelta, 2, 10, 8),
        ("restart any-nack", OldTraffic::ByDelta, 2, 9, 8),
        ("guard strict", OldTraffic::Any, 1, 9, 8),
        ("restart own-nack", OldTraffic::ByDelta, 2, 9, 8),
        ("restart hopeless", OldTraffic::ByDelta, 2, 10, 8),
        ("restart any-nack\noption preemption notice", OldTraffic::ByDelta, 1, 7, 6),
        ("restart any-nack\noption preemption notice", OldTraffic::ByDelta, 2, 9, 7),
    ];
    let tries = if cfg!(debug_assertions) { 1_000 } else { 50_000 };
    let mut chance = Chance(1);
    for (option, old_traffic, stale, bound, least) in cases {
        let mut slowest = Time::ZERO;
        for _ in 0..tries {
            let text = random_script(&mut chance, option, old_traffic, stale);
            let all = all_learned(&text).unwrap_or_else(|| panic!("nobody learns:\n{text}"));
            assert!(all <= Time::deltas(bound), "{all}Δ:\n{text}");
            slowest = slowest.max(all);
        }
        // The random runs do come close to the bound.
        assert!(slowest >= Time::deltas(least), "{option}: {slowest}Δ");
    }
    for (options, outside, bound, least) in [
        ("option phase-2 quorum\n", Outside::Up, 9, 8),
        ("option guard strict\n", Outside::Up, 8, 6),
        ("", Outside::Up, 5, 5),
        ("", Outside::Slow, 5, 5),
        ("option restart any-nack\n", Outside::Slow, 5, 5),
    ] {
        let mut slowest = Time::ZERO;
        for _ in 0..tries {
            let text = random_corner(&mut chance, options, outside);
            let all = learned(&text, &["A", "C"]).unwrap_or_else(|| panic!("not all learn:\n{text}"));
            assert!(all <= Time::deltas(bound), "{all}Δ:\n{text}");
            slowest = slowest.max(all);
        }
        assert!(slowest >= Time::deltas(least), "{options}: {slowest}Δ");
    }
}

/// Three processes; B is outside C, and crashes at some time or is slow.
fn random_corner(chance: &mut Chance, options: &str, outside: Outside) -> String {
    let mut text = format!("paxos-playground 1\nprotocol complete\n{options}nodes 3\nat 0 propose A red\n");
    if outside == Outside::Up && chance.below(8) > 0 {
        let step = if chance.below(2) > 0 { Time::DELTA.0 } else { 1 };
        let at = Time(chance.below(6 * Time::DELTA.0 / step) * step);
        writeln!(text, "at {at} crash B").expect("a string");
    }
    let mut rules = vec![("Voted", "C->A"), ("Success", "A->C"), ("Nack", "C->A"), ("Nack", "B->A")];
    rules.extend([("NextBallot", "A->B"), ("LastVote", "B->A"), ("BeginBallot", "A->B"), ("Voted", "B->A")]);
    rules.extend([("NextBallot", "A->C"), ("LastVote", "C->A"), ("BeginBallot", "A->C"), ("Success", "A->B")]);
    for (kind, link) in rules {
        let is_slow = outside == Outside::Slow && link.contains('B');
        for ordinal in 1..=3 {
            let most = if is_slow { 2 } else { 1 } * Time::DELTA.0;
            match chance.below(8) {
                0 if is_slow => writeln!(text, "drop {kind} {link} #{ordinal}"),
                0 | 1 => writeln!(text, "delay {kind} {link} #{ordinal} 0"),
                2..=4 => writeln!(text, "delay {kind} {link} #{ordinal} {}", Time(chance.below(most + 1))),
                _ => Ok(()),
            }
            .expect("a string");
        }
    }
    text
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
