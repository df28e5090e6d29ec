//! A ledger of fast instances: Fast Paxos as in the folder above, for many decrees. Phase 1 and Any are for all instances from a
//! place on, as NextBallot is in the multi-decree protocol (PTP §3.1), and then each command takes 2Δ.
//!
//! | step | guard → update → send |
//! |---|---|
//! | 1a | a leader chooses a fast i, and knows every decree up to n → NextBallot(i, n), for all instances above n at once |
//! | 1b | i > `nextBal`, and i is above all its votes → `nextBal` := i → one LastVote with the process's vote in each instance above n, and the decrees above n that it knows |
//! | 2a | LastVote(i, ·) from a quorum; m is the last instance that is reported → BeginBallot(I, i, Pick) for each unknown I up to m; Any(i, m) for all instances above m |
//! | propose | a client wishes v → Request(v) to all acceptors |
//! | place | Request(v), Any(i, m) held, i = `nextBal` → I := the first instance above m in which it has no vote in i and of which it does not know the decree |
//! | 2b, fast | v has its place I → `prevVote`[I] := (i, v) → Voted(I, i, v) to all |
//! | 2b, classic | BeginBallot(I, i, v), i ≥ `nextBal`, i above its vote in I → `prevVote`[I] := (i, v) → Voted(I, i, v) to all |
//! | learn | equal Voted(I, i, v) from a quorum of round i → `ledger`[I] := v; a wish that has lost this place gets the next one, once all places have decrees that this process has given to wishes so far |
//! | execute | commands, in the order of the instances, without gaps, each once |
//!
//! The rules of the paper are for one instance, and do not say in which instance an acceptor votes for a wish. Any rule is safe,
//! because each instance is safe by itself. Here an acceptor takes the first free place. So acceptors that hear the same
//! wishes in the same order give them the same places; where the order differs, the wishes collide in both places, and the
//! leader gives each of them one of the two.
//!
//! A recovery is for one instance: i + 1 is a round of that instance alone, and i goes on in all others. That is safe because
//! only the owner of i has numbers between i and the end of its block (`rounds`): a vote in (I, i + 1) promises nothing for
//! another instance, so `nextBal` stays i. With `recovery restart`, and where too few have voted under `recovery uncoordinated`,
//! NextBallot of a classic round ends round i in all instances. When that classic round has settled what it found, the leader
//! starts a fast one again.
//!
//! When no decree can have passed in an instance, Pick is free: the leader takes a reported decree that has no other place, or
//! else the olive-day decree (PTP §3.1). So it also closes gaps.

mod leader;

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::votes::Votes;
use super::{
    ANY, ASK, CLIENT, KINDS_COUNT, NACK, OPTIONS, RECOVERY, RECOVERY_UNCOORDINATED, RETRY, RETRY_AFTER, TIMERS, kinds,
};
use super::{line_for, quorums, round, successor, unnumbered};
use crate::protocol::acceptor::Acceptor;
use crate::protocol::formula::FAST_LOG;
use crate::protocol::kin::{After, Aspect, Descent, Kin};
use crate::protocol::parliament::{LOG_FIELDS, Ledger, Written, message};
use crate::protocol::synod::{
    BEGIN_BALLOT, LAST_TRIED, LAST_VOTE, LEDGER, NEXT_BAL, NEXT_BALLOT, REPLY, REQUEST, SUCCESS, VOTED,
};
use crate::protocol::{
    Basis, Effects, Entry, Fact, Family, Guard, Input, KindInfo, Machine, Message, Payload, Phase, Protocol, Setup,
    Slip, Storage, TimerId, Trust,
};
use crate::quorum::Round;
use crate::tongue::key;
use crate::types::{Ballot, Instance, NodeId, NodeSet, Sorted, Value, Vote};
use leader::Leading;

static KINDS: [KindInfo; KINDS_COUNT] = kinds(true);

