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
    /// For each node its promises: the number promised and the number reported with it, in order. In a good run no vote is
    /// below a number promised, so there is nothing to look through.
    given: Vec<Vec<(Instance, Ballot, Option<Ballot>)>>,
}

impl Check for Promise {
    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), String> {
        let symbols = seen.symbols();
        match seen.fact() {
            Some((node, Fact::Promised(instance, ballot, reported))) => {
                let given = &mut self.given[node.index()];
                let promise = (instance, ballot, reported.map(|vote| vote.ballot));
                let place = given.partition_point(|known| *known < promise);
                given.insert(place, promise);
                let truth = seen.beta.max_vote(instance, ballot, node);
                if truth == reported {
                    return Ok(());
                }
                let [reported, truth] = [reported, truth].map(|vote| describe_vote(symbols, vote));
                let (name, ballot) = (symbols.node(node), symbols.ballot(ballot));
                Err(format!("{name} reports {reported} to ballot {ballot}, but its highest earlier vote is {truth}"))
            }
            Some((node, Fact::Voted(instance, vote))) => {
                let given = &self.given[node.index()];
                let above =
                    given.partition_point(|(place, promised, _)| (*place, *promised) <= (instance, vote.ballot));
                let mut promises = given[above..].iter().take_while(|(place, ..)| *place == instance);
                let broken = promises.find(|(.., reported)| *reported < Some(vote.ballot));
                let Some((_, promised, _)) = broken else { return Ok(()) };
                let [ballot, promised] = [vote.ballot, *promised].map(|ballot| symbols.ballot(ballot));
                Err(format!("{} voted in {ballot}, although it had promised {promised}", symbols.node(node)))
            }
            _ => Ok(()),
        }
    }
}
