//! Reads a run event by event, and each event once.

use super::kinds::{MarkKind, kind, states};
use super::{Band, Bracket, Flight, Index, Lost, Mark, NEVER, Stretch, Track};
use crate::latency::Start;
use crate::protocol::{Fact, Payload, Protocol};
use crate::quorum::Purpose;
use crate::scenario::{Act, Disk};
use crate::trace::{EventId, MessageId, Trace, What};
use crate::types::{Ballot, Instance, NodeId, NodeSet, Sorted, Time, Value, Vote};

/// The density of a whole run has at most so many bars.
const BARS: usize = 480;

/// What the reader remembers while it reads.
#[derive(Clone, Default, Debug)]
pub(super) struct Notebook {
    /// How many events were read.
    pub(super) read: usize,
    /// For each node and kind, the place of its last mark.
    pub(super) last_mark: Vec<[u32; MarkKind::ALL.len()]>,
    /// When each process was first asked for each decree.
    pub(super) asked: Sorted<(Value, NodeId), Time>,
    pub(super) ballots: Sorted<Ballot, Life>,
    /// The votes for each decree: in a fast round one ballot has votes for several. Of histories, the votes for each smallest
    /// part that has a command.
    pub(super) rounds: Sorted<(Ballot, Instance, Value), Round>,
    /// When a decree was first begun there by that ballot. Where a rule is broken one number can stand for two ballots.
    pub(super) began: Sorted<(Instance, Ballot, Option<Value>), (EventId, Time)>,
    /// When a decree was first learned there.
    pub(super) learned: Sorted<(Instance, Value), EventId>,
    pub(super) groups: Vec<u8>,
    pub(super) cuts: Vec<(NodeId, NodeId)>,
}

/// What is known about a ballot.
#[derive(Clone, Debug)]
pub(super) struct Life {
    /// Its number n, when it is the n-th ballot that was heard of.
    pub(super) order: u32,
    /// The event in which it was first heard of.
    pub(super) heard: EventId,
    /// When its number was chosen.
    pub(super) tried: Option<(EventId, Time)>,
    /// The event in which it was first begun.
    pub(super) begun: Option<EventId>,
}

/// What is known about the votes for one decree in a ballot.
#[derive(Clone, Default, Debug)]
pub(super) struct Round {
    pub(super) voters: NodeSet,
    /// The first vote of each node, in the order of events.
    pub(super) votes: Vec<(EventId, NodeId)>,
    /// The place of its bracket, if the voters are a quorum.
    pub(super) bracket: Option<usize>,
}

impl Index {
    /// Reads the events since the last call. The trace must be that of the same run.
    pub fn grow(&mut self, trace: &Trace) {
        let nodes = trace.scenario.nodes();
        self.tracks.resize_with(nodes, Track::default);
        self.notebook.last_mark.resize(nodes, [u32::MAX; MarkKind::ALL.len()]);
        self.flights.reserve(trace.messages().len() - self.flights.len());
        for place in self.notebook.read..trace.events().len() {
            let id = EventId(place as u32);
            let event = trace.event(id);
            self.take(trace, id, event.time, &event.what);
        }
        self.notebook.read = trace.events().len();
        self.events = trace.events().clone();
        self.end = trace.end();
    }

    /// How long a decree that was learned at `time` took, counted from [`Start::of`]. Of a history, how long ago the last of
    /// its commands was asked for.
    pub fn took(&self, protocol: &Protocol, instance: Instance, vote: Vote, time: Time) -> Option<Time> {
        if vote.value.is_history() {
            let commands = vote.value.commands();
            let asked = commands.iter().filter_map(|command| self.notebook.first_asked(*command)).max();
            return asked.map(|asked| time.since(asked));
        }
        let began = |value| self.notebook.began.get(&(instance, vote.ballot, value)).map(|(_, time)| *time);
        let began = began(Some(vote.value)).or(began(None));
        // A round that takes votes for promises starts with its step 2a.
        let tried = self.tried(vote.ballot).or(began);
        Some(time.since(Start::of(protocol, self.notebook.first_asked(vote.value), tried, began).1?))
    }

    /// How long after this process was first asked for this decree it is at `time`; none if it was not asked for it.
    pub fn waited(&self, node: NodeId, value: Value, time: Time) -> Option<Time> {
        self.notebook.asked.get(&(value, node)).map(|asked| time.since(*asked))
    }

