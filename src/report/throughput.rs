//! A sweep over sizes and protocols for other programs: as JSON and as CSV. `docs/explore.md` describes shapes and units.

use std::fmt::Write as _;

use serde::Serialize;

use super::{Deltas, VERSION};
use crate::explore::throughput::{Passed, Throughput};
use crate::types::{Bytes, Time};

/// All that a sweep knows.
#[derive(Clone, Serialize, Debug)]
pub struct ThroughputReport {
    version: u32,
    /// The script's title.
    scenario: String,
    /// The sizes of values, in bytes.
    sizes: Vec<u64>,
    protocols: Vec<ProtocolReport>,
}

#[derive(Clone, Serialize, Debug)]
struct ProtocolReport {
    protocol: &'static str,
    runs: Vec<RunReport>,
}

#[derive(Clone, Serialize, Debug)]
struct RunReport {
    /// The size of values, in bytes.
    size: u64,
    asked: u64,
    known: u64,
    span: Deltas,
    /// Six decimals, rounded down.
    decrees_per_delta: Option<Deltas>,
    bytes: u64,
    bytes_per_decree: Option<u64>,
    safe: bool,
}

impl ThroughputReport {
    /// The report of a sweep.
    pub fn of(sweep: &Throughput) -> Self {
        let run = |(size, passed): (&Bytes, &Passed)| RunReport {
            size: size.0,
            asked: passed.asked,
            known: passed.known,
            span: Deltas(passed.span),
            // A number of millionths is written like a time in ticks.
            decrees_per_delta: passed.rate().map(|millionths| Deltas(Time(millionths))),
            bytes: passed.bytes,
            bytes_per_decree: passed.bytes_each().map(|bytes| bytes.0),
            safe: passed.is_safe,
        };
        let protocols = sweep.rows().map(|(protocol, found)| ProtocolReport {
            protocol: protocol.name,
            runs: sweep.sizes.iter().zip(found).map(run).collect(),
        });
        Self {
            version: VERSION,
            scenario: sweep.title().to_owned(),
            sizes: sweep.sizes.iter().map(|size| size.0).collect(),
            protocols: protocols.collect(),
        }
    }
}

/// A sweep as CSV: a line of headings, and a line for each run. Sizes are in bytes; a run without a rate leaves it empty.
pub fn csv(sweep: &Throughput) -> String {
    let mut out = "protocol,size,asked,known,span,decrees_per_delta,bytes\n".to_owned();
    for (protocol, found) in sweep.rows() {
        for (size, passed) in sweep.sizes.iter().zip(found) {
            let rate = passed.rate().map_or_else(String::new, |millionths| Time(millionths).to_string());
            let Passed { asked, known, span, bytes, .. } = passed;
            writeln!(out, "{},{},{asked},{known},{span},{rate},{bytes}", protocol.name, size.0)
                .expect("a string takes all");
        }
    }
    out
}
