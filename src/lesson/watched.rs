//! What has been watched of a run. It is gathered in one pass over the events, and lessons judge it.

use crate::protocol::{Configuration, Fact, Histories, Trust, Vocabulary};
use crate::scenario::{Act, Scenario};
use crate::session::Session;
use crate::trace::{Envelope, What};
use crate::types::{Ballot, Instance, NodeId, NodeSet, Sorted, Symbols, Time, Value, Vote};

/// What has happened up to the session's cursor.
pub(super) struct Watched<'a> {
    /// The reader's words.
    pub words: Vocabulary,
    /// The script's meaning: the protocol, its options, who plays which part.
    pub scenario: &'a Scenario,
    /// The names of the checks that are violated.
    pub violated: Vec<&'static str>,
    /// The names of nodes and the texts of decrees.
    pub symbols: &'a Symbols,
    /// How many nodes there are.
    pub nodes: usize,
    /// Whether there are many decrees.
    pub is_log: bool,
    /// The instant up to which the run has been watched.
    pub now: Time,
    /// Whether nothing more will happen.
    pub is_over: bool,
    /// The nodes that are up.
    pub up: NodeSet,
    /// The nodes that are told which decrees have passed.
    learners: NodeSet,
    /// Who has sent something to another process while all were up.
    pub busy: NodeSet,
    /// The requests: when each was made, the process that was asked, and the decree that it was asked for.
    pub asked: Vec<(Time, NodeId, Value)>,
    /// The numbers tried, in the order of trying.
    pub tried: Vec<Ballot>,
    /// Who voted in each ballot of each instance.
    pub votes: Sorted<(Instance, Ballot), NodeSet>,
    /// The last round that had votes for two decrees, or for two histories that are not compatible.
    pub split: Option<Ballot>,
    /// The last ballot that had votes for two histories of which neither extends the other, though they are compatible.
    pub apart: Option<Ballot>,
    /// The first ballot for which processes have accepted different decrees in one place.
    pub disputed: Option<Ballot>,
    /// The decree that was first accepted for each place of each ballot.
    accepted: Sorted<(Instance, Ballot), Value>,
    /// The histories that processes agree on, if they do.
    histories: Option<Histories>,
    /// The decree that was first voted for in each round of each instance; or the smallest history that extends all that was
    /// voted for.
    first_votes: Sorted<(Instance, Ballot), Value>,
    /// The decrees for which a ballot was begun or that somebody knows.
    pub decrees: Sorted<Value, Decree>,
    /// The largest number of decrees that were begun and not yet known to anybody, at any one time.
    pub most_under_way: usize,
    /// How many such decrees there are now.
    pub under_way: usize,
    /// The last refusal: the node that refused, the ballot that it refused, and the larger ballot that it had promised.
    pub refused: Option<(NodeId, Ballot, Ballot)>,
    /// The last ballot that was begun for another decree than the one that its process was asked for last.
    pub adopted: Option<Vote>,
    /// When each leader began to lead, in this order.
    pub leads: Vec<(Time, NodeId)>,
    /// The auxiliary processes.
    pub auxiliaries: NodeSet,
    /// The configurations that processes have come to know, in this order.
    pub configured: Vec<(NodeId, Configuration)>,
    /// Whether the network was ever parted.
    pub is_parted: bool,
    /// How many messages were lost.
    pub lost: usize,
    /// The nodes that crashed after writing something and before sending it.
    pub silenced: NodeSet,
    /// The last of these nodes that came back and reported a vote, and the vote.
    pub reported: Option<(NodeId, Vote)>,
    /// What each process was asked for last.
    wishes: Vec<Option<Value>>,
}

/// What has become of a decree.
#[derive(Default)]
pub(super) struct Decree {
    /// Whether a ballot for it was begun.
    is_begun: bool,
    /// Who knows it.
    pub known_by: NodeSet,
    /// Who learned it first, when, and by which ballot.
    pub first: Option<(NodeId, Time, Ballot)>,
    /// When somebody learned it last.
    pub last: Time,
}

impl<'a> Watched<'a> {
    pub(super) fn of(session: &'a Session, words: Vocabulary) -> Self {
        let trace = session.trace();
        let scenario = &trace.scenario;
        let nodes = scenario.nodes();
        let cursor = session.cursor();
        let violated = session.played().verdicts.iter().filter(|verdict| {
            verdict.violation.as_ref().is_some_and(|violation| (violation.event.0 as usize) < cursor.events)
        });
        let mut watched = Self {
            words,
            scenario,
            violated: violated.map(|verdict| verdict.check.name).collect(),
            symbols: &scenario.symbols,
            nodes,
            is_log: scenario.protocol.is_log,
            now: cursor.time,
            is_over: cursor.events == trace.events().len(),
            up: NodeSet::all(nodes),
            learners: scenario.setup.cast.learners,
            busy: NodeSet::EMPTY,
            asked: Vec::new(),
            tried: Vec::new(),
            votes: Sorted::default(),
            split: None,
            apart: None,
            disputed: None,
            accepted: Sorted::default(),
            histories: scenario.setup.histories,
            first_votes: Sorted::default(),
            decrees: Sorted::default(),
            most_under_way: 0,
            under_way: 0,
            refused: None,
            adopted: None,
            leads: Vec::new(),
            auxiliaries: scenario.setup.cast.auxiliaries,
            configured: Vec::new(),
            is_parted: false,
            lost: 0,
            silenced: NodeSet::EMPTY,
            reported: None,
            wishes: vec![None; nodes],
        };
        for event in trace.events().range(0..cursor.events) {
            if let What::Sent(message) = event.what {
                watched.take_message(trace.message(message));
            }
            watched.take(event.time, &event.what);
        }
        watched
    }

