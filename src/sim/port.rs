//! How messages leave: at once or, where the script limits the bandwidth, one after the other through their sender's port.
//!
//! Each node has one port for everything that it sends to others. A message waits until the port has sent what the node gave
//! it before; then it takes its size divided by the bandwidth; then it has left, and its delay begins. What the network does
//! to a message begins when the message has left: a link that is cut then stops it, and copies leave with it. What has not
//! left when its sender crashes is lost. A message to oneself, a message that the script injects, and one that a liar keeps
//! back use no port.

use std::collections::VecDeque;
use std::sync::Arc;

use super::network::Fate;
use super::queue::{Class, Item};
use super::{Log, World};
use crate::protocol::{Message, Payload};
use crate::trace::{Envelope, EventId, Loss, MessageId, What};
use crate::types::{NodeId, Time};

/// A message that is to set off, and its circumstances.
#[derive(Clone, Hash)]
pub(super) struct Parcel {
    pub(super) from: NodeId,
    pub(super) to: NodeId,
    pub(super) message: Message,
    /// What a correct process would have sent in its place, if its sender lies.
    pub(super) truth: Option<Arc<Message>>,
    /// What the network does to it, if its link is open when it leaves.
    pub(super) fate: Fate,
    /// The input of the step that sends it.
    pub(super) cause: Option<EventId>,
}

/// The port of a node.
#[derive(Clone, Default, Hash)]
pub(super) struct Port {
    /// When everything has left that was given to the port so far.
    free: Time,
    /// What has not left yet, in the order sent: each with the number of the queue's item for when it leaves.
    waiting: VecDeque<(u64, MessageId, Parcel)>,
}

impl Port {
    /// The messages that have not left.
    pub(super) fn messages(&self) -> impl Iterator<Item = MessageId> + '_ {
        self.waiting.iter().map(|(_, id, _)| *id)
    }

    /// About how many bytes a copy takes.
    pub(super) fn bytes(&self) -> usize {
        self.waiting.len() * size_of::<(u64, MessageId, Parcel)>()
    }
}

impl World {
    /// Sends a message and the copies that the network makes of it, whose delays are `copies`: through the sender's port, or
    /// at once. `is_through_port` is whether the message uses the port where there is one.
    pub(super) fn hand_over(
        &mut self,
        parcel: Parcel,
        copies: [Option<Time>; 2],
        is_through_port: bool,
        log: &mut Log<'_>,
    ) {
        let is_shared = is_through_port && self.joins_multicast(&parcel);
        let leaves = if is_through_port { self.leaving(&parcel, is_shared) } else { self.now };
        let waits = is_through_port && (leaves > self.now || !self.nodes[parcel.from.index()].port.waiting.is_empty());
        // A message that does not leave is not copied, either. Whether it leaves is known now or when it is due to leave.
        let is_copied = waits || self.network.is_open(parcel.from, parcel.to);
        let copy = |delay| Parcel { fate: Fate::Lands(delay), ..parcel.clone() };
        let copies: Vec<Parcel> = copies.into_iter().flatten().filter(|_| is_copied).map(copy).collect();
        let id = self.announce(&parcel, leaves, None, is_shared, log);
        self.send_off(id, parcel, leaves, waits, log);
        for parcel in copies {
            let copy = self.announce(&parcel, leaves, Some(id), false, log);
            self.send_off(copy, parcel, leaves, waits, log);
        }
    }

    /// When a message that is given to its sender's port now will have left.
    fn leaving(&mut self, parcel: &Parcel, is_shared: bool) -> Time {
        let sizes = self.scenario.network.sizes;
        if sizes.bandwidth.is_none() {
            return self.now;
        }
        let takes = sizes.takes(sizes.of(&parcel.message, self.scenario.protocol));
        let (now, port) = (self.now, &mut self.nodes[parcel.from.index()].port);
        if !is_shared {
            port.free = port.free.max(now).plus(takes);
        }
        port.free.max(now)
    }

