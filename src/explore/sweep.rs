//! Monte Carlo: a scenario runs once for each seed of a range, and the sweep shows how its latencies are spread.
//!
//! A run is the scenario's script with `seed S` in it, and with a line for each crash that is drawn from S. So
//! [`Plan::script_of`] can open the run of any seed as a scenario. Under several protocols each seed stands for the same
//! crashes and, as long as the same links carry as many messages, for the same delays.
//!
//! All results are sums and extremes. So the parts of a sweep add up to the numbers of the whole, wherever and in
//! whatever order they were run.

mod counts;
mod faults;
mod seeds;
mod tally;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
#[cfg(not(target_arch = "wasm32"))]
mod threads;

use std::borrow::Cow;
use std::ops::Range;

pub use counts::{Counts, Extreme, FINE, PERCENTILES, RESOLUTION, is_bound};
pub use faults::{CRASHING, Crashes, DOWN_MAX, Faults};
pub use seeds::Seeds;
pub use tally::{Found, MEASURES, Measure, REASONS, Reason, Tally};
#[cfg(not(target_arch = "wasm32"))]
pub use threads::THREADS_MAX;

use crate::protocol::{self, Protocol};
use crate::scenario::{Scenario, Script, limits};
use crate::sim::Run;
use faults::Cluster;

/// The most seeds of one sweep.
pub const RUNS_MAX: u64 = if cfg!(target_arch = "wasm32") { 100_000 } else { 1_000_000 };

/// Seeds are below this, so that every program can read them as exact numbers.
pub const SEEDS_END: u64 = 1 << 53;

/// Under which protocols each seed is run.
#[derive(Clone, Copy, Debug)]
pub enum Under {
    /// The protocol that the script names.
    Own,
    /// This one.
    One(&'static Protocol),
    /// The slides' variants: 5Δ, 3Δ and 2Δ.
    Variants,
}

/// What is run for each seed. Sweeps of the same plan can be put together.
#[derive(Clone, Debug)]
pub struct Plan {
    cluster: Cluster,
    protocols: Vec<&'static Protocol>,
    /// The meaning of the script under each of the protocols.
    meanings: Vec<Scenario>,
}

impl PartialEq for Plan {
    fn eq(&self, other: &Self) -> bool {
        // The scenarios follow from these two fields.
        (&self.cluster, &self.protocols) == (&other.cluster, &other.protocols)
    }
}

impl Plan {
    /// A script with these faults, under these protocols.
    ///
    /// # Errors
    /// A sentence: what in the script one of the protocols does not understand, or why its nodes cannot crash in this
    /// way.
    pub fn new(script: &Script, under: Under, faults: &Faults) -> Result<Self, String> {
        let own = Scenario::of(script).map_err(|error| error.to_string())?;
        let protocols = match under {
            Under::Own => vec![own.protocol],
            Under::One(protocol) => vec![protocol],
            Under::Variants => protocol::VARIANTS.to_vec(),
        };
        let mut script = script.clone();
        faults.write(&mut script);
        Self::under(script, protocols, faults.crashes)
    }

    /// The same plan, from a script that already contains the faults, except the crashes.
    fn under(script: Script, protocols: Vec<&'static Protocol>, crashes: Crashes) -> Result<Self, String> {
        let meaning = |protocol: &&'static Protocol| {
            Scenario::of(&script.under(protocol.name))
                .map_err(|error| format!("under the {} protocol, {error}", protocol.name))
        };
        let meanings = protocols.iter().map(meaning).collect::<Result<Vec<_>, _>>()?;
        let nodes = meanings.first().map_or(0, Scenario::nodes);
        let most = crashes.most(nodes);
        if most > nodes {
            return Err(format!("each node crashes once at most, and there are {nodes}, not {most}"));
        }
        // Room for a line `at 100.001Δ restart NAME` and its like for each crash.
        let room = script.to_string().len() + 2 * most * (24 + 4 * limits::NAME_CHARS) + 64;
        if script.lines.len() + 2 * most + 3 > limits::LINES || room > limits::TEXT_BYTES {
            return Err("the script is too long for a seed and crashes to be written into it".to_owned());
        }
        Ok(Self { cluster: Cluster::new(script, crashes), protocols, meanings })
    }

    /// Reads a plan as it was written down: its script, how many nodes crash, and the names of its protocols.
    ///
    /// # Errors
    /// A sentence: why this is no plan.
    pub fn read(text: &str, crashes: &str, protocols: &[String]) -> Result<Self, String> {
        let script = Script::parse(text).map_err(|error| error.to_string())?;
        let find = |name: &String| {
            protocol::find(name).ok_or_else(|| format!("no protocol is called “{}”", crate::types::shortened(name)))
        };
        let protocols = protocols.iter().map(find).collect::<Result<Vec<_>, _>>()?;
        if protocols.is_empty() || protocols.len() > protocol::PROTOCOLS.len() {
            return Err("it names no protocols, or too many".to_owned());
        }
        Self::under(script, protocols, Crashes::read(crashes)?)
    }

    /// The script of the run of this seed, under one of [`Plan::protocols`] or any other.
    pub fn script_of(&self, protocol: &Protocol, seed: u64) -> Script {
        self.cluster.script_of(protocol.name, seed)
    }

    /// The script without seed and crashes.
    pub fn script(&self) -> &Script {
        &self.cluster.script
    }

    /// How many nodes crash in each run.
    pub fn crashes(&self) -> Crashes {
        self.cluster.crashes
    }

