//! The layout of a state: the places of its numbers, what each number adds to the fingerprints, and the names of its
//! moves.

use super::automaton::{Input, Pool};
use super::memory::{Memory, Refused};
use crate::explore::table::mixed;

/// The places of a state's numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    pub(super) nodes: usize,
    /// Whether the state has the numbers about lies.
    has_lies: bool,
}

/// What is left of the budgets: crashes, losses, duplicates, timeouts, a byte each.
pub(super) const CRASHES: u32 = 0;
pub(super) const LOSSES: u32 = 8;
pub(super) const DUPLICATES: u32 = 16;
pub(super) const TIMEOUTS: u32 = 24;

impl Layout {
    pub(super) fn new(nodes: usize, has_lies: bool) -> Self {
        Self { nodes, has_lies }
    }

    pub(super) const fn history(self) -> usize {
        self.nodes
    }

    pub(super) const fn budgets(self) -> usize {
        self.nodes + 1
    }

    pub(super) const fn leaders(self) -> usize {
        self.nodes + 2
    }

    /// The place of the bytes that say for each node how many of its lines were played.
    pub(super) const fn wishes(self) -> usize {
        self.nodes + 3
    }

    /// How many lines of a node were played.
    pub(super) fn wish(self, state: &[u32], node: usize) -> usize {
        (state[self.wishes() + node / 4] >> (8 * (node % 4)) & 0xFF) as usize
    }

    /// Writes how many lines of each node were played.
    pub(super) fn put_wishes(self, state: &mut [u32], wishes: &[usize]) {
        for (node, played) in wishes.iter().enumerate() {
            state[self.wishes() + node / 4] |= (*played as u32) << (8 * (node % 4));
        }
    }

    /// How many things the oracle has said since the start.
    pub(super) fn said(self, state: &[u32]) -> usize {
        state[self.leaders()] as usize
    }

    /// The place of the number of lies that are left, where liars may lie.
    pub(super) const fn lies(self) -> usize {
        self.wishes() + self.nodes.div_ceil(4)
    }

    /// The place of the number for the ballots and instances of which some message has spoken so far, where liars may lie.
    pub(super) const fn spoken(self) -> usize {
        self.lies() + 1
    }

    pub(super) const fn flights(self) -> usize {
        self.lies() + if self.has_lies { 2 } else { 0 }
    }

    /// What a number adds to the fingerprint, when it is not a process, the history or a message.
    pub(super) fn print(self, place: usize, word: u32) -> u64 {
        mixed((place as u64) << 32 | u64::from(word))
    }
}

/// The parts of the first state.
#[derive(Debug)]
pub(super) struct First {
    pub(super) processes: Vec<u32>,
    pub(super) history: u32,
    pub(super) budgets: u32,
    /// How many things the oracle has said, and how many lines of each node were played.
    pub(super) said: u32,
    pub(super) wishes: Vec<usize>,
    pub(super) lies: u8,
    pub(super) spoken: u32,
    pub(super) flights: Vec<u32>,
}

/// A move as a worker makes it. Its numbers have a meaning only within one search.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) enum Code {
    Wish(u8),
    Leader,
    Timeout(u8, u8),
    Deliver(u32),
    /// A liar's message arrives changed, by the lie at this place in the list of lies about this message.
    Change(u8, u32),
    /// A message that a liar has invented arrives.
    Invent(u32),
    /// Several moves of one process in a row, of which others notice only the last one: the place in the worker's list.
    Block(u32),
    Lose(u32),
    Double(u32),
    Crash(u8),
    Restart(u8),
}

/// A move of a block.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    pub(super) code: Code,
    pub(super) input: Input,
    /// The process as it was before the move.
    pub(super) known: u32,
    /// The place of the message that arrives, if one does.
    pub(super) place: Option<usize>,
}

/// Numbers in rows: each row has one number for each renaming of the nodes.
#[derive(Default, Debug)]
pub(super) struct Prints {
    ways: usize,
    pub(super) numbers: Vec<u64>,
}

impl Prints {
    pub(super) fn new(ways: usize) -> Self {
        Self { ways, numbers: Vec::new() }
    }

    pub(super) fn row(&self, place: u32) -> &[u64] {
        let start = place as usize * self.ways;
        &self.numbers[start..start + self.ways]
    }

    /// The number under the true names.
    pub(super) fn first(&self, place: u32) -> u64 {
        self.numbers[place as usize * self.ways]
    }

    /// Learns the hashes of things that other workers have met.
    ///
    /// # Errors
    /// There is no memory for the hashes.
    pub(super) fn catch_up<T>(&mut self, pool: &Pool<T>, memory: &Memory) -> Result<(), Refused> {
        let hashes = pool.hashes_from(self.numbers.len());
        memory.make_room(&mut self.numbers, hashes.len())?;
        self.numbers.extend_from_slice(hashes);
        Ok(())
    }
}

pub(super) fn add(sums: &mut [u64], terms: &[u64]) {
    sums.iter_mut().zip(terms).for_each(|(sum, term)| *sum = sum.wrapping_add(*term));
}

pub(super) fn take(sums: &mut [u64], terms: &[u64]) {
    sums.iter_mut().zip(terms).for_each(|(sum, term)| *sum = sum.wrapping_sub(*term));
}

/// The fingerprint that stands for all renamings: the least one.
pub(super) fn least(prints: &[u64]) -> u64 {
    prints.iter().copied().min().expect("there are the true names")
}

/// A number that orders the moves of a state by their contents.
pub(super) fn order(flights: &Prints, code: Code) -> u64 {
    let flight = |kind: u64, flight: u32| kind << 60 | flights.first(flight) >> 4;
    match code {
        Code::Wish(node) => u64::from(node),
        Code::Leader => 1 << 60,
        Code::Timeout(node, timer) => 2 << 60 | u64::from(node) << 8 | u64::from(timer),
        Code::Deliver(number) => flight(3, number),
        Code::Lose(number) => flight(4, number),
        Code::Double(number) => flight(5, number),
        Code::Crash(node) => 6 << 60 | u64::from(node),
        Code::Restart(node) => 7 << 60 | u64::from(node),
        Code::Change(place, number) => 8 << 60 | mixed(flights.first(number).wrapping_add(u64::from(place))) >> 4,
        Code::Invent(number) => flight(9, number),
        Code::Block(_) => unreachable!("the order of a block is made of the orders of its moves"),
    }
}
