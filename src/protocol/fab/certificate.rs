//! Progress certificates: a − f signed reports of what acceptors have accepted, and the values that they vouch for (Martin and
//! Alvisi, §5.2).
//!
//! A certificate **vouches for** v if no other value stands in a majority of its reports. A value that was learned has the votes
//! of ⌈(a + 3f + 1)/2⌉ acceptors. All but f of all acceptors are in the certificate, and all but f of those tell the truth:
//! ⌈(a − f + 1)/2⌉ of its reports are left that do say so, and they are a majority. So a certificate never vouches for
//! another value than the one that was learned. If nothing has a majority, nothing was learned and every value will do.
//!
//! In parameterised FaB a value may also have been learned with fewer votes, by commit proofs. Then a report carries the
//! proof, and a certificate also does not vouch for v where a report has a proof for another value.

use super::{ACCEPTED, Fab, REP};
use crate::protocol::{Claim, Guard, Message, Payload, Setup};
use crate::quorum::Purpose;
use crate::types::{Ballot, Instance, NodeId, NodeSet, Sorted, Value, Vote};

/// What an acceptor has accepted before it answered a QUERY.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Report {
    pub(super) by: NodeId,
    pub(super) vote: Option<Vote>,
    /// The ballot of the commit proof for this value that comes with it, if one does.
    pub(super) proof: Option<Ballot>,
}

impl Report {
    /// The value with the ballot of its commit proof.
    fn proved(&self) -> Option<Vote> {
        Some(Vote { ballot: self.proof?, value: self.vote?.value })
    }
}

/// How many reports a majority is, and which rule vouches.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rule {
    pub(super) majority: usize,
    /// Whether later ballots outweigh earlier ones: the repair of parameterised FaB.
    pub(super) by_ballot: bool,
}

impl Rule {
    /// Whether these reports vouch for the value.
    pub(super) fn vouches(self, reports: &[Report], value: Value) -> bool {
        let is_other = |report: &&Report| report.vote.is_some_and(|vote| vote.value != value);
        if !self.by_ballot {
            let other = self.major(reports, None).is_some_and(|major| major != value);
            return !other && reports.iter().filter(is_other).all(|report| report.proof.is_none());
        }
        // A value with a majority of reports above the highest proof is the only one; or else the proved one is.
        let top = reports.iter().filter_map(Report::proved).max();
        let major = self.major(reports, top.map(|vote| vote.ballot));
        major.or(top.map(|vote| vote.value)).is_none_or(|only| only == value)
    }

    /// The value that a majority of the reports says, of those above this ballot.
    fn major(self, reports: &[Report], above: Option<Ballot>) -> Option<Value> {
        let votes = reports.iter().filter_map(|report| report.vote).filter(|vote| Some(vote.ballot) > above);
        tally(votes).into_iter().find(|(_, count)| *count >= self.majority).map(|(value, _)| value)
    }

    /// The value that a leader takes: the only one that the reports vouch for, or else one that a correct acceptor has
    /// accepted, its own wish, or any reported one. None when it has nothing, or when the reports vouch for no value at all.
    pub(super) fn choose(self, reports: &[Report], faults: usize, wish: Option<Value>) -> Option<Value> {
        let mut counted = tally(reports.iter().filter_map(|report| report.vote));
        // The most frequent first, and of equally frequent ones that which the script names first.
        counted.sort_unstable_by_key(|(value, count)| (usize::MAX - count, *value));
        let is_true = |(_, count): &&(Value, usize)| *count > faults;
        let sure = counted.iter().filter(is_true).map(|(value, _)| *value);
        let others = counted.iter().map(|(value, _)| *value);
        sure.chain(wish).chain(others).find(|value| self.vouches(reports, *value))
    }
}

/// How often each value stands in these votes, in the order of the values.
fn tally(votes: impl Iterator<Item = Vote>) -> Vec<(Value, usize)> {
    let mut counts: Sorted<Value, usize> = Sorted::default();
    votes.for_each(|vote| *counts.entry(vote.value, || 0) += 1);
    counts.into_entries()
}

impl Fab {
    /// The rule by which certificates vouch.
    pub(super) fn rule(&self) -> Rule {
        Rule { majority: self.sizes.majority, by_ballot: self.is_repaired() }
    }

    /// Reads a signed report for this ballot; none where it is not one. A report is for all instances from one on, so it says
    /// something of this instance only if it begins at it or before.
    pub(super) fn report(&self, claim: &Claim, ballot: Ballot, instance: Instance) -> Option<Report> {
        let Claim { by, message } = claim;
        let is_of_ballot = message.kind == REP && message.ballot == Some(ballot);
        if !is_of_ballot || message.instance > instance || !self.setup.cast.acceptors.contains(*by) {
            return None;
        }
        let Payload::Proof(vote, claims) = &message.payload else { return None };
        if self.variant.is_log {
            // A report for many instances is a list of the acceptor's own ACCEPTEDs.
            let own = claims.iter().filter(|claim| claim.by == *by).map(|claim| &claim.message);
            let last = own.filter(|said| (said.kind, said.instance) == (ACCEPTED, instance)).filter_map(as_vote).max();
            return Some(Report { by: *by, vote: last, proof: None });
        }
        // The proof may be of an earlier ballot, in which the acceptor has accepted the same value.
        let proof = claims.first().and_then(|claim| as_vote(&claim.message));
        let proof = proof.filter(|proof| vote.is_some_and(|vote| vote.value == proof.value));
        let proof = proof.filter(|proof| is_commit_proof(&self.setup, claims, instance, *proof));
        Some(Report { by: *by, vote: *vote, proof: proof.map(|proof| proof.ballot) })
    }

