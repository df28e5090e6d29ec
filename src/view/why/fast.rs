//! The sentences of Fast Paxos: fast and classic rounds, wishes that go to the acceptors themselves, collisions, and which decree
//! can have passed (Fast Paxos, §2.2 and §3). Where a step is that of the Synod, the Synod's sentences are said.

use super::synod::Synod;
use super::{Sentences, Step};
use crate::protocol::{Basis, Fact, Guard, Payload, Phase, capital};
use crate::quorum::{Purpose, Round};
use crate::scenario::Act;
use crate::tongue::{key, say};
use crate::trace::{Envelope, What};
use crate::types::{Ballot, Instance, NodeId, NodeSet, Sorted, Value, Vote};
use crate::view::events::{names, quote};

pub(super) struct Fast;

impl Sentences for Fast {
    fn input(&self, step: &Step<'_>) -> Option<String> {
        if let What::Acted(_, Act::Propose(node, _)) = step.input().what
            && step.facts().next().is_none()
            && let to = step.sent_in(Phase::Request).map(|(_, to)| to).collect::<NodeSet>()
            && !to.is_empty()
        {
            let to = names(&step.trace.scenario.symbols, to.iter());
            return Some(say!(
                "{node} sends its wish to all who may {they_vote} or lead: {to}.",
                node = step.name(node),
                they_vote = step.words.they_vote
            ));
        }
        Synod.input(step)
    }

    fn fact(&self, step: &Step<'_>, node: NodeId, fact: Fact) -> Option<Vec<String>> {
        match fact {
            Fact::Tried(ballot) => Some(vec![step.tried_round(node, ballot)]),
            Fact::Began { instance, ballot, value, basis: Basis::Promises(quorum) } => {
                Some(step.began_round(node, instance, (ballot, value), quorum))
            }
            fact => Synod.fact(step, node, fact),
        }
    }

    fn silence(&self, step: &Step<'_>, envelope: &Envelope) -> Option<String> {
        let to = step.name(envelope.to);
        let phase = step.trace.scenario.protocol.kind(envelope.message.kind).phase;
        let knows = step.has_learned(envelope.to, |_, _| true);
        let answers = step.events.clone().any(|event| matches!(event.what, What::Sent(_)));
        match (phase, envelope.message.ballot, &envelope.message.payload) {
            (Phase::Request, _, Payload::Value(_)) if knows && answers => {
                Some(say!("{to} knows already what has passed, and tells {node}.", node = step.name(envelope.from)))
            }
            (Phase::Request, _, Payload::Value(_)) if knows => {
                Some(say!("{to} knows already what has passed, so it does nothing."))
            }
            (Phase::Request, _, Payload::Value(_)) => {
                Some(say!("{to} keeps the wish: it may not {vote_for} it now.", vote_for = step.words.vote_for))
            }
            (Phase::TwoA, Some(ballot), Payload::Empty)
                if step.trace.scenario.setup.performs(Phase::TwoB) && !step.has_voted(envelope.to, ballot) =>
            {
                let number = step.ballot(ballot);
                Some(say!(
                    "{to} may {vote_in} {number} now, for the first wish that it hears of. It knows of none yet.",
                    vote_in = step.words.vote_in
                ))
            }
            (Phase::TwoB, Some(ballot), _) if step.trace.scenario.setup.performs(Phase::Three) && !knows => {
                step.votes_so_far(envelope.to, ballot)
            }
            _ => Synod.silence(step, envelope),
        }
    }
}

