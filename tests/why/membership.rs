//! Who the members of an instance are, counted in another way, and when the sentences about them are true (Cheap Paxos).

use std::collections::{BTreeMap, BTreeSet};

use paxos_playground::protocol::{Change, Configuration, Fact, Guard, Phase};
use paxos_playground::quorum::{Purpose, QuorumSystem};
use paxos_playground::trace::{Envelope, What};
use paxos_playground::types::{Ballot, Instance, NodeId, NodeSet};

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
            "A quorum has promised, but an auxiliary process has forgotten its votes up to instance {}. What passed there \
             stands in ledgers of main processes only, so {} begins nothing before one of them has told it.",
            last.0,
            self.name(node)
        );
        (closed && known < last.0 as usize).then_some(said).into_iter().collect()
    }
}
