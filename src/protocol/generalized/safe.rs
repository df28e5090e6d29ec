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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::protocol::{self, Cast, Guards, Structure, has};
    use crate::quorum::Round;
    use crate::types::Ballot;

    const FAST: Ballot = Ballot::new(1, NodeId(0));
    const CLASSIC: Ballot = Ballot::new(2, NodeId(0));

    fn setup(nodes: usize) -> Arc<Setup> {
        let cast = Cast::everybody(nodes);
        let protocol = protocol::find("generalized").expect("in the registry");
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

    /// Every history of two commands, which conflict or do not.
    fn all_histories(histories: &Histories) -> Vec<Value> {
        let [a, b] = [Value(0), Value(1)];
        let mut all: Vec<Value> = [&[][..], &[a], &[b], &[a, b], &[b, a]]
            .into_iter()
            .map(|list| histories.append_all(Value::BOTTOM, list.iter().copied()))
            .collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    fn subsets(nodes: usize) -> impl Iterator<Item = NodeSet> {
        (0..1_u32 << nodes).map(move |bits| NodeId::all(nodes).filter(|node| bits >> node.0 & 1 == 1).collect())
    }

    /// The dumb version goes through the definition: all quorums R of the ballot whose members in Q have all voted, of each the
    /// lower bound of their histories, found by looking at every history; and of these bounds the least upper bound, found in
    /// the same way. For up to five acceptors, all quorums and all votes, it exists, and ProvedSafe is it.
    #[test]
    fn proved_safe_is_the_smallest_history_that_extends_all_that_can_have_passed() {
        let (mut defined, mut free) = (0, 0);
        for conflict in [false, true] {
            let histories = Histories::new(2, Structure::History, false, |_, _| conflict);
            let all = all_histories(&histories);
            let choices: Vec<Option<Value>> = all.iter().copied().map(Some).chain([None]).collect();
            for (nodes, ballot) in (1..=5).flat_map(|nodes| [(nodes, FAST), (nodes, CLASSIC)]) {
                let setup = setup(nodes);
                let round = if ballot == FAST { Round::Fast } else { Round::Classic };
                let system = setup.quorums.get(Purpose::Pass, round).clone();
                for quorum in subsets(nodes).filter(|set| setup.quorum(Purpose::Promise).is_quorum(*set)) {
                    let members: Vec<NodeId> = quorum.iter().collect();
                    for code in 0..choices.len().pow(members.len() as u32) {
                        let vote = |place: usize| choices[code / choices.len().pow(place as u32) % choices.len()];
                        let votes: Vec<(NodeId, Option<Value>)> =
                            members.iter().enumerate().map(|(place, node)| (*node, vote(place))).collect();
                        // In a classic ballot all histories are a chain.
                        let values: Vec<Value> = votes.iter().filter_map(|(_, vote)| *vote).collect();
                        let is_chain = values.iter().all(|one| {
                            values.iter().all(|two| histories.extends(*one, *two) || histories.extends(*two, *one))
                        });
                        if values.is_empty() || ballot == CLASSIC && !is_chain {
                            continue;
                        }
                        let reports: Vec<_> = votes
                            .iter()
                            .filter_map(|(node, vote)| Some((*node, Vote { ballot, value: (*vote)? })))
                            .collect();
                        let found = proved_safe(&setup, &histories, quorum, &reports);
                        let mut bounds: Vec<Value> = Vec::new();
                        for other in subsets(nodes).filter(|set| system.is_quorum(*set)) {
                            let shared: Vec<_> = votes.iter().filter(|(node, _)| other.contains(*node)).collect();
                            if shared.iter().any(|(_, vote)| vote.is_none()) {
                                continue;
                            }
                            let is_common = |lower: &&Value| {
                                shared.iter().all(|(_, vote)| vote.is_some_and(|vote| histories.extends(vote, **lower)))
                            };
                            let common: Vec<Value> = all.iter().filter(is_common).copied().collect();
                            let is_greatest = |one: &&Value| common.iter().all(|two| histories.extends(**one, *two));
                            bounds.push(*common.iter().find(is_greatest).expect("a greatest lower bound"));
                        }
                        if bounds.is_empty() {
                            free += 1;
                            assert!(values.contains(&found), "{votes:?}: {found:?}");
                            continue;
                        }
                        defined += 1;
                        let is_upper = |one: &&Value| bounds.iter().all(|bound| histories.extends(**one, *bound));
                        let uppers: Vec<Value> = all.iter().filter(is_upper).copied().collect();
                        let is_least = |one: &&Value| uppers.iter().all(|two| histories.extends(*two, **one));
                        let least = uppers.iter().find(is_least);
                        assert_eq!(least, Some(&found), "{nodes} {quorum:?} {votes:?}");
                    }
                }
            }
        }
        assert!(defined > 10_000 && free > 100, "{defined} {free}");
    }

    /// Votes of earlier ballots do not count.
    #[test]
    fn only_the_largest_ballot_counts() {
        let (setup, histories) = (setup(4), Histories::new(2, Structure::History, false, |_, _| true));
        let history = |command: u32| histories.append(Value::BOTTOM, Value(command));
        let vote = |node, ballot, command| (NodeId(node), Vote { ballot, value: history(command) });
        let mixed = [vote(0, FAST, 0), vote(1, FAST, 0), vote(2, CLASSIC, 1)];
        let found = proved_safe(&setup, &histories, NodeSet::all(3), &mixed);
        assert!(has(found, Value(1)) && !has(found, Value(0)));
        assert_eq!(proved_safe(&setup, &histories, NodeSet::all(3), &mixed[..2]), history(0));
        assert_eq!(proved_safe(&setup, &histories, NodeSet::all(3), &[]), Value::BOTTOM);
    }
}
