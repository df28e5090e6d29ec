//! Every schedule of small rings: safe with the rules on, and broken with each of the rules of Ring Paxos off. The numbers stand
//! in docs/protocols/ring.md.

use super::*;

/// The script, how many losses, crashes and early timeouts there may be, and the numbers of states, moves and moves in a row.
const SAFE: &[(&str, [u8; 3], [usize; 3])] = &[
    ("m-ring", [0, 0, 0], [190, 442, 11]),
    ("m-ring", [1, 0, 0], [530, 1_464, 12]),
    ("m-ring", [0, 0, 1], [39_862, 157_394, 19]),
    ("u-ring", [0, 0, 0], [21, 36, 8]),
    ("u-ring", [1, 0, 0], [48, 91, 8]),
    ("u-ring", [0, 0, 1], [630, 1_557, 16]),
    ("u-ring", [0, 1, 0], [4_403, 14_828, 21]),
    ("u-ring", [0, 0, 2], [29_241, 95_111, 24]),
];

#[test]
fn a_ring_is_safe_whatever_is_lost_or_crashes_or_is_suspected() {
    for (protocol, [losses, crashes, timeouts], [states, transitions, depth]) in SAFE {
        let text = format!("protocol {protocol}\nnodes 3\nat 0 propose A red\n");
        let (losses, crashes, timeouts) = (*losses, *crashes, *timeouts);
        let search = search(&text, Options { losses, crashes, timeouts, drops: false, ..Options::default() });
        assert_eq!(search.ending(), Ending::Exhausted, "{text}");
        let met = (search.states(), search.transitions(), search.depth());
        assert_eq!(met, (*states, *transitions as u64, *depth), "{text} {losses} {crashes} {timeouts}");
    }
}

/// The rule, the protocol, the number of nodes, what else is asked for, how many timers may run out early, the check that is
/// violated first, and after how many moves.
const BROKEN: &[(&str, &str, u8, &str, u8, &str, usize)] = &[
    ("own-vote", "m-ring", 5, "", 0, "gathered", 7),
    ("own-vote", "u-ring", 3, "at 0 propose A blue\n", 1, "learned-only-if-chosen", 8),
    ("fresh-ids", "m-ring", 3, "at 0 propose A blue\n", 1, "ids", 9),
    ("fresh-ids", "u-ring", 3, "at 0 propose A blue\n", 1, "ids", 14),
    ("ask-first", "m-ring", 3, "", 0, "agreement", 6),
];

#[test]
fn without_each_rule_about_rings_the_shortest_counterexample_is_found_and_plays() {
    for (rule, protocol, nodes, more, timeouts, name, moves) in BROKEN {
        let text = format!("protocol {protocol}\nnodes {nodes}\nwithout {rule}\nat 0 propose A red\n{more}");
        let search = search(&text, Options { timeouts: *timeouts, ..Options::default() });
        breaks(&search, rule, (name, *moves));
    }
}
