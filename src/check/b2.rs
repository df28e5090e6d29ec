//! B2: any two quorums have a process in common.

use std::hash::{Hash, Hasher};

use super::vouched::TruthfulMajority;
use super::{Check, CheckInfo, Seen, has_certificates, has_fast_rounds, has_two_kinds, is_vouched};
use crate::protocol::{Basis, Fact, Said};
use crate::quorum::{Overlap, Purpose};
use crate::tongue::{key, say};
use crate::types::{Ballot, Instance, NodeSet, Renaming, Sorted, Vote};

pub(super) static INFO: CheckInfo = CheckInfo {
    name: "B2",
    title: key!("B2 · quorums intersect"),
    statement: key!("The quorums of any two {ballots} share a process: for all B, B′ in β, B_qrm ∩ B′_qrm ≠ ∅."),
    further: &[
        (
            has_two_kinds,
            key!(
                "Where {votes} need other quorums than promises, those who promised for B share one with every quorum that \
             {votes_in} a smaller B′."
            ),
        ),
        (
            has_fast_rounds,
            key!(
                "Those who promised for B share a process with every quorum that {votes_in} a smaller B′, and with any two \
             that {vote_in} a smaller fast round."
            ),
        ),
        (
            has_certificates,
            key!(
                "Where processes may lie, the shared process must be a correct one: then it has not signed two certificates that \
             contradict each other, and it shows what it has {voted_for} to the next {ballot}."
            ),
        ),
        (
            is_vouched,
            key!(
                "Where processes may lie, {votes} for a {decree} and the certificate of a later {ballot} share so many processes \
             that those of them that tell the truth are a majority of the certificate."
            ),
        ),
    ],
    source: "PTP §2.1; slides, “Consistency conditions”; Flexible Paxos (2016), §4; Fast Paxos (2006), §2.2.1; \
             Practical Byzantine Fault Tolerance (1999), §4; Fast Byzantine Consensus (2006), §5",
    applies: |_| true,
    open: |scenario| match scenario.setup.quorums.overlap {
        Overlap::AnyTwo => Box::<B2>::default(),
        Overlap::AcrossPhases => Box::new(AcrossPhases),
        Overlap::TwoFast => Box::new(TwoFast),
        Overlap::Correct => Box::<Correct>::default(),
        Overlap::TruthfulMajority => Box::<TruthfulMajority>::default(),
    },
};

/// Each quorum that was used, with the first ballot that used it. This is a short list, because runs have many ballots and
/// few quorums.
#[derive(Clone, Default)]
struct B2 {
    used: Sorted<(Instance, NodeSet), Ballot>,
}

/// The hash is empty, because β holds the quorums as well.
impl Hash for B2 {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

impl Check for B2 {
    fn leans_on_ballots(&self) -> bool {
        true
    }

    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Said> {
        let Some((_, Fact::Began { instance, ballot: begun, basis, .. })) = seen.fact() else { return Ok(()) };
        let Basis::Promises(quorum) = basis else { return Ok(()) };
        self.used.entry((instance, quorum), || begun);
        let used = self.used.from(&(instance, NodeSet::EMPTY)).iter().take_while(|((other, _), _)| *other == instance);
        let disjoint = used.into_iter().find(|((_, used), _)| !used.meets(quorum));
        let Some(((_, used), ballot)) = disjoint else { return Ok(()) };
        let symbols = seen.symbols();
        let [this, that] = [begun, *ballot].map(|ballot| symbols.ballot(ballot));
        let [quorum, used] = [quorum, *used].map(|set| symbols.set(set));
        Err(Said::of(|words| {
            say!(
                "{ballot} {this} uses the quorum {quorum}, which shares nobody with {used} of {ballot} {that}",
                ballot = words.ballot
            )
        }))
    }

    fn rename(&mut self, names: &Renaming) {
        let used = std::mem::take(&mut self.used);
        for ((instance, quorum), ballot) in used.into_entries() {
            self.used.set((instance, quorum.renamed(names)), ballot);
        }
    }
}

/// B2 of PBFT: any two quorums that certificates or new views were made of share a correct process.
#[derive(Clone, Hash, Default)]
struct Correct {
    used: Sorted<NodeSet, ()>,
}

impl Check for Correct {
    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Said> {
        let quorum = match seen.fact() {
            Some((_, Fact::Certified(_, _, signers))) => signers,
            Some((_, Fact::Began { basis: Basis::Proof(by), .. } | Fact::Believed { basis: Basis::Proof(by), .. })) => {
                by
            }
            _ => return Ok(()),
        };
        self.used.set(quorum, ());
        let liars = seen.scenario.setup.cast.liars;
        let is_apart = |(used, ()): &&(NodeSet, ())| used.shared(quorum).is_subset(liars);
        let Some((used, ())) = self.used.entries().iter().find(is_apart) else { return Ok(()) };
        let symbols = seen.symbols();
        let shared = used.shared(quorum);
        let is_empty = shared.is_empty();
        let [quorum, used, shared] = [quorum, *used, shared].map(|set| symbols.set(set));
        let sentence = if is_empty {
            say!("the quorum {quorum} shares no correct process with the quorum {used}")
        } else {
            say!("the quorum {quorum} shares no correct process with the quorum {used}, only {shared}")
        };
        Err(sentence.into())
    }

