//! Lessons on Fast Paxos: what a fast round gains, why its quorums are larger, and what a collision costs.

use super::watched::{Decree, Watched};
use super::{Freedom, Lesson, log::took, not_yet, solved, steps};
use crate::protocol::Guard;
use crate::tongue::{key, say};
use crate::types::{Ballot, Time, Value};

/// A fast round that is prepared takes 2Δ from the client's request on.
pub(super) static FAST_ROUND: Lesson = Lesson {
    id: "fast-round",
    title: key!("Ask the acceptors themselves"),
    text: key!(
        "Here X sends its wish to all acceptors. Once the leader has said Any, each {votes_for} the first wish that it hears of, \
           and everybody counts: 2Δ from the request on. A request that comes before Any has to wait for it. (Fast Paxos, §3.1)"
    ),
    task: key!("Have a {decree} known to everybody 2Δ after X asked for it."),
    hint: key!("Any is with all acceptors after 3Δ. Let X propose something then."),
    opens: "protocol fast\nnodes A B C D X\nclients X\n",
    freedom: Freedom::Lawful,
    judge: |watched| match took(watched, Time::deltas(2)) {
        Ok((value, _)) => solved(say!("“{value}”: 2Δ from its client on.", value = watched.symbols.value(value))),
        Err(Some(least)) => not_yet(say!("It took {least}Δ: the round was not prepared, or something was late.")),
        Err(None) => not_yet(say!("Nothing is known to everybody yet.")),
    },
};

/// Two of three are too few in a fast round.
pub(super) static WHY_LARGER: Lesson = Lesson {
    id: "why-larger",
    title: key!("Why a majority is too few"),
    text: key!(
        "In a fast round each acceptor takes what it hears of first, so one round can have {votes} for two {decrees}. Here two of three \
           are a fast quorum, and one may be silent: so C goes on when it has heard of two. If the two differ, which {decree} \
           {has_passed}? (Fast Paxos, §2.2)"
    ),
    task: key!("Let X ask for blue at 4Δ, too, and hide B’s {vote} from C. Then look at B2 and B3 in the Checks."),
    hint: key!("At 4Δ choose X and Propose. Then choose the {voted_message} from B to C, and drop it."),
    opens: "protocol fast\nwithout fast-quorum\nnodes A B C X Y\nclients X Y\nleader C\ndelay X->A 0.5Δ\ndelay X->B 0.5Δ\n\
            at 3.9Δ propose Y red\nwait 4Δ Let X ask for blue now.\n",
    freedom: Freedom::Lawless,
    judge: |watched| {
        let is_off = watched.scenario.setup.is_broken(Guard::FastQuorum);
        let knows = |(value, decree): &(Value, Decree)| {
            let (who, value) = (watched.symbols.set(decree.known_by), watched.symbols.value(*value));
            (!decree.known_by.is_empty()).then(|| say!("{who}: “{value}”"))
        };
        let known: Vec<_> = watched.decrees.entries().iter().filter_map(knows).collect();
        steps(
            [
                (is_off, key!("Leave “fast-quorum” switched off here: see first what goes wrong without it.")),
                (watched.asked.len() > 1, key!("Only Y has asked so far. Let X ask for blue at 4Δ, too.")),
                (
                    watched.split.is_some(),
                    key!("No round has {votes} for two {decrees} yet: let X ask at 4Δ, and watch on."),
                ),
                (
                    watched.is_torn() || watched.violated.contains(&"B2"),
                    key!("A and B {vote_for} blue, C for red. Watch what C does when it has heard of two {votes}."),
                ),
                (
                    watched.is_torn(),
                    key!(
                        "C heard of a blue and a red {vote}, and guessed; B2 is violated. If B’s {vote} came, it saved all. \
                         Drop it."
                    ),
                ),
            ]
            .map(|(is_done, sentence)| (is_done, watched.words.fill(sentence))),
            say!(
                "{known}. C saw one {vote} for each, and with B’s, each could have had two: no report of two can tell.",
                known = known.join("; "),
                vote = watched.words.vote
            ),
        )
    },
};

