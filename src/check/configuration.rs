//! One configuration: who is a member of an instance follows from the decrees before it, and from nothing else.
//!
//! B2 says that any two quorums meet. Where decrees change the members, two majorities meet only if they are majorities of
//! the same members, so this check recomputes conf(I) from the decrees that were learned.

use super::known::Known;
use super::{Check, CheckInfo, Seen};
use crate::protocol::{Basis, Fact, Said};
use crate::tongue::{key, say};
use crate::types::Renaming;

pub(super) static INFO: CheckInfo = CheckInfo {
    name: "one-configuration",
    title: key!("One configuration an instance"),
    statement: key!(
        "The configuration of instance I follows from the {decrees} up to I − α: whoever uses it knows these {decrees} and \
                names the same members, and a {ballot} of the instance begins with the promises of a majority of them."
    ),
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
            let (instance, uses) = (instance.0, stated.is_some());
            return Err(Said::of(|words| {
                let decree = words.decree;
                if uses {
                    say!(
                        "{name} uses a configuration for instance {instance}, but it does not know the {decree} of {missing}"
                    )
                } else {
                    say!("{name} began instance {instance}, but it does not know the {decree} of {missing}")
                }
            }));
        }
        let Some(truth) = seen.configurations.of(setup, instance) else { return Ok(()) };
        let members = symbols.set(truth.members());
        if stated.is_some_and(|stated| stated != truth) {
            let stated = symbols.set(stated.unwrap_or(truth).members());
            return Err(Said::of(|words| {
                say!(
                    "{name} says that the members of instance {instance} are {stated}, but by the {decrees} before it they \
                     are {members}",
                    instance = instance.0,
                    decrees = words.decrees
                )
            }));
        }
        match quorum.filter(|quorum| !truth.majority().is_quorum(*quorum)) {
            Some(quorum) => Err(say!(
                "{name} began instance {instance} with the promises of {quorum}, which are no majority of {members}",
                instance = instance.0,
                quorum = symbols.set(quorum)
            )
            .into()),
            None => Ok(()),
        }
    }

    fn rename(&mut self, names: &Renaming) {
        self.known.rename(names);
    }
}
