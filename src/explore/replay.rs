//! From moves to a script: the run of the scenario makes exactly these moves in this order.
//!
//! The i-th move happens at the i-th instant of an even beat. Each message that arrives has a rule that says how long it
//! takes. A message that does not arrive is dropped if it would otherwise arrive before the end. An injected message says
//! itself how long it takes, and a liar's message that arrives changed has a line that says how. The beat is so quick that no timer runs out by itself. So nothing but the moves happens, and
//! no two moves happen at once.

use crate::explore::process::{Happening, Outcome, Process};
use crate::explore::schedules::{Flight, Move};
use crate::protocol::{Guard, Input, Message, Payload, Phase, Setup, Trust};
use crate::quorum::Overlap;
use crate::scenario::{
    Act, Disk, Injection, Lie, Line, Link, NetworkModel, Part, RuleEffect, Scenario, Script, Statement,
};
use crate::types::{NodeId, NodeSet, Symbols, Time, Value};

/// The beats that are tried, from slow to quick, in ticks: a quarter of Δ first, if no timer prevents it.
const BEATS: [u64; 9] = [250_000, 200_000, 100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000];

/// The script that makes these moves from the start of a scenario.
pub fn script(scenario: &Scenario, title: &str, about: &str, moves: &[Move]) -> Script {
    let shortest = Replay::play(scenario, moves, Time(BEATS[0])).shortest_timer;
    let ends_in_time = |beat: &&u64| shortest.is_none_or(|span| **beat * (moves.len() as u64 + 2) < span.0);
    let beat = BEATS.iter().find(ends_in_time).copied().unwrap_or(BEATS[BEATS.len() - 1]);
    let replay = Replay::play(scenario, moves, Time(beat));
    let mut statements = vec![Statement::Title(title.to_owned()), Statement::About(about.to_owned())];
    statements.extend(setting(scenario));
    let end = replay.end();
    let rules: Vec<_> = replay.sent.iter().flat_map(|sent| sent.rules(scenario, end)).collect();
    let blank = Line::default();
    let mut lines: Vec<Line> = statements.into_iter().map(Line::from).collect();
    lines.push(blank.clone());
    let injected = replay.sent.iter().flat_map(|sent| sent.injections(end));
    let mut acts: Vec<_> = injected.chain(replay.acts).collect();
    // Some leaders prefer the decree that the script names first, so the lines that propose keep the order of the scenario. No
    // two of the acts are at one instant.
    if scenario.setup.quorums.overlap == Overlap::TwoFast || scenario.protocol.trust == Trust::Byzantine {
        let values = &scenario.symbols.values;
        acts.sort_by_key(|(_, act)| match act {
            Act::Propose(_, text) => values.iter().position(|value| **value == **text),
            _ => Some(values.len()),
        });
    }
    lines.extend(acts.into_iter().map(|(at, act)| Line::from(Statement::At(at, act))));
    lines.push(blank);
    lines.extend(rules.into_iter().map(Line::from));
    lines.push(Statement::Until(end).into());
    Script { lines }
}

