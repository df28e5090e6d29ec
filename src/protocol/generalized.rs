//! Generalized Paxos (Lamport, “Generalized Consensus and Paxos”, 2005): processes agree on one growing history of commands
//! (`history.rs`). Commands that do not conflict need no order, so acceptors that hear of them in different orders still agree
//! after 2Δ. Only commands that conflict can collide.
//!
//! | step | guard → update → send |
//! |---|---|
//! | propose | a client wishes C → Request(C) to all acceptors and to the leader |
//! | 1a | a leader chooses m → `lastTried` := m → NextBallot(m) to all acceptors |
//! | 1b | NextBallot(m), m > `nextBal` → `nextBal` := m → LastVote(m, `prevVote`) |
//! | 2a | LastVote(m, ·) from a quorum, m = `lastTried` → v := ProvedSafe → BeginBallot(m, v) |
//! | 2a, classic | Request(C), v begun in m → v := v • C → BeginBallot(m, v) |
//! | 2b | BeginBallot(m, v), m ≥ `nextBal`, no vote in m or its history ⊑ v → `nextBal` := m, `prevVote` := (m, v) → Voted(m, v) |
//! | 2b, fast | Request(C), `prevVote` = (m, v), m = `nextBal`, m fast → `prevVote` := (m, v • C) → Voted(m, v • C) |
//! | learn | a part of the histories that a quorum of m has voted for → learned := learned ⊔ that part |
//!
//! `prevVote` is the paper's (bal, val). The numbers of ballots are those of Fast Paxos (`rounds.rs`): after a fast ballot m
//! comes the classic ballot m + 1 of the same leader. Two acceptors collide in m when their histories are not compatible. Then
//! the leader begins m + 1: with the votes of m for promises of m + 1 (`coordinated`), or from its beginning (`restart`).
//!
//! A vote of m can stand for a promise of m + 1 only if it is the voter's last one in m. In Fast Paxos every vote is; here an
//! acceptor may go on appending. So an acceptor that appends a command after one that conflicts with it, and that it has not
//! learned yet, promises m + 1 at once: it sends VotedLast instead of Voted, and appends no more. The leader takes only such
//! votes for promises.
//!
//! `generalized/safe.rs` has ProvedSafe. The paper leaves open what acceptors do with commands that they cannot append yet:
//! here they keep them. It also leaves open how a process hears of what it has missed: here it asks (`retry`).

mod leader;
mod row;
mod safe;

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::acceptor::{Acceptor, VoteGuard};
use super::history::has;
use super::rounds::{round, successor};
use super::synod::{BEGIN_BALLOT, LAST_TRIED, LAST_VOTE, LEDGER, NEXT_BALLOT, REPLY, REQUEST, SUCCESS, VOTED, message};
use super::{
    Effects, Fact, Guard, Histories, Input, Kind, Machine, Message, Payload, Phase, Setup, Slip, Storage, Structure,
    TimerId,
};
use crate::quorum::{Purpose, Round};
use crate::types::{Ballot, Instance, NodeId, NodeSet, Renaming, Sorted, Time, Value, Vote};
use leader::Leading;
pub(super) use row::PROTOCOL;

const NACK: Kind = Kind(7);
const VOTED_LAST: Kind = Kind(8);
const ASK: Kind = Kind(9);

const STRUCTURE: usize = 1;
const BALLOTS: usize = 2;
const BALLOTS_CLASSIC: u8 = 1;

/// The promises for the process's own ballot are overdue.
const PHASE_1: u8 = 0;
/// The votes in the process's own classic ballot are overdue.
const PHASE_2: u8 = 1;
/// A command has not been learned in the process's own fast ballot.
const FAST_BALLOT: u8 = 2;
/// The process knows of a command, and does not know the outcome.
const RETRY: u8 = 3;

/// How long a leader waits for promises or votes.
const PATIENCE: Time = Time::deltas(2);
/// After how long a process asks again: longer than any recovery takes when nothing else goes wrong.
const RETRY_AFTER: Time = Time::deltas(8);

/// What the choices of the options make of the values.
fn structure(choices: &[u8]) -> Structure {
    match choices.get(STRUCTURE) {
        Some(1) => Structure::Sequence,
        Some(2) => Structure::Single,
        _ => Structure::History,
    }
}

#[derive(Clone)]
struct Generalized {
    setup: Arc<Setup>,
    histories: Histories,
    me: NodeId,
    state: State,
}

