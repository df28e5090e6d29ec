//! Which sets of processes are large enough: by count, by weight, or listed one by one, and for which purpose.
//!
//! A quorum system answers two questions: is this set a quorum, and can a vote still be won as it stands? It does not
//! promise that its quorums intersect; that is condition B2, which is checked on what ballots really used, so that a
//! run with a broken system can be shown.
//!
//! A protocol has a system for each [`Purpose`]. In most of them promises and votes need the same quorums; in Flexible
//! Paxos they need different ones, and only a quorum of promises has to meet every quorum of votes.

use crate::tongue::say;
use crate::types::{NodeId, NodeSet};

/// Which sets of the members are quorums. Processes that are not members do not count.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum QuorumSystem {
    /// Every set of at least `size` of the `members`.
    Count {
        /// The processes that count.
        members: NodeSet,
        /// How many members a quorum needs.
        size: usize,
    },
    /// Every set whose weights add up to at least `need`.
    Weighted {
        /// The weight of each node, in the order of nodes; nodes beyond the end of the list have the weight 0.
        weights: Vec<u32>,
        /// The weight a quorum needs.
        need: u64,
    },
    /// Every set that contains one of these.
    Explicit(Vec<NodeSet>),
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
    /// Every set of more than half of the members: ⌊n/2⌋ + 1 of them.
    pub const fn majority(members: NodeSet) -> Self {
        Self::Count { members, size: members.len() / 2 + 1 }
    }

    /// Whether `set` is a quorum.
    pub fn is_quorum(&self, set: NodeSet) -> bool {
        match self {
            Self::Count { members, size } => set.shared(*members).len() >= *size,
            Self::Weighted { need, .. } => self.weight(set) >= *need,
            Self::Explicit(minimal) => minimal.iter().any(|quorum| quorum.is_subset(set)),
        }
    }

    /// What a set weighs; where there are no weights each of its nodes weighs 1.
    pub fn weight(&self, set: NodeSet) -> u64 {
        let of = |node: NodeId| match self {
            Self::Weighted { weights, .. } => u64::from(weights.get(node.index()).copied().unwrap_or(0)),
            Self::Count { .. } | Self::Explicit(_) => 1,
        };
        set.iter().map(of).sum()
    }

    /// How the vote stands when `yes` are in favour and `no` will never be.
    pub fn tally(&self, yes: NodeSet, no: NodeSet) -> Tally {
        if self.is_quorum(yes) {
            Tally::Won
        } else if self.is_quorum(self.members().without(no)) {
            Tally::Pending
        } else {
            Tally::Lost
        }
    }

    /// The processes whose votes count.
    pub fn members(&self) -> NodeSet {
        match self {
            Self::Count { members, .. } => *members,
            Self::Weighted { weights, .. } => {
                let weighty = |node: &NodeId| weights[node.index()] > 0;
                NodeId::all(weights.len()).filter(weighty).collect()
            }
            Self::Explicit(minimal) => minimal.iter().fold(NodeSet::EMPTY, |all, quorum| all.union(*quorum)),
        }
    }

    /// The smallest number of nodes that can be a quorum; `None` when there is no quorum at all.
    pub fn smallest(&self) -> Option<usize> {
        match self {
            Self::Count { members, size } => (*size <= members.len()).then_some(*size),
            Self::Weighted { weights, .. } => {
                // The heaviest first, until they are enough.
                let mut set = NodeSet::EMPTY;
                while !self.is_quorum(set) {
                    let others = NodeId::all(weights.len()).filter(|node| !set.contains(*node));
                    set.insert(others.max_by_key(|node| weights[node.index()])?);
                }
                Some(set.len())
            }
            Self::Explicit(minimal) => minimal.iter().map(|quorum| quorum.len()).min(),
        }
    }

    /// A quorum that needs each of its members. It is made of nodes in `order`, and the first of them are preferred.
    pub fn pick(&self, order: impl IntoIterator<Item = NodeId>) -> Option<NodeSet> {
        let mut picked = Vec::new();
        let mut set = NodeSet::EMPTY;
        for node in order {
            if self.is_quorum(set) {
                break;
            }
            if set.insert(node) {
                picked.push(node);
            }
        }
        if !self.is_quorum(set) {
            return None;
        }
        for node in picked.into_iter().rev() {
            let smaller = set.without([node].into_iter().collect());
            if self.is_quorum(smaller) {
                set = smaller;
            }
        }
        Some(set)
    }

    /// What a quorum needs, for people: "3 of 5", "a weight of 4", or "one of 3 sets".
    pub fn need(&self) -> String {
        match self {
            Self::Count { members, size } => say!("{size} of {members}", members = members.len()),
            Self::Weighted { need, .. } => say!("a weight of {need}"),
            Self::Explicit(minimal) => match minimal.len() {
                1 => say!("one set of processes").into(),
                count => say!("one of {count} sets of processes"),
            },
        }
    }
}

