//! The visited states, by their fingerprints of 64 bits, each with half of the fingerprint of the state before it.
//!
//! The search would take two states with the same fingerprint for one. Among a hundred million states that happens with a
//! chance of three in ten thousand. A violation that was found is real all the same: it is played again as a run.

use super::memory::{Memory, Refused};
use crate::explore::table::filled;

/// Fingerprints, each with the upper half of the fingerprint of the state before it, and the layer in which it was met. Half a
/// fingerprint nearly always suffices to find the state again, and `path` asks the moves where it does not.
///
/// The table is a sorted list with gaps. Where a fingerprint belongs, its home, grows with its key; it lies there or in one of the
/// next places, and keys that follow each other without a gap are in order. So a look-up ends at the first key that is larger,
/// and the table can be seven eighths full before that takes long.
#[derive(Debug)]
pub(super) struct Visited {
    /// The keys of the fingerprints. 0 marks a free place: no state has this fingerprint.
    keys: Vec<u64>,
    before: Vec<u32>,
    layers: Vec<u16>,
    /// How many places are homes; the places behind them are for keys that have moved on from the last homes.
    homes: usize,
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
const PLACE: usize = size_of::<u64>() + size_of::<u32>() + size_of::<u16>();

/// The least number of homes.
const HOMES_MIN: usize = 64;

/// How many places a table with so many homes has.
const fn places(homes: usize) -> usize {
    homes + homes / 64 + 16
}

/// The key of a fingerprint: another number for each. The lowest bits of a fingerprint chose the shard, and the highest are often
/// 0 where a fingerprint is the least of many, so its home depends on all of them.
const fn key(print: u64) -> u64 {
    print.wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// The fingerprint with this key.
const fn print(key: u64) -> u64 {
    key.wrapping_mul(0xF1DE_83E1_9937_733D)
}

/// The half of a fingerprint that is kept of the state before.
const fn half(print: u64) -> u32 {
    (print >> 32) as u32
}

impl Visited {
    /// A table that grows a little earlier or later than the others, which get about as many states: so they do not all have
    /// just grown at the same time.
    pub(super) fn of_shard(shard: usize, shards: usize) -> Self {
        Self::with_homes(HOMES_MIN + HOMES_MIN * shard / shards / 6).expect("there is memory for the first states")
    }

    fn with_homes(homes: usize) -> Option<Self> {
        let places = places(homes);
        let (keys, before, layers) = (filled(0, places)?, filled(0, places)?, filled(0, places)?);
        Some(Self { keys, before, layers, homes, len: 0 })
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn contains(&self, print: u64) -> bool {
        self.find(key(print)).is_ok()
    }

    /// How many moves lead to this state, as far as is known.
    pub(super) fn layer(&self, print: u64) -> Option<u16> {
        self.find(key(print)).ok().map(|place| self.layers[place])
    }

    /// Half of the fingerprint of the state before this one.
    pub(super) fn before(&self, print: u64) -> Option<u32> {
        self.find(key(print)).ok().map(|place| self.before[place])
    }

    /// The fingerprints of which this is the half, among the states to which fewer moves lead than this.
    pub(super) fn with_half(&self, kept: u32, layer: u16) -> impl Iterator<Item = u64> {
        let earlier = self.keys.iter().zip(&self.layers).filter(move |(key, other)| **key != 0 && **other < layer);
        earlier.map(|(key, _)| print(*key)).filter(move |print| half(*print) == kept)
    }

    /// Puts a state in. When several states of the layer before lead to this state, the one with the smallest fingerprint
    /// counts as the state before it, whichever was found first; of two with the same half, `path` takes the smaller one.
    ///
    /// # Errors
    /// There is no memory for one more.
    pub(super) fn insert(&mut self, print: u64, before: u64, layer: u16, memory: &Memory) -> Result<Met, Refused> {
        let (key, before) = (key(print), half(before));
        let mut place = match self.find(key) {
            Ok(place) if layer < self.layers[place] => {
                (self.layers[place], self.before[place]) = (layer, before);
                return Ok(Met::Nearer);
            }
            Ok(place) => {
                if self.layers[place] == layer && before < self.before[place] {
                    self.before[place] = before;
                }
                return Ok(Met::Known);
            }
            Err(place) => place,
        };
        if (self.len + 1) * 8 > self.homes * 7 {
            self.grow(memory)?;
            place = self.find(key).unwrap_or_else(|place| place);
        }
        loop {
            let behind = self.keys[place..].iter().position(|other| *other == 0);
            let Some(count) = behind else {
                self.grow(memory)?;
                place = self.find(key).unwrap_or_else(|place| place);
                continue;
            };
            let free = place + count;
            self.keys.copy_within(place..free, place + 1);
            self.before.copy_within(place..free, place + 1);
            self.layers.copy_within(place..free, place + 1);
            self.put(place, key, before, layer);
            return Ok(Met::New);
        }
    }

    /// Makes the table larger by a sixth.
    fn grow(&mut self, memory: &Memory) -> Result<(), Refused> {
        let mut homes = self.homes + self.homes / 6;
        loop {
            let bytes = places(homes) * PLACE;
            memory.ask(bytes)?;
            let Some(mut new) = Self::with_homes(homes) else {
                memory.give(bytes);
                return Err(memory.refused());
            };
            if new.take_over(self) {
                memory.give(self.keys.len() * PLACE);
                *self = new;
                return Ok(());
            }
            memory.give(bytes);
            homes += homes / 6;
        }
    }

    /// Puts in all that another table has, in its order; this table is empty. Returns false where the places behind the last home
    /// do not suffice.
    fn take_over(&mut self, old: &Self) -> bool {
        let mut free = 0;
        for (from, key) in old.keys.iter().enumerate().filter(|(_, key)| **key != 0) {
            let place = self.home(*key).max(free);
            if place >= self.keys.len() {
                return false;
            }
            self.put(place, *key, old.before[from], old.layers[from]);
            free = place + 1;
        }
        true
    }

    /// Forgets all states, and keeps the room for them.
    pub(super) fn clear(&mut self) {
        self.keys.fill(0);
        self.len = 0;
    }

    fn put(&mut self, place: usize, key: u64, before: u32, layer: u16) {
        (self.keys[place], self.before[place], self.layers[place]) = (key, before, layer);
        self.len += 1;
    }

    /// The highest half of the key as a fraction of the homes. So there are fewer than 2³² of them.
    fn home(&self, key: u64) -> usize {
        (((key >> 32) * self.homes as u64) >> 32) as usize
    }

    /// The place of this key; or else the place where it belongs, which is free or has a larger key.
    fn find(&self, key: u64) -> Result<usize, usize> {
        let mut place = self.home(key);
        loop {
            match self.keys.get(place) {
                Some(other) if *other == key => return Ok(place),
                Some(other) if *other != 0 && *other < key => place += 1,
                _ => return Err(place),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explore::table::mixed;

    #[test]
    fn whatever_is_put_in_is_found_and_nothing_else() {
        let memory = Memory::new(usize::MAX);
        // Fingerprints as they come, and small ones, as the least of many are.
        for (shift, multiplied) in [(0, 1), (24, 1), (56, 32)] {
            let prints: Vec<_> = (1..20_000_u64).map(|n| (mixed(n) >> shift).max(1) * multiplied + 1).collect();
            let mut visited = Visited::of_shard(3, 32);
            let mut met = std::collections::BTreeSet::new();
            for print in &prints {
                let expected = if met.insert(*print) { Met::New } else { Met::Known };
                assert_eq!(visited.insert(*print, mixed(*print), 7, &memory), Ok(expected));
            }
            assert_eq!(visited.len(), met.len());
            assert!(visited.len() * 8 <= visited.homes * 7);
            for print in &prints {
                assert_eq!((visited.before(*print), visited.layer(*print)), (Some(half(mixed(*print))), Some(7)));
                assert_eq!(super::print(key(*print)), *print);
            }
            let strangers = (30_000..40_000).map(mixed).filter(|print| !met.contains(print));
            strangers.for_each(|print| assert!(!visited.contains(print)));
        }
    }

    #[test]
    fn the_nearest_layer_counts_and_the_smallest_fingerprint_before_it() {
        let memory = Memory::new(usize::MAX);
        let mut visited = Visited::of_shard(0, 32);
        let mut insert =
            |before: u64, layer| (visited.insert(9, before << 32, layer, &memory), visited.before(9), visited.layer(9));
        assert_eq!(insert(5, 4), (Ok(Met::New), Some(5), Some(4)));
        assert_eq!(insert(3, 5), (Ok(Met::Known), Some(5), Some(4)));
        assert_eq!(insert(3, 4), (Ok(Met::Known), Some(3), Some(4)));
        assert_eq!(insert(8, 2), (Ok(Met::Nearer), Some(8), Some(2)));
        assert_eq!(visited.with_half(0, 3).collect::<Vec<_>>(), [9]);
        assert_eq!(visited.with_half(0, 2).count() + visited.with_half(1, 3).count(), 0);
    }

    #[test]
    fn a_table_that_may_not_grow_keeps_what_it_has() {
        let memory = Memory::new((8 << 20) + 40_000);
        let mut visited = Visited::of_shard(0, 32);
        let refused =
            (1..100_000).find(|n| visited.insert(mixed(*n), 1, 1, &memory).is_err()).expect("it is too large");
        assert_eq!(visited.len() as u64, refused - 1);
        assert!((1..refused).all(|n| visited.contains(mixed(n))) && !visited.contains(mixed(refused)));
    }
}
