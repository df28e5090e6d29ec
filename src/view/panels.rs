//! What the panels say at the session's cursor: nothing that has not happened yet is given away.

use crate::latency::Decision;
use crate::protocol::Phase;
use crate::report::setback_text;
use crate::session::Session;
use crate::trace::{EventId, describe_cell};
use crate::types::{NodeId, Time};

/// All panels.
#[derive(Clone, PartialEq, Debug)]
pub struct Panels {
    /// One for each decision that somebody has learned by now.
    pub latency: Vec<LatencyCard>,
    /// Ballots that came to nothing by the end of the run, once the run has been watched to its end.
    pub abandoned: Vec<String>,
    /// Every check.
    pub checks: Vec<CheckRow>,
    /// Every node.
    pub nodes: Vec<NodeCard>,
    /// What a person should know about lines of their script, a sentence each.
    pub notes: Vec<String>,
    /// Messages sent by now, not counting those to oneself or copies.
    pub messages_sent: usize,
    /// Messages lost by now.
    pub messages_lost: usize,
}

/// A decision, as far as it is known by now.
#[derive(Clone, PartialEq, Debug)]
pub struct LatencyCard {
    /// `“red” by ballot 1.A`.
    pub title: String,
    /// From the ballot's start until its leader knew.
    pub leader: Option<String>,
    /// From the ballot's start until everybody knew.
    pub all: Option<String>,
    /// From BeginBallot until the leader, and until everybody, knew.
    pub from_begin: (Option<String>, Option<String>),
    /// The critical path by phase, once everybody knows.
    pub phases: Vec<PhaseShare>,
}

/// A phase's part of the critical path.
#[derive(Clone, PartialEq, Debug)]
pub struct PhaseShare {
    /// Which phase.
    pub phase: Phase,
    /// How long it took.
    pub took: Time,
    /// The same as text, without the unit.
    pub text: String,
}

/// A check as it stands now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CheckRow {
    /// What reports call it.
    pub name: &'static str,
    /// A heading.
    pub title: &'static str,
    /// The formula in words.
    pub statement: &'static str,
    /// Where it is from.
    pub source: &'static str,
    /// Where and why it was broken, if it was by now.
    pub violation: Option<(EventId, Time, String)>,
}

/// A node's memory now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NodeCard {
    /// Which.
    pub node: NodeId,
    /// What it is called.
    pub name: String,
    /// Whether it is up.
    pub up: bool,
    /// Its stable storage: names and contents.
    pub cells: Vec<(String, String)>,
    /// What it collects for a ballot of its own.
    pub slip: Option<String>,
}

impl Panels {
    /// What the panels say now.
    pub fn of(session: &Session) -> Self {
        let played = session.played();
        let trace = played.trace();
        let cursor = session.cursor();
        let watched = cursor.events == trace.events().len();
        let known = |decision: &&Decision| decision.learned.first().is_some_and(|(_, first)| *first <= cursor.time);
        let symbols = &trace.scenario.symbols;
        let abandoned = |abandoned: &crate::latency::Abandoned| {
            format!("Ballot {}: {}.", symbols.ballot(abandoned.ballot), setback_text(trace, abandoned.why))
        };
        let checks = played.verdicts.iter().map(|verdict| CheckRow {
            name: verdict.check.name,
            title: verdict.check.title,
            statement: verdict.check.statement,
            source: verdict.check.source,
            violation: verdict
                .violation
                .as_ref()
                .filter(|violation| (violation.event.0 as usize) < cursor.events)
                .map(|violation| (violation.event, trace.event(violation.event).time, violation.sentence.clone())),
        });
        let counts = trace.message_counts(cursor.events);
        Self {
            latency: played.decisions.iter().filter(known).map(|decision| latency_card(session, decision)).collect(),
            abandoned: if watched { played.ballots.abandoned.iter().map(abandoned).collect() } else { Vec::new() },
            checks: checks.collect(),
            nodes: node_cards(session),
            notes: notes(session),
            messages_sent: counts.sent,
            messages_lost: counts.lost,
        }
    }
}

fn notes(session: &Session) -> Vec<String> {
    let sentence = |line: usize, message: &str| match line {
        0 => format!("{message}."),
        line => format!("Line {line}: {message}."),
    };
    session.played().notes.iter().map(|note| sentence(note.line, &note.message)).collect()
}

fn latency_card(session: &Session, decision: &Decision) -> LatencyCard {
    let symbols = &session.played().trace().scenario.symbols;
    let now = session.cursor().time;
    let by_now = |time: Option<Time>| time.filter(|time| *time <= now);
    let leader = by_now(decision.leader_learned());
    let all = by_now(decision.all_learned);
    let since = |end: Option<Time>, start: Option<Time>| Some(end?.since(start?).to_string());
    let phases = decision.phases.iter().filter(|_| all.is_some());
    let phases = phases.map(|(phase, took)| PhaseShare { phase: *phase, took: *took, text: took.to_string() });
    let value = symbols.value(decision.vote.value);
    LatencyCard {
        title: format!("“{value}” by ballot {}", symbols.ballot(decision.vote.ballot)),
        leader: since(leader, decision.ballot_start),
        all: since(all, decision.ballot_start),
        from_begin: (since(leader, decision.begin_ballot), since(all, decision.begin_ballot)),
        phases: phases.collect(),
    }
}

fn node_cards(session: &Session) -> Vec<NodeCard> {
    let scenario = session.scenario();
    let symbols = &scenario.symbols;
    let world = session.played().run.world_after(session.cursor().events);
    let card = |node| {
        let filled = world.storage(node).cells();
        let cells = filled.map(|(field, instance, cell)| {
            let info = &scenario.protocol.fields[usize::from(field.0)];
            let name = if info.is_list { format!("{}[{}]", info.name, instance.0) } else { info.name.to_owned() };
            (name, describe_cell(symbols, cell))
        });
        let slip = world.slip(node).filter(|_| world.is_up(node)).map(|slip| {
            let collected = symbols.set(slip.collected);
            let collected = if collected.is_empty() { "nobody yet".to_owned() } else { collected };
            format!("ballot {}, step {} from {collected}", symbols.ballot(slip.ballot), slip.phase.label())
        });
        NodeCard { node, name: symbols.node(node).to_owned(), up: world.is_up(node), cells: cells.collect(), slip }
    };
    NodeId::all(scenario.nodes()).map(card).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::library;

    #[test]
    fn panels_tell_only_what_has_happened() {
        let mut session =
            Session::open(library::find("minimal-ballot").expect("built in").text).expect("a good script");
        session.seek(Time(3_999_999));
        assert!(Panels::of(&session).latency.is_empty());
        session.seek(Time::deltas(4));
        let card = &Panels::of(&session).latency[0];
        assert_eq!((card.leader.as_deref(), card.all.as_deref(), card.phases.len()), (Some("4"), None, 0));
        session.seek(Time::deltas(5));
        let panels = Panels::of(&session);
        let card = &panels.latency[0];
        assert_eq!((card.leader.as_deref(), card.all.as_deref(), card.phases.len()), (Some("4"), Some("5"), 5));
        assert_eq!((panels.messages_sent, panels.messages_lost), (20, 0));
        let cells: Vec<_> = panels.nodes[1].cells.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        assert_eq!(cells, [("nextBal", "1.A"), ("prevVote", "1.A \"red\""), ("ledger", "\"red\"")]);
    }
}
