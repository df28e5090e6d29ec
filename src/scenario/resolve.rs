//! From lines to meaning: names become handles, limits are checked, acts are put in order of time.

use std::sync::Arc;

use super::script::{Act, Line, Link, Range, RuleEffect, Script, Statement, default_name};
use super::text::{shortened, suggestion};
use super::{Error, NetworkModel, Planned, Rule, Scenario, limits};
use crate::protocol::{PROTOCOLS, Protocol, Setup, find};
use crate::types::{NODES_MAX, NodeId, NodeSet, Symbols, Time, Value};

/// What is wrong, and the word of the line that it is about.
struct Wrong {
    word: String,
    message: String,
}

fn wrong<T>(word: impl Into<String>, message: impl Into<String>) -> Result<T, Wrong> {
    Err(Wrong { word: word.into(), message: message.into() })
}

/// The meaning of `script`; `text` is what it was read from, for the columns of errors.
pub(super) fn resolve(script: &Script, text: &str) -> Result<Scenario, Error> {
    let mut draft = Draft::default();
    // Who takes part and by which rules is settled first, so that the order of lines does not matter.
    for settles in [true, false] {
        for (index, line) in script.lines.iter().enumerate() {
            let Line { statement: Some(statement), .. } = line else { continue };
            let cast = matches!(statement, Statement::Protocol(_) | Statement::Nodes(_) | Statement::NodeCount(_));
            if cast == settles {
                let number = index + 2;
                draft.read(number, statement).map_err(|wrong| place(number, text, wrong))?;
            }
        }
        if settles && draft.symbols.nodes.is_empty() {
            let message = "the script names no nodes; add a line such as “nodes A B C”".to_owned();
            return Err(Error { line: text.lines().count().max(1), column: 1, message });
        }
    }
    Ok(draft.finish())
}

fn place(line: usize, text: &str, wrong: Wrong) -> Error {
    let line_text = text.lines().nth(line - 1).filter(|_| !wrong.word.is_empty());
    let found = line_text.and_then(|text| {
        let part_of_word = |character: char| character.is_alphanumeric() || character == '_';
        let starts = text.char_indices().map(|(start, _)| start);
        starts.filter(|start| text[*start..].starts_with(&wrong.word)).find_map(|start| {
            let before = text[..start].chars().next_back().is_some_and(part_of_word);
            let rest = &text[start + wrong.word.len()..];
            // A number may be followed by its unit.
            let unit =
                |character| wrong.word.ends_with(|last: char| last.is_ascii_digit()) && "Δ∆Dd".contains(character);
            let after = rest.chars().next().is_some_and(|next| part_of_word(next) && !unit(next));
            let keyword = start == 0 && text.len() > wrong.word.len();
            (!before && !after && !keyword).then(|| text[..start].chars().count())
        })
    });
    Error { line, column: found.unwrap_or(0) + 1, message: wrong.message }
}

struct Draft {
    title: String,
    about: String,
    look: String,
    protocol: Option<&'static Protocol>,
    symbols: Symbols,
    network: NetworkModel,
    options: Vec<(String, String)>,
    choices: Vec<u8>,
    acts: Vec<Planned>,
    rules: Vec<Rule>,
    until: Option<Time>,
    said: Vec<&'static str>,
}

impl Default for Draft {
    fn default() -> Self {
        let delay = Range { least: Time::DELTA, most: Time::DELTA };
        let network =
            NetworkModel { delay, links: Vec::new(), loss_per_million: 0, duplicates_per_million: 0, seed: 1 };
        Self {
            title: String::new(),
            about: String::new(),
            look: String::new(),
            protocol: None,
            symbols: Symbols::default(),
            network,
            options: Vec::new(),
            choices: PROTOCOLS[0].default_choices(),
            acts: Vec::new(),
            rules: Vec::new(),
            until: None,
            said: Vec::new(),
        }
    }
}

