//! The two axes: how far they reach, and the places of their ticks.

use super::Series;
use super::counts::{WHOLE, bars, count, share};
use crate::types::Time;

/// A tick of an axis.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tick {
    /// Its place, in pixels.
    pub at: i32,
    /// The text at the tick.
    pub label: String,
}

/// How many pixels the label of a tick needs.
const LABEL: i32 = 56;

/// The smallest width of a bar, in pixels.
const BAR: i32 = 8;

/// The finest step across, in ticks: a thousandth of a Δ.
const FINEST: u64 = Time::DELTA.0 / 1_000;

/// The smallest round number (1, 2 or 5 and noughts) such that at most `most` steps of it reach `span`.
pub(super) fn round_step(span: u64, most: u64, finest: u64) -> u64 {
    let mut step = finest;
    loop {
        for factor in [1, 2, 5] {
            if span.div_ceil(step * factor) <= most {
                return step * factor;
            }
        }
        step *= 10;
    }
}

/// How far the axis of latencies has to reach, in ticks: far enough for all but a thousandth of each series. If it
/// reached to the longest latency, a single run that takes very long would leave no room for the others.
pub(super) fn span(series: &[Series]) -> u64 {
    let mut span = FINEST;
    for one in series {
        let all = count(one);
        let mut seen = 0_u64;
        for (bound, count) in &one.bins {
            seen = seen.saturating_add(*count);
            if seen >= all - all / 1_000 {
                span = span.max(bound.0);
                break;
            }
        }
    }
    span
}

pub(super) fn step_across(span: u64, width: i32) -> u64 {
    round_step(span, (width / LABEL).max(2) as u64, FINEST)
}

pub(super) fn bar_width(span: u64, width: i32) -> u64 {
    round_step(span, (width / BAR).max(2) as u64, FINEST)
}

pub(super) fn across(frame: (i32, i32, i32, i32), span: u64, step: u64) -> Vec<Tick> {
    let mut ticks = Vec::new();
    let mut at = 0;
    while at <= span {
        let mut label = Time(at).to_string();
        label.push('Δ');
        ticks.push(Tick { at: frame.0 + part(at, span, frame.2 - frame.0), label });
        at += step;
    }
    ticks
}

/// How far the axis of shares reaches in a histogram, in millionths: a little above the highest bar.
pub(super) fn top(series: &[Series], span: u64, bar: u64) -> u64 {
    let mut top = 0;
    for one in series {
        for count in bars(one, span, bar) {
            top = top.max(share(count, one.out_of));
        }
    }
    let step = step_up(top.max(1));
    (top.max(1).div_ceil(step) * step).min(WHOLE)
}

/// The step of the axis of shares. It is a quarter where more than half of the whole is shown.
fn step_up(top: u64) -> u64 {
    if top > WHOLE / 2 { WHOLE / 4 } else { round_step(top, 5, 1) }
}

pub(super) fn up(frame: (i32, i32, i32, i32), top: u64) -> Vec<Tick> {
    let step = step_up(top);
    let mut ticks = Vec::new();
    let mut at = 0;
    while at <= top {
        ticks.push(Tick { at: frame.3 - part(at, top, frame.3 - frame.1), label: percent(at) });
        at += step;
    }
    ticks
}

/// Millionths as an exact percentage.
pub(super) fn percent(millionths: u64) -> String {
    // The code prints a percentage as a time: 1% is ten thousand millionths, and 1Δ is a million ticks.
    let mut text = Time(millionths * 100).to_string();
    text.push('%');
    text
}

/// The pixel at which `value` lies when `whole` takes `pixels` pixels, rounded to the nearest.
pub(super) fn part(value: u64, whole: u64, pixels: i32) -> i32 {
    let (value, whole) = (value.min(whole), whole.max(1));
    ((value * pixels as u64 * 2 + whole) / (whole * 2)) as i32
}
