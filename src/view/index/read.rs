//! Reads a run once, event by event.

use super::kinds::{kind, states};
use super::{Band, Bracket, Flight, Index, Life, Lost, Mark, NEVER, Stretch, Track};
use crate::protocol::{Fact, Guard};
use crate::scenario::Act;
use crate::trace::{EventId, MessageId, Trace, What};
use crate::types::{Ballot, Instance, NodeId, NodeSet, Sorted, Time, Value};

/// At most so many bars has the density of a whole run; none is shorter than 1Δ.
const BARS: u64 = 240;

/// What pictures need of a run.
pub(super) fn read(trace: &Trace) -> Index {
    let mut reader = Reader::new(trace);
    for (id, event) in trace.numbered() {
        reader.take(trace, id, event.time, &event.what);
    }
    reader.index
}

/// What is kept in mind while reading.
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
