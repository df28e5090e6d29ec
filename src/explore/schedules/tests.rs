//! What a search must find, and what it must not; and that the search and a run of its script say the same of a schedule.

mod begun;
mod dropped;
mod histories;
mod lies;
mod members;
mod rings;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::layout::Code;
use super::*;
use crate::check::{Judge, check};
use crate::explore::replay;
use crate::protocol::{Cell, Fact, Field, Storage};
use crate::scenario::Script;
use crate::sim::Run;
use crate::trace::What;
use crate::types::{Ballot, Instance, Time};

const TWO: &str = "nodes A B C\nat 0 propose A red\nat 0 propose B blue\n";

fn open(text: &str, options: Options) -> Schedules {
    let (_, scenario) = Scenario::read(&format!("paxos-playground 1\n{text}")).expect("a good script");
    Schedules::new(scenario, options).expect("small enough")
}

fn search(text: &str, options: Options) -> Schedules {
    let mut search = open(text, options);
    search.go_on(usize::MAX);
    search
}

fn crashes(crashes: u8) -> Options {
    Options { crashes, ..Options::default() }
}

/// The run of a script that a search wrote: the script has no line without effect, and the run ends with the script.
fn run(script: &Script) -> Run {
    let text = script.to_string();
    let (_, scenario) = Scenario::read(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let run = Run::of(scenario);
    assert_eq!(run.notes(), [], "{text}");
    run
}

/// Which checks a run violates, and when.
fn red(run: &Run) -> Vec<(&'static str, Time)> {
    let verdicts = check(run.trace());
    let violated = verdicts.iter().filter_map(|verdict| Some((verdict.check.name, verdict.violation.as_ref()?)));
    violated.map(|(name, violation)| (name, run.trace().event(violation.event).time)).collect()
}

/// Without a rule, this check is violated after so many moves, and the counterexample plays and ends there. Returns its run.
fn breaks(search: &Schedules, rule: &str, (name, moves): (&str, usize)) -> Run {
    assert_eq!(search.ending(), Ending::Violated, "without {rule}");
    let found = search.found().iter().find(|found| found.check.name == name);
    let found = found.unwrap_or_else(|| panic!("without {rule}: {:?}", search.found()));
    assert_eq!(found.moves, moves, "without {rule}");
    let run = run(&search.script(found));
    assert!(red(&run).contains(&(name, run.trace().end())), "without {rule}: {:?}", red(&run));
    run
}

#[test]
fn two_proposers_of_three_are_safe_whatever_crashes() {
    for (options, states, transitions, depth) in [(crashes(0), 3_321, 8_995, 15), (crashes(1), 19_393, 61_880, 17)] {
        let search = search(TWO, options);
        assert_eq!(search.ending(), Ending::Exhausted);
        assert_eq!((search.states(), search.transitions(), search.depth()), (states, transitions, depth));
    }
}

/// A rule of the lab, the rest of the script, how many crashes and duplicates the violation takes, the check that is
/// violated first and after how many moves, and after how many moves agreement is.
type Lab = (&'static str, &'static str, [u8; 2], &'static str, usize, Option<usize>);

const LAB: &[Lab] = &[
    ("promise", TWO, [0, 0], "promise", 5, Some(10)),
    ("max-vote", TWO, [0, 0], "B3", 6, Some(10)),
    (
        "highest",
        "nodes A B C\nat 0 propose A red\nat 0 propose B blue\nat 0 propose A red\n",
        [0, 0],
        "B3",
        9,
        Some(13),
    ),
    ("majority", "nodes A B C D\nat 0 propose A red\nat 0 propose B blue\n", [0, 0], "B2", 6, Some(10)),
    ("unique-ballots", TWO, [0, 0], "promise", 5, Some(10)),
    ("memory", TWO, [1, 0], "monotone", 5, Some(12)),
    (
        "one-ballot",
        "protocol broadcast\nnodes A B C\nat 0 propose A red\nat 1 leader C\n",
        [0, 0],
        "learned-only-if-chosen",
        7,
        None,
    ),
    (
        "in-order",
        "protocol multi\nservice bank\nnodes A B C\nat 0 propose A \"open ann 1\"\nat 0 propose A \"open bob 1\"\n",
        [0, 0],
        "prefix",
        6,
        None,
    ),
    ("once", "protocol multi\nnodes A B C\nat 0 propose C red\n", [0, 1], "at-most-once", 10, None),
    ("fast-quorum", FAST_THREE, [0, 0], "B2", 6, Some(11)),
    ("vote-once", FAST_TWO, [0, 0], "vote-once", 5, Some(9)),
    ("unique-ballots", "protocol fast\nnodes A B\nleader A B\nat 0 propose A red\n", [0, 0], "B1", 4, None),
    ("promise", FAST_LED, [0, 0], "promise", 8, None),
    ("memory", FAST_LED, [1, 0], "promise", 5, None),
    (
        "one-ballot",
        "protocol fast\nnodes A B C\nat 0 propose A red\nat 1 leader C\n",
        [0, 0],
        "learned-only-if-chosen",
        7,
        None,
    ),
];

const FAST_TWO: &str = "protocol fast\nnodes A B\nat 0 propose A red\nat 0 propose B blue\n";
const FAST_THREE: &str = "protocol fast\nnodes A B C\nat 0 propose A red\nat 0 propose B blue\n";
const FAST_LED: &str = "protocol fast\nnodes A B\nat 0 propose A red\nat 0 propose B blue\nat 1 leader B\n";

/// The table of docs/explore.md: two acceptors and two wishes, under each recovery. The larger searches run in release.
#[test]
fn fast_paxos_is_safe_whatever_its_recovery() {
    let table = [
        ("coordinated", [189, 6_980, 186_505, 396_312]),
        ("restart", [229, 8_490, 225_329, 468_912]),
        ("uncoordinated", [159, 6_026, 161_501, 342_936]),
    ];
    for (recovery, states) in table {
        let early = Options { timeouts: 1, ..Options::default() };
        let cases = [(FAST_TWO, crashes(0)), (FAST_TWO, crashes(1)), (FAST_LED, early), (FAST_LED, crashes(1))];
        let count = if cfg!(debug_assertions) { 2 } else { 4 };
        for ((text, options), states) in cases.into_iter().zip(states).take(count) {
            let search = search(&format!("option recovery {recovery}\n{text}"), options);
            assert_eq!((search.ending(), search.states()), (Ending::Exhausted, states), "{recovery}: {text}");
        }
    }
    for (losses, states) in [(0, 733), (1, 3_661)] {
        let text = "protocol fast\nnodes A B C\nat 0 propose A red\n";
        let search = search(text, Options { losses, ..Options::default() });
        assert_eq!((search.ending(), search.states()), (Ending::Exhausted, states), "{losses} losses");
    }
}

/// The second table there: a ledger of fast instances.
#[test]
fn a_ledger_of_fast_instances_is_safe() {
    let of_two = "nodes A B\nat 0 propose A red\nat 0 propose B blue\n";
    let cases = [
        ("option recovery coordinated", of_two, 2_249),
        ("option recovery restart", of_two, 2_954),
        ("option recovery uncoordinated", of_two, 1_341),
        ("", "nodes A B C\nat 0 propose A red\n", 1_530),
        ("", "nodes A B\nat 0 propose A red\nat 1 leader B\n", 641),
    ];
    for (option, text, states) in cases {
        let search = search(&format!("protocol fast-log\n{option}\n{text}"), Options::default());
        assert_eq!((search.ending(), search.states()), (Ending::Exhausted, states), "{option}: {text}");
    }
}

#[test]
fn without_each_rule_the_shortest_counterexample_is_found_and_plays() {
    for (rule, text, [crashes, duplicates], name, moves, agreement) in LAB {
        let text = format!("without {rule}\n{text}");
        let options = Options { crashes: *crashes, duplicates: *duplicates, ..Options::default() };
        let assert_found = |options: Options, name: &str, moves: usize| {
            let run = breaks(&search(&text, options), rule, (name, moves));
            assert_eq!(run.scenario().until, Some(run.trace().end()), "the last move breaks it");
        };
        assert_found(options, name, *moves);
        if let Some(moves) = agreement {
            let check = CHECKS.iter().copied().find(|check| check.name == "agreement");
            assert_found(Options { check, ..options }, "agreement", *moves);
        }
    }
}

/// What a search reports, without its inner parts.
fn said(search: &Schedules) -> (Ending, usize, u64, usize, Vec<String>) {
    let found = search.found().iter().map(|found| search.script(found).to_string()).collect();
    (search.ending(), search.states(), search.transitions(), search.depth(), found)
}

#[test]
fn neither_threads_nor_slices_change_what_is_found() {
    let highest = format!("without highest\n{TWO}at 0 propose A red\n");
    let cases = [
        (TWO, Options { states_max: 10_000, ..crashes(1) }),
        (TWO, Options { depth_max: 9, ..crashes(1) }),
        (&highest, Options { goes_on: false, ..crashes(0) }),
        ("nodes A B C D\nat 0 propose A red\nat 0 propose B blue\n", Options { states_max: 20_000, ..crashes(0) }),
        ("without memory\nnodes A B C\nat 0 propose A red\n", Options { goes_on: true, ..crashes(1) }),
    ];
    for (text, options) in cases {
        let one = said(&search(text, options));
        for threads in [2, 3, 7] {
            assert_eq!(said(&search(text, Options { threads, ..options })), one, "{threads} threads: {text}");
        }
        let mut sliced = open(text, options);
        while !sliced.go_on(777) {}
        assert_eq!(said(&sliced), one, "in slices: {text}");
    }
}

#[test]
fn no_more_states_are_met_than_are_allowed_and_no_fewer() {
    let large = "nodes 128\nat 0 propose A red\nat 0 propose B blue\n";
    for (text, all) in [(TWO, 3_321), (large, usize::MAX)] {
        for states_max in [1, 2, 100, 1_000, 3_001, 3_320, 3_321, 3_322] {
            if all == usize::MAX && states_max > 3_001 {
                continue;
            }
            let options = Options { states_max, ..crashes(0) };
            let one = said(&search(text, options));
            let ending = if states_max < all { Ending::TooManyStates } else { Ending::Exhausted };
            assert_eq!((one.0, one.1), (ending, states_max.min(all)), "{text}");
            assert_eq!(said(&search(text, Options { threads: 2, ..options })), one, "{text}");
            let mut sliced = open(text, options);
            while !sliced.go_on(1 + states_max / 7) {}
            assert_eq!(said(&sliced), one, "{text}");
        }
    }
}

#[test]
fn a_search_without_memory_says_so_and_keeps_what_it_found() {
    let memory_max = 12 << 20;
    let text = "protocol multi\nnodes A B C\nat 0 propose A red\nat 0 propose B blue\nat 1 leader B\n";
    for threads in [1, 2] {
        let mut search = search(text, Options { memory_max, threads, ..crashes(1) });
        assert_eq!(search.ending(), Ending::TooMuchMemory);
        assert!(search.states() > 1000 && search.waiting() > 0 && search.memory() <= memory_max);
        let states = search.states();
        assert!(search.go_on(1) && search.states() == states);
    }
    let (_, scenario) = Scenario::read(&format!("paxos-playground 1\n{text}")).expect("a good script");
    let refused = Schedules::new(scenario, Options { memory_max: 8 << 20, ..crashes(1) }).expect_err("too little");
    assert_eq!(refused, "its start alone takes more than 8 MB");
}

#[test]
fn a_violation_that_was_found_before_the_memory_was_used_up_is_told() {
    // The search looks at every schedule of this cluster after the violation.
    let text = "without promise\nprotocol multi\nnodes A B C\nat 0 propose A red\nat 0 propose B blue\nat 1 leader B\n";
    let options = Options { goes_on: true, memory_max: 24 << 20, ..crashes(1) };
    let search = search(text, options);
    assert_eq!(search.ending(), Ending::Violated);
    assert!(search.waiting() > 0 && search.states() < options.states_max, "the memory ended it");
    let found = &search.found()[0];
    assert!(red(&run(&search.script(found))).iter().any(|(name, _)| *name == found.check.name));
}

#[test]
fn a_search_that_is_not_exhausted_says_so() {
    let few = search(TWO, Options { states_max: 1000, ..crashes(0) });
    assert_eq!(few.ending(), Ending::TooManyStates);
    assert!(few.states() == 1000 && few.waiting() > 0 && few.found().is_empty());
    let flat = search(TWO, Options { depth_max: 5, ..crashes(0) });
    assert_eq!((flat.ending(), flat.depth()), (Ending::TooDeep, 5));
}

#[test]
fn early_timeouts_break_nothing_and_are_played() {
    let text = "protocol complete\nnodes A B C\nat 0 propose A red\n";
    let options = Options { timeouts: 1, ..crashes(0) };
    let safe = search(text, options);
    assert_eq!(safe.ending(), Ending::Exhausted);
    assert!(safe.states() > search(text, crashes(0)).states());
    let broken = search(&format!("without max-vote\n{text}at 0 propose B blue\nat 1 leader B\n"), options);
    assert_eq!(broken.ending(), Ending::Violated);
}

#[test]
fn lines_that_are_not_played_are_noted() {
    let text = format!("{TWO}at 1 crash A\nat 2 partition A | B\ndrop Voted A->B #1\nat 3 restart A empty\n");
    let search = open(&text, crashes(0));
    let lines: Vec<_> = search.notes().iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [5, 6, 7, 8]);
    assert!(search.notes()[3].1.contains("disks are as they were"), "{:?}", search.notes());
    for chance in ["loss 5%", "loss A->B 5%", "duplicates 5%", "duplicates B->A 5%"] {
        let notes = open(&format!("{TWO}{chance}\n"), crashes(0)).notes().to_vec();
        assert!(notes.len() == 1 && notes[0].0 == 0 && notes[0].1.contains("losses and copies"), "{chance}: {notes:?}");
    }
    let ports = open(&format!("{TWO}size 30kB\nbandwidth 1kB/Δ\n"), crashes(0));
    assert_eq!(ports.notes().len(), 1);
    assert!(ports.notes()[0].1.contains("ports only make messages late"), "{:?}", ports.notes());
    assert_eq!(open(&format!("{TWO}loss A->B 0%\ndelay A->B 0.5Δ\ndelta 100ms\n"), crashes(0)).notes(), []);
}

/// One node that forgets is enough, and the script that shows it says which node forgets, and how long Δ is.
#[test]
fn a_counterexample_says_who_forgets_and_how_long_delta_is() {
    let search = search(&format!("without memory C\ndelta 100ms\n{TWO}"), crashes(1));
    assert_eq!(search.ending(), Ending::Violated);
    let text = search.script(&search.found()[0]).to_string();
    assert!(text.contains("without   memory C\n") && text.contains("delta     100ms\n"), "{text}");
    assert!(text.contains(" crash C\n") && text.contains(" restart C\n"), "{text}");
}

#[test]
fn what_one_check_asks_is_found_under_its_own_protocol_only() {
    let check = CHECKS.iter().copied().find(|check| check.name == "prefix");
    let (_, scenario) = Scenario::read(&format!("paxos-playground 1\n{TWO}")).expect("a good script");
    let refused = Schedules::new(scenario, Options { check, ..Options::default() }).expect_err("no ledger");
    assert_eq!(refused, "the check prefix has no meaning under the basic protocol");
}

/// Clusters for random walks: every protocol, some without a rule.
const WALKS: &[&str] = &[
    TWO,
    "nodes A B C D\noption guard ge\noption phase-2 quorum\nat 0 propose A red\nat 1 propose B blue\nat 2 propose A red\n",
    "without promise\nnodes A B C\nat 0 propose A red\nat 0 propose B blue\nat 0 propose C green\n",
    "without unique-ballots\nnodes A B C\nat 0 propose A red\nat 0 propose B blue\n",
    "without memory\nnodes A B C\nat 0 propose A red\nat 0 propose B blue\nat 0 propose C red\n",
    "without memory B C\nnodes A B C\nat 0 propose A red\nat 0 propose B blue\nat 0 propose C red\n",
    "protocol preliminary\nwithout memory B\nnodes A B C\nat 0 propose A red\nat 0 propose B blue\n",
    "protocol multi\nwithout memory A\nnodes A B C\nleader B\nat 0 propose A red\nat 0 propose B blue\nat 1 leader A\n",
    "without highest\nnodes A B C\nat 0 propose A red\nat 0 propose B blue\nat 0 inject NextBallot C->B 5.C\n",
    "protocol preliminary\nwithout promise\nnodes A B C\nat 0 propose A red\nat 0 propose B blue\nat 0 propose A red\n",
    "protocol preliminary\nwithout memory\nnodes A B C\nat 0 propose A red\nat 0 propose B blue\n",
    "protocol complete\nnodes A B C\nat 0 propose A red\nat 0 propose B blue\nat 1 leader B\nat 2 leader none\nat 3 leader A\n",
    "protocol complete\noption election heartbeat\nnodes A B C\nat 0 propose A red\nat 0 propose C blue\n",
    "protocol multi\nservice kv\nnodes A B C\nat 0 propose A \"put x 1\"\nat 0 propose B \"add x 1\"\nat 1 leader B\n",
    "protocol multi\nwithout in-order\nservice bank\nnodes A B C\nat 0 propose A \"open ann 1\"\nat 0 propose A \"open bob 1\"\n",
    "protocol multi\nwithout memory\nnodes A B C\nleader B\nat 0 propose A red\nat 0 propose B blue\nat 1 leader A\n",
    "protocol broadcast\nwithout one-ballot\nnodes A B C\nat 0 propose A red\nat 1 leader C\nat 1 propose C blue\n",
    "protocol fast\nnodes A B C\nat 0 propose A red\nat 0 propose B blue\nat 1 leader C\n",
    "protocol fast\noption recovery uncoordinated\nwithout vote-once\nnodes A B C\nat 0 propose A red\nat 0 propose B blue\n",
    "protocol fast\noption recovery restart\nwithout memory\nnodes A B C\nat 0 propose A red\nat 0 propose C blue\n",
    "protocol generalized\nservice kv\nnodes A B C\nat 0 propose A \"get x\"\nat 0 propose B \"put x 1\"\nat 1 leader C\n",
    "protocol generalized\nservice kv\nwithout last-vote\nnodes A B C\nat 0 propose A \"get x\"\nat 0 propose B \"put y 1\"\n",
    "protocol pbft\nnodes A B C D\nliars A\nat 0 propose A red\nat 0 propose B blue\n",
    "protocol pbft\nnodes A B C D X\nclients X\nliars A D\nwithout equal-replies\nat 0 propose X red\nat 0 propose X blue\n",
];

/// Clusters in which some nodes are alike, small enough to be searched in both ways.
const ALIKE: &[(&str, u8, u8)] = &[
    ("nodes A B C\nat 0 propose A red\n", 1, 1),
    ("nodes A B C D\nat 0 propose A red\n", 1, 0),
    ("nodes A B C D E\nat 0 propose C red\n", 0, 0),
    ("without majority\nnodes A B C D\nat 0 propose A red\nat 0 propose B blue\n", 0, 0),
    ("without memory\nnodes A B C\nat 0 propose A red\nat 0 propose A blue\n", 1, 0),
    ("without memory D\nnodes A B C D\nat 0 propose A red\n", 1, 0),
    ("without unique-ballots\nnodes A B C D\nat 0 propose C red\nat 0 propose D blue\n", 0, 0),
    ("protocol preliminary\nnodes A B C\nat 0 propose A red\nat 0 propose A blue\n", 0, 0),
    ("protocol preliminary\nnodes A B C D\nat 0 propose B red\n", 1, 0),
    ("protocol basic\nnodes A B D E X\nacceptors A B\nlearners D E\nclients X\nat 0 propose X red\n", 0, 0),
    ("protocol fast\nnodes A B C\nat 0 propose A red\n", 0, 1),
    ("protocol fast\noption recovery uncoordinated\nnodes A B C\nat 0 propose A red\n", 0, 0),
    ("protocol generalized\nnodes A B C\nat 0 propose A red\n", 0, 0),
];

#[test]
fn what_differs_only_by_names_is_met_once_and_nothing_is_missed() {
    for (text, crashes, losses) in ALIKE {
        let options = Options { crashes: *crashes, losses: *losses, ..Options::default() };
        let (few, all) = (search(text, options), search(text, Options { symmetry: false, ..options }));
        assert!(few.alike().len() > 1 && few.states() < all.states(), "{text}");
        assert_eq!(few.states_in_all(), all.states() as u64, "{text}");
        assert_eq!((few.ending(), few.depth()), (all.ending(), all.depth()), "{text}");
        let found = |search: &Schedules| -> Vec<_> {
            search.found().iter().map(|found| (found.check.name, found.moves)).collect()
        };
        assert_eq!(found(&few), found(&all), "{text}");
        for found in few.found() {
            assert!(red(&run(&few.script(found))).iter().any(|(name, _)| *name == found.check.name), "{text}");
        }
    }
}

#[test]
fn nodes_that_a_line_names_are_not_alike() {
    let alike = |text: &str| open(text, crashes(0)).alike().to_vec();
    assert_eq!(alike("nodes A B C D\nat 0 propose B red\n"), [0, 2, 3].map(NodeId));
    assert_eq!(alike("nodes A B C D\nat 0 propose B red\nat 0 inject NextBallot A->B 5.A\n"), [2, 3].map(NodeId));
    assert_eq!(alike("nodes A B C\nat 0 propose B red\nat 0 propose A red\n"), []);
    assert_eq!(alike("without memory C\nnodes A B C D\nat 0 propose B red\n"), [0, 3].map(NodeId));
    assert_eq!(alike("protocol multi\nnodes A B C D\nat 0 propose B red\n"), [], "names decide there");
    assert_eq!(alike("nodes A B C D\nquorum 3 2\nat 0 propose B red\n"), [0, 2, 3].map(NodeId));
    let weights = "quorum weights A=1 B=1 C=1 D=2 need 3";
    assert_eq!(
        alike(&format!("nodes A B C D\n{weights}\nat 0 propose B red\n")),
        [],
        "a quorum is not any two of them"
    );
    assert_eq!(alike("protocol fast\nnodes A B C D\nat 0 propose B red\n"), [2, 3].map(NodeId), "A leads");
    let leads = "protocol fast\nnodes A B C D E\nat 0 propose B red\nat 1 leader C\n";
    assert_eq!(alike(leads), [3, 4].map(NodeId), "A and C lead");
}

/// A worker that knows all that the search has met.
fn worker(search: &Schedules) -> Worker {
    let automaton = lock(&search.automaton);
    let mut worker = Worker::new(&automaton, &search.memory);
    worker.catch_up(&automaton).expect("there is memory");
    worker
}

/// The contents of stable storage, with the texts of values.
fn cells((storage, scenario): (&Storage, &Arc<Scenario>)) -> Vec<(Field, Instance, Option<Ballot>, Option<String>)> {
    let cell = |(field, instance, cell): (_, _, Cell)| {
        (field, instance, cell.ballot, cell.value.map(|value| scenario.symbols.value(value).into_owned()))
    };
    storage.cells().map(cell).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    /// Any moves in a row, run as a script, lead the nodes to the states that the search computed, and the judge of the
    /// run says what the search says; a move that breaks a check in the search breaks it in the run too.
    #[test]
    fn any_schedule_plays_as_the_search_made_it(which in 0..WALKS.len(), choices in vec(any::<u16>(), 1..28)) {
        let lies = if WALKS[which].contains("liars") { 3 } else { 0 };
        let options = Options { crashes: 1, losses: 1, duplicates: 1, timeouts: 2, lies, ..Options::default() };
        let search = open(WALKS[which], options);
        let mut worker = worker(&search);
        let (mut print, mut state) = search.first.clone();
        let mut moves = Vec::new();
        for choice in choices {
            let mut codes = worker.moves(&search.automaton, &View(&search.shards, &search.claims), print, &state);
            codes.sort_by_key(|(_, order, _)| *order);
            if let Some((.., broken, code)) = worker.breaches.first().filter(|_| choice % 3 == 0 || codes.is_empty()) {
                let mut moves = moves.clone();
                moves.extend(search.meaning(&worker, *code, &state));
                let run = run(&replay::script(&search.scenario, "a walk", "and its end", &moves));
                let names: Vec<_> = red(&run).into_iter().map(|(name, time)| {
                    assert_eq!(time, run.scenario().until.expect("said"));
                    name
                }).collect();
                let expected = CHECKS.iter().enumerate().filter(|(place, _)| broken >> place & 1 == 1);
                let expected: Vec<_> = expected.map(|(_, check)| check.name).collect();
                prop_assert_eq!(names, expected);
            }
            if codes.is_empty() {
                break;
            }
            let (next, _, code) = codes[usize::from(choice) % codes.len()];
            moves.extend(search.meaning(&worker, code, &state));
            (print, state) = (next, worker.state(next, code));
        }
        let run = run(&replay::script(&search.scenario, "a walk", "and its end", &moves));
        prop_assert_eq!(red(&run), vec![]);
        let automaton = lock(&search.automaton);
        for node in NodeId::all(search.scenario.nodes()) {
            let process = automaton.processes.get(state[node.index()]);
            let world = run.last();
            // The handles of values are numbered in the order in which scripts mention them.
            let [this, that] = [(process.storage(), &search.scenario), (world.storage(node), run.scenario())].map(cells);
            prop_assert_eq!(this, that);
            prop_assert_eq!(process.is_up(), world.is_up(node));
            prop_assert_eq!(process.slip(), world.slip(node));
            prop_assert_eq!(process.replica().entries(), world.replica(node).entries());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Renaming nodes before a move and renaming them after it come to the same: for the nodes, for the sent messages,
    /// and for the memory of the checks.
    #[test]
    fn renaming_and_stepping_commute(which in 0..ALIKE.len(), choices in vec(any::<u16>(), 1..24)) {
        let (text, crashes, losses) = ALIKE[which];
        let search = open(text, Options { crashes, losses, duplicates: 1, ..Options::default() });
        let names = Arc::clone(&lock(&search.automaton).names);
        let mut worker = worker(&search);
        let (mut print, mut state) = search.first.clone();
        for choice in choices {
            let mut codes = worker.moves(&search.automaton, &View(&search.shards, &search.claims), print, &state);
            codes.sort_by_key(|(_, order, _)| *order);
            let breaches = worker.breaches.len();
            for names in &names[1..] {
                let renamed = rename(&search, &state, names);
                let mut others = worker.moves(&search.automaton, &View(&search.shards, &search.claims), print, &renamed);
                let after = |codes: &[(u64, u64, Code)]| {
                    let mut after: Vec<_> = codes.iter().map(|(after, ..)| *after).collect();
                    after.sort_unstable();
                    after
                };
                others.sort_by_key(|(_, order, _)| *order);
                prop_assert_eq!(after(&codes), after(&others));
                prop_assert_eq!(worker.breaches.len(), breaches);
            }
            worker.moves(&search.automaton, &View(&search.shards, &search.claims), print, &state);
            if codes.is_empty() {
                break;
            }
            let (next, _, code) = codes[usize::from(choice) % codes.len()];
            (print, state) = (next, worker.state(next, code));
        }
    }
}

/// The same state under other names of the nodes, made from its parts.
fn rename(search: &Schedules, state: &[u32], names: &Renaming) -> Vec<u32> {
    let mut automaton = lock(&search.automaton);
    let layout = search.workers[0].layout;
    let mut renamed = state.to_vec();
    for node in NodeId::all(search.scenario.nodes()) {
        let process = automaton.processes.get(state[node.index()]).renamed(names).expect("it can be");
        renamed[names.of(node).index()] = automaton.number_process(process).expect("there is memory");
    }
    let judge = automaton.history(state[layout.history()]).renamed(names);
    renamed[layout.history()] = automaton.number_history(&judge).expect("there is memory");
    for place in layout.flights()..state.len() {
        let flight = automaton.flights.get(state[place]).renamed(names);
        renamed[place] = automaton.number_flight(flight).expect("there is memory");
    }
    drop(automaton);
    worker(search).sort(&mut renamed[layout.flights()..]);
    renamed
}

/// A scenario, and everything said in its runs.
type Said = (Arc<Scenario>, Vec<What>);

/// Everything that is said in the first layers of a search, and the learned decrees once more at other places of the
/// ledger.
fn sayings(text: &str) -> Said {
    let options = Options { states_max: 3_000, goes_on: true, ..crashes(1) };
    let search = search(text, options);
    let automaton = lock(&search.automaton);
    let mut all: Vec<What> = automaton.sayings.from(0).flatten().cloned().collect();
    for place in 0..all.len() {
        if let What::Stated(node, Fact::Learned(instance, vote)) = all[place] {
            all.push(What::Stated(node, Fact::Learned(Instance(3 - instance.0.min(2)), vote)));
        }
    }
    (Arc::clone(&search.scenario), all)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(800))]

    /// If two judges remember the same, they judge everything that can come next alike, whatever they have heard. So it
    /// does not matter by which way a search reached a state.
    #[test]
    fn judges_that_remember_the_same_judge_alike(
        which in 0..WALKS.len(),
        check in 0..CHECKS.len(),
        heard in vec(any::<prop::sample::Index>(), 1..7),
        orders in vec((vec(any::<prop::sample::Index>(), 0..4), option::weighted(0.3, any::<prop::sample::Index>())), 24),
    ) {
        thread_local!(static KNOWN: std::cell::RefCell<Vec<Option<Said>>> =
            const { std::cell::RefCell::new(Vec::new()) });
        let (scenario, all) = KNOWN.with_borrow_mut(|known| {
            known.resize(WALKS.len(), None);
            known[which].get_or_insert_with(|| sayings(WALKS[which])).clone()
        });
        let digest = |judge: &Judge| crate::explore::table::content_hash(|hasher| judge.digest(hasher));
        let mut places: Vec<_> = heard.iter().map(|index| index.index(all.len())).collect();
        places.sort_unstable();
        let mut known: Vec<(u64, Judge)> = Vec::new();
        for (swaps, other) in orders {
            let mut places = places.clone();
            if let Some(other) = other {
                places[0] = other.index(all.len());
            }
            for swap in swaps {
                let (one, other) = (swap.index(places.len()), (swap.index(places.len()) + 1) % places.len());
                places.swap(one, other);
            }
            // The judge asks one check at a time, so that no other check ends the run.
            let mut judge = Judge::of(&scenario).only(CHECKS[check]);
            if !places.iter().fold(true, |_, place| judge.hear_next(&scenario, &all[*place])) {
                continue;
            }
            let print = digest(&judge);
            if let Some((_, other)) = known.iter().find(|(known, _)| *known == print) {
                // The judges hear a part of everything, another part each time.
                for what in all.iter().skip(places[0] % 7).step_by(7) {
                    let (mut this, mut that) = (judge.clone(), other.clone());
                    let holds = this.hear_next(&scenario, what);
                    that.hear_next(&scenario, what);
                    prop_assert_eq!(broken(&this), broken(&that), "after {:?}", what);
                    prop_assert!(!holds || digest(&this) == digest(&that), "after {:?}", what);
                }
            } else {
                known.push((print, judge));
            }
        }
    }
}
