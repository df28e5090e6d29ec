//! A race as one figure: all timelines on one axis, or the critical paths as bars by phase.

use super::SVG_BYTES_MAX;
use super::svg::Svg;
use crate::session::Session;
use crate::tongue::{say, translated};
use crate::types::Time;
use crate::view::decimal::within;
use crate::view::race::{COLUMNS, RaceRow, RaceView};
use crate::view::scene::lettering::{text, width_of, wrap};
use crate::view::scene::{Anchor, Dash, Ink, Shape, Still, legend, still};
use crate::view::{Index, panels::latency::Leg};

/// The margin around everything, and the width inside of it where the axis needs no more, in pixels.
const MARGIN: f64 = 16.0;
const WIDTH: f64 = 900.0;

/// The smallest width of a Δ in a timeline, in pixels, and the largest width of a figure.
const DELTA: f64 = 44.0;
const WIDTH_MAX: f64 = 2400.0;

/// The sizes of words: the title, headings, and everything else.
const SIZES: [f64; 3] = [17.0, 14.0, 12.5];

/// The height of a bar.
const BAR: f64 = 22.0;

/// What is drawn of each protocol.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Drawn {
    /// Its timeline.
    Timelines,
    /// The critical path as a bar.
    Bars,
}

/// A race as SVG.
///
/// # Errors A sentence without its full stop, when the figure would have too many bytes.
pub fn race(race: &RaceView, drawn: Drawn, is_dark: bool) -> Result<String, String> {
    let width = match drawn {
        Drawn::Timelines => within(race.end.as_deltas() * DELTA + 100.0, WIDTH, WIDTH_MAX),
        Drawn::Bars => WIDTH,
    };
    let mut figure = Figure { width, below: MARGIN + 17.0, shapes: Vec::new() };
    figure.words(&race.title, SIZES[0], Ink::Ink, true);
    figure.words(&race.about, SIZES[2], Ink::Soft, false);
    if drawn == Drawn::Bars {
        figure.words(
            say!("A ring marks when the leader knows, a square when all know.").text(),
            SIZES[2],
            Ink::Soft,
            false,
        );
        figure.axis(race.span);
    }
    for row in &race.rows {
        figure.row(race, row, drawn);
    }
    let (wide, high) = (width + 2.0 * MARGIN, figure.below + MARGIN - 8.0);
    let said: Vec<_> = race.rows.iter().map(RaceView::sentence).collect();
    let about = format!("{} {}.", race.about, said.join(". "));
    let mut svg = Svg::new(wide as u32 + 1, high as u32 + 1, is_dark, &race.title, &about);
    svg.paint("race", &figure.shapes, (0.0, 0.0));
    let svg = svg.finish();
    if svg.len() > SVG_BYTES_MAX {
        let most = SVG_BYTES_MAX / 1_000_000;
        return Err(say!("A picture of this race would have more than {most} MB; race fewer protocols, or draw bars"));
    }
    Ok(svg)
}

/// A figure that is being drawn, from top to bottom.
struct Figure {
    width: f64,
    below: f64,
    shapes: Vec<Shape>,
}

impl Figure {
    /// Words in one line or several.
    fn words(&mut self, words: &str, size: f64, ink: Ink, is_bold: bool) {
        for line in wrap(words, self.width, size, is_bold) {
            self.shapes.push(text((MARGIN, self.below), line, ink, size, is_bold, Anchor::Start));
            self.below += (size * 1.45).round();
        }
    }

