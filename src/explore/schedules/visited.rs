//! The visited states, by their fingerprints of 64 bits, each with the fingerprint of the state before it; and the states
//! themselves, as long as the search still has to look at them.
//!
//! The search would take two states with the same fingerprint for one. Among a hundred million states that happens with a
//! chance of three in ten thousand. A violation that was found is real all the same: it is played again as a run.

use super::memory::{Memory, Refused};
use crate::explore::table::filled;

/// Fingerprints in open addressing, with the fingerprint of the state before each, and the layer in which it was met.
#[derive(Debug)]
pub(super) struct Visited {
    /// 0 marks a free place: no state has this fingerprint.
    prints: Vec<u64>,
    before: Vec<u64>,
    layers: Vec<u16>,
    len: usize,
}

/// What the table knew of a state.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Met {
    New,
    Known,
    /// It is known, and this way to it is shorter than the one that was known.
    Nearer,
}

/// How many bytes a place for a state takes.
const PLACE: usize = size_of::<u64>() + size_of::<u64>() + size_of::<u16>();

impl Default for Visited {
    fn default() -> Self {
        Self::with_room(64).expect("there is memory for the first states")
    }
}

impl Visited {
    fn with_room(room: usize) -> Option<Self> {
        Some(Self { prints: filled(0, room)?, before: filled(0, room)?, layers: filled(0, room)?, len: 0 })
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn contains(&self, print: u64) -> bool {
        self.prints[self.slot(print)] != 0
    }

    /// How many moves lead to this state, as far as is known.
    pub(super) fn layer(&self, print: u64) -> Option<u16> {
        let slot = self.slot(print);
        (self.prints[slot] != 0).then(|| self.layers[slot])
    }

    /// The fingerprint of the state before this one.
    pub(super) fn before(&self, print: u64) -> Option<u64> {
        let slot = self.slot(print);
        (self.prints[slot] != 0).then(|| self.before[slot])
    }

    /// Puts a state in. When several states of the layer before lead to this state, the one with the smallest fingerprint
    /// counts as the state before it, whichever was found first.
    ///
    /// # Errors
    /// There is no memory for one more.
    pub(super) fn insert(&mut self, print: u64, before: u64, layer: u16, memory: &Memory) -> Result<Met, Refused> {
        let mut slot = self.slot(print);
        if self.prints[slot] != 0 {
            if layer < self.layers[slot] {
                (self.layers[slot], self.before[slot]) = (layer, before);
                return Ok(Met::Nearer);
            }
            if self.layers[slot] == layer && before < self.before[slot] {
                self.before[slot] = before;
            }
            return Ok(Met::Known);
        }
        if (self.len + 1) * 4 > self.prints.len() * 3 {
            self.grow(memory)?;
            slot = self.slot(print);
        }
        self.put(slot, print, before, layer);
        Ok(Met::New)
    }

    fn grow(&mut self, memory: &Memory) -> Result<(), Refused> {
        let room = 2 * self.prints.len();
        memory.ask(room * PLACE)?;
        let Some(new) = Self::with_room(room) else {
            memory.give(room * PLACE);
            return Err(memory.refused());
        };
        let old = std::mem::replace(self, new);
        for place in (0..old.prints.len()).filter(|place| old.prints[*place] != 0) {
            let slot = self.slot(old.prints[place]);
            self.put(slot, old.prints[place], old.before[place], old.layers[place]);
        }
        memory.give(old.prints.len() * PLACE);
        Ok(())
    }

    /// Forgets all states, and keeps the room for them.
    pub(super) fn clear(&mut self) {
        self.prints.fill(0);
        self.len = 0;
    }

    fn put(&mut self, slot: usize, print: u64, before: u64, layer: u16) {
        (self.prints[slot], self.before[slot], self.layers[slot]) = (print, before, layer);
        self.len += 1;
    }

    /// The place of this fingerprint, or the free place where it belongs. The lowest bits of a fingerprint chose the
    /// shard.
    fn slot(&self, print: u64) -> usize {
        let mask = self.prints.len() - 1;
        let mut slot = (print >> 8) as usize & mask;
        while self.prints[slot] != 0 && self.prints[slot] != print {
            slot = (slot + 1) & mask;
        }
        slot
    }
}

/// States in a row: their fingerprints, and their numbers.
#[derive(Default, Debug)]
pub(super) struct States {
    pub(super) prints: Vec<u64>,
    ends: Vec<u32>,
    words: Vec<u32>,
}

impl States {
    pub(super) fn len(&self) -> usize {
        self.prints.len()
    }

    pub(super) fn state(&self, place: usize) -> &[u32] {
        let start = if place == 0 { 0 } else { self.ends[place - 1] as usize };
        &self.words[start..self.ends[place] as usize]
    }

    /// How many numbers the state at this place has.
    pub(super) fn length(&self, place: usize) -> usize {
        self.state(place).len()
    }

    /// Makes room for one more state of this many numbers.
    ///
    /// # Errors
    /// There is no memory for the state, or the place of its end is too large for its type.
    pub(super) fn make_room(&mut self, words: usize, memory: &Memory) -> Result<(), Refused> {
        if u32::try_from(self.words.len() + words).is_err() {
            return Err(memory.refused());
        }
        memory.make_room(&mut self.words, words)?;
        memory.make_room(&mut self.prints, 1)?;
        memory.make_room(&mut self.ends, 1)
    }

    /// Adds a state; the caller has made room for it.
    pub(super) fn push(&mut self, print: u64, words: &[u32]) {
        self.words.extend_from_slice(words);
        self.close(print);
    }

    /// The list to which the caller writes a state, after making room for it; the caller closes the state with its
    /// fingerprint.
    pub(super) fn open(&mut self) -> &mut Vec<u32> {
        &mut self.words
    }

    pub(super) fn close(&mut self, print: u64) {
        self.prints.push(print);
        self.ends.push(self.words.len() as u32);
    }

    pub(super) fn clear(&mut self) {
        self.prints.clear();
        self.ends.clear();
        self.words.clear();
    }

    /// Clears the list, and gives the memory back.
    pub(super) fn free(&mut self, memory: &Memory) {
        memory.forget(&mut self.prints);
        memory.forget(&mut self.ends);
        memory.forget(&mut self.words);
    }
}
