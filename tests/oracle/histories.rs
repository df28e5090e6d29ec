//! Generalized Paxos once more, as a plain simulation written from the rules and not from the machine: one leader, one prepared
//! fast ballot, links that take a fixed time each, nobody crashes, and nobody’s timer runs out. It tells who votes for which
//! history, and when, and who learns which command, and when. It shares no line with the playground.
//!
//! Ballot 1 is the fast ballot that is prepared, and ballot 2 the classic one after it. Process 0 is the leader; the acceptors
//! are 0 to n − 1, and clients come after them. A history is a list of commands in the order in which somebody appended them.

use std::collections::{BTreeMap, BTreeSet};

pub(crate) type Time = u64;
const DELTA: Time = 1_000_000;

/// A command of the service `kv`: its key, and whether it writes.
pub(crate) type Command = (char, bool);

/// A run to simulate.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) acceptors: usize,
    pub(crate) commands: Vec<Command>,
    /// How long each link takes: from, to.
    pub(crate) delays: Vec<Vec<Time>>,
    /// For each command when it is asked for; the client is the process of the same number after the acceptors.
    pub(crate) asked: Vec<Time>,
}

/// What a list of commands means: which commands, and the order of each two that conflict.
pub(crate) type History = (BTreeSet<usize>, BTreeSet<(usize, usize)>);

impl Plan {
    fn conflict(&self, one: usize, other: usize) -> bool {
        let ((key, writes), (other_key, other_writes)) = (self.commands[one], self.commands[other]);
        one != other && key == other_key && (writes || other_writes)
    }

    pub(crate) fn meaning(&self, list: &[usize]) -> History {
        let pairs = list.iter().enumerate().flat_map(|(place, later)| {
            list[..place].iter().filter(|one| self.conflict(**one, *later)).map(|one| (*one, *later))
        });
        (list.iter().copied().collect(), pairs.collect())
    }

    /// A command of a list with all that has to come before it.
    fn down(&self, list: &[usize], command: usize) -> Vec<usize> {
        let end = list.iter().position(|one| *one == command).expect("it is there");
        let mut part = vec![command];
        for one in list[..end].iter().rev() {
            if part.iter().any(|later| self.conflict(*one, *later)) {
                part.insert(0, *one);
            }
        }
        part
    }

    fn collide(&self, one: &[usize], other: &[usize]) -> bool {
        let (one, other) = (self.meaning(one), self.meaning(other));
        // Two conflicting commands in both orders, or one before a command that the other list has without it.
        let breaks = |this: &History, that: &History| {
            this.1.iter().any(|(before, after)| that.0.contains(after) && !that.1.contains(&(*before, *after)))
        };
        // Or two conflicting commands, each of which is in one list only: whichever comes first, the other lacks it.
        let apart =
            one.0.difference(&other.0).any(|this| other.0.difference(&one.0).any(|that| self.conflict(*this, *that)));
        breaks(&one, &other) || breaks(&other, &one) || apart
    }

    fn majority(&self) -> usize {
        self.acceptors / 2 + 1
    }

    fn fast(&self) -> usize {
        let down = (self.acceptors - 1) / 2;
        let most = (0..=down).filter(|fast| self.acceptors > 2 * fast + down).max().expect("0");
        self.acceptors - most
    }
}

#[derive(Clone)]
enum Message {
    Wish(usize),
    Vote(u32, Vec<usize>, bool),
    Begin(Vec<usize>),
}

#[derive(Clone, Default)]
struct Process {
    ballot: u32,
    history: Vec<usize>,
    is_stopped: bool,
    wishes: Vec<usize>,
    heard: BTreeMap<u32, Vec<(usize, Vec<usize>, bool)>>,
    learned: Vec<usize>,
}

