//! At most once: a command takes effect at most once, however often it was sent, retried or passed.

use super::{Check, CheckInfo, Seen, crashed};
use crate::protocol::Said;
use crate::tongue::{key, say};
use crate::trace::What;
use crate::types::{Instance, Renaming, Sorted, Value};

pub(super) static INFO: CheckInfo = CheckInfo {
    name: "at-most-once",
    title: key!("At most once"),
    statement: key!("No process executes the same client’s command twice."),
    further: &[],
    source: "PTP §4.1 (state machines), with clients that ask again",
    applies: |scenario| scenario.protocol.is_log,
    open: |scenario| Box::new(Once { done: vec![Sorted::default(); scenario.nodes()] }),
};

#[derive(Clone, Hash)]
struct Once {
    /// For each node, the instance in which the node executed each command since it came up.
    done: Vec<Sorted<Value, Instance>>,
}

impl Check for Once {
    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Said> {
        if let Some(node) = crashed(seen.what) {
            self.done[node.index()] = Sorted::default();
        }
        let What::Applied(node, applied) = seen.what else { return Ok(()) };
        // A process can be removed and added many times.
        if !seen.scenario.setup.is_command(applied.value) {
            return Ok(());
        }
        let done = &mut self.done[node.index()];
        let first = done.get(&applied.value).copied();
        done.set(applied.value, applied.instance);
        let Some(first) = first else { return Ok(()) };
        let symbols = seen.symbols();
        let (name, value) = (symbols.node(*node), symbols.value(applied.value));
        let (first, second) = (first.0, applied.instance.0);
        Err(say!("{name} executed “{value}” twice, as number {first} and as number {second}").into())
    }

    fn rename(&mut self, names: &Renaming) {
        names.permute(&mut self.done);
    }
}
