//! A race as JSON and as CSV.

use serde::Serialize;

use super::{Measure, Race, Row, Stretch};
use crate::report::{Deltas, VERSION};
use crate::scenario::fit::Size;
use crate::types::Time;

/// A race as one serialisable structure. Every time is a number of Δ since the request.
#[derive(Clone, Serialize, Debug)]
pub struct RaceReport {
    version: u32,
    /// The script's title.
    scenario: String,
    /// `f` or `n`: what is equal for all protocols.
    equal: &'static str,
    /// The f, or the n.
    size: usize,
    /// What is raced, in two sentences.
    about: String,
    /// The decree that is raced for.
    decree: Option<String>,
    racers: Vec<RacerReport>,
}

#[derive(Clone, Serialize, Debug)]
struct RacerReport {
    protocol: &'static str,
    title: &'static str,
    /// How many servers there are, and how many faults they bear; none where there is no run.
    servers: Option<usize>,
    faults: Option<usize>,
    /// How many processes there are, clients included.
    processes: Option<usize>,
    leader: Option<MeasureReport>,
    all: Option<MeasureReport>,
    client: Option<MeasureReport>,
    messages: Option<MeasureReport>,
    sends: Option<MeasureReport>,
    bytes: Option<MeasureReport>,
    /// The messages of the whole run.
    messages_in_all: Option<usize>,
    path: Vec<StretchReport>,
    violated: Vec<&'static str>,
    notes: Vec<String>,
    /// The script that was run.
    script: Option<String>,
}

/// A number of Δ, or of messages, sends or bytes.
#[derive(Clone, Copy, Serialize, Debug)]
#[serde(untagged)]
enum Number {
    Time(Deltas),
    Count(u64),
}

#[derive(Clone, Serialize, Debug)]
struct MeasureReport {
    measured: Option<Number>,
    /// What the formula of the protocol's row comes to in this cluster.
    expected: Option<Number>,
    formula: Option<&'static str>,
    differs: bool,
}

#[derive(Clone, Serialize, Debug)]
struct StretchReport {
    /// `1a` to `3` and the other phases, or `wait`.
    phase: &'static str,
    from: Deltas,
    until: Deltas,
}

impl MeasureReport {
    fn of(measure: &Measure) -> Self {
        let number = |value| if measure.is_time { Number::Time(Deltas(Time(value))) } else { Number::Count(value) };
        Self {
            measured: measure.measured.map(number),
            expected: measure.formula.map(|(_, value)| number(value)),
            formula: measure.formula.map(|(formula, _)| formula.text),
            differs: measure.differs(),
        }
    }
}

impl RacerReport {
    fn of(row: &Row) -> Self {
        let racer = row.outcome.as_ref().ok();
        let measure = |place: usize| racer.map(|racer| MeasureReport::of(&racer.measures[place]));
        let stretch = |stretch: &Stretch| StretchReport {
            phase: stretch.phase.map_or("wait", |phase| phase.label()),
            from: Deltas(stretch.from),
            until: Deltas(stretch.until),
        };
        Self {
            protocol: row.protocol.name,
            title: row.protocol.title,
            servers: racer.map(|racer| racer.fitted.servers),
            faults: racer.map(|racer| racer.fitted.faults),
            processes: racer.map(|racer| racer.run.scenario().nodes()),
            leader: measure(0),
            all: measure(1),
            client: measure(2),
            messages: measure(3),
            sends: measure(4),
            bytes: measure(5),
            messages_in_all: racer.map(|racer| racer.counts.sent),
            path: racer.map(|racer| racer.path().iter().map(stretch).collect()).unwrap_or_default(),
            violated: racer.map(|racer| racer.broken.clone()).unwrap_or_default(),
            notes: row.notes().to_vec(),
            script: racer.map(|racer| racer.fitted.script.to_string()),
        }
    }
}

impl RaceReport {
    /// The report of a race.
    pub fn of(race: &Race) -> Self {
        let (equal, size) = match race.size {
            Size::Tolerate(faults) => ("f", faults),
            Size::Nodes(servers) => ("n", servers),
        };
        Self {
            version: VERSION,
            scenario: race.title.clone(),
            equal,
            size,
            about: race.about(),
            decree: race.decree.clone(),
            racers: race.rows.iter().map(RacerReport::of).collect(),
        }
    }
}

/// A race as CSV: a line for each protocol; times in Δ, and empty cells for what did not happen.
pub fn csv(race: &Race) -> String {
    let mut out = "protocol,f,servers,processes".to_owned();
    Measure::NAMES.iter().for_each(|name| out += &format!(",{name},{name}_expected"));
    out += ",messages_in_all,violated,notes\n";
    for row in &race.rows {
        let Ok(racer) = &row.outcome else {
            let empty = ",".repeat(5 + 2 * Measure::NAMES.len());
            out += &format!("{}{empty},{}\n", row.protocol.name, quoted(&row.notes().join(" ")));
            continue;
        };
        let nodes = racer.run.scenario().nodes();
        out += &format!("{},{},{},{nodes}", row.protocol.name, racer.fitted.faults, racer.fitted.servers);
        for measure in &racer.measures {
            let number = |value: u64| if measure.is_time { Time(value).to_string() } else { value.to_string() };
            let [measured, expected] = [measure.measured, measure.formula.map(|(_, value)| value)]
                .map(|value| value.map(number).unwrap_or_default());
            out += &format!(",{measured},{expected}");
        }
        let (broken, notes) = (racer.broken.join(" "), quoted(&row.notes().join(" ")));
        out += &format!(",{},{broken},{notes}\n", racer.counts.sent);
    }
    out
}

/// A text as a cell of CSV.
fn quoted(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("\"{}\"", text.replace('"', "\"\"")) }
}
