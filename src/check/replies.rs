//! Replies: what a client takes for the result of its command, a correct replica has found.

use super::{Check, CheckInfo, Seen};
use crate::protocol::{Fact, Said, Trust};
use crate::tongue::{key, say};
use crate::types::{Sorted, Value};

pub(super) static INFO: CheckInfo = CheckInfo {
    name: "replies",
    title: key!("Results are true"),
    statement: key!(
        "What a client takes for the result of its command, some correct replica has found by executing it."
    ),
    further: &[],
    source: "Practical Byzantine Fault Tolerance (1999), §4.1",
    applies: |scenario| scenario.protocol.trust == Trust::Byzantine && !scenario.setup.cast.clients.is_empty(),
    open: |_| Box::<Replies>::default(),
};

#[derive(Clone, Hash, Default)]
struct Replies {
    /// The results that correct replicas have found.
    found: Sorted<(Value, u64), ()>,
}

impl Check for Replies {
    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Said> {
        let Some((node, Fact::Result(value, result))) = seen.fact() else { return Ok(()) };
        if !seen.scenario.setup.cast.clients.contains(node) {
            self.found.set((value, result), ());
            return Ok(());
        }
        if self.found.get(&(value, result)).is_some() {
            return Ok(());
        }
        let symbols = seen.symbols();
        let (name, value) = (symbols.node(node), symbols.value(value));
        Err(say!("{name} believes a result of “{value}” that no correct replica has found").into())
    }
}
