//! The cast: which process plays which part. By default every process plays every part except that of a client, as in the
//! papers' parliament; a script can give the parts to different processes, as textbooks do.

use super::Tolerance;
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
    /// How many liars the quorums are made for, where the script says so.
    pub tolerates: Option<Tolerance>,
}

impl Cast {
    /// The cast in which every process is an acceptor and a learner, no process is a client, and nobody lies.
    pub fn everybody(nodes: usize) -> Self {
        let all = NodeSet::all(nodes);
        let none = NodeSet::EMPTY;
        Self { nodes, acceptors: all, learners: all, clients: none, auxiliaries: none, liars: none, tolerates: None }
    }

    /// All processes, in order.
    pub fn all(&self) -> NodeSet {
        NodeSet::all(self.nodes)
    }

    /// The processes that are not clients.
    pub fn servers(&self) -> NodeSet {
        self.all().without(self.clients)
    }

    /// The processes that may start ballots and lead: all except the clients and the processes that only learn. Where there
    /// are auxiliary processes, only the other acceptors may lead.
    pub fn proposers(&self) -> NodeSet {
        if !self.auxiliaries.is_empty() {
            return self.acceptors.without(self.auxiliaries);
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_say_who_leads_and_who_is_told() {
        let set = |nodes: &[u8]| nodes.iter().map(|node| NodeId(*node)).collect::<NodeSet>();
        let everybody = Cast::everybody(6);
        let textbook = Cast { acceptors: set(&[0, 1, 2]), learners: set(&[3]), clients: set(&[4, 5]), ..everybody };
        assert_eq!((textbook.servers(), textbook.proposers()), (set(&[0, 1, 2, 3]), set(&[0, 1, 2])));
        let told: NodeSet = textbook.all().iter().filter(|node| textbook.knows(*node)).collect();
        assert_eq!(told, set(&[0, 1, 2, 3]), "acceptors may lead, and the learner is told, but no client");
        // Where every server learns, those that are no acceptors may lead as well.
        let apart = Cast { acceptors: set(&[3, 4, 5]), ..everybody };
        assert_eq!((apart.proposers(), apart.first_leader()), (NodeSet::all(6), set(&[0])));
    }
}