/// The setup is the same for the whole run, so only the state tells two machines of one node apart.
impl Hash for Generalized {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.state.hash(hasher);
    }
}

#[derive(Clone, Hash)]
struct State {
    last_tried: Option<Ballot>,
    acceptor: Acceptor,
    /// The history that the process has learned, and the ballot by which it last grew.
    learned: Option<Vote>,
    /// The learned commands in the order in which this process executes them.
    executed: Vec<Value>,
    /// The commands that have been proposed to this process and that it has not learned, in the order in which they came.
    /// This field and all fields below are volatile.
    props: Vec<Value>,
    /// The clients that wait for a command, which this process has not executed.
    clients: Vec<(NodeId, Value)>,
    /// The commands of clients at this process.
    own: Vec<Value>,
    /// What this process has heard of the votes, by ballot, in the order in which the voters first came.
    votes: Sorted<Ballot, Vec<Heard>>,
    /// Histories that passed and do not go together with the learned one: only in a run with broken rules.
    wrong: Vec<Value>,
    /// The largest ballot that a Nack has named.
    seen: Option<Ballot>,
    leads: bool,
    leading: Leading,
    is_retrying: bool,
}

/// The last vote of an acceptor in a ballot, as far as it was heard.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Heard {
    node: NodeId,
    value: Value,
    /// Whether the acceptor votes in the ballot no more.
    is_last: bool,
}

impl Machine for Generalized {
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
            Leading::Balloting { ballot, .. } => (Phase::TwoB, self.voters(*ballot)),
        };
        Some(Slip { ballot, instance: Instance::FIRST, phase, collected })
    }

    fn renamed(&self, names: &Renaming) -> Option<Box<dyn Machine>> {
        let mut renamed = self.clone();
        renamed.me = names.of(self.me);
        let state = &mut renamed.state;
        state.clients.iter_mut().for_each(|(client, _)| *client = names.of(*client));
        state.leading.rename(names);
        let votes = std::mem::take(&mut state.votes).into_entries();
        for (ballot, mut heard) in votes {
            heard.iter_mut().for_each(|heard| heard.node = names.of(heard.node));
            state.votes.set(ballot, heard);
        }
        Some(Box::new(renamed))
    }
}

impl Generalized {
    fn open(setup: &Arc<Setup>, me: NodeId, storage: &Storage) -> Self {
        let histories = setup.histories.expect("the row says which");
        let ledger: Vec<Vote> = storage.list(LEDGER).filter_map(|(_, cell)| cell.vote()).collect();
        let executed: Vec<Value> = ledger.iter().map(|vote| vote.value).collect();
        let value = histories.append_all(Value::BOTTOM, executed.iter().copied());
        let state = State {
            last_tried: storage.get(LAST_TRIED, Instance::FIRST).ballot,
            acceptor: Acceptor::open(setup, me, storage),
            learned: ledger.last().map(|vote| Vote { ballot: vote.ballot, value }),
            executed,
            props: Vec::new(),
            clients: Vec::new(),
            own: Vec::new(),
            votes: Sorted::default(),
            wrong: Vec::new(),
            seen: None,
            leads: false,
            leading: Leading::Nothing,
            is_retrying: false,
        };
        Self { setup: Arc::clone(setup), histories, me, state }
    }

    /// The processes to which commands go: the acceptors, and those who may lead.
    fn asked(&self) -> NodeSet {
        self.setup.cast.asked()
    }

    /// The processes to which votes in this ballot go: the learners, and the ballot's owner, who looks for collisions.
    fn hearers(&self, ballot: Ballot) -> NodeSet {
        self.setup.cast.learners.union([ballot.owner()].into_iter().collect())
    }

    /// Whether this process has to know what has passed: because it is a learner, because it leads, or for its clients.
    fn has_to_know(&self) -> bool {
        !self.state.own.is_empty() || self.state.leads || self.setup.cast.learners.contains(self.me)
    }

    fn learned(&self) -> Value {
        self.state.learned.map_or(Value::BOTTOM, |vote| vote.value)
    }

    /// Whether this command may still be learned.
    fn is_open(&self, command: Value) -> bool {
        !has(self.learned(), command) && !self.histories.is_full(self.learned())
    }

    /// The commands that this process knows of and has not learned: those that were proposed to it, and then those in the votes
    /// that it has heard of.
    fn known(&self) -> Vec<Value> {
        let mut known = self.state.props.clone();
        for value in self.state.votes.entries().iter().flat_map(|(_, heard)| heard).map(|heard| heard.value) {
            for command in value.commands().iter().filter(|command| self.is_open(**command)) {
                if !known.contains(command) {
                    known.push(*command);
                }
            }
        }
        known
    }

