//! B2 and B3 where some processes may lie, as in FaB Paxos: what the certificates of later ballots must show.
//!
//! A ballot rests on a certificate, signed reports of what acceptors have accepted. The leader may be a liar, so these checks
//! also look at every acceptor that has accepted a value on the strength of a certificate. Liars may have told any learner
//! that they have voted for anything, so they count as voters for every value.

use std::hash::{Hash, Hasher};

use super::{Check, Seen};
use crate::protocol::{Basis, Fact, Said};
use crate::quorum::Purpose;
use crate::tongue::say;
use crate::types::{Ballot, Instance, NodeId, NodeSet, Renaming, Sorted, Value, Vote};

/// The certificates on which some correct process has begun a ballot or accepted a value, by instance, ballot and value.
#[derive(Clone, Hash, Default)]
struct Certificates {
    shown: Sorted<(Instance, Ballot, Value, NodeSet), ()>,
    /// The processes with a commit proof for each vote.
    certified: Sorted<(Instance, Vote), NodeSet>,
}

/// A ballot with its value, and the signers of its certificate; nobody where it has none.
#[derive(Clone, Copy)]
struct Shown {
    instance: Instance,
    ballot: Ballot,
    value: Value,
    signers: NodeSet,
}

impl Certificates {
    /// The certificates that a fact can break: the one that it shows, or those of later ballots than its vote.
    fn touched(&mut self, seen: &Seen<'_>) -> Vec<Shown> {
        let (node, fact) = match seen.fact() {
            Some(stated) => stated,
            None => return Vec::new(),
        };
        match fact {
            Fact::Began { instance, ballot, value: Some(value), basis }
            | Fact::Believed { instance, ballot, value, basis } => {
                let signers = basis.quorum();
                debug_assert!(!matches!(basis, Basis::Promises(_)), "a certificate is a proof");
                self.shown.entry((instance, ballot, value, signers), || ());
                vec![Shown { instance, ballot, value, signers }]
            }
            Fact::Certified(instance, vote, _) => {
                self.certified.entry((instance, vote), || NodeSet::EMPTY).insert(node);
                self.above(instance, vote.ballot)
            }
            Fact::Voted(instance, vote) => self.above(instance, vote.ballot),
            _ => Vec::new(),
        }
    }

    fn above(&self, instance: Instance, ballot: Ballot) -> Vec<Shown> {
        let all = self.shown.entries().iter().map(|(key, ())| *key);
        let later = all.filter(|(of, later, ..)| *of == instance && *later > ballot);
        later.map(|(instance, ballot, value, signers)| Shown { instance, ballot, value, signers }).collect()
    }

    fn rename(&mut self, names: &Renaming) {
        for ((instance, ballot, value, signers), ()) in std::mem::take(&mut self.shown).into_entries() {
            self.shown.set((instance, ballot, value, signers.renamed(names)), ());
        }
        for (key, by) in std::mem::take(&mut self.certified).into_entries() {
            self.certified.set(key, by.renamed(names));
        }
    }
}

/// B2: those members of a certificate that tell the truth and have voted for a value that can have been learned are a majority
/// of the certificate.
#[derive(Clone, Hash, Default)]
pub(super) struct TruthfulMajority(Certificates);

impl Check for TruthfulMajority {
    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Said> {
        for shown in self.0.touched(seen) {
            // Without a certificate there are no reports that could be true.
            if shown.signers.is_empty() {
                continue;
            }
            for vote in seen.beta.votes_below(shown.instance, shown.ballot) {
                majority(seen, shown, vote)?;
            }
        }
        Ok(())
    }

    fn rename(&mut self, names: &Renaming) {
        self.0.rename(names);
    }
}

