//! What can follow in a line: the grammar of `docs/scenario.md` as a table of what comes after which words.

use super::super::parts::Part;
use super::super::script::{HEADER, default_name};
use super::super::text::{ACTS, KEYWORDS, LIES, QUORUM_FORMS};
use super::words::{Word, words};
use super::{Hint, forms, goals};
use crate::protocol::{PROTOCOLS, Phase, Protocol, Vocabulary, find};
use crate::replica::{self, SERVICES, Service};
use crate::tongue::{Phrase, say, translated};
use crate::types::NODES_MAX;

/// What can stand at a place.
#[derive(Default)]
pub(super) struct Expected {
    /// Whether the line cannot end here.
    pub(super) is_needed: bool,
    /// The words, whatever is written there.
    pub(super) list: Vec<Hint>,
}

/// What the rest of the script says that matters for a line.
pub(super) struct Known {
    protocol: &'static Protocol,
    service: Option<&'static Service>,
    nodes: Vec<String>,
}

impl Known {
    /// Reads what can be read; what is wrong or missing is as in a script that does not say it.
    pub(super) fn of(text: &str) -> Self {
        let mut known =
            Self { protocol: find("basic").expect("the registry has it"), service: None, nodes: Vec::new() };
        for line in text.lines() {
            let keyword = line.split_whitespace().next().unwrap_or_default();
            if !matches!(keyword, "protocol" | "service" | "nodes") {
                continue;
            }
            let words = words(line);
            let Some(word) = words.get(1).map(|word| word.text) else { continue };
            match keyword {
                "protocol" => known.protocol = find(word).unwrap_or(known.protocol),
                "service" => known.service = replica::find(word).or(known.service),
                _ => known.nodes = nodes(&words[1..]),
            }
        }
        known
    }

    fn nodes(&self) -> Vec<Hint> {
        self.nodes.iter().map(|node| hint(node, say!("a node of this script"))).collect()
    }

    /// The kinds of message, in both vocabularies.
    fn kinds(&self) -> Vec<Hint> {
        let now = |about: &str, other: &str| say!("{about}; also called {other}");
        let of = |kind: &crate::protocol::KindInfo| {
            let about = match kind.phase {
                step if Phase::STEPS.contains(&step) => say!("a message of step {step}", step = step.label()),
                other => say!("a message of no step of a ballot ({sort})", sort = translated(other.label())),
            };
            [(kind.name, kind.name_2001), (kind.name_2001, kind.name)]
                .map(|(name, other)| hint(name, if name == other { about.clone() } else { now(&about, other) }))
        };
        let mut kinds: Vec<Hint> = self.protocol.kinds.iter().flat_map(of).collect();
        kinds.dedup_by(|one, other| one.word == other.word);
        kinds
    }

    /// The timers, quoted where their names have spaces.
    fn timers(&self) -> Vec<Hint> {
        let name = |name: &str| if name.contains(' ') { format!("\"{name}\"") } else { name.to_owned() };
        self.protocol.timers.iter().map(|timer| hint(name(timer.name), told(timer.meaning))).collect()
    }

    /// Examples of the service's commands, as values.
    fn commands(&self) -> Vec<Hint> {
        let commands = self.service.map_or(&[][..], |service| service.commands);
        let about = |command: &replica::CommandInfo| format!("{}: {}", command.form, translated(command.meaning));
        commands.iter().map(|command| hint(format!("\"{}\"", command.example), about(command))).collect()
    }
}

