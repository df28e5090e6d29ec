//! Cheap Paxos (Lamport and Massa, DSN 2004): a ledger of many decrees in which only the main processes work while nothing
//! fails. Of 2f + 1 acceptors, f + 1 are main processes and f are auxiliary processes. The auxiliary processes vote only
//! while a main process is missing, until a decree has removed that main process.
//!
//! | step | guard → update → send |
//! |---|---|
//! | 1a | a main process leads → NextBallot(b, n) to the main processes, and to as many auxiliary processes as replace the suspected ones |
//! | 1b | b > `nextBal` → `nextBal` := b → LastVote with the votes above n; an auxiliary process says up to which instance it has forgotten its votes |
//! | 2a | a quorum of conf(I) has promised; the leader knows every decree up to I − α, and every decree that an auxiliary process has forgotten → BeginBallot(I, b) to the main processes that it does not suspect, and to as many auxiliary processes as replace the others |
//! | 2a, again | 2Δ have gone by → the leader suspects every main process without a vote → BeginBallot(I, b) to the auxiliary processes that replace them |
//! | 2b | b ≥ `nextBal` → `nextBal` := b, `prevVote`[I] := (b, val) → Voted(I, b) |
//! | 3a, 3b | Voted(I, b) from a majority of conf(I) → `ledger`[I] := val → Success(I, val) to the main processes |
//! | removal | an instance has passed without a suspected process s, and none is open → the next instance carries remove(s); the α − 1 instances after it carry olive-day decrees |
//! | conf | remove(s) has passed at J → from J + α on s is no member, and one auxiliary process less is a member |
//! | forget | all main processes of conf(j + α) know the decrees 1 to j → Forget(j) to the auxiliary processes → they drop their votes up to j, and keep `nextBal` and j |
//! | rejoin | a removed process knows all that the leader knows → Join → add(s), which comes into force as a removal does |
//!
//! Safety is that of the multi-decree protocol over the configuration of each instance, because "cheap" only says whom the
//! leader asks. Conf(I) follows from the decrees up to I − α, so any two processes that know it know the same one, and any
//! two majorities of it meet. A leader that finds that an auxiliary process has closed the instances up to j needs a main
//! process that knows their decrees; if there is none, the leader waits for ever.
//!
//! In steady state f + 1 processes exchange 3f messages a decree. When the last main process is dead, the leader knows after
//! 4Δ instead of 2Δ, and has removed the dead process 2Δ later.
//!
//! This file has what every process does, main or auxiliary: it promises, votes, learns and executes, and follows the
//! configuration. `leader` is the leader's part, `clients` says what becomes of clients' wishes, and `row` is the row of the
//! registry.

mod clients;
mod leader;
mod row;

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::acceptor::{Acceptor, VoteGuard};
use super::parliament::{
    ALIVE, ASK, BEAT, CATCH_UP, CATCH_UP_AFTER, ELECTION, ELECTION_HEARTBEAT, Election, FORWARD, Ledger, NACK,
    NO_LEADER, PHASE_1, PHASE_2, REPLY, REQUEST, RETRY, Written, message, refuse,
};
use super::synod::{BEGIN_BALLOT, LAST_TRIED, LAST_VOTE, LEDGER, NEXT_BALLOT, PREV_VOTE, SUCCESS, VOTED};
use super::{
    Cell, Change, Configuration, Configurations, Effects, Entry, Fact, Guard, Input, Kind, Machine, Message, Payload,
    Phase, Setup, Slip, Storage, TimerId,
};
use crate::types::{Ballot, Instance, NodeId, NodeSet, Sorted, Value, Vote};
use leader::Leading;
use row::{
    CLOSED, CLOSED_UP_TO, CLOSING, FORGET, FORGETTING, FORGETTING_ON, GUARD, GUARD_STRICT, JOIN, REJOIN, REJOIN_AFTER,
    REJOINING, REJOINING_ON,
};

pub(super) use row::PROTOCOL;

#[derive(Clone)]
struct Member {
    setup: Arc<Setup>,
    me: NodeId,
    /// α
    alpha: u32,
    state: State,
}

/// The setup is the same for the whole run, so only the state tells two machines of one node apart.
impl Hash for Member {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.state.hash(hasher);
    }
}

