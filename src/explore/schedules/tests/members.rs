//! Every schedule of small clusters whose members change (Cheap Paxos): safe with the rules on, and broken with each of
//! the rules about members off. A timer that runs out early is what makes a leader suspect a process that is alive.

use super::*;

const ONE: &str = "protocol cheap\nnodes A B X\nat 0 propose A red\n";
const TAKEN: &str = "protocol cheap\nnodes A B X\nat 0 propose A red\nat 0 leader B\n";
const TWICE: &str = "protocol cheap\noption alpha 3\nnodes A B X\nat 0 propose A red\nat 0 propose A blue\n";

/// The script, how many crashes and early timeouts there may be, and the numbers of states, moves and moves in a row.
const SAFE: &[(&str, [u8; 2], [usize; 3])] = &[
    (ONE, [0, 0], [9, 10, 6]),
    (ONE, [1, 0], [147, 239, 13]),
    (ONE, [0, 1], [94, 145, 11]),
    (ONE, [1, 1], [3_437, 6_298, 19]),
    (ONE, [0, 2], [7_824, 19_386, 20]),
    (TWICE, [0, 1], [3_350, 8_593, 21]),
    (TAKEN, [0, 1], [105_254, 323_456, 25]),
];

#[test]
fn members_that_change_are_safe_whatever_crashes_or_is_suspected() {
    for (text, [crashes, timeouts], [states, transitions, depth]) in SAFE {
        let search = search(text, Options { crashes: *crashes, timeouts: *timeouts, ..Options::default() });
        assert_eq!(search.ending(), Ending::Exhausted, "{text}");
        let met = (search.states(), search.transitions(), search.depth());
        assert_eq!(met, (*states, *transitions as u64, *depth), "{text} {crashes} {timeouts}");
    }
}

/// The rule, the other settings, the check that is violated first, and after how many moves.
const BROKEN: &[(&str, &str, &str, usize)] = &[
    ("whole-quorum", "at 0 propose B blue\n", "one-configuration", 2),
    ("change-decided", "at 0 propose B blue\n", "one-configuration", 6),
    ("mains-know", "option forget on\n", "forgotten-only-if-known", 7),
    ("closed", "option forget on\n", "promise", 11),
];

#[test]
fn without_each_rule_about_members_the_shortest_counterexample_is_found_and_plays() {
    for (rule, more, name, moves) in BROKEN {
        let text = format!("{TAKEN}without {rule}\n{more}");
        let search = search(&text, Options { timeouts: 2, ..Options::default() });
        breaks(&search, rule, (name, *moves));
    }
}
