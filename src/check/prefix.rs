//! Prefix consistency: of any two processes, the list of commands that one has executed is a beginning of the other's list.

use std::hash::{Hash, Hasher};

use super::{Check, CheckInfo, Seen, crashed, has_histories};
use crate::protocol::{Histories, Said};
use crate::tongue::{key, say};
use crate::trace::What;
use crate::types::{NodeId, Renaming, Sorted, Value};

pub(super) static INFO: CheckInfo = CheckInfo {
    name: "prefix",
    title: key!("Same commands, same order"),
    statement: key!(
        "Each process executes its {ledger} from 1 on, in order and without gaps, and all execute the same."
    ),
    further: &[(
        has_histories,
        key!("Where {ledgers} are histories, each command comes after the same conflicting commands everywhere."),
    )],
    source: "PTP §3.1, §4.1",
    applies: |scenario| scenario.protocol.is_log,
    open: |scenario| {
        let nodes = scenario.nodes();
        Box::new(Prefix {
            reached: vec![0; nodes],
            first: Vec::new(),
            executed: vec![Vec::new(); nodes],
            before: Sorted::default(),
        })
    },
};

#[derive(Clone)]
struct Prefix {
    /// For each node, the last instance that the node has executed since it came up.
    reached: Vec<u32>,
    /// For each instance from 1 on, the node that executed it first, and the value that it executed.
    first: Vec<(NodeId, Value)>,
    /// Of histories, the commands that each node has executed since it came up.
    executed: Vec<Vec<Value>>,
    /// Of histories, for each command the node that executed it first, and the conflicting commands that this node had executed
    /// before.
    before: Sorted<Value, (NodeId, Vec<Value>)>,
}

impl Prefix {
    /// Of histories, the next command of a node: whoever executes the command has executed the same conflicting ones before.
    fn history(&mut self, seen: &Seen<'_>, histories: &Histories, node: NodeId, command: Value) -> Result<(), Said> {
        let executed = &mut self.executed[node.index()];
        let conflicting = |other: &Value| histories.really_conflict(*other, command);
        let mut before: Vec<Value> = executed.iter().copied().filter(conflicting).collect();
        before.sort_unstable();
        executed.push(command);
        let (first, expected) = self.before.entry(command, || (node, before.clone()));
        if *expected == before {
            return Ok(());
        }
        let symbols = seen.symbols();
        let text = |commands: &[Value]| match commands {
            [] => say!("no conflicting command").into(),
            commands => commands
                .iter()
                .map(|value| say!("“{text}”", text = symbols.value(*value)))
                .collect::<Vec<_>>()
                .join(", "),
        };
        let [this, that] = [text(&before), text(expected)];
        let (name, command, other) = (symbols.node(node), symbols.value(command), symbols.node(*first));
        Err(say!("{name} executed “{command}” after {this}, but {other} executed it after {that}").into())
    }
}

/// The hash covers the values that were executed. Only the sentence needs the node that was first.
impl Hash for Prefix {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.reached.hash(hasher);
        self.executed.hash(hasher);
        self.before.entries().iter().for_each(|(value, (_, before))| (value, before).hash(hasher));
        self.first.len().hash(hasher);
        self.first.iter().for_each(|(_, value)| value.hash(hasher));
    }
}

impl Check for Prefix {
    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Said> {
        if let Some(node) = crashed(seen.what) {
            self.reached[node.index()] = 0;
            self.executed[node.index()].clear();
        }
        let What::Applied(node, applied) = seen.what else { return Ok(()) };
        let (name, place) = (seen.symbols().node(*node), applied.instance.0);
        let reached = &mut self.reached[node.index()];
        if place != *reached + 1 {
            return Err(say!("{name} executed {place} after {reached}").into());
        }
        *reached = place;
        if let Some(histories) = &seen.scenario.setup.histories {
            return self.history(seen, histories, *node, applied.value);
        }
        if self.first.len() < place as usize {
            self.first.push((*node, applied.value));
        }
        let (first, value) = self.first[place as usize - 1];
        if value == applied.value {
            return Ok(());
        }
        let symbols = seen.symbols();
        Err(Said::of(|words| {
            let [this, that] = [applied.value, value].map(|value| words.value(symbols, value));
            let first = symbols.node(first);
            say!("{name} executed “{this}” as number {place}, but {first} executed “{that}”")
        }))
    }

    fn rename(&mut self, names: &Renaming) {
        names.permute(&mut self.reached);
        names.permute(&mut self.executed);
    }
}
