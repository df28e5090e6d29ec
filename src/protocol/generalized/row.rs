//! The row of Generalized Paxos in the registry.

use super::{ASK, Generalized, NACK, RETRY, RETRY_AFTER, VOTED_LAST, structure};
use crate::protocol::client::{Asks, ClientInfo};
use crate::protocol::formula::GENERALIZED;
use crate::protocol::kin::{After, Aspect, Descent, Kin};
use crate::protocol::rounds::{line_for, quorums, round};
use crate::protocol::synod::{REPLY, REQUEST, cell, client_kind, kind, list};
use crate::protocol::{
    Carries, Family, FieldInfo, Guard, KindInfo, Meaning, OptionInfo, Phase, Protocol, TimerInfo, Trust,
};
use crate::tongue::key;

/// The message kinds: those of `synod`, and the three of this protocol.
static KINDS: [KindInfo; 10] = {
    let kinds = [
        kind("NextBallot", "Prepare", Phase::OneA, Carries::Nothing),
        kind("LastVote", "Promise", Phase::OneB, Carries::LastVote),
        kind("BeginBallot", "Accept", Phase::TwoA, Carries::Value),
        kind("Voted", "Accepted", Phase::TwoB, Carries::Value),
        kind("Success", "Decide", Phase::Three, Carries::Value),
        kind("Request", "Propose", Phase::Request, Carries::Value),
        client_kind("Reply", "Response", Phase::Reply),
        kind("Nack", "Reject", Phase::Nack, Carries::Ballot),
        kind("VotedLast", "AcceptedLast", Phase::TwoB, Carries::Value),
        kind("Ask", "Learn", Phase::Request, Carries::Nothing),
    ];
    assert!(NACK.0 == 7 && VOTED_LAST.0 == 8 && ASK.0 == 9);
    kinds
};

/// The fields, at the places of those of `synod`. The ledger is a list of commands in the order in which the process executes
/// them.
static FIELDS: &[FieldInfo] = &[
    cell("lastTried", "lastProposal", Meaning::LastTried),
    cell("nextBal", "promised", Meaning::NextBal),
    cell("prevVote", "accepted", Meaning::PrevVote),
    list("ledger", "log", Meaning::Ledger),
];

static TIMERS: &[TimerInfo] = &[
    TimerInfo {
        name: "phase 1",
        meaning: key!("2Δ have gone by since it asked for promises, and no quorum of them has come"),
        is_papers: true,
    },
    TimerInfo {
        name: "phase 2",
        meaning: key!("for 2Δ it has learned nothing in its classic {ballot}, and a command is left"),
        is_papers: true,
    },
    TimerInfo {
        name: "fast round",
        meaning: key!("for 2Δ it has learned nothing in its fast {ballot}, and a command is left"),
        is_papers: true,
    },
    TimerInfo {
        name: "retry",
        meaning: key!("for 8Δ it has known of a command and not of the outcome, so it asks again"),
        is_papers: false,
    },
];

pub(in crate::protocol) static PROTOCOL: Protocol = Protocol {
    name: "generalized",
    title: "Generalized Paxos",
    summary: key!(
        "A history of commands that grows; only commands that conflict need an order, and all others take 2Δ."
    ),
    source: key!("Generalized Consensus and Paxos (2005), §3"),
    formulas: GENERALIZED,
    kin: kinship,
    family: Family::Plain,
    trust: Trust::Crash,
    kinds: &KINDS,
    fields: FIELDS,
    timers: TIMERS,
    options: &[
        OptionInfo {
            name: "recovery",
            values: &["coordinated", "restart"],
            summary: key!(
                "After a collision the leader takes the last {votes} of the fast {ballot} for promises of the next one \
                      (coordinated), or starts a {ballot} from its beginning (restart)."
            ),
        },
        OptionInfo {
            name: "c-struct",
            values: &["history", "sequence", "single"],
            summary: key!(
                "The processes agree on a history, in which commands conflict where the service says so (history), on a \
                      sequence, in which all commands conflict (sequence), or on one command (single)."
            ),
        },
        OptionInfo {
            name: "ballots",
            values: &["fast", "classic"],
            summary: key!(
                "A leader that knows of no command starts a fast {ballot} (fast) or, as always otherwise, a classic one \
                      (classic)."
            ),
        },
    ],
    guards: &[
        Guard::Promise,
        Guard::UniqueBallots,
        Guard::Memory,
        Guard::OneBallot,
        Guard::FastQuorum,
        Guard::Conflicts,
        Guard::Grow,
        Guard::Proposed,
        Guard::LastVote,
    ],
    is_log: true,
    quorums,
    round,
    membership: None,
    window: None,
    histories: Some(structure),
    client: Some(ClientInfo::new(REQUEST, REPLY, Some((RETRY, RETRY_AFTER)), Asks::Acceptors)),
    needs_results: false,
    ignores_oracle: |_| None,
    progress: None,
    open: |setup, me, storage| Box::new(Generalized::open(setup, me, storage)),
};

fn kinship() -> Kin {
    Kin {
        per_fault: 3,
        line: Some(line_for),
        costs: key!("as Fast Paxos, and votes that carry whole histories"),
        after: &[
            After {
                fault: key!("two commands that conflict are asked for at once"),
                scenario: "generalized-collision",
            },
            After { fault: key!("the same, and the leader begins again"), scenario: "generalized-restart" },
        ],
        from: &[Descent {
            from: "fast",
            changes: &[
                (Aspect::Votes, key!("for a history, which grows; only commands that conflict have an order")),
                (Aspect::Quorum, key!("passes what the histories of its members have in common")),
            ],
        }],
    }
}
