//! One script under several protocols, side by side: the slides' three variants, 5Δ, 3Δ and 2Δ, or those that are named.

use serde::Serialize;

use super::{Report, VERSION};
use crate::protocol::{self, PROTOCOLS, Protocol, VARIANTS};
use crate::scenario::{Error, Scenario, Script, suggestion};
use crate::sim::Run;
use crate::types::shortened;

/// A script's run under a protocol.
#[derive(Clone, Debug)]
pub struct Compared {
    /// The protocol.
    pub protocol: &'static Protocol,
    /// The run.
    pub run: Run,
}

/// Runs a script under this protocol, whatever protocol it names, until about so many events have happened: what is longer is
/// not over.
///
/// # Errors
/// What the script says that this protocol does not understand, and where.
pub fn under(script: &Script, protocol: &'static Protocol, events: usize) -> Result<Compared, Error> {
    let mut run = Run::open(Scenario::of(&script.under(protocol.name))?);
    run.go_on(events);
    Ok(Compared { protocol, run })
}

/// Runs a script to its end under each of these protocols.
///
/// # Errors
/// What the script says that one of them does not understand, and where.
pub fn under_each(script: &Script, protocols: &[&'static Protocol]) -> Result<Vec<Compared>, Error> {
    protocols.iter().map(|protocol| under(script, protocol, usize::MAX)).collect()
}

/// The protocols to compare: those of a list such as `basic,multi`, in its order and each of them once, or else the slides'
/// variants.
///
/// # Errors
/// A sentence: which name is none, what may have been meant, or which one comes twice.
pub fn chosen(names: Option<&str>) -> Result<Vec<&'static Protocol>, String> {
    let Some(names) = names else { return Ok(VARIANTS.to_vec()) };
    let mut protocols: Vec<&'static Protocol> = Vec::new();
    for name in names.split(',').map(str::trim) {
        let Some(protocol) = protocol::find(name) else {
            let known = || PROTOCOLS.iter().map(|protocol| protocol.name);
            let all = known().collect::<Vec<_>>().join(", ");
            let hint = suggestion(name, known());
            return Err(match name {
                "" => format!("a protocol’s name is missing; there is: {all}"),
                _ => format!("no protocol is called “{}”; there is: {all}{hint}", shortened(name)),
            });
        };
        // No list is longer than the registry, however long its text is.
        if protocols.contains(&protocol) {
            return Err(format!("{name} is named twice"));
        }
        protocols.push(protocol);
    }
    Ok(protocols)
}

/// The runs under all variants, as one serialisable structure.
#[derive(Clone, Serialize, Debug)]
pub struct Comparison {
    version: u32,
    /// The script's title.
    scenario: String,
    variants: Vec<VariantReport>,
}

#[derive(Clone, Serialize, Debug)]
struct VariantReport {
    /// The Δ until all know, by the protocol's main formula.
    variant: &'static str,
    report: Report,
}

impl Comparison {
    /// The reports of the runs that were compared.
    pub fn of(compared: &[Compared]) -> Self {
        let variant = |one: &Compared| VariantReport { variant: one.protocol.figure(), report: Report::of(&one.run) };
        let scenario = compared.first().map_or_else(String::new, |one| one.run.scenario().title.clone());
        Self { version: VERSION, scenario, variants: compared.iter().map(variant).collect() }
    }

    /// Whether every check held in all of the runs.
    pub fn is_safe(&self) -> bool {
        self.variants.iter().all(|variant| variant.report.is_safe())
    }
}
