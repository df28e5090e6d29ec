//! A race as it is shown: for each protocol its figures, its bar, its notes, and the script of its picture.
//!
//! The pictures stand below each other on one time axis, which begins with the run; the bars begin with the request.

use super::panels::latency::{Leg, path};
use super::scene::Still;
use crate::protocol::{self, PROTOCOLS, Phase, VARIANTS, Vocabulary};
use crate::report::race::{self, Measure, Race, Racer};
use crate::scenario::fit::Size;
use crate::session::Session;
use crate::tongue::{key, say, translated};
use crate::types::Time;

/// The shortest and the longest part of a run that the pictures show.
const SHOWN: (Time, Time) = (Time::deltas(6), Time::deltas(60));

/// How much room a picture has above its first lane and below its last one, and how far its lanes are apart where there are
/// few, some, or many, in pixels.
const AROUND: u16 = 60;
const LANES: [(usize, u16); 3] = [(5, 30), (8, 22), (usize::MAX, 15)];

/// What the columns of figures are called in English.
pub const COLUMNS: [&str; Measure::NAMES.len()] = Measure::NAMES;

/// On the page a protocol whose run has more events than this is not raced, since somebody waits for it.
const EVENTS_MAX: usize = 20_000;

/// The sizes among which a reader chooses, each with its English words.
pub const SIZES: [(&str, Option<Size>); 6] = [
    (key!("equal f, as in this script"), None),
    (key!("equal f = 0"), Some(Size::Tolerate(0))),
    (key!("equal f = 1"), Some(Size::Tolerate(1))),
    (key!("equal f = 2"), Some(Size::Tolerate(2))),
    (key!("equal f = 3"), Some(Size::Tolerate(3))),
    (key!("equal n = 6"), Some(Size::Nodes(6))),
];

/// What is raced, and how it is shown.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RaceChoice {
    /// The names of the protocols.
    pub with: Vec<&'static str>,
    /// How large the clusters are; none for as many faults as the script's own protocol bears.
    pub size: Option<Size>,
    /// What is shown.
    pub shows: Shows,
}

/// What is shown of a race.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shows {
    /// All timelines on one axis.
    Timelines,
    /// The critical paths as bars by phase.
    Bars,
    /// The family table, and the map of the family.
    Family,
}

impl Shows {
    /// Everything that can be shown, with its name in addresses and the English words on its button.
    pub const ALL: [(Self, &str, &str); 3] = [
        (Self::Timelines, "race", key!("Timelines")),
        (Self::Bars, "bars", key!("Bars by phase")),
        (Self::Family, "family", key!("The family")),
    ];
}

impl Default for RaceChoice {
    fn default() -> Self {
        Self { with: all(), size: None, shows: Shows::Timelines }
    }
}

impl RaceChoice {
    /// The protocols of a list such as `basic,multi`.
    ///
    /// # Errors
    /// A sentence without its full stop.
    pub fn named(list: &str) -> Result<Vec<&'static str>, String> {
        Ok(race::chosen(Some(list))?.into_iter().map(|protocol| protocol.name).collect())
    }

    /// The same choice with one protocol more or less, in the order of the registry. The last one stays.
    #[must_use]
    pub fn toggled(&self, name: &'static str) -> Self {
        let is_in = |other: &&'static str| (self.with.contains(other)) != (*other == name);
        let with: Vec<_> = all().into_iter().filter(is_in).collect();
        Self { with: if with.is_empty() { self.with.clone() } else { with }, ..self.clone() }
    }
}

/// The names of the whole family, in the order of the registry.
pub fn all() -> Vec<&'static str> {
    PROTOCOLS.iter().map(|protocol| protocol.name).collect()
}

/// The whole family in the order of the registry: names and headings.
pub fn entrants() -> Vec<(&'static str, &'static str)> {
    PROTOCOLS.iter().map(|protocol| (protocol.name, protocol.title)).collect()
}

/// The names of the slides' three variants.
pub fn variants() -> Vec<&'static str> {
    VARIANTS.iter().map(|protocol| protocol.name).collect()
}

