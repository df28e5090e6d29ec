//! Without promises: a run of Paxos, and what it came to when this file was written.
//!
//! It belongs in the folder `tests` of a package that has `paxos-playground` among its dev-dependencies. Each
//! test can be taken out by itself: the last one fails when any event of the run changes.

use paxos_playground::report::regression::{Decided, Outcome};

const SCRIPT: &str = r#"paxos-playground 1
title     Without promises
about     B promised 2.C when the BeginBallot of 1.A turns up, and votes in it all the same.
look      Both ballots pass. B3 turns red at B’s late vote: 2.C was begun as if 1.A could not happen.
protocol  basic
without   promise
nodes     A B C

at 0Δ     propose A "red"
at 2.5Δ   cut C->A
at 2.5Δ   propose C "blue"
delay     BeginBallot A->B #1 6Δ
delay     BeginBallot A->C #1 9Δ
"#;

fn outcome() -> Outcome {
    Outcome::of(SCRIPT).expect("the script is a scenario")
}

/// Latencies are in ticks, of which a Δ has a million: until the leader knew, and until everybody knew.
#[test]
fn the_same_is_decided_as_fast() {
    let decisions = outcome().decisions;
    assert_eq!(decisions.len(), 2);
    let expected = [
        Decided {
            instance: 1,
            value: "blue",
            ballot: "2.C",
            from_client: (Some(4_000_000), None),
            from_begin: (Some(2_000_000), None),
        },
        Decided {
            instance: 1,
            value: "red",
            ballot: "1.A",
            from_client: (Some(9_000_000), None),
            from_begin: (Some(7_000_000), None),
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
        ("B3", "violated"),
        ("agreement", "violated"),
        ("validity", "holds"),
        ("voted-only-if-begun", "holds"),
        ("certified", "not applicable"),
        ("vote-once", "not applicable"),
        ("grow", "not applicable"),
        ("learned-only-if-chosen", "holds"),
        ("gathered", "not applicable"),
        ("ids", "not applicable"),
        ("promise", "violated"),
        ("monotone", "violated"),
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
    assert_eq!(outcome().trace_hash, "ffa4026913427b58");
}
