//! A run as a figure for slides and papers: its title, its timeline with the names of its lanes, a legend of the signs,
//! and what the checks have found.
//!
//! Places follow from an estimate of the width of words and never from a font, so the same run is the same figure
//! everywhere.

use super::svg::Svg;
use super::{Choice, SVG_BYTES_MAX};
use crate::protocol::Fact;
use crate::report::{broken, unknown_text};
use crate::session::{Cursor, Session};
use crate::tongue::{Phrase, say, translated};
use crate::trace::{EventId, What};
use crate::types::{NodeId, Time};
use crate::view::decimal::within;
use crate::view::index::MarkKind;
use crate::view::scene::lettering::{text, width_of, wrap};
use crate::view::scene::{
    Anchor, Focus, Form, Ink, Input, Point, Scene, Shape, Target, legend, rounded, rounded_clock,
};
use crate::view::{Index, Window};

/// The margin around everything, in pixels.
const MARGIN: f64 = 16.0;

/// The length of the timeline if it decides the width of a Δ, in pixels.
const LENGTH: f64 = 860.0;

/// The smallest width of a Δ while the timeline may still grow, and the largest, in pixels.
const DELTA: (f64, f64) = (48.0, 150.0);

/// How long a timeline may be, in pixels. The first length is for messages that are drawn one by one; the others are
/// tried in turn while the figure has too many bytes.
const LENGTHS: [f64; 3] = [2400.0, 1200.0, 600.0];

/// The smallest width of a figure inside its margins, so that there is room for words.
const WIDTH_MIN: f64 = 520.0;

/// The sizes of words: the title, the words below it, names, and names of narrow lanes.
const SIZES: [f64; 4] = [17.0, 13.0, 15.0, 12.0];

/// The title of a figure for an exam.
const EXAM: Phrase = say!("What happens here?");

/// The word for what the numbers above the lanes count, and its size.
const TIME: Phrase = say!("time");
const TIME_SIZE: f64 = 11.5;

/// The whole figure as SVG.
///
/// # Errors A sentence that says what to do instead when the figure would have too many bytes.
pub(super) fn svg(session: &Session, choice: &Choice) -> Result<String, String> {
    let whole = Index::of(session.played());
    let mut index = whole.only(session.trace(), &choice.only);
    if !choice.is_exam {
        return drawn(session, &whole, &index, choice);
    }
    index.marks.retain(|mark| mark.kind != MarkKind::Learned);
    index.tracks.iter_mut().for_each(|track| track.knows = None);
    drawn(&Session::of_log(session.text(), session.played().run.clone(), Vec::new())?, &whole, &index, choice)
}

/// The figure of a run, of which `index` has the part that is drawn.
fn drawn(session: &Session, all: &Index, index: &Index, choice: &Choice) -> Result<String, String> {
    let whole = Choice { shown: None, ..choice.clone() };
    let whole_fits = |length: f64| {
        let figure = Figure::new(session, (all, index), &whole, length);
        // Densities need no more room.
        let is_too_long = length == LENGTHS[0] && figure.scene.dense.is_some();
        let svg = (!is_too_long).then(|| figure.draw());
        svg.filter(|svg| svg.len() <= SVG_BYTES_MAX).map(|svg| (length, svg))
    };
    let found = LENGTHS.into_iter().find_map(whole_fits);
    match (found, choice.shown) {
        (Some((_, svg)), None) => return Ok(svg),
        // Figures of one run have the same size, whatever instant they show.
        (found, Some(_)) => {
            let length = found.map_or(LENGTHS[LENGTHS.len() - 1], |(length, _)| length);
            let svg = Figure::new(session, (all, index), choice, length).draw();
            if svg.len() <= SVG_BYTES_MAX {
                return Ok(svg);
            }
        }
        (None, None) => {}
    }
    let most = SVG_BYTES_MAX / 1_000_000;
    Err(say!("A picture of this run would have more than {most} MB; a picture of its beginning may have less"))
}

/// What a figure is made of.
struct Figure<'a> {
    session: &'a Session,
    choice: &'a Choice,
    /// The whole run, of which the figure tells.
    all: &'a Index,
    /// The part that is drawn.
    index: &'a Index,
    cursor: Cursor,
    window: Window,
    scene: Scene,
    /// How much room the names of the lanes take.
    gutter: f64,
    width: f64,
    shapes: Vec<Shape>,
}

