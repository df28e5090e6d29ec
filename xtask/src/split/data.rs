//! Constants that only later parts refer to move with them, to the earliest part that refers to them, since a part never
//! comes before those ahead of it. The first part has zeros in their place, which take no space once they are compressed,
//! and the later part writes the constants there as it is instantiated.
//!
//! References are read off the code as wasm-opt left it: any number counts as a reference if the linked code named a
//! constant by it, or if it lies between the addresses of a constant. A constant stays if a constant that stays refers to
//! it. So too much may stay, but nothing that is needed moves.
//!
//! Two things move although the first part refers to them: the source locations of panics, which are only shown when
//! something is broken; and `texts`, which the first part's code can reach but never reads.

use std::ops::Range;

use super::linked::{Linked, Symbol};
use super::module::Module;

/// When at most this many bytes lie between constants that move, the constants are written in one piece with these bytes.
const GAP: usize = 8;

/// The bytes of a memory that its segments fill, with zeros in the gaps.
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

    /// The places of these addresses in the bytes.
    fn within(&self, place: &Range<u32>) -> Range<usize> {
        let index = |address: u32| (address.saturating_sub(self.start) as usize).min(self.bytes.len());
        index(place.start)..index(place.end)
    }

    fn at(&self, place: Range<u32>) -> &[u8] {
        &self.bytes[self.within(&place)]
    }

    fn word(&self, address: u32) -> Option<u32> {
        self.at(address..address.checked_add(4)?).try_into().ok().map(u32::from_le_bytes)
    }
}

/// The addresses that the first part does not need: for each of the later parts, the addresses that it writes, in order.
pub(super) fn late(
    module: &Module<'_>,
    parts: &[usize],
    later: usize,
    linked: &Linked,
    segments: &[(u32, u32, &[u8])],
) -> Vec<Vec<Range<u32>>> {
    let memory = Memory::of(segments);
    let symbols = &linked.symbols;
    // Symbols may overlap: a text can be the end of another.
    let mut covering = vec![Vec::new(); memory.bytes.len()];
    for (symbol, Symbol { place, .. }) in symbols.iter().enumerate() {
        covering[memory.within(place)].iter_mut().for_each(|symbols| symbols.push(symbol));
    }
    let meant = |number: u32| {
        let first = linked.numbers.partition_point(|(other, _)| *other < number);
        let exactly = linked.numbers[first..].iter().take_while(move |(other, _)| *other == number);
        let inside = number.checked_sub(memory.start).and_then(|place| covering.get(place as usize));
        exactly.map(|(_, symbol)| *symbol).chain(inside.into_iter().flatten().copied())
    };
    // The earliest part that needs each symbol. A symbol that no part refers to goes where the source locations of panics
    // go: not to the first part.
    let mut needs = vec![None; symbols.len()];
    for part in 0..=later {
        let its = module.numbers.iter().zip(parts).filter(|(_, its)| **its == part).flat_map(|(numbers, _)| numbers);
        let variables = (0..symbols.len()).filter(|symbol| part == 0 && !symbols[*symbol].is_constant);
        let mut open: Vec<usize> = its.flat_map(|number| meant(*number)).chain(variables).collect();
        while let Some(symbol) = open.pop() {
            if is_location(&symbols[symbol], &memory) || needs[symbol].is_some() {
                continue;
            }
            needs[symbol] = Some(part);
            let Range { start, end } = symbols[symbol].place;
            let first = linked.words.partition_point(|(address, _)| *address < start);
            let words = linked.words[first..].iter().take_while(|(address, _)| *address < end);
            open.extend(words.map(|(_, symbol)| *symbol));
        }
    }

    // When symbols overlap, the earliest part counts.
    let mut writers = vec![0; memory.bytes.len()];
    for part in (0..=later).rev() {
        for (symbol, _) in symbols.iter().zip(&needs).filter(|(_, needs)| needs.unwrap_or(1) == part) {
            writers[memory.within(&symbol.place)].fill(part);
        }
    }
    let of_part = |part| {
        let is_late: Vec<bool> = writers.iter().map(|writer| *writer == part).collect();
        let address = |place: usize| memory.start + place as u32;
        runs(&is_late).map(|run| address(run.start)..address(run.end)).collect()
    };
    (1..=later).map(of_part).collect()
}

/// Whether this is the source location of a panic: the name of a source file, its length, a line and a column.
fn is_location(symbol: &Symbol, memory: &Memory) -> bool {
    let Range { start, end } = symbol.place;
    let (Some(name), Some(length)) = (memory.word(start), memory.word(start + 4)) else { return false };
    let is_name = |name: &[u8]| name.ends_with(b".rs") && name.is_ascii();
    symbol.is_constant && end - start == 16 && length < 1000 && is_name(memory.at(name..name.saturating_add(length)))
}

