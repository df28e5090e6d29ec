//! FaB Paxos (Martin and Alvisi) once more, and Fast Byzantine Multi-Paxos, which is FaB for each place of a ledger: written from
//! the rules and not from the playground's machines, as a list of what is to come, a row of plain states, and functions that read
//! a message. It tells who learns what, and when, when clients believe a reply, and how many messages are sent. It shares no line
//! with the playground.
//!
//! Process i is an acceptor and a learner, and the first p processes are proposers too; clients come after them. The leader of
//! regency r is proposer r mod p, and the number of a regency is the number of its proposals. A decree is a number; zero is the
//! request that does nothing. A liar's process keeps the rules, and only what leaves it is forged.

use std::collections::{BTreeMap, BTreeSet};

use super::byzantine::{Act, Calendar, DELTA, Next, Ticks, Twist};

/// The request that does nothing, which fills a place of which nobody tells.
pub(crate) const NULL: usize = 0;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Kind {
    Request,
    Propose,
    Accepted,
    /// An acceptor has seen enough votes to prove that nothing else can be chosen with this number (parameterised FaB).
    Certified,
    Learned,
    Satisfied,
    Suspect,
    Query,
    Rep,
    Reply,
}

pub(crate) type Lie = super::byzantine::Lie<Kind>;

#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Mode {
    /// One decree.
    Single,
    /// A ledger, to which the leader gives the requests.
    Led,
    /// A ledger; with number 0 each acceptor gives the requests of clients to its next free place.
    Direct,
}

/// How many of which messages are needed.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Sizes {
    pub(crate) learn: usize,
    pub(crate) chosen: usize,
    pub(crate) reports: usize,
    pub(crate) majority: usize,
    /// LEARNED, from learners.
    pub(crate) learned: usize,
    /// SATISFIED and SUSPECT, from proposers.
    pub(crate) proposers: usize,
}

impl Sizes {
    pub(crate) const fn of(acceptors: usize, learners: usize, proposers: usize, f: usize) -> Self {
        Self {
            learn: (acceptors + 3 * f + 1).div_ceil(2),
            chosen: (acceptors + f + 1).div_ceil(2),
            reports: acceptors - f,
            majority: (acceptors - f + 1).div_ceil(2),
            learned: (learners + f + 1).div_ceil(2),
            proposers: (proposers + f + 1).div_ceil(2),
        }
    }
}

/// A run to simulate.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) mode: Mode,
    pub(crate) n: usize,
    pub(crate) f: usize,
    pub(crate) proposers: usize,
    /// Whether clients ask all proposers, and not only the first leader. With `Direct` they ask all processes.
    pub(crate) asks_all: bool,
    /// Whether acceptors prove to each other what they have seen (parameterised FaB).
    pub(crate) certifies: bool,
    /// Whether the leader takes the votes of clients that collide for reports (an extension).
    pub(crate) reuses: bool,
    /// How many clients there are, which hear all replies, and how many equal ones they believe.
    pub(crate) clients: usize,
    pub(crate) believes: usize,
    /// How long a proposer waits for LEARNED.
    pub(crate) patience: Ticks,
    /// In order of time.
    pub(crate) acts: Vec<(Ticks, Act)>,
    pub(crate) lies: Vec<Lie>,
    /// Links that take another time than Δ.
    pub(crate) slow: BTreeMap<(usize, usize), Ticks>,
    /// The last instant that is played.
    pub(crate) until: Ticks,
}

impl Case {
    /// 5f + 1 processes, of which 3f + 1 are proposers.
    pub(crate) fn of(mode: Mode, f: usize) -> Self {
        Self {
            mode,
            n: 5 * f + 1,
            f,
            proposers: 3 * f + 1,
            asks_all: mode == Mode::Single,
            certifies: false,
            reuses: false,
            clients: if mode == Mode::Direct { 2 } else { 1 },
            believes: f + 1,
            patience: 4 * DELTA,
            acts: Vec::new(),
            lies: Vec::new(),
            slow: BTreeMap::new(),
            until: 60 * DELTA,
        }
    }
}

