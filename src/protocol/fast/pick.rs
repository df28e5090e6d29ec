//! Pick: which decree a new round has to carry, given the votes that a quorum reports (Fast Paxos, §2.2.2, observation O4).

use crate::protocol::{Guard, Setup};
use crate::quorum::Purpose;
use crate::types::{NodeId, NodeSet, Value, Vote};

use super::rounds::round;

/// The decree for a round that rests on what `quorum` reports: for each of its processes that has voted, the last vote. None
/// when nobody has voted, so that the round is free.
///
/// Only the votes of the largest round k count. A decree v may have passed in k if v has the votes of a quorum R of round k,
/// and then every process that is in R and in `quorum` has voted for v (O4). Who is not in `quorum` may have voted for
/// anything. Two fast quorums and `quorum` share a process, so at most one decree can have passed: Pick takes that one. When
/// no decree can have passed, any proposed decree is allowed. Pick takes the one that the script names first, so that
/// processes with the same reports take the same decree.
pub(super) fn pick(setup: &Setup, quorum: NodeSet, votes: &[(NodeId, Vote)]) -> Option<Value> {
    let last = votes.iter().map(|(_, vote)| vote.ballot).max()?;
    let of_last = || votes.iter().filter(|(_, vote)| vote.ballot == last);
    if !setup.keeps(Guard::Pick) {
        return of_last().map(|(_, vote)| vote.value).next();
    }
    let system = setup.quorums.get(Purpose::Pass, round(setup, last));
    let outside = setup.cast.acceptors.without(quorum);
    let can_have_passed = |value: &Value| {
        let voters: NodeSet = of_last().filter(|(_, vote)| vote.value == *value).map(|(node, _)| *node).collect();
        system.is_quorum(voters.union(outside))
    };
    let values = || of_last().map(|(_, vote)| vote.value);
    values().filter(can_have_passed).min().or(values().min())
}
