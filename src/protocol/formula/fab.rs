//! The formulas of FaB Paxos: p = 3f + 1 proposers, of n acceptors f may lie.

use super::{CLIENT, Figure, Formula, Group, LEADER, Since, Terms, When};

impl Terms {
    /// p: the proposers. All but f acceptors make a progress certificate.
    const fn proposers(&self) -> u64 {
        3 * (self.acceptors - self.promises) + 1
    }

    /// The Δ until the leader has counted the votes, where it learns.
    fn leader_learns(&self) -> Option<u64> {
        self.is_plain.then(|| self.phase_2())
    }

    /// The Δ until the first learner knows.
    fn first_learns(&self) -> Option<u64> {
        match self.votes {
            1 if self.is_plain => Some(0),
            1 => Some(1),
            2 if self.is_plain => Some(1),
            _ => Some(2),
        }
    }

    /// LEARNED to all proposers, and SATISFIED among them.
    fn satisfied(&self) -> u64 {
        self.proposers() * (self.acceptors - 1) + self.proposers() * (self.proposers() - 1)
    }

    /// The messages: PROPOSE, ACCEPTED, LEARNED and SATISFIED. Where some acceptors do not learn, or others do, the figure
    /// would depend on which.
    fn all_fab_messages(&self) -> Option<u64> {
        let acceptors = self.acceptors;
        self.is_plain.then(|| acceptors * acceptors - 1 + self.satisfied())
    }

    /// The same where nobody has to reply: clients that did not ask get replies, too.
    fn fab_messages(&self) -> Option<u64> {
        self.all_fab_messages().filter(|_| !self.has_clients)
    }

    /// Each learner replies to the client. One request and one reply are counted elsewhere.
    fn fab_messages_of_client(&self) -> Option<u64> {
        Some(self.all_fab_messages()? + self.acceptors - 1)
    }

    /// Parameterised FaB: each acceptor shows its commit proof to all learners.
    fn swift_messages(&self) -> Option<u64> {
        Some(self.fab_messages()? + self.acceptors * (self.acceptors - 1))
    }

    fn swift_messages_of_client(&self) -> Option<u64> {
        Some(self.fab_messages_of_client()? + self.acceptors * (self.acceptors - 1))
    }

    /// The Δ from when the acceptors have the client’s request until all have counted their votes.
    fn direct_heard(&self) -> Option<u64> {
        self.is_plain.then(|| if self.votes > 1 { 1 } else { self.success() })
    }

    /// The Δ from then until the first learner knows.
    fn direct_first(&self) -> Option<u64> {
        self.is_plain.then(|| u64::from(self.votes > 1))
    }

    /// The messages: the client’s request to all acceptors, their ACCEPTEDs, LEARNED, SATISFIED and the replies. One request and
    /// one reply are counted elsewhere.
    fn direct_messages(&self) -> Option<u64> {
        let acceptors = self.acceptors;
        self.is_plain.then(|| acceptors + acceptors * (acceptors - 1) + self.satisfied() + acceptors - 2)
    }
}

const SOURCE: &str = "Martin and Alvisi, Fast Byzantine Consensus (2006), §4";
const PROPOSED: Group = Group { when: When::FullBallot, source: SOURCE, scenario: "fab-steady" };
const PROPOSED_OF_CLIENT: Group = PROPOSED.shown_by("fab-client");

const ALONE: &str = "less where q is 1 or 2, as with one process to three: the leader’s vote, which left at once, and one’s own \
                     are enough";

/// The figures of a value that the first leader proposes.
pub(in crate::protocol) static FAB: &[&[Formula]] = &[&[
    PROPOSED.formula(Figure::All, LEADER, "2Δ", Terms::heard).except(ALONE),
    PROPOSED.formula(Figure::Leader, LEADER, "2Δ", Terms::leader_learns).except(ALONE),
    PROPOSED.formula(Figure::Client, LEADER, "2Δ", Terms::leader_learns).except(ALONE),
    PROPOSED.formula(Figure::All, Since::BeginBallot, "2Δ", Terms::heard).except(ALONE),
    PROPOSED_OF_CLIENT.formula(Figure::All, CLIENT, "3Δ", Terms::heard).except(ALONE),
    PROPOSED_OF_CLIENT.formula(Figure::Leader, CLIENT, "3Δ", Terms::leader_learns).except(ALONE),
    PROPOSED_OF_CLIENT.formula(Figure::Client, CLIENT, "4Δ", Terms::first_learns).except(ALONE),
    PROPOSED.formula(Figure::Messages, LEADER, "n² − 1 + p(n − 1) + p(p − 1)", Terms::fab_messages),
    PROPOSED_OF_CLIENT.formula(Figure::Messages, CLIENT, "n² + n + p(n − 1) + p(p − 1)", Terms::fab_messages_of_client),
]];

