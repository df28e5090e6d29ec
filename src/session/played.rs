//! A run and what is read off it: at once when it is short, otherwise a part at a time, so that a page can draw in
//! between.

use std::cell::{Cell, Ref, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use crate::check::beta::Beta;
use crate::check::{Judge, Verdict};
use crate::latency::{Ballots, Decision, Notebook, Unanswered};
use crate::scenario::Scenario;
use crate::sim::{Note, Run, Stop, World};
use crate::trace::{EventId, Trace};
use crate::types::{Instance, Time, Value};

/// So many events are run or read at once; a person does not mind waiting for that.
const AT_ONCE: usize = 20_000;

/// The same after a fork: its picture is one of many in a row, so there is less time for each.
const AT_ONCE_FORKED: usize = 6_000;

/// Working out everything about a decision takes about as long as reading so many events.
const EVENTS_PER_DECISION: usize = 20;

/// A run and everything that is read off it. A copy is cheap.
#[derive(Clone, Debug)]
pub struct Played {
    /// The run, as far as it has been run.
    pub run: Run,
    /// The verdict of each check on the events judged so far.
    pub verdicts: Vec<Verdict>,
    /// The decisions with their latencies; empty until everything is judged.
    pub decisions: Vec<Decision>,
    /// What became of the ballots; empty until everything is judged.
    pub ballots: Ballots,
    /// The requests without an answer; empty until everything is judged.
    pub unanswered: Vec<Unanswered>,
    /// Notes on lines that had no effect; empty until the run is over.
    pub notes: Vec<Note>,
    /// The judge and the notebook that read the run; none once everything is read. Copies share them, because they all
    /// show them the same events.
    readers: Option<Rc<RefCell<Readers>>>,
    /// The ballots and the world at the place where somebody looked last; copies share them too.
    beta: Rc<RefCell<Beta>>,
    world: Rc<RefCell<Option<World>>>,
    /// How many events at the beginning are known to be the same as in the run with which this one was compared.
    same: Rc<Cell<usize>>,
}

#[derive(Debug)]
struct Readers {
    judge: Judge,
    notebook: Notebook,
    decisions: Vec<Decision>,
}

impl Played {
    /// The run of a scenario, with as much of it as somebody can wait for.
    pub(super) fn open(scenario: Scenario) -> Self {
        let mut played = Self::new(Run::open(scenario), None);
        played.judge(AT_ONCE);
        played
    }

    /// A run that came from somewhere else, with the verdicts that hold of it.
    pub(super) fn recorded(run: Run, verdicts: Vec<Verdict>) -> Self {
        let mut played = Self::new(run, None);
        while !played.is_judged() {
            played.judge(AT_ONCE);
        }
        played.verdicts = verdicts;
        played
    }

    /// The run of a scenario, with nothing read off it yet.
    pub(super) fn begin(scenario: Scenario) -> Self {
        let mut played = Self::new(Run::open(scenario), None);
        played.run_on(AT_ONCE);
        played
    }

    /// The run of another scenario; it shares with this run what both have in common.
    pub(super) fn branch(&self, scenario: Scenario) -> Self {
        let run = self.run.branch(scenario);
        let mut beta = if run.scenario().nodes() == self.run.scenario().nodes() {
            self.beta.borrow().clone()
        } else {
            Beta::new(run.scenario().nodes())
        };
        beta.forget(run.trace().events().shared(self.trace().events()));
        let mut played = Self::new(run, Some(beta));
        played.judge(AT_ONCE_FORKED);
        played
    }

    fn new(run: Run, beta: Option<Beta>) -> Self {
        let trace = run.trace();
        let beta = beta.unwrap_or_else(|| Beta::new(run.scenario().nodes()));
        let (judge, notebook) = (Judge::new(trace), Notebook::new(trace));
        Self {
            verdicts: judge.verdicts().to_vec(),
            decisions: Vec::new(),
            ballots: Ballots::default(),
            unanswered: Vec::new(),
            notes: Vec::new(),
            readers: Some(Rc::new(RefCell::new(Readers { judge, notebook, decisions: Vec::new() }))),
            beta: Rc::new(RefCell::new(beta)),
            world: Rc::default(),
            same: Rc::default(),
            run,
        }
    }

    /// A note on why the run was stopped, if it was because it takes or holds too much.
    #[inline(never)]
    pub fn cut_short(&self) -> Option<&Note> {
        let is_cut_short = matches!(self.run.stop(), Stop::TooLong | Stop::TooLarge(_));
        self.notes.iter().rfind(|note| is_cut_short && note.line == 0)
    }

    /// The events of the run.
    pub fn trace(&self) -> &Trace {
        self.run.trace()
    }

    /// The decision on this decree in this instance; none until all is judged.
    pub fn decision(&self, instance: Instance, value: Value) -> Option<&Decision> {
        let first = self.decisions.partition_point(|decision| decision.instance < instance);
        let here = self.decisions[first..].iter().take_while(|decision| decision.instance == instance);
        here.into_iter().find(|decision| decision.vote.value == value)
    }

    /// Whether the run is over and everything has been judged.
    pub fn is_judged(&self) -> bool {
        self.readers.is_none()
    }

    /// Whether both are the same run and agree on whether it is over and judged. Callers that keep something made from
    /// a run ask this.
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(self.run.scenario(), other.run.scenario()) && self.is_judged() == other.is_judged()
    }

    /// How many events have been judged, and how many there are so far.
    pub fn judged(&self) -> (usize, usize) {
        let events = self.trace().events().len();
        (self.readers.as_ref().map_or(events, |readers| readers.borrow().judge.heard()), events)
    }

    /// When the last event happens, as far as is known.
    pub(super) fn end(&self) -> Time {
        let scenario = self.run.scenario();
        let end = scenario.until.unwrap_or(Time::ZERO).max(self.trace().end());
        // A run that is not over lasts at least until the last act of its script.
        let acted = scenario.acts.last().filter(|_| !self.run.is_over() && scenario.until.is_none());
        acted.map_or(end, |last| end.max(last.at))
    }

    /// Runs on until everything up to and including `time` has happened.
    pub(super) fn run_to(&mut self, time: Time) {
        self.run.go_on_to(time);
        self.note();
    }

    /// Runs on until about so many more events have happened.
    pub(super) fn run_on(&mut self, events: usize) {
        self.run.go_on(events);
        self.note();
    }

    fn note(&mut self) {
        if self.run.is_over() {
            self.notes = self.run.notes();
        }
    }

    /// Runs on, then reads; both together work on so many events.
    pub(super) fn judge(&mut self, events: usize) {
        let Some(readers) = self.readers.clone() else { return };
        let before = self.trace().events().len();
        if !self.run.is_over() {
            self.run_on(events);
        }
        let trace = self.run.trace();
        let left = events.saturating_sub(trace.events().len() - before);
        if left == 0 || !self.run.is_over() {
            return;
        }
        let Readers { judge, notebook, decisions } = &mut *readers.borrow_mut();
        let unheard = trace.events().len() - judge.heard();
        judge.hear(trace, left);
        notebook.read(trace, left);
        self.verdicts = judge.verdicts().to_vec();
        if left < unheard {
            return;
        }
        decisions.append(&mut notebook.decisions(trace, decisions.len(), (left - unheard) / EVENTS_PER_DECISION + 1));
        if decisions.len() == notebook.decided() {
            (self.decisions, self.ballots) = (std::mem::take(decisions), notebook.ballots(trace));
            self.unanswered = notebook.unanswered(trace);
            self.readers = None;
        }
    }

    /// The ballots after the first `events` events.
    pub(super) fn beta(&self, events: usize) -> Ref<'_, Beta> {
        self.beta.borrow_mut().seek(self.trace(), events);
        self.beta.borrow()
    }

    /// The world after the step to which the first `events` events belong.
    pub(super) fn world(&self, events: usize) -> Ref<'_, World> {
        let show = |world: &mut World| self.run.move_world(world, events);
        let mut kept = self.world.borrow_mut();
        match &mut *kept {
            Some(world) => show(world),
            None => *kept = Some(self.run.world_after(events)),
        }
        drop(kept);
        Ref::map(self.world.borrow(), |world| world.as_ref().expect("it was just put there"))
    }

    /// The first event that differs from the one at its place in `other`, or that only one of the two runs has, as far
    /// as both have been run.
    pub(super) fn first_difference(&self, other: &Self) -> Option<EventId> {
        let (here, there) = (self.trace(), other.trace());
        let same = here.same_beginning(there, self.same.get());
        self.same.set(same);
        let [more, less] = [here, there].map(|trace| trace.events().len() > same);
        let differ = match (more, less) {
            (true, true) => true,
            (true, false) => other.run.is_over(),
            (false, true) => self.run.is_over(),
            (false, false) => false,
        };
        differ.then_some(EventId(same as u32))
    }
}
