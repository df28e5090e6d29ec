//! Lessons on a group whose members change by decree: auxiliary processes that help for a moment, and the price of that.

use super::{Freedom, Lesson, not_yet, solved};
use crate::tongue::{key, say};
use crate::types::NodeSet;

/// An auxiliary process votes until a missing main process is removed.
pub(super) static REMOVAL: Lesson = Lesson {
    id: "removal",
    title: key!("Help for a moment"),
    text: key!(
        "A and B do all the work, and X sleeps. When B does not {they_vote} within 2Δ, A asks X instead, and the next {decree} removes \
           B. It takes the old quorum, with X: otherwise B could remove A at the same time. (Lamport and Massa, Cheap Paxos; \
           PTP §3.3.6)"
    ),
    task: key!("Let X {they_vote}, and have a main process removed by a {decree}."),
    hint: key!("Crash B before 3Δ, and watch until “remove(B)” {has_passed}."),
    opens: "protocol cheap\nnodes A B X\nauxiliaries X\nat 3Δ propose A red\n",
    freedom: Freedom::Lawful,
    judge: |watched| {
        let helped = watched.votes.entries().iter().any(|(_, voters)| voters.meets(watched.auxiliaries));
        match (helped, watched.configured.last()) {
            (_, Some((node, configuration))) => {
                let members = watched.symbols.set(configuration.members());
                solved(say!(
                    "{node} knows: from the next instance on, only {members} decide.",
                    node = watched.name(*node)
                ))
            }
            (true, None) => {
                not_yet(watched.words.fill(key!("X has {voted}. Watch until the missing process is removed.")))
            }
            (false, None) => not_yet(watched.words.fill(key!("X sleeps: every main process {it_votes} in time."))),
        }
    },
};

/// A majority is up, and nobody of them is a member any more.
pub(super) static HALT: Lesson = Lesson {
    id: "halt",
    title: key!("Two of three are up, and nothing moves"),
    text: key!(
        "Cheap Paxos withstands one crash after another, but not every return. Once B is removed, A is the only member. If A \
           dies then and B comes back, B and X are two of three, as many as Paxos would need. Still B may decide nothing: a \
           {decree} says that it is out. (Lamport and Massa, Cheap Paxos; PTP §3.3.6)"
    ),
    task: key!("Let B come back so that it learns of its own removal while A is down."),
    hint: key!("Crash A after 9Δ, restart B, and name B the leader."),
    opens: "protocol cheap\nnodes A B X\nauxiliaries X\nat 3Δ crash B\nat 3Δ propose A red\n",
    freedom: Freedom::Lawful,
    judge: |watched| {
        let Some((_, configuration)) = watched.configured.last() else {
            return not_yet(say!("Nobody is removed yet."));
        };
        let knows = |node| watched.configured.iter().any(|(who, known)| *who == node && known == configuration);
        let out = watched.up.without(configuration.members()).without(watched.auxiliaries);
        let outsiders: NodeSet = out.iter().filter(|node| knows(*node)).collect();
        if configuration.mains.meets(watched.up) {
            let members = watched.symbols.set(configuration.mains.shared(watched.up));
            return not_yet(say!("{members} is a member and up, so more can still be decided."));
        }
        match outsiders.iter().next() {
            Some(node) => {
                let up = watched.symbols.set(watched.up);
                solved(say!(
                    "{up} are up, and {node} knows that it is out: all halts, and nothing is wrong.",
                    node = watched.name(node)
                ))
            }
            None => not_yet(say!("No member is up. Nobody who is up knows that it was removed.")),
        }
    },
};