#[derive(Clone, Hash)]
struct State {
    last_tried: Option<Ballot>,
    acceptor: Acceptor,
    ledger: Ledger,
    /// The last instance in which this process has forgotten its votes; 0 when it has forgotten nothing.
    closed: u32,
    /// The changes in the part of the ledger that has no gaps. This field and all fields below are volatile.
    configurations: Configurations,
    /// The largest ballot that a Nack has named.
    seen: Option<Ballot>,
    election: Election,
    leading: Leading,
    /// The processes that have not answered this leader in time.
    suspects: NodeSet,
    /// The auxiliary processes that may hold votes because this leader has asked them.
    woken: NodeSet,
    /// Up to which instance each main process has said that it knows every decree.
    known: Sorted<NodeId, u32>,
    /// The instance up to which this leader is about to let auxiliary processes forget, and up to which it has.
    closing: u32,
    forgotten: u32,
    /// The leaders that have asked whether this process knows every decree up to an instance, and have no answer yet.
    closers: Sorted<NodeId, Instance>,
    /// Whether an instance has passed without a suspected process, so that the next one removes it.
    is_removal_due: bool,
    /// The removed processes that have asked to come back.
    joiners: NodeSet,
    /// The commands that a leader has been asked for and has not begun.
    queue: Vec<Value>,
    /// The commands that this process's clients wait for. Each command stands with the client's process, or with none if the
    /// client is at this process.
    clients: Vec<(Option<NodeId>, Value)>,
    /// Whether the `retry` timer is running, and whether the `catch up` timer is.
    is_retrying: bool,
    is_catching_up: bool,
}

impl Machine for Member {
    fn step(&mut self, input: Input<'_>, effects: &mut Effects) {
        let before = match input {
            Input::Start { .. } => None,
            _ => self.state.election.leader(self.me),
        };
        let missing = self.state.ledger.first_missing();
        match input {
            Input::Start { again } => {
                self.execute(effects);
                self.state.election.start(&self.setup, self.me, effects);
                // Many decrees may have passed in the meantime, and nobody tells this process unasked.
                if again && self.setup.cast.knows(self.me) {
                    self.ask(effects);
                    self.watch(effects);
                }
            }
            Input::Leaders(leaders) => self.state.election.name(leaders),
            Input::Propose(value) => self.admit(None, value, effects),
            Input::Executed(_) => return,
            Input::Deliver { from, message } => {
                // Whoever is heard again is there.
                self.state.suspects.remove(from);
                self.deliver(from, message, effects);
            }
            Input::Timer(timer) => self.timer(timer, effects),
        }
        self.follow(before, effects);
        self.lead(effects);
        self.answer_closers(effects);
        // A removed process asks to come back as soon as it knows more: then it may know all that the leader knows.
        if self.is_removed() && self.state.ledger.first_missing() > missing {
            self.rejoin(effects);
        }
    }

    fn slip(&self) -> Option<Slip> {
        self.state.leading.slip(self.state.last_tried?)
    }
}

impl Member {
    fn open(setup: &Arc<Setup>, me: NodeId, storage: &Storage) -> Self {
        let closed = if setup.remembers(me) { storage.list(CLOSED_UP_TO).last() } else { None };
        let state = State {
            last_tried: storage.get(LAST_TRIED, Instance::FIRST).ballot,
            acceptor: Acceptor::open(setup, me, storage),
            ledger: Ledger::open(storage),
            closed: closed.map_or(0, |(instance, _)| instance.0),
            configurations: Configurations::default(),
            seen: None,
            election: Election::open(setup, me, setup.choice(ELECTION) == ELECTION_HEARTBEAT),
            leading: Leading::Nothing,
            suspects: NodeSet::EMPTY,
            woken: NodeSet::EMPTY,
            known: Sorted::default(),
            closing: 0,
            forgotten: 0,
            closers: Sorted::default(),
            is_removal_due: false,
            joiners: NodeSet::EMPTY,
            queue: Vec::new(),
            clients: Vec::new(),
            is_retrying: false,
            is_catching_up: false,
        };
        let alpha = setup.changes.as_ref().map_or(1, |changes| changes.delay);
        Self { setup: Arc::clone(setup), me, alpha, state }
    }

