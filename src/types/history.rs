//! Histories of commands as values (Generalized Paxos): a history is a list of different commands, packed into one number.
//!
//! Everything that the house does with a value it can do with a history: pass it on by copy, compare it, put it into a
//! message, a vote or a cell. Equal lists are equal numbers, so lists that are kept in a canonical order make equal histories
//! equal values. And a list that another one extends, or that has a smaller command at the first place where two lists
//! differ, is as a number the right way round: see [`Value::history`].
//!
//! This file knows lists only. When two commands have to keep their order is the business of `protocol/history.rs`.

use std::array::IntoIter;
use std::iter::Take;
use std::ops::Deref;

use super::Value;

/// The most commands of a run whose values are histories: all lists of twelve different commands fit into 31 bits.
pub const COMMANDS_MAX: usize = 12;

/// The first value that is a history.
const FIRST: u32 = 1 << 31;

/// For each number of commands, how many lists of some of them there are, each list with another order or another choice.
const LISTS: [u32; COMMANDS_MAX + 1] = {
    let mut lists = [1; COMMANDS_MAX + 1];
    let mut count = 1;
    while count <= COMMANDS_MAX {
        lists[count] = 1 + count as u32 * lists[count - 1];
        count += 1;
    }
    lists
};

/// The commands of a value: those of a history in their order, or the one decree that the value is. Also the parts of a history
/// that have one command each. Every vote is read through such a list, so it takes no memory of its own.
#[derive(Clone, Copy, Debug)]
pub struct Commands {
    list: [Value; COMMANDS_MAX],
    length: usize,
}

impl Commands {
    /// These values, of which there are at most [`COMMANDS_MAX`].
    pub fn of(values: &[Value]) -> Self {
        let mut list = [Value::BOTTOM; COMMANDS_MAX];
        list[..values.len()].copy_from_slice(values);
        Self { list, length: values.len() }
    }
}

impl IntoIterator for Commands {
    type Item = Value;
    type IntoIter = Take<IntoIter<Value, COMMANDS_MAX>>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter().take(self.length)
    }
}

impl Deref for Commands {
    type Target = [Value];

    fn deref(&self) -> &[Value] {
        &self.list[..self.length]
    }
}

impl Value {
    /// The history without commands, ⊥.
    pub const BOTTOM: Self = Self(FIRST);

    /// The history with these commands in this order. The commands are different, and each is one of the first
    /// [`COMMANDS_MAX`] values.
    ///
    /// Where two lists first differ, the one that has a command against the end of the other, or the smaller command, is the
    /// larger value.
    pub fn history(commands: &[Self]) -> Self {
        let (mut number, mut used) = (0, 0_u32);
        for (place, command) in commands.iter().enumerate() {
            debug_assert!((command.0 as usize) < COMMANDS_MAX && used >> command.0 & 1 == 0, "{commands:?}");
            let rest = COMMANDS_MAX - 1 - place;
            let smaller = (!used & ((1 << command.0) - 1)).count_ones();
            number += 1 + (rest as u32 - smaller) * LISTS[rest];
            used |= 1 << command.0;
        }
        Self(FIRST + number)
    }

    /// Whether the value is a history.
    pub const fn is_history(self) -> bool {
        self.0 >= FIRST && self.0 - FIRST < LISTS[COMMANDS_MAX]
    }

    /// The commands of the history, in their order; of any other value, the value itself.
    pub fn commands(self) -> Commands {
        let mut commands = Commands { list: [self; COMMANDS_MAX], length: 1 };
        if !self.is_history() {
            return commands;
        }
        commands.length = 0;
        let (mut number, mut used) = (self.0 - FIRST, 0_u32);
        while number > 0 {
            let rest = COMMANDS_MAX - 1 - commands.length;
            let smaller = rest as u32 - (number - 1) / LISTS[rest];
            number = (number - 1) % LISTS[rest];
            let unused = (0..COMMANDS_MAX as u32).filter(|command| used >> command & 1 == 0);
            let command = unused.clone().nth(smaller as usize).unwrap_or(0);
            commands.list[commands.length] = Self(command);
            commands.length += 1;
            used |= 1 << command;
        }
        commands
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history(commands: &[u32]) -> Value {
        Value::history(&commands.iter().copied().map(Value).collect::<Vec<_>>())
    }

    /// Every list of up to `most` of the first `count` commands.
    fn lists(count: u32, most: usize) -> Vec<Vec<u32>> {
        let mut all = vec![Vec::new()];
        let mut last = all.clone();
        for _ in 0..most {
            let longer = |list: &Vec<u32>| {
                let new = (0..count).filter(|command| !list.contains(command)).collect::<Vec<_>>();
                new.into_iter().map(|command| [list.as_slice(), &[command]].concat()).collect::<Vec<_>>()
            };
            last = last.iter().flat_map(longer).collect();
            all.extend(last.iter().cloned());
        }
        all
    }

    #[test]
    fn a_list_is_read_as_it_was_written() {
        for list in lists(12, 3).into_iter().chain(lists(6, 6)) {
            let value = history(&list);
            let read: Vec<u32> = value.commands().iter().map(|command| command.0).collect();
            assert!(value.is_history() && read == list, "{list:?}: {read:?}");
        }
        let [all, reversed] = [(0..12).collect::<Vec<_>>(), (0..12).rev().collect()];
        for list in [all, reversed] {
            assert_eq!(history(&list).commands().iter().map(|command| command.0).collect::<Vec<_>>(), list);
        }
    }

    #[test]
    fn a_decree_is_no_history() {
        for value in [Value(0), Value(11), Value(4_000), Value::OLIVE_DAY] {
            assert!(!value.is_history());
            assert_eq!(&*value.commands(), [value]);
        }
        assert!(Value::BOTTOM.is_history() && Value::BOTTOM.commands().is_empty());
        assert!(history(&(0..12).collect::<Vec<_>>()) < Value::OLIVE_DAY);
    }

    #[test]
    fn the_order_of_numbers_is_that_of_lists() {
        let key = |list: &Vec<u32>| list.iter().map(|command| 12 - command).collect::<Vec<_>>();
        let mut lists = lists(5, 5);
        lists.sort_by_key(key);
        assert!(lists.iter().map(|list| history(list)).is_sorted_by(|one, other| one < other));
    }
}