    /// The reports of a progress certificate; none where it is not one: a report is missing, comes twice, or is not a report
    /// for this ballot.
    pub(super) fn certificate(&self, claims: &[Claim], ballot: Ballot, instance: Instance) -> Option<Vec<Report>> {
        let reports: Option<Vec<_>> = claims.iter().map(|claim| self.report(claim, ballot, instance)).collect();
        let reports = reports?;
        let signers: NodeSet = reports.iter().map(|report| report.by).collect();
        (signers.len() == claims.len() && claims.len() == self.sizes.certificate).then_some(reports)
    }

    /// Whether these signed messages allow the value in this ballot.
    pub(super) fn allows(&self, claims: &[Claim], ballot: Ballot, instance: Instance, value: Value) -> bool {
        if !self.setup.keeps(Guard::Vouching) {
            return true;
        }
        let Some(reports) = self.certificate(claims, ballot, instance) else { return false };
        self.rule().vouches(&reports, value)
    }
}

/// The vote that an ACCEPTED tells of.
pub(super) fn as_vote(said: &Message) -> Option<Vote> {
    match said.payload {
        Payload::Value(value) => Some(Vote { ballot: said.ballot?, value }),
        _ => None,
    }
}

/// Whether these are signed ACCEPTEDs for this vote, of enough acceptors that no other value can be learned in its ballot.
pub(super) fn is_commit_proof(setup: &Setup, claims: &[Claim], instance: Instance, vote: Vote) -> bool {
    let says = |claim: &&Claim| {
        let message = &claim.message;
        (message.kind, message.ballot, message.instance) == (ACCEPTED, Some(vote.ballot), instance)
            && message.payload == Payload::Value(vote.value)
    };
    setup.is_quorum(Purpose::Certify, claims.iter().filter(says).map(|claim| claim.by).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reports(said: &[(u32, u32, bool)]) -> Vec<Report> {
        let report = |(place, (number, value, is_proved)): (usize, &(u32, u32, bool))| {
            let vote = Vote { ballot: Ballot::new((*number).max(1), NodeId(0)), value: Value(*value) };
            let proof = is_proved.then_some(vote.ballot);
            Report { by: NodeId(place as u8), vote: (*number > 0).then_some(vote), proof }
        };
        said.iter().enumerate().map(report).collect()
    }

    const RED: Value = Value(0);
    const BLUE: Value = Value(1);

    /// Three of five reports are a majority, whatever the ballots.
    #[test]
    fn a_majority_of_the_reports_rules_out_every_other_value() {
        let rule = Rule { majority: 3, by_ballot: false };
        let split = reports(&[(1, 0, false), (2, 0, false), (1, 0, false), (1, 1, false), (1, 1, false)]);
        assert!(rule.vouches(&split, RED) && !rule.vouches(&split, BLUE));
        assert_eq!(rule.choose(&split, 1, Some(BLUE)), Some(RED));
        let even = reports(&[(1, 0, false), (1, 0, false), (1, 1, false), (1, 1, false), (0, 0, false)]);
        assert!(rule.vouches(&even, RED) && rule.vouches(&even, BLUE) && rule.vouches(&even, Value(7)));
        assert_eq!(rule.choose(&even, 1, Some(Value(7))), Some(RED), "a correct acceptor has accepted it");
        let one = reports(&[(1, 1, false), (0, 0, false), (0, 0, false), (0, 0, false), (0, 0, false)]);
        assert_eq!(rule.choose(&one, 1, Some(RED)), Some(RED), "the only report may be a lie");
        assert_eq!(rule.choose(&one, 1, None), Some(BLUE));
    }

    /// The stuck state of parameterised FaB, and the repair.
    #[test]
    fn a_proof_and_a_majority_for_different_values_vouch_for_nothing() {
        let stuck = reports(&[(1, 1, false), (1, 0, true), (1, 1, false)]);
        let [paper, repaired] = [false, true].map(|by_ballot| Rule { majority: 2, by_ballot });
        assert!(!paper.vouches(&stuck, RED) && !paper.vouches(&stuck, BLUE));
        assert_eq!(paper.choose(&stuck, 1, Some(RED)), None);
        assert!(repaired.vouches(&stuck, RED) && !repaired.vouches(&stuck, BLUE));
        let later = reports(&[(2, 1, false), (1, 0, true), (2, 1, false)]);
        assert!(!repaired.vouches(&later, RED) && repaired.vouches(&later, BLUE));
        let newer = reports(&[(1, 1, true), (2, 0, true), (1, 1, false)]);
        assert!(repaired.vouches(&newer, RED) && !repaired.vouches(&newer, BLUE));
    }
}
