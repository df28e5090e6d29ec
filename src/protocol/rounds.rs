//! The numbers and the quorums of protocols with fast rounds (Fast and Generalized Paxos): which rounds are fast, who owns
//! them, and how large quorums are.
//!
//! The numbers come in blocks of successive numbers, and the blocks belong to the processes in turn. A block has one fast
//! round and then a classic one; where acceptors recover by themselves it has two fast rounds and then a classic one. Nobody
//! else owns a number inside a block, so no process can vote between a round and its successor in the block (Fast Paxos,
//! §3.2: "i + 1 is a round number that the coordinator of round i owns").

use super::{Cast, Guard, Guards, Setup};
use crate::quorum::{Overlap, Purpose, QuorumSystem, Quorums, Round};
use crate::tongue::say;
use crate::types::{Ballot, NodeId};

/// The option of these protocols that says how they recover from a collision, and the choices that it can have.
pub(super) const RECOVERY: usize = 0;
pub(super) const RECOVERY_COORDINATED: u8 = 0;
pub(super) const RECOVERY_RESTART: u8 = 1;
pub(super) const RECOVERY_UNCOORDINATED: u8 = 2;

/// The line of a script that makes 3f + 1 acceptors bear f faults in fast rounds, too: all quorums are n − f, so E = F = f.
pub(super) fn line_for(faults: usize) -> String {
    format!("quorum {0} {0}", 2 * faults + 1)
}

/// How many rounds a block has.
fn block(setup: &Setup) -> u32 {
    if setup.choice(RECOVERY) == RECOVERY_UNCOORDINATED { 3 } else { 2 }
}

/// Whether this round is fast: all rounds of a block are, except the last one.
pub(super) fn round(setup: &Setup, ballot: Ballot) -> Round {
    if ballot.number().is_multiple_of(block(setup)) { Round::Classic } else { Round::Fast }
}

/// i + 1, which belongs to the owner of i; none after the last round of a block.
pub(super) fn successor(setup: &Setup, ballot: Ballot) -> Option<Ballot> {
    let is_last = round(setup, ballot) == Round::Classic;
    (!is_last).then(|| Ballot::new(ballot.number() + 1, ballot.owner()))
}

/// The first own round of this sort above every round that the process has seen. Where ballot numbers have no owner, all
/// processes choose from those of the first process.
pub(super) fn round_above(setup: &Setup, seen: Option<Ballot>, me: NodeId, sort: Round) -> Ballot {
    let owner = if setup.keeps(Guard::UniqueBallots) { me } else { NodeId(0) };
    let (length, nodes) = (block(setup), setup.cast.nodes as u32);
    let seen = seen.map_or(0, Ballot::number);
    // The first block with a large enough round of this sort, and then the first of these that the process owns.
    let (first, offset) = match sort {
        Round::Fast => (seen.div_ceil(length), 1),
        Round::Classic => (seen / length, length),
    };
    let turn = (u32::from(owner.0) + nodes - first % nodes) % nodes;
    let number = first.saturating_add(turn).saturating_mul(length).saturating_add(offset);
    Ballot::new(number, owner)
}

