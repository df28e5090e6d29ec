//! The facts of a log: those that it states and, where it states none of a sort at all, those that its messages tell. Who sends
//! LastVote has promised, who sends Voted has voted.

use std::collections::{BTreeMap, BTreeSet};

use super::names::Names;
use super::{Ballot, Basis, Deed, Entry, Fact, Instance, Letter, NodeId, Value, Vote};
use crate::tongue::say;

/// The sorts of facts that messages tell, with the kind of message and how a note speaks of it.
const SORTS: [(&str, &str, &str); 5] = [
    ("tried", "NextBallot", "chosen its ballot"),
    ("promised", "LastVote", "promised"),
    ("began", "BeginBallot", "begun its ballot"),
    ("voted", "Voted", "voted"),
    ("learned", "Success", "learned what it says, and so has who receives it"),
];

pub(super) struct Derived {
    /// For each of [`SORTS`], whether messages tell these facts.
    tells: [bool; SORTS.len()],
    /// What messages have told already.
    told: BTreeSet<(usize, NodeId, Instance, Ballot, Option<Value>)>,
    /// The decree of each ballot, for votes that do not say it.
    decrees: BTreeMap<(Instance, Ballot), Value>,
    /// The last vote for each decree, for those who learn without a ballot.
    votes: BTreeMap<(Instance, Value), Ballot>,
}

impl Derived {
    pub(super) fn of(entries: &[Entry]) -> Self {
        let mut tells = [false; SORTS.len()];
        for (place, (_, kind, _)) in SORTS.iter().enumerate() {
            let is_stated = entries.iter().any(|entry| sort(&entry.deed) == Some(place));
            let is_sent = |entry: &Entry| matches!(&entry.deed, Deed::Send(letter, _) if letter.kind == *kind);
            tells[place] = !is_stated && entries.iter().any(is_sent);
        }
        Self { tells, told: BTreeSet::new(), decrees: BTreeMap::new(), votes: BTreeMap::new() }
    }

    /// What a reader has to know of these facts.
    pub(super) fn notes(&self) -> Vec<String> {
        let told = SORTS.iter().zip(self.tells).filter(|(_, tells)| *tells);
        told.map(|((sort, kind, what), _)| {
            say!("The log states no “{sort}”, so who sends {kind} counts as having {what}")
        })
        .collect()
    }

    /// The facts that this message tells.
    pub(super) fn facts(&mut self, names: &Names, node: NodeId, deed: &Deed) -> Vec<Fact> {
        let (letter, is_sent) = match deed {
            Deed::Send(letter, _) => (letter, true),
            Deed::Receive(letter, _) => (letter, false),
            _ => return Vec::new(),
        };
        let instance = Instance(letter.instance);
        let Some(ballot) = letter.ballot.as_ref().map(|number| names.ballot(number)) else { return Vec::new() };
        let value = letter.value.as_deref().map(|value| names.value(value));
        if let ("BeginBallot", Some(value)) = (letter.kind, value) {
            self.decrees.entry((instance, ballot)).or_insert(value);
        }
        let Some(place) = SORTS.iter().position(|(_, kind, _)| *kind == letter.kind) else { return Vec::new() };
        // Success tells both sides; everything else tells what its sender has done.
        if !self.tells[place] || !(is_sent || letter.kind == "Success") {
            return Vec::new();
        }
        let value = value.or_else(|| self.decrees.get(&(instance, ballot)).copied());
        let Some(fact) = fact(letter, names, instance, ballot, value) else { return Vec::new() };
        let is_new = self.told.insert((place, node, instance, ballot, value));
        if is_new { vec![self.keep(fact)] } else { Vec::new() }
    }

    /// The fact that a line states.
    pub(super) fn stated(&mut self, names: &Names, node: NodeId, deed: &Deed) -> Option<Fact> {
        let fact = match deed {
            Deed::Tried(number) => Fact::Tried(names.ballot(number)),
            Deed::Promised(place, number, vote) => {
                Fact::Promised(Instance(*place), names.ballot(number), vote.as_ref().map(|vote| names.vote(vote)))
            }
            Deed::PromisedFrom(place, number) => Fact::PromisedFrom(Instance(*place), names.ballot(number)),
            Deed::Began(place, vote, quorum) => {
                let Vote { ballot, value } = names.vote(vote);
                let set = |quorum: &Vec<String>| Basis::Promises(quorum.iter().map(|name| names.node(name)).collect());
                let basis = quorum.as_ref().map_or(Basis::Nothing, set);
                Fact::Began { instance: Instance(*place), ballot, value: Some(value), basis }
            }
            Deed::Voted(place, vote) => Fact::Voted(Instance(*place), names.vote(vote)),
            Deed::Learned(place, value, number) => {
                let (instance, value) = (Instance(*place), names.value(value));
                let told = number.as_ref().map(|number| names.ballot(number));
                let voted = || self.votes.get(&(instance, value)).copied();
                let ballot = told.or_else(voted).unwrap_or_else(|| Ballot::new(1, node));
                Fact::Learned(instance, Vote { ballot, value })
            }
            Deed::Refused(number, bound) => {
                Fact::Refused(names.ballot(number), bound.as_ref().map(|bound| names.ballot(bound)))
            }
            Deed::Leads(leads) => Fact::Leads(*leads),
            Deed::Answered(value) => Fact::Answered(names.value(value)),
            _ => return None,
        };
        Some(self.keep(fact))
    }

    /// Remembers what later lines may leave out.
    fn keep(&mut self, fact: Fact) -> Fact {
        match fact {
            Fact::Began { instance, ballot, value: Some(value), .. } => {
                self.decrees.entry((instance, ballot)).or_insert(value);
            }
            Fact::Voted(instance, vote) => drop(self.votes.insert((instance, vote.value), vote.ballot)),
            _ => {}
        }
        fact
    }
}

/// The place in [`SORTS`] of what a line states.
fn sort(deed: &Deed) -> Option<usize> {
    match deed {
        Deed::Tried(_) => Some(0),
        Deed::Promised(..) | Deed::PromisedFrom(..) => Some(1),
        Deed::Began(..) => Some(2),
        Deed::Voted(..) => Some(3),
        Deed::Learned(..) => Some(4),
        _ => None,
    }
}

fn fact(letter: &Letter, names: &Names, instance: Instance, ballot: Ballot, value: Option<Value>) -> Option<Fact> {
    let vote = value.map(|value| Vote { ballot, value });
    match letter.kind {
        "NextBallot" => Some(Fact::Tried(ballot)),
        "LastVote" => {
            let reported = letter.vote.as_ref()?;
            Some(Fact::Promised(instance, ballot, reported.as_ref().map(|vote| names.vote(vote))))
        }
        "BeginBallot" => Some(Fact::Began { instance, ballot, value: Some(value?), basis: Basis::Nothing }),
        "Voted" => Some(Fact::Voted(instance, vote?)),
        "Success" => Some(Fact::Learned(instance, vote?)),
        _ => None,
    }
}
