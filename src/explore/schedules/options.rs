//! What a search may do, and how it can end.

use crate::check::CheckInfo;
use crate::types::Time;

/// How many sets of moves of which nobody notices anything the search looks at for a process in a state. So the work for a
/// state is bounded, and so is the memory.
pub(super) const QUIET_MAX: usize = 4096;

/// How much a search may do.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// The largest number of crashes; a node that has crashed may restart at any time.
    pub crashes: u8,
    /// How many messages the network may lose. The network can also leave a message under way for ever, which costs
    /// nothing.
    pub losses: u8,
    /// How many messages the network may deliver twice.
    pub duplicates: u8,
    /// How many running timers may run out, at any moment.
    pub timeouts: u8,
    /// How many lies liars may tell. A liar may keep back any message as well, which costs nothing.
    pub lies: u8,
    /// The search starts where the script's run is at this instant, before anything happens then. Until this instant the script
    /// is played as it is written.
    pub from: Time,
    /// The largest number of states that the search meets; the start is always one of them.
    pub states_max: usize,
    /// About how many bytes the search may hold; 8 MiB of them count for the program itself. `docs/explore.md` has
    /// measurements of what a state takes. Where this limit ends a search depends on the number of threads, because each
    /// thread has tables of its own, and on the memory that the machine has left; nothing else depends on these.
    pub memory_max: usize,
    /// The largest number of moves in a path.
    pub depth_max: u16,
    /// Whether states that differ only in the names of nodes count as one, where that is sound.
    pub symmetry: bool,
    /// Whether moves that nobody notices are made only as parts of blocks, where processes may lie (`blocks`).
    pub blocks: bool,
    /// Whether messages that can no longer change anything are left out of states (`dead`).
    pub drops: bool,
    /// The largest number of threads; one in a browser.
    pub threads: usize,
    /// Whether the search goes on after a violation, to every state that can be reached without one.
    pub goes_on: bool,
    /// The only check that the search asks. Without it the search asks all checks and ends at the first violation. That
    /// first violation is seldom one of agreement, because the rules that agreement rests on break before.
    pub check: Option<&'static CheckInfo>,
    /// Whether the search looks for a run that reaches the goals of the script, and asks no check. Then it tells all nodes
    /// apart, and makes each move on its own.
    pub goals: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            crashes: 0,
            losses: 0,
            duplicates: 0,
            timeouts: 0,
            lies: 0,
            from: Time::ZERO,
            states_max: 1_000_000,
            memory_max: 1 << 30,
            depth_max: u16::MAX - 1,
            symmetry: true,
            blocks: true,
            drops: true,
            threads: 1,
            goes_on: false,
            check: None,
            goals: false,
        }
    }
}

/// Why a search ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ending {
    /// The search has not ended.
    Unfinished,
    /// The search looked at every state that can be reached.
    Exhausted,
    /// The search found a violation of a check.
    Violated,
    /// There are more states than the search may meet.
    TooManyStates,
    /// The search would need more memory than it may hold, or than the machine gives.
    TooMuchMemory,
    /// There are longer paths than the search may follow.
    TooDeep,
    /// A call of [`stop`](super::Schedules::stop) ended the search.
    Stopped,
}
