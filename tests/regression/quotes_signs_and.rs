//! Quotes "# signs, and "##: a run of Paxos, and what it came to when this file was written.
//!
//! It belongs in the folder `tests` of a package that has `paxos-playground` among its dev-dependencies. Each
//! test can be taken out by itself: the last one fails when any event of the run changes.

use paxos_playground::report::regression::{Decided, Outcome};

const SCRIPT: &str = r####"paxos-playground 1
title     Quotes "# signs, and "##
about     "### \ \u{41}
nodes     A B C
at 0Δ     propose A "a \"# b\\ c"
"####;

fn outcome() -> Outcome {
    Outcome::of(SCRIPT).expect("the script is a scenario")
}

/// Latencies are in ticks, of which a Δ has a million: until the leader knew, and until everybody knew.
#[test]
fn the_same_is_decided_as_fast() {
    let decisions = outcome().decisions;
    assert_eq!(decisions.len(), 1);
    let expected = [
        Decided {
            instance: 1,
            value: "a \"# b\\ c",
            ballot: "1.A",
            from_client: (Some(4_000_000), Some(5_000_000)),
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
    assert_eq!(outcome().trace_hash, "5c7cce9d65c65ad0");
}
