//! The two rows of Ring Paxos in the registry: message kinds, fields, timers and options, and the places of each.

use super::Member;
use crate::protocol::client::{Asks, ClientInfo};
use crate::protocol::formula::{M_RING as M_RING_FORMULAS, U_RING as U_RING_FORMULAS};
use crate::protocol::kin::{After, Aspect, Descent, Kin};
use crate::protocol::parliament::{
    KINDS_COUNT, OPTIONS as PARLIAMENT, REPLY, REQUEST, RETRY, TIMERS as SHARED, Variant as Parliament, ignores_oracle,
    kinds,
};
use crate::protocol::synod::{BEGIN_BALLOT, NEXT_BALLOT, SUCCESS, VOTED, cell, kind, list, majorities};
use crate::protocol::{
    Carries, Family, Field, FieldInfo, Formula, Guard, Kind, KindInfo, Meaning, OptionInfo, Phase, Protocol, TimerInfo,
    Trust,
};
use crate::quorum::Round;
use crate::tongue::key;
use crate::types::Time;

/// The two ways of sending around.
#[derive(Debug)]
pub(super) struct Variant {
    /// Whether everything travels from process to process around the ring; otherwise the coordinator's messages are multicast,
    /// and only votes travel along the ring.
    pub(super) is_unicast: bool,
}

static MULTICAST: Variant = Variant { is_unicast: false };
static AROUND: Variant = Variant { is_unicast: true };

/// A member of the ring has votes for an id whose value it does not have.
pub(super) const FETCH: Kind = Kind(KINDS_COUNT as u8);

/// The kinds that both protocols have.
const fn shared() -> [KindInfo; KINDS_COUNT] {
    let mut kinds = kinds(&Parliament { is_log: true, is_broadcast: false });
    kinds[BEGIN_BALLOT.0 as usize].carries = Carries::Named;
    kinds
}

static M_KINDS: [KindInfo; KINDS_COUNT + 1] = {
    let mut shared = shared();
    shared[NEXT_BALLOT.0 as usize].is_multicast = true;
    shared[BEGIN_BALLOT.0 as usize].is_multicast = true;
    shared[VOTED.0 as usize].carries = Carries::Votes;
    shared[SUCCESS.0 as usize].carries = Carries::Ids;
    shared[SUCCESS.0 as usize].is_multicast = true;
    let [a, b, c, d, e, f, g, h, i, j, k, l] = shared;
    let says = Some(key!("it has {votes} for an id there, and asks for the {decree} of that id"));
    let fetch = KindInfo { says, ..kind("Fetch", "Fetch", Phase::Request, Carries::Nothing) };
    [a, b, c, d, e, f, g, h, i, j, k, l, fetch]
};

static U_KINDS: [KindInfo; KINDS_COUNT] = {
    let mut kinds = shared();
    kinds[SUCCESS.0 as usize].carries = Carries::Named;
    kinds
};

/// The values to which the process has given ids, by the numbers of the ids.
pub(super) const IDS: Field = Field(4);
static FIELDS: [FieldInfo; 5] = [
    cell("lastTried", "lastProposal", Meaning::LastTried),
    cell("nextBal", "promised", Meaning::NextBal),
    list("prevVote", "accepted", Meaning::PrevVote),
    list("ledger", "log", Meaning::Ledger),
    list("ids", "ids", Meaning::Own),
];

/// It is time to announce what has passed, although no value follows on which the news could travel.
pub(super) const FLUSH: u8 = SHARED.len() as u8;
/// How long the news of what has passed waits for a value on which it can travel.
pub(super) const FLUSH_AFTER: Time = Time::deltas(2);

static RETRY_TIMER: TimerInfo = TimerInfo {
    name: "retry",
    meaning: key!(
        "it has waited for longer than a {decree} takes when nothing goes wrong, and has not answered a client: what that \
              one asked for is offered to the leader again"
    ),
    is_papers: false,
};
static CATCH_UP_TIMER: TimerInfo = TimerInfo {
    name: "catch up",
    meaning: key!(
        "for longer than the news takes when nothing goes wrong, nobody has said what became of something it {voted_for} \
              or misses, so it asks"
    ),
    is_papers: false,
};

static M_TIMERS: [TimerInfo; 7] = [
    SHARED[0],
    TimerInfo {
        name: "ring",
        meaning: key!("the {votes} for a {decree} have not come around the ring in time"),
        is_papers: true,
    },
    RETRY_TIMER,
    CATCH_UP_TIMER,
    SHARED[4],
    SHARED[5],
    TimerInfo {
        name: "flush",
        meaning: key!(
            "2Δ have gone by, and no {decree} has followed on which the news of what {has_passed} could travel"
        ),
        is_papers: false,
    },
];

static U_TIMERS: [TimerInfo; 6] = [
    TimerInfo {
        name: "phase 1",
        meaning: key!("2Δ have gone by since it asked for promises, and not everybody has answered"),
        is_papers: true,
    },
    TimerInfo { name: "ring", meaning: key!("a {decree} has not come around the ring in time"), is_papers: true },
    RETRY_TIMER,
    CATCH_UP_TIMER,
    SHARED[4],
    SHARED[5],
];

pub(super) const ELECTION: usize = 0;
pub(super) const WINDOW: usize = 1;
pub(super) const SUCCESS_OPTION: usize = 2;
pub(super) const SUCCESS_PIGGYBACK: u8 = 1;
pub(super) const RING_TIMER: usize = 3;
pub(super) const RING_TIMER_SHORT: u8 = 1;

