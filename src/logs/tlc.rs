//! Counterexamples of TLC for `Paxos.tla` and `Voting.tla` of the TLA+ examples: what is new in each state of the error trace is
//! what happened.
//!
//! In `Paxos.tla` the variable `msgs` only grows, and each new message is a step: 1a begins a ballot, 1b promises, 2a carries a
//! value, 2b votes. In `Voting.tla` there are `votes`, and `maxBal`, which grows when an acceptor promises. Neither has processes
//! that lead or learn. So ballot 0 is the ballot of a leader `b0`, and an observer, `chosen`, learns what a majority of the
//! acceptors has voted for.

mod value;

use std::collections::{BTreeMap, BTreeSet};

use super::EVENTS_MAX;
use super::entry::{Cast, Deed, Entry, Lines, Number};
use crate::tongue::say;
use value::Value;

/// Who learns what a majority has voted for.
const OBSERVER: &str = "chosen";

/// The variables that are read.
const VARIABLES: [&str; 4] = ["msgs", "votes", "maxBal", "maxVBal"];

/// Whether a text is the output of TLC: it has states with conjunctions.
pub(super) fn is_it(text: &str) -> bool {
    text.lines().any(|line| state(line).is_some()) && text.lines().any(|line| line.trim_start().starts_with("/\\ "))
}

/// The number of the state that begins in this line: `State 2: <Phase1a line 10 …>`, or `2: <Phase1a …>`.
fn state(line: &str) -> Option<u32> {
    let line = line.trim_start();
    let (number, action) = line.strip_prefix("State ").unwrap_or(line).split_once(": ")?;
    number.parse().ok().filter(|_| action.starts_with('<') || action.starts_with("Stuttering"))
}

/// Reads a counterexample.
pub(super) fn read(text: &str) -> Lines {
    let mut reader = Reader::default();
    let mut lines: Vec<(usize, &str)> = Vec::new();
    let mut begins = 0;
    for (line, text) in (1..).zip(text.lines()) {
        if state(text).is_some() {
            reader.state(begins, &lines);
            (begins, lines) = (line, Vec::new());
        } else if begins > 0 && !text.trim().is_empty() {
            // What TLC says after the last state is no conjunct and no part of one.
            let is_end = text.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '@')
                || text.starts_with("Error");
            if is_end {
                reader.state(begins, &lines);
                (begins, lines) = (0, Vec::new());
            } else {
                lines.push((line, text));
            }
        }
        if reader.lines.entries.len() > EVENTS_MAX {
            reader.lines.mistake(
                line,
                say!("a log has at most {most} events; what comes after is not read", most = EVENTS_MAX),
            );
            lines.clear();
            break;
        }
    }
    reader.state(begins, &lines);
    reader.finish()
}

#[derive(Default)]
struct Reader {
    lines: Lines,
    acceptors: BTreeSet<String>,
    messages: BTreeSet<Value>,
    votes: BTreeMap<String, BTreeSet<(i64, String)>>,
    promised: BTreeMap<String, i64>,
    learned: BTreeSet<(i64, String)>,
}

impl Reader {
    /// Reads the variables of a state.
    fn state(&mut self, line: usize, lines: &[(usize, &str)]) {
        let mut conjuncts: Vec<(usize, String)> = Vec::new();
        for (number, text) in lines {
            match (text.trim_start().strip_prefix("/\\ "), conjuncts.last_mut()) {
                (Some(conjunct), _) => conjuncts.push((*number, conjunct.to_owned())),
                (None, Some((_, last))) => {
                    last.push(' ');
                    last.push_str(text.trim());
                }
                (None, None) => conjuncts.push((*number, text.trim().to_owned())),
            }
        }
        let (mut state, mut known) = (BTreeMap::new(), Vec::new());
        for (number, conjunct) in conjuncts {
            let Some((name, text)) = conjunct.split_once('=') else { continue };
            known.push(name.trim().to_owned());
            // A model may have more variables than those that tell what happened.
            if !VARIABLES.contains(&name.trim()) {
                continue;
            }
            match value::parse(text) {
                Ok(value) => drop(state.insert(name.trim().to_owned(), value)),
                Err(why) => self.lines.mistake(number, why),
            }
        }
        for name in ["maxBal", "votes", "maxVBal"] {
            let known = state.get(name).and_then(Value::function).unwrap_or_default();
            self.acceptors.extend(known.into_iter().map(|(acceptor, _)| acceptor));
        }
        if let Some(messages) = state.get("msgs").and_then(Value::set) {
            self.messages(line, messages);
        } else if let (Some(votes), Some(bounds)) =
            (state.get("votes").and_then(Value::function), state.get("maxBal").and_then(Value::function))
        {
            self.voting(line, &votes, &bounds);
        } else if !known.is_empty() {
            let message = say!(
                "this state has the variables {known}; those of Paxos.tla (msgs) or of Voting.tla (votes and maxBal) can be read",
                known = known.join(", ")
            );
            self.lines.mistake(line, message);
        }
    }

