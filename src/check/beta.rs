//! β, the paper's set of ballots (PTP §2.1; slides, "Some notations used"), as the facts of a run build it up.

use std::collections::BTreeMap;
use std::ops::Bound::{Excluded, Included};

use crate::protocol::Fact;
use crate::trace::{Event, EventId, What};
use crate::types::{Ballot, Instance, NodeId, NodeSet, Value, Vote};

/// The ballots begun so far and the votes cast in them.
#[derive(Clone, Debug)]
pub struct Beta {
    begun: BTreeMap<(Instance, Ballot), Vec<Begun>>,
    voters: BTreeMap<(Instance, Vote), NodeSet>,
    cast: Vec<BTreeMap<(Instance, Ballot), Value>>,
}

/// A ballot B as step 2a began it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Begun {
    /// The event.
    pub event: EventId,
    /// Who began it.
    pub by: NodeId,
    /// B_val.
    pub value: Value,
    /// B_qrm.
    pub quorum: NodeSet,
}

impl Beta {
    /// No ballot yet.
    pub fn new(nodes: usize) -> Self {
        Self { begun: BTreeMap::new(), voters: BTreeMap::new(), cast: vec![BTreeMap::new(); nodes] }
    }

    /// Takes in what an event adds.
    pub fn observe(&mut self, event_id: EventId, event: &Event) {
        match event.what {
            What::Stated(by, Fact::Began { instance, vote, quorum }) => {
                let begun = Begun { event: event_id, by, value: vote.value, quorum };
                self.begun.entry((instance, vote.ballot)).or_default().push(begun);
            }
            What::Stated(node, Fact::Voted(instance, vote)) => {
                self.voters.entry((instance, vote)).or_default().insert(node);
                self.cast[node.index()].insert((instance, vote.ballot), vote.value);
            }
            _ => {}
        }
    }

    /// Every ballot, by instance and number; more than one of a number only where B1 is broken.
    pub fn ballots(&self) -> impl Iterator<Item = (Instance, Ballot, &Begun)> {
        self.begun
            .iter()
            .flat_map(|((instance, ballot), begun)| begun.iter().map(move |begun| (*instance, *ballot, begun)))
    }

    /// The ballots of this number.
    pub fn numbered(&self, instance: Instance, ballot: Ballot) -> &[Begun] {
        self.begun.get(&(instance, ballot)).map_or(&[], Vec::as_slice)
    }

    /// The ballots of an instance with a larger number.
    pub fn above(&self, instance: Instance, ballot: Ballot) -> impl Iterator<Item = (Ballot, &Begun)> {
        let next_instance = (Instance(instance.0 + 1), Ballot::new(1, NodeId(0)));
        let range = self.begun.range((Excluded((instance, ballot)), Excluded(next_instance)));
        range.flat_map(|((_, ballot), begun)| begun.iter().map(move |begun| (*ballot, begun)))
    }

    /// B_vot: who voted for this value in this ballot.
    pub fn voters(&self, instance: Instance, vote: Vote) -> NodeSet {
        self.voters.get(&(instance, vote)).copied().unwrap_or_default()
    }

    /// MaxVote(b, p, β): the process's vote with the largest number below b.
    pub fn max_vote(&self, instance: Instance, below: Ballot, node: NodeId) -> Option<Vote> {
        let first = (instance, Ballot::new(1, NodeId(0)));
        let mut earlier = self.cast[node.index()].range((Included(first), Excluded((instance, below).max(first))));
        earlier.next_back().map(|((_, ballot), value)| Vote { ballot: *ballot, value: *value })
    }

    /// MaxVote(b, Q, β): the largest of the members' votes below b.
    pub fn max_vote_of(&self, instance: Instance, below: Ballot, quorum: NodeSet) -> Option<Vote> {
        quorum.iter().filter_map(|node| self.max_vote(instance, below, node)).max_by_key(|vote| vote.ballot)
    }
}
