//! Lessons on Generalized Paxos: commands that need no order, and commands that collide.

use super::watched::Watched;
use super::{Freedom, Lesson, not_yet, solved};
use crate::tongue::{key, say};
use crate::types::{Time, Value};

/// Two commands that do not conflict, in different orders.
pub(super) static NO_ORDER: Lesson = Lesson {
    id: "no-order",
    title: key!("Two commands that need no order"),
    text: key!(
        "The processes agree on a history, in which only commands that conflict have an order. Acceptors append what they hear \
           of. X reads x; its request is with C and D before it is with A and B. If somebody reads y meanwhile, C and D append \
           the two reads in the other order than A and B. (Generalized Consensus and Paxos, §3)"
    ),
    task: key!("Have acceptors append two commands in different orders, and all know both after 2Δ."),
    hint: key!("Let Y propose get y at 3.9Δ: it is with everybody at 4.9Δ."),
    opens: "protocol generalized\nservice kv\nnodes A B C D X Y\nclients X Y\nat 4Δ propose X \"get x\"\n\
            delay Request X->C #1 0.5Δ\ndelay Request X->D #1 0.5Δ\n",
    freedom: Freedom::Lawful,
    judge: |watched| match (watched.apart, known(watched)) {
        (None, _) => not_yet(say!("All acceptors have appended the same command first.")),
        (Some(_), commands) if commands.len() < 2 => not_yet(say!("Not all know both commands yet.")),
        (Some(ballot), commands) if commands.iter().all(|(_, took)| *took <= Time::deltas(2)) => {
            let ballot = watched.symbols.ballot(ballot);
            solved(say!("In {ballot} they came in different orders, and all know them after 2Δ."))
        }
        (Some(_), _) => not_yet(say!("Something took longer than 2Δ: the commands conflict, or a request came late.")),
    },
};

/// Two commands that conflict, in different orders.
pub(super) static CONFLICT: Lesson = Lesson {
    id: "conflict",
    title: key!("Two commands collide"),
    text: key!(
        "Here X writes x, and a read of x would conflict with it. If acceptors append the two in different orders, no three \
           histories of four have anything in common. Each acceptor then says which {vote} is its last one, so the leader can take \
           those {votes} for promises, and put the commands in order. (Generalized Consensus and Paxos, §3)"
    ),
    task: key!("Make a command collide with X’s write, and watch until all know both."),
    hint: key!("Let Y propose get x at 3.9Δ: A and B append the read first."),
    opens: "protocol generalized\nservice kv\nnodes A B C D X Y\nclients X Y\nat 4Δ propose X \"put x 1\"\n\
            delay Request X->C #1 0.5Δ\ndelay Request X->D #1 0.5Δ\n",
    freedom: Freedom::Lawful,
    judge: |watched| match (watched.split, known(watched)) {
        (None, _) => not_yet(say!("No two acceptors have histories that do not go together yet.")),
        (Some(_), commands) if commands.len() < 2 => {
            not_yet(say!("The histories collide. Watch until all know both commands."))
        }
        (Some(ballot), commands) => {
            let longest = commands.iter().map(|(_, took)| *took).max().unwrap_or_default();
            let ballot = watched.symbols.ballot(ballot);
            solved(say!("The histories of {ballot} collide, and all know both commands after {longest}Δ."))
        }
    },
};

/// The commands that everybody knows, and how long each has taken since it was asked for.
fn known(watched: &Watched<'_>) -> Vec<(Value, Time)> {
    let took = |(asked, _, value): &(Time, _, Value)| {
        let decree = watched.decrees.get(value).filter(|decree| watched.is_known_to_all(decree))?;
        Some((*value, decree.last.since(*asked)))
    };
    watched.asked.iter().filter_map(took).collect()
}
