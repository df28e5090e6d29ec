//! Forgetting: an auxiliary process drops votes only when nobody who may lead can need them any more.

use super::known::Known;
use super::{Check, CheckInfo, Seen};
use crate::protocol::{Fact, Said};
use crate::tongue::{key, say};
use crate::types::{Instance, Renaming};

pub(super) static INFO: CheckInfo = CheckInfo {
    name: "forgotten-only-if-known",
    title: key!("Forgotten only if known"),
    statement: key!(
        "When an auxiliary process forgets its {votes} up to instance j, every main process of the configuration that \
                follows from the {decrees} 1 to j has these {decrees} in its {ledger}."
    ),
    further: &[],
    source: "Lamport and Massa, Cheap Paxos (DSN 2004)",
    applies: |scenario| scenario.setup.changes.is_some(),
    open: |scenario| Box::new(Forgetting { known: Known::new(scenario.nodes()) }),
};

#[derive(Clone, Hash)]
struct Forgetting {
    known: Known,
}

impl Check for Forgetting {
    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Said> {
        let Some((node, fact)) = seen.fact() else { return Ok(()) };
        self.known.observe(node, fact);
        let Fact::Forgot(last) = fact else { return Ok(()) };
        let setup = &seen.scenario.setup;
        let delay = setup.changes.as_ref().map_or(0, |changes| changes.delay);
        let in_force = seen.configurations.of(setup, Instance(last.0.saturating_add(delay)));
        let mains = in_force.map(|configuration| configuration.mains).unwrap_or_default();
        let Some(ignorant) = mains.iter().find(|main| self.known.reached(*main) < last.0) else { return Ok(()) };
        let symbols = seen.symbols();
        let missing = self.known.reached(ignorant) + 1;
        let [name, ignorant] = [node, ignorant].map(|node| symbols.node(node));
        Err(Said::of(|words| {
            say!(
                "{name} forgot its {votes} up to instance {last}, but {ignorant} does not know the {decree} of {missing}",
                votes = words.votes,
                last = last.0,
                decree = words.decree
            )
        }))
    }

    fn rename(&mut self, names: &Renaming) {
        self.known.rename(names);
    }
}
