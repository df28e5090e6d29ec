//! The parts that the parliament's rows of the registry share: message kinds, fields, timers and options, and the places of
//! each.

use super::Variant;
use crate::protocol::client::{Asks, ClientInfo};
use crate::protocol::synod::{
    FIELDS, LAST_VOTE, NEXT_BALLOT, PHASE_2_OPTION, SUCCESS, VOTED, cell, client_kind, kind, list,
};
use crate::protocol::{Carries, FieldInfo, Kind, KindInfo, Meaning, OptionInfo, Phase, Progress, TimerInfo};
use crate::tongue::key;
use crate::types::Time;

pub(in crate::protocol) const NACK: Kind = Kind(5);
pub(in crate::protocol) const REQUEST: Kind = Kind(6);
pub(in crate::protocol) const ALIVE: Kind = Kind(7);
pub(in crate::protocol) const ASK: Kind = Kind(8);
pub(in crate::protocol) const FORWARD: Kind = Kind(9);
pub(in crate::protocol) const NO_LEADER: Kind = Kind(10);
pub(in crate::protocol) const REPLY: Kind = Kind(11);

/// How clients ask: a client asks again after 8Δ.
pub(in crate::protocol) const CLIENT: ClientInfo =
    ClientInfo::new(REQUEST, REPLY, Some((RETRY, RETRY_AFTER)), Asks::Leader);

pub(in crate::protocol) const KINDS_COUNT: usize = 12;

/// The message kinds, in the order of the constants of `synod` and of those above.
pub(in crate::protocol) const fn kinds(variant: &Variant) -> [KindInfo; KINDS_COUNT] {
    let mut kinds = [
        kind("NextBallot", "Prepare", Phase::OneA, Carries::Nothing),
        kind("LastVote", "Promise", Phase::OneB, Carries::Entries),
        kind("BeginBallot", "Accept", Phase::TwoA, Carries::Value),
        kind("Voted", "Accepted", Phase::TwoB, if variant.is_broadcast { Carries::Value } else { Carries::Nothing }),
        kind("Success", "Decide", Phase::Three, Carries::Value),
        kind("Nack", "Reject", Phase::Nack, Carries::Ballot),
        kind("Request", "Propose", Phase::Request, Carries::Value),
        kind("Alive", "Heartbeat", Phase::Election, Carries::Nothing),
        kind("Ask", "Learn", Phase::Request, Carries::Nothing),
        kind("Forward", "Relay", Phase::Request, Carries::Value),
        kind("NoLeader", "Unavailable", Phase::Request, Carries::Value),
        client_kind("Reply", "Response", Phase::Reply),
    ];
    kinds[NEXT_BALLOT.0 as usize].is_sweeping = variant.is_log;
    kinds[LAST_VOTE.0 as usize].is_sweeping = variant.is_log;
    kinds[ASK.0 as usize].is_sweeping = variant.is_log;
    kinds
}

/// Of the messages of an obsolete ballot, only NextBallot can surprise a leader. If the obsolete ballot's BeginBallot is
/// under way, a quorum has promised that ballot, so every later leader hears of it in phase 1. A process's ballot numbers
/// only grow, so a reply or an announcement that comes too late for its ballot stays too late for ever.
pub(in crate::protocol) const PROGRESS: Progress =
    Progress { stale: &[NEXT_BALLOT], expiring: &[LAST_VOTE, VOTED, SUCCESS, NACK] };

pub(in crate::protocol) static SINGLE_FIELDS: &[FieldInfo] = FIELDS;
pub(in crate::protocol) static LOG_FIELDS: &[FieldInfo] = &[
    cell("lastTried", "lastProposal", Meaning::LastTried),
    cell("nextBal", "promised", Meaning::NextBal),
    list("prevVote", "accepted", Meaning::PrevVote),
    list("ledger", "log", Meaning::Ledger),
];

/// The promises for the process's own ballot are overdue.
pub(in crate::protocol) const PHASE_1: u8 = 0;
/// The votes in an instance are overdue; there is one such timer for each instance.
pub(in crate::protocol) const PHASE_2: u8 = 1;
/// A client of this process has waited for long.
pub(in crate::protocol) const RETRY: u8 = 2;
/// This process has voted in an instance, or misses the decree of one, and nobody has said which decree was passed.
pub(in crate::protocol) const CATCH_UP: u8 = 3;
/// It is time for the process to say that it is there.
pub(in crate::protocol) const BEAT: u8 = 4;
/// A process with a higher name has been silent for T.
pub(in crate::protocol) const SILENT: u8 = 5;

