//! Keys and their values: the service with which every textbook begins.

use std::sync::Arc;

use super::{Body, CommandInfo, Digest, NUMBER_MAX, Outcome, Refusal, Service, State, whole};
use crate::tongue::key;
use crate::types::Sorted;

pub(super) static SERVICE: Service = Service {
    name: "kv",
    title: key!("Key-value store"),
    summary: key!("One value under each key, and sums that several clients can add to."),
    commands: &[
        CommandInfo { form: "put KEY VALUE", example: "put x 1", meaning: key!("The key has this value from now on.") },
        CommandInfo {
            form: "get KEY",
            example: "get x",
            meaning: key!("Tells the value as of this place in the ledger."),
        },
        CommandInfo { form: "del KEY", example: "del x", meaning: key!("The key has no value any more.") },
        CommandInfo {
            form: "add KEY N",
            example: "add x -2",
            meaning: key!("Adds a whole number to the value; a key without one counts as 0."),
        },
    ],
    parse: |words| parse(words).map(Body::Kv),
    open: || State::Kv(Pairs::default()),
};

/// A command of the store.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) enum Action {
    Put(Arc<str>, Arc<str>),
    Get(Arc<str>),
    Del(Arc<str>),
    Add(Arc<str>, i64),
}

fn parse(words: &[&str]) -> Result<Action, String> {
    Ok(match *words {
        ["put", key, value] => Action::Put(key.into(), value.into()),
        ["get", key] => Action::Get(key.into()),
        ["del", key] => Action::Del(key.into()),
        ["add", key, number] => Action::Add(key.into(), whole(number, -NUMBER_MAX)?),
        _ => return Err(SERVICE.misread(words)),
    })
}

impl Action {
    pub(super) fn only_reads(&self) -> bool {
        matches!(self, Self::Get(_))
    }

    /// Whether they are about the same key, and one of them writes.
    pub(super) fn conflicts_with(&self, other: &Self) -> bool {
        let key = |action: &Self| match action {
            Self::Put(key, _) | Self::Get(key) | Self::Del(key) | Self::Add(key, _) => key.clone(),
        };
        key(self) == key(other) && !(self.only_reads() && other.only_reads())
    }
}

/// Every key that has a value.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub(super) struct Pairs(Sorted<Arc<str>, Arc<str>>);

impl Pairs {
    pub(super) fn apply(&mut self, action: &Action) -> Outcome {
        match action {
            Action::Put(key, value) => {
                self.0.set(key.clone(), value.clone());
                Outcome::Done
            }
            Action::Get(key) => self.0.get(key).map_or(Outcome::Nothing, |value| Outcome::Value(value.clone())),
            Action::Del(key) => self.0.remove(key).map_or(Outcome::Nothing, |_| Outcome::Done),
            Action::Add(key, number) => self.add(key, *number),
        }
    }

    /// Adds a number to the value under a key. A sum beyond 64 bits stays at the largest number.
    fn add(&mut self, key: &Arc<str>, number: i64) -> Outcome {
        let before = match self.0.get(key).map(|value| (value, value.parse::<i64>())) {
            None => 0,
            Some((_, Ok(before))) => before,
            Some((value, Err(_))) => return Refusal::NoNumber(key.clone(), value.clone()).into(),
        };
        let sum: Arc<str> = before.saturating_add(number).to_string().into();
        self.0.set(key.clone(), sum.clone());
        Outcome::Value(sum)
    }

    pub(super) fn digest(&self, digest: &mut Digest) {
        for (key, value) in self.0.entries() {
            digest.word(key);
            digest.word(value);
        }
    }

    pub(super) fn entries(&self) -> Vec<(String, String)> {
        self.0.entries().iter().map(|(key, value)| (key.to_string(), value.to_string())).collect()
    }
}
