//! PBFT, Practical Byzantine Fault Tolerance (Castro and Liskov, OSDI 1999): a ledger of many commands among n replicas, of
//! which f = ⌊(n − 1)/3⌋ may say anything. Messages are signed, and a certificate of 2f + 1 signed messages is what a promise
//! or a vote is where everybody is believed.
//!
//! | step | guard → update → send |
//! |---|---|
//! | REQUEST, at the primary | new, h < s ≤ h + L → s := the next place → PRE-PREPARE(v, s, d) to all |
//! | REQUEST, at a backup | from the client → start the timer → the request to the primary; executed already → REPLY |
//! | PRE-PREPARE | in v, from primary(v), h < s ≤ h + L, no other d accepted for (v, s) → log, start the timer → PREPARE(v, s, d) to all |
//! | PREPARE | in v, h < s ≤ h + L, not from primary(v) → log; with the PRE-PREPARE and 2f of different backups the replica is *prepared* → COMMIT(v, s, d) to all |
//! | COMMIT | in v, h < s ≤ h + L → log; prepared, and 2f + 1 → *committed-local* → execute in the order of places → REPLY |
//! | CHECKPOINT | after each K places; 2f + 1 equal, and executed so far → stable: h := s, forget the messages up to s |
//! | timer, or f + 1 VIEW-CHANGEs for later views | leave the view → VIEW-CHANGE(v′, h, C, P): C proves h, P has the certificate of each place above h |
//! | VIEW-CHANGE, at primary(v′) | 2f + 1 with good proofs, its own among them → NEW-VIEW(v′, V, O) |
//! | NEW-VIEW | V is good, and O computed from V is the same → enter v′ → PREPARE for each of O |
//! | 2f + 1 VIEW-CHANGEs for v′ | start the timer, with T, 2T, 4T, …: nothing is executed by then → v′ + 1 |
//!
//! In the engine's words view v is the ballot (v + 1).p, where p is its primary. The promise is the VIEW-CHANGE, a vote is a
//! COMMIT, and learning is being committed-local. A value stands for a request and for the digest of the request.
//!
//! Three things are our choice, because the paper leaves them open or has them in other sections: a replica asks for what it
//! misses (FETCH), and believes f + 1 equal answers; a replica that is in no view sends its VIEW-CHANGE again; and a replica
//! that has crashed remembers what it has accepted and prepared, but not the signatures, so it takes no part in view changes
//! until a stable checkpoint covers what it had prepared.
//!
//! This file has the replica's state, and hands each message to its step. `normal` is the normal case, `views` the view change,
//! `checkpoint` the checkpoints and what a replica fetches, `requests` the clients' side, `proof` what signed messages show,
//! and `row` the row of the registry.

mod checkpoint;
mod normal;
mod proof;
mod requests;
mod row;
mod views;

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::parliament::{Ledger, Written};
use super::{Basis, Claim, Effects, Guard, Input, Machine, Message, Payload, Setup, Slip, Storage};
use crate::types::{Ballot, Instance, NodeId, NodeSet, Sorted, Value, Vote};
use proof::{ballot_of, primary, view_of};
use row::{
    ACCEPTED, CHECKPOINT, COMMIT, ENTERED, FETCH, NEW_VIEW, PRE_PREPARE, PREPARE, PROMISED, READ, REQUEST, STABLE,
    STATE, VIEW, VIEW_CHANGE, VOTED, window,
};

pub(super) use row::PROTOCOL;

/// The most messages of later views or places that a replica keeps of one sender.
const KEPT_MAX: usize = 256;

#[derive(Clone)]
struct Replica {
    setup: Arc<Setup>,
    me: NodeId,
    state: State,
}

/// The setup is the same for the whole run, so only the state tells two machines of one node apart.
impl Hash for Replica {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.state.hash(hasher);
    }
}

