//! The row of PBFT in the registry: message kinds, fields, timers, options and quorums, and the places of each.

use super::Replica;
use crate::protocol::client::{Asks, ClientInfo, Reads};
use crate::protocol::formula::PBFT;
use crate::protocol::kin::{After, Aspect, Descent, Kin};
use crate::protocol::synod::{cell, kind, list};
use crate::protocol::{
    Carries, Cast, Family, Field, FieldInfo, Guard, Guards, Kind, KindInfo, Meaning, OptionInfo, Phase, Progress,
    Protocol, TimerInfo, Trust,
};
use crate::quorum::{Overlap, Purpose, QuorumSystem, Quorums, Round};
use crate::tongue::key;
use crate::types::Time;

pub(super) const REQUEST: Kind = Kind(0);
pub(super) const PRE_PREPARE: Kind = Kind(1);
pub(super) const PREPARE: Kind = Kind(2);
pub(super) const COMMIT: Kind = Kind(3);
pub(super) const REPLY: Kind = Kind(4);
pub(super) const CHECKPOINT: Kind = Kind(5);
pub(super) const VIEW_CHANGE: Kind = Kind(6);
pub(super) const NEW_VIEW: Kind = Kind(7);
pub(super) const TENTATIVE_REPLY: Kind = Kind(8);
pub(super) const READ: Kind = Kind(9);
pub(super) const FETCH: Kind = Kind(10);
pub(super) const STATE: Kind = Kind(11);

const fn own(name: &'static str, phase: Phase, carries: Carries, says: &'static str) -> KindInfo {
    KindInfo { says: Some(says), ..kind(name, name, phase, carries) }
}

const fn of_clients(info: &KindInfo) -> KindInfo {
    KindInfo { is_of_clients: true, ..*info }
}

const fn sweeping(info: &KindInfo) -> KindInfo {
    KindInfo { is_sweeping: true, ..*info }
}

/// The message kinds, in the order of the constants above.
static KINDS: [KindInfo; 12] = [
    own("Request", Phase::Request, Carries::Value, key!("a client asks for this command")),
    own(
        "PrePrepare",
        Phase::TwoA,
        Carries::Value,
        key!("as the primary, it gives this command this place in the order"),
    )
    .invented(),
    own(
        "Prepare",
        Phase::Certify,
        Carries::Value,
        key!("the primary has given this command this place, and no other one"),
    )
    .by_name()
    .invented(),
    own(
        "Commit",
        Phase::TwoB,
        Carries::Value,
        key!("it has a certificate that this view can have no other command there"),
    )
    .by_name()
    .invented(),
    of_clients(&own("Reply", Phase::Reply, Carries::Result, key!("it has executed the command, with this result"))),
    own(
        "Checkpoint",
        Phase::Three,
        Carries::Result,
        key!("it has executed all up to there, and its history is this one"),
    ),
    sweeping(&own(
        "ViewChange",
        Phase::OneB,
        Carries::Proof,
        key!("it has left the views before, with these certificates"),
    ))
    .invented(),
    sweeping(&own("NewView", Phase::TwoA, Carries::Proof, key!("the view begins with what these replicas have shown"))),
    of_clients(&own(
        "TentativeReply",
        Phase::Reply,
        Carries::Result,
        key!("with this result, unless the order of what is not yet certain changes"),
    )),
    of_clients(&own("Read", Phase::Request, Carries::Value, key!("a client asks for this command, which only reads"))),
    sweeping(&own("Fetch", Phase::Request, Carries::Nothing, key!("it asks for all that was executed from there on"))),
    sweeping(&own("State", Phase::Three, Carries::Entries, key!("it has executed these commands"))),
];

