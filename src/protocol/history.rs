//! Command histories: the values that Generalized Paxos agrees on, and what can be done with them (Lamport, “Generalized
//! Consensus and Paxos”, 2005, §3.3).
//!
//! A history is a set of commands with an order of each two commands that conflict. Two commands that do not conflict have no
//! order: executing them in either order gives the same results and the same state. So a history is a partial order, and many
//! lists are the same history. Here a history is written as the list in which the smallest command that can come next always
//! comes next; then equal histories are equal values.
//!
//! | operation | meaning |
//! |---|---|
//! | v • C ([`Histories::append`]) | v, and C after all commands of v with which it conflicts |
//! | v ⊑ w ([`Histories::extends`]) | w has the commands of v, and each of them has the same conflicting commands before it |
//! | v ⊓ w ([`Histories::glb`]) | the largest history that both extend |
//! | v ⊔ w ([`Histories::lub`]) | the smallest history that extends both; none where v and w are not compatible |
//! | ↓C ([`Histories::prefixes`]) | of v, the smallest part that has C: C and all that has to come before it |
//!
//! A sequence is the history in which all commands conflict. A single value is a sequence that takes no second command. If
//! v ⊑ w, then v ≤ w as numbers ([`Value::history`]), so the largest vote of a ballot is the longest.

use super::Setup;
use crate::types::{COMMANDS_MAX, Commands, Value};

/// Which commands of a run conflict, and so what its histories are.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Histories {
    /// For each command, those that the protocol takes to conflict with it, one bit for each.
    conflicting: [u16; COMMANDS_MAX],
    /// The same for the commands that really conflict. It is another list only where the script switches the rule off.
    really: [u16; COMMANDS_MAX],
    /// How many commands a history can have.
    most: u8,
}

/// The values that a protocol agrees on instead of single decrees: its c-structs.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Structure {
    /// Histories: commands conflict where the service says so.
    History,
    /// Sequences: all commands conflict.
    Sequence,
    /// Single values: all commands conflict, and no history takes a second command.
    Single,
}

impl Histories {
    /// The histories of so many commands, of which each two conflict for which `conflict` says so. With `is_ignored` the
    /// protocol takes no two commands to conflict, whatever the truth is.
    pub fn new(
        commands: usize,
        structure: Structure,
        is_ignored: bool,
        conflict: impl Fn(usize, usize) -> bool,
    ) -> Self {
        let commands = commands.min(COMMANDS_MAX);
        let all = 0..commands;
        let of = |conflict: &dyn Fn(usize, usize) -> bool| {
            let mut sets = [0; COMMANDS_MAX];
            for (one, set) in sets.iter_mut().enumerate().take(commands) {
                *set = all
                    .clone()
                    .filter(|other| *other != one && conflict(one, *other))
                    .fold(0, |set, other| set | 1 << other);
            }
            sets
        };
        let really = of(&conflict);
        let conflicting = match structure {
            _ if is_ignored => [0; COMMANDS_MAX],
            Structure::History => really,
            Structure::Sequence | Structure::Single => of(&|_, _| true),
        };
        let most = if structure == Structure::Single { 1 } else { COMMANDS_MAX as u8 };
        Self { conflicting, really, most }
    }

    /// Every command that a history can have, whether the script names so many or not.
    pub fn all() -> impl Iterator<Item = Value> {
        (0..COMMANDS_MAX as u32).map(Value)
    }

    /// Whether the protocol takes these two commands to conflict.
    pub fn conflict(&self, one: Value, other: Value) -> bool {
        self.conflicting[one.0 as usize] >> other.0 & 1 == 1
    }

    /// Whether these two commands really conflict.
    pub fn really_conflict(&self, one: Value, other: Value) -> bool {
        self.really[one.0 as usize] >> other.0 & 1 == 1
    }

    /// Whether a history takes no further command.
    pub fn is_full(&self, history: Value) -> bool {
        history.commands().len() >= usize::from(self.most)
    }

    /// v • C. A history that has the command, or that is full, stays as it is.
    #[must_use]
    pub fn append(&self, history: Value, command: Value) -> Value {
        if has(history, command) || self.is_full(history) {
            return history;
        }
        self.of_list(history.commands().iter().copied().chain([command]))
    }

    /// v • C for one command after the other.
    #[must_use]
    pub fn append_all(&self, history: Value, commands: impl IntoIterator<Item = Value>) -> Value {
        commands.into_iter().fold(history, |history, command| self.append(history, command))
    }

