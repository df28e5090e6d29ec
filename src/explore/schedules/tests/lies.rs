//! Searches with liars: PBFT with one liar and with two, the rules that lies need to be broken, and that making moves in blocks
//! misses nothing.

use std::collections::BTreeSet;

use super::*;

/// Four replicas. The first primary lies, and may say “blue” where it was asked for “red”.
const ONE: &str = "protocol pbft\nnodes A B C D\nliars A\nat 0 propose A red\nforge PrePrepare A->B #1 \"blue\"\n";
const TWO_LIARS: &str =
    "protocol pbft\nnodes A B C D\nliars A D\nat 0 propose A red\nforge PrePrepare A->B #1 \"blue\"\n";
const THREE: &str =
    "protocol pbft\ntolerate 1\nnodes A B C\nliars A\nat 0 propose A red\nforge PrePrepare A->B #1 \"blue\"\n";
const NO_LIAR: &str = "protocol pbft\nnodes A B C D\nat 0 propose A red\n";
const WITH_CLIENT: &str = "protocol pbft\nnodes A B C D X\nclients X\nliars A\nat 0 propose X red\n";
/// Six acceptors, of which the first leader lies, and two processes that only learn.
const FAB: &str = "protocol fab\nnodes A B C D E F G H\nacceptors A B C D E F\nlearners G H\nliars A\n\
                   at 0 propose A red\nforge Propose A->B #1 \"blue\"\n";

fn lies(lies: u8) -> Options {
    Options { lies, ..Options::default() }
}

fn early(timeouts: u8, lies: u8) -> Options {
    Options { timeouts, lies, ..Options::default() }
}

fn of_agreement(options: Options) -> Options {
    Options { check: CHECKS.iter().copied().find(|check| check.name == "agreement"), ..options }
}

/// The table of docs/explore.md. The larger searches run in release.
#[test]
fn one_liar_of_four_breaks_nothing() {
    let count = if cfg!(debug_assertions) { 2 } else { 5 };
    for (count, states) in [(1, 20_004), (3, 36_397), (2, 31_953), (4, 40_781), (5, 50_663)].into_iter().take(count) {
        let search = search(ONE, lies(count));
        assert_eq!((search.ending(), search.states()), (Ending::Exhausted, states), "{count} lies");
    }
    let silent = "protocol pbft\nnodes A B C D\nliars A\nat 0 propose A red\n";
    assert_eq!(search(silent, lies(0)).states(), 10_239);
}

#[test]
fn one_liar_of_six_breaks_nothing_in_the_first_ballot_of_fast_byzantine_paxos() {
    for (count, states) in [(1, 881), (2, 1_131), (3, 1_411)] {
        let search = search(FAB, lies(count));
        assert_eq!((search.ending(), search.states()), (Ending::Exhausted, states), "{count} lies");
    }
}

#[test]
fn two_liars_of_four_break_agreement_with_four_lies_and_not_with_three() {
    let three = search(TWO_LIARS, of_agreement(lies(3)));
    assert_eq!((three.ending(), three.states()), (Ending::Exhausted, 16_851));
    let four = search(TWO_LIARS, of_agreement(lies(4)));
    assert_eq!((four.ending(), four.states()), (Ending::Violated, 24_821));
    let found = four.found()[0];
    assert_eq!((found.moves, four.is_shortest(&found)), (13, true));
    let text = four.script(&found).to_string();
    let count = |keyword: &str| text.lines().filter(|line| line.contains(keyword)).count();
    assert!(text.contains("liars     A D\n") && count("forge ") + count(" inject ") == 4, "{text}");
    let run = run(&four.script(&found));
    assert_eq!(red(&run).iter().find(|(name, _)| *name == "agreement"), Some(&("agreement", run.trace().end())));
}

/// The table of docs/explore.md: a rule, the cluster, what the search may spend, the check that is violated first, and after how
/// many moves.
#[test]
fn without_each_rule_against_liars_the_shortest_counterexample_is_found_and_plays() {
    let window = format!("{ONE}at 0 inject PrePrepare A->B 1.A [9] \"blue\"\n");
    let cases: &[(&str, &str, Options, &str, usize)] = &[
        ("vote-once", ONE, lies(1), "vote-once", 3),
        ("large-quorum", ONE, lies(1), "B1", 3),
        ("more-than-thrice", THREE, lies(1), "B1", 3),
        ("backups-prepare", ONE, lies(1), "certified", 3),
        ("commit", NO_LIAR, lies(0), "learned-only-if-chosen", 4),
        ("promise", NO_LIAR, early(1, 0), "promise", 5),
        ("whole-view", ONE, early(1, 1), "B2", 7),
        ("equal-replies", WITH_CLIENT, lies(1), "replies", 11),
        ("window", &window, lies(0), "window", 1),
        ("vote-once", FAB, lies(1), "vote-once", 3),
    ];
    for (rule, text, options, name, moves) in cases {
        let search = search(&format!("without {rule}\n{text}"), *options);
        assert_eq!(search.ending(), Ending::Violated, "without {rule}");
        let names: Vec<_> = search.found().iter().map(|found| (found.check.name, found.moves)).collect();
        assert!(names.contains(&(name, *moves)), "without {rule}: {names:?}");
        let found = search.found().iter().find(|found| found.check.name == *name).expect("it is there");
        assert!(search.is_shortest(found), "without {rule}");
        let run = run(&search.script(found));
        assert!(red(&run).contains(&(*name, run.trace().end())), "without {rule}: {:?}", red(&run));
    }
}

