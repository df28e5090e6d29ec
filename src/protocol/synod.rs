//! The words that the Synod protocols share: message kinds and cells of stable storage (PTP §2; slides, "The Synod
//! Protocol"). Each protocol of the ladder takes from here what it speaks.

use super::{Field, Kind, KindInfo, Phase};

pub(super) const NEXT_BALLOT: Kind = Kind(0);
pub(super) const LAST_VOTE: Kind = Kind(1);
pub(super) const BEGIN_BALLOT: Kind = Kind(2);
pub(super) const VOTED: Kind = Kind(3);
pub(super) const SUCCESS: Kind = Kind(4);

/// In the order of the constants above.
pub(super) static KINDS: &[KindInfo] = &[
    KindInfo { name: "NextBallot", name_2001: "Prepare", phase: Phase::OneA },
    KindInfo { name: "LastVote", name_2001: "Promise", phase: Phase::OneB },
    KindInfo { name: "BeginBallot", name_2001: "Accept", phase: Phase::TwoA },
    KindInfo { name: "Voted", name_2001: "Accepted", phase: Phase::TwoB },
    KindInfo { name: "Success", name_2001: "Decide", phase: Phase::Three },
];

pub(super) const LAST_TRIED: Field = Field(0);
pub(super) const NEXT_BAL: Field = Field(1);
pub(super) const PREV_VOTE: Field = Field(2);
pub(super) const LEDGER: Field = Field(3);

/// In the order of the constants above.
pub(super) static FIELDS: &[&str] = &["lastTried", "nextBal", "prevVote", "ledger"];
