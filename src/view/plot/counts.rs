//! The counts of a series: how many latencies it has, how many of them a bar stands for, and which share of all that
//! is.

use super::Series;

/// The whole as a share, in millionths.
pub(super) const WHOLE: u64 = 1_000_000;

/// The share that `count` is of `out_of`, in millionths.
pub(super) fn share(count: u64, out_of: u64) -> u64 {
    let (mut count, mut out_of) = (count, out_of);
    // Of numbers whose product would not fit into 64 bits, the last digits do not matter.
    while count >> 43 != 0 {
        count >>= 1;
        out_of >>= 1;
    }
    (count * WHOLE / out_of.max(1)).min(WHOLE)
}

/// How many latencies a series has.
pub(super) fn count(series: &Series) -> u64 {
    let mut sum = 0_u64;
    for (_, count) in &series.bins {
        sum = sum.saturating_add(*count);
    }
    sum
}

/// How many latencies of a series lie beyond the end of the axis.
pub(super) fn beyond(series: &Series, span: u64) -> u64 {
    let mut sum = 0_u64;
    for (bound, count) in &series.bins {
        if bound.0 > span {
            sum = sum.saturating_add(*count);
        }
    }
    sum
}

/// How many latencies each bar stands for; latencies beyond the end of the axis are left out. A bar holds the latencies
/// that are longer than its left end and at most as long as its right end; the first bar also holds latencies of zero.
pub(super) fn bars(series: &Series, span: u64, bar: u64) -> Vec<u64> {
    let mut bars = vec![0_u64; span.div_ceil(bar) as usize];
    for (bound, count) in &series.bins {
        if bound.0 <= span {
            let place = bound.0.div_ceil(bar).max(1) - 1;
            bars[place as usize] = bars[place as usize].saturating_add(*count);
        }
    }
    bars
}
