//! How many processes are enough for what, in a cluster that tolerates f liars (Martin and Alvisi, §4 and §5).
//!
//! With a acceptors, l learners and p proposers:
//!
//! | for | how many | why |
//! |---|---|---|
//! | learning | ⌈(a + 3f + 1)/2⌉ equal ACCEPTED | of any a − f reports a majority then tells of the value truthfully |
//! | a progress certificate | a − f reports | so many come, whatever the liars do |
//! | a majority in it | ⌈(a − f + 1)/2⌉ | – |
//! | pulling | f + 1 equal LEARNED | one of them is true |
//! | a satisfied proposer | ⌈(l + f + 1)/2⌉ LEARNED | f + 1 correct learners know, so that the others can pull |
//! | a change of the regency, or an end of it | ⌈(p + f + 1)/2⌉ SUSPECT or SATISFIED | two such sets share a correct proposer |
//! | a commit proof (parameterised FaB) | ⌈(a + f + 1)/2⌉ signed ACCEPTED | two such sets share a correct acceptor |

use crate::protocol::{Cast, Guard, Guards, Setup};
use crate::quorum::{Overlap, Purpose, QuorumSystem, Quorums, Round};
use crate::tongue::say;
use crate::types::{Ballot, NodeId, NodeSet};

/// f: how many liars the sizes are made for. Without a line `tolerate` it is the largest f with a ≥ 5f + 1.
fn faults(cast: &Cast) -> usize {
    cast.tolerates.map_or_else(|| cast.acceptors.len().saturating_sub(1) / 5, |tolerance| usize::from(tolerance.liars))
}

/// f and t of parameterised FaB. Without a line `tolerate` f is the largest one with a ≥ 3f + 1, and then t the largest one
/// with a ≥ 3f + 2t + 1; without its second number t is 0.
fn faults_and_swift(cast: &Cast) -> (usize, usize) {
    let acceptors = cast.acceptors.len();
    match cast.tolerates {
        Some(tolerance) => (usize::from(tolerance.liars), usize::from(tolerance.swift.unwrap_or(0))),
        None => {
            let faults = acceptors.saturating_sub(1) / 3;
            (faults, (acceptors.saturating_sub(3 * faults + 1) / 2).min(faults))
        }
    }
}

/// ⌈(all + more + 1)/2⌉
const fn over_half(all: usize, more: usize) -> usize {
    (all + more + 1).div_ceil(2)
}

/// The quorums of FaB: a − f promises make a progress certificate, and ⌈(a + 3f + 1)/2⌉ votes teach a value.
pub(super) fn quorums(cast: &Cast, without: Guards, _: Option<Quorums>) -> Result<Quorums, String> {
    let (acceptors, faults) = (cast.acceptors.len(), faults(cast));
    let learn = match () {
        () if without.contains(Guard::EnoughAcceptors) => acceptors - faults,
        () if without.contains(Guard::LearnQuorum) => 3 * faults + 1,
        () if without.contains(Guard::OneTruthful) => faults + 1,
        () => over_half(acceptors, 3 * faults),
    };
    if learn > acceptors {
        let least = 3 * faults + 1;
        return Err(say!(
            "with {faults} liars no value is ever learned by {acceptors} acceptors: {least} are the least that can be \
             told apart, and 5f + 1, which is {enough}, go on without the liars",
            enough = 5 * faults + 1
        ));
    }
    Ok(of(cast, without, faults, learn))
}

/// The quorums of parameterised FaB: all but t votes teach a value at once.
pub(super) fn swift_quorums(cast: &Cast, without: Guards, _: Option<Quorums>) -> Result<Quorums, String> {
    let (acceptors, (faults, swift)) = (cast.acceptors.len(), faults_and_swift(cast));
    let least = 3 * faults + 2 * swift + 1;
    if acceptors < least {
        return Err(say!(
            "3f + 2t + 1 acceptors are needed: {least} where f is {faults} and t is {swift}, not {acceptors}"
        ));
    }
    let quorums = of(cast, without, faults, acceptors - swift);
    let size = over_half(acceptors, faults);
    let proof = QuorumSystem::Count { members: cast.acceptors, size };
    Ok(quorums.with(Purpose::Certify, Round::Classic, proof))
}

fn of(cast: &Cast, without: Guards, faults: usize, learn: usize) -> Quorums {
    let members = cast.acceptors;
    let size = acceptors_in_certificate(members.len() - faults, without);
    let count = |size| QuorumSystem::Count { members, size };
    let answer = QuorumSystem::Count { members: cast.servers(), size: faults + 1 };
    let mut quorums = Quorums::of_phases(count(size), count(learn)).with(Purpose::Answer, Round::Classic, answer);
    quorums.overlap = Overlap::TruthfulMajority;
    quorums
}

fn acceptors_in_certificate(size: usize, without: Guards) -> usize {
    if without.contains(Guard::Certificate) { (size - 1).max(1) } else { size }
}

/// The sizes of a cluster.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Sizes {
    /// f.
    pub(super) faults: usize,
    /// The proposers: the first 3f + 1 processes that may propose.
    pub(super) proposers: NodeSet,
    /// How many reports make a progress certificate.
    pub(super) certificate: usize,
    /// How many equal reports of a certificate are a majority.
    pub(super) majority: usize,
    /// How many learners satisfy a proposer.
    pub(super) satisfied: usize,
    /// How many proposers change the regency, or end it.
    pub(super) regency: usize,
}

