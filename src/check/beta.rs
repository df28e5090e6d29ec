//! β, the paper's set of ballots (PTP §2.1; slides, "Some notations used"), as the facts of a run build it up.

use std::hash::{Hash, Hasher};

use crate::protocol::{Basis, Fact};
use crate::trace::{EventId, Trace, What};
use crate::types::{Ballot, Instance, NodeId, NodeSet, Renaming, Sorted, Value, Vote};

/// The ballots begun so far and the votes cast in them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Beta {
    /// In order of instance and number.
    begun: Vec<Begun>,
    /// For each node its votes, in order.
    cast: Vec<Vec<Cast>>,
    /// How many events it was shown.
    shown: usize,
}

/// A vote, and the event in which it was first cast.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Cast {
    key: (Instance, Vote),
    event: EventId,
}

/// A ballot B as step 2a began it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Begun {
    /// The event.
    pub event: EventId,
    /// Who began it.
    pub by: NodeId,
    /// What is decided.
    pub instance: Instance,
    /// B_bal.
    pub ballot: Ballot,
    /// B_val; none where voters choose.
    pub value: Option<Value>,
    /// What it rests on.
    pub basis: Basis,
    /// B_qrm: whose word it rests on.
    pub quorum: NodeSet,
}

/// By the ballots and votes: who began a ballot, and in which events that was, no condition asks.
impl Hash for Beta {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.begun.len().hash(hasher);
        self.begun.iter().for_each(|begun| (begun.instance, begun.ballot, begun.value, begun.quorum).hash(hasher));
        for cast in &self.cast {
            cast.len().hash(hasher);
            cast.iter().for_each(|cast| cast.key.hash(hasher));
        }
    }
}

impl Beta {
    /// No ballot yet.
    pub fn new(nodes: usize) -> Self {
        Self { begun: Vec::new(), cast: vec![Vec::new(); nodes], shown: 0 }
    }

    /// Shows the ballots as they stand after the first `events` events of a run, of which it has been shown some. Going on
    /// takes as long as the events between are many; going back, as the ballots and votes are.
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
        self.cast.iter_mut().for_each(|cast| cast.retain(|cast| is_before(cast.event)));
        self.shown = self.shown.min(events);
    }

    /// Takes in what an event adds.
    pub fn observe(&mut self, event_id: EventId, what: &What) {
        self.shown = event_id.0 as usize + 1;
        match *what {
            What::Stated(by, Fact::Began { instance, ballot, value, basis }) => {
                let place = self.place(instance, ballot, true);
                let quorum = basis.quorum();
                self.begun.insert(place, Begun { event: event_id, by, instance, ballot, value, basis, quorum });
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

    /// Renames the nodes.
    pub(super) fn rename(&mut self, names: &Renaming) {
        names.permute(&mut self.cast);
        for begun in &mut self.begun {
            (begun.by, begun.quorum) = (names.of(begun.by), begun.quorum.renamed(names));
        }
    }

    /// Where the ballots of this number begin, or where those after them do.
    fn place(&self, instance: Instance, ballot: Ballot, after: bool) -> usize {
        let wanted = (instance, ballot);
        self.begun.partition_point(|begun| {
            let this = (begun.instance, begun.ballot);
            this < wanted || after && this == wanted
        })
    }

    /// Every ballot, by instance and number; more than one of a number only where B1 is broken.
    pub fn ballots(&self) -> &[Begun] {
        &self.begun
    }

    /// The ballots of this number, in the order begun.
    pub fn numbered(&self, instance: Instance, ballot: Ballot) -> &[Begun] {
        &self.begun[self.place(instance, ballot, false)..self.place(instance, ballot, true)]
    }

    /// The ballots of an instance with a larger number.
    pub fn above(&self, instance: Instance, ballot: Ballot) -> &[Begun] {
        let later = &self.begun[self.place(instance, ballot, true)..];
        &later[..later.partition_point(|begun| begun.instance == instance)]
    }

    /// The votes that somebody has cast in this instance with a smaller number, in order, each once.
    pub fn votes_below(&self, instance: Instance, ballot: Ballot) -> Vec<Vote> {
        let votes = self.cast.iter().flat_map(|cast| {
            let first = cast.partition_point(|cast| cast.key.0 < instance);
            cast[first..].iter().map(|cast| cast.key).take_while(|(of, vote)| *of == instance && vote.ballot < ballot)
        });
        let mut below: Sorted<Vote, ()> = Sorted::default();
        votes.for_each(|(_, vote)| below.set(vote, ()));
        below.into_entries().into_iter().map(|(vote, ())| vote).collect()
    }

    /// B_vot: who voted for this value in this ballot.
    pub fn voters(&self, instance: Instance, vote: Vote) -> NodeSet {
        let key = (instance, vote);
        let voted = |node: &NodeId| self.cast[node.index()].binary_search_by_key(&key, |cast| cast.key).is_ok();
        NodeId::all(self.cast.len()).filter(voted).collect()
    }

    /// The process's votes in this instance and those after it, in order.
    pub fn votes_from(&self, instance: Instance, node: NodeId) -> impl Iterator<Item = (Instance, Vote)> + '_ {
        let cast = &self.cast[node.index()];
        cast[cast.partition_point(|cast| cast.key.0 < instance)..].iter().map(|cast| cast.key)
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
