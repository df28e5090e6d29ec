//! What a script may choose: the protocol, its options, and the rules that can be switched off, as plain lists.

use crate::protocol::PROTOCOLS;
use crate::session::Session;

/// What is chosen, and what else there is to choose.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rules {
    /// Every protocol: what scripts call it, and its heading.
    pub protocols: Vec<(&'static str, &'static str)>,
    /// The one that runs.
    pub protocol: &'static str,
    /// One sentence on what it does.
    pub summary: &'static str,
    /// Where its rules are written.
    pub source: &'static str,
    /// Its options.
    pub options: Vec<OptionRow>,
    /// Its rules that can be switched off.
    pub guards: Vec<GuardRow>,
    /// Whether it is told who leads.
    pub hears_oracle: bool,
    /// Something that can be proposed.
    pub example: &'static str,
    /// What its service can be told, an example each; nothing where decrees are plain.
    pub commands: Vec<&'static str>,
}

/// A choice.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OptionRow {
    /// What scripts call it.
    pub name: &'static str,
    /// One sentence on what it means.
    pub summary: &'static str,
    /// What may be chosen, the default first.
    pub values: &'static [&'static str],
    /// The place of what is chosen.
    pub chosen: usize,
}

/// A rule that can be switched off.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GuardRow {
    /// What scripts call it.
    pub name: &'static str,
    /// What nodes do without it.
    pub broken: &'static str,
    /// Whether the script switches it off.
    pub is_off: bool,
}

impl Rules {
    /// What the session's script chooses.
    pub fn of(session: &Session) -> Self {
        let scenario = session.scenario();
        let (protocol, setup) = (scenario.protocol, &scenario.setup);
        let options = protocol.options.iter().enumerate().map(|(place, option)| OptionRow {
            name: option.name,
            summary: option.summary,
            values: option.values,
            chosen: usize::from(setup.choice(place)),
        });
        let guards = protocol.guards.iter().map(|guard| GuardRow {
            name: guard.info().name,
            broken: guard.info().broken,
            is_off: setup.is_broken(*guard),
        });
        let commands: Vec<_> = scenario
            .service
            .map_or_else(Vec::new, |service| service.commands.iter().map(|command| command.example).collect());
        Self {
            protocols: PROTOCOLS.iter().map(|protocol| (protocol.name, protocol.title)).collect(),
            protocol: protocol.name,
            summary: protocol.summary,
            source: protocol.source,
            options: options.collect(),
            guards: guards.collect(),
            hears_oracle: protocol.oracle_unheard(&setup.choices).is_none(),
            example: commands.first().copied().unwrap_or("blue"),
            commands,
        }
    }
}