pub(crate) struct Simulation {
    plan: Plan,
    processes: Vec<Process>,
    queue: BTreeMap<(Time, u64), (usize, usize, Message)>,
    sent: u64,
    now: Time,
    /// The leader's ballot, its history, and whether the classic one was begun.
    leading: u32,
    most: Vec<usize>,
    is_begun: bool,
    first_heard: Option<Time>,
    recovered: Option<Time>,
    /// When, who, the ballot and the history.
    pub(crate) votes: Vec<(Time, usize, u32, History)>,
    /// When, who and the command.
    pub(crate) learned: Vec<(Time, usize, usize)>,
}

impl Simulation {
    pub(crate) fn run(plan: &Plan) -> Self {
        let process = Process { ballot: 1, ..Process::default() };
        let mut simulation = Self {
            plan: plan.clone(),
            processes: vec![process; plan.acceptors],
            queue: BTreeMap::new(),
            sent: 0,
            now: 0,
            leading: 1,
            most: Vec::new(),
            is_begun: false,
            first_heard: None,
            recovered: None,
            votes: Vec::new(),
            learned: Vec::new(),
        };
        for (command, at) in plan.asked.iter().enumerate() {
            simulation.now = *at;
            (0..plan.acceptors).for_each(|to| simulation.send(plan.acceptors + command, to, Message::Wish(command)));
        }
        while let Some(((at, _), (from, to, message))) = simulation.queue.pop_first() {
            simulation.now = at;
            if to == 0 && !matches!(message, Message::Begin(_)) {
                simulation.first_heard.get_or_insert(at);
            }
            match message {
                Message::Wish(command) => simulation.wish(to, command),
                Message::Vote(ballot, history, is_last) => simulation.count(to, from, ballot, history, is_last),
                Message::Begin(history) => simulation.begin(to, &history),
            }
        }
        simulation
    }

    /// The instant before which no timer of the leader can have run out.
    pub(crate) fn reach(&self) -> Time {
        let first = self.first_heard.expect("somebody asks") + 2 * DELTA;
        self.recovered.filter(|at| *at < first).map_or(first, |at| at + 2 * DELTA)
    }

    pub(crate) fn has_recovered(&self) -> bool {
        self.recovered.is_some_and(|at| at < self.reach())
    }

    fn send(&mut self, from: usize, to: usize, message: Message) {
        let takes = if from == to { 0 } else { self.plan.delays[from][to] };
        self.queue.insert((self.now + takes, self.sent), (from, to, message));
        self.sent += 1;
    }

    fn vote(&mut self, node: usize, ballot: u32, history: &[usize], is_last: bool) {
        self.votes.push((self.now, node, ballot, self.plan.meaning(history)));
        let process = &mut self.processes[node];
        (process.ballot, process.is_stopped) = (ballot, process.is_stopped || is_last);
        process.history = history.to_vec();
        (0..self.plan.acceptors).for_each(|to| self.send(node, to, Message::Vote(ballot, history.to_vec(), is_last)));
    }

    fn wish(&mut self, node: usize, command: usize) {
        let process = &mut self.processes[node];
        if process.learned.contains(&command) {
            return;
        }
        process.wishes.push(command);
        if process.ballot == 1 && !process.is_stopped {
            let mut history = process.history.clone();
            let is_last = history.iter().any(|one| self.plan.conflict(*one, command) && !process.learned.contains(one));
            history.push(command);
            self.vote(node, 1, &history, is_last);
        }
        if node == 0 && self.leading == 1 {
            self.look();
        } else if node == 0 {
            self.go_on();
        }
    }

