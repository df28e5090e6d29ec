//! Where things are on the timeline, in pixels.

use crate::types::Time;

/// Where things are, in pixels. Time runs to the right, or down when the screen is narrow.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Layout {
    /// Whether time runs down.
    pub vertical: bool,
    /// From the edge to time 0.
    pub head: f64,
    /// From the other edge to the first lane.
    pub side: f64,
    /// Pixels a Δ.
    pub per_delta: f64,
    /// Pixels from lane to lane.
    pub per_lane: f64,
}

impl Layout {
    /// The least that a Δ may take, so that labels can be read.
    const DELTA_MIN: f64 = 56.0;
    const DELTA_MAX: f64 = 220.0;

    /// A layout for so many pixels of width: the whole run when it fits, otherwise it scrolls.
    pub fn fit(width: f64, nodes: usize, end: Time) -> Self {
        let vertical = width < 560.0;
        if vertical {
            let side = 34.0;
            let per_lane = ((width - 2.0 * side) / (nodes.max(2) - 1) as f64).clamp(26.0, 120.0);
            return Self { vertical, head: 60.0, side, per_delta: 76.0, per_lane };
        }
        let head = 174.0;
        let per_delta = ((width - head - 40.0) / (end.as_deltas() + 0.25)).clamp(Self::DELTA_MIN, Self::DELTA_MAX);
        let per_lane = if nodes <= 7 {
            68.0
        } else if nodes <= 16 {
            44.0
        } else {
            26.0
        };
        Self { vertical, head, side: 58.0, per_delta, per_lane }
    }

    /// The pixel of an instant on a lane.
    pub fn point(&self, time: f64, lane: f64) -> (f64, f64) {
        let along = self.head + time * self.per_delta;
        let across = self.side + lane * self.per_lane;
        if self.vertical { (across, along) } else { (along, across) }
    }

    /// The instant at a pixel along the time axis, in Δ.
    pub fn time_at(&self, x: f64, y: f64) -> f64 {
        let along = if self.vertical { y } else { x };
        ((along - self.head) / self.per_delta).max(0.0)
    }

    /// Width and height of the whole picture.
    pub fn size(&self, nodes: usize, end: Time) -> (f64, f64) {
        let along = self.head + (end.as_deltas() + 0.25) * self.per_delta + 24.0;
        let across =
            2.0 * self.side + (nodes.max(1) - 1) as f64 * self.per_lane - if self.vertical { 0.0 } else { 22.0 };
        if self.vertical { (across, along) } else { (along, across) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layouts_put_time_to_the_right_or_down() {
        let wide = Layout::fit(900.0, 5, Time::deltas(5));
        let narrow = Layout::fit(328.0, 5, Time::deltas(5));
        assert!(!wide.vertical && narrow.vertical);
        let (x, y) = wide.point(2.5, 1.0);
        assert!((wide.time_at(x, y) - 2.5).abs() < 1e-9);
        let (width, _) = narrow.size(5, Time::deltas(5));
        assert!(width <= 328.0 + 1e-9, "{width}");
        assert!(wide.size(5, Time::deltas(5)).0 <= 900.0 + 1e-9);
    }
}