/// The quorums of a cluster: those that the script names, or majorities; and for fast rounds the smallest ones such that two
/// of them and a quorum of promises share a process (§2.2.1, the fast quorum requirement). With n acceptors, quorums of
/// n − F and fast quorums of n − E, that is the largest E with E ≤ F and n > 2E + F.
pub(super) fn quorums(cast: &Cast, without: Guards, named: Option<Quorums>) -> Result<Quorums, String> {
    let members = cast.acceptors;
    let mut quorums = named.unwrap_or_else(|| Quorums::same(QuorumSystem::majority(members)));
    let [promise, pass] = [Purpose::Promise, Purpose::Pass].map(|purpose| quorums.get(purpose, Round::Classic).clone());
    let fast = match (&promise, &pass) {
        (QuorumSystem::Count { size: promises, .. }, QuorumSystem::Count { size: votes, .. }) => {
            let n = members.len();
            if promises + votes <= n {
                let both = if promises == votes { votes.to_string() } else { say!("{promises} and of {votes}") };
                return Err(say!(
                    "quorums of {both} of {n} acceptors may share nobody; where rounds may be fast, n > 2F has to hold, where a \
                     quorum has n − F members"
                ));
            }
            // A fast round is no better than a classic one: its quorums are not smaller (E ≤ F).
            let size = (n + 1 - promises.div_ceil(2)).max(*votes);
            QuorumSystem::Count { members, size }
        }
        // Where quorums go by weights or lists, all acceptors together are a fast quorum that is always large enough.
        _ => QuorumSystem::Count { members, size: members.len() },
    };
    let fast = if without.contains(Guard::FastQuorum) { pass } else { fast };
    quorums.overlap = Overlap::TwoFast;
    Ok(quorums.with(Purpose::Pass, Round::Fast, fast))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::NodeSet;

    fn sizes(acceptors: usize, named: Option<(usize, usize)>) -> Result<[usize; 3], String> {
        let cast = Cast::everybody(acceptors);
        let count = |size| QuorumSystem::Count { members: NodeSet::all(acceptors), size };
        let named = named.map(|(promises, votes)| Quorums::of_phases(count(promises), count(votes)));
        let quorums = quorums(&cast, Guards::default(), named)?;
        let size = |purpose, round| quorums.get(purpose, round).smallest().expect("a quorum");
        let phases = [Purpose::Promise, Purpose::Pass].map(|purpose| size(purpose, Round::Classic));
        Ok([phases[0], phases[1], size(Purpose::Pass, Round::Fast)])
    }

    /// The table of sizes in docs/protocols/fast.md: n > 2F with the largest F, n > 2E + F with the largest E.
    #[test]
    fn fast_quorums_are_the_smallest_that_are_large_enough() {
        for n in 1..=13 {
            let f = (n - 1) / 2;
            let e = (0..n).filter(|e| n > 2 * e + f).max().expect("0");
            assert_eq!(sizes(n, None), Ok([n - f, n - f, n - e]), "{n}");
            // With E = F both are ⌈n/3⌉ − 1 at most.
            let equal = n.div_ceil(3) - 1;
            assert_eq!(sizes(n, Some((n - equal, n - equal))), Ok([n - equal; 3]), "{n}");
        }
        let table = [(3, [2, 2, 3]), (4, [3, 3, 3]), (5, [3, 3, 4]), (7, [4, 4, 6])];
        table.into_iter().for_each(|(n, expected)| assert_eq!(sizes(n, None), Ok(expected)));
    }

    #[test]
    fn two_fast_quorums_and_one_of_promises_share_somebody() {
        for n in 1..=6 {
            for promises in 1..=n {
                let votes = n + 1 - promises;
                let [promise, _, fast] = sizes(n, Some((promises, votes))).expect("legal");
                let sets = |size| {
                    let subset = |bits: u32| NodeId::all(n).filter(|node| bits >> node.0 & 1 == 1).collect::<NodeSet>();
                    (0..1 << n).map(subset).filter(move |set| set.len() == size)
                };
                let shared = |size| {
                    let pairs = sets(size).flat_map(|one| sets(size).map(move |other| one.shared(other)));
                    pairs.into_iter().all(|both| sets(promise).all(|quorum| quorum.meets(both)))
                };
                assert!(shared(fast), "{n} {promises}");
                assert!(fast == votes || !shared(fast - 1), "{n} {promises}: {fast} is larger than needed");
            }
        }
    }

    #[test]
    fn sizes_whose_quorums_may_share_nobody_are_refused() {
        assert_eq!(
            sizes(4, Some((2, 2))),
            Err("quorums of 2 of 4 acceptors may share nobody; where rounds may be fast, n > 2F has to hold, where a quorum has \
                 n − F members"
                .to_owned())
        );
        assert!(sizes(5, Some((2, 3))).is_err() && sizes(5, Some((2, 4))).is_ok());
    }
}
