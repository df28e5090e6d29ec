//! `race`: one script under the whole family, fitted to each protocol.

use std::process::ExitCode;

use clap::Args;

use super::{called, load, pretty, status};
use crate::protocol::Vocabulary;
use crate::report::race::{self, EVENTS_MAX, Measure, Race, RaceReport};
use crate::scenario::fit::Size;
use crate::view::export::race::{Drawn, race as draw};
use crate::view::race::RaceView;

/// What may be asked for.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// A built-in scenario, a file, a link, or - for standard input
    scenario: String,
    /// Race these protocols instead of all, as in basic,multi
    #[arg(long, value_name = "PROTOCOLS")]
    with: Option<String>,
    /// Give every protocol so many servers
    #[arg(long, value_name = "N", conflicts_with = "tolerate")]
    nodes: Option<String>,
    /// Give every protocol the fewest servers that bear so many faults
    #[arg(long, value_name = "F")]
    tolerate: Option<String>,
    /// Print the race as JSON
    #[arg(long)]
    json: bool,
    /// Print the race as CSV
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    /// Print the race as a figure: all timelines on one axis
    #[arg(long, conflicts_with_all = ["json", "csv"])]
    svg: bool,
    /// Draw the critical paths as bars instead of timelines
    #[arg(long, requires = "svg")]
    bars: bool,
    /// Draw it for dark paper
    #[arg(long, requires = "svg")]
    dark: bool,
}

/// Does what the command line says.
pub(super) fn race(arguments: &Arguments) -> Result<(String, ExitCode), String> {
    let protocols = race::chosen(arguments.with.as_deref()).map_err(|error| format!("--with: {error}"))?;
    let size = Size::read(arguments.tolerate.as_deref(), arguments.nodes.as_deref());
    let size = size.map_err(|why| format!("--{why}"))?;
    let (script, scenario) = load(&arguments.scenario)?;
    let race = Race::of(&script, &scenario, &protocols, size, EVENTS_MAX);
    let code = status(race.is_safe());
    if race.racers().next().is_none() {
        let why = race.rows.first().map(|row| row.notes().join(" ")).unwrap_or_default();
        return Err(format!("{}: no protocol runs this script. {why}", called(&arguments.scenario)));
    }
    let output = if arguments.json {
        pretty(&RaceReport::of(&race))?
    } else if arguments.csv {
        race::csv(&race)
    } else if arguments.svg {
        let drawn = if arguments.bars { Drawn::Bars } else { Drawn::Timelines };
        let view = RaceView::of(&race, Vocabulary::default());
        draw(&view, drawn, arguments.dark).map_err(|why| format!("{}: {why}", called(&arguments.scenario)))?
    } else {
        text(&race)
    };
    Ok((output, code))
}

/// The race as a table, with what a reader should know below it.
fn text(race: &Race) -> String {
    let heads = ["protocol", "f", "n"].into_iter().chain(Measure::NAMES).map(str::to_owned);
    let mut rows = vec![heads.collect::<Vec<_>>()];
    for (protocol, racer) in race.racers() {
        let size = [protocol.name.to_owned(), racer.fitted.faults.to_string(), racer.fitted.servers.to_string()];
        rows.push(size.into_iter().chain(racer.measures.iter().map(Measure::cell)).collect());
    }
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0) + 2;
    let widths: Vec<_> = (0..rows[0].len()).map(width).collect();
    let mut out = format!("{}\n{}\n\n", race.title, race.about());
    for row in &rows {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        out += cells.collect::<String>().trim_end();
        out.push('\n');
    }
    out += "\nTimes count from the request; beside each figure stands what the protocol’s formula says, and ≠ marks a difference.\n";
    for row in &race.rows {
        row.notes().iter().for_each(|note| out += &format!("{}: {note}\n", row.protocol.name));
    }
    out
}
