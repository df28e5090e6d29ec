//! What pictures need to know about a run. The run is read once, and on while it goes on; the index is small, and a
//! picture finds its part of it by binary search.
//!
//! Nothing here is text, and nothing knows how far the run has been watched. A picture always shows the events before
//! some event, so it only compares the numbers of events.

mod cut;
mod kinds;
mod read;

use std::rc::Rc;
use std::sync::Arc;

use crate::protocol::Phase;
use crate::scenario::Scenario;
use crate::session::Played;
use crate::trace::{Chunks, Event, EventId, MessageId, Trace};
use crate::types::{Ballot, Instance, NodeId, NodeSet, Time};

pub use kinds::MarkKind;
pub(in crate::view) use kinds::{kind, ranges};

/// An event that never happens; it counts as later than all events.
pub const NEVER: EventId = EventId(u32::MAX);

/// What pictures need to know about a run.
#[derive(Clone, Debug)]
pub struct Index {
    /// A track for each node, in order.
    pub tracks: Vec<Track>,
    /// Messages that travel, in the order sent; messages to oneself do not travel.
    pub flights: Vec<Flight>,
    /// The places of the flights that take more than 1Δ.
    pub long: Vec<u32>,
    /// The events in which the network made a copy, or the script injected a message.
    unsent: Vec<EventId>,
    /// Losses, in the order of events.
    pub losses: Vec<Lost>,
    /// What machines stated, in the order of events. Facts of one kind that a node states at one instant are one mark.
    pub marks: Vec<Mark>,
    /// The times during which the network is not whole.
    pub bands: Vec<Band>,
    /// Quorums, each at the instant when it was complete.
    pub brackets: Vec<Bracket>,
    /// The acts of the script, in the order of events.
    pub acts: Vec<EventId>,
    /// The rings along which votes are gathered, each with the event in which a message first named it, in the order of events.
    /// Empty under protocols without rings.
    pub rings: Vec<(EventId, NodeSet)>,
    /// The first time that each decree was learned, in the order of events.
    pub decisions: Vec<(EventId, Time)>,
    /// How many messages leave in each part of the run.
    pub density: Vec<u32>,
    /// The length of such a part.
    pub bar: Time,
    /// When the last event that was read happens.
    pub end: Time,
    scenario: Arc<Scenario>,
    /// The events that were read, to find out what a fork shares with them.
    events: Chunks<Event>,
    notebook: read::Notebook,
}

/// A node's lane.
#[derive(Clone, Default, Debug)]
pub struct Track {
    /// When the node is down.
    pub downs: Vec<Stretch>,
    /// When the node believes that it leads.
    pub leads: Vec<Stretch>,
    /// What the node has promised and since when: its `nextBal`; none after it has forgotten.
    pub promises: Vec<(EventId, Time, Option<Ballot>)>,
    /// Since when the node knows the decree, where there is only one decree.
    pub knows: Option<(EventId, Time)>,
}

/// A stretch of time on a lane.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stretch {
    /// The event with which it begins.
    pub first: EventId,
    /// The time of that event.
    pub from: Time,
    /// The event with which it ends; [`NEVER`] if it does not.
    pub last: EventId,
    /// The time of that event.
    pub until: Time,
}

/// A message that travels.
#[derive(Clone, Copy, Debug)]
pub struct Flight {
    /// The message.
    pub id: MessageId,
    /// When it was sent.
    pub sent: Time,
    /// When it left its sender's port; the same instant where bandwidth has no limit.
    pub leaves: Time,
    /// When it lands, or would have landed.
    pub due: Time,
    /// Its sender.
    pub from: NodeId,
    /// Its receiver.
    pub to: NodeId,
    /// The step of the protocol that sent it.
    pub phase: Phase,
}

/// A loss.
#[derive(Clone, Copy, Debug)]
pub struct Lost {
    /// The event.
    pub event: EventId,
    /// When it happened.
    pub time: Time,
    /// The lane to which it was nearer.
    pub node: NodeId,
}

/// A fact on a lane, or several of one kind.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mark {
    /// The first event.
    pub event: EventId,
    /// The last one.
    pub last: EventId,
    /// When it happened.
    pub time: Time,
    /// The lane.
    pub node: NodeId,
    /// What kind of fact.
    pub kind: MarkKind,
}

/// A time during which the network is not whole.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Band {
    /// From when to when.
    pub stretch: Stretch,
    /// For each node the number of its group, if this is a partition into groups; otherwise empty.
    pub groups: Vec<u8>,
    /// `A B | C D E`, or the links that are cut.
    pub label: String,
}

/// A quorum at the instant when it was complete.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bracket {
    /// The event: a ballot began, or a vote was the last that was missing.
    pub event: EventId,
    /// When it happened.
    pub time: Time,
    /// Its members. A quorum of votes also has the members whose votes were cast at the same instant.
    pub members: NodeSet,
    /// Whether they voted; otherwise they promised.
    pub is_votes: bool,
    /// The ballot.
    pub ballot: Ballot,
    /// The instance.
    pub instance: Instance,
}