/// One acceptor more, and a fast round is safe and withstands a crash.
pub(super) static THREE_F_PLUS_ONE: Lesson = Lesson {
    id: "three-f-plus-one",
    title: key!("3f + 1: fast, safe, and one is down"),
    text: key!(
        "The cure is a larger fast quorum: two of them and any quorum that reports share somebody, so only one {decree} \
           {can_have_passed}. Of three acceptors that takes all three. If one is down, the leader waits, and goes on with a \
           classic round. (Fast Paxos, §2.2)"
    ),
    task: key!("Have red known to everybody 2Δ after X asked, with B down and every rule on."),
    hint: key!("In the script: nodes A B C D X. Of four acceptors, three are a fast quorum."),
    opens: "protocol fast\nnodes A B C X\nclients X\nat 3.5Δ crash B\nat 4Δ propose X red\n",
    freedom: Freedom::Lawful,
    judge: |watched| {
        let slowest = watched.slowest();
        let acceptors = watched.scenario.setup.cast.acceptors.len();
        steps(
            [
                (watched.asked.len() == 1, say!("Watch until X asks.").into()),
                (!watched.silent().is_empty(), say!("All acceptors are up: B has to be down when X asks.").into()),
                (
                    slowest.is_some() || !watched.is_over,
                    say!("Not everybody knows red at the end: too many are down.").into(),
                ),
                (slowest.is_some(), say!("Not everybody knows red yet.").into()),
                (
                    slowest <= Some(Time::deltas(2)),
                    say!(
                        "It took {span}Δ: the fast quorum of {acceptors} acceptors has nobody to spare.",
                        span = slowest.unwrap_or_default()
                    ),
                ),
            ],
            say!(
                "2Δ with one of {acceptors} down, and of any two fast quorums and any reports, somebody is in all three."
            ),
        )
    },
};

/// Two wishes meet in one fast round.
pub(super) static COLLISION: Lesson = Lesson {
    id: "collision",
    title: key!("Two wishes collide"),
    text: key!(
        "In a fast round acceptors choose for themselves, so one round can have {votes} for two {decrees}, and a quorum for neither. \
           The leader sees that, finds out which {decree} {can_have_passed}, and goes on to a classic round. (Fast Paxos, §3.2)"
    ),
    task: key!("Split a round: no {decree} has a quorum in it. Watch until everybody knows one all the same."),
    hint: key!("Let Y propose at 4Δ too, and drop the Requests of X to C and to D."),
    opens: "protocol fast\nnodes A B C D X Y\nclients X Y\nat 4Δ propose X red\n",
    freedom: Freedom::Lawful,
    judge: |watched| match (watched.split, watched.passed()) {
        (None, _) => not_yet(watched.words.fill(key!("No round has {votes} for two {decrees} yet."))),
        (Some(_), Some((value, decree))) if watched.is_known_to_all(decree) => recovered(watched, value),
        (Some(_), _) => {
            not_yet(watched.words.fill(key!("The {votes} are split. Watch until everybody knows what is {passed}.")))
        }
    },
};

fn recovered(watched: &Watched<'_>, value: Value) -> super::Progress {
    let by: Option<Ballot> = watched.passed().and_then(|(_, decree)| decree.first).map(|(.., ballot)| ballot);
    let number = |ballot| watched.symbols.ballot(ballot);
    match (watched.split, by) {
        (Some(split), Some(by)) if by > split => {
            let (split, by) = (number(split), number(by));
            solved(say!("{split} was split, and {by} decided “{value}”.", value = watched.symbols.value(value)))
        }
        _ => not_yet(
            watched.words.fill(key!("The {votes} were split, but one {decree} had a quorum: split them evenly.")),
        ),
    }
}

/// A collision in a ledger costs the places in which it happened.
pub(super) static TWO_PLACES: Lesson = Lesson {
    id: "two-places",
    title: key!("A collision costs only its places"),
    text: key!(
        "In a {ledger} of fast rounds each acceptor puts what it hears of into its next free place. Wishes that cross on their way \
           collide in two places. The leader gives each wish one of them, and the round goes on for all other places. \
           (Fast Paxos, §3.2)"
    ),
    task: key!("Make a wish of Y collide with X’s first. Both must be {passed}, and X’s wish of 9Δ still take 2Δ."),
    hint: key!("Let Y propose put x 1 at 4.2Δ: C and D hear of it first."),
    opens: "protocol fast-log\nservice kv\nnodes A B C D X Y\nclients X Y\ndelay Y->C 0.5Δ\ndelay Y->D 0.5Δ\n\
            at 4Δ propose X \"put x 2\"\nat 9Δ propose X \"get x\"\n",
    freedom: Freedom::Lawful,
    judge: |watched| {
        let slowest = watched.slowest();
        steps(
            [
                (watched.split.is_some(), key!("No place has {votes} for two wishes yet.")),
                (watched.asked.len() > 2, key!("The wishes collide. Watch until X asks again, at 9Δ.")),
                (slowest.is_some(), key!("The wishes have collided. Watch until all are known to everybody.")),
                (
                    took(watched, Time::deltas(2)).is_ok(),
                    key!("No wish took 2Δ: leave X’s second one a round without collisions."),
                ),
            ]
            .map(|(is_done, sentence)| (is_done, watched.words.fill(sentence))),
            say!(
                "Those that collided took up to {span}Δ, and both have a place. The last one took 2Δ.",
                span = slowest.unwrap_or_default()
            ),
        )
    },
};
