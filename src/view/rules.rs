//! The choices of a script as plain lists: the protocol, its options, and the rules that can be switched off.

use crate::protocol::{PROTOCOLS, Vocabulary};
use crate::session::Session;
use crate::tongue::translated;

/// What the script chooses, and what else it could choose.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rules {
    /// Every protocol: its name in scripts, and its heading.
    pub protocols: Vec<(&'static str, &'static str)>,
    /// The name of the protocol that runs.
    pub protocol: &'static str,
    /// One sentence on what it does.
    pub summary: String,
    /// The source of its rules.
    pub source: &'static str,
    /// Its options.
    pub options: Vec<OptionRow>,
    /// Its rules that can be switched off.
    pub guards: Vec<GuardRow>,
    /// Whether an oracle tells it who leads.
    pub hears_oracle: bool,
    /// An example of a decree that can be proposed.
    pub example: &'static str,
    /// An example of each command of its service; empty where decrees are plain.
    pub commands: Vec<&'static str>,
}

/// An option.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OptionRow {
    /// Its name in scripts.
    pub name: &'static str,
    /// One sentence on what it means.
    pub summary: String,
    /// The values that may be chosen, the default first.
    pub values: &'static [&'static str],
    /// The place of the chosen value.
    pub chosen: usize,
}

/// A rule that can be switched off.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GuardRow {
    /// Its name in scripts.
    pub name: &'static str,
    /// What nodes do when it is switched off.
    pub broken: String,
    /// Whether the script switches it off.
    pub is_off: bool,
}

impl Rules {
    /// The choices of the session's script.
    pub fn of(session: &Session, words: Vocabulary) -> Self {
        let scenario = session.scenario();
        let (protocol, setup) = (scenario.protocol, &scenario.setup);
        let options = protocol.options.iter().enumerate().map(|(place, option)| OptionRow {
            name: option.name,
            summary: words.fill(option.summary),
            values: option.values,
            chosen: usize::from(setup.choice(place)),
        });
        let guards = protocol.guards.iter().map(|guard| GuardRow {
            name: guard.info().name,
            broken: words.fill(guard.info().broken),
            is_off: setup.is_broken(*guard),
        });
        let commands: Vec<_> = scenario
            .service
            .map_or_else(Vec::new, |service| service.commands.iter().map(|command| command.example).collect());
        Self {
            protocols: PROTOCOLS.iter().map(|protocol| (protocol.name, protocol.title)).collect(),
            protocol: protocol.name,
            summary: words.fill(protocol.summary),
            source: translated(protocol.source),
            options: options.collect(),
            guards: guards.collect(),
            hears_oracle: protocol.oracle_unheard(&setup.choices).is_none(),
            example: commands.first().copied().unwrap_or("blue"),
            commands,
        }
    }
}
