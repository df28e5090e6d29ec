//! M-Ring: a value is multicast, and the votes for it are gathered along the ring, up to the coordinator.

use std::sync::Arc;

use super::{FETCH, FLUSH, FLUSH_AFTER, Member, SUCCESS_OPTION, SUCCESS_PIGGYBACK, just};
use crate::protocol::parliament::{message, refuse};
use crate::protocol::synod::{SUCCESS, VOTED};
use crate::protocol::{Decided, Effects, Guard, Hop, Message, Payload, Phase, TimerId};
use crate::types::{Ballot, Instance, NodeId, NodeSet, Value, Vote};

impl Member {
    /// A value has come. A process on the ring votes. The first one sends its vote on; another one does so if votes have been
    /// waiting for its own.
    pub(super) fn vote(
        &mut self,
        from: NodeId,
        ballot: Ballot,
        instance: Instance,
        hop: &Arc<Hop>,
        effects: &mut Effects,
    ) {
        self.hear(instance, hop);
        match self.cast(ballot, instance, hop, effects) {
            Err(bound) => refuse(ballot.owner(), ballot, instance, bound, effects),
            Ok(false) => {}
            Ok(true) if ballot.owner() == self.me => self.count(ballot, instance, NodeSet::EMPTY, effects),
            Ok(true) => {
                let held =
                    self.state.held.get(&instance).filter(|(of, _)| *of == ballot).map(|(_, votes)| votes.voters);
                // The coordinator is the last on the ring, so the first one follows it.
                let is_first = hop.ring.after(ballot.owner()) == Some(self.me);
                if let Some(voters) = held.or(is_first.then_some(NodeSet::EMPTY)) {
                    self.state.held.remove(&instance);
                    self.pass_on(ballot, instance, hop, voters, effects);
                }
            }
        }
        self.learn_ids(from, &hop.decided, effects);
        self.watch(effects);
    }

    /// Votes have come along the ring.
    pub(super) fn gather(&mut self, ballot: Ballot, instance: Instance, hop: &Arc<Hop>, effects: &mut Effects) {
        if ballot.owner() == self.me {
            return self.count(ballot, instance, hop.voters, effects);
        }
        let bound = self.state.acceptor.next_bal;
        if bound > Some(ballot) && self.setup.keeps(Guard::OwnVote) {
            return refuse(ballot.owner(), ballot, instance, bound, effects);
        }
        if self.has_voted(instance, ballot) || !self.setup.keeps(Guard::OwnVote) {
            return self.pass_on(ballot, instance, hop, hop.voters, effects);
        }
        if self.state.ledger.passed.get(&instance).is_none() {
            self.state.held.set(instance, (ballot, Arc::clone(hop)));
            let fetch = Message { kind: FETCH, ballot: None, instance, payload: Payload::Empty };
            effects.send(ballot.owner(), fetch);
        }
    }

    /// Sends the votes of these processes and its own to the next process on the ring.
    fn pass_on(&mut self, ballot: Ballot, instance: Instance, hop: &Hop, voters: NodeSet, effects: &mut Effects) {
        let Some(next) = self.successor(hop.ring, ballot.owner()) else { return };
        let votes = Hop { value: None, voters: voters.union(just(self.me)), decided: Arc::from([]), ..hop.clone() };
        Self::state_gathered(ballot, instance, &votes, effects);
        effects.send(next, message(VOTED, ballot, instance, Payload::Hop(Arc::new(votes))));
    }

    /// Step 3: the coordinator counts the votes that have come around the ring, and its own.
    fn count(&mut self, ballot: Ballot, instance: Instance, voters: NodeSet, effects: &mut Effects) {
        if Some(ballot) != self.state.last_tried || !self.setup.performs(Phase::Three) {
            return;
        }
        let own = if self.has_voted(instance, ballot) { just(self.me) } else { NodeSet::EMPTY };
        let Some((vote, id, voters)) = self.state.leading.add_votes(&self.setup, instance, voters.union(own)) else {
            return;
        };
        let votes = Hop { id, value: None, ring: NodeSet::EMPTY, voters, decided: Arc::from([]) };
        Self::state_gathered(ballot, instance, &votes, effects);
        self.learn(instance, vote, effects);
        self.state.unannounced.push(Decided { instance, ballot, id });
    }

    /// A process on the ring has votes for an id and not the value: the coordinator sends it the value, or what has passed.
    pub(super) fn send_again(&mut self, to: NodeId, instance: Instance, effects: &mut Effects) {
        match self.begin_ballot(instance, Arc::from([])) {
            Some(begin) => effects.send(to, begin),
            None => self.tell(to, instance, effects),
        }
    }

    /// Step 3b for values that have passed, by their ids. A learner that does not have a value asks the sender, who has it.
    pub(super) fn learn_ids(&mut self, from: NodeId, decided: &[Decided], effects: &mut Effects) {
        let mut is_asking = false;
        for Decided { instance, ballot, id } in decided.iter().copied() {
            if self.state.ledger.passed.get(&instance).is_some() {
                continue;
            }
            match self.state.heard.get(&id).map(|(_, value)| *value) {
                Some(value) => self.learn(instance, Vote { ballot, value }, effects),
                None if self.setup.keeps(Guard::AskFirst) => {
                    self.state.nameless.entry(instance, || ());
                    is_asking = true;
                }
                None => self.learn(instance, Vote { ballot, value: Value::OLIVE_DAY }, effects),
            }
        }
        if is_asking && self.is_learner() {
            effects.send(from, self.question());
        }
        self.watch(effects);
    }

    /// Announces what has passed, at the end of a step in which no value has taken the news along.
    pub(super) fn announce(&mut self, effects: &mut Effects) {
        if self.state.unannounced.is_empty() {
            return;
        }
        if self.setup.choice(SUCCESS_OPTION) != SUCCESS_PIGGYBACK {
            return self.flush(effects);
        }
        if !self.state.is_flushing {
            self.state.is_flushing = true;
            effects.set_timer(TimerId { kind: FLUSH, number: 0 }, FLUSH_AFTER);
        }
    }

    /// Takes what has passed and is not announced yet, for a message that announces it.
    pub(super) fn take_news(&mut self, effects: &mut Effects) -> Arc<[Decided]> {
        if std::mem::take(&mut self.state.is_flushing) {
            effects.cancel_timer(TimerId { kind: FLUSH, number: 0 });
        }
        std::mem::take(&mut self.state.unannounced).into()
    }

    /// Multicasts what has passed.
    pub(super) fn flush(&mut self, effects: &mut Effects) {
        let news = self.take_news(effects);
        if let Some(first) = news.first().copied() {
            let success = message(SUCCESS, first.ballot, first.instance, Payload::Ids(news));
            effects.send_each(self.others().iter(), &success);
        }
    }
}
