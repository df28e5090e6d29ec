//! Who the members of an instance are, counted in another way, and when the sentences about them are true (Cheap Paxos).

use std::collections::{BTreeMap, BTreeSet};

use paxos_playground::protocol::{Change, Configuration, Fact, Guard, Phase};
use paxos_playground::quorum::{Purpose, QuorumSystem};
use paxos_playground::trace::{Envelope, What};
use paxos_playground::types::{Ballot, Instance, NodeId, NodeSet, Vote};

use super::truths::Step;

impl Step<'_> {
    /// The quorums of a ballot in an instance: where decrees change the members, the majorities of those that the decrees
    /// before leave. Promises are for the first instance of the ballot.
    pub(crate) fn quorums(&self, purpose: Purpose, ballot: Ballot, instance: Option<Instance>) -> QuorumSystem {
        let (trace, setup) = (self.past.trace, &self.past.trace.scenario.setup);
        let Some(changes) = &setup.changes else { return trace.scenario.quorum(purpose, ballot).clone() };
        let asks = |sent: &&Envelope| {
            trace.scenario.protocol.kind(sent.message.kind).phase == Phase::OneA && sent.message.ballot == Some(ballot)
        };
        let first = trace.messages().iter().find(asks).map(|sent| sent.message.instance);
        let instance = instance.or(first).unwrap_or(Instance::FIRST);
        let mut decided: BTreeMap<Instance, Change> = BTreeMap::new();
        for (_, _, _, fact) in trace.facts() {
            if let Fact::Learned(place, vote) = fact
                && let Some(change) = changes.of(vote.value)
                && place.0 + changes.delay <= instance.0
            {
                decided.entry(place).or_insert(change);
            }
        }
        let mut auxiliaries: Vec<NodeId> = setup.cast.auxiliaries.iter().collect();
        let mut mains: BTreeSet<NodeId> =
            setup.cast.acceptors.iter().filter(|node| !setup.cast.auxiliaries.contains(*node)).collect();
        let all = (mains.clone(), auxiliaries.clone());
        for change in decided.into_values() {
            match change {
                Change::Remove(node) if mains.len() > 1 && mains.remove(&node) => drop(auxiliaries.pop()),
                Change::Add(node) if all.0.contains(&node) && mains.insert(node) => {
                    auxiliaries.extend(all.1.get(auxiliaries.len()).copied());
                }
                _ => {}
            }
        }
        let members: NodeSet = mains.into_iter().chain(auxiliaries).collect();
        QuorumSystem::Count { members, size: members.len() / 2 + 1 }
    }

    pub(crate) fn configured(&self, node: NodeId, from: Instance, configuration: Configuration) -> Vec<String> {
        let Some(changes) = &self.past.trace.scenario.setup.changes else { return Vec::new() };
        let (name, decided, delay) = (self.name(node), from.0 - changes.delay, changes.delay);
        let all: NodeSet = configuration.mains.iter().chain(configuration.auxiliaries.iter()).collect();
        let members = format!(
            "from instance {} on the members are {}, and a quorum is {} of {}.",
            from.0,
            self.names(all),
            all.len() / 2 + 1,
            all.len()
        );
        let executes = self.events.iter().any(|event| match &event.what {
            What::Applied(who, applied) => {
                *who == node && applied.instance.0 == decided && changes.of(applied.value).is_some()
            }
            _ => false,
        });
        let begins = self
            .facts()
            .any(|(who, fact)| matches!(fact, Fact::Began { instance, .. } if who == node && instance.0 == decided));
        if executes {
            return vec![format!(
                "The decree of instance {decided} changes who is a member, and it is in force {delay} later: {members}"
            )];
        }
        let is_assumed = begins && !self.keeps(Guard::ChangeDecided);
        let said = format!(
            "{name} takes its own proposal of instance {decided} as passed, because “change-decided” is switched off: {members}"
        );
        is_assumed.then_some(said).into_iter().collect()
    }

    /// What a quorum needs, and what these processes contribute to it.
    pub(crate) fn need(&self, purpose: Purpose, ballot: Ballot, instance: Option<Instance>, heard: NodeSet) -> String {
        match &self.quorums(purpose, ballot, instance) {
            QuorumSystem::Count { members, size } => format!("{size} of {}", members.len()),
            QuorumSystem::Weighted { weights, need } => {
                let has: u32 = heard.iter().map(|node| weights.get(node.index()).copied().unwrap_or(0)).sum();
                format!("a weight of {need}, of which there is {has}")
            }
            QuorumSystem::Explicit(sets) if sets.len() <= 6 => {
                sets.iter().map(|set| self.names(*set)).collect::<Vec<_>>().join(", or ")
            }
            QuorumSystem::Explicit(sets) => format!("one of {} sets of processes", sets.len()),
        }
    }

    /// Whether these processes are enough, counted by hand.
    pub(crate) fn is_quorum(&self, purpose: Purpose, ballot: Ballot, instance: Option<Instance>, set: NodeSet) -> bool {
        match &self.quorums(purpose, ballot, instance) {
            QuorumSystem::Count { members, size } => set.iter().filter(|node| members.contains(*node)).count() >= *size,
            QuorumSystem::Weighted { weights, need } => {
                set.iter().map(|node| u64::from(weights.get(node.index()).copied().unwrap_or(0))).sum::<u64>() >= *need
            }
            QuorumSystem::Explicit(sets) => sets.iter().any(|quorum| quorum.iter().all(|node| set.contains(node))),
        }
    }

    /// What lets a process go on with fewer processes than a quorum of the members.
    fn too_few(&self, node: NodeId, instance: Instance) -> Option<String> {
        self.past.trace.scenario.setup.changes.as_ref()?;
        let why = if !self.keeps(Guard::WholeQuorum) {
            "the rule “whole-quorum” is switched off".to_owned()
        } else if !self.keeps(Guard::ChangeDecided) {
            "the rule “change-decided” is switched off".to_owned()
        } else {
            format!("{} knows other decrees before it than those that passed first", self.name(node))
        };
        Some(format!("which is no quorum of the members of instance {}; but {why}", instance.0))
    }

    pub(crate) fn begun_by_too_few(
        &self,
        node: NodeId,
        instance: Instance,
        vote: Vote,
        quorum: NodeSet,
    ) -> Vec<String> {
        let said = |too_few: String| {
            let (ballot, members, name) = (self.ballot(vote.ballot), self.names(quorum), self.name(node));
            let (value, place) = (self.value(vote.value), self.place(instance));
            format!("Promises of {ballot} have come from {members}, {too_few}: {name} begins {value}{place} at once.")
        };
        self.too_few(node, instance).map(said).into_iter().collect()
    }

    pub(crate) fn learned_by_too_few(
        &self,
        node: NodeId,
        instance: Instance,
        vote: Vote,
        (voters, written): (&str, &str),
    ) -> Vec<String> {
        let said = |too_few: String| {
            let (ballot, name, value) = (self.ballot(vote.ballot), self.name(node), self.value(vote.value));
            let place = self.place(instance);
            format!(
                "Votes in {ballot}{place} have come from {voters}, {too_few}: {name} takes {value} as passed; {written}."
            )
        };
        self.too_few(node, instance).map(said).into_iter().collect()
    }

    /// The words for protocols without a family.
    pub(crate) fn restated_membership(&self, node: NodeId, fact: Fact) -> String {
        let name = self.name(node);
        match fact {
            Fact::Configured(from, Configuration { mains, auxiliaries }) => {
                let or_nobody = |set: NodeSet| if set.is_empty() { "nobody".to_owned() } else { self.names(set) };
                let (mains, auxiliaries) = (or_nobody(mains), or_nobody(auxiliaries));
                format!(
                    "{name} knows who is a member from instance {} on: main {mains}, auxiliary {auxiliaries}.",
                    from.0
                )
            }
            Fact::Forgot(last) => format!("{name} forgets its votes up to instance {}.", last.0),
            Fact::Blocked(last) => {
                format!("{name} may begin nothing before it knows every decree up to instance {}.", last.0)
            }
            _ => String::new(),
        }
    }

    pub(crate) fn forgot(&self, node: NodeId, last: Instance) -> Vec<String> {
        let is_told = self.landed().is_some_and(|(_, envelope)| envelope.message.instance == last);
        let said = format!(
            "Whoever may lead finds the decrees up to instance {0} in the ledger of a main process, so {1} needs its votes \
             there no more.",
            last.0,
            self.name(node)
        );
        let early = format!(
            "The leader knows the decrees up to instance {}, and “mains-know” is switched off: {} drops its votes, whether \
             other main processes know the decrees or not.",
            last.0,
            self.name(node)
        );
        let kept = self.keeps(Guard::MainsKnow);
        is_told.then_some(if kept { said } else { early }).into_iter().collect()
    }

    pub(crate) fn blocked(&self, node: NodeId, last: Instance) -> Vec<String> {
        let known = self.past.of(node).learned.iter().filter(|(instance, _)| *instance <= last).count();
        let auxiliaries = self.past.trace.scenario.setup.cast.auxiliaries;
        let closed = self.past.trace.messages().iter().any(|sent| {
            let kind = self.past.trace.scenario.protocol.kind(sent.message.kind);
            kind.phase == Phase::OneB && auxiliaries.contains(sent.from) && sent.message.instance == last.next()
        });
        let said = format!(
            "A quorum has promised, but an auxiliary process has forgotten its votes up to instance {}. What was passed there \
             stands in ledgers of main processes only, so {} begins nothing before one of them has told it.",
            last.0,
            self.name(node)
        );
        (closed && known < last.0 as usize).then_some(said).into_iter().collect()
    }
}
