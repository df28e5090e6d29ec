//! A deliberately simple version of the checks: each condition follows its definition word by word, and is evaluated over
//! all facts at every prefix of a run.

use proptest::collection::vec;
use proptest::prelude::*;

use super::Story;
use crate::protocol::Fact;
use crate::quorum::QuorumSystem;
use crate::types::{Ballot, Instance, NodeId, NodeSet, Value, Vote};

const NODES: usize = 4;

type Stated = (NodeId, Fact);
/// Whether a condition holds for a run with these facts so far.
type Condition = fn(&[Stated]) -> bool;

/// Every ballot of β, with its instance, number, decree and quorum.
fn beta(facts: &[Stated]) -> Vec<(Instance, Vote, NodeSet)> {
    let began = facts.iter().filter_map(|(_, fact)| match fact {
        Fact::Began { instance, ballot, value: Some(value), basis } => {
            Some((*instance, Vote { ballot: *ballot, value: *value }, basis.quorum()))
        }
        _ => None,
    });
    began.collect()
}

/// Every vote that these processes cast in an instance.
fn votes(facts: &[Stated], instance: Instance, of: NodeSet) -> Vec<Vote> {
    let cast = facts.iter().filter_map(|(node, fact)| match fact {
        Fact::Voted(place, vote) if *place == instance && of.contains(*node) => Some(*vote),
        _ => None,
    });
    cast.collect()
}

/// MaxVote(b, Q, β): the largest of the members' votes below b.
fn max_vote(facts: &[Stated], instance: Instance, below: Ballot, of: NodeSet) -> Option<Vote> {
    votes(facts, instance, of).into_iter().filter(|vote| vote.ballot < below).max_by_key(|vote| vote.ballot)
}

/// B1: for all B ≠ B′ in β, B_bal ≠ B′_bal.
fn b1(facts: &[Stated]) -> bool {
    let beta = beta(facts);
    let number = |place: usize| (beta[place].0, beta[place].1.ballot);
    (0..beta.len()).all(|one| (0..beta.len()).all(|other| one == other || number(one) != number(other)))
}

/// B2: for all B, B′ in β, B_qrm ∩ B′_qrm ≠ ∅.
fn b2(facts: &[Stated]) -> bool {
    let beta = beta(facts);
    beta.iter().all(|(instance, _, quorum)| {
        beta.iter().all(|(other, _, other_quorum)| instance != other || quorum.meets(*other_quorum))
    })
}

/// B3: for all B in β, MaxVote(B_bal, B_qrm, β) = null or its value is B_val.
fn b3(facts: &[Stated]) -> bool {
    beta(facts).into_iter().all(|(instance, vote, quorum)| {
        max_vote(facts, instance, vote.ballot, quorum).is_none_or(|highest| highest.value == vote.value)
    })
}

/// Every decree that was learned, with its instance and ballot, and with the number of facts before it.
fn learned(facts: &[Stated]) -> Vec<(usize, Instance, Vote)> {
    let learned = facts.iter().enumerate().filter_map(|(place, (_, fact))| match fact {
        Fact::Learned(instance, vote) => Some((place, *instance, *vote)),
        _ => None,
    });
    learned.collect()
}

/// All ledgers that have a decree in a place have the same one there.
fn agreement(facts: &[Stated]) -> bool {
    let learned = learned(facts);
    learned.iter().all(|(_, place, vote)| {
        learned.iter().all(|(_, other, other_vote)| place != other || vote.value == other_vote.value)
    })
}

/// When a process learns a decree, a quorum has voted for it in one and the same ballot.
fn evidence(facts: &[Stated]) -> bool {
    let backed = |(place, instance, vote): (usize, Instance, Vote)| {
        let voted = |node: &NodeId| votes(&facts[..place], instance, [*node].into_iter().collect()).contains(&vote);
        QuorumSystem::majority(NodeSet::all(NODES)).is_quorum(NodeId::all(NODES).filter(voted).collect())
    };
    learned(facts).into_iter().all(backed)
}

