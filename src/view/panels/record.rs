//! What the panels need to know about a run, written down once. Everything is kept with the event in which it happened,
//! so every panel can look up what was known at the cursor, however long the run is.

use crate::latency::{Chosen, Decision, Setback, Unanswered};
use crate::protocol::{Fact, Vocabulary};
use crate::quorum::Round;
use crate::report::unanswered_text;
use crate::scenario::Scenario;
use crate::session::{Played, Session};
use crate::tongue::key;
use crate::trace::{Event, EventId, Trace, What, describe_value};
use crate::types::{Ballot, Instance, NodeId, NodeSet, Sorted, Symbols, Value};

/// The record of one run. It is kept for as long as the run stays the same.
#[derive(Clone, Default, Debug)]
pub struct Record {
    /// How many events have been read.
    read: usize,
    /// Whether these are all events of the run, and what became of its ballots is known.
    is_whole: bool,
    /// The ballots of β, in the order begun.
    pub(super) begun: Vec<Begun>,
    /// The place in `begun` of a ballot with this decree, or, without a decree, with any.
    places: Sorted<(Instance, Ballot, Option<Value>), usize>,
    /// The place in `begun` of each ballot whose decrees the voters choose, for the first instance that it is for.
    free: Sorted<Ballot, usize>,
    /// The numbers that were tried, in the order tried.
    pub(super) tried: Vec<(EventId, Ballot)>,
    /// The event in which each number's first ballot was begun.
    first_begun: Sorted<Ballot, EventId>,
    /// The first refusal of each ballot because of a larger one: the event, the node that refused, and the larger
    /// ballot.
    refused: Sorted<Ballot, (EventId, NodeId, Ballot)>,
    /// What stopped the ballots that came to nothing.
    setbacks: Sorted<Ballot, Setback>,
    /// The same ballots, by the event from which on the reason is known.
    pub(super) abandoned: Sorted<(EventId, Ballot), Setback>,
    /// For each instance and decree, the events in which processes first learned that decree there.
    learned: Sorted<(Instance, Value), Vec<(EventId, NodeId)>>,
    /// The decrees with their instances, in the order in which somebody first learned each of them.
    pub(super) decided: Vec<(EventId, Instance, Value)>,
    /// The first decree that somebody learned in each instance, and the event.
    first: Sorted<Instance, (EventId, Value)>,
    /// The highest instance about which something is known, each time that it grows.
    top: Vec<(EventId, Instance)>,
    /// For each decree and process, the event in which a client of the process had the decree as its answer.
    answered: Sorted<(Value, NodeId), EventId>,
    /// The event in which each instance was first executed.
    applied: Sorted<Instance, EventId>,
    /// The event in which each command was first executed.
    executed: Sorted<Value, EventId>,
    /// The smallest history that extends all that was learned, each time that it grows.
    longest: Vec<(EventId, Value)>,
}

/// A sentence, and the event that it is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Told {
    /// The event.
    pub event: EventId,
    /// The sentence.
    pub text: String,
}

/// A ballot of β.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Begun {
    /// Its step 2a.
    pub(super) event: EventId,
    pub(super) by: NodeId,
    pub(super) instance: Instance,
    pub(super) ballot: Ballot,
    /// Its decree; none where voters choose.
    pub(super) value: Option<Value>,
    pub(super) quorum: NodeSet,
    /// The votes in it: the events, the voters and their decrees, in the order of events.
    pub(super) votes: Vec<(EventId, NodeId, Value)>,
}

impl Begun {
    /// The decree for which it was begun.
    pub(super) fn decree(&self, words: Vocabulary, symbols: &Symbols) -> String {
        self.value.map_or_else(|| words.fill(key!("any {decree}")), |value| describe_value(words, symbols, value))
    }
}

impl Record {
    /// Reads a run, as far as it has been run.
    pub fn of(played: &Played) -> Self {
        let mut record = Self::default();
        record.read_on(played);
        record
    }

    /// Reads the events that the run has got since the last call.
    pub fn read_on(&mut self, played: &Played) {
        let events = played.trace().events();
        for (place, event) in (self.read..events.len()).zip(events.range(self.read..events.len())) {
            self.take(&played.trace().scenario, EventId(place as u32), event);
        }
        self.read = events.len();
        if self.is_whole || !played.is_judged() {
            return;
        }
        self.is_whole = true;
        let last = EventId((self.read as u32).saturating_sub(1));
        for abandoned in &played.ballots.abandoned {
            let known = self.refused.get(&abandoned.ballot).map(|(event, ..)| *event);
            // That something never happens is known only at the end of the run.
            let known = known.filter(|_| matches!(abandoned.why, Setback::Refused(..))).unwrap_or(last);
            self.abandoned.set((known, abandoned.ballot), abandoned.why);
            self.setbacks.set(abandoned.ballot, abandoned.why);
        }
    }

