//! From an execution with exact times to a scenario that plays it.
//!
//! The script leaves out all that makes no difference, and gives round numbers to the rest where it can. The titles of
//! the scenario state what its run shows.

use super::cast::Cast;
use super::timing::{Sent, Timed};
use super::{OldTraffic, Outside, Question, Shown};
use crate::protocol::Fact;
use crate::scenario::{Act, Injection, Line, Link, RuleEffect, Scenario, Script, Statement};
use crate::sim::Run;
use crate::types::{Instance, NodeId, Time};

impl Timed {
    /// How many lines the script needs for this execution.
    pub(super) fn lines(&self) -> usize {
        self.old.len() + self.delays.len() + self.drops.len() + self.crashes.len()
    }

    /// Leaves out all that makes no difference, and returns what the run then shows; none when the run does not show what
    /// was meant.
    pub(super) fn simplified(&self, cast: &Cast, question: &Question) -> Option<(Self, Shown)> {
        let mut timed = self.clone();
        let shown = timed.run(cast, question).filter(|shown| shown.all == self.end)?;
        let is_as_slow = |timed: &Self| timed.run(cast, question).is_some_and(|less| less.all >= self.end);
        timed.shrink(is_as_slow);
        for place in 0..timed.old.len() {
            let round = rounds(question, self.end).find_map(|round| {
                let mut tried = timed.clone();
                tried.old[place].2 = round;
                is_as_slow(&tried).then_some(tried)
            });
            timed = round.unwrap_or(timed);
        }
        for place in 0..timed.crashes.len() {
            let round = rounds(question, self.end).find_map(|round| {
                let mut tried = timed.clone();
                tried.crashes[place].1 = round;
                is_as_slow(&tried).then_some(tried)
            });
            timed = round.unwrap_or(timed);
        }
        for place in 0..timed.delays.len() {
            let mut tried = timed.clone();
            tried.delays[place].1 = Time::ZERO;
            if is_as_slow(&tried) {
                timed = tried;
            }
        }
        timed.shrink(is_as_slow);
        let shown = timed.run(cast, question).unwrap_or(shown);
        Some((timed, shown))
    }

    /// Leaves out, one by one, the things that make no difference.
    fn shrink(&mut self, is_as_slow: impl Fn(&Self) -> bool) {
        self.shrink_list(|timed| &mut timed.drops, &is_as_slow);
        self.shrink_list(|timed| &mut timed.crashes, &is_as_slow);
        self.shrink_list(|timed| &mut timed.delays, &is_as_slow);
        self.shrink_list(|timed| &mut timed.old, &is_as_slow);
    }

    /// Leaves out the things of one list that make no difference, the last first.
    fn shrink_list<T>(&mut self, list: fn(&mut Self) -> &mut Vec<T>, is_as_slow: impl Fn(&Self) -> bool) {
        for place in (0..list(self).len()).rev() {
            let mut tried = self.clone();
            list(&mut tried).remove(place);
            if is_as_slow(&tried) {
                *self = tried;
            }
        }
    }

    /// Runs the script; none when not every member of C learns.
    fn run(&self, cast: &Cast, question: &Question) -> Option<Shown> {
        let run = Run::of(Scenario::of(&self.script(cast, question, None)).ok()?);
        let mut learned = vec![None; cast.scenario.nodes()];
        for (_, time, node, fact) in run.trace().facts() {
            if matches!(fact, Fact::Learned(Instance::FIRST, _)) {
                learned[usize::from(node.0)].get_or_insert(time);
            }
        }
        let learned = |node: &NodeId| learned[usize::from(node.0)];
        let all = cast.majority().iter().map(learned).collect::<Option<Vec<Time>>>()?;
        Some(Shown { leader: learned(&cast.leader)?, all: all.into_iter().max()? })
    }

