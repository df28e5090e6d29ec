//! Pick: which decree a new round has to carry, given the votes that a quorum reports (Fast Paxos, §2.2.2, observation O4).

use crate::protocol::{Guard, Setup};
use crate::quorum::Purpose;
use crate::types::{NodeId, NodeSet, Value, Vote};

use super::round;

/// The decree for a round that rests on what `quorum` reports: for each of its processes that has voted, the last vote. None
/// when nobody has voted, so that the round is free.
///
/// Only the votes of the largest round k count. A decree v may have passed in k if v has the votes of a quorum R of round k,
/// and then every process that is in R and in `quorum` has voted for v (O4). Who is not in `quorum` may have voted for
/// anything. Two fast quorums and `quorum` share a process, so at most one decree can have passed: Pick takes that one. When
/// no decree can have passed, any proposed decree is allowed. Pick takes the one that the script names first, so that
/// processes with the same reports take the same decree.
pub(super) fn pick(setup: &Setup, quorum: NodeSet, votes: &[(NodeId, Vote)]) -> Option<Value> {
    pick_among(setup, quorum, votes, |_| true)
}

/// Pick, for a leader that does not want some of the reported decrees. When a decree can have passed, the leader has to take
/// it; otherwise it takes only an allowed one.
pub(super) fn pick_among(
    setup: &Setup,
    quorum: NodeSet,
    votes: &[(NodeId, Vote)],
    is_allowed: impl Fn(Value) -> bool,
) -> Option<Value> {
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
    values().filter(can_have_passed).min().or(values().filter(|value| is_allowed(*value)).min())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::protocol::{self, Cast, Guards};
    use crate::quorum::Round;
    use crate::types::Ballot;

    const FAST: Ballot = Ballot::new(1, NodeId(0));
    const CLASSIC: Ballot = Ballot::new(2, NodeId(0));
    /// What an acceptor may have done in a round: nothing, or a vote for one of three decrees.
    const VOTES: [Option<Value>; 4] = [None, Some(Value(0)), Some(Value(1)), Some(Value(2))];

    fn setup(nodes: usize) -> Arc<Setup> {
        let cast = Cast::everybody(nodes);
        let protocol = protocol::find("fast").expect("in the registry");
        let quorums = (protocol.quorums)(&cast, Guards::default(), None).expect("its own quorums");
        let (choices, without, forgetful) = (protocol.default_choices(), Guards::default(), NodeSet::EMPTY);
        Arc::new(Setup {
            cast,
            quorums,
            choices,
            without,
            forgetful,
            skipped: 0,
            changes: None,
            histories: None,
            requests: Arc::from([]),
        })
    }

    /// Every way in which these processes may have voted.
    fn all_votes(nodes: NodeSet) -> Vec<Vec<(NodeId, Option<Value>)>> {
        nodes.iter().fold(vec![Vec::new()], |ways, node| {
            let with = |way: &Vec<_>, vote| way.iter().copied().chain([(node, vote)]).collect();
            ways.iter().flat_map(|way| VOTES.map(|vote| with(way, vote))).collect()
        })
    }

    fn subsets(nodes: usize) -> impl Iterator<Item = NodeSet> {
        (0..1_u32 << nodes).map(move |bits| NodeId::all(nodes).filter(|node| bits >> node.0 & 1 == 1).collect())
    }

    /// Whether the decree has passed in a fast round with these votes: a head count.
    fn has_passed(setup: &Setup, votes: &[(NodeId, Option<Value>)], value: Value) -> bool {
        let count = votes.iter().filter(|(_, vote)| *vote == Some(value)).count();
        Some(count) >= setup.quorums.get(Purpose::Pass, Round::Fast).smallest()
    }

    /// The dumb version: fills in every vote that those outside the quorum may have cast, and looks which decrees have
    /// passed then. For every quorum and all votes of up to five acceptors, at most one decree can have passed, and Pick takes
    /// it.
    #[test]
    fn pick_takes_the_decree_that_can_have_passed_whatever_the_others_voted() {
        let mut forced = 0;
        for nodes in 1..=5 {
            let setup = setup(nodes);
            let promise = setup.quorum(Purpose::Promise).clone();
            for quorum in subsets(nodes).filter(|set| promise.is_quorum(*set)) {
                let outside = all_votes(setup.cast.acceptors.without(quorum));
                for votes in all_votes(quorum) {
                    let mut possible: Vec<Value> = VOTES.into_iter().flatten().collect();
                    possible.retain(|value| {
                        let whole = |more: &Vec<_>| votes.iter().chain(more).copied().collect::<Vec<_>>();
                        outside.iter().any(|more| has_passed(&setup, &whole(more), *value))
                    });
                    let reports: Vec<_> = votes.iter().filter_map(|(node, vote)| Some((*node, (*vote)?))).collect();
                    let cast = |(node, value): &(NodeId, Value)| (*node, Vote { ballot: FAST, value: *value });
                    let picked = pick(&setup, quorum, &reports.iter().map(cast).collect::<Vec<_>>());
                    assert!(possible.len() <= 1, "{votes:?}: {possible:?}");
                    match possible.first() {
                        Some(value) => assert_eq!(picked, Some(*value), "{votes:?}"),
                        None => assert_eq!(picked, reports.iter().map(|(_, value)| *value).min(), "{votes:?}"),
                    }
                    forced += usize::from(!possible.is_empty());
                }
            }
        }
        assert!(forced > 500, "{forced}");
    }

    /// The votes of the largest round count, and no others.
    #[test]
    fn votes_of_earlier_rounds_do_not_count() {
        let setup = setup(4);
        let quorum = NodeSet::all(3);
        let vote = |node, ballot, value| (NodeId(node), Vote { ballot, value: Value(value) });
        let mixed = [vote(0, FAST, 0), vote(1, FAST, 0), vote(2, CLASSIC, 1)];
        assert_eq!(pick(&setup, quorum, &mixed), Some(Value(1)));
        assert_eq!(pick(&setup, quorum, &mixed[..2]), Some(Value(0)));
        assert_eq!(pick(&setup, quorum, &[]), None);
    }
}
