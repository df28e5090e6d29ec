//! Fast Paxos for a single decree (Lamport, "Fast Paxos", 2006): in a fast round clients send their wishes to the acceptors
//! themselves, so all know after 2Δ. The price is larger quorums, and a recovery when acceptors vote for different wishes.
//!
//! | step | guard → update → send |
//! |---|---|
//! | 1a | a leader chooses i → `lastTried` := i → NextBallot(i) to all acceptors |
//! | 1b | NextBallot(i), i > `nextBal` → `nextBal` := i → LastVote(i, `prevVote`) |
//! | 2a | LastVote(i, ·) from a quorum, i = `lastTried`, not begun yet → BeginBallot(i, Pick); Any(i) when i is fast and free |
//! | propose | a client wishes v → Request(v) to all acceptors |
//! | 2b, fast | Request(v), Any(i) held, i = `nextBal`, no vote in i → `prevVote` := (i, v) → Voted(i, v) to all |
//! | 2b, classic | BeginBallot(i, v), i ≥ `nextBal`, no vote in i → `nextBal` := i, `prevVote` := (i, v) → Voted(i, v) to all |
//! | learn | equal Voted(i, v) from a quorum of round i → write v |
//!
//! Rounds are ballots. A process owns whole blocks of successive numbers (`rounds.rs`): the first rounds of a block are
//! fast, and the last one is classic. So no process can vote between a fast round i and its successor i + 1, and a vote in i
//! also says what a promise for i + 1 would say. The recoveries of the paper rest on that (§3.2). A collision is visible when
//! a quorum has voted in i for at least two decrees:
//!
//! - *coordinated*: the leader takes those votes for promises of i + 1, and sends BeginBallot(i + 1, Pick). The leader does the
//!   same when 2Δ have gone by and the votes of a quorum are there. i + 1 is classic.
//! - *uncoordinated*: each acceptor takes them for promises, and votes for Pick in i + 1, which is fast. If that round
//!   collides too, the leader takes the coordinated way into i + 2, which is classic.
//! - *restart*: the leader sends NextBallot(i + 1). i + 1 is classic.
//!
//! `fast/pick.rs` has Pick, the rule O4 that keeps all this safe. The paper leaves open what the acceptors do with a wish that
//! they cannot vote for yet: here they keep it. It also leaves open how a process hears of a decree that passed while it was
//! away: here it asks (`retry`).

mod leader;
pub(super) mod log;
mod pick;
mod votes;

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::acceptor::{Acceptor, VoteGuard};
use super::client::{Asks, ClientInfo};
use super::formula::FAST;
use super::kin::{After, Aspect, Descent, Kin};
use super::rounds::{RECOVERY, RECOVERY_RESTART, RECOVERY_UNCOORDINATED, line_for, quorums, round, successor};
use super::synod::{
    BEGIN_BALLOT, FIELDS, LAST_TRIED, LAST_VOTE, LEDGER, NEXT_BAL, NEXT_BALLOT, REPLY, REQUEST, SUCCESS, VOTED,
    client_kind, kind, message,
};
use super::{
    Basis, Carries, Effects, Fact, Family, Guard, Input, Kind, KindInfo, Machine, Message, OptionInfo, Payload, Phase,
    Protocol, Setup, Slip, Storage, TimerId, TimerInfo, Trust,
};
use crate::quorum::Round;
use crate::tongue::key;
use crate::types::{Ballot, Instance, NodeId, NodeSet, Renaming, Time, Value, Vote};
use leader::Leading;
use votes::Votes;

const NACK: Kind = Kind(7);
const ANY: Kind = Kind(8);
const ASK: Kind = Kind(9);

const KINDS_COUNT: usize = 10;