    fn fly(&mut self, trace: &Trace, id: MessageId) {
        let envelope = trace.message(id);
        if envelope.to_self() {
            return;
        }
        let phase = trace.scenario.protocol.kind(envelope.message.kind).phase;
        let (sent, leaves, due) = (envelope.sent_at, envelope.leaves, envelope.due);
        if due.since(sent) > Time::DELTA {
            self.long.push(self.flights.len() as u32);
        }
        if envelope.copy_of.is_some() || trace.is_injected(envelope) {
            self.unsent.push(envelope.sent);
        }
        if let Payload::Hop(hop) = &envelope.message.payload {
            // The coordinator always has a place on its ring.
            let mut ring = hop.ring;
            envelope.message.ballot.map(|ballot| ring.insert(ballot.owner()));
            if self.rings.last().is_none_or(|(_, last)| *last != ring) {
                self.rings.push((envelope.sent, ring));
            }
        }
        self.flights.push(Flight { id, sent, leaves, due, from: envelope.from, to: envelope.to, phase });
        self.count(sent);
    }

    /// Counts a message in the density of the run, at the time when it is sent.
    pub(super) fn count(&mut self, sent: Time) {
        while (sent.0 / self.bar.0) as usize >= BARS {
            self.bar = Time(self.bar.0 * 2);
            for place in 0..self.density.len().div_ceil(2) {
                self.density[place] = self.density[2 * place] + self.density.get(2 * place + 1).unwrap_or(&0);
            }
            self.density.truncate(self.density.len().div_ceil(2));
        }
        let bar = (sent.0 / self.bar.0) as usize;
        if self.density.len() <= bar {
            self.density.resize(bar + 1, 0);
        }
        self.density[bar] += 1;
    }

    fn take(&mut self, trace: &Trace, id: EventId, time: Time, what: &What) {
        self.note_mark(id, time, what);
        match what {
            What::Acted(_, act) => {
                self.acts.push(id);
                self.act(trace, id, time, act);
            }
            What::CrashedBeforeSend(node) => self.crash(id, time, *node),
            What::Sent(message) => self.fly(trace, *message),
            What::Lost(message, _) => {
                let envelope = trace.message(*message);
                let is_far = time.since(envelope.leaves).0 * 2 > envelope.due.since(envelope.leaves).0;
                let node = if is_far { envelope.to } else { envelope.from };
                if !envelope.to_self() {
                    self.losses.push(Lost { event: id, time, node });
                }
            }
            What::Stated(node, fact) => self.fact(trace, id, time, *node, *fact),
            _ => {}
        }
    }

    fn note_mark(&mut self, event: EventId, time: Time, what: &What) {
        let Some((node, kind)) = kind(what) else { return };
        let marks = &mut self.marks;
        let last = &mut self.notebook.last_mark[node.index()][kind as usize];
        match marks.get_mut(*last as usize).filter(|mark| mark.time == time) {
            Some(mark) => mark.last = event,
            // Executing and answering have no marks, because they follow from learning.
            None if !states(what) => {}
            None => {
                *last = marks.len() as u32;
                marks.push(Mark { event, last: event, time, node, kind });
            }
        }
    }

    fn crash(&mut self, id: EventId, time: Time, node: NodeId) {
        let track = &mut self.tracks[node.index()];
        track.downs.push(stretch(id, time));
        close(&mut track.leads, id, time);
    }

    fn act(&mut self, trace: &Trace, id: EventId, time: Time, act: &Act<NodeId, Value>) {
        match act {
            Act::Crash(node) => return self.crash(id, time, *node),
            Act::Propose(node, value) => {
                self.notebook.asked.entry((*value, *node), || time);
                return;
            }
            Act::Restart(node, disk) => {
                let track = &mut self.tracks[node.index()];
                close(&mut track.downs, id, time);
                if *disk == Disk::Empty || !trace.scenario.setup.remembers(*node) {
                    track.promises.push((id, time, None));
                }
                return;
            }
            _ if !self.notebook.connect(act, trace.scenario.nodes()) => return,
            _ => {}
        }
        let bands = &mut self.bands;
        if let Some(band) = bands.last_mut().filter(|band| band.stretch.last == NEVER) {
            (band.stretch.last, band.stretch.until) = (id, time);
        }
        if !(self.notebook.groups.is_empty() && self.notebook.cuts.is_empty()) {
            let label = cut_label(trace, &self.notebook.groups, &self.notebook.cuts);
            bands.push(Band { stretch: stretch(id, time), groups: self.notebook.groups.clone(), label });
        }
    }

