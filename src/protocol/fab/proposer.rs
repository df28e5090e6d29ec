//! The steps of FaB's proposers: requests, the leader's part, and the election of leaders by suspicion (Martin and Alvisi, §5).

use std::sync::Arc;

use super::acceptor::suspicion;
use super::certificate::Report;
use super::row::{PATIENCE, PATIENCE_MAX, REGENCY};
use super::{Fab, PROPOSE, QUERY, REQUEST, SATISFIED, message, reply, unnumbered};
use crate::protocol::{Basis, Claim, Effects, Fact, Message, Payload, Phase, TimerId};
use crate::types::{Ballot, Instance, NodeId, NodeSet, Sorted, Time, Value, Vote};

/// What a leader holds in volatile memory.
#[derive(Clone, Hash)]
pub(super) enum Leading {
    Nothing,
    /// QUERY was sent, for this instance and all later ones, and signed reports come in.
    Querying {
        ballot: Ballot,
        first: Instance,
        reports: Vec<Claim>,
    },
    /// The leader has its certificate, or needs none, and proposes.
    Proposing {
        ballot: Ballot,
        certificate: Arc<[Claim]>,
        /// What it has proposed in this ballot.
        begun: Sorted<Instance, Value>,
        /// The last instance that is known to the certificate.
        last: Instance,
    },
}

const TIMER: TimerId = TimerId { kind: REGENCY, number: 0 };

impl Fab {
    /// The first leader takes office without an election, unless it had done so before a crash.
    pub(super) fn take_office(&mut self, again: bool, effects: &mut Effects) {
        let ballot = self.state.regency;
        if ballot.owner() != self.me || self.state.last_tried.is_some() || !self.setup.performs(Phase::TwoA) {
            return;
        }
        effects.state(Fact::Leads(true));
        if self.is_open() && again {
            return;
        }
        if self.is_open() {
            // In the open ballot acceptors accept what clients send them.
            let (instance, ballot) = (Instance::FIRST, self.first_ballot());
            effects.state(Fact::Began { instance, ballot, value: None, basis: Basis::Nothing });
        } else {
            let (certificate, begun) = (Arc::from([]), Sorted::default());
            self.state.leading = Leading::Proposing { ballot, certificate, begun, last: Instance(0) };
        }
    }

    fn leads(&self) -> bool {
        self.state.regency.owner() == self.me && self.is_proposer()
    }

    /// A client of this process wishes for something.
    pub(super) fn propose(&mut self, wish: Value, effects: &mut Effects) {
        if self.is_answered(wish) {
            if self.variant.is_log {
                effects.state(Fact::Answered(wish));
            }
            return;
        }
        if !self.state.own.contains(&wish) {
            self.state.own.push(wish);
        }
        self.keep(wish);
        self.hand_on(wish, effects);
    }

    fn is_answered(&self, wish: Value) -> bool {
        if self.variant.is_log { self.state.ledger.has_executed(wish) } else { self.has_passed(Instance::FIRST) }
    }

    fn keep(&mut self, wish: Value) {
        let is_acceptor = self.setup.cast.acceptors.contains(self.me);
        let is_needed = self.is_proposer() || self.is_open() && is_acceptor;
        if is_needed && !self.state.wishes.contains(&wish) && !self.state.ledger.has(wish) {
            self.state.wishes.push(wish);
        }
    }

    /// Hands a client's wish to all proposers, unless this process leads; where the first ballot is open, to all acceptors, too.
    pub(super) fn hand_on(&self, wish: Value, effects: &mut Effects) {
        let open = if self.is_open() { self.setup.cast.acceptors } else { NodeSet::EMPTY };
        if self.leads() && !self.is_open() {
            return;
        }
        let others = self.sizes.proposers.union(open).without([self.me].into_iter().collect());
        effects.send_each(others.iter(), &unnumbered(REQUEST, Payload::Value(wish)));
    }

    /// A request has come, from a client or from the process that the client has asked.
    pub(super) fn requested(&mut self, from: NodeId, wish: Value, effects: &mut Effects) {
        let is_client = self.setup.cast.clients.contains(from);
        if self.is_answered(wish) {
            if is_client && self.is_learner() {
                let first = self.state.ledger.passed.get(&Instance::FIRST).map(|vote| vote.value);
                let value = if self.variant.is_log { Some(wish) } else { first };
                value.into_iter().for_each(|value| reply(from, value, effects));
            }
            return;
        }
        self.keep(wish);
        if is_client && !self.is_open() {
            self.hand_on(wish, effects);
        }
    }

