//! The slowest execution: how long an adversary can keep a majority from learning.
//!
//! The adversary chooses how long each message takes, from nothing to Δ, and when the leader hears of old ballots of
//! others. If the question allows it, some processes outside the majority crash when the adversary likes, or are slow.
//! The protocol declares what an old ballot leaves behind. The processes run the protocol's own machines, and their
//! timers are exact.
//!
//! The search cuts time into steps of Δ/r. On that grid it follows every execution, instant by instant, and it follows
//! executions that come to the same moment only once. The bound is the last instant at which some member of the majority
//! does not know.
//!
//! Where processes may lie, nobody is elected: the adversary has the first primary, which is silent or late with any message, and
//! time counts from the request of a correct process.
//!
//! The search gives its find as a scenario, timed as late as the order of events allows (`script`), and it runs that
//! scenario before it reports it.

mod cast;
mod game;
mod script;
mod state;
#[cfg(test)]
mod tests;
mod timing;
mod tube;

use std::cmp::Reverse;
use std::fmt;
use std::sync::Arc;

use crate::scenario::{Line, Scenario, Script, Statement};
use crate::types::{NodeId, Time};
use cast::Cast;
use game::Game;
use state::{Pool, State, Step};
use timing::Ties;

/// The largest number of old ballots.
pub const STALE_MAX: usize = 6;
/// The finest grid: the number of steps in a Δ.
pub const RESOLUTION_MAX: u16 = 20;
/// The largest number of moments that a search may meet. Each takes eight bytes, and the moments of two neighbouring
/// instants take about a hundred bytes more.
pub const STATES_MAX: usize = 50_000_000;
/// The latest that a message from or to a slow process may be. Each ballot is over by then, and a later message is lost.
pub const LATE_MAX: Time = Time::deltas(2);
/// The smallest limit of memory that a search can have, in bytes.
pub const MEMORY_MIN: usize = 1 << 20;
/// The search follows no execution for longer.
pub const TIME_MAX: Time = Time::deltas(60);

/// How many of the slowest executions are timed exactly.
const CANDIDATES_MAX: usize = 64;
/// How many of these are simplified, to show the one with the fewest lines.
const SIMPLIFIED_MAX: usize = 4;
/// A search that has met its largest number of moments goes on with about this many at each later instant, to see where
/// they end.
const SAMPLE: usize = 1_000;
/// At the same instant the search follows this many more of the moments to which the sample leads.
const SAMPLE_MORE: usize = 8_000;

/// When old messages may land.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OldTraffic {
    /// At any time.
    Any,
    /// By T_el + Δ, or never.
    ByDelta,
}

impl OldTraffic {
    /// What the command line and reports call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::ByDelta => "by-delta",
        }
    }
}

/// What the processes outside C do. The process that started the old ballots is down in any case.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outside {
    /// They are down all the time.
    Down,
    /// They are up, and on time until they crash.
    Up,
    /// They are up, and their messages, to and from C, are late or lost as the adversary likes.
    Slow,
}

impl Outside {
    /// What the command line and reports call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Down => "down",
            Self::Up => "up",
            Self::Slow => "slow",
        }
    }
}

/// What is asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Question {
    /// k: how many larger ballots were started before T_el without the leader's knowledge.
    pub stale: usize,
    /// When the NextBallots of these ballots may land.
    pub old_traffic: OldTraffic,
    /// What the processes outside C do.
    pub outside: Outside,
    /// How many of the processes outside C that are up the adversary may crash, at any moment.
    pub crashes: usize,
    /// r: the grid has steps of Δ/r.
    pub resolution: u16,
    /// The leader starts its first ballot this long after T_el.
    pub wait: Time,
    /// The largest number of moments that the search may meet.
    pub states_max: usize,
    /// The largest memory that the lists of the search may take, in bytes.
    pub memory_max: usize,
}

impl Default for Question {
    fn default() -> Self {
        Self {
            stale: 1,
            old_traffic: OldTraffic::Any,
            outside: Outside::Down,
            crashes: 0,
            resolution: 2,
            wait: Time::ZERO,
            states_max: 4_000_000,
            memory_max: 1 << 30,
        }
    }
}

/// The slowest execution found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// How long after T_el everybody in C knows, at the latest; or, when the search was cut short, a lower bound of that.
    pub bound: Time,
    /// Whether every execution on the grid was followed to its end.
    pub is_exact: bool,
    /// When the leader and the last member of C learn in the run of `script`.
    pub shown: Shown,
    /// The execution, as a script to run.
    pub script: Script,
}

