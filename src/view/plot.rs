//! Plots of latencies: a histogram or a cumulative distribution of up to three variants on one axis, as plain shapes.
//!
//! All positions are whole pixels, made of integers: what is drawn is the same everywhere. Variants are told apart by their
//! line's dash and by their label as well as by their colour; [`Plot::sentence`] says what the picture says.

mod axis;
mod counts;
mod curve;
#[cfg(test)]
mod tests;

use super::Ink;
use crate::types::Time;

pub use axis::Tick;

/// The latencies of one variant, to be drawn.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Series {
    /// `5Δ basic`
    pub label: String,
    /// In order: the longest latency of a bin, and how many latencies it holds.
    pub bins: Vec<(Time, u64)>,
    /// How many would be all: where more were asked for than were decided, the curves end below 100%.
    pub out_of: u64,
    /// Percentiles to mark: the name, the share in thousandths, and the latency.
    pub percentiles: Vec<(&'static str, u64, Time)>,
}

/// What is drawn of them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// The share of each span of latencies.
    Histogram,
    /// The share that is at most so long.
    Cumulative,
}

/// A plot, ready to be drawn. Places are in pixels from the upper left corner.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Plot {
    /// How wide and how high it is.
    pub size: (i32, i32),
    /// Where the curves are: left, top, right, bottom.
    pub frame: (i32, i32, i32, i32),
    /// The axis of latencies: places from the left, labels in Δ.
    pub across: Vec<Tick>,
    /// The axis of shares: places from the top, labels in per cent.
    pub up: Vec<Tick>,
    /// What is counted upwards.
    pub caption: &'static str,
    /// A curve for each series, in their order; of those with nothing to draw only the label.
    pub curves: Vec<Curve>,
    /// What the picture says, for those who cannot see it: a few sentences.
    pub sentence: String,
}

/// One variant in a plot.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Curve {
    /// What it is called.
    pub label: String,
    /// Where the label stands: the left end of a sample of its line, whose text begins [`SAMPLE`] to the right of it.
    pub key: (i32, i32),
    /// Its colour.
    pub ink: Ink,
    /// The dashes of its line, as SVG and canvas count them: drawn and left out, in pixels; none for a solid line.
    pub dash: &'static [i32],
    /// Its outline: a step polyline.
    pub line: Vec<(i32, i32)>,
    /// The bars under the outline of a histogram.
    pub bars: Vec<Bar>,
    /// Its percentiles.
    pub marks: Vec<Mark>,
    /// How many of its latencies are longer than the axis.
    pub beyond: u64,
}

/// The room that a key takes for a sample of its line.
pub const SAMPLE: i32 = 28;

/// A bar, by its upper left corner and its size.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bar {
    /// From the left.
    pub x: i32,
    /// From the top.
    pub y: i32,
    /// To the right.
    pub width: i32,
    /// Downwards.
    pub height: i32,
}

/// A percentile in a plot.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mark {
    /// Where it is: on a cumulative curve, or at the foot of a histogram.
    pub at: (i32, i32),
    /// `p50 2.2Δ`
    pub label: String,
}

/// Each variant's colour and dashes.
const STYLES: [(Ink, &[i32]); 3] = [(Ink::Ballot(0), &[]), (Ink::Ballot(2), &[7, 3]), (Ink::Ballot(4), &[2, 3])];

/// The smallest plot that can be read.
const SIZE_MIN: (i32, i32) = (200, 120);

impl Plot {
    /// Draws up to three series in so many pixels; what is too small to be read is made larger.
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

/// Each variant's percentiles in words, what is left undecided, and how much is off the picture.
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

/// A latency with three decimals at most, rounded up as its bin is.
fn shown(latency: Time) -> String {
    let mut text = Time(latency.0.div_ceil(1_000) * 1_000).to_string();
    text.push('Δ');
    text
}
