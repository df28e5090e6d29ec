//! Splits the page's WebAssembly into parts: the code that shows any run, and the code that is fetched later.
//!
//! It works on the output of wasm-bindgen and wasm-opt, so nothing is compiled twice and all parts share one memory and
//! one table. The tables below decide which functions move. The page works whatever they say: when a function is called
//! before its part has come, the page fetches that part at once, which is only slower. `static/rest.js` is the other half
//! of this file.

mod border;
mod data;
mod glue;
mod linked;
mod module;
mod parts;
pub(crate) mod record;
mod texts;

use std::fmt::Write;
use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};

use crate::{Outcome, machine, paths};
use module::Module;
use parts::{Known, Parts};

/// The exported function that fetches a later part when a function of it is called too early; see `src/ui/rest.rs`.
const LOADER: &str = "need_part";

/// A function with fewer bytes of code than this stays, because its stub would be as large.
const WORTH_MOVING: usize = 48;

/// The later parts in the order in which they are fetched: a part never comes before those ahead of it. `index.html` uses
/// these names; `static/rest.js` and `src/ui/rest.rs` have the same list.
const LATER: [&str; 2] = ["rest", "tools"];

/// Splits the built page in `dist`: it writes all parts under names made from their content, and puts these names into
/// index.html. `linked` is the page as the linker left it. `list` gets a line for each function: its number in the first
/// part, its bytes, the place of its code, and its name. With `to_record` the page is in one piece; it notes which of its
/// functions run, and waits in vain for the later parts.
pub(crate) fn page(root: &Path, dist: &Path, linked: &Path, list: &Path, to_record: bool) -> Outcome {
    // The worker has a program of its own, and no visitor waits for it.
    let is_worker =
        |path: &PathBuf| path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with("worker"));
    let is_wasm = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "wasm") && !is_worker(path);
    let [whole] = &machine::entries(dist).into_iter().filter(is_wasm).collect::<Vec<_>>()[..] else {
        return Err("dist/ should contain one .wasm file of the page before it is split.".to_owned());
    };
    let index = dist.join("index.html");
    let read = |path: &Path| fs::read(path).map_err(|error| format!("{} cannot be read: {error}.", path.display()));
    let text = String::from_utf8(read(&index)?).map_err(|error| format!("index.html cannot be read: {error}."))?;
    let old = whole.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let (head, body) =
        text.split_once("</head>").ok_or("index.html has no </head>, so the rest cannot be named there.")?;
    if !head.contains(old) {
        return Err(format!("index.html does not name {old}."));
    }
    let is_script = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "js") && !is_worker(path);
    let is_named = |path: &PathBuf| path.file_name().is_some_and(|name| head.contains(&*name.to_string_lossy()));
    let [script] = &machine::entries(dist).into_iter().filter(is_script).filter(is_named).collect::<Vec<_>>()[..]
    else {
        return Err("dist/ should contain one script that index.html names before it is split.".to_owned());
    };
    let texts = if to_record { Vec::new() } else { texts::strings(root)? };
    let known = Known { linked: linked::read(&read(linked)?)?, texts, to_record };
    let glue = String::from_utf8_lossy(&read(script)?).into_owned();
    let (parts, glue, listed) = split(&read(whole)?, &glue, &known)?;
    paths::write_file(script, &glue)?;
    paths::write_file(list, &listed)?;
    let name = old.rsplit_once('-').map_or("page", |(name, _)| name);
    let first = format!("{name}-{}_bg.wasm", hash(&parts.first));
    write(&dist.join(&first), &parts.first)?;
    let mut metas = String::new();
    for (place, name) in LATER.iter().enumerate() {
        // While the page is recorded, the later parts must not come: their file does not exist.
        let part = parts.later.get(place).map_or(&[][..], Vec::as_slice);
        let file = format!("{name}-{}.wasm", hash(part));
        if !part.is_empty() {
            write(&dist.join(&file), part)?;
        }
        metas.push_str(&format!("<meta name={name} content=./{file}>"));
    }
    if let Some((start, length)) = parts.notes {
        metas.push_str(&format!("<meta name=recorded content=\"{start} {length}\">"));
    }
    let head = head.replace(old, &first);
    paths::write_file(&index, &format!("{head}{metas}</head>{body}"))?;
    fs::remove_file(whole).map_err(|error| format!("{} cannot be removed: {error}.", whole.display()))?;
    println!("The page is split; {} says which function is where.", list.display());
    Ok(())
}

