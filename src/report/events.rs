//! The events of a run for other programs: a header, and then an object for each event.
//!
//! `docs/events.md` has the schema, which [`VERSION`] counts. As text, each object is one line of JSON. An event is flat: the
//! same key means the same in every event, and an event has the keys that it needs. Times are in Δ, and in ms too where the
//! script says how long Δ is. Names of facts and messages are those of 1998.

use serde::Serialize;

use super::{Amount, WORDS, hash_text, stopped_text};
use crate::protocol::{Basis, Claim, Configuration, Decided, Entry, Fact, Message, Payload};
use crate::scenario::Act;
use crate::sim::Run;
use crate::trace::{EventId, MessageId, Trace, What};
use crate::types::{Ballot, Instance, NodeId, NodeSet, Value, Vote};

/// The version of this schema.
pub const VERSION: u32 = 1;

/// What comes before the events: whose events they are.
#[derive(Serialize, Debug)]
pub struct Header {
    /// The version of the schema. A reader knows the file by this key.
    events: u32,
    title: String,
    protocol: &'static str,
    nodes: Vec<String>,
    /// The processes that vote.
    acceptors: Vec<String>,
    /// The processes whose statements no check believes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    liars: Vec<String>,
    /// How many ms one Δ is, where the script says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    delta_ms: Option<Amount>,
    trace_hash: String,
    /// Why the run ended, as in a report.
    stopped: &'static str,
}

/// An event. Keys that say nothing about it are left out.
#[derive(Serialize, Default, Debug)]
pub struct Line {
    /// Its number, from 0 on.
    event: u32,
    t: Amount,
    #[serde(skip_serializing_if = "Option::is_none")]
    ms: Option<Amount>,
    /// Where it happened; none for what happens to the network.
    #[serde(skip_serializing_if = "Option::is_none")]
    node: Option<String>,
    /// What happened: a word of the table in `docs/events.md`.
    what: &'static str,
    /// The event that caused it: the input to which its node reacted. An input has its own number.
    cause: u32,
    /// The number of the message, from 0 on in the order sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    copy_of: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    /// The name of the message’s kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phase: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ballot: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    /// A vote, or null where the message or the fact says that there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    vote: Option<Option<VoteLine>>,
    /// The larger ballot that was promised, or null for −∞.
    #[serde(skip_serializing_if = "Option::is_none")]
    bound: Option<Option<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    entries: Option<Vec<EntryLine>>,
    /// The signed messages that are shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    claims: Option<Vec<ClaimLine>>,
    /// The id of a value.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    /// The processes on a ring.
    #[serde(skip_serializing_if = "Option::is_none")]
    ring: Option<Vec<String>>,
    /// The processes whose votes were gathered.
    #[serde(skip_serializing_if = "Option::is_none")]
    voters: Option<Vec<String>>,
    /// The values that have passed, by their ids.
    #[serde(skip_serializing_if = "Option::is_none")]
    decided: Option<Vec<DecidedLine>>,
    /// The processes that have passed a wish on.
    #[serde(skip_serializing_if = "Option::is_none")]
    passed_on: Option<Vec<String>>,
    /// What a ballot rests on: `promises`, `proof` or `nothing`.
    #[serde(skip_serializing_if = "Option::is_none")]
    basis: Option<&'static str>,
    /// The processes whose promises or claims these are.
    #[serde(skip_serializing_if = "Option::is_none")]
    quorum: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mains: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auxiliaries: Option<Vec<String>>,
    /// A fingerprint, as hexadecimal digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<String>,
    /// A fingerprint of everything executed so far.
    #[serde(skip_serializing_if = "Option::is_none")]
    history: Option<String>,
    /// A fingerprint of the state.
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<String>,
    /// The answer of the service.
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<String>,
    /// The cell of stable storage.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timer: Option<&'static str>,
    /// Why a message was lost.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    /// What a correct process would have sent, where the sender lied.
    #[serde(skip_serializing_if = "Option::is_none")]
    truth: Option<String>,
    /// The event as the golden trace says it.
    text: String,
}

impl Default for Amount {
    fn default() -> Self {
        Self::Delta(crate::types::Time::ZERO)
    }
}

#[derive(Serialize, Debug)]
struct VoteLine {
    ballot: String,
    value: String,
}