    /// Under which protocols each seed is run.
    pub fn protocols(&self) -> &[&'static Protocol] {
        &self.protocols
    }

    /// The lines that mean nothing under a protocol: the protocol, the line, and the reason.
    pub fn idle(&self) -> impl Iterator<Item = (&'static Protocol, usize, &str)> {
        self.meanings
            .iter()
            .flat_map(|meaning| meaning.idle.iter().map(|(line, why)| (meaning.protocol, *line, why.as_str())))
    }

    /// The script's title.
    pub fn title(&self) -> &str {
        self.meanings.first().map_or("", |meaning| &meaning.title)
    }

    /// What people call the script: its title or, without one, what it asks for.
    pub fn headline(&self) -> Cow<'_, str> {
        self.meanings.first().map_or(Cow::Borrowed("Untitled run"), |meaning| meaning.headline())
    }

    /// Runs this seed under the protocol at this place.
    fn run(&self, place: usize, seed: u64) -> Run {
        Run::of(self.cluster.scenario_of(&self.meanings[place], seed))
    }
}

/// The results of a sweep, or of several put together.
#[derive(Clone, PartialEq, Debug)]
pub struct Swept {
    /// What is run for each seed.
    pub plan: Plan,
    /// The seeds that were asked for.
    pub asked: Seeds,
    /// The seeds that have been run.
    pub done: Seeds,
    /// The results under each of the plan's protocols.
    pub tallies: Vec<Tally>,
}

impl Swept {
    /// Results in which nothing has been run yet.
    pub fn new(plan: Plan, asked: Seeds) -> Self {
        let tallies = plan.protocols.iter().copied().map(Tally::new).collect();
        Self { plan, asked, done: Seeds::default(), tallies }
    }

    /// Adds results from elsewhere. The order does not matter.
    ///
    /// # Errors
    /// A sentence: the other results are of another plan, or they contain a seed that was run here too and would count
    /// twice. Then nothing is added.
    pub fn merge(&mut self, other: &Self) -> Result<(), String> {
        if self.plan != other.plan {
            return Err("they differ in their script, protocols or faults, so they cannot be put together".to_owned());
        }
        if let Some(seed) = self.done.first_shared(&other.done) {
            return Err(format!("both have run seed {seed}, which would count twice"));
        }
        self.asked.add_all(&other.asked);
        self.done.add_all(&other.done);
        self.tallies.iter_mut().zip(&other.tallies).for_each(|(own, other)| own.merge(other));
        Ok(())
    }

    /// Whether every check held in every run.
    pub fn is_safe(&self) -> bool {
        self.tallies.iter().all(|tally| tally.unsafe_runs.runs == 0)
    }
}

/// A sweep under way.
#[derive(Clone, Debug)]
pub struct Sweep {
    swept: Swept,
    /// The seeds that the sweep has yet to run.
    left: Range<u64>,
}

impl Sweep {
    /// A sweep over the seeds from `seeds.start` to before `seeds.end`. Nothing is run yet.
    ///
    /// # Errors
    /// A sentence: what is wrong with the seeds, or why they cannot be run in this way; see [`Plan::new`].
    pub fn new(script: &Script, under: Under, faults: &Faults, seeds: Range<u64>) -> Result<Self, String> {
        if seeds.is_empty() {
            return Err(format!("there is no seed from {} to before {}", seeds.start, seeds.end));
        }
        if seeds.end > SEEDS_END {
            return Err(format!("seeds are below {SEEDS_END}"));
        }
        let count = seeds.end - seeds.start;
        if count > RUNS_MAX {
            return Err(format!("a sweep has at most {RUNS_MAX} seeds, not {count}; run it in parts"));
        }
        let plan = Plan::new(script, under, faults)?;
        Ok(Self { swept: Swept::new(plan, Seeds::of(seeds.clone())), left: seeds })
    }

    /// Runs this many more seeds, each under every protocol, or all seeds that are left. Returns true when none is left.
    pub fn go_on(&mut self, work: usize) -> bool {
        let until = self.left.start.saturating_add(work as u64).min(self.left.end);
        for seed in self.left.start..until {
            for (place, tally) in self.swept.tallies.iter_mut().enumerate() {
                tally.add(seed, &self.swept.plan.run(place, seed));
            }
        }
        self.swept.done.add(self.left.start..until);
        self.left.start = until;
        self.is_over()
    }

    /// Whether the sweep has run all its seeds.
    pub fn is_over(&self) -> bool {
        self.left.is_empty()
    }

    /// How many seeds the sweep has run.
    pub fn done(&self) -> u64 {
        self.swept.done.count()
    }

    /// How many seeds were asked for.
    pub fn asked(&self) -> u64 {
        self.swept.asked.count()
    }

    /// The results so far.
    pub fn swept(&self) -> &Swept {
        &self.swept
    }

    /// Adds the results of another sweep; see [`Swept::merge`]. Seeds that the other sweep has not run yet stay undone.
    ///
    /// # Errors
    /// A sentence: why the two cannot be put together.
    pub fn merge(&mut self, other: &Self) -> Result<(), String> {
        if let Some(seed) = Seeds::of(self.left.clone()).first_shared(&other.swept.done) {
            return Err(format!("seed {seed}, which the other one has run, is still to be run here"));
        }
        self.swept.merge(&other.swept)
    }

    /// A sweep of the same plan that has run nothing and has nothing to run.
    #[cfg(not(target_arch = "wasm32"))]
    fn blank(&self) -> Self {
        Self { swept: Swept::new(self.swept.plan.clone(), Seeds::default()), left: 0..0 }
    }
}