/// The largest view that the replica has moved to: it votes in no smaller one.
pub(super) const PROMISED: Field = Field(0);
/// The commands for which the replica has sent COMMIT.
pub(super) const VOTED: Field = Field(1);
pub(super) const LEDGER: Field = Field(2);
/// The last view that the replica has entered.
pub(super) const ENTERED: Field = Field(3);
/// The PRE-PREPAREs that the replica has accepted.
pub(super) const ACCEPTED: Field = Field(4);
/// The last stable checkpoint, as the place of the only cell.
pub(super) const STABLE: Field = Field(5);

static FIELDS: [FieldInfo; 6] = [
    cell("nextBal", "promised", Meaning::NextBal),
    list("prepared", "prepared", Meaning::PrevVote),
    list("ledger", "log", Meaning::Ledger),
    cell("entered", "entered", Meaning::Own),
    list("accepted", "accepted", Meaning::Own),
    list("stable", "stable", Meaning::Own),
];

/// A request waits to be executed, or a new view to begin and to execute something.
pub(super) const VIEW: u8 = 0;
/// The replica is in no view, or misses what others have executed.
pub(super) const CATCH_UP: u8 = 1;
/// A client has no answer.
const RETRY: u8 = 2;

pub(super) const CATCH_UP_AFTER: Time = Time::deltas(4);
/// After how long a client asks all replicas.
const RETRY_AFTER: Time = Time::deltas(6);

static TIMERS: [TimerInfo; 3] = [
    TimerInfo {
        name: "view",
        meaning: key!(
            "T has gone by, or twice as long after each view that failed, and it has executed nothing of what waits"
        ),
        is_papers: true,
    },
    TimerInfo {
        name: "catch up",
        meaning: key!("for 4Δ it has been in no view, or has missed what others have executed, so it asks again"),
        is_papers: false,
    },
    TimerInfo {
        name: "retry", meaning: key!("for 6Δ it has had no answer, so it asks all replicas"), is_papers: true
    },
];

const EXECUTION: usize = 0;
pub(super) const EXECUTION_TENTATIVE: u8 = 1;
const READS: usize = 1;
const READS_AT_ONCE: u8 = 1;
const CHECKPOINTS: usize = 2;
const WINDOW: usize = 3;
const TIMER: usize = 4;

static OPTIONS: [OptionInfo; 5] = [
    OptionInfo {
        name: "execution",
        values: &["committed", "tentative"],
        summary: key!(
            "A replica replies when it has executed a command (committed), or already when it is prepared (tentative), and \
                  then a client waits for 2f + 1 equal replies."
        ),
    },
    OptionInfo {
        name: "reads",
        values: &["ordered", "at-once"],
        summary: key!(
            "A command that only reads gets a place in the order as every command (ordered), or all replicas answer it at \
                  once from their states (at-once), and the client waits for 2f + 1 equal replies."
        ),
    },
    OptionInfo {
        name: "checkpoint",
        values: &["2", "4"],
        summary: key!(
            "K: after so many places, replicas compare what they have executed, and forget the messages up to there."
        ),
    },
    OptionInfo {
        name: "log",
        values: &["4", "8", "16"],
        summary: key!("L: so many places above the last stable checkpoint may be under way."),
    },
    OptionInfo {
        name: "timer",
        values: &["10", "4", "20"],
        summary: key!(
            "T, in Δ: so long a replica waits for a command before it leaves the view. It should be at least 4Δ."
        ),
    },
];

/// The number that is chosen for this option.
fn number(choices: &[u8], option: usize) -> u32 {
    let choice = choices.get(option).copied().unwrap_or(0);
    OPTIONS[option].values[usize::from(choice)].parse().unwrap_or(1)
}

impl Replica {
    /// K
    pub(super) fn interval(&self) -> u32 {
        number(&self.setup.choices, CHECKPOINTS)
    }

    /// T
    pub(super) fn patience(&self) -> Time {
        Time::deltas(u64::from(number(&self.setup.choices, TIMER)))
    }

    pub(super) fn is_tentative(&self) -> bool {
        self.setup.choice(EXECUTION) == EXECUTION_TENTATIVE
    }
}

/// L
pub(super) fn window(choices: &[u8]) -> u32 {
    number(choices, WINDOW)
}