#[derive(Serialize, Debug)]
struct EntryLine {
    instance: u32,
    ballot: String,
    value: String,
    passed: bool,
}

#[derive(Serialize, Debug)]
struct DecidedLine {
    instance: u32,
    ballot: String,
    id: String,
}

#[derive(Serialize, Debug)]
struct ClaimLine {
    by: String,
    text: String,
}

/// The header and the events of a run, for programs that want objects and not lines.
#[derive(Serialize, Debug)]
pub struct Events {
    #[serde(flatten)]
    header: Header,
    list: Vec<Line>,
}

impl Events {
    /// All events of a run.
    pub fn of(run: &Run) -> Self {
        let count = run.trace().events().len();
        Self { header: header(run), list: (0..count).map(|place| line(run.trace(), EventId(place as u32))).collect() }
    }
}

/// The run as lines of JSON without their line breaks: the header, then each event. All lines of a large run together can be
/// much larger than the run.
///
/// # Errors
/// A line is an error if JSON cannot say it; no run has one.
pub fn lines(run: &Run) -> impl Iterator<Item = Result<String, String>> + '_ {
    let first = std::iter::once_with(|| json(&header(run)));
    let count = run.trace().events().len();
    first.chain((0..count).map(|place| json(&line(run.trace(), EventId(place as u32)))))
}

fn json(value: &impl Serialize) -> Result<String, String> {
    serde_json::to_string(value).map_err(|error| error.to_string())
}

/// What comes before the events of a run.
fn header(run: &Run) -> Header {
    let trace = run.trace();
    let scenario = &trace.scenario;
    let cast = &scenario.setup.cast;
    let unit = crate::types::Time::DELTA;
    Header {
        events: VERSION,
        title: scenario.title.clone(),
        protocol: scenario.protocol.name,
        nodes: NodeId::all(scenario.nodes()).map(|node| scenario.symbols.node(node).to_owned()).collect(),
        acceptors: names(trace, cast.acceptors),
        liars: names(trace, cast.liars),
        delta_ms: scenario.delta.map(|scale| Amount::Clock(unit, scale)),
        trace_hash: hash_text(trace.hash()),
        stopped: stopped_text(run.stop()),
    }
}

/// One event of a trace.
pub fn line(trace: &Trace, id: EventId) -> Line {
    let event = trace.event(id);
    let mut line = Line {
        event: id.0,
        t: Amount::Delta(event.time),
        ms: trace.scenario.delta.map(|scale| Amount::Clock(event.time, scale)),
        node: trace.node_of(event).map(|node| trace.scenario.symbols.node(node).to_owned()),
        cause: event.cause.0,
        text: trace.describe(WORDS, &event.what),
        ..Line::default()
    };
    line.put(trace, &event.what);
    line
}

impl Line {
    fn put(&mut self, trace: &Trace, what: &What) {
        match what {
            What::Acted(_, act) => self.put_act(trace, act),
            What::CrashedBeforeSend(_) => self.what = "crash",
            What::Sent(id) => self.put_message(trace, *id, "send"),
            What::Landed(id) => self.put_message(trace, *id, "receive"),
            What::Lost(id, loss) => {
                self.put_message(trace, *id, "lose");
                self.reason = Some(loss.reason());
            }
            What::TimerFired(_, timer) => {
                self.what = "timer";
                self.timer = Some(trace.scenario.protocol.timers[usize::from(timer.kind)].name);
            }
            What::Persisted(_, field, instance, cell) => {
                let info = &trace.scenario.protocol.fields[usize::from(field.0)];
                (self.what, self.field) = ("persist", Some(info.name));
                if info.is_list {
                    self.put_instance(trace, *instance);
                }
                self.ballot = cell.ballot.map(|ballot| trace.scenario.symbols.ballot(ballot));
                self.value = cell.value.map(|value| value_text(trace, value));
            }
            What::Applied(_, applied) => {
                self.what = "applied";
                self.put_instance(trace, applied.instance);
                self.value = Some(value_text(trace, applied.value));
                self.outcome = Some(applied.outcome.to_string());
                self.history = Some(hash_text(applied.chain));
                self.state = Some(hash_text(applied.digest));
            }
            What::Stated(_, fact) => self.put_fact(trace, fact),
        }
    }

