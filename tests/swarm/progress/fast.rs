//! What must happen in time under Fast Paxos, once the faults are over.
//!
//! The oracle names p alone, at the calm, and a client asks at T_el or later. Count from the later of T_el and the last
//! request. After Δ, p has the wish or knows the decree. The round that p is in then may be spoiled: the timer of its phase 1
//! or of its fast round ends it after 2Δ. The classic round that p goes on to may be spoiled too, because its acceptors have
//! promised more than p knows of: 2Δ. Then p starts a round from its beginning, with a number above every one that it has heard
//! of: 2Δ for promises, and 2Δ until everybody who hears votes has a quorum of them. Each of the k larger ballots that p did
//! not start, and that p hears of in Nacks or promises itself, costs a round: 4Δ. If p knows the decree, or is told of it while
//! it leads, the others hear of it when they ask: within 8Δ, and the answer takes 2Δ.
//!
//! So everybody who is up and knows of a wish or a vote has learned 9Δ + 10Δ + 4kΔ later. Who knows of nothing is due nothing.
//!
//! **A ledger of fast instances.** A client asks at T_el or later, so that a process that lags behind sees that it does; or p was
//! among the leaders before, and then only the clients that asked earlier are due their answers. Clients
//! whose requests were lost ask again within 8Δ, and the requests take Δ. The round that p is in then may be spoiled: 2Δ until a
//! timer ends it. A round from its beginning has its promises, and its Any has come, after 3Δ. From then on each command has its
//! decree in the first place that is free for it: the votes take Δ; when they pass nothing, a timer ends the wait after 2Δ, and
//! the classic round that follows takes 2Δ, or else a round from its beginning takes 3Δ. A command that loses its place to
//! another one has the next, so a command waits at most for all commands: 8Δ for each. Each of the k larger ballots costs p
//! another round from its beginning: 5Δ. Who misses a decree asks for it within 8Δ, and the answer takes 2Δ. So everything is
//! executed and answered 24Δ + 8wΔ + 5kΔ later, where w is the number of commands.

use paxos_playground::protocol::{Fact, Payload, Phase};
use paxos_playground::trace::{EventId, What};
use paxos_playground::types::{Ballot, NodeId, Time};
use std::collections::BTreeSet;

use super::{Case, Judged, Reign};

impl Case<'_> {
    pub(super) fn fast(&self, reign: &Reign) -> Judged {
        let (leader, elected) = (reign.leader, reign.elected);
        let asked = self.wishes().filter(|(_, time, node, _)| *time >= elected && self.up.contains(*node));
        let Some(last) = asked.map(|(_, time, ..)| time).max() else {
            return Judged::Inapplicable("nobody asks after the faults");
        };
        for (_, time, by, fact) in self.trace.facts() {
            if matches!(fact, Fact::Tried(_)) && by != leader && time > elected {
                return Judged::Late(format!("{} starts a round at {time}Δ, though it does not lead", self.name(by)));
            }
        }
        let stale = self.larger(leader).len();
        let bound = last.max(elected).plus(Time::deltas(19 + 4 * stale as u64));
        let due = self.up.iter().filter(|node| self.knows_of_some(*node));
        let due = due.map(|node| (format!("{} learns", self.name(node)), self.learned(node)));
        self.in_time(stale, elected, bound, due.collect::<Vec<_>>())
    }

    pub(super) fn fast_ledger(&self, reign: &Reign) -> Judged {
        let (leader, elected) = (reign.leader, reign.elected);
        let stays = |id: EventId, node: NodeId| self.up.contains(node) && id >= self.since[node.index()];
        let is_asked = self.wishes().any(|(id, time, node, _)| time >= elected && stays(id, node));
        if !is_asked && !reign.stays {
            return Judged::Inapplicable("nobody asks after the faults");
        }
        let last = self.wishes().map(|(_, time, ..)| time).max().unwrap_or_default().max(elected);
        let stale = self.larger(leader).len();
        let deltas = 24 + 8 * self.wishes().count() + 5 * stale;
        self.in_time(stale, elected, last.plus(Time::deltas(deltas as u64)), self.commands(is_asked))
    }

    /// The ballots of other processes that the leader hears of in Nacks, or promises itself, from the calm on.
    pub(super) fn larger(&self, leader: NodeId) -> BTreeSet<Ballot> {
        let nacks = self.trace.messages().iter().filter(|sent| sent.to == leader && sent.due >= self.calm);
        let told = nacks.filter_map(|sent| match sent.message.payload {
            Payload::Ballot(bound) => Some(bound),
            _ => None,
        });
        let promised = self.trace.facts().filter_map(|(_, time, by, fact)| match fact {
            Fact::Promised(_, ballot, _) | Fact::PromisedFrom(_, ballot) if by == leader && time >= self.calm => {
                Some(ballot)
            }
            _ => None,
        });
        told.chain(promised).filter(|ballot| ballot.owner() != leader).collect()
    }

    /// Whether a process that is up knows at the end that there is something to learn: a wish or a vote has come to it since
    /// it came up, it was asked, or it has voted.
    fn knows_of_some(&self, node: NodeId) -> bool {
        let since = self.since[node.index()];
        let was_asked = self.wishes().any(|(id, _, asked, _)| asked == node && id > since);
        let has_voted = self.trace.facts().any(|(_, _, by, fact)| by == node && matches!(fact, Fact::Voted(..)));
        let has_heard = self.trace.numbered().any(|(id, event)| match event.what {
            What::Landed(message) if id > since => {
                let sent = self.trace.message(message);
                let phase = self.scenario.protocol.kind(sent.message.kind).phase;
                let is_wish = matches!(sent.message.payload, Payload::Value(_));
                sent.to == node && is_wish && matches!(phase, Phase::Request | Phase::TwoB)
            }
            _ => false,
        });
        was_asked || has_voted || has_heard
    }
}