/// The message kinds: those of `synod`, and the constants above. In a ledger some are for all instances from one on.
const fn kinds(is_log: bool) -> [KindInfo; KINDS_COUNT] {
    let reports = if is_log { Carries::Entries } else { Carries::LastVote };
    let mut kinds = [
        kind("NextBallot", "Prepare", Phase::OneA, Carries::Nothing),
        kind("LastVote", "Promise", Phase::OneB, reports),
        kind("BeginBallot", "Accept", Phase::TwoA, Carries::Value),
        kind("Voted", "Accepted", Phase::TwoB, Carries::Value),
        kind("Success", "Decide", Phase::Three, Carries::Value),
        kind("Request", "Propose", Phase::Request, Carries::Value),
        client_kind("Reply", "Response", Phase::Reply),
        kind("Nack", "Reject", Phase::Nack, Carries::Ballot),
        kind("Any", "AcceptAny", Phase::TwoA, Carries::Nothing),
        kind("Ask", "Learn", Phase::Request, Carries::Nothing),
    ];
    kinds[NEXT_BALLOT.0 as usize].is_sweeping = is_log;
    kinds[LAST_VOTE.0 as usize].is_sweeping = is_log;
    kinds[ANY.0 as usize].is_sweeping = is_log;
    kinds[ASK.0 as usize].is_sweeping = is_log;
    kinds
}

static KINDS: [KindInfo; KINDS_COUNT] = kinds(false);

static OPTIONS: &[OptionInfo] = &[OptionInfo {
    name: "recovery",
    values: &["coordinated", "restart", "uncoordinated"],
    summary: key!(
        "After a collision the leader takes the {votes} for promises of the next round (coordinated), or starts a \
              round from its beginning (restart), or each acceptor takes them for promises and {it_votes} again by itself \
              (uncoordinated)."
    ),
}];

/// The promises for the process's own round are overdue.
const PHASE_1: u8 = 0;
/// The votes in the process's own classic round are overdue.
const PHASE_2: u8 = 1;
/// The process's own fast round has not passed a decree.
const FAST_ROUND: u8 = 2;
/// The process knows of a wish or a vote, and does not know the outcome.
const RETRY: u8 = 3;

static TIMERS: &[TimerInfo] = &[
    TimerInfo {
        name: "phase 1",
        meaning: key!("2Δ have gone by since it asked for promises, and no quorum of them has come"),
        is_papers: true,
    },
    TimerInfo {
        name: "phase 2",
        meaning: key!("2Δ have gone by since it asked for {votes}, and not enough of them have come"),
        is_papers: true,
    },
    TimerInfo {
        name: "fast round",
        meaning: key!("2Δ have gone by since it heard of a wish in its fast round, and no {decree} {has_passed}"),
        is_papers: true,
    },
    TimerInfo {
        name: "retry",
        meaning: key!("for 8Δ it has known of a wish or {a_vote} and not of the outcome, so it asks again"),
        is_papers: false,
    },
];

/// How long a leader waits for promises or votes.
const PATIENCE: Time = Time::deltas(2);
/// After how long a process asks again: longer than any recovery takes when nothing else goes wrong.
const RETRY_AFTER: Time = Time::deltas(8);

/// How clients ask: they ask all acceptors, and all of them again after 8Δ.
const CLIENT: ClientInfo = ClientInfo::new(REQUEST, REPLY, Some((RETRY, RETRY_AFTER)), Asks::Acceptors);

pub(super) static PROTOCOL: Protocol = Protocol {
    name: "fast",
    title: "Fast Paxos",
    summary: key!(
        "One {decree}; clients propose to the acceptors themselves, so it takes 2Δ, unless proposals collide."
    ),
    source: "Fast Paxos (2006), §3",
    formulas: FAST,
    kin: kinship,
    family: Family::Fast,
    trust: Trust::Crash,
    kinds: &KINDS,
    fields: FIELDS,
    timers: TIMERS,
    options: OPTIONS,
    guards: &[
        Guard::Promise,
        Guard::UniqueBallots,
        Guard::Memory,
        Guard::OneBallot,
        Guard::FastQuorum,
        Guard::VoteOnce,
        Guard::Pick,
    ],
    is_log: false,
    quorums,
    round,
    membership: None,
    window: None,
    histories: None,
    client: Some(CLIENT),
    needs_results: false,
    ignores_oracle: |_| None,
    progress: None,
    open: |setup, me, storage| Box::new(Fast::open(setup, me, storage)),
};

