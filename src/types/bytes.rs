//! Amounts of bytes, exact, as scripts write them: `100B`, `1.5kB`, `2MB`.

use std::fmt;

use super::{NotExact, exact_decimal};

/// So many bytes. It prints with its unit, in the largest unit of which there is at least one: `100B`, `1.5kB`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct Bytes(pub u64);

impl Bytes {
    /// The units, largest first, each with its number of decimals: a kB is a thousand bytes.
    const UNITS: [(&'static str, usize); 4] = [("GB", 9), ("MB", 6), ("kB", 3), ("B", 0)];

    /// The amount that a text says; none when the text is no decimal with a unit, or no whole number of bytes. A number
    /// beyond 64 bits is the largest amount that there is.
    pub fn read(text: &str) -> Option<Self> {
        let (unit, decimals) = Self::UNITS.iter().find(|(unit, _)| text.ends_with(unit))?;
        match exact_decimal(text.strip_suffix(unit)?, *decimals) {
            Ok(bytes) => Some(Self(bytes)),
            Err(NotExact::Number | NotExact::Decimals) => None,
        }
    }
}

impl fmt::Display for Bytes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = |decimals: usize| 10_u64.pow(decimals as u32);
        let unit = Self::UNITS.iter().find(|(_, decimals)| self.0 >= size(*decimals));
        let (unit, decimals) = *unit.unwrap_or(&("B", 0));
        let (whole, rest) = (self.0 / size(decimals), self.0 % size(decimals));
        if rest == 0 {
            return formatter.pad(&format!("{whole}{unit}"));
        }
        let rest = format!("{rest:0decimals$}");
        formatter.pad(&format!("{whole}.{}{unit}", rest.trim_end_matches('0')))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_print_in_their_largest_unit_and_are_read_back() {
        let printed = [
            (0, "0B"),
            (999, "999B"),
            (1_000, "1kB"),
            (1_234, "1.234kB"),
            (2_500_000, "2.5MB"),
            (1_000_000_001, "1.000000001GB"),
        ];
        for (bytes, text) in printed {
            assert_eq!(Bytes(bytes).to_string(), text);
            assert_eq!(Bytes::read(text), Some(Bytes(bytes)));
        }
        assert_eq!(Bytes::read("0.5kB"), Some(Bytes(500)));
        assert_eq!(Bytes::read("99999999999999999999999B"), Some(Bytes(u64::MAX)));
        for wrong in ["", "B", "1", "1.5B", "1.0001kB", "-1B", "1 kB", "1KB", "1e3B", "kB"] {
            assert_eq!(Bytes::read(wrong), None, "{wrong}");
        }
    }
}