impl Sizes {
    /// The sizes in a cluster with these settings.
    pub(super) fn of(setup: &Setup, has_proofs: bool) -> Self {
        let cast = &setup.cast;
        let faults = if has_proofs { faults_and_swift(cast).0 } else { faults(cast) };
        let certificate = setup.quorum(Purpose::Promise).smallest().unwrap_or(cast.acceptors.len());
        let proposers: NodeSet = cast.proposers().iter().take(3 * faults + 1).collect();
        Self {
            faults,
            proposers,
            certificate,
            majority: over_half(certificate, 0),
            satisfied: over_half(cast.learners.len(), faults),
            regency: over_half(proposers.len(), faults),
        }
    }

    /// The ballot of regency v: number v + 1, which belongs to proposer v mod p. In an open ledger number 1 is for what
    /// clients send to the acceptors themselves, so there it is v + 2.
    pub(super) fn ballot(&self, number: u32, is_open: bool) -> Ballot {
        let regency = number.saturating_sub(1 + u32::from(is_open));
        let place = regency as usize % self.proposers.len().max(1);
        Ballot::new(number, self.proposers.iter().nth(place).unwrap_or(NodeId(0)))
    }

    /// Whether the ballot has the owner that its number says.
    pub(super) fn is_ballot(&self, ballot: Ballot, is_open: bool) -> bool {
        self.ballot(ballot.number(), is_open) == ballot
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Tolerance, find};
    use std::sync::Arc;

    fn setup(protocol: &str, nodes: usize, tolerates: Option<(u8, u8)>) -> Arc<Setup> {
        let tolerates = tolerates.map(|(liars, swift)| Tolerance { liars, swift: Some(swift) });
        let cast = Cast { tolerates, ..Cast::everybody(nodes) };
        let protocol = find(protocol).expect("in the registry");
        let quorums = (protocol.quorums)(&cast, Guards::default(), None).expect("enough acceptors");
        let (choices, without, forgetful) = (protocol.default_choices(), Guards::default(), NodeSet::EMPTY);
        let requests = Arc::from([]);
        Arc::new(Setup {
            cast,
            quorums,
            choices,
            without,
            forgetful,
            skipped: 0,
            changes: None,
            histories: None,
            requests,
        })
    }

    fn learn(setup: &Setup) -> usize {
        setup.quorum(Purpose::Pass).smallest().expect("a quorum")
    }

    /// The table of the thresholds: f = 1 with six acceptors, f = 2 with eleven.
    #[test]
    fn the_sizes_are_those_of_the_paper() {
        for (nodes, faults, [learn_by, certificate, majority, regency, proposers]) in
            [(6, 1, [5, 5, 3, 3, 4]), (11, 2, [9, 9, 5, 5, 7]), (16, 3, [13, 13, 7, 7, 10]), (5, 0, [3, 5, 3, 1, 1])]
        {
            let setup = setup("fab", nodes, None);
            let sizes = Sizes::of(&setup, false);
            let found = [learn(&setup), sizes.certificate, sizes.majority, sizes.regency, sizes.proposers.len()];
            assert_eq!(
                (sizes.faults, found),
                (faults, [learn_by, certificate, majority, regency, proposers]),
                "{nodes}"
            );
        }
    }

    /// Two values cannot both be learned in one ballot, and a learned value has a truthful majority in every certificate:
    /// by counting, at every size.
    #[test]
    fn the_sizes_are_safe_and_not_larger_than_needed() {
        for nodes in 1..=40 {
            for faults in 0..=(nodes - 1) / 5 {
                let setup = setup("fab", nodes, Some((faults as u8, 0)));
                let (learn, sizes) = (learn(&setup), Sizes::of(&setup, false));
                let truthful = |learn: usize| (learn - faults).saturating_sub(nodes - sizes.certificate);
                assert!(2 * learn > nodes + faults, "{nodes} {faults}");
                assert!(truthful(learn) >= sizes.majority, "{nodes} {faults}");
                assert!(learn <= nodes - faults, "{nodes} {faults}: the liars can stop it");
                assert!(learn == 1 || truthful(learn - 1) < sizes.majority || 2 * (learn - 1) <= nodes + faults);
            }
        }
    }

    #[test]
    fn parameterised_sizes_are_those_of_the_paper() {
        for (nodes, tolerates, [learn_by, proof, certificate]) in
            [(4, Some((1, 0)), [4, 3, 3]), (4, None, [4, 3, 3]), (6, Some((1, 1)), [5, 4, 5]), (9, None, [8, 6, 7])]
        {
            let setup = setup("pfab", nodes, tolerates);
            let certify = setup.quorum(Purpose::Certify).smallest().expect("a quorum");
            let found = [learn(&setup), certify, Sizes::of(&setup, true).certificate];
            assert_eq!(found, [learn_by, proof, certificate], "{nodes}");
        }
    }

    #[test]
    fn too_few_acceptors_are_refused() {
        let cast = Cast { tolerates: Some(Tolerance { liars: 1, swift: Some(1) }), ..Cast::everybody(3) };
        assert!(quorums(&cast, Guards::default(), None).is_err());
        assert!(
            swift_quorums(&Cast { nodes: 5, acceptors: NodeSet::all(5), ..cast }, Guards::default(), None).is_err()
        );
    }
}