fn majority(seen: &Seen<'_>, shown: Shown, vote: Vote) -> Result<(), Said> {
    let Shown { instance, ballot, signers, .. } = shown;
    let liars = seen.scenario.setup.cast.liars;
    let learners = seen.beta.voters(instance, vote).union(liars);
    if !seen.is_quorum(Purpose::Pass, (vote.ballot, instance), learners) {
        return Ok(());
    }
    let says_so = |node: &_| seen.beta.max_vote(instance, ballot, *node).is_some_and(|last| last.value == vote.value);
    let truthful: NodeSet = signers.without(liars).iter().filter(says_so).collect();
    if 2 * truthful.len() > signers.len() {
        return Ok(());
    }
    let symbols = seen.symbols();
    let [this, that] = [ballot, vote.ballot].map(|ballot| symbols.ballot(ballot));
    let [signers, learners] = [signers, learners].map(|set| symbols.set(set));
    let truthful = if truthful.is_empty() { say!("nobody").into() } else { symbols.set(truthful) };
    Err(Said::of(|words| {
        let (value, ballot, passed) = (words.value(symbols, vote.value), words.ballot, words.passed);
        say!(
            "{ballot} {this} rests on the certificate of {signers}, of whom {truthful} truthfully reports “{value}”, which \
             {learners} can have {passed} in {that}: that is no majority"
        )
    }))
}

/// B3: the certificate of a ballot vouches for its value: no other value can have been learned in an earlier ballot. Who has not
/// signed the certificate may have voted for anything.
#[derive(Clone, Default)]
pub(super) struct Vouched(Certificates);

impl Hash for Vouched {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.0.hash(hasher);
    }
}

impl Check for Vouched {
    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Said> {
        for shown in self.0.touched(seen) {
            for vote in seen.beta.votes_below(shown.instance, shown.ballot) {
                let none = NodeSet::EMPTY;
                let certified = self.0.certified.get(&(shown.instance, vote)).copied().unwrap_or(none);
                vouches(seen, shown, vote, certified)?;
            }
        }
        Ok(())
    }

    fn rename(&mut self, names: &Renaming) {
        self.0.rename(names);
    }
}

fn vouches(seen: &Seen<'_>, shown: Shown, vote: Vote, certified: NodeSet) -> Result<(), Said> {
    let Shown { instance, ballot, value, signers } = shown;
    if vote.value == value {
        return Ok(());
    }
    let cast = &seen.scenario.setup.cast;
    // A signer that tells the truth has accepted something else in a ballot between. That ballot's own certificate has vouched
    // against this value, and is judged again with every later vote.
    let has_moved_on = |node: NodeId| {
        let votes = seen.beta.votes_from(instance, node).take_while(|(of, _)| *of == instance).map(|(_, cast)| cast);
        votes.filter(|cast| vote.ballot < cast.ballot && cast.ballot < ballot).any(|cast| cast.value != vote.value)
    };
    if signers.without(cast.liars).iter().any(has_moved_on) {
        return Ok(());
    }
    let unknown = cast.acceptors.without(signers).union(cast.liars);
    let voters = seen.beta.voters(instance, vote);
    let place = (vote.ballot, instance);
    let can_have_passed = seen.is_quorum(Purpose::Pass, place, voters.union(unknown))
        || seen.is_quorum(Purpose::Certify, place, certified.union(unknown));
    if !can_have_passed {
        return Ok(());
    }
    let symbols = seen.symbols();
    let [this, earlier] = [ballot, vote.ballot].map(|ballot| symbols.ballot(ballot));
    let signers = if signers.is_empty() { say!("no certificate").into() } else { symbols.set(signers) };
    let voters = symbols.set(voters);
    Err(Said::of(|words| {
        let [value, must] = [value, vote.value].map(|value| words.value(symbols, value));
        let (ballot, can, voted_for) = (words.ballot, words.can_have_passed, words.voted_for);
        say!(
            "{ballot} {this} carries “{value}” on {signers}, but “{must}” {can} in {earlier}, where {voters} {voted_for} it"
        )
    }))
}
