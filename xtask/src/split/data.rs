//! Constants that only the rest refers to move with it. The first part has zeros in their place, which weigh nothing once they
//! are compressed, and the rest writes them there as it is instantiated.
//!
//! Who refers to what is read off the code: a number that lies between the addresses of a constant is taken for its address,
//! whatever it may be. So is every word of a constant that stays. So too much may stay, and nothing moves that is needed.
//!
//! Two things move although the first part refers to them: where in the sources a panic comes from, which is only shown when
//! something is broken; and `texts`, which its code can reach but never reads.

use std::ops::Range;

use super::map::Symbol;
use super::module::Module;

/// A compiler may compute an address inside a constant from one a little before it. In bytes.
const BEFORE: u32 = 16;

/// Constants that move are written in one piece with what stands between them, if it is less than this. In bytes.
const GAP: usize = 8;

/// The bytes of a memory that its segments fill, with gaps as zeros.
struct Memory {
    start: u32,
    bytes: Vec<u8>,
}

impl Memory {
    fn of(segments: &[(u32, u32, &[u8])]) -> Self {
        let start = segments.iter().map(|(_, place, _)| *place).min().unwrap_or_default();
        let end = segments.iter().map(|(_, place, data)| *place as usize + data.len()).max().unwrap_or_default();
        let mut bytes = vec![0; end - start as usize];
        for (_, place, data) in segments {
            bytes[(place - start) as usize..][..data.len()].copy_from_slice(data);
        }
        Self { start, bytes }
    }

    fn at(&self, place: Range<u32>) -> &[u8] {
        let index = |address: u32| (address.saturating_sub(self.start) as usize).min(self.bytes.len());
        &self.bytes[index(place.start)..index(place.end)]
    }

    fn word(&self, address: u32) -> Option<u32> {
        let bytes = self.at(address..address.checked_add(4)?);
        bytes.try_into().ok().map(u32::from_le_bytes)
    }
}

/// The addresses that the first part does not need, as ranges in order.
pub(super) fn late(
    module: &Module<'_>,
    moved: &[bool],
    symbols: &[Symbol],
    segments: &[(u32, u32, &[u8])],
) -> Vec<Range<u32>> {
    let memory = Memory::of(segments);
    let symbols = pieces(symbols, &memory);
    let is_location: Vec<bool> = symbols.iter().map(|symbol| is_location(symbol, &memory)).collect();
    let mut needed: Vec<bool> = symbols.iter().map(|symbol| !symbol.is_constant).collect();
    let mut open: Vec<usize> = (0..symbols.len()).filter(|symbol| needed[*symbol]).collect();
    let mut need = |address: u32, open: &mut Vec<usize>| {
        for symbol in at(&symbols, address) {
            if !is_location[symbol] && !std::mem::replace(&mut needed[symbol], true) {
                open.push(symbol);
            }
        }
    };
    for (numbers, _) in module.numbers.iter().zip(moved).filter(|(_, is_moved)| !**is_moved) {
        for number in numbers {
            need(*number, &mut open);
        }
    }
    while let Some(symbol) = open.pop() {
        let place = symbols[symbol].place.clone();
        for address in (place.start.next_multiple_of(4)..place.end).step_by(4) {
            if let Some(word) = memory.word(address) {
                need(word, &mut open);
            }
        }
    }
    symbols.into_iter().zip(needed).filter(|(_, needed)| !needed).map(|(symbol, _)| symbol.place).collect()
}

/// Texts one by one, and everything else as it is.
fn pieces(symbols: &[Symbol], memory: &Memory) -> Vec<Symbol> {
    let mut pieces = Vec::new();
    for symbol in symbols {
        if !symbol.are_texts {
            pieces.push(symbol.clone());
            continue;
        }
        let mut start = symbol.place.start;
        for text in memory.at(symbol.place.clone()).split_inclusive(|byte| *byte == 0) {
            let end = start + text.len() as u32;
            pieces.push(Symbol { place: start..end, ..*symbol });
            start = end;
        }
    }
    pieces
}

/// The symbols that an address can mean: the one that it lies in, and the next one if it is not the very beginning of the
/// first and the next begins soon.
fn at(symbols: &[Symbol], address: u32) -> impl Iterator<Item = usize> {
    let next = symbols.partition_point(|symbol| symbol.place.start <= address);
    let here = next.checked_sub(1).filter(|symbol| address < symbols[*symbol].place.end);
    let is_beginning = here.is_some_and(|symbol| symbols[symbol].place.start == address);
    let is_soon = |next: &usize| symbols.get(*next).is_some_and(|symbol| symbol.place.start - address <= BEFORE);
    here.into_iter().chain(Some(next).filter(|next| !is_beginning && is_soon(next)))
}

