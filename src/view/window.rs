//! Which part of a run is on the screen and how large it is: from instants and lanes to pixels, and back.
//!
//! Time runs to the right, or down when the screen is narrow. Pixels are CSS pixels of the canvas. Along time the
//! canvas is as long as the visible part; across time it has room for all lanes.

use crate::types::{NodeId, Time};
use crate::view::decimal::within;

/// A part of a run, and the scale at which it is drawn.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Window {
    /// Whether time runs down.
    pub vertical: bool,
    /// This side of the canvas, in pixels.
    pub width: f64,
    /// This side of the canvas, in pixels.
    pub height: f64,
    /// How far it is scrolled along time, in pixels.
    pub offset: f64,
    /// The scale: how many pixels a Δ takes.
    pub per_delta: f64,
    /// Pixels from lane to lane.
    pub per_lane: f64,
    /// Pixels before time 0, along time.
    pub head: f64,
    /// Pixels before the first lane, across.
    pub side: f64,
}

impl Window {
    /// If there is less room than so many pixels, time should run down.
    pub const NARROW: f64 = 560.0;
    /// The same for a frame in another page, which is seldom high.
    pub const NARROW_EMBED: f64 = 480.0;
    /// The largest scale: how many pixels a Δ takes at most.
    pub const DELTA_MAX: f64 = 400.0;
    /// The smallest scale at which everything can be read, in pixels for a Δ.
    const READABLE_MIN: f64 = 56.0;
    /// The largest scale that is used unless somebody asks for a larger one, in pixels for a Δ.
    const READABLE_MAX: f64 = 220.0;
    /// How many pixels there are from lane to lane where there is little room.
    const COMPACT_LANE: f64 = 46.0;
    /// How many pixels there are from lane to lane at least and at most where the height of the screen decides it. A lane of
    /// the smaller height has room for three lines of what its process remembers.
    const CLOSE_LANE: f64 = 50.0;
    const FAR_LANE: f64 = 116.0;
    /// How much room there is after the end of a run, in Δ and in pixels.
    const TAIL: (f64, f64) = (0.25, 24.0);

    /// The beginning of a run in `room` pixels of width. It is the whole run if that can be read in the room; otherwise
    /// the run scrolls.
    pub fn fit(vertical: bool, room: f64, nodes: usize, end: Time) -> Self {
        let last = nodes.max(2) as f64 - 1.0;
        let per_lane = match nodes {
            _ if vertical => within((room - 68.0) / last, 26.0, 120.0),
            0..=7 => 68.0,
            8..=16 => 44.0,
            _ => 26.0,
        };
        let (head, side) = if vertical { (30.0, 34.0) } else { (26.0, 58.0) };
        let mut window =
            Self { vertical, width: room, height: 0.0, offset: 0.0, per_delta: 76.0, per_lane, head, side };
        let breadth = window.breadth(nodes);
        if vertical {
            window.width = room.max(breadth);
            window.height = window.length(end).min(720.0);
        } else {
            window.height = breadth;
            window.per_delta = within(window.whole(end), Self::READABLE_MIN, Self::READABLE_MAX);
        }
        window
    }

    /// The same window with its lanes as far apart as a height of `room` pixels allows, so that a taller screen shows a taller
    /// picture. Lanes that would be too close to be read stay where they are.
    #[must_use]
    pub fn spread(self, nodes: usize, room: f64) -> Self {
        if self.vertical {
            return self;
        }
        let gaps = (nodes.max(2) - 1) as f64;
        let around = self.breadth(nodes) - (nodes.max(1) - 1) as f64 * self.per_lane;
        let least = self.per_lane.min(Self::CLOSE_LANE);
        let spread = Self { per_lane: within((room - around) / gaps, least, Self::FAR_LANE), ..self };
        Self { height: spread.breadth(nodes), ..spread }
    }

    /// The same window with lanes close together, for a frame in another page.
    #[must_use]
    pub fn compact(self, nodes: usize) -> Self {
        if self.vertical {
            return self;
        }
        let compact = Self { per_lane: self.per_lane.min(Self::COMPACT_LANE), side: 44.0, ..self };
        Self { height: compact.breadth(nodes), ..compact }
    }

    /// The length of the canvas along time, in pixels.
    pub fn extent(&self) -> f64 {
        if self.vertical { self.height } else { self.width }
    }

    /// The scale at which the whole of a run that ends at `end` is in view, in pixels for a Δ.
    pub fn whole(&self, end: Time) -> f64 {
        let room = (self.extent() - self.head - Self::TAIL.1).max(1.0);
        (room / (end.as_deltas() + Self::TAIL.0)).min(Self::DELTA_MAX)
    }

    /// The window at another scale, between that of the whole run and [`Self::DELTA_MAX`]. What is `anchor` pixels
    /// along stays there.
    #[must_use]
    pub fn zoomed(self, per_delta: f64, anchor: f64, end: Time) -> Self {
        let per_delta = per_delta.min(Self::DELTA_MAX).max(self.whole(end));
        let time = (self.offset + anchor - self.head) / self.per_delta;
        let offset = time * per_delta + self.head - anchor;
        Self { per_delta, ..self }.scrolled(offset, end)
    }

    /// The window scrolled to this offset along time, but not beyond the ends of the run.
    #[must_use]
    pub fn scrolled(self, offset: f64, end: Time) -> Self {
        let most = (self.length(end) - self.extent()).max(0.0);
        Self { offset: offset.min(most).max(0.0), ..self }
    }