#[derive(Clone, Hash)]
struct State {
    /// The view that the replica is in, or that it waits for.
    view: u32,
    /// Whether it has entered this view.
    is_active: bool,
    /// The largest ballot that the replica has promised or voted in.
    promised: Option<Ballot>,
    /// What the view rests on: nothing, or the VIEW-CHANGEs of its NEW-VIEW.
    basis: Basis,
    /// What the replica has logged for each place above the last stable checkpoint.
    places: Sorted<Instance, Place>,
    ledger: Ledger,
    /// The fingerprints of what the replica has executed, and of its state. This field and all fields below are volatile.
    history: u64,
    digest: u64,
    /// h: the last stable checkpoint, and the CHECKPOINTs that prove it.
    low: u32,
    proof: Arc<[Claim]>,
    /// The replicas that have sent a CHECKPOINT for this place with this fingerprint.
    checkpoints: Sorted<(Instance, u64), NodeSet>,
    /// The place of the last stable checkpoint or decree that others are known to have, and this replica misses.
    target: u32,
    /// What others say that they have executed.
    fetched: Sorted<(Instance, Vote), NodeSet>,
    /// The last place that the primary has given to a command in this view, and the commands that have a place.
    last: u32,
    ordered: Sorted<Value, ()>,
    /// The commands that wait to be executed, in the order in which the replica heard of them.
    pending: Vec<Value>,
    /// For each command, the place and the fingerprint with which the replica has last replied to it.
    replied: Sorted<Value, (Instance, u64)>,
    /// The last place that the replica had executed before it crashed.
    replayed: u32,
    /// The valid VIEW-CHANGEs for this view and later ones.
    changes: Sorted<(u32, NodeId), Message>,
    /// The NEW-VIEW that this replica has sent as the primary of its view.
    sent: Option<Message>,
    /// Messages of later views, or above the window.
    kept: Vec<(NodeId, Message)>,
    /// How many views the replica has left since it last executed something.
    failures: u32,
    is_waiting: bool,
    is_catching_up: bool,
}

/// What a replica has logged for one place.
#[derive(Clone, Hash, Default)]
struct Place {
    rounds: Sorted<Ballot, Logged>,
    /// The last certificate that the replica has had.
    prepared: Option<Prepared>,
}

impl Place {
    /// Whether the replica has accepted a PRE-PREPARE for this place.
    fn has_accepted(&self) -> bool {
        self.rounds.entries().iter().any(|(_, logged)| !logged.accepted.is_empty())
    }
}

/// What a replica has logged for one place in one view.
#[derive(Clone, Hash, Default)]
struct Logged {
    /// The value whose PRE-PREPARE the replica has accepted; several only where a rule is broken.
    accepted: Vec<Value>,
    prepares: Sorted<Value, NodeSet>,
    commits: Sorted<Value, NodeSet>,
    /// The values for which the replica is prepared.
    prepared: Vec<Value>,
}

/// A certificate: the PREPAREs of these replicas, besides the primary's PRE-PREPARE; none of them after a crash.
#[derive(Clone, Copy, Hash)]
struct Prepared {
    vote: Vote,
    prepares: NodeSet,
}

/// When a message counts.
enum When {
    Now,
    Later,
    Never,
}

impl Machine for Replica {
    fn step(&mut self, input: Input<'_>, effects: &mut Effects) {
        match input {
            Input::Start { again } => {
                self.execute(effects);
                self.state.replayed = self.state.ledger.first_missing().0 - 1;
                if again {
                    self.fetch(effects);
                }
            }
            Input::Leaders(_) => {}
            Input::Propose(value) => self.asked(self.me, value, effects),
            Input::Executed(executed) => self.executed(executed, effects),
            Input::Deliver { from, message } => self.deliver(from, message, effects),
            Input::Timer(timer) if timer.kind == VIEW => {
                self.state.is_waiting = false;
                self.overdue(effects);
            }
            Input::Timer(_) => {
                self.state.is_catching_up = false;
                self.catch_up(effects);
            }
        }
    }

    fn slip(&self) -> Option<Slip> {
        None
    }
}

impl Replica {
    fn open(setup: &Arc<Setup>, me: NodeId, storage: &Storage) -> Self {
        let own = Storage::default();
        let kept = if setup.remembers(me) { storage } else { &own };
        let of = |field| kept.get(field, Instance::FIRST).ballot.and_then(|ballot| view_of(setup, ballot)).unwrap_or(0);
        let (view, entered) = (of(PROMISED), of(ENTERED));
        let mut places: Sorted<Instance, Place> = Sorted::default();
        for (instance, vote) in kept.list(ACCEPTED).filter_map(|(instance, cell)| Some((instance, cell.vote()?))) {
            let place = places.entry(instance, Place::default);
            place.rounds.entry(vote.ballot, Logged::default).accepted.push(vote.value);
        }
        for (instance, vote) in kept.list(VOTED).filter_map(|(instance, cell)| Some((instance, cell.vote()?))) {
            let place = places.entry(instance, Place::default);
            place.rounds.entry(vote.ballot, Logged::default).prepared.push(vote.value);
            place.prepared = Some(Prepared { vote, prepares: NodeSet::EMPTY });
        }
        let low = storage.list(STABLE).last().map_or(0, |(instance, _)| instance.0);
        let is_active = view == entered;
        // A primary goes on after the last place that it has given to a command.
        let (mut last, mut ordered) = (low, Sorted::default());
        for (instance, place) in places.entries() {
            let given = place.rounds.get(&ballot_of(setup, view)).into_iter().flat_map(|logged| &logged.accepted);
            given.for_each(|value| {
                last = last.max(instance.0);
                ordered.set(*value, ());
            });
        }
        let state = State {
            view,
            is_active,
            promised: kept.get(PROMISED, Instance::FIRST).ballot,
            basis: Basis::Nothing,
            places,
            ledger: Ledger::open(storage),
            history: 0,
            digest: 0,
            low,
            proof: Arc::from([]),
            checkpoints: Sorted::default(),
            target: 0,
            fetched: Sorted::default(),
            last,
            ordered,
            pending: Vec::new(),
            replied: Sorted::default(),
            replayed: 0,
            changes: Sorted::default(),
            sent: None,
            kept: Vec::new(),
            failures: 0,
            is_waiting: false,
            is_catching_up: false,
        };
        Self { setup: Arc::clone(setup), me, state }
    }

