//! Validity: every decree in a ballot, a vote or a ledger was proposed by somebody.

use super::{Check, CheckInfo, Seen, has_liars};
use crate::protocol::{Fact, Said};
use crate::scenario::{Act, Lie, Scenario};
use crate::tongue::{key, say};
use crate::trace::What;
use crate::types::Value;

pub(super) static INFO: CheckInfo = CheckInfo {
    name: "validity",
    title: key!("Validity"),
    statement: key!(
        "Every {decree} of a {ballot}, {a_vote} or a {ledger} was proposed before, or changes nothing \
                ({an_olive_day_decree}), or changes the configuration."
    ),
    further: &[(has_liars, key!("What a liar makes up counts as proposed."))],
    source: "slides, “Definition”",
    applies: |_| true,
    open: |scenario| {
        let mut proposed = vec![false; scenario.symbols.values.len()];
        said_by_liars(scenario).for_each(|value| proposed[value.0 as usize] = true);
        Box::new(Validity { proposed })
    },
};

/// The values that liars make up: nobody can keep a liar from proposing them.
fn said_by_liars(scenario: &Scenario) -> impl Iterator<Item = Value> {
    let liars = scenario.setup.cast.liars;
    let forged = scenario.rules.iter().filter_map(|rule| match rule.lie() {
        Some(Lie::Says(value)) => Some(*value),
        _ => None,
    });
    let injected = scenario.acts.iter().filter_map(move |planned| match &planned.act {
        Act::Inject(injection) if liars.contains(injection.link.from) => injection.value,
        _ => None,
    });
    forged.chain(injected)
}

#[derive(Clone, Hash)]
struct Validity {
    /// For each value, whether somebody has proposed it.
    proposed: Vec<bool>,
}

/// What a process did with a decree.
enum Sort {
    Began,
    Voted,
    Learned,
}

impl Check for Validity {
    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Said> {
        let (node, sort, value) = match *seen.what {
            What::Acted(_, Act::Propose(_, value)) => {
                self.proposed[value.0 as usize] = true;
                return Ok(());
            }
            What::Stated(node, Fact::Began { value: Some(value), .. }) => (node, Sort::Began, value),
            What::Stated(node, Fact::Voted(_, vote)) => (node, Sort::Voted, vote.value),
            What::Stated(node, Fact::Learned(_, vote)) => (node, Sort::Learned, vote.value),
            _ => return Ok(()),
        };
        let is_made_up = |value: &&Value| {
            seen.scenario.setup.is_command(**value) && self.proposed.get(value.0 as usize) != Some(&true)
        };
        let commands = value.commands();
        let Some(value) = commands.iter().find(is_made_up).copied() else { return Ok(()) };
        let symbols = seen.symbols();
        Err(Said::of(|words| {
            let (name, value) = (symbols.node(node), symbols.value(value));
            let (ballot, voted_for) = (words.ballot, words.voted_for);
            match sort {
                Sort::Began => say!("{name} began a {ballot} for “{value}”, which nobody has proposed"),
                Sort::Voted => say!("{name} {voted_for} “{value}”, which nobody has proposed"),
                Sort::Learned => say!("{name} learned “{value}”, which nobody has proposed"),
            }
        }))
    }
}
