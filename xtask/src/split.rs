//! Splits the page's WebAssembly in two: what opens the page on a running picture, and the rest, which comes right after.
//!
//! It works on what wasm-bindgen and wasm-opt have made, so nothing is compiled twice and both parts share one memory and
//! one table. Which functions move is decided by the table below; whether the page works does not depend on it: what is
//! called before it has come is fetched there and then, only slower. `static/rest.js` is the other half of this file.

mod module;
mod parts;

use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};

use crate::{Outcome, machine, paths};
use module::Module;
use parts::Parts;

/// What the page does not need to open. A function moves when its name contains one of these and none of `OPENS` below; so
/// does everything that only such functions call, whatever its name.
const REST: &[&str] = &[
    // What the panels and pages beside the timeline say and do.
    "::lesson::",
    "::ui::below",
    "::ui::beside",
    "::ui::chamber",
    "::ui::compare",
    "::ui::events",
    "::ui::gallery",
    "::ui::help",
    "::ui::keys",
    "::ui::lessons",
    "::ui::network",
    "::ui::panel",
    "::ui::popover",
    "::ui::script",
    "::ui::search",
    "::ui::tabs",
    "::ui::why",
    "::view::chamber",
    "::view::compare",
    "::view::difference",
    "::view::events",
    "::view::gallery",
    "::view::panels",
    "::view::search",
    "::view::why",
    "::view::words::translation",
    // What is read off a run, and other runs than the first.
    "::check::",
    "::latency::",
    "::report::",
    "::session::",
    "::protocol::broadcast",
    "::protocol::complete",
    "::protocol::multi",
    "::protocol::parliament",
    "::protocol::preliminary",
    "::replica::",
    "::scenario::text::suggestion",
    "::sim::run::first_difference",
    "::trace::text::",
    "::protocol::Message as core::cmp",
    "::protocol::Snapshot>::digest",
    "::scenario::resolve::Draft::groups",
    "::scenario::resolve::Draft::kind",
    "::scenario::resolve::Draft::link",
    "::scenario::resolve::wrong",

    "::scenario::script::Statement as core::clone",
    "::scenario::script::or_none",
    "::scenario::text::sentence",
    "::sim::World::crash",
    "::sim::run::Run::notes",
    // What answers a pointer or a key.
    "::ui::dom::Node::chosen::",
    "::ui::dom::Node::picked::",
    "::ui::dom::Node::typed::",
    "::ui::dom::value_of",
    "::ui::focus",
    "::ui::stage::Stage::print",
    "::ui::stage::listen",
    "::ui::stage::pointer",
    "::ui::stage::zoom_by",
    "::ui::state::Action as core::clone",
    "State>::follow",
    "::view::index::kinds::ranges",
    "::view::scene::Scene::hit",
    "::view::scene::density",
    "::view::scene::still::still",
    "::view::scene::tips",
    "::view::window::Window::zoomed",
    "yew::dom_bundle::subtree_root::SubtreeData::add_listener::{{closure}}",
    // What libraries have for other pages, for panics, and for texts that the first picture has not.
    "::num::flt2dec",
    "StrSearcher",
    "core::fmt::Debug",
    "escape_debug",
    "float_to_",
    "fmt::builders",
    "slice_error_fail",
    "yew::dom_bundle::bportal",
    "yew::dom_bundle::braw",
    "yew::dom_bundle::bsuspense",
];

/// What stays although the table above names it: it runs before the first picture.
const OPENS: &[&str] = &[
    "::check::Judge::new",
    "::check::beta::Beta::new",
    "::latency::Notebook::new",
    "::replica::Replica::open",
    "::session::Session as core::clone::Clone",
    "::session::Session::begin",
    "::session::Session::of",
    "::session::Session::end",
    "::session::Session::seek",
    "::session::Session::reach",
    "::session::Session::world",
    "::session::Version::new",
    "::session::played::Played::begin",
    "::session::played::Played::new",
    "::session::played::Played::note",
    "::session::played::Played::run_on",
    "::trace::text::describe_cell",
    "::ui::stage::listen::listen_all",
    "::view::panels::nodes",
];

/// The exported function that fetches the rest when a function of it is called too early; see `src/ui/rest.rs`.
const LOADER: &str = "need_rest";