    fn rename(&mut self, names: &Renaming) {
        for (used, ()) in std::mem::take(&mut self.used).into_entries() {
            self.used.set(used.renamed(names), ());
        }
    }
}

/// B2 of Flexible Paxos: promises and votes need different quorums, and only quorums of different phases have to meet. B2 is
/// broken as soon as a quorum has voted in a ballot and a larger ballot has begun for which no member of that quorum has
/// promised. The last vote of the quorum and the larger ballot may come in either order.
#[derive(Clone, Hash)]
struct AcrossPhases;

impl Check for AcrossPhases {
    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Said> {
        match seen.fact() {
            Some((_, Fact::Began { instance, ballot, value, basis })) => {
                seen.beta.instances(instance, value).into_iter().try_for_each(|instance| {
                    let below = seen.beta.votes_below(instance, ballot);
                    below.into_iter().try_for_each(|vote| meet(seen, instance, vote, ballot, basis))
                })
            }
            Some((_, Fact::Voted(instance, vote))) => {
                let mut above = seen.beta.above(instance, vote.ballot);
                above.try_for_each(|begun| meet(seen, instance, vote, begun.ballot, begun.basis))
            }
            _ => Ok(()),
        }
    }
}

/// Whether the processes that promised for this ballot meet every quorum that has cast this smaller vote.
fn meet(seen: &Seen<'_>, instance: Instance, vote: Vote, ballot: Ballot, basis: Basis) -> Result<(), Said> {
    let Basis::Promises(quorum) = basis else { return Ok(()) };
    let unseen = seen.beta.supporters(&seen.scenario.setup, instance, vote).without(quorum);
    if !seen.is_quorum(Purpose::Pass, (vote.ballot, instance), unseen) {
        return Ok(());
    }
    let symbols = seen.symbols();
    let [this, that] = [ballot, vote.ballot].map(|ballot| symbols.ballot(ballot));
    let [quorum, unseen] = [quorum, unseen].map(|set| symbols.set(set));
    Err(Said::of(|words| {
        say!(
            "{ballot} {this} rests on the promises of {quorum}, of whom nobody is in {unseen}, a quorum that {votes_in} {that}",
            ballot = words.ballot,
            votes_in = words.votes_in
        )
    }))
}

/// B2 of Fast Paxos: the promises of a ballot share a process with any two quorums of a smaller fast round. B2 is broken as
/// soon as the votes of those who promised allow that two such quorums, which share none of them, have passed different
/// decrees: each decree has the votes of some who promised, and everybody else may have voted for either. Quorums of classic
/// rounds must meet the promises as in [`AcrossPhases`].
#[derive(Clone, Hash)]
struct TwoFast;

impl Check for TwoFast {
    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Said> {
        AcrossPhases.observe(seen)?;
        match seen.fact() {
            Some((_, Fact::Began { instance, ballot, value, basis })) => {
                let instances = seen.beta.instances(instance, value);
                instances.into_iter().try_for_each(|instance| share(seen, instance, ballot, basis))
            }
            Some((_, Fact::Voted(instance, vote))) => {
                let mut above = seen.beta.above(instance, vote.ballot);
                above.try_for_each(|begun| share(seen, instance, begun.ballot, begun.basis))
            }
            _ => Ok(()),
        }
    }
}

/// Whether the processes that promised for this ballot share one with any two quorums of the last round that they have voted
/// in.
fn share(seen: &Seen<'_>, instance: Instance, ballot: Ballot, basis: Basis) -> Result<(), Said> {
    let Basis::Promises(quorum) = basis else { return Ok(()) };
    let Some((last, values)) = seen.beta.last_round(&seen.scenario.setup, instance, ballot, quorum) else {
        return Ok(());
    };
    let outside = seen.scenario.setup.cast.acceptors.without(quorum);
    let is_quorum = |voters: &NodeSet| seen.scenario.is_quorum(Purpose::Pass, last, voters.union(outside));
    let possible: Vec<NodeSet> = values.into_iter().map(|(_, voters)| voters).filter(is_quorum).collect();
    for (place, one) in possible.iter().enumerate() {
        let Some(other) = possible[..place].iter().find(|other| !other.meets(*one)) else { continue };
        let symbols = seen.symbols();
        let [this, that] = [ballot, last].map(|ballot| symbols.ballot(ballot));
        let [quorum, other, one] = [quorum, other.union(outside), one.union(outside)].map(|set| symbols.set(set));
        return Err(Said::of(|words| {
            say!(
                "{ballot} {this} rests on the promises of {quorum}, of whom nobody is in both {other} and {one}, two quorums \
                 that {vote_in} {that}",
                ballot = words.ballot,
                vote_in = words.vote_in
            )
        }));
    }
    Ok(())
}
