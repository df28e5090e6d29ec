//! What a search knows of its liars before it begins, and of which ballots and instances messages have spoken. `lies` says what
//! the liars can do with that.

use std::sync::Arc;

use super::moves::Lying;
use crate::protocol::{Guard, Kind, Message};
use crate::scenario::{Act, Lie, Rule, Scenario};
use crate::types::{Ballot, NodeId, NodeSet, Value};

/// Liars invent messages about ballots with a number up to this one.
pub(super) const BALLOT_MAX: u32 = 16;
/// Liars invent messages about instances up to this one.
const INSTANCE_MAX: u32 = 255;

/// What a search knows of its liars.
#[derive(Debug)]
pub(super) struct Lies {
    pub(super) liars: NodeSet,
    /// The values that liars can name: of several values with one text, a line of a script means the first.
    pub(super) values: Vec<Value>,
    /// For each value of the scenario, whether a liar's line names it.
    pub(super) is_scripted: Vec<bool>,
    /// Where nobody signs messages: the lies of each message about which the script says that it claims something. A liar can
    /// tell them by any message of the same kind.
    pub(super) written: Vec<(Kind, Lying)>,
    /// The messages that the script injects: these are as the script says.
    pub(super) injected: Vec<Message>,
}

/// For each ballot number from 1, its owner, as far as some message has spoken of it: where processes lie, a number belongs to
/// one process.
#[derive(Default, Debug)]
pub(super) struct Owners(pub(super) [Option<NodeId>; BALLOT_MAX as usize]);

impl Owners {
    /// Notes of which ballots and instances these messages speak, and answers with that as a number for [`together`].
    pub(super) fn note<'a>(&mut self, messages: impl Iterator<Item = &'a Message>) -> u32 {
        messages.fold(0, |spoken, message| {
            let number = message.ballot.map_or(0, Ballot::number);
            let mask = match number {
                1..=BALLOT_MAX => {
                    let known = &mut self.0[number as usize - 1];
                    *known = known.or(message.ballot.map(Ballot::owner));
                    1 << (number - 1)
                }
                _ => 0,
            };
            together(spoken, mask | message.instance.0.min(INSTANCE_MAX) << 16)
        })
    }
}

impl Lies {
    /// What the liars of this scenario can say, if the search may spend lies.
    ///
    /// # Errors
    /// A sentence: nobody may lie.
    pub(super) fn of(scenario: &Scenario, budget: u8) -> Result<Option<Arc<Self>>, String> {
        if budget == 0 {
            return Ok(None);
        }
        if scenario.setup.cast.liars.is_empty() {
            let message = "nobody lies; under a protocol that expects lies, a line such as “liars D” says who may";
            return Err(message.to_owned());
        }
        let (texts, liars) = (&scenario.symbols.values, scenario.setup.cast.liars);
        let is_first = |place: &usize| texts.iter().position(|text| *text == texts[*place]) == Some(*place);
        let values: Vec<_> = (0..texts.len()).filter(is_first).map(|place| Value(place as u32)).collect();
        let injections = scenario.acts.iter().filter_map(|planned| match &planned.act {
            Act::Inject(injection) => Some(injection),
            _ => None,
        });
        let named = scenario.rules.iter().filter_map(|rule| match rule.lie() {
            Some(Lie::Says(value)) => Some(*value),
            _ => None,
        });
        let named = named.chain(injections.clone().filter_map(|injection| injection.value));
        let mut is_scripted = vec![false; texts.len()];
        named.for_each(|value| is_scripted[value.0 as usize] = true);
        Ok(Some(Arc::new(Self {
            liars,
            values,
            is_scripted,
            written: written(scenario),
            injected: injections.map(|injection| injection.message(scenario.protocol)).collect(),
        })))
    }
}

/// The lies of each message about which the script says that it claims something, where nobody signs messages.
fn written(scenario: &Scenario) -> Vec<(Kind, Lying)> {
    if scenario.setup.keeps(Guard::Signed) {
        return Vec::new();
    }
    let of = |rule: &Rule| (rule.kind, rule.link.from, rule.link.to, rule.ordinal);
    let mut written: Vec<(Kind, Lying)> = Vec::new();
    let claims = scenario.rules.iter().filter(|rule| matches!(rule.lie(), Some(Lie::Claims(_))));
    for claim in claims {
        let alike = scenario.rules.iter().filter(|rule| of(rule) == of(claim));
        let lies = (claim.kind, alike.filter_map(|rule| rule.lie().cloned()).collect());
        if !written.contains(&lies) {
            written.push(lies);
        }
    }
    written
}

/// The ballots and instances of two sets of messages: a bit for each ballot number, and above them the largest instance.
pub(super) fn together(one: u32, other: u32) -> u32 {
    (one | other) & 0xFFFF | (one >> 16).max(other >> 16) << 16
}
