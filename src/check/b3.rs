//! B3: a ballot's decree is the decree of the highest vote that its quorum has cast below the ballot.
//!
//! B3 is a condition on the whole of β, so the check runs at every 2a, for the ballot that begins, and at every 2b. A vote
//! can break B3 after the fact, for a ballot with a larger number whose quorum contains the voter. If B3 fails at 2a, the
//! leader took a wrong decree; if B3 fails at 2b, the voter broke a promise.

mod carried;

use super::vouched::Vouched;
use super::{Check, CheckInfo, Seen, has_certificates, has_histories, is_fast, is_vouched};
use crate::protocol::{Fact, Said, Vocabulary};
use crate::quorum::{Overlap, Purpose};
use crate::tongue::{key, say};
use crate::types::{Ballot, Instance, NodeSet, Value};
use carried::Carried;

pub(super) static INFO: CheckInfo = CheckInfo {
    name: "B3",
    title: key!("B3 · the {highest_earlier_vote}"),
    statement: key!(
        "If a process of a {ballot}’s quorum {voted_in} an earlier {ballot}, the {decree} is that of the latest \
                such {vote}: for all B in β, MaxVote(B_bal, B_qrm, β) = null or its value is B_val."
    ),
    further: &[
        (
            is_fast,
            key!(
                "Where earlier rounds were fast, the {votes} of the quorum leave no other {decree} than B_val that can have \
             been {passed} in the latest of them."
            ),
        ),
        (
            has_histories,
            key!(
                "Where {decrees} are histories, B_val and every {vote} in B extends whatever can have been {passed} in any \
             earlier {ballot}."
            ),
        ),
        (
            has_certificates,
            key!(
                "Where processes may lie, B carries in each place the {decree} that can have been {passed} there in an earlier \
             {ballot}: it takes the one whose certificate is of the latest {ballot}."
            ),
        ),
        (
            is_vouched,
            key!(
                "Where processes may lie, the certificate of B vouches for B_val: no other {decree} can have been {passed} in an \
             earlier {ballot}, whatever those outside it and the liars {voted_for}."
            ),
        ),
    ],
    source: "PTP §2.1; slides, “Consistency conditions”; Fast Paxos (2006), §2.2.2, O4; Generalized Consensus and Paxos \
             (2005), §3.3.2; Practical Byzantine Fault Tolerance (1999), §4.4; Fast Byzantine Consensus (2006), §5",
    applies: |_| true,
    open: |scenario| match scenario.setup.quorums.overlap {
        Overlap::Correct => Box::new(Carried::new(scenario.nodes())),
        Overlap::TruthfulMajority => Box::<Vouched>::default(),
        overlap => Box::new(B3 { is_fast: overlap == Overlap::TwoFast }),
    },
};

#[derive(Clone, Hash)]
struct B3 {
    /// Whether rounds may be fast, so that one round can have votes for several decrees.
    is_fast: bool,
}

impl Check for B3 {
    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Said> {
        let holds = if self.is_fast { no_other_can_have_passed } else { holds };
        match seen.fact() {
            Some((_, Fact::Began { instance, ballot, value, basis })) => {
                let instances = seen.beta.instances(instance, value);
                let quorum = basis.quorum();
                instances.into_iter().try_for_each(|instance| holds(seen, instance, (ballot, value), quorum, true))
            }
            Some((node, Fact::Voted(instance, vote))) => {
                if vote.value.is_history() {
                    let numbered = seen.beta.numbered(instance, vote.ballot);
                    numbered.iter().try_for_each(|begun| {
                        holds(seen, instance, (vote.ballot, Some(vote.value)), begun.quorum, true)
                    })?;
                }
                let mut later = seen.beta.above(instance, vote.ballot).filter(|begun| begun.quorum.contains(node));
                later.try_for_each(|begun| holds(seen, instance, (begun.ballot, begun.value), begun.quorum, false))
            }
            _ => Ok(()),
        }
    }
}

/// What a ballot carries, in the words of a reader; `is_now` says whether its own event breaks B3, or a later vote does.
fn carried(seen: &Seen<'_>, words: Vocabulary, (ballot, value): (Ballot, Option<Value>), is_now: bool) -> String {
    let symbols = seen.symbols();
    let any = || words.fill(key!("any {decree}"));
    let value = value.map_or_else(any, |value| words.value(symbols, value).into_owned());
    let (ballot, number) = (words.ballot, symbols.ballot(ballot));
    if is_now {
        say!("{ballot} {number} carries “{value}”")
    } else {
        say!("{ballot} {number} was begun with “{value}”")
    }
}

fn holds(
    seen: &Seen<'_>,
    instance: Instance,
    (ballot, value): (Ballot, Option<Value>),
    quorum: NodeSet,
    is_now: bool,
) -> Result<(), Said> {
    let highest = seen.beta.max_vote_of(instance, ballot, quorum);
    let Some(highest) = highest.filter(|highest| Some(highest.value) != value) else { return Ok(()) };
    let symbols = seen.symbols();
    let earlier = symbols.ballot(highest.ballot);
    Err(Said::of(|words| {
        let must = words.value(symbols, highest.value);
        let (carried, highest) = (carried(seen, words, (ballot, value), is_now), words.highest_earlier_vote);
        say!("{carried}, but its quorum’s {highest} is for “{must}” in {earlier}")
    }))
}

/// B3 of Fast Paxos (O4), computed again from the votes themselves: in the last round in which members of the quorum have
/// voted, another decree can have passed if all those members who are in some quorum of that round have voted for it. Who is
/// not a member may have voted for anything.
fn no_other_can_have_passed(
    seen: &Seen<'_>,
    instance: Instance,
    (ballot, value): (Ballot, Option<Value>),
    quorum: NodeSet,
    is_now: bool,
) -> Result<(), Said> {
    let setup = &seen.scenario.setup;
    let acceptors = setup.cast.acceptors;
    let has = |other: Value| value.is_some_and(|value| setup.includes(value, other));
    let Some((mut last, mut values)) = seen.beta.last_round(setup, instance, ballot, quorum) else { return Ok(()) };
    let mut outside = acceptors.without(quorum);
    let mut is_of_quorum = true;
    let (must, voters) = loop {
        let can_have_passed = |(other, voters): &(Value, NodeSet)| {
            !has(*other) && seen.scenario.is_quorum(Purpose::Pass, last, voters.union(outside))
        };
        if let Some(must) = values.into_iter().find(can_have_passed) {
            break must;
        }
        // A decree of the last round stands for all rounds before it. A history must extend what can have passed in any of
        // them. Whoever has promised a ballot in between votes in the earlier one no more, whether the quorum knows or not.
        let earlier = seen.beta.last_round(setup, instance, last, acceptors).filter(|_| setup.histories.is_some());
        let Some((before, all)) = earlier else { return Ok(()) };
        let between = seen.beta.above(instance, before).filter(|begun| begun.ballot <= ballot);
        outside = between.fold(acceptors, |outside, begun| outside.without(begun.quorum));
        (last, values, is_of_quorum) = (before, all, false);
    };
    let symbols = seen.symbols();
    let (earlier, voters) = (symbols.ballot(last), symbols.set(voters));
    Err(Said::of(|words| {
        let must = words.value(symbols, must);
        let carried = carried(seen, words, (ballot, value), is_now);
        let (can, voted_for) = (words.can_have_passed, words.voted_for);
        if is_of_quorum {
            say!("{carried}, but “{must}” {can} in {earlier}: of its quorum, {voters} {voted_for} it")
        } else {
            say!("{carried}, but “{must}” {can} in {earlier}: {voters} {voted_for} it")
        }
    }))
}