impl<'a> Figure<'a> {
    fn new(session: &'a Session, (all, index): (&'a Index, &'a Index), choice: &'a Choice, length: f64) -> Self {
        let scenario = session.scenario();
        let (nodes, end) = (scenario.nodes(), session.end().max(Time::DELTA));
        let mut window = Window::fit(false, LENGTH, nodes, end);
        window.per_delta = within(window.whole(end), DELTA.0, DELTA.1);
        window.width = window.length(end).min(length);
        window.per_delta = window.whole(end).min(window.per_delta);
        let whole = Cursor { time: end, events: session.trace().events().len() };
        let (cursor, form) = choice.shown.map_or((whole, Form::Whole), |shown| (shown, Form::Full));
        let is_there = |target: &Target| match target {
            Target::Mark(event) => (event.0 as usize) < session.trace().events().len(),
            Target::Message(id) => (id.0 as usize) < session.trace().messages().len(),
            Target::Lane(..) => false,
        };
        let focus = Focus { chosen: choice.chosen.filter(is_there), hovered: None };
        let (drag, words) = (None, choice.words);
        let scene = Scene::of(&Input { session, index, window, cursor, focus, drag, words, form });
        let size = name_size(&window);
        let names = NodeId::all(nodes).map(|node| width_of(scenario.symbols.node(node), size, true));
        let gutter = names.fold(width_of(TIME.text(), TIME_SIZE, false), f64::max) + 8.0;
        let width = (gutter + window.width).max(WIDTH_MIN);
        Self { session, choice, all, index, cursor, window, scene, gutter, width, shapes: Vec::new() }
    }

    fn draw(mut self) -> String {
        let (title, outcome) = (self.title(), self.outcome());
        let below = self.lines(&title, MARGIN + 17.0, SIZES[0], Ink::Ink);
        let mut below = below;
        let alarm_room = self.alarm_room();
        if let Some(alarm) = self.alarm(self.cursor.events) {
            self.lines(&alarm, below, SIZES[1], Ink::Bad);
        }
        below += alarm_room;
        self.lines(&outcome, below, SIZES[1], Ink::Soft);
        let below = below + self.outcome_room();
        let head = std::mem::take(&mut self.shapes);
        let corner = (MARGIN + self.gutter, below - 6.0);
        self.names(corner);
        let names = std::mem::take(&mut self.shapes);
        let broken = self.broken();
        let top = (MARGIN, corner.1 + self.window.height + 10.0);
        let is_dense = self.scene.dense.is_some();
        // From one figure of a run to the next no sign moves.
        let all = self.signs(is_dense, self.whole());
        let (signs, _) = legend::place_among(&all, self.signs(is_dense, self.cursor), top, self.width);
        let (mut below, mut end) = (self.signs_end(top), self.signs_end(top));
        for (sentence, is_shown) in broken {
            end += 4.0 + self.room(&sentence, SIZES[1]);
            if is_shown {
                below = self.lines(&sentence, below + 4.0, SIZES[1], Ink::Bad);
            }
        }
        let (width, height) = (self.width + 2.0 * MARGIN, end + MARGIN - 12.0);
        let about = self.about(&outcome);
        let mut svg = Svg::new(width as u32 + 1, height as u32 + 1, self.choice.is_dark, &title, &about);
        svg.paint("head", &head, (0.0, 0.0));
        svg.paint("timeline", &self.scene.shapes, corner);
        svg.paint("names", &names, (0.0, 0.0));
        svg.paint("legend", &signs, (0.0, 0.0));
        svg.paint("checks", &self.shapes, (0.0, 0.0));
        svg.finish()
    }

    /// The title of the script, which says too much in an exam.
    fn title(&self) -> String {
        if self.choice.is_exam { EXAM.into() } else { self.session.scenario().headline().into_owned() }
    }

    fn signs(&self, is_dense: bool, cursor: Cursor) -> Vec<legend::Sign> {
        legend::signs(self.session, self.index, is_dense, cursor, self.choice.words)
    }

    /// The end of the run.
    fn whole(&self) -> Cursor {
        Cursor { time: self.session.end(), events: self.session.trace().events().len() }
    }

