//! Evidence: no process learns a decree that was not passed.

use std::hash::{Hash, Hasher};

use super::{Check, CheckInfo, Seen, is_vouched};
use crate::protocol::{Fact, Said};
use crate::quorum::Purpose;
use crate::tongue::{key, say};
use crate::types::{Ballot, Instance, NodeId, NodeSet, Renaming, Sorted, Value, Vote};

pub(super) static INFO: CheckInfo = CheckInfo {
    name: "learned-only-if-chosen",
    title: key!("Learned only if chosen"),
    statement: key!("When a process learns a {decree}, a quorum has {voted_for} it in one and the same {ballot}."),
    further: &[(
        is_vouched,
        key!(
            "A liar’s {vote} counts for whatever it is said to be for; and enough certificates for one {decree} in one {ballot} \
         are evidence, too."
        ),
    )],
    source: "slides, “Definition”; PTP §2.2 step 3",
    applies: |_| true,
    open: |_| Box::<Evidence>::default(),
};

/// For each instance, the last vote that the check found a quorum for. The check remembers it because votes stay, and
/// because every process learns the same decree.
#[derive(Clone, Default)]
struct Evidence {
    chosen: Sorted<Instance, Vote>,
    /// Of histories, the parts that the check found a quorum for.
    parts: Sorted<Value, ()>,
    /// The processes that have a certificate for each vote.
    certified: Sorted<(Instance, Vote), NodeSet>,
}

impl Evidence {
    /// Of a history, a quorum must have voted for each smallest part that has a command, each in some ballot.
    fn all_parts(&mut self, seen: &Seen<'_>, node: NodeId, instance: Instance, value: Value) -> Result<(), Said> {
        let setup = &seen.scenario.setup;
        let liars = setup.cast.liars;
        for part in setup.parts(value) {
            if self.parts.get(&part).is_some() {
                continue;
            }
            let has_passed = |ballot: &Ballot| {
                let voters = seen.beta.supporters(setup, instance, Vote { ballot: *ballot, value: part });
                seen.is_quorum(Purpose::Pass, (*ballot, instance), voters.union(liars))
            };
            if !seen.beta.voted(instance).iter().any(has_passed) {
                let symbols = seen.symbols();
                let (node, part) = (symbols.node(node), symbols.value(part));
                return Err(Said::of(|words| {
                    let (voted, ballot) = (words.voted, words.ballot);
                    say!("{node} learned “{part}”, for which no quorum {voted} in one {ballot}")
                }));
            }
            self.parts.set(part, ());
        }
        Ok(())
    }
}

/// The hash leaves out what only spares the check a second search of the votes.
impl Hash for Evidence {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.certified.entries().iter().for_each(|entry| entry.hash(hasher));
    }
}

impl Check for Evidence {
    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Said> {
        if let Some((node, Fact::Certified(instance, vote, _))) = seen.fact() {
            self.certified.entry((instance, vote), || NodeSet::EMPTY).insert(node);
        }
        let Some((node, Fact::Learned(instance, vote))) = seen.fact() else { return Ok(()) };
        if self.chosen.get(&instance) == Some(&vote) {
            return Ok(());
        }
        if vote.value.is_history() {
            return self.all_parts(seen, node, instance, vote.value);
        }
        let voters = seen.beta.voters(instance, vote);
        // A liar may have told this process that it voted, and told others something else.
        let liars = seen.scenario.setup.cast.liars;
        let (heard, place) = (voters.union(liars), (vote.ballot, instance));
        let certified = self.certified.get(&(instance, vote)).map_or(liars, |by| by.union(liars));
        let is_certified = is_vouched(&seen.scenario.setup) && seen.is_quorum(Purpose::Certify, place, certified);
        if is_certified || seen.is_quorum(Purpose::Pass, place, heard) {
            self.chosen.set(instance, vote);
            return Ok(());
        }
        let symbols = seen.symbols();
        let (node, value, number) = (symbols.node(node), symbols.value(vote.value), symbols.ballot(vote.ballot));
        Err(Said::of(|words| {
            let (ballot, voted_for) = (words.ballot, words.voted_for);
            if voters.is_empty() {
                return say!("{node} learned “{value}” by {ballot} {number}, in which nobody {voted_for} it");
            }
            let voters = symbols.set(voters);
            say!("{node} learned “{value}” by {ballot} {number}, in which only {voters} {voted_for} it")
        }))
    }

    fn rename(&mut self, names: &Renaming) {
        for (key, by) in std::mem::take(&mut self.certified).into_entries() {
            self.certified.set(key, by.renamed(names));
        }
    }
}
