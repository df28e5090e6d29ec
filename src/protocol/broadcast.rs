//! The protocol that sends votes to everybody: the multi-decree protocol without Success (slides, "Running multiple
//! consensus instances": "if each process sent messages (2b) to every other one, we'd have 2Δ").
//!
//! | step | guard → update → send |
//! |---|---|
//! | 2b | b ≥ `nextBal` → `prevVote`[I] := (b, val) → Voted(I, b, val) to all |
//! | 3 | Voted(I, b, val) from a quorum, all for one b → `ledger`[I] := val |
//!
//! Voted carries the decree, which the slides leave out: without it, a process that missed BeginBallot could count a quorum
//! and not know which decree has passed. Everybody learns after 2Δ. With two or three processes the followers know after 1Δ
//! already, before the leader: the leader sent its own vote at once, and a follower's own vote completes the majority.

use super::formula::{STALE_VOTES_TO_ALL, STEADY_VOTES_TO_ALL};
use super::kin::{After, Aspect, Descent, Kin};
use super::parliament::{
    CLIENT, KINDS_COUNT, LOG_FIELDS, OPTIONS, PROGRESS, Parliament, TIMERS, Variant, ignores_oracle, kinds,
};
use super::synod::majorities;
use super::{Family, Guard, KindInfo, Protocol, Trust};
use crate::quorum::Round;
use crate::tongue::key;

static VARIANT: Variant = Variant { is_log: true, is_broadcast: true };
static KINDS: [KindInfo; KINDS_COUNT] = kinds(&VARIANT);

pub(super) static PROTOCOL: Protocol = Protocol {
    name: "broadcast",
    title: "Votes to everybody",
    summary: key!("Many {decrees}; {votes} go to everybody, so each takes 2Δ."),
    source: key!("slides, “Running multiple consensus instances”"),
    formulas: &[STEADY_VOTES_TO_ALL, STALE_VOTES_TO_ALL],
    kin: kinship,
    family: Family::Synod,
    trust: Trust::Crash,
    kinds: &KINDS,
    fields: LOG_FIELDS,
    timers: TIMERS,
    options: OPTIONS.split_at(6).0,
    guards: &[
        Guard::Promise,
        Guard::MaxVote,
        Guard::Highest,
        Guard::Majority,
        Guard::UniqueBallots,
        Guard::Memory,
        Guard::OneBallot,
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
        costs: key!("n² messages in place of 3n"),
        after: &[
            After { fault: key!("the leader crashes"), scenario: "leader-change" },
            After { fault: key!("the leader crashes between two instances"), scenario: "olive-day" },
        ],
        from: &[Descent {
            from: "multi",
            changes: &[(Aspect::Told, key!("everybody hears each vote and counts; nobody sends {success}"))],
        }],
    }
}
