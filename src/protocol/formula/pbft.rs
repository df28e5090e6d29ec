//! The formulas of PBFT: what a command costs in a view whose primary is correct (OSDI'99 §4.2 and §5.1).

use super::{CLIENT, FOLLOWER, Figure, Formula, Group, LEADER, Terms, When};

impl Terms {
    /// The Δ from PRE-PREPARE until the primary is committed-local. A certificate needs q − 1 PREPAREs of backups, which takes
    /// 1Δ more for q ≥ 3 than a backup's own PREPARE takes.
    fn primary_committed(&self) -> Option<u64> {
        Some(self.votes.min(3)).map(|votes| if votes > 1 { votes } else { 0 })
    }

    /// The Δ from PRE-PREPARE until the last backup is committed-local.
    fn backups_committed(&self) -> Option<u64> {
        match self.votes {
            _ if self.acceptors == 1 || !self.is_plain => None,
            // The other backup that is missing is the primary, which is prepared only after 2Δ.
            2 if self.acceptors == 2 => Some(3),
            votes => Some(votes.clamp(1, 3)),
        }
    }

    /// The Δ from PRE-PREPARE until all are committed-local.
    fn all_committed(&self) -> Option<u64> {
        self.is_plain.then_some(())?;
        Some(self.primary_committed()?.max(self.backups_committed().unwrap_or(0)))
    }

    /// The Δ from PRE-PREPARE until so many replicas are committed-local that a client believes them.
    fn replies_committed(&self) -> Option<u64> {
        self.is_plain.then_some(())?;
        let (primary, backups) = (self.primary_committed()?, self.backups_committed());
        let Some(backups) = backups else { return Some(primary) };
        let first = if primary <= backups { 1 } else { self.acceptors - 1 };
        Some(if self.answers <= first { primary.min(backups) } else { primary.max(backups) })
    }

    /// The Δ from PRE-PREPARE until so many replicas are prepared, or committed-local, that a client believes them.
    fn replies_prepared(&self) -> Option<u64> {
        let primary = if self.votes > 1 { 2 } else { 0 };
        let backups = if self.votes > 2 { 2 } else { 1 };
        let first = if primary <= backups { 1 } else { self.acceptors - 1 };
        let needed = self.votes.max(self.answers);
        let prepared = if needed <= first { u64::min(primary, backups) } else { u64::max(primary, backups) };
        Some(if self.acceptors == 1 { primary } else { prepared }.min(self.replies_committed()?))
    }

    /// The messages: PRE-PREPARE to the backups, their PREPAREs to all, and the COMMITs of all to all.
    fn three_phases(&self) -> Option<u64> {
        self.is_plain.then_some(2 * self.acceptors * (self.acceptors - 1))
    }

    /// The same, and the replies to a client. One request and one reply are counted elsewhere.
    fn three_phases_of_client(&self) -> Option<u64> {
        Some(self.three_phases()? + self.acceptors - 1)
    }
}

const STEADY: Group =
    Group { when: When::View, source: "Practical Byzantine Fault Tolerance (1999), §4.2", scenario: "pbft-steady" };
const AT_PRIMARY: Group = STEADY.shown_by("pbft-at-the-primary");
const AT_BACKUP: Group = STEADY.shown_by("pbft-at-a-backup");
const TENTATIVELY: Group = Group { source: "Practical Byzantine Fault Tolerance (1999), §5.1", ..STEADY };

const COMMITTED: &[(&str, &str)] = &[("execution", "committed")];
const TENTATIVE: &[(&str, &str)] = &[("execution", "tentative")];

const FEW: &str = "less where q is 1 or 2, as with one to three replicas, of which none may lie";

/// The figures of a command in a view whose primary is correct.
pub(in crate::protocol) static PBFT: &[&[Formula]] = &[
    &[
        AT_PRIMARY.formula(Figure::All, LEADER, "3Δ", Terms::all_committed).except(FEW),
        AT_PRIMARY.formula(Figure::Leader, LEADER, "3Δ", Terms::primary_committed).except(FEW),
        AT_PRIMARY.formula(Figure::Client, LEADER, "3Δ", Terms::primary_committed).except(FEW),
        AT_PRIMARY.formula(Figure::Messages, LEADER, "2n(n − 1)", Terms::three_phases),
        AT_BACKUP.formula(Figure::All, FOLLOWER, "4Δ", Terms::all_committed).except(FEW),
        AT_BACKUP.formula(Figure::Messages, FOLLOWER, "2n(n − 1) + 1", Terms::three_phases),
    ],
    &[
        STEADY.formula(Figure::All, CLIENT, "4Δ", Terms::all_committed).except(FEW),
        STEADY.formula(Figure::Leader, CLIENT, "4Δ", Terms::primary_committed).except(FEW),
        STEADY.formula(Figure::Client, CLIENT, "5Δ", Terms::replies_committed).with(COMMITTED).except(FEW),
        TENTATIVELY.formula(Figure::Client, CLIENT, "4Δ", Terms::replies_prepared).with(TENTATIVE).except(FEW),
        STEADY.formula(Figure::Messages, CLIENT, "2n(n − 1) + n + 1", Terms::three_phases_of_client),
    ],
];
