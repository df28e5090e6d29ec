//! What there is to choose from, as JSON: the built-in scenarios, and the protocols with their options and rules.

use serde::Serialize;

use crate::protocol::{PROTOCOLS, Protocol};
use crate::scenario::{Scenario, library};

/// The version of these structures.
pub const VERSION: u32 = 1;

/// The built-in scenarios, in the order in which a reader should meet them.
#[derive(Clone, Serialize, Debug)]
pub struct Scenarios {
    version: u32,
    scenarios: Vec<Listed>,
}

#[derive(Clone, Serialize, Debug)]
struct Listed {
    /// Its name in links and on the terminal.
    name: &'static str,
    /// The name of its group: what it and its neighbours are about.
    group: &'static str,
    title: String,
    about: String,
    /// The protocol that it names.
    protocol: &'static str,
}

/// The protocols, in the order of the slides.
#[derive(Clone, Serialize, Debug)]
pub struct Protocols {
    version: u32,
    protocols: Vec<ListedProtocol>,
}

#[derive(Clone, Serialize, Debug)]
struct ListedProtocol {
    name: &'static str,
    title: &'static str,
    summary: &'static str,
    source: &'static str,
    options: Vec<ListedOption>,
    rules: Vec<ListedRule>,
}

#[derive(Clone, Serialize, Debug)]
struct ListedOption {
    name: &'static str,
    /// The values of the option. The first one is the default.
    values: &'static [&'static str],
    summary: &'static str,
}

#[derive(Clone, Serialize, Debug)]
struct ListedRule {
    name: &'static str,
    /// What happens when the rule is switched off.
    without: &'static str,
}

impl Scenarios {
    /// All of them.
    pub fn all() -> Self {
        let listed = |built_in: &library::BuiltIn| {
            let (_, scenario) = Scenario::read(built_in.text).ok()?;
            let (name, group, protocol) = (built_in.name, built_in.group, scenario.protocol.name);
            Some(Listed { name, group, title: scenario.title, about: scenario.about, protocol })
        };
        Self { version: VERSION, scenarios: library::LIBRARY.iter().filter_map(listed).collect() }
    }
}

impl Protocols {
    /// All of them.
    pub fn all() -> Self {
        let listed = |protocol: &&Protocol| {
            let Protocol { name, title, summary, source, options, guards, .. } = **protocol;
            let option = options.iter().map(|option| ListedOption {
                name: option.name,
                values: option.values,
                summary: option.summary,
            });
            let rule = guards.iter().map(|guard| ListedRule { name: guard.info().name, without: guard.info().broken });
            ListedProtocol { name, title, summary, source, options: option.collect(), rules: rule.collect() }
        };
        Self { version: VERSION, protocols: PROTOCOLS.iter().map(listed).collect() }
    }
}