    /// What is new in `msgs` of `Paxos.tla`.
    fn messages(&mut self, line: usize, messages: &[Value]) {
        for message in messages {
            if !self.messages.insert(message.clone()) {
                continue;
            }
            let text = |field: &str| message.field(field).map(Value::text);
            let number = |field: &str| message.field(field).and_then(Value::number);
            match (text("type").as_deref(), text("acc"), number("bal")) {
                (Some("1a"), _, Some(ballot)) => self.put(line, &leader(ballot), Deed::Tried(owned(ballot))),
                (Some("1b"), Some(acceptor), Some(ballot)) => {
                    let vote = number("mbal").filter(|ballot| *ballot >= 0).zip(text("mval"));
                    let vote = vote.map(|(ballot, value)| (owned(ballot), value));
                    self.put(line, &acceptor, Deed::Promised(1, owned(ballot), vote));
                }
                (Some("2a"), _, Some(ballot)) => {
                    let value = text("val").unwrap_or_default();
                    self.put(line, &leader(ballot), Deed::Began(1, (owned(ballot), value), None));
                }
                (Some("2b"), Some(acceptor), Some(ballot)) => {
                    self.vote(line, &acceptor, ballot, text("val").unwrap_or_default());
                }
                _ => self.lines.mistake(line, say!("a message here is none of 1a, 1b, 2a and 2b of Paxos.tla")),
            }
        }
    }

    /// What is new in `votes` and `maxBal` of `Voting.tla`.
    fn voting(&mut self, line: usize, votes: &[(String, Value)], bounds: &[(String, Value)]) {
        for (acceptor, cast) in votes {
            for vote in cast.set().unwrap_or_default() {
                let Some((ballot, value)) = vote.pair() else { continue };
                let is_new = self.votes.entry(acceptor.clone()).or_default().insert((ballot, value.clone()));
                if is_new {
                    self.vote(line, acceptor, ballot, value);
                    // A vote raises maxBal by itself.
                    let bound = self.promised.entry(acceptor.clone()).or_insert(-1);
                    *bound = ballot.max(*bound);
                }
            }
        }
        for (acceptor, bound) in bounds {
            let Some(bound) = bound.number().filter(|bound| *bound >= 0) else { continue };
            if self.promised.get(acceptor).is_some_and(|known| *known >= bound) {
                continue;
            }
            self.promised.insert(acceptor.clone(), bound);
            let votes = self.votes.get(acceptor);
            let last = votes.and_then(|votes| votes.iter().rev().find(|(ballot, _)| *ballot < bound));
            let last: Option<Cast> = last.map(|(ballot, value)| (owned(*ballot), value.clone()));
            self.put(line, acceptor, Deed::Promised(1, owned(bound), last));
        }
    }

    fn vote(&mut self, line: usize, acceptor: &str, ballot: i64, value: String) {
        self.put(line, acceptor, Deed::Voted(1, (owned(ballot), value.clone())));
        self.votes.entry(acceptor.to_owned()).or_default().insert((ballot, value.clone()));
        let voted = self.votes.values().filter(|cast| cast.contains(&(ballot, value.clone()))).count();
        if voted > self.acceptors.len() / 2 && self.learned.insert((ballot, value.clone())) {
            self.put(line, OBSERVER, Deed::Learned(1, value, Some(owned(ballot))));
        }
    }

    fn put(&mut self, line: usize, node: &str, deed: Deed) {
        self.lines.entries.push(Entry { line, stamp: None, node: node.to_owned(), deed, clock: Vec::new() });
    }

    fn finish(mut self) -> Lines {
        self.lines.head.acceptors = self.acceptors.into_iter().collect();
        self.lines.notes.push(say!("The model has no processes that lead or learn: b0 leads ballot 0, and “{observer}” learns what a majority of the acceptors has \
             voted for", observer = OBSERVER));
        self.lines
    }
}

/// The name of the process that leads a ballot.
fn leader(ballot: i64) -> String {
    format!("b{ballot}")
}

fn owned(ballot: i64) -> Number {
    Number { number: u32::try_from(ballot).unwrap_or(0), owner: Some(leader(ballot)) }
}
