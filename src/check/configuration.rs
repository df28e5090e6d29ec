//! One configuration: who is a member of an instance follows from the decrees before it, and from nothing else.
//!
//! B2 says that any two quorums meet. Where decrees change the members, two majorities meet only if they are majorities of
//! the same members, so this check recomputes conf(I) from the decrees that were learned.

use super::known::Known;
use super::{Check, CheckInfo, Seen};
use crate::protocol::{Basis, Fact, Said};
use crate::types::Renaming;

pub(super) static INFO: CheckInfo = CheckInfo {
    name: "one-configuration",
    title: "One configuration an instance",
    statement: "The configuration of instance I follows from the {decrees} up to I − α: whoever uses it knows these {decrees} and \
                names the same members, and a {ballot} of the instance begins with the promises of a majority of them.",
    further: &[],
    source: "Lamport and Massa, Cheap Paxos (DSN 2004); PTP §3.3.6",
    applies: |scenario| scenario.setup.changes.is_some(),
    open: |scenario| Box::new(OneConfiguration { known: Known::new(scenario.nodes()) }),
};

#[derive(Clone, Hash)]
struct OneConfiguration {
    known: Known,
}

impl Check for OneConfiguration {
    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Said> {
        let Some((node, fact)) = seen.fact() else { return Ok(()) };
        self.known.observe(node, fact);
        let (instance, stated, quorum) = match fact {
            Fact::Configured(from, configuration) => (from, Some(configuration), None),
            Fact::Began { instance, basis: Basis::Promises(quorum), .. } => (instance, None, Some(quorum)),
            _ => return Ok(()),
        };
        let (setup, symbols) = (&seen.scenario.setup, seen.symbols());
        let Some(delay) = setup.changes.as_ref().map(|changes| changes.delay) else { return Ok(()) };
        let name = symbols.node(node);
        let reached = self.known.reached(node);
        if reached.saturating_add(delay) < instance.0 {
            let missing = reached + 1;
            let verb = if stated.is_some() { "uses a configuration for" } else { "began" };
            return Err(Said::of(|words| {
                format!("{name} {verb} instance {}, but it does not know the {} of {missing}", instance.0, words.decree)
            }));
        }
        let Some(truth) = seen.configurations.of(setup, instance) else { return Ok(()) };
        let members = symbols.set(truth.members());
        if stated.is_some_and(|stated| stated != truth) {
            let stated = symbols.set(stated.unwrap_or(truth).members());
            return Err(Said::of(|words| {
                format!(
                    "{name} says that the members of instance {} are {stated}, but by the {} before it they are {members}",
                    instance.0, words.decrees
                )
            }));
        }
        match quorum.filter(|quorum| !truth.majority().is_quorum(*quorum)) {
            Some(quorum) => Err(format!(
                "{name} began instance {} with the promises of {}, which are no majority of {members}",
                instance.0,
                symbols.set(quorum)
            )
            .into()),
            None => Ok(()),
        }
    }

    fn rename(&mut self, names: &Renaming) {
        self.known.rename(names);
    }
}