#[derive(Clone, Default, PartialEq, Debug)]
pub(crate) struct Outcome {
    /// For each process and place the decree that it has learned, and when.
    pub(crate) learned: Vec<BTreeMap<usize, (usize, Ticks)>>,
    /// The decree whose reply its client believes, and since when, in order of time.
    pub(crate) believed: Vec<(usize, Ticks)>,
    /// How many messages were sent to other processes.
    pub(crate) sent: BTreeMap<Kind, usize>,
}

/// A vote: number and decree.
type Vote = (usize, usize);

#[derive(Clone, Debug)]
enum Message {
    Request(usize),
    /// The number, the place, the decree, and what acceptors have reported about the place.
    Propose(usize, usize, usize, Vec<(usize, Option<Vote>)>),
    /// The kind, the number, the place, the decree: ACCEPTED or the proof of it.
    Voted(Kind, usize, usize, usize),
    /// The place, the decree.
    Learned(usize, usize),
    Satisfied,
    Suspect(usize),
    /// The number, and the place after which votes are asked for.
    Query(usize, usize),
    /// The number, and the votes by place.
    Rep(usize, BTreeMap<usize, Vote>),
    /// The decree, and whether the result is true.
    Reply(usize, bool),
}

impl Message {
    fn kind(&self) -> Kind {
        match self {
            Self::Request(_) => Kind::Request,
            Self::Propose(..) => Kind::Propose,
            Self::Voted(kind, ..) => *kind,
            Self::Learned(..) => Kind::Learned,
            Self::Satisfied => Kind::Satisfied,
            Self::Suspect(_) => Kind::Suspect,
            Self::Query(..) => Kind::Query,
            Self::Rep(..) => Kind::Rep,
            Self::Reply(..) => Kind::Reply,
        }
    }

    /// The message as this liar sends it.
    fn twist(&mut self, liar: usize, twist: &Twist) {
        match (self, twist) {
            (Self::Request(decree) | Self::Voted(.., decree) | Self::Learned(_, decree), Twist::Says(other)) => {
                *decree = *other;
            }
            (Self::Reply(decree, _), Twist::Says(other)) => *decree = *other,
            (Self::Reply(_, is_true), Twist::False) => *is_true = false,
            // The liar's own report in the proof says the same.
            (Self::Propose(number, _, decree, reports), Twist::Says(other)) => {
                *decree = *other;
                for (_, vote) in reports.iter_mut().filter(|(by, _)| *by == liar) {
                    *vote = Some((vote.map_or(*number, |vote| vote.0), *other));
                }
            }
            (Self::Propose(.., reports), Twist::Omits(names)) => {
                reports.retain(|(by, _)| !names.is_empty() && !names.contains(by));
            }
            (Self::Rep(number, votes), Twist::Says(other)) if votes.is_empty() => {
                votes.insert(1, (*number, *other));
            }
            (Self::Rep(_, votes), Twist::Says(other)) => votes.values_mut().for_each(|vote| vote.1 = *other),
            _ => {}
        }
    }
}

/// What a proposer waits for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Wait {
    Wish(usize),
    Place(usize),
}

#[derive(Clone, Default)]
struct Process {
    // The acceptor.
    promised: usize,
    accepted: BTreeMap<usize, Vote>,
    // The learner: who said which decree, by whether it is a proof of votes, number and place.
    heard: BTreeMap<(bool, usize, usize), BTreeSet<(usize, usize)>>,
    has_certified: BTreeSet<(usize, usize)>,
    learned: BTreeMap<usize, (usize, Ticks)>,
    /// How many places have been executed, in their order.
    executed: usize,
    // The proposer.
    wishes: Vec<usize>,
    waits: BTreeSet<Wait>,
    told: BTreeMap<usize, BTreeSet<usize>>,
    is_satisfied: BTreeSet<usize>,
    regency: usize,
    suspects: BTreeMap<usize, BTreeSet<usize>>,
    /// How many regencies have ended since this proposer was satisfied.
    ended: u32,
    timer: Option<u64>,
    // The leader.
    is_leading: bool,
    asking: Option<usize>,
    reports: Vec<(usize, BTreeMap<usize, Vote>)>,
    next_place: usize,
    proposed: BTreeSet<usize>,
}