/// An event that stands out in a run, for the scrubber.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Notch {
    /// A decree is learned for the first time.
    Decision,
    /// An invariant is violated.
    Violation,
    /// A line of the script acts.
    Act,
}

impl Index {
    /// Reads a run, as far as it has been run.
    pub fn of(played: &Played) -> Self {
        let mut index = Self {
            tracks: Vec::new(),
            flights: Vec::new(),
            long: Vec::new(),
            unsent: Vec::new(),
            losses: Vec::new(),
            marks: Vec::new(),
            bands: Vec::new(),
            brackets: Vec::new(),
            acts: Vec::new(),
            rings: Vec::new(),
            decisions: Vec::new(),
            density: Vec::new(),
            bar: Time::DELTA,
            end: Time::ZERO,
            scenario: Arc::clone(played.run.scenario()),
            events: Chunks::default(),
            notebook: read::Notebook::default(),
        };
        index.grow(played.trace());
        index
    }

    /// The index of a run, with as much as possible kept from the last call. Of a run that goes on, only the new events
    /// are read; of a fork, only the events that it does not share with the run before.
    pub fn kept(kept: &mut Option<Rc<Self>>, played: &Played) -> Rc<Self> {
        let scenario = played.run.scenario();
        let mut index = kept.take().unwrap_or_else(|| Rc::new(Self::of(played)));
        if !Arc::ptr_eq(&index.scenario, scenario) {
            let shared = played.trace().events().shared(&index.events).min(index.notebook.read);
            let known = Rc::make_mut(&mut index);
            known.cut(played.trace(), shared);
            known.scenario = Arc::clone(scenario);
            known.grow(played.trace());
        }
        if index.notebook.read < played.trace().events().len() {
            Rc::make_mut(&mut index).grow(played.trace());
        }
        kept.insert(index).clone()
    }

    /// Whether it is the index of the run of this scenario.
    pub fn is_of(&self, scenario: &Arc<Scenario>) -> bool {
        Arc::ptr_eq(&self.scenario, scenario)
    }

    /// The ring that messages named last in the first `events` events.
    pub fn ring(&self, events: usize) -> NodeSet {
        let named = self.rings.partition_point(|(event, _)| (event.0 as usize) < events);
        self.rings[..named].last().map_or(NodeSet::EMPTY, |(_, ring)| *ring)
    }

    /// How many flights have left in the first `events` events.
    pub fn flown(&self, trace: &Trace, events: usize) -> usize {
        self.flights.partition_point(|flight| (trace.message(flight.id).sent.0 as usize) < events)
    }

    /// How many messages nodes sent in the first `events` events, without copies, and how many were lost.
    pub fn sent_and_lost(&self, trace: &Trace, events: usize) -> (usize, usize) {
        let unsent = self.unsent.partition_point(|event| (event.0 as usize) < events);
        let lost = self.losses.partition_point(|lost| (lost.event.0 as usize) < events);
        (self.flown(trace, events) - unsent, lost)
    }

    /// The hue of a ballot. Ballots get the `hues` hues in turn, in the order in which they were first heard of.
    pub fn hue(&self, ballot: Ballot, hues: u8) -> u8 {
        self.notebook.ballots.get(&ballot).map_or(0, |life| (life.order % u32::from(hues)) as u8)
    }

    /// The ballots that anybody has heard of, in the order in which they were first heard of.
    pub fn ballots(&self) -> Vec<Ballot> {
        let mut ballots: Vec<_> =
            self.notebook.ballots.entries().iter().map(|(ballot, life)| (life.order, *ballot)).collect();
        ballots.sort_unstable();
        ballots.into_iter().map(|(_, ballot)| ballot).collect()
    }

    /// When a ballot's number was chosen.
    pub fn tried(&self, ballot: Ballot) -> Option<Time> {
        self.notebook.ballots.get(&ballot)?.tried.map(|(_, time)| time)
    }

    /// The mark that begins with this event.
    pub fn mark(&self, event: EventId) -> Option<&Mark> {
        let place = self.marks.binary_search_by(|mark| mark.event.cmp(&event)).ok()?;
        Some(&self.marks[place])
    }

    /// The events that stand out, for the scrubber: their times and kinds, those of one kind in the order of time.
    /// `violations` are the events that checks have found so far.
    pub fn notches(&self, trace: &Trace, violations: &[EventId]) -> Vec<(Time, Notch)> {
        let mut notches: Vec<(Time, Notch)> = Vec::new();
        // Two notches that are nearer than this cannot be told apart on a scrubber.
        let apart = Time(self.end.0 / 300);
        let mut put = |time: Time, kind: Notch| {
            let is_near = |last: &(Time, Notch)| last.1 == kind && time.since(last.0) < apart;
            if !notches.last().is_some_and(is_near) {
                notches.push((time, kind));
            }
        };
        self.acts.iter().for_each(|event| put(trace.event(*event).time, Notch::Act));
        self.decisions.iter().for_each(|(_, time)| put(*time, Notch::Decision));
        violations.iter().for_each(|event| put(trace.event(*event).time, Notch::Violation));
        notches
    }
}
