//! The machine of the complete protocol and of the Paxos protocol: one parliament, with or without a ledger of many
//! decrees (PTP §2.4 and §3; slides, "Complete protocol" and "The Paxos Protocol").
//!
//! The protocols' own files hold their rules as tables and say how the protocols differ; this file performs the steps.
//! `election` says which process leads, `ledger` keeps and executes the decrees that were passed, and `leader` is the
//! leader's part.
//!
//! One rule handles each input; then a leader does everything that it may do at once ("each process performs phases 1b – 3b
//! as soon as they can"). A process leaves out a step whose guard fails, which is always safe.

mod election;
mod leader;
mod ledger;
mod rows;

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::acceptor::{Acceptor, Refusal, VoteGuard};
use super::synod::{BEGIN_BALLOT, LAST_TRIED, LAST_VOTE, LEDGER, NEXT_BALLOT, SUCCESS, VOTED};
use super::{
    Effects, Entry, Fact, Guard, Input, Kind, Machine, Message, Payload, Phase, Setup, Slip, Storage, TimerId,
};
use crate::quorum::Purpose;
use crate::types::{Ballot, Instance, NodeId, NodeSet, Sorted, Value, Vote};
use leader::Leading;
use rows::{
    AUDIENCE, AUDIENCE_QUORUM, GUARD, GUARD_STRICT, PREEMPTION, PREEMPTION_NOTICE, RESTART, RESTART_ANY_NACK,
    RESTART_HOPELESS, RESTART_OWN_NACK, SUCCESS_OPTION, SUCCESS_PIGGYBACK, WINDOW,
};

pub(super) use election::Election;
pub(super) use ledger::{Ledger, Written};
pub(super) use rows::{
    ALIVE, ASK, BEAT, CATCH_UP, CATCH_UP_AFTER, CLIENT, ELECTION, ELECTION_HEARTBEAT, FORWARD, KINDS_COUNT, LOG_FIELDS,
    NACK, NO_LEADER, OPTIONS, PATIENCE, PHASE_1, PHASE_2, PROGRESS, REPLY, REQUEST, RETRY, RETRY_AFTER, SILENT,
    SINGLE_FIELDS, TIMERS, ignores_oracle, kinds,
};

/// The differences between the protocols.
#[derive(Debug)]
pub(super) struct Variant {
    /// Whether the ledger has many places.
    pub(super) is_log: bool,
    /// Whether votes go to everybody, so that everybody learns from the votes.
    pub(super) is_broadcast: bool,
}

#[derive(Clone)]
pub(super) struct Parliament {
    setup: Arc<Setup>,
    variant: &'static Variant,
    me: NodeId,
    /// How many instances may be under way at once.
    window: u32,
    state: State,
}

/// The setup is the same for the whole run, so only the state tells two machines of one node apart.
impl Hash for Parliament {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.state.hash(hasher);
    }
}

#[derive(Clone, Hash)]
struct State {
    last_tried: Option<Ballot>,
    acceptor: Acceptor,
    ledger: Ledger,
    /// The largest ballot that a Nack has named. This field and all fields below are volatile.
    seen: Option<Ballot>,
    election: Election,
    leading: Leading,
    /// The commands that a leader has been asked for and has not begun.
    queue: Vec<Value>,
    /// The commands that this process's clients wait for. Each command stands with the client's process, or with none if the
    /// client is at this process.
    clients: Vec<(Option<NodeId>, Value)>,
    /// The voters that this process has heard of, by instance, ballot and decree, where votes go to everybody.
    tallies: Sorted<(Instance, Option<Ballot>, Value), NodeSet>,
    /// The passed decrees that the next BeginBallot will announce.
    unannounced: Vec<Entry>,
    /// The processes that have refused the ballot `lastTried`. Only `restart hopeless` needs and fills this set.
    refused: NodeSet,
    /// Whether the `retry` timer is running, and whether the `catch up` timer is.
    is_retrying: bool,
    is_catching_up: bool,
}

