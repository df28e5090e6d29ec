//! Every schedule of small clusters that agree on histories (Generalized Paxos): safe with the rules on, and broken with the
//! rules off, each with the shortest counterexample.

use super::*;

const CONFLICT: &str =
    "protocol generalized\nservice kv\nnodes A B\nat 0 propose A \"put x 1\"\nat 0 propose B \"get x\"\n";
const FREE: &str = "protocol generalized\nservice kv\nnodes A B\nat 0 propose A \"get x\"\nat 0 propose B \"get y\"\n";
const THREE: &str = "protocol generalized\nservice kv\nnodes A B C\nat 0 propose A \"put x 1\"\n";

/// The table of docs/explore.md. The searches with a crash run in release.
#[test]
fn histories_are_safe_in_every_schedule() {
    let restart = format!("option recovery restart\n{CONFLICT}");
    for (text, states) in [(CONFLICT, [1_414, 203_741]), (&restart, [1_580, 213_865]), (FREE, [738, 150_056])] {
        let count = if cfg!(debug_assertions) { 1 } else { 2 };
        for (crash, states) in (0..).zip(states).take(count) {
            let search = search(text, crashes(crash));
            assert_eq!((search.ending(), search.states()), (Ending::Exhausted, states), "{crash} crashes: {text}");
        }
    }
    let search = search(THREE, Options::default());
    assert_eq!((search.ending(), search.states()), (Ending::Exhausted, 4_405));
}

/// The rule, the script without it, how many crashes there may be, the check that is violated first, and after how many moves.
const BROKEN: &[(&str, &str, u8, &str, usize)] = &[
    ("conflicts", "service kv\nnodes A B\nat 0 propose A \"put x 1\"\nat 0 propose B \"put x 2\"\n", 0, "prefix", 9),
    (
        "grow",
        "service kv\noption ballots classic\nnodes A B\nat 0 propose A \"put x 1\"\nat 0 propose A \"put x 2\"\n",
        0,
        "grow",
        6,
    ),
    ("proposed", "service kv\nnodes A B\nat 0 propose A \"put x 1\"\n", 0, "validity", 3),
    ("fast-quorum", "nodes A B C\nat 0 propose A red\nat 0 propose B blue\n", 0, "B2", 8),
    ("one-ballot", "nodes A B C\nat 0 propose A red\nat 1 leader C\n", 0, "learned-only-if-chosen", 7),
    ("promise", "nodes A B\nat 0 propose A red\nat 0 propose B blue\nat 1 leader B\n", 0, "promise", 4),
    ("memory", "nodes A B\nat 0 propose A red\nat 0 propose B blue\nat 1 leader B\n", 1, "promise", 4),
    ("unique-ballots", "nodes A B\nleader A B\nat 0 propose A red\n", 0, "promise", 3),
];

#[test]
fn without_each_rule_of_histories_the_shortest_counterexample_is_found_and_plays() {
    for (rule, lines, crash, name, moves) in BROKEN {
        let search = search(&format!("protocol generalized\nwithout {rule}\n{lines}"), crashes(*crash));
        breaks(&search, rule, (name, *moves));
    }
}
