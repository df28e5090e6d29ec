//! The words that the Synod protocols share: message kinds, cells of stable storage, and the two choices of a leader, its
//! ballot's number and its decree (PTP §2; slides, "The Synod Protocol"). Each protocol of the ladder takes from here what
//! it speaks.

use super::{Carries, Field, FieldInfo, Guard, Kind, KindInfo, Phase, Setup};
use crate::types::{Ballot, NodeId, Value, Vote};

pub(super) const NEXT_BALLOT: Kind = Kind(0);
pub(super) const LAST_VOTE: Kind = Kind(1);
pub(super) const BEGIN_BALLOT: Kind = Kind(2);
pub(super) const VOTED: Kind = Kind(3);
pub(super) const SUCCESS: Kind = Kind(4);

/// In the order of the constants above.
pub(super) static KINDS: &[KindInfo] = &[
    kind("NextBallot", "Prepare", Phase::OneA, Carries::Nothing),
    kind("LastVote", "Promise", Phase::OneB, Carries::LastVote),
    kind("BeginBallot", "Accept", Phase::TwoA, Carries::Value),
    kind("Voted", "Accepted", Phase::TwoB, Carries::Nothing),
    kind("Success", "Decide", Phase::Three, Carries::Value),
];

pub(super) const LAST_TRIED: Field = Field(0);
pub(super) const NEXT_BAL: Field = Field(1);
pub(super) const PREV_VOTE: Field = Field(2);
pub(super) const LEDGER: Field = Field(3);

/// In the order of the constants above.
pub(super) static FIELDS: &[FieldInfo] = &[cell("lastTried"), cell("nextBal"), cell("prevVote"), cell("ledger")];

/// The rules of a single decree that can be switched off.
pub(super) static GUARDS: &[Guard] =
    &[Guard::Promise, Guard::MaxVote, Guard::Highest, Guard::Majority, Guard::UniqueBallots, Guard::Memory];

pub(super) const fn kind(name: &'static str, name_2001: &'static str, phase: Phase, carries: Carries) -> KindInfo {
    KindInfo { name, name_2001, phase, carries, is_sweeping: false }
}

pub(super) const fn cell(name: &'static str) -> FieldInfo {
    FieldInfo { name, is_list: false }
}

pub(super) const fn list(name: &'static str) -> FieldInfo {
    FieldInfo { name, is_list: true }
}

/// Step 1a: the next number of one's own above all that were seen.
pub(super) fn ballot_above(setup: &Setup, seen: Option<Ballot>, me: NodeId) -> Ballot {
    Ballot::above(seen, if setup.keeps(Guard::UniqueBallots) { me } else { NodeId(0) })
}

/// What a quorum's LastVotes report of one instance.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub(super) struct Reported {
    lowest: Option<Vote>,
    highest: Option<Vote>,
}

impl Reported {
    /// Takes in one report, null or a vote.
    pub(super) fn add(&mut self, vote: Option<Vote>) {
        self.highest = self.highest.max(vote);
        self.lowest = self.lowest.or(vote).min(vote.or(self.lowest));
    }

    /// Step 2a: the decree of the highest reported vote, or one's own wish when nobody in Q has voted. That is B3.
    pub(super) fn choose(self, setup: &Setup, wish: Option<Value>) -> Option<Value> {
        let reported = if setup.keeps(Guard::Highest) { self.highest } else { self.lowest };
        let reported = reported.map(|vote| vote.value);
        if setup.keeps(Guard::MaxVote) { reported.or(wish) } else { wish.or(reported) }
    }
}