/// A function with less code than this stays: its stub would be as large. In bytes.
const WORTH_MOVING: usize = 32;

/// What the name of the rest's file begins with.
const REST_FILE: &str = "rest-";

/// Splits the built page in `dist`: writes both parts under names made from their content, and names them in index.html.
pub(crate) fn page(dist: &Path) -> Outcome {
    let is_wasm = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "wasm");
    let [whole] = &machine::entries(dist).into_iter().filter(is_wasm).collect::<Vec<_>>()[..] else {
        return Err("dist/ should contain one .wasm file before the page is split.".to_owned());
    };
    let index = dist.join("index.html");
    let read = |path: &Path| fs::read(path).map_err(|error| format!("{} cannot be read: {error}.", path.display()));
    let text = String::from_utf8(read(&index)?).map_err(|error| format!("index.html cannot be read: {error}."))?;
    let old = whole.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let (head, body) = text.split_once("</head>").ok_or("index.html has no </head>, so the rest cannot be named there.")?;
    if !head.contains(old) {
        return Err(format!("index.html does not name {old}."));
    }
    let parts = split(&read(whole)?)?;
    let first = format!("{}-{}_bg.wasm", env!("CARGO_PKG_NAME").replace("xtask", "paxos-playground"), hash(&parts.first));
    let rest = format!("{REST_FILE}{}.wasm", hash(&parts.rest));
    let head = head.replace(old, &first);
    write(&dist.join(&first), &parts.first)?;
    write(&dist.join(&rest), &parts.rest)?;
    paths::write_file(&index, &format!("{head}<meta name=rest content=./{rest}></head>{body}"))?;
    fs::remove_file(whole).map_err(|error| format!("{} cannot be removed: {error}.", whole.display()))?;
    let Parts { stubs, .. } = parts;
    println!("The page is split; {stubs} functions of the rest are called from the first part.");
    Ok(())
}

/// Whether a file of the page is the rest, which is loaded only after the first picture.
pub(crate) fn is_rest(file: &Path) -> bool {
    file.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with(REST_FILE))
}

fn write(file: &Path, bytes: &[u8]) -> Outcome {
    fs::write(file, bytes).map_err(|error| format!("{} cannot be written: {error}.", file.display()))
}

/// A name for a content. It need not withstand anybody: it keeps a browser from mixing parts of two versions.
fn hash(bytes: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    format!("{:016x}", hasher.finish())
}

/// Splits a module whose functions have names.
fn split(bytes: &[u8]) -> Outcome<Parts> {
    let module = Module::read(bytes)?;
    if module.names.iter().all(String::is_empty) {
        return Err("The page's functions have no names, so it is unknown which to move; wasm-opt must keep them (-g).".to_owned());
    }
    let moved = moved(&module, chosen);
    parts::write(&module, &moved, LOADER)
}

/// Whether the tables say that the function of this name moves.
fn chosen(name: &str) -> bool {
    let names = |path: &&str| name.contains(path);
    REST.iter().any(names) && !OPENS.iter().any(names)
}

