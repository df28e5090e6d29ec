//! Ring Paxos: a ledger of many decrees in which votes are gathered along a ring, so that no process has to receive them all.
//! A value has an id, and what is said of it later names the id. There are two protocols.
//!
//! **M-Ring** (Marandi and others, DSN 2010). The coordinator multicasts a value to all processes. Of 2f + 1 acceptors f + 1 are
//! on the ring, and the coordinator is the last of them; the f others are spares.
//!
//! | step | guard → update → send |
//! |---|---|
//! | 1a | a process leads → NextBallot(b, n), multicast |
//! | 1b | b > `nextBal` → `nextBal` := b → LastVote with the votes from n on |
//! | 2a | a quorum has promised: it is the ring → the value gets an id → BeginBallot(I, b, id, value, ring, passed ids), multicast |
//! | 2b | b ≥ `nextBal`, and the process is on the ring → `nextBal` := b, `prevVote`\[I\] := (b, value) → the first process on the ring: Voted(I, b, id, votes) to the next one |
//! | 2b, on | Voted(I, b, id, votes), and the own vote is cast → Voted with one vote more to the next one |
//! | 2b, later | the value has not come → the process keeps the votes, and sends Fetch to the coordinator |
//! | 3 | the coordinator has the votes of a quorum → `ledger`\[I\] := value → Success(I, b, id) on the next BeginBallot if one leaves at once, otherwise multicast |
//! | 3b | a learner hears the id and has the value → `ledger`\[I\] := value; if it does not have the value, it asks |
//! | ring | the votes have not come around in r + 3 Δ → a new ballot, whose ring is made of who answers |
//!
//! **U-Ring** (journal version, 2017). All processes are on one ring, each sends to the next one, and the coordinator is the
//! first. BeginBallot(I, b, id, value, votes) travels on, and each acceptor adds its vote. The process whose vote completes a
//! quorum makes a Success of the message, which travels on to the process before that one. A client's wish travels along the
//! ring to the coordinator. If the news has not come back to the coordinator one Δ after it should, the coordinator starts a
//! new ballot. It asks each process itself, because nobody knows where the ring is broken, and after 2Δ who has answered is
//! the new ring.
//!
//! Safety is that of the multi-decree protocol. A process passes votes on only with its own, and the votes of one message are
//! all of one ballot. So it does not matter which ring they came along: a quorum of them has passed the value.
//!
//! This file has what both protocols do; `multicast` has the rest of M-Ring and `around` that of U-Ring. `leader` is the
//! coordinator's part, `clients` says what becomes of clients' wishes, and `row` has the two rows of the registry.

mod around;
mod clients;
mod leader;
mod multicast;
mod row;

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::acceptor::{Acceptor, Refusal, VoteGuard};
use super::parliament::{
    ALIVE, ASK, CATCH_UP, ELECTION_HEARTBEAT, Election, FORWARD, Ledger, NACK, NO_LEADER, PHASE_1, PHASE_2, REPLY,
    REQUEST, RETRY, Written, message, refuse,
};
use super::synod::{BEGIN_BALLOT, LAST_TRIED, LAST_VOTE, LEDGER, NEXT_BALLOT, SUCCESS, VOTED};
use super::{
    Decided, Effects, Entry, Fact, Guard, Hop, Input, Machine, Message, Payload, Phase, Setup, Slip, Storage, TimerId,
    ValueId,
};
use crate::types::{Ballot, Instance, NodeId, NodeSet, Sorted, Time, Value, Vote};
use leader::Leading;
use row::{
    ELECTION, FETCH, FLUSH, FLUSH_AFTER, IDS, OPTIONS, RING_TIMER, RING_TIMER_SHORT, SUCCESS_OPTION, SUCCESS_PIGGYBACK,
    Variant, WINDOW,
};

pub(super) use row::{M_RING, U_RING};

