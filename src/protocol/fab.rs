//! Fast Byzantine Paxos, FaB (Martin and Alvisi, “Fast Byzantine Consensus”, 2006), parameterised FaB of the same paper, and a
//! ledger of FaB instances. Some processes may lie. A value is learned 2Δ after it is proposed, and 5f + 1 acceptors are the
//! price.
//!
//! | step | guard → update → send |
//! |---|---|
//! | propose | the leader of the first ballot wishes v → PROPOSE(pn, v) to all acceptors |
//! | accept | PROPOSE(pn, v, certificate) from leader(pn), pn ≥ `promised`, nothing accepted at pn or later; at a later ballot than the first: the certificate vouches for v → `promised` := pn, `accepted` := (pn, v) → ACCEPTED(pn, v) to all learners |
//! | learn | ⌈(a + 3f + 1)/2⌉ equal ACCEPTED(pn, v) → write v → LEARNED(pn, v) to all proposers, and the reply to clients |
//! | satisfied | LEARNED from ⌈(l + f + 1)/2⌉ learners → SATISFIED to all proposers, and the timer stops |
//! | suspect | T after the leader has proposed, or after a request: not satisfied → SUSPECT(pn) to all proposers |
//! | elect | SUSPECT(pn) from ⌈(p + f + 1)/2⌉ proposers → the regency is pn + 1; its leader: QUERY(pn + 1, those SUSPECTs) to all acceptors |
//! | report | QUERY(pn, proof) from leader(pn), pn ≥ `promised`, nothing accepted at pn or later, the proof is right → `promised` := pn → REP(pn, `accepted`), signed, to leader(pn) |
//! | recover | a − f REPs, the progress certificate → PROPOSE(pn, v, certificate) with a v for which it vouches |
//! | pull | a learner knows of something and of no outcome → PULL to all learners; f + 1 equal LEARNED → write v |
//!
//! Ballots are the paper's proposal numbers. Number pn belongs to proposer pn mod p (`sizes.rs`, where all thresholds are).
//! `certificate.rs` says what a certificate vouches for, `acceptor.rs` has the steps of acceptors, `proposer.rs` those of
//! proposers, and `row.rs` the three rows of the registry.
//!
//! The paper leaves open, and we choose: the timer doubles with each regency, up to 16Δ; a regency number is the ballot
//! number; a QUERY carries the SUSPECTs, so that no single liar makes acceptors promise a later ballot; acceptors ask for a
//! certificate also when they have accepted nothing yet; a proposer that f + 1 others are ahead of follows them; and who is
//! asked by a client and does not lead passes the request on to all proposers, so that all of them start their timers.

mod acceptor;
mod certificate;
mod proposer;
pub(super) mod row;
mod sizes;

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::acceptor::Acceptor;
use super::parliament::{Ledger, Written};
use super::synod::{LAST_TRIED, LEDGER};
use super::{Claim, Effects, Fact, Input, Kind, Machine, Message, Payload, Phase, Setup, Slip, Storage, TimerId};
use crate::quorum::Purpose;
use crate::types::{Ballot, Instance, NodeId, NodeSet, Sorted, Value, Vote};
use certificate::is_commit_proof;
use proposer::Leading;
use row::{
    ACCEPTED, COMMIT, COMMIT_PROOF, LEARNED, PROPOSE, PULL, QUERY, REP, REPLY, REQUEST, RETRY, RETRY_AFTER, SATISFIED,
    SUSPECT, Variant,
};
use sizes::Sizes;

#[derive(Clone)]
struct Fab {
    setup: Arc<Setup>,
    variant: &'static Variant,
    sizes: Sizes,
    me: NodeId,
    state: State,
}

/// The setup is the same for the whole run, so only the state tells two machines of one node apart.
impl Hash for Fab {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.state.hash(hasher);
    }
}

#[derive(Clone, Hash)]
struct State {
    /// The largest ballot that this process has led.
    last_tried: Option<Ballot>,
    acceptor: Acceptor,
    ledger: Ledger,
    /// The regency: the ballot whose leader this process follows. This field and all fields below are volatile.
    regency: Ballot,
    /// Who suspects the leader of each ballot, from the regency on.
    suspects: Sorted<Ballot, NodeSet>,
    /// Who has accepted what, as far as this process has heard.
    accepted: Sorted<(Instance, Vote), NodeSet>,
    /// The acceptor's own commit proof in each instance.
    proofs: Sorted<Instance, (Vote, Arc<[Claim]>)>,
    /// Who has shown a commit proof for what.
    proved: Sorted<(Instance, Vote), NodeSet>,
    /// Who says that it has learned what.
    learned: Sorted<(Instance, Vote), NodeSet>,
    /// Which proposers are satisfied.
    satisfied: Sorted<Instance, NodeSet>,
    /// The instances in which something was proposed: whether this proposer is satisfied.
    proposed: Sorted<Instance, bool>,
    /// The values that clients wish for and that are not in the ledger, in the order in which they came.
    wishes: Vec<Value>,
    /// The wishes of clients at this process.
    own: Vec<Value>,
    leading: Leading,
    is_timed: bool,
    /// Whether the timer of the regency begins anew in this step.
    is_renewed: bool,
    is_retrying: bool,
    /// Whether it has asked the learners for what it does not know.
    has_pulled: bool,
}

