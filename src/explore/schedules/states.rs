//! States in a row: those that the search has still to look at, and those that a worker has found. A row has only the numbers of a
//! state, since its fingerprint is a sum over them.
//!
//! Most numbers are small, so a number takes as many bytes as it needs: seven bits in each byte, and the highest bit says whether
//! another byte follows. The bytes are in chunks. So a list never copies what it holds, has little room to spare, and gives back
//! its first chunks when the search has looked at their states.

use std::collections::VecDeque;

use super::memory::{Memory, Refused};

/// The sizes of chunks: a list begins with a small one, and each is twice as large as the one before it, up to the largest. A state
/// that is larger has a chunk of its own size.
const CHUNK_MIN: usize = 256;
const CHUNK_MAX: usize = 16 << 10;

/// What a chunk takes besides its bytes: its entry in the list of chunks, which doubles and then is there twice.
const ENTRY: usize = 3 * size_of::<Chunk>();

/// How many bytes the length of a state takes at most.
const LENGTH_MAX: usize = 5;

/// States, one after the other. Each is the length of its numbers in bytes, and the numbers.
#[derive(Default, Debug)]
struct Chunk {
    /// How many states are in the chunks before, those that were given back among them.
    first: usize,
    bytes: Vec<u8>,
}

/// States in a row.
#[derive(Default, Debug)]
pub(super) struct States {
    chunks: VecDeque<Chunk>,
    len: usize,
}

/// A state in a row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Packed<'a> {
    numbers: &'a [u8],
}

impl Packed<'_> {
    /// How many bytes the numbers take, at least one each.
    pub(super) fn bytes(self) -> usize {
        self.numbers.len()
    }

    /// Writes the numbers to this list.
    pub(super) fn unpack(self, state: &mut Vec<u32>) {
        state.clear();
        let (mut number, mut shift) = (0, 0);
        for byte in self.numbers {
            number |= u32::from(byte & 0x7F) << shift;
            shift += 7;
            if byte >> 7 == 0 {
                state.push(number);
                (number, shift) = (0, 0);
            }
        }
    }
}

/// Adds numbers to a list of bytes.
pub(super) fn pack(numbers: &[u32], bytes: &mut Vec<u8>) {
    for number in numbers {
        let mut rest = *number;
        while rest >> 7 != 0 {
            bytes.push(rest as u8 | 0x80);
            rest >>= 7;
        }
        bytes.push(rest as u8);
    }
}

impl States {
    /// How many states there are, those among them that were given back.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The states from this place on; those before it may have been given back.
    pub(super) fn from(&self, place: usize) -> impl Iterator<Item = Packed<'_>> {
        let chunk = self.chunks.partition_point(|chunk| chunk.first <= place).saturating_sub(1);
        let skip = self.chunks.get(chunk).map_or(0, |chunk| place - chunk.first);
        let chunks = self.chunks.range(chunk.min(self.chunks.len())..);
        chunks.flat_map(|chunk| Bytes(&chunk.bytes)).skip(skip)
    }

    /// Makes room for one more state whose numbers take so many bytes.
    ///
    /// # Errors
    /// There is no memory for the state.
    pub(super) fn make_room(&mut self, numbers: usize, memory: &Memory) -> Result<(), Refused> {
        let last = self.chunks.back().map(|chunk| &chunk.bytes);
        let bytes = LENGTH_MAX + numbers;
        if last.is_some_and(|last| last.capacity() - last.len() >= bytes) { Ok(()) } else { self.begin(bytes, memory) }
    }

    /// Begins a new chunk, in which there is room for so many bytes.
    #[cold]
    fn begin(&mut self, bytes: usize, memory: &Memory) -> Result<(), Refused> {
        let last = self.chunks.back().map_or(0, |chunk| chunk.bytes.capacity());
        let room = bytes.max((2 * last).clamp(CHUNK_MIN, CHUNK_MAX));
        let mut chunk = Chunk { first: self.len, bytes: Vec::new() };
        memory.ask(room + ENTRY)?;
        if self.chunks.try_reserve(1).is_err() || chunk.bytes.try_reserve_exact(room).is_err() {
            memory.give(room + ENTRY);
            return Err(memory.refused());
        }
        self.chunks.push_back(chunk);
        Ok(())
    }

    /// Adds a state with these numbers, which are packed; the caller has made room for it.
    pub(super) fn push(&mut self, numbers: &[u8]) {
        let chunk = &mut self.chunks.back_mut().expect("there is room").bytes;
        pack(&[numbers.len() as u32], chunk);
        chunk.extend_from_slice(numbers);
        self.len += 1;
    }

    /// Adds a state of another row; the caller has made room for it.
    pub(super) fn add(&mut self, state: Packed<'_>) {
        self.push(state.numbers);
    }

    /// Gives back the chunks all of whose states are before this place.
    pub(super) fn give_back(&mut self, place: usize, memory: &Memory) {
        while self.chunks.get(1).map_or(self.len, |next| next.first) <= place {
            let Some(chunk) = self.chunks.pop_front() else { return };
            memory.give(chunk.bytes.capacity() + ENTRY);
        }
    }

    /// Clears the list, and gives the memory back.
    pub(super) fn free(&mut self, memory: &Memory) {
        self.give_back(self.len, memory);
        *self = Self::default();
    }
}

/// The states of a chunk.
struct Bytes<'a>(&'a [u8]);

impl<'a> Iterator for Bytes<'a> {
    type Item = Packed<'a>;

    fn next(&mut self) -> Option<Packed<'a>> {
        let end = self.0.iter().position(|byte| byte >> 7 == 0)?;
        let (length, rest) = self.0.split_at(end + 1);
        let length = length.iter().rev().fold(0, |number, byte| number << 7 | usize::from(byte & 0x7F));
        let (numbers, rest) = rest.split_at(length);
        self.0 = rest;
        Some(Packed { numbers })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explore::table::mixed;

    /// The numbers of the n-th state: few or many, small and large.
    fn numbers(n: u64) -> Vec<u32> {
        let count = if n % 1000 == 999 { 20_000 } else { mixed(n) % 40 };
        (0..count).map(|place| (mixed(n << 20 | place) >> 32 >> (mixed(place) % 33)) as u32).collect()
    }

    #[test]
    fn states_come_back_as_they_were_from_any_place_and_so_does_their_memory() {
        let memory = Memory::new(usize::MAX);
        let before = memory.held();
        let mut states = States::default();
        for n in 0..5000 {
            let mut packed = Vec::new();
            pack(&numbers(n), &mut packed);
            states.make_room(packed.len(), &memory).expect("there is memory");
            states.push(&packed);
        }
        let mut unpacked = Vec::new();
        for from in [0, 1, 998, 999, 1000, 4999] {
            let mut count = 0;
            for (n, state) in (from..).zip(states.from(from as usize)) {
                state.unpack(&mut unpacked);
                assert!(unpacked == numbers(n) && state.bytes() >= unpacked.len());
                count += 1;
            }
            assert_eq!(count, 5000 - from);
        }
        let mut held = memory.held();
        for place in [1500, 3000, 4500] {
            states.give_back(place, &memory);
            assert!(memory.held() < held && states.len() == 5000);
            held = memory.held();
            states.from(place).next().expect("it is there").unpack(&mut unpacked);
            assert_eq!(unpacked, numbers(place as u64));
        }
        states.give_back(5000, &memory);
        assert!(memory.held() == before && states.from(5000).next().is_none());
        states.free(&memory);
        assert_eq!((memory.held(), states.len()), (before, 0));
    }
}