/// Which functions move: the chosen ones, and all that nothing else reaches.
fn moved(module: &Module<'_>, chosen: impl Fn(&str) -> bool) -> Vec<bool> {
    let moves = |function: u32| {
        let body = module.body(function).map_or(0, |body| body.as_bytes().len());
        body >= WORTH_MOVING && !module.bound.contains(&function) && chosen(&module.names[function as usize])
    };
    let chosen: Vec<bool> = (0..).take(module.functions.len()).map(moves).collect();
    let exported = module.exports.iter().filter(|export| export.kind == wasmparser::ExternalKind::Func);
    let mut open: Vec<u32> = exported.map(|export| export.index).chain(module.bound.iter().copied()).collect();
    open.extend(module.table().into_iter().flat_map(|(_, places)| places).map(|(_, function)| function));
    open.retain(|function| !chosen[*function as usize]);
    open.extend(module.start);
    let mut stays: Vec<bool> = (0..module.functions.len()).map(|function| function < module.imported()).collect();
    while let Some(function) = open.pop() {
        if !std::mem::replace(&mut stays[function as usize], true) {
            open.extend(module.calls[function as usize].iter().filter(|callee| !chosen[**callee as usize]));
        }
    }
    stays.into_iter().map(|stays| !stays).collect()
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod temporary {
    use super::*;
    use wasm_encoder::reencode::{Error, Reencode};

    #[test]
    #[ignore]
    fn temporary() {
        let file = std::env::var("SPLIT").unwrap();
        let bytes = fs::read(file).unwrap();
        let module = Module::read(&bytes).unwrap();
        let moved = moved(&module, chosen);
        let loader = std::env::var("LOADER").unwrap_or(LOADER.to_owned());
        let parts = parts::write(&module, &moved, &loader).unwrap();
        fs::write("/tmp/first.wasm", &parts.first).unwrap();
        fs::write("/tmp/rest.wasm", &parts.rest).unwrap();
        println!("{} stubs", parts.stubs);
        let mut list = String::new();
        let table: Vec<u32> = module.table().unwrap().1.into_iter().map(|(_, f)| f).collect();
        for f in 0..module.functions.len() {
            let size = module.body(f as u32).map_or(0, |b| b.as_bytes().len());
            let t = table.contains(&(f as u32)) as u8;
            list += &format!("{f}\t{size}\t{}\t{t}\t{}\t{:?}\n", moved[f] as u8, module.names[f], module.calls[f]);
        }
        fs::write("/tmp/functions.tsv", list).unwrap();
    }

    struct Shift(u32);
    impl Reencode for Shift {
        type Error = String;
        fn function_index(&mut self, f: u32) -> Result<u32, Error<String>> {
            Ok(if f < self.0 { f } else { f + 1 })
        }
    }

    #[test]
    #[ignore]
    fn profile() {
        use wasm_encoder::*;
        let file = std::env::var("SPLIT").unwrap();
        let bytes = fs::read(file).unwrap();
        let m = super::module::Module::read(&bytes).unwrap();
        let n = m.imported() as u32;
        let mut s = Shift(n);
        let mut types = TypeSection::new();
        s.parse_type_section(&mut types, m.types.clone()).unwrap();
        let t = types.len();
        types.ty().function([ValType::I32], []);
        let mut imports = ImportSection::new();
        for i in &m.imports {
            imports.import(i.module, i.name, s.entity_type(i.ty).unwrap());
        }
        imports.import("env", "mark", EntityType::Function(t));
        let (mut functions, mut code) = (FunctionSection::new(), CodeSection::new());
        for (f, body) in (n..).zip(&m.bodies) {
            functions.function(m.functions[f as usize]);
            let mut out = s.new_function_with_parsed_locals(body).unwrap();
            out.instructions().i32_const(f as i32).call(n);
            let mut reader = body.get_operators_reader().unwrap();
            while !reader.eof() {
                out.instruction(&s.parse_instruction(&mut reader).unwrap());
            }
            code.function(&out);
        }
        let mut tables = TableSection::new();
        for t in &m.tables {
            tables.table(s.table_type(t.ty).unwrap());
        }
        let (mut memories, mut globals, mut exports, mut elements, mut data) =
            (MemorySection::new(), GlobalSection::new(), ExportSection::new(), ElementSection::new(), DataSection::new());
        s.parse_memory_section(&mut memories, m.memories.clone()).unwrap();
        s.parse_global_section(&mut globals, m.globals.clone()).unwrap();
        for e in &m.exports {
            s.parse_export(&mut exports, *e).unwrap();
        }
        for e in &m.elements {
            s.parse_element(&mut elements, e.clone()).unwrap();
        }
        s.parse_data_section(&mut data, m.data.clone()).unwrap();
        let mut part = wasm_encoder::Module::new();
        part.section(&types).section(&imports).section(&functions).section(&tables).section(&memories).section(&globals);
        part.section(&exports);
        if let Some(start) = m.start {
            part.section(&StartSection { function_index: s.function_index(start).unwrap() });
        }
        part.section(&elements);
        if m.has_data_count {
            part.section(&DataCountSection { count: m.data.count() });
        }
        part.section(&code).section(&data);
        fs::write("/tmp/profiled.wasm", part.finish()).unwrap();
    }
}