    /// A leader with a certificate proposes what was wished for.
    pub(super) fn lead(&mut self, effects: &mut Effects) {
        let Leading::Proposing { ballot, certificate, begun, last } = &self.state.leading else { return };
        let ballot = *ballot;
        if !self.variant.is_log {
            // A leader that was elected proposes, whatever it has learned itself: others have not.
            let is_known = certificate.is_empty() && self.has_passed(Instance::FIRST);
            if !begun.is_empty() || is_known {
                return;
            }
            let wish = self.state.wishes.first().copied();
            let reports = self.reports(certificate, Instance::FIRST);
            if let Some(value) = self.rule().choose(&reports, self.sizes.faults, wish) {
                self.begin(Instance::FIRST, Vote { ballot, value }, effects);
            }
            return;
        }
        let is_begun = |wish: &Value| begun.entries().iter().any(|(_, value)| value == wish);
        let wishes: Vec<Value> = self.state.wishes.iter().filter(|wish| !is_begun(wish)).copied().collect();
        let known = begun.entries().last().map_or(Instance(0), |(instance, _)| *instance);
        let mut next = known.max(*last).max(Instance(self.state.ledger.last()));
        for value in wishes {
            next = next.next();
            self.begin(next, Vote { ballot, value }, effects);
        }
    }

    fn reports(&self, certificate: &[Claim], instance: Instance) -> Vec<Report> {
        let of = |claim: &Claim| self.report(claim, claim.message.ballot?, instance);
        certificate.iter().filter_map(of).collect()
    }

    fn begin(&mut self, instance: Instance, vote: Vote, effects: &mut Effects) {
        let Leading::Proposing { certificate, begun, .. } = &mut self.state.leading else { return };
        begun.set(instance, vote.value);
        let certificate = Arc::clone(certificate);
        self.try_ballot(vote.ballot, effects);
        let signers: NodeSet = certificate.iter().map(|claim| claim.by).collect();
        let basis = if signers.is_empty() { Basis::Nothing } else { Basis::Proof(signers) };
        let Vote { ballot, value } = vote;
        effects.state(Fact::Began { instance, ballot, value: Some(value), basis });
        self.state.proposed.entry(instance, || false);
        let said = message(PROPOSE, ballot, instance, Payload::Proof(Some(vote), certificate));
        effects.send_each(self.setup.cast.acceptors.union(self.sizes.proposers).iter(), &said);
    }

    /// The leader of this ballot asks what was accepted.
    fn query(&mut self, ballot: Ballot, effects: &mut Effects) {
        if self.state.last_tried >= Some(ballot) || !self.setup.performs(Phase::OneA) {
            return;
        }
        self.try_ballot(ballot, effects);
        effects.state(Fact::Tried(ballot));
        let first = if self.variant.is_log { self.state.ledger.first_missing() } else { Instance::FIRST };
        self.state.leading = Leading::Querying { ballot, first, reports: Vec::new() };
        let before = self.sizes.ballot(ballot.number() - 1, self.is_open());
        let suspects = self.state.suspects.get(&before).copied().unwrap_or_default();
        let claims = suspects.iter().map(|by| Claim { by, message: suspicion(before) }).collect();
        let said = message(QUERY, ballot, first, Payload::Proof(None, claims));
        effects.send_each(self.setup.cast.acceptors.iter(), &said);
    }