    fn count(&mut self, node: usize, from: usize, ballot: u32, history: Vec<usize>, is_last: bool) {
        let heard = self.processes[node].heard.entry(ballot).or_default();
        match heard.iter_mut().find(|(voter, ..)| *voter == from) {
            Some((_, known, was_last)) => {
                *was_last |= is_last;
                if history.len() > known.len() {
                    *known = history;
                }
            }
            None => heard.push((from, history, is_last)),
        }
        let heard = heard.clone();
        let needed = if ballot == 1 { self.plan.fast() } else { self.plan.majority() };
        // Every command whose history up to it a quorum has.
        let mut passed: Vec<Vec<usize>> = Vec::new();
        for command in 0..self.plan.commands.len() {
            let parts: Vec<Vec<usize>> = heard
                .iter()
                .filter(|(_, history, _)| history.contains(&command))
                .map(|(_, history, _)| self.plan.down(history, command))
                .collect();
            let alike = |part: &Vec<usize>| {
                let meaning = self.plan.meaning(part);
                parts.iter().filter(|other| self.plan.meaning(other) == meaning).count()
            };
            passed.extend(parts.iter().find(|part| alike(part) >= needed).cloned());
        }
        passed.sort_by_key(Vec::len);
        for command in passed.into_iter().flatten() {
            let process = &mut self.processes[node];
            if !process.learned.contains(&command) {
                process.learned.push(command);
                process.wishes.retain(|wish| *wish != command);
                self.learned.push((self.now, node, command));
            }
        }
        if node == 0 && ballot == 1 && self.leading == 1 {
            self.look();
        }
    }

    /// What the leader knows of and has not learned.
    fn known(&self) -> Vec<usize> {
        let leader = &self.processes[0];
        let mut known = leader.wishes.clone();
        for command in leader.heard.values().flatten().flat_map(|(_, history, _)| history) {
            if !leader.learned.contains(command) && !known.contains(command) {
                known.push(*command);
            }
        }
        known
    }

    /// The leader looks whether the fast ballot is over.
    fn look(&mut self) {
        let heard = self.processes[0].heard.get(&1).cloned().unwrap_or_default();
        let last: Vec<_> = heard.into_iter().filter(|(.., is_last)| *is_last).collect();
        if last.len() < self.plan.majority() {
            return;
        }
        let collide = last.iter().any(|(_, one, _)| last.iter().any(|(_, other, _)| self.plan.collide(one, other)));
        let is_left = |command: &usize| last.iter().all(|(_, history, _)| !history.contains(command));
        if !collide && !self.known().iter().any(is_left) {
            return;
        }
        self.recovered = Some(self.now);
        self.leading = 2;
        // Which parts can have passed, whatever the others have voted for: for some quorum, all its members that have voted for
        // the last time have that part.
        let quorums = (0_u32..1 << self.plan.acceptors).filter(|set| set.count_ones() as usize == self.plan.fast());
        let mut safe: Vec<Vec<usize>> = Vec::new();
        for quorum in quorums {
            let members: Vec<&Vec<usize>> =
                last.iter().filter(|(node, ..)| quorum >> node & 1 == 1).map(|(_, history, _)| history).collect();
            let first = members.first().expect("quorums meet");
            for command in first.iter() {
                let part = self.plan.down(first, *command);
                let meaning = self.plan.meaning(&part);
                let has = |history: &&&Vec<usize>| {
                    history.contains(command) && self.plan.meaning(&self.plan.down(history, *command)) == meaning
                };
                if members.iter().filter(has).count() == members.len() {
                    safe.push(part);
                }
            }
        }
        safe.sort_by_key(Vec::len);
        for command in safe.into_iter().flatten() {
            if !self.most.contains(&command) {
                self.most.push(command);
            }
        }
        self.go_on();
    }

    /// The leader appends what it knows, and begins its classic ballot with that.
    fn go_on(&mut self) {
        let new: Vec<usize> = self.known().into_iter().filter(|command| !self.most.contains(command)).collect();
        let is_open = self.most.iter().any(|command| !self.processes[0].learned.contains(command));
        if new.is_empty() && (self.is_begun || !is_open) {
            return;
        }
        self.most.extend(new);
        self.is_begun = true;
        (0..self.plan.acceptors).for_each(|to| self.send(0, to, Message::Begin(self.most.clone())));
    }

    fn begin(&mut self, node: usize, history: &[usize]) {
        let process = &self.processes[node];
        let is_longer = history.len() > process.history.len();
        if process.ballot == 1 || is_longer {
            self.vote(node, 2, history, false);
        }
    }
}