fn nodes(words: &[Word<'_>]) -> Vec<String> {
    let names = words.iter().take_while(|word| !word.text.starts_with('#')).map(|word| word.text.to_owned());
    match words[0].text.parse::<u32>() {
        Ok(count) => (0..count.min(NODES_MAX as u32)).map(default_name).collect(),
        Err(_) => names.take(NODES_MAX).collect(),
    }
}

/// A text of a table in the words of 1998, which scripts speak.
fn told(text: &'static str) -> String {
    Vocabulary::Parliament1998.fill(text)
}

fn hint(word: impl Into<String>, about: impl Into<String>) -> Hint {
    Hint { word: word.into(), about: about.into() }
}

fn needed(list: Vec<Hint>) -> Expected {
    Expected { is_needed: true, list }
}

fn possible(list: Vec<Hint>) -> Expected {
    Expected { is_needed: false, list }
}

fn and(mut list: Vec<Hint>, word: &str, about: Phrase) -> Vec<Hint> {
    list.push(hint(word, about));
    list
}

/// What the first line says.
pub(super) fn first(before: &[Word<'_>]) -> Expected {
    if before.is_empty() {
        needed(vec![hint(HEADER, say!("the first line of every script"))])
    } else {
        Expected::default()
    }
}

/// What can follow these words of a line.
pub(super) fn next(before: &[&str], known: &Known) -> Expected {
    let [keyword, rest @ ..] = before else {
        return needed(KEYWORDS.iter().map(|word| hint(*word, forms::statement(word))).collect());
    };
    match (*keyword, rest) {
        ("protocol", []) => {
            let about = |protocol: &Protocol| format!("{}: {}", protocol.title, told(protocol.summary));
            needed(PROTOCOLS.iter().map(|protocol| hint(protocol.name, about(protocol))).collect())
        }
        ("option", []) => {
            needed(known.protocol.options.iter().map(|option| hint(option.name, told(option.summary))).collect())
        }
        ("option", [name]) => {
            let options = known.protocol.options.iter().filter(|option| option.name == *name);
            let value =
                |(place, value): (usize, &&str)| hint(*value, if place == 0 { say!("the default").text() } else { "" });
            needed(options.flat_map(|option| option.values.iter().enumerate().map(value)).collect())
        }
        ("goal", rest) => possible(goals::goal(rest)),
        ("allow", []) => needed(goals::kinds()),
        ("allow", _) => {
            let mut list = goals::kinds();
            list.extend(known.nodes());
            possible(and(list, "before", say!("an instant follows")))
        }
        ("leader", rest) => leaders(rest, known),
        ("quorum", rest) => quorum(rest, known),
        ("service", []) => {
            needed(SERVICES.iter().map(|service| hint(service.name, translated(service.summary))).collect())
        }
        ("without", []) => {
            let rules = known.protocol.guards.iter().map(|guard| guard.info());
            needed(
                rules.map(|rule| hint(rule.name, say!("without it, {broken}", broken = told(rule.broken)))).collect(),
            )
        }
        ("without", ["memory", ..]) => possible(known.nodes()),
        ("skip", []) => {
            needed(Phase::STEPS.iter().map(|step| hint(step.label(), say!("nobody performs this step"))).collect())
        }
        ("at", [_]) => needed(ACTS.iter().map(|word| hint(*word, forms::act(word))).collect()),
        ("at", [_, act, rest @ ..]) => act_next(act, rest, known),
        ("drop" | "duplicate" | "forge", []) => needed(known.kinds()),
        ("forge", [_, _, "->" | "→", _, rest @ ..]) => lie(rest, known),
        ("drop" | "duplicate" | "forge", [_, rest @ ..]) => link(rest, known),
        ("delay", []) => {
            let mut list = known.kinds();
            list.extend(known.nodes());
            possible(list)
        }
        ("delay", [first, rest @ ..]) if known.protocol.kind_named(first).is_some() => link(rest, known),
        ("delay" | "loss" | "duplicates", rest) => Expected { is_needed: !rest.is_empty(), ..link(rest, known) },
        (keyword, rest) if Part::ALL.iter().any(|part| part.keyword() == keyword) => {
            Expected { is_needed: rest.is_empty(), list: known.nodes() }
        }
        _ => Expected::default(),
    }
}

fn act_next(act: &str, rest: &[&str], known: &Known) -> Expected {
    match (act, rest) {
        ("propose" | "crash" | "restart" | "timeout", []) => needed(known.nodes()),
        ("propose", [_]) => needed(known.commands()),
        ("crash", [_]) => possible(vec![hint("before-send", say!("the next step in which it would send is its last"))]),
        ("restart", [_]) => possible(vec![hint("empty", say!("its stable storage is gone, too"))]),
        ("timeout", [_]) => needed(known.timers()),
        ("partition", rest) => Expected { is_needed: rest.last().is_none_or(|last| *last == "|"), list: known.nodes() },
        ("cut", rest) => link(rest, known),
        ("heal", rest) => Expected { is_needed: !rest.is_empty(), ..link(rest, known) },
        ("leader", rest) => leaders(rest, known),
        ("inject", []) => needed(known.kinds()),
        ("inject", [_, rest @ ..]) if rest.len() < 3 => link(rest, known),
        ("inject", [.., last]) if *last != "after" => possible(vec![hint("after", say!("how long it takes follows"))]),
        _ => Expected::default(),
    }
}

/// A link, of which these words are there already.
fn link(there: &[&str], known: &Known) -> Expected {
    match there {
        [] | [_, "->" | "→"] => needed(known.nodes()),
        _ => Expected::default(),
    }
}

/// The lie about the message whose link is written; these words are there already.
fn lie(there: &[&str], known: &Known) -> Expected {
    match there {
        [] => needed(LIES.iter().map(|word| hint(*word, forms::lie(word))).collect()),
        [number] if number.starts_with('#') => lie(&[], known),
        _ if there.contains(&"omit") => possible(known.nodes()),
        [.., "claim"] => needed(known.kinds()),
        [.., "claim", _] => needed(known.nodes()),
        _ => Expected::default(),
    }
}

fn leaders(there: &[&str], known: &Known) -> Expected {
    match there {
        [] => needed(and(known.nodes(), "none", say!("the oracle names nobody"))),
        ["none", ..] => Expected::default(),
        _ => possible(known.nodes()),
    }
}

fn quorum(there: &[&str], known: &Known) -> Expected {
    match there {
        [] => needed(QUORUM_FORMS.iter().map(|form| hint(*form, forms::quorum(form))).collect()),
        ["weights", .., "="] => Expected::default(),
        ["weights", rest @ ..] if rest.contains(&"need") => Expected::default(),
        ["weights", ..] => needed(and(known.nodes(), "need", say!("how much a quorum weighs follows"))),
        ["sets" | "grid", rest @ ..] => {
            let is_needed = rest.last().is_none_or(|last| matches!(*last, "|" | "/"));
            Expected { is_needed, list: known.nodes() }
        }
        _ => Expected::default(),
    }
}
