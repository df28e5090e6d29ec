//! The formulas of Fast Paxos: what a fast round costs, and what each recovery from a collision costs.

use super::{CLIENT, Figure, Formula, Group, LEADER, Terms, When};

impl Terms {
    /// The Δ from when the acceptors hear of a request until all have counted the votes of a fast round. The leader alone is
    /// enough only where it is the only acceptor.
    pub(super) fn fast_heard(&self) -> Option<u64> {
        Some(if self.fast > 1 { 1 } else { self.success() })
    }

    /// The Δ from when the acceptors hear of a request until the leader has counted the votes of a fast round.
    pub(super) fn fast_voted(&self) -> Option<u64> {
        Some(if self.fast > 1 { 1 } else { 0 })
    }

    /// The Δ of a fast round in which the leader itself is asked, so that its own vote leaves at once.
    pub(super) fn fast_at_leader(&self) -> Option<u64> {
        Some(if self.fast > 1 { 2 } else { self.success() })
    }

    pub(super) fn fast_voted_at_leader(&self) -> Option<u64> {
        Some(if self.fast > 1 { 2 } else { 0 })
    }

    /// The Δ of phase 1 and of a fast round; the request waits at the acceptors for step 2a.
    pub(super) fn fast_in_full(&self) -> Option<u64> {
        Some(self.phase_1() + self.fast_at_leader()?)
    }

    /// The messages of a fast round whose votes go to everybody: the votes. Where some acceptors do not learn, or other
    /// processes learn, the figure would depend on who recovers.
    pub(super) fn fast_votes(&self) -> Option<u64> {
        self.is_plain.then_some(self.acceptors * (self.acceptors - 1))
    }

    /// The messages: the leader’s request to all acceptors, and their votes.
    pub(super) fn fast_messages(&self) -> Option<u64> {
        Some(self.acceptors - 1 + self.fast_votes()?)
    }

    /// The messages of phase 1, of step 2a, and of the fast round.
    fn fast_messages_in_full(&self) -> Option<u64> {
        Some(3 * (self.acceptors - 1) + self.fast_messages()?)
    }

    /// The messages: a client’s request to all acceptors, their votes, and their replies. One request and one reply are
    /// counted elsewhere.
    pub(super) fn fast_messages_of_client(&self) -> Option<u64> {
        Some(2 * self.acceptors + self.fast_votes()? - 2)
    }

    /// Whether a fast round passes nothing where its acceptors are split in halves.
    pub(super) fn is_split(&self) -> Option<()> {
        (self.acceptors > 1 && self.fast > self.acceptors.div_ceil(2)).then_some(())
    }

    /// The Δ from when the acceptors hear of the requests until all know, in a coordinated recovery: the collision is visible
    /// after Δ, and then a classic round has its second phase.
    pub(super) fn coordinated(&self) -> Option<u64> {
        self.is_split()?;
        Some(1 + self.heard()?)
    }

    /// In a recovery from the beginning, the classic round has its first phase, too.
    pub(super) fn restarted(&self) -> Option<u64> {
        Some(self.phase_1() + self.coordinated()?)
    }

    /// In an uncoordinated recovery, the acceptors vote again as soon as they see the collision.
    fn uncoordinated(&self) -> Option<u64> {
        self.is_split()?;
        Some(2)
    }

    /// The messages of an uncoordinated recovery: both clients’ requests and the replies to both, and the votes of two rounds.
    fn uncoordinated_messages(&self) -> Option<u64> {
        self.is_split()?;
        Some(4 * self.acceptors + 2 * self.fast_votes()? - 2)
    }

    /// A coordinated recovery has its BeginBallot, too.
    fn coordinated_messages(&self) -> Option<u64> {
        Some(self.uncoordinated_messages()? + self.acceptors - 1)
    }

    /// A recovery from the beginning has its phase 1, too.
    fn restarted_messages(&self) -> Option<u64> {
        Some(self.coordinated_messages()? + 2 * (self.acceptors - 1))
    }
}