#[derive(Clone)]
struct Fast {
    setup: Arc<Setup>,
    me: NodeId,
    state: State,
}

/// The setup is the same for the whole run, so only the state tells two machines of one node apart.
impl Hash for Fast {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.state.hash(hasher);
    }
}

#[derive(Clone, Hash)]
struct State {
    last_tried: Option<Ballot>,
    acceptor: Acceptor,
    /// The decree in the ledger, and the round that has passed it.
    passed: Option<Vote>,
    /// The fast round in which this process may vote for whatever is proposed. This field and all fields below are volatile.
    any: Option<Ballot>,
    /// The wishes that have been proposed to this process, in the order in which they came.
    wishes: Vec<Value>,
    /// The clients that wait for the decree.
    clients: NodeSet,
    /// The wishes of clients at this process.
    own: Vec<Value>,
    /// The votes that this process has heard of.
    votes: Votes,
    /// The largest round that a Nack has named.
    seen: Option<Ballot>,
    leads: bool,
    leading: Leading,
    is_retrying: bool,
}

impl Machine for Fast {
    fn step(&mut self, input: Input<'_>, effects: &mut Effects) {
        match input {
            Input::Start { again } => self.start(again, effects),
            Input::Propose(wish) => self.propose(wish, effects),
            Input::Deliver { from, message } => self.deliver(from, message, effects),
            Input::Timer(timer) => self.timer(timer, effects),
            Input::Leaders(named) => self.name(named, effects),
            Input::Executed(_) => {}
        }
        self.watch(effects);
    }

    fn slip(&self) -> Option<Slip> {
        let ballot = self.state.last_tried?;
        let (phase, collected) = match &self.state.leading {
            Leading::Nothing => return None,
            Leading::Asking { promised, .. } => (Phase::OneB, *promised),
            Leading::Balloting { ballot, .. } => (Phase::TwoB, self.state.votes.voters(*ballot)),
        };
        Some(Slip { ballot, instance: Instance::FIRST, phase, collected })
    }

    fn renamed(&self, names: &Renaming) -> Option<Box<dyn Machine>> {
        let mut renamed = self.clone();
        renamed.me = names.of(self.me);
        let state = &mut renamed.state;
        state.clients = state.clients.renamed(names);
        state.leading.rename(names);
        state.votes.rename(names);
        Some(Box::new(renamed))
    }
}

impl Fast {
    fn open(setup: &Arc<Setup>, me: NodeId, storage: &Storage) -> Self {
        let state = State {
            last_tried: storage.get(LAST_TRIED, Instance::FIRST).ballot,
            acceptor: Acceptor::open(setup, me, storage),
            passed: storage.get(LEDGER, Instance::FIRST).vote(),
            any: None,
            wishes: Vec::new(),
            clients: NodeSet::EMPTY,
            own: Vec::new(),
            votes: Votes::default(),
            seen: None,
            leads: false,
            leading: Leading::Nothing,
            is_retrying: false,
        };
        Self { setup: Arc::clone(setup), me, state }
    }

    /// The processes to which wishes go: the acceptors, and those who may lead, because a leader waits for a wish.
    fn asked(&self) -> NodeSet {
        self.setup.cast.asked()
    }

    /// The processes to which votes in this round go: the learners, and the round's owner, who looks for collisions. Where
    /// acceptors recover by themselves, all of them look for collisions.
    fn hearers(&self, ballot: Ballot) -> NodeSet {
        let cast = &self.setup.cast;
        let alone = if self.recovers_alone() { cast.acceptors } else { NodeSet::EMPTY };
        cast.learners.union(alone).union([ballot.owner()].into_iter().collect())
    }

    fn recovers_alone(&self) -> bool {
        self.setup.choice(RECOVERY) == RECOVERY_UNCOORDINATED
    }

