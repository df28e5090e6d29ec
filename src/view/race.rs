//! A race as it is shown: for each protocol its figures, its bar, its notes, and the script of its picture.
//!
//! The pictures stand below each other on one time axis, which begins with the run; the bars begin with the request.

use super::panels::latency::{Leg, path};
use crate::protocol::Vocabulary;
use crate::report::race::{Measure, Race, Racer};
use crate::types::Time;

/// The shortest and the longest part of a run that the pictures show.
const SHOWN: (Time, Time) = (Time::deltas(6), Time::deltas(60));

/// How much room a picture has above its first lane and below its last one, and how far its lanes are apart where there are
/// few, some, or many, in pixels.
const AROUND: u16 = 60;
const LANES: [(usize, u16); 3] = [(5, 30), (8, 22), (usize::MAX, 15)];

/// What the columns of figures are called.
pub const COLUMNS: [&str; 5] = Measure::NAMES;

/// A race, ready to be shown.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RaceView {
    /// The script's title.
    pub title: String,
    /// What is raced, and how large the clusters are.
    pub about: String,
    /// A row for each protocol.
    pub rows: Vec<RaceRow>,
    /// How long the axis of the pictures is.
    pub end: Time,
    /// How long the axis of the bars is: a whole number of Δ, at least one.
    pub span: Time,
}

/// A protocol in a race.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RaceRow {
    /// The protocol's name in scripts.
    pub protocol: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// Its run; none where it cannot run the script.
    pub ran: Option<Ran>,
    /// Sentences on what was left out, or why there is no run.
    pub notes: Vec<String>,
}

/// A protocol's run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ran {
    /// `f = 1, 4 servers`
    pub size: String,
    /// A figure for each of [`COLUMNS`].
    pub figures: [RaceFigure; 5],
    /// The critical path, from the request on.
    pub path: Vec<Leg>,
    /// How long it took until the leader knew, and until all knew.
    pub marks: [Option<Time>; 2],
    /// The text of the script that was run.
    pub script: String,
    /// The height of its picture, in pixels.
    pub height: u16,
    /// Whether a check is violated.
    pub is_broken: bool,
}

/// A figure beside its formula.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RaceFigure {
    /// `4Δ`, `24` or a dash.
    pub measured: String,
    /// `= 4Δ`, `≠ 5Δ`; empty where there is no formula.
    pub beside: String,
    /// Whether the two differ.
    pub differs: bool,
}

impl RaceFigure {
    fn of(measure: &Measure) -> Self {
        let measured = measure.text();
        let cell = measure.cell();
        let beside = cell.strip_prefix(&measured).unwrap_or_default().trim_start().to_owned();
        Self { measured, beside, differs: measure.differs() }
    }

    /// Both in one line.
    pub fn text(&self) -> String {
        if self.beside.is_empty() { self.measured.clone() } else { format!("{} {}", self.measured, self.beside) }
    }
}

impl RaceView {
    /// A race in these words.
    pub fn of(race: &Race, words: Vocabulary) -> Self {
        let rows = race.rows.iter().map(|row| RaceRow {
            protocol: row.protocol.name,
            title: row.protocol.title,
            ran: row.outcome.as_ref().ok().map(|racer| Ran::of(racer, words)),
            notes: row.notes().to_vec(),
        });
        let rows: Vec<RaceRow> = rows.collect();
        let known = race.racers().filter_map(|(_, racer)| racer.decision.as_ref()?.all_learned);
        let ends = race.racers().map(|(_, racer)| racer.run.trace().end());
        let end = known.max().map(|time| time.plus(Time::DELTA)).or(ends.max()).unwrap_or_default();
        let paths = rows.iter().filter_map(|row| row.ran.as_ref());
        let longest = paths.flat_map(|ran| [ran.path.last().map(|leg| leg.until), ran.marks[0], ran.marks[1]]);
        let span = longest.flatten().max().unwrap_or_default().max(Time::DELTA);
        Self {
            title: race.title.clone(),
            about: race.about(),
            rows,
            end: end.max(SHOWN.0).min(SHOWN.1),
            span: Time::deltas(span.0.div_ceil(Time::DELTA.0)),
        }
    }

    /// What the bars show, in a sentence for those who cannot see them.
    pub fn sentence(row: &RaceRow) -> String {
        let Some(ran) = &row.ran else { return format!("{}: {}", row.title, row.notes.join(" ")) };
        let legs = ran.path.iter().map(|leg| {
            let phase = leg.phase.map_or("wait", crate::protocol::Phase::label);
            format!("{phase} {}Δ", leg.until.since(leg.from).told())
        });
        let legs: Vec<_> = legs.collect();
        let figures = COLUMNS.iter().zip(&ran.figures).map(|(name, figure)| format!("{name} {}", figure.text()));
        let figures: Vec<_> = figures.collect();
        format!("{}, {}: {}; {}", row.title, ran.size, figures.join(", "), legs.join(", "))
    }
}

impl Ran {
    fn of(racer: &Racer, words: Vocabulary) -> Self {
        let trace = racer.run.trace();
        let fitted = &racer.fitted;
        let nodes = racer.run.scenario().nodes();
        let lane = LANES.iter().find(|(most, _)| nodes <= *most).map_or(0, |(_, lane)| *lane);
        let legs = racer.decision.as_ref().map(|decision| {
            let zero = decision.start().unwrap_or_default();
            path(trace, words, &decision.critical_path, zero, trace.events().len())
        });
        let [leader, all, ..] = &racer.measures;
        let servers = if fitted.servers == 1 { "server" } else { "servers" };
        Self {
            size: format!("f = {}, {} {servers}", fitted.faults, fitted.servers),
            figures: racer.measures.each_ref().map(RaceFigure::of),
            path: legs.unwrap_or_default(),
            marks: [leader, all].map(|measure| measure.measured.map(Time)),
            script: fitted.script.to_string(),
            height: AROUND + lane * (nodes.max(2) - 1) as u16,
            is_broken: !racer.broken.is_empty(),
        }
    }
}
