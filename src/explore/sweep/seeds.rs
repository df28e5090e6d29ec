//! A set of seeds, as ranges: which runs were asked for, and which were done.

use std::fmt;
use std::ops::Range;

/// Seeds in order, as ranges that neither overlap nor touch.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Seeds(Vec<Range<u64>>);

impl Seeds {
    /// The seeds of one range.
    pub fn of(range: Range<u64>) -> Self {
        let mut seeds = Self::default();
        seeds.add(range);
        seeds
    }

    /// Adds the seeds of a range; seeds that are there already stay.
    pub fn add(&mut self, range: Range<u64>) {
        if range.is_empty() {
            return;
        }
        let first = self.0.partition_point(|known| known.end < range.start);
        let after = self.0.partition_point(|known| known.start <= range.end);
        let touched = &self.0[first..after];
        let start = touched.first().map_or(range.start, |known| known.start.min(range.start));
        let end = touched.last().map_or(range.end, |known| known.end.max(range.end));
        self.0.splice(first..after, std::iter::once(start..end));
    }

    /// Adds every seed of another set.
    pub fn add_all(&mut self, other: &Self) {
        other.0.iter().for_each(|range| self.add(range.clone()));
    }

    /// How many seeds there are.
    pub fn count(&self) -> u64 {
        self.0.iter().map(|range| range.end - range.start).sum()
    }

    /// The ranges, in order.
    pub fn ranges(&self) -> &[Range<u64>] {
        &self.0
    }

    /// The first seed that is in both sets.
    pub fn first_shared(&self, other: &Self) -> Option<u64> {
        let shared = |range: &Range<u64>| {
            let near = self.0.partition_point(|known| known.end <= range.start);
            self.0.get(near).map(|known| known.start.max(range.start)).filter(|seed| *seed < range.end)
        };
        other.0.iter().find_map(shared)
    }

    /// Whether every seed of the other set is in this one.
    pub fn contains(&self, other: &Self) -> bool {
        let holds = |range: &Range<u64>| self.0.iter().any(|own| own.start <= range.start && range.end <= own.end);
        other.0.iter().all(holds)
    }
}

/// Prints `1..1001`, or several such ranges with commas between them, or `none`.
impl fmt::Display for Seeds {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return write!(formatter, "none");
        }
        for (place, range) in self.0.iter().enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            write!(formatter, "{comma}{}..{}", range.start, range.end)?;
        }
        Ok(())
    }
}
