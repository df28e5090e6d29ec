//! Duelling proposers, for ever: a run of Paxos, and what it came to when this file was written.
//!
//! It belongs in the folder `tests` of a package that has `paxos-playground` among its dev-dependencies. Each
//! test can be taken out by itself: the last one fails when any event of the run changes.

use paxos_playground::report::regression::Outcome;

const SCRIPT: &str = r#"paxos-playground 1
title     Duelling proposers, for ever
about     Whenever one has its promises, the other has just taken them away with a larger number.
look      Every check holds and nothing is decided. It can go on like this for ever: no rule of the protocol can exclude it (FLP).
protocol  basic
nodes     3
until     15Δ

at 0Δ     propose A "red"
at 1.5Δ   propose B "blue"
at 3Δ     propose A "red"
at 4.5Δ   propose B "blue"
at 6Δ     propose A "red"
at 7.5Δ   propose B "blue"
at 9Δ     propose A "red"
at 10.5Δ  propose B "blue"
at 12Δ    propose A "red"
at 13.5Δ  propose B "blue"
"#;

fn outcome() -> Outcome {
    Outcome::of(SCRIPT).expect("the script is a scenario")
}

/// Latencies are in ticks, of which a Δ has a million: until the leader knew, and until everybody knew.
#[test]
fn the_same_is_decided_as_fast() {
    assert_eq!(outcome().decisions.len(), 0);
}

#[test]
fn the_checks_say_the_same() {
    let outcome = outcome();
    let verdicts = [
        ("B1", "holds"),
        ("B2", "holds"),
        ("B3", "holds"),
        ("agreement", "holds"),
        ("validity", "holds"),
        ("voted-only-if-begun", "holds"),
        ("certified", "not applicable"),
        ("vote-once", "not applicable"),
        ("grow", "not applicable"),
        ("learned-only-if-chosen", "holds"),
        ("gathered", "not applicable"),
        ("ids", "not applicable"),
        ("promise", "holds"),
        ("monotone", "holds"),
        ("window", "not applicable"),
        ("stable", "not applicable"),
        ("one-configuration", "not applicable"),
        ("forgotten-only-if-known", "not applicable"),
        ("ordering", "not applicable"),
        ("prefix", "not applicable"),
        ("at-most-once", "not applicable"),
        ("state", "not applicable"),
        ("replies", "not applicable"),
    ];
    for (check, verdict) in verdicts {
        assert_eq!(outcome.verdict(check), Some(verdict), "{check}");
    }
}

#[test]
fn every_event_is_the_same() {
    assert_eq!(outcome().trace_hash, "e63cb3c61e819f77");
}