    /// conf(I). It is certain only where this process knows every decree up to I − α.
    fn configuration(&self, instance: Instance) -> Configuration {
        self.state.configurations.at(&self.setup.cast, self.alpha, instance)
    }

    /// The newest configuration that this process knows.
    fn newest(&self) -> Configuration {
        self.state.configurations.last(&self.setup.cast)
    }

    /// Only a main process leads, and a removed one does not.
    fn leads(&self) -> bool {
        self.state.election.leads(self.me) && self.newest().mains.contains(self.me)
    }

    fn is_removed(&self) -> bool {
        Configuration::first(&self.setup.cast).mains.contains(self.me) && !self.newest().mains.contains(self.me)
    }

    fn is_strict(&self) -> bool {
        self.setup.choice(GUARD) == GUARD_STRICT
    }

    /// The processes that the leader tells what has passed: the main processes, and the learners that vote in nothing.
    fn informed(&self) -> NodeSet {
        let learners = self.setup.cast.learners.without(self.setup.cast.proposers());
        self.newest().mains.union(learners).without([self.me].into_iter().collect())
    }

    fn deliver(&mut self, from: NodeId, message: &Message, effects: &mut Effects) {
        let instance = message.instance;
        match (message.kind, message.ballot, &message.payload) {
            (NEXT_BALLOT, Some(ballot), _) => self.last_vote(from, ballot, instance, effects),
            (LAST_VOTE, Some(ballot), Payload::Entries(entries)) => {
                self.promised(from, ballot, instance, entries, effects);
            }
            (BEGIN_BALLOT, Some(ballot), Payload::Value(value)) => {
                self.vote(from, instance, Vote { ballot, value: *value }, effects);
            }
            (VOTED, Some(ballot), _) => self.voted(from, instance, ballot, effects),
            (SUCCESS, Some(ballot), Payload::Value(value)) => {
                self.learn(instance, Vote { ballot, value: *value }, effects);
            }
            (SUCCESS, _, Payload::Entries(entries)) => self.learn_each(entries, effects),
            (NACK, Some(_), Payload::Ballot(bound)) => self.nacked(from, instance, *bound, effects),
            (REQUEST, _, Payload::Value(value)) if self.setup.cast.clients.contains(from) => {
                self.admit(Some(from), *value, effects);
            }
            (REQUEST | FORWARD, _, Payload::Value(value)) => {
                self.requested(from, message.kind == FORWARD, instance, *value, effects);
            }
            // The client goes on waiting, and this process offers the wish again after a while. Only clients read replies.
            (NO_LEADER | REPLY, ..) => {}
            (ALIVE, ..) => self.state.election.heard(self.me, from, effects),
            (ASK, ..) => self.tell(from, instance, effects),
            (JOIN, ..) => self.joins(from, instance, effects),
            (CLOSING, ..) => {
                self.state.closers.set(from, instance);
                if instance >= self.state.ledger.first_missing() {
                    effects.send(from, bare(ASK, self.state.ledger.first_missing()));
                }
            }
            (CLOSED, ..) => self.knows(from, instance, effects),
            (FORGET, ..) => self.forget(instance, effects),
            _ => debug_assert!(false, "not a message of this protocol: {message:?}"),
        }
    }

    fn timer(&mut self, timer: TimerId, effects: &mut Effects) {
        match timer.kind {
            PHASE_1 => self.promises_overdue(effects),
            PHASE_2 => self.votes_overdue(Instance(timer.number), effects),
            RETRY => {
                self.state.is_retrying = false;
                self.offer_all(effects);
            }
            CATCH_UP => {
                self.state.is_catching_up = false;
                self.ask(effects);
                self.watch(effects);
            }
            REJOIN => self.rejoin(effects),
            // A removed process does not say that it is there, because it does not lead.
            BEAT if self.is_removed() => {}
            _ => self.state.election.timer(timer, self.me, &self.setup, effects),
        }
    }