    fn row(&mut self, race: &RaceView, row: &RaceRow, drawn: Drawn) {
        let Some(ran) = &row.ran else {
            self.words(row.title, SIZES[1], Ink::Ink, true);
            row.notes.iter().for_each(|note| self.words(note, SIZES[2], Ink::Soft, false));
            return;
        };
        let figures =
            COLUMNS.iter().zip(&ran.figures).map(|(name, figure)| format!("{} {}", translated(name), figure.text()));
        let figures = figures.collect::<Vec<_>>().join(" · ");
        self.below += 6.0;
        self.words(&format!("{} ({})", row.title, ran.size), SIZES[1], Ink::Ink, true);
        self.words(
            &figures,
            SIZES[2],
            if ran.figures.iter().any(|figure| figure.differs) { Ink::Ink } else { Ink::Soft },
            false,
        );
        match drawn {
            Drawn::Bars if ran.path.is_empty() => {}
            Drawn::Bars => self.bar(&ran.path, ran.marks, race.span),
            Drawn::Timelines => {
                if let Ok(session) = Session::open(&ran.script) {
                    let index = Index::of(session.played());
                    let kind = Still::Until(ran.height, race.end);
                    let (scene, _, height) = still(&session, &index, self.width, kind);
                    let (left, top) = (MARGIN, self.below - 10.0);
                    self.shapes.extend(scene.shapes.into_iter().map(|shape| legend::moved(shape, (left, top))));
                    self.below += height + 6.0;
                }
            }
        }
        row.notes.iter().for_each(|note| self.words(note, SIZES[2], Ink::Soft, false));
    }

    /// The place of an instant on the axis of the bars.
    fn along(&self, time: Time, span: Time) -> f64 {
        MARGIN + time.as_deltas() / span.as_deltas() * (self.width - 24.0)
    }

    fn axis(&mut self, span: Time) {
        let deltas = span.0 / Time::DELTA.0;
        let step = [1, 2, 5, 10, 20, 50, 100].into_iter().find(|step| deltas / step <= 20).unwrap_or(500);
        for delta in (0..=deltas).step_by(step as usize) {
            let at = (self.along(Time::deltas(delta), span), self.below);
            self.shapes.push(text(at, format!("{delta}Δ"), Ink::Soft, 11.5, false, Anchor::Start));
        }
        self.below += 14.0;
    }

    fn bar(&mut self, path: &[Leg], marks: [Option<Time>; 2], span: Time) {
        let top = self.below - 8.0;
        for leg in path {
            let (from, until) = (self.along(leg.from, span), self.along(leg.until, span));
            let ink = leg.phase.map_or(Ink::Grid, Ink::of);
            let (corner, size) = ((from, top), ((until - from - 1.0).max(0.5), BAR));
            self.shapes.push(Shape::Rect { corner, size, radius: 0.0, fill: Some(ink), stroke: None, alpha: 1.0 });
            let label = leg.phase.map_or_else(|| say!("wait").text(), crate::protocol::Phase::label);
            if width_of(label, SIZES[2], true) + 8.0 < until - from {
                let ink = if leg.phase.is_some() { Ink::Paper } else { Ink::Ink };
                let middle = ((from + until) / 2.0, top + 15.5);
                self.shapes.push(text(middle, label.to_owned(), ink, SIZES[2], true, Anchor::Middle));
            }
        }
        let [leader, all] = marks.map(|time| time.map(|time| (self.along(time, span), top + BAR / 2.0)));
        if let Some((x, y)) = all {
            let (corner, size) = ((x - 5.0, y - 5.0), (10.0, 10.0));
            let (fill, stroke) = (Some(Ink::Knows), Some((Ink::Paper, 1.5)));
            self.shapes.push(Shape::Rect { corner, size, radius: 0.0, fill, stroke, alpha: 1.0 });
        }
        if let Some(at) = leader {
            let stroke = Some((Ink::Ink, 2.0));
            self.shapes.push(Shape::Circle { at, radius: 8.0, fill: None, stroke, alpha: 1.0 });
        }
        let (from, to) = ((MARGIN, top + BAR + 5.0), (MARGIN + self.width, top + BAR + 5.0));
        self.shapes.push(Shape::Line { from, to, ink: Ink::Grid, width: 1.0, dash: Dash::Solid, alpha: 1.0 });
        self.below += BAR + 18.0;
    }
}
