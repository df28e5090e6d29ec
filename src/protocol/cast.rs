//! The cast: which process plays which part. By default every process plays every part except that of a client, as in the
//! papers' parliament; a script can give the parts to different processes, as textbooks do.

use crate::types::{NodeId, NodeSet};

/// The parts of a cluster's processes. One process can play several parts.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Cast {
    /// How many processes there are.
    pub nodes: usize,
    /// The processes that promise and vote.
    pub acceptors: NodeSet,
    /// The processes that are told which decrees have passed.
    pub learners: NodeSet,
    /// The processes that only send requests and wait for replies. A client plays no other part.
    pub clients: NodeSet,
    /// Acceptors that are asked only while another acceptor is missing (Cheap Paxos).
    pub auxiliaries: NodeSet,
    /// The processes that may say anything (Byzantine faults).
    pub liars: NodeSet,
}

impl Cast {
    /// The cast in which every process is an acceptor and a learner, no process is a client, and nobody lies.
    pub fn everybody(nodes: usize) -> Self {
        let all = NodeSet::all(nodes);
        let none = NodeSet::EMPTY;
        Self { nodes, acceptors: all, learners: all, clients: none, auxiliaries: none, liars: none }
    }

    /// All processes, in order.
    pub fn all(&self) -> NodeSet {
        NodeSet::all(self.nodes)
    }

    /// The processes that are not clients.
    pub fn servers(&self) -> NodeSet {
        self.all().without(self.clients)
    }

    /// The processes that may start ballots and lead: all except the clients and the processes that only learn.
    pub fn proposers(&self) -> NodeSet {
        let only_learn = self.learners.without(self.acceptors);
        // Where every server learns, no process counts as one that only learns.
        let only_learn = if self.learns_everybody() { NodeSet::EMPTY } else { only_learn };
        self.servers().without(only_learn)
    }

    /// The leader where the script names none: the first process that may lead.
    pub fn first_leader(&self) -> NodeSet {
        self.proposers().iter().take(1).collect()
    }

    /// The processes that clients ask where they ask the acceptors themselves: the acceptors, and the processes that may
    /// lead.
    pub fn asked(&self) -> NodeSet {
        self.acceptors.union(self.proposers())
    }

    /// Whether a process is told which decrees have passed, or finds that out by itself.
    pub fn knows(&self, node: NodeId) -> bool {
        self.learners.contains(node) || self.proposers().contains(node)
    }

    fn learns_everybody(&self) -> bool {
        self.learners == self.servers()
    }
}
