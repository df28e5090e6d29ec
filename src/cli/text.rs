//! What the terminal prints for people.

use std::fmt::Write as _;

use crate::check::Verdict;
use crate::latency::{self, Decision};
use crate::report::{hash_text, setback_text};
use crate::scenario::{Scenario, library};
use crate::sim::{Run, Stop};
use crate::trace::Trace;
use crate::types::{NodeId, Time};

/// The built-in scenarios, a line each.
pub(super) fn list() -> String {
    let line = |built_in: &library::BuiltIn| match Scenario::read(built_in.text) {
        Ok((_, scenario)) => format!("{:<22}{}\n", built_in.name, scenario.about),
        Err(error) => format!("{:<22}{error}\n", built_in.name),
    };
    library::LIBRARY.iter().map(line).collect()
}

/// A run's report, with what the checks say of it.
pub(super) fn report(run: &Run, verdicts: &[Verdict]) -> String {
    let trace = run.trace();
    let scenario = run.scenario();
    let mut out = String::new();
    let mut line = |text: String| writeln!(out, "{text}").expect("a string takes everything");
    line(format!("{}  ({}, {} nodes)", scenario.title, scenario.protocol.name, scenario.nodes()));
    if !scenario.about.is_empty() {
        line(scenario.about.clone());
    }
    line(String::new());
    let decisions = latency::decisions(trace);
    if decisions.is_empty() {
        line("nothing is decided".to_owned());
    }
    for decision in &decisions {
        decision_lines(trace, decision, &mut line);
    }
    let ballots = latency::ballots(trace);
    for abandoned in &ballots.abandoned {
        let ballot = scenario.symbols.ballot(abandoned.ballot);
        line(format!("ballot {ballot} passes nothing: {}", setback_text(trace, abandoned.why)));
    }
    let counts = trace.message_counts(trace.events().len());
    line(format!(
        "{} messages sent, {} lost, {} duplicated; {} ballots; {} at {}Δ",
        counts.sent,
        counts.lost,
        counts.duplicated,
        ballots.started,
        match run.stop() {
            Stop::Quiet => "quiet",
            Stop::Until => "stopped as told",
            Stop::Horizon => "stopped, though it would go on,",
            Stop::TooLong => "stopped as too long",
        },
        run.last().now(),
    ));
    line(String::new());
    for verdict in verdicts {
        match &verdict.violation {
            None if verdict.is_applicable => line(format!("✓ {}", verdict.check.name)),
            None => line(format!("– {}, not applicable", verdict.check.name)),
            Some(violation) => {
                let place = trace.event(violation.event).time;
                line(format!(
                    "✗ {}, event {} at {place}Δ: {}",
                    verdict.check.name, violation.event.0, violation.sentence
                ));
            }
        }
    }
    line(format!("trace {}", hash_text(trace.hash())));
    out
}

fn decision_lines(trace: &Trace, decision: &Decision, line: &mut impl FnMut(String)) {
    let symbols = &trace.scenario.symbols;
    let deltas = |time: Option<Time>| time.map_or("not by the end".to_owned(), |time| format!("{time}Δ"));
    let (value, ballot) = (symbols.value(decision.vote.value), symbols.ballot(decision.vote.ballot));
    line(format!("“{value}” is decided by ballot {ballot} of {}", symbols.node(decision.proposer)));
    let (leader, all) = decision.latency_from(decision.ballot_start);
    line(format!("  from the ballot’s start: leader {}, all {}", deltas(leader), deltas(all)));
    let (leader, all) = decision.latency_from(decision.begin_ballot);
    line(format!("  from its BeginBallot:    leader {}, all {}", deltas(leader), deltas(all)));
    for id in &decision.critical_path {
        let envelope = trace.message(*id);
        let landed = envelope.end.map(|end| trace.event(end).time);
        let (from, to) = (symbols.node(envelope.from), symbols.node(envelope.to));
        let kind = trace.scenario.protocol.kind(envelope.message.kind);
        let sent = format!("{}Δ", envelope.sent_at);
        line(format!("  {sent:>9} → {:<11}{from} → {to}  {} {}", deltas(landed), kind.phase.label(), kind.name));
    }
    let silent = NodeId::all(trace.scenario.nodes()).filter(|node| decision.learned.iter().all(|(one, _)| one != node));
    let silent: Vec<_> = silent.map(|node| symbols.node(node)).collect();
    if !silent.is_empty() {
        line(format!("  not learned by {}", silent.join(", ")));
    }
}