    /// The end of the legend at the instant at which it is longest. The messages of a part of a run may be drawn one by
    /// one although the whole run is drawn as densities.
    fn signs_end(&self, top: Point) -> f64 {
        let ends = [false, self.scene.dense.is_some()].map(|is_dense| {
            let (_, end) = legend::place(self.signs(is_dense, self.whole()), top, self.width);
            end
        });
        ends[0].max(ends[1])
    }

    /// How much room these words need.
    fn room(&self, words: &str, size: f64) -> f64 {
        wrap(words, self.width, size, false).len() as f64 * (size * 1.4).round()
    }

    /// How much room the sentence on what is broken needs at the instant at which it is longest.
    fn alarm_room(&self) -> f64 {
        let verdicts = self.session.played().verdicts.iter();
        let broke = verdicts.filter_map(|verdict| verdict.violation.as_ref());
        let said = broke.filter_map(|violation| self.alarm(violation.event.0 as usize + 1));
        said.map(|words| self.room(&words, SIZES[1])).fold(0.0, f64::max)
    }

    /// How much room the outcome needs at the instant at which it is longest.
    fn outcome_room(&self) -> f64 {
        let trace = self.session.trace();
        let after = |event: EventId| event.0 as usize + 1;
        // The sentence on what is decided differs for no decree, for one, for several, and for decrees that nobody
        // knows.
        let first = self.all.decisions.iter().take(2).map(|(event, _)| after(*event));
        let unknown = self.session.played().ballots.unknown.iter().take(2).map(|chosen| after(chosen.event));
        let instants = first.chain(unknown).chain([0, trace.events().len()]);
        let end = self.session.end().max(Time::DELTA);
        let until = say!(", until {time}", time = format!("{end}.00Δ{}", self.clock(end)));
        let said = instants.map(|events| self.said(trace.events().len(), &until, &self.decided(events)));
        said.map(|words| self.room(&words, SIZES[1])).fold(0.0, f64::max)
    }

    /// Adds words in one line or several, from this base line on; answers the next base line.
    fn lines(&mut self, words: &str, mut below: f64, size: f64, ink: Ink) -> f64 {
        let is_bold = size == SIZES[0];
        for line in wrap(words, self.width, size, is_bold) {
            self.shapes.push(text((MARGIN, below), line, ink, size, is_bold, Anchor::Start));
            below += (size * 1.4).round();
        }
        below
    }

    /// Adds the names of the lanes beside them, and the word for what the numbers above them count.
    fn names(&mut self, (left, top): Point) {
        let symbols = &self.session.scenario().symbols;
        let size = name_size(&self.window);
        for node in NodeId::all(self.session.scenario().nodes()) {
            let (x, y) = self.window.point(0.0, f64::from(node.0));
            let at = (left + x - self.window.head, top + y + (size * 0.36));
            self.shapes.push(text(at, symbols.node(node).to_owned(), Ink::Ink, size, true, Anchor::End));
        }
        self.shapes.push(text((left, top + 16.0), TIME.into(), Ink::Soft, TIME_SIZE, false, Anchor::End));
    }

    /// What is broken in the first `events` events, in one sentence.
    fn alarm(&self, events: usize) -> Option<String> {
        let broken = broken(self.session.trace(), self.choice.words, &self.session.played().verdicts, events)?;
        Some(format!("✗ {}.", broken.sentence))
    }

    /// A sentence for each violated check, and whether the violation is shown yet.
    fn broken(&self) -> Vec<(String, bool)> {
        let trace = self.session.trace();
        let mut sentences = Vec::new();
        for verdict in &self.session.played().verdicts {
            let Some(violation) = &verdict.violation else { continue };
            let (event, is_shown) = (trace.event(violation.event), self.is_shown(violation.event));
            let (words, title) = (self.choice.words, verdict.check.title(self.choice.words));
            let said = violation.sentence.in_words(words);
            let clock = rounded_clock(self.session.scenario(), event.time);
            let clock = clock.map_or(String::new(), |clock| format!(", {clock}"));
            let sentence = format!("✗ {title} ({}Δ{clock}): {said}", rounded(event.time));
            sentences.push((sentence, is_shown));
        }
        sentences
    }

    fn is_shown(&self, event: EventId) -> bool {
        (event.0 as usize) < self.cursor.events
    }

    /// The outcome in a line: how many processes take part, how many messages there are, and what is decided.
    fn outcome(&self) -> String {
        let until = self.choice.shown.map(|shown| say!(", until {time}", time = self.time_text(shown.time)));
        let until = until.unwrap_or_default();
        self.said(self.cursor.events, &until, &self.decided(self.cursor.events))
    }