/// What a quorum is needed for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Purpose {
    /// Phase 1: enough promises for a ballot to begin.
    Promise,
    /// Phase 2: enough votes for a decree to pass.
    Pass,
    /// Enough confirmations, of a step that confirms what was asked for or voted.
    Certify,
    /// Enough equal replies for a client to believe them.
    Answer,
}

/// How a ballot, or round, is run.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Round {
    /// The leader of the ballot chooses the decree.
    Classic,
    /// Acceptors may vote for what clients ask of them, so that one round may have votes for several decrees.
    Fast,
}

/// Which quorums have to share a process: condition B2 of the protocol.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Overlap {
    /// Any two quorums of ballots (PTP §2.1).
    AnyTwo,
    /// The promises of a ballot, and every quorum of votes in a ballot with a smaller number (Flexible Paxos).
    AcrossPhases,
    /// The promises of a ballot, and every quorum of votes in a smaller classic round; and the promises, and any two quorums
    /// of votes in a smaller fast round (Fast Paxos, §2.2.1).
    TwoFast,
    /// Any two quorums, in a process that is correct: one that is no liar (PBFT).
    Correct,
    /// A certificate, and every quorum of votes: so many processes are in both that those of them that tell the truth are a
    /// majority of the certificate (FaB Paxos).
    TruthfulMajority,
}

/// A quorum system for each purpose and round, and how their quorums have to overlap.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Quorums {
    promise: QuorumSystem,
    pass: QuorumSystem,
    /// The systems for other purposes and rounds, in order.
    others: Vec<((Purpose, Round), QuorumSystem)>,
    /// Condition B2.
    pub overlap: Overlap,
}

impl Quorums {
    /// The same system for every purpose; any two of its quorums have to meet.
    pub fn same(system: QuorumSystem) -> Self {
        Self { promise: system.clone(), pass: system, others: Vec::new(), overlap: Overlap::AnyTwo }
    }

    /// One system for promises and another for votes: only quorums of different phases have to meet.
    pub const fn of_phases(promise: QuorumSystem, pass: QuorumSystem) -> Self {
        Self { promise, pass, others: Vec::new(), overlap: Overlap::AcrossPhases }
    }

    /// The same quorums with another system for this purpose in rounds of this sort.
    #[must_use]
    pub fn with(mut self, purpose: Purpose, round: Round, system: QuorumSystem) -> Self {
        let key = (purpose, round);
        match self.others.binary_search_by_key(&key, |(known, _)| *known) {
            Ok(place) => self.others[place].1 = system,
            Err(place) => self.others.insert(place, (key, system)),
        }
        self
    }

    /// Whether it only matters how many members a set has, not which.
    pub fn are_by_number(&self) -> bool {
        let is_count = |system: &QuorumSystem| matches!(system, QuorumSystem::Count { .. });
        is_count(&self.promise) && is_count(&self.pass) && self.others.iter().all(|(_, system)| is_count(system))
    }

    /// The system for this purpose in rounds of this sort. Where a protocol names none, promises need its quorums of
    /// phase 1, and everything else needs those of phase 2.
    pub fn get(&self, purpose: Purpose, round: Round) -> &QuorumSystem {
        if let Some((_, system)) = self.others.iter().find(|(key, _)| *key == (purpose, round)) {
            return system;
        }
        if purpose == Purpose::Promise { &self.promise } else { &self.pass }
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
        let reachable = subsets(NODES).filter(|set| yes.is_subset(*set) && !set.meets(no.without(yes)));
        if system.is_quorum(yes) {
            Tally::Won
        } else if reachable.into_iter().any(|set| system.is_quorum(set)) {
            Tally::Pending
        } else {
            Tally::Lost
        }
    }

    const NODES: usize = 5;

    fn set(nodes: &[u8]) -> NodeSet {
        nodes.iter().map(|node| NodeId(*node)).collect()
    }

