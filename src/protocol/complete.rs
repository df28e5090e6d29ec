//! The complete protocol (PTP §2.4; slides, "Complete protocol"): the basic protocol's steps, and the three things
//! that make the steps succeed: one leader, Nacks, and timers of 2Δ.
//!
//! | | rule |
//! |---|---|
//! | who | only a process that thinks that it leads starts ballots; the other processes send it the wishes of their clients (Request) |
//! | 1a | the leader starts a ballot when it has work and no ballot under way |
//! | 1b, 2b | as in the basic protocol; a process that has promised a larger ballot answers Nack(`nextBal`) instead |
//! | timers | when 2Δ have gone by after 1a without a quorum of promises, or after 2a without enough votes, the leader starts a new ballot, with a number above every number that it has seen (own promises, Nacks) |
//! | 3b | a process that has voted and hears nothing of the outcome for 6Δ asks for the outcome (Ask) |
//!
//! T_el is the time from which on there is one leader. If the leader starts a fresh ballot then, and no process of a
//! majority fails from T_el on, everybody has learned by T_el + 5Δ + 4kΔ. Here k counts the larger ballots that were started
//! before T_el, that the leader did not know of, and whose messages arrive late. The slides' T_el + 9Δ is the case k = 1.
//!
//! The option `restart` says how soon a leader gives a ballot up, `phase-2` says who gets BeginBallot, and `guard` is the
//! guard of step 2b.

use super::formula::{BALLOT_MESSAGES, BALLOTS, BALLOTS_ELSEWHERE, STALE_BALLOTS};
use super::kin::{After, Aspect, Descent, Kin};
use super::parliament::{
    CLIENT, KINDS_COUNT, OPTIONS, PROGRESS, Parliament, SINGLE_FIELDS, TIMERS, Variant, ignores_oracle, kinds,
};
use super::synod::{GUARDS, majorities};
use super::{Family, KindInfo, Protocol, Trust};
use crate::quorum::Round;
use crate::tongue::key;

static VARIANT: Variant = Variant { is_log: false, is_broadcast: false };
static KINDS: [KindInfo; KINDS_COUNT] = kinds(&VARIANT);

pub(super) static PROTOCOL: Protocol = Protocol {
    name: "complete",
    title: "Complete protocol",
    summary: key!("One {decree}; a leader, {nack}s and timers of 2Δ see to it that it is {passed}."),
    source: key!("PTP §2.4; slides, “Complete protocol”"),
    formulas: &[STALE_BALLOTS, BALLOTS, BALLOTS_ELSEWHERE, BALLOT_MESSAGES],
    kin: kinship,
    family: Family::Synod,
    trust: Trust::Crash,
    kinds: &KINDS,
    fields: SINGLE_FIELDS,
    timers: TIMERS,
    options: OPTIONS.split_at(5).0,
    guards: GUARDS,
    is_log: false,
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
        costs: key!("an election, and 4Δ more for each stale {ballot}"),
        after: &[
            After { fault: key!("the leader before left one larger {ballot}"), scenario: "nack-nine-delta" },
            After { fault: key!("the leader before left two larger {ballots}"), scenario: "two-stale-ten-delta" },
        ],
        from: &[Descent {
            from: "basic",
            changes: &[
                (
                    Aspect::Asks,
                    key!("only the leader starts a {ballot}, and again after 2Δ; the others hand their requests to it"),
                ),
                (Aspect::Told, key!("whoever refuses says why with a {nack}")),
            ],
        }],
    }
}
