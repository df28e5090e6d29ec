//! The linker's map: where each constant and each variable of the program stands in memory.
//!
//! wasm-ld writes it when it is told to (`build.rs`). wasm-bindgen and wasm-opt change the functions afterwards, but no
//! address, so the map still holds for what they make.

use std::ops::Range;

use crate::Outcome;

/// A constant or a variable, or several that the linker does not tell apart.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Symbol {
    /// Its addresses.
    pub(super) place: Range<u32>,
    /// Whether the program can only read it.
    pub(super) is_constant: bool,
    /// Whether these are texts, each of which ends with a zero.
    pub(super) are_texts: bool,
}

/// The symbols of a map, in order of their addresses.
pub(super) fn read(map: &str) -> Outcome<Vec<Symbol>> {
    let mut symbols: Vec<Symbol> = map.lines().filter_map(symbol).collect();
    symbols.sort_by_key(|symbol| symbol.place.start);
    if symbols.windows(2).any(|pair| pair[0].place.end > pair[1].place.start) || symbols.is_empty() {
        return Err(
            "The linker's map of the page is not what it used to be: xtask/src/split/map.rs reads it.".to_owned()
        );
    }
    Ok(symbols)
}

/// A line is an address, a place in the file, a size, all hexadecimal, and what it is: here, `FILE:(SECTION)`.
fn symbol(line: &str) -> Option<Symbol> {
    let mut words = line.split_whitespace();
    let mut number = || u32::from_str_radix(words.next()?, 16).ok();
    let (start, _, size) = (number()?, number()?, number()?);
    let (_, section) = line.trim_end().strip_suffix(')')?.rsplit_once(":(")?;
    let is_constant = section.starts_with(".rodata");
    if size == 0 || !(is_constant || section.starts_with(".data")) {
        return None;
    }
    Some(Symbol { place: start..start + size, is_constant, are_texts: section == ".rodata" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_linkers_map_is_read() {
        let map = "    Addr      Off     Size Out     In      Symbol\n\
                   -       9a     3f12 IMPORT\n\
                   100000   10e511    19664 .rodata\n\
                   100000   10e51b        3         /a/page.o:(.rodata..Lanon.04ff.5)\n\
                   100000   10e51b        3                 .Lanon.04ff.5\n\
                   100003   10e51e     52e7         <internal>:(.rodata)\n\
                   119664   127b75       40         /a/page.o:(.data._RNv4CELL)\n\
                   1196d8        0       10         /a/page.o:(.bss._RNv4ZERO)\n";
        let symbol = |place, is_constant, are_texts| Symbol { place, is_constant, are_texts };
        assert_eq!(
            read(map),
            Ok(vec![
                symbol(0x10_0000..0x10_0003, true, false),
                symbol(0x10_0003..0x10_52ea, true, true),
                symbol(0x11_9664..0x11_96a4, false, false),
            ])
        );
        assert!(read("nothing").is_err());
    }
}
