//! `sweep SCENARIO --sizes …`: how many decrees pass in 1Δ with values of several sizes, under several protocols.

use std::process::ExitCode;

use super::super::{called, load, status};
use super::Arguments;
use crate::explore::throughput::{Throughput, sizes};
use crate::protocol::{Protocol, find};
use crate::report::pretty;
use crate::report::throughput::{ThroughputReport, csv};
use crate::types::{Bytes, Time, shortened};
use crate::view::explore::throughput_plot;
use crate::view::export::plot_svg;

/// Does what the command line says.
pub(super) fn throughput(arguments: &Arguments, list: &str) -> Result<(String, ExitCode), String> {
    let name = arguments.scenario.as_deref().unwrap_or_default();
    let sizes = sizes(list).map_err(|error| format!("--sizes: {error}"))?;
    let named = arguments.with.as_deref().map(protocols).transpose().map_err(|error| format!("--with: {error}"))?;
    let (script, _) = load(name)?;
    let name = called(name);
    let mut sweep = Throughput::new(&script, named, sizes).map_err(|error| format!("{name}: {error}"))?;
    for (protocol, why) in &sweep.refused {
        eprintln!("warning: {name} is not run under {}: {why}", protocol.name);
    }
    if sweep.bandwidth().is_none() {
        eprintln!("warning: {name} sets no bandwidth, so the size of values makes no difference");
    }
    while !sweep.go_on(1) {}
    let output = if arguments.json {
        pretty(&ThroughputReport::of(&sweep))?
    } else if arguments.csv {
        csv(&sweep)
    } else if arguments.svg {
        plot_svg(&throughput_plot(&sweep), sweep.title(), false)
    } else {
        text(&sweep)
    };
    Ok((output, status(sweep.is_safe())))
}

/// The protocols of a list of names.
fn protocols(list: &str) -> Result<Vec<&'static Protocol>, String> {
    let mut protocols: Vec<&'static Protocol> = Vec::new();
    for name in list.split(',').map(str::trim) {
        let protocol = find(name).ok_or_else(|| format!("no protocol is called “{}”", shortened(name)))?;
        if protocols.iter().any(|known| known.name == name) {
            return Err(format!("{name} is named twice"));
        }
        protocols.push(protocol);
    }
    Ok(protocols)
}

/// The rates for people: a row for each protocol, a column for each size.
fn text(sweep: &Throughput) -> String {
    let mut out = format!("{}: decrees for each Δ, by the size of a value\n\n", sweep.title());
    let width = sweep.protocols.iter().map(|protocol| protocol.name.len()).max().unwrap_or(0).max(8) + 2;
    let mut row = |first: &str, cells: Vec<String>| {
        let cells: String = cells.iter().map(|cell| format!("{cell:>12}")).collect();
        out += &format!("{first:<width$}{cells}\n");
    };
    row("protocol", sweep.sizes.iter().map(Bytes::to_string).collect());
    for (protocol, found) in sweep.rows() {
        let rate = |millionths: u64| Time(millionths / 1_000 * 1_000).to_string();
        row(protocol.name, found.iter().map(|passed| passed.rate().map_or("–".to_owned(), rate)).collect());
    }
    for (protocol, found) in sweep.rows() {
        for (size, passed) in sweep.sizes.iter().zip(found) {
            if passed.known < passed.asked {
                let (known, asked) = (passed.known, passed.asked);
                out += &format!("{} with {size}: everybody knows {known} of {asked} decrees\n", protocol.name);
            }
            if !passed.is_safe {
                out += &format!("✗ {} with {size}: a check is violated\n", protocol.name);
            }
        }
    }
    out
}
