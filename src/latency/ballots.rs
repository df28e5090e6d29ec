//! The outcomes of the ballots of a run: a ballot passes a new decree, passes again a decree that had passed before, or is
//! stopped by a setback.

use super::Notebook;
use super::fate::{Chosen, Fates, Setback};
use crate::trace::Trace;
use crate::types::Ballot;

/// A ballot that was tried and has not passed a decree.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Abandoned {
    /// The ballot's number.
    pub ballot: Ballot,
    /// The reason why it passed no decree.
    pub why: Setback,
}

/// The outcomes of the ballots of a run.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Ballots {
    /// How many ballots were tried.
    pub started: usize,
    /// The ballots that passed nothing.
    pub abandoned: Vec<Abandoned>,
    /// The decrees that are chosen and that no process has learned, by instance.
    pub unknown: Vec<Chosen>,
    /// The decrees that were chosen again by a later ballot, in the order of time, except where some process learned a
    /// decree by that later ballot.
    pub again: Vec<Chosen>,
    /// k: how many distinct larger ballots made a process refuse a ballot of another owner (PTP §2.4; the larger ballots
    /// were started before the owner of the refused ballot knew of them).
    pub stale: usize,
}

impl Notebook {
    /// The outcomes of the ballots in the events that have been read.
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
