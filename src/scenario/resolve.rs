//! From lines to meaning: names become handles, limits are checked, and acts are put in order of time.

mod captions;
mod goals;
mod messages;
mod parts;
mod sizes;

use std::sync::Arc;

use super::goals::{Goal, Permission, deed};
use super::parts::{Part, QuorumRule};
use super::script::{Act, Caption, Line, Link, Range, RuleEffect, Script, Statement, default_name};
use super::text::{column_in_goal, suggestion};
use super::{Error, NetworkModel, PerLink, Planned, Rule, Scenario, Sizes, Wrong, limits, wrong};
use crate::protocol::{Guard, Guards, Kind, PROTOCOLS, Phase, Protocol, Setup, Tolerance, find};
use crate::quorum::Quorums;
use crate::replica::{self, Command, SERVICES, Service};
use crate::tongue::say;
use crate::types::{NODES_MAX, NodeId, NodeSet, Scale, Symbols, Time, Value, shortened};

/// The meaning of `script`; `text` is the text of the script, which gives errors their columns.
pub(super) fn resolve(script: &Script, text: &str) -> Result<Scenario, Error> {
    let mut draft = Draft::default();
    // The first passes settle the processes and the rules, so that the order of lines does not matter.
    for pass in 0..5 {
        for (index, line) in script.lines.iter().enumerate() {
            let Line { statement: Some(statement), .. } = line else { continue };
            if pass_of(statement) == pass {
                let number = index + 2;
                draft.read(number, statement).map_err(|wrong| place(number, text, wrong))?;
            }
        }
        if pass == 0 && draft.symbols.nodes.is_empty() {
            let message = say!("the script names no nodes; add a line such as “nodes A B C”").into();
            return Err(Error { line: text.lines().count().max(1), column: 1, message });
        }
    }
    draft.said.push((1, None));
    for (index, line) in script.lines.iter().enumerate() {
        let statement = line.statement.as_ref().filter(|statement| !statement.is_for_people());
        draft.said.extend(statement.map(|statement| (index + 2, deed(statement))));
    }
    Ok(draft.finish())
}

/// The pass in which a statement is read: the meaning of its words may depend on other statements.
fn pass_of(statement: &Statement) -> usize {
    match statement {
        Statement::Protocol(_) | Statement::Nodes(_) | Statement::NodeCount(_) | Statement::Delta(_) => 0,
        Statement::Option(..)
        | Statement::Without(..)
        | Statement::Skip(_)
        | Statement::Service(_)
        | Statement::Part(Part::Acceptors | Part::Learners | Part::Clients, _) => 1,
        Statement::Part(Part::Auxiliaries | Part::Liars, _) | Statement::Tolerate(..) => 2,
        // A lie may be about a value that a later line proposes.
        Statement::Rule { effect: RuleEffect::Forge(_), .. } => 4,
        _ => 3,
    }
}

#[inline(never)]
fn place(line: usize, text: &str, wrong: Wrong) -> Error {
    let Wrong { words, message, in_goal } = wrong;
    let line_text = text.lines().nth(line - 1).unwrap_or_default();
    let column = match in_goal {
        Some((misread, is_in_sentence)) => column_in_goal(line_text, &misread, is_in_sentence),
        None => words.iter().find_map(|word| column_of(line_text, word)).unwrap_or(1),
    };
    Error { line, column, message }
}

/// The place of a word in a line, in characters from 1.
fn column_of(text: &str, word: &str) -> Option<usize> {
    if word.is_empty() {
        return None;
    }
    let part_of_word = |character: char| character.is_alphanumeric() || character == '_';
    let starts = text.char_indices().map(|(start, _)| start);
    starts.filter(|start| text[*start..].starts_with(word)).find_map(|start| {
        let before = text[..start].chars().next_back().is_some_and(part_of_word);
        let rest = &text[start + word.len()..];
        // A number may be followed by its unit.
        let unit = |character| word.ends_with(|last: char| last.is_ascii_digit()) && "Δ∆Ddms".contains(character);
        let after = rest.chars().next().is_some_and(|next| part_of_word(next) && !unit(next));
        let keyword = start == 0 && text.len() > word.len();
        (!before && !after && !keyword).then(|| text[..start].chars().count() + 1)
    })
}