    /// Whether this process has to know what has passed: because it is a learner, because it leads, or for its clients.
    fn has_to_know(&self) -> bool {
        let is_asked = !self.state.own.is_empty();
        is_asked || self.state.leads || self.setup.cast.learners.contains(self.me)
    }

    fn is_settled(&self) -> bool {
        self.state.passed.is_some()
    }

    /// A process that comes back asks what has passed, because nobody tells it unasked.
    fn start(&mut self, again: bool, effects: &mut Effects) {
        if again && !self.is_settled() && self.has_to_know() {
            self.ask(effects);
        }
    }

    /// A client of this process wishes for a decree.
    fn propose(&mut self, wish: Value, effects: &mut Effects) {
        if self.is_settled() {
            return;
        }
        if !self.state.own.contains(&wish) {
            self.state.own.push(wish);
        }
        effects.send_each(self.asked().iter(), &unnumbered(REQUEST, Payload::Value(wish)));
    }

    fn deliver(&mut self, from: NodeId, message: &Message, effects: &mut Effects) {
        match (message.kind, message.ballot, &message.payload) {
            (NEXT_BALLOT, Some(ballot), _) => self.last_vote(from, ballot, effects),
            (LAST_VOTE, Some(ballot), Payload::LastVote(vote)) => self.promised(from, ballot, *vote, effects),
            (BEGIN_BALLOT, Some(ballot), Payload::Value(value)) => {
                self.vote(from, Vote { ballot, value: *value }, effects);
            }
            (ANY, Some(ballot), _) => self.open_round(from, ballot, effects),
            (VOTED, Some(ballot), Payload::Value(value)) => {
                self.voted(from, Vote { ballot, value: *value }, effects);
            }
            (SUCCESS, Some(ballot), Payload::Value(value)) => self.learn(Vote { ballot, value: *value }, effects),
            (REQUEST, _, Payload::Value(wish)) => self.proposed(from, *wish, effects),
            (NACK, _, Payload::Ballot(bound)) => self.state.seen = self.state.seen.max(Some(*bound)),
            (ASK, ..) => self.tell(from, effects),
            // Only clients read replies.
            (kind, ..) => debug_assert!(kind == REPLY || kind == NACK, "not a message of this protocol: {message:?}"),
        }
    }

    fn timer(&mut self, timer: TimerId, effects: &mut Effects) {
        match timer.kind {
            RETRY => {
                self.state.is_retrying = false;
                for wish in self.state.own.clone() {
                    self.propose(wish, effects);
                }
                if self.state.own.is_empty() {
                    self.ask(effects);
                }
            }
            _ => self.overdue(timer.kind, effects),
        }
    }

    /// Step 1b.
    fn last_vote(&mut self, from: NodeId, ballot: Ballot, effects: &mut Effects) {
        if !self.setup.accepts(self.me, Phase::OneB) {
            return;
        }
        match self.state.acceptor.promise(&self.setup, ballot, Instance::FIRST, false, effects) {
            Ok(()) => {
                let vote = self.state.acceptor.votes.get(&Instance::FIRST).copied();
                effects.send(from, message(LAST_VOTE, ballot, Payload::LastVote(vote)));
            }
            Err(bound) if bound > Some(ballot) => self.refuse(from, ballot, bound, effects),
            Err(_) => {}
        }
    }

    /// A wish has come from a client or from another process's client. An acceptor that cannot vote for the wish keeps it.
    fn proposed(&mut self, from: NodeId, wish: Value, effects: &mut Effects) {
        if self.is_settled() {
            return self.tell(from, effects);
        }
        if self.setup.cast.clients.contains(from) {
            self.state.clients.insert(from);
        }
        if !self.state.wishes.contains(&wish) {
            self.state.wishes.push(wish);
        }
        self.vote_for(wish, effects);
        self.wish_has_come(effects);
    }