impl Machine for Fab {
    fn step(&mut self, input: Input<'_>, effects: &mut Effects) {
        let missing = self.state.ledger.first_missing();
        let mut is_late = false;
        match input {
            Input::Start { again } => self.start(again, effects),
            Input::Propose(wish) => self.propose(wish, effects),
            Input::Deliver { from, message } => {
                is_late = message.kind == PROPOSE && from != self.me;
                self.deliver(from, message, effects);
            }
            Input::Timer(timer) => self.timer(timer, effects),
            Input::Leaders(_) | Input::Executed(_) => return,
        }
        self.vote_for_wishes(effects);
        self.lead(effects);
        self.time(is_late, effects);
        self.watch(missing, effects);
    }

    fn slip(&self) -> Option<Slip> {
        let Leading::Querying { ballot, first, reports } = &self.state.leading else { return None };
        let collected = reports.iter().map(|claim| claim.by).collect();
        Some(Slip { ballot: *ballot, instance: *first, phase: Phase::OneB, collected })
    }
}

impl Fab {
    fn open(setup: &Arc<Setup>, variant: &'static Variant, me: NodeId, storage: &Storage) -> Self {
        let sizes = Sizes::of(setup, variant.has_proofs);
        let state = State {
            last_tried: storage.get(LAST_TRIED, Instance::FIRST).ballot,
            acceptor: Acceptor::open(setup, me, storage),
            ledger: Ledger::open(storage),
            regency: sizes.ballot(1 + u32::from(variant.is_open(setup)), variant.is_open(setup)),
            suspects: Sorted::default(),
            accepted: Sorted::default(),
            proofs: stored_proof(variant, storage),
            proved: Sorted::default(),
            learned: Sorted::default(),
            satisfied: Sorted::default(),
            proposed: Sorted::default(),
            wishes: Vec::new(),
            own: Vec::new(),
            leading: Leading::Nothing,
            is_timed: false,
            is_renewed: false,
            is_retrying: false,
            has_pulled: false,
        };
        Self { setup: Arc::clone(setup), variant, sizes, me, state }
    }

    /// Whether the first ballot is open: acceptors accept what clients send them.
    fn is_open(&self) -> bool {
        self.variant.is_open(&self.setup)
    }

    /// Whether certificates vouch by ballots: the repair of parameterised FaB.
    fn is_repaired(&self) -> bool {
        self.variant.is_repaired(&self.setup)
    }

    fn is_proposer(&self) -> bool {
        self.sizes.proposers.contains(self.me)
    }

    fn is_learner(&self) -> bool {
        self.setup.cast.learners.contains(self.me)
    }

    fn has_passed(&self, instance: Instance) -> bool {
        self.state.ledger.passed.get(&instance).is_some()
    }

    /// Whether the ledger has a decree after a place without one.
    fn has_gap(&self) -> bool {
        self.variant.is_log && self.state.ledger.last() >= self.state.ledger.first_missing().0
    }

    /// Nobody tells a process that comes back what was learned, so it asks.
    fn start(&mut self, again: bool, effects: &mut Effects) {
        if self.variant.is_log {
            self.execute(effects);
        }
        self.take_office(again, effects);
        if again {
            self.pull(effects);
        }
    }

    fn deliver(&mut self, from: NodeId, message: &Message, effects: &mut Effects) {
        let instance = message.instance;
        if !self.variant.is_log && instance != Instance::FIRST {
            return;
        }
        match (message.kind, message.ballot, &message.payload) {
            (PROPOSE, Some(ballot), Payload::Proof(Some(vote), claims)) if vote.ballot == ballot => {
                self.accept(from, instance, *vote, claims, effects);
            }
            (ACCEPTED, Some(ballot), Payload::Value(value)) => {
                self.accepted(from, instance, Vote { ballot, value: *value }, effects);
            }
            (COMMIT_PROOF, Some(_), Payload::Proof(Some(vote), claims)) => {
                self.proved(from, instance, *vote, claims, effects);
            }
            (LEARNED, Some(ballot), Payload::Value(value)) => {
                self.told(from, instance, Vote { ballot, value: *value }, effects);
            }
            (QUERY, Some(ballot), Payload::Proof(None, claims)) => self.rep(from, ballot, instance, claims, effects),
            (REP, Some(ballot), _) => self.reported(from, ballot, message, effects),
            (SUSPECT, Some(ballot), _) => self.suspected(from, ballot, effects),
            (SATISFIED, ..) => self.is_satisfied(from, instance),
            (PULL, ..) => self.tell(from, instance, effects),
            (REQUEST, _, Payload::Value(wish)) => self.requested(from, *wish, effects),
            // Liars may say anything, and only clients read replies.
            _ => {}
        }
    }