    fn put_act(&mut self, trace: &Trace, act: &Act<NodeId, Value>) {
        self.what = match act {
            Act::Propose(_, value) => {
                self.value = Some(value_text(trace, *value));
                "asked"
            }
            Act::Crash(_) => "crash",
            Act::CrashBeforeSend(_) => "crash-before-send",
            Act::Restart(..) => "restart",
            Act::Timeout(..) => "timeout",
            Act::Partition(_) => "partition",
            Act::Cut(_) => "cut",
            Act::Heal | Act::HealLink(_) => "heal",
            Act::Leader(_) => "leader",
            Act::Inject(_) => "inject",
        };
    }

    fn put_message(&mut self, trace: &Trace, id: MessageId, what: &'static str) {
        let envelope = trace.message(id);
        let symbols = &trace.scenario.symbols;
        self.what = what;
        self.message = Some(id.0);
        self.copy_of = envelope.copy_of.map(|id| id.0);
        self.from = Some(symbols.node(envelope.from).to_owned());
        self.to = Some(symbols.node(envelope.to).to_owned());
        self.truth = envelope.truth.as_deref().map(|truth| trace.describe_content(WORDS, truth));
        self.put_content(trace, &envelope.message);
    }

    fn put_content(&mut self, trace: &Trace, message: &Message) {
        let kind = trace.scenario.protocol.kind(message.kind);
        (self.kind, self.phase) = (Some(kind.name), Some(kind.phase.label()));
        self.put_instance(trace, message.instance);
        self.ballot = message.ballot.map(|ballot| trace.scenario.symbols.ballot(ballot));
        match &message.payload {
            Payload::Empty => {}
            Payload::LastVote(vote) => self.vote = Some(vote.map(|vote| vote_line(trace, vote))),
            Payload::Value(value) => self.value = Some(value_text(trace, *value)),
            Payload::Ballot(bound) => self.put_bound(trace, Some(*bound)),
            Payload::Entries(entries) => {
                self.entries = Some(entries.iter().map(|entry| entry_line(trace, entry)).collect());
            }
            Payload::Proof(vote, claims) => {
                self.vote = Some(vote.map(|vote| vote_line(trace, vote)));
                self.claims = Some(claims.iter().map(|claim| claim_line(trace, claim)).collect());
            }
            Payload::Result(value, result) => {
                self.value = (*value != Value::OLIVE_DAY).then(|| value_text(trace, *value));
                self.result = Some(hash_text(*result));
            }
            Payload::Hop(hop) => {
                self.id = Some(hop.id.text(&trace.scenario.symbols));
                self.value = hop.value.map(|value| value_text(trace, value));
                self.ring = Some(names(trace, hop.ring));
                self.voters = Some(names(trace, hop.voters));
                self.put_decided(trace, &hop.decided);
            }
            Payload::Ids(decided) => self.put_decided(trace, decided),
            Payload::Passing(value, passed_on) => {
                self.value = Some(value_text(trace, *value));
                self.passed_on = Some(names(trace, **passed_on));
            }
        }
    }

    fn put_decided(&mut self, trace: &Trace, decided: &[Decided]) {
        let symbols = &trace.scenario.symbols;
        let line = |one: &Decided| DecidedLine {
            instance: one.instance.0,
            ballot: symbols.ballot(one.ballot),
            id: one.id.text(symbols),
        };
        self.decided = Some(decided.iter().map(line).collect());
    }

