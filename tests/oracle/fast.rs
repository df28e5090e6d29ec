//! Fast Paxos once more, as a plain simulation written from the rules and not from the machine: one leader, one prepared fast
//! round, links that take a fixed time each, acceptors that may crash for good. It tells who votes for what, and when, and who
//! learns what, and when. It shares no line with the playground.
//!
//! Rounds are numbers: 1 is the fast round that is prepared. The next round is classic or, with uncoordinated recovery, fast
//! again, and then the one after it is classic. Process 0 is the leader; the acceptors are 0 to n − 1, and clients come after them.

use std::collections::{BTreeMap, BTreeSet};

/// Ticks; a million are one Δ.
pub(crate) type Time = u64;
const DELTA: Time = 1_000_000;

#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Recovery {
    Coordinated,
    Restart,
    Uncoordinated,
}

/// A run to simulate.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) acceptors: usize,
    pub(crate) recovery: Recovery,
    /// How long each link takes: from, to.
    pub(crate) delays: Vec<Vec<Time>>,
    /// When the round is prepared at each acceptor does not matter: everything below happens later.
    /// The requests, in the order of time: when, the client, the decree.
    pub(crate) wishes: Vec<(Time, usize, usize)>,
    /// When acceptors crash.
    pub(crate) crashes: Vec<(Time, usize)>,
    pub(crate) until: Time,
}

/// What somebody did: when, who, the round and the decree.
pub(crate) type Did = (Time, usize, u32, usize);

#[derive(Clone, Debug)]
enum Message {
    Wish(usize),
    Vote(u32, usize),
    AskPromise(u32),
    Promise(u32, Option<(u32, usize)>),
    Begin(u32, usize),
}

#[derive(Clone, Default)]
struct Process {
    is_down: bool,
    promised: u32,
    voted: Option<(u32, usize)>,
    /// Votes that have come: for each round, who voted for what, in the order of arrival.
    heard: BTreeMap<u32, Vec<(usize, usize)>>,
    knows: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Stage {
    /// A fast round is under way; since when its timer runs.
    Fast,
    Asking,
    Classic,
}

/// From whom, to whom, and what; a timer of the leader has no message.
type Coming = (usize, usize, Option<Message>);

/// When, the client with its decree, or the acceptor that crashes.
type Act = (Time, Option<(usize, usize)>, usize);

pub(crate) struct Simulation {
    plan: Plan,
    processes: Vec<Process>,
    /// What is to come, by time, then messages before timers, then in the order of sending.
    queue: BTreeMap<(Time, bool, u64), Coming>,
    sent: u64,
    now: Time,
    round: u32,
    stage: Stage,
    /// The number of the timer that counts; earlier ones have been stopped.
    timer: Option<u64>,
    promises: Vec<(usize, Option<(u32, usize)>)>,
    pub(crate) votes: Vec<Did>,
    pub(crate) learned: Vec<Did>,
}

impl Simulation {
    pub(crate) fn run(plan: &Plan) -> Self {
        let processes = vec![Process { promised: 1, ..Process::default() }; plan.acceptors];
        let mut simulation = Self {
            plan: plan.clone(),
            processes,
            queue: BTreeMap::new(),
            sent: 0,
            now: 0,
            round: 1,
            stage: Stage::Fast,
            timer: None,
            promises: Vec::new(),
            votes: Vec::new(),
            learned: Vec::new(),
        };
        simulation.play();
        simulation
    }

    fn play(&mut self) {
        let mut acts: Vec<Act> = Vec::new();
        acts.extend(self.plan.wishes.iter().map(|(at, client, decree)| (*at, Some((*client, *decree)), 0)));
        acts.extend(self.plan.crashes.iter().map(|(at, node)| (*at, None, *node)));
        acts.sort_by_key(|act| act.0);
        let mut acts = acts.into_iter().peekable();
        loop {
            let next = self.queue.keys().next().map(|key| key.0);
            if let Some((at, wish, node)) = acts.next_if(|act| next.is_none_or(|next| act.0 <= next)) {
                self.now = at;
                match wish {
                    Some((client, decree)) => {
                        (0..self.plan.acceptors).for_each(|to| self.send(client, to, Message::Wish(decree)));
                    }
                    None => self.processes[node].is_down = true,
                }
                continue;
            }
            let Some((key, (from, to, message))) = self.queue.pop_first() else { return };
            if key.0 > self.plan.until {
                return;
            }
            self.now = key.0;
            if self.processes[to].is_down {
                continue;
            }
            match message {
                Some(message) => self.receive(from, to, &message),
                None if self.timer == Some(key.2) => self.time_is_up(),
                None => {}
            }
        }
    }

    fn send(&mut self, from: usize, to: usize, message: Message) {
        let delay = if from == to { 0 } else { self.plan.delays[from][to] };
        self.sent += 1;
        self.queue.insert((self.now + delay, false, self.sent), (from, to, Some(message)));
    }

    fn send_all(&mut self, from: usize, message: &Message) {
        (0..self.plan.acceptors).for_each(|to| self.send(from, to, message.clone()));
    }

    fn start_timer(&mut self) {
        self.sent += 1;
        self.timer = Some(self.sent);
        self.queue.insert((self.now + 2 * DELTA, true, self.sent), (0, 0, None));
    }

    fn is_fast(&self, round: u32) -> bool {
        let fast = if self.plan.recovery == Recovery::Uncoordinated { 2 } else { 1 };
        round <= fast
    }

