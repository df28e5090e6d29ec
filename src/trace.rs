//! The trace: what happened in a run, append-only, in the order in which it happened.
//!
//! It holds transport events (a message was sent, landed or was lost, a timer ran out), the acts of the script, and the
//! facts that machines state. Each event knows the input that caused it, so happens-before and critical paths can be
//! read off. The golden format has one line for each event, as [`Trace::line`] writes it; [`Trace::hash`] is taken over
//! those lines.
//!
//! *Architecture invariant:* the trace does not know simulation. It can be read, checked and drawn without running.

mod causality;
mod chunks;
mod compare;
mod text;

use std::borrow::Cow;
use std::hash::Hasher as _;
use std::sync::Arc;

use chunks::PIECE;
use siphasher::sip::SipHasher13;

use crate::protocol::{Cell, Configuration, Configurations, Fact, Field, Message, TimerId};
use crate::quorum::{Purpose, QuorumSystem};
use crate::replica::Outcome;
use crate::scenario::{Act, Scenario};
use crate::types::{Ballot, Bytes, Instance, NodeId, NodeSet, Time, Value};

pub use chunks::{Chunks, Iter};
pub use text::{describe_cell, describe_value, describe_vote};

/// The place of an event in its trace.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct EventId(pub u32);

/// The place of a message among those of its trace, in the order sent.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct MessageId(pub u32);

/// Something that happened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Event {
    /// When it happened.
    pub time: Time,
    /// The input of the step to which this event belongs. It is the event itself when the event is an input or belongs
    /// to no step.
    pub cause: EventId,
    /// What happened.
    pub what: What,
}

/// What can happen in a run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum What {
    /// The script acted: the place of the act in its scenario, and the act. An act that found nothing to do is not an
    /// event.
    Acted(u32, Act<NodeId, Value>),
    /// A node crashed before it sent a message, as the script had told it to do before its next send.
    CrashedBeforeSend(NodeId),
    /// A message left its sender.
    Sent(MessageId),
    /// A message reached its receiver.
    Landed(MessageId),
    /// A message is gone.
    Lost(MessageId, Loss),
    /// A timer ran out.
    TimerFired(NodeId, TimerId),
    /// A node wrote to its stable storage.
    Persisted(NodeId, Field, Instance, Cell),
    /// A node executed an entry of its ledger.
    Applied(NodeId, Box<Applied>),
    /// A node stated a fact about what it did.
    Stated(NodeId, Fact),
}

/// An entry of the ledger that a node executed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Applied {
    /// Its place in the ledger.
    pub instance: Instance,
    /// The command. It is the olive-day decree where there was nothing to do or the command had been executed before.
    pub value: Value,
    /// The outcome of the command.
    pub outcome: Outcome,
    /// A fingerprint of everything executed so far, in its order.
    pub chain: u64,
    /// A fingerprint of the state after it.
    pub digest: u64,
}

/// Why a message was lost.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Loss {
    /// The script dropped it.
    Dropped,
    /// It was lost by chance.
    Chance,
    /// Its link was cut when the message left or when it would have landed.
    Cut,
    /// Its receiver was down when it would have landed.
    Down,
    /// Its sender, a liar, kept it back.
    Withheld,
    /// Its sender crashed before it had left the sender's port.
    Crashed,
}

/// A message's way through the network.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Envelope {
    /// Who sent it.
    pub from: NodeId,
    /// Who is to receive it.
    pub to: NodeId,
    /// What it says.
    pub message: Message,
    /// The event in which it was sent.
    pub sent: EventId,
    /// When it was sent.
    pub sent_at: Time,
    /// When it leaves its sender's port, or would have left; the instant at which it is sent where bandwidth has no limit.
    pub leaves: Time,
    /// When it lands, or would have landed.
    pub due: Time,
    /// What a correct process would have sent in its place, if its sender lied here.
    pub truth: Option<Arc<Message>>,
    /// Whether the message left in one multicast with the message before it.
    pub is_shared: bool,
    /// The message of which this is a copy, if the network made it.
    pub copy_of: Option<MessageId>,
    /// The event in which it landed or was lost; none while the message is under way.
    pub end: Option<EventId>,
}

