//! Splits the page's WebAssembly in two: what opens the page on a running picture, and the rest, which comes right after.
//!
//! It works on what wasm-bindgen and wasm-opt have made, so nothing is compiled twice and both parts share one memory and
//! one table. Which functions move is decided by the table below; whether the page works does not depend on it: what is
//! called before it has come is fetched there and then, only slower. `static/rest.js` is the other half of this file.

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

/// What the page does not need to open: parts of the names of functions, as rustc's v0 scheme has them, where the types of a
/// generic function belong to its name. A function moves when its name contains one of these and none of `OPENS` below; so
/// does everything that only such functions call, whatever its name.
const REST: &[&str] = &[
    // What the panels and pages beside the timeline say and do.
    "::lesson::",
    "::ui::author",
    "::ui::below",
    "::ui::beside",
    "::ui::chamber",
    "::ui::compare",
    "::ui::embed",
    "::ui::events",
    "::ui::explore",
    "::ui::export",
    "::ui::gallery",
    "::ui::help",
    "::ui::keys",
    "::ui::lessons",
    "::ui::link::copy_link",
    "::ui::link::follow",
    "::ui::link::share",
    "::ui::link::told",
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
    "::view::explore",
    "::view::frame",
    "::view::export",
    "::view::gallery",
    "::view::panels",
    "::view::search",
    "::view::why",
    // What is read off a run, and other runs than the first.
    "::check::",
    "::latency::",
    "::protocol::Message as core::cmp",
    "::protocol::Snapshot>::digest",
    "::protocol::broadcast",
    "::protocol::complete",
    "::protocol::multi",
    "::protocol::parliament",
    "::protocol::preliminary",
    "::replica::",
    "::report::",
    "::scenario::link::",
    "::scenario::resolve::Draft>::groups",
    "::scenario::resolve::Draft>::kind",
    "::scenario::resolve::Draft>::link",
    "::scenario::resolve::wrong",
    "::scenario::script::Statement as core::clone",
    "::scenario::script::or_none",
    "::scenario::text::sentence",
    "::scenario::text::suggestion",
    "::session::",
    "::sim::World>::crash",
    "::sim::run::first_difference",
    "::trace::Trace>::describe",
    "::trace::Trace>::line",
    "::trace::text::",
    // What answers a pointer or a key.
    "::ui::dom::value_of",
    "::ui::focus",
    "::ui::stage::Stage>::down",
    "::ui::stage::Stage>::look_at",
    "::ui::stage::Stage>::moved",
    "::ui::stage::Stage>::point_at",
    "::ui::stage::Stage>::print",
    "::ui::stage::Stage>::up",
    "::ui::stage::Stage>::wheel",
    "::ui::stage::Stage>::zoom",
    "::ui::stage::listen",
    "::ui::stage::pointer",
    "::ui::stage::zoom_by",
    "::ui::state::Action as core::clone",
    "::ui::state::State>::follow",
    "::ui::state::State>::open_link",
    "::ui::state::State>::seek_link",
    "::ui::state::quest::Quest>::conclude",
    "::ui::state::State>::order",
    "::ui::state::embedding",
    "::ui::state::presentation::Controls",
    "::ui::state::presentation::Presentation>::print",
    "::ui::state::presentation::Presentation>::read",
    "::ui::state::presentation::Presentation>::take",
    "::view::index::Index>::cut",
    "::view::index::cut",
    "::view::index::kinds::ranges",
    "::view::index::read::Notebook>::cut",
    "::view::scene::Pen>::knot",
    "::view::scene::Pen>::row",
    "::view::scene::Scene>::hit",
    "::view::scene::still::still",
    "::view::scene::tips",
    "::view::window::Window>::zoomed",
    // What libraries have for other pages, for panics, and for texts that the first picture has not.
    "::BNode as yew::dom_bundle::traits::ReconcileTarget>::shift",
    "::RawTableInner>::rehash_in_place",
    "::Suspense",
    "::VPortal as",
    "::VRaw as",
    "::VSuspense as",
    "::btree::node::BalancingContext",
    "::num::flt2dec",
    "StrSearcher",
    "core::fmt::Debug",
    "do_count_chars",
    "escape_debug",
    "float_to_",
    "serde_json",
    "fmt::builders",
    "serde_json::",
    "slice_error_fail",
];