const SWIFT: Group = PROPOSED.shown_by("pfab-steady");
const SWIFT_OF_CLIENT: Group = PROPOSED.shown_by("pfab-client");

/// The figures of parameterised FaB while nobody fails. The line `tolerate` of no script is needed: t is as large as it can be.
pub(in crate::protocol) static SWIFT_FAB: &[&[Formula]] = &[&[
    SWIFT.formula(Figure::All, LEADER, "2Δ", Terms::heard).except(ALONE),
    SWIFT.formula(Figure::Leader, LEADER, "2Δ", Terms::leader_learns).except(ALONE),
    SWIFT.formula(Figure::Client, LEADER, "2Δ", Terms::leader_learns).except(ALONE),
    SWIFT.formula(Figure::All, Since::BeginBallot, "2Δ", Terms::heard).except(ALONE),
    SWIFT_OF_CLIENT.formula(Figure::All, CLIENT, "3Δ", Terms::heard).except(ALONE),
    SWIFT_OF_CLIENT.formula(Figure::Leader, CLIENT, "3Δ", Terms::leader_learns).except(ALONE),
    SWIFT_OF_CLIENT.formula(Figure::Client, CLIENT, "4Δ", Terms::first_learns).except(ALONE),
    SWIFT.formula(Figure::Messages, LEADER, "2n² − n − 1 + p(n − 1) + p(p − 1)", Terms::swift_messages),
    SWIFT_OF_CLIENT.formula(Figure::Messages, CLIENT, "2n² + p(n − 1) + p(p − 1)", Terms::swift_messages_of_client),
]];

const LOG: Group = PROPOSED.shown_by("fab-log-steady");
const LOG_OF_CLIENT: Group = PROPOSED.shown_by("fab-log-client");
/// The first ballot is open before anybody asks.
const DIRECT: Group = Group { when: When::PhaseOneAhead, source: SOURCE, scenario: "fab-log-client" };
const BY_LEADER: &[(&str, &str)] = &[("requests", "leader")];
const TO_ACCEPTORS: &[(&str, &str)] = &[("requests", "direct")];

/// The figures of a ledger of FaB instances.
pub(in crate::protocol) static FAB_LOG: &[&[Formula]] = &[&[
    LOG.formula(Figure::All, LEADER, "2Δ", Terms::heard).with(BY_LEADER).except(ALONE),
    LOG.formula(Figure::Leader, LEADER, "2Δ", Terms::leader_learns).with(BY_LEADER).except(ALONE),
    LOG.formula(Figure::Client, LEADER, "2Δ", Terms::leader_learns).with(BY_LEADER).except(ALONE),
    LOG.formula(Figure::All, Since::BeginBallot, "2Δ", Terms::heard).with(BY_LEADER).except(ALONE),
    LOG_OF_CLIENT.formula(Figure::All, CLIENT, "3Δ", Terms::heard).with(BY_LEADER).except(ALONE),
    LOG_OF_CLIENT.formula(Figure::Leader, CLIENT, "3Δ", Terms::leader_learns).with(BY_LEADER).except(ALONE),
    LOG_OF_CLIENT.formula(Figure::Client, CLIENT, "4Δ", Terms::first_learns).with(BY_LEADER).except(ALONE),
    LOG.formula(Figure::Messages, LEADER, "n² − 1 + p(n − 1) + p(p − 1)", Terms::fab_messages).with(BY_LEADER),
    LOG_OF_CLIENT
        .formula(Figure::Messages, CLIENT, "n² + n + p(n − 1) + p(p − 1)", Terms::fab_messages_of_client)
        .with(BY_LEADER),
    DIRECT.formula(Figure::All, CLIENT, "2Δ", Terms::direct_heard).with(TO_ACCEPTORS).except(ALONE),
    DIRECT.formula(Figure::Client, CLIENT, "3Δ", Terms::direct_first).with(TO_ACCEPTORS).except(ALONE),
    DIRECT.formula(Figure::Messages, CLIENT, "n² + n + p(n − 1) + p(p − 1)", Terms::direct_messages).with(TO_ACCEPTORS),
]];