    /// The history of a list of commands: in its canonical order the smallest command that can come next comes next.
    fn of_list(&self, list: impl Iterator<Item = Value>) -> Value {
        let mut rest: Vec<Value> = list.collect();
        let mut ordered = Vec::with_capacity(rest.len());
        while !rest.is_empty() {
            let is_next = |place: &usize| !rest[..*place].iter().any(|before| self.conflict(*before, rest[*place]));
            let next = (0..rest.len()).filter(is_next).min_by_key(|place| rest[*place]).unwrap_or(0);
            ordered.push(rest.remove(next));
        }
        Value::history(&ordered)
    }

    /// The commands before this one in the history that conflict with it, one bit for each.
    fn before(&self, history: Value, command: Value) -> u16 {
        let commands = history.commands();
        let earlier = commands.iter().take_while(|other| **other != command);
        earlier.filter(|other| self.conflict(**other, command)).fold(0, |set, other| set | 1 << other.0)
    }

    /// Whether `shorter` ⊑ `longer`.
    pub fn extends(&self, longer: Value, shorter: Value) -> bool {
        let is_same = |command: &Value| self.before(longer, *command) == self.before(shorter, *command);
        shorter.commands().iter().all(|command| has(longer, *command) && is_same(command))
    }

    /// ⊓: the greatest lower bound.
    #[must_use]
    pub fn glb(&self, one: Value, other: Value) -> Value {
        let mut common: Vec<Value> = Vec::new();
        for command in one.commands().iter() {
            let before = self.before(one, *command);
            let has_all = common.iter().fold(0, |set, known| set | 1_u16 << known.0) & before == before;
            if has(other, *command) && has_all && self.before(other, *command) == before {
                common.push(*command);
            }
        }
        self.of_list(common.into_iter())
    }

    /// ⊔: the least upper bound; none where no history extends both.
    pub fn lub(&self, one: Value, other: Value) -> Option<Value> {
        let more = other.commands().iter().copied().filter(|command| !has(one, *command)).collect::<Vec<_>>();
        let union = self.of_list(one.commands().iter().copied().chain(more));
        let is_bound = self.extends(union, one) && self.extends(union, other);
        (is_bound && union.commands().len() <= usize::from(self.most)).then_some(union)
    }

    /// Whether some history extends both.
    pub fn is_compatible(&self, one: Value, other: Value) -> bool {
        self.lub(one, other).is_some()
    }

    /// For each command of a history, in order, the smallest part of the history that has it (↓C). A history is the least
    /// upper bound of these parts. One history extends another if it extends each of its parts.
    pub fn prefixes(&self, history: Value) -> Vec<Value> {
        let commands = history.commands();
        (1..=commands.len()).map(|end| self.prefix(&commands[..end])).collect()
    }

    /// The last of these commands and all that has to come before it.
    fn prefix(&self, commands: &[Value]) -> Value {
        let mut part: Vec<Value> = Vec::new();
        for command in commands.iter().rev() {
            if part.is_empty() || part.iter().any(|later| self.conflict(*command, *later)) {
                part.push(*command);
            }
        }
        self.of_list(part.into_iter().rev())
    }

    /// The least upper bound of those of these parts that are compatible with all before them, and the first one that is not.
    pub fn join(&self, start: Value, parts: impl IntoIterator<Item = Value>) -> (Value, Option<Value>) {
        let mut first_wrong = None;
        let joined = parts.into_iter().fold(start, |joined, part| match self.lub(joined, part) {
            Some(larger) => larger,
            None => {
                first_wrong = first_wrong.or(Some(part));
                joined
            }
        });
        (joined, first_wrong)
    }
}

/// What values have to do with each other, for readers that do not ask whether values are histories.
impl Setup {
    /// What the processes have in common that have this value: the value itself or, where it is a history, each smallest part
    /// of it that has one of its commands. A history has passed as far as a quorum has these parts.
    pub fn parts(&self, value: Value) -> Commands {
        let histories = self.histories.filter(|_| value.is_history());
        histories.map_or_else(|| Commands::of(&[value]), |histories| Commands::of(&histories.prefixes(value)))
    }

    /// Whether whoever has `value` has `part`: the same value or, where values are histories, one that extends it.
    pub fn includes(&self, value: Value, part: Value) -> bool {
        value == part
            || self
                .histories
                .is_some_and(|histories| value.is_history() && part.is_history() && histories.extends(value, part))
    }

    /// Whether processes may have both values at once: the same value or, where values are histories, compatible ones.
    pub fn is_compatible(&self, one: Value, other: Value) -> bool {
        one == other
            || self
                .histories
                .is_some_and(|histories| one.is_history() && other.is_history() && histories.is_compatible(one, other))
    }
}

/// Whether the history has this command.
pub fn has(history: Value, command: Value) -> bool {
    history.commands().contains(&command)
}

#[cfg(test)]
mod tests;