/// Whether this is where a panic comes from: the name of a source file, its length, a line and a column.
fn is_location(symbol: &Symbol, memory: &Memory) -> bool {
    let Range { start, end } = symbol.place;
    let (Some(name), Some(length)) = (memory.word(start), memory.word(start + 4)) else { return false };
    let is_name = |name: &[u8]| name.ends_with(b".rs") && name.is_ascii();
    symbol.is_constant && end - start == 16 && length < 1000 && is_name(memory.at(name..name.saturating_add(length)))
}

/// Pieces of the segments that hold these addresses, with small gaps between them closed: which segment, and where in it. What
/// is only read may be written once more as it is; a variable may not.
pub(super) fn pieces_of(
    segments: &[(u32, u32, &[u8])],
    late: &[Range<u32>],
    symbols: &[Symbol],
) -> Vec<(usize, Range<usize>)> {
    let is_variable = |address: u32| at(symbols, address).any(|symbol| !symbols[symbol].is_constant);
    let mut pieces: Vec<(usize, Range<usize>)> = Vec::new();
    for (number, (_, start, data)) in segments.iter().enumerate() {
        let is_late = within(*start, data.len(), late);
        let mut from = 0;
        while let Some(begin) = is_late[from..].iter().position(|late| *late).map(|place| from + place) {
            from = is_late[begin..].iter().position(|late| !late).map_or(data.len(), |place| begin + place);
            match pieces.last_mut() {
                Some((last, piece))
                    if *last == number
                        && begin - piece.end <= GAP
                        && !(piece.end..begin).any(|place| is_variable(start + place as u32)) =>
                {
                    piece.end = from;
                }
                _ => pieces.push((number, begin..from)),
            }
        }
    }
    pieces
}

/// Which of so many addresses from `start` on are in one of the ranges.
pub(super) fn within(start: u32, length: usize, ranges: &[Range<u32>]) -> Vec<bool> {
    let mut is_within = vec![false; length];
    for range in ranges {
        let index = |address: u32| (address.saturating_sub(start) as usize).min(length);
        is_within[index(range.start)..index(range.end)].fill(true);
    }
    is_within
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Constants at 100, 108 … of eight bytes each, a location at 140 with its name at 156, and a variable at 164.
    fn symbols() -> Vec<Symbol> {
        let symbol = |start: u32, size, is_constant, are_texts| {
            let place = start..start + size;
            Symbol { place, is_constant, are_texts }
        };
        let constants = (100..140).step_by(8).map(|start| symbol(start, 8, true, false));
        let others = [symbol(140, 16, true, false), symbol(156, 8, true, true), symbol(164, 4, false, false)];
        constants.chain(others).collect()
    }

    fn late_of(stays: &str) -> Vec<Range<u32>> {
        let text = format!(
            r#"(module (memory 1) (global i32 i32.const 0)
              (data (i32.const 100) "constant" "\7c\00\00\00ints" "constant" "constant" "constant"
                "\9c\00\00\00\04\00\00\00line_col" "a.rs\00bc\00" "\84\00\00\00")
              (func $stays {stays})
              (func $later i32.const 100 drop i32.const 116 drop))"#
        );
        let bytes = wat::parse_str(text).unwrap();
        let module = Module::read(&bytes).unwrap();
        late(&module, &[false, true], &symbols(), &module.segments().unwrap())
    }

    #[test]
    fn constants_move_that_only_the_rest_refers_to() {
        // The variable, which stays whoever refers to it, refers to 132.
        assert_eq!(late_of(""), [100..108, 108..116, 116..124, 124..132, 140..156, 156..161, 161..164]);
        assert_eq!(late_of("i32.const 100 drop")[0], 108..116, "it is needed at once");
        // 108 begins with the address 124.
        assert_eq!(late_of("i32.const 108 drop")[..3], [100..108, 116..124, 140..156]);
        assert_eq!(
            late_of("i32.const 4 i32.load offset=111 drop")[..2],
            [100..108, 140..156],
            "116 begins soon after 111"
        );
        assert_eq!(late_of("i64.const 0x7400000008 drop")[1], 108..116, "half of a number is 116");
        assert_eq!(late_of("i32.const 140 drop i32.const 161 drop").last(), Some(&(156..161)), "one of two texts");
        assert!(late_of("i32.const 140 drop").contains(&(140..156)), "only a panic looks at it");
    }

    #[test]
    fn small_gaps_are_closed_unless_a_variable_is_in_them() {
        let data = [b'x'; 68];
        let pieces = |late: &[Range<u32>]| pieces_of(&[(0, 100, &data)], late, &symbols());
        assert_eq!(pieces(&[100..104, 112..116, 125..126]), [(0, 0..16), (0, 25..26)]);
        assert_eq!(pieces(&[160..164, 168..169]), [(0, 60..64)], "nothing is behind the data");
        assert_eq!(pieces(&[160..164, 166..168]), [(0, 60..64), (0, 66..68)]);
    }
}