/// The lines that describe the cluster and its rules. Every part of a scenario and of its set-up is named here, so that a
/// new one does not compile until somebody has decided whether a search plays it.
fn setting(scenario: &Scenario) -> Vec<Statement> {
    let Scenario {
        // The script of the moves has its own title and texts.
        title: _,
        about: _,
        look: _,
        captions: _,
        protocol,
        delta,
        setup,
        symbols,
        // Each move says how long a message takes, and whether it is lost or doubled; so nothing waits in a port. Of the
        // network's lines only those on sizes are left.
        network: NetworkModel { sizes, delay: _, loss_per_million: _, duplicates_per_million: _, seed: _ },
        // The moves consist of these acts, or replace them.
        acts: _,
        rules: _,
        service,
        // The lines that propose bring the commands back.
        commands: _,
        leaders,
        quorum,
        // The script ends with the last move.
        until: _,
        // A line that means nothing under this protocol is not needed.
        idle: _,
        // The script of the moves shows what the search has found, and sets nobody a task.
        goals: _,
        allowed: _,
        said: _,
    } = scenario;
    let Setup {
        cast,
        // The protocol, its rules and the line `quorum` say what the quorums are.
        quorums: _,
        choices,
        without,
        forgetful,
        skipped: _,
        // The protocol and the cast say which decrees change the configuration.
        changes: _,
        // So do the service, the options and the rules say what the histories are.
        histories: _,
        // The lines that propose say who asks for what.
        requests: _,
    } = &**setup;
    let mut lines = vec![Statement::Protocol(protocol.name.to_owned())];
    lines.extend(delta.map(Statement::Delta));
    if sizes.are_said {
        lines.extend([Statement::Header(sizes.header), Statement::Size(sizes.value)]);
    }
    lines.extend(service.map(|service| Statement::Service(service.name.to_owned())));
    for (option, choice) in protocol.options.iter().zip(choices).filter(|(_, choice)| **choice != 0) {
        let value = option.values[usize::from(*choice)];
        lines.push(Statement::Option(option.name.to_owned(), value.to_owned()));
    }
    let guards = protocol.guards.iter().filter(|guard| without.contains(**guard));
    lines.extend(guards.map(|guard| Statement::Without(guard.info().name.to_owned(), Vec::new())));
    if !forgetful.is_empty() {
        let memory = Guard::Memory.info().name.to_owned();
        lines.push(Statement::Without(memory, named(symbols, forgetful.iter())));
    }
    let skipped = Phase::STEPS.into_iter().filter(|step| !setup.performs(*step));
    lines.extend(skipped.map(|step| Statement::Skip(step.label().to_owned())));
    lines.push(Statement::Nodes(symbols.nodes.iter().map(|name| name.to_string()).collect()));
    lines.extend(parts(scenario).into_iter().map(|(part, set)| Statement::Part(part, named(symbols, set.iter()))));
    lines.extend(
        cast.tolerates.map(|tolerance| Statement::Tolerate(u32::from(tolerance.liars), tolerance.swift.map(u32::from))),
    );
    lines.extend(quorum.clone().map(Statement::Quorum));
    // The script names the leaders at the start only where they differ from the leader that a script without such a line
    // has.
    if *leaders != cast.first_leader() && protocol.oracle_unheard(choices).is_none() {
        lines.push(Statement::Leader(named(symbols, leaders.iter())));
    }
    lines
}

/// The parts that not every node plays.
fn parts(scenario: &Scenario) -> Vec<(Part, NodeSet)> {
    let cast = &scenario.setup.cast;
    let membership = scenario.protocol.membership;
    let auxiliaries = membership.map_or(NodeSet::EMPTY, |membership| (membership.auxiliaries)(cast.acceptors));
    let of = |part| match part {
        Part::Acceptors => (cast.acceptors, cast.servers()),
        Part::Learners => (cast.learners, cast.servers().without(cast.auxiliaries)),
        Part::Clients => (cast.clients, NodeSet::EMPTY),
        Part::Auxiliaries => (cast.auxiliaries, auxiliaries),
        Part::Liars => (cast.liars, NodeSet::EMPTY),
    };
    let said = Part::ALL.into_iter().map(|part| (part, of(part))).filter(|(_, (set, usual))| set != usual);
    said.map(|(part, (set, _))| (part, set)).collect()
}

fn named(symbols: &Symbols, nodes: impl Iterator<Item = NodeId>) -> Vec<String> {
    nodes.map(|node| symbols.node(node).to_owned()).collect()
}

/// The origin of a message.
enum Origin {
    /// From a process: the n-th of its kind on its link.
    Process(u32),
    /// A line of the script sent it; no rule counts it.
    Script(Injection<String, String>),
}

/// A message on its way, and its fate.
struct Sent {
    flight: Flight,
    origin: Origin,
    at: Time,
    /// How many times the message may arrive: once, or twice when it was doubled.
    copies: usize,
    lost: usize,
    arrived: Vec<Time>,
    /// The lies that make it say something else.
    lies: Vec<Lie>,
}

impl Sent {
    fn is_under_way(&self) -> bool {
        self.arrived.len() + self.lost < self.copies
    }

    /// The lines of the script about this message.
    fn rules(&self, scenario: &Scenario, end: Time) -> Vec<Statement> {
        let Origin::Process(ordinal) = self.origin else { return Vec::new() };
        let effects = match self.arrived[..] {
            // A message that is still under way at the end needs no line.
            [] if self.lost == 0 && self.at.plus(Time::DELTA) > end => vec![],
            [] => vec![RuleEffect::Drop],
            [only] => vec![RuleEffect::Delay(only.since(self.at))],
            [first, second, ..] => {
                vec![RuleEffect::Delay(first.since(self.at)), RuleEffect::Duplicate(second.since(first))]
            }
        };
        let rule = |effect| Statement::Rule {
            kind: scenario.protocol.kind(self.flight.message.kind).name.to_owned(),
            link: link(&scenario.symbols, self.flight.from, self.flight.to),
            ordinal,
            effect,
        };
        self.lies.iter().cloned().map(RuleEffect::Forge).chain(effects).map(rule).collect()
    }

