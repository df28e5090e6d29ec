//! What pictures need of a whole run, read once a run and kept small; a picture then finds its part by binary search.
//!
//! Nothing here is text, and nothing knows how far the run has been watched: what is shown of it are always the events
//! before some event, so a picture compares numbers of events.

mod kinds;

use crate::protocol::{Fact, Guard, Phase};
use crate::scenario::Act;
use crate::session::Played;
use crate::trace::{EventId, MessageId, Trace, What};
use crate::types::{Ballot, Instance, NodeId, NodeSet, Sorted, Time, Value};

pub use kinds::MarkKind;
pub(in crate::view) use kinds::{kind, ranges, states};

/// At most so many bars has the density of a whole run; none is shorter than 1Δ.
const BARS: u64 = 240;

/// No event: later than all of them.
pub const NEVER: EventId = EventId(u32::MAX);

/// What pictures need of a run.
#[derive(Debug)]
pub struct Index {
    /// A track for each node, in order.
    pub tracks: Vec<Track>,
    /// Messages that travel, in the order sent; those to oneself do not.
    pub flights: Vec<Flight>,
    /// The places of the flights that take more than 1Δ.
    pub long: Vec<u32>,
    /// The events in which the network made a copy.
    copies: Vec<EventId>,
    /// Losses, in their order.
    pub losses: Vec<Lost>,
    /// What machines stated, in its order; facts of one kind that a node states at one instant are one mark.
    pub marks: Vec<Mark>,
    /// Times in which the network is not whole.
    pub bands: Vec<Band>,
    /// Quorums, when each was complete.
    pub brackets: Vec<Bracket>,
    /// What the script did, in its order.
    pub acts: Vec<EventId>,
    /// The first time that each decree was learned, in their order.
    pub decisions: Vec<(EventId, Time)>,
    ballots: Sorted<Ballot, Life>,
    /// How many messages leave in each of so many parts of the run.
    pub density: Vec<u32>,
    /// When the last thing happens.
    pub end: Time,
}

/// A node's lane.
#[derive(Default, Debug)]
pub struct Track {
    /// When it is down.
    pub downs: Vec<Stretch>,
    /// When it thinks that it leads.
    pub leads: Vec<Stretch>,
    /// What it has promised, since when: its `nextBal`; none after it has forgotten.
    pub promises: Vec<(EventId, Time, Option<Ballot>)>,
    /// Since when it knows the decree, where there is one only.
    pub knows: Option<(EventId, Time)>,
}

/// A stretch of time on a lane.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stretch {
    /// The event with which it begins.
    pub first: EventId,
    /// When that is.
    pub from: Time,
    /// The event with which it ends; [`NEVER`] if it does not.
    pub last: EventId,
    /// When that is.
    pub until: Time,
}

/// A message that travels.
#[derive(Clone, Copy, Debug)]
pub struct Flight {
    /// Which.
    pub id: MessageId,
    /// When it left.
    pub sent: Time,
    /// When it lands, or would.
    pub due: Time,
    /// Whence.
    pub from: NodeId,
    /// Whither.
    pub to: NodeId,
    /// The step that sent it.
    pub phase: Phase,
}

/// A loss.
#[derive(Clone, Copy, Debug)]
pub struct Lost {
    /// The event.
    pub event: EventId,
    /// When.
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
    /// When.
    pub time: Time,
    /// The lane.
    pub node: NodeId,
    /// What kind of fact.
    pub kind: MarkKind,
}

/// A time in which the network is not whole.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Band {
    /// From when to when.
    pub stretch: Stretch,
    /// For each node its group's number when this is a partition into groups, otherwise nothing.
    pub groups: Vec<u8>,
    /// `A B | C D E`, or the links that are cut.
    pub label: String,
}

/// A quorum at the instant when it was complete.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bracket {
    /// The event: a ballot began, or a vote was the last that was missing.
    pub event: EventId,
    /// When.
    pub time: Time,
    /// Its members; of votes, also those that were cast at the same instant.
    pub members: NodeSet,
    /// Whether they voted; otherwise they promised.
    pub is_votes: bool,
    /// The ballot.
    pub ballot: Ballot,
    /// The instance.
    pub instance: Instance,
}

