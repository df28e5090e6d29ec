//! The sentences on ids and on the votes that travel along a ring.

use paxos_playground::protocol::{Fact, ValueId};
use paxos_playground::types::NodeId;

use super::truths::Step;

impl Step<'_> {
    fn id(&self, id: ValueId) -> String {
        format!("{}#{}", self.name(id.by), id.number)
    }

    pub(crate) fn restated_ring(&self, node: NodeId, fact: Fact) -> String {
        let name = self.name(node);
        match fact {
            Fact::Named(id, value) => format!("{name} gives the id {} to {}.", self.id(id), self.value(value)),
            Fact::Gathered { instance, ballot, id, voters } => {
                let (count, by, place) = (voters.len(), self.names(voters), self.place(instance));
                let votes = if count == 1 { "vote" } else { "votes" };
                let (id, ballot) = (self.id(id), self.ballot(ballot));
                format!("{name} has gathered {count} {votes} for the id {id} in {ballot}{place}: of {by}.")
            }
            _ => unreachable!("not a fact about a ring"),
        }
    }
}
