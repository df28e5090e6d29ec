//! Evidence: no process learns a decree that was not passed.

use std::hash::{Hash, Hasher};

use super::{Check, CheckInfo, Seen};
use crate::protocol::{Fact, Said};
use crate::quorum::Purpose;
use crate::types::{Ballot, Instance, NodeId, Sorted, Value, Vote};

pub(super) static INFO: CheckInfo = CheckInfo {
    name: "learned-only-if-chosen",
    title: "Learned only if chosen",
    statement: "When a process learns a {decree}, a quorum has {voted_for} it in one and the same {ballot}.",
    further: &[],
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
                    format!("{node} learned “{part}”, for which no quorum {} in one {}", words.voted, words.ballot)
                }));
            }
            self.parts.set(part, ());
        }
        Ok(())
    }
}

/// The hash is empty, because this memory only spares the check a second search of the votes.
impl Hash for Evidence {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

impl Check for Evidence {
    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Said> {
        let Some((node, Fact::Learned(instance, vote))) = seen.fact() else { return Ok(()) };
        if self.chosen.get(&instance) == Some(&vote) {
            return Ok(());
        }
        if vote.value.is_history() {
            return self.all_parts(seen, node, instance, vote.value);
        }
        let voters = seen.beta.voters(instance, vote);
        // A liar may have told this process that it voted, and told others something else.
        let heard = voters.union(seen.scenario.setup.cast.liars);
        if seen.is_quorum(Purpose::Pass, (vote.ballot, instance), heard) {
            self.chosen.set(instance, vote);
            return Ok(());
        }
        let symbols = seen.symbols();
        let (node, value, number) = (symbols.node(node), symbols.value(vote.value), symbols.ballot(vote.ballot));
        let voters = if voters.is_empty() { "nobody".to_owned() } else { format!("only {}", symbols.set(voters)) };
        Err(Said::of(|words| {
            format!("{node} learned “{value}” by {} {number}, in which {voters} {} it", words.ballot, words.voted_for)
        }))
    }
}
