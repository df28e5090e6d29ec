//! B3 where processes may lie and a view begins with signed certificates: what can have been committed in an earlier view, or
//! can still be, is what a later view carries in the same place.
//!
//! A value can be committed in a view if a quorum may send COMMIT for it: the correct processes that have done so, those that
//! have not left the view and have sent no other COMMIT in it, and the liars.

use super::super::{Check, Seen};
use crate::protocol::{Fact, Said};
use crate::quorum::Purpose;
use crate::tongue::say;
use crate::types::{Ballot, Instance, NodeId, NodeSet, Renaming, Sorted, Vote};

#[derive(Clone, Hash)]
pub(super) struct Carried {
    /// For each process, the largest ballot that it has promised: it has left all smaller ones.
    promised: Vec<Option<Ballot>>,
    /// What some correct process has accepted as the value of a ballot in an instance.
    carried: Sorted<(Instance, Vote), ()>,
}

impl Carried {
    pub(super) fn new(nodes: usize) -> Self {
        Self { promised: vec![None; nodes], carried: Sorted::default() }
    }

    /// Whether this earlier vote allows that the ballot carries this value.
    fn allows(&self, seen: &Seen<'_>, instance: Instance, earlier: Vote, carried: Vote) -> Result<(), Said> {
        let cast = &seen.scenario.setup.cast;
        let voters = seen.beta.voters(instance, earlier);
        let may_follow = |node: &NodeId| {
            self.promised[node.index()] <= Some(earlier.ballot)
                && seen.beta.other_vote(instance, earlier, *node).is_none()
        };
        let undecided: NodeSet = cast.acceptors.iter().filter(may_follow).collect();
        let possible = voters.union(undecided).union(cast.liars);
        if earlier.value == carried.value || !seen.is_quorum(Purpose::Pass, (earlier.ballot, instance), possible) {
            return Ok(());
        }
        let symbols = seen.symbols();
        let [this, that] = [carried.ballot, earlier.ballot].map(|ballot| symbols.ballot(ballot));
        let (place, voters) = (instance.0, symbols.set(voters));
        Err(Said::of(|words| {
            let [carried, must] = [carried.value, earlier.value].map(|value| words.value(symbols, value));
            let (ballot, can, voted_for) = (words.ballot, words.can_have_passed, words.voted_for);
            say!(
                "{ballot} {this} carries “{carried}” as number {place}, but “{must}” {can} in {that}: {voters} {voted_for} it"
            )
        }))
    }
}

impl Check for Carried {
    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Said> {
        match seen.fact() {
            Some((node, Fact::Promised(_, ballot, _) | Fact::PromisedFrom(_, ballot))) => {
                let promised = &mut self.promised[node.index()];
                *promised = (*promised).max(Some(ballot));
                Ok(())
            }
            Some((
                _,
                Fact::Began { instance, ballot, value: Some(value), .. }
                | Fact::Believed { instance, ballot, value, .. },
            )) => {
                let carried = Vote { ballot, value };
                self.carried.set((instance, carried), ());
                let below = seen.beta.votes_below(instance, ballot);
                below.into_iter().try_for_each(|earlier| self.allows(seen, instance, earlier, carried))
            }
            Some((_, Fact::Voted(instance, vote))) => {
                let later = self.carried.from(&(instance, vote)).iter().map(|((of, carried), ())| (*of, *carried));
                let mut later =
                    later.take_while(|(of, _)| *of == instance).filter(|(_, carried)| carried.ballot > vote.ballot);
                later.try_for_each(|(_, carried)| self.allows(seen, instance, vote, carried))
            }
            _ => Ok(()),
        }
    }

    fn rename(&mut self, names: &Renaming) {
        names.permute(&mut self.promised);
    }
}