    /// Whether nothing more comes after the first `events` events.
    pub(super) fn is_over(&self, events: usize) -> bool {
        self.is_whole && events == self.read
    }

    fn take(&mut self, scenario: &Scenario, id: EventId, event: &Event) {
        match &event.what {
            What::Applied(_, applied) => {
                self.applied.entry(applied.instance, || id);
                self.executed.entry(applied.value, || id);
            }
            What::Stated(node, fact) => self.take_fact(scenario, id, *node, *fact),
            _ => {}
        }
    }

    fn take_fact(&mut self, scenario: &Scenario, id: EventId, node: NodeId, fact: Fact) {
        match fact {
            Fact::Tried(ballot) => self.tried.push((id, ballot)),
            Fact::Began { instance, ballot, value, basis } => {
                // Acceptors that recover by themselves begin the same fast round, each for itself.
                let is_known = self.places.get(&(instance, ballot, value)).is_some();
                if is_known && scenario.round(ballot) == Round::Fast {
                    return;
                }
                let (place, quorum) = (self.begun.len(), basis.quorum());
                self.places.entry((instance, ballot, value), || place);
                if value.is_none() {
                    self.free.entry(ballot, || place);
                }
                self.first_begun.entry(ballot, || id);
                self.begun.push(Begun { event: id, by: node, instance, ballot, value, quorum, votes: Vec::new() });
                self.reach(id, instance);
            }
            Fact::Voted(instance, vote) => {
                let place = |value| self.places.get(&(instance, vote.ballot, value)).copied();
                // Acceptors of a fast ballot append to the history with which it was begun.
                let fast = || self.begun.iter().rposition(|begun| begun.ballot == vote.ballot);
                let fast = || vote.value.is_history().then(fast).flatten();
                let found = place(Some(vote.value)).or(place(None)).or_else(fast);
                let Some(place) = found.or_else(|| self.follow(id, instance, vote.ballot)) else { return };
                let votes = &mut self.begun[place].votes;
                if !votes.iter().any(|(_, voter, value)| (*voter, *value) == (node, vote.value)) {
                    votes.push((id, node, vote.value));
                }
            }
            Fact::Refused(ballot, Some(bound)) if bound > ballot => {
                self.refused.entry(ballot, || (id, node, bound));
            }
            Fact::Learned(instance, vote) => {
                let has_history = vote.value.is_history();
                let before = self.longest.last().map_or(Value::BOTTOM, |(_, longest)| *longest);
                let longer = scenario.setup.histories.and_then(|histories| histories.lub(before, vote.value));
                if let Some(longer) = longer.filter(|longer| *longer != before) {
                    self.longest.push((id, longer));
                }
                for value in vote.value.commands().iter().copied() {
                    self.learn(id, node, (instance, value), has_history);
                }
                self.reach(id, instance);
            }
            Fact::Answered(value) => {
                self.answered.entry((value, node), || id);
            }
            _ => {}
        }
    }

    /// A process learns a decree, or a command of a history.
    fn learn(&mut self, id: EventId, node: NodeId, (instance, value): (Instance, Value), has_history: bool) {
        let learned = self.learned.entry((instance, value), Vec::new);
        let is_first = learned.is_empty();
        let is_known = learned.iter().any(|(_, learner)| *learner == node);
        if is_first {
            self.decided.push((id, instance, value));
            self.first.entry(instance, || (id, value));
        }
        let here = self.learned.from(&(instance, Value(0))).iter().take_while(|((of, _), _)| *of == instance);
        let has_one = here.into_iter().any(|(_, learned)| learned.iter().any(|(_, learner)| *learner == node));
        // A process keeps the first decree of a place in its ledger, and every command of a history.
        if is_first || !has_one || has_history && !is_known {
            self.learned.entry((instance, value), Vec::new).push((id, node));
        }
    }

    /// The place of a ballot whose decrees the voters choose, for an instance after the first one that it is for. It stands in
    /// `begun` from the first vote there on.
    fn follow(&mut self, id: EventId, instance: Instance, ballot: Ballot) -> Option<usize> {
        let first = &self.begun[*self.free.get(&ballot)?];
        let here =
            (first.instance < instance).then(|| Begun { event: id, instance, votes: Vec::new(), ..first.clone() })?;
        let place = self.begun.len();
        self.places.entry((instance, ballot, None), || place);
        self.begun.push(here);
        self.reach(id, instance);
        Some(place)
    }

    fn reach(&mut self, id: EventId, instance: Instance) {
        if self.top.last().is_none_or(|(_, top)| *top < instance) {
            self.top.push((id, instance));
        }
    }

    /// The highest instance about which something is known after the first `events` events; none when there is no such
    /// instance.
    pub(super) fn top(&self, events: usize) -> Option<Instance> {
        let place = self.top.partition_point(|(id, _)| before(*id, events));
        Some(self.top[place.checked_sub(1)?].1)
    }