/// LastVote(b, v) reports the highest vote below b, and no vote between v and b is cast afterwards. A sweeping promise
/// reports null for each of its instances for which the process has not stated another report by then.
fn promise(facts: &[Stated]) -> bool {
    let is_reported = |until: usize, of: NodeId, instance: Instance, ballot: Ballot| {
        facts[..until].iter().any(|(node, fact)| {
            *node == of
                && matches!(fact, Fact::Promised(place, promised, _) if (*place, *promised) == (instance, ballot))
        })
    };
    let kept = |place: usize, of: NodeId, from: Instance, ballot: Ballot| {
        facts.iter().enumerate().all(|(at, (node, fact))| {
            let Fact::Voted(instance, vote) = *fact else { return true };
            let concerns = *node == of && instance >= from && vote.ballot < ballot;
            !concerns || is_reported(at.max(place), of, instance, ballot)
        })
    };
    facts.iter().enumerate().all(|(place, (node, fact))| match *fact {
        Fact::PromisedFrom(from, ballot) => kept(place, *node, from, ballot),
        Fact::Promised(instance, ballot, reported) => {
            let this = [*node].into_iter().collect();
            let bound = reported.map(|vote| vote.ballot);
            max_vote(&facts[..place], instance, ballot, this) == reported
                && votes(&facts[place..], instance, this)
                    .into_iter()
                    .all(|vote| Some(vote.ballot) <= bound || vote.ballot >= ballot)
        }
        _ => true,
    })
}

/// If A was passed before B was first proposed with its number, by a ballot that was begun or a vote that was cast, A's number is lower, unless A's ballot lies between the
/// ballot that first proposed B and the ballot that passed B. A decree that was learned without being proposed has no order.
fn ordering(facts: &[Stated]) -> bool {
    let learned = learned(facts);
    let proposed = |number: Instance, value: Value| {
        facts.iter().enumerate().find_map(|(place, (_, fact))| match fact {
            Fact::Began { instance, ballot, value: Some(begun), .. } if (*instance, *begun) == (number, value) => {
                Some((place, *ballot))
            }
            Fact::Voted(instance, vote) if (*instance, vote.value) == (number, value) => Some((place, vote.ballot)),
            _ => None,
        })
    };
    learned.iter().all(|(then, number, vote)| {
        let Some((since, first)) = proposed(*number, vote.value).filter(|(since, _)| since < then) else { return true };
        learned
            .iter()
            .all(|(at, earlier, by)| *at >= since || earlier < number || first < by.ballot && by.ballot < vote.ballot)
    })
}

const CONDITIONS: &[(&str, Condition)] = &[
    ("B1", b1),
    ("B2", b2),
    ("B3", b3),
    ("agreement", agreement),
    ("learned-only-if-chosen", evidence),
    ("promise", promise),
    ("ordering", ordering),
];

/// Facts of a few ballots in two instances, mostly nonsense. All votes of one ballot are for one value, as they are wherever
/// B1 holds, because MaxVote has no meaning otherwise.
fn facts() -> impl Strategy<Value = Vec<Stated>> {
    let ballot = || (1..=3_u32, 0..3_u8).prop_map(|(number, owner)| Ballot::new(number, NodeId(owner)));
    let vote = || (ballot(), 0..2_u32).prop_map(|(ballot, value)| Vote { ballot, value: Value(value) });
    let fair = || {
        ballot().prop_map(|ballot| Vote { ballot, value: Value((ballot.number() + u32::from(ballot.owner().0)) % 2) })
    };
    let instance = || prop_oneof![4 => Just(Instance::FIRST), 1 => Just(Instance(2))];
    let quorum = vec(prop::bool::weighted(0.6), NODES).prop_map(|members| {
        let named = NodeId::all(NODES).zip(members).filter(|(_, is_member)| *is_member);
        named.map(|(node, _)| node).collect::<NodeSet>()
    });
    let fact = prop_oneof![
        2 => (instance(), prop_oneof![fair(), vote()], quorum)
            .prop_map(|(instance, vote, quorum)| Fact::begun(instance, vote, quorum)),
        5 => (instance(), fair()).prop_map(|(instance, vote)| Fact::Voted(instance, vote)),
        2 => (instance(), ballot(), prop::option::weighted(0.4, fair()))
            .prop_map(|(instance, ballot, reported)| Fact::Promised(instance, ballot, reported)),
        1 => (instance(), ballot()).prop_map(|(instance, ballot)| Fact::PromisedFrom(instance, ballot)),
        1 => (instance(), prop_oneof![3 => fair(), 1 => vote()])
            .prop_map(|(instance, vote)| Fact::Learned(instance, vote)),
    ];
    vec(((0..NODES as u8).prop_map(NodeId), fact), 0..24)
}