pub(in crate::protocol) static PROTOCOL: Protocol = Protocol {
    name: "fast-log",
    title: "Fast Paxos for a ledger",
    summary: key!(
        "Many {decrees}; clients propose to the acceptors themselves, so each takes 2Δ, unless proposals collide."
    ),
    source: "Fast Paxos (2006), §3; PTP §3",
    formulas: FAST_LOG,
    kin: kinship,
    family: Family::Plain,
    trust: Trust::Crash,
    kinds: &KINDS,
    fields: LOG_FIELDS,
    timers: TIMERS,
    options: OPTIONS,
    guards: &[
        Guard::Promise,
        Guard::UniqueBallots,
        Guard::Memory,
        Guard::OneBallot,
        Guard::InOrder,
        Guard::Once,
        Guard::FastQuorum,
        Guard::VoteOnce,
        Guard::Pick,
    ],
    is_log: true,
    quorums,
    round,
    membership: None,
    window: None,
    histories: None,
    client: Some(CLIENT),
    needs_results: false,
    ignores_oracle: |_| None,
    progress: None,
    open: |setup, me, storage| Box::new(FastLog::open(setup, me, storage)),
};

#[derive(Clone)]
struct FastLog {
    setup: Arc<Setup>,
    me: NodeId,
    state: State,
}

/// The setup is the same for the whole run, so only the state tells two machines of one node apart.
impl Hash for FastLog {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.state.hash(hasher);
    }
}

#[derive(Clone, Hash)]
struct State {
    last_tried: Option<Ballot>,
    acceptor: Acceptor,
    ledger: Ledger,
    /// The fast round in which this process may vote for whatever is proposed, and the first instance that the round is free
    /// in. This field and all fields below are volatile.
    any: Option<(Ballot, Instance)>,
    /// The wishes that have been proposed to this process and are not in its ledger, in the order in which they came.
    wishes: Vec<Wish>,
    /// The commands that this process's clients wait for. Each command stands with the client's process, or with none if the
    /// client is at this process.
    clients: Vec<(Option<NodeId>, Value)>,
    /// The votes that this process has heard of, in each instance whose decree it does not know.
    heard: Sorted<Instance, Votes>,
    /// The largest round that a Nack has named.
    seen: Option<Ballot>,
    leads: bool,
    leading: Leading,
    is_retrying: bool,
}

/// A wish of which this acceptor knows no outcome.
#[derive(Clone, Copy, Hash)]
struct Wish {
    value: Value,
    /// The instance in which this acceptor has voted for the wish last; none when the wish has no place, or has lost it.
    place: Option<Instance>,
    /// A wish that has lost its place gets another when this instance has its decree, which may be the wish itself.
    after: Instance,
}

impl Wish {
    const fn new(value: Value) -> Self {
        Self { value, place: None, after: Instance(0) }
    }
}

impl Machine for FastLog {
    fn step(&mut self, input: Input<'_>, effects: &mut Effects) {
        let missing = self.state.ledger.first_missing();
        match input {
            Input::Start { again } => self.start(again, effects),
            Input::Propose(wish) => {
                self.state.clients.push((None, wish));
                self.request(wish, effects);
            }
            Input::Deliver { from, message } => self.deliver(from, message, effects),
            Input::Timer(timer) => self.timer(timer, effects),
            Input::Leaders(named) => self.name(named, effects),
            Input::Executed(_) => return,
        }
        self.vote_for_wishes(effects);
        self.lead(effects);
        self.watch(missing, effects);
    }

    fn slip(&self) -> Option<Slip> {
        self.collected()
    }
}

impl FastLog {
    fn open(setup: &Arc<Setup>, me: NodeId, storage: &Storage) -> Self {
        let state = State {
            last_tried: storage.get(LAST_TRIED, Instance::FIRST).ballot,
            acceptor: Acceptor::open(setup, me, storage),
            ledger: Ledger::open(storage),
            any: None,
            wishes: Vec::new(),
            clients: Vec::new(),
            heard: Sorted::default(),
            seen: None,
            leads: false,
            leading: Leading::Nothing,
            is_retrying: false,
        };
        Self { setup: Arc::clone(setup), me, state }
    }

