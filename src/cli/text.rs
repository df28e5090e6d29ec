//! What the terminal prints for people.

use std::fmt::Write as _;

use crate::check::Verdict;
use crate::goal;
use crate::latency::{self, Awaited, Decision, Latency};
use crate::protocol::{PROTOCOLS, Protocol, Vocabulary};
use crate::report::compare::Compared;
use crate::report::{again_text, broken, hash_text, setback_text, unanswered_text, unknown_text, wait_text};
use crate::scenario::{Scenario, library};
use crate::sim::{Run, Stop};
use crate::trace::Trace;
use crate::types::{Bytes, Time};

/// So many decrees of each protocol are compared one by one.
const DECREES_MAX: usize = 12;

/// At most so many ballots that passed nothing are listed one by one: the last ones, as on the page.
const FAILED_MAX: usize = 3;

/// The built-in scenarios, in a line for each.
pub(super) fn list() -> String {
    let line = |built_in: &library::BuiltIn| match Scenario::read(built_in.text) {
        Ok((_, scenario)) => format!("{:<24} {}\n", built_in.name, scenario.about),
        Err(error) => format!("{:<24} {error}\n", built_in.name),
    };
    library::LIBRARY.iter().map(line).collect()
}

/// How long the longest name of these protocols is, in characters.
fn longest_name<'p>(protocols: impl Iterator<Item = &'p Protocol>) -> usize {
    protocols.map(|protocol| protocol.name.chars().count()).max().unwrap_or(0)
}

/// Every protocol, with the choices that a script has.
pub(super) fn protocols() -> String {
    let (words, mut out) = (Vocabulary::default(), String::new());
    let width = longest_name(PROTOCOLS.iter().copied()) + 3;
    for protocol in PROTOCOLS {
        out += &format!("{:<width$}{} [{}]\n", protocol.name, words.fill(protocol.summary), protocol.source);
        for option in protocol.options {
            out +=
                &format!("    option {} {}: {}\n", option.name, option.values.join(" | "), words.fill(option.summary));
        }
        for guard in protocol.guards {
            let info = guard.info();
            out += &format!("    without {}: {}\n", info.name, words.fill(info.broken));
        }
        for formula in protocol.formulas() {
            let (source, scenario) = (formula.source, formula.scenario);
            out += &format!("    formula {} [{source}; see {scenario}]\n", formula.sentence());
        }
    }
    out
}

/// Protocols side by side, with what the checks say of each. Each decree has a row of its own; of many, the first ones.
pub(super) fn comparison(compared: &[Compared], verdicts: &[Vec<Verdict>]) -> String {
    let delta = compared.first().and_then(|one| one.run.scenario().delta);
    let span = if delta.is_some() { 14 } else { 8 };
    let mut out = String::new();
    let figures: Vec<_> = compared.iter().map(|one| one.protocol.figure()).collect();
    let name_width = longest_name(compared.iter().map(|one| one.protocol)).max(11) + 2;
    let figure_width = figures.iter().map(|figure| figure.chars().count()).max().unwrap_or(0) + 2;
    // Where two cost the same, the lines below the table say which is which.
    let is_same = (1..figures.len()).any(|place| figures[..place].contains(&figures[place]));
    let mut row = |cells: &[String]| {
        let cells = cells.iter().zip([figure_width.max(4), name_width, 18, span, span, span, span, span, span, 9]);
        let padded = cells.map(|(cell, width)| format!("{cell:<width$}")).collect::<String>();
        out += padded.trim_end();
        out.push('\n');
    };
    row(&["", "", "", "request", "", "", "2a", "", "1a", ""].map(str::to_owned));
    row(&["", "protocol", "decree", "leader", "all", "client", "leader", "all", "all", "messages"].map(str::to_owned));
    let mut totals = Vec::new();
    for (one, verdicts) in compared.iter().zip(verdicts) {
        let trace = one.run.trace();
        let decisions = latency::decisions(trace);
        let shown = |time: Option<Time>| time.map_or_else(|| "–".to_owned(), |time| format!("{time}Δ"));
        let [variant, protocol] = [one.protocol.figure(), one.protocol.name].map(str::to_owned);
        if decisions.is_empty() {
            row(&[variant.clone(), protocol.clone(), "nothing is decided".to_owned()]);
        }
        for (place, decision) in decisions.iter().take(DECREES_MAX).enumerate() {
            let [variant, protocol] =
                if place == 0 { [variant.clone(), protocol.clone()] } else { [String::new(), String::new()] };
            let decree: String = trace.scenario.symbols.value(decision.vote.value).chars().take(16).collect();
            let (client, begin, ballot) = (decision.from_client(), decision.from_begin(), decision.from_ballot());
            let spans = [client.leader, client.all, client.client, begin.leader, begin.all, ballot.all];
            let [a, b, c, d, e, f] = spans.map(shown);
            // The commands of a history share their messages.
            let is_shared = one.protocol.histories.is_some();
            let messages = if is_shared { "–".to_owned() } else { decision.messages.to_string() };
            row(&[variant, protocol, decree, a, b, c, d, e, f, messages]);
            // Both in one cell would be too broad for a terminal.
            if let Some(delta) = delta {
                let shown =
                    |time: Option<Time>| time.map_or_else(String::new, |time| format!("{} ms", delta.nearest(time)));
                let [a, b, c, d, e, f] = spans.map(shown);
                row(&[String::new(), String::new(), String::new(), a, b, c, d, e, f]);
            }
        }
        let name = if is_same { format!("{variant}  {protocol}") } else { variant };
        totals.push(format!("{name}  {}", total(one, decisions.len(), verdicts)));
    }
    out + "\n" + &totals.concat()
}