impl Draft {
    fn protocol(&self) -> &'static Protocol {
        self.protocol.unwrap_or(PROTOCOLS[0])
    }

    fn read(&mut self, line: usize, statement: &Statement) -> Result<(), Wrong> {
        match statement {
            Statement::Title(text) => self.once("title").map(|()| self.title.clone_from(text)),
            Statement::About(text) => self.once("about").map(|()| self.about.clone_from(text)),
            Statement::Look(text) => self.once("look").map(|()| self.look.clone_from(text)),
            Statement::Protocol(name) => self.choose_protocol(name),
            Statement::NodeCount(count) => self.name_nodes(usize::try_from(*count).unwrap_or(usize::MAX), None),
            Statement::Nodes(names) => self.name_nodes(names.len(), Some(names)),
            Statement::Delay(link, range) => self.set_delay(link.as_ref(), *range),
            Statement::Loss(share) => self.once("loss").map(|()| self.network.loss_per_million = *share),
            Statement::Duplicates(share) => {
                self.once("duplicates").map(|()| self.network.duplicates_per_million = *share)
            }
            Statement::Seed(seed) => self.once("seed").map(|()| self.network.seed = *seed),
            Statement::Option(name, value) => self.choose(name, value),
            Statement::At(at, act) => {
                let act = self.act(act)?;
                // In order of time; lines of one instant in the order written.
                let place = self.acts.partition_point(|planned| planned.at <= *at);
                self.acts.insert(place, Planned { line, at: *at, act });
                Ok(())
            }
            Statement::Rule { kind, link, ordinal, effect } => self.rule(line, kind, link, *ordinal, *effect),
            Statement::Until(time) => self.once("until").map(|()| self.until = Some(*time)),
        }
    }

    /// A setting that is said twice would silently lose one of its values.
    fn once(&mut self, keyword: &'static str) -> Result<(), Wrong> {
        if self.said.contains(&keyword) {
            return wrong("", format!("“{keyword}” is said twice"));
        }
        self.said.push(keyword);
        Ok(())
    }

    fn choose_protocol(&mut self, name: &str) -> Result<(), Wrong> {
        self.once("protocol")?;
        let Some(protocol) = find(name) else {
            let names: Vec<_> = PROTOCOLS.iter().map(|protocol| protocol.name).collect();
            let hint = suggestion(name, names.iter().copied());
            let list = names.join(", ");
            let message = format!("no protocol is called “{}”; there is: {list}{hint}", shortened(name));
            return wrong(name, message);
        };
        self.protocol = Some(protocol);
        self.choices = protocol.default_choices();
        Ok(())
    }

    fn name_nodes(&mut self, count: usize, names: Option<&[String]>) -> Result<(), Wrong> {
        self.once("nodes")?;
        if count == 0 || count > NODES_MAX {
            let word = names.map_or_else(|| count.to_string(), |_| String::new());
            return wrong(word, format!("a cluster has 1 to {NODES_MAX} nodes, not {count}"));
        }
        for place in 0..count {
            let name = names.map_or_else(|| default_name(place as u32), |names| names[place].clone());
            if self.symbols.nodes.iter().any(|known| **known == *name) {
                let message = format!("two nodes are called “{name}”");
                return wrong(name, message);
            }
            self.symbols.nodes.push(name.into());
        }
        Ok(())
    }

    fn node(&self, name: &str) -> Result<NodeId, Wrong> {
        let names = &self.symbols.nodes;
        if let Some(place) = names.iter().position(|known| **known == *name) {
            return Ok(NodeId(place as u8));
        }
        let mut list = names.iter().take(8).map(|name| &**name).collect::<Vec<_>>().join(", ");
        if names.len() > 8 {
            list.push_str(", …");
        }
        wrong(name, format!("no node is called “{}”; the nodes are {list}", shortened(name)))
    }

    fn link(&self, link: &Link<String>) -> Result<Link<NodeId>, Wrong> {
        let resolved = Link { from: self.node(&link.from)?, to: self.node(&link.to)? };
        if resolved.from == resolved.to {
            return wrong(&link.to, "a message to oneself does not travel: it takes no time and cannot be lost");
        }
        Ok(resolved)
    }

    fn set_delay(&mut self, link: Option<&Link<String>>, range: Range) -> Result<(), Wrong> {
        if range.most > Time::DELTA {
            let message =
                "Δ is the maximum message delay, so a link's delay is at most 1Δ; single messages may take longer";
            return wrong(range.most.to_string(), message);
        }
        let Some(link) = link else {
            self.once("delay")?;
            self.network.delay = range;
            return Ok(());
        };
        let resolved = self.link(link)?;
        match self.network.links.binary_search_by_key(&resolved, |(link, _)| *link) {
            Ok(_) => wrong("", format!("the delay of {link} is said twice")),
            Err(place) => {
                self.network.links.insert(place, (resolved, range));
                Ok(())
            }
        }
    }

    fn choose(&mut self, name: &str, value: &str) -> Result<(), Wrong> {
        let options = self.protocol().options;
        let Some(place) = options.iter().position(|option| option.name == name) else {
            let names: Vec<_> = options.iter().map(|option| option.name).collect();
            let (list, hint) = (names.join(", "), suggestion(name, names.iter().copied()));
            let protocol = self.protocol().name;
            let message = format!("the {protocol} protocol has no option “{}”; it has: {list}{hint}", shortened(name));
            return wrong(name, message);
        };
        let Some(choice) = options[place].values.iter().position(|known| *known == value) else {
            let list = options[place].values.join(", ");
            return wrong(value, format!("option {name} is one of {list}, not “{}”", shortened(value)));
        };
        if self.options.iter().any(|(known, _)| known == name) {
            return wrong(name, format!("option {name} is said twice"));
        }
        self.options.push((name.to_owned(), value.to_owned()));
        self.choices[place] = choice as u8;
        Ok(())
    }

    fn act(&mut self, act: &Act<String, String>) -> Result<Act<NodeId, Value>, Wrong> {
        Ok(match act {
            Act::Propose(name, value) => Act::Propose(self.node(name)?, self.symbols.intern(value)),
            Act::Crash(name) => Act::Crash(self.node(name)?),
            Act::CrashBeforeSend(name) => Act::CrashBeforeSend(self.node(name)?),
            Act::Restart(name) => Act::Restart(self.node(name)?),
            Act::Partition(groups) => Act::Partition(self.groups(groups)?),
            Act::Cut(link) => Act::Cut(self.link(link)?),
            Act::Heal => Act::Heal,
            Act::HealLink(link) => Act::HealLink(self.link(link)?),
        })
    }

    fn groups(&self, groups: &[Vec<String>]) -> Result<Vec<Vec<NodeId>>, Wrong> {
        let mut seen = NodeSet::EMPTY;
        let mut resolved = Vec::new();
        for group in groups {
            let mut nodes = Vec::new();
            for name in group {
                let node = self.node(name)?;
                if !seen.insert(node) {
                    return wrong(name, format!("{name} cannot be in two groups"));
                }
                nodes.push(node);
            }
            resolved.push(nodes);
        }
        Ok(resolved)
    }

    fn rule(
        &mut self,
        line: usize,
        kind: &str,
        link: &Link<String>,
        ordinal: u32,
        effect: RuleEffect,
    ) -> Result<(), Wrong> {
        let Some(resolved) = self.protocol().kind_named(kind) else {
            let names: Vec<_> = self.protocol().kinds.iter().map(|kind| kind.name).collect();
            let (list, hint) = (names.join(", "), suggestion(kind, names.iter().copied()));
            return wrong(kind, format!("no message is called “{}”; there is: {list}{hint}", shortened(kind)));
        };
        if let RuleEffect::Delay(span) | RuleEffect::Duplicate(span) = effect
            && span > limits::MESSAGE_DELAY
        {
            return wrong(span.to_string(), format!("a message takes at most {}Δ", limits::MESSAGE_DELAY));
        }
        self.rules.push(Rule { line, kind: resolved, link: self.link(link)?, ordinal, effect });
        Ok(())
    }

    fn finish(self) -> Scenario {
        let protocol = self.protocol();
        let nodes = self.symbols.nodes.len();
        Scenario {
            title: self.title,
            about: self.about,
            look: self.look,
            protocol,
            setup: Arc::new(Setup { nodes, quorums: (protocol.quorums)(nodes), choices: self.choices }),
            symbols: Arc::new(self.symbols),
            network: self.network,
            acts: self.acts,
            rules: self.rules,
            until: self.until,
        }
    }
}