/// The timers, in the order of the constants above.
pub(in crate::protocol) static TIMERS: &[TimerInfo] = &[
    TimerInfo {
        name: "phase 1",
        meaning: key!("2Δ have gone by since it asked for promises, and no quorum of them has come"),
        is_papers: true,
    },
    TimerInfo {
        name: "phase 2",
        meaning: key!("2Δ have gone by since it asked for {votes}, and not enough of them have come"),
        is_papers: true,
    },
    TimerInfo {
        name: "retry",
        meaning: key!(
            "8Δ have gone by and it has not answered a client: what that one asked for is offered to the leader again"
        ),
        is_papers: false,
    },
    TimerInfo {
        name: "catch up",
        meaning: key!("for 6Δ nobody has said what became of something it {voted_for} or misses, so it asks"),
        is_papers: false,
    },
    TimerInfo {
        name: "beat",
        meaning: key!("T − Δ have gone by: it tells the others that it is there"),
        is_papers: true,
    },
    TimerInfo {
        name: "silent",
        meaning: key!("for T it has heard nothing of a process with a higher name, so that one no longer counts"),
        is_papers: true,
    },
];

/// How long a leader waits for promises or votes (slides, "Complete protocol": "if not enough responses to (1a) or (2a)
/// arrive after 2Δ").
pub(in crate::protocol) const PATIENCE: Time = Time::deltas(2);
/// After how long a process offers a client's wish again: longer than any request takes when nothing goes wrong.
pub(in crate::protocol) const RETRY_AFTER: Time = Time::deltas(8);
/// After how long a process asks for an outcome: longer than any Success takes when nothing goes wrong.
pub(in crate::protocol) const CATCH_UP_AFTER: Time = Time::deltas(6);

pub(in crate::protocol) const ELECTION: usize = 0;
pub(in crate::protocol) const ELECTION_HEARTBEAT: u8 = 1;
pub(super) const RESTART: usize = 1;
pub(super) const RESTART_ANY_NACK: u8 = 1;
pub(super) const RESTART_OWN_NACK: u8 = 2;
pub(super) const RESTART_HOPELESS: u8 = 3;
pub(super) const AUDIENCE: usize = 2;
pub(super) const AUDIENCE_QUORUM: u8 = 1;
pub(super) const GUARD: usize = 3;
pub(super) const GUARD_STRICT: u8 = 1;
pub(super) const PREEMPTION: usize = 4;
pub(super) const PREEMPTION_NOTICE: u8 = 1;
pub(super) const WINDOW: usize = 5;
pub(super) const SUCCESS_OPTION: usize = 6;
pub(super) const SUCCESS_PIGGYBACK: u8 = 1;

/// The options, in the order of the constants above. A protocol with a single decree has the first five; a protocol with a
/// ledger has `window` as well. Only a ledger protocol that sends Success has the option `success`.
pub(in crate::protocol) static OPTIONS: [OptionInfo; 7] = [
    OptionInfo {
        name: "election",
        values: &["oracle", "heartbeat"],
        summary: key!(
            "The script says who leads (oracle), or the highest name that was heard within 4Δ does (heartbeat)."
        ),
    },
    OptionInfo {
        name: "restart",
        values: &["timer", "any-nack", "own-nack", "hopeless"],
        summary: key!(
            "A leader gives a {ballot} up when 2Δ have gone by (timer), or at once when a {nack} names a larger one \
                  (any-nack), when such a {nack} answers this very {ballot} (own-nack), or when so many have refused it that \
                  no quorum is left (hopeless)."
        ),
    },
    PHASE_2_OPTION,
    OptionInfo {
        name: "guard",
        values: &["ge", "strict"],
        summary: key!("Step 2b {it_votes} when b ≥ {next_bal} (ge), or when b = {next_bal} (strict)."),
    },
    OptionInfo {
        name: "preemption",
        values: &["silent", "notice"],
        summary: key!(
            "Whoever leaves a {ballot} for a larger one tells nobody (silent), or sends the owner of the {ballot} that it \
                  leaves a {nack} at once (notice)."
        ),
    },
    OptionInfo {
        name: "window",
        values: &["16", "1", "2", "4", "64"],
        summary: key!("So many instances may be under way at once."),
    },
    OptionInfo {
        name: "success",
        values: &["at-once", "piggyback"],
        summary: key!("{success} is sent at once, or travels on the next {begin_ballot} (piggyback)."),
    },
];

pub(in crate::protocol) fn ignores_oracle(choices: &[u8]) -> Option<&'static str> {
    (choices[ELECTION] == ELECTION_HEARTBEAT).then_some(key!("elects its leader by heartbeats here"))
}
