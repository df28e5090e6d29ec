//! Reading zlib streams (RFC 1950, RFC 1951): the contents of links, and the output of every language's own zlib.
//!
//! The output never exceeds the given limit, and the work is in proportion to the length of the input and the output.

/// Why a stream cannot be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Fault {
    /// The stream ends too early.
    Cut,
    /// The bytes are no such stream, or the checksum is not that of the output.
    Damaged,
    /// The stream was compressed against a text that is not known here.
    Dictionary,
    /// The output would be longer than allowed.
    TooLong,
}

/// For each length symbol from 257 on, the least length and the number of bits that follow (RFC 1951 §3.2.5).
pub(super) const LENGTHS: [(u16, u8); 29] = {
    let mut table = [(0, 0); 29];
    let (mut place, mut base) = (0, 3);
    while place < 28 {
        let extra = if place < 8 { 0 } else { place as u8 / 4 - 1 };
        table[place] = (base, extra);
        base += 1 << extra;
        place += 1;
    }
    table[28] = (258, 0);
    table
};

/// For each distance symbol, the least distance and the number of bits that follow.
pub(super) const DISTANCES: [(u16, u8); 30] = {
    let mut table = [(0, 0); 30];
    let (mut place, mut base) = (0, 1);
    while place < 30 {
        let extra = if place < 4 { 0 } else { place as u8 / 2 - 1 };
        table[place] = (base, extra);
        base += 1 << extra;
        place += 1;
    }
    table
};

/// The order of the lengths in the code of codes (RFC 1951 §3.2.7).
const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/// The checksum of RFC 1950.
pub(super) const fn adler(bytes: &[u8]) -> u32 {
    const MODULUS: u32 = 65_521;
    // The largest number of bytes that can be added up before a sum overflows.
    const AT_ONCE: usize = 5552;
    let (mut one, mut two, mut place) = (1, 0, 0);
    while place < bytes.len() {
        one += bytes[place] as u32;
        two += one;
        place += 1;
        if place % AT_ONCE == 0 {
            (one, two) = (one % MODULUS, two % MODULUS);
        }
    }
    (two % MODULUS) << 16 | (one % MODULUS)
}

/// A text that stands before the compressed one, so that the stream need not repeat what the dictionary says.
pub(super) struct Dictionary {
    pub(super) text: &'static [u8],
    /// The checksum of the text, by which streams name it.
    pub(super) sum: u32,
}

impl Dictionary {
    pub(super) const fn new(text: &'static [u8]) -> Self {
        Self { text, sum: adler(text) }
    }
}

/// Decompresses a stream, if the output has at most `most` bytes.
pub(super) fn inflate(dictionary: &Dictionary, stream: &[u8], most: usize) -> Result<Vec<u8>, Fault> {
    let mut reader = Reader { bytes: stream, place: 0, bits: 0, held: 0 };
    let (method, flags) = (reader.bits(8)?, reader.bits(8)?);
    if method & 15 != 8 || method >> 4 > 7 || (method << 8 | flags) % 31 != 0 {
        return Err(Fault::Damaged);
    }
    let mut out = Vec::new();
    if flags & 32 != 0 {
        if reader.checksum()? != dictionary.sum {
            return Err(Fault::Dictionary);
        }
        out.extend_from_slice(dictionary.text);
    }
    let begin = out.len();
    let most = begin + most;
    loop {
        let is_last = reader.bits(1)? == 1;
        match reader.bits(2)? {
            0 => reader.stored(&mut out, most)?,
            1 => {
                let lengths: Vec<u8> = (0..288).map(fixed_length).collect();
                reader.compressed(&mut out, most, &Code::new(&lengths)?, &Code::new(&[5; 30])?)?;
            }
            2 => {
                let (letters, distances) = reader.codes()?;
                reader.compressed(&mut out, most, &letters, &distances)?;
            }
            _ => return Err(Fault::Damaged),
        }
        if is_last {
            break;
        }
    }
    out.drain(..begin);
    if reader.checksum()? != adler(&out) || reader.place < stream.len() {
        return Err(Fault::Damaged);
    }
    Ok(out)
}

/// The length of a symbol in the fixed code, which needs no table (RFC 1951 §3.2.6).
pub(super) fn fixed_length(symbol: u16) -> u8 {
    match symbol {
        0..144 | 280.. => 8,
        144..256 => 9,
        256..280 => 7,
    }
}

/// A canonical Huffman code: the number of symbols of each length, and the symbols in order.
struct Code {
    counts: [u16; 16],
    symbols: Vec<u16>,
}

