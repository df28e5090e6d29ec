//! Leaving out dead messages changes neither what a search finds nor how soon.

use super::*;
use crate::protocol::PROTOCOLS;

/// Clusters that are small enough to be searched to the end in both ways, with the budgets of crashes, losses, duplicates,
/// timeouts and lies: every protocol, and rules that are switched off.
const SMALL: &[(&str, [u8; 5])] = &[
    (TWO, [0, 0, 0, 0, 0]),
    ("nodes A B C\nat 0 propose A red\n", [1, 1, 1, 0, 0]),
    ("nodes A B\nat 0 propose A red\nat 0 propose B blue\n", [2, 1, 1, 0, 0]),
    ("option phase-2 quorum\nnodes A B C\nat 0 propose A red\nat 0 propose A blue\n", [1, 0, 0, 0, 0]),
    ("option guard ge\nnodes A B C\nat 0 propose A red\nat 0 inject BeginBallot C->B 3.C \"blue\"\n", [1, 0, 1, 0, 0]),
    ("without unique-ballots\nnodes A B\nat 0 propose A red\nat 0 propose B blue\n", [1, 0, 1, 0, 0]),
    ("without memory\nnodes A B C\nat 0 propose A red\nat 0 propose A blue\n", [1, 0, 0, 0, 0]),
    ("without max-vote\nnodes A B C\nat 0 propose A red\nat 0 propose B blue\n", [0, 0, 0, 0, 0]),
    ("without promise\nnodes A B\nat 0 propose A red\nat 0 propose B blue\n", [1, 0, 1, 0, 0]),
    ("protocol preliminary\nnodes A B C\nat 0 propose A red\n", [1, 0, 1, 0, 0]),
    ("protocol preliminary\nnodes A B\nat 0 propose A red\nat 0 propose B blue\n", [0, 1, 0, 0, 0]),
    ("protocol complete\nnodes A B\nat 0 propose A red\nat 1 leader B\n", [1, 0, 1, 0, 0]),
    ("protocol complete\nnodes A B\nat 0 propose A red\nat 0 propose B blue\n", [0, 0, 0, 2, 0]),
    ("protocol multi\nnodes A B C\nat 0 propose A red\n", [0, 0, 1, 0, 0]),
    ("protocol multi\nnodes A B\nat 0 propose A red\nat 0 propose B blue\nat 1 leader B\n", [0, 0, 0, 0, 0]),
    ("protocol broadcast\nnodes A B\nat 0 propose A red\nat 1 leader B\n", [1, 0, 0, 0, 0]),
    ("protocol broadcast\nwithout one-ballot\nnodes A B C\nat 0 propose A red\nat 1 leader C\n", [0, 0, 0, 0, 0]),
    ("protocol cheap\nnodes A B X\nat 0 propose A red\n", [1, 0, 0, 1, 0]),
    ("protocol fast\nnodes A B\nat 0 propose A red\nat 0 propose B blue\n", [1, 0, 0, 0, 0]),
    ("protocol fast\noption recovery restart\nnodes A B\nat 0 propose A red\nat 1 leader B\n", [0, 0, 0, 1, 0]),
    ("protocol fast\noption recovery uncoordinated\nnodes A B C\nat 0 propose A red\n", [0, 1, 0, 0, 0]),
    ("protocol fast\nwithout vote-once\nnodes A B\nat 0 propose A red\nat 0 propose B blue\n", [0, 0, 1, 0, 0]),
    (
        "protocol fast-log\noption recovery restart\nnodes A B\nat 0 propose A red\nat 0 propose B blue\n",
        [0, 0, 0, 0, 0],
    ),
    ("protocol fast-log\nnodes A B\nat 0 propose A red\nat 1 leader B\n", [0, 0, 1, 0, 0]),
    (
        "protocol generalized\nservice kv\nnodes A B\nat 0 propose A \"put x 1\"\nat 0 propose B \"get x\"\n",
        [0, 0, 1, 0, 0],
    ),
    ("protocol generalized\nservice kv\nnodes A B\nat 0 propose A \"put x 1\"\nat 1 leader B\n", [0, 1, 0, 0, 0]),
    ("protocol m-ring\nnodes A B C\nat 0 propose A red\n", [0, 1, 1, 0, 0]),
    ("protocol u-ring\nnodes A B C\nat 0 propose A red\n", [1, 1, 1, 0, 0]),
    ("protocol pbft\nnodes A B C D\nliars A\nat 0 propose A red\n", [0, 0, 0, 0, 1]),
    (
        "protocol fab\nnodes A B C D E F L M\nacceptors A B C D E F\nlearners L M\nliars A\nat 0 propose A red\n",
        [0, 0, 0, 0, 1],
    ),
    ("protocol pfab\nnodes A B C D L\nacceptors A B C D\nlearners L\nat 0 propose A red\n", [0, 0, 0, 0, 0]),
    (
        "protocol fab-log\nnodes A B C D E F L M\nacceptors A B C D E F\nlearners L M\nat 0 propose A red\n",
        [0, 0, 0, 0, 0],
    ),
];