impl Machine for Parliament {
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
            Input::Deliver { from, message } => self.deliver(from, message, effects),
            Input::Timer(timer) => self.timer(timer, effects),
        }
        self.follow(before, effects);
        self.lead(effects);
    }

    fn slip(&self) -> Option<Slip> {
        self.collected()
    }
}

impl Parliament {
    pub(super) fn open(variant: &'static Variant, setup: &Arc<Setup>, me: NodeId, storage: &Storage) -> Self {
        let state = State {
            last_tried: storage.get(LAST_TRIED, Instance::FIRST).ballot,
            acceptor: Acceptor::open(setup, me, storage),
            ledger: Ledger::open(storage),
            seen: None,
            election: Election::open(setup, me, setup.choice(ELECTION) == ELECTION_HEARTBEAT),
            leading: Leading::Nothing,
            queue: Vec::new(),
            clients: Vec::new(),
            tallies: Sorted::default(),
            unannounced: Vec::new(),
            refused: NodeSet::EMPTY,
            is_retrying: false,
            is_catching_up: false,
        };
        let window = OPTIONS[WINDOW].values[usize::from(setup.choice(WINDOW))].parse().unwrap_or(1);
        Self { setup: Arc::clone(setup), variant, me, window, state }
    }

    fn leads(&self) -> bool {
        self.state.election.leads(self.me)
    }

    /// The processes that promise and vote.
    fn acceptors(&self) -> impl Iterator<Item = NodeId> + use<> {
        self.setup.cast.acceptors.iter()
    }

    /// The learners other than this process.
    fn other_learners(&self) -> impl Iterator<Item = NodeId> + use<> {
        let me = self.me;
        self.setup.cast.learners.iter().filter(move |node| *node != me)
    }