    /// The processes to which votes go. Besides the learners, the acceptors have to know which places are free, and the round's
    /// owner looks for collisions.
    fn hearers(&self, ballot: Ballot) -> NodeSet {
        let cast = &self.setup.cast;
        cast.learners.union(cast.acceptors).union([ballot.owner()].into_iter().collect())
    }

    /// Whether this process has to know what has passed.
    fn has_to_know(&self) -> bool {
        let cast = &self.setup.cast;
        let is_asked = self.state.clients.iter().any(|(client, _)| client.is_none());
        is_asked || self.state.leads || cast.learners.contains(self.me) || cast.acceptors.contains(self.me)
    }

    fn has_passed(&self, instance: Instance) -> bool {
        self.state.ledger.passed.get(&instance).is_some()
    }

    /// The largest round that this process has promised or voted in, in any instance.
    fn highest(&self) -> Option<Ballot> {
        let voted = self.state.acceptor.votes.entries().iter().map(|(_, vote)| vote.ballot).max();
        voted.max(self.state.acceptor.next_bal)
    }

    /// Nobody tells a process that comes back what has passed, nor that a round is open.
    fn start(&mut self, again: bool, effects: &mut Effects) {
        self.execute(effects);
        if again && self.has_to_know() {
            self.ask(effects);
        }
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
            (ANY, Some(ballot), _) => self.open_round(from, ballot, instance, effects),
            (VOTED, Some(ballot), Payload::Value(value)) => {
                self.voted(from, instance, Vote { ballot, value: *value }, effects);
            }
            (SUCCESS, Some(ballot), Payload::Value(value)) => {
                self.learn(instance, Vote { ballot, value: *value }, effects);
            }
            (SUCCESS, _, Payload::Entries(entries)) => self.learn_each(entries, effects),
            (REQUEST, _, Payload::Value(wish)) => self.proposed(from, instance, *wish, effects),
            (NACK, _, Payload::Ballot(bound)) => {
                self.state.seen = self.state.seen.max(Some(*bound));
                // Whoever refuses a round in an instance that has passed a decree may not know the decree.
                if self.has_passed(instance) {
                    self.tell(from, instance, effects);
                }
            }
            (ASK, ..) => self.asked(from, instance, effects),
            // Only clients read replies.
            (kind, ..) => debug_assert!(kind == REPLY || kind == NACK, "not a message of this protocol: {message:?}"),
        }
    }

    fn timer(&mut self, timer: TimerId, effects: &mut Effects) {
        if timer.kind != RETRY {
            return self.overdue(timer, effects);
        }
        self.state.is_retrying = false;
        for (client, wish) in self.state.clients.clone() {
            if client.is_none() {
                self.request(wish, effects);
            }
        }
        self.ask(effects);
    }

    /// Step 1b.
    fn last_vote(&mut self, from: NodeId, ballot: Ballot, first: Instance, effects: &mut Effects) {
        if !self.setup.accepts(self.me, Phase::OneB) {
            return;
        }
        // A vote in an instance promises as much there as a LastVote would, and `nextBal` does not tell of it.
        let highest = self.highest();
        if Some(ballot) < highest {
            return self.refuse(from, ballot, first, highest, effects);
        }
        if Some(ballot) == highest && self.setup.keeps(Guard::UniqueBallots) {
            return;
        }
        if self.state.acceptor.promise(&self.setup, ballot, first, true, effects).is_ok() {
            let entries = self.state.ledger.report(&self.state.acceptor.votes, first);
            let missing = self.state.ledger.first_missing();
            effects.send(from, message(LAST_VOTE, ballot, missing, Payload::Entries(entries)));
        }
    }

    /// Hands a client's wish to the acceptors, and to those who may lead.
    fn request(&self, wish: Value, effects: &mut Effects) {
        let instance = self.state.ledger.first_missing();
        let request = Message { instance, ..unnumbered(REQUEST, Payload::Value(wish)) };
        effects.send_each(self.setup.cast.asked().iter(), &request);
    }

    /// A wish has come from a client or from another process's client, which misses the decrees from this instance on. A wish
    /// that is known already gets no second place.
    fn proposed(&mut self, from: NodeId, missing: Instance, wish: Value, effects: &mut Effects) {
        let is_once = self.setup.keeps(Guard::Once);
        let (has_passed, is_done) = (self.state.ledger.has(wish), self.state.ledger.has_executed(wish));
        if self.setup.cast.clients.contains(from) {
            if is_done && is_once {
                return reply(from, wish, effects);
            }
            if !self.state.clients.contains(&(Some(from), wish)) {
                self.state.clients.push((Some(from), wish));
            }
        } else if has_passed && is_once {
            return self.tell(from, missing, effects);
        }
        // Whoever asks again has waited long enough.
        let known = self.state.wishes.iter_mut().find(|known| known.value == wish);
        let is_known = known.map(|known| known.after = Instance(0)).is_some() || has_passed;
        if !is_known || !is_once {
            self.state.wishes.push(Wish::new(wish));
        }
    }

    /// Step 2a has come for a fast round, which is free from this instance on. A wish whose vote is of an earlier round has no
    /// place any more.
    fn open_round(&mut self, from: NodeId, ballot: Ballot, first: Instance, effects: &mut Effects) {
        if !self.setup.accepts(self.me, Phase::TwoB) || self.state.any == Some((ballot, first)) {
            return;
        }
        let bound = self.state.acceptor.next_bal;
        if bound > Some(ballot) {
            return self.refuse(from, ballot, first, bound, effects);
        }
        if bound < Some(ballot) {
            self.state.acceptor.next_bal = Some(ballot);
            effects.persist(NEXT_BAL, Instance::FIRST, ballot.into());
        }
        self.state.any = Some((ballot, first));
        let votes = &self.state.acceptor.votes;
        let is_old = |place: &Instance| *place >= first && votes.get(place).is_some_and(|vote| vote.ballot < ballot);
        for wish in &mut self.state.wishes {
            wish.place = wish.place.filter(|place| !is_old(place));
            wish.after = Instance(0);
        }
    }

    /// Step 2b in a fast round: each wish without a place gets the next free one.
    fn vote_for_wishes(&mut self, effects: &mut Effects) {
        let Some((ballot, first)) = self.state.any.filter(|(any, _)| Some(*any) == self.state.acceptor.next_bal) else {
            return;
        };
        if !self.setup.accepts(self.me, Phase::TwoB) {
            return;
        }
        for place in 0..self.state.wishes.len() {
            let Wish { value, place: None, after } = self.state.wishes[place] else { continue };
            if after >= self.state.ledger.first_missing() {
                continue;
            }
            self.cast(self.free(first, ballot), Vote { ballot, value }, effects);
        }
    }

    /// The first instance, from `first` on, in which this acceptor may vote in this round, and of which it does not know the
    /// decree.
    fn free(&self, first: Instance, ballot: Ballot) -> Instance {
        let mut instance = first.max(self.state.ledger.first_missing());
        while self.has_passed(instance) || !self.may_vote(instance, ballot) {
            instance = instance.next();
        }
        instance
    }

    /// One vote a round: in an instance in which it has voted in this round, or in a later one, an acceptor votes in this round
    /// no more (§2.2.1).
    fn may_vote(&self, instance: Instance, ballot: Ballot) -> bool {
        let last = self.state.acceptor.votes.get(&instance).map(|vote| vote.ballot);
        last < Some(ballot) || last == Some(ballot) && !self.setup.keeps(Guard::VoteOnce)
    }

    /// Step 2b for a decree that the leader has begun.
    fn vote(&mut self, from: NodeId, instance: Instance, vote: Vote, effects: &mut Effects) {
        if !self.setup.accepts(self.me, Phase::TwoB) {
            return;
        }
        let last = self.state.acceptor.votes.get(&instance).map(|vote| vote.ballot);
        let bound = self.state.acceptor.next_bal.max(last);
        if Some(vote.ballot) < bound && self.setup.keeps(Guard::Promise) {
            return self.refuse(from, vote.ballot, instance, bound, effects);
        }
        if last != Some(vote.ballot) || !self.setup.keeps(Guard::VoteOnce) {
            self.cast(instance, vote, effects);
        }
    }

    fn cast(&mut self, instance: Instance, vote: Vote, effects: &mut Effects) {
        self.state.acceptor.cast(instance, vote, effects);
        let alike = self.state.wishes.iter_mut().filter(|wish| wish.value == vote.value);
        if let Some(wish) = alike.min_by_key(|wish| wish.place.is_some()) {
            wish.place = Some(instance);
        }
        let voted = message(VOTED, vote.ballot, instance, Payload::Value(vote.value));
        effects.send_each(self.hearers(vote.ballot).iter(), &voted);
    }

    /// A vote has come. A process that has heard of a quorum of equal votes in one round knows that the decree has passed.
    fn voted(&mut self, from: NodeId, instance: Instance, vote: Vote, effects: &mut Effects) {
        if self.has_passed(instance) {
            return;
        }
        let heard = self.state.heard.entry(instance, Votes::default);
        heard.hear(from, vote);
        if self.setup.performs(Phase::Three) && heard.has_passed(&self.setup, vote) && self.has_to_know() {
            return self.learn(instance, vote, effects);
        }
        self.recover_alone(instance, vote.ballot, effects);
        self.vote_has_come(instance, vote.ballot, effects);
    }

    /// Uncoordinated recovery: this acceptor takes the votes of a quorum for promises of the next round of this instance, and
    /// votes in it.
    fn recover_alone(&mut self, instance: Instance, ballot: Ballot, effects: &mut Effects) {
        let is_alone = self.setup.choice(RECOVERY) == RECOVERY_UNCOORDINATED;
        let next = successor(&self.setup, ballot).filter(|next| round(&self.setup, *next) == Round::Fast);
        let Some(next) = next.filter(|_| is_alone && self.setup.accepts(self.me, Phase::TwoB)) else { return };
        let Some(heard) = self.state.heard.get(&instance) else { return };
        let is_free = self.state.acceptor.next_bal <= Some(ballot) && self.may_vote(instance, next);
        if !is_free || !heard.collides(&self.setup, ballot) {
            return;
        }
        let Some((value, quorum)) = heard.recovered(&self.setup, ballot, |_| true, None) else { return };
        let basis = Basis::Promises(quorum);
        effects.state(Fact::Began { instance, ballot: next, value: Some(value), basis });
        self.cast(instance, Vote { ballot: next, value }, effects);
    }

    fn learn_each(&mut self, entries: &[Entry], effects: &mut Effects) {
        for entry in entries.iter().filter(|entry| entry.is_passed) {
            self.learn(entry.instance, entry.vote, effects);
        }
    }

    /// A decree has passed: the process writes it down, and executes what follows without a gap. A wish that had this place, and
    /// has lost it, needs another. Ink cannot be undone: a different decree, which can only come in a run with broken rules, is
    /// only stated as a fact.
    fn learn(&mut self, instance: Instance, vote: Vote, effects: &mut Effects) {
        match self.state.ledger.write(instance, vote) {
            Written::Known => return,
            Written::Otherwise => return effects.state(Fact::Learned(instance, vote)),
            Written::New => {}
        }
        effects.persist(LEDGER, instance, vote.into());
        effects.state(Fact::Learned(instance, vote));
        // Others may have heard the wishes in another order: then those that have lost their places pass in the next ones.
        let after = self.state.wishes.iter().filter_map(|wish| wish.place).max().unwrap_or(instance);
        self.state.wishes.retain(|wish| wish.value != vote.value);
        for wish in self.state.wishes.iter_mut().filter(|wish| wish.place == Some(instance)) {
            (wish.place, wish.after) = (None, after);
        }
        self.state.heard.remove(&instance);
        self.close(instance, effects);
        if !self.setup.keeps(Guard::InOrder) {
            self.apply(instance, vote.value, effects);
        }
        self.execute(effects);
    }

    /// Executes the decrees that follow the executed ones without a gap.
    fn execute(&mut self, effects: &mut Effects) {
        while let Some((instance, value)) = self.state.ledger.next() {
            if self.setup.keeps(Guard::InOrder) {
                self.apply(instance, value, effects);
            }
        }
    }

    /// Executes a command, but no command twice, and answers the clients that wait for it.
    fn apply(&mut self, instance: Instance, value: Value, effects: &mut Effects) {
        let is_new = self.state.ledger.execute(value) || !self.setup.keeps(Guard::Once);
        effects.apply(instance, if is_new { value } else { Value::OLIVE_DAY });
        let (told, waiting) = std::mem::take(&mut self.state.clients).into_iter().partition(|(_, of)| *of == value);
        self.state.clients = waiting;
        let told: Vec<(Option<NodeId>, Value)> = told;
        for (client, _) in told {
            match client {
                Some(client) => reply(client, value, effects),
                None => effects.state(Fact::Answered(value)),
            }
        }
    }

    /// Sends the decrees of this instance and every later one, as far as this process knows them.
    fn tell(&self, to: NodeId, first: Instance, effects: &mut Effects) {
        if !self.setup.performs(Phase::Three) || self.setup.cast.clients.contains(to) {
            return;
        }
        let passed = self.state.ledger.passed.from(&first);
        let entry = |(instance, vote): &(Instance, Vote)| Entry { instance: *instance, vote: *vote, is_passed: true };
        if let Some((instance, vote)) = passed.first() {
            let entries = Payload::Entries(passed.iter().map(entry).collect());
            effects.send(to, message(SUCCESS, vote.ballot, *instance, entries));
        }
    }

    fn ask(&self, effects: &mut Effects) {
        let cast = &self.setup.cast;
        let others = cast.learners.union(cast.asked()).without([self.me].into_iter().collect());
        let instance = self.state.ledger.first_missing();
        effects.send_each(others.iter(), &Message { instance, ..unnumbered(ASK, Payload::Empty) });
    }

    fn refuse(&self, to: NodeId, ballot: Ballot, instance: Instance, bound: Option<Ballot>, effects: &mut Effects) {
        effects.state(Fact::Refused(ballot, bound));
        if let Some(bound) = bound {
            effects.send(to, message(NACK, ballot, instance, Payload::Ballot(bound)));
        }
    }

    /// Starts or stops the `retry` timer: it runs as long as this process knows of a wish or a vote and not of the outcome. With
    /// every decree that it could execute, its wait begins anew.
    fn watch(&mut self, before: Instance, effects: &mut Effects) {
        let state = &self.state;
        let is_missing = state.ledger.is_missing(&state.acceptor.votes) || !state.heard.is_empty();
        let is_asked = !state.wishes.is_empty() || state.clients.iter().any(|(client, _)| client.is_none());
        let is_waiting = (is_missing || is_asked) && self.has_to_know();
        let is_ahead = state.ledger.first_missing() > before;
        let timer = TimerId { kind: RETRY, number: 0 };
        if is_waiting && (is_ahead || !state.is_retrying) {
            effects.set_timer(timer, RETRY_AFTER);
        } else if !is_waiting && state.is_retrying {
            effects.cancel_timer(timer);
        }
        self.state.is_retrying = is_waiting;
    }
}

/// Sends a client its reply.
fn reply(client: NodeId, value: Value, effects: &mut Effects) {
    effects.send(client, unnumbered(REPLY, Payload::Value(value)));
}

fn kinship() -> Kin {
    Kin {
        per_fault: 3,
        line: Some(line_for),
        costs: key!("as Fast Paxos, and requests that collide take two places"),
        after: &[
            After { fault: key!("two ask at once"), scenario: "fast-log-collision" },
            After { fault: key!("two ask at once, and the leader crashes"), scenario: "fast-log-leader-dies" },
        ],
        from: &[
            Descent {
                from: "fast",
                changes: &[
                    (Aspect::Votes, key!("each acceptor gives a request the next free place")),
                    (Aspect::Remembers, key!("a vote for each place")),
                ],
            },
            Descent {
                from: "multi",
                changes: &[
                    (Aspect::Asks, key!("a client asks the acceptors itself; nobody waits for the leader")),
                    (Aspect::Told, key!("everybody hears each vote and counts")),
                    (Aspect::Quorum, key!("any two fast quorums and a classic one share a process")),
                ],
            },
        ],
    }
}
