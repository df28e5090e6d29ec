//! Writing zlib streams: chains of hashes find matches, and one block uses the fixed code, which needs no table.
//!
//! Scripts are short, so a table of their own would cost more than it saves. The output can never change within a version
//! of the links: two people who share the same run should share the same link. A test holds the code to that.

use super::inflate::{DISTANCES, Dictionary, LENGTHS, adler, fixed_length};

/// The shortest match, the longest match, and the largest distance back to a match.
const LEAST: usize = 3;
const MOST: usize = 258;
const WINDOW: usize = 32 * 1024;

/// How many places are looked at for a match.
const LOOKS: usize = 32;

const HASHES: usize = 1 << 12;

/// A stream that a reader with the same dictionary turns back into `text`.
pub(super) fn deflate(dictionary: &Dictionary, text: &[u8]) -> Vec<u8> {
    // The header: a window of 32 kB, the best compression, and a dictionary.
    let mut writer = Writer { out: vec![0x78, 0xf9], bits: 0, held: 0 };
    writer.out.extend(dictionary.sum.to_be_bytes());
    writer.put(0b011, 3);
    let all = [dictionary.text, text].concat();
    let mut chains = Chains { bytes: &all, heads: vec![usize::MAX; HASHES], before: Vec::with_capacity(all.len()) };
    let mut place = dictionary.text.len();
    chains.learn(place);
    while place < all.len() {
        let found = chains.find(place);
        chains.learn(place + 1);
        // A match that begins a byte later may be longer.
        let is_better = |later: (usize, usize)| found.is_some_and(|(length, _)| later.0 > length);
        match found.filter(|_| !chains.find(place + 1).is_some_and(is_better)) {
            Some((length, distance)) => {
                writer.copy(length, distance);
                place += length;
                chains.learn(place);
            }
            None => {
                writer.symbol(u16::from(all[place]));
                place += 1;
            }
        }
    }
    writer.symbol(256);
    writer.put(0, 7);
    writer.out.extend(adler(text).to_be_bytes());
    writer.out
}

/// The places where the same three bytes stood before.
struct Chains<'a> {
    bytes: &'a [u8],
    heads: Vec<usize>,
    before: Vec<usize>,
}

impl Chains<'_> {
    fn hash(&self, place: usize) -> Option<usize> {
        let bytes = self.bytes.get(place..place + LEAST)?;
        let key = usize::from(bytes[0]) << 16 | usize::from(bytes[1]) << 8 | usize::from(bytes[2]);
        Some((key ^ key >> 7 ^ key >> 13) % HASHES)
    }

    /// Notes the places before `end`.
    fn learn(&mut self, end: usize) {
        for place in self.before.len()..end.min(self.bytes.len()) {
            let head = self.hash(place).map(|hash| std::mem::replace(&mut self.heads[hash], place));
            self.before.push(head.unwrap_or(usize::MAX));
        }
    }

    /// The longest match at `place` among the noted places: its length, and its distance.
    fn find(&self, place: usize) -> Option<(usize, usize)> {
        let mut from = self.heads[self.hash(place)?];
        let most = MOST.min(self.bytes.len() - place);
        let mut best = (LEAST - 1, 0);
        for _ in 0..LOOKS {
            if from == usize::MAX || place - from > WINDOW {
                break;
            }
            let same = (0..most).take_while(|offset| self.bytes[from + offset] == self.bytes[place + offset]).count();
            if same > best.0 {
                best = (same, place - from);
            }
            from = self.before[from];
        }
        (best.0 >= LEAST).then_some(best)
    }
}

/// Writes bits, the lowest bit of each byte first.
struct Writer {
    out: Vec<u8>,
    bits: u32,
    held: u32,
}

impl Writer {
    fn put(&mut self, value: u32, count: u32) {
        self.bits |= value << self.held;
        self.held += count;
        while self.held >= 8 {
            self.out.push(self.bits as u8);
            self.bits >>= 8;
            self.held -= 8;
        }
    }

    /// Writes a code, the highest bit first.
    fn code(&mut self, code: u32, count: u32) {
        self.put(code.reverse_bits() >> (32 - count), count);
    }

    fn symbol(&mut self, symbol: u16) {
        let code = match symbol {
            0..144 => 0x30 + symbol,
            144..256 => 0x190 + symbol - 144,
            256..280 => symbol - 256,
            280.. => 0xc0 + symbol - 280,
        };
        self.code(u32::from(code), u32::from(fixed_length(symbol)));
    }

    fn copy(&mut self, length: usize, distance: usize) {
        let place = last_at_most(&LENGTHS, length);
        self.symbol(257 + place as u16);
        self.put((length - usize::from(LENGTHS[place].0)) as u32, u32::from(LENGTHS[place].1));
        let place = last_at_most(&DISTANCES, distance);
        self.code(place as u32, 5);
        self.put((distance - usize::from(DISTANCES[place].0)) as u32, u32::from(DISTANCES[place].1));
    }
}

/// The last row whose least value is at most `value`.
fn last_at_most(table: &[(u16, u8)], value: usize) -> usize {
    table.iter().rposition(|(least, _)| usize::from(*least) <= value).unwrap_or(0)
}