/// f: how many replicas may lie.
fn faults(cast: &Cast) -> usize {
    cast.tolerates.map_or_else(|| cast.acceptors.len().saturating_sub(1) / 3, |tolerance| usize::from(tolerance.liars))
}

/// Certificates and views need ⌈(n + f + 1)/2⌉ replicas, which is 2f + 1 of 3f + 1, so that any two such sets share a correct
/// one. A client believes f + 1, since one of them is correct.
fn quorums(cast: &Cast, without: Guards, named: Option<Quorums>) -> Result<Quorums, String> {
    let (members, f) = (cast.acceptors, faults(cast));
    let n = members.len();
    let size = match without {
        _ if without.contains(Guard::LargeQuorum) => f + 1,
        _ if without.contains(Guard::MoreThanThrice) => n - f.min(n - 1),
        _ => (n + f + 2) / 2,
    };
    let mut quorums = named.unwrap_or_else(|| Quorums::same(QuorumSystem::Count { members, size: size.min(n) }));
    quorums.overlap = Overlap::Correct;
    Ok(quorums.with(Purpose::Answer, Round::Classic, QuorumSystem::Count { members, size: (f + 1).min(n) }))
}

pub(in crate::protocol) static PROTOCOL: Protocol = Protocol {
    name: "pbft",
    title: "PBFT",
    summary: key!(
        "Many {decrees} among 3f + 1 replicas, of which f may say anything; signed certificates take the place of trust."
    ),
    source: key!("Castro and Liskov, Practical Byzantine Fault Tolerance (OSDI 1999), §4"),
    formulas: PBFT,
    kin: kinship,
    family: Family::Plain,
    trust: Trust::Byzantine,
    kinds: &KINDS,
    fields: &FIELDS,
    timers: &TIMERS,
    options: &OPTIONS,
    guards: &[
        Guard::Promise,
        Guard::Highest,
        Guard::Memory,
        Guard::VoteOnce,
        Guard::Commit,
        Guard::BackupsPrepare,
        Guard::LargeQuorum,
        Guard::MoreThanThrice,
        Guard::EqualReplies,
        Guard::Window,
        Guard::WholeView,
    ],
    is_log: true,
    quorums,
    round: |_, _| Round::Classic,
    membership: None,
    window: Some(window),
    histories: None,
    client: Some(ClientInfo {
        tentative: Some(TENTATIVE_REPLY),
        reads: Some(Reads { request: READ, option: READS, choice: READS_AT_ONCE }),
        ..ClientInfo::new(REQUEST, REPLY, Some((RETRY, RETRY_AFTER)), Asks::Primary)
    }),
    needs_results: true,
    ignores_oracle: |_| Some(key!("knows by the number of a view who leads")),
    // No message of an old view can stop a later one.
    progress: Some(Progress { stale: &[], expiring: &[] }),
    open: |setup, me, storage| Box::new(Replica::open(setup, me, storage)),
};

fn kinship() -> Kin {
    Kin {
        per_fault: 3,
        line: None,
        costs: key!("one phase and f servers more, and 2n² messages"),
        after: &[
            After { fault: key!("the primary is silent"), scenario: "pbft-silent-primary" },
            After { fault: key!("the first two of seven primaries are silent"), scenario: "pbft-two-silent-primaries" },
            After { fault: key!("the primary tells each backup something else"), scenario: "pbft-equivocation" },
        ],
        from: &[Descent {
            from: "broadcast",
            changes: &[
                (Aspect::Faults, key!("liars in place of crashes")),
                (Aspect::Votes, key!("Prepare before Commit: nobody commits what others may have heard otherwise")),
                (Aspect::Told, key!("a client believes f + 1 equal replies")),
                (Aspect::Quorum, key!("2f + 1 of 3f + 1, so that two share an honest process")),
                (Aspect::Remembers, key!("signed messages, as proof for the next view")),
            ],
        }],
    }
}
