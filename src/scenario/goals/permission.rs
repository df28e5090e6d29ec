//! The kinds of lines that `allow` names, and which lines it allows.

use crate::scenario::asked::{Permission, Who};
use crate::scenario::script::{Act, Link, RuleEffect, Statement};

/// What can be said of whom a line is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scope {
    /// Nothing.
    Nobody,
    /// A node, as in `crash A`.
    Node,
    /// A link, as in `drop A->*`.
    Link,
}

/// A kind of line.
#[derive(Debug)]
pub struct Deed {
    /// What `allow` calls it.
    pub name: &'static str,
    /// What can be said of whom the line is about.
    pub scope: Scope,
    /// Whether the line has an instant.
    pub is_act: bool,
}

const fn act(name: &'static str, scope: Scope) -> Deed {
    Deed { name, scope, is_act: true }
}

const fn rule(name: &'static str) -> Deed {
    Deed { name, scope: Scope::Link, is_act: false }
}

const fn setting(name: &'static str) -> Deed {
    Deed { name, scope: Scope::Nobody, is_act: false }
}

/// Every kind of line that `allow` can name: acts, rules for single messages, settings. `delays` and `leaders` are the
/// settings `delay` and `leader`, because those words are also a rule and an act. Goals and texts for people are no
/// such kinds.
pub static DEEDS: &[Deed] = &[
    act("propose", Scope::Node),
    act("crash", Scope::Node),
    act("restart", Scope::Node),
    act("timeout", Scope::Node),
    act("partition", Scope::Nobody),
    act("cut", Scope::Link),
    act("heal", Scope::Nobody),
    act("leader", Scope::Node),
    act("inject", Scope::Link),
    rule("drop"),
    rule("delay"),
    rule("duplicate"),
    rule("forge"),
    setting("protocol"),
    setting("nodes"),
    setting("delta"),
    setting("delays"),
    setting("loss"),
    setting("duplicates"),
    setting("seed"),
    setting("header"),
    setting("size"),
    setting("bandwidth"),
    setting("option"),
    setting("leaders"),
    setting("acceptors"),
    setting("learners"),
    setting("clients"),
    setting("auxiliaries"),
    setting("liars"),
    setting("tolerate"),
    setting("quorum"),
    setting("service"),
    setting("without"),
    setting("skip"),
    setting("until"),
];

/// The kind of a statement; none for goals, and for texts for people.
pub fn deed(statement: &Statement) -> Option<&'static str> {
    Some(match statement {
        Statement::Title(_)
        | Statement::About(_)
        | Statement::Look(_)
        | Statement::Caption(_)
        | Statement::Goal(_)
        | Statement::Allow(_) => return None,
        Statement::At(_, act) => act.verb(),
        Statement::Rule { effect, .. } => match effect {
            RuleEffect::Drop => "drop",
            RuleEffect::Delay(_) => "delay",
            RuleEffect::Duplicate(_) => "duplicate",
            RuleEffect::Forge(_) => "forge",
        },
        Statement::Protocol(_) => "protocol",
        Statement::NodeCount(_) | Statement::Nodes(_) => "nodes",
        Statement::Delta(_) => "delta",
        Statement::Delay(..) => "delays",
        Statement::Loss(..) => "loss",
        Statement::Duplicates(..) => "duplicates",
        Statement::Seed(_) => "seed",
        Statement::Header(_) => "header",
        Statement::Size(_) => "size",
        Statement::Bandwidth(_) => "bandwidth",
        Statement::Option(..) => "option",
        Statement::Leader(_) => "leaders",
        Statement::Part(part, _) => part.keyword(),
        Statement::Tolerate(..) => "tolerate",
        Statement::Quorum(_) => "quorum",
        Statement::Service(_) => "service",
        Statement::Without(..) => "without",
        Statement::Skip(_) => "skip",
        Statement::Until(_) => "until",
    })
}

impl Statement {
    /// Whether the line is for people alone, or states the exercise: it changes nothing in a run.
    pub fn is_for_people(&self) -> bool {
        matches!(
            self,
            Self::Title(_) | Self::About(_) | Self::Look(_) | Self::Caption(_) | Self::Goal(_) | Self::Allow(_)
        )
    }
}

impl Permission {
    /// Whether a line is of the lines that this is about, whatever their number.
    pub fn covers(&self, statement: &Statement) -> bool {
        let is_early = self.before.is_none_or(|before| matches!(statement, Statement::At(at, _) if *at < before));
        deed(statement) == Some(&*self.deed) && is_early && self.who.includes(statement)
    }
}

impl Who {
    /// Whether a line is about these.
    fn includes(&self, statement: &Statement) -> bool {
        match self {
            Self::Anybody => true,
            Self::Node(name) => match statement {
                Statement::At(
                    _,
                    Act::Propose(node, _)
                    | Act::Crash(node)
                    | Act::CrashBeforeSend(node)
                    | Act::Restart(node, _)
                    | Act::Timeout(node, ..),
                ) => node == name,
                // Whoever else is named would lead too.
                Statement::At(_, Act::Leader(nodes)) => matches!(&nodes[..], [node] if node == name),
                _ => false,
            },
            Self::Link(from, to) => {
                let link = match statement {
                    Statement::Rule { link, .. } | Statement::At(_, Act::Cut(link)) => link,
                    Statement::At(_, Act::Inject(injection)) => &injection.link,
                    _ => return false,
                };
                let Link { from: sender, to: receiver } = link;
                from.as_ref().is_none_or(|from| from == sender) && to.as_ref().is_none_or(|to| to == receiver)
            }
        }
    }
}
