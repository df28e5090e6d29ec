//! β, the paper's set of ballots (PTP §2.1; slides, "Some notations used"), built up from the facts of a run.

use std::borrow::Cow;
use std::hash::{Hash, Hasher};

use crate::protocol::{Basis, Fact, Setup};
use crate::trace::{EventId, Trace, What};
use crate::types::{Ballot, Instance, NodeId, NodeSet, Renaming, Sorted, Value, Vote};

/// The ballots begun so far and the votes cast in them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Beta {
    /// The ballots with a decree of their own, in the order of instance and number.
    begun: Vec<Begun>,
    /// The ballots whose decrees the voters choose, in the order of numbers. Such a ballot is for its instance and every later
    /// one.
    free: Vec<Begun>,
    /// For each node, its votes in order of instance and vote.
    cast: Vec<Vec<Cast>>,
    /// How many events β was shown.
    shown: usize,
}

/// A vote, and the event in which it was first cast.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Cast {
    key: (Instance, Vote),
    event: EventId,
}

/// A ballot B, as step 2a began it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Begun {
    /// The event of step 2a.
    pub event: EventId,
    /// The process that began the ballot.
    pub by: NodeId,
    /// The instance that the ballot is for; the first one, where the voters choose the decrees.
    pub instance: Instance,
    /// B_bal: the ballot's number.
    pub ballot: Ballot,
    /// B_val: the ballot's decree; none where the voters choose the decree.
    pub value: Option<Value>,
    /// What the ballot rests on.
    pub basis: Basis,
    /// B_qrm: the processes whose promises or claims the ballot rests on.
    pub quorum: NodeSet,
}

/// The hash covers the ballots and the votes. No condition depends on the event in which a ballot was begun, and only B1 asks
/// which process began it, for fast rounds; B1 remembers that itself.
impl Hash for Beta {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        for begun in [&self.begun, &self.free] {
            begun.len().hash(hasher);
            begun.iter().for_each(|begun| (begun.instance, begun.ballot, begun.value, begun.quorum).hash(hasher));
        }
        for cast in &self.cast {
            cast.len().hash(hasher);
            cast.iter().for_each(|cast| cast.key.hash(hasher));
        }
    }
}

impl Beta {
    /// The empty β, for this many nodes.
    pub fn new(nodes: usize) -> Self {
        Self { begun: Vec::new(), free: Vec::new(), cast: vec![Vec::new(); nodes], shown: 0 }
    }

    /// Moves β to its state after the first `events` events of a run. β must have been shown only events of this run before.
    /// Moving forward takes time in proportion to the events in between; moving back takes time in proportion to the ballots
    /// and votes.
    pub fn seek(&mut self, trace: &Trace, events: usize) {
        if events < self.shown {
            self.forget(events);
        }
        for (place, event) in (self.shown..events).zip(trace.events().range(self.shown..events)) {
            self.observe(EventId(place as u32), &event.what);
        }
    }

    /// Forgets everything after the first `events` events.
    pub fn forget(&mut self, events: usize) {
        let is_before = |event: EventId| (event.0 as usize) < events;
        self.begun.retain(|begun| is_before(begun.event));
        self.free.retain(|begun| is_before(begun.event));
        self.cast.iter_mut().for_each(|cast| cast.retain(|cast| is_before(cast.event)));
        self.shown = self.shown.min(events);
    }

    /// Adds the ballot or the vote of an event, if the event has one.
    pub fn observe(&mut self, event_id: EventId, what: &What) {
        self.shown = event_id.0 as usize + 1;
        match *what {
            What::Stated(by, Fact::Began { instance, ballot, value, basis }) => {
                let quorum = basis.quorum();
                let begun = Begun { event: event_id, by, instance, ballot, value, basis, quorum };
                if value.is_some() {
                    self.begun.insert(self.place(instance, ballot, true), begun);
                } else {
                    self.free.insert(self.free.partition_point(|free| free.ballot <= ballot), begun);
                }
            }
            What::Stated(node, Fact::Voted(instance, vote)) => {
                let cast = &mut self.cast[node.index()];
                let key = (instance, vote);
                if let Err(place) = cast.binary_search_by_key(&key, |cast| cast.key) {
                    cast.insert(place, Cast { key, event: event_id });
                }
            }
            _ => {}
        }
    }

    /// Gives the nodes their new names.
    pub(super) fn rename(&mut self, names: &Renaming) {
        names.permute(&mut self.cast);
        for begun in self.begun.iter_mut().chain(&mut self.free) {
            (begun.by, begun.quorum) = (names.of(begun.by), begun.quorum.renamed(names));
        }
    }

    /// The place where the ballots with this number begin or, with `after`, the place where they end.
    fn place(&self, instance: Instance, ballot: Ballot, after: bool) -> usize {
        let wanted = (instance, ballot);
        self.begun.partition_point(|begun| {
            let this = (begun.instance, begun.ballot);
            this < wanted || after && this == wanted
        })
    }