/// A node, and the entry that it executes; no entry means that the node crashes.
type Executed = (NodeId, Option<(u32, Value, u64)>);

fn executed() -> impl Strategy<Value = Vec<Executed>> {
    // Mostly a correct execution: the n-th entry has the value n, and the state after it is n.
    let entry = (1..=4_u32, prop::option::weighted(0.1, 0..3_u32), prop::option::weighted(0.1, 0..3_u64))
        .prop_map(|(place, value, digest)| (place, Value(value.unwrap_or(place)), digest.unwrap_or(u64::from(place))));
    vec(((0..2_u8).prop_map(NodeId), prop::option::weighted(0.9, entry)), 0..12)
}

/// The entries that a node has executed since its last crash.
fn since_crash(all: &[Executed], of: NodeId) -> Vec<(u32, Value)> {
    let own = all.iter().rev().filter(|(node, _)| *node == of).map_while(|(_, entry)| *entry);
    let mut own: Vec<_> = own.map(|(place, value, _)| (place, value)).collect();
    own.reverse();
    own
}

/// Whether the condition, if it held before, still holds after the last execution.
type Kept = fn(&[Executed], NodeId, (u32, Value, u64)) -> bool;

const KEPT: &[(&str, Kept)] = &[
    ("prefix", |all, node, (place, value, _)| {
        let first = all.iter().filter_map(|(_, entry)| *entry).find(|(other, ..)| *other == place);
        since_crash(all, node).len() == place as usize && first.is_some_and(|(_, other, _)| other == value)
    }),
    ("at-most-once", |all, node, (_, value, _)| {
        since_crash(all, node).iter().filter(|(_, other)| *other == value).count() == 1
    }),
    ("state", |all, _, (place, _, digest)| {
        let first = all.iter().filter_map(|(_, entry)| *entry).find(|(other, ..)| *other == place);
        first.is_some_and(|(_, _, other)| other == digest)
    }),
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn checks_fail_where_the_definitions_first_do(facts in facts()) {
        let mut story = Story::log(NODES);
        let first = story.trace.events().len();
        for (node, fact) in &facts {
            story.state(*node, *fact);
        }
        let red = story.red();
        for (name, holds) in CONDITIONS {
            let expected = (0..facts.len()).find(|last| !holds(&facts[..=*last])).map(|last| first + last);
            let found = red.iter().find(|(red, ..)| red == name).map(|(_, event, _)| event.0 as usize);
            prop_assert_eq!(found, expected, "{}", name);
        }
    }

    #[test]
    fn checks_of_the_ledger_fail_where_the_definitions_first_do(all in executed()) {
        let mut story = Story::log(NODES);
        let first = story.trace.events().len();
        for (node, entry) in &all {
            match entry {
                Some((place, value, digest)) => story.apply(*node, *place, *value, *digest),
                None => story.crash(*node),
            };
        }
        let red = story.red();
        for (name, kept) in KEPT {
            let is_broken = |last: &usize| {
                let (node, entry) = all[*last];
                entry.is_some_and(|entry| !kept(&all[..=*last], node, entry))
            };
            let expected = (0..all.len()).find(is_broken).map(|last| first + last);
            let found = red.iter().find(|(red, ..)| red == name).map(|(_, event, _)| event.0 as usize);
            prop_assert_eq!(found, expected, "{}", name);
        }
    }
}
