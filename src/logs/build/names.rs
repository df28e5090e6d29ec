//! The names in a log and their places: processes, decrees, and the owners of ballots.

use std::collections::BTreeMap;

use super::{Ballot, Cast, Deed, Entry, Letter, Lines, NODES_MAX, NodeId, NodeSet, Number, Value, Vote};
use crate::tongue::say;

/// The name of the owner of a ballot that nobody owns in the log.
const NOBODY: &str = "?";

/// The kinds of messages that the protocol of a single decree has.
const PLAIN: [&str; 7] = ["NextBallot", "LastVote", "BeginBallot", "Voted", "Success", "Request", "Reply"];

pub(super) struct Names {
    /// The processes, in the order in which they are drawn.
    pub nodes: Vec<String>,
    pub values: Vec<String>,
    /// What is added to every ballot number, because ballot numbers begin at 1 here.
    pub shift: u32,
    places: BTreeMap<String, NodeId>,
    handles: BTreeMap<String, Value>,
    owners: BTreeMap<u32, NodeId>,
}

impl Names {
    pub(super) fn of(lines: &Lines) -> Result<Self, String> {
        let mut names = Self {
            nodes: Vec::new(),
            values: Vec::new(),
            shift: 0,
            places: BTreeMap::new(),
            handles: BTreeMap::new(),
            owners: BTreeMap::new(),
        };
        for name in lines.head.nodes.iter().chain(&lines.head.acceptors) {
            names.add(name)?;
        }
        let (mut numbers, mut values) = (Vec::new(), Vec::new());
        for entry in &lines.entries {
            names.add(&entry.node)?;
            let node = names.node(&entry.node);
            let owner = |names: &mut Self, number: &Number, node: NodeId| {
                if number.owner.is_none() {
                    names.owners.entry(number.number).or_insert(node);
                }
            };
            match &entry.deed {
                Deed::Tried(number) | Deed::Began(_, (number, _), _) => owner(&mut names, number, node),
                Deed::Send(letter, other) | Deed::Receive(letter, other) | Deed::Lose(letter, other) => {
                    names.add(other)?;
                    let from = if matches!(entry.deed, Deed::Send(..)) { node } else { names.node(other) };
                    if let Some(number) =
                        letter.ballot.as_ref().filter(|_| matches!(letter.kind, "NextBallot" | "BeginBallot"))
                    {
                        owner(&mut names, number, from);
                    }
                }
                _ => {}
            }
            if let Deed::Began(_, _, Some(quorum)) = &entry.deed {
                quorum.iter().try_for_each(|name| names.add(name))?;
            }
            mentioned(&entry.deed, &mut numbers, &mut values);
        }
        for number in numbers {
            match &number.owner {
                Some(owner) => names.add(owner)?,
                None if !names.owners.contains_key(&number.number) => {
                    names.add(NOBODY)?;
                    let nobody = names.node(NOBODY);
                    names.owners.insert(number.number, nobody);
                }
                None => {}
            }
            if number.number == 0 {
                names.shift = 1;
            }
        }
        for value in values {
            if !names.handles.contains_key(value) && !is_olive_day(value) {
                names.handles.insert(value.to_owned(), Value(names.values.len() as u32));
                names.values.push(value.to_owned());
            }
        }
        Ok(names)
    }

    fn add(&mut self, name: &str) -> Result<(), String> {
        if self.places.contains_key(name) {
            return Ok(());
        }
        if self.nodes.len() == NODES_MAX {
            return Err(say!("a log has at most {most} processes, and this one has more", most = NODES_MAX));
        }
        self.places.insert(name.to_owned(), NodeId(self.nodes.len() as u8));
        self.nodes.push(name.to_owned());
        Ok(())
    }

    pub(super) fn node(&self, name: &str) -> NodeId {
        self.places.get(name).copied().unwrap_or(NodeId(0))
    }