impl Code {
    /// Makes the code from the length of each symbol; 0 for a symbol that does not occur.
    fn new(lengths: &[u8]) -> Result<Self, Fault> {
        let mut counts = [0; 16];
        for length in lengths {
            counts[usize::from(*length)] += 1;
        }
        counts[0] = 0;
        let mut left = 1_i32;
        for count in &counts[1..] {
            left = 2 * left - i32::from(*count);
            if left < 0 {
                return Err(Fault::Damaged);
            }
        }
        // The place of the next symbol of each length.
        let mut places = [0_usize; 16];
        for length in 1..15 {
            places[length + 1] = places[length] + usize::from(counts[length]);
        }
        let mut symbols = vec![0; lengths.len()];
        for (length, symbol) in lengths.iter().zip(0_u16..).filter(|(length, _)| **length > 0) {
            let place = &mut places[usize::from(*length)];
            symbols[*place] = symbol;
            *place += 1;
        }
        Ok(Self { counts, symbols })
    }
}

/// Reads bits, the lowest bit of each byte first.
struct Reader<'a> {
    bytes: &'a [u8],
    place: usize,
    bits: u32,
    held: u32,
}

impl Reader<'_> {
    fn byte(&mut self) -> Result<u8, Fault> {
        let byte = *self.bytes.get(self.place).ok_or(Fault::Cut)?;
        self.place += 1;
        Ok(byte)
    }

    /// Reads at most 16 bits.
    fn bits(&mut self, count: u32) -> Result<u32, Fault> {
        while self.held < count {
            self.bits |= u32::from(self.byte()?) << self.held;
            self.held += 8;
        }
        let value = self.bits & ((1 << count) - 1);
        self.bits >>= count;
        self.held -= count;
        Ok(value)
    }

    /// Reads four bytes, from the beginning of a byte on. The reader never holds more than one byte.
    fn checksum(&mut self) -> Result<u32, Fault> {
        (self.bits, self.held) = (0, 0);
        let mut value = 0;
        for _ in 0..4 {
            value = value << 8 | u32::from(self.byte()?);
        }
        Ok(value)
    }

    fn symbol(&mut self, code: &Code) -> Result<usize, Fault> {
        let (mut value, mut first, mut place) = (0_i32, 0_i32, 0_i32);
        for count in &code.counts[1..] {
            value |= self.bits(1)? as i32;
            let count = i32::from(*count);
            if value - first < count {
                return Ok(usize::from(code.symbols[(place + value - first) as usize]));
            }
            place += count;
            first = (first + count) << 1;
            value <<= 1;
        }
        Err(Fault::Damaged)
    }

    fn stored(&mut self, out: &mut Vec<u8>, most: usize) -> Result<(), Fault> {
        (self.bits, self.held) = (0, 0);
        let (length, inverse) = (self.bits(16)?, self.bits(16)?);
        if length != !inverse & 0xffff {
            return Err(Fault::Damaged);
        }
        let length = length as usize;
        let bytes = self.bytes.get(self.place..self.place + length).ok_or(Fault::Cut)?;
        if out.len() + length > most {
            return Err(Fault::TooLong);
        }
        out.extend_from_slice(bytes);
        self.place += length;
        Ok(())
    }

    fn compressed(&mut self, out: &mut Vec<u8>, most: usize, letters: &Code, distances: &Code) -> Result<(), Fault> {
        loop {
            let symbol = self.symbol(letters)?;
            let length = match symbol {
                256 => return Ok(()),
                257.. => {
                    let (least, extra) = *LENGTHS.get(symbol - 257).ok_or(Fault::Damaged)?;
                    usize::from(least) + self.bits(u32::from(extra))? as usize
                }
                _ => 1,
            };
            if out.len() + length > most {
                return Err(Fault::TooLong);
            }
            if symbol < 256 {
                out.push(symbol as u8);
                continue;
            }
            let symbol = self.symbol(distances)?;
            let (least, extra) = *DISTANCES.get(symbol).ok_or(Fault::Damaged)?;
            let distance = usize::from(least) + self.bits(u32::from(extra))? as usize;
            let from = out.len().checked_sub(distance).ok_or(Fault::Damaged)?;
            // A copy may run into the bytes that it has just written.
            for place in from..from + length {
                out.push(out[place]);
            }
        }
    }

    /// The two codes that a block brings along (RFC 1951 §3.2.7).
    fn codes(&mut self) -> Result<(Code, Code), Fault> {
        let letters = self.bits(5)? as usize + 257;
        let all = letters + self.bits(5)? as usize + 1;
        let given = self.bits(4)? as usize + 4;
        let mut lengths = [0; 19];
        for place in &ORDER[..given] {
            lengths[*place] = self.bits(3)? as u8;
        }
        let code = Code::new(&lengths)?;
        let mut lengths: Vec<u8> = Vec::with_capacity(all);
        while lengths.len() < all {
            let symbol = self.symbol(&code)?;
            let (value, times) = match symbol {
                16 => (*lengths.last().ok_or(Fault::Damaged)?, 3 + self.bits(2)?),
                17 => (0, 3 + self.bits(3)?),
                18 => (0, 11 + self.bits(7)?),
                length => (length as u8, 1),
            };
            lengths.resize(lengths.len() + times as usize, value);
        }
        // A block whose code has no symbol for the end would never end.
        if lengths.len() > all || lengths[256] == 0 {
            return Err(Fault::Damaged);
        }
        Ok((Code::new(&lengths[..letters])?, Code::new(&lengths[letters..])?))
    }
}
