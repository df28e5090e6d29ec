//! The shapes say the same as the numbers, at every size.

use super::*;

const PERCENTILES: [(&str, u64); 3] = [("p50", 500), ("p99", 990), ("p99.9", 999)];

/// A series of latencies in thousandths of a Δ, with its percentiles by nearest rank.
fn series(label: &str, latencies: &[u64], out_of: u64) -> Series {
    let mut sorted: Vec<_> = latencies.iter().map(|latency| Time(latency * 1_000)).collect();
    sorted.sort_unstable();
    let mut bins: Vec<(Time, u64)> = Vec::new();
    for latency in &sorted {
        match bins.last_mut() {
            Some((bound, count)) if bound == latency => *count += 1,
            _ => bins.push((*latency, 1)),
        }
    }
    let rank = |share: u64| sorted[(sorted.len() as u64 * share).div_ceil(1_000).max(1) as usize - 1];
    let percentiles = PERCENTILES.iter().filter(|_| !sorted.is_empty());
    let percentiles = percentiles.map(|(name, share)| (*name, *share, rank(*share))).collect();
    Series { label: label.to_owned(), bins, out_of, percentiles }
}

fn constant(label: &str, deltas: u64) -> Series {
    series(label, &[deltas * 1_000; 40], 40)
}

/// Latencies between 2Δ and 4Δ, most of them near 3Δ.
fn hill(label: &str) -> Series {
    let latencies: Vec<_> = (0..1_000_u64).map(|n| 2_000 + (n * 37 % 1_000) + (n * 91 % 1_001)).collect();
    series(label, &latencies, 1_000)
}

fn labels(ticks: &[Tick]) -> Vec<&str> {
    ticks.iter().map(|tick| &*tick.label).collect()
}

#[test]
fn constant_latencies_are_one_bar_and_one_step_each() {
    let variants = [constant("5Δ basic", 5), constant("3Δ multi", 3), constant("2Δ broadcast", 2)];
    let plot = Plot::of(Kind::Histogram, &variants, (560, 240));
    assert_eq!(plot.frame, (48, 28, 548, 216));
    assert_eq!(labels(&plot.across), ["0Δ", "1Δ", "2Δ", "3Δ", "4Δ", "5Δ"]);
    assert_eq!(labels(&plot.up), ["0%", "25%", "50%", "75%", "100%"]);
    // Sixty bars would be 8 pixels wide; bars of a tenth of a Δ are 10 pixels wide.
    let bars: Vec<_> = plot.curves.iter().map(|curve| curve.bars.clone()).collect();
    let bar = |x| vec![Bar { x, y: 28, width: 10, height: 188 }];
    assert_eq!(bars, [bar(538), bar(338), bar(238)]);
    assert_eq!(plot.curves[1].line, [(338, 216), (338, 28), (348, 28), (348, 216)]);
    let plot = Plot::of(Kind::Cumulative, &variants, (560, 240));
    assert_eq!(plot.curves[2].line, [(48, 216), (248, 216), (248, 28), (548, 28)]);
    let marks = &plot.curves[2].marks;
    assert_eq!(marks[0], Mark { at: (248, 122), label: "p50 2Δ".to_owned() });
    assert_eq!(
        plot.sentence,
        "5Δ basic: half within 5Δ, 99% within 5Δ, 99.9% within 5Δ, all that decide within 5Δ. \
         3Δ multi: half within 3Δ, 99% within 3Δ, 99.9% within 3Δ, all that decide within 3Δ. \
         2Δ broadcast: half within 2Δ, 99% within 2Δ, 99.9% within 2Δ, all that decide within 2Δ."
    );
}

#[test]
fn variants_differ_in_dash_and_label_as_well_as_in_colour() {
    let plot = Plot::of(Kind::Cumulative, &[hill("a"), hill("b"), hill("c"), hill("d")], (400, 200));
    assert_eq!(plot.curves.len(), 3);
    for (place, curve) in plot.curves.iter().enumerate() {
        for other in &plot.curves[place + 1..] {
            assert!(curve.dash != other.dash && curve.ink != other.ink && curve.label != other.label);
            assert!(curve.key.0 + SAMPLE < other.key.0);
        }
    }
}