    pub(super) fn value(&self, text: &str) -> Value {
        self.handles.get(text).copied().unwrap_or(Value::OLIVE_DAY)
    }

    pub(super) fn ballot(&self, number: &Number) -> Ballot {
        let owner = match &number.owner {
            Some(owner) => self.node(owner),
            None => self.owners.get(&number.number).copied().unwrap_or(NodeId(0)),
        };
        Ballot::new(number.number.saturating_add(self.shift).max(1), owner)
    }

    pub(super) fn vote(&self, (number, value): &Cast) -> Vote {
        Vote { ballot: self.ballot(number), value: self.value(value) }
    }

    pub(super) fn set(&self, set: NodeSet) -> String {
        set.iter().map(|node| self.nodes[node.index()].as_str()).collect::<Vec<_>>().join(" ")
    }

    /// The acceptors: those that the log names, or those that promise or vote in it.
    pub(super) fn acceptors(&self, lines: &Lines, notes: &mut Vec<String>) -> NodeSet {
        if !lines.head.acceptors.is_empty() {
            return lines.head.acceptors.iter().map(|name| self.node(name)).collect();
        }
        let votes = lines.entries.iter().filter(|entry| match &entry.deed {
            Deed::Promised(..) | Deed::PromisedFrom(..) | Deed::Voted(..) => true,
            Deed::Send(letter, _) => matches!(letter.kind, "LastVote" | "Voted"),
            _ => false,
        });
        let mut found: NodeSet = votes.map(|entry| self.node(&entry.node)).collect();
        if found.is_empty() {
            found = NodeSet::all(self.nodes.len());
        }
        let said = self.set(found);
        notes.push(say!(
            "The log does not name its acceptors; they are taken to be those that promise or vote in it: {said}"
        ));
        found
    }
}

/// The protocol whose words a log uses, if it names none.
pub(super) fn protocol(entries: &[Entry]) -> &'static str {
    let is_plain = |letter: &Letter| letter.instance == 1 && PLAIN.contains(&letter.kind);
    let is_single = entries.iter().all(|entry| match &entry.deed {
        Deed::Send(letter, _) | Deed::Receive(letter, _) | Deed::Lose(letter, _) => is_plain(letter),
        Deed::Promised(place, ..) | Deed::Began(place, ..) | Deed::Voted(place, ..) | Deed::Learned(place, ..) => {
            *place == 1
        }
        Deed::PromisedFrom(..) | Deed::Applied(..) => false,
        _ => true,
    });
    if is_single { "basic" } else { "multi" }
}

fn is_olive_day(text: &str) -> bool {
    matches!(text, "olive-day" | "no-op")
}

/// Every ballot number and every decree of a deed.
fn mentioned<'a>(deed: &'a Deed, numbers: &mut Vec<&'a Number>, values: &mut Vec<&'a str>) {
    let mut cast = |(number, value): &'a Cast| {
        numbers.push(number);
        values.push(value);
    };
    match deed {
        Deed::Promised(_, number, vote) => {
            vote.iter().for_each(&mut cast);
            numbers.push(number);
        }
        Deed::Began(_, vote, _) | Deed::Voted(_, vote) => cast(vote),
        Deed::Send(letter, _) | Deed::Receive(letter, _) | Deed::Lose(letter, _) => {
            letter.vote.iter().flatten().for_each(&mut cast);
            numbers.extend(letter.ballot.iter().chain(&letter.bound));
            values.extend(letter.value.as_deref());
        }
        Deed::Tried(number) | Deed::PromisedFrom(_, number) => numbers.push(number),
        Deed::Refused(number, bound) => numbers.extend(std::iter::once(number).chain(bound)),
        Deed::Learned(_, value, number) => {
            values.push(value);
            numbers.extend(number);
        }
        Deed::Asked(value) | Deed::Answered(value) | Deed::Applied(_, value, _) => values.push(value),
        Deed::Crash | Deed::Restart | Deed::Leads(_) | Deed::Other => {}
    }
}
