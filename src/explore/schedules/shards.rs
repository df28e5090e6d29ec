//! The parts of the states: what each part has met, what it has yet to look at, and what workers hand to it.

use std::collections::VecDeque;

use super::claims::Claims;
use super::memory::{Memory, Refused};
use super::visited::{Met, States, Visited};

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
#[derive(Default, Debug)]
pub(super) struct Shard {
    pub(super) visited: Visited,
    pub(super) now: States,
    /// The states of the next layer, of the layer after it, and so on.
    pub(super) next: VecDeque<States>,
    /// How many states the visited ones stand for.
    pub(super) weight: u64,
}

impl Shard {
    /// Keeps a state if it is new.
    pub(super) fn insert(&mut self, found: &Fresh, state: usize, depth: u16, memory: &Memory) -> Result<Met, Refused> {
        let (print, words, moves) = (found.states.prints[state], found.states.state(state), found.moves[state]);
        let ahead = usize::from(moves) - 1;
        while self.next.len() <= ahead {
            self.next.push_back(States::default());
        }
        let next = &mut self.next[ahead];
        next.make_room(words.len(), memory)?;
        let met = self.visited.insert(print, found.before[state], depth.saturating_add(moves), memory)?;
        if met != Met::Known {
            next.push(print, words);
        }
        if met == Met::New {
            self.weight += u64::from(found.weights[state]);
        }
        Ok(met)
    }

    /// Forgets all states, and keeps the room for them.
    pub(super) fn clear(&mut self) {
        self.visited.clear();
        self.now.clear();
        self.next.iter_mut().for_each(States::clear);
        self.weight = 0;
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

#[derive(Default, Debug)]
pub(super) struct Fresh {
    pub(super) states: States,
    pub(super) before: Vec<u64>,
    /// How many states each state stands for: itself and those that differ from it only in names.
    pub(super) weights: Vec<u16>,
    /// How many moves lead to each state from the state before it.
    pub(super) moves: Vec<u16>,
}

impl Fresh {
    pub(super) fn clear(&mut self) {
        self.states.clear();
        self.before.clear();
        self.weights.clear();
        self.moves.clear();
    }

    /// Makes room for one more state of this many numbers.
    pub(super) fn make_room(&mut self, words: usize, memory: &Memory) -> Result<(), Refused> {
        self.states.make_room(words, memory)?;
        memory.make_room(&mut self.before, 1)?;
        memory.make_room(&mut self.weights, 1)?;
        memory.make_room(&mut self.moves, 1)
    }

    /// Clears the lists, and gives their memory back.
    pub(super) fn free(&mut self, memory: &Memory) {
        self.states.free(memory);
        memory.forget(&mut self.before);
        memory.forget(&mut self.weights);
        memory.forget(&mut self.moves);
    }
}