    fn ballot(&self) -> Ballot {
        ballot_of(&self.setup, self.state.view)
    }

    fn primary(&self) -> NodeId {
        primary(&self.setup, self.state.view)
    }

    fn is_primary(&self) -> bool {
        self.state.is_active && self.primary() == self.me
    }

    /// Whether this process is a replica; other servers only learn.
    fn is_replica(&self) -> bool {
        self.setup.cast.acceptors.contains(self.me)
    }

    /// The replicas, this process among them if it is one.
    fn replicas(&self) -> NodeSet {
        self.setup.cast.acceptors
    }

    /// The replicas, and the processes that only learn.
    fn audience(&self) -> NodeSet {
        self.setup.cast.servers()
    }

    fn others(&self) -> NodeSet {
        self.replicas().without([self.me].into_iter().collect())
    }

    fn deliver(&mut self, from: NodeId, message: &Message, effects: &mut Effects) {
        let instance = message.instance;
        match (message.kind, message.ballot, &message.payload) {
            (REQUEST, _, Payload::Value(value)) => self.asked(from, *value, effects),
            (READ, _, Payload::Value(value)) => self.read(from, *value, effects),
            (PRE_PREPARE | PREPARE | COMMIT, Some(ballot), Payload::Value(value)) if self.replicas().contains(from) => {
                let vote = Vote { ballot, value: *value };
                match self.when(ballot, instance) {
                    When::Now => self.log(message.kind, from, instance, vote, effects),
                    When::Later => self.keep(from, message),
                    When::Never => {}
                }
            }
            (CHECKPOINT, _, Payload::Result(_, fingerprint)) => {
                self.checkpoint(from, instance, *fingerprint, effects);
            }
            (VIEW_CHANGE, Some(_), Payload::Proof(..)) => self.view_change(from, message, effects),
            (NEW_VIEW, Some(ballot), Payload::Proof(..)) => self.new_view(from, ballot, message, effects),
            (FETCH, ..) => self.tell(from, instance, effects),
            (STATE, _, Payload::Entries(entries)) => self.told(from, entries, effects),
            // Only clients read replies.
            _ => {}
        }
    }

    /// When a message of the normal case counts: now in the replica's view and within its window, later if it is ahead.
    fn when(&self, ballot: Ballot, instance: Instance) -> When {
        let Some(view) = view_of(&self.setup, ballot) else { return When::Never };
        if instance.0 <= self.state.low {
            return When::Never;
        }
        // A process that only learns is in every view.
        let is_old = self.is_replica() && view < self.state.view;
        let is_ahead =
            self.is_replica() && (view > self.state.view || view == self.state.view && !self.state.is_active);
        let is_above = instance.0 - self.state.low > window(&self.setup.choices) && self.setup.keeps(Guard::Window);
        if is_old && self.setup.keeps(Guard::Promise) {
            When::Never
        } else if is_ahead || is_above {
            When::Later
        } else {
            When::Now
        }
    }

    /// Keeps a message that is ahead of this replica, up to a bound for each sender.
    fn keep(&mut self, from: NodeId, message: &Message) {
        let of = self.state.kept.iter().filter(|(sender, _)| *sender == from);
        if of.count() < KEPT_MAX && !self.state.kept.iter().any(|(sender, kept)| *sender == from && kept == message) {
            self.state.kept.push((from, message.clone()));
        }
    }

    /// Takes the kept messages again, after the view or the window has moved.
    fn take_kept(&mut self, effects: &mut Effects) {
        for (from, message) in std::mem::take(&mut self.state.kept) {
            self.deliver(from, &message, effects);
        }
    }
}