    fn timer(&mut self, timer: TimerId, effects: &mut Effects) {
        if timer.kind != RETRY {
            return self.suspect(effects);
        }
        self.state.is_retrying = false;
        for wish in self.state.own.clone() {
            self.hand_on(wish, effects);
        }
        self.pull(effects);
    }

    /// An ACCEPTED has come. A learner that has heard of enough equal ones knows that the value is learned.
    fn accepted(&mut self, from: NodeId, instance: Instance, vote: Vote, effects: &mut Effects) {
        if !self.setup.cast.acceptors.contains(from) {
            return;
        }
        let heard = self.state.accepted.entry((instance, vote), || NodeSet::EMPTY);
        heard.insert(from);
        let heard = *heard;
        if self.variant.has_proofs {
            self.prove(instance, vote, heard, effects);
        }
        if self.is_learner() && self.setup.performs(Phase::Three) && self.setup.is_quorum(Purpose::Pass, heard) {
            self.learn(instance, vote, effects);
        }
        self.look_for_collision(instance, effects);
    }

    /// Parameterised FaB: an acceptor that has heard of enough ACCEPTEDs for its own value has a commit proof, and shows it to
    /// all learners. Once it has reported to a later ballot it makes no proof any more, because its report had none.
    fn prove(&mut self, instance: Instance, vote: Vote, heard: NodeSet, effects: &mut Effects) {
        let is_own = self.state.acceptor.votes.get(&instance) == Some(&vote);
        let is_known = self.state.proofs.get(&instance).is_some_and(|(known, _)| *known == vote);
        let has_left = self.state.acceptor.next_bal > Some(vote.ballot);
        if !is_own || is_known || has_left || !self.setup.is_quorum(Purpose::Certify, heard) {
            return;
        }
        let claims = commit_proof(instance, vote, heard);
        self.state.proofs.set(instance, (vote, Arc::clone(&claims)));
        // One cell for each signer: a report after a crash has to carry the proof.
        heard.iter().for_each(|by| effects.persist(COMMIT, Instance(u32::from(by.0) + 1), vote.into()));
        effects.state(Fact::Certified(instance, vote, heard));
        let shown = message(COMMIT_PROOF, vote.ballot, instance, Payload::Proof(Some(vote), claims));
        effects.send_each(self.setup.cast.learners.iter(), &shown);
    }

    /// Parameterised FaB: a learner that has seen the commit proofs of enough acceptors knows that the value is learned.
    fn proved(&mut self, from: NodeId, instance: Instance, vote: Vote, claims: &[Claim], effects: &mut Effects) {
        let is_acceptor = self.setup.cast.acceptors.contains(from);
        if !self.variant.has_proofs || !is_acceptor || !is_commit_proof(&self.setup, claims, instance, vote) {
            return;
        }
        let shown = self.state.proved.entry((instance, vote), || NodeSet::EMPTY);
        shown.insert(from);
        let is_enough = self.setup.is_quorum(Purpose::Certify, *shown);
        if is_enough && self.is_learner() && self.setup.performs(Phase::Three) {
            self.learn(instance, vote, effects);
        }
    }

    /// A LEARNED has come: for a proposer that wants to be satisfied, or for a process that has pulled. Of f + 1 learners that
    /// say the same, one tells the truth.
    fn told(&mut self, from: NodeId, instance: Instance, vote: Vote, effects: &mut Effects) {
        if !self.setup.cast.learners.contains(from) {
            return;
        }
        let told = self.state.learned.entry((instance, vote), || NodeSet::EMPTY);
        told.insert(from);
        if told.len() > self.sizes.faults {
            if self.state.has_pulled {
                self.learn(instance, vote, effects);
            }
            // A proposer need not know, but what was learned is no wish any more.
            self.state.wishes.retain(|wish| *wish != vote.value);
        }
        self.satisfy(instance, effects);
    }