/// What a whole run came to.
fn total(one: &Compared, decided: usize, verdicts: &[Verdict]) -> String {
    let trace = one.run.trace();
    let counts = trace.message_counts(trace.events().len());
    let ballots = latency::ballots(trace);
    let broken: Vec<_> = verdicts.iter().filter(|verdict| !verdict.holds()).map(|verdict| verdict.check.name).collect();
    let checks =
        if broken.is_empty() { "every check holds".to_owned() } else { format!("violated: {}", broken.join(", ")) };
    let (sent, lost, started, stale) = (counts.sent, counts.lost, ballots.started, ballots.stale);
    format!("{decided} decided, {sent} messages in all, {lost} lost, {started} ballots, k = {stale}; {checks}\n")
}

/// The report of a run with the verdicts of the checks, in the words of a year. The title stays as its author wrote it.
pub(super) fn report(run: &Run, verdicts: &[Verdict], words: Vocabulary) -> String {
    let trace = run.trace();
    let scenario = run.scenario();
    let mut out = String::new();
    writeln!(out, "{}  ({}, {} nodes)", scenario.headline(), scenario.protocol.name, scenario.nodes())
        .expect("a string takes everything");
    let mut line = |text: String| writeln!(out, "{text}").expect("a string takes everything");
    if !scenario.about.is_empty() {
        line(scenario.about.clone());
    }
    line(String::new());
    if let Some(broken) = broken(trace, words, verdicts, usize::MAX) {
        line(format!("✗ {}", broken.sentence));
    }
    let decisions = latency::decisions(trace);
    let ballots = latency::ballots(trace);
    if decisions.is_empty() && ballots.unknown.is_empty() {
        line("nothing is decided".to_owned());
    }
    for decision in &decisions {
        decision_lines(trace, decision, words, &mut line);
    }
    ballots.unknown.iter().for_each(|chosen| line(unknown_text(trace, words, chosen)));
    latency::unanswered(trace).iter().for_each(|request| line(unanswered_text(trace, words, request)));
    ballots.again.iter().for_each(|again| line(again_text(trace, words, again)));
    let earlier = ballots.abandoned.len().saturating_sub(FAILED_MAX);
    match earlier {
        0 => {}
        1 => line(words.fill("1 earlier {ballot} passes nothing")),
        _ => line(format!("{earlier} earlier {} pass nothing", words.ballots)),
    }
    for abandoned in &ballots.abandoned[earlier..] {
        let number = scenario.symbols.ballot(abandoned.ballot);
        line(format!("{} {number} passes nothing: {}", words.ballot, setback_text(trace, words, abandoned.why)));
    }
    let counts = trace.message_counts(trace.events().len());
    // A script that says nothing of sizes has not chosen them, so its bytes are left to readers who ask for them.
    let are_said = scenario.network.sizes.are_said;
    let bytes = if are_said { format!(" with {}", Bytes(counts.bytes)) } else { String::new() };
    let injected = if counts.injected == 0 { String::new() } else { format!("{} injected, ", counts.injected) };
    // A multicast is one send that lands many times.
    let sends = if counts.sends == counts.sent { String::new() } else { format!(" by {} sends", counts.sends) };
    line(format!(
        "{} messages sent{sends}{bytes}, {injected}{} lost, {} duplicated; {} {}; {} at {}",
        counts.sent,
        counts.lost,
        counts.duplicated,
        ballots.started,
        words.ballots,
        match run.stop() {
            Stop::Quiet => "quiet",
            Stop::Until => "stopped as told",
            Stop::Horizon => "stopped, though it would go on,",
            Stop::TooLong => "stopped as too long",
            Stop::TooLarge(_) => "stopped as too large",
            Stop::Unfinished => "not over",
        },
        scenario.time_text(trace.end())
    ));
    line(String::new());
    for verdict in verdicts {
        match &verdict.violation {
            None if verdict.is_applicable => line(format!("✓ {}", verdict.check.name)),
            None => line(format!("– {}, not applicable", verdict.check.name)),
            Some(violation) => {
                let place = scenario.time_text(trace.event(violation.event).time);
                line(format!(
                    "✗ {}, event {} at {place}: {}",
                    verdict.check.name,
                    violation.event.0,
                    violation.sentence.in_words(words)
                ));
            }
        }
    }
    line(format!("trace {}", hash_text(trace.hash())));
    goal_lines(run, verdicts, &mut line);
    out
}