/// What a search says of its end and of its shortest violations, and everything that the checks are told in it.
fn told(search: &Schedules) -> (Ending, Vec<(&'static str, usize)>, BTreeSet<String>) {
    let automaton = lock(&search.automaton);
    let told = automaton.sayings.from(0).map(|said| format!("{said:?}")).collect();
    (search.ending(), search.found().iter().map(|found| (found.check.name, found.moves)).collect(), told)
}

/// Clusters that are small enough to be searched move by move as well. Whatever the checks are told in any schedule they are
/// told in some schedule of blocks, and the shortest violations are as short.
#[test]
fn in_blocks_nothing_is_missed() {
    let cases = [
        ("protocol pbft\nnodes A B\nat 0 propose A red\n", early(2, 0)),
        ("protocol pbft\nnodes A B\nat 0 propose A red\n", crashes(1)),
        ("protocol pbft\nnodes A B\nat 0 propose B red\n", Options { losses: 1, duplicates: 1, ..crashes(0) }),
        ("protocol pbft\nnodes A B C\nliars A\nat 0 propose A red\nforge PrePrepare A->B #1 \"blue\"\n", lies(1)),
        ("protocol fab\nnodes A B\nat 0 propose A red\n", early(1, 0)),
        ("protocol fab\nnodes A B C\nliars A\nat 0 propose A red\nforge Propose A->B #1 \"blue\"\n", lies(1)),
    ];
    let mut between = 0;
    for (text, options) in cases {
        let options = Options { goes_on: true, states_max: 100_000, ..options };
        let (blocks, moves) = (search(text, options), search(text, Options { blocks: false, ..options }));
        assert!(blocks.states() < moves.states(), "{text}");
        assert!(matches!(moves.ending(), Ending::Exhausted | Ending::Violated), "{text}");
        assert_eq!(told(&blocks), told(&moves), "{text}");
        // Where a process has too many sets of moves in a state, its moves are made one by one there.
        let mut mixed = open(text, options);
        mixed.workers.iter_mut().for_each(|worker| worker.quiet_max = 1);
        mixed.go_on(usize::MAX);
        let states = [&blocks, &mixed, &moves].map(Schedules::states);
        assert!(states.is_sorted(), "{states:?}: {text}");
        between += usize::from(states[0] < states[1] && states[1] < states[2]);
        assert_eq!(told(&mixed), told(&moves), "{text}");
    }
    assert!(between > 0, "some cases have states with more sets");
}

/// A liar has sent 24 messages of which their receiver says nothing: they have 16 million sets.
#[test]
fn a_state_does_not_take_for_ever_however_many_messages_nobody_notices() {
    let says = |place| {
        format!("at 0 inject Prepare D->B 1.A [{place}] \"red\"\nat 0 inject Commit D->B 1.A [{place}] \"red\"\n")
    };
    let injected: String = (1..=12).map(says).collect();
    let text = format!("protocol pbft\nnodes A B C D\nliars D\nat 0 propose A red\n{injected}");
    let mut search = open(&text, Options::default());
    search.go_on(1);
    assert!(search.states() > 24 && search.transitions() < 100, "{} states", search.states());
}

#[test]
fn neither_threads_nor_slices_change_what_is_found_with_lies() {
    for (text, options) in [
        (ONE, Options { states_max: 6_000, ..early(1, 2) }),
        (TWO_LIARS, lies(4)),
        (TWO_LIARS, Options { depth_max: 7, ..of_agreement(lies(4)) }),
    ] {
        let one = said(&search(text, options));
        for threads in [2, 3] {
            assert_eq!(said(&search(text, Options { threads, ..options })), one, "{threads} threads: {text}");
        }
        let mut sliced = open(text, options);
        while !sliced.go_on(333) {}
        assert_eq!(said(&sliced), one, "in slices: {text}");
    }
}

/// A liar can name only what somebody has asked for, or what a line of the script lets it make up.
#[test]
fn no_liar_makes_up_values() {
    let text = "protocol pbft\nwithout vote-once\nnodes A B C D\nliars A\nat 0 propose A red\n";
    assert_eq!(search(text, lies(1)).ending(), Ending::Exhausted);
    let with_value = format!("{text}forge PrePrepare A->B #1 \"blue\"\n");
    assert_eq!(search(&with_value, lies(1)).ending(), Ending::Violated);
}

#[test]
fn a_search_that_has_no_liars_spends_no_lies() {
    for text in [NO_LIAR, TWO] {
        let (_, scenario) = Scenario::read(&format!("paxos-playground 1\n{text}")).expect("a good script");
        let refused = Schedules::new(scenario, lies(1)).expect_err("nobody lies");
        assert!(refused.starts_with("nobody lies; "), "{refused}");
    }
    let notes = open(ONE, lies(1)).notes().to_vec();
    assert_eq!(notes.len(), 1, "{notes:?}");
    assert!(notes[0].1.contains("lies are those that the search may spend"), "{notes:?}");
}