/// What a run of the script shows, counted from T_el.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shown {
    /// When the leader knows.
    pub leader: Time,
    /// When everybody in C knows.
    pub all: Time,
}

/// A search, slice by slice.
pub struct Worst {
    question: Question,
    cast: Arc<Cast>,
    game: Game,
    /// The moments of this instant, and those of the next one.
    now: Pool,
    next: Pool,
    /// For each moment of this instant, its place in the log; then the same for the next instant.
    now_logged: Vec<u32>,
    next_logged: Vec<u32>,
    /// How many of this instant's moments the search has followed.
    followed: usize,
    instant: u32,
    /// The limit that the search has reached, of moments or of memory; since then it only samples what is left.
    cut: Option<Ending>,
    /// How many moments the search had met when this instant began.
    met_before: usize,
    /// For each moment, the moment before it and the step that led from there.
    log: Vec<(u32, u16)>,
    /// The last steps of the slowest executions, and the instant at which these end.
    slowest: Vec<(u32, u16)>,
    end: u32,
    ending: Option<Ending>,
    is_concluded: bool,
    found: Option<Found>,
    notes: Vec<String>,
}

/// Why a search ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ending {
    /// The search followed every execution to its end.
    Whole,
    /// The search met as many moments as it was allowed to.
    States,
    /// The search would have needed more memory than it was allowed to take.
    Memory,
    /// An execution did not end within [`TIME_MAX`].
    Time,
    /// An execution stands still while some member of C does not know.
    Stuck,
    /// A call of [`Worst::stop`] ended the search.
    Stopped,
}

impl Ending {
    /// What reports call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::States => "states",
            Self::Memory => "memory",
            Self::Time => "time",
            Self::Stuck => "stuck",
            Self::Stopped => "stopped",
        }
    }
}

impl Worst {
    /// Begins a search. It takes from the script the protocol, its options and rules, the nodes, and the first request.
    ///
    /// # Errors
    /// A sentence: why this question cannot be asked.
    pub fn new(script: &Script, question: Question) -> Result<Self, String> {
        let (cast, notes) = Cast::of(script, &question)?;
        let cast = Arc::new(cast);
        let mut game = Game::new(&cast, &question);
        let start = game.start(|_, _| {});
        let mut worst = Self {
            question,
            cast,
            game,
            now: Pool::default(),
            next: Pool::default(),
            now_logged: vec![0],
            next_logged: Vec::new(),
            followed: 0,
            instant: 0,
            cut: None,
            met_before: 0,
            log: vec![(0, 0)],
            slowest: Vec::new(),
            end: 0,
            ending: None,
            is_concluded: false,
            found: None,
            notes,
        };
        let mut words = Vec::new();
        start.write(&mut words);
        worst.now.insert(&words);
        Ok(worst)
    }

    /// Follows about this many moments more. Returns true when the search has ended.
    pub fn go_on(&mut self, work: usize) -> bool {
        let (mut steps, mut words) = (Vec::new(), Vec::new());
        for _ in 0..work {
            if self.ending.is_some() {
                break;
            }
            self.follow(&mut steps, &mut words);
        }
        if self.ending.is_some() && !self.is_concluded {
            self.found = self.conclude();
            self.is_concluded = true;
            (self.now, self.next) = (Pool::default(), Pool::default());
        }
        self.ending.is_some()
    }

    /// Ends a search that has not ended by itself; the search keeps what it has found so far.
    pub fn stop(&mut self) {
        self.ending.get_or_insert(Ending::Stopped);
        self.go_on(0);
    }

    /// How many different moments the search met.
    pub fn states(&self) -> usize {
        self.log.len()
    }

    /// The instant up to which the search followed executions, counted from T_el. Some of them have not ended by then.
    pub fn reached(&self) -> Time {
        self.time(self.instant)
    }

    /// Why the search ended; none while it goes on.
    pub fn ending(&self) -> Option<Ending> {
        self.ending
    }

    /// What was asked.
    pub fn question(&self) -> &Question {
        &self.question
    }

    /// The slowest execution, once the search has ended; none when every execution stands still before everybody knows.
    pub fn found(&self) -> Option<&Found> {
        self.found.as_ref()
    }

    /// The cluster's protocol and names, as the search read them.
    pub fn scenario(&self) -> &Scenario {
        &self.cast.scenario
    }

