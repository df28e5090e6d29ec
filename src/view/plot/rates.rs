//! A plot of throughput: one line for each protocol, one point for each size.

use super::axis::{Tick, part, round_step};
use super::{Curve, Mark, Plot, SIZE_MIN};
use crate::types::{Bytes, Time};
use crate::view::scene::Ink;

/// The rates of one protocol, to be drawn.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rates {
    /// Its name.
    pub label: String,
    /// For each size that was run, decrees for each Δ in millionths; none where the run has no rate.
    pub rates: Vec<Option<u64>>,
}

/// Each line's colour and dashes, which are those of the style sheet. A plot has as many lines at most.
const STYLES: [(Ink, &[i32]); 6] = [
    (Ink::Ballot(0), &[]),
    (Ink::Ballot(1), &[7, 3]),
    (Ink::Ballot(2), &[2, 3]),
    (Ink::Ballot(3), &[12, 4]),
    (Ink::Ballot(4), &[7, 3, 2, 3]),
    (Ink::Ballot(5), &[4, 2]),
];

/// A rate above this, in millionths, is drawn as this.
const RATE_MAX: u64 = 1_000_000_000_000_000;

/// How many keys stand in a row, and how high a row is.
const KEYS: i32 = 3;
const ROW: i32 = 16;

/// How many pixels lie between two labels of the upright axis at least.
const STEP: i32 = 30;

impl Plot {
    /// Draws up to six protocols in a picture of this size; a size that is too small to be read is made larger. The sizes of
    /// values stand side by side at equal distances, in the order given.
    pub fn rates(sizes: &[Bytes], series: &[Rates], size: (i32, i32)) -> Self {
        let series = &series[..series.len().min(STYLES.len())];
        let size = (size.0.max(SIZE_MIN.0), size.1.max(SIZE_MIN.1));
        let rows = (series.len() as i32).div_euclid(KEYS) + i32::from(series.len() as i32 % KEYS > 0);
        let frame = (48, 12 + ROW * rows.max(1), size.0 - 12, size.1 - 24);
        let most = series.iter().flat_map(|one| one.rates.iter().flatten()).max().copied().unwrap_or(0);
        let most = most.clamp(1, RATE_MAX);
        let step = round_step(most, ((frame.3 - frame.1) / STEP).max(2) as u64, 1);
        let top = most.div_ceil(step) * step;
        let x = |place: usize| {
            // Points keep half a column from the edges, so their labels are inside.
            frame.0 + part(2 * place as u64 + 1, 2 * sizes.len() as u64, frame.2 - frame.0)
        };
        let y = |rate: u64| frame.3 - part(rate, top, frame.3 - frame.1);
        let tick = |rate: u64| Tick { at: y(rate), label: Time(rate).to_string() };
        let curve = |(place, (one, (ink, dash))): (usize, (&Rates, (Ink, &'static [i32])))| {
            let column = (frame.2 - frame.0) / KEYS;
            let key = (frame.0 + place as i32 % KEYS * column, 14 + place as i32 / KEYS * ROW);
            let points = one.rates.iter().enumerate().filter_map(|(place, rate)| Some((x(place), y((*rate)?))));
            let line: Vec<_> = points.collect();
            let marks = line.iter().map(|at| Mark { at: *at, label: String::new() }).collect();
            Curve { label: one.label.clone(), key, ink, dash, line, bars: Vec::new(), marks, beyond: 0 }
        };
        Self {
            size,
            frame,
            across: sizes
                .iter()
                .enumerate()
                .map(|(place, size)| Tick { at: x(place), label: size.to_string() })
                .collect(),
            up: (0..=top / step).map(|count| tick(count * step)).collect(),
            caption: "decrees for each Δ, by the size of a value",
            curves: series.iter().zip(STYLES).enumerate().map(curve).collect(),
            sentence: sentence(sizes, series),
        }
    }
}

/// The rates of each protocol in words.
fn sentence(sizes: &[Bytes], series: &[Rates]) -> String {
    let told = |(size, rate): (&Bytes, &Option<u64>)| match rate {
        Some(rate) => format!("{} at {size}", shown(*rate)),
        None => format!("none at {size}"),
    };
    let line = |one: &Rates| {
        let list: Vec<_> = sizes.iter().zip(&one.rates).map(told).collect();
        format!("{}: {}.", one.label, if list.is_empty() { "not run yet".to_owned() } else { list.join(", ") })
    };
    series.iter().map(line).collect::<Vec<_>>().join(" ")
}

/// A rate in millionths as people read it: with three digits at most, rounded down.
pub fn shown(millionths: u64) -> String {
    let grid = match millionths {
        0..10_000_000 => 10_000,
        10_000_000..100_000_000 => 100_000,
        _ => 1_000_000,
    };
    Time(millionths / grid * grid).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZES: [Bytes; 3] = [Bytes(100), Bytes(1_000), Bytes(30_000)];

    fn rates(label: &str, rates: &[Option<u64>]) -> Rates {
        Rates { label: label.to_owned(), rates: rates.to_vec() }
    }

    #[test]
    fn points_stand_where_their_rates_are() {
        let given =
            [rates("multi", &[Some(80_000_000), Some(40_000_000), None]), rates("broadcast", &[Some(20_000_000)])];
        let plot = Plot::rates(&SIZES, &given, (360, 240));
        assert_eq!(plot.frame, (48, 28, 348, 216));
        let labels = |ticks: &[Tick]| ticks.iter().map(|tick| tick.label.clone()).collect::<Vec<_>>();
        assert_eq!(labels(&plot.across), ["100B", "1kB", "30kB"]);
        assert_eq!(labels(&plot.up), ["0", "20", "40", "60", "80"]);
        assert_eq!(plot.curves[0].line, [(98, 28), (198, 122)]);
        assert_eq!(plot.curves[1].line, [(98, 169)]);
        assert_eq!(plot.sentence, "multi: 80 at 100B, 40 at 1kB, none at 30kB. broadcast: 20 at 100B.");
    }

    #[test]
    fn lines_differ_in_dash_and_label_as_well_as_in_colour_and_all_is_inside() {
        let many: Vec<_> =
            (0..9).map(|place| rates(&format!("p{place}"), &[Some(place), Some(1), Some(u64::MAX)])).collect();
        for size in [(0, 0), (320, 200), (1_900, 700)] {
            let plot = Plot::rates(&SIZES, &many, size);
            let (left, top, right, bottom) = plot.frame;
            assert_eq!(plot.curves.len(), STYLES.len());
            for (place, curve) in plot.curves.iter().enumerate() {
                assert!(curve.line.iter().all(|(x, y)| (left..=right).contains(x) && (top..=bottom).contains(y)));
                assert!(curve.key.1 < top && curve.line.len() == curve.marks.len());
                for other in &plot.curves[place + 1..] {
                    assert!(curve.dash != other.dash && curve.ink != other.ink && curve.key != other.key);
                }
            }
        }
        assert_eq!(Plot::rates(&[], &[], (0, 0)).across, []);
    }

    #[test]
    fn rates_are_shown_with_three_digits_rounded_down() {
        let shown = [9_999, 1_234_567, 16_611_295, 83_333_333, 123_900_000].map(shown);
        assert_eq!(shown, ["0", "1.23", "16.6", "83.3", "123"]);
    }
}