    fn take_message(&mut self, message: &Envelope) {
        if message.from != message.to && self.up.len() == self.nodes {
            self.busy.insert(message.from);
        }
    }

    fn take(&mut self, time: Time, what: &What) {
        match what {
            What::Acted(_, Act::Propose(node, value)) => {
                self.asked.push((time, *node, *value));
                self.wishes[node.index()] = Some(*value);
            }
            What::Acted(_, Act::Crash(node)) => self.up.remove(*node),
            What::CrashedBeforeSend(node) => {
                self.up.remove(*node);
                self.silenced.insert(*node);
            }
            What::Acted(_, Act::Restart(node, _)) => {
                self.up.insert(*node);
            }
            What::Acted(_, Act::Partition(_)) => self.is_parted = true,
            What::Lost(..) => self.lost += 1,
            What::Stated(node, fact) => self.take_fact(time, *node, *fact),
            _ => {}
        }
    }

    fn take_fact(&mut self, time: Time, node: NodeId, fact: Fact) {
        match fact {
            Fact::Tried(ballot) => self.tried.push(ballot),
            Fact::Promised(_, _, Some(vote)) if self.silenced.contains(node) => self.reported = Some((node, vote)),
            Fact::Began { ballot, value: Some(value), .. } => {
                let vote = Vote { ballot, value };
                for value in value.commands().iter() {
                    let decree = self.decrees.entry(*value, Decree::default);
                    if !decree.is_begun && decree.known_by.is_empty() {
                        self.under_way += 1;
                        self.most_under_way = self.most_under_way.max(self.under_way);
                    }
                    decree.is_begun = true;
                }
                if self.wishes[node.index()].is_some_and(|wish| wish != vote.value) {
                    self.adopted = Some(vote);
                }
            }
            Fact::Believed { instance, ballot, value, .. } => {
                let first = *self.accepted.entry((instance, ballot), || value);
                self.disputed = self.disputed.or((first != value).then_some(ballot));
            }
            Fact::Voted(instance, vote) => {
                self.votes.entry((instance, vote.ballot), || NodeSet::EMPTY).insert(node);
                let known = self.first_votes.entry((instance, vote.ballot), || vote.value);
                match &self.histories {
                    Some(histories) => match histories.lub(*known, vote.value) {
                        Some(joined) => {
                            if joined != *known && joined != vote.value {
                                self.apart = Some(vote.ballot);
                            }
                            *known = joined;
                        }
                        None => self.split = Some(vote.ballot),
                    },
                    None if *known != vote.value => self.split = Some(vote.ballot),
                    None => {}
                }
            }
            // What a liar states about itself is no evidence.
            Fact::Learned(_, vote) if !self.scenario.setup.cast.liars.contains(node) => {
                for value in vote.value.commands().iter() {
                    let decree = self.decrees.entry(*value, Decree::default);
                    if decree.first.is_none() {
                        decree.first = Some((node, time, vote.ballot));
                        self.under_way -= usize::from(decree.is_begun);
                    }
                    if decree.known_by.insert(node) {
                        decree.last = time;
                    }
                }
            }
            Fact::Refused(ballot, Some(bound)) if bound > ballot => self.refused = Some((node, ballot, bound)),
            Fact::Leads(true) => self.leads.push((time, node)),
            Fact::Configured(_, configuration) => self.configured.push((node, configuration)),
            _ => {}
        }
    }

    /// Whether every learner that is up knows it; liars do not count.
    pub(super) fn is_known_to_all(&self, decree: &Decree) -> bool {
        let learners = self.up.shared(self.learners).without(self.scenario.setup.cast.liars);
        !decree.known_by.is_empty() && learners.is_subset(decree.known_by)
    }

    /// Whether the protocol expects lies, and its quorums are made for one liar at least.
    pub(super) fn expects_a_liar(&self) -> bool {
        self.scenario.protocol.trust == Trust::Byzantine && self.scenario.setup.tolerated_liars() > 0
    }

    /// The first decree that somebody knows: what it is, and what has become of it.
    pub(super) fn passed(&self) -> Option<(Value, &Decree)> {
        let known = self.decrees.entries().iter().find(|(_, decree)| decree.first.is_some());
        known.map(|(value, decree)| (*value, decree))
    }

    /// How long the slowest request took until every learner that is up knew its decree; none while somebody does not know one
    /// of them.
    pub(super) fn slowest(&self) -> Option<Time> {
        let took = |(asked, _, value): &(Time, NodeId, Value)| {
            let decree = self.decrees.get(value).filter(|decree| self.is_known_to_all(decree))?;
            Some(decree.last.since(*asked))
        };
        self.asked.iter().map(took).collect::<Option<Vec<_>>>()?.into_iter().max()
    }

    /// The acceptors that are down.
    pub(super) fn silent(&self) -> NodeSet {
        self.scenario.setup.cast.acceptors.without(self.up)
    }

    /// Whether two processes know different decrees in one place.
    pub(super) fn is_torn(&self) -> bool {
        self.violated.contains(&"agreement")
    }

    /// The name of a node.
    pub(super) fn name(&self, node: NodeId) -> &str {
        self.symbols.node(node)
    }
}
