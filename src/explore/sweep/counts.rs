//! Latencies, counted by size. Counts can be added up, so parts of a sweep come to the same numbers as the whole.

use crate::types::Time;

/// The width of a bin, in ticks, up to [`FINE`]: a thousandth of a Δ.
pub const RESOLUTION: u64 = Time::DELTA.0 / 1_000;

/// Up to here latencies are counted by [`RESOLUTION`], from here on by whole Δ. This limit bounds the memory of the
/// longest runs.
pub const FINE: Time = Time::deltas(100);

const FINE_BINS: u64 = FINE.0 / RESOLUTION;

/// How often each latency was seen. A bin holds the latencies that are above the bound of the bin before and at most its
/// own bound, so a multiple of Δ/1000 is counted as exactly that.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Counts {
    /// The count of each bin; the last one is not 0.
    bins: Vec<u64>,
    count: u64,
    least: Option<Extreme>,
    most: Option<Extreme>,
}

/// The largest or the smallest latency of all, to the tick.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Extreme {
    /// The latency itself.
    pub latency: Time,
    /// The first seed whose run has it.
    pub seed: u64,
}

/// The percentiles in reports, each as the share of all latencies that are at most that long, in thousandths.
pub const PERCENTILES: [(&str, u64); 4] = [("p50", 500), ("p90", 900), ("p99", 990), ("p99.9", 999)];

impl Counts {
    /// Counts a latency of the run of this seed.
    pub fn add(&mut self, latency: Time, seed: u64) {
        self.add_bin(bin_of(latency), 1);
        let extreme = Extreme { latency, seed };
        self.stretch(extreme, extreme);
    }

    /// Counts this many latencies of the bin with this bound.
    pub fn add_many(&mut self, bound: Time, count: u64) {
        self.add_bin(bin_of(bound), count);
    }

    /// Widens the extremes by those of other latencies.
    pub fn stretch(&mut self, least: Extreme, most: Extreme) {
        let nearer = |own: Option<Extreme>, new: Extreme, is_further: bool| match own {
            Some(own) if own.latency == new.latency => Extreme { seed: own.seed.min(new.seed), ..own },
            Some(own) if (new.latency > own.latency) != is_further => own,
            _ => new,
        };
        self.least = Some(nearer(self.least, least, false));
        self.most = Some(nearer(self.most, most, true));
    }

    /// Adds the counts of another part.
    pub fn merge(&mut self, other: &Self) {
        for (bin, count) in other.filled() {
            self.add_bin(bin, count);
        }
        if let (Some(least), Some(most)) = (other.least, other.most) {
            self.stretch(least, most);
        }
    }

    fn add_bin(&mut self, bin: usize, count: u64) {
        if count == 0 {
            return;
        }
        if self.bins.len() <= bin {
            self.bins.resize(bin + 1, 0);
        }
        self.bins[bin] = self.bins[bin].saturating_add(count);
        self.count = self.count.saturating_add(count);
    }

    fn filled(&self) -> impl Iterator<Item = (usize, u64)> + '_ {
        self.bins.iter().copied().enumerate().filter(|(_, count)| *count > 0)
    }

    /// How many latencies were counted.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The bins that are not empty: the longest latency that a bin can hold, and how many it holds.
    pub fn bins(&self) -> impl Iterator<Item = (Time, u64)> + '_ {
        self.filled().map(|(bin, count)| (bound_of(bin), count))
    }

    /// The shortest latency, exactly.
    pub fn least(&self) -> Option<Extreme> {
        self.least
    }

    /// The longest latency, exactly.
    pub fn most(&self) -> Option<Extreme> {
        self.most
    }

    /// The shortest bound such that at least `thousandths` of all latencies are at most that long (nearest rank). It is
    /// exact to the bin, and never more than the longest latency.
    pub fn percentile(&self, thousandths: u64) -> Option<Time> {
        // This computes the share of the whole thousands and the share of the rest, because the product with the whole
        // count could be too large.
        let rank = (self.count / 1_000 * thousandths + (self.count % 1_000 * thousandths).div_ceil(1_000)).max(1);
        let mut seen = 0_u64;
        let found = self.bins().find(|(_, count)| {
            seen = seen.saturating_add(*count);
            seen >= rank
        });
        found.map(|(bound, _)| self.most.map_or(bound, |most| bound.min(most.latency)))
    }
}

fn bin_of(latency: Time) -> usize {
    let bin = match latency.0.checked_sub(FINE.0) {
        None | Some(0) => latency.0.div_ceil(RESOLUTION),
        Some(beyond) => FINE_BINS + beyond.div_ceil(Time::DELTA.0),
    };
    bin as usize
}

/// The longest latency of a bin.
fn bound_of(bin: usize) -> Time {
    match (bin as u64).checked_sub(FINE_BINS) {
        None => Time(bin as u64 * RESOLUTION),
        Some(beyond) => FINE.plus(Time::deltas(beyond)),
    }
}

/// Whether a time is the bound of a bin.
pub fn is_bound(time: Time) -> bool {
    bound_of(bin_of(time)) == time
}
