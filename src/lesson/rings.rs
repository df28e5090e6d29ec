//! Lessons on Ring Paxos: whose loss a ring notices, and what a ring is good for.

use super::{Freedom, Lesson, not_yet, solved};
use crate::tongue::{key, say};
use crate::types::Time;

/// A process that is not on the ring may be lost at no cost.
pub(super) static SPARE: Lesson = Lesson {
    id: "spare",
    title: key!("Who is on the ring"),
    text: key!(
        "The coordinator A multicasts a {decree}: one send, and it lands everywhere. The {votes} come back along a ring of f + 1 \
           processes, each of which adds its own: so A receives one message and not four. The f others are spares. \
           (Ring Paxos, DSN 2010)"
    ),
    task: key!(
        "Crash one process other than A before 8Δ, so that red takes no longer than before: 4Δ until all know it."
    ),
    hint: key!("Play to the end and see who sends {voted_message} to whom. Then crash one that sends none."),
    opens: "protocol m-ring\nnodes A B C D E\nat 8Δ propose A red\n",
    freedom: Freedom::Lawful,
    judge: |watched| {
        let down = watched.silent();
        let Some((asked, ..)) = watched.asked.first().copied().filter(|_| watched.asked.len() == 1) else {
            return not_yet(say!("Let A ask for red at 8Δ, and for nothing else."));
        };
        match watched.passed() {
            _ if down.len() > 1 => not_yet(say!("More than one process is down: leave the others up.")),
            Some((_, decree)) if !watched.is_known_to_all(decree) => not_yet(say!("Not everybody knows red yet.")),
            None => not_yet(watched.words.fill(key!("Nobody knows red yet. Watch whether the {votes} come around."))),
            Some(_) if down.is_empty() => {
                let sentence =
                    key!("It took 4Δ with everybody up. Who sent {a_vote}? Crash one that sent none, before 8Δ.");
                not_yet(watched.words.fill(sentence))
            }
            Some((_, decree)) if decree.last.since(asked) > Time::deltas(4) => not_yet(say!(
                "It took {span}Δ: the {votes} did not come around, and A had to make a new ring. Crash another process.",
                span = decree.last.since(asked),
                votes = watched.words.votes
            )),
            Some(_) => {
                let name = watched.symbols.set(down);
                solved(say!("{name} is a spare, so nobody waited for it: 4Δ, f + 2, as before."))
            }
        }
    },
};

/// On a ring everything goes round: the place of whoever asks decides how long it takes.
pub(super) static FARTHEST: Lesson = Lesson {
    id: "farthest",
    title: key!("All the way round"),
    text: key!(
        "On this ring each process talks to the next one alone: A to B, B to C, and E to A again. A wish travels on to the \
           coordinator A. Then the {decree} goes round with its {votes}, and the news goes on from the process that completed a \
           quorum. (Ring Paxos, 2017)"
    ),
    task: key!("Find who has to ask at 6Δ so that it takes longest until all know: 10Δ, which is 5f."),
    hint: key!("Which process is farthest from A, if messages go only one way?"),
    opens: "protocol u-ring\nnodes A B C D E\n",
    freedom: Freedom::Lawful,
    judge: |watched| {
        let [(asked, node, value)] = watched.asked[..] else {
            return not_yet(say!("Let one process ask for something at 6Δ, and only one."));
        };
        let (name, decree) = (watched.name(node), watched.decrees.get(&value));
        let Some(decree) = decree.filter(|decree| watched.is_known_to_all(decree)) else {
            return not_yet(say!("{name} was asked; watch until everybody knows."));
        };
        match decree.last.since(asked) {
            took if took == Time::deltas(10) => solved(say!(
                "10Δ: 4Δ from {name} round to A, and 6Δ more, 3f, until the last one knew. Each process sent few messages."
            )),
            took if took > Time::deltas(10) => {
                not_yet(say!("It took {took}Δ, because something was lost or late: go back, and only ask."))
            }
            took => not_yet(say!("From {name} it took {took}Δ. Another process is farther from A.")),
        }
    },
};
