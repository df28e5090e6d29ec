//! The recording finds functions that the tables leave in the first part although no run needs them as it opens: generic
//! code of libraries, code for errors, drops of values that live as long as the page, and similar functions. They are too
//! many to name by hand.
//!
//! `cargo xtask record` builds a page in which every function begins by noting that it runs, opens this page in a
//! browser, and writes the names of the functions that did not run into `cold.txt`. The splitter moves the functions with
//! these names. A name that no longer exists, or that another compiler spells differently, only makes the first part
//! larger.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use wasm_encoder::reencode::{self, Reencode};
use wasm_encoder::{Function, MemArg, MemArgTarget, MemoryType};
use wasmparser::FunctionBody;

use super::{WORTH_MOVING, border};
use crate::{Outcome, paths};

/// The names of the functions that move although no table names them, in order.
const COLD: &str = include_str!("cold.txt");

/// The size of a page of WebAssembly's memory, in bytes.
const PAGE: u64 = 65536;

/// Whether the opening page did not run the function of this name when it was last recorded.
pub(super) fn is_cold(name: &str) -> bool {
    COLD.lines().collect::<Vec<_>>().binary_search(&name).is_ok()
}

/// Whether this is a copy of a function, by its name: they have numbers, which are others in the next build.
fn is_copy(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, number)| number.parse::<usize>().is_ok())
}

/// The memory with room for a note for each function, and the address of the first note.
pub(super) fn with_notes(memory: MemoryType) -> (MemoryType, u64) {
    (MemoryType { minimum: memory.minimum + 1, ..memory }, memory.minimum * PAGE)
}

/// The function with code at its beginning that notes at this address that it runs.
pub(super) fn noting<R: Reencode<Error = String>>(
    encoder: &mut R,
    body: &FunctionBody<'_>,
    address: u64,
) -> Result<Function, reencode::Error<String>> {
    let mut function = encoder.new_function_with_parsed_locals(body)?;
    let place = i32::try_from(address).unwrap_or_default();
    let byte = MemArg { offset: 0, align: 0, target: MemArgTarget::Memory(0), ordering: None };
    function.instructions().i32_const(place).i32_const(1).i32_store8(byte);
    let mut reader = body.get_operators_reader()?;
    while !reader.eof() {
        function.instruction(&encoder.parse_instruction(&mut reader)?);
    }
    Ok(function)
}

/// Writes the table of the functions that did not run: `list` is the splitter's list, and `ran` has the numbers of the
/// functions that ran. It also prints the functions that ran although the tables move them.
pub(crate) fn conclude(root: &Path, list: &Path, ran: &Path) -> Outcome {
    let read =
        |file: &Path| fs::read_to_string(file).map_err(|error| format!("{} cannot be read: {error}.", file.display()));
    let (list, ran) = (read(list)?, read(ran)?);
    let (cold, early) = sorted(&list, &ran);
    let file = root.join("xtask/src/split/cold.txt");
    paths::write_file(&file, &cold.iter().map(|name| format!("{name}\n")).collect::<String>())?;
    println!("{} functions did not run; they are in {}. Build the page again.", cold.len(), file.display());
    if !early.is_empty() {
        println!("These ran although xtask/src/split/border.rs moves them; name them in OPENS:");
        early.iter().for_each(|name| println!("  {name}"));
    }
    Ok(())
}

/// Two sets of names. The first has the functions that are worth moving: no table moves or keeps them, they did not run,
/// no function that ran has the same name, and the next build has one of this name. The second has the functions that ran although a table moves them.
fn sorted<'l>(list: &'l str, ran: &str) -> (BTreeSet<&'l str>, BTreeSet<&'l str>) {
    let ran: BTreeSet<usize> = ran.lines().filter_map(|number| number.parse().ok()).collect();
    let functions = list.lines().enumerate().filter_map(|(number, line)| {
        let mut words = line.splitn(4, '\t').skip(1);
        let (bytes, _, name) = (words.next()?.parse::<usize>().ok()?, words.next()?, words.next()?);
        (bytes >= WORTH_MOVING).then_some((name, ran.contains(&number)))
    });
    let functions: Vec<(&str, bool)> = functions.collect();
    let warm: BTreeSet<&str> = functions.iter().filter(|(_, ran)| *ran).map(|(name, _)| *name).collect();
    let stays = |name: &str| border::part(name) > 0 || border::stays(name) || is_copy(name);
    let is_cold = |name: &&str| !stays(name) && !warm.contains(name);
    let cold = functions.iter().map(|(name, _)| *name).filter(is_cold);
    (cold.collect(), warm.iter().copied().filter(|name| border::part(name) > 0).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_did_not_run_is_cold() {
        let list = "0\t0\tfirst\timported\n1\t50\tfirst\tran\n2\t90\tfirst\tcold one\n3\t90\tfirst\tp::ui::why::why\n\
                    4\t20\tfirst\tsmall\n5\t90\tfirst\tran\n6\t90\tfirst\tp::ui::keys::keyboard\n\
                    7\t90\tfirst\tString::write_char.6\n";
        let (cold, early) = sorted(list, "1\n6\n");
        assert_eq!(cold.into_iter().collect::<Vec<_>>(), ["cold one"]);
        assert_eq!(early.into_iter().collect::<Vec<_>>(), ["p::ui::keys::keyboard"]);
    }

    #[test]
    fn the_table_is_in_order() {
        assert!(COLD.lines().is_sorted() && !COLD.lines().any(is_copy));
        assert!(COLD.lines().next().is_none_or(is_cold) && !is_cold("nothing of this name"));
    }
}
