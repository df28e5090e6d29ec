//! The formulas of Generalized Paxos: what a command costs in a fast ballot, in a classic one, and after a collision.

use super::{CLIENT, Figure, Formula, Group, LEADER, Terms, When};

impl Terms {
    /// The messages of a command in a classic ballot: a client's request to all acceptors, step 2a, the votes, and the replies.
    /// One request and one reply are counted elsewhere.
    fn classic_messages_of_client(&self) -> Option<u64> {
        Some(self.fast_messages_of_client()? + self.acceptors - 1)
    }

    /// The messages of two commands that collide: for each, the requests, the votes of the fast ballot and the replies; then
    /// step 2a and the votes of the classic ballot.
    fn collision_messages(&self) -> Option<u64> {
        self.is_split()?;
        Some(4 * self.acceptors - 2 + 3 * self.fast_votes()? + self.acceptors - 1)
    }

    /// A recovery from the beginning has its phase 1, too.
    fn collision_messages_of_restart(&self) -> Option<u64> {
        Some(self.collision_messages()? + 2 * (self.acceptors - 1))
    }
}

const SOURCE: &str = "Generalized Consensus and Paxos (2005), §3";
const FAST_BALLOT: Group = Group { when: When::PhaseOneAhead, source: SOURCE, scenario: "generalized-steady" };
const FAST_AT_LEADER: Group = FAST_BALLOT.shown_by("fast-at-the-leader");
const IN_FULL: Group = Group { when: When::FullBallot, source: SOURCE, scenario: "minimal-ballot" };
const COLLISION: Group = Group { when: When::Collision, source: SOURCE, scenario: "generalized-collision" };

const FAST: &[(&str, &str)] = &[("ballots", "fast")];
const CLASSIC: &[(&str, &str)] = &[("ballots", "classic")];
/// Single values have no room for both commands.
const COORDINATED: &[(&str, &str)] = &[("recovery", "coordinated"), ("c-struct", "history"), ("ballots", "fast")];
const RESTART: &[(&str, &str)] = &[("recovery", "restart"), ("c-struct", "history"), ("ballots", "fast")];

const ALONE: &str = "less where the leader’s own promise or vote makes a quorum, as with one process";

/// The figures of fast and of classic ballots, and of the recoveries from a collision.
pub(in crate::protocol) static GENERALIZED: &[&[Formula]] = &[
    &[
        FAST_BALLOT.formula(Figure::All, CLIENT, "2Δ", Terms::fast_heard).with(FAST).except(ALONE),
        FAST_BALLOT.formula(Figure::Leader, CLIENT, "2Δ", Terms::fast_voted).with(FAST).except(ALONE),
        FAST_BALLOT.formula(Figure::Client, CLIENT, "3Δ", Terms::fast_voted).with(FAST).except(ALONE),
        FAST_BALLOT.formula(Figure::Messages, CLIENT, "n² + n", Terms::fast_messages_of_client).with(FAST),
        FAST_AT_LEADER.formula(Figure::All, LEADER, "2Δ", Terms::fast_at_leader).with(FAST).except(ALONE),
        FAST_AT_LEADER.formula(Figure::Leader, LEADER, "2Δ", Terms::fast_voted_at_leader).with(FAST).except(ALONE),
        FAST_AT_LEADER.formula(Figure::Client, LEADER, "2Δ", Terms::fast_voted_at_leader).with(FAST).except(ALONE),
        FAST_AT_LEADER.formula(Figure::Messages, LEADER, "n² − 1", Terms::fast_messages).with(FAST),
        IN_FULL.formula(Figure::All, LEADER, "4Δ", Terms::fast_in_full).with(FAST).except(ALONE),
    ],
    &[
        FAST_BALLOT.formula(Figure::All, CLIENT, "3Δ", Terms::heard).with(CLASSIC).except(ALONE),
        FAST_BALLOT.formula(Figure::Messages, CLIENT, "n² + 2n − 1", Terms::classic_messages_of_client).with(CLASSIC),
    ],
    &[
        COLLISION.formula(Figure::All, CLIENT, "4Δ", Terms::coordinated).with(COORDINATED).except(ALONE),
        COLLISION.formula(Figure::All, CLIENT, "6Δ", Terms::restarted).with(RESTART).except(ALONE),
        COLLISION.formula(Figure::Messages, CLIENT, "3n² + 2n − 1", Terms::collision_messages).with(COORDINATED),
        COLLISION.formula(Figure::Messages, CLIENT, "3n² + 4n − 3", Terms::collision_messages_of_restart).with(RESTART),
    ],
];
