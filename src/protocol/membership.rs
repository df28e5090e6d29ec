//! Membership: which processes the quorums of an instance are made of, where passed decrees change that (PTP §3.3.6;
//! Lamport and Massa, *Cheap Paxos*).
//!
//! The configuration of instance I follows from the decrees that have passed at instances up to I − α. So whoever knows these
//! decrees knows the configuration, and all who know it know the same one.

use super::{Cast, Fact, Setup};
use crate::quorum::QuorumSystem;
use crate::types::{Instance, NodeId, NodeSet, Sorted, Value};

/// What a protocol's row says of its membership: passed decrees change it.
#[derive(Clone, Copy, Debug)]
pub struct Membership {
    /// α, as a function of the choices of the options: a change that passes at instance J is in force from instance J + α
    /// on. It is at least 1.
    pub delay: fn(&[u8]) -> u32,
    /// The auxiliary processes among these acceptors, where the script names none.
    pub auxiliaries: fn(NodeSet) -> NodeSet,
}

/// A change of the configuration, which a decree can carry.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Change {
    /// The main process leaves, and an auxiliary process leaves with it.
    Remove(NodeId),
    /// The process comes back as a main process, and an auxiliary process comes back with it.
    Add(NodeId),
}

/// The decrees of a run that change the configuration.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Changes {
    /// α: a change that passes at instance J is in force from instance J + α on.
    pub delay: u32,
    /// Every value that carries a change, in order.
    values: Vec<(Value, Change)>,
}

impl Changes {
    /// The changes of a run, with all values that carry them.
    pub fn new(delay: u32, mut values: Vec<(Value, Change)>) -> Self {
        values.sort_unstable();
        Self { delay, values }
    }

    /// The change that this value carries, if it carries one.
    pub fn of(&self, value: Value) -> Option<Change> {
        let place = self.values.binary_search_by_key(&value, |(known, _)| *known).ok()?;
        Some(self.values[place].1)
    }

    /// The value by which a process itself proposes this change: the last value that carries it.
    pub fn value(&self, change: Change) -> Option<Value> {
        self.values.iter().rev().find(|(_, known)| *known == change).map(|(value, _)| *value)
    }
}

/// The members of an instance. Any majority of all members is a quorum.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Configuration {
    /// The main processes: they are asked first.
    pub mains: NodeSet,
    /// The auxiliary processes: they are asked only while a main process does not answer.
    pub auxiliaries: NodeSet,
}

impl Configuration {
    /// The configuration before any change.
    pub fn first(cast: &Cast) -> Self {
        Self { mains: cast.acceptors.without(cast.auxiliaries), auxiliaries: cast.auxiliaries }
    }

    /// All members.
    pub fn members(self) -> NodeSet {
        self.mains.union(self.auxiliaries)
    }

    /// The quorums: the majorities of all members, the auxiliary ones included.
    pub fn majority(self) -> QuorumSystem {
        QuorumSystem::majority(self.members())
    }

    /// The configuration after this change. With each main process that leaves, the last auxiliary process leaves; with each
    /// that comes back, an auxiliary process comes back. So all main processes together stay a quorum. A change that
    /// changes nothing, or that would leave no main process, has no effect.
    #[must_use]
    pub fn changed(mut self, change: Change, cast: &Cast) -> Self {
        match change {
            Change::Remove(node) if self.mains.contains(node) && self.mains.len() > 1 => {
                self.mains.remove(node);
                if let Some(last) = self.auxiliaries.iter().last() {
                    self.auxiliaries.remove(last);
                }
            }
            Change::Add(node) if Self::first(cast).mains.contains(node) && !self.mains.contains(node) => {
                self.mains.insert(node);
                if let Some(next) = cast.auxiliaries.without(self.auxiliaries).iter().next() {
                    self.auxiliaries.insert(next);
                }
            }
            Change::Remove(_) | Change::Add(_) => {}
        }
        self
    }
}

/// The changes that have passed, and so the configuration of every instance.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub struct Configurations {
    passed: Sorted<Instance, Change>,
}

impl Configurations {
    /// Notes that this change has passed at this instance. The first change noted for an instance stays.
    pub fn note(&mut self, instance: Instance, change: Change) {
        self.passed.entry(instance, || change);
    }

    /// Notes the change that this fact says to have passed, if it says so.
    pub fn observe(&mut self, setup: &Setup, fact: &Fact) {
        if let Fact::Learned(instance, vote) = fact
            && let Some(change) = setup.change(vote.value)
        {
            self.note(*instance, change);
        }
    }

