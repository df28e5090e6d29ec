//! Stable storage: what survives a crash, cell by cell.

use crate::types::{Ballot, Instance, Value, Vote};

/// A protocol's declaration of a field of stable storage.
#[derive(PartialEq, Eq, Debug)]
pub struct FieldInfo {
    /// The field's name in the words of 1998, which scripts and traces use.
    pub name: &'static str,
    /// The field's name in the words of 2001.
    pub name_2001: &'static str,
    /// Whether the field has a cell for each instance, or for each thing that the process remembers; otherwise it has one
    /// cell.
    pub is_list: bool,
    /// What the field's content means.
    pub meaning: Meaning,
}

/// The meaning of a field of stable storage, for a reader that does not know the protocol.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Meaning {
    /// The largest ballot that the process has tried (`lastTried`).
    LastTried,
    /// The largest ballot that the process has promised (`nextBal`): the process votes in no smaller ballot.
    NextBal,
    /// The process's last vote: one vote in all, or one for each instance (`prevVote`).
    PrevVote,
    /// The decrees that have passed, as far as the process knows.
    Ledger,
    /// Content that only the protocol itself reads.
    Own,
}

/// A field of stable storage, as a place in [`super::Protocol::fields`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Field(pub u8);

/// What a cell holds: a ballot, a value, or both (a vote).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub struct Cell {
    /// The ballot, if the cell has one.
    pub ballot: Option<Ballot>,
    /// The value, if the cell has one.
    pub value: Option<Value>,
}

impl From<Ballot> for Cell {
    fn from(ballot: Ballot) -> Self {
        Self { ballot: Some(ballot), value: None }
    }
}

impl From<Value> for Cell {
    fn from(value: Value) -> Self {
        Self { ballot: None, value: Some(value) }
    }
}

impl From<Vote> for Cell {
    fn from(vote: Vote) -> Self {
        Self { ballot: Some(vote.ballot), value: Some(vote.value) }
    }
}

impl Cell {
    /// The vote, when the cell holds one.
    pub fn vote(self) -> Option<Vote> {
        self.ballot.zip(self.value).map(|(ballot, value)| Vote { ballot, value })
    }
}

/// What survives a crash: the last content of each cell, in order of field and instance. A field that is not a list has its
/// cell at [`Instance::FIRST`]. A list of things in the order in which they happened numbers its cells by instances, too.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub struct Storage(Vec<((Field, Instance), Cell)>);

impl Storage {
    /// The content of a cell, empty when it was never written.
    pub fn get(&self, field: Field, instance: Instance) -> Cell {
        let place = self.0.binary_search_by_key(&(field, instance), |(key, _)| *key);
        place.map_or_else(|_| Cell::default(), |place| self.0[place].1)
    }

    /// Writes a cell.
    pub fn put(&mut self, field: Field, instance: Instance, cell: Cell) {
        match self.0.binary_search_by_key(&(field, instance), |(key, _)| *key) {
            Ok(place) => self.0[place].1 = cell,
            Err(place) => self.0.insert(place, ((field, instance), cell)),
        }
    }

    /// Takes a cell out, as if it had never been written.
    pub fn erase(&mut self, field: Field, instance: Instance) {
        if let Ok(place) = self.0.binary_search_by_key(&(field, instance), |(key, _)| *key) {
            self.0.remove(place);
        }
    }

    /// The cells of one field that were ever written, in order. The search does not go through the other fields.
    pub fn list(&self, field: Field) -> impl DoubleEndedIterator<Item = (Instance, Cell)> + ExactSizeIterator + '_ {
        let [start, end] = [field, Field(field.0 + 1)].map(|to| self.0.partition_point(|((of, _), _)| *of < to));
        self.0[start..end].iter().map(|((_, instance), cell)| (*instance, *cell))
    }

    /// How many cells were ever written.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing was ever written.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Every cell that was ever written.
    pub fn cells(&self) -> impl Iterator<Item = (Field, Instance, Cell)> + '_ {
        self.0.iter().map(|((field, instance), cell)| (*field, *instance, *cell))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_again_is_one_cell() {
        let mut storage = Storage::default();
        assert!(storage.is_empty() && storage.cells().next().is_none());
        for _ in 0..2 {
            storage.put(Field(0), Instance::FIRST, Cell::default());
        }
        assert!(!storage.is_empty() && storage.len() == 1 && storage.cells().count() == 1);
    }

    #[test]
    fn what_is_erased_was_never_written() {
        let mut storage = Storage::default();
        let vote = Cell { value: Some(Value(1)), ..Cell::default() };
        [1, 2].iter().for_each(|place| storage.put(Field(0), Instance(*place), vote));
        storage.erase(Field(0), Instance(3));
        storage.erase(Field(0), Instance(1));
        assert_eq!(storage.list(Field(0)).collect::<Vec<_>>(), [(Instance(2), vote)]);
        assert_eq!(storage.get(Field(0), Instance(1)), Cell::default());
    }
}
