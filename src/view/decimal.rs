//! Numbers in drawings: with a limited number of decimals, and within bounds.
//!
//! The code uses only sums, products and quotients, so a number has the same digits in every browser and natively.

/// A number with exactly so many decimals. The general printing of floats would make the page a good deal larger.
pub fn decimal(number: f64, decimals: usize) -> String {
    let unit = 10_u64.pow(decimals as u32);
    let scaled = (number.abs() * unit as f64 + 0.5) as u64;
    let sign = if number < 0.0 && scaled > 0 { "-" } else { "" };
    format!("{sign}{}.{:0decimals$}", scaled / unit, scaled % unit)
}

/// A number with at most so many decimals (one or more), without noughts at the end.
pub fn short(number: f64, decimals: usize) -> String {
    let mut text = decimal(number, decimals);
    text.truncate(text.trim_end_matches('0').trim_end_matches('.').len());
    text
}

/// The number, or the nearer of the two bounds if it is outside of them; the upper one if the bounds are the wrong way round. `f64::clamp`
/// prints its bounds when they are, and the general printing of floats would make the page a good deal larger.
pub fn within(number: f64, least: f64, most: f64) -> f64 {
    number.max(least).min(most)
}

#[cfg(test)]
mod tests {
    use super::{decimal, short, within};

    #[test]
    fn a_number_is_kept_within_its_bounds() {
        assert_eq!([-1.0, 0.5, 2.0].map(|number| within(number, 0.0, 1.0)), [0.0, 0.5, 1.0]);
        assert_eq!(within(5.0, 2.0, 1.0), 1.0);
    }

    #[test]
    fn numbers_are_rounded_and_nothing_is_below_zero_without_a_digit() {
        assert_eq!([1.25, -1.25, 0.04, -0.04].map(|number| decimal(number, 1)), ["1.3", "-1.3", "0.0", "0.0"]);
        assert_eq!(decimal(12.0, 4), "12.0000");
    }

    #[test]
    fn short_numbers_end_in_a_digit_that_counts() {
        let shown = [0.0, -0.01, 10.0, 100.04, 7.5, -0.25, 1200.96].map(|number| short(number, 1));
        assert_eq!(shown, ["0", "0", "10", "100", "7.5", "-0.3", "1201"]);
        assert_eq!(short(0.1236, 3), "0.124");
    }
}
