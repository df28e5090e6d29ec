//! Ids: an id stands for one value, and a place of a ballot has one id.

use super::{Check, CheckInfo, Seen, has_ids};
use crate::protocol::{Fact, Said, ValueId};
use crate::tongue::{key, say};
use crate::types::{Ballot, Instance, Renaming, Sorted, Value};

pub(super) static INFO: CheckInfo = CheckInfo {
    name: "ids",
    title: key!("One id, one {decree}"),
    statement: key!("No id is given to two {decrees}, and no two ids are counted in one place of one {ballot}."),
    further: &[],
    source: "Marandi and others, Ring Paxos (2010): consensus on value ids",
    applies: has_ids,
    open: |_| Box::<Ids>::default(),
};

#[derive(Clone, Hash, Default)]
struct Ids {
    values: Sorted<ValueId, Value>,
    counted: Sorted<(Instance, Ballot), ValueId>,
}

impl Check for Ids {
    fn rename(&mut self, names: &Renaming) {
        let id = |id: ValueId| ValueId { by: names.of(id.by), ..id };
        for (old, value) in std::mem::take(&mut self.values).into_entries() {
            self.values.set(id(old), value);
        }
        self.counted.values_mut().for_each(|old| *old = id(*old));
    }

    fn observe(&mut self, seen: &Seen<'_>) -> Result<(), Said> {
        let symbols = seen.symbols();
        let text = |id: ValueId| format!("{}#{}", symbols.node(id.by), id.number);
        match seen.fact() {
            Some((node, Fact::Named(id, value))) => {
                let first = *self.values.entry(id, || value);
                if first == value {
                    return Ok(());
                }
                let (node, id) = (symbols.node(node), text(id));
                Err(Said::of(|words| {
                    let [first, value] = [first, value].map(|value| words.value(symbols, value));
                    say!("{node} gives the id {id} to “{value}”, but it stands for “{first}” already")
                }))
            }
            Some((node, Fact::Gathered { instance, ballot, id, .. })) => {
                let first = *self.counted.entry((instance, ballot), || id);
                if first == id {
                    return Ok(());
                }
                let (node, number, place) = (symbols.node(node), symbols.ballot(ballot), instance.0);
                let [first, id] = [first, id].map(text);
                Err(Said::of(|words| {
                    let (ballot, votes) = (words.ballot, words.votes);
                    say!("{node} counts {votes} for {id} in instance {place} of {ballot} {number}, which has {first}")
                }))
            }
            _ => Ok(()),
        }
    }
}