    /// Whether this process knows of a command that may still be learned.
    fn is_waiting(&self) -> bool {
        let state = &self.state;
        let voted = state.acceptor.votes.get(&Instance::FIRST).map(|vote| vote.value);
        let heard = state.votes.entries().iter().flat_map(|(_, heard)| heard).map(|heard| heard.value);
        let is_open = |command: &Value| self.is_open(*command);
        state.props.iter().chain(&state.own).any(is_open)
            || voted.into_iter().chain(heard).any(|value| value.commands().iter().any(is_open))
    }

    /// A process that comes up executes what it has learned. One that comes back asks what it has missed, because nobody tells
    /// it unasked.
    fn start(&mut self, again: bool, effects: &mut Effects) {
        for (place, command) in (1..).zip(&self.state.executed) {
            effects.apply(Instance(place), *command);
        }
        if again && self.has_to_know() {
            self.ask(effects);
        }
    }

    /// A client of this process wishes for a command.
    fn propose(&mut self, wish: Value, effects: &mut Effects) {
        if !self.is_open(wish) {
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
                let value = self.history(*value);
                self.vote(from, Vote { ballot, value }, effects);
            }
            (kind @ (VOTED | VOTED_LAST), Some(ballot), Payload::Value(value)) => {
                let heard = Heard { node: from, value: self.history(*value), is_last: kind == VOTED_LAST };
                self.voted(ballot, heard, effects);
            }
            (SUCCESS, Some(ballot), Payload::Value(value)) => {
                let value = self.history(*value);
                self.learn(ballot, [value], effects);
            }
            (REQUEST, _, Payload::Value(wish)) => self.proposed(from, *wish, effects),
            (NACK, _, Payload::Ballot(bound)) => self.state.seen = self.state.seen.max(Some(*bound)),
            (ASK, ..) => self.tell(from, effects),
            // Only clients read replies.
            (kind, ..) => debug_assert!(kind == REPLY || kind == NACK, "not a message of this protocol: {message:?}"),
        }
    }

    /// The history that a message carries. A message that a script made up carries a command.
    fn history(&self, value: Value) -> Value {
        if value.is_history() { value } else { self.histories.append(Value::BOTTOM, value) }
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

    /// Step 1b. An acceptor that has given this promise with its last vote in the ballot before gives it again.
    fn last_vote(&mut self, from: NodeId, ballot: Ballot, effects: &mut Effects) {
        if !self.setup.accepts(self.me, Phase::OneB) {
            return;
        }
        let granted = self.state.acceptor.promise(&self.setup, ballot, Instance::FIRST, false, effects);
        let vote = self.state.acceptor.votes.get(&Instance::FIRST).copied();
        match granted {
            Err(bound) if bound > Some(ballot) => self.refuse(from, ballot, bound, effects),
            Err(_) if vote.is_some_and(|vote| vote.ballot >= ballot) => {}
            Ok(()) | Err(_) => effects.send(from, message(LAST_VOTE, ballot, Payload::LastVote(vote))),
        }
    }

    /// A command has come from a client or from another process's client.
    fn proposed(&mut self, from: NodeId, wish: Value, effects: &mut Effects) {
        let is_client = self.setup.cast.clients.contains(from);
        if !self.is_open(wish) {
            return if is_client { self.reply(from, wish, effects) } else { self.tell(from, effects) };
        }
        if is_client && !self.state.clients.contains(&(from, wish)) {
            self.state.clients.push((from, wish));
        }
        if !self.state.props.contains(&wish) {
            self.state.props.push(wish);
        }
        self.append(effects);
        self.command_has_come(effects);
    }

    /// Step 2b in a fast ballot.
    fn append(&mut self, effects: &mut Effects) {
        let Some(vote) = self.state.acceptor.votes.get(&Instance::FIRST).copied() else { return };
        let may_append = Some(vote.ballot) == self.state.acceptor.next_bal && self.setup.accepts(self.me, Phase::TwoB);
        if !may_append || round(&self.setup, vote.ballot) != Round::Fast {
            return;
        }
        let (value, is_last) = self.appended(vote.value);
        if value != vote.value {
            self.cast(Vote { value, ..vote }, is_last, effects);
        }
    }

    /// This history with the proposed commands appended, and whether the acceptor then has to stop: because the last command
    /// conflicts with one that it has not learned, or because the history is full.
    fn appended(&self, history: Value) -> (Value, bool) {
        let proposed: Vec<Value> = self.state.props.iter().copied().filter(|command| !has(history, *command)).collect();
        // TR 2005-33 forgets to forbid this: appending commands that nobody has proposed.
        let is_unheard = |command: &Value| !has(history, *command) && !proposed.contains(command);
        let makes_up = !proposed.is_empty() && !self.setup.keeps(Guard::Proposed);
        let others = Histories::all().filter(|command| makes_up && is_unheard(command)).take(1);
        let mut appended = history;
        for command in proposed.iter().copied().chain(others) {
            let before = appended;
            appended = self.histories.append(appended, command);
            let is_new = |other: &Value| !has(self.learned(), *other) && self.histories.conflict(*other, command);
            let is_last = before.commands().iter().any(is_new) || self.histories.is_full(appended);
            if appended != before && is_last && self.setup.keeps(Guard::LastVote) {
                return (appended, true);
            }
        }
        (appended, false)
    }

    /// Step 2b: the leader's history has come. In a ballot in which the acceptor has voted, an older history changes nothing.
    fn vote(&mut self, from: NodeId, begun: Vote, effects: &mut Effects) {
        if !self.setup.accepts(self.me, Phase::TwoB) {
            return;
        }
        let bound = self.state.acceptor.next_bal;
        if Some(begun.ballot) < bound && self.setup.keeps(Guard::Promise) {
            return self.refuse(from, begun.ballot, bound, effects);
        }
        let last = self.state.acceptor.votes.get(&Instance::FIRST).copied();
        if let Some(last) = last.filter(|last| last.ballot == begun.ballot) {
            let grows = self.histories.extends(begun.value, last.value) || !self.setup.keeps(Guard::Grow);
            if !grows || begun.value == last.value {
                return;
            }
        }
        let is_fast = round(&self.setup, begun.ballot) == Round::Fast;
        let (value, is_last) = if is_fast { self.appended(begun.value) } else { (begun.value, false) };
        self.cast(Vote { value, ..begun }, is_last, effects);
    }

    /// Writes the vote down and tells it. A vote for no command at all says nothing to anybody, so it is not sent.
    fn cast(&mut self, vote: Vote, is_last: bool, effects: &mut Effects) {
        let granted = self.state.acceptor.vote(&self.setup, Instance::FIRST, vote, VoteGuard::Relaxed, effects).is_ok();
        debug_assert!(granted, "the callers have asked for the guard");
        let next = successor(&self.setup, vote.ballot).filter(|_| is_last);
        if let Some(next) = next {
            let _ = self.state.acceptor.promise(&self.setup, next, Instance::FIRST, false, effects);
        }
        if vote.value != Value::BOTTOM {
            let kind = if next.is_some() { VOTED_LAST } else { VOTED };
            effects
                .send_each(self.hearers(vote.ballot).iter(), &message(kind, vote.ballot, Payload::Value(vote.value)));
        }
    }

    /// A vote has come. Votes of one acceptor may overtake each other: the largest one counts.
    fn voted(&mut self, ballot: Ballot, heard: Heard, effects: &mut Effects) {
        let known = self.state.votes.entry(ballot, Vec::new);
        match known.iter_mut().find(|known| known.node == heard.node) {
            Some(known) => {
                known.value = known.value.max(heard.value);
                known.is_last |= heard.is_last;
            }
            None => known.push(heard),
        }
        if self.has_to_know() && self.setup.performs(Phase::Three) {
            let passed = self.passed(ballot);
            self.learn(ballot, passed, effects);
        }
        self.vote_has_come(ballot, effects);
    }

    /// The parts of histories that a quorum has voted for in this ballot, the smaller ones first.
    fn passed(&self, ballot: Ballot) -> Vec<Value> {
        let counts = |of: Ballot| of == ballot || !self.setup.keeps(Guard::OneBallot);
        let ballots = self.state.votes.entries().iter().filter(|(of, _)| counts(*of));
        let heard: Vec<&Heard> = ballots.flat_map(|(_, heard)| heard).collect();
        let system = self.setup.quorums.get(Purpose::Pass, round(&self.setup, ballot));
        let has_passed = |part: &Value| {
            let voters = heard.iter().filter(|heard| self.histories.extends(heard.value, *part));
            system.is_quorum(voters.map(|heard| heard.node).collect())
        };
        let mut parts: Sorted<(usize, Value), ()> = Sorted::default();
        let is_news = |value: &Value| value.commands().iter().any(|command| !has(self.learned(), *command));
        for value in heard.iter().map(|heard| heard.value).filter(is_news) {
            for part in self.histories.prefixes(value) {
                parts.set((part.commands().len(), part), ());
            }
        }
        parts.into_entries().into_iter().map(|((_, part), ())| part).filter(has_passed).collect()
    }

    /// The processes whose votes in this ballot have come.
    fn voters(&self, ballot: Ballot) -> NodeSet {
        self.heard(ballot).iter().map(|heard| heard.node).collect()
    }

    fn heard(&self, ballot: Ballot) -> &[Heard] {
        self.state.votes.get(&ballot).map_or(&[], Vec::as_slice)
    }

    /// These histories have passed: the learned history grows, and the process executes the new commands and answers who
    /// waits for them. Ink cannot be undone: a history that does not go together with the learned one, which can only come in
    /// a run with broken rules, is only stated as a fact.
    fn learn(&mut self, ballot: Ballot, passed: impl IntoIterator<Item = Value>, effects: &mut Effects) {
        let before = self.learned();
        let (value, wrong) = self.histories.join(before, passed);
        if value != before {
            self.grow(Vote { ballot, value }, effects);
        }
        if let Some(wrong) = wrong.filter(|wrong| !self.state.wrong.contains(wrong)) {
            self.state.wrong.push(wrong);
            effects.state(Fact::Learned(Instance::FIRST, Vote { ballot, value: wrong }));
        }
    }

    fn grow(&mut self, learned: Vote, effects: &mut Effects) {
        let known = self.state.executed.len();
        let before = self.learned();
        let new = learned.value.commands().iter().copied().filter(|command| !has(before, *command)).collect::<Vec<_>>();
        self.state.learned = Some(learned);
        self.state.executed.extend(&new);
        let new: Vec<(Instance, Value)> = (known as u32 + 1..).map(Instance).zip(new).collect();
        for (place, command) in &new {
            effects.persist(LEDGER, *place, Vote { ballot: learned.ballot, value: *command }.into());
        }
        effects.state(Fact::Learned(Instance::FIRST, learned));
        for (place, command) in &new {
            effects.apply(*place, *command);
            if self.state.own.contains(command) {
                effects.state(Fact::Answered(*command));
            }
            let is_of = |(_, wish): &(NodeId, Value)| wish == command;
            let waiting: Vec<NodeId> =
                self.state.clients.iter().filter(|client| is_of(client)).map(|(client, _)| *client).collect();
            self.state.clients.retain(|client| !is_of(client));
            waiting.into_iter().for_each(|client| self.reply(client, *command, effects));
        }
        self.forget();
        self.progress(effects);
    }

    /// Forgets what has nothing more to say: learned commands, and votes that have only learned commands. The leader of a
    /// ballot needs all its votes.
    fn forget(&mut self) {
        let learned = self.learned();
        let is_full = self.histories.is_full(learned);
        let is_open = |command: &Value| !has(learned, *command) && !is_full;
        let state = &mut self.state;
        state.props.retain(is_open);
        state.own.retain(is_open);
        let own = match &state.leading {
            Leading::Balloting { ballot, .. } => Some(*ballot),
            Leading::Nothing | Leading::Asking { .. } => None,
        };
        for (ballot, mut heard) in std::mem::take(&mut state.votes).into_entries() {
            heard.retain(|heard| Some(ballot) == own || heard.value.commands().iter().any(is_open));
            if !heard.is_empty() {
                state.votes.set(ballot, heard);
            }
        }
    }

    /// Tells another process what this process has learned.
    fn tell(&self, to: NodeId, effects: &mut Effects) {
        if let Some(vote) = self.state.learned.filter(|_| self.setup.performs(Phase::Three)) {
            effects.send(to, message(SUCCESS, vote.ballot, Payload::Value(vote.value)));
        }
    }

    fn reply(&self, client: NodeId, command: Value, effects: &mut Effects) {
        if has(self.learned(), command) {
            effects.send(client, unnumbered(REPLY, Payload::Value(command)));
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

    /// Starts or stops the `retry` timer: it runs as long as this process knows of a command and not of the outcome.
    fn watch(&mut self, effects: &mut Effects) {
        let is_waiting = self.has_to_know() && self.is_waiting();
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

/// A message that is about no ballot.
fn unnumbered(kind: Kind, payload: Payload) -> Message {
    Message { kind, ballot: None, instance: Instance::FIRST, payload }
}
