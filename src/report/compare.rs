//! One script under the slides' three variants, side by side: 5Δ, 3Δ and 2Δ.

use serde::Serialize;

use super::{Report, VERSION};
use crate::protocol::{self, Protocol};
use crate::scenario::{Error, Scenario, Script};
use crate::sim::Run;

/// A variant, and the script's run under it.
#[derive(Clone, Debug)]
pub struct Compared {
    /// Its protocol.
    pub protocol: &'static Protocol,
    /// How long it takes until everybody knows when nothing goes wrong: `5Δ`, `3Δ` or `2Δ`.
    pub variant: &'static str,
    /// The run.
    pub run: Run,
}

/// Runs a script under one protocol, whatever protocol it names; none when this protocol is not one of the variants.
///
/// # Errors
/// What the script says that this protocol does not understand, and where.
pub fn variant(script: &Script, protocol: &'static Protocol) -> Option<Result<Compared, Error>> {
    variant_until(script, protocol, usize::MAX)
}

/// The same, but the run goes on only until about so many events have happened; a longer run is then not over.
///
/// # Errors
/// What the script says that this protocol does not understand, and where.
pub fn variant_until(script: &Script, protocol: &'static Protocol, events: usize) -> Option<Result<Compared, Error>> {
    let variant = protocol.variant?;
    let scenario = Scenario::of(&script.under(protocol.name));
    Some(scenario.map(|scenario| {
        let mut run = Run::open(scenario);
        run.go_on(events);
        Compared { protocol, variant, run }
    }))
}

/// Runs a script under every variant of the registry.
///
/// # Errors
/// What the script says that one of them does not understand, and where.
pub fn variants(script: &Script) -> Result<Vec<Compared>, Error> {
    protocol::variants().filter_map(|protocol| variant(script, protocol)).collect()
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
    variant: &'static str,
    report: Report,
}

impl Comparison {
    /// The reports of the runs that were compared.
    pub fn of(compared: &[Compared]) -> Self {
        let variant = |one: &Compared| VariantReport { variant: one.variant, report: Report::of(&one.run) };
        let scenario = compared.first().map_or_else(String::new, |one| one.run.scenario().title.clone());
        Self { version: VERSION, scenario, variants: compared.iter().map(variant).collect() }
    }

    /// Whether every check held in all of the runs.
    pub fn is_safe(&self) -> bool {
        self.variants.iter().all(|variant| variant.report.is_safe())
    }
}