/// Which goals of the script are reached, and what is missing.
fn goal_lines(run: &Run, verdicts: &[Verdict], line: &mut impl FnMut(String)) {
    let outcomes = goal::judge(run.trace(), usize::MAX, verdicts);
    if outcomes.is_empty() {
        return;
    }
    let (points, of) = goal::points(&outcomes);
    line(String::new());
    line(format!("goals, {points} of {of} points"));
    for outcome in &outcomes {
        line(match outcome.is_reached {
            true => format!("✓ {}", outcome.text),
            false => format!("✗ {}: {}", outcome.text.trim_end_matches('.'), outcome.sentence),
        });
    }
}

/// The latencies by each way of counting, which must not be mixed.
fn counted(decision: &Decision) -> [(&'static str, Latency); 4] {
    [
        ("from the request:", decision.from_client()),
        ("from T_el, the election:", decision.from_election()),
        ("from the {ballot}’s start:", decision.from_ballot()),
        ("from its {begin_ballot}:", decision.from_begin()),
    ]
}

fn decision_lines(trace: &Trace, decision: &Decision, words: Vocabulary, line: &mut impl FnMut(String)) {
    let symbols = &trace.scenario.symbols;
    let text = |time: Time| trace.scenario.time_text(time);
    let deltas = |time: Option<Time>| time.map_or("not by the end".to_owned(), text);
    let (value, number) = (words.value(symbols, decision.vote.value), symbols.ballot(decision.vote.ballot));
    line(format!("“{value}” is decided by {} {number} of {}", words.ballot, symbols.node(decision.proposer)));
    if let Some(chosen) = decision.chosen.filter(|chosen| chosen.vote.ballot != decision.vote.ballot) {
        line(format!("  chosen at {}, by {} {}", text(chosen.time), words.ballot, symbols.ballot(chosen.vote.ballot)));
    }
    let cast = &trace.scenario.setup.cast;
    let has_client = decision.asked.is_some_and(|(node, _)| cast.clients.contains(node));
    for (name, latency) in counted(decision) {
        let (leader, all) = (latency.leader, latency.all);
        if leader.or(all).is_some() {
            // The column has the same width in the words of either paper.
            let name = words.fill(name);
            // The client has a figure of its own where it is a process of its own, because it waits for its answer too.
            let answer = latency.client.filter(|_| has_client && latency == decision.from_client());
            let answer = answer.map_or_else(String::new, |time| format!(", client {time}Δ"));
            line(format!("  {name:<27}leader {}, all {}{answer}", deltas(leader), deltas(all)));
        }
    }
    if decision.stale > 0 {
        line(format!("  k = {}: so many larger {} surprised the leader", decision.stale, words.ballots));
    }
    if trace.scenario.network.sizes.bandwidth.is_some() {
        line(format!("  {:<27}{}", "of this path, in ports:", text(decision.in_ports())));
    }
    for segment in &decision.critical_path {
        let (from, until) = (text(segment.from), text(segment.until));
        let what = match segment.what {
            Awaited::Wait(node, why) => wait_text(trace, words, node, why),
            Awaited::Message(id) => {
                let envelope = trace.message(id);
                let (from, to) = (symbols.node(envelope.from), symbols.node(envelope.to));
                let kind = trace.scenario.protocol.kind(envelope.message.kind);
                format!("{from} → {to}  {} {}", kind.phase.label(), words.kind(kind))
            }
        };
        let (before, after) = if trace.scenario.delta.is_some() { (22, 24) } else { (9, 11) };
        line(format!("  {from:>before$} → {until:<after$}{what}"));
    }
    let silent = cast.learners.iter().filter(|node| decision.learned.iter().all(|(one, _)| one != node));
    let silent: Vec<_> = silent.map(|node| symbols.node(node)).collect();
    if !silent.is_empty() {
        line(format!("  not learned by {}", silent.join(", ")));
    }
}
