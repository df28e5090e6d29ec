//! The tools for look-ups in a search: a hash of contents that is the same on every machine, and a table of numbers.
//!
//! A table is an index whose order nobody ever sees. It uses open addressing with linear probing, in two lists; it never
//! forgets a key, so it needs no more.

use std::hash::Hasher;

use siphasher::sip::SipHasher13;

/// SipHash-1-3 with a zero key. It feeds lengths and the numbers of variants as eight bytes, because `Hash` leaves their
/// size to the machine: so the same contents have the same hash natively and in a browser.
#[derive(Default)]
pub struct ContentHasher {
    hasher: SipHasher13,
    fed: usize,
}

impl Hasher for ContentHasher {
    fn finish(&self) -> u64 {
        self.hasher.finish()
    }

    fn write(&mut self, bytes: &[u8]) {
        self.fed += bytes.len();
        self.hasher.write(bytes);
    }

    fn write_usize(&mut self, number: usize) {
        self.fed += 8;
        self.hasher.write_u64(number as u64);
    }

    fn write_isize(&mut self, number: isize) {
        self.fed += 8;
        self.hasher.write_i64(number as i64);
    }
}

/// The content hash of what `feed` feeds.
pub fn content_hash(feed: impl FnOnce(&mut ContentHasher)) -> u64 {
    content_hash_and_length(feed).0
}

/// The content hash of what `feed` feeds, and the number of those bytes.
pub fn content_hash_and_length(feed: impl FnOnce(&mut ContentHasher)) -> (u64, usize) {
    let mut hasher = ContentHasher::default();
    feed(&mut hasher);
    (hasher.finish(), hasher.fed)
}

/// A number that is unlike its neighbours (the finaliser of SplitMix64).
pub const fn mixed(number: u64) -> u64 {
    let number = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ (number >> 31)
}

const FREE: u32 = u32::MAX;

/// A list of this length with equal entries; none where the machine does not give the memory.
pub fn filled<T: Clone>(value: T, length: usize) -> Option<Vec<T>> {
    let mut list = Vec::new();
    list.try_reserve_exact(length).ok()?;
    list.resize(length, value);
    Some(list)
}

/// How long a list is made that has no more room: a short one doubles, which is quick, and a long one grows by a quarter, so that
/// little of it is empty.
pub const fn grown(length: usize) -> usize {
    if length < 1 << 12 { 2 * length } else { length + length / 4 }
}

/// A map from numbers to places.
#[derive(Clone, Debug)]
pub struct Table {
    keys: Vec<u64>,
    /// For each key its place, or [`FREE`] where there is no key.
    places: Vec<u32>,
    len: usize,
}

impl Default for Table {
    fn default() -> Self {
        Self { keys: vec![0; 16], places: vec![FREE; 16], len: 0 }
    }
}

impl Table {
    /// The place under this key.
    pub fn get(&self, key: u64) -> Option<u32> {
        let place = self.places[self.slot(key)];
        (place != FREE).then_some(place)
    }

    /// Puts a place under a key that has none.
    ///
    /// # Panics
    /// When the table has to grow and there is no memory.
    pub fn put(&mut self, key: u64, place: u32) {
        debug_assert!(place != FREE && self.get(key).is_none(), "a new key");
        assert!(!self.is_full() || self.grow(), "there is memory for a table");
        let slot = self.slot(key);
        (self.keys[slot], self.places[slot]) = (key, place);
        self.len += 1;
    }

    /// Whether the table has to grow before another key is put in.
    pub fn is_full(&self) -> bool {
        (self.len + 1) * 4 > self.keys.len() * 3
    }

    /// How many bytes the table holds.
    pub fn bytes(&self) -> usize {
        self.keys.len() * (size_of::<u64>() + size_of::<u32>())
    }

    /// How many bytes the table will hold when it has grown.
    pub fn bytes_grown(&self) -> usize {
        grown(self.keys.len()) * (size_of::<u64>() + size_of::<u32>())
    }

    /// Makes the room of the table larger. It takes all its new bytes before it gives its own back. When there is no memory it
    /// returns false and changes nothing.
    pub fn grow(&mut self) -> bool {
        let room = grown(self.keys.len());
        let (Some(keys), Some(places)) = (filled(0, room), filled(FREE, room)) else { return false };
        let old = std::mem::replace(self, Self { keys, places, len: 0 });
        for (key, place) in old.keys.into_iter().zip(old.places).filter(|(_, place)| *place != FREE) {
            self.put(key, place);
        }
        true
    }

    /// The place of this key, or the free place where it belongs.
    fn slot(&self, key: u64) -> usize {
        let room = self.keys.len();
        let mut slot = (((mixed(key) >> 32) * room as u64) >> 32) as usize;
        while self.places[slot] != FREE && self.keys[slot] != key {
            slot += 1;
            if slot == room {
                slot = 0;
            }
        }
        slot
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_finds_what_was_put_in_and_nothing_else() {
        let mut table = Table::default();
        (0..1000_u32).for_each(|number| table.put(u64::from(number) << 32 | 7, number));
        assert!((0..1000_u32).all(|number| table.get(u64::from(number) << 32 | 7) == Some(number)));
        assert_eq!((table.get(0), table.get(7 + (1000 << 32))), (None, None));
    }

    #[test]
    fn lengths_are_hashed_with_eight_bytes_on_every_machine() {
        use std::hash::Hash;
        let fed = content_hash(|hasher| [3_u8].as_slice().hash(hasher));
        let bytes = content_hash(|hasher| hasher.write(&[1, 0, 0, 0, 0, 0, 0, 0, 3]));
        assert_eq!(fed, bytes);
    }
}
