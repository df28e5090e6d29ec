//! Plots of latencies: a histogram or a cumulative distribution of up to three variants on one axis, as plain shapes.
//!
//! All positions are whole pixels and computed with integers, so a plot is the same everywhere. Variants differ in
//! their colours, in the dashes of their lines and in their labels; [`Plot::sentence`] says the same as the picture.

mod axis;
mod counts;
mod curve;
mod rates;
#[cfg(test)]
mod tests;

use super::Ink;
use crate::types::Time;

pub use axis::Tick;
pub use rates::{Rates, shown as rate_shown};

/// The latencies of one variant, to be drawn.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Series {
    /// `5Δ basic`
    pub label: String,
    /// The bins, in ascending order: the longest latency of a bin, and how many latencies it holds.
    pub bins: Vec<(Time, u64)>,
    /// The number that counts as 100%. Where more decrees were asked for than were decided, the curves end below that.
    pub out_of: u64,
    /// Percentiles to mark: the name, the share in thousandths, and the latency.
    pub percentiles: Vec<(&'static str, u64, Time)>,
}

/// What a plot shows of the latencies.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// The share of latencies in each span.
    Histogram,
    /// The share of latencies that are at most so long.
    Cumulative,
}

/// A plot, ready to be drawn. Places are in pixels from the upper left corner.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Plot {
    /// Its width and height.
    pub size: (i32, i32),
    /// The edges of the area with the curves: left, top, right, bottom.
    pub frame: (i32, i32, i32, i32),
    /// The axis of latencies: places from the left, labels in Δ.
    pub across: Vec<Tick>,
    /// The axis of shares: places from the top, labels in per cent.
    pub up: Vec<Tick>,
    /// The words at the axis of shares.
    pub caption: &'static str,
    /// A curve for each series, in the order of the series; a series without latencies has only its label.
    pub curves: Vec<Curve>,
    /// A few sentences that say the same as the picture, for those who cannot see it.
    pub sentence: String,
}

/// One variant in a plot.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Curve {
    /// Its label.
    pub label: String,
    /// The place of its key: the left end of a sample of its line. The text begins [`SAMPLE`] pixels to the right of
    /// it.
    pub key: (i32, i32),
    /// Its colour.
    pub ink: Ink,
    /// The dashes of its line as in SVG and on a canvas: the lengths that are drawn and left out in turn, in pixels;
    /// empty for a solid line.
    pub dash: &'static [i32],
    /// Its outline: a polyline of steps.
    pub line: Vec<(i32, i32)>,
    /// The bars under the outline of a histogram.
    pub bars: Vec<Bar>,
    /// Its percentiles.
    pub marks: Vec<Mark>,
    /// How many of its latencies lie beyond the end of the axis.
    pub beyond: u64,
}

/// The room in a key for the sample of the line, in pixels.
pub const SAMPLE: i32 = 28;

/// A bar, by its upper left corner and its size.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bar {
    /// Its left edge.
    pub x: i32,
    /// Its upper edge.
    pub y: i32,
    /// Its width.
    pub width: i32,
    /// Its height.
    pub height: i32,
}

/// A percentile in a plot.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mark {
    /// Its place: on a cumulative curve, or at the foot of a histogram.
    pub at: (i32, i32),
    /// `p50 2.2Δ`
    pub label: String,
}

/// Each variant's colour and dashes.
const STYLES: [(Ink, &[i32]); 3] = [(Ink::Ballot(0), &[]), (Ink::Ballot(2), &[7, 3]), (Ink::Ballot(4), &[2, 3])];

/// The smallest plot that can be read.
const SIZE_MIN: (i32, i32) = (200, 120);

impl Plot {
    /// Draws up to three series in a picture of this size; a size that is too small to be read is made larger.
    pub fn of(kind: Kind, series: &[Series], size: (i32, i32)) -> Self {
        let series = &series[..series.len().min(STYLES.len())];
        let size = (size.0.max(SIZE_MIN.0), size.1.max(SIZE_MIN.1));
        let frame = (48, 28, size.0 - 12, size.1 - 24);
        let span = axis::span(series);
        let step = axis::step_across(span, frame.2 - frame.0);
        let span = span.div_ceil(step) * step;
        let mut plot = Self {
            size,
            frame,
            across: axis::across(frame, span, step),
            up: Vec::new(),
            caption: match kind {
                Kind::Histogram => "share of all",
                Kind::Cumulative => "share of all that has decided by then",
            },
            curves: Vec::new(),
            sentence: sentence(series),
        };
        let bar = axis::bar_width(span, frame.2 - frame.0);
        let top = match kind {
            Kind::Histogram => axis::top(series, span, bar),
            Kind::Cumulative => counts::WHOLE,
        };
        plot.up = axis::up(frame, top);
        let scale = curve::Scale { frame, span, top };
        for (place, (one, (ink, dash))) in series.iter().zip(STYLES).enumerate() {
            let key = (frame.0 + place as i32 * (frame.2 - frame.0) / STYLES.len() as i32, 14);
            let mut curve = Curve {
                label: one.label.clone(),
                key,
                ink,
                dash,
                line: Vec::new(),
                bars: Vec::new(),
                marks: Vec::new(),
                beyond: counts::beyond(one, span),
            };
            match kind {
                Kind::Histogram => curve::histogram(&scale, one, bar, &mut curve),
                Kind::Cumulative => curve::cumulative(&scale, one, &mut curve),
            }
            curve::mark(&scale, one, kind, &mut curve);
            plot.curves.push(curve);
        }
        plot
    }
}

/// The percentiles of each variant in words, how long its longest latency is, and how many requests were not decided.
fn sentence(series: &[Series]) -> String {
    let mut out = String::new();
    for one in series {
        let count = counts::count(one);
        if !out.is_empty() {
            out.push(' ');
        }
        out += &one.label;
        if count == 0 {
            out += ": nothing is decided.";
            continue;
        }
        let mut before = ": ";
        for (_, share, latency) in &one.percentiles {
            out += before;
            if *share == 500 {
                out += "half";
            } else {
                out += &axis::percent(share * 1_000);
            }
            out += " within ";
            out += &shown(*latency);
            before = ", ";
        }
        if let Some((longest, _)) = one.bins.last() {
            out += before;
            out += "all that decide within ";
            out += &shown(*longest);
        }
        if one.out_of > count {
            out += "; ";
            out += &(one.out_of - count).to_string();
            out += " of ";
            out += &one.out_of.to_string();
            out += " do not decide";
        }
        out.push('.');
    }
    out
}

/// A latency with at most three decimals, rounded up as for its bin.
fn shown(latency: Time) -> String {
    let mut text = Time(latency.0.div_ceil(1_000) * 1_000).to_string();
    text.push('Δ');
    text
}
