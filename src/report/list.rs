//! What there is to choose from, as JSON: the built-in scenarios, and the protocols with their options, rules and
//! formulas.

use serde::Serialize;

use crate::protocol::{Formula, PROTOCOLS, Protocol};
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
    summary: String,
    source: &'static str,
    options: Vec<ListedOption>,
    rules: Vec<ListedRule>,
    formulas: Vec<ListedFormula>,
}

#[derive(Clone, Serialize, Debug)]
struct ListedOption {
    name: &'static str,
    /// The values of the option. The first one is the default.
    values: &'static [&'static str],
    summary: String,
}

#[derive(Clone, Serialize, Debug)]
struct ListedRule {
    name: &'static str,
    /// What happens when the rule is switched off.
    without: String,
}

#[derive(Clone, Serialize, Debug)]
struct ListedFormula {
    /// What it tells.
    figure: &'static str,
    /// From where on it counts.
    since: &'static str,
    /// In which situation.
    when: &'static str,
    /// The options that have to be chosen, as scripts say them.
    options: Vec<String>,
    /// The formula.
    text: &'static str,
    /// Where that is not the whole truth.
    except: Option<&'static str>,
    source: &'static str,
    /// The built-in scenario that attains it.
    scenario: &'static str,
}

impl ListedFormula {
    fn of(formula: &Formula) -> Self {
        let Formula { text, except, source, scenario, .. } = *formula;
        let [figure, since, when] = [formula.figure.words(), formula.since.words(), formula.when.words()];
        let options = formula.options.iter().map(|(name, value)| format!("{name} {value}")).collect();
        Self { figure, since, when, options, text, except, source, scenario }
    }
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
                summary: super::WORDS.fill(option.summary),
            });
            let rule = guards
                .iter()
                .map(|guard| ListedRule { name: guard.info().name, without: super::WORDS.fill(guard.info().broken) });
            let (options, rules) = (option.collect(), rule.collect());
            let formulas = protocol.formulas().map(ListedFormula::of).collect();
            let summary = super::WORDS.fill(summary);
            ListedProtocol { name, title, summary, source, options, rules, formulas }
        };
        Self { version: VERSION, protocols: PROTOCOLS.iter().map(listed).collect() }
    }
}
