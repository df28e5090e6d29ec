//! Lessons on Fast Paxos: what a fast round gains, and what a collision costs.

use super::watched::Watched;
use super::{Lesson, log::took, not_yet, solved};
use crate::types::{Ballot, Time, Value};

/// A fast round that is prepared takes 2Δ from the client's request on.
pub(super) static FAST_ROUND: Lesson = Lesson {
    id: "fast-round",
    title: "Ask the acceptors themselves",
    text: "Here X sends its wish to all acceptors. Once the leader has said Any, each {votes_for} the first wish that it hears of, \
           and everybody counts: 2Δ from the request on. A request that comes before Any has to wait for it. (Fast Paxos, §3.1)",
    task: "Have a {decree} known to everybody 2Δ after X asked for it.",
    hint: "Any is with all acceptors after 3Δ. Let X propose something then.",
    opens: "protocol fast\nnodes A B C D X\nclients X\n",
    is_lawless: false,
    judge: |watched| match took(watched, Time::deltas(2)) {
        Ok((value, _)) => solved(&format!("“{}”: 2Δ from its client on.", watched.symbols.value(value))),
        Err(Some(least)) => not_yet(&format!("It took {least}Δ: the round was not prepared, or something was late.")),
        Err(None) => not_yet("Nothing is known to everybody yet."),
    },
};

/// Two wishes meet in one fast round.
pub(super) static COLLISION: Lesson = Lesson {
    id: "collision",
    title: "Two wishes collide",
    text: "In a fast round acceptors choose for themselves, so one round can have {votes} for two {decrees}, and a quorum for neither. \
           The leader sees that, finds out which {decree} {can_have_passed}, and goes on to a classic round. (Fast Paxos, §3.2)",
    task: "Split a round: no {decree} has a quorum in it. Watch until everybody knows one all the same.",
    hint: "Let Y propose at 4Δ too, and drop the Requests of X to C and to D.",
    opens: "protocol fast\nnodes A B C D X Y\nclients X Y\nat 4Δ propose X red\n",
    is_lawless: false,
    judge: |watched| match (watched.split, watched.passed()) {
        (None, _) => not_yet(&watched.words.fill("No round has {votes} for two {decrees} yet.")),
        (Some(_), Some((value, decree))) if watched.is_known_to_all(decree) => recovered(watched, value),
        (Some(_), _) => {
            not_yet(&watched.words.fill("The {votes} are split. Watch until everybody knows what is {passed}."))
        }
    },
};

fn recovered(watched: &Watched<'_>, value: Value) -> super::Progress {
    let by: Option<Ballot> = watched.passed().and_then(|(_, decree)| decree.first).map(|(.., ballot)| ballot);
    let number = |ballot| watched.symbols.ballot(ballot);
    match (watched.split, by) {
        (Some(split), Some(by)) if by > split => {
            let (split, by) = (number(split), number(by));
            solved(&format!("{split} was split, and {by} decided “{}”.", watched.symbols.value(value)))
        }
        _ => not_yet(&watched.words.fill("The {votes} were split, but one {decree} had a quorum: split them evenly.")),
    }
}