    /// A REP has come. With a − f of them the leader has its progress certificate, and proposes.
    pub(super) fn reported(&mut self, from: NodeId, ballot: Ballot, message: &Message, effects: &mut Effects) {
        let claim = Claim { by: from, message: message.clone() };
        let Leading::Querying { ballot: queried, first, .. } = self.state.leading else { return };
        let is_report = self.report(&claim, queried, first).is_some() && message.instance == first;
        if ballot != queried || !is_report || !self.setup.performs(Phase::TwoA) {
            return;
        }
        let Leading::Querying { reports, .. } = &mut self.state.leading else { return };
        if reports.iter().any(|known| known.by == from) {
            return;
        }
        reports.push(claim);
        if reports.len() < self.sizes.certificate {
            return;
        }
        let certificate: Arc<[Claim]> = std::mem::take(reports).into();
        let last = last_of(&certificate, self.sizes.faults);
        let begun = Sorted::default();
        self.state.leading = Leading::Proposing { ballot, certificate: Arc::clone(&certificate), begun, last };
        if !self.variant.is_log {
            return;
        }
        // Every reported place gets a value, and gaps between them a decree that changes nothing.
        let mut instance = first;
        while instance <= last {
            if !self.has_passed(instance) {
                let reports = self.reports(&certificate, instance);
                let choice = self.rule().choose(&reports, self.sizes.faults, Some(Value::OLIVE_DAY));
                let value = self.without_repeats(&reports, choice);
                self.begin(instance, Vote { ballot, value }, effects);
            }
            instance = instance.next();
        }
    }

    /// The value for a place: where no value can have been learned in it, and the choice has another place already, a decree
    /// that changes nothing.
    fn without_repeats(&self, reports: &[Report], choice: Option<Value>) -> Value {
        let value = choice.unwrap_or(Value::OLIVE_DAY);
        let Leading::Proposing { begun, .. } = &self.state.leading else { return value };
        let is_repeated = begun.entries().iter().any(|(_, known)| *known == value) || self.state.ledger.has(value);
        let is_free = self.rule().vouches(reports, Value::OLIVE_DAY);
        if is_repeated && is_free { Value::OLIVE_DAY } else { value }
    }

    /// LEARNEDs have come. A proposer that has heard of enough learners is satisfied, and says so.
    pub(super) fn satisfy(&mut self, instance: Instance, effects: &mut Effects) {
        if !self.is_proposer() || self.state.proposed.get(&instance) == Some(&true) {
            return;
        }
        let of = self.state.learned.from(&(instance, LOWEST)).iter().take_while(|((of, _), _)| *of == instance);
        let learners = of.fold(NodeSet::EMPTY, |all, (_, learners)| all.union(*learners));
        if learners.len() < self.sizes.satisfied {
            return;
        }
        self.settle(instance);
        let said = Message { instance, ..unnumbered(SATISFIED, Payload::Empty) };
        effects.send_each(self.sizes.proposers.iter(), &said);
    }

    /// A SATISFIED has come: when enough proposers are satisfied, there is nothing left to do for this instance.
    pub(super) fn is_satisfied(&mut self, from: NodeId, instance: Instance) {
        if !self.is_proposer() || !self.sizes.proposers.contains(from) {
            return;
        }
        let satisfied = self.state.satisfied.entry(instance, || NodeSet::EMPTY);
        satisfied.insert(from);
        if satisfied.len() >= self.sizes.regency {
            self.settle(instance);
        }
    }

    fn settle(&mut self, instance: Instance) {
        if self.state.proposed.get(&instance) == Some(&true) {
            return;
        }
        self.state.proposed.set(instance, true);
        if !self.variant.is_log {
            self.state.wishes.clear();
        }
        // With every step forward the timer begins anew.
        self.state.is_renewed = true;
    }

    /// Whether this proposer waits for the learners to learn.
    pub(super) fn has_work(&self) -> bool {
        let is_open = self.state.proposed.entries().iter().any(|(_, is_satisfied)| !is_satisfied);
        self.is_proposer() && (is_open || self.has_gap() || !self.state.wishes.is_empty())
    }

    /// T of this regency: it doubles with each regency, up to a bound that suffices where messages take at most Δ.
    fn patience(&self) -> Time {
        let regencies = (self.state.regency.number() - 1 - u32::from(self.is_open())).min(8);
        Time(PATIENCE.0 << regencies).min(PATIENCE_MAX)
    }

    /// Starts or stops the timer of the regency. T counts from when the leader has sent its PROPOSE, which was under way for
    /// up to Δ.
    pub(super) fn time(&mut self, is_late: bool, effects: &mut Effects) {
        let (is_needed, is_renewed) = (self.has_work(), std::mem::take(&mut self.state.is_renewed));
        if is_needed && (is_renewed || !self.state.is_timed) {
            let over = if is_late { Time::DELTA } else { Time::ZERO };
            effects.set_timer(TIMER, self.patience().since(over));
        } else if !is_needed && self.state.is_timed {
            effects.cancel_timer(TIMER);
        }
        self.state.is_timed = is_needed;
    }

