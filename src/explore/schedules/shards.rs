//! The parts of the states: what each part has met, what it has yet to look at, and what workers hand to it.

use std::collections::VecDeque;

use super::claims::Claims;
use super::memory::{Memory, Refused};
use super::states::{Packed, States};
use super::visited::{Met, Visited};

/// How many parts the visited states have. The number does not depend on the number of threads, because it decides in
/// which order the search looks at states, and so which states are there when the memory is used up.
pub(super) const SHARDS: usize = 32;

/// The parts of the visited states.
pub(super) trait Shards: Sync {
    fn shard(&self, print: u64) -> &Visited;
    /// In which layer a message was claimed to be dead at a process, if it was: the number is that of [`super::live::pair`].
    fn claimed(&self, pair: u64) -> Option<u16>;
}

/// One part of the states, chosen by their fingerprints.
#[derive(Debug)]
pub(super) struct Shard {
    pub(super) visited: Visited,
    pub(super) now: States,
    /// The states of the next layer, of the layer after it, and so on.
    pub(super) next: VecDeque<States>,
    /// How many states the visited ones stand for.
    pub(super) weight: u64,
}

impl Shard {
    /// The part with this number, which has met nothing yet.
    pub(super) fn new(shard: usize) -> Self {
        let visited = Visited::of_shard(shard, SHARDS);
        Self { visited, now: States::default(), next: VecDeque::new(), weight: 0 }
    }

    /// Keeps a state if it is new.
    pub(super) fn insert(&mut self, found: New<'_>, depth: u16, memory: &Memory) -> Result<Met, Refused> {
        let New { state, print, before, weight, moves } = found;
        let ahead = usize::from(moves) - 1;
        while self.next.len() <= ahead {
            self.next.push_back(States::default());
        }
        let next = &mut self.next[ahead];
        next.make_room(state.bytes(), memory)?;
        let met = self.visited.insert(print, before, depth.saturating_add(moves), memory)?;
        if met != Met::Known {
            next.add(state);
        }
        if met == Met::New {
            self.weight += u64::from(weight);
        }
        Ok(met)
    }

    /// Forgets all states, and keeps the room for the visited ones.
    pub(super) fn clear(&mut self, memory: &Memory) {
        self.visited.clear();
        self.free(memory);
        self.weight = 0;
    }

    /// Forgets the states that are still to be looked at, and gives their memory back.
    pub(super) fn free(&mut self, memory: &Memory) {
        self.now.free(memory);
        self.next.iter_mut().for_each(|next| next.free(memory));
    }
}

/// What workers may look at while they work.
#[derive(Clone, Copy)]
pub(super) struct View<'a>(pub(super) &'a [Shard], pub(super) &'a Claims);

impl Shards for View<'_> {
    fn shard(&self, print: u64) -> &Visited {
        &self.0[print as usize % SHARDS].visited
    }

    fn claimed(&self, pair: u64) -> Option<u16> {
        self.1.layer(pair)
    }
}

/// What a worker has found for one part.
#[derive(Default, Debug)]
pub(super) struct Fresh {
    pub(super) states: States,
    prints: Vec<u64>,
    before: Vec<u64>,
    weights: Vec<u16>,
    moves: Vec<u16>,
}

/// A state that a worker has found, and that may be new.
#[derive(Clone, Copy, Debug)]
pub(super) struct New<'a> {
    state: Packed<'a>,
    pub(super) print: u64,
    before: u64,
    weight: u16,
    moves: u16,
}

impl Fresh {
    pub(super) fn len(&self) -> usize {
        self.before.len()
    }

    /// The found states, in the order in which they were found.
    pub(super) fn iter(&self) -> impl Iterator<Item = New<'_>> {
        let (prints, weights) = (self.prints.iter().zip(&self.before), self.weights.iter().zip(&self.moves));
        let all = self.states.from(0).zip(prints.zip(weights));
        all.map(|(state, ((print, before), (weight, moves)))| New {
            state,
            print: *print,
            before: *before,
            weight: *weight,
            moves: *moves,
        })
    }

    pub(super) fn clear(&mut self, memory: &Memory) {
        self.states.free(memory);
        self.prints.clear();
        self.before.clear();
        self.weights.clear();
        self.moves.clear();
    }

    /// Adds a state with the fingerprint of the state before it, how many states it stands for (itself and those that differ from it
    /// only in names), and how many moves lead to it from the state before it.
    ///
    /// # Errors
    /// There is no memory for one more.
    pub(super) fn push(
        &mut self,
        memory: &Memory,
        (print, numbers): (u64, &[u8]),
        before: u64,
        weight: u16,
        moves: u16,
    ) -> Result<(), Refused> {
        self.states.make_room(numbers.len(), memory)?;
        memory.make_room(&mut self.prints, 1)?;
        memory.make_room(&mut self.before, 1)?;
        memory.make_room(&mut self.weights, 1)?;
        memory.make_room(&mut self.moves, 1)?;
        self.states.push(numbers);
        self.prints.push(print);
        self.before.push(before);
        self.weights.push(weight);
        self.moves.push(moves);
        Ok(())
    }

    /// Clears the lists, and gives their memory back.
    pub(super) fn free(&mut self, memory: &Memory) {
        self.states.free(memory);
        memory.forget(&mut self.prints);
        memory.forget(&mut self.before);
        memory.forget(&mut self.weights);
        memory.forget(&mut self.moves);
    }
}