impl Envelope {
    /// Whether it goes to its own sender. Such a message takes no time and is not counted (PTP §2.2).
    pub fn to_self(&self) -> bool {
        self.from == self.to
    }
}

/// How many messages there were, without those that nodes sent to themselves.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct MessageCounts {
    /// Messages that nodes sent, lost or not, without copies and without messages that the script injects.
    pub sent: usize,
    /// How often nodes handed these messages to the network: a message that is multicast was handed over once for all its
    /// receivers.
    pub sends: usize,
    /// Messages that the script put into the network, lost or not, without copies.
    pub injected: usize,
    /// Messages that were lost, copies included.
    pub lost: usize,
    /// Copies that the network made.
    pub duplicated: usize,
    /// The bytes of the messages that nodes sent. One multicast counts once, whatever the number of its receivers.
    pub bytes: u64,
}

/// What happened in a run of a scenario.
#[derive(Clone, Debug)]
pub struct Trace {
    /// The scenario of the run.
    pub scenario: Arc<Scenario>,
    events: Chunks<Event>,
    messages: Chunks<Envelope>,
    /// The counts of messages at the end of each whole piece of the list of events; `counted` are those of all events.
    counts: Vec<MessageCounts>,
    counted: MessageCounts,
    /// The changes of the configuration, each with the event in which a process first learned that it has passed.
    changes: Vec<(EventId, Fact)>,
    configurations: Configurations,
}

impl Trace {
    /// A run in which nothing has happened yet.
    pub fn new(scenario: Arc<Scenario>) -> Self {
        let (events, messages) = (Chunks::default(), Chunks::default());
        Self {
            scenario,
            events,
            messages,
            counts: Vec::new(),
            counted: MessageCounts::default(),
            changes: Vec::new(),
            configurations: Configurations::default(),
        }
    }

    /// All events, in order.
    pub fn events(&self) -> &Chunks<Event> {
        &self.events
    }

    /// All messages, in the order sent.
    pub fn messages(&self) -> &Chunks<Envelope> {
        &self.messages
    }

    /// One event.
    pub fn event(&self, id: EventId) -> &Event {
        &self.events[id.0 as usize]
    }

    /// One message.
    pub fn message(&self, id: MessageId) -> &Envelope {
        &self.messages[id.0 as usize]
    }

    /// Whether a message is lost by the end of what has been run.
    pub fn is_lost(&self, id: MessageId) -> bool {
        self.message(id).end.is_some_and(|end| matches!(self.event(end).what, What::Lost(..)))
    }

    /// Each event with its place.
    pub fn numbered(&self) -> impl DoubleEndedIterator<Item = (EventId, &Event)> {
        self.events.iter().enumerate().map(|(place, event)| (EventId(place as u32), event))
    }

    /// Each fact that was stated: its event, when, by whom, and the fact.
    pub fn facts(&self) -> impl DoubleEndedIterator<Item = (EventId, Time, NodeId, Fact)> {
        self.numbered().filter_map(|(id, event)| match event.what {
            What::Stated(node, fact) => Some((id, event.time, node, fact)),
            _ => None,
        })
    }

