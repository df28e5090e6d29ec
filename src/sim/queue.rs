//! The queue of coming messages and timers. Items are ordered by time; at one time messages come before timers; and items of
//! one kind come in the order in which they were put in.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::hash::{Hash, Hasher};

use crate::protocol::{Effects, Message, TimerId};
use crate::trace::{Loss, MessageId};
use crate::types::{NodeId, Time};

/// The order of items at one instant.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Class {
    /// Messages leave ports. They leave before others land, so messages that left one port stay in their order.
    Leave,
    /// Landings and losses of messages.
    Message,
    /// Timers. They come after the messages, so a reply that takes exactly as long as a timer is in time.
    Timer,
}

#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) enum Item {
    Leave { node: NodeId, number: u64 },
    Land { id: MessageId, from: NodeId, to: NodeId, message: Message },
    Vanish { id: MessageId, why: Loss },
    Timer { node: NodeId, timer: TimerId, number: u64 },
}

/// The queue. Its heap holds small keys; the items stay in `items` until their turn.
#[derive(Clone, Default)]
pub(super) struct Queue {
    order: BinaryHeap<Reverse<(Time, Class, u64, u32)>>,
    items: Vec<Option<Item>>,
    free: Vec<u32>,
    pushed: u64,
    /// The list that steps fill. The queue keeps it so that each step reuses its memory.
    effects: Effects,
}

impl Clone for Effects {
    /// Makes an empty list: this is a scratch list, and its content is no part of any state.
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Queue {
    pub(super) fn next_time(&self) -> Option<Time> {
        self.order.peek().map(|Reverse((time, ..))| *time)
    }

    /// How many bytes a copy takes, without the lists that messages carry, which copies share.
    pub(super) fn bytes(&self) -> usize {
        let key = size_of::<Reverse<(Time, Class, u64, u32)>>();
        self.order.len() * key + self.items.len() * size_of::<Option<Item>>() + self.free.len() * size_of::<u32>()
    }

    /// The messages that are under way.
    pub(super) fn messages(&self) -> impl Iterator<Item = MessageId> + '_ {
        self.items.iter().filter_map(|item| match item {
            Some(Item::Land { id, .. } | Item::Vanish { id, .. }) => Some(*id),
            _ => None,
        })
    }

    /// Puts in an item and returns its number. No other item of this queue has this number, and `item` makes the item from
    /// it.
    pub(super) fn push(&mut self, time: Time, class: Class, item: impl FnOnce(u64) -> Item) -> u64 {
        let number = self.pushed;
        self.pushed += 1;
        let item = Some(item(number));
        let slot = match self.free.pop() {
            Some(slot) => {
                self.items[slot as usize] = item;
                slot
            }
            None => {
                self.items.push(item);
                self.items.len() as u32 - 1
            }
        };
        self.order.push(Reverse((time, class, number, slot)));
        number
    }

    pub(super) fn pop(&mut self) -> Item {
        let Reverse((.., slot)) = self.order.pop().expect("asked for the next time before");
        self.free.push(slot);
        self.items[slot as usize].take().expect("a key in the heap has its item")
    }

    pub(super) fn take_effects(&mut self) -> Effects {
        std::mem::take(&mut self.effects)
    }

    pub(super) fn put_back(&mut self, effects: Effects) {
        self.effects = effects;
    }
}

/// The hash covers the items and their order; the places of the items in memory do not matter.
impl Hash for Queue {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        let mut keys: Vec<_> = self.order.iter().map(|Reverse(key)| *key).collect();
        keys.sort_unstable();
        for (time, class, number, slot) in keys {
            (time, class, number).hash(hasher);
            self.items[slot as usize].hash(hasher);
        }
    }
}