struct Run<'a> {
    case: &'a Case,
    sizes: Sizes,
    calendar: Calendar<Kind, Message>,
    processes: Vec<Process>,
    /// Whose decree it is.
    clients: BTreeMap<usize, usize>,
    replies: BTreeMap<(usize, usize, bool), BTreeSet<usize>>,
    believed: Vec<(usize, Ticks)>,
    /// For how long what a proposer waits for has been going on already.
    late: Ticks,
}

/// Plays the case.
pub(crate) fn simulate(case: &Case) -> Outcome {
    let mut run = Run {
        case,
        sizes: Sizes::of(case.n, case.n, case.proposers, case.f),
        calendar: Calendar::new(case.acts.clone(), case.lies.clone(), case.until),
        processes: vec![Process { next_place: 1, ..Process::default() }; case.n],
        clients: BTreeMap::new(),
        replies: BTreeMap::new(),
        believed: Vec::new(),
        late: 0,
    };
    run.calendar.slow.clone_from(&case.slow);
    run.processes[0].is_leading = true;
    while let Some(next) = run.calendar.next() {
        match next {
            Next::Act(Act::Ask(client, decree)) => run.ask(client, decree),
            Next::Act(_) => {}
            Next::Land(from, to, message) => run.land(from, to, message),
            Next::Ring(who, number) if run.processes[who].timer == Some(number) => {
                run.processes[who].timer = None;
                let regency = run.processes[who].regency;
                run.send_all(who, case.proposers, &Message::Suspect(regency));
            }
            Next::Ring(..) => {}
        }
    }
    let learned = run.processes.into_iter().map(|process| process.learned).collect();
    Outcome { learned, believed: run.believed, sent: run.calendar.sent }
}

