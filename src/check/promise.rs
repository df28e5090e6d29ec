//! Promise: a LastVote is true, and stays true.

use super::{Check, CheckInfo, Seen};
use crate::protocol::Fact;
use crate::trace::describe_vote;
use crate::types::{Ballot, Instance};

pub(super) static INFO: CheckInfo = CheckInfo {
    name: "promise",
    title: "Promises are kept",
    statement: "LastVote(b, v) from q reports q’s highest vote below b, and q casts no vote between v and b afterwards.",
    source: "PTP §2.2 steps 1b and 2b; slides, “Phase 1b”",
    open: |trace| Box::new(Promise { given: vec![Vec::new(); trace.scenario.nodes()] }),
};

struct Promise {
    /// For each node, its promises: the instance, the number reported and the number promised.
    given: Vec<Vec<(Instance, Option<Ballot>, Ballot)>>,
}

impl Check for Promise {
    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), String> {
        let symbols = seen.symbols();
        match seen.fact() {
            Some((node, Fact::Promised(instance, ballot, reported))) => {
                self.given[node.index()].push((instance, reported.map(|vote| vote.ballot), ballot));
                let truth = seen.beta.max_vote(instance, ballot, node);
                if truth == reported {
                    return Ok(());
                }
                let [reported, truth] = [reported, truth].map(|vote| describe_vote(symbols, vote));
                let (name, ballot) = (symbols.node(node), symbols.ballot(ballot));
                Err(format!("{name} reports {reported} to ballot {ballot}, but its highest earlier vote is {truth}"))
            }
            Some((node, Fact::Voted(instance, vote))) => {
                let broken = |(place, reported, promised): &&(Instance, Option<Ballot>, Ballot)| {
                    *place == instance && *reported < Some(vote.ballot) && vote.ballot < *promised
                };
                let Some((_, _, promised)) = self.given[node.index()].iter().find(broken) else { return Ok(()) };
                let [ballot, promised] = [vote.ballot, *promised].map(|ballot| symbols.ballot(ballot));
                Err(format!("{} voted in {ballot}, although it had promised {promised}", symbols.node(node)))
            }
            _ => Ok(()),
        }
    }
}