    /// conf(I): what the first configuration became by all changes at instances up to I − α.
    pub fn at(&self, cast: &Cast, delay: u32, instance: Instance) -> Configuration {
        let in_force =
            self.passed.entries().iter().take_while(|(place, _)| place.0.saturating_add(delay) <= instance.0);
        in_force.fold(Configuration::first(cast), |configuration, (_, change)| configuration.changed(*change, cast))
    }

    /// conf(I) in a cluster with this setup; none where nothing changes the configuration.
    pub fn of(&self, setup: &Setup, instance: Instance) -> Option<Configuration> {
        Some(self.at(&setup.cast, setup.changes.as_ref()?.delay, instance))
    }

    /// The configuration that all changes together lead to.
    pub fn last(&self, cast: &Cast) -> Configuration {
        self.at(cast, 0, Instance(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(nodes: &[u8]) -> NodeSet {
        nodes.iter().map(|node| NodeId(*node)).collect()
    }

    #[test]
    fn main_processes_stay_a_quorum_whatever_changes() {
        for (acceptors, auxiliaries) in [(3, set(&[2])), (4, set(&[3])), (5, set(&[3, 4])), (7, set(&[4, 5, 6]))] {
            let cast = Cast { auxiliaries, ..Cast::everybody(acceptors) };
            let changes: Vec<_> =
                NodeId::all(acceptors).flat_map(|node| [Change::Remove(node), Change::Add(node)]).collect();
            // Every configuration that three changes can lead to.
            let mut reached = vec![Configuration::first(&cast)];
            for _ in 0..3 {
                let more = reached.iter().flat_map(|now| changes.iter().map(|change| now.changed(*change, &cast)));
                reached = more.collect();
                for configuration in &reached {
                    assert!(configuration.majority().is_quorum(configuration.mains), "{configuration:?}");
                    assert!(!configuration.mains.is_empty() && !configuration.mains.meets(configuration.auxiliaries));
                }
            }
        }
    }

    #[test]
    fn a_change_is_in_force_from_alpha_instances_later() {
        let cast = Cast { auxiliaries: set(&[3, 4]), ..Cast::everybody(5) };
        let mut configurations = Configurations::default();
        configurations.note(Instance(2), Change::Remove(NodeId(1)));
        configurations.note(Instance(6), Change::Add(NodeId(1)));
        configurations.note(Instance(6), Change::Remove(NodeId(0)));
        let mains = |delay, instance| configurations.at(&cast, delay, Instance(instance)).mains;
        assert_eq!(
            [2, 3, 6, 7].map(|instance| mains(1, instance)),
            [&[0, 1, 2][..], &[0, 2], &[0, 2], &[0, 1, 2]].map(set)
        );
        assert_eq!(
            [4, 5, 8, 9].map(|instance| mains(3, instance)),
            [&[0, 1, 2][..], &[0, 2], &[0, 2], &[0, 1, 2]].map(set)
        );
        assert_eq!(configurations.at(&cast, 3, Instance(5)).auxiliaries, set(&[3]), "the last auxiliary leaves too");
        assert_eq!(configurations.last(&cast), Configuration::first(&cast));
    }

    #[test]
    fn the_last_main_process_stays_and_only_main_processes_come_back() {
        let cast = Cast { auxiliaries: set(&[2]), ..Cast::everybody(3) };
        let alone = Configuration::first(&cast).changed(Change::Remove(NodeId(1)), &cast);
        assert_eq!((alone.mains, alone.auxiliaries), (set(&[0]), NodeSet::EMPTY));
        assert_eq!(alone.changed(Change::Remove(NodeId(0)), &cast), alone);
        assert_eq!(alone.changed(Change::Add(NodeId(2)), &cast), alone);
    }

    #[test]
    fn a_process_proposes_a_change_by_the_last_value_that_carries_it() {
        let (remove, add) = (Change::Remove(NodeId(1)), Change::Add(NodeId(1)));
        let changes = Changes::new(1, vec![(Value(7), remove), (Value(2), remove), (Value(8), add)]);
        assert_eq!([2, 3, 8].map(|value| changes.of(Value(value))), [Some(remove), None, Some(add)]);
        assert_eq!([remove, add].map(|change| changes.value(change)), [Some(Value(7)), Some(Value(8))]);
    }
}
