//! The states that were met, by their fingerprints of 64 bits, each with the one before it; and the states themselves as
//! long as they have to be looked at.
//!
//! Two states with one fingerprint would be taken for one. Among a hundred million states that happens with a chance of
//! three in ten thousand, and a violation that was found is one all the same: it is played again as a run.

/// Fingerprints in open addressing, with the fingerprint of the state before each, and the layer in which it was met.
#[derive(Debug)]
pub(super) struct Visited {
    /// 0 where nothing is: no state has this fingerprint.
    prints: Vec<u64>,
    before: Vec<u64>,
    layers: Vec<u16>,
    len: usize,
}

/// What a state turned out to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Met {
    New,
    Known,
}

impl Default for Visited {
    fn default() -> Self {
        Self::with_room(64)
    }
}

impl Visited {
    fn with_room(room: usize) -> Self {
        Self { prints: vec![0; room], before: vec![0; room], layers: vec![0; room], len: 0 }
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn contains(&self, print: u64) -> bool {
        self.prints[self.slot(print)] != 0
    }

    /// The state before this one.
    pub(super) fn before(&self, print: u64) -> Option<u64> {
        let slot = self.slot(print);
        (self.prints[slot] != 0).then(|| self.before[slot])
    }

    /// Of the states of the layer before that lead to a state, the one with the smallest fingerprint counts as the one before
    /// it, whichever comes first.
    pub(super) fn insert(&mut self, print: u64, before: u64, layer: u16) -> Met {
        let mut slot = self.slot(print);
        if self.prints[slot] != 0 {
            if self.layers[slot] == layer && before < self.before[slot] {
                self.before[slot] = before;
            }
            return Met::Known;
        }
        if (self.len + 1) * 4 > self.prints.len() * 3 {
            let old = std::mem::replace(self, Self::with_room(self.prints.len() * 2));
            for place in (0..old.prints.len()).filter(|place| old.prints[*place] != 0) {
                let slot = self.slot(old.prints[place]);
                self.put(slot, old.prints[place], old.before[place], old.layers[place]);
            }
            slot = self.slot(print);
        }
        self.put(slot, print, before, layer);
        Met::New
    }

    fn put(&mut self, slot: usize, print: u64, before: u64, layer: u16) {
        (self.prints[slot], self.before[slot], self.layers[slot]) = (print, before, layer);
        self.len += 1;
    }

    /// Where this fingerprint is, or would be. Its lowest bits chose the shard.
    fn slot(&self, print: u64) -> usize {
        let mask = self.prints.len() - 1;
        let mut slot = (print >> 8) as usize & mask;
        while self.prints[slot] != 0 && self.prints[slot] != print {
            slot = (slot + 1) & mask;
        }
        slot
    }
}

/// States one after the other: their fingerprints, and their numbers.
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

    pub(super) fn push(&mut self, print: u64, words: &[u32]) {
        self.words.extend_from_slice(words);
        self.close(print);
    }

    /// Where a state is written, to be closed with its fingerprint.
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
}