    /// Step 2a has come for a fast round: from now on this acceptor votes for the first wish that it hears of.
    fn open_round(&mut self, from: NodeId, ballot: Ballot, effects: &mut Effects) {
        if !self.setup.accepts(self.me, Phase::TwoB) {
            return;
        }
        let bound = self.state.acceptor.next_bal;
        if bound > Some(ballot) {
            return self.refuse(from, ballot, bound, effects);
        }
        if bound < Some(ballot) {
            self.state.acceptor.next_bal = Some(ballot);
            effects.persist(NEXT_BAL, Instance::FIRST, ballot.into());
        }
        self.state.any = Some(ballot);
        if let Some(wish) = self.state.wishes.first().copied() {
            self.vote_for(wish, effects);
        }
    }

    /// Step 2b in a fast round.
    fn vote_for(&mut self, wish: Value, effects: &mut Effects) {
        let Some(ballot) = self.state.any.filter(|any| Some(*any) == self.state.acceptor.next_bal) else { return };
        if self.setup.accepts(self.me, Phase::TwoB) && self.may_vote(ballot) {
            self.cast(Vote { ballot, value: wish }, effects);
        }
    }

    /// Step 2b in a classic round.
    fn vote(&mut self, from: NodeId, vote: Vote, effects: &mut Effects) {
        if !self.setup.accepts(self.me, Phase::TwoB) {
            return;
        }
        let bound = self.state.acceptor.next_bal;
        if Some(vote.ballot) < bound && self.setup.keeps(Guard::Promise) {
            return self.refuse(from, vote.ballot, bound, effects);
        }
        if self.may_vote(vote.ballot) {
            self.cast(vote, effects);
        }
    }

    /// One vote a round: an acceptor that has voted in a round votes in it no more (§2.2.1).
    fn may_vote(&self, ballot: Ballot) -> bool {
        let last = self.state.acceptor.votes.get(&Instance::FIRST).map(|vote| vote.ballot);
        last != Some(ballot) || !self.setup.keeps(Guard::VoteOnce)
    }

    fn cast(&mut self, vote: Vote, effects: &mut Effects) {
        let granted = self.state.acceptor.vote(&self.setup, Instance::FIRST, vote, VoteGuard::Relaxed, effects).is_ok();
        debug_assert!(granted, "the callers have asked for the guard");
        effects.send_each(self.hearers(vote.ballot).iter(), &message(VOTED, vote.ballot, Payload::Value(vote.value)));
    }

    /// A vote has come. A process that has heard of a quorum of equal votes in one round knows that the decree has passed.
    fn voted(&mut self, from: NodeId, vote: Vote, effects: &mut Effects) {
        if self.is_settled() {
            return;
        }
        self.state.votes.hear(from, vote);
        if self.has_to_know() && self.setup.performs(Phase::Three) && self.state.votes.has_passed(&self.setup, vote) {
            return self.learn(vote, effects);
        }
        self.recover_alone(vote.ballot, effects);
        self.vote_has_come(vote.ballot, effects);
    }

    /// The decree for the round after this one, and the processes whose votes take the place of promises.
    fn recovered(&self, ballot: Ballot) -> Option<(Value, NodeSet)> {
        self.state.votes.recovered(&self.setup, ballot, |_| true, None)
    }

    fn collides(&self, ballot: Ballot) -> bool {
        self.state.votes.collides(&self.setup, ballot)
    }

    /// Uncoordinated recovery: this acceptor takes the votes of a quorum for promises of the next round, and votes in it.
    fn recover_alone(&mut self, ballot: Ballot, effects: &mut Effects) {
        let next = successor(&self.setup, ballot).filter(|next| round(&self.setup, *next) == Round::Fast);
        let Some(next) = next.filter(|_| self.recovers_alone() && self.setup.accepts(self.me, Phase::TwoB)) else {
            return;
        };
        if self.state.acceptor.next_bal > Some(ballot) || !self.collides(ballot) {
            return;
        }
        let Some((value, quorum)) = self.recovered(ballot) else { return };
        let basis = Basis::Promises(quorum);
        effects.state(Fact::Began { instance: Instance::FIRST, ballot: next, value: Some(value), basis });
        self.cast(Vote { ballot: next, value }, effects);
    }