    /// A value is learned: the process writes it down, and tells the proposers. Ink cannot be undone: a different value, which
    /// can only come in a run with broken rules or too many liars, is only stated as a fact.
    fn learn(&mut self, instance: Instance, vote: Vote, effects: &mut Effects) {
        match self.state.ledger.write(instance, vote) {
            Written::Known => return,
            Written::Otherwise => return effects.state(Fact::Learned(instance, vote)),
            Written::New => {}
        }
        effects.persist(LEDGER, instance, vote.into());
        effects.state(Fact::Learned(instance, vote));
        if self.variant.is_log {
            self.state.wishes.retain(|wish| *wish != vote.value);
        } else {
            self.state.wishes.clear();
        }
        if self.is_learner() && self.setup.performs(Phase::Three) {
            let said = message(LEARNED, vote.ballot, instance, Payload::Value(vote.value));
            effects.send_each(self.sizes.proposers.iter(), &said);
        }
        if self.variant.is_log {
            self.execute(effects);
        } else {
            self.state.own.clear();
            self.reply_all(vote.value, effects);
        }
    }

    /// Executes the decrees that follow the executed ones without a gap, no command twice.
    fn execute(&mut self, effects: &mut Effects) {
        while let Some((instance, value)) = self.state.ledger.next() {
            let is_new = self.state.ledger.execute(value);
            effects.apply(instance, if is_new { value } else { Value::OLIVE_DAY });
            if self.state.own.contains(&value) {
                self.state.own.retain(|own| *own != value);
                effects.state(Fact::Answered(value));
            }
            if is_new {
                self.reply_all(value, effects);
            }
        }
    }

    /// A value does not tell who wished for it, so each learner replies to every client.
    fn reply_all(&self, value: Value, effects: &mut Effects) {
        if self.is_learner() {
            self.setup.cast.clients.iter().for_each(|client| reply(client, value, effects));
        }
    }

    /// A process asks what was learned, from this instance on.
    fn tell(&self, to: NodeId, first: Instance, effects: &mut Effects) {
        if !self.is_learner() || !self.setup.performs(Phase::Three) || self.setup.cast.clients.contains(to) {
            return;
        }
        for (instance, vote) in self.state.ledger.passed.from(&first) {
            effects.send(to, message(LEARNED, vote.ballot, *instance, Payload::Value(vote.value)));
        }
    }

    fn pull(&mut self, effects: &mut Effects) {
        self.state.has_pulled = true;
        let others = self.setup.cast.learners.without([self.me].into_iter().collect());
        let instance = if self.variant.is_log { self.state.ledger.first_missing() } else { Instance::FIRST };
        effects.send_each(others.iter(), &Message { instance, ..unnumbered(PULL, Payload::Empty) });
    }

    /// Starts or stops the `retry` timer: it runs as long as this process knows of something and not of the outcome. With every
    /// decree that it could execute, its wait begins anew.
    fn watch(&mut self, before: Instance, effects: &mut Effects) {
        let state = &self.state;
        let is_unknown = |instance: &Instance| !self.has_passed(*instance);
        let voted = state.acceptor.votes.entries().iter().map(|(instance, _)| *instance);
        let heard = state.accepted.entries().iter().map(|((instance, _), _)| *instance);
        let has_heard = self.is_learner() && voted.chain(heard).any(|instance| is_unknown(&instance));
        let is_waiting = has_heard || self.has_gap() || !state.own.is_empty() || self.has_work();
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

/// The ACCEPTEDs that these processes have signed.
fn commit_proof(instance: Instance, vote: Vote, signers: NodeSet) -> Arc<[Claim]> {
    let said = message(ACCEPTED, vote.ballot, instance, Payload::Value(vote.value));
    signers.iter().map(|by| Claim { by, message: said.clone() }).collect()
}

/// The acceptor's last commit proof, as its stable storage holds it: the signers whose cells have the latest vote.
fn stored_proof(variant: &Variant, storage: &Storage) -> Sorted<Instance, (Vote, Arc<[Claim]>)> {
    let mut proofs = Sorted::default();
    let cells = || storage.list(COMMIT).filter_map(|(signer, cell)| Some((NodeId((signer.0 - 1) as u8), cell.vote()?)));
    let last = cells().map(|(_, vote)| vote).max().filter(|_| variant.has_proofs);
    if let Some(vote) = last {
        let signers = cells().filter(|(_, of)| *of == vote).map(|(signer, _)| signer).collect();
        proofs.set(Instance::FIRST, (vote, commit_proof(Instance::FIRST, vote, signers)));
    }
    proofs
}

/// A message about this ballot of this instance.
fn message(kind: Kind, ballot: Ballot, instance: Instance, payload: Payload) -> Message {
    Message { kind, ballot: Some(ballot), instance, payload }
}

/// A message that is about no ballot.
fn unnumbered(kind: Kind, payload: Payload) -> Message {
    Message { kind, ballot: None, instance: Instance::FIRST, payload }
}

/// Sends a client its reply.
fn reply(client: NodeId, value: Value, effects: &mut Effects) {
    effects.send(client, unnumbered(REPLY, Payload::Value(value)));
}
