//! Ordering: what was passed before something was even proposed comes before it.
//!
//! The slides leave two qualifiers out, without which this is false. Decrees have to be *important*: an olive-day decree
//! fills a gap below what has passed. And a command is *proposed* when it is first begun, in whatever ballot: a new leader
//! begins old ones again.

use super::{Check, CheckInfo, Seen};
use crate::protocol::Fact;
use crate::types::{Instance, Sorted, Value};

pub(super) static INFO: CheckInfo = CheckInfo {
    name: "ordering",
    title: "Ordering",
    statement: "If a command was passed before another was first proposed, it has the lower number (olive-day decrees do \
                not count).",
    source: "PTP §3.2.1; slides, “Running multiple consensus instances”",
    applies: |scenario| scenario.protocol.is_log,
    open: |_| Box::<Ordering>::default(),
};

#[derive(Clone, Hash, Default)]
struct Ordering {
    /// The largest number that a command was passed with so far, and that command.
    passed: Option<(Instance, Value)>,
    /// For each command, what that was when the command was first proposed.
    proposed: Sorted<Value, Option<(Instance, Value)>>,
}

impl Check for Ordering {
    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), String> {
        match seen.fact() {
            Some((_, Fact::Began { vote, .. })) => {
                self.proposed.entry(vote.value, || self.passed);
                Ok(())
            }
            Some((_, Fact::Learned(instance, vote))) if vote.value != Value::OLIVE_DAY => {
                self.passed = self.passed.max(Some((instance, vote.value)));
                let before = self.proposed.get(&vote.value).copied().flatten();
                let Some((number, earlier)) = before.filter(|(number, _)| *number >= instance) else { return Ok(()) };
                let symbols = seen.symbols();
                let [this, earlier] = [vote.value, earlier].map(|value| symbols.value(value));
                Err(format!(
                    "“{this}” has number {}, but “{earlier}”, passed before it was proposed, has {}",
                    instance.0, number.0
                ))
            }
            _ => Ok(()),
        }
    }
}
