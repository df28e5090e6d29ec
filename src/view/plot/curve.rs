//! The shapes of one variant: the bars of a histogram and their outline, or the steps of a cumulative distribution.

use super::axis::part;
use super::counts::{bars, count, share};
use super::{Bar, Curve, Kind, Mark, Series, shown};

/// The scale of a plot: which latency and which share a place in it stands for.
pub(super) struct Scale {
    /// The edges of the area with the curves: left, top, right, bottom.
    pub(super) frame: (i32, i32, i32, i32),
    /// The latency at the right end, in ticks.
    pub(super) span: u64,
    /// The share at the upper end, in millionths.
    pub(super) top: u64,
}

impl Scale {
    fn x(&self, ticks: u64) -> i32 {
        self.frame.0 + part(ticks, self.span, self.frame.2 - self.frame.0)
    }

    fn y(&self, share: u64) -> i32 {
        self.frame.3 - part(share, self.top, self.frame.3 - self.frame.1)
    }
}

pub(super) fn histogram(scale: &Scale, series: &Series, bar: u64, curve: &mut Curve) {
    let foot = scale.frame.3;
    let (mut left, mut level) = (0, foot);
    for count in bars(series, scale.span, bar) {
        let (x, until) = (scale.x(left), scale.x(left + bar));
        let y = scale.y(share(count, series.out_of));
        if count > 0 {
            curve.bars.push(Bar { x, y, width: until - x, height: foot - y });
        }
        if y != level {
            curve.line.push((x, level));
            curve.line.push((x, y));
            level = y;
        }
        left += bar;
    }
    if level != foot {
        let right = scale.x(left);
        curve.line.push((right, level));
        curve.line.push((right, foot));
    }
}

pub(super) fn cumulative(scale: &Scale, series: &Series, curve: &mut Curve) {
    let mut seen = 0_u64;
    let mut at = (scale.frame.0, scale.frame.3);
    for (bound, count) in &series.bins {
        if bound.0 > scale.span {
            break;
        }
        if seen == 0 {
            curve.line.push(at);
        }
        seen = seen.saturating_add(*count);
        let (x, y) = (scale.x(bound.0), scale.y(share(seen, series.out_of)));
        // Steps of less than a pixel are not drawn.
        if y != at.1 {
            if x != at.0 {
                curve.line.push((x, at.1));
            }
            match &mut curve.line[..] {
                [.., before, last] if before.0 == x && last.0 == x => last.1 = y,
                _ => curve.line.push((x, y)),
            }
            at = (x, y);
        }
    }
    if seen > 0 && at.0 < scale.frame.2 {
        curve.line.push((scale.frame.2, at.1));
    }
}

/// Marks the percentiles that are on the axis.
pub(super) fn mark(scale: &Scale, series: &Series, kind: Kind, curve: &mut Curve) {
    let count = count(series);
    for (name, thousandths, latency) in &series.percentiles {
        if latency.0 > scale.span || count == 0 {
            continue;
        }
        let y = match kind {
            Kind::Histogram => scale.frame.3,
            // Percentiles are shares of the runs that decide.
            Kind::Cumulative => {
                let known = share(count, series.out_of) * thousandths / 1_000;
                scale.y(known)
            }
        };
        let mut label = String::from(*name);
        label.push(' ');
        label += &shown(*latency);
        curve.marks.push(Mark { at: (scale.x(latency.0), y), label });
    }
}