#[derive(Clone)]
struct Member {
    setup: Arc<Setup>,
    variant: &'static Variant,
    me: NodeId,
    /// The processes that vote or learn.
    group: NodeSet,
    /// How many instances may be under way at once.
    window: u32,
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
    /// How many ids this process has given to values.
    named: u32,
    /// The values that are not in the ledger yet, by their ids, each with its instance. This field and all fields below are
    /// volatile.
    heard: Sorted<ValueId, (Instance, Value)>,
    /// The votes that wait for this process's own vote, with their ballot.
    held: Sorted<Instance, (Ballot, Arc<Hop>)>,
    /// The instances of which the process has heard an id without the value.
    nameless: Sorted<Instance, ()>,
    /// The largest ballot that a Nack has named.
    seen: Option<Ballot>,
    election: Election,
    leading: Leading,
    /// The processes on the ring, as far as this process has heard.
    ring: NodeSet,
    /// The commands that a leader has been asked for and has not begun.
    queue: Vec<Value>,
    /// The commands that this process's clients wait for. Each command stands with the client's process, or with none if the
    /// client is at this process.
    clients: Vec<(Option<NodeId>, Value)>,
    /// What has passed and is not announced yet.
    unannounced: Vec<Decided>,
    /// Whether the timers `flush`, `retry` and `catch up` are running.
    is_flushing: bool,
    is_retrying: bool,
    is_catching_up: bool,
}

impl Machine for Member {
    fn step(&mut self, input: Input<'_>, effects: &mut Effects) {
        let before = match input {
            Input::Start { .. } => None,
            _ => self.state.election.leader(self.me),
        };
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
                self.include(from);
                self.deliver(from, message, effects);
            }
            Input::Timer(timer) => self.timer(timer, effects),
        }
        self.follow(before, effects);
        self.lead(effects);
        self.announce(effects);
    }

    fn slip(&self) -> Option<Slip> {
        self.state.leading.slip(self.state.last_tried?)
    }
}

impl Member {
    fn open(variant: &'static Variant, setup: &Arc<Setup>, me: NodeId, storage: &Storage) -> Self {
        let group = setup.cast.acceptors.union(setup.cast.learners);
        let state = State {
            last_tried: storage.get(LAST_TRIED, Instance::FIRST).ballot,
            acceptor: Acceptor::open(setup, me, storage),
            ledger: Ledger::open(storage),
            named: storage.list(IDS).last().map_or(0, |(number, _)| number.0),
            heard: Sorted::default(),
            held: Sorted::default(),
            nameless: Sorted::default(),
            seen: None,
            election: Election::open(setup, me, setup.choice(ELECTION) == ELECTION_HEARTBEAT),
            leading: Leading::Nothing,
            ring: group.union(setup.cast.proposers()),
            queue: Vec::new(),
            clients: Vec::new(),
            unannounced: Vec::new(),
            is_flushing: false,
            is_retrying: false,
            is_catching_up: false,
        };
        let window = OPTIONS[WINDOW].values[usize::from(setup.choice(WINDOW))].parse().unwrap_or(1);
        Self { setup: Arc::clone(setup), variant, me, group, window, state }
    }

    fn leads(&self) -> bool {
        self.state.election.leads(self.me)
    }

    /// The processes that vote or learn, other than this one.
    fn others(&self) -> NodeSet {
        self.group.without(just(self.me))
    }

    /// Whether this process has to know which decrees have passed, because it is a learner or because it leads.
    fn is_learner(&self) -> bool {
        self.setup.cast.learners.contains(self.me) || self.leads()
    }

    /// How many processes a full ring has.
    fn processes(&self) -> u64 {
        self.group.union(self.setup.cast.proposers()).len() as u64
    }

    /// After how long a process asks for an outcome: later than any news comes, also where the coordinator needs a second ballot
    /// with another ring.
    fn catch_up_after(&self) -> Time {
        Time::deltas(2 * self.processes() + 6)
    }

    /// After how long a process offers a client's wish again: later than any answer comes when nothing goes wrong.
    fn retry_after(&self) -> Time {
        Time::deltas(3 * self.processes() + 8)
    }