    /// The message sets off at once, or waits in the port.
    fn send_off(&mut self, id: MessageId, parcel: Parcel, leaves: Time, waits: bool, log: &mut Log<'_>) {
        if !waits {
            let cause = parcel.cause;
            self.set_off(id, parcel, cause, log);
            return;
        }
        let node = parcel.from;
        let number = self.queue.push(leaves, Class::Leave, |number| Item::Leave { node, number });
        self.nodes[node.index()].port.waiting.push_back((number, id, parcel));
    }

    /// Whether the message belongs to the multicast that its step has just begun; otherwise it may begin one.
    fn joins_multicast(&mut self, parcel: &Parcel) -> bool {
        if !self.scenario.protocol.kind(parcel.message.kind).is_multicast {
            self.multicast = None;
            return false;
        }
        let sent = (parcel.from, parcel.message.clone());
        let is_shared = self.multicast.as_ref() == Some(&sent);
        self.multicast = Some(sent);
        is_shared
    }

    /// The next message leaves a port, unless it was lost before.
    pub(super) fn leave(&mut self, node: NodeId, number: u64, log: &mut Log<'_>) {
        let waiting = &mut self.nodes[node.index()].port.waiting;
        if waiting.front().is_some_and(|(first, ..)| *first == number) {
            let (_, id, parcel) = waiting.pop_front().expect("it is there");
            self.set_off(id, parcel, None, log);
        }
    }

    /// A node has crashed: what waits in its port is lost.
    pub(super) fn empty_port(&mut self, node: NodeId, cause: Option<EventId>, log: &mut Log<'_>) {
        for (_, id, _) in std::mem::take(&mut self.nodes[node.index()].port).waiting {
            self.record(log, cause, What::Lost(id, Loss::Crashed));
        }
    }

    /// Tells of a message that is sent now and leaves at this time, or of a copy.
    fn announce(
        &mut self,
        parcel: &Parcel,
        leaves: Time,
        copy_of: Option<MessageId>,
        is_shared: bool,
        log: &mut Log<'_>,
    ) -> MessageId {
        let id = MessageId(self.messages);
        self.messages += 1;
        let Parcel { from, to, message, truth, cause, .. } = parcel;
        if let Payload::Entries(entries) = &message.payload {
            let decrees = entries.iter().map(|entry| self.scenario.symbols.value(entry.vote.value).len());
            self.carried += size_of_val(&**entries) + decrees.sum::<usize>();
        }
        if let Payload::Proof(_, claims) = &message.payload {
            self.carried += size_of_val(&**claims);
        }
        if let Some(trace) = log {
            trace.push_message(Envelope {
                from: *from,
                to: *to,
                message: message.clone(),
                sent: EventId(self.events),
                sent_at: self.now,
                leaves,
                due: leaves.plus(parcel.fate.delay()),
                truth: truth.clone(),
                is_shared,
                copy_of,
                end: None,
            });
        }
        self.record(log, *cause, What::Sent(id));
        id
    }

    /// A message leaves its sender, and the network does what it does. `cause` is the input of the step under way, if there
    /// is one.
    fn set_off(&mut self, id: MessageId, parcel: Parcel, cause: Option<EventId>, log: &mut Log<'_>) {
        let Parcel { from, to, message, fate, .. } = parcel;
        match fate {
            Fate::Blocked(_, why) => {
                self.record(log, cause, What::Lost(id, why));
            }
            _ if !self.network.is_open(from, to) => {
                self.record(log, cause, What::Lost(id, Loss::Cut));
            }
            Fate::Lands(delay) => {
                self.queue.push(self.now.plus(delay), Class::Message, |_| Item::Land { id, from, to, message });
            }
            // A message may vanish at any point of its way; half-way is where people can see it.
            Fate::Vanishes(delay, why) => {
                let at = self.now.plus(Time(delay.0 / 2));
                self.queue.push(at, Class::Message, |_| Item::Vanish { id, why });
            }
        }
    }
}
