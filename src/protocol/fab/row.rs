//! What the three rows of FaB share: message kinds, timers, options, and the rows themselves.

use std::sync::Arc;

use super::Fab;
use super::sizes::{quorums, swift_quorums};
use crate::protocol::client::{Asks, ClientInfo};
use crate::protocol::formula::{FAB, FAB_LOG, SWIFT_FAB};
use crate::protocol::kin::{After, Aspect, Descent, Kin};
use crate::protocol::parliament::LOG_FIELDS;
use crate::protocol::synod::{FIELDS, cell, client_kind, kind, list};
use crate::protocol::{
    Carries, Family, Field, FieldInfo, Guard, Kind, KindInfo, Machine, Meaning, OptionInfo, Phase, Protocol, Setup,
    Storage, TimerInfo, Trust,
};
use crate::quorum::Round;
use crate::tongue::key;
use crate::types::{NodeId, Time};

pub(super) const PROPOSE: Kind = Kind(0);
pub(super) const ACCEPTED: Kind = Kind(1);
pub(super) const LEARNED: Kind = Kind(2);
pub(super) const QUERY: Kind = Kind(3);
pub(super) const REP: Kind = Kind(4);
pub(super) const SUSPECT: Kind = Kind(5);
pub(super) const SATISFIED: Kind = Kind(6);
pub(super) const PULL: Kind = Kind(7);
pub(super) const REQUEST: Kind = Kind(8);
pub(super) const REPLY: Kind = Kind(9);
pub(super) const COMMIT_PROOF: Kind = Kind(10);

const KINDS_COUNT: usize = 10;

/// The message kinds, in the order of the constants above. They have the same names in the words of 1998 and of 2001.
const fn kinds(is_log: bool) -> [KindInfo; KINDS_COUNT] {
    let mut kinds = [
        same("Propose", Phase::TwoA, Carries::Proof).invented(),
        same("Accepted", Phase::TwoB, Carries::Value).invented(),
        same("Learned", Phase::Three, Carries::Value).invented(),
        same("Query", Phase::OneA, Carries::Proof),
        same("Rep", Phase::OneB, Carries::Proof).invented(),
        same("Suspect", Phase::Election, Carries::Nothing).invented(),
        same("Satisfied", Phase::Election, Carries::Nothing),
        same("Pull", Phase::Request, Carries::Nothing),
        same("Request", Phase::Request, Carries::Value),
        client_kind("Reply", "Reply", Phase::Reply),
    ];
    kinds[QUERY.0 as usize].is_sweeping = is_log;
    kinds[REP.0 as usize].is_sweeping = is_log;
    kinds[PULL.0 as usize].is_sweeping = is_log;
    kinds
}

const fn same(name: &'static str, phase: Phase, carries: Carries) -> KindInfo {
    kind(name, name, phase, carries)
}

static KINDS: [KindInfo; KINDS_COUNT] = kinds(false);
static LOG_KINDS: [KindInfo; KINDS_COUNT] = kinds(true);
static SWIFT_KINDS: [KindInfo; KINDS_COUNT + 1] = {
    let [propose, accepted, learned, query, rep, suspect, satisfied, pull, request, reply] = kinds(false);
    let proof = same("CommitProof", Phase::Certify, Carries::Proof);
    [propose, accepted, learned, query, rep, suspect, satisfied, pull, request, reply, proof]
};

/// The regency has lasted too long.
pub(super) const REGENCY: u8 = 0;
/// The process knows of something, and not of the outcome.
pub(super) const RETRY: u8 = 1;

/// The signers of the last commit proof, each with the vote that it has signed.
pub(super) const COMMIT: Field = Field(4);

static SWIFT_FIELDS: &[FieldInfo] = &[
    cell("lastTried", "lastProposal", Meaning::LastTried),
    cell("nextBal", "promised", Meaning::NextBal),
    cell("prevVote", "accepted", Meaning::PrevVote),
    cell("ledger", "log", Meaning::Ledger),
    list("commitProof", "commitProof", Meaning::Own),
];

