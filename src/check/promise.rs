//! Promise: a LastVote is true, and stays true.

use std::collections::BTreeMap;
use std::ops::Bound::Excluded;

use super::{Check, CheckInfo, Seen};
use crate::protocol::Fact;
use crate::trace::describe_vote;
use crate::types::{Ballot, Instance, NodeId};

pub(super) static INFO: CheckInfo = CheckInfo {
    name: "promise",
    title: "Promises are kept",
    statement: "LastVote(b, v) from q reports q’s highest vote below b, and q casts no vote between v and b afterwards.",
    source: "PTP §2.2 steps 1b and 2b; slides, “Phase 1b”",
    open: |trace| Box::new(Promise { given: vec![BTreeMap::new(); trace.scenario.nodes()] }),
};

struct Promise {
    /// For each node and number promised, the lowest number that was reported with it. In a good run no vote is below a
    /// number promised, so ordered by number there is nothing to look through.
    given: Vec<BTreeMap<(Instance, Ballot), Option<Ballot>>>,
}

impl Check for Promise {
    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), String> {
        let symbols = seen.symbols();
        match seen.fact() {
            Some((node, Fact::Promised(instance, ballot, reported))) => {
                let bound = reported.map(|vote| vote.ballot);
                let known = self.given[node.index()].entry((instance, ballot)).or_insert(bound);
                *known = (*known).min(bound);
                let truth = seen.beta.max_vote(instance, ballot, node);
                if truth == reported {
                    return Ok(());
                }
                let [reported, truth] = [reported, truth].map(|vote| describe_vote(symbols, vote));
                let (name, ballot) = (symbols.node(node), symbols.ballot(ballot));
                Err(format!("{name} reports {reported} to ballot {ballot}, but its highest earlier vote is {truth}"))
            }
            Some((node, Fact::Voted(instance, vote))) => {
                let next_instance = (Instance(instance.0 + 1), Ballot::new(1, NodeId(0)));
                let above = (Excluded((instance, vote.ballot)), Excluded(next_instance));
                let mut promises = self.given[node.index()].range(above);
                let broken = promises.find(|(_, reported)| **reported < Some(vote.ballot));
                let Some(((_, promised), _)) = broken else { return Ok(()) };
                let [ballot, promised] = [vote.ballot, *promised].map(|ballot| symbols.ballot(ballot));
                Err(format!("{} voted in {ballot}, although it had promised {promised}", symbols.node(node)))
            }
            _ => Ok(()),
        }
    }
}
