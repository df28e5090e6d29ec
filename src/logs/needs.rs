//! Which facts a check needs before its silence means that all is well. Without them a check is not asked: a log without a
//! single `began` would otherwise be a log of votes that nobody began.

/// Something that a log may state.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Stated {
    Asked,
    Promised,
    Began,
    /// On whose promises a ballot rests.
    Quorum,
    Voted,
    Learned,
    Applied,
    /// A fingerprint of the state after an entry of the ledger.
    State,
}

impl Stated {
    /// How a log writes it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Promised => "promised",
            Self::Began => "began",
            Self::Quorum => "began with quorum",
            Self::Voted => "voted",
            Self::Learned => "learned",
            Self::Applied => "applied",
            Self::State => "applied with state",
        }
    }
}

/// What each check needs, by its name in reports.
pub(super) static NEEDS: &[(&str, &[Stated])] = &[
    ("B1", &[Stated::Began]),
    ("B2", &[Stated::Quorum]),
    ("B3", &[Stated::Quorum, Stated::Voted]),
    ("agreement", &[Stated::Learned]),
    ("validity", &[Stated::Asked]),
    ("voted-only-if-begun", &[Stated::Began, Stated::Voted]),
    ("learned-only-if-chosen", &[Stated::Learned, Stated::Voted]),
    ("promise", &[Stated::Promised, Stated::Voted]),
    ("monotone", &[Stated::Voted]),
    ("ordering", &[Stated::Voted, Stated::Learned]),
    ("prefix", &[Stated::Applied]),
    ("at-most-once", &[Stated::Applied]),
    ("state", &[Stated::State]),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::CHECKS;

    #[test]
    fn every_name_is_a_check() {
        for (name, needs) in NEEDS {
            assert!(CHECKS.iter().any(|check| check.name == *name), "{name}");
            assert!(!needs.is_empty(), "{name}");
        }
    }
}