/// A size in a few words: `equal n = 7`
pub fn size_text(size: Size) -> String {
    match size {
        Size::Tolerate(faults) => say!("equal f = {faults}"),
        Size::Nodes(servers) => say!("equal n = {servers}"),
    }
}

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
    pub figures: [RaceFigure; Measure::NAMES.len()],
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
    /// Runs the race of a session's script.
    pub fn run(session: &Session, choice: &RaceChoice, words: Vocabulary) -> Self {
        let protocols: Vec<_> = choice.with.iter().filter_map(|name| protocol::find(name)).collect();
        let race = Race::of(session.script(), session.scenario(), &protocols, choice.size, EVENTS_MAX);
        Self::of(&race, words)
    }

    /// The pictures of the timelines: for each protocol its name, its script and its kind.
    pub fn pictures(&self) -> Vec<(&'static str, String, Still)> {
        let rows = self.rows.iter().filter_map(|row| Some((row.protocol, row.ran.as_ref()?)));
        rows.map(|(name, ran)| (name, ran.script.clone(), Still::Until(ran.height, self.end))).collect()
    }

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
            let phase = leg.phase.map_or_else(|| say!("wait").text(), Phase::label);
            format!("{phase} {}Δ", leg.until.since(leg.from).told())
        });
        let legs: Vec<_> = legs.collect();
        let figures =
            COLUMNS.iter().zip(&ran.figures).map(|(name, figure)| format!("{} {}", translated(name), figure.text()));
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
        let (faults, servers) = (fitted.faults, fitted.servers);
        Self {
            size: match servers {
                1 => say!("f = {faults}, 1 server"),
                _ => say!("f = {faults}, {servers} servers"),
            },
            figures: racer.measures.each_ref().map(RaceFigure::of),
            path: legs.unwrap_or_default(),
            marks: [leader, all].map(|measure| measure.measured.map(Time)),
            script: fitted.script.to_string(),
            height: AROUND + lane * (nodes.max(2) - 1) as u16,
            is_broken: !racer.broken.is_empty(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(text: &str) -> Session {
        Session::open(text).expect("a good script")
    }

    #[test]
    fn sizes_say_what_they_are_and_each_is_another_one() {
        for (place, (face, size)) in SIZES.iter().enumerate() {
            assert!(SIZES[..place].iter().all(|(_, other)| other != size));
            assert!(size.is_none_or(|size| size_text(size) == *face), "{face}");
        }
    }

    #[test]
    fn a_protocol_more_or_less_keeps_the_order_and_the_last_one_stays() {
        let two = RaceChoice { with: vec!["multi", "basic"], ..RaceChoice::default() };
        assert_eq!(two.toggled("fast").with, ["basic", "multi", "fast"]);
        assert_eq!(two.toggled("multi").with, ["basic"]);
        assert_eq!(two.toggled("multi").toggled("basic").with, ["basic"]);
        assert_eq!(RaceChoice::named("multi, basic"), Ok(vec!["multi", "basic"]));
        assert!(RaceChoice::named("multy").is_err_and(|why| why.contains("did you mean multi?")));
    }

    /// What is shown of a race says what the race is, to the figure.
    #[test]
    fn the_view_has_the_numbers_of_the_race() {
        let text = "paxos-playground 1\nprotocol multi\nnodes A B C X\nclients X\nat 4 propose X red\n";
        let session = session(text);
        let choice = RaceChoice { size: Some(Size::Tolerate(1)), ..RaceChoice::default() };
        let view = RaceView::run(&session, &choice, Vocabulary::default());
        assert_eq!((view.rows.len(), view.span, view.end), (PROTOCOLS.len(), Time::deltas(6), Time::deltas(11)));
        for row in &view.rows {
            let ran = row.ran.as_ref().expect("it ran");
            assert_eq!(ran.marks[1], ran.path.last().map(|leg| leg.until), "{}", row.protocol);
            let said = RaceView::sentence(row);
            assert!(ran.figures.iter().all(|figure| said.contains(&figure.text()) && !figure.differs), "{said}");
        }
        assert_eq!(view.pictures().len(), PROTOCOLS.len());
        assert_eq!(view.rows[3].ran.as_ref().map(|ran| ran.figures[1].text()).as_deref(), Some("4Δ = 4Δ"));
    }
}
