//! What machines stated, as marks on their lanes.

pub use super::index::MarkKind;
pub(super) use super::index::ranges;
use super::index::{kind, states};
use crate::latency::Decision;
use crate::protocol::Fact;
use crate::session::Session;
use crate::trace::{EventId, What};
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
            None if !states(&event.what) => continue,
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

/// How long after its ballot's start a decree was learned; after BeginBallot where phase 1 had been done ahead.
fn latency(decisions: &[Decision], instance: Instance, time: Time) -> Option<Time> {
    let decision = decisions.iter().find(|decision| decision.instance == instance)?;
    let start = if decision.is_phase_1_ahead() { decision.begin_ballot } else { decision.ballot_start };
    Some(time.since(start?))
}