/// The protocol of a script that names none.
fn default_protocol() -> &'static Protocol {
    find("basic").expect("the registry has it")
}

struct Draft {
    title: String,
    about: String,
    look: String,
    captions: Vec<Caption>,
    protocol: Option<&'static Protocol>,
    delta: Option<Scale>,
    symbols: Symbols,
    network: NetworkModel,
    options: Vec<(String, String)>,
    choices: Vec<u8>,
    without: Guards,
    forgetful: NodeSet,
    skipped: u16,
    service: Option<&'static Service>,
    commands: Vec<Command>,
    /// For each of [`Part::ALL`], the processes to which the script gives it.
    parts: [Option<NodeSet>; Part::ALL.len()],
    tolerates: Option<Tolerance>,
    quorum: Option<(QuorumRule<String>, Quorums)>,
    leaders: Option<NodeSet>,
    idle: Vec<(usize, String)>,
    acts: Vec<Planned>,
    rules: Vec<Rule>,
    until: Option<Time>,
    goals: Vec<Goal>,
    allowed: Vec<Permission>,
    said: Vec<(usize, Option<&'static str>)>,
    /// The settings that have been made.
    made: Vec<&'static str>,
}

impl Default for Draft {
    fn default() -> Self {
        let delay = Range { least: Time::DELTA, most: Time::DELTA };
        let network = NetworkModel {
            delay: PerLink::everywhere(delay),
            loss_per_million: PerLink::everywhere(0),
            duplicates_per_million: PerLink::everywhere(0),
            seed: 1,
            sizes: Sizes::default(),
        };
        Self {
            title: String::new(),
            about: String::new(),
            look: String::new(),
            captions: Vec::new(),
            protocol: None,
            delta: None,
            symbols: Symbols::default(),
            network,
            options: Vec::new(),
            choices: default_protocol().default_choices(),
            without: Guards::default(),
            forgetful: NodeSet::EMPTY,
            skipped: 0,
            service: None,
            commands: Vec::new(),
            parts: [None; Part::ALL.len()],
            tolerates: None,
            quorum: None,
            leaders: None,
            idle: Vec::new(),
            acts: Vec::new(),
            rules: Vec::new(),
            until: None,
            goals: Vec::new(),
            allowed: Vec::new(),
            said: Vec::new(),
            made: Vec::new(),
        }
    }
}

/// Statements that most scripts do not contain have functions of their own, marked `inline(never)`: the page can open
/// without them.
impl Draft {
    fn protocol(&self) -> &'static Protocol {
        self.protocol.unwrap_or_else(default_protocol)
    }