    /// The ballots with this number that are for this instance, in the order in which they were begun.
    pub fn numbered(&self, instance: Instance, ballot: Ballot) -> Cow<'_, [Begun]> {
        let own = &self.begun[self.place(instance, ballot, false)..self.place(instance, ballot, true)];
        let mut free = self.free.iter().filter(|free| free.ballot == ballot && free.instance <= instance).peekable();
        if free.peek().is_none() {
            return Cow::Borrowed(own);
        }
        let mut numbered: Vec<Begun> = own.iter().chain(free).copied().collect();
        numbered.sort_unstable_by_key(|begun| begun.event);
        Cow::Owned(numbered)
    }

    /// The ballots that are for this instance and have a larger number.
    pub fn above(&self, instance: Instance, ballot: Ballot) -> impl Iterator<Item = &Begun> {
        let later = &self.begun[self.place(instance, ballot, true)..];
        let own = &later[..later.partition_point(|begun| begun.instance == instance)];
        let free = &self.free[self.free.partition_point(|free| free.ballot <= ballot)..];
        own.iter().chain(free.iter().filter(move |free| free.instance <= instance))
    }

    /// The instances that a ballot is for, as far as anybody has voted in them: only its own where it has a decree of its own,
    /// and all from its own on where the voters choose the decrees.
    pub fn instances(&self, instance: Instance, value: Option<Value>) -> Vec<Instance> {
        if value.is_some() {
            return vec![instance];
        }
        let votes = NodeId::all(self.cast.len()).flat_map(|node| self.votes_from(instance, node));
        let mut instances: Vec<Instance> = votes.map(|(instance, _)| instance).collect();
        instances.sort_unstable();
        instances.dedup();
        instances
    }

    /// The votes with a smaller number that any process has cast in this instance, in order and each vote once.
    pub fn votes_below(&self, instance: Instance, ballot: Ballot) -> Vec<Vote> {
        let is_below = |(of, vote): &(Instance, Vote)| *of == instance && vote.ballot < ballot;
        let votes = NodeId::all(self.cast.len()).flat_map(|node| self.votes_from(instance, node).take_while(is_below));
        let mut below: Sorted<Vote, ()> = Sorted::default();
        votes.for_each(|(_, vote)| below.set(vote, ()));
        below.into_entries().into_iter().map(|(vote, ())| vote).collect()
    }

    /// B_vot: the processes that voted for this value in this ballot.
    pub fn voters(&self, instance: Instance, vote: Vote) -> NodeSet {
        let key = (instance, vote);
        let voted = |node: &NodeId| self.cast[node.index()].binary_search_by_key(&key, |cast| cast.key).is_ok();
        NodeId::all(self.cast.len()).filter(voted).collect()
    }

    /// The processes that have voted in this ballot for what includes this value: for the value itself or, where values are
    /// histories, for one that extends it.
    pub fn supporters(&self, setup: &Setup, instance: Instance, vote: Vote) -> NodeSet {
        if !vote.value.is_history() {
            return self.voters(instance, vote);
        }
        let supports = |node: &NodeId| {
            self.votes_in(instance, vote.ballot, *node).any(|cast| setup.includes(cast.key.1.value, vote.value))
        };
        NodeId::all(self.cast.len()).filter(supports).collect()
    }

    /// The process's votes in this ballot.
    fn votes_in(&self, instance: Instance, ballot: Ballot, node: NodeId) -> impl Iterator<Item = &Cast> {
        let cast = &self.cast[node.index()];
        let first = cast.partition_point(|cast| (cast.key.0, cast.key.1.ballot) < (instance, ballot));
        cast[first..].iter().take_while(move |cast| cast.key.0 == instance && cast.key.1.ballot == ballot)
    }

    /// The ballots in which any process has voted in this instance, in order.
    pub fn voted(&self, instance: Instance) -> Vec<Ballot> {
        let mut ballots: Sorted<Ballot, ()> = Sorted::default();
        for node in NodeId::all(self.cast.len()) {
            let votes = self.votes_from(instance, node).take_while(|(of, _)| *of == instance);
            votes.for_each(|(_, vote)| ballots.set(vote.ballot, ()));
        }
        ballots.into_entries().into_iter().map(|(ballot, ())| ballot).collect()
    }

    /// The process's votes in this instance and every later one, in order.
    pub fn votes_from(&self, instance: Instance, node: NodeId) -> impl Iterator<Item = (Instance, Vote)> + '_ {
        let cast = &self.cast[node.index()];
        cast[cast.partition_point(|cast| cast.key.0 < instance)..].iter().map(|cast| cast.key)
    }

    /// Another decree for which the process has voted in the ballot of this vote.
    pub fn other_vote(&self, instance: Instance, vote: Vote, node: NodeId) -> Option<Value> {
        let same = self.votes_in(instance, vote.ballot, node);
        same.map(|cast| cast.key.1.value).find(|value| *value != vote.value)
    }

    /// The members that have voted below this ballot in the largest ballot in which any of them has: that ballot, and for
    /// each decree that they have voted for in it, who has. Of histories, for each smallest part that has a command, the
    /// members whose histories extend it.
    pub fn last_round(
        &self,
        setup: &Setup,
        instance: Instance,
        below: Ballot,
        quorum: NodeSet,
    ) -> Option<(Ballot, Vec<(Value, NodeSet)>)> {
        let last = self.max_vote_of(instance, below, quorum)?.ballot;
        let mut values: Sorted<Value, NodeSet> = Sorted::default();
        for node in quorum.iter() {
            for cast in self.votes_in(instance, last, node) {
                for part in setup.parts(cast.key.1.value) {
                    values.entry(part, || NodeSet::EMPTY).insert(node);
                }
            }
        }
        Some((last, values.into_entries()))
    }

    /// MaxVote(b, p, β): the process's vote with the largest number below b.
    pub fn max_vote(&self, instance: Instance, below: Ballot, node: NodeId) -> Option<Vote> {
        let cast = &self.cast[node.index()];
        let earlier = cast.partition_point(|cast| (cast.key.0, cast.key.1.ballot) < (instance, below));
        let (place, vote) = cast[..earlier].last()?.key;
        (place == instance).then_some(vote)
    }

    /// MaxVote(b, Q, β): the largest of the members' votes below b.
    pub fn max_vote_of(&self, instance: Instance, below: Ballot, quorum: NodeSet) -> Option<Vote> {
        quorum.iter().filter_map(|node| self.max_vote(instance, below, node)).max_by_key(|vote| vote.ballot)
    }
}
