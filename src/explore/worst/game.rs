//! The adversary's game: what can happen next, and the moment after it.
//!
//! At one instant messages land first, in the order that the adversary likes; then timers run out; then the messages that
//! these timers have sent may land at once too. A message whose age is Δ has to land before time goes on. All of this is
//! as in `sim`, where an adversary gets its order at one instant by moving instants by single ticks.

use std::sync::Arc;

use super::state::{CRASHED, Flying, Running, State, Step};
use super::tube::{Reaction, Stimulus, Tubes};
use super::{Cast, LATE_MAX, Question};
use crate::protocol::{Kind, Message, Payload, TimerId};
use crate::types::{Ballot, Instance, NodeId, NodeSet, Time};

/// The timer that stands for the wait before the oracle names the leader.
const LEAD: TimerId = TimerId { kind: u8::MAX, number: 0 };

/// The rules, and all that the search knows of the processes.
pub(super) struct Game {
    cast: Arc<Cast>,
    tubes: Tubes,
    /// The numbers of the old messages.
    old: Vec<u32>,
    /// The steps of the grid in a Δ.
    resolution: u16,
    /// The longest time that a message from or to a slow process may take, in steps.
    late: u16,
    wait: u16,
    is_limited: bool,
}

impl Game {
    pub(super) fn new(cast: &Arc<Cast>, question: &Question) -> Self {
        let mut tubes = Tubes::new(cast);
        let message = |(kind, ballot): &(Kind, Ballot)| Message {
            kind: *kind,
            ballot: Some(*ballot),
            instance: Instance::FIRST,
            payload: Payload::Empty,
        };
        let old = cast.old.iter().map(|old| tubes.number(message(old))).collect();
        let steps = |span: Time| (span.0 * u64::from(question.resolution) / Time::DELTA.0) as u16;
        Self {
            cast: Arc::clone(cast),
            tubes,
            old,
            resolution: question.resolution,
            late: steps(LATE_MAX),
            wait: steps(question.wait),
            is_limited: question.old_traffic == super::OldTraffic::ByDelta,
        }
    }

    /// The cluster as it comes up; the first reaction of each member goes to `told`.
    pub(super) fn start(&mut self, mut told: impl FnMut(NodeId, &Reaction)) -> State {
        let mut state = State {
            processes: Vec::new(),
            old: ((1_u64 << (self.old.len() * self.cast.members.len())) - 1) as u32,
            old_left: if self.is_limited { self.resolution } else { 0 },
            ..State::default()
        };
        let leader = self.cast.leader;
        for node in self.cast.members.clone() {
            let is_named = self.wait == 0 || node != leader;
            let leaders = if is_named { [leader].into_iter().collect() } else { NodeSet::EMPTY };
            let reaction = self.tubes.open(node, leaders, (node == leader).then_some(self.cast.value));
            state.processes.push(reaction.process);
            self.perform(&mut state, node, &reaction);
            told(node, &reaction);
        }
        if self.wait > 0 {
            state.timers.push(Running { node: leader, timer: LEAD, left: self.wait });
        }
        self.tidy(&mut state);
        state
    }

    /// Whether every member of C knows the decree.
    pub(super) fn is_over(&self, state: &State) -> bool {
        state.processes[..self.cast.core].iter().all(|process| self.tubes.knows(*process))
    }

    /// Whether nothing but old messages can happen any more.
    pub(super) fn is_dead(state: &State) -> bool {
        state.timers.is_empty() && state.flying.is_empty()
    }

    pub(super) fn is_lead(timer: TimerId) -> bool {
        timer == LEAD
    }

    pub(super) fn message(&self, number: u32) -> &Message {
        self.tubes.message(number)
    }

    /// The longest time that a message takes, in steps of the grid.
    pub(super) fn span(&self, from: NodeId, to: NodeId) -> u16 {
        if self.cast.is_slow(from, to) { self.late } else { self.resolution }
    }

    /// Whether this process was up at T_el.
    pub(super) fn is_followed(&self, node: NodeId) -> bool {
        self.cast.members.contains(&node)
    }

    /// Whether a message between these two may be late or lost.
    pub(super) fn is_slow(&self, from: NodeId, to: NodeId) -> bool {
        self.cast.is_slow(from, to)
    }

    /// Which of the old messages this is, and its receiver.
    pub(super) fn old(&self, place: usize) -> (usize, NodeId) {
        (place / self.cast.members.len(), self.cast.members[place % self.cast.members.len()])
    }

    /// How many of the old messages can still land somewhere.
    pub(super) fn old_left(&self, state: &State) -> usize {
        let members = self.cast.members.len();
        (0..self.old.len()).filter(|ballot| state.old >> (ballot * members) & ((1 << members) - 1) != 0).count()
    }