    /// The decree has passed: the process writes it down, answers the clients that wait, and has nothing left to do. Ink
    /// cannot be undone: a different decree, which can only come in a run with broken rules, is only stated as a fact.
    fn learn(&mut self, vote: Vote, effects: &mut Effects) {
        match self.state.passed {
            Some(passed) if passed.value == vote.value => return,
            Some(_) => return effects.state(Fact::Learned(Instance::FIRST, vote)),
            None => {}
        }
        self.state.passed = Some(vote);
        effects.persist(LEDGER, Instance::FIRST, vote.into());
        effects.state(Fact::Learned(Instance::FIRST, vote));
        let clients = std::mem::take(&mut self.state.clients);
        clients.iter().for_each(|client| self.tell(client, effects));
        self.state.wishes.clear();
        self.state.own.clear();
        self.state.votes = Votes::default();
        self.rest(effects);
    }

    /// Tells another process the decree, if this process knows it. A client gets it as the reply.
    fn tell(&self, to: NodeId, effects: &mut Effects) {
        let Some(vote) = self.state.passed else { return };
        let decree = Payload::Value(vote.value);
        if self.setup.cast.clients.contains(to) {
            effects.send(to, unnumbered(REPLY, decree));
        } else if self.setup.performs(Phase::Three) {
            effects.send(to, message(SUCCESS, vote.ballot, decree));
        }
    }

    fn ask(&self, effects: &mut Effects) {
        let cast = &self.setup.cast;
        let others = cast.learners.union(cast.proposers()).without([self.me].into_iter().collect());
        effects.send_each(others.iter(), &unnumbered(ASK, Payload::Empty));
    }

    fn refuse(&self, to: NodeId, ballot: Ballot, bound: Option<Ballot>, effects: &mut Effects) {
        effects.state(Fact::Refused(ballot, bound));
        if let Some(bound) = bound {
            effects.send(to, message(NACK, ballot, Payload::Ballot(bound)));
        }
    }

    /// Starts or stops the `retry` timer: it runs as long as this process knows of a wish or a vote and not of the outcome.
    fn watch(&mut self, effects: &mut Effects) {
        let state = &self.state;
        let knows_of_some = !state.own.is_empty()
            || !state.wishes.is_empty()
            || !state.votes.is_empty()
            || state.acceptor.votes.get(&Instance::FIRST).is_some();
        let is_waiting = knows_of_some && !self.is_settled() && self.has_to_know();
        if is_waiting == self.state.is_retrying {
            return;
        }
        self.state.is_retrying = is_waiting;
        let timer = TimerId { kind: RETRY, number: 0 };
        if is_waiting {
            effects.set_timer(timer, RETRY_AFTER);
        } else {
            effects.cancel_timer(timer);
        }
    }
}

/// A message that is about no round.
fn unnumbered(kind: Kind, payload: Payload) -> Message {
    Message { kind, ballot: None, instance: Instance::FIRST, payload }
}

fn kinship() -> Kin {
    Kin {
        per_fault: 3,
        line: Some(line_for),
        costs: key!("larger quorums, n² messages, and a recovery when two ask at once"),
        after: &[
            After { fault: key!("two ask at once"), scenario: "fast-collision" },
            After { fault: key!("two ask at once, and the leader begins again"), scenario: "fast-restart" },
            After { fault: key!("too few are up for a fast round"), scenario: "fast-two-dead" },
        ],
        from: &[Descent {
            from: "basic",
            changes: &[
                (Aspect::Asks, key!("a client asks the acceptors itself, once the leader has opened a fast round")),
                (Aspect::Votes, key!("for the first request that arrives")),
                (Aspect::Told, key!("everybody hears each vote and counts")),
                (Aspect::Quorum, key!("any two fast quorums and a classic one share a process")),
            ],
        }],
    }
}