    /// Sentences: which lines of the script were set aside.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    fn time(&self, instant: u32) -> Time {
        Time(u64::from(instant) * Time::DELTA.0 / u64::from(self.question.resolution))
    }

    /// Follows one moment to all moments that can come next.
    fn follow(&mut self, steps: &mut Vec<Step>, words: &mut Vec<u16>) {
        let is_enough = self.cut.is_some() && self.log.len() - self.met_before >= SAMPLE_MORE;
        if self.followed == self.now.len() || is_enough {
            return self.advance();
        }
        let state = State::read(self.now.get(self.followed), self.cast.members.len());
        let logged = self.now_logged[self.followed];
        self.followed += 1;
        self.game.steps(&state, steps);
        for step in steps.iter().copied() {
            let (after, _) = self.game.play(&state, step);
            if self.game.is_over(&after) {
                self.is_over(logged, step);
                continue;
            }
            if Game::is_dead(&after) {
                self.ending = Some(Ending::Stuck);
            }
            after.write(words);
            let is_later = step == Step::Pass;
            let (pool, places) =
                if is_later { (&mut self.next, &mut self.next_logged) } else { (&mut self.now, &mut self.now_logged) };
            if pool.insert(words) {
                places.push(self.log.len() as u32);
                self.log.push((logged, step.code()));
            }
        }
        if self.cut.is_none() {
            if self.log.len() >= self.question.states_max {
                self.cut = Some(Ending::States);
            } else if self.memory(words.len()) > self.question.memory_max {
                self.cut = Some(Ending::Memory);
            }
        }
    }

    /// How many bytes the lists may take with the next moments in them. Each moment leads to a few others of about this
    /// many words. The memory for the processes is small beside that.
    fn memory(&self, words: usize) -> usize {
        const NEXT: usize = 64;
        let log = state::list::<(u32, u16)>(self.log.capacity(), self.log.len() + NEXT);
        let places = [&self.now_logged, &self.next_logged];
        let places = places.map(|places| state::list::<u32>(places.capacity(), places.len() + NEXT));
        let pools = [&self.now, &self.next].map(|pool| pool.memory(NEXT * words.max(64)));
        log + places.iter().sum::<usize>() + pools.iter().sum::<usize>()
    }

    /// Goes on to the next instant.
    fn advance(&mut self) {
        self.now = std::mem::take(&mut self.next);
        self.now_logged = std::mem::take(&mut self.next_logged);
        self.followed = 0;
        self.met_before = self.log.len();
        if self.now.len() == 0 {
            self.ending = Some(self.cut.unwrap_or(Ending::Whole));
        } else if self.time(self.instant) >= TIME_MAX {
            self.ending = Some(Ending::Time);
        } else {
            self.instant += 1;
        }
        if self.cut.is_some() {
            self.sample();
        }
    }

    /// Keeps a sample of this instant's moments: it takes as many moments with one old ballot left as with two, and so
    /// on, and chooses evenly within each group.
    fn sample(&mut self) {
        let (all, logged) = (std::mem::take(&mut self.now), std::mem::take(&mut self.now_logged));
        let mut kinds: Vec<Vec<usize>> = vec![Vec::new(); self.cast.old.len().max(STALE_MAX) + 1];
        for place in 0..all.len() {
            let state = State::read(all.get(place), self.cast.members.len());
            kinds[self.game.old_left(&state)].push(place);
        }
        for kind in kinds.iter().rev() {
            let stride = kind.len().div_ceil(SAMPLE / kinds.len()).max(1);
            for place in kind.iter().step_by(stride) {
                self.now.insert(all.get(*place));
                self.now_logged.push(logged[*place]);
            }
        }
    }

    /// Notes an execution at whose end everybody knows; the later the end, the better.
    fn is_over(&mut self, logged: u32, step: Step) {
        if self.instant > self.end {
            self.end = self.instant;
            self.slowest.clear();
        }
        if self.slowest.len() < CANDIDATES_MAX {
            self.slowest.push((logged, step.code()));
        }
    }

    /// The steps that lead to a moment.
    fn path(&self, logged: u32) -> Vec<Step> {
        let (mut place, mut path) = (logged, Vec::new());
        while place != 0 {
            let (before, step) = self.log[place as usize];
            path.push(Step::of(step));
            place = before;
        }
        path.reverse();
        path
    }

    /// Times the slowest executions, and picks the one that loses least time in its script and takes few lines.
    fn conclude(&mut self) -> Option<Found> {
        let is_exact = self.ending == Some(Ending::Whole);
        let mut paths: Vec<Vec<Step>> = Vec::new();
        for (logged, step) in &self.slowest {
            paths.push(self.path(*logged).into_iter().chain([Step::of(*step)]).collect());
        }
        let (timed, shown) = Ties::ALL.into_iter().find_map(|ties| {
            let timed = paths.iter().filter_map(|path| timing::timed(&mut self.game, &self.question, path, ties));
            let mut timed: Vec<_> = timed.collect();
            timed.sort_by_key(|timed| (Reverse(timed.end), timed.lines()));
            let simple = timed.iter().filter_map(|timed| timed.simplified(&self.cast, &self.question));
            simple.take(SIMPLIFIED_MAX).min_by_key(|(timed, shown)| (Reverse(shown.all), timed.lines()))
        })?;
        let script = timed.script(&self.cast, &self.question, Some(shown));
        let bound = if is_exact { self.time(self.end) } else { shown.all };
        Some(Found { bound, is_exact, shown, script })
    }

    /// The result as sentences, for a person to read.
    pub fn sentences(&self) -> Vec<String> {
        let names = |nodes: &[NodeId]| {
            nodes.iter().map(|node| self.cast.scenario.symbols.node(*node)).collect::<Vec<_>>().join(" ")
        };
        let (members, r, states) = (names(self.cast.majority()), self.question.resolution, self.states());
        let mut sentences = Vec::new();
        match (&self.found, self.ending) {
            (Some(Found { bound, is_exact: true, .. }), _) => {
                let (members, know) = match self.cast.majority().split_last() {
                    Some((last, rest @ [_, ..])) => {
                        (format!("{} and {}", names(rest).replace(' ', ", "), names(&[*last])), "know")
                    }
                    _ => (members, "knows"),
                };
                sentences
                    .push(format!("In the worst case {members} {know} within {bound}Δ of {}.", self.cast.beginning()));
                sentences
                    .push(format!("This is exact on a grid of Δ/{r}: it followed all {states} moments to the end."));
            }
            (Some(Found { bound, .. }), _) => {
                let after = self.cast.beginning();
                sentences
                    .push(format!("It can take {bound}Δ after {after} until all of {members} know: at least that."));
            }
            (None, Some(Ending::Stopped)) => {
                sentences.push(format!("Up to {}Δ no execution was found in which everybody knows.", self.reached()));
            }
            (None, Some(_)) => sentences.push("No execution was found in which everybody knows.".to_owned()),
            (None, None) => sentences.push(format!("Up to {}Δ it met {states} moments so far.", self.reached())),
        }
        match self.ending {
            Some(Ending::States) => {
                sentences.push(format!("The search was cut short after {states} moments; some were left out."));
            }
            Some(Ending::Memory) => {
                let most = self.question.memory_max >> 20;
                sentences.push(format!(
                    "The search was cut short after {states} moments, which took {most} MB; some were left out."
                ));
            }
            Some(Ending::Stopped) => {
                sentences.push(format!("The search was stopped after {states} moments; the others were left out."));
            }
            Some(Ending::Time) => sentences.push(format!("In some execution not everybody knows by {TIME_MAX}Δ.")),
            Some(Ending::Stuck) => {
                sentences.push("In some execution nothing more happens, and not everybody knows.".to_owned());
            }
            Some(Ending::Whole) | None => {}
        }
        if let Some(Found { bound, shown: Shown { leader, all }, .. }) = self.found {
            let name = names(&[self.cast.leader]);
            let who = if self.question.outside == Outside::Down { "everybody" } else { "all of C" };
            sentences.push(format!("The scenario shows it: {name} knows after {leader}Δ, {who} after {all}Δ."));
            if all < bound {
                sentences.push(format!("{bound}Δ itself is not reached: two things would have to happen at one instant in an order of the adversary's."));
            }
        }
        sentences
    }
}

/// The script with this option. The new line replaces the script's own, or comes at the end, so that all lines keep their
/// numbers.
#[must_use]
pub fn with_option(mut script: Script, name: &str, value: &str) -> Script {
    let is_it = |line: &&mut Line| matches!(&line.statement, Some(Statement::Option(own, _)) if own == name);
    let statement = Statement::Option(name.to_owned(), value.to_owned());
    match script.lines.iter_mut().find(is_it) {
        Some(line) => line.statement = Some(statement),
        None => script.lines.push(statement.into()),
    }
    script
}

impl fmt::Debug for Worst {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let states = self.states();
        formatter
            .debug_struct("Worst")
            .field("question", &self.question)
            .field("states", &states)
            .finish_non_exhaustive()
    }
}