    /// Lists everything that can happen next.
    pub(super) fn steps(&self, state: &State, steps: &mut Vec<Step>) {
        steps.clear();
        let due = state.timers.iter().position(|timer| timer.left == 0);
        if let Some(due) = due.filter(|_| state.fired) {
            return steps.push(Step::Timer(due));
        }
        for (place, flying) in state.flying.iter().enumerate() {
            let is_twin = place > 0 && state.flying[place - 1] == *flying;
            if !flying.is_late && !is_twin {
                steps.push(Step::Land(place));
            }
        }
        if !(state.fired && self.is_limited) {
            steps.extend((0..32).filter(|bit| state.old >> bit & 1 == 1).map(Step::Old));
        }
        let crashed = state.processes.iter().filter(|process| **process == CRASHED).count();
        if crashed < self.cast.crashes {
            let is_up = |member: &usize| state.processes[*member] != CRASHED;
            steps.extend((self.cast.core..self.cast.members.len()).filter(is_up).map(Step::Crash));
        }
        let is_due = |it: &Flying| it.left == 0 && !it.is_late && !self.cast.is_slow(it.from, it.to);
        let must_land = state.flying.iter().any(is_due);
        match due {
            Some(due) if !must_land => steps.push(Step::Timer(due)),
            None if !must_land => steps.push(Step::Pass),
            _ => {}
        }
    }

    /// Plays a step: the moment after it, and which process did what.
    pub(super) fn play(&mut self, state: &State, step: Step) -> (State, Option<(NodeId, Arc<Reaction>)>) {
        let mut after = state.clone();
        let (node, stimulus) = match step {
            Step::Pass => {
                self.pass(&mut after);
                return (after, None);
            }
            Step::Land(place) => {
                let flying = after.flying.remove(place);
                (flying.to, Stimulus::Message(flying.from, flying.message))
            }
            Step::Old(place) => {
                let (ballot, to) = self.old(place);
                after.old &= !(1 << place);
                (to, Stimulus::Message(self.cast.stranger, self.old[ballot]))
            }
            Step::Timer(place) => {
                let Running { node, timer, .. } = after.timers.remove(place);
                after.fired = true;
                after.flying.iter_mut().for_each(|flying| flying.is_late = true);
                (node, if timer == LEAD { Stimulus::Leads } else { Stimulus::Timer(timer) })
            }
            Step::Crash(member) => {
                let node = self.cast.members[member];
                self.crash(&mut after, member);
                self.tidy(&mut after);
                return (after, Some((node, Arc::new(Reaction::crash()))));
            }
        };
        let member = self.cast.place(node);
        let reaction = self.tubes.react(after.processes[member], stimulus);
        after.processes[member] = reaction.process;
        self.perform(&mut after, node, &reaction);
        self.tidy(&mut after);
        (after, Some((node, reaction)))
    }

    /// Lets a step of the grid go by.
    fn pass(&self, state: &mut State) {
        state.fired = false;
        state.timers.iter_mut().for_each(|timer| timer.left -= 1);
        state.flying.retain(|flying| flying.left > 0);
        for flying in &mut state.flying {
            flying.left -= 1;
            flying.is_late = false;
        }
        if self.is_limited {
            if state.old_left == 0 {
                state.old = 0;
            }
            state.old_left = state.old_left.saturating_sub(1);
        }
        self.tidy_order(state);
    }

    /// Crashes a process. The messages that it has sent stay under way.
    fn crash(&self, state: &mut State, member: usize) {
        let node = self.cast.members[member];
        state.processes[member] = CRASHED;
        state.timers.retain(|timer| timer.node != node);
        state.flying.retain(|flying| flying.to != node);
        for ballot in 0..self.old.len() {
            state.old &= !(1 << (ballot * self.cast.members.len() + member));
        }
    }

    fn perform(&self, state: &mut State, node: NodeId, reaction: &Reaction) {
        for (timer, span) in &reaction.timers {
            state.timers.retain(|running| (running.node, running.timer) != (node, *timer));
            if let Some(span) = span {
                let left = (span.0 * u64::from(self.resolution) / Time::DELTA.0) as u16;
                state.timers.push(Running { node, timer: *timer, left });
            }
        }
        state.timers.sort_by_key(|timer| timer.node);
        for (to, message) in &reaction.sends {
            let is_up = |place| state.processes.get(place) != Some(&CRASHED);
            if self.cast.members.iter().position(|member| member == to).is_some_and(is_up) {
                let (message, to, left) = (*message, *to, self.span(node, *to));
                state.flying.push(Flying { message, from: node, to, left, is_late: false });
            }
        }
    }

    /// Forgets messages that can no longer do anything: old ones, and those of expiring kinds, if the receiver takes no
    /// notice of them.
    fn tidy(&mut self, state: &mut State) {
        let old = state.old;
        for place in (0..32).filter(|place| old >> place & 1 == 1) {
            let (ballot, to) = self.old(place);
            let process = state.processes[self.cast.place(to)];
            let reaction = self.tubes.react(process, Stimulus::Message(self.cast.stranger, self.old[ballot]));
            if reaction.process == process {
                state.old &= !(1 << place);
            }
        }
        let tubes = &mut self.tubes;
        state.flying.retain(|it| {
            let process = state.processes[self.cast.place(it.to)];
            !self.cast.expiring.contains(&tubes.message(it.message).kind)
                || !tubes.react(process, Stimulus::Message(it.from, it.message)).is_nothing(process)
        });
        self.tidy_order(state);
    }

    fn tidy_order(&self, state: &mut State) {
        state.flying.sort_unstable();
        if state.old == 0 {
            state.old_left = 0;
        }
    }
}