    /// The offset at which this instant is at a part of the canvas: 0 is its beginning, 1 its end.
    pub fn offset_for(&self, time: Time, part: f64) -> f64 {
        (self.head + time.as_deltas() * self.per_delta - part * self.extent()).max(0.0)
    }

    /// The length of the whole run along time, in pixels.
    pub fn length(&self, end: Time) -> f64 {
        self.head + (end.as_deltas() + Self::TAIL.0) * self.per_delta + Self::TAIL.1
    }

    /// The length along time of a run that ends at `end`, at the smallest scale at which it can be read, in pixels.
    pub fn readable(&self, end: Time) -> f64 {
        Self { per_delta: Self::READABLE_MIN, ..*self }.length(end)
    }

    /// The room that all lanes take across time, in pixels.
    pub fn breadth(&self, nodes: usize) -> f64 {
        let after = if self.vertical { self.side } else { (self.side - 22.0).max(self.side * 0.6) };
        self.side + (nodes.max(1) - 1) as f64 * self.per_lane + after
    }

    /// The pixel of an instant (in Δ) on a lane, or between two lanes.
    pub fn point(&self, time: f64, lane: f64) -> (f64, f64) {
        let along = self.head + time * self.per_delta - self.offset;
        let across = self.side + lane * self.per_lane;
        if self.vertical { (across, along) } else { (along, across) }
    }

    /// How far a pixel is along time and across it.
    pub fn axes(&self, x: f64, y: f64) -> (f64, f64) {
        if self.vertical { (y, x) } else { (x, y) }
    }

    /// The instant at a pixel, in Δ; never before time 0.
    pub fn time_at(&self, x: f64, y: f64) -> f64 {
        let (along, _) = self.axes(x, y);
        ((along + self.offset - self.head) / self.per_delta).max(0.0)
    }

    /// The lane at a pixel.
    pub fn lane_at(&self, x: f64, y: f64, nodes: usize) -> Option<NodeId> {
        let (_, across) = self.axes(x, y);
        let lane = (across - self.side) / self.per_lane + 0.5;
        (lane >= 0.0 && lane < nodes as f64).then_some(NodeId(lane as u8))
    }

    /// The first and the last instant on the canvas.
    pub fn visible(&self) -> (Time, Time) {
        self.span(0.0, self.extent())
    }

    /// The instants at two pixels along time.
    pub fn span(&self, from: f64, to: f64) -> (Time, Time) {
        let at = |along: f64| {
            let deltas = ((along + self.offset - self.head) / self.per_delta).max(0.0);
            Time((deltas * Time::DELTA.0 as f64) as u64)
        };
        (at(from), at(to))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_put_time_to_the_right_or_down() {
        let (wide, narrow) =
            (Window::fit(false, 900.0, 5, Time::deltas(5)), Window::fit(true, 328.0, 5, Time::deltas(5)));
        assert!(!wide.vertical && narrow.vertical);
        for window in [wide, narrow] {
            let (x, y) = window.point(2.5, 1.0);
            assert!((window.time_at(x, y) - 2.5).abs() < 1e-9);
            assert_eq!(window.lane_at(x, y, 5), Some(NodeId(1)));
        }
        assert!(narrow.breadth(5) <= 328.0 + 1e-9);
        assert!(wide.length(Time::deltas(5)) <= 900.0 + 1e-9);
        assert_eq!(wide.lane_at(100.0, 2.0, 5), None);
    }

    #[test]
    fn a_taller_screen_shows_a_taller_picture() {
        let window = Window::fit(false, 900.0, 5, Time::deltas(5));
        let (low, high) = (window.spread(5, 374.0), window.spread(5, 550.0));
        assert!((low.height - 374.0).abs() < 1e-9 && (high.height - 550.0).abs() < 1e-9);
        assert_eq!(window.spread(5, 100.0).per_lane, Window::CLOSE_LANE);
        assert_eq!(window.spread(5, 9000.0).per_lane, Window::FAR_LANE);
        let crowd = Window::fit(false, 900.0, 128, Time::deltas(5));
        assert_eq!(crowd.spread(128, 374.0), crowd, "many lanes stay as close as they are");
        let one = Window::fit(false, 900.0, 1, Time::deltas(5)).spread(1, 374.0);
        assert!(one.height.is_finite() && one.per_lane <= Window::FAR_LANE);
    }

    #[test]
    fn a_long_run_is_readable_and_scrolls() {
        let end = Time::deltas(100);
        let window = Window::fit(false, 900.0, 5, end);
        assert!(window.length(end) > 5_000.0);
        assert_eq!(window.visible().0, Time::ZERO);
        let far = window.scrolled(1e9, end);
        assert!(far.visible().1 > end, "{far:?}");
        assert_eq!(far.zoomed(0.0, 0.0, end).offset, 0.0, "the whole run is in view");
    }

    #[test]
    fn zooming_keeps_what_is_under_the_pointer() {
        let end = Time::deltas(100);
        let window = Window::fit(false, 900.0, 5, end).scrolled(1000.0, end);
        let before = window.time_at(300.0, 0.0);
        let after = window.zoomed(200.0, 300.0, end).time_at(300.0, 0.0);
        assert!((before - after).abs() < 1e-9);
    }
}
