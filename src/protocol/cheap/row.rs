//! The row of Cheap Paxos in the registry: message kinds, fields, timers and options, and the places of each.

use super::Member;
use crate::protocol::formula::STEADY_CHEAP;
use crate::protocol::kin::{After, Aspect, Descent, Kin};
use crate::protocol::parliament::{
    CLIENT, KINDS_COUNT, OPTIONS as PARLIAMENT, TIMERS as SHARED, Variant, ignores_oracle, kinds,
};
use crate::protocol::synod::{FIELDS, cell, kind, list, majorities};
use crate::protocol::{
    Carries, Family, Field, FieldInfo, Guard, Kind, KindInfo, Meaning, Membership, OptionInfo, Phase, Protocol,
    TimerInfo, Trust,
};
use crate::quorum::{QuorumSystem, Round};
use crate::tongue::key;
use crate::types::{NodeSet, Time};

/// A removed process asks to come back.
pub(super) const JOIN: Kind = Kind(KINDS_COUNT as u8);
/// The leader asks a main process whether it knows every decree up to an instance.
pub(super) const CLOSING: Kind = Kind(JOIN.0 + 1);
/// A main process says up to which instance it knows every decree.
pub(super) const CLOSED: Kind = Kind(JOIN.0 + 2);
/// The leader tells an auxiliary process that it may forget its votes up to an instance.
pub(super) const FORGET: Kind = Kind(JOIN.0 + 3);

static VARIANT: Variant = Variant { is_log: true, is_broadcast: false };

/// A kind that belongs to this protocol alone. It carries nothing but its instance.
const fn own(name: &'static str, says: &'static str) -> KindInfo {
    KindInfo { says: Some(says), ..kind(name, name, Phase::Request, Carries::Nothing) }
}

static KINDS: [KindInfo; KINDS_COUNT + 4] = {
    let [a, b, c, d, e, f, g, h, i, j, k, l] = kinds(&VARIANT);
    let join = own("Join", key!("it knows every {decree} before there, was removed, and asks to come back"));
    let closing = own("Closing", key!("it asks for word from whoever knows every {decree} up to there"));
    let closed = own("Closed", key!("it knows every {decree} up to there"));
    let forget = own("Forget", key!("{votes} up to there may be forgotten"));
    [a, b, c, d, e, f, g, h, i, j, k, l, join, closing, closed, forget]
};

/// The instances up to which the process has forgotten its votes; each cell has the ballot that the process had promised
/// then.
pub(super) const CLOSED_UP_TO: Field = Field(FIELDS.len() as u8);
static OWN_FIELDS: [FieldInfo; 5] = [
    cell("lastTried", "lastProposal", Meaning::LastTried),
    cell("nextBal", "promised", Meaning::NextBal),
    list("prevVote", "accepted", Meaning::PrevVote),
    list("ledger", "log", Meaning::Ledger),
    list("closed", "closed", Meaning::Own),
];

/// It is time for a removed process to ask again whether it may come back.
pub(super) const REJOIN: u8 = SHARED.len() as u8;
/// After how long a removed process asks again.
pub(super) const REJOIN_AFTER: Time = Time::deltas(8);
static OWN_TIMERS: [TimerInfo; 7] = [
    SHARED[0],
    SHARED[1],
    SHARED[2],
    SHARED[3],
    SHARED[4],
    SHARED[5],
    TimerInfo {
        name: "rejoin",
        meaning: key!("8Δ have gone by since it asked to come back, and no {decree} has added it"),
        is_papers: false,
    },
];

pub(super) const GUARD: usize = 1;
pub(super) const GUARD_STRICT: u8 = 1;
const ALPHA: usize = 2;
pub(super) const FORGETTING: usize = 3;
pub(super) const FORGETTING_ON: u8 = 1;
pub(super) const REJOINING: usize = 4;
pub(super) const REJOINING_ON: u8 = 1;

/// The options, in the order of the constants above; the first is the parliament's `election`.
static OPTIONS: [OptionInfo; 5] = [
    PARLIAMENT[0],
    OptionInfo {
        name: "guard",
        values: &["ge", "strict"],
        summary: key!(
            "Step 2b {it_votes} when b ≥ {next_bal} (ge), or when b = {next_bal} (strict); an auxiliary process then has to \
                  promise before it can {they_vote}."
        ),
    },
    OptionInfo {
        name: "alpha",
        values: &["1", "3"],
        summary: key!(
            "A change of the configuration that passes at instance J is in force from J + α on, and at most α \
                  instances are under way."
        ),
    },
    OptionInfo {
        name: "forget",
        values: &["off", "on"],
        summary: key!(
            "Auxiliary processes keep their {votes} for ever (off), or forget them when all main processes know the \
                  {decrees} (on)."
        ),
    },
    OptionInfo {
        name: "rejoin",
        values: &["off", "on"],
        summary: key!("A main process that was removed stays out (off), or asks to come back when it is up (on)."),
    },
];

/// α, which is also how many instances may be under way.
fn alpha(choices: &[u8]) -> u32 {
    let choice = choices.get(ALPHA).copied().unwrap_or(0);
    OPTIONS[ALPHA].values[usize::from(choice)].parse().unwrap_or(1)
}

/// The last acceptors are auxiliary processes, as many as are not needed for a majority: f of 2f + 1.
fn last_minority(acceptors: NodeSet) -> NodeSet {
    let majority = QuorumSystem::majority(acceptors).smallest().unwrap_or(0);
    acceptors.iter().skip(majority).collect()
}

pub(in crate::protocol) static PROTOCOL: Protocol = Protocol {
    name: "cheap",
    title: "Cheap Paxos",
    summary: key!(
        "Many {decrees} by f + 1 main processes; f auxiliary processes {they_vote} only until a missing main process is removed."
    ),
    source: key!("Lamport and Massa, Cheap Paxos (DSN 2004); PTP §3.3.6 for α"),
    formulas: &[STEADY_CHEAP],
    kin: kinship,
    family: Family::Synod,
    trust: Trust::Crash,
    kinds: &KINDS,
    fields: &OWN_FIELDS,
    timers: &OWN_TIMERS,
    options: &OPTIONS,
    guards: &[
        Guard::Promise,
        Guard::MaxVote,
        Guard::Highest,
        Guard::UniqueBallots,
        Guard::Memory,
        Guard::InOrder,
        Guard::Once,
        Guard::WholeQuorum,
        Guard::ChangeDecided,
        Guard::MainsKnow,
        Guard::Closed,
    ],
    is_log: true,
    quorums: majorities,
    round: |_, _| Round::Classic,
    membership: Some(Membership { delay: alpha, auxiliaries: last_minority }),
    window: None,
    histories: None,
    client: Some(CLIENT),
    needs_results: false,
    ignores_oracle,
    progress: None,
    open: |setup, me, storage| Box::new(Member::open(setup, me, storage)),
};

fn kinship() -> Kin {
    Kin {
        per_fault: 2,
        line: None,
        costs: key!("it stops until a missing main process is removed, or for ever if too many jump"),
        after: &[
            After { fault: key!("one of two main processes is down"), scenario: "last-main-dead" },
            After { fault: key!("one of three main processes is down"), scenario: "one-main-of-three-dead" },
            After { fault: key!("both main processes jump"), scenario: "both-mains-jump" },
        ],
        from: &[Descent {
            from: "multi",
            changes: &[
                (
                    Aspect::Votes,
                    key!("the f + 1 main processes; f auxiliary processes only while one of those is missing"),
                ),
                (Aspect::Quorum, key!("a majority of the members, whom {decrees} change")),
            ],
        }],
    }
}
