//! What machines stated, as marks on their lanes.

use crate::latency::Decision;
use crate::protocol::Fact;
use crate::session::Session;
use crate::trace::{Event, EventId, What};
use crate::types::{Instance, NodeId, Sorted, Time};

/// At most so many facts are drawn; of more, the latest.
pub const MARKS_MAX: usize = 1500;

/// At most so many bytes of facts are told of one mark.
const TITLE_MAX: usize = 1200;

/// A fact on a lane.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mark {
    /// The event.
    pub event: EventId,
    /// The lane.
    pub node: NodeId,
    /// When.
    pub time: Time,
    /// What kind of fact.
    pub kind: MarkKind,
    /// A short text beside it; may be empty.
    pub label: String,
    /// A shorter one, for where there is little room.
    pub brief: String,
    /// The whole fact, in a line; facts of one kind, node and instant are one mark, with a line each.
    pub title: String,
}

/// The shapes that facts are drawn in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum MarkKind {
    /// Asked for promises.
    Tried,
    /// Promised.
    Promised,
    /// Began a ballot.
    Began,
    /// Voted.
    Voted,
    /// Learned a decree; the label is the latency.
    Learned,
    /// Refused a message.
    Refused,
    /// Began to lead.
    Leads,
    /// Ceased to lead.
    Follows,
    /// A timer ran out.
    Timer,
}

/// What the session shows now. Facts of one kind that a node states at one instant, such as promises for many instances,
/// are one mark.
pub(super) fn of(session: &Session) -> Vec<Mark> {
    let trace = session.played().trace();
    let symbols = &trace.scenario.symbols;
    let shown = trace.events().range(0..session.cursor().events);
    let told = shown.clone().rev().filter(|event| kind(&event.what).is_some()).take(MARKS_MAX).count();
    let mut left_out = shown.clone().filter(|event| kind(&event.what).is_some()).count() - told;
    let mut marks: Vec<Mark> = Vec::new();
    // For each mark, the instances that were learned, and how long the first of them took.
    let mut learned: Vec<(Sorted<u32, ()>, Option<Time>)> = Vec::new();
    for (place, event) in shown.enumerate() {
        let Some((node, kind)) = kind(&event.what) else { continue };
        if left_out > 0 {
            left_out -= 1;
            continue;
        }
        let told = trace.describe(&event.what);
        let now = marks.iter().rev().take_while(|mark| mark.time == event.time).count();
        let first = marks.len() - now;
        let same = marks[first..].iter().position(|mark| mark.node == node && mark.kind == kind);
        let at = match same {
            Some(at) => {
                let mark: &mut Mark = &mut marks[first + at];
                if mark.title.len() < TITLE_MAX {
                    mark.title.push('\n');
                    mark.title.push_str(&told);
                }
                first + at
            }
            // What is executed or answered belongs to what was learned.
            None if !states(event) => continue,
            None => {
                let label = match event.what {
                    What::Stated(_, Fact::Tried(ballot)) => symbols.ballot(ballot),
                    _ => String::new(),
                };
                let title = format!("{}Δ: {} {told}", event.time, symbols.node(node));
                let event_id = EventId(place as u32);
                marks.push(Mark { event: event_id, node, time: event.time, kind, label, brief: String::new(), title });
                learned.push((Sorted::default(), None));
                marks.len() - 1
            }
        };
        if let What::Stated(_, Fact::Learned(instance, _)) = event.what {
            let (instances, took) = &mut learned[at];
            if instances.is_empty() {
                *took = latency(&session.played().decisions, instance, event.time);
            }
            instances.set(instance.0, ());
        }
    }
    for (mark, (instances, took)) in marks.iter_mut().zip(&learned).filter(|(mark, _)| mark.kind == MarkKind::Learned) {
        let took = took.map_or(String::new(), |took| format!("{took}Δ"));
        if trace.scenario.protocol.is_log {
            let numbers: Vec<u32> = instances.entries().iter().map(|(number, ())| *number).collect();
            mark.brief = format!("[{}]", ranges(&numbers));
            mark.label = if numbers.len() == 1 { format!("{} {took}", mark.brief) } else { mark.brief.clone() };
        } else {
            mark.brief.clone_from(&took);
            mark.label = took;
        }
    }
    marks
}

/// Where an event is drawn, and as what.
fn kind(what: &What) -> Option<(NodeId, MarkKind)> {
    match what {
        What::TimerFired(node, _) => Some((*node, MarkKind::Timer)),
        What::Applied(node, _) => Some((*node, MarkKind::Learned)),
        What::Stated(node, fact) => {
            let kind = match fact {
                Fact::Tried(_) => MarkKind::Tried,
                Fact::Promised(..) | Fact::PromisedFrom(..) => MarkKind::Promised,
                Fact::Began { .. } => MarkKind::Began,
                Fact::Voted(..) => MarkKind::Voted,
                Fact::Learned(..) | Fact::Answered(_) => MarkKind::Learned,
                Fact::Leads(true) => MarkKind::Leads,
                Fact::Leads(false) => MarkKind::Follows,
                Fact::Refused(..) => MarkKind::Refused,
            };
            Some((*node, kind))
        }
        _ => None,
    }
}

/// Whether a mark may begin with this event.
fn states(event: &Event) -> bool {
    !matches!(event.what, What::Applied(..) | What::Stated(_, Fact::Answered(_)))
}

/// How long after its ballot's start a decree was learned; after BeginBallot where phase 1 had been done ahead.
fn latency(decisions: &[Decision], instance: Instance, time: Time) -> Option<Time> {
    let decision = decisions.iter().find(|decision| decision.instance == instance)?;
    let start = if decision.is_phase_1_ahead() { decision.begin_ballot } else { decision.ballot_start };
    Some(time.since(start?))
}

/// `1–3, 5`: numbers in order, as stretches.
pub(super) fn ranges(numbers: &[u32]) -> String {
    let mut text = String::new();
    let mut place = 0;
    while place < numbers.len() {
        let first = numbers[place];
        while numbers.get(place + 1).is_some_and(|next| *next == numbers[place] + 1) {
            place += 1;
        }
        let last = numbers[place];
        if !text.is_empty() {
            text.push_str(", ");
        }
        text.push_str(&if first == last { first.to_string() } else { format!("{first}–{last}") });
        place += 1;
    }
    text
}