    fn read(&mut self, line: usize, statement: &Statement) -> Result<(), Wrong> {
        match statement {
            Statement::Title(text) => self.once("title").map(|()| self.title.clone_from(text)),
            Statement::About(text) => self.once("about").map(|()| self.about.clone_from(text)),
            Statement::Look(text) => self.once("look").map(|()| self.look.clone_from(text)),
            Statement::Caption(caption) => self.caption(caption),
            Statement::Protocol(name) => self.choose_protocol(name),
            Statement::NodeCount(count) => self.name_nodes(usize::try_from(*count).unwrap_or(usize::MAX), None),
            Statement::Nodes(names) => self.name_nodes(names.len(), Some(names)),
            Statement::Delta(scale) => self.once("delta").map(|()| self.delta = Some(*scale)),
            Statement::Delay(link, range) => self.set_delay(link.as_ref(), *range),
            Statement::Loss(link, share) => {
                self.set("loss", link.as_ref(), *share, |network| &mut network.loss_per_million)
            }
            Statement::Duplicates(link, share) => {
                self.set("duplicates", link.as_ref(), *share, |network| &mut network.duplicates_per_million)
            }
            Statement::Header(bytes) => self.measure("header", *bytes, |sizes| &mut sizes.header),
            Statement::Size(bytes) => self.measure("size", *bytes, |sizes| &mut sizes.value),
            Statement::Bandwidth(rate) => self.limit(*rate),
            Statement::Seed(seed) => self.once("seed").map(|()| self.network.seed = *seed),
            Statement::Option(name, value) => self.choose(line, name, value),
            Statement::Leader(names) => self.name_leaders(line, names),
            Statement::Part(part, names) => self.give(line, *part, names),
            Statement::Tolerate(liars, swift) => self.tolerate(line, *liars, *swift),
            Statement::Quorum(rule) => self.name_quorums(line, rule),
            Statement::Service(name) => self.serve(line, name),
            Statement::Without(rule, nodes) => self.switch_off(line, rule, nodes),
            Statement::Skip(step) => self.skip(step),
            Statement::At(at, act) => {
                let Some(act) = self.act(line, *at, act)? else { return Ok(()) };
                // Acts are in order of time; acts of one instant are in the order written.
                let place = self.acts.partition_point(|planned| planned.at <= *at);
                self.acts.insert(place, Planned { line, at: *at, act });
                Ok(())
            }
            Statement::Rule { kind, link, ordinal, effect } => self.rule(line, kind, link, *ordinal, effect),
            Statement::Until(time) => self.once("until").map(|()| self.until = Some(*time)),
            Statement::Goal(goal) => self.goal(line, goal),
            Statement::Allow(permissions) => self.allow(permissions),
        }
    }

    /// The error for a time that is not allowed, whether the line gives the time in Δ, in ms or in s.
    #[inline(never)]
    fn wrong_time<T>(&self, time: Time, message: impl Into<String>) -> Result<T, Wrong> {
        let mut words = vec![time.to_string()];
        if let Some(millis) = self.delta.and_then(|delta| delta.exact(time)) {
            words.push(millis.to_string());
            // A second is a million microseconds, as a Δ is a million ticks: both have the same decimals.
            words.push(Time(millis.0).to_string());
        }
        Err(Wrong::new(words, message))
    }

    /// Refuses a setting that appears twice, because one of its values would silently be lost.
    fn once(&mut self, keyword: &'static str) -> Result<(), Wrong> {
        if self.made.contains(&keyword) {
            return wrong("", say!("“{keyword}” is said twice"));
        }
        self.made.push(keyword);
        Ok(())
    }

