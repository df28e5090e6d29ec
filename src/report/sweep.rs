//! A sweep for other programs: as JSON, which can be read back and added to others, and as CSV.
//!
//! `docs/explore.md` describes shapes and units. The JSON contains everything that a sweep knows, so the sum of the
//! parts is, byte for byte, the sweep that would have been made in one piece.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::{Deltas, VERSION};
use crate::check::CHECKS;
use crate::explore::sweep::{
    Counts, Extreme, Found, MEASURES, PERCENTILES, Plan, REASONS, SEEDS_END, Seeds, Swept, Tally, is_bound,
};
use crate::types::Time;

/// Counts above this are refused, so that every program reads them exactly.
const COUNT_MAX: u64 = 1 << 53;

/// The longest latency that is possible: twice the longest run.
const LATENCY_MAX: Time = Time::deltas(250_000);

/// A sweep, or the sum of several.
#[derive(Clone, Serialize, Deserialize, Debug)]
pub struct SweepReport {
    version: u32,
    /// The script's title.
    scenario: String,
    /// The script of each run, apart from its seed, its protocol and its crashes.
    script: String,
    /// How many nodes crash: `none`, `2` or `20%`.
    crashes: String,
    seeds: SeedsReport,
    runs: RunsReport,
    variants: Vec<TallyReport>,
}

/// A range of seeds: the first seed, and the first seed after the range.
#[derive(Clone, Serialize, Deserialize, Debug)]
struct SeedsReport {
    asked: Vec<(u64, u64)>,
    done: Vec<(u64, u64)>,
}

#[derive(Clone, Serialize, Deserialize, Debug)]
struct RunsReport {
    asked: u64,
    done: u64,
}

#[derive(Clone, Serialize, Deserialize, Debug)]
struct TallyReport {
    variant: Option<String>,
    protocol: String,
    runs: u64,
    decided: u64,
    undecided: Vec<FoundReport>,
    decisions: u64,
    messages: MessagesReport,
    latency: Vec<LatencyReport>,
    violated: FoundReport,
    checks: Vec<FoundReport>,
}

#[derive(Clone, Serialize, Deserialize, Debug)]
struct FoundReport {
    name: String,
    runs: u64,
    first_seed: Option<u64>,
}

#[derive(Clone, Serialize, Deserialize, Debug)]
struct MessagesReport {
    of_decisions: u64,
    /// Messages for each decision, with six decimals.
    per_decision: Option<Deltas>,
    sent: u64,
}

#[derive(Clone, Serialize, Deserialize, Debug)]
struct LatencyReport {
    measure: String,
    count: u64,
    min: Option<ExtremeReport>,
    max: Option<ExtremeReport>,
    percentiles: Vec<(String, Deltas)>,
    /// The longest latency of each bin, and how many latencies it holds.
    bins: Vec<(Deltas, u64)>,
}

#[derive(Clone, Serialize, Deserialize, Debug)]
struct ExtremeReport {
    latency: Deltas,
    seed: u64,
}

impl SweepReport {
    /// The report of a sweep, with everything that it knows.
    pub fn of(swept: &Swept) -> Self {
        let ranges = |seeds: &Seeds| seeds.ranges().iter().map(|range| (range.start, range.end)).collect();
        Self {
            version: VERSION,
            scenario: swept.plan.title().to_owned(),
            script: swept.plan.script().to_string(),
            crashes: swept.plan.crashes().to_string(),
            seeds: SeedsReport { asked: ranges(&swept.asked), done: ranges(&swept.done) },
            runs: RunsReport { asked: swept.asked.count(), done: swept.done.count() },
            variants: swept.tallies.iter().map(tally_report).collect(),
        }
    }

    /// The sweep that was reported. Percentiles and averages are not read, because they follow from the rest.
    ///
    /// # Errors A sentence that says which part of the report is impossible.
    pub fn read(&self) -> Result<Swept, String> {
        if self.version != VERSION {
            return Err(format!("version {} is not known here; this is version {VERSION}", self.version));
        }
        let protocols: Vec<_> = self.variants.iter().map(|variant| variant.protocol.clone()).collect();
        let plan = Plan::read(&self.script, &self.crashes, &protocols)?;
        let (asked, done) = (seeds(&self.seeds.asked)?, seeds(&self.seeds.done)?);
        if !asked.contains(&done) {
            return Err("it has run seeds that nobody asked for".to_owned());
        }
        let mut swept = Swept::new(plan, asked);
        swept.done = done;
        for (report, tally) in self.variants.iter().zip(&mut swept.tallies) {
            if report.runs != swept.done.count() {
                return Err(format!("it counts {} runs of {} seeds", report.runs, swept.done.count()));
            }
            report.read(tally)?;
        }
        Ok(swept)
    }
}

fn seeds(ranges: &[(u64, u64)]) -> Result<Seeds, String> {
    let mut seeds = Seeds::default();
    for (start, end) in ranges {
        if start >= end || *end > SEEDS_END {
            return Err(format!("{start} to {end} is no range of seeds"));
        }
        seeds.add(*start..*end);
    }
    Ok(seeds)
}

