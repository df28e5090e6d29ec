//! U-Ring: a value, its votes and its outcome travel around one ring, from each process to the next.

use std::sync::Arc;

use super::{Member, just};
use crate::protocol::parliament::{message, refuse};
use crate::protocol::synod::{BEGIN_BALLOT, SUCCESS};
use crate::protocol::{Effects, Guard, Hop, Payload, Phase};
use crate::quorum::Purpose;
use crate::types::{Ballot, Instance, NodeId, NodeSet, Vote};

impl Member {
    /// Steps 2b and 3: the process adds its vote. With a quorum of votes the value has passed, and the news of it travels on;
    /// otherwise the value and its votes do.
    pub(super) fn vote_and_pass_on(
        &mut self,
        ballot: Ballot,
        instance: Instance,
        hop: &Arc<Hop>,
        effects: &mut Effects,
    ) {
        self.state.ring = hop.ring;
        self.hear(instance, hop);
        let has_voted = match self.cast(ballot, instance, hop, effects) {
            Ok(has_voted) => has_voted,
            Err(bound) => {
                refuse(ballot.owner(), ballot, instance, bound, effects);
                if self.setup.keeps(Guard::OwnVote) {
                    return self.watch(effects);
                }
                true
            }
        };
        let mut hop = Hop::clone(hop);
        if has_voted {
            hop.voters.insert(self.me);
            Self::state_gathered(ballot, instance, &hop, effects);
        }
        self.watch(effects);
        let Some(next) = self.successor(hop.ring, ballot.owner()).filter(|_| self.is_on(hop.ring, ballot)) else {
            if let Some(value) = hop.value.filter(|_| self.has_passed(hop.voters)) {
                self.learn(instance, Vote { ballot, value }, effects);
            }
            return;
        };
        match hop.value.filter(|_| self.has_passed(hop.voters)) {
            Some(value) => {
                self.learn(instance, Vote { ballot, value }, effects);
                self.send_news(next, ballot, instance, hop, effects);
            }
            // Without a quorum the value has come to the end of its way.
            None if next == ballot.owner() => {}
            None => effects.send(next, message(BEGIN_BALLOT, ballot, instance, Payload::Hop(Arc::new(hop)))),
        }
    }

    fn has_passed(&self, voters: NodeSet) -> bool {
        self.setup.performs(Phase::Three) && self.setup.is_quorum(Purpose::Pass, voters)
    }

    fn is_on(&self, ring: NodeSet, ballot: Ballot) -> bool {
        ring.contains(self.me) || ballot.owner() == self.me
    }

    /// Sends the news that a value has passed to the next process. A process that has voted for the value has it.
    fn send_news(&self, next: NodeId, ballot: Ballot, instance: Instance, mut hop: Hop, effects: &mut Effects) {
        hop.value = hop.value.filter(|_| !hop.voters.contains(next));
        effects.send(next, message(SUCCESS, ballot, instance, Payload::Hop(Arc::new(hop))));
    }

    /// Step 3b. The news travels on until it comes to the process before the one with which it began.
    pub(super) fn succeed(
        &mut self,
        from: NodeId,
        ballot: Ballot,
        instance: Instance,
        hop: &Arc<Hop>,
        effects: &mut Effects,
    ) {
        self.state.ring = hop.ring;
        let heard = self.state.heard.get(&hop.id).map(|(_, value)| *value);
        let cast = self.state.acceptor.votes.get(&instance).filter(|vote| vote.ballot == ballot);
        let known = cast.or(self.state.ledger.passed.get(&instance)).map(|vote| vote.value);
        let value = hop.value.or(heard).or(known);
        match value {
            Some(value) => self.learn(instance, Vote { ballot, value }, effects),
            // This process has voted, and has forgotten for what.
            None => {
                self.state.nameless.entry(instance, || ());
                effects.send(from, self.question());
                self.watch(effects);
            }
        }
        if let Some(next) = self.successor(hop.ring, ballot.owner())
            && self.is_on(hop.ring, ballot)
            && Some(next) != decider(hop, ballot.owner())
        {
            self.send_news(next, ballot, instance, Hop { value, ..Hop::clone(hop) }, effects);
        }
        // Nobody else tells the processes that are not on the ring.
        if ballot.owner() == self.me && value.is_some() {
            let outside = self.group.without(hop.ring).without(just(self.me));
            outside.iter().for_each(|node| self.tell(node, instance, effects));
        }
    }
}

/// The process whose vote was the last one: of the voters the one that is farthest from the coordinator on the ring.
fn decider(hop: &Hop, coordinator: NodeId) -> Option<NodeId> {
    hop.voters.iter().take_while(|node| *node < coordinator).last().or(hop.voters.iter().last())
}
