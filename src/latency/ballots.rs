//! What became of the ballots of a run: a ballot passes a new decree, passes a decree again that had passed before, or
//! is stopped by something.

use super::Notebook;
use super::fate::{Chosen, Fates, Setback};
use crate::trace::Trace;
use crate::types::Ballot;

/// A ballot that was tried and has not passed a decree.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Abandoned {
    /// Its number.
    pub ballot: Ballot,
    /// What stopped it.
    pub why: Setback,
}

/// What became of the ballots of a run.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Ballots {
    /// How many were tried.
    pub started: usize,
    /// Those that passed nothing.
    pub abandoned: Vec<Abandoned>,
    /// Decrees that are chosen and that nobody has learned, by instance.
    pub unknown: Vec<Chosen>,
    /// Decrees that were chosen again by a later ballot, in the order of time; those by which somebody learned a decree are
    /// left out.
    pub again: Vec<Chosen>,
    /// k: distinct larger ballots of others that refused a ballot (PTP §2.4; they were started before its own process
    /// knew of them).
    pub stale: usize,
}

impl Notebook {
    /// What became of the ballots in what has been read.
    pub fn ballots(&self, trace: &Trace) -> Ballots {
        let Fates { tried, of, chosen, again, .. } = &self.fates;
        let failed = |ballot: &Ballot| of.get(ballot).filter(|fate| !fate.learned && !fate.has_passed());
        let abandoned = |ballot: &Ballot| {
            let why = self.fates.setback(trace, *ballot, failed(ballot)?);
            Some(Abandoned { ballot: *ballot, why })
        };
        let is_unknown = |chosen: &Chosen| !self.is_decided(chosen.instance, chosen.vote.value);
        let has_taught = |ballot: Ballot| of.get(&ballot).is_some_and(|fate| fate.learned);
        Ballots {
            started: tried.len(),
            abandoned: tried.iter().filter_map(abandoned).collect(),
            unknown: chosen.entries().iter().map(|(_, chosen)| *chosen).filter(is_unknown).collect(),
            again: again.iter().filter(|chosen| !has_taught(chosen.vote.ballot)).copied().collect(),
            stale: of.entries().iter().filter(|(_, fate)| fate.stale).count(),
        }
    }
}