/// The options, in the order of the constants above. U-Ring has the first two.
pub(super) static OPTIONS: [OptionInfo; 4] = [
    PARLIAMENT[0],
    PARLIAMENT[5],
    OptionInfo {
        name: "success",
        values: &["at-once", "piggyback"],
        summary: key!(
            "{success} is sent at once, on the next {begin_ballot} if one leaves at the same instant, or waits for the next \
                  {begin_ballot} for at most 2Δ (piggyback)."
        ),
    },
    OptionInfo {
        name: "ring-timer",
        values: &["long", "short"],
        summary: key!(
            "The coordinator waits (r + 3)Δ for the {votes} of a ring of r processes (long), or (r + 1)Δ, in which no process \
                  can ask for a {decree} that it misses (short)."
        ),
    },
];

/// After how long a client asks again: later than its reply comes with up to thirteen processes, when nothing goes wrong.
const CLIENT: ClientInfo = ClientInfo::new(REQUEST, REPLY, Some((RETRY, Time::deltas(16))), Asks::Leader);

fn kinship() -> Kin {
    Kin {
        per_fault: 2,
        line: None,
        costs: key!(
            "a {decree} waits for f + 1 processes one after the other, and a dead one of them stops all until the ring is made anew"
        ),
        after: &[
            After { fault: key!("a process on the ring is down"), scenario: "m-ring-member-dead" },
            After { fault: key!("the coordinator is down"), scenario: "m-ring-coordinator-dead" },
            After { fault: key!("a spare is down"), scenario: "m-ring-spare-dead" },
        ],
        from: &[Descent {
            from: "multi",
            changes: &[
                (Aspect::Asks, key!("all at once: one multicast takes the {decree} and its id to everybody")),
                (
                    Aspect::Votes,
                    key!(
                        "f + 1 processes on a ring, each behind the one before, so that one message has all their {votes}"
                    ),
                ),
                (Aspect::Told, key!("everybody, by ids: one multicast, or the next one that leaves anyway")),
            ],
        }],
    }
}

fn around_kinship() -> Kin {
    Kin {
        costs: key!(
            "a {decree} takes up to 3f steps until all know it, and any dead process stops all until the ring is made anew"
        ),
        after: &[
            After { fault: key!("a process on the ring is down"), scenario: "u-ring-member-dead" },
            After { fault: key!("the coordinator is down"), scenario: "u-ring-coordinator-dead" },
        ],
        from: &[Descent {
            from: "m-ring",
            changes: &[
                (Aspect::Asks, key!("nobody but the next process: nothing is multicast")),
                (Aspect::Votes, key!("all processes are on the ring; the first f + 1 that can {they_vote} do")),
                (
                    Aspect::Told,
                    key!("each by the one before, up to the process before the one whose {vote} was the last"),
                ),
            ],
        }],
        ..kinship()
    }
}

static M_FORMULAS: &[&[Formula]] = &[M_RING_FORMULAS];
static U_FORMULAS: &[&[Formula]] = &[U_RING_FORMULAS];

const fn row(
    name: &'static str,
    title: &'static str,
    summary: &'static str,
    source: &'static str,
    is_unicast: bool,
) -> Protocol {
    Protocol {
        name,
        title,
        summary,
        source,
        kin: if is_unicast { around_kinship } else { kinship },
        formulas: if is_unicast { U_FORMULAS } else { M_FORMULAS },
        family: Family::Plain,
        trust: Trust::Crash,
        kinds: if is_unicast { &U_KINDS } else { &M_KINDS },
        fields: &FIELDS,
        timers: if is_unicast { &U_TIMERS } else { &M_TIMERS },
        options: if is_unicast { OPTIONS.split_at(2).0 } else { &OPTIONS },
        guards: if is_unicast { GUARDS.split_at(8).0 } else { GUARDS },
        is_log: true,
        quorums: majorities,
        round: |_, _| Round::Classic,
        membership: None,
        window: None,
        histories: None,
        client: Some(CLIENT),
        needs_results: false,
        ignores_oracle,
        progress: None,
        open: if is_unicast {
            |setup, me, storage| Box::new(Member::open(&AROUND, setup, me, storage))
        } else {
            |setup, me, storage| Box::new(Member::open(&MULTICAST, setup, me, storage))
        },
    }
}

/// The rules that a script can switch off. The last one is for M-Ring alone, where a value and the news that it has passed travel apart.
static GUARDS: &[Guard] = &[
    Guard::Promise,
    Guard::MaxVote,
    Guard::Highest,
    Guard::Memory,
    Guard::InOrder,
    Guard::Once,
    Guard::OwnVote,
    Guard::FreshIds,
    Guard::AskFirst,
];

pub(in crate::protocol) static M_RING: Protocol = row(
    "m-ring",
    "M-Ring Paxos",
    key!(
        "Many {decrees}; the coordinator multicasts each, and the {votes} of f + 1 processes are gathered along a ring."
    ),
    key!("Marandi and others, Ring Paxos (DSN 2010)"),
    false,
);

pub(in crate::protocol) static U_RING: Protocol = row(
    "u-ring",
    "U-Ring Paxos",
    key!("Many {decrees}; each, its {votes} and the outcome travel around one ring of all processes."),
    key!("Benz and others, Unicast Multi-Ring Paxos (2013); Jalili Marandi and others, Ring Paxos (2017)"),
    true,
);
