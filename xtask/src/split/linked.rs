//! The program as the linker left it: the place of each constant and each variable, and the references to it.
//!
//! The linker writes its relocations when `build.rs` tells it to. wasm-bindgen and wasm-opt change the functions
//! afterwards, but no address, so what the linker says of the data still holds for their output.

use std::ops::Range;

use wasmparser::{
    DataKind, KnownCustom, Linking, Operator, Parser, Payload, RelocationEntry, RelocationType, SymbolInfo,
};

use crate::Outcome;

/// A constant or a variable.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Symbol {
    /// Its addresses.
    pub(super) place: Range<u32>,
    /// Whether the program can only read it.
    pub(super) is_constant: bool,
}

/// The data of a program.
#[derive(Default, Debug)]
pub(super) struct Linked {
    pub(super) symbols: Vec<Symbol>,
    /// The numbers by which the code refers to symbols, in order. Mostly the number is the symbol's address, but the code
    /// refers to a table whose first index is not zero by an address before the table.
    pub(super) numbers: Vec<(u32, usize)>,
    /// The places in the data that hold the address of a symbol, with that symbol, in order.
    pub(super) words: Vec<(u32, usize)>,
}

/// Reads the linker's output.
pub(super) fn read(bytes: &[u8]) -> Outcome<Linked> {
    let linked = read_all(bytes).map_err(|error| format!("What the linker made cannot be read: {error}."))?;
    if linked.symbols.is_empty() || linked.numbers.is_empty() || linked.words.is_empty() {
        return Err("The linker did not say what refers to what, so the page cannot be split: see build.rs.".to_owned());
    }
    Ok(linked)
}

/// A segment of data: its address, its place in the section, and its length.
struct Segment {
    address: u32,
    offset: u64,
    length: usize,
}

fn read_all(bytes: &[u8]) -> wasmparser::Result<Linked> {
    let (mut segments, mut names, mut symbols, mut relocations) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut section, mut data) = (0, None);
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload?;
        match &payload {
            Payload::DataSection(reader) => {
                data = Some(section);
                let start = reader.range().start;
                for segment in reader.clone() {
                    let segment = segment?;
                    let DataKind::Active { offset_expr, .. } = segment.kind else { continue };
                    let Operator::I32Const { value } = offset_expr.get_operators_reader().read()? else { continue };
                    let length = segment.data.len();
                    let offset = segment.range.end - start - length as u64;
                    segments.push(Segment { address: value.cast_unsigned(), offset, length });
                }
            }
            Payload::CustomSection(reader) => match reader.as_known() {
                KnownCustom::Linking(linking) => {
                    for part in linking {
                        match part? {
                            Linking::SegmentInfo(map) => {
                                for segment in map {
                                    names.push(segment?.name);
                                }
                            }
                            Linking::SymbolTable(map) => {
                                for symbol in map {
                                    symbols.push(symbol?);
                                }
                            }
                            _ => {}
                        }
                    }
                }
                KnownCustom::Reloc(reader) => {
                    for entry in reader.entries() {
                        relocations.push((reader.section_index(), entry?));
                    }
                }
                _ => {}
            },
            _ => {}
        }
        section += u32::from(payload.as_section().is_some());
    }

    let mut linked = Linked::default();
    // For each symbol of data, its number among our symbols.
    let mut ours = vec![None; symbols.len()];
    for (symbol, ours) in symbols.iter().zip(&mut ours) {
        let SymbolInfo::Data { symbol: Some(place), .. } = symbol else { continue };
        let (Some(segment), Some(name)) = (segments.get(place.index as usize), names.get(place.index as usize)) else {
            continue;
        };
        let start = segment.address + place.offset;
        *ours = Some(linked.symbols.len());
        linked.symbols.push(Symbol { place: start..start + place.size, is_constant: name.starts_with(".rodata") });
    }
    for (section, entry) in &relocations {
        let Some(symbol) = ours.get(entry.index as usize).copied().flatten().filter(|_| is_address(entry)) else {
            continue;
        };
        if Some(*section) == data {
            let offset = u64::from(entry.offset);
            let within =
                |segment: &&Segment| (segment.offset..segment.offset + segment.length as u64).contains(&offset);
            if let Some(segment) = segments.iter().find(within) {
                linked.words.push((segment.address + (offset - segment.offset) as u32, symbol));
            }
        } else {
            let address = i64::from(linked.symbols[symbol].place.start) + entry.addend;
            linked.numbers.push((address as u32, symbol));
        }
    }
    linked.words.sort_unstable();
    linked.numbers.sort_unstable();
    linked.numbers.dedup();
    Ok(linked)
}

/// Whether the entry is for an address in the one memory.
fn is_address(entry: &RelocationEntry) -> bool {
    use RelocationType::{MemoryAddrI32, MemoryAddrLeb, MemoryAddrSleb};
    matches!(entry.ty, MemoryAddrI32 | MemoryAddrLeb | MemoryAddrSleb)
}
