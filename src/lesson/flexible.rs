//! A lesson on Flexible Paxos: fewer votes for each decree, more promises for a new leader.

use super::{Freedom, Lesson, steps};
use crate::tongue::key;

/// Two votes of five pass a decree, and nobody contradicts it later.
pub(super) static TWO_VOTES: Lesson = Lesson {
    id: "two-votes",
    title: key!("Two {votes} are enough"),
    text: key!(
        "Two quorums of promises need not meet, and two of {votes} need not either. But a quorum of promises has to meet each of \
           {votes}, so that a new leader hears of all that {can_have_passed}. Here A and B are cut off with blue, and then the others get a \
           leader of their own. (Flexible Paxos, §3)"
    ),
    task: key!("Choose quorums such that blue is {passed} by A and B alone, and that nobody contradicts it later."),
    hint: key!("Add a line to the script: quorum 4 2. Four promises and two {votes} are more than five."),
    opens: "protocol multi\nnodes A B C D E\nat 3Δ propose A red\nat 6Δ partition A B | C D E\nat 7Δ propose A blue\n\
            at 12Δ leader C\nat 12Δ propose C green\nuntil 22Δ\n",
    freedom: Freedom::Choice,
    judge: |watched| {
        let blue = watched.asked.get(1).and_then(|(.., value)| watched.decrees.get(value)?.first);
        steps(
            [
                (
                    !watched.is_torn(),
                    key!("A and B have blue where C has green: three promises missed both {votes} for blue."),
                ),
                (watched.asked.len() > 1, key!("Watch until blue is asked for.")),
                (blue.is_some(), key!("Blue is not {passed}: two {votes} are not enough yet.")),
                (watched.is_over, key!("Blue is {passed}. Watch to the end: C will lead the others.")),
            ]
            .map(|(is_done, sentence)| (is_done, watched.words.fill(sentence))),
            watched
                .words
                .fill(key!("Blue took two {votes} of five. The price: three are too few for C to lead, so they wait.")),
        )
    },
};