    /// The timer has run out.
    pub(super) fn suspect(&mut self, effects: &mut Effects) {
        self.state.is_timed = false;
        if self.has_work() {
            if self.is_open() {
                // The leader may not have the wishes that clients have sent to this acceptor.
                self.state.wishes.iter().for_each(|wish| self.hand_on(*wish, effects));
            }
            effects.send_each(self.sizes.proposers.iter(), &suspicion(self.state.regency));
        }
    }

    /// A SUSPECT has come. Enough of them end the regency. Of f + 1 that are ahead one is correct, so that this proposer follows
    /// them.
    pub(super) fn suspected(&mut self, from: NodeId, ballot: Ballot, effects: &mut Effects) {
        let is_ballot = self.sizes.is_ballot(ballot, self.is_open());
        let are_proposers = self.is_proposer() && self.sizes.proposers.contains(from);
        if ballot < self.state.regency || !is_ballot || !are_proposers {
            return;
        }
        let suspects = self.state.suspects.entry(ballot, || NodeSet::EMPTY);
        suspects.insert(from);
        let count = suspects.len();
        if count >= self.sizes.regency {
            self.enter(self.sizes.ballot(ballot.number().saturating_add(1), self.is_open()), effects);
        } else if count > self.sizes.faults && ballot > self.state.regency {
            self.enter(ballot, effects);
        }
    }

    /// A regency begins.
    pub(super) fn enter(&mut self, ballot: Ballot, effects: &mut Effects) {
        let has_led = self.leads();
        self.state.regency = ballot;
        self.state.leading = Leading::Nothing;
        let before = self.sizes.ballot(ballot.number() - 1, self.is_open());
        let kept = self.state.suspects.from(&before).to_vec();
        self.state.suspects = Sorted::default();
        kept.into_iter().for_each(|(ballot, by)| self.state.suspects.set(ballot, by));
        self.state.is_renewed = true;
        if has_led != self.leads() {
            effects.state(Fact::Leads(self.leads()));
        }
        let suspects = self.state.suspects.get(&before).map_or(0, |by| by.len());
        if self.leads() && suspects >= self.sizes.regency {
            self.query(ballot, effects);
        }
    }

    /// Where the first ballot is open, acceptors may accept different values in one instance. When none of them can be learned
    /// any more, the first leader asks for reports.
    pub(super) fn look_for_collision(&mut self, instance: Instance, effects: &mut Effects) {
        let open = self.first_ballot();
        let is_mine = self.is_open() && self.leads() && self.state.regency.number() == open.number() + 1;
        if !is_mine || self.has_passed(instance) || !matches!(self.state.leading, Leading::Nothing) {
            return;
        }
        let of = self.state.accepted.from(&(instance, LOWEST)).iter().take_while(|((of, _), _)| *of == instance);
        let votes: Vec<NodeSet> = of.filter(|((_, vote), _)| vote.ballot == open).map(|(_, by)| *by).collect();
        let heard = votes.iter().fold(NodeSet::EMPTY, |all, by| all.union(*by));
        let outside = self.setup.cast.acceptors.without(heard);
        let can_be_learned = |by: &NodeSet| self.setup.is_quorum(crate::quorum::Purpose::Pass, by.union(outside));
        if votes.len() > 1 && !votes.iter().any(can_be_learned) {
            self.query(self.state.regency, effects);
        }
    }
}

/// Below every vote.
const LOWEST: Vote = Vote { ballot: Ballot::new(1, NodeId(0)), value: Value(0) };

/// The last instance of which more reports speak than there can be liars: nothing was learned in a later one.
fn last_of(certificate: &[Claim], faults: usize) -> Instance {
    let mut said: Sorted<Instance, usize> = Sorted::default();
    for claim in certificate {
        let Payload::Proof(_, own) = &claim.message.payload else { continue };
        let mut places: Sorted<Instance, ()> = Sorted::default();
        own.iter().filter(|said| said.by == claim.by).for_each(|said| places.set(said.message.instance, ()));
        places.entries().iter().for_each(|(instance, ())| *said.entry(*instance, || 0) += 1);
    }
    let sure = said.entries().iter().rfind(|(_, count)| *count > faults);
    sure.map_or(Instance(0), |(instance, _)| *instance)
}
