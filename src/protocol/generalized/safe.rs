//! ProvedSafe: which history a new ballot has to begin with, given the votes that a quorum reports (Lamport 2005, §3.3.2,
//! definition of ProvedSafe).

use crate::protocol::{Histories, Setup};
use crate::quorum::Purpose;
use crate::types::{NodeId, NodeSet, Sorted, Value, Vote};

use super::round;

/// The history for a ballot that rests on what `quorum` reports: for each of its processes that has voted, the last vote.
///
/// Only the votes of the largest ballot k count: each of them extends whatever can have passed before k. A history may have
/// passed in k if all processes that are in `quorum` and in some quorum R of k have voted in k, and their histories extend it.
/// Who is not in `quorum` may have voted for anything. Two fast quorums and `quorum` share a process, so all that may have
/// passed is compatible, and the answer is the smallest history that extends it all. If there is no such R at all, nothing can
/// have passed in k, and any history that was reported for k will do.
pub(super) fn proved_safe(setup: &Setup, histories: &Histories, quorum: NodeSet, votes: &[(NodeId, Vote)]) -> Value {
    let Some(last) = votes.iter().map(|(_, vote)| vote.ballot).max() else { return Value::BOTTOM };
    let of_last: Vec<(NodeId, Value)> =
        votes.iter().filter(|(_, vote)| vote.ballot == last).map(|(node, vote)| (*node, vote.value)).collect();
    let system = setup.quorums.get(Purpose::Pass, round(setup, last));
    let outside = setup.cast.acceptors.without(quorum);
    let can_have_passed = |part: Value| {
        let voters = of_last.iter().filter(|(_, value)| histories.extends(*value, part)).map(|(node, _)| *node);
        system.is_quorum(voters.collect::<NodeSet>().union(outside))
    };
    if !can_have_passed(Value::BOTTOM) {
        return of_last.iter().map(|(_, value)| *value).max().unwrap_or(Value::BOTTOM);
    }
    let mut parts: Sorted<Value, ()> = Sorted::default();
    for (_, value) in &of_last {
        histories.prefixes(*value).into_iter().for_each(|part| parts.set(part, ()));
    }
    let parts = parts.into_entries().into_iter().rev().map(|(part, ())| part);
    histories.join(Value::BOTTOM, parts.filter(|part| can_have_passed(*part))).0
}