/// What pictures need of a ballot.
#[derive(Clone, Copy, Debug)]
struct Life {
    /// The how-manieth it is among those that were heard of.
    order: u32,
    /// When its number was chosen.
    tried: Option<Time>,
    /// When it began for the first time.
    began: bool,
}

/// What stands out in a run, for the scrubber.
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
    /// Reads a run.
    pub fn of(played: &Played) -> Self {
        let trace = played.trace();
        let mut reader = Reader::new(trace);
        for (id, event) in trace.numbered() {
            reader.take(trace, id, event.time, &event.what);
        }
        reader.index
    }

    /// How many flights have left in the first `events` events.
    pub fn flown(&self, trace: &Trace, events: usize) -> usize {
        self.flights.partition_point(|flight| (trace.message(flight.id).sent.0 as usize) < events)
    }

    /// How many messages were sent in the first `events` events, without copies, and how many were lost.
    pub fn sent_and_lost(&self, trace: &Trace, events: usize) -> (usize, usize) {
        let copies = self.copies.partition_point(|event| (event.0 as usize) < events);
        let lost = self.losses.partition_point(|lost| (lost.event.0 as usize) < events);
        (self.flown(trace, events) - copies, lost)
    }

    /// The hue of a ballot: as many as there are come in turn, in the order in which ballots were heard of.
    pub fn hue(&self, ballot: Ballot, hues: u8) -> u8 {
        self.ballots.get(&ballot).map_or(0, |life| (life.order % u32::from(hues)) as u8)
    }

    /// When a ballot's number was chosen.
    pub fn tried(&self, ballot: Ballot) -> Option<Time> {
        self.ballots.get(&ballot)?.tried
    }

    /// The mark to which an event belongs as its first.
    pub fn mark(&self, event: EventId) -> Option<&Mark> {
        let place = self.marks.binary_search_by(|mark| mark.event.cmp(&event)).ok()?;
        Some(&self.marks[place])
    }

    /// What stands out, for the scrubber: times and kinds, of each kind in order of time. `violations` are the events that
    /// checks have found so far.
    pub fn notches(&self, trace: &Trace, violations: &[EventId]) -> Vec<(Time, Notch)> {
        let mut notches: Vec<(Time, Notch)> = Vec::new();
        // On a scrubber nobody can tell apart what is nearer than that.
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

/// Reads a run event by event.
struct Reader {
    index: Index,
    /// For each node and kind, the place of its last mark.
    last_mark: Vec<[u32; 9]>,
    /// Who voted so far.
    voters: Sorted<(Ballot, Instance), Voters>,
    learned: Sorted<Instance, ()>,
    groups: Vec<u8>,
    cuts: Vec<(NodeId, NodeId)>,
}

/// Who voted in a ballot, and the place of its bracket when they are a quorum.
struct Voters {
    set: NodeSet,
    bracket: Option<usize>,
}

impl Reader {
    fn new(trace: &Trace) -> Self {
        let nodes = trace.scenario.nodes();
        let end = trace.end();
        let bars = (end.0 / Time::DELTA.0).clamp(1, BARS);
        let mut index = Index {
            tracks: (0..nodes).map(|_| Track::default()).collect(),
            flights: Vec::with_capacity(trace.messages().len()),
            long: Vec::new(),
            copies: Vec::new(),
            losses: Vec::new(),
            marks: Vec::new(),
            bands: Vec::new(),
            brackets: Vec::new(),
            acts: Vec::new(),
            decisions: Vec::new(),
            ballots: Sorted::default(),
            density: vec![0; bars as usize],
            end,
        };
        for (place, envelope) in trace.messages().iter().enumerate().filter(|(_, envelope)| !envelope.to_self()) {
            let phase = trace.scenario.protocol.kind(envelope.message.kind).phase;
            let (sent, due) = (envelope.sent_at, envelope.due);
            if due.since(sent) > Time::DELTA {
                index.long.push(index.flights.len() as u32);
            }
            if envelope.copy_of.is_some() {
                index.copies.push(envelope.sent);
            }
            let bar = u128::from(sent.0) * u128::from(bars) / (u128::from(end.0) + 1);
            index.density[bar as usize] += 1;
            let id = MessageId(place as u32);
            index.flights.push(Flight { id, sent, due, from: envelope.from, to: envelope.to, phase });
        }
        Self {
            index,
            last_mark: vec![[u32::MAX; 9]; nodes],
            voters: Sorted::default(),
            learned: Sorted::default(),
            groups: Vec::new(),
            cuts: Vec::new(),
        }
    }

    fn take(&mut self, trace: &Trace, id: EventId, time: Time, what: &What) {
        self.mark(id, time, what);
        match what {
            What::Acted(_, act) => {
                self.index.acts.push(id);
                self.act(trace, id, time, act);
            }
            What::CrashedBeforeSend(node) => self.crash(id, time, *node),
            What::Lost(message, _) => {
                let envelope = trace.message(*message);
                let is_far = time.since(envelope.sent_at).0 * 2 > envelope.due.since(envelope.sent_at).0;
                let node = if is_far { envelope.to } else { envelope.from };
                if !envelope.to_self() {
                    self.index.losses.push(Lost { event: id, time, node });
                }
            }
            What::Stated(node, fact) => self.fact(trace, id, time, *node, *fact),
            _ => {}
        }
    }

    fn mark(&mut self, event: EventId, time: Time, what: &What) {
        let Some((node, kind)) = kind(what) else { return };
        let marks = &mut self.index.marks;
        let last = &mut self.last_mark[node.index()][kind as usize];
        match marks.get_mut(*last as usize).filter(|mark| mark.time == time) {
            Some(mark) => mark.last = event,
            // What is executed or answered belongs to what was learned.
            None if !states(what) => {}
            None => {
                *last = marks.len() as u32;
                marks.push(Mark { event, last: event, time, node, kind });
            }
        }
    }

    fn crash(&mut self, id: EventId, time: Time, node: NodeId) {
        let track = &mut self.index.tracks[node.index()];
        track.downs.push(stretch(id, time));
        close(&mut track.leads, id, time);
    }

    fn act(&mut self, trace: &Trace, id: EventId, time: Time, act: &Act<NodeId, Value>) {
        match act {
            Act::Crash(node) => return self.crash(id, time, *node),
            Act::Restart(node) => {
                let track = &mut self.index.tracks[node.index()];
                close(&mut track.downs, id, time);
                if !trace.scenario.setup.keeps(Guard::Memory) {
                    track.promises.push((id, time, None));
                }
                return;
            }
            Act::Partition(named) => {
                self.cuts.clear();
                self.groups = vec![named.len() as u8; trace.scenario.nodes()];
                for (number, group) in named.iter().enumerate() {
                    group.iter().for_each(|node| self.groups[node.index()] = number as u8);
                }
            }
            Act::Cut(link) => self.cuts.push((link.from, link.to)),
            Act::HealLink(link) => self.cuts.retain(|cut| *cut != (link.from, link.to)),
            Act::Heal => {
                self.groups.clear();
                self.cuts.clear();
            }
            _ => return,
        }
        let bands = &mut self.index.bands;
        if let Some(band) = bands.last_mut().filter(|band| band.stretch.last == NEVER) {
            (band.stretch.last, band.stretch.until) = (id, time);
        }
        if !(self.groups.is_empty() && self.cuts.is_empty()) {
            let label = cut_label(trace, &self.groups, &self.cuts);
            bands.push(Band { stretch: stretch(id, time), groups: self.groups.clone(), label });
        }
    }

    fn fact(&mut self, trace: &Trace, id: EventId, time: Time, node: NodeId, fact: Fact) {
        match fact {
            Fact::Tried(ballot) => {
                let life = self.life(ballot);
                life.tried = life.tried.or(Some(time));
            }
            Fact::Promised(_, ballot, _) | Fact::PromisedFrom(_, ballot) => self.promise(id, time, node, ballot),
            Fact::Began { instance, vote, quorum } => {
                let life = self.life(vote.ballot);
                if !std::mem::replace(&mut life.began, true) {
                    let bracket =
                        Bracket { event: id, time, members: quorum, is_votes: false, ballot: vote.ballot, instance };
                    self.index.brackets.push(bracket);
                }
            }
            Fact::Voted(instance, vote) => {
                self.promise(id, time, node, vote.ballot);
                self.vote(trace, id, time, node, (vote.ballot, instance));
            }
            Fact::Learned(instance, _) => {
                if !trace.scenario.protocol.is_log {
                    let track = &mut self.index.tracks[node.index()];
                    track.knows = track.knows.or(Some((id, time)));
                }
                let decisions = &mut self.index.decisions;
                self.learned.entry(instance, || decisions.push((id, time)));
            }
            Fact::Leads(true) => {
                let leads = &mut self.index.tracks[node.index()].leads;
                if leads.last().is_none_or(|last| last.last != NEVER) {
                    leads.push(stretch(id, time));
                }
            }
            Fact::Leads(false) => close(&mut self.index.tracks[node.index()].leads, id, time),
            _ => {}
        }
    }

    fn life(&mut self, ballot: Ballot) -> &mut Life {
        let order = self.index.ballots.entries().len() as u32;
        self.index.ballots.entry(ballot, || Life { order, tried: None, began: false })
    }

    fn promise(&mut self, id: EventId, time: Time, node: NodeId, ballot: Ballot) {
        self.life(ballot);
        let promises = &mut self.index.tracks[node.index()].promises;
        if promises.last().is_none_or(|(_, _, last)| *last != Some(ballot)) {
            promises.push((id, time, Some(ballot)));
        }
    }

    fn vote(&mut self, trace: &Trace, id: EventId, time: Time, node: NodeId, (ballot, instance): (Ballot, Instance)) {
        let voters = self.voters.entry((ballot, instance), || Voters { set: NodeSet::EMPTY, bracket: None });
        voters.set.insert(node);
        let brackets = &mut self.index.brackets;
        match voters.bracket {
            Some(place) if brackets[place].time == time => brackets[place].members = voters.set,
            Some(_) => {}
            None if trace.scenario.setup.quorums.is_quorum(voters.set) => {
                voters.bracket = Some(brackets.len());
                brackets.push(Bracket { event: id, time, members: voters.set, is_votes: true, ballot, instance });
            }
            None => {}
        }
    }
}

/// One that has begun.
fn stretch(first: EventId, from: Time) -> Stretch {
    Stretch { first, from, last: NEVER, until: Time(u64::MAX) }
}

/// Ends the last one, if it is not over.
fn close(stretches: &mut [Stretch], id: EventId, time: Time) {
    if let Some(open) = stretches.last_mut().filter(|open| open.last == NEVER) {
        (open.last, open.until) = (id, time);
    }
}

/// `A B | C D E, A↛C`: the groups and the links that are cut.
fn cut_label(trace: &Trace, groups: &[u8], cuts: &[(NodeId, NodeId)]) -> String {
    let symbols = &trace.scenario.symbols;
    let mut label = String::new();
    for number in 0..=groups.iter().copied().max().unwrap_or(0) {
        let members: NodeSet = NodeId::all(groups.len()).filter(|node| groups[node.index()] == number).collect();
        if !members.is_empty() {
            label.push_str(if label.is_empty() { "" } else { " | " });
            label.push_str(&symbols.set(members));
        }
    }
    for (from, to) in cuts {
        label.push_str(if label.is_empty() { "" } else { ", " });
        label.push_str(&format!("{}↛{}", symbols.node(*from), symbols.node(*to)));
    }
    label
}
