//! The family side by side: what each protocol takes, what it bears, what it costs, and what a fault does to it.
//!
//! Every figure is measured when the table is made, on a script that comes with the figure. So a cell can be opened as the
//! run that shows it, and no cell can be out of date.

use super::race::{EVENTS_MAX, Race, Racer};
use crate::latency::{self, Answer};
use crate::protocol::kin::After;
use crate::protocol::{PROTOCOLS, Protocol, Trust};
use crate::scenario::fit::{Size, fit};
use crate::scenario::link::{Opens, RunLink};
use crate::scenario::{Act, Scenario, Script, Statement, library};
use crate::sim::Run;
use crate::tongue::{key, say};
use crate::types::Time;

/// The scenario on which everything without a fault is measured: a quiet cluster is asked once.
pub const STEADY: &str = "steady";

/// The columns of sizes: f is 1, 2, 3.
pub const FAULTS: [usize; 3] = [1, 2, 3];

/// What the columns of the table are called in English.
pub const HEADS: [&str; 10] = [
    key!("all know after"),
    key!("measured"),
    key!("messages"),
    "n, f = 1",
    "f = 2",
    "f = 3",
    key!("bears"),
    key!("with f down"),
    key!("costs"),
    key!("after a fault"),
];

/// A protocol's row.
#[derive(Clone, Debug)]
pub struct FamilyRow {
    /// The protocol.
    pub protocol: &'static Protocol,
    /// A cell for each of [`HEADS`]; the last cell is as many as there are faults.
    pub cells: Vec<Cell>,
}

/// What a cell says, and the script of the run that shows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cell {
    /// A few words, with units.
    pub text: String,
    /// The script.
    pub script: Script,
}

impl Cell {
    /// The link to the run, without its `#`.
    pub fn link(&self) -> String {
        RunLink { opens: Opens::Script(self.script.to_string()), at: None, selection: None, only: None, lang: None }
            .print()
    }
}

/// The whole table, in the order of the registry.
pub fn table() -> Vec<FamilyRow> {
    PROTOCOLS.iter().map(|protocol| row(protocol)).collect()
}

/// The row of a protocol.
pub fn row(protocol: &'static Protocol) -> FamilyRow {
    let quiet = steady(protocol, FAULTS[0], false);
    let [all, messages] = [1, 3].map(|place| quiet.measures[place]);
    let cell = |text: String| Cell { text, script: quiet.fitted.script.clone() };
    let figure = protocol.figure();
    let mut cells = vec![
        cell(if protocol.is_log { say!("{figure} each") } else { figure.to_owned() }),
        cell(all.cell()),
        cell(match messages.formula {
            Some((formula, _)) => format!("{}: {}", formula.text, messages.cell()),
            None => messages.cell(),
        }),
    ];
    cells.extend(FAULTS.map(|faults| {
        let run = steady(protocol, faults, false);
        Cell { text: run.fitted.servers.to_string(), script: run.fitted.script }
    }));
    let down = steady(protocol, FAULTS[0], true);
    let bears = match protocol.trust {
        Trust::Crash => say!("f crashes"),
        Trust::Byzantine => say!("f liars"),
    };
    cells.push(Cell { text: bears.into(), script: down.fitted.script.clone() });
    cells.push(Cell { text: down.measures[1].cell(), script: down.fitted.script });
    cells.push(cell(super::WORDS.fill((protocol.kin)().costs)));
    cells.extend((protocol.kin)().after.iter().map(|after| measured(protocol, after)));
    FamilyRow { protocol, cells }
}

/// What the steady script comes to under this protocol, with all servers up or with the last f down from the start.
fn steady(protocol: &'static Protocol, faults: usize, are_down: bool) -> Racer {
    let (mut script, scenario) = built_in(STEADY);
    let size = Size::Tolerate(faults);
    if are_down {
        let (whole, _) = built_in(STEADY);
        let fitted = fit(&whole, &scenario, protocol, size).expect("it fits");
        let servers = Scenario::of(&fitted.script).expect("a scenario");
        let names = servers.setup.cast.servers().iter().map(|node| servers.symbols.node(node).to_owned());
        let down: Vec<_> = names.collect::<Vec<_>>().into_iter().rev().take(faults).collect();
        script = fitted.script;
        script.lines.extend(down.into_iter().map(|name| Statement::At(Time::ZERO, Act::Crash(name)).into()));
    }
    let scenario = Scenario::of(&script).expect("a scenario");
    let race = Race::of(&script, &scenario, &[protocol], Some(size), EVENTS_MAX);
    let row = race.rows.into_iter().next().expect("one protocol");
    row.outcome.unwrap_or_else(|why| panic!("{}: {why}", protocol.name))
}

/// What follows a fault: until when all know the decree that took longest.
fn measured(protocol: &'static Protocol, after: &After) -> Cell {
    let script = built_in(after.scenario).0.under(protocol.name);
    let run = Run::of(Scenario::of(&script).unwrap_or_else(|error| panic!("{}: {error}", after.scenario)));
    let decisions = latency::decisions(run.trace());
    let asked = || decisions.iter().filter(|decision| decision.asked.is_some());
    let longest = asked().filter_map(|decision| decision.from_client().all).max();
    // Whoever asks and then crashes has no use for an answer, and of two requests for a single decree only one can pass.
    let is_due = |answer: Answer| !matches!(answer, Answer::Crashed(_) | Answer::UnheardCrashed(_) | Answer::Other(_));
    let unanswered = latency::unanswered(run.trace()).iter().any(|request| is_due(request.answer));
    let is_open = unanswered || asked().any(|decision| decision.all_learned.is_none());
    let took = match longest {
        Some(time) if !is_open => format!("{}Δ", time.told()),
        Some(time) => say!("{time}Δ, and not every request is answered", time = time.told()),
        None => say!("nothing is decided").into(),
    };
    Cell { text: format!("{}: {took}", super::WORDS.fill(after.fault)), script }
}

fn built_in(name: &str) -> (Script, Scenario) {
    let text = library::find(name).unwrap_or_else(|| panic!("no built-in scenario is called {name}")).text;
    Scenario::read(text).unwrap_or_else(|error| panic!("{name}: {error}"))
}
