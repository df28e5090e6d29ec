//! What the signed messages in a VIEW-CHANGE and in a NEW-VIEW prove. Nothing here is believed: every function answers none
//! where the claims do not show what they should (OSDI'99 §4.4).

use std::sync::Arc;

use super::row::{CHECKPOINT, NEW_VIEW, PRE_PREPARE, PREPARE, VIEW_CHANGE, window};
use crate::protocol::{Claim, Guard, Kind, Message, Payload, Setup};
use crate::quorum::{Purpose, QuorumSystem};
use crate::types::{Ballot, Instance, NodeId, NodeSet, Sorted, Value, Vote};

/// Where the window is not checked, a proof may speak of so many places above its checkpoint.
const WINDOW_MAX: u32 = 1000;

/// The primary of a view is the replica with this number, counted round and round.
pub(super) fn primary(setup: &Setup, view: u32) -> NodeId {
    let replicas = setup.cast.acceptors;
    replicas.iter().nth(view as usize % replicas.len().max(1)).unwrap_or(NodeId(0))
}

/// The ballot that stands for a view.
pub(super) fn ballot_of(setup: &Setup, view: u32) -> Ballot {
    Ballot::new(view.saturating_add(1), primary(setup, view))
}

/// The view that a ballot stands for; none where the ballot's owner is not the view's primary.
pub(super) fn view_of(setup: &Setup, ballot: Ballot) -> Option<u32> {
    let view = ballot.number() - 1;
    (primary(setup, view) == ballot.owner()).then_some(view)
}

/// A message of the normal case.
pub(super) fn normal(kind: Kind, instance: Instance, vote: Vote) -> Message {
    Message { kind, ballot: Some(vote.ballot), instance, payload: Payload::Value(vote.value) }
}

/// The replicas whose messages make a certificate of these PREPAREs and of the primary's PRE-PREPARE; none where they are too
/// few. The PREPAREs are of 2f different backups.
pub(super) fn certificate(setup: &Setup, vote: Vote, prepares: NodeSet) -> Option<NodeSet> {
    let primary: NodeSet = [vote.ballot.owner()].into_iter().collect();
    let quorum = setup.quorum(Purpose::Certify);
    let is_enough = if setup.keeps(Guard::BackupsPrepare) {
        quorum.is_quorum(prepares.without(primary).union(primary))
    } else {
        // The primary's own PREPARE counts as one of the 2f.
        quorum.is_quorum(prepares.union(primary)) || quorum.smallest().is_some_and(|size| prepares.len() + 1 >= size)
    };
    is_enough.then(|| prepares.union(primary))
}

/// The signed messages of a certificate: the primary's PRE-PREPARE, and these PREPAREs.
pub(super) fn claims(instance: Instance, vote: Vote, prepares: NodeSet) -> impl Iterator<Item = Claim> {
    let claim = move |kind, by| Claim { by, message: normal(kind, instance, vote) };
    std::iter::once(claim(PRE_PREPARE, vote.ballot.owner())).chain(prepares.iter().map(move |by| claim(PREPARE, by)))
}

/// What a VIEW-CHANGE shows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Report {
    /// h: the sender's last stable checkpoint.
    pub(super) low: u32,
    /// The certificates of the places above h.
    certificates: Vec<(Instance, Vote)>,
}

/// Reads a VIEW-CHANGE for this ballot; none where it does not prove what it says.
pub(super) fn report(setup: &Setup, message: &Message) -> Option<Report> {
    let (VIEW_CHANGE, Some(ballot), Payload::Proof(None, claims)) = (message.kind, message.ballot, &message.payload)
    else {
        return None;
    };
    view_of(setup, ballot)?;
    let low = message.instance.0.checked_sub(1)?;
    let is_checkpoint = |claim: &&Claim| claim.message.kind == CHECKPOINT;
    if low > 0 && !is_stable(setup, low, claims.iter().filter(is_checkpoint)) {
        return None;
    }
    let mut shown: Sorted<(Instance, Vote), (bool, NodeSet)> = Sorted::default();
    for Claim { by, message } in claims.iter().filter(|claim| !is_checkpoint(claim)) {
        let (Some(of), Payload::Value(value)) = (message.ballot, &message.payload) else { return None };
        let vote = Vote { ballot: of, value: *value };
        let (is_begun, prepares) = shown.entry((message.instance, vote), || (false, NodeSet::EMPTY));
        match message.kind {
            PRE_PREPARE if *by == of.owner() => *is_begun = true,
            PREPARE => {
                prepares.insert(*by);
            }
            _ => return None,
        }
    }
    let most = if setup.keeps(Guard::Window) { window(&setup.choices) } else { WINDOW_MAX };
    let mut certificates = Vec::new();
    for ((instance, vote), (is_begun, prepares)) in shown.into_entries() {
        let is_above = low < instance.0 && instance.0 - low <= most;
        let is_certificate = is_begun && certificate(setup, vote, prepares).is_some();
        if !is_above || !is_certificate || vote.ballot >= ballot || view_of(setup, vote.ballot).is_none() {
            return None;
        }
        certificates.push((instance, vote));
    }
    Some(Report { low, certificates })
}