static TIMERS: &[TimerInfo] = &[
    TimerInfo {
        name: "regency",
        meaning: key!("T has gone by in this regency, and too few learners say that they have learned"),
        is_papers: true,
    },
    TimerInfo {
        name: "retry",
        meaning: key!("for 8Δ it has known of something and not of the outcome, so it asks again"),
        is_papers: true,
    },
];

/// T of the first regency: LEARNED comes 3Δ after PROPOSE was sent.
pub(super) const PATIENCE: Time = Time::deltas(4);
/// The largest T. A regency that is elected needs 5Δ.
pub(super) const PATIENCE_MAX: Time = Time::deltas(16);
pub(super) const RETRY_AFTER: Time = Time::deltas(8);

const CLIENT: ClientInfo = ClientInfo::new(REQUEST, REPLY, Some((RETRY, RETRY_AFTER)), Asks::Leader);
const LOG_CLIENT: ClientInfo =
    ClientInfo { asks: Asks::AcceptorsWhere { option: REQUESTS, choice: REQUESTS_DIRECT }, ..CLIENT };

/// The differences between the rows.
#[derive(Debug)]
pub(super) struct Variant {
    pub(super) is_log: bool,
    /// Whether acceptors make commit proofs: parameterised FaB.
    pub(super) has_proofs: bool,
}

const VOUCHING: usize = 0;
const VOUCHING_LATEST: u8 = 1;
const REQUESTS: usize = 0;
const REQUESTS_DIRECT: u8 = 1;

impl Variant {
    /// Whether acceptors accept what clients send them, in the first ballot: that is its step 2a.
    pub(super) fn is_open(&self, setup: &Setup) -> bool {
        self.is_log && setup.choice(REQUESTS) == REQUESTS_DIRECT && setup.performs(Phase::TwoA)
    }

    /// Whether certificates vouch by ballots.
    pub(super) fn is_repaired(&self, setup: &Setup) -> bool {
        self.has_proofs && setup.choice(VOUCHING) == VOUCHING_LATEST
    }
}

static SINGLE: Variant = Variant { is_log: false, has_proofs: false };
static SWIFT: Variant = Variant { is_log: false, has_proofs: true };
static LOG: Variant = Variant { is_log: true, has_proofs: false };

fn open(variant: &'static Variant, setup: &Arc<Setup>, me: NodeId, storage: &Storage) -> Box<dyn Machine> {
    Box::new(Fab::open(setup, variant, me, storage))
}

const OWN_LEADERS: fn(&[u8]) -> Option<&'static str> = |_| Some(key!("elects its leaders by SUSPECTs"));

pub(in crate::protocol) static PROTOCOL: Protocol = Protocol {
    name: "fab",
    title: "Fast Byzantine Paxos",
    summary: key!("One {decree} in 2Δ, although some processes lie; 5f + 1 acceptors are the price."),
    source: key!("Martin and Alvisi, Fast Byzantine Consensus (2006)"),
    formulas: FAB,
    kin: kinship,
    family: Family::Plain,
    trust: Trust::Byzantine,
    kinds: &KINDS,
    fields: FIELDS,
    timers: TIMERS,
    options: &[],
    guards: &[
        Guard::Promise,
        Guard::VoteOnce,
        Guard::LearnQuorum,
        Guard::EnoughAcceptors,
        Guard::Certificate,
        Guard::Vouching,
        Guard::Signed,
    ],
    is_log: false,
    quorums,
    round: |_, _| Round::Classic,
    membership: None,
    window: None,
    histories: None,
    client: Some(CLIENT),
    needs_results: false,
    ignores_oracle: OWN_LEADERS,
    progress: None,
    open: |setup, me, storage| open(&SINGLE, setup, me, storage),
};