/// The later part to which a file of the page belongs, if it belongs to one: 1 for the part that comes right after the
/// first picture, 2 for the part that is fetched when a visitor asks for it.
pub(crate) fn later_part(file: &Path) -> Option<usize> {
    let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let is_its = |part: &&str| name.strip_prefix(*part).is_some_and(|rest| rest.starts_with('-'));
    LATER.iter().position(is_its).filter(|_| !name.ends_with(".js")).map(|place| place + 1)
}

fn write(file: &Path, bytes: &[u8]) -> Outcome {
    fs::write(file, bytes).map_err(|error| format!("{} cannot be written: {error}.", file.display()))
}

/// A name for a content. It need not resist an attack: it keeps a browser from mixing parts of two versions.
fn hash(bytes: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    format!("{:016x}", hasher.finish())
}

/// Splits a module whose functions have names. It also returns the script that goes with the first part, and a list of
/// functions.
fn split(bytes: &[u8], script: &str, known: &Known) -> Outcome<(Parts, String, String)> {
    let module = Module::read(bytes)?;
    if module.names.iter().all(String::is_empty) {
        return Err(
            "The page's functions have no names, so it is unknown which to move; wasm-opt must keep them (-g)."
                .to_owned(),
        );
    }
    let places = match known.texts.len() {
        0 => vec![0; module.functions.len()],
        later => placed(&module, later, border::part, |name| part_of(name) > 0),
    };
    let (script, imports) = glue::shorten(&module, script);
    let parts = parts::write(&module, &places, LOADER, known, &imports)?;
    let mut list = String::new();
    for (((function, name), part), place) in (0..).zip(&module.names).zip(&places).zip(&parts.places) {
        let bytes = module.body(function).map_or(0, |body| body.as_bytes().len());
        let place = place.map_or("-".to_owned(), |place| place.to_string());
        let part = part.checked_sub(1).map_or("first", |later| LATER[later]);
        writeln!(list, "{place}\t{bytes}\t{part}\t{name}").map_err(|error| error.to_string())?;
    }
    Ok((parts, script, list))
}

/// The part to which the tables and the recording move the function of this name; 0 for the first part.
fn part_of(name: &str) -> usize {
    match border::part(name) {
        0 if record::is_cold(name) && !border::stays(name) => 1,
        part => part,
    }
}

/// The part of each function: where the tables leave it, and the rest for a function that moves of those that they leave in the
/// first part. So what only a tool calls stays with the tool, although the opening page did not run it either.
fn placed(
    module: &Module<'_>,
    later: usize,
    tables: impl Fn(&str) -> usize,
    moves: impl Fn(&str) -> bool,
) -> Vec<usize> {
    let named = |function: u32| module.names[function as usize].as_str();
    let left = assigned(module, later, |function| tables(named(function)));
    assigned(module, later, |function| match tables(named(function)) {
        0 if left[function as usize] == 0 => usize::from(moves(named(function))),
        part => part,
    })
}

/// The part of each function: the part to which `chosen` moves it, and otherwise the earliest part that reaches it
/// without going through functions that move elsewhere. `later` is the number of later parts.
fn assigned(module: &Module<'_>, later: usize, chosen: impl Fn(u32) -> usize) -> Vec<usize> {
    let is_import = |function: u32| function < module.imported() as u32;
    let moves = |function: u32| {
        let body = module.body(function).map_or(0, |body| body.as_bytes().len());
        let stays = body < WORTH_MOVING || module.bound.contains(&function);
        if stays { 0 } else { chosen(function) }
    };
    let chosen: Vec<usize> = (0..).take(module.functions.len()).map(moves).collect();
    let exported = module.exports.iter().filter(|export| export.kind == wasmparser::ExternalKind::Func);
    let mut roots: Vec<u32> = exported.map(|export| export.index).chain(module.bound.iter().copied()).collect();
    roots.extend(module.table().into_iter().flat_map(|(_, places)| places).map(|(_, function)| function));
    roots.extend(module.start);
    let mut parts: Vec<Option<usize>> =
        (0..).take(chosen.len()).map(|function| is_import(function).then_some(0)).collect();
    for part in 0..=later {
        let its = |function: &u32| chosen[*function as usize] == part;
        let mut open: Vec<u32> = (0..).take(chosen.len()).filter(|function| part > 0 && its(function)).collect();
        if part == 0 {
            open.extend(roots.iter().copied().filter(its));
        }
        while let Some(function) = open.pop() {
            if parts[function as usize].is_none() {
                parts[function as usize] = Some(part);
                let callees = module.calls[function as usize].iter();
                open.extend(callees.filter(|callee| [0, part].contains(&chosen[**callee as usize])));
            }
        }
    }
    // A function that nothing reaches any more goes to the part for which no visitor waits.
    parts.into_iter().map(|part| part.unwrap_or(later)).collect()
}

#[cfg(test)]
mod tests;