    /// The lines that inject it: one for each time that it arrives, and one if it is still under way at the end. A lost
    /// copy needs no line.
    fn injections(&self, end: Time) -> Vec<(Time, Act<String, String>)> {
        let Origin::Script(injection) = &self.origin else { return Vec::new() };
        let later = self.is_under_way().then(|| end.plus(Time::DELTA));
        let arrives = self.arrived.iter().copied().chain(later);
        let line = |arrives: Time| Injection { takes: Some(arrives.since(self.at)), ..injection.clone() };
        arrives.map(|arrives| (self.at, Act::Inject(line(arrives)))).collect()
    }
}

fn link(symbols: &Symbols, from: NodeId, to: NodeId) -> Link<String> {
    Link { from: symbols.node(from).to_owned(), to: symbols.node(to).to_owned() }
}

/// The moves as they are made, one a beat.
struct Replay<'a> {
    scenario: &'a Scenario,
    beat: Time,
    now: Time,
    processes: Vec<Process>,
    leaders: NodeSet,
    sent: Vec<Sent>,
    acts: Vec<(Time, Act<String, String>)>,
    shortest_timer: Option<Time>,
}

impl<'a> Replay<'a> {
    fn play(scenario: &'a Scenario, moves: &[Move], beat: Time) -> Self {
        let processes = NodeId::all(scenario.nodes()).map(|node| Process::open(scenario, node)).collect();
        let (sent, acts, leaders) = (Vec::new(), Vec::new(), scenario.leaders);
        let mut replay = Self { scenario, beat, now: Time::ZERO, processes, leaders, sent, acts, shortest_timer: None };
        for node in NodeId::all(scenario.nodes()) {
            replay.step(node, Happening::Start { again: false, leaders });
        }
        let injected: Vec<_> = scenario.acts.iter().filter_map(|planned| injection(&planned.act)).collect();
        if !injected.is_empty() {
            replay.now = beat;
            injected.into_iter().for_each(|injection| replay.inject(injection));
        }
        for next in moves {
            replay.now = replay.now.plus(beat);
            replay.make(next);
        }
        replay
    }

    /// The last instant, at least one beat after the start: without moves nothing happens at this instant.
    fn end(&self) -> Time {
        self.now.max(self.beat)
    }

    fn step(&mut self, node: NodeId, happening: Happening<'_>) {
        let Outcome { sent, timers, .. } = self.processes[node.index()].step(self.scenario, happening);
        let spans = timers.into_iter().filter_map(|(_, span)| span);
        self.shortest_timer = self.shortest_timer.into_iter().chain(spans).min();
        for (to, message) in sent {
            let alike = |sent: &&Sent| {
                let flight = &sent.flight;
                matches!(sent.origin, Origin::Process(_))
                    && (flight.from, flight.to, flight.message.kind) == (node, to, message.kind)
            };
            let ordinal = self.sent.iter().filter(alike).count() as u32 + 1;
            self.send(node, to, message, Origin::Process(ordinal));
        }
    }

    fn send(&mut self, from: NodeId, to: NodeId, message: Message, origin: Origin) {
        let flight = Flight { from, to, message, is_doubled: false };
        self.sent.push(Sent {
            flight,
            origin,
            at: self.now,
            copies: 1,
            lost: 0,
            arrived: Vec::new(),
            lies: Vec::new(),
        });
    }

    fn inject(&mut self, injection: &Injection<NodeId, Value>) {
        let line = named_injection(&self.scenario.symbols, injection);
        let message = injection.message(self.scenario.protocol);
        self.send(injection.link.from, injection.link.to, message, Origin::Script(line));
    }

    /// The message under way that equals this one: the one that was sent first.
    fn under_way(&mut self, flight: &Flight) -> &mut Sent {
        let is_it = |sent: &&mut Sent| sent.flight == *flight && sent.is_under_way();
        self.sent.iter_mut().find(is_it).expect("it is under way")
    }

