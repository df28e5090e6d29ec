//! Random numbers that are the same everywhere and for ever: SplitMix64, a page of arithmetic with a seed that can be
//! printed.

use paxos_playground::types::Time;

/// A stream of numbers that its seed determines.
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The seed of the `index`-th member of a family.
    pub(crate) fn seed_of(family: &str, seed: u64, index: u64) -> u64 {
        let mixed = family.bytes().fold(seed, |seed, byte| Self(seed ^ u64::from(byte)).next());
        Self(mixed ^ index).next()
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`, which must be more than 0.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    /// A number from `least` to `most`.
    pub(crate) fn between(&mut self, least: usize, most: usize) -> usize {
        least + self.below(most - least + 1)
    }

    /// True in `share` of a hundred cases.
    pub(crate) fn percent(&mut self, share: usize) -> bool {
        self.below(100) < share
    }

    /// One of these things.
    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// `count` of these things, in a random order; all of them when there are fewer.
    pub(crate) fn some<T: Clone>(&mut self, from: &[T], count: usize) -> Vec<T> {
        let mut rest = from.to_vec();
        let mut taken = Vec::new();
        while taken.len() < count && !rest.is_empty() {
            taken.push(rest.swap_remove(self.below(rest.len())));
        }
        taken
    }

    /// One of these things, chosen with a probability in proportion to its weight.
    pub(crate) fn weighted<T: Copy>(&mut self, choices: &[(usize, T)]) -> T {
        let total = choices.iter().map(|(weight, _)| weight).sum();
        let mut left = self.below(total);
        for (weight, choice) in choices {
            if left < *weight {
                return *choice;
            }
            left -= weight;
        }
        unreachable!("it is below the sum")
    }

    /// A time from `least` to `most`: mostly a multiple of Δ/4, so that times coincide, and sometimes any time.
    pub(crate) fn time(&mut self, least: Time, most: Time) -> Time {
        let quarter = Time::DELTA.0 / 4;
        let ticks = if self.percent(70) {
            let (first, last) = (least.0.div_ceil(quarter), most.0 / quarter);
            if first > last { least.0 } else { (first + self.next() % (last - first + 1)) * quarter }
        } else {
            least.0 + self.next() % (most.0 - least.0 + 1)
        };
        Time(ticks)
    }

    /// Any number of 64 bits.
    pub(crate) fn number(&mut self) -> u64 {
        self.next()
    }
}