pub(in crate::protocol) static SWIFT_PROTOCOL: Protocol = Protocol {
    name: "pfab",
    title: "Parameterised Fast Byzantine Paxos",
    summary: key!(
        "One {decree} in 2Δ while at most t processes fail, and in 3Δ with up to f liars; 3f + 2t + 1 acceptors are the price."
    ),
    source: key!("Martin and Alvisi, Fast Byzantine Consensus (2006), §8"),
    formulas: SWIFT_FAB,
    kin: swift_kinship,
    kinds: &SWIFT_KINDS,
    fields: SWIFT_FIELDS,
    options: &[OptionInfo {
        name: "vouching",
        values: &["paper", "latest"],
        summary: key!(
            "A certificate vouches for a {decree} unless another one has a commit proof or a majority of the reports (paper), or only what is reported of the latest {ballots} counts (latest)."
        ),
    }],
    guards: &[Guard::Promise, Guard::VoteOnce, Guard::Certificate, Guard::Vouching, Guard::Signed],
    quorums: swift_quorums,
    open: |setup, me, storage| open(&SWIFT, setup, me, storage),
    ..PROTOCOL
};

pub(in crate::protocol) static LOG_PROTOCOL: Protocol = Protocol {
    name: "fab-log",
    title: "Fast Byzantine Multi-Paxos",
    summary: key!("Many {decrees}, each in 2Δ, although some processes lie: Fast Byzantine Paxos for a ledger."),
    source: key!("the caption of a figure of Wikipedia’s “Paxos”; Martin and Alvisi (2006); PTP §3"),
    formulas: FAB_LOG,
    kin: log_kinship,
    kinds: &LOG_KINDS,
    fields: LOG_FIELDS,
    options: &[OptionInfo {
        name: "requests",
        values: &["leader", "direct"],
        summary: key!(
            "Clients ask the leader, who proposes (leader), or in the first {ballot} they ask the acceptors themselves, \
                  which {they_vote} at once (direct)."
        ),
    }],
    guards: &[
        Guard::Promise,
        Guard::VoteOnce,
        Guard::LearnQuorum,
        Guard::OneTruthful,
        Guard::Certificate,
        Guard::Vouching,
        Guard::Signed,
    ],
    is_log: true,
    client: Some(LOG_CLIENT),
    open: |setup, me, storage| open(&LOG, setup, me, storage),
    ..PROTOCOL
};

fn kinship() -> Kin {
    Kin {
        per_fault: 5,
        line: None,
        costs: key!("2f servers more than PBFT, and n² messages"),
        after: &[
            After { fault: key!("the leader is silent"), scenario: "fab-silent-leader" },
            After { fault: key!("the first two of eleven leaders lie"), scenario: "fab-two-bad-leaders" },
        ],
        from: &[Descent {
            from: "broadcast",
            changes: &[
                (Aspect::Faults, key!("liars in place of crashes")),
                (Aspect::Quorum, key!("4f + 1 of 5f + 1, so that a majority of any reports tells the truth")),
                (Aspect::Remembers, key!("signed reports, as a certificate for the next proposal")),
            ],
        }],
    }
}

fn swift_kinship() -> Kin {
    Kin {
        per_fault: 3,
        line: Some(|faults| format!("tolerate {faults} 0")),
        costs: key!(
            "a third step as soon as more than t are silent (t is 0 here; 3f + 2t + 1 servers), and it can stay stuck"
        ),
        after: &[
            After { fault: key!("one of four is silent"), scenario: "pfab-one-silent" },
            After { fault: key!("the leader lies, and one report is late"), scenario: "pfab-stuck" },
        ],
        from: &[Descent {
            from: "fab",
            changes: &[
                (Aspect::Votes, key!("in a third step, for a proof that a quorum has {voted_for} it")),
                (Aspect::Quorum, key!("n − t for two steps, 2f + t + 1 for three")),
            ],
        }],
    }
}

fn log_kinship() -> Kin {
    Kin {
        per_fault: 5,
        line: None,
        costs: key!("as Fast Byzantine Paxos, for each place of a ledger"),
        after: &[
            After { fault: key!("two ask at once"), scenario: "fab-log-collision" },
            After { fault: key!("the leader leaves a place out"), scenario: "fab-log-gap" },
        ],
        from: &[Descent {
            from: "fab",
            changes: &[
                (Aspect::Asks, key!("with an option, a client asks the acceptors itself")),
                (Aspect::Votes, key!("in each place of a ledger")),
            ],
        }],
    }
}