    fn deliver(&mut self, from: NodeId, message: &Message, effects: &mut Effects) {
        let instance = message.instance;
        match (message.kind, message.ballot, &message.payload) {
            (NEXT_BALLOT, Some(ballot), _) => self.last_vote(from, ballot, instance, effects),
            (LAST_VOTE, Some(ballot), Payload::Entries(entries)) => {
                self.promised(from, ballot, instance, entries, effects);
            }
            (BEGIN_BALLOT, Some(ballot), Payload::Hop(hop)) if self.variant.is_unicast => {
                self.vote_and_pass_on(ballot, instance, hop, effects);
            }
            (BEGIN_BALLOT, Some(ballot), Payload::Hop(hop)) => self.vote(from, ballot, instance, hop, effects),
            (VOTED, Some(ballot), Payload::Hop(hop)) => self.gather(ballot, instance, hop, effects),
            (SUCCESS, Some(ballot), Payload::Hop(hop)) => self.succeed(from, ballot, instance, hop, effects),
            (SUCCESS, _, Payload::Ids(decided)) => self.learn_ids(from, decided, effects),
            (SUCCESS, _, Payload::Entries(entries)) => self.learn_each(entries, effects),
            (NACK, Some(_), Payload::Ballot(bound)) => self.nacked(from, instance, *bound, effects),
            (REQUEST, _, Payload::Value(value)) if self.setup.cast.clients.contains(from) => {
                self.admit(Some(from), *value, effects);
            }
            (REQUEST | FORWARD, _, Payload::Value(value)) => {
                let passed_on = just(from);
                self.requested(from, message.kind == FORWARD, instance, (*value, passed_on), effects);
            }
            (FORWARD, _, Payload::Passing(value, passed_on)) => {
                self.requested(from, true, instance, (*value, **passed_on), effects);
            }
            // The client goes on waiting, and this process offers the wish again after a while. Only clients read replies.
            (NO_LEADER | REPLY, ..) => {}
            (ALIVE, ..) => self.state.election.heard(self.me, from, effects),
            (ASK, ..) => self.tell(from, instance, effects),
            (FETCH, ..) => self.send_again(from, instance, effects),
            _ => debug_assert!(false, "not a message of this protocol: {message:?}"),
        }
    }

    fn timer(&mut self, timer: TimerId, effects: &mut Effects) {
        match timer.kind {
            PHASE_1 => self.promises_overdue(effects),
            PHASE_2 => self.votes_overdue(Instance(timer.number), effects),
            RETRY => {
                self.state.is_retrying = false;
                self.offer_again(effects);
            }
            CATCH_UP => self.catch_up(effects),
            FLUSH => self.flush(effects),
            _ => self.state.election.timer(timer, self.me, &self.setup, effects),
        }
    }

    /// Step 1b. A process of a U-Ring that is no acceptor answers, too: so the coordinator knows that it is there. It promises
    /// nothing.
    fn last_vote(&mut self, from: NodeId, ballot: Ballot, first: Instance, effects: &mut Effects) {
        if !self.setup.performs(Phase::OneB) {
            return;
        }
        if self.setup.accepts(self.me, Phase::OneB) {
            match self.state.acceptor.promise(&self.setup, ballot, first, true, effects) {
                Ok(()) => {}
                Err(bound) if bound > Some(ballot) => return refuse(from, ballot, first, bound, effects),
                Err(_) => return,
            }
        }
        let vote = |(instance, vote): &(Instance, Vote)| Entry { instance: *instance, vote: *vote, is_passed: false };
        let is_voter = self.setup.cast.acceptors.contains(self.me);
        let votes = self.state.acceptor.votes.from(&first).iter().filter(|_| is_voter).map(vote).collect();
        let missing = self.state.ledger.first_missing();
        effects.send(from, message(LAST_VOTE, ballot, missing, Payload::Entries(votes)));
    }