impl Step<'_> {
    /// Step 1a.
    fn tried_round(&self, node: NodeId, ballot: Ballot) -> String {
        let sort = match self.trace.scenario.round(ballot) {
            Round::Fast => say!("fast"),
            Round::Classic => say!("classic"),
        };
        let (name, number) = (self.name(node), self.ballot(ballot));
        say!("{name} needs a round above every one that it has heard of: it takes {number}, which is {sort}.")
    }

    /// Whether a process has voted in this round.
    fn has_voted(&self, node: NodeId, ballot: Ballot) -> bool {
        self.remembered(node).any(|event| {
            matches!(event.what, What::Stated(who, Fact::Voted(_, vote)) if who == node && vote.ballot == ballot)
        })
    }

    /// The votes of a round that have come to a process, by decree.
    fn votes_heard(&self, node: NodeId, ballot: Ballot) -> Option<Sorted<Value, NodeSet>> {
        let mut votes: Sorted<Value, NodeSet> = Sorted::default();
        for id in self.landed(node, ballot, |_| false)? {
            let envelope = self.trace.message(id);
            let phase = self.trace.scenario.protocol.kind(envelope.message.kind).phase;
            if let (Phase::TwoB, Payload::Value(value)) = (phase, &envelope.message.payload) {
                votes.entry(*value, || NodeSet::EMPTY).insert(envelope.from);
            }
        }
        Some(votes)
    }

    /// Who has voted for what: "“red” A and B; “blue” C".
    fn who_for_what(&self, votes: &[(Value, NodeSet)]) -> String {
        let symbols = &self.trace.scenario.symbols;
        let one = |(value, voters): &(Value, NodeSet)| {
            format!("{} {}", quote(self.words, symbols, *value), names(symbols, voters.iter()))
        };
        votes.iter().map(one).collect::<Vec<_>>().join("; ")
    }

    /// A vote has come, and no decree has a quorum.
    fn votes_so_far(&self, node: NodeId, ballot: Ballot) -> Option<String> {
        let (name, number) = (self.name(node), self.ballot(ballot));
        let votes = self.votes_heard(node, ballot)?.into_entries();
        let system = self.trace.scenario.quorum(Purpose::Pass, ballot);
        let largest = votes.iter().map(|(_, voters)| *voters).max_by_key(|voters| voters.len())?;
        let (so_far, need) = (self.who_for_what(&votes), self.need(system, largest));
        let split = if votes.len() > 1 { say!("These wishes collide. ").text() } else { "" };
        let (votes, decree) = (capital(self.words.votes), self.words.decree);
        Some(say!(
            "{votes} in {number} so far: {so_far}. {split}A quorum needs {need} for one {decree}, so {name} waits."
        ))
    }

    /// Step 2a, by the leader or, in uncoordinated recovery, by an acceptor: what the round rests on, and which decree can have
    /// passed before it (O4).
    fn began_round(
        &self,
        node: NodeId,
        instance: Instance,
        (ballot, value): (Ballot, Option<Value>),
        quorum: NodeSet,
    ) -> Vec<String> {
        let (name, number) = (self.name(node), self.ballot(ballot));
        let symbols = &*self.trace.scenario.symbols;
        let members = names(symbols, quorum.iter());
        let takes = self.takes(value);
        let (basis, reported) = match self.heard() {
            Some(Phase::OneB) => {
                let basis = say!("Promises of {number} have come from a quorum: {members}.");
                let Some(reported) = self.reported(node, ballot, instance) else { return vec![basis] };
                (basis, reported)
            }
            // A leader whose classic round was free has heard of a wish.
            Some(Phase::Request) => {
                return vec![say!("Phase 1 of {number} was done ahead, so {name} begins {takes} at once.")];
            }
            // The votes of the round before it take the place of promises.
            _ => {
                let before = Ballot::new((ballot.number() - 1).max(1), ballot.owner());
                let basis = say!(
                    "A quorum has {voted_in} {before}: {members}. That says what promises of {number} would say.",
                    voted_in = self.words.voted_in,
                    before = self.ballot(before)
                );
                let Some(votes) = self.votes_heard(node, before) else { return vec![basis] };
                let each = votes.into_entries().into_iter();
                let reported = each.flat_map(|(value, voters)| {
                    voters.iter().map(move |voter| (Vote { ballot: before, value }, voter)).collect::<Vec<_>>()
                });
                (basis, reported.collect())
            }
        };
        vec![basis, self.can_have_passed(name, &reported, quorum, value)]
    }

    fn can_have_passed(
        &self,
        name: &str,
        reported: &[(Vote, NodeId)],
        quorum: NodeSet,
        value: Option<Value>,
    ) -> String {
        let scenario = &self.trace.scenario;
        let symbols = &*scenario.symbols;
        let takes = self.takes(value);
        let (a_vote, decree, can_have_passed) = (self.words.a_vote, self.words.decree, self.words.can_have_passed);
        let Some(last) = reported.iter().map(|(vote, _)| vote.ballot).max() else {
            return match value {
                Some(_) => say!("None of them reports {a_vote}, so the {decree} is free: {name} takes {takes}."),
                None => say!(
                    "None of them reports {a_vote}, and the round is fast: acceptors may {vote_for} any wish.",
                    vote_for = self.words.vote_for
                ),
            };
        };
        let mut votes: Sorted<Value, NodeSet> = Sorted::default();
        for (vote, voter) in reported.iter().filter(|(vote, _)| vote.ballot == last) {
            votes.entry(vote.value, || NodeSet::EMPTY).insert(*voter);
        }
        let votes = votes.into_entries();
        let outside = scenario.setup.cast.acceptors.without(quorum);
        let can = |(_, voters): &&(Value, NodeSet)| scenario.is_quorum(Purpose::Pass, last, voters.union(outside));
        let possible: Vec<Value> = votes.iter().filter(can).map(|(value, _)| *value).collect();
        let system = scenario.quorum(Purpose::Pass, last);
        let (in_last, who, need) = (self.ballot(last), self.who_for_what(&votes), self.need(system, outside));
        let so = match possible.as_slice() {
            [] => say!("none of these {can_have_passed}: {name} is free, and takes {takes}"),
            [only] if Some(*only) == value => say!("only {takes} {can_have_passed}, and {name} takes it"),
            [only] => say!(
                "only {value} {can_have_passed}, but the rule “{rule}” is switched off, and {name} takes {takes}",
                value = quote(self.words, symbols, *only),
                rule = Guard::Pick.info().name
            ),
            _ => say!("each of several {can_have_passed}, and {name} takes {takes}"),
        };
        say!("Their {votes} in {in_last}: {who}. A quorum there needs {need}, so {so}.", votes = self.words.votes)
    }

    /// What a round carries.
    fn takes(&self, value: Option<Value>) -> String {
        let symbols = &self.trace.scenario.symbols;
        value.map_or_else(|| self.words.fill(key!("any {decree}")), |value| quote(self.words, symbols, value))
    }
}