    /// The scenario in which old messages land at these instants, these messages take these times, and all others take Δ.
    pub(super) fn script(&self, cast: &Cast, question: &Question, shown: Option<Shown>) -> Script {
        let mut lines: Vec<Line> = titles(cast, question, shown).into_iter().map(Line::from).collect();
        lines.extend(cast.head.iter().cloned());
        let mut say = |statement: Statement| lines.push(statement.into());
        let name = |node: NodeId| cast.scenario.symbols.node(node).to_owned();
        if question.wait > Time::ZERO {
            say(Statement::Leader(Vec::new()));
        } else if cast.faulty.is_none() && cast.leader != NodeId(0) {
            say(Statement::Leader(vec![name(cast.leader)]));
        }
        let mut at = |time: Time, act| say(Statement::At(time, act));
        cast.down.iter().for_each(|node| at(Time::ZERO, Act::Crash(name(*node))));
        at(Time::ZERO, Act::Propose(name(cast.leader), cast.wish.clone()));
        for (old, to, time) in &self.old {
            let (kind, ballot) = cast.old[*old];
            let injection = Injection {
                kind: cast.scenario.protocol.kind(kind).name.to_owned(),
                link: Link { from: name(cast.stranger), to: name(*to) },
                ballot: Some((ballot.number(), name(ballot.owner()))),
                instance: Instance::FIRST.0,
                value: None,
                takes: Some(*time),
            };
            at(Time::ZERO, Act::Inject(injection));
        }
        if question.wait > Time::ZERO {
            at(question.wait, Act::Leader(vec![name(cast.leader)]));
        }
        self.crashes.iter().for_each(|(node, time)| at(*time, Act::Crash(name(*node))));
        let mut rule = |Sent { kind, from, to, ordinal }: &Sent, effect| {
            say(Statement::Rule {
                kind: cast.scenario.protocol.kind(*kind).name.to_owned(),
                link: Link { from: name(*from), to: name(*to) },
                ordinal: *ordinal,
                effect,
            });
        };
        self.delays.iter().for_each(|(sent, delay)| rule(sent, RuleEffect::Delay(*delay)));
        self.drops.iter().for_each(|sent| rule(sent, RuleEffect::Drop));
        Script { lines }
    }
}

/// The title and the words of the scenario about itself.
fn titles(cast: &Cast, question: &Question, shown: Option<Shown>) -> Vec<Statement> {
    let Some(Shown { leader, all }) = shown else { return Vec::new() };
    let limited = if question.old_traffic == OldTraffic::ByDelta { ", none later than T_el + Δ" } else { "" };
    let old = match question.stale {
        0 => String::new(),
        1 => format!(", and when one stale ballot is heard of{limited}"),
        more => format!(", and when {more} stale ballots are heard of{limited}"),
    };
    let faulty = cast.faulty.map(|node| cast.scenario.symbols.node(node));
    let title = match faulty {
        Some(faulty) => format!("The slowest execution with a faulty primary {faulty}"),
        None => format!("The slowest execution for k = {}", question.stale),
    };
    let crash = match question.crashes {
        0 => String::new(),
        1 => ", and when which process outside C crashes".to_owned(),
        more => format!(", and when which {more} processes outside C crash"),
    };
    let outside = match question.outside {
        Outside::Down | Outside::Up => crash,
        Outside::Slow => ", and how late those outside C are or what of theirs is lost".to_owned(),
    };
    let about =
        format!("An adversary has chosen every delay, up to Δ{old}{outside}, so that it takes as long as possible.");
    let name = |node: &NodeId| cast.scenario.symbols.node(*node);
    let who = match question.outside {
        Outside::Down => "everybody who is up".to_owned(),
        _ => format!("all of C, {},", cast.majority().iter().map(name).collect::<Vec<_>>().join(" ")),
    };
    let after = if faulty.is_some() { "its request" } else { "T_el" };
    let look = format!("{} knows {leader}Δ after {after}, and {who} {all}Δ.", name(&cast.leader));
    vec![Statement::Title(title), Statement::About(about), Statement::Look(look)]
}

/// Round instants at which old messages may land, the roundest first.
fn rounds(question: &Question, end: Time) -> impl Iterator<Item = Time> {
    let is_limited = question.old_traffic == OldTraffic::ByDelta;
    let most = if is_limited { Time::DELTA } else { end };
    [1, 2, 4].into_iter().flat_map(move |parts| {
        let step = Time::DELTA.0 / parts;
        let is_new = move |count: &u64| parts == 1 || !count.is_multiple_of(2);
        (0..=most.0 / step).filter(is_new).map(move |count| Time(count * step))
    })
}
