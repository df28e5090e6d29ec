//! What a search knows of messages that may still change something, and what a worker knows of those that cannot.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::memory::{Memory, Refused};
use crate::explore::table::{Table, mixed};

/// The number of a process and a message together, by their hashes.
pub(super) fn pair(process: u64, flight: u64) -> u64 {
    mixed(process ^ mixed(flight))
}

/// What is known not to be dead.
#[derive(Default, Debug)]
pub(super) struct Live {
    pairs: Table,
    /// Kinds of messages of which all messages count as alive.
    pub(super) kinds: BTreeSet<u8>,
}

impl Live {
    pub(super) fn contains(&self, kind: u8, pair: u64) -> bool {
        self.pairs.get(pair).is_some() || self.kinds.contains(&kind)
    }

    /// Notes that a message is not dead at a process; both have a hash under each renaming of the nodes. Returns whether that is
    /// new.
    ///
    /// # Errors
    /// There is no memory for it.
    pub(super) fn note(&mut self, memory: &Memory, processes: &[u64], flights: &[u64]) -> Result<bool, Refused> {
        let mut is_new = false;
        for (process, flight) in processes.iter().zip(flights) {
            let pair = pair(*process, *flight);
            if self.pairs.get(pair).is_none() {
                memory.make_room_in(&mut self.pairs)?;
                self.pairs.put(pair, 0);
                is_new = true;
            }
        }
        Ok(is_new)
    }
}

/// What a worker knows of dead messages besides the claims that were held already.
#[derive(Debug)]
pub(super) struct Views {
    /// The claims that the worker has made in this layer: a process, and a message that is dead there.
    pub(super) claims: Vec<(u32, u32)>,
    /// What is known not to be dead.
    pub(super) live: Arc<Live>,
    /// Answers to remember in this layer, each under the lower bits of its view: the view, and whether the message is dead.
    pub(super) answers: Vec<(u64, bool)>,
    /// The messages that are to be left out of the state that is being made.
    pub(super) dropped: Vec<u32>,
}

/// How many answers a worker remembers.
pub(super) const ANSWERS: usize = 1 << 12;

impl Views {
    /// Nothing is known yet; none where no message is dropped.
    pub(super) fn new(live: Option<&Arc<Live>>) -> Option<Self> {
        let live = Arc::clone(live?);
        Some(Self { claims: Vec::new(), live, answers: vec![(0, false); ANSWERS], dropped: Vec::new() })
    }
}
