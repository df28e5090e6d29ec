//! What liars can say in a search: the universe of lies.
//!
//! A liar runs the correct machine. A lie is a message of this machine to another process that arrives changed, as a line
//! `forge` would change it, or a message that the machine does not send, as a line `inject` would send it. A liar chooses what
//! to say as late as it can, so a lie is chosen at the moment when it arrives, and is one move.
//!
//! The universe is finite, and a function of the state. A changed message has another value, another result, or no claims. An
//! invented message is of a kind that the protocol declares, about a ballot and an instance of which some process has spoken.
//! A value is one that somebody has asked for so far, or that a liar's line in the script names: no liar can sign for a client.

use super::automaton::{Automaton, Flight};
use super::moves::Lying;
use super::universe::Lies;
use crate::protocol::{Carries, Message, Payload, Phase, Protocol};
use crate::scenario::{Injection, Lie, Link, Scenario};
use crate::sim::tell_lie;
use crate::types::{NodeId, Value};

impl Lies {
    /// Every way to change a message of a liar, with the changed message. The last part is the value that it names, if it names
    /// another one.
    pub(super) fn changed(&self, protocol: &Protocol, flight: &Flight) -> Vec<(Lying, Flight, Option<Value>)> {
        let mut lies: Vec<Lie<NodeId, Value>> = Vec::new();
        match &flight.message.payload {
            Payload::Value(_) => lies.extend(self.values.iter().copied().map(Lie::Says)),
            Payload::Result(..) => {
                lies.push(Lie::False);
                lies.extend(self.values.iter().copied().map(Lie::Says));
            }
            Payload::Proof(..) => {
                lies.push(Lie::Omits(Vec::new()));
                lies.extend(self.values.iter().copied().map(Lie::Says));
            }
            _ => {}
        }
        if flight.is_doubled || self.injected.contains(&flight.message) {
            return Vec::new();
        }
        let written = self.written.iter().filter(|(kind, _)| *kind == flight.message.kind);
        let written = written.map(|(_, lies)| lies.clone());
        let changed = lies.into_iter().map(|lie| vec![lie]).chain(written).map(|lies| {
            let mut message = flight.message.clone();
            lies.iter().for_each(|lie| tell_lie(&mut message, flight.from, lie, protocol));
            let value = lies.iter().find_map(|lie| if let Lie::Says(value) = lie { Some(*value) } else { None });
            (lies, Flight { message, ..flight.clone() }, value)
        });
        changed.filter(|(_, changed, _)| changed.message != flight.message).collect()
    }

    /// Every message about this ballot and instance that a liar can invent, with the value that it names.
    pub(super) fn inventions(
        &self,
        scenario: &Scenario,
        ballot: (u32, NodeId),
        instance: u32,
    ) -> Vec<(Flight, Option<Value>)> {
        let mut inventions = Vec::new();
        for info in scenario.protocol.kinds.iter().filter(|info| info.is_invented) {
            let has_ballot = info.phase != Phase::Request;
            let values: Vec<_> = match info.carries {
                Carries::Value | Carries::Result => self.values.iter().copied().map(Some).collect(),
                Carries::Proof => self.values.iter().copied().map(Some).chain([None]).collect(),
                _ => vec![None],
            };
            for from in self.liars.iter() {
                for to in scenario.setup.cast.servers().iter().filter(|to| *to != from) {
                    for value in &values {
                        let ballot = has_ballot.then_some(ballot);
                        let (kind, link) = (info.name.to_owned(), Link { from, to });
                        let injection = Injection { kind, link, ballot, instance, value: *value, takes: None };
                        let message = injection.message(scenario.protocol);
                        inventions.push((Flight { from, to, message, is_doubled: false }, *value));
                    }
                }
            }
        }
        inventions
    }
}

/// The lies of one kind that a worker has met, each list under a number: messages by their numbers, and the values that
/// must be known.
#[derive(Default, Debug)]
pub(super) struct Told {
    pub(super) places: crate::explore::table::Table,
    pub(super) ends: Vec<u32>,
    pub(super) lies: Vec<(u32, Option<Value>)>,
}

impl Told {
    pub(super) fn range(&self, place: u32) -> (usize, usize) {
        let start = if place == 0 { 0 } else { self.ends[place as usize - 1] as usize };
        (start, self.ends[place as usize] as usize)
    }
}

/// The lie that changes a message of a liar, and the changed message: the n-th of those that there are.
pub(super) fn lie_of(automaton: &Automaton, flight: &Flight, place: u8) -> (Lying, Message) {
    let lies = automaton.lies.as_ref().expect("there are liars");
    let changed = lies.changed(automaton.scenario.protocol, flight);
    let (lies, changed, _) = changed.into_iter().nth(usize::from(place)).expect("there are so many");
    (lies, changed.message)
}
