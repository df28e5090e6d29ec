//! Who plays which part. By default everybody plays every part but that of a client, as in the papers' parliament; a script
//! can give the parts to different processes, as textbooks do.

use crate::types::{NodeId, NodeSet};

/// The parts of a cluster's processes. One process can play several.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Cast {
    /// How many processes there are.
    pub nodes: usize,
    /// Those who promise and vote.
    pub acceptors: NodeSet,
    /// Those who are told what has passed.
    pub learners: NodeSet,
    /// Those who only ask, and wait for an answer. A client plays no other part.
    pub clients: NodeSet,
    /// Acceptors that are asked only while another one is missing (Cheap Paxos).
    pub auxiliaries: NodeSet,
    /// Those who may say anything (Byzantine faults).
    pub liars: NodeSet,
}

impl Cast {
    /// Everybody is acceptor and learner; there is no client, and nobody lies.
    pub fn everybody(nodes: usize) -> Self {
        let all = NodeSet::all(nodes);
        let none = NodeSet::EMPTY;
        Self { nodes, acceptors: all, learners: all, clients: none, auxiliaries: none, liars: none }
    }

    /// All processes, in order.
    pub fn all(&self) -> NodeSet {
        NodeSet::all(self.nodes)
    }

    /// Those who are no clients.
    pub fn servers(&self) -> NodeSet {
        self.all().without(self.clients)
    }

    /// Those who may start ballots and lead: all but clients and those who only learn.
    pub fn proposers(&self) -> NodeSet {
        let only_learn = self.learners.without(self.acceptors);
        // Where everybody learns nobody is a learner by trade.
        let only_learn = if self.learns_everybody() { NodeSet::EMPTY } else { only_learn };
        self.servers().without(only_learn)
    }

    /// Who leads where the script does not say: the first of those who may.
    pub fn first_leader(&self) -> NodeSet {
        self.proposers().iter().take(1).collect()
    }

    /// Those whose statements are evidence, because they do not lie.
    pub fn correct(&self) -> NodeSet {
        self.all().without(self.liars)
    }

    /// Whether a process is told, or finds out itself, what has passed.
    pub fn knows(&self, node: NodeId) -> bool {
        self.learners.contains(node) || self.proposers().contains(node)
    }

    fn learns_everybody(&self) -> bool {
        self.learners == self.servers()
    }
}