    /// The quorums for this purpose in this ballot of this instance. Where passed decrees change the configuration, they are
    /// those of the configuration of the instance, as far as the run has told it.
    pub fn quorum(&self, purpose: Purpose, ballot: Ballot, instance: Instance) -> Cow<'_, QuorumSystem> {
        self.scenario.quorum_in(&self.configurations, purpose, (ballot, instance))
    }

    /// The configuration that follows from all decrees that somebody has learned in the first `events` events; none where
    /// nothing changes the members.
    pub fn newest_configuration(&self, events: usize) -> Option<Configuration> {
        let setup = &self.scenario.setup;
        setup.changes.as_ref()?;
        let mut configurations = Configurations::default();
        let learned = self.changes.iter().filter(|(id, _)| (id.0 as usize) < events);
        learned.for_each(|(_, fact)| configurations.observe(setup, fact));
        Some(configurations.last(&setup.cast))
    }

    /// Whether these nodes are enough for this purpose in this ballot of this instance.
    pub fn is_quorum(&self, purpose: Purpose, (ballot, instance): (Ballot, Instance), set: NodeSet) -> bool {
        self.quorum(purpose, ballot, instance).is_quorum(set)
    }

    /// The node at which an event happened; none for what happened to the network.
    pub fn node_of(&self, event: &Event) -> Option<NodeId> {
        match &event.what {
            What::Acted(
                _,
                Act::Propose(node, _)
                | Act::Crash(node)
                | Act::CrashBeforeSend(node)
                | Act::Restart(node, _)
                | Act::Timeout(node, ..),
            )
            | What::CrashedBeforeSend(node)
            | What::TimerFired(node, _)
            | What::Persisted(node, ..)
            | What::Applied(node, ..)
            | What::Stated(node, _) => Some(*node),
            What::Acted(..) => None,
            What::Sent(id) => Some(self.message(*id).from),
            What::Landed(id) | What::Lost(id, _) => Some(self.message(*id).to),
        }
    }

    /// The counts of messages in the first `events` events. This takes equally long everywhere in a run.
    pub fn message_counts(&self, events: usize) -> MessageCounts {
        let whole = events.min(self.events.len()) / PIECE;
        let mut counts = whole.checked_sub(1).map_or(MessageCounts::default(), |last| self.counts[last]);
        self.events.range(whole * PIECE..events).for_each(|event| self.count(&event.what, event.cause, &mut counts));
        counts
    }

    /// Counts the message that an event tells of, if the message is sent or lost. `cause` is the input to which the
    /// event belongs.
    fn count(&self, what: &What, cause: EventId, counts: &mut MessageCounts) {
        let (What::Sent(id) | What::Lost(id, _)) = what else { return };
        let message = self.message(*id);
        match what {
            _ if message.to_self() => {}
            What::Lost(..) => counts.lost += 1,
            _ if message.copy_of.is_some() => counts.duplicated += 1,
            _ if self.injects(cause) => counts.injected += 1,
            _ => {
                counts.sent += 1;
                if !message.is_shared {
                    counts.sends += 1;
                    counts.bytes = counts.bytes.saturating_add(self.size(message).0);
                }
            }
        }
    }

    /// The size of a message.
    pub fn size(&self, envelope: &Envelope) -> Bytes {
        self.scenario.network.sizes.of(&envelope.message, self.scenario.protocol)
    }

    /// Whether an input is the act of the script that puts a message into the network.
    fn injects(&self, cause: EventId) -> bool {
        let cause = self.events.get(cause.0 as usize);
        cause.is_some_and(|cause| matches!(cause.what, What::Acted(_, Act::Inject(_))))
    }

    /// The receivers of the send to which this message belongs: several if it was multicast. Copies and messages to oneself do not
    /// count.
    pub fn receivers(&self, id: MessageId) -> NodeSet {
        let messages = self.messages();
        let of_send = |message: &&Envelope| message.copy_of.is_none();
        let rest = messages.range(id.0 as usize + 1..messages.len());
        let later = rest.take_while(|message| message.is_shared || message.copy_of.is_some());
        let (mut first, mut receivers) = (id.0 as usize, NodeSet::EMPTY);
        while first > 0 && (messages[first].is_shared || messages[first].copy_of.is_some()) {
            first -= 1;
        }
        for message in messages.range(first..id.0 as usize + 1).chain(later).filter(of_send) {
            if !message.to_self() {
                receivers.insert(message.to);
            }
        }
        receivers
    }

    /// Whether the script injected this message, or the message of which this is a copy.
    pub fn is_injected(&self, envelope: &Envelope) -> bool {
        self.injects(self.event(envelope.sent).cause)
    }

    /// How many of the events happened at or before `time`.
    pub fn count_until(&self, time: Time) -> usize {
        self.events.partition_point(|event| event.time <= time)
    }

    /// How many of the events happened before `time`.
    pub fn count_before(&self, time: Time) -> usize {
        self.events.partition_point(|event| event.time < time)
    }

    /// When the last event happened.
    pub fn end(&self) -> Time {
        self.events.last().map_or(Time::ZERO, |event| event.time)
    }

    /// The number of a message among those of its kind on its link: it is the n-th, counted from 1 and without copies,
    /// as links that open runs count. This looks at every earlier message, so ask it of one message and not of all.
    pub fn place_on_link(&self, id: MessageId) -> u32 {
        self.originals_alike(id).count() as u32
    }

    /// The same number as scripts count it: only among messages that nodes send. None for a message that the script
    /// injects.
    pub fn ordinal(&self, id: MessageId) -> Option<u32> {
        let is_sent = |other: &&Envelope| !self.is_injected(other);
        (!self.is_injected(self.message(id))).then(|| self.originals_alike(id).filter(is_sent).count() as u32)
    }

    /// The messages of the same kind on the same link up to and including this one, without copies.
    fn originals_alike(&self, id: MessageId) -> impl Iterator<Item = &Envelope> {
        let original = self.message(id).copy_of.unwrap_or(id);
        let this = self.message(original);
        let (from, to, kind) = (this.from, this.to, this.message.kind);
        let alike = move |other: &&Envelope| {
            (other.from, other.to, other.message.kind, other.copy_of) == (from, to, kind, None)
        };
        self.messages.range(0..original.0 as usize + 1).filter(alike)
    }

    /// The trace hash: SipHash-1-3 (zero key) of the golden text, the same on every machine and browser.
    pub fn hash(&self) -> u64 {
        let mut hasher = SipHasher13::new();
        let mut line = String::new();
        for place in 0..self.events.len() {
            line.clear();
            self.put_line(&mut line, EventId(place as u32));
            line.push('\n');
            hasher.write(line.as_bytes());
        }
        hasher.finish()
    }

    /// Adds an event that belongs to the step of `cause`; without a cause the event is its own cause.
    pub(crate) fn push(&mut self, time: Time, cause: Option<EventId>, what: What) -> EventId {
        let id = EventId(self.events.len() as u32);
        if let What::Landed(message) | What::Lost(message, _) = what {
            self.messages.get_mut(message.0 as usize).end = Some(id);
        }
        let mut counted = self.counted;
        let cause = cause.unwrap_or(id);
        self.count(&what, cause, &mut counted);
        self.counted = counted;
        if let What::Stated(_, fact @ Fact::Learned(_, vote)) = what
            && self.scenario.setup.change(vote.value).is_some()
        {
            self.changes.push((id, fact));
            self.configurations.observe(&self.scenario.setup, &fact);
        }
        self.events.push(Event { time, cause, what });
        if self.events.len().is_multiple_of(PIECE) {
            self.counts.push(counted);
        }
        id
    }

    /// Adds a message; an event that tells of it follows.
    pub(crate) fn push_message(&mut self, envelope: Envelope) {
        self.messages.push(envelope);
    }

    /// The first `events` events and `messages` messages, as the beginning of a run of another scenario. The messages
    /// in `pending` are still under way at that point. Both runs share what they have in common.
    pub(crate) fn prefix(
        &self,
        scenario: Arc<Scenario>,
        events: usize,
        messages: usize,
        pending: impl Iterator<Item = MessageId>,
    ) -> Self {
        let counted = self.message_counts(events);
        let counts = self.counts[..events / PIECE].to_vec();
        let mut messages = self.messages.prefix(messages);
        pending.for_each(|id| messages.get_mut(id.0 as usize).end = None);
        let mut configurations = Configurations::default();
        let changes: Vec<_> = self.changes.iter().copied().filter(|(id, _)| (id.0 as usize) < events).collect();
        changes.iter().for_each(|(_, fact)| configurations.observe(&scenario.setup, fact));
        Self { scenario, events: self.events.prefix(events), messages, counts, counted, changes, configurations }
    }
}