/// Whether these are CHECKPOINTs of a quorum for this place, and all alike.
fn is_stable<'a>(setup: &Setup, low: u32, claims: impl Iterator<Item = &'a Claim>) -> bool {
    let mut by = NodeSet::EMPTY;
    let mut first = None;
    for claim in claims {
        if claim.message.instance.0 != low || *first.get_or_insert(&claim.message.payload) != &claim.message.payload {
            return false;
        }
        by.insert(claim.by);
    }
    setup.is_quorum(Purpose::Certify, by)
}

/// What a view begins with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Beginning {
    /// The replicas whose VIEW-CHANGEs it rests on.
    pub(super) by: NodeSet,
    /// min-s: the last stable checkpoint that one of them shows.
    pub(super) low: u32,
    /// O: the value of each place from min-s + 1 to max-s.
    pub(super) values: Vec<(Instance, Value)>,
}

/// O, from these VIEW-CHANGEs: for each place above the highest checkpoint, the value of the certificate of the highest view,
/// or the null request where there is none.
pub(super) fn beginning(setup: &Setup, reports: &[(NodeId, Report)]) -> Beginning {
    let low = reports.iter().map(|(_, report)| report.low).max().unwrap_or(0);
    let mut best: Sorted<Instance, Vote> = Sorted::default();
    for (instance, vote) in reports.iter().flat_map(|(_, report)| &report.certificates) {
        if instance.0 > low {
            let known = best.entry(*instance, || *vote);
            *known = if setup.keeps(Guard::Highest) { *vote.max(known) } else { *vote.min(known) };
        }
    }
    let last = best.entries().last().map_or(low, |(instance, _)| instance.0);
    let value = |place| best.get(&Instance(place)).map_or(Value::OLIVE_DAY, |vote| vote.value);
    let values = (low + 1..=last).map(|place| (Instance(place), value(place))).collect();
    Beginning { by: reports.iter().map(|(by, _)| *by).collect(), low, values }
}

/// Whether these replicas are enough for a view to begin.
pub(super) fn may_begin(setup: &Setup, by: NodeSet) -> bool {
    let purpose = if setup.keeps(Guard::WholeView) { Purpose::Promise } else { Purpose::Answer };
    let quorum: &QuorumSystem = setup.quorum(purpose);
    quorum.is_quorum(by)
}

/// The NEW-VIEW that rests on these VIEW-CHANGEs.
pub(super) fn new_view(setup: &Setup, ballot: Ballot, changes: Vec<Claim>) -> Option<(Message, Beginning)> {
    let reports = changes.iter().map(|claim| Some((claim.by, report(setup, &claim.message)?)));
    let beginning = beginning(setup, &reports.collect::<Option<Vec<_>>>()?);
    let first = |(instance, value): &(Instance, Value)| Claim {
        by: ballot.owner(),
        message: normal(PRE_PREPARE, *instance, Vote { ballot, value: *value }),
    };
    let all: Arc<[Claim]> = changes.into_iter().chain(beginning.values.iter().map(first)).collect();
    let instance = Instance(beginning.low + 1);
    let message = Message { kind: NEW_VIEW, ballot: Some(ballot), instance, payload: Payload::Proof(None, all) };
    Some((message, beginning))
}

/// Reads a NEW-VIEW: computes O again from the VIEW-CHANGEs in it, and compares. None where anything is not as it should be.
pub(super) fn read_new_view(setup: &Setup, ballot: Ballot, message: &Message) -> Option<Beginning> {
    let Payload::Proof(None, claims) = &message.payload else { return None };
    let changes: Vec<Claim> = claims.iter().filter(|claim| claim.message.kind == VIEW_CHANGE).cloned().collect();
    let by: NodeSet = changes.iter().map(|claim| claim.by).collect();
    let is_whole = changes.iter().all(|claim| claim.message.ballot == Some(ballot))
        && by.len() == changes.len()
        && by.is_subset(setup.cast.acceptors)
        && may_begin(setup, by);
    let (expected, beginning) = new_view(setup, ballot, changes).filter(|_| is_whole)?;
    (expected == *message).then_some(beginning)
}
