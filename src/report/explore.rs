//! What a search over all schedules has found, as one serialisable structure.

use serde::Serialize;

use super::{Deltas, VERSION, WORDS};
use crate::explore::schedules::{Ending, Found, Schedules};
use crate::types::Time;

/// A search, as far as it has come.
#[derive(Clone, Serialize, Debug)]
pub struct Exploration {
    version: u32,
    /// The script's title.
    scenario: String,
    protocol: &'static str,
    nodes: Vec<String>,
    /// How many crashes the search might use; the same for the faults below.
    crashes: u8,
    losses: u8,
    duplicates: u8,
    timeouts: u8,
    /// Only where liars may lie.
    #[serde(skip_serializing_if = "Option::is_none")]
    lies: Option<u8>,
    /// When in the script's run the search starts; only where that is not at the beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<Deltas>,
    states: usize,
    /// The number of states if those are counted too that differ from a counted state only in the names of nodes.
    states_in_all: u64,
    /// The nodes whose names do not matter.
    alike: Vec<String>,
    transitions: u64,
    depth: usize,
    /// `unfinished`, `exhausted`, `violated`, `too many states`, `too much memory`, `too deep` or `stopped`.
    ending: &'static str,
    violations: Vec<Violation>,
    warnings: Vec<Warning>,
}

#[derive(Clone, Serialize, Debug)]
struct Violation {
    check: &'static str,
    title: String,
    /// The number of moves of the counterexample; there is no shorter one.
    moves: usize,
    sentence: String,
    /// A scenario that plays the counterexample.
    script: String,
}

#[derive(Clone, Serialize, Debug)]
struct Warning {
    line: usize,
    message: String,
}

impl Exploration {
    /// The report of a search, with what is known so far.
    pub fn of(search: &Schedules) -> Self {
        let (scenario, options) = (search.scenario(), search.options());
        let violation = |found: &Found| Violation {
            check: found.check.name,
            title: found.check.title(WORDS),
            moves: found.moves,
            sentence: search.sentence(found),
            script: search.script(found).to_string(),
        };
        let warning = |(line, message): &(usize, String)| Warning { line: *line, message: message.clone() };
        Self {
            version: VERSION,
            scenario: scenario.title.clone(),
            protocol: scenario.protocol.name,
            nodes: scenario.symbols.nodes.iter().map(ToString::to_string).collect(),
            crashes: options.crashes,
            losses: options.losses,
            duplicates: options.duplicates,
            timeouts: options.timeouts,
            lies: (options.lies > 0).then_some(options.lies),
            from: (options.from > Time::ZERO).then_some(Deltas(options.from)),
            states: search.states(),
            states_in_all: search.states_in_all(),
            alike: search.alike().iter().map(|node| scenario.symbols.node(*node).to_owned()).collect(),
            transitions: search.transitions(),
            depth: search.depth(),
            ending: match search.ending() {
                Ending::Unfinished => "unfinished",
                Ending::Exhausted => "exhausted",
                Ending::Violated => "violated",
                Ending::TooManyStates => "too many states",
                Ending::TooMuchMemory => "too much memory",
                Ending::TooDeep => "too deep",
                Ending::Stopped => "stopped",
            },
            violations: search.found().iter().map(violation).collect(),
            warnings: search.notes().iter().map(warning).collect(),
        }
    }
}