const FAST_SOURCE: &str = "Fast Paxos (2006), §3.1";
const FAST_ROUND: Group = Group { when: When::PhaseOneAhead, source: FAST_SOURCE, scenario: "fast-two-delta" };
const FAST_AT_LEADER: Group = FAST_ROUND.shown_by("fast-at-the-leader");
const FAST_IN_FULL: Group = Group { when: When::FullBallot, source: FAST_SOURCE, scenario: "minimal-ballot" };
const COLLISION: Group =
    Group { when: When::Collision, source: "Fast Paxos (2006), §3.2", scenario: "fast-collision" };

const COORDINATED: &[(&str, &str)] = &[("recovery", "coordinated")];
const RESTART: &[(&str, &str)] = &[("recovery", "restart")];
const UNCOORDINATED: &[(&str, &str)] = &[("recovery", "uncoordinated")];

const ALONE_FAST: &str = "less where the leader’s own promise or vote makes a quorum, as with one process";

/// The figures of a fast round.
static ROUND: &[Formula] = &[
    FAST_ROUND.formula(Figure::All, CLIENT, "2Δ", Terms::fast_heard).except(ALONE_FAST),
    FAST_ROUND.formula(Figure::Leader, CLIENT, "2Δ", Terms::fast_voted).except(ALONE_FAST),
    FAST_ROUND.formula(Figure::Client, CLIENT, "3Δ", Terms::fast_voted).except(ALONE_FAST),
    FAST_ROUND.formula(Figure::Messages, CLIENT, "n² + n", Terms::fast_messages_of_client),
    FAST_AT_LEADER.formula(Figure::All, LEADER, "2Δ", Terms::fast_at_leader).except(ALONE_FAST),
    FAST_AT_LEADER.formula(Figure::Leader, LEADER, "2Δ", Terms::fast_voted_at_leader).except(ALONE_FAST),
    FAST_AT_LEADER.formula(Figure::Client, LEADER, "2Δ", Terms::fast_voted_at_leader).except(ALONE_FAST),
    FAST_AT_LEADER.formula(Figure::Messages, LEADER, "n² − 1", Terms::fast_messages),
    FAST_IN_FULL.formula(Figure::All, LEADER, "4Δ", Terms::fast_in_full).except(ALONE_FAST),
    FAST_IN_FULL.formula(Figure::Messages, LEADER, "n² − 1 + 3(n − 1)", Terms::fast_messages_in_full),
];

/// The time of each recovery from a collision.
static RECOVERY: [Formula; 3] = [
    COLLISION.formula(Figure::All, CLIENT, "4Δ", Terms::coordinated).with(COORDINATED).except(ALONE_FAST),
    COLLISION.formula(Figure::All, CLIENT, "6Δ", Terms::restarted).with(RESTART).except(ALONE_FAST),
    COLLISION.formula(Figure::All, CLIENT, "3Δ", Terms::uncoordinated).with(UNCOORDINATED).except(ALONE_FAST),
];

/// The messages of each recovery.
static RECOVERY_MESSAGES: [Formula; 3] = [
    COLLISION.formula(Figure::Messages, CLIENT, "2n² + 3n − 1", Terms::coordinated_messages).with(COORDINATED),
    COLLISION.formula(Figure::Messages, CLIENT, "2n² + 5n − 3", Terms::restarted_messages).with(RESTART),
    COLLISION.formula(Figure::Messages, CLIENT, "2n² + 2n", Terms::uncoordinated_messages).with(UNCOORDINATED),
];

/// The figures of a single decree.
pub(in crate::protocol) static FAST: &[&[Formula]] = &[ROUND, &RECOVERY, &RECOVERY_MESSAGES];

/// The figures of a ledger. Those of a collision are for the first of the two places; the messages of two decrees that are
/// decided at once cannot be told apart.
pub(in crate::protocol) static FAST_LOG: &[&[Formula]] = &[ROUND, &RECOVERY];