    /// How many decrees somebody knows after the first `events` events.
    pub(super) fn decided(&self, events: usize) -> usize {
        self.decided.partition_point(|(id, ..)| before(*id, events))
    }

    /// The decrees that are chosen after the first `events` events and that nobody knows then. It is complete once the
    /// whole run has been read.
    pub(super) fn unknown<'a>(&'a self, played: &'a Played, events: usize) -> impl Iterator<Item = &'a Chosen> {
        let decided = played.decisions.iter().filter_map(|decision| decision.chosen.as_ref());
        let is_unknown = move |chosen: &&Chosen| {
            let learned = self.learned.get(&(chosen.instance, chosen.vote.value)).and_then(|learned| learned.first());
            before(chosen.event, events) && learned.is_none_or(|(id, _)| !before(*id, events))
        };
        decided.chain(&played.ballots.unknown).filter(is_unknown)
    }

    /// A sentence for each request that has no answer, once the cursor is at the end of the run.
    pub(super) fn unanswered<'a>(&'a self, session: &'a Session, words: Vocabulary) -> impl Iterator<Item = Told> {
        let played = session.played();
        let requests = if self.is_over(session.cursor().events) { &played.unanswered[..] } else { &[] };
        let told = move |request: &Unanswered| Told {
            event: request.event,
            text: format!("{}.", unanswered_text(played.trace(), words, request)),
        };
        requests.iter().map(told)
    }

    /// The first decree of an instance and the event in which somebody learned it, if this is among the first `events`
    /// events.
    pub(super) fn learned(&self, instance: Instance, events: usize) -> Option<(EventId, Value)> {
        self.first.get(&instance).copied().filter(|(id, _)| before(*id, events))
    }

    /// The event in which an instance was first executed, if it is among the first `events` events.
    pub(super) fn applied(&self, instance: Instance, events: usize) -> Option<EventId> {
        self.applied.get(&instance).copied().filter(|id| before(*id, events))
    }

    /// The event in which a command was first executed, if it is among the first `events` events.
    pub(super) fn executed(&self, command: Value, events: usize) -> Option<EventId> {
        self.executed.get(&command).copied().filter(|id| before(*id, events))
    }

    /// The smallest history that extends all that is learned after the first `events` events.
    pub(super) fn longest(&self, events: usize) -> Value {
        let place = self.longest.partition_point(|(id, _)| before(*id, events));
        place.checked_sub(1).map_or(Value::BOTTOM, |place| self.longest[place].1)
    }

    /// The latest ballot that was begun for an instance in the first `events` events.
    pub(super) fn begun_for(&self, instance: Instance, events: usize) -> Option<&Begun> {
        let lowest = Ballot::new(1, NodeId(0));
        let of = self.places.from(&(instance, lowest, None)).iter().take_while(|((of, ..), _)| *of == instance);
        of.map(|(_, place)| &self.begun[*place]).filter(|begun| before(begun.event, events)).last()
    }

    /// Whether a ballot with this number was begun in the first `events` events.
    pub(super) fn is_begun(&self, ballot: Ballot, events: usize) -> bool {
        self.first_begun.get(&ballot).is_some_and(|id| before(*id, events))
    }

    /// What stopped a ballot, if that is known after the first `events` events.
    pub(super) fn setback(&self, ballot: Ballot, events: usize) -> Option<Setback> {
        let refused = self.refused.get(&ballot).filter(|(id, ..)| before(*id, events));
        let at_last = self.setbacks.get(&ballot).copied().filter(|_| self.is_over(events));
        at_last.or(refused.map(|(_, node, bound)| Setback::Refused(*node, *bound)))
    }

    /// Whether the leader knows a decision after the first `events` events, whether everybody knows it, and whether the
    /// client has its answer.
    pub(super) fn known(&self, trace: &Trace, decision: &Decision, events: usize) -> [bool; 3] {
        let learned = self.learned.get(&(decision.instance, decision.vote.value)).map_or(&[][..], Vec::as_slice);
        let by = |node: NodeId| learned.iter().find(|(_, learner)| *learner == node).map(|(id, _)| *id);
        let last = |time| learned.iter().rfind(|(id, _)| trace.event(*id).time <= time).map(|(id, _)| *id);
        let told = || {
            let of = self.answered.from(&(decision.vote.value, NodeId(0))).iter();
            of.take_while(|((value, _), _)| *value == decision.vote.value).map(|(_, id)| *id).min()
        };
        let answered = match decision.asked {
            Some(_) if trace.scenario.protocol.is_log => told(),
            Some((node, _)) => by(node).or(self.answered.get(&(decision.vote.value, node)).copied()),
            None => None,
        };
        let known = [by(decision.proposer), decision.all_learned.and_then(last), answered];
        known.map(|id| id.is_some_and(|id| before(id, events)))
    }
}

/// Whether an event is one of the first `events`.
pub(super) fn before(id: EventId, events: usize) -> bool {
    (id.0 as usize) < events
}
