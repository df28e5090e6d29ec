//! Pictures that stand still: pictures of a whole run for the gallery and for print, and the small map of the whole
//! run.

use super::{Anchor, Dash, Form, HUES, Ink, Input, Point, Scene, Shape, legend};
use crate::session::{Cursor, Session};
use crate::types::{NodeId, Time};
use crate::view::{Index, Vocabulary, Window};

/// What a still is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Still {
    /// A small picture of the beginning of a run, without words. The number is its height in pixels.
    Thumb(u16),
    /// A run until this instant, with the names of its lanes, in this height in pixels: so runs that stand below each other have
    /// one axis.
    Until(u16, Time),
    /// A figure of what is shown, with a legend, in these words.
    Figure(Vocabulary),
}

/// The width of a letter of a name, and the largest width of a name, in pixels.
const NAME_LETTER: f64 = 10.0;
const NAME_MAX: f64 = 160.0;

/// The shortest and the longest part of a run that a small picture shows.
const THUMB: (Time, Time) = (Time::deltas(6), Time::deltas(14));

/// A picture in a width of `width` pixels, and its own width and height.
pub fn still(session: &Session, index: &Index, width: f64, still: Still) -> (Scene, f64, f64) {
    let nodes = session.scenario().nodes();
    let mut input = Input::new(session, index, Window::fit(false, width, nodes, session.end()));
    match still {
        Still::Thumb(height) => {
            // The picture goes on until somebody knows the decree, if that is soon.
            let decided = index.decisions.first().map_or(THUMB.1, |(_, time)| time.plus(Time::deltas(2)));
            let end = session.end().min(decided.max(THUMB.0).min(THUMB.1)).max(Time::DELTA);
            let height = f64::from(height);
            let margin = 12.0;
            let per_lane = ((height - 2.0 * margin) / (nodes.max(2) - 1) as f64).min(34.0);
            let side = (height - per_lane * (nodes - 1) as f64) / 2.0;
            let per_delta = (width - 1.5 * margin) / (end.as_deltas() + 0.25);
            let (vertical, offset, head) = (false, 0.0, margin);
            input.window = Window { vertical, width, height, offset, per_delta, per_lane, head, side };
            input.cursor = Cursor { time: end, events: session.trace().count_until(end) };
            input.form = Form::Tiny;
            (Scene::of(&input), width, height)
        }
        Still::Until(height, end) => {
            let height = f64::from(height);
            let (above, below) = (44.0, 16.0);
            let head = input.window.head + name_room(session);
            input.window = Window {
                height,
                head,
                side: above,
                per_lane: (height - above - below) / (nodes.max(2) - 1) as f64,
                per_delta: (width - head - 24.0) / (end.as_deltas() + 0.25),
                ..input.window
            };
            input.cursor = Cursor { time: end, events: session.trace().count_until(end) };
            input.form = Form::Whole;
            let mut scene = Scene::of(&input);
            scene.shapes.extend(names(session, &input.window));
            (scene, width, height)
        }
        Still::Figure(words) => {
            input.words = words;
            input.window.head += name_room(session);
            input.window.width = width;
            input.window.per_delta = input.window.whole(session.end()).min(220.0);
            let mut scene = Scene::of(&input);
            scene.shapes.extend(names(session, &input.window));
            let (cursor, top) = (input.cursor, (NAME_LETTER, input.window.height + 6.0));
            let signs = legend::signs(session, index, scene.dense.is_some(), cursor, words);
            let (signs, height) = legend::place(signs, top, width - 2.0 * NAME_LETTER);
            scene.shapes.extend(signs);
            (scene, width, height)
        }
    }
}

/// The room that the longest name of a lane takes, in pixels.
fn name_room(session: &Session) -> f64 {
    let names = session.scenario().symbols.nodes.iter();
    (NAME_LETTER * names.map(|name| name.chars().count()).max().unwrap_or(1) as f64).min(NAME_MAX)
}

/// The names of the lanes. On the page they stand beside the picture; in a still they are part of it.
fn names(session: &Session, window: &Window) -> Vec<Shape> {
    let names = &session.scenario().symbols.nodes;
    let name = |node: NodeId| {
        let (_, y) = window.point(0.0, f64::from(node.0));
        Shape::Text {
            at: (window.head - 12.0, y + 5.0),
            words: names[node.index()].to_string().into(),
            ink: Ink::Ink,
            size: 15.0,
            bold: true,
            anchor: Anchor::End,
            along: None,
            halo: true,
            alpha: 1.0,
        }
    };
    NodeId::all(names.len()).map(name).collect()
}

/// The whole run in a strip of this size, along time and across it: the density of messages, partitions, decisions, the
/// part that is in the window, and the present.
pub fn minimap(index: &Index, window: &Window, end: Time, now: Time, (length, breadth): Point) -> Vec<Shape> {
    let mut shapes = Vec::new();
    let end = end.max(Time::DELTA).as_deltas();
    let along = |time: Time| (time.as_deltas() / end * length).max(0.0).min(length);
    let mut rect = |from: f64, until: f64, low: f64, high: f64, ink: Ink, alpha: f32| {
        // Heights are measured from the far edge of the strip.
        let (corner, size) = ((from, breadth - high), (until - from, high - low));
        let (corner, size) = if window.vertical { ((corner.1, corner.0), (size.1, size.0)) } else { (corner, size) };
        shapes.push(Shape::Rect { corner, size, radius: 0.0, fill: Some(ink), stroke: None, alpha });
    };
    for band in &index.bands {
        let until = along(band.stretch.until.min(index.end));
        rect(along(band.stretch.from), until, 0.0, breadth, Ink::Group(1 % HUES.1), 1.0);
    }
    let most = index.density.iter().copied().max().unwrap_or(0).max(1);
    for (bar, count) in index.density.iter().enumerate().filter(|(_, count)| **count > 0) {
        let from = Time(index.bar.0 * bar as u64);
        let until = from.plus(index.bar).min(index.end);
        let high = (f64::from(*count) / f64::from(most)).sqrt() * (breadth - 6.0);
        rect(
            along(from),
            along(until).max(along(from) + 0.7),
            0.0,
            high.max(1.0),
            Ink::Soft,
            if from > now { 0.3 } else { 0.75 },
        );
    }
    let mut last = f64::MIN;
    for (_, time) in &index.decisions {
        let at = along(*time);
        if at - last >= 2.0 {
            rect(at - 1.0, at + 1.0, breadth - 5.0, breadth, Ink::Knows, if *time > now { 0.4 } else { 1.0 });
            last = at;
        }
    }
    let (from, until) = window.visible();
    let (from, until) = (along(from), along(until));
    let (corner, size) = ((from + 0.5, 0.5), ((until - from - 1.0).max(4.0), breadth - 1.0));
    let (corner, size) = if window.vertical { ((corner.1, corner.0), (size.1, size.0)) } else { (corner, size) };
    let (fill, stroke) = (None, Some((Ink::Accent, 1.5)));
    shapes.push(Shape::Rect { corner, size, radius: 3.0, fill, stroke, alpha: 1.0 });
    let ends = ((along(now), 0.0), (along(now), breadth));
    let ((x1, y1), (x2, y2)) = ends;
    let (from, to) = if window.vertical { ((y1, x1), (y2, x2)) } else { ((x1, y1), (x2, y2)) };
    shapes.push(Shape::Line { from, to, ink: Ink::Accent, width: 1.0, dash: Dash::Solid, alpha: 1.0 });
    shapes
}