    fn make(&mut self, next: &Move) {
        let (now, scenario) = (self.now, self.scenario);
        let symbols = &scenario.symbols;
        let name = |node: NodeId| symbols.node(node).to_owned();
        match next {
            Move::Play(place) => match &scenario.acts[*place].act {
                Act::Propose(node, value) => {
                    self.acts.push((now, Act::Propose(name(*node), symbols.value(*value).into_owned())));
                    self.step(*node, Happening::Input(Input::Propose(*value)));
                }
                Act::Leader(leaders) => {
                    self.acts.push((now, Act::Leader(named(symbols, leaders.iter().copied()))));
                    self.leaders = leaders.iter().copied().collect();
                    for node in NodeId::all(scenario.nodes()) {
                        if self.processes[node.index()].is_up() {
                            self.step(node, Happening::Input(Input::Leaders(self.leaders)));
                        }
                    }
                }
                other => unreachable!("no search plays this: {other:?}"),
            },
            Move::Deliver(flight) => {
                self.under_way(flight).arrived.push(now);
                self.step(flight.to, Happening::Input(Input::Deliver { from: flight.from, message: &flight.message }));
            }
            Move::Change(flight, lies, said) => {
                let sent = self.under_way(flight);
                sent.arrived.push(now);
                sent.lies = lies.iter().filter_map(|lie| named_lie(symbols, lie)).collect();
                self.step(flight.to, Happening::Input(Input::Deliver { from: flight.from, message: said }));
            }
            Move::Invent(flight) => {
                let line = invention(scenario, flight, self.beat);
                self.acts.push((now.since(self.beat), Act::Inject(line)));
                self.step(flight.to, Happening::Input(Input::Deliver { from: flight.from, message: &flight.message }));
            }
            Move::Lose(flight) => self.under_way(flight).lost += 1,
            Move::Double(flight) => {
                let sent = self.under_way(flight);
                sent.copies += 1;
                sent.flight.is_doubled = true;
            }
            Move::Crash(node) => {
                self.acts.push((now, Act::Crash(name(*node))));
                self.step(*node, Happening::Crash);
            }
            Move::Restart(node) => {
                self.acts.push((now, Act::Restart(name(*node), Disk::Kept)));
                let leaders = self.leaders;
                self.step(*node, Happening::Start { again: true, leaders });
            }
            Move::Timeout(node, timer) => {
                let kind = scenario.protocol.timers[usize::from(timer.kind)].name.to_owned();
                self.acts.push((now, Act::Timeout(name(*node), kind, timer.number)));
                self.step(*node, Happening::Input(Input::Timer(*timer)));
            }
        }
    }
}

/// The line that injects a message that a liar has invented.
fn invention(scenario: &Scenario, flight: &Flight, takes: Time) -> Injection<String, String> {
    let (symbols, message) = (&scenario.symbols, &flight.message);
    let value = match &message.payload {
        Payload::Proof(vote, _) => vote.map(|vote| vote.value),
        payload => payload.value(),
    };
    Injection {
        kind: scenario.protocol.kind(message.kind).name.to_owned(),
        link: link(symbols, flight.from, flight.to),
        ballot: message.ballot.map(|ballot| (ballot.number(), symbols.node(ballot.owner()).to_owned())),
        instance: message.instance.0,
        value: value.map(|value| symbols.value(value).into_owned()),
        takes: Some(takes),
    }
}

/// An injected message in the names of the script.
fn named_injection(symbols: &Symbols, injection: &Injection<NodeId, Value>) -> Injection<String, String> {
    Injection {
        kind: injection.kind.clone(),
        link: link(symbols, injection.link.from, injection.link.to),
        ballot: injection.ballot.map(|(number, owner)| (number, symbols.node(owner).to_owned())),
        instance: injection.instance,
        value: injection.value.map(|value| symbols.value(value).into_owned()),
        takes: None,
    }
}

/// A lie in the names of the script; none for a lie about when a message leaves, because another line says when it arrives.
fn named_lie(symbols: &Symbols, lie: &Lie<NodeId, Value>) -> Option<Lie> {
    Some(match lie {
        Lie::Says(value) => Lie::Says(symbols.value(*value).into_owned()),
        Lie::Omits(nodes) => Lie::Omits(named(symbols, nodes.iter().copied())),
        Lie::False => Lie::False,
        Lie::Claims(claimed) => Lie::Claims(named_injection(symbols, claimed)),
        Lie::Silent | Lie::Late(_) => return None,
    })
}

fn injection(act: &Act<NodeId, Value>) -> Option<&Injection<NodeId, Value>> {
    match act {
        Act::Inject(injection) => Some(injection),
        _ => None,
    }
}