    /// Step 2b: the process votes, if it is an acceptor on the ring.
    fn cast(&mut self, ballot: Ballot, instance: Instance, hop: &Hop, effects: &mut Effects) -> Result<bool, Refusal> {
        let Some(value) = hop.value else { return Ok(false) };
        if !self.setup.accepts(self.me, Phase::TwoB) || !hop.ring.contains(self.me) {
            return Ok(false);
        }
        let vote = Vote { ballot, value };
        self.state.acceptor.vote(&self.setup, instance, vote, VoteGuard::Relaxed, effects)?;
        Ok(true)
    }

    /// Whether this process has voted in this ballot.
    fn has_voted(&self, instance: Instance, ballot: Ballot) -> bool {
        self.state.acceptor.votes.get(&instance).is_some_and(|vote| vote.ballot == ballot)
    }

    /// The next process on this ring: the coordinator has a place on it in any case.
    fn successor(&self, ring: NodeSet, coordinator: NodeId) -> Option<NodeId> {
        ring.union(just(coordinator)).after(self.me)
    }

    /// Notes the value of an id. An id that has a value keeps it.
    fn hear(&mut self, instance: Instance, hop: &Hop) {
        if let Some(value) = hop.value
            && self.state.ledger.passed.get(&instance).is_none()
        {
            self.state.heard.entry(hop.id, || (instance, value));
        }
    }

    /// Passes the votes on, and states of whom.
    fn state_gathered(ballot: Ballot, instance: Instance, hop: &Hop, effects: &mut Effects) {
        effects.state(Fact::Gathered { instance, ballot, id: hop.id, voters: hop.voters });
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
        self.state.heard.retain(|(of, _)| *of != instance);
        self.state.held.remove(&instance);
        self.state.nameless.remove(&instance);
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

    /// Executes the decrees that follow the executed ones without a gap.
    fn execute(&mut self, effects: &mut Effects) {
        while let Some((instance, value)) = self.state.ledger.next() {
            if self.setup.keeps(Guard::InOrder) {
                self.apply(instance, value, effects);
            }
        }
        self.stop_waiting(effects);
    }

    /// Starts or stops the `catch up` timer. A learner keeps asking from time to time while its ledger misses the decree of an
    /// instance of which it has heard, or a decree before one that it knows.
    fn watch(&mut self, effects: &mut Effects) {
        let is_missing = self.state.ledger.is_missing(&self.state.acceptor.votes)
            || !self.state.nameless.is_empty()
            || !self.state.heard.is_empty();
        let is_missing = is_missing && self.is_learner();
        if is_missing == self.state.is_catching_up {
            return;
        }
        self.state.is_catching_up = is_missing;
        let timer = TimerId { kind: CATCH_UP, number: 0 };
        if is_missing {
            effects.set_timer(timer, self.catch_up_after());
        } else {
            effects.cancel_timer(timer);
        }
    }

    /// Asks every process that may know for the passed decrees that this process does not know.
    fn ask(&self, effects: &mut Effects) {
        let cast = &self.setup.cast;
        let others = cast.learners.union(cast.proposers()).without(just(self.me));
        effects.send_each(others.iter(), &self.question());
    }

    /// The question which decrees have passed that this process does not know.
    fn question(&self) -> Message {
        Message { kind: ASK, ballot: None, instance: self.state.ledger.first_missing(), payload: Payload::Empty }
    }

    fn catch_up(&mut self, effects: &mut Effects) {
        self.state.is_catching_up = false;
        self.ask(effects);
        self.watch(effects);
        // Perhaps nobody knows the missing decree. Then the leader needs a ballot to find out, unless a ballot that can
        // settle that place is under way. A value of which the leader has only heard is no reason: nobody that has voted for it
        // was among those that have promised.
        let is_missing = self.state.ledger.is_missing(&self.state.acceptor.votes);
        if is_missing && self.leads() && !self.state.leading.settles(self.state.ledger.first_missing()) {
            self.next_ballot(effects);
        }
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

/// The set of this one process.
fn just(node: NodeId) -> NodeSet {
    [node].into_iter().collect()
}