    /// Whether this process has to know which decrees have passed, because it is a learner or because it leads.
    fn is_learner(&self) -> bool {
        self.setup.cast.learners.contains(self.me) || self.leads()
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
            (BEGIN_BALLOT, Some(_), Payload::Entries(entries)) => {
                for entry in entries.iter().filter(|entry| !entry.is_passed) {
                    self.vote(from, entry.instance, entry.vote, effects);
                }
                self.learn_each(entries, effects);
            }
            (VOTED, Some(ballot), Payload::Value(value)) => {
                self.tally(from, instance, Vote { ballot, value: *value }, effects);
            }
            (VOTED, Some(ballot), _) => self.voted(from, instance, ballot, effects),
            (SUCCESS, Some(ballot), Payload::Value(value)) => {
                let vote = Vote { ballot, value: *value };
                self.succeeded(from, &[Entry { instance, vote, is_passed: true }], effects);
            }
            (SUCCESS, _, Payload::Entries(entries)) => self.succeeded(from, entries, effects),
            (NACK, Some(ballot), Payload::Ballot(bound)) => self.nacked(from, ballot, instance, *bound, effects),
            (REQUEST, _, Payload::Value(value)) if self.setup.cast.clients.contains(from) => {
                self.admit(Some(from), *value, effects);
            }
            (REQUEST | FORWARD, _, Payload::Value(value)) => {
                self.requested(from, message.kind == FORWARD, instance, *value, effects);
            }
            // The client goes on waiting, and this process offers the wish again after a while.
            (NO_LEADER, ..) => {}
            // Only clients read replies.
            (REPLY, ..) => {}
            (ALIVE, ..) => self.state.election.heard(self.me, from, effects),
            (ASK, ..) => self.tell(from, instance, effects),
            _ => debug_assert!(false, "not a message of this protocol: {message:?}"),
        }
    }

    fn timer(&mut self, timer: TimerId, effects: &mut Effects) {
        match timer.kind {
            PHASE_1 | PHASE_2 => self.overdue(timer, effects),
            RETRY => {
                self.state.is_retrying = false;
                self.offer_all(effects);
            }
            CATCH_UP => self.catch_up(effects),
            _ => self.state.election.timer(timer, self.me, &self.setup, effects),
        }
    }

    /// Step 1b, and the Nack of a process that has promised a larger ballot.
    fn last_vote(&mut self, from: NodeId, ballot: Ballot, first: Instance, effects: &mut Effects) {
        if !self.setup.accepts(self.me, Phase::OneB) {
            return;
        }
        let left = self.state.acceptor.next_bal;
        match self.state.acceptor.promise(&self.setup, ballot, first, self.variant.is_log, effects) {
            Ok(()) => {
                self.give_notice(left, ballot, first, effects);
                let entries = self.state.ledger.report(&self.state.acceptor.votes, first);
                // The LastVote names the first instance whose decree this process does not know, so that the leader can tell
                // it.
                let missing = self.state.ledger.first_missing();
                effects.send(from, message(LAST_VOTE, ballot, missing, Payload::Entries(entries)));
            }
            Err(bound) if bound > Some(ballot) => refuse(from, ballot, first, bound, effects),
            Err(_) => {}
        }
    }

    /// With `preemption notice`, a process that leaves a ballot for a larger one tells the owner of the ballot that it
    /// leaves at once, so that the owner need not find out by a refusal.
    fn give_notice(&self, left: Option<Ballot>, ballot: Ballot, instance: Instance, effects: &mut Effects) {
        let is_left = |left: &Ballot| *left < ballot && left.owner() != ballot.owner();
        if let Some(left) = left.filter(is_left)
            && self.setup.choice(PREEMPTION) == PREEMPTION_NOTICE
        {
            effects.send(left.owner(), message(NACK, left, instance, Payload::Ballot(ballot)));
        }
    }

    /// Step 2b.
    fn vote(&mut self, from: NodeId, instance: Instance, vote: Vote, effects: &mut Effects) {
        if !self.setup.accepts(self.me, Phase::TwoB) {
            return;
        }
        let strict = self.setup.choice(GUARD) == GUARD_STRICT;
        let guard = if strict { VoteGuard::Strict } else { VoteGuard::Relaxed };
        let left = self.state.acceptor.next_bal;
        if let Err(bound) = self.state.acceptor.vote(&self.setup, instance, vote, guard, effects) {
            return refuse(from, vote.ballot, instance, bound, effects);
        }
        self.give_notice(left, vote.ballot, instance, effects);
        if self.variant.is_broadcast {
            let to = self.setup.cast.learners.union([from].into_iter().collect());
            effects.send_each(to.iter(), &message(VOTED, vote.ballot, instance, Payload::Value(vote.value)));
        } else {
            effects.send(from, message(VOTED, vote.ballot, instance, Payload::Empty));
        }
        self.watch(effects);
    }

    /// A vote has come that went to everybody. A process that has heard a quorum of these votes knows that the decree is
    /// passed.
    fn tally(&mut self, from: NodeId, instance: Instance, vote: Vote, effects: &mut Effects) {
        if !self.setup.performs(Phase::Three) || self.state.ledger.passed.get(&instance).is_some() {
            return;
        }
        let ballot = self.setup.keeps(Guard::OneBallot).then_some(vote.ballot);
        let voters = self.state.tallies.entry((instance, ballot, vote.value), || NodeSet::EMPTY);
        voters.insert(from);
        if self.setup.is_quorum(Purpose::Pass, *voters) {
            self.learn(instance, vote, effects);
        }
    }

    fn learn_each(&mut self, entries: &[Entry], effects: &mut Effects) {
        for entry in entries.iter().filter(|entry| entry.is_passed) {
            self.learn(entry.instance, entry.vote, effects);
        }
    }

    /// A Success has come. If it ends a leader's ballot because nothing is left to find out, the processes that the leader
    /// has asked hear no more of that ballot. So the leader tells them the decree that has passed, because perhaps nobody
    /// else will.
    fn succeeded(&mut self, from: NodeId, entries: &[Entry], effects: &mut Effects) {
        let is_under_way = self.leads() && !matches!(self.state.leading, Leading::Nothing);
        self.learn_each(entries, effects);
        if is_under_way && self.is_settled() && self.setup.performs(Phase::Three) {
            self.other_learners()
                .filter(|node| *node != from)
                .for_each(|node| self.tell(node, Instance::FIRST, effects));
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
        while let Some((key, _)) = self.state.tallies.from(&(instance, None, Value(0))).first().copied()
            && key.0 == instance
        {
            self.state.tallies.remove(&key);
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

    /// Executes the decrees that follow the executed ones without a gap.
    fn execute(&mut self, effects: &mut Effects) {
        while let Some((instance, value)) = self.state.ledger.next() {
            if self.setup.keeps(Guard::InOrder) {
                self.apply(instance, value, effects);
            }
        }
        if self.is_settled() {
            self.answer_all(effects);
            self.state.queue.clear();
            // No ballot has anything left to find out, so this process's own ballot ends.
            self.state.leading = Leading::Nothing;
            effects.cancel_timer(TimerId { kind: PHASE_1, number: 0 });
        }
        if self.state.clients.is_empty() && self.state.is_retrying {
            self.state.is_retrying = false;
            effects.cancel_timer(TimerId { kind: RETRY, number: 0 });
        }
    }

    /// Executes a command, but no command twice, and answers the clients that wait for it.
    fn apply(&mut self, instance: Instance, value: Value, effects: &mut Effects) {
        if !self.variant.is_log {
            return;
        }
        let is_new = self.state.ledger.execute(value) || !self.setup.keeps(Guard::Once);
        effects.apply(instance, if is_new { value } else { Value::OLIVE_DAY });
        while let Some(place) = self.state.clients.iter().position(|(_, command)| *command == value) {
            match self.state.clients.remove(place).0 {
                Some(client) => reply(client, value, effects),
                None => effects.state(Fact::Answered(value)),
            }
        }
    }

    /// The only decree has passed: the process answers every client, whether the client's wish came true or not.
    fn answer_all(&mut self, effects: &mut Effects) {
        let Some(decree) = self.state.ledger.passed.get(&Instance::FIRST).map(|vote| vote.value) else { return };
        let clients = std::mem::take(&mut self.state.clients);
        clients.into_iter().filter_map(|(client, _)| client).for_each(|client| reply(client, decree, effects));
    }

    /// Starts or stops the `catch up` timer. A learner keeps asking from time to time while its ledger misses the decree of
    /// an instance that it voted in, or a decree before one that it knows.
    fn watch(&mut self, effects: &mut Effects) {
        let is_missing = self.is_learner() && self.state.ledger.is_missing(&self.state.acceptor.votes);
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
        let instance = self.state.ledger.first_missing();
        let cast = &self.setup.cast;
        let others = cast.learners.union(cast.proposers()).without([self.me].into_iter().collect());
        effects.send_each(others.iter(), &Message { kind: ASK, ballot: None, instance, payload: Payload::Empty });
    }

    fn catch_up(&mut self, effects: &mut Effects) {
        self.state.is_catching_up = false;
        self.ask(effects);
        self.watch(effects);
        // Perhaps nobody knows the missing decree. Then the leader needs a ballot to find out, unless a ballot that can
        // settle that place is under way. A leader that stays leader may learn the decree of a later place from another
        // process's ballot, and its own ballot then never comes to the place before: the new ballot puts an olive-day decree
        // there (PTP §3.1).
        if self.leads() && !self.state.leading.settles(self.state.ledger.first_missing()) {
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

    /// Whether the only decree is passed. After that no other decree can pass, whatever clients ask for.
    fn is_settled(&self) -> bool {
        !self.variant.is_log && self.state.ledger.first_missing() > Instance::FIRST
    }

    /// A client asks, at this process or from a separate process. A command that was executed before is answered at once.
    fn admit(&mut self, client: Option<NodeId>, value: Value, effects: &mut Effects) {
        if let Some(from) = client.filter(|_| self.setup.keeps(Guard::Once)) {
            if self.state.ledger.has_executed(value) {
                return reply(from, value, effects);
            }
            if self.state.clients.contains(&(client, value)) {
                return self.offer(value, effects);
            }
        }
        self.state.clients.push((client, value));
        self.offer(value, effects);
    }

    /// Hands a client's command to the leader.
    fn offer(&mut self, value: Value, effects: &mut Effects) {
        if self.is_settled() {
            return self.answer_all(effects);
        }
        if self.leads() {
            self.enqueue(value);
        } else if let Some(leader) = self.state.election.leader(self.me) {
            let instance = self.state.ledger.first_missing();
            effects.send(leader, Message { kind: REQUEST, ballot: None, instance, payload: Payload::Value(value) });
        }
        if !self.state.is_retrying {
            self.state.is_retrying = true;
            effects.set_timer(TimerId { kind: RETRY, number: 0 }, RETRY_AFTER);
        }
    }

    fn offer_all(&mut self, effects: &mut Effects) {
        for (_, value) in self.state.clients.clone() {
            self.offer(value, effects);
        }
    }

    /// Another process asks for a command of its client. If the command was passed already, or if the only possible decree
    /// was, this process sends the passed decrees instead. A process that does not lead forwards the command to the leader,
    /// or says that it knows no leader.
    fn requested(&mut self, from: NodeId, is_forwarded: bool, missing: Instance, value: Value, effects: &mut Effects) {
        if self.is_settled() || self.state.ledger.has(value) && self.setup.keeps(Guard::Once) {
            return self.tell(from, missing, effects);
        }
        if self.leads() {
            return self.enqueue(value);
        }
        let instance = self.state.ledger.first_missing();
        let said = |kind| Message { kind, ballot: None, instance, payload: Payload::Value(value) };
        match self.state.election.onward(self.me, from, is_forwarded) {
            Some(leader) => effects.send(leader, said(FORWARD)),
            None => effects.send(from, said(NO_LEADER)),
        }
    }

    /// Reacts to a change of the leader.
    fn follow(&mut self, before: Option<NodeId>, effects: &mut Effects) {
        let after = self.state.election.leader(self.me);
        if after == before {
            return;
        }
        let led = before == Some(self.me);
        if led != self.leads() {
            effects.state(Fact::Leads(!led));
        }
        if led {
            self.state.queue.clear();
        }
        self.offer_all(effects);
        let is_open = self.state.ledger.first_missing() == Instance::FIRST;
        // A ballot of this process's earlier term may have timed out while the process did not lead.
        let is_idle = matches!(self.state.leading, Leading::Nothing);
        let has_work = !self.state.queue.is_empty() || !self.state.acceptor.votes.is_empty() || !is_idle;
        if self.leads() && (self.variant.is_log || is_open && has_work) {
            self.next_ballot(effects);
        }
    }
}

/// Refuses a message because of a promise: states the fact, and sends a Nack with the promised ballot (slides, "Complete
/// protocol").
pub(super) fn refuse(to: NodeId, ballot: Ballot, instance: Instance, bound: Refusal, effects: &mut Effects) {
    effects.state(Fact::Refused(ballot, bound));
    if let Some(bound) = bound {
        effects.send(to, message(NACK, ballot, instance, Payload::Ballot(bound)));
    }
}

/// Sends a client its reply.
pub(super) fn reply(client: NodeId, value: Value, effects: &mut Effects) {
    let payload = Payload::Value(value);
    effects.send(client, Message { kind: REPLY, ballot: None, instance: Instance::FIRST, payload });
}

pub(super) fn message(kind: Kind, ballot: Ballot, instance: Instance, payload: Payload) -> Message {
    Message { kind, ballot: Some(ballot), instance, payload }
}
