//! Why the configuration changes, why an auxiliary process forgets, and why a leader waits for decrees (Cheap Paxos).

use super::super::Step;
use crate::protocol::{Configuration, Guard};
use crate::tongue::say;
use crate::trace::{Envelope, What};
use crate::types::{Instance, NodeId, NodeSet};
use crate::view::events::names;

impl Step<'_> {
    /// A change of the configuration has passed, or a process takes one as passed.
    pub(super) fn configured(&self, node: NodeId, from: Instance, configuration: Configuration) -> String {
        let (name, setup) = (self.name(node), &self.trace.scenario.setup);
        let delay = setup.changes.as_ref().map_or(1, |changes| changes.delay);
        let decided = from.0.saturating_sub(delay);
        let executed = self.events.clone().any(
            |event| matches!(&event.what, What::Applied(who, applied) if *who == node && applied.instance.0 == decided),
        );
        let why = if executed {
            say!(
                "The {decree} of instance {decided} changes who is a member, and it is in force {delay} later",
                decree = self.words.decree
            )
        } else {
            say!(
                "{name} takes its own proposal of instance {decided} as passed, because “change-decided” is switched off"
            )
        };
        let members = configuration.members();
        let need = configuration.majority().need();
        say!(
            "{why}: from instance {from} on the members are {list}, and a quorum is {need}.",
            from = from.0,
            list = self.list(members)
        )
    }

    /// Why a process goes on that has heard of fewer processes than a quorum of the members: a rule is off.
    pub(super) fn too_few(&self, node: NodeId, instance: Instance) -> String {
        let keeps = |rule: &Guard| self.trace.scenario.setup.keeps(*rule);
        let off = [Guard::WholeQuorum, Guard::ChangeDecided].into_iter().find(|rule| !keeps(rule));
        let why = off.map_or_else(
            || {
                say!(
                    "{node} knows other {decrees} before it than those that were {passed} first",
                    node = self.name(node),
                    decrees = self.words.decrees,
                    passed = self.words.passed
                )
            },
            |rule| say!("the rule “{name}” is switched off", name = rule.info().name),
        );
        say!("which is no quorum of the members of instance {instance}; but {why}", instance = instance.0)
    }

    /// A message of a kind that only its own protocol has.
    pub(super) fn said(&self, envelope: &Envelope, kind: &str, says: &str) -> String {
        let (from, to, place) = (self.name(envelope.from), self.name(envelope.to), envelope.message.instance.0);
        let answers = self.events.clone().any(|event| match event.what {
            What::Sent(id) => self.trace.message(id).to == envelope.from,
            _ => false,
        });
        let then = if answers { say!(" {to} answers.") } else { String::new() };
        say!("{from} sends {kind} of instance {place}: {says}.{then}")
    }

    /// An auxiliary process drops its votes.
    pub(super) fn forgot(&self, node: NodeId, last: Instance) -> String {
        let (name, last) = (self.name(node), last.0);
        let (decrees, votes) = (self.words.decrees, self.words.votes);
        if !self.trace.scenario.setup.keeps(Guard::MainsKnow) {
            return say!(
                "The leader knows the {decrees} up to instance {last}, and “mains-know” is switched off: {name} drops its \
                 {votes}, whether other main processes know the {decrees} or not."
            );
        }
        say!(
            "Whoever may lead finds the {decrees} up to instance {last} in the {ledger} of a main process, so {name} needs its \
             {votes} there no more.",
            ledger = self.words.ledger
        )
    }

    /// A quorum has promised, but an auxiliary process has closed instances that the leader does not know.
    pub(super) fn blocked(&self, node: NodeId, last: Instance) -> String {
        let (name, last) = (self.name(node), last.0);
        say!(
            "A quorum has promised, but an auxiliary process has forgotten its {votes} up to instance {last}. What was {passed} there \
             stands in {ledgers} of main processes only, so {name} begins nothing before one of them has told it.",
            votes = self.words.votes,
            passed = self.words.passed,
            ledgers = self.words.ledgers
        )
    }

    fn list(&self, set: NodeSet) -> String {
        names(&self.trace.scenario.symbols, set.iter())
    }
}
