//! One moment of an execution on the grid: the state of every process, and the messages under way with the time that each
//! of them may still take. A moment does not say what time it is, so executions that come to the same moment count as
//! one.

use crate::protocol::TimerId;
use crate::types::NodeId;

/// Stands for the state of a process that has crashed.
pub(super) const CRASHED: u32 = u32::MAX;

/// A moment. Spans are counted in steps of the grid.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(super) struct State {
    /// For each process that was up at T_el, the number of its state, or [`CRASHED`].
    pub(super) processes: Vec<u32>,
    /// Running timers, by node, then in the order in which they were set.
    pub(super) timers: Vec<Running>,
    /// Messages under way between processes that are up, in order.
    pub(super) flying: Vec<Flying>,
    /// Which old messages may still land: a bit for each of them and each process.
    pub(super) old: u32,
    /// For how long old messages may still land, where that is limited.
    pub(super) old_left: u16,
    /// Whether a timer has run out at this instant.
    pub(super) fired: bool,
}

/// A running timer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Running {
    /// The node that set it.
    pub(super) node: NodeId,
    /// The timer.
    pub(super) timer: TimerId,
    /// The span after which the timer runs out.
    pub(super) left: u16,
}

/// A message under way.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Flying {
    /// The message's number.
    pub(super) message: u32,
    pub(super) from: NodeId,
    pub(super) to: NodeId,
    /// The message lands within this span. If its sender or receiver is slow, it may also be lost at the end of the span.
    pub(super) left: u16,
    /// Whether the message cannot land at this instant any more, because a timer has run out since it was sent.
    pub(super) is_late: bool,
}

/// One thing that can happen next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Step {
    /// The message at this place lands.
    Land(usize),
    /// This old message lands.
    Old(usize),
    /// The timer at this place runs out.
    Timer(usize),
    /// One step of the grid goes by.
    Pass,
    /// The process at this place crashes.
    Crash(usize),
}

impl Step {
    pub(super) fn code(self) -> u16 {
        match self {
            Self::Pass => 0,
            Self::Crash(place) => 1 + place as u16,
            Self::Land(place) => 0x4000 | place as u16,
            Self::Old(place) => 0x8000 | place as u16,
            Self::Timer(place) => 0xC000 | place as u16,
        }
    }

    pub(super) fn of(code: u16) -> Self {
        let place = usize::from(code & 0x3FFF);
        match code >> 14 {
            0 => place.checked_sub(1).map_or(Self::Pass, Self::Crash),
            1 => Self::Land(place),
            2 => Self::Old(place),
            _ => Self::Timer(place),
        }
    }
}

impl State {
    /// Writes the moment as words.
    pub(super) fn write(&self, words: &mut Vec<u16>) {
        words.clear();
        let mut wide = |number: u32| words.extend([number as u16, (number >> 16) as u16]);
        self.processes.iter().for_each(|process| wide(*process));
        wide(self.old);
        words.extend([self.old_left << 1 | u16::from(self.fired), self.timers.len() as u16]);
        for Running { node, timer, left } in &self.timers {
            words.extend([u16::from(node.0) << 8 | u16::from(timer.kind), timer.number as u16, *left]);
        }
        for Flying { message, from, to, left, is_late } in &self.flying {
            let ends = u16::from(from.0) << 8 | u16::from(to.0);
            words.extend([*message as u16, (*message >> 16) as u16, ends, left << 1 | u16::from(*is_late)]);
        }
    }

    /// Reads a moment with this many processes back from words.
    pub(super) fn read(words: &[u16], processes: usize) -> Self {
        let wide = |pair: &[u16]| u32::from(pair[0]) | u32::from(pair[1]) << 16;
        let (ids, rest) = words.split_at(2 * processes);
        let (head, rest) = rest.split_at(4);
        let (timers, flying) = rest.split_at(3 * usize::from(head[3]));
        let (high, low) = (|word: u16| (word >> 8) as u8, |word: u16| word as u8);
        let timer = |words: &[u16]| Running {
            node: NodeId(high(words[0])),
            timer: TimerId { kind: low(words[0]), number: u32::from(words[1]) },
            left: words[2],
        };
        let fly = |words: &[u16]| Flying {
            message: wide(words),
            from: NodeId(high(words[2])),
            to: NodeId(low(words[2])),
            left: words[3] >> 1,
            is_late: words[3] & 1 == 1,
        };
        Self {
            processes: ids.chunks(2).map(wide).collect(),
            timers: timers.chunks(3).map(timer).collect(),
            flying: flying.chunks(4).map(fly).collect(),
            old: wide(head),
            old_left: head[2] >> 1,
            fired: head[2] & 1 == 1,
        }
    }
}

/// Moments that are all different, each with a number in the order in which it came. The pool takes as much memory as the
/// words of the moments, and little more.
#[derive(Default)]
pub(super) struct Pool {
    words: Vec<u16>,
    ends: Vec<usize>,
    /// A table of the moments' numbers plus one, by the hash of the words, at most half full.
    slots: Vec<u32>,
}

impl Pool {
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// How many bytes the lists take, and would take with this many words more. A list that is full grows to twice its
    /// size, and needs both sizes meanwhile.
    pub(super) fn memory(&self, words: usize) -> usize {
        let words = list::<u16>(self.words.capacity(), self.words.len() + words);
        let ends = list::<usize>(self.ends.capacity(), self.ends.len() + 1);
        words + ends + list::<u32>(self.slots.len(), 2 * (self.ends.len() + 1))
    }

    pub(super) fn get(&self, number: usize) -> &[u16] {
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.words[start..self.ends[number]]
    }

    /// Puts a moment in; returns true when it was not there.
    pub(super) fn insert(&mut self, words: &[u16]) -> bool {
        if self.slots.len() <= 2 * self.ends.len() {
            self.grow();
        }
        let mask = self.slots.len() - 1;
        let mut slot = hash(words) as usize & mask;
        while let Some(number) = self.slots[slot].checked_sub(1) {
            if self.get(number as usize) == words {
                return false;
            }
            slot = (slot + 1) & mask;
        }
        self.words.extend_from_slice(words);
        self.ends.push(self.words.len());
        self.slots[slot] = self.ends.len() as u32;
        true
    }

    fn grow(&mut self) {
        let mask = (4 * self.ends.len()).next_power_of_two().max(64) - 1;
        self.slots = vec![0; mask + 1];
        for number in 0..self.ends.len() {
            let mut slot = hash(self.get(number)) as usize & mask;
            while self.slots[slot] != 0 {
                slot = (slot + 1) & mask;
            }
            self.slots[slot] = number as u32 + 1;
        }
    }
}

/// How many bytes a list takes that has room for `room` entries and is to hold `needed` of them.
pub(super) fn list<T>(room: usize, needed: usize) -> usize {
    size_of::<T>() * if needed > room { 3 * room } else { room }
}

/// A hash that multiplies and rotates, word by word: the words come from the search itself, so nobody can choose words
/// that collide.
fn hash(words: &[u16]) -> u64 {
    let mix = |hash: u64, word: &u16| (hash ^ u64::from(*word)).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29);
    words.iter().fold(0xCBF2_9CE4_8422_2325, mix)
}
