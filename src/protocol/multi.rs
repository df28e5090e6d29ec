//! The multi-decree protocol (PTP §3; slides, "The Paxos Protocol"): a ledger of many decrees. Phase 1 happens once
//! for all of them, and then each decree takes 3Δ.
//!
//! | step | guard → update → send |
//! |---|---|
//! | 1a | a new leader knows every decree up to n → NextBallot(b, n), for all instances above n at once |
//! | 1b | b > `nextBal` → `nextBal` := b → one LastVote with the process's vote in each instance above n, the decrees above n that it knows to be passed, and the first instance whose decree it does not know |
//! | 2a, recovery | a quorum has answered → in each instance up to the last reported instance: the decree of the highest vote, or the olive-day decree where nobody reports a vote; all instances in parallel |
//! | 2a | a client's command → the next free instance, while fewer than `window` are under way |
//! | 2b | b ≥ `nextBal` → `prevVote`[I] := (b, val) → Voted(I, b) |
//! | 3a, 3b | Voted(I, b) from a quorum → `ledger`[I] := val → Success(I, val) to all |
//! | execute | commands, in the order of the instances, without gaps, each once |
//!
//! In steady state a decree takes BeginBallot, Voted and Success: the leader knows after 2Δ, and everybody knows after 3Δ. A
//! client elsewhere has its answer after 4Δ, because its Request takes one Δ more.

use super::formula::{STALE_LOG, STEADY_LOG};
use super::kin::{After, Aspect, Descent, Kin};
use super::parliament::{
    CLIENT, KINDS_COUNT, LOG_FIELDS, OPTIONS, PROGRESS, Parliament, TIMERS, Variant, ignores_oracle, kinds,
};
use super::synod::majorities;
use super::{Family, Guard, KindInfo, Protocol, Trust};
use crate::quorum::Round;
use crate::tongue::key;

static VARIANT: Variant = Variant { is_log: true, is_broadcast: false };
static KINDS: [KindInfo; KINDS_COUNT] = kinds(&VARIANT);

pub(super) static PROTOCOL: Protocol = Protocol {
    name: "multi",
    title: "Multi-decree protocol",
    summary: key!("Many {decrees}; phase 1 is done once, and then each takes 3Δ."),
    source: key!("PTP §3; slides, “Running multiple consensus instances”"),
    formulas: &[STEADY_LOG, STALE_LOG],
    kin: kinship,
    family: Family::Synod,
    trust: Trust::Crash,
    kinds: &KINDS,
    fields: LOG_FIELDS,
    timers: TIMERS,
    options: &OPTIONS,
    guards: &[
        Guard::Promise,
        Guard::MaxVote,
        Guard::Highest,
        Guard::Majority,
        Guard::UniqueBallots,
        Guard::Memory,
        Guard::InOrder,
        Guard::Once,
    ],
    is_log: true,
    quorums: majorities,
    round: |_, _| Round::Classic,
    membership: None,
    window: None,
    histories: None,
    client: Some(CLIENT),
    needs_results: false,
    ignores_oracle,
    progress: Some(PROGRESS),
    open: |setup, me, storage| Box::new(Parliament::open(&VARIANT, setup, me, storage)),
};

fn kinship() -> Kin {
    Kin {
        per_fault: 2,
        line: None,
        costs: key!("a new leader has to ask for promises again"),
        after: &[
            After { fault: key!("the leader crashes"), scenario: "leader-change" },
            After { fault: key!("the leader crashes between two instances"), scenario: "olive-day" },
        ],
        from: &[Descent {
            from: "complete",
            changes: &[
                (Aspect::Asks, key!("for promises once, for all instances")),
                (Aspect::Votes, key!("in each instance, without a first phase of its own")),
                (Aspect::Remembers, key!("{prev_vote} and the {decree} of each instance")),
            ],
        }],
    }
}