/// Compares a search that leaves dead messages out with one that keeps them: how they end, what they find and after how many
/// moves. Returns how many states each of them meets.
fn both(text: &str, options: Options) -> [usize; 2] {
    let [few, all] = [true, false].map(|drops| search(text, Options { drops, ..options }));
    let found =
        |search: &Schedules| -> Vec<_> { search.found().iter().map(|found| (found.check.name, found.moves)).collect() };
    assert_eq!((few.ending(), found(&few)), (all.ending(), found(&all)), "{text}");
    assert_ne!(few.ending(), Ending::TooManyStates, "{text}");
    for found in few.found() {
        let run = run(&few.script(found));
        assert!(red(&run).iter().any(|(name, _)| *name == found.check.name), "{text}");
    }
    assert!(few.states() <= all.states(), "{text}");
    [few.states(), all.states()]
}

#[test]
fn a_search_that_leaves_out_dead_messages_finds_the_same_as_one_that_keeps_them() {
    let (mut protocols, mut sums) = (Vec::new(), [0, 0]);
    for (text, [crashes, losses, duplicates, timeouts, lies]) in SMALL {
        let [crashes, losses, duplicates, timeouts, lies] = [*crashes, *losses, *duplicates, *timeouts, *lies];
        let options = Options { crashes, losses, duplicates, timeouts, lies, goes_on: true, ..Options::default() };
        let states = both(text, options);
        (0..2).for_each(|way| sums[way] += states[way]);
        protocols.push(open(text, options).scenario().protocol.name);
    }
    assert!(sums[0] * 3 < sums[1], "{sums:?}");
    for protocol in PROTOCOLS {
        assert!(protocols.contains(&protocol.name), "{} has no cluster here", protocol.name);
    }
}

/// The scenario in which a message is dead as long as nobody sends another one: with a loss, C has not promised and ignores
/// BeginBallot; without one, a promise comes first.
#[test]
fn a_message_that_another_one_can_bring_to_life_is_not_left_out() {
    let text = "without max-vote\nnodes A B C\nat 0 propose A red\nat 0 propose B blue\n";
    both(text, Options { losses: 1, goes_on: true, ..Options::default() });
    // The search has to begin again where it has claimed too much.
    let losses = Options { losses: 1, ..Options::default() };
    let search = search("nodes A B C\nat 0 propose A red\n", losses);
    assert!(search.claims.beginnings > 0);
}

/// Basic Paxos has as many states as different sets of sent messages, because whatever a process has received it ignores from
/// then on.
#[test]
fn dead_messages_make_most_of_the_states_of_basic_paxos() {
    let four = "nodes A B C D\nat 0 propose A red\nat 0 propose B blue\n";
    for (text, options, states) in [
        (TWO, crashes(0), 3_321),
        (TWO, crashes(1), 19_393),
        (four, crashes(0), 42_737),
        (four, Options { symmetry: false, ..crashes(0) }, 84_325),
    ] {
        let search = search(text, options);
        assert_eq!((search.ending(), search.states()), (Ending::Exhausted, states), "{text}");
    }
}