    fn fact(&mut self, trace: &Trace, id: EventId, time: Time, node: NodeId, fact: Fact) {
        match fact {
            Fact::Tried(ballot) => {
                let life = self.life(id, ballot);
                life.tried = life.tried.or(Some((id, time)));
            }
            Fact::Promised(_, ballot, _) | Fact::PromisedFrom(_, ballot) => self.promise(id, time, node, ballot),
            Fact::Began { instance, ballot, value, basis } => {
                // A ballot that begins with a history is one for each of its commands, and for those that are appended.
                let commands = value.map(|value| value.commands().iter().copied().map(Some).collect::<Vec<_>>());
                let more = value.filter(|value| value.is_history()).map(|_| None);
                // In a ledger, a ballot whose decrees the voters choose begins no single instance.
                let is_of_many = value.is_none() && trace.scenario.protocol.has_places();
                for value in commands.unwrap_or(vec![None]).into_iter().chain(more).filter(|_| !is_of_many) {
                    self.notebook.began.entry((instance, ballot, value), || (id, time));
                }
                let life = self.life(id, ballot);
                if life.begun.replace(life.begun.unwrap_or(id)).is_none() {
                    let members = basis.quorum();
                    self.brackets.push(Bracket { event: id, time, members, is_votes: false, ballot, instance });
                }
            }
            Fact::Voted(instance, vote) => {
                self.promise(id, time, node, vote.ballot);
                for value in trace.scenario.setup.parts(vote.value) {
                    self.vote(trace, id, time, node, (instance, Vote { value, ..vote }));
                }
            }
            Fact::Learned(instance, vote) => {
                if !trace.scenario.protocol.is_log {
                    let track = &mut self.tracks[node.index()];
                    track.knows = track.knows.or(Some((id, time)));
                }
                let decisions = &mut self.decisions;
                for value in vote.value.commands().iter() {
                    self.notebook.learned.entry((instance, *value), || {
                        decisions.push((id, time));
                        id
                    });
                }
            }
            Fact::Leads(true) => {
                let leads = &mut self.tracks[node.index()].leads;
                if leads.last().is_none_or(|last| last.last != NEVER) {
                    leads.push(stretch(id, time));
                }
            }
            Fact::Leads(false) => close(&mut self.tracks[node.index()].leads, id, time),
            _ => {}
        }
    }

    fn life(&mut self, heard: EventId, ballot: Ballot) -> &mut Life {
        let order = self.notebook.ballots.entries().len() as u32;
        self.notebook.ballots.entry(ballot, || Life { order, heard, tried: None, begun: None })
    }

    fn promise(&mut self, id: EventId, time: Time, node: NodeId, ballot: Ballot) {
        let promises = &mut self.tracks[node.index()].promises;
        if promises.last().is_none_or(|(_, _, last)| *last != Some(ballot)) {
            promises.push((id, time, Some(ballot)));
            self.life(id, ballot);
        }
    }

    fn vote(&mut self, trace: &Trace, id: EventId, time: Time, node: NodeId, (instance, vote): (Instance, Vote)) {
        let ballot = vote.ballot;
        let round = self.notebook.rounds.entry((ballot, instance, vote.value), Round::default);
        if !round.voters.contains(node) {
            round.voters.insert(node);
            round.votes.push((id, node));
        }
        let brackets = &mut self.brackets;
        match round.bracket {
            Some(place) if brackets[place].time == time => brackets[place].members = round.voters,
            Some(_) => {}
            None if trace.is_quorum(Purpose::Pass, (ballot, instance), round.voters) => {
                round.bracket = Some(brackets.len());
                brackets.push(Bracket { event: id, time, members: round.voters, is_votes: true, ballot, instance });
            }
            None => {}
        }
    }
}

impl Notebook {
    /// When somebody was first asked for this decree.
    fn first_asked(&self, value: Value) -> Option<Time> {
        let of = self.asked.from(&(value, NodeId(0))).iter().take_while(|((of, _), _)| *of == value);
        of.map(|(_, time)| *time).min()
    }

    /// Applies an act to the network; true if the act is one that changes links.
    pub(super) fn connect(&mut self, act: &Act<NodeId, Value>, nodes: usize) -> bool {
        match act {
            Act::Partition(named) => {
                self.cuts.clear();
                self.groups = vec![named.len() as u8; nodes];
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
            _ => return false,
        }
        true
    }
}

/// A stretch that has begun and not ended.
fn stretch(first: EventId, from: Time) -> Stretch {
    Stretch { first, from, last: NEVER, until: Time(u64::MAX) }
}

/// Ends the last stretch, if it has not ended.
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