    fn systems() -> Vec<QuorumSystem> {
        let mut systems: Vec<_> = (1..=5).map(|nodes| QuorumSystem::majority(NodeSet::all(nodes))).collect();
        systems.push(QuorumSystem::Weighted { weights: vec![3, 0, 1, 1, 1], need: 4 });
        systems.push(QuorumSystem::Explicit(vec![set(&[0, 1]), set(&[1, 2])]));
        systems.push(QuorumSystem::majority(set(&[1, 3, 4])));
        systems
    }

    #[test]
    fn tallies_equal_the_dumb_oracle() {
        for system in systems() {
            for yes in subsets(NODES) {
                for no in subsets(NODES).filter(|no| !no.meets(yes)) {
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
            let majority = QuorumSystem::majority(NodeSet::all(nodes));
            let quorums: Vec<_> = subsets(nodes).filter(|set| majority.is_quorum(*set)).collect();
            assert!(quorums.iter().all(|left| quorums.iter().all(|right| left.meets(*right))));
        }
        let half = QuorumSystem::Count { members: NodeSet::all(4), size: 2 };
        let (left, right) = (set(&[0, 1]), set(&[2, 3]));
        assert!(half.is_quorum(left) && half.is_quorum(right) && !left.meets(right));
    }

    #[test]
    fn smallest_quorums() {
        let sizes: Vec<_> = systems().iter().map(QuorumSystem::smallest).collect();
        let expected = [Some(1), Some(2), Some(2), Some(3), Some(3), Some(2), Some(2), Some(2)];
        assert_eq!(sizes, expected);
        let none = QuorumSystem::Weighted { weights: vec![1, 1], need: 3 };
        let empty = QuorumSystem::Weighted { weights: vec![1, 1], need: 0 };
        assert_eq!([none.smallest(), empty.smallest()], [None, Some(0)]);
        assert_eq!(QuorumSystem::Count { members: NodeSet::all(2), size: 3 }.smallest(), None);
    }

    #[test]
    fn members_are_those_who_count() {
        let members: Vec<_> = systems().iter().map(QuorumSystem::members).collect();
        assert_eq!(members[4..], [NodeSet::all(5), set(&[0, 2, 3, 4]), set(&[0, 1, 2]), set(&[1, 3, 4])]);
    }

    #[test]
    fn a_picked_quorum_needs_every_member_and_prefers_the_first() {
        for system in systems() {
            for reach in subsets(NODES) {
                let picked = system.pick(reach.iter());
                assert_eq!(picked.is_some(), system.is_quorum(reach), "{system:?} {reach:?}");
                let Some(picked) = picked else { continue };
                assert!(picked.is_subset(reach) && system.is_quorum(picked));
                assert!(picked.iter().all(|node| !system.is_quorum(picked.without(set(&[node.0])))));
            }
        }
        let three = QuorumSystem::majority(NodeSet::all(5));
        assert_eq!(three.pick([4, 2, 0, 1].map(NodeId)), Some(set(&[0, 2, 4])));
        let weighted = &systems()[5];
        assert_eq!(weighted.pick([2, 3, 0, 4].map(NodeId)), Some(set(&[0, 2])), "the second is not needed any more");
    }

    #[test]
    fn a_purpose_without_a_system_of_its_own_takes_that_of_its_phase() {
        let [one, two] = [2, 4].map(|size| QuorumSystem::Count { members: NodeSet::all(5), size });
        let fast = QuorumSystem::Count { members: NodeSet::all(5), size: 5 };
        let quorums = Quorums::of_phases(one.clone(), two.clone()).with(Purpose::Pass, Round::Fast, fast.clone());
        assert_eq!(quorums.get(Purpose::Promise, Round::Classic), &one);
        assert_eq!(quorums.get(Purpose::Promise, Round::Fast), &one);
        assert_eq!(quorums.get(Purpose::Pass, Round::Classic), &two);
        assert_eq!(quorums.get(Purpose::Pass, Round::Fast), &fast);
        assert_eq!(quorums.get(Purpose::Answer, Round::Classic), &two);
        assert!(quorums.are_by_number());
        let weights = QuorumSystem::Weighted { weights: vec![1; 5], need: 3 };
        assert!(!quorums.clone().with(Purpose::Answer, Round::Classic, weights.clone()).are_by_number());
        assert!(!Quorums::of_phases(one, weights.clone()).are_by_number());
        assert!(!Quorums::of_phases(weights, two).are_by_number());
    }
}
