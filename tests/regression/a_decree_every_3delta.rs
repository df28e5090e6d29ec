//! A decree every 3Δ: a run of Paxos, and what it came to when this file was written.
//!
//! It belongs in the folder `tests` of a package that has `paxos-playground` among its dev-dependencies. Each
//! test can be taken out by itself: the last one fails when any event of the run changes.

use paxos_playground::report::regression::{Decided, Outcome};

const SCRIPT: &str = r#"paxos-playground 1
title     A decree every 3Δ
about     Phase 1 is over once and for all; then each command is BeginBallot, Voted, Success.
look      The leader knows 2Δ after each request, everybody after 3Δ, with 12 messages.
protocol  multi
nodes     5

at 3Δ     propose A "first"
at 7Δ     propose A "second"
at 11Δ    propose A "third"
"#;

fn outcome() -> Outcome {
    Outcome::of(SCRIPT).expect("the script is a scenario")
}

/// Latencies are in ticks, of which a Δ has a million: until the leader knew, and until everybody knew.
#[test]
fn the_same_is_decided_as_fast() {
    let decisions = outcome().decisions;
    assert_eq!(decisions.len(), 3);
    let expected = [
        Decided {
            instance: 1,
            value: "first",
            ballot: "1.A",
            from_client: (Some(2_000_000), Some(3_000_000)),
            from_begin: (Some(2_000_000), Some(3_000_000)),
        },
        Decided {
            instance: 2,
            value: "second",
            ballot: "1.A",
            from_client: (Some(2_000_000), Some(3_000_000)),
            from_begin: (Some(2_000_000), Some(3_000_000)),
        },
        Decided {
            instance: 3,
            value: "third",
            ballot: "1.A",
            from_client: (Some(2_000_000), Some(3_000_000)),
            from_begin: (Some(2_000_000), Some(3_000_000)),
        },
    ];
    assert_eq!(decisions[..expected.len()], expected);
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
        ("ordering", "holds"),
        ("prefix", "holds"),
        ("at-most-once", "holds"),
        ("state", "holds"),
        ("replies", "not applicable"),
    ];
    for (check, verdict) in verdicts {
        assert_eq!(outcome.verdict(check), Some(verdict), "{check}");
    }
}

#[test]
fn every_event_is_the_same() {
    assert_eq!(outcome().trace_hash, "08ff387b6d2ffcaf");
}