    fn put_fact(&mut self, trace: &Trace, fact: &Fact) {
        self.what = match fact {
            Fact::Tried(ballot) => {
                self.put_ballot(trace, *ballot);
                "tried"
            }
            Fact::Promised(instance, ballot, vote) => {
                self.put_place(trace, *instance, *ballot);
                self.vote = Some(vote.map(|vote| vote_line(trace, vote)));
                "promised"
            }
            Fact::PromisedFrom(instance, ballot) => {
                self.put_place(trace, *instance, *ballot);
                "promised-from"
            }
            Fact::Began { instance, ballot, value, basis } => {
                self.put_place(trace, *instance, *ballot);
                self.value = value.map(|value| value_text(trace, value));
                self.put_basis(trace, *basis);
                "began"
            }
            Fact::Believed { instance, ballot, value, basis } => {
                self.put_place(trace, *instance, *ballot);
                self.value = Some(value_text(trace, *value));
                self.put_basis(trace, *basis);
                "believed"
            }
            Fact::Certified(instance, vote, by) => {
                self.put_vote(trace, *instance, *vote);
                self.quorum = Some(names(trace, *by));
                "certified"
            }
            Fact::Voted(instance, vote) => {
                self.put_vote(trace, *instance, *vote);
                "voted"
            }
            Fact::Learned(instance, vote) => {
                self.put_vote(trace, *instance, *vote);
                "learned"
            }
            Fact::Answered(value) => {
                self.value = Some(value_text(trace, *value));
                "answered"
            }
            Fact::Result(value, result) => {
                self.value = Some(value_text(trace, *value));
                self.result = Some(hash_text(*result));
                "result"
            }
            Fact::Stable { instance, history, signers } => {
                self.put_instance(trace, *instance);
                self.history = Some(hash_text(*history));
                self.quorum = Some(names(trace, *signers));
                "stable"
            }
            Fact::Leads(true) => "leads",
            Fact::Leads(false) => "follows",
            Fact::Refused(ballot, bound) => {
                self.put_ballot(trace, *ballot);
                self.put_bound(trace, *bound);
                "refused"
            }
            Fact::Configured(from, Configuration { mains, auxiliaries }) => {
                self.put_instance(trace, *from);
                self.mains = Some(names(trace, *mains));
                self.auxiliaries = Some(names(trace, *auxiliaries));
                "configured"
            }
            Fact::Forgot(last) => {
                self.put_instance(trace, *last);
                "forgot"
            }
            Fact::Blocked(last) => {
                self.put_instance(trace, *last);
                "blocked"
            }
            Fact::Named(id, value) => {
                self.id = Some(id.text(&trace.scenario.symbols));
                self.value = Some(value_text(trace, *value));
                "named"
            }
            Fact::Gathered { instance, ballot, id, voters } => {
                self.put_place(trace, *instance, *ballot);
                self.id = Some(id.text(&trace.scenario.symbols));
                self.voters = Some(names(trace, *voters));
                "gathered"
            }
        };
    }

    /// The instance, where there are many of them.
    fn put_instance(&mut self, trace: &Trace, instance: Instance) {
        self.instance = trace.scenario.protocol.has_places().then_some(instance.0);
    }

    fn put_ballot(&mut self, trace: &Trace, ballot: Ballot) {
        self.ballot = Some(trace.scenario.symbols.ballot(ballot));
    }

    fn put_bound(&mut self, trace: &Trace, bound: Option<Ballot>) {
        self.bound = Some(bound.map(|bound| trace.scenario.symbols.ballot(bound)));
    }

    fn put_place(&mut self, trace: &Trace, instance: Instance, ballot: Ballot) {
        self.put_instance(trace, instance);
        self.put_ballot(trace, ballot);
    }

    fn put_vote(&mut self, trace: &Trace, instance: Instance, vote: Vote) {
        self.put_place(trace, instance, vote.ballot);
        self.value = Some(value_text(trace, vote.value));
    }

    fn put_basis(&mut self, trace: &Trace, basis: Basis) {
        self.basis = Some(match basis {
            Basis::Promises(_) => "promises",
            Basis::Proof(_) => "proof",
            Basis::Nothing => "nothing",
        });
        self.quorum = (basis != Basis::Nothing).then(|| names(trace, basis.quorum()));
    }
}

fn names(trace: &Trace, set: NodeSet) -> Vec<String> {
    set.iter().map(|node| trace.scenario.symbols.node(node).to_owned()).collect()
}

fn value_text(trace: &Trace, value: Value) -> String {
    trace.scenario.symbols.value(value).into_owned()
}

fn vote_line(trace: &Trace, vote: Vote) -> VoteLine {
    VoteLine { ballot: trace.scenario.symbols.ballot(vote.ballot), value: value_text(trace, vote.value) }
}

fn entry_line(trace: &Trace, entry: &Entry) -> EntryLine {
    let VoteLine { ballot, value } = vote_line(trace, entry.vote);
    EntryLine { instance: entry.instance.0, ballot, value, passed: entry.is_passed }
}

fn claim_line(trace: &Trace, claim: &Claim) -> ClaimLine {
    let by = trace.scenario.symbols.node(claim.by).to_owned();
    ClaimLine { by, text: trace.describe_content(WORDS, &claim.message) }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