/// The pieces of the segments that hold these addresses, with small gaps between them closed: the segment of each, and
/// its place there. A gap that is only read may be written once more as it is; a variable may not.
pub(super) fn pieces(
    segments: &[(u32, u32, &[u8])],
    late: &[Range<u32>],
    symbols: &[Symbol],
) -> Vec<(usize, Range<usize>)> {
    let variables: Vec<Range<u32>> =
        symbols.iter().filter(|symbol| !symbol.is_constant).map(|symbol| symbol.place.clone()).collect();
    let mut pieces: Vec<(usize, Range<usize>)> = Vec::new();
    for (number, (_, start, data)) in segments.iter().enumerate() {
        let is_variable = within(*start, data.len(), &variables);
        for run in runs(&within(*start, data.len(), late)) {
            match pieces.last_mut() {
                Some((last, piece))
                    if *last == number
                        && run.start - piece.end <= GAP
                        && !is_variable[piece.end..run.start].contains(&true) =>
                {
                    piece.end = run.end;
                }
                _ => pieces.push((number, run)),
            }
        }
    }
    pieces
}

/// For each of `length` addresses from `start` on, whether it is in one of the ranges.
pub(super) fn within(start: u32, length: usize, ranges: &[Range<u32>]) -> Vec<bool> {
    let mut is_within = vec![false; length];
    for range in ranges {
        let index = |address: u32| (address.saturating_sub(start) as usize).min(length);
        is_within[index(range.start)..index(range.end)].fill(true);
    }
    is_within
}

/// The ranges of places in a row where the answer is yes.
fn runs(answers: &[bool]) -> impl Iterator<Item = Range<usize>> {
    let mut next = 0;
    answers.chunk_by(|one, other| one == other).filter_map(move |run| {
        let start = next;
        next += run.len();
        run[0].then_some(start..next)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Constants at 100, 108 … of eight bytes each, a location at 140 with its name at 156, one text that is the end of
    /// another, and a variable at 168.
    fn linked() -> Linked {
        let symbol = |place, is_constant| Symbol { place, is_constant };
        let constants = (100..140).step_by(8).map(|start| symbol(start..start + 8, true));
        let others = [(140..156, true), (156..161, true), (161..168, true), (164..168, true), (168..172, false)];
        let symbols = constants.chain(others.map(|(place, is_constant)| symbol(place, is_constant))).collect();
        // The code refers to 116 by the number 80, and to the location by 140; 108 holds the address of 124, and the
        // variable holds that of 132.
        Linked { symbols, numbers: vec![(80, 2), (140, 5)], words: vec![(108, 3), (140, 6), (168, 4)] }
    }

    fn late_of(stays: &str) -> Vec<Range<u32>> {
        let text = format!(
            r#"(module (memory 1) (global i32 i32.const 0)
              (data (i32.const 100) "constant" "\7c\00\00\00ints" "constant" "constant" "constant"
                "\9c\00\00\00\04\00\00\00line_col" "a.rs\00" "abc-bc\00" "\84\00\00\00")
              (func $stays {stays})
              (func $later i32.const 100 drop i32.const 116 drop))"#
        );
        let bytes = wat::parse_str(text).unwrap();
        let module = Module::read(&bytes).unwrap();
        late(&module, &[0, 1], 1, &linked(), &module.segments().unwrap()).remove(0)
    }

    #[test]
    fn constants_move_that_only_the_rest_refers_to() {
        // The variable stays whatever refers to it, and so does 132, because the variable refers to it.
        assert_eq!(late_of(""), [100..132, 140..168]);
        assert_eq!(late_of("i32.const 100 drop")[0], 108..132, "it is needed at once");
        assert_eq!(late_of("i32.const 109 drop")[..2], [100..108, 116..124], "what 108 refers to stays with it");
        assert_eq!(late_of("i32.const 4 i32.load offset=80 drop")[..2], [100..116, 124..132], "80 means 116");
        assert_eq!(late_of("i64.const 0x7400000008 drop")[..2], [100..116, 124..132], "half of a number is 116");
        assert_eq!(late_of("i32.const 164 drop").last(), Some(&(140..161)), "a text and its end");
        assert_eq!(late_of("i32.const 140 drop"), late_of(""), "only a panic looks at it");
    }

    #[test]
    fn small_gaps_are_closed_unless_a_variable_is_in_them() {
        let data = [b'x'; 80];
        let pieces = |late: &[Range<u32>]| pieces(&[(0, 100, &data)], late, &linked().symbols);
        assert_eq!(pieces(&[100..104, 112..116, 125..126]), [(0, 0..16), (0, 25..26)]);
        assert_eq!(pieces(&[160..164, 166..168]), [(0, 60..68)]);
        assert_eq!(pieces(&[160..168, 172..180, 190..199]), [(0, 60..68), (0, 72..80)]);
    }
}