impl Run<'_> {
    fn is_proposer(&self, who: usize) -> bool {
        who < self.case.proposers
    }

    fn leader(&self, number: usize) -> usize {
        number % self.case.proposers
    }

    fn ask(&mut self, client: usize, decree: usize) {
        self.clients.insert(decree, client);
        let asked = match (self.case.mode, self.case.asks_all) {
            (Mode::Direct, _) => self.case.n,
            (_, true) => self.case.proposers,
            (_, false) => 1,
        };
        (0..asked).for_each(|to| self.send(client, to, &Message::Request(decree)));
    }

    /// A message to oneself is no message: it is read at once.
    fn send(&mut self, from: usize, to: usize, message: &Message) {
        if from == to {
            self.land(from, to, message.clone());
        } else {
            let twist = |message: &mut Message, twist: &Twist| message.twist(from, twist);
            self.calendar.send((from, to), message.kind(), message.clone(), twist);
        }
    }

    /// Sends to the first processes, to itself last.
    fn send_all(&mut self, from: usize, to: usize, message: &Message) {
        (0..to).filter(|to| *to != from).for_each(|to| self.send(from, to, message));
        if from < to {
            self.send(from, from, message);
        }
    }

    fn land(&mut self, from: usize, me: usize, message: Message) {
        match message {
            Message::Request(decree) => self.request(me, decree),
            Message::Propose(number, place, decree, reports) => {
                let is_vouched = number == 0 || self.vouches(&reports, decree);
                let process = &self.processes[me];
                let is_new = process.accepted.get(&place).is_none_or(|vote| vote.0 < number);
                if from == self.leader(number) && number >= process.promised && is_new && is_vouched {
                    self.adopt(me, number);
                    // T counts from when the leader sends its PROPOSE.
                    self.late = if from == me { 0 } else { DELTA };
                    self.wait_for(me, Wait::Place(place));
                    self.late = 0;
                    self.accept(me, number, place, decree);
                }
            }
            Message::Voted(kind, number, place, decree) => self.voted(from, me, kind, (number, place), decree),
            Message::Learned(place, decree) => self.told(from, me, place, decree),
            // A leader repeats no PROPOSE here, so nobody needs to know who is satisfied.
            Message::Satisfied => {}
            Message::Suspect(regency) => {
                let process = &mut self.processes[me];
                let suspects = process.suspects.entry(regency).or_default();
                suspects.insert(from);
                if suspects.len() >= self.sizes.proposers && regency >= process.regency {
                    self.begin_regency(me, regency + 1);
                    if self.leader(regency + 1) == me {
                        self.query(me, regency + 1);
                    }
                }
            }
            Message::Query(number, after) => {
                let process = &mut self.processes[me];
                if from == number % self.case.proposers && number >= process.promised {
                    process.promised = number;
                    let votes = process.accepted.range(after + 1..).map(|(place, vote)| (*place, *vote)).collect();
                    self.adopt(me, number);
                    self.send(me, from, &Message::Rep(number, votes));
                }
            }
            Message::Rep(number, votes) => self.report(from, me, number, votes),
            Message::Reply(decree, is_true) => {
                let replies = self.replies.entry((me, decree, is_true)).or_default();
                replies.insert(from);
                let is_own = self.case.mode == Mode::Single || self.clients.get(&decree) == Some(&me);
                let is_known =
                    self.believed.iter().any(|(other, _)| *other == decree || self.case.mode == Mode::Single);
                if replies.len() >= self.case.believes && !is_known && is_own {
                    self.believed.push((decree, self.calendar.now));
                }
            }
        }
    }

    fn request(&mut self, me: usize, decree: usize) {
        let process = &mut self.processes[me];
        if process.learned.values().any(|(other, _)| *other == decree) {
            return self.answer(me, decree);
        }
        if process.wishes.contains(&decree) {
            return;
        }
        process.wishes.push(decree);
        let is_free = process.accepted.values().all(|vote| vote.1 != decree);
        if self.case.mode == Mode::Direct && process.promised == 0 && is_free {
            let is_taken = |place: &usize| process.accepted.contains_key(place) || process.learned.contains_key(place);
            let place = (1..).find(|place| !is_taken(place)).expect("a free place");
            self.wait_for(me, Wait::Place(place));
            self.accept(me, 0, place, decree);
        }
        self.wait_for(me, Wait::Wish(decree));
        self.propose_wishes(me);
    }

    fn answer(&mut self, me: usize, decree: usize) {
        if self.case.mode == Mode::Single || self.clients.contains_key(&decree) {
            let clients = self.case.n..self.case.n + self.case.clients;
            clients.for_each(|client| self.send(me, client, &Message::Reply(decree, true)));
        }
    }

    fn wait_for(&mut self, me: usize, what: Wait) {
        let is_over = matches!(what, Wait::Place(place) if self.processes[me].is_satisfied.contains(&place));
        if self.is_proposer(me) && !is_over {
            self.processes[me].waits.insert(what);
            self.start_timer(me);
        }
    }

    fn start_timer(&mut self, me: usize) {
        let process = &mut self.processes[me];
        if process.timer.is_none() && !process.waits.is_empty() {
            let patience = (self.case.patience << process.ended.min(16)) - self.late;
            process.timer = Some(self.calendar.start_timer(me, patience));
        }
    }

    fn propose_wishes(&mut self, me: usize) {
        let process = &self.processes[me];
        if !process.is_leading || (self.case.mode == Mode::Direct && process.regency == 0) {
            return;
        }
        for decree in process.wishes.clone() {
            let process = &self.processes[me];
            let is_done =
                process.proposed.contains(&decree) || process.learned.values().any(|(other, _)| *other == decree);
            if !is_done && (self.case.mode != Mode::Single || process.next_place == 1) {
                self.propose(me, process.next_place, decree);
            }
        }
    }

    fn propose(&mut self, me: usize, place: usize, decree: usize) {
        let process = &mut self.processes[me];
        process.proposed.insert(decree);
        process.next_place = process.next_place.max(place + 1);
        let reports = process.reports.iter().map(|(by, votes)| (*by, votes.get(&place).copied())).collect();
        let message = Message::Propose(process.regency, place, decree, reports);
        self.send_all(me, self.case.n, &message);
    }

    /// Enough acceptors have reported, and so many of them do not report another decree that it can have been learned.
    fn vouches(&self, reports: &[(usize, Option<Vote>)], decree: usize) -> bool {
        let by: BTreeSet<usize> = reports.iter().map(|report| report.0).collect();
        by.len() >= self.sizes.reports && self.forced(reports).is_none_or(|forced| forced == decree)
    }

    /// The decree that a majority of the reports have.
    fn forced(&self, reports: &[(usize, Option<Vote>)]) -> Option<usize> {
        let votes = || reports.iter().filter_map(|(_, vote)| vote.map(|vote| vote.1));
        votes().find(|decree| votes().filter(|other| other == decree).count() >= self.sizes.majority)
    }

    fn accept(&mut self, me: usize, number: usize, place: usize, decree: usize) {
        let process = &mut self.processes[me];
        process.promised = number;
        process.accepted.insert(place, (number, decree));
        self.send_all(me, self.case.n, &Message::Voted(Kind::Accepted, number, place, decree));
    }

    fn voted(&mut self, from: usize, me: usize, kind: Kind, slot: (usize, usize), decree: usize) {
        let ((number, place), process) = (slot, &mut self.processes[me]);
        if process.learned.contains_key(&place) {
            return;
        }
        let heard = process.heard.entry((kind == Kind::Certified, number, place)).or_default();
        heard.insert((from, decree));
        let count = |decree: usize| heard.iter().filter(|(_, other)| *other == decree).count();
        let (equal, largest) = (count(decree), heard.iter().map(|(_, decree)| count(*decree)).max().unwrap_or(0));
        let by: BTreeSet<usize> = heard.iter().map(|(by, _)| *by).collect();
        let is_hopeless = largest + self.case.n - by.len() < self.sizes.learn;
        if kind == Kind::Accepted
            && self.case.certifies
            && equal >= self.sizes.chosen
            && process.has_certified.insert((number, place))
        {
            self.send_all(me, self.case.n, &Message::Voted(Kind::Certified, number, place, decree));
        }
        let needed = if kind == Kind::Accepted { self.sizes.learn } else { self.sizes.chosen };
        if equal >= needed && !self.processes[me].learned.contains_key(&place) {
            self.learn(me, place, decree);
        } else if is_hopeless && self.case.mode == Mode::Direct && number == 0 {
            self.collide(me, place);
        }
    }

    fn learn(&mut self, me: usize, place: usize, decree: usize) {
        self.processes[me].learned.insert(place, (decree, self.calendar.now));
        self.send_all(me, self.case.proposers, &Message::Learned(place, decree));
        // Clients hear of a decree when it is executed, after all earlier places.
        while let Some((decree, _)) = {
            let process = &self.processes[me];
            process.learned.get(&(process.executed + 1)).copied()
        } {
            self.processes[me].executed += 1;
            self.answer(me, decree);
        }
    }

    /// The leader sees that no decree of a client can be learned any more in this place.
    fn collide(&mut self, me: usize, place: usize) {
        let process = &self.processes[me];
        if process.regency > 0 || !process.is_leading {
            return;
        }
        let number = self.case.proposers;
        if !self.case.reuses {
            self.begin_regency(me, number);
            return self.query(me, number);
        }
        let heard = process.heard[&(false, 0, place)].iter().take(self.sizes.reports);
        let reports: Vec<_> = heard.map(|(by, decree)| (*by, BTreeMap::from([(place, (0, *decree))]))).collect();
        if reports.len() == self.sizes.reports {
            let of_place: Vec<_> = reports.iter().map(|(by, votes)| (*by, votes.get(&place).copied())).collect();
            self.begin_regency(me, number);
            self.processes[me].reports = reports;
            self.propose(me, place, self.forced(&of_place).unwrap_or_else(|| most_reported(&of_place)));
        }
    }

    fn told(&mut self, from: usize, me: usize, place: usize, decree: usize) {
        let told = self.processes[me].told.entry(place).or_default();
        // It counts who has learned, not what.
        if told.insert(from) && told.len() == self.sizes.learned {
            self.settle(me, place, decree);
            self.send_all(me, self.case.proposers, &Message::Satisfied);
        }
    }

    /// This place needs no care any more.
    fn settle(&mut self, me: usize, place: usize, decree: usize) {
        let process = &mut self.processes[me];
        process.is_satisfied.insert(place);
        process.waits.remove(&Wait::Place(place));
        process.waits.remove(&Wait::Wish(decree));
        if self.case.mode == Mode::Single {
            process.waits.clear();
        }
        (process.timer, process.ended) = (None, 0);
        self.start_timer(me);
    }

    fn begin_regency(&mut self, me: usize, regency: usize) {
        let process = &mut self.processes[me];
        (process.regency, process.is_leading, process.asking, process.timer) = (regency, false, None, None);
        process.ended += 1;
        self.start_timer(me);
    }

    /// A proposer hears of a later regency from its leader.
    fn adopt(&mut self, me: usize, number: usize) {
        if self.is_proposer(me) && number > self.processes[me].regency {
            self.begin_regency(me, number);
        }
    }

    /// The leader asks for votes in all later places. A leader of a single decree always asks, since others may not know it.
    fn known_up_to(&self, me: usize) -> usize {
        if self.case.mode == Mode::Single {
            return 0;
        }
        let learned = &self.processes[me].learned;
        (1..).find(|place| !learned.contains_key(place)).expect("a free place") - 1
    }

    fn query(&mut self, me: usize, number: usize) {
        let process = &mut self.processes[me];
        process.asking = Some(number);
        process.reports.clear();
        let after = self.known_up_to(me);
        self.send_all(me, self.case.n, &Message::Query(number, after));
    }

    fn report(&mut self, from: usize, me: usize, number: usize, votes: BTreeMap<usize, Vote>) {
        let process = &mut self.processes[me];
        if process.asking != Some(number) || process.reports.iter().any(|(by, _)| *by == from) {
            return;
        }
        process.reports.push((from, votes));
        if process.reports.len() < self.sizes.reports {
            return;
        }
        (process.asking, process.is_leading) = (None, true);
        process.proposed.clear();
        let reports = process.reports.clone();
        let after = self.known_up_to(me);
        let last = reports.iter().filter_map(|(_, votes)| votes.keys().max()).max().copied().unwrap_or(after);
        self.processes[me].next_place = after + 1;
        for place in after + 1..=last {
            let of_place: Vec<_> = reports.iter().map(|(by, votes)| (*by, votes.get(&place).copied())).collect();
            let decree = self.forced(&of_place).unwrap_or_else(|| most_reported(&of_place));
            if self.case.mode == Mode::Single || !self.processes[me].learned.contains_key(&place) {
                self.propose(me, place, decree);
            }
        }
        self.processes[me].next_place = self.processes[me].next_place.max(last + 1);
        self.propose_wishes(me);
    }
}

/// The decree that most reports have, of several the one that is reported first; nothing where nobody reports any.
fn most_reported(reports: &[(usize, Option<Vote>)]) -> usize {
    let votes: Vec<usize> = reports.iter().filter_map(|(_, vote)| vote.map(|vote| vote.1)).collect();
    let count = |decree: &usize| votes.iter().filter(|other| *other == decree).count();
    votes.iter().copied().rev().max_by_key(count).unwrap_or(NULL)
}