    /// Step 1b. An auxiliary process that has forgotten its votes up to an instance promises for the later instances, and
    /// its LastVote names the first of these.
    fn last_vote(&mut self, from: NodeId, ballot: Ballot, first: Instance, effects: &mut Effects) {
        if !self.setup.accepts(self.me, Phase::OneB) {
            return;
        }
        let first = first.max(Instance(self.state.closed + 1));
        match self.state.acceptor.promise(&self.setup, ballot, first, true, effects) {
            Ok(()) => {
                let mut known: Sorted<Instance, Entry> = Sorted::default();
                for (instance, vote) in self.state.ledger.passed.from(&first) {
                    let entry = Entry { instance: *instance, vote: *vote, is_passed: true };
                    known.entry(*instance, || entry);
                }
                for (instance, vote) in self.state.acceptor.votes.from(&first) {
                    let entry = Entry { instance: *instance, vote: *vote, is_passed: false };
                    known.entry(*instance, || entry);
                }
                let entries: Arc<[Entry]> = known.entries().iter().map(|(_, entry)| *entry).collect();
                // The first instance that this process does not know, or has not closed.
                let missing = self.state.ledger.first_missing().max(Instance(self.state.closed + 1));
                effects.send(from, message(LAST_VOTE, ballot, missing, Payload::Entries(entries)));
            }
            Err(bound) if bound > Some(ballot) => refuse(from, ballot, first, bound, effects),
            Err(_) => {}
        }
    }

    /// Step 2b.
    fn vote(&mut self, from: NodeId, instance: Instance, vote: Vote, effects: &mut Effects) {
        if !self.setup.accepts(self.me, Phase::TwoB) {
            return;
        }
        let guard = if self.is_strict() { VoteGuard::Strict } else { VoteGuard::Relaxed };
        if let Err(bound) = self.state.acceptor.vote(&self.setup, instance, vote, guard, effects) {
            return refuse(from, vote.ballot, instance, bound, effects);
        }
        effects.send(from, message(VOTED, vote.ballot, instance, Payload::Empty));
        self.watch(effects);
    }

    /// Tells a leader that has asked that this process knows every decree up to the instance, once that is so.
    fn answer_closers(&mut self, effects: &mut Effects) {
        let known = Instance(self.state.ledger.first_missing().0 - 1);
        for (leader, last) in self.state.closers.entries() {
            if *last <= known {
                effects.send(*leader, bare(CLOSED, known));
            }
        }
        self.state.closers.retain(|last| *last > known);
    }

    /// Every main process knows the decrees up to this instance, so an auxiliary process may forget its votes there.
    fn forget(&mut self, last: Instance, effects: &mut Effects) {
        if last.0 <= self.state.closed {
            return;
        }
        if self.setup.keeps(Guard::Closed) {
            let promised = self.state.acceptor.next_bal.map_or_else(Cell::default, Cell::from);
            self.state.closed = last.0;
            effects.persist(CLOSED_UP_TO, last, promised);
        }
        let votes = self.state.acceptor.votes.entries().iter().map(|(instance, _)| *instance);
        for instance in votes.take_while(|instance| *instance <= last).collect::<Vec<_>>() {
            self.state.acceptor.votes.remove(&instance);
            effects.erase(PREV_VOTE, instance);
        }
        effects.state(Fact::Forgot(last));
    }

    fn learn_each(&mut self, entries: &[Entry], effects: &mut Effects) {
        for entry in entries.iter().filter(|entry| entry.is_passed) {
            self.learn(entry.instance, entry.vote, effects);
        }
    }

    /// Step 3b, and the writing of step 3a. Ledgers are written in indelible ink: a different decree, which can only come in
    /// a run with broken rules, is not written; it is only stated as a fact, so that the checks see it.
    fn learn(&mut self, instance: Instance, vote: Vote, effects: &mut Effects) {
        match self.state.ledger.write(instance, vote) {
            Written::Known => return,
            Written::Otherwise => return effects.state(Fact::Learned(instance, vote)),
            Written::New => {}
        }
        effects.persist(LEDGER, instance, vote.into());
        effects.state(Fact::Learned(instance, vote));
        // The leader does not begin a command that has passed again in another place.
        if self.setup.keeps(Guard::Once) {
            self.state.queue.retain(|queued| *queued != vote.value);
        }
        if self.state.leading.close(instance) {
            effects.cancel_timer(TimerId { kind: PHASE_2, number: instance.0 });
        }
        if !self.setup.keeps(Guard::InOrder) {
            self.apply(instance, vote.value, effects);
        }
        let missing = self.state.ledger.first_missing();
        self.execute(effects);
        // The process is making progress and need not ask yet, so its wait begins anew.
        if self.state.is_catching_up && self.state.ledger.first_missing() > missing {
            self.state.is_catching_up = false;
            effects.cancel_timer(TimerId { kind: CATCH_UP, number: 0 });
        }
        self.watch(effects);
    }

