//! The complete protocol (PTP §2.4; slides, "Complete protocol"): the basic protocol's steps, and what makes them succeed:
//! one leader, Nacks, and timers of 2Δ.
//!
//! | | rule |
//! |---|---|
//! | who | only a process that thinks it leads starts ballots; others send it what their clients ask for (Request) |
//! | 1a | it has work, and no ballot under way |
//! | 1b, 2b | as in the basic protocol; one who has promised more answers Nack(`nextBal`) instead |
//! | timers | 2Δ after 1a without a quorum of promises, or after 2a without enough votes: a new ballot, with a number above every one seen (own promises, Nacks) |
//! | 3b | whoever has voted and hears nothing of the outcome for long asks for it (Ask) |
//!
//! If a majority does not fail from T_el on, when there is one leader, and starts a fresh ballot then, everybody has learned
//! by T_el + 5Δ + 4kΔ. Here k counts the larger ballots, started before T_el, that the leader did not know of and whose
//! messages arrive late. The slides' T_el + 9Δ is k = 1.
//!
//! How soon a leader gives up is the option `restart`; who gets BeginBallot is `phase-2`; 2b's guard is `guard`.

use super::formula::{BALLOT_MESSAGES, BALLOTS, BALLOTS_ELSEWHERE, STALE_BALLOTS};
use super::parliament::{
    CLIENT, KINDS_COUNT, OPTIONS, PROGRESS, Parliament, SINGLE_FIELDS, TIMERS, Variant, ignores_oracle, kinds,
};
use super::synod::{GUARDS, majorities};
use super::{Family, KindInfo, Protocol};
use crate::quorum::Round;

static VARIANT: Variant = Variant { is_log: false, is_broadcast: false };
static KINDS: [KindInfo; KINDS_COUNT] = kinds(&VARIANT);

pub(super) static PROTOCOL: Protocol = Protocol {
    name: "complete",
    title: "Complete protocol",
    summary: "One decree; a leader, Nacks and timers of 2Δ see to it that it is passed.",
    source: "PTP §2.4; slides, “Complete protocol”",
    formulas: &[STALE_BALLOTS, BALLOTS, BALLOTS_ELSEWHERE, BALLOT_MESSAGES],
    family: Family::Synod,
    kinds: &KINDS,
    fields: SINGLE_FIELDS,
    timers: TIMERS,
    options: OPTIONS.split_at(5).0,
    guards: GUARDS,
    is_log: false,
    quorums: majorities,
    round: |_, _| Round::Classic,
    client: Some(CLIENT),
    needs_results: false,
    ignores_oracle,
    progress: Some(PROGRESS),
    open: |setup, me, storage| Box::new(Parliament::open(&VARIANT, setup, me, storage)),
};