    fn choose_protocol(&mut self, name: &str) -> Result<(), Wrong> {
        self.once("protocol")?;
        let Some(protocol) = find(name) else {
            let names: Vec<_> = PROTOCOLS.iter().map(|protocol| protocol.name).collect();
            let hint = suggestion(name, names.iter().copied());
            let list = names.join(", ");
            let message = say!("no protocol is called “{name}”; there is: {list}{hint}", name = shortened(name));
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
            return wrong(word, say!("a cluster has 1 to {most} nodes, not {count}", most = NODES_MAX));
        }
        for place in 0..count {
            let name = names.map_or_else(|| default_name(place as u32), |names| names[place].clone());
            if name == "none" {
                return wrong(name, say!("no node can be called “none”: that is what “leader none” means"));
            }
            if self.symbols.nodes.iter().any(|known| **known == *name) {
                let message = say!("two nodes are called “{name}”");
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
        wrong(name, say!("no node is called “{name}”; the nodes are {list}", name = shortened(name)))
    }

    fn link(&self, link: &Link<String>) -> Result<Link<NodeId>, Wrong> {
        let resolved = Link { from: self.node(&link.from)?, to: self.node(&link.to)? };
        if resolved.from == resolved.to {
            return wrong(&link.to, say!("a message to oneself does not travel: it takes no time and cannot be lost"));
        }
        Ok(resolved)
    }

    #[inline(never)]
    fn set_delay(&mut self, link: Option<&Link<String>>, range: Range) -> Result<(), Wrong> {
        if range.most > Time::DELTA {
            let message = say!(
                "Δ is the maximum message delay, so a link's delay is at most 1Δ; single messages may take longer"
            );
            return self.wrong_time(range.most, message);
        }
        self.set("delay", link, range, |network| &mut network.delay)
    }

    /// Sets a setting of all links or of one.
    fn set<T>(
        &mut self,
        keyword: &'static str,
        link: Option<&Link<String>>,
        value: T,
        of: impl Fn(&mut NetworkModel) -> &mut PerLink<T>,
    ) -> Result<(), Wrong> {
        let Some(link) = link else {
            self.once(keyword)?;
            of(&mut self.network).all = value;
            return Ok(());
        };
        let resolved = self.link(link)?;
        let own = &mut of(&mut self.network).own;
        match own.binary_search_by_key(&resolved, |(link, _)| *link) {
            Ok(_) => wrong("", say!("“{keyword} {link}” is said twice")),
            Err(place) => {
                own.insert(place, (resolved, value));
                Ok(())
            }
        }
    }

    #[inline(never)]
    fn choose(&mut self, line: usize, name: &str, value: &str) -> Result<(), Wrong> {
        let protocol = self.protocol();
        if self.options.iter().any(|(known, _)| known == name) {
            return wrong(name, say!("option {name} is said twice"));
        }
        self.options.push((name.to_owned(), value.to_owned()));
        let Some(place) = protocol.options.iter().position(|option| option.name == name) else {
            let elsewhere = |other: &&&Protocol| other.options.iter().any(|option| option.name == name);
            return self.not_here(
                line,
                name,
                &protocol.options.iter().map(|option| option.name).collect::<Vec<_>>(),
                "option",
                elsewhere,
            );
        };
        let values = protocol.options[place].values;
        let Some(choice) = values.iter().position(|known| *known == value) else {
            let known = |other: &Protocol| {
                other.options.iter().any(|option| option.name == name && option.values.contains(&value))
            };
            if PROTOCOLS.iter().any(|other| known(other)) {
                self.idle.push((
                    line,
                    say!("in the {protocol} protocol, option {name} is never {value}", protocol = protocol.name),
                ));
                return Ok(());
            }
            let list = values.join(", ");
            return wrong(value, say!("option {name} is one of {list}, not “{value}”", value = shortened(value)));
        };
        self.choices[place] = choice as u8;
        Ok(())
    }

    /// Handles a word that this protocol does not have. If another protocol has the word, the line is idle, so that a
    /// script can be run under several protocols; otherwise the word is a mistake.
    #[inline(never)]
    fn not_here(
        &mut self,
        line: usize,
        word: &str,
        names: &[&str],
        what: &str,
        elsewhere: impl Fn(&&&'static Protocol) -> bool,
    ) -> Result<(), Wrong> {
        let protocol = self.protocol().name;
        if let Some(other) = PROTOCOLS.iter().find(|other| elsewhere(other)) {
            let other = other.name;
            self.idle.push((line, say!("the {protocol} protocol has no {what} {word}; the {other} protocol has")));
            return Ok(());
        }
        let (list, hint) = (names.join(", "), suggestion(word, names.iter().copied()));
        wrong(
            word,
            say!("the {protocol} protocol has no {what} “{word}”; it has: {list}{hint}", word = shortened(word)),
        )
    }

    #[inline(never)]
    fn switch_off(&mut self, line: usize, name: &str, nodes: &[String]) -> Result<(), Wrong> {
        let named = |protocol: &Protocol| protocol.guards.iter().copied().find(|guard| guard.info().name == name);
        let Some(guard) = named(self.protocol()) else {
            let names: Vec<_> = self.protocol().guards.iter().map(|guard| guard.info().name).collect();
            return self.not_here(line, name, &names, "rule", |other| named(other).is_some());
        };
        let is_said = self.without.contains(guard) || (guard == Guard::Memory && !self.forgetful.is_empty());
        if is_said {
            return wrong(name, say!("“without {name}” is said twice"));
        }
        let Some(first) = nodes.first() else {
            self.without.insert(guard);
            return Ok(());
        };
        if guard != Guard::Memory {
            let message = say!("only “memory” is switched off for single processes; “{name}” is a rule of them all");
            return wrong(first, message);
        }
        self.forgetful = self.different(nodes)?.into_iter().collect();
        Ok(())
    }

    #[inline(never)]
    fn skip(&mut self, name: &str) -> Result<(), Wrong> {
        let Some(step) = Phase::STEPS.into_iter().find(|step| step.label() == name) else {
            let list = Phase::STEPS.map(Phase::label).join(", ");
            return wrong(name, say!("there is no step “{name}”; the steps are {list}", name = shortened(name)));
        };
        self.skipped |= 1 << step as u8;
        Ok(())
    }

    /// Resolves an act; none when the act means nothing under this protocol.
    fn act(&mut self, line: usize, at: Time, act: &Act<String, String>) -> Result<Option<Act<NodeId, Value>>, Wrong> {
        Ok(Some(match act {
            Act::Propose(name, value) => {
                let node = self.node(name)?;
                let cast = self.cast();
                if !cast.proposers().union(cast.clients).union(cast.auxiliaries).contains(node) {
                    return wrong(name, say!("{name} only learns, so nobody asks it for anything"));
                }
                if self.is_beyond(line) {
                    return Ok(None);
                }
                Act::Propose(node, self.value(at, value, true)?)
            }
            Act::Crash(name) => Act::Crash(self.node(name)?),
            Act::CrashBeforeSend(name) => Act::CrashBeforeSend(self.node(name)?),
            Act::Timeout(name, timer, number) => {
                let node = self.node(name)?;
                if self.protocol().timer_named(timer).is_none() {
                    let names: Vec<_> = self.protocol().timers.iter().map(|timer| timer.name).collect();
                    self.not_here(line, timer, &names, "timer", |other| other.timer_named(timer).is_some())?;
                    return Ok(None);
                }
                Act::Timeout(node, timer.clone(), *number)
            }
            Act::Restart(name, disk) => Act::Restart(self.node(name)?, *disk),
            Act::Partition(groups) => Act::Partition(self.groups(groups)?),
            Act::Cut(link) => Act::Cut(self.link(link)?),
            Act::Heal => Act::Heal,
            Act::HealLink(link) => Act::HealLink(self.link(link)?),
            Act::Leader(names) => {
                let leaders = self.proposers(line, names)?;
                if let Some(why) = self.protocol().oracle_unheard(&self.choices) {
                    self.idle.push((line, why));
                    return Ok(None);
                }
                // Under a protocol with auxiliary processes, nobody may be left whom the line names.
                if leaders.is_empty() && !names.is_empty() {
                    return Ok(None);
                }
                Act::Leader(leaders)
            }
            Act::Inject(injection) => match self.injection(line, at, injection)? {
                Some(injection) => Act::Inject(injection),
                None => return Ok(None),
            },
        }))
    }

    /// The value of a text. In a ledger of many decrees each `propose` is a command of its own; otherwise equal texts are
    /// the same decree.
    fn value(&mut self, at: Time, text: &str, is_new: bool) -> Result<Value, Wrong> {
        let value = if self.protocol().is_log && is_new { self.symbols.add(text) } else { self.symbols.intern(text) };
        if self.protocol().is_log && self.commands.len() < self.symbols.values.len() {
            let command = self.service.map_or_else(|| Ok(Command::decree(at)), |service| service.read(text, at));
            self.commands.push(command.or_else(|message| wrong(text, message))?);
        }
        Ok(value)
    }

    #[inline(never)]
    fn serve(&mut self, line: usize, name: &str) -> Result<(), Wrong> {
        self.once("service")?;
        self.service = replica::find(name);
        if self.service.is_none() {
            let names: Vec<_> = SERVICES.iter().map(|service| service.name).collect();
            let (list, hint) = (names.join(", "), suggestion(name, names.iter().copied()));
            return wrong(name, say!("no service is called “{name}”; there is: {list}{hint}", name = shortened(name)));
        }
        if !self.protocol().is_log {
            self.service = None;
            let protocol = self.protocol().name;
            self.idle.push((line, say!("the {protocol} protocol passes a single decree, which nothing executes")));
        }
        Ok(())
    }

    /// Resolves these names to different nodes, in the order written.
    fn different(&self, names: &[String]) -> Result<Vec<NodeId>, Wrong> {
        Ok(self.groups(&[names.to_vec()])?.remove(0))
    }

    fn groups(&self, groups: &[Vec<String>]) -> Result<Vec<Vec<NodeId>>, Wrong> {
        let mut seen = NodeSet::EMPTY;
        let mut resolved = Vec::new();
        for group in groups {
            let mut nodes = Vec::new();
            for name in group {
                let node = self.node(name)?;
                if !seen.insert(node) {
                    return wrong(name, say!("{name} is named twice"));
                }
                nodes.push(node);
            }
            resolved.push(nodes);
        }
        Ok(resolved)
    }

    #[inline(never)]
    fn rule(
        &mut self,
        line: usize,
        kind: &str,
        link: &Link<String>,
        ordinal: u32,
        effect: &RuleEffect,
    ) -> Result<(), Wrong> {
        let effect = match effect {
            RuleEffect::Forge(lie) => return self.forge(line, kind, link, ordinal, lie),
            RuleEffect::Drop => RuleEffect::Drop,
            RuleEffect::Delay(span) => RuleEffect::Delay(self.bounded(*span)?),
            RuleEffect::Duplicate(after) => RuleEffect::Duplicate(self.bounded(*after)?),
        };
        let Some(kind) = self.kind(line, kind)? else { return Ok(()) };
        self.rules.push(Rule { line, kind, link: self.link(link)?, ordinal, effect });
        Ok(())
    }

    /// A span that a single message may take.
    pub(super) fn bounded(&self, span: Time) -> Result<Time, Wrong> {
        if span > limits::MESSAGE_DELAY {
            return self.wrong_time(span, say!("a message takes at most {most}Δ", most = limits::MESSAGE_DELAY));
        }
        Ok(span)
    }

    /// The kind with this name; none when it is a kind of another protocol.
    fn kind(&mut self, line: usize, name: &str) -> Result<Option<Kind>, Wrong> {
        let known = self.protocol().kind_named(name);
        if known.is_none() {
            let names: Vec<_> = self.protocol().spoken(&self.cast()).map(|(_, kind)| kind.name).collect();
            self.not_here(line, name, &names, "message", |other| other.kind_named(name).is_some())?;
        }
        Ok(known)
    }

    fn finish(mut self) -> Scenario {
        let changes = self.changes();
        let histories = self.histories();
        let requests = self.requests();
        let protocol = self.protocol();
        let (cast, quorums) = (self.cast(), self.quorums());
        Scenario {
            title: self.title,
            about: self.about,
            look: self.look,
            captions: self.captions,
            protocol,
            delta: self.delta,
            setup: Arc::new(Setup {
                cast,
                quorums,
                choices: self.choices,
                without: self.without,
                forgetful: self.forgetful,
                skipped: self.skipped,
                changes,
                histories,
                requests,
            }),
            symbols: Arc::new(self.symbols),
            network: self.network,
            acts: self.acts,
            rules: self.rules,
            service: self.service,
            commands: self.commands,
            leaders: self.leaders.unwrap_or_else(|| cast.first_leader()),
            quorum: self.quorum.map(|(rule, _)| rule),
            until: self.until,
            idle: self.idle,
            goals: self.goals,
            allowed: self.allowed,
            said: self.said,
        }
    }
}