fn tally_report(tally: &Tally) -> TallyReport {
    let found =
        |name: &str, found: &Found| FoundReport { name: name.to_owned(), runs: found.runs, first_seed: found.first };
    let reasons = REASONS.iter().zip(&tally.undecided);
    let checks = CHECKS.iter().zip(&tally.violated);
    TallyReport {
        variant: tally.protocol.variant().map(str::to_owned),
        protocol: tally.protocol.name.to_owned(),
        runs: tally.runs,
        decided: tally.decided,
        undecided: reasons.map(|(reason, runs)| found(reason.name, runs)).collect(),
        decisions: tally.decisions,
        messages: MessagesReport {
            of_decisions: tally.messages,
            // A number of millionths is written like a time in ticks.
            per_decision: tally.messages_per_decision().map(|millionths| Deltas(Time(millionths))),
            sent: tally.sent,
        },
        latency: MEASURES.iter().zip(&tally.latency).map(|(measure, counts)| latency(measure.name, counts)).collect(),
        violated: found("any", &tally.unsafe_runs),
        checks: checks.map(|(check, runs)| found(check.name, runs)).collect(),
    }
}

fn latency(measure: &str, counts: &Counts) -> LatencyReport {
    let extreme = |extreme: Extreme| ExtremeReport { latency: Deltas(extreme.latency), seed: extreme.seed };
    let percentile = |(name, share): (&str, u64)| Some((name.to_owned(), Deltas(counts.percentile(share)?)));
    LatencyReport {
        measure: measure.to_owned(),
        count: counts.count(),
        min: counts.least().map(extreme),
        max: counts.most().map(extreme),
        percentiles: PERCENTILES.into_iter().filter_map(percentile).collect(),
        bins: counts.bins().map(|(bound, count)| (Deltas(bound), count)).collect(),
    }
}

impl TallyReport {
    fn read(&self, tally: &mut Tally) -> Result<(), String> {
        let counts = [self.runs, self.decided, self.decisions, self.messages.of_decisions, self.messages.sent];
        if counts.into_iter().any(|count| count > COUNT_MAX) {
            return Err(format!("a count is at most {COUNT_MAX}"));
        }
        [tally.runs, tally.decided, tally.decisions, tally.messages, tally.sent] = counts;
        tally.unsafe_runs = self.violated.read()?;
        for found in &self.undecided {
            let place = REASONS.iter().position(|reason| reason.name == found.name);
            tally.undecided[place.ok_or_else(|| unknown("reason", &found.name))?] = found.read()?;
        }
        let undecided = tally.undecided.iter().fold(0_u64, |sum, found| sum.saturating_add(found.runs));
        if tally.decided.checked_add(undecided) != Some(tally.runs) {
            return Err(format!("of {} runs {} decide and {undecided} do not", tally.runs, tally.decided));
        }
        for found in &self.checks {
            let place = CHECKS.iter().position(|check| check.name == found.name);
            tally.violated[place.ok_or_else(|| unknown("check", &found.name))?] = found.read()?;
        }
        for latency in &self.latency {
            let place = MEASURES.iter().position(|measure| measure.name == latency.measure);
            tally.latency[place.ok_or_else(|| unknown("measure", &latency.measure))?] = latency.read()?;
        }
        Ok(())
    }
}

fn unknown(what: &str, name: &str) -> String {
    format!("no {what} is called “{}”", crate::types::shortened(name))
}

impl FoundReport {
    fn read(&self) -> Result<Found, String> {
        let (runs, first) = (self.runs, self.first_seed);
        let is_good = runs <= COUNT_MAX && first.is_some() == (runs > 0) && first.is_none_or(|seed| seed < SEEDS_END);
        if is_good {
            Ok(Found { runs, first })
        } else {
            Err(format!("of {} it has {runs} runs, but no first seed", self.name))
        }
    }
}

impl LatencyReport {
    fn read(&self) -> Result<Counts, String> {
        let mut counts = Counts::default();
        for (Deltas(bound), count) in &self.bins {
            if *bound > LATENCY_MAX || !is_bound(*bound) {
                return Err(format!("{bound}Δ is not where a bin ends"));
            }
            if *count > COUNT_MAX {
                return Err(format!("a count is at most {COUNT_MAX}"));
            }
            counts.add_many(*bound, *count);
        }
        if let (Some(min), Some(max)) = (&self.min, &self.max) {
            counts.stretch(min.read()?, max.read()?);
        }
        let has_extremes = self.min.is_some() && self.max.is_some();
        if has_extremes != (counts.count() > 0) || self.count != counts.count() {
            return Err(format!("the bins of {} do not add up", self.measure));
        }
        Ok(counts)
    }
}

impl ExtremeReport {
    fn read(&self) -> Result<Extreme, String> {
        if self.latency.0 > LATENCY_MAX || self.seed >= SEEDS_END {
            return Err("a shortest or longest latency is none".to_owned());
        }
        Ok(Extreme { latency: self.latency.0, seed: self.seed })
    }
}

/// A sweep as CSV: a line of headings, and a line for each bin of each measure of each variant.
pub fn csv(swept: &Swept) -> String {
    let mut out = "variant,protocol,measure,latency,count,at_most\n".to_owned();
    for tally in &swept.tallies {
        let (variant, name) = (tally.protocol.variant().unwrap_or_default(), tally.protocol.name);
        for (measure, counts) in MEASURES.iter().zip(&tally.latency) {
            let mut at_most = 0_u64;
            for (bound, count) in counts.bins() {
                at_most = at_most.saturating_add(count);
                writeln!(out, "{variant},{name},{},{bound},{count},{at_most}", measure.name)
                    .expect("a string takes all");
            }
        }
    }
    out
}
