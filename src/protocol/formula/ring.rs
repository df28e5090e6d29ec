//! The formulas of Ring Paxos: q processes, a majority, vote for a value one after the other.

use super::{CLIENT, FOLLOWER, Figure, Formula, Group, LEADER, Since, Terms, When};

impl Terms {
    /// The Δ until the votes of an M-Ring have come to the coordinator: the multicast, and q − 1 steps along the ring.
    fn gathered(&self) -> Option<u64> {
        Some(if self.votes > 1 { self.votes } else { 0 })
    }

    /// The Δ until all have the coordinator's Success.
    fn gathered_and_told(&self) -> Option<u64> {
        Some(self.gathered()? + self.success())
    }

    /// The messages: two multicasts, counted for each receiver, and the steps along the ring.
    fn ring_messages(&self) -> Option<u64> {
        Some(2 * self.informed + self.votes - 1)
    }

    /// The Δ until the outcome has come around a U-Ring to the coordinator.
    fn came_around(&self) -> Option<u64> {
        self.is_plain.then_some(if self.votes > 1 { self.acceptors } else { 0 })
    }

    /// The Δ until the outcome has come to the process before the one whose vote was the last one, which is as many messages.
    fn went_around(&self) -> Option<u64> {
        self.is_plain.then(|| if self.acceptors > 1 { self.acceptors + self.votes - 2 } else { 0 })
    }

    /// The same, after the wish has come along the whole ring from the process behind the coordinator. One message, and its Δ,
    /// is counted elsewhere.
    fn went_around_twice(&self) -> Option<u64> {
        Some(self.went_around()? + self.acceptors - 2)
    }
}

const M: Group =
    Group { when: When::PhaseOneAhead, source: "Marandi and others, Ring Paxos (2010)", scenario: "m-ring-steady" };
const M_ELSEWHERE: Group = M.shown_by("m-ring-elsewhere");
const M_OF_CLIENT: Group = M.shown_by("m-ring-client");
const AT_ONCE: &[(&str, &str)] = &[("success", "at-once")];

/// The figures of a decree of an M-Ring.
pub(in crate::protocol) static M_RING: &[Formula] = &[
    M.formula(Figure::All, LEADER, "(q + 1)Δ", Terms::gathered_and_told).with(AT_ONCE),
    M.formula(Figure::Leader, LEADER, "qΔ", Terms::gathered),
    M.formula(Figure::Client, LEADER, "qΔ", Terms::gathered),
    M.formula(Figure::All, Since::BeginBallot, "(q + 1)Δ", Terms::gathered_and_told).with(AT_ONCE),
    M.formula(Figure::Leader, Since::BeginBallot, "qΔ", Terms::gathered),
    M_ELSEWHERE.formula(Figure::Leader, FOLLOWER, "(q + 1)Δ", Terms::gathered),
    M_ELSEWHERE.formula(Figure::All, FOLLOWER, "(q + 2)Δ", Terms::gathered_and_told).with(AT_ONCE),
    M_ELSEWHERE.formula(Figure::Client, FOLLOWER, "(q + 2)Δ", Terms::gathered_and_told).with(AT_ONCE),
    M_OF_CLIENT.formula(Figure::Leader, CLIENT, "(q + 1)Δ", Terms::gathered),
    M_OF_CLIENT.formula(Figure::All, CLIENT, "(q + 2)Δ", Terms::gathered_and_told).with(AT_ONCE),
    M_OF_CLIENT.formula(Figure::Client, CLIENT, "(q + 2)Δ", Terms::gathered),
    M.formula(Figure::Messages, LEADER, "2(n − 1) + q − 1", Terms::ring_messages).with(AT_ONCE),
    M_ELSEWHERE.formula(Figure::Messages, FOLLOWER, "2(n − 1) + q", Terms::ring_messages).with(AT_ONCE),
    M_OF_CLIENT.formula(Figure::Messages, CLIENT, "2(n − 1) + q + 1", Terms::ring_messages).with(AT_ONCE),
];

const U: Group = Group {
    when: When::PhaseOneAhead,
    source: "Jalili Marandi and others, Ring Paxos (2017)",
    scenario: "u-ring-steady",
};
const U_FARTHEST: Group = U.shown_by("u-ring-farthest");
const U_OF_CLIENT: Group = U.shown_by("u-ring-client");

const ALONE: &str = "the leader knows at once where its own vote makes a quorum";
const FARTHEST: &str =
    "at the process behind the leader; less at one that has a shorter way along the ring to the leader";

/// The figures of a decree of a U-Ring.
pub(in crate::protocol) static U_RING: &[Formula] = &[
    U.formula(Figure::All, LEADER, "(n + q − 2)Δ", Terms::went_around),
    U.formula(Figure::Leader, LEADER, "nΔ", Terms::came_around).except(ALONE),
    U.formula(Figure::Client, LEADER, "nΔ", Terms::came_around).except(ALONE),
    U.formula(Figure::All, Since::BeginBallot, "(n + q − 2)Δ", Terms::went_around),
    U.formula(Figure::Leader, Since::BeginBallot, "nΔ", Terms::came_around).except(ALONE),
    U_FARTHEST.formula(Figure::All, FOLLOWER, "(2n + q − 3)Δ", Terms::went_around_twice).except(FARTHEST),
    U_OF_CLIENT.formula(Figure::Leader, CLIENT, "(n + 1)Δ", Terms::came_around).except(ALONE),
    U_OF_CLIENT.formula(Figure::All, CLIENT, "(n + q − 1)Δ", Terms::went_around),
    U_OF_CLIENT.formula(Figure::Client, CLIENT, "(n + 2)Δ", Terms::came_around).except(ALONE),
    U.formula(Figure::Messages, LEADER, "n + q − 2", Terms::went_around),
    U_FARTHEST.formula(Figure::Messages, FOLLOWER, "2n + q − 3", Terms::went_around_twice),
    U_OF_CLIENT.formula(Figure::Messages, CLIENT, "n + q", Terms::went_around),
];