    /// The outcome with the messages of the first `events` events.
    fn said(&self, events: usize, until: &str, decided: &str) -> String {
        let scenario = self.session.scenario();
        let (sent, lost) = self.all.sent_and_lost(self.session.trace(), events);
        let processes = match scenario.nodes() {
            1 => say!("1 process").into(),
            count => say!("{count} processes"),
        };
        let messages = match sent {
            1 => say!("1 message").into(),
            count => say!("{count} messages"),
        };
        let lost = if lost == 0 { String::new() } else { say!(", {lost} of them lost") };
        let said = format!("{}, {processes}, {messages}{lost}{until}.", scenario.protocol.title);
        let only = self.choice.only.sentence(scenario, self.choice.words);
        let decided = Some(decided).filter(|decided| !decided.is_empty());
        [Some(&*said), decided, only.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    /// A sentence on what is decided in the first `events` events.
    fn decided(&self, events: usize) -> String {
        if self.choice.is_exam {
            return String::new();
        }
        let words = self.choice.words;
        let trace = self.session.trace();
        let mut decisions = self.all.decisions.iter().filter(|(event, _)| (event.0 as usize) < events);
        let Some((first, time)) = decisions.next() else {
            let unknown = &self.session.played().ballots.unknown;
            let unknown = unknown.iter().filter(|chosen| (chosen.event.0 as usize) < events);
            let unknown: Vec<_> = unknown.take(2).map(|chosen| unknown_text(trace, words, chosen) + ".").collect();
            return if unknown.is_empty() { say!("Nothing is decided.").into() } else { unknown.join(" ") };
        };
        let rest: Vec<_> = decisions.map(|(event, _)| *event).collect();
        if !rest.is_empty() && !trace.scenario.protocol.is_log {
            // Only a single decree should be decided, and here there are several.
            let decrees = std::iter::once(*first).chain(rest).filter_map(|event| match trace.event(event).what {
                What::Stated(_, Fact::Learned(_, vote)) => {
                    Some(say!("“{text}”", text = words.value(&trace.scenario.symbols, vote.value)))
                }
                _ => None,
            });
            let decrees: Vec<_> = decrees.collect();
            return say!("Different processes learn {list}.", list = decrees.join(say!(" and ").text()));
        }
        if !rest.is_empty() {
            return say!("{count} {decrees} are decided.", count = rest.len() + 1, decrees = words.decrees);
        }
        let What::Stated(node, Fact::Learned(_, vote)) = trace.event(*first).what else { return String::new() };
        let symbols = &trace.scenario.symbols;
        let (value, number) = (words.value(symbols, vote.value), symbols.ballot(vote.ballot));
        let knows = symbols.node(node);
        let time = self.time_text(*time);
        let ballot = words.ballot;
        say!("“{value}” is decided by {ballot} {number}; {knows} is the first to know, at {time}.")
    }

    /// A time to a hundredth of Δ, with its ms where the script says how long Δ is.
    fn time_text(&self, time: Time) -> String {
        format!("{}Δ{}", rounded(time), self.clock(time))
    }

    /// ` (500 ms)`, where the script says how long Δ is.
    fn clock(&self, time: Time) -> String {
        rounded_clock(self.session.scenario(), time).map_or(String::new(), |clock| format!(" ({clock})"))
    }

    /// What the figure shows, for those who cannot see it.
    fn about(&self, outcome: &str) -> String {
        let scenario = self.session.scenario();
        let until = self.choice.shown.map_or(self.session.end(), |shown| shown.time);
        let said = if self.choice.is_exam { "" } else { translated(&scenario.about) };
        let names = scenario.symbols.nodes.iter().map(|name| &**name).collect::<Vec<_>>().join(", ");
        let space = if said.is_empty() { "" } else { " " };
        let until = self.time_text(until);
        let outcome = self.alarm(self.cursor.events).map_or(outcome.to_owned(), |alarm| format!("{alarm} {outcome}"));
        let diagram = say!("Space-time diagram from 0Δ to {until}, a lane for each of {names}.");
        format!("{said}{space}{diagram} {outcome}")
    }
}

fn name_size(window: &Window) -> f64 {
    if window.per_lane >= 40.0 { SIZES[2] } else { SIZES[3] }
}
