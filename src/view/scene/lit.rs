//! What is highlighted while the rest is dimmed: the critical path of a decree that was learned, or the causal past of
//! an event.

use super::{Focus, Pen, Target};
use crate::protocol::Fact;
use crate::trace::{EventId, MessageId, What};
use crate::types::{NodeId, Time};
use crate::view::index::Mark;

/// The opacity of what is dimmed.
const DIM: f32 = 0.2;

/// What is highlighted in the window.
#[derive(Default)]
pub(super) struct Lit {
    is_on: bool,
    /// Messages from this one on have a place in the list; of the messages before it, those that are lit are in the
    /// other list.
    first: u32,
    messages: Vec<bool>,
    early: Vec<MessageId>,
    /// For each node, the last of its events that is lit; the events before it are lit too.
    known: Vec<Option<EventId>>,
    /// The critical path, from its first message on.
    pub(super) path: Vec<MessageId>,
    /// The ends of the path: the nodes and the instants.
    ends: Vec<(NodeId, Time)>,
}

impl Lit {
    /// The opacity of a message.
    pub(super) fn message(&self, id: MessageId) -> f32 {
        let is_lit = match id.0.checked_sub(self.first) {
            Some(place) => self.messages.get(place as usize).copied().unwrap_or(false),
            None => self.early.contains(&id),
        };
        if is_lit || !self.is_on { 1.0 } else { DIM }
    }

    /// The opacity of a mark.
    pub(super) fn mark(&self, mark: &Mark) -> f32 {
        let known = self.known.get(mark.node.index()).copied().flatten();
        let is_lit = known >= Some(mark.event) || self.ends.contains(&(mark.node, mark.time));
        if is_lit || !self.is_on { 1.0 } else { 2.0 * DIM }
    }

    /// The opacity of things that belong neither to a message nor to a node.
    pub(super) fn message_free(&self) -> f32 {
        if self.is_on { 2.0 * DIM } else { 1.0 }
    }

    fn light(&mut self, id: MessageId) {
        match id.0.checked_sub(self.first) {
            None => self.early.push(id),
            Some(place) => {
                let place = place as usize;
                if self.messages.len() <= place {
                    self.messages.resize(place + 1, false);
                }
                self.messages[place] = true;
            }
        }
    }
}

impl Pen<'_> {
    /// Works out what is lit in this window.
    pub(super) fn light(&self) -> Lit {
        let Focus { chosen, hovered } = self.input.focus;
        let since = self.from.since(Time::DELTA);
        let first = self.index.flights.partition_point(|flight| flight.sent < since);
        let first = self.index.flights.get(first).map_or(0, |flight| flight.id.0);
        let mut lit = Lit { first, ..Lit::default() };
        let hovered = hovered.filter(|target| !matches!(target, Target::Lane(..)) && Some(*target) != chosen);
        if hovered.is_none() {
            lit.path = self.path();
        }
        if !lit.path.is_empty() {
            lit.is_on = true;
            for id in lit.path.clone() {
                lit.light(id);
                let envelope = self.trace.message(id);
                lit.ends.extend([(envelope.from, envelope.sent_at), (envelope.to, envelope.due)]);
            }
            return lit;
        }
        let event = match hovered.or(chosen) {
            Some(Target::Message(id)) => {
                let sent = self.trace.messages().get(id.0 as usize).map(|envelope| envelope.sent);
                if sent.is_some_and(|sent| self.is_shown(sent)) {
                    lit.light(id);
                }
                sent
            }
            Some(Target::Mark(event)) => Some(event),
            Some(Target::Lane(..)) | None => None,
        };
        if let Some(event) = event.filter(|event| self.is_shown(*event)) {
            lit.is_on = true;
            self.light_past(event, &mut lit);
        }
        lit
    }

    /// Lights the causal past of an event, as far back as the window reaches.
    #[inline(never)]
    fn light_past(&self, event: EventId, lit: &mut Lit) {
        lit.known = vec![None; self.nodes];
        if let Some(node) = self.trace.node_of(self.trace.event(event)) {
            lit.known[node.index()] = Some(event);
        }
        let earlier = self.trace.events().range(0..event.0 as usize + 1).enumerate().rev();
        for (place, event) in earlier.take_while(|(_, event)| event.time >= self.from) {
            let What::Landed(id) = event.what else { continue };
            let envelope = self.trace.message(id);
            if lit.known[envelope.to.index()] >= Some(EventId(place as u32)) {
                lit.light(id);
                let sender = &mut lit.known[envelope.from.index()];
                *sender = (*sender).max(Some(envelope.sent));
            }
        }
    }

    /// The critical path of the decree that was learned at the chosen mark.
    pub(super) fn path(&self) -> Vec<MessageId> {
        let Some(Target::Mark(event)) = self.input.focus.chosen.filter(|_| self.input.drag.is_none()) else {
            return Vec::new();
        };
        if !self.is_shown(event) {
            return Vec::new();
        }
        let What::Stated(_, Fact::Learned(instance, _)) = self.trace.event(event).what else { return Vec::new() };
        // In a log a decree may wait for another decree; the path ends there, because the rest is the path of the other
        // decree.
        let protocol = self.trace.scenario.protocol;
        self.trace.critical_path_while(event, |message| {
            message.instance == instance || message.ballot.is_none() || protocol.kind(message.kind).is_sweeping
        })
    }
}