#[test]
fn everything_is_inside_and_in_order_at_any_size() {
    let late = series("late", &[900, 1_100, 1_200, 250_000], 7);
    let none = series("none", &[], 7);
    let instant = series("instant", &[0, 0, 1], 3);
    for given in [vec![hill("hill"), late.clone(), none.clone()], vec![instant], vec![none], Vec::new(), vec![late]] {
        for size in [(0, 0), (200, 120), (320, 180), (1_900, 700)] {
            for kind in [Kind::Histogram, Kind::Cumulative] {
                let plot = Plot::of(kind, &given, size);
                let (left, top, right, bottom) = plot.frame;
                assert!(plot.size.0 >= size.0 && right < plot.size.0 && bottom < plot.size.1);
                let inside = |(x, y): (i32, i32)| (left..=right).contains(&x) && (top..=bottom).contains(&y);
                assert!(plot.across.windows(2).all(|pair| pair[1].at - pair[0].at >= 30), "{:?}", plot.across);
                assert!(plot.up.windows(2).all(|pair| pair[0].at - pair[1].at >= 10), "{:?}", plot.up);
                assert_eq!((plot.across[0].at, plot.up[0].at), (left, bottom));
                assert_eq!(plot.across.last().map(|tick| tick.at), Some(right));
                for curve in &plot.curves {
                    assert!(curve.line.iter().copied().all(inside) && curve.marks.iter().all(|mark| inside(mark.at)));
                    assert!(curve.line.windows(2).all(|pair| pair[0].0 <= pair[1].0 && pair[0] != pair[1]));
                    assert!(curve.line.len() <= 2 * (right - left) as usize + 3);
                    for bar in &curve.bars {
                        assert!(
                            inside((bar.x, bar.y)) && inside((bar.x + bar.width, bar.y + bar.height)) && bar.width > 0
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn a_cumulative_curve_rises_to_the_share_that_decides() {
    let half = series("half", &[1_000, 2_000, 3_000, 4_000], 8);
    let plot = Plot::of(Kind::Cumulative, &[half], (560, 240));
    let line = &plot.curves[0].line;
    assert!(line.windows(2).all(|pair| pair[1].1 <= pair[0].1));
    assert_eq!(line.last(), Some(&(548, (216 + 28) / 2)));
    assert!(plot.sentence.ends_with("; 4 of 8 do not decide."), "{}", plot.sentence);
    // The second of the four that decide is their median, and it is at a quarter of all.
    assert_eq!(plot.curves[0].marks[0].at, (298, 216 - 188 / 4));
}

#[test]
fn a_histogram_holds_every_latency_that_is_on_the_axis() {
    let given = hill("hill");
    for width in [200, 333, 700, 1_500] {
        let span = Time::deltas(4).0;
        let bar = axis::bar_width(span, width);
        let bars = counts::bars(&given, span, bar);
        assert_eq!(bars.iter().sum::<u64>(), 1_000);
        assert!(bars.len() as i32 <= (width / 8).max(2));
        for (place, held) in bars.iter().enumerate() {
            let (from, until) = (place as u64 * bar, (place as u64 + 1) * bar);
            let naive = given.bins.iter().filter(|(bound, _)| bound.0 > from && bound.0 <= until);
            assert_eq!(*held, naive.map(|(_, count)| count).sum::<u64>());
        }
    }
}

#[test]
fn one_very_long_latency_leaves_room_for_the_others() {
    let mut latencies = vec![2_000; 5_000];
    latencies.extend([90_000, 99_000]);
    let plot = Plot::of(Kind::Cumulative, &[series("late", &latencies, 5_002)], (560, 240));
    assert_eq!(plot.across.last().map(|tick| &*tick.label), Some("2Δ"));
    assert_eq!(plot.curves[0].beyond, 2);
    assert!(plot.sentence.contains("all that decide within 99Δ"));
}

#[test]
fn nothing_to_draw_is_said() {
    let plot = Plot::of(Kind::Histogram, &[series("3Δ multi", &[], 9)], (560, 240));
    assert!(plot.curves[0].line.is_empty() && plot.curves[0].bars.is_empty() && plot.curves[0].marks.is_empty());
    assert_eq!(plot.sentence, "3Δ multi: nothing is decided.");
}
