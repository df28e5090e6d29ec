//! Which sets of nodes may decide: by count, by weight, or listed one by one.
//!
//! A quorum system answers two questions: is this set a quorum, and can a vote that stands so still be won? It does not
//! promise that its quorums intersect; that is condition B2, which is checked on what ballots really used, so that a run
//! with a broken system can be shown.

use crate::types::{NodeId, NodeSet};

/// Which sets of the nodes 0 to n − 1 are quorums.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum QuorumSystem {
    /// Every set of at least `size` of the `nodes`.
    Count {
        /// How many nodes there are.
        nodes: usize,
        /// How many a quorum needs.
        size: usize,
    },
    /// Every set whose weights add up to at least `need`.
    Weighted {
        /// One weight a node.
        weights: Vec<u32>,
        /// The weight a quorum needs.
        need: u64,
    },
    /// Every set that contains one of these.
    Explicit {
        /// How many nodes there are.
        nodes: usize,
        /// The minimal quorums.
        minimal: Vec<NodeSet>,
    },
}

/// How a vote stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tally {
    /// A quorum is still possible but not there yet.
    Pending,
    /// Those in favour are a quorum.
    Won,
    /// Too many are against for any quorum.
    Lost,
}

impl QuorumSystem {
    /// Every set of more than half of `nodes`: ⌊n/2⌋ + 1 of them.
    pub const fn majority(nodes: usize) -> Self {
        Self::Count { nodes, size: nodes / 2 + 1 }
    }

    /// Whether `set` is a quorum.
    pub fn is_quorum(&self, set: NodeSet) -> bool {
        match self {
            Self::Count { size, .. } => set.len() >= *size,
            Self::Weighted { weights, need } => {
                set.iter().map(|node| u64::from(weights.get(node.index()).copied().unwrap_or(0))).sum::<u64>() >= *need
            }
            Self::Explicit { minimal, .. } => minimal.iter().any(|quorum| quorum.is_subset(set)),
        }
    }

    /// How the vote stands when `yes` are in favour and `no` will never be.
    pub fn tally(&self, yes: NodeSet, no: NodeSet) -> Tally {
        if self.is_quorum(yes) {
            Tally::Won
        } else if self.is_quorum(NodeSet::all(self.nodes()).without(no)) {
            Tally::Pending
        } else {
            Tally::Lost
        }
    }

    /// How many nodes the system is over.
    pub fn nodes(&self) -> usize {
        match self {
            Self::Count { nodes, .. } | Self::Explicit { nodes, .. } => *nodes,
            Self::Weighted { weights, .. } => weights.len(),
        }
    }

    /// The smallest number of nodes that can be a quorum; `None` when there is no quorum at all.
    pub fn smallest(&self) -> Option<usize> {
        match self {
            Self::Count { nodes, size } => (size <= nodes).then_some(*size),
            Self::Weighted { weights, need } => {
                let mut heaviest: Vec<(u32, NodeId)> =
                    weights.iter().copied().zip(NodeId::all(weights.len())).collect();
                heaviest.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
                (0..=heaviest.len())
                    .find(|&count| self.is_quorum(heaviest[..count].iter().map(|(_, node)| *node).collect()))
                    .filter(|_| *need > 0)
            }
            Self::Explicit { minimal, .. } => minimal.iter().map(|quorum| quorum.len()).min(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subsets(nodes: usize) -> impl Iterator<Item = NodeSet> {
        (0..1_u32 << nodes).map(move |bits| NodeId::all(nodes).filter(|node| bits >> node.0 & 1 == 1).collect())
    }

    /// The deliberately dumb version: counts every member by hand, and asks whether any completion can win.
    fn tally_by_trying_everything(system: &QuorumSystem, yes: NodeSet, no: NodeSet) -> Tally {
        let reachable = subsets(system.nodes()).filter(|set| yes.is_subset(*set) && !set.meets(no.without(yes)));
        if system.is_quorum(yes) {
            Tally::Won
        } else if reachable.into_iter().any(|set| system.is_quorum(set)) {
            Tally::Pending
        } else {
            Tally::Lost
        }
    }

    fn systems() -> Vec<QuorumSystem> {
        let pair = |a, b| [NodeId(a), NodeId(b)].into_iter().collect();
        let mut systems: Vec<_> = (1..=5).map(QuorumSystem::majority).collect();
        systems.push(QuorumSystem::Weighted { weights: vec![3, 1, 1, 1], need: 4 });
        systems.push(QuorumSystem::Explicit { nodes: 4, minimal: vec![pair(0, 1), pair(1, 2)] });
        systems
    }

    #[test]
    fn tallies_equal_the_dumb_oracle() {
        for system in systems() {
            for yes in subsets(system.nodes()) {
                for no in subsets(system.nodes()).filter(|no| !no.meets(yes)) {
                    assert_eq!(
                        system.tally(yes, no),
                        tally_by_trying_everything(&system, yes, no),
                        "{system:?} {yes:?} {no:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn majorities_meet_and_halves_do_not() {
        for nodes in 1..=5 {
            let majority = QuorumSystem::majority(nodes);
            let quorums: Vec<_> = subsets(nodes).filter(|set| majority.is_quorum(*set)).collect();
            assert!(quorums.iter().all(|left| quorums.iter().all(|right| left.meets(*right))));
        }
        let half = QuorumSystem::Count { nodes: 4, size: 2 };
        let [left, right]: [NodeSet; 2] =
            [[NodeId(0), NodeId(1)], [NodeId(2), NodeId(3)]].map(|pair| pair.into_iter().collect());
        assert!(half.is_quorum(left) && half.is_quorum(right) && !left.meets(right));
    }

    #[test]
    fn smallest_quorums() {
        let sizes: Vec<_> = systems().iter().map(QuorumSystem::smallest).collect();
        assert_eq!(sizes, [Some(1), Some(2), Some(2), Some(3), Some(3), Some(2), Some(2)]);
    }
}