    /// n − F for promises and classic rounds, n − E for fast ones: F as large as n > 2F allows, then E as n > 2E + F does.
    fn sizes(&self) -> (usize, usize) {
        let n = self.plan.acceptors;
        let f = (0..n).rev().find(|f| n > 2 * f).expect("0");
        let e = (0..n).rev().find(|e| n > 2 * e + f).expect("0");
        (n - f, n - e)
    }

    /// O4: the decree that all fast quorums allow, given what these have voted in their last round; otherwise the first named.
    fn pick(&self, reports: &[(usize, Option<(u32, usize)>)]) -> Option<usize> {
        let last = reports.iter().filter_map(|(_, vote)| vote.map(|vote| vote.0)).max()?;
        let (classic, fast) = self.sizes();
        let size = if self.is_fast(last) { fast } else { classic };
        let missing = self.plan.acceptors - reports.len();
        let count = |decree| reports.iter().filter(|(_, vote)| *vote == Some((last, decree))).count();
        let decrees: BTreeSet<usize> =
            reports.iter().filter_map(|(_, vote)| vote.filter(|vote| vote.0 == last)).map(|vote| vote.1).collect();
        let forced = decrees.iter().copied().find(|decree| count(*decree) + missing >= size);
        forced.or(decrees.first().copied())
    }

    fn vote(&mut self, who: usize, round: u32, decree: usize) {
        let process = &mut self.processes[who];
        process.promised = round;
        process.voted = Some((round, decree));
        self.votes.push((self.now, who, round, decree));
        self.send_all(who, &Message::Vote(round, decree));
    }

    fn receive(&mut self, from: usize, to: usize, message: &Message) {
        match *message {
            Message::Wish(decree) => {
                let process = &self.processes[to];
                if !process.knows {
                    if process.promised == 1 && process.voted.is_none() {
                        self.vote(to, 1, decree);
                    }
                    if to == 0 && self.timer.is_none() && self.stage == Stage::Fast {
                        self.start_timer();
                    }
                }
            }
            Message::Vote(round, decree) => self.hear(from, to, round, decree),
            Message::AskPromise(round) => {
                if round > self.processes[to].promised {
                    self.processes[to].promised = round;
                    let voted = self.processes[to].voted;
                    self.send(to, from, Message::Promise(round, voted));
                }
            }
            Message::Promise(round, voted) => {
                // A leader that knows the decree has nothing left to do.
                if self.stage == Stage::Asking && round == self.round && !self.processes[to].knows {
                    self.promises.push((from, voted));
                    if self.promises.len() == self.sizes().0 {
                        let decree = self.pick(&self.promises).expect("a leader restarts only after a vote");
                        self.begin(decree);
                    }
                }
            }
            Message::Begin(round, decree) => {
                let process = &self.processes[to];
                if round >= process.promised && process.voted.is_none_or(|vote| vote.0 < round) {
                    self.vote(to, round, decree);
                }
            }
        }
    }

    fn begin(&mut self, decree: usize) {
        self.stage = Stage::Classic;
        self.send_all(0, &Message::Begin(self.round, decree));
        self.start_timer();
    }

    fn hear(&mut self, from: usize, to: usize, round: u32, decree: usize) {
        if self.processes[to].knows {
            return;
        }
        let (classic, fast) = self.sizes();
        let size = if self.is_fast(round) { fast } else { classic };
        let heard = self.processes[to].heard.entry(round).or_default();
        heard.push((from, decree));
        let votes = heard.clone();
        if votes.iter().filter(|vote| vote.1 == decree).count() >= size {
            self.processes[to].knows = true;
            self.learned.push((self.now, to, round, decree));
            if to == 0 {
                self.timer = None;
            }
            return;
        }
        let is_split = votes.len() >= classic && votes.iter().any(|vote| vote.1 != votes[0].1);
        let reports: Vec<_> = votes.iter().map(|(who, decree)| (*who, Some((round, *decree)))).collect();
        if self.plan.recovery == Recovery::Uncoordinated && round == 1 && is_split && self.processes[to].promised <= 1 {
            let decree = self.pick(&reports).expect("votes");
            self.vote(to, 2, decree);
        }
        if to != 0 || self.stage != Stage::Fast {
            return;
        }
        if round == self.round + 1 && self.is_fast(round) {
            (self.round, self.timer) = (round, None);
        }
        if round != self.round {
            return;
        }
        if self.timer.is_none() {
            self.start_timer();
        }
        if is_split && !self.is_fast(round + 1) {
            self.recover();
        }
    }

    /// The leader goes on to a classic round, with the votes of its fast round for promises where it can.
    fn recover(&mut self) {
        let votes = self.processes[0].heard.get(&self.round).cloned().unwrap_or_default();
        let next = self.round + 1;
        if self.plan.recovery != Recovery::Restart && !self.is_fast(next) && votes.len() >= self.sizes().0 {
            let reports: Vec<_> = votes.iter().map(|(who, decree)| (*who, Some((self.round, *decree)))).collect();
            self.round = next;
            let decree = self.pick(&reports).expect("votes");
            self.begin(decree);
        } else {
            self.round = if self.is_fast(next) { next + 1 } else { next };
            self.stage = Stage::Asking;
            self.promises.clear();
            self.send_all(0, &Message::AskPromise(self.round));
            self.start_timer();
        }
    }

    /// 2Δ are over. Only fast rounds are followed up here: later rounds are not needed before the runs end.
    fn time_is_up(&mut self) {
        self.timer = None;
        if self.stage == Stage::Fast {
            self.recover();
        }
    }
}
