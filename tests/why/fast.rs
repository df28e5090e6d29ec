//! The sentences of Fast Paxos that are true of a step, from what the trace says of the run so far: read forward, with the
//! votes counted by hand.

use std::collections::BTreeMap;

use paxos_playground::protocol::{Basis, Fact, Payload, Phase};
use paxos_playground::quorum::{Purpose, Round};
use paxos_playground::trace::Envelope;
use paxos_playground::types::{Ballot, Instance, NodeId, NodeSet, Value};

use super::truths::Step;

type Votes = BTreeMap<Value, NodeSet>;

impl Step<'_> {
    pub(crate) fn of_fast_fact(&self, node: NodeId, fact: Fact) -> Vec<String> {
        let name = self.name(node);
        match fact {
            Fact::Tried(ballot) => {
                let past = self.past.of(node);
                let known = past.tried.iter().chain(&past.promised).copied().max().max(past.next_bal).max(past.told);
                if known >= Some(ballot) {
                    return Vec::new();
                }
                let is_fast = self.past.trace.scenario.round(ballot) == Round::Fast;
                let (number, sort) = (self.ballot(ballot), if is_fast { "fast" } else { "classic" });
                vec![format!(
                    "{name} needs a round above every one that it has heard of: it takes {number}, which is {sort}."
                )]
            }
            Fact::Began { ballot, value, basis: Basis::Promises(quorum), .. } => {
                self.of_round(node, ballot, value, quorum)
            }
            fact => self.of_fact(node, fact),
        }
    }

    fn votes_in(&self, node: NodeId, ballot: Ballot) -> Votes {
        let voters = &self.counted.of(node).voters;
        let of = |(instance, of, value): &(Instance, Ballot, Option<Value>)| {
            ((*instance, *of) == (Instance::FIRST, ballot)).then_some(*value).flatten()
        };
        voters.iter().filter_map(|(key, set)| Some((of(key)?, *set))).collect()
    }

    fn who(&self, votes: &Votes) -> String {
        let one = |(value, set): (&Value, &NodeSet)| format!("{} {}", self.value(*value), self.names(*set));
        votes.iter().map(one).collect::<Vec<_>>().join("; ")
    }

    fn of_round(&self, node: NodeId, ballot: Ballot, value: Option<Value>, quorum: NodeSet) -> Vec<String> {
        let (name, number, members) = (self.name(node), self.ballot(ballot), self.names(quorum));
        let takes = value.map_or_else(|| "any decree".to_owned(), |value| self.value(value));
        if !self.is_quorum(Purpose::Promise, ballot, None, quorum) {
            return Vec::new();
        }
        let mut said = Vec::new();
        let promises = self.counted.of(node).promises.get(&ballot).cloned().unwrap_or_default();
        let (last, votes) = if quorum.is_subset(promises.from) && !promises.from.is_empty() {
            said.push(format!("Phase 1 of {number} was done ahead, so {name} begins {takes} at once."));
            said.push(format!("Promises of {number} have come from a quorum: {members}."));
            let last = promises.votes.iter().map(|(_, vote, _)| vote.ballot).max();
            let mut votes = Votes::new();
            for (_, vote, who) in promises.votes.iter().filter(|(_, vote, _)| Some(vote.ballot) == last) {
                votes.entry(vote.value).or_default().insert(*who);
            }
            (last, votes)
        } else {
            let before = Ballot::new(ballot.number() - 1, ballot.owner());
            let votes = self.votes_in(node, before);
            let voters = votes.values().fold(NodeSet::EMPTY, |all, set| all.union(*set));
            if voters != quorum {
                return said;
            }
            let before_text = self.ballot(before);
            said.push(format!(
                "A quorum has voted in {before_text}: {members}. That says what promises of {number} would say."
            ));
            (Some(before), votes)
        };
        let Some(last) = last else {
            said.push(if value.is_some() {
                format!("None of them reports a vote, so the decree is free: {name} takes {takes}.")
            } else {
                "None of them reports a vote, and the round is fast: acceptors may vote for any wish.".to_owned()
            });
            return said;
        };
        let acceptors = self.past.trace.scenario.setup.cast.acceptors;
        let outside: NodeSet = acceptors.iter().filter(|node| !quorum.contains(*node)).collect();
        let possible: Vec<Value> = votes
            .iter()
            .filter(|(_, set)| self.is_quorum(Purpose::Pass, last, None, set.union(outside)))
            .map(|(value, _)| *value)
            .collect();
        let so = match possible.as_slice() {
            [] => format!("none of these can have passed: {name} is free, and takes {takes}"),
            [only] if Some(*only) == value => format!("only {takes} can have passed, and {name} takes it"),
            [only] => {
                let must = self.value(*only);
                format!("only {must} can have passed, but the rule “pick” is switched off, and {name} takes {takes}")
            }
            _ => format!("each of several can have passed, and {name} takes {takes}"),
        };
        let (text, who, need) = (self.ballot(last), self.who(&votes), self.need(Purpose::Pass, last, None, outside));
        said.push(format!("Their votes in {text}: {who}. A quorum there needs {need}, so {so}."));
        said
    }

    pub(crate) fn fast_silence(&self, phase: Phase, envelope: &Envelope) -> Option<String> {
        let (node, message) = (envelope.to, &envelope.message);
        let (to, past) = (self.name(node), self.past.of(node));
        let performs = |step| self.past.trace.scenario.setup.performs(step);
        let knows = !past.learned.is_empty();
        match (phase, message.ballot, &message.payload) {
            (Phase::Request, _, Payload::Value(_)) if knows => {
                let tells = [Phase::Three, Phase::Reply].iter().any(|phase| !self.sent(*phase).is_empty());
                let then = if tells {
                    format!("and tells {}", self.name(envelope.from))
                } else {
                    "so it does nothing".to_owned()
                };
                Some(format!("{to} knows already what has passed, {then}."))
            }
            (Phase::Request, _, Payload::Value(_)) => Some(format!("{to} keeps the wish: it may not vote for it now.")),
            (Phase::TwoA, Some(ballot), Payload::Empty)
                if performs(Phase::TwoB) && past.kept.iter().all(|(_, vote)| vote.ballot != ballot) =>
            {
                let number = self.ballot(ballot);
                Some(format!(
                    "{to} may vote in {number} now, for the first wish that it hears of. It knows of none yet."
                ))
            }
            (Phase::TwoB, Some(ballot), _) if performs(Phase::Three) && !knows => {
                let votes = self.votes_in(node, ballot);
                let most = votes.values().map(|set| set.len()).max().unwrap_or(0);
                let largest = votes.values().copied().rfind(|set| set.len() == most).unwrap_or_default();
                let (number, who, need) =
                    (self.ballot(ballot), self.who(&votes), self.need(Purpose::Pass, ballot, None, largest));
                let split = if votes.len() > 1 { "These wishes collide. " } else { "" };
                Some(format!(
                    "Votes in {number} so far: {who}. {split}A quorum needs {need} for one decree, so {to} waits."
                ))
            }
            _ => None,
        }
    }
}
