//! How long one Δ is on a clock, for scripts that say so: exact in microseconds and in ticks, without floats.
//!
//! A run knows ticks only. A scale turns what a script says in ms into ticks, and ticks into ms for people to read.

use std::fmt;
use std::num::NonZeroU64;

use super::Time;

/// How long one Δ is, in whole microseconds.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Scale(NonZeroU64);

impl Scale {
    /// The longest Δ: an hour.
    pub const LONGEST: Millis = Millis(3_600_000_000);

    /// One Δ is so long; none when that is nothing or longer than [`Scale::LONGEST`].
    pub fn new(delta: Millis) -> Option<Self> {
        NonZeroU64::new(delta.0).filter(|_| delta <= Self::LONGEST).map(Self)
    }

    /// How long one Δ is.
    pub fn delta(self) -> Millis {
        Millis(self.0.get())
    }

    /// So many ms as ticks.
    ///
    /// # Errors
    /// When that is no whole number of ticks: the nearest amounts below and above that are.
    pub fn ticks(self, amount: Millis) -> Result<Time, [Millis; 2]> {
        let (micros, delta) = (u128::from(amount.0), u128::from(self.0.get()));
        let ticks = micros * u128::from(Time::DELTA.0);
        if ticks.is_multiple_of(delta) {
            return Ok(Time(u64::try_from(ticks / delta).unwrap_or(u64::MAX)));
        }
        // Every amount that is a whole number of ticks is a multiple of this one.
        let step = self.0.get() / common_divisor(self.0.get(), Time::DELTA.0);
        let below = amount.0 / step * step;
        Err([Millis(below), Millis(below.saturating_add(step))])
    }

    /// A time in ms; none when it is no whole number of microseconds.
    pub fn exact(self, time: Time) -> Option<Millis> {
        let micros = self.scaled(time);
        let unit = u128::from(Time::DELTA.0);
        micros.is_multiple_of(unit).then(|| u64::try_from(micros / unit).ok().map(Millis))?
    }

    /// A time in ms, to the nearest microsecond.
    pub fn nearest(self, time: Time) -> Millis {
        self.rounded_to(time, 1)
    }

    /// A time in ms with as many decimals as it takes to tell a hundredth of Δ from the next.
    pub fn rounded(self, time: Time) -> Millis {
        let is_fine_enough = |micros: &u64| micros * 100 <= self.0.get();
        let grid = [1_000, 100, 10].into_iter().find(is_fine_enough).unwrap_or(1);
        self.rounded_to(time, grid)
    }

    /// A time in millionths of a microsecond.
    fn scaled(self, time: Time) -> u128 {
        u128::from(time.0) * u128::from(self.0.get())
    }

    /// To a multiple of so many microseconds.
    fn rounded_to(self, time: Time, grid: u64) -> Millis {
        let unit = u128::from(Time::DELTA.0) * u128::from(grid);
        let count = (self.scaled(time) + unit / 2) / unit;
        Millis(u64::try_from(count * u128::from(grid)).unwrap_or(u64::MAX))
    }
}

/// A span on a clock, in microseconds. It prints in ms as an exact decimal without the unit: `100`, `0.25`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Millis(pub u64);

impl Millis {
    /// How many decimals of a ms there can be.
    pub const DECIMALS: usize = 3;
    /// How many microseconds a ms has.
    pub const MICROS: u64 = 1_000;
}

impl fmt::Display for Millis {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0 / Self::MICROS, self.0 % Self::MICROS);
        if rest == 0 {
            return formatter.pad(&whole.to_string());
        }
        let decimals = format!("{rest:03}");
        formatter.pad(&format!("{whole}.{}", decimals.trim_end_matches('0')))
    }
}

/// The greatest common divisor (Euclid).
fn common_divisor(one: u64, other: u64) -> u64 {
    if other == 0 { one } else { common_divisor(other, one % other) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scale(micros: u64) -> Scale {
        Scale::new(Millis(micros)).expect("a good scale")
    }

    #[test]
    fn ms_are_ticks_exactly_or_the_nearest_that_are_so_are_told() {
        assert_eq!(scale(100_000).ticks(Millis(250_000)), Ok(Time(2_500_000)));
        assert_eq!(scale(100_000).ticks(Millis(1)), Ok(Time(10)));
        assert_eq!(scale(30_000).ticks(Millis(10_000)), Err([Millis(9_999), Millis(10_002)]));
        assert_eq!(scale(7).ticks(Millis(3)), Err([Millis(0), Millis(7)]));
        assert_eq!(scale(1).ticks(Millis(u64::MAX)), Ok(Time(u64::MAX)));
    }

    #[test]
    fn whatever_is_a_whole_number_of_ticks_comes_back() {
        for delta in [1, 7, 999, 30_000, 100_000, 150_000, 1_000_000, 3_600_000_000] {
            for amount in [0, 1, 2, 6, 7, 333, 10_000, 123_456] {
                match scale(delta).ticks(Millis(amount)) {
                    Ok(time) => assert_eq!(scale(delta).exact(time), Some(Millis(amount))),
                    Err([below, above]) => {
                        assert!(below.0 < amount && amount < above.0, "{below} {amount} {above}");
                        assert!([below, above].iter().all(|near| scale(delta).ticks(*near).is_ok()));
                    }
                }
            }
        }
    }

    #[test]
    fn ms_are_shown_with_the_decimals_that_say_something() {
        let shown = |delta: u64, ticks: u64| scale(delta).rounded(Time(ticks)).to_string();
        assert_eq!(shown(100_000, 2_013_456), "201");
        assert_eq!(shown(30_000, 2_013_456), "60.4");
        assert_eq!(shown(1_000, 2_013_456), "2.01");
        assert_eq!(shown(500, 2_013_456), "1.007");
        assert_eq!(scale(100_000).nearest(Time(2_013_456)).to_string(), "201.346");
        assert_eq!(scale(100_000).exact(Time(2_013_456)), None);
    }

    #[test]
    fn a_scale_is_more_than_nothing_and_an_hour_at_most() {
        assert_eq!(
            [0, 1, 3_600_000_000, 3_600_000_001].map(|micros| Scale::new(Millis(micros)).is_some()),
            [false, true, true, false]
        );
    }
}