/// What stays although the table above names it: it runs before the first picture, or as the page opens for somebody who has
/// been here before.
const OPENS: &[&str] = &[
    "::INFO::",
    "::Rc<paxos_playground::session::played::Played>>::new",
    "::Rc<dyn core::any::Any>>::downcast",
    "::Result<paxos_playground::session::Session,",
    "::check::Judge>::new",
    "::check::Judge>::of",
    "::check::Verdict as",
    "::check::beta::Beta>::new",
    "::check::beta::Cast",
    "::check::monotone::State as",
    "::check::promise::Given as",
    "::latency::fate::Fates>::new",
    "::latency::notebook::Notebook>::new",
    "::latency::request::Requests as core::default",
    "::replica::Command",
    "::replica::Replica>::open",
    "::session::Bytes",
    "::session::Session as core::clone",
    "::session::Session>::begin",
    "::session::Session>::end",
    "::session::Session>::of",
    "::session::Session>::reach",
    "::session::Session>::seek",
    "::session::Session>::world",
    "::session::Version",
    "::session::played::Played>::begin",
    "::session::played::Played>::new",
    "::session::played::Played>::note",
    "::session::played::Played>::run_on",
    "::trace::text::describe_cell",
    "::trace::text::describe_value",
    "::trace::text::describe_vote",
    "::ui::explore::searcher::use_searcher",
    "::ui::stage::listen::listen_all",
    "::ui::ticks",
    "::use_pictures",
    "::view::explore::Question>::first",
    "::view::panels::nodes",
    "::view::panels::record::Begun>>::grow_one",
    "drop_in_place",
    "yew::functional::hooks",
];

/// The exported function that fetches the rest when a function of it is called too early; see `src/ui/rest.rs`.
const LOADER: &str = "need_rest";

/// A function with less code than this stays: its stub would be as large. In bytes.
const WORTH_MOVING: usize = 48;

/// What the name of the rest's file begins with.
const REST_FILE: &str = "rest-";

/// Splits the built page in `dist`: writes both parts under names made from their content, and names them in index.html.
/// `linked` is the page as the linker left it; `list` gets a line for each function: its number in the first part, its bytes,
/// where its code is, and its name. With `to_record` the first part notes which of its functions run, and there is no rest.
pub(crate) fn page(root: &Path, dist: &Path, linked: &Path, list: &Path, to_record: bool) -> Outcome {
    // The worker has a program of its own, which nobody waits for.
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
    let known = Known { linked: linked::read(&read(linked)?)?, texts: texts::strings(root)?, to_record };
    let glue = String::from_utf8_lossy(&read(script)?).into_owned();
    let (parts, glue, listed) = split(&read(whole)?, &glue, &known)?;
    paths::write_file(script, &glue)?;
    paths::write_file(list, &listed)?;
    let name = old.rsplit_once('-').map_or("page", |(name, _)| name);
    let first = format!("{name}-{}_bg.wasm", hash(&parts.first));
    let rest = format!("{REST_FILE}{}.wasm", hash(&parts.rest));
    let head = head.replace(old, &first);
    write(&dist.join(&first), &parts.first)?;
    // While it is recorded the rest must not come.
    let recorded = match parts.notes {
        Some((start, length)) => format!("<meta name=recorded content=\"{start} {length}\">"),
        None => write(&dist.join(&rest), &parts.rest).map(|()| String::new())?,
    };
    paths::write_file(&index, &format!("{head}<meta name=rest content=./{rest}>{recorded}</head>{body}"))?;
    fs::remove_file(whole).map_err(|error| format!("{} cannot be removed: {error}.", whole.display()))?;
    println!("The page is split in two; {} says which function is where.", list.display());
    Ok(())
}

/// Whether a file of the page belongs to the rest, which is loaded only after the first picture.
pub(crate) fn is_rest(file: &Path) -> bool {
    let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name.starts_with(REST_FILE) && !name.ends_with(".js")
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

/// Splits a module whose functions have names. Also answers the script that goes with the first part, and a list of functions.
fn split(bytes: &[u8], script: &str, known: &Known) -> Outcome<(Parts, String, String)> {
    let module = Module::read(bytes)?;
    if module.names.iter().all(String::is_empty) {
        return Err(
            "The page's functions have no names, so it is unknown which to move; wasm-opt must keep them (-g)."
                .to_owned(),
        );
    }
    let moved = moved(&module, |name| chosen(name) || !known.to_record && record::is_cold(name));
    let (script, imports) = glue::shorten(&module, script);
    let parts = parts::write(&module, &moved, LOADER, known, &imports)?;
    let mut list = String::new();
    for (((function, name), is_moved), place) in (0..).zip(&module.names).zip(&moved).zip(&parts.places) {
        let bytes = module.body(function).map_or(0, |body| body.as_bytes().len());
        let place = place.map_or("-".to_owned(), |place| place.to_string());
        let part = if *is_moved { "rest" } else { "first" };
        writeln!(list, "{place}\t{bytes}\t{part}\t{name}").map_err(|error| error.to_string())?;
    }
    Ok((parts, script, list))
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