    /// Executes the decrees that follow the executed ones without a gap, and follows the configuration.
    fn execute(&mut self, effects: &mut Effects) {
        while let Some((instance, value)) = self.state.ledger.next() {
            if self.setup.keeps(Guard::InOrder) {
                self.apply(instance, value, effects);
            }
            if let Some(change) = self.setup.change(value) {
                self.reconfigure(instance, change, effects);
            }
        }
        self.stop_waiting(effects);
    }

    /// A change has passed at this instance: it is in force from α instances later on.
    fn reconfigure(&mut self, instance: Instance, change: Change, effects: &mut Effects) {
        let before = self.newest();
        self.state.configurations.note(instance, change);
        let after = self.newest();
        if after == before {
            return;
        }
        effects.state(Fact::Configured(Instance(instance.0.saturating_add(self.alpha)), after));
        let (Change::Remove(node) | Change::Add(node)) = change;
        self.state.suspects.remove(node);
        self.state.joiners.remove(node);
        self.state.is_removal_due = after.mains.meets(self.state.suspects);
        if node == self.me {
            if self.is_removed() {
                self.resign(effects);
            } else {
                effects.cancel_timer(TimerId { kind: REJOIN, number: 0 });
                self.state.election.start(&self.setup, self.me, effects);
                if self.leads() {
                    effects.state(Fact::Leads(true));
                }
            }
        }
    }

    /// This process learns that it was removed: it does not lead any more.
    fn resign(&mut self, effects: &mut Effects) {
        self.state.leading.end(effects);
        self.state.queue.clear();
        if self.state.election.leads(self.me) {
            effects.state(Fact::Leads(false));
        }
    }

    /// Asks every other main process to add this one again.
    fn rejoin(&mut self, effects: &mut Effects) {
        if self.setup.choice(REJOINING) != REJOINING_ON || !self.is_removed() {
            return;
        }
        let join = bare(JOIN, self.state.ledger.first_missing());
        effects.send_each(self.newest().mains.iter(), &join);
        effects.set_timer(TimerId { kind: REJOIN, number: 0 }, REJOIN_AFTER);
    }

    /// Starts or stops the `catch up` timer. A main process keeps asking from time to time while its ledger misses the
    /// decree of an instance that it voted in, or a decree before one that it knows.
    fn watch(&mut self, effects: &mut Effects) {
        let is_missing = self.setup.cast.knows(self.me) && self.state.ledger.is_missing(&self.state.acceptor.votes);
        if is_missing == self.state.is_catching_up {
            return;
        }
        self.state.is_catching_up = is_missing;
        let timer = TimerId { kind: CATCH_UP, number: 0 };
        if is_missing {
            effects.set_timer(timer, CATCH_UP_AFTER);
        } else {
            effects.cancel_timer(timer);
        }
    }

    /// Asks every process that may know for the passed decrees that this process does not know.
    fn ask(&self, effects: &mut Effects) {
        let cast = &self.setup.cast;
        let others = cast.learners.union(cast.proposers()).without([self.me].into_iter().collect());
        effects.send_each(others.iter(), &bare(ASK, self.state.ledger.first_missing()));
    }

    /// Sends the passed decrees of this instance and every later one, as far as this process knows them.
    fn tell(&self, to: NodeId, first: Instance, effects: &mut Effects) {
        let passed = self.state.ledger.passed.from(&first);
        let entry = |(instance, vote): &(Instance, Vote)| Entry { instance: *instance, vote: *vote, is_passed: true };
        if let Some((instance, vote)) = passed.first() {
            let entries = Payload::Entries(passed.iter().map(entry).collect());
            effects.send(to, message(SUCCESS, vote.ballot, *instance, entries));
        }
    }
}

/// A message about an instance, with no ballot and nothing else.
fn bare(kind: Kind, instance: Instance) -> Message {
    Message { kind, ballot: None, instance, payload: Payload::Empty }
}
