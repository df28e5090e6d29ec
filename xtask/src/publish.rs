//! The last step of a build: it makes a folder for any static server from the output of Trunk and the splitter.
//!
//! Every file except the HTML gets a name made from its content, so that caches never mix versions. `static/boot.js`
//! replaces Trunk's inline starter, and the HTML carries the policy that forbids every inline script but `static/early.js`. The
//! service worker of
//! `static/service-worker.js` gets the list of all files, so that the page works offline. For `cargo xtask serve` none
//! of this is done: there Trunk's own starter runs, and the worker has the name that Trunk gives it.

mod hash;
mod words;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use crate::{Outcome, machine, paths};

pub(crate) use hash::short;

/// What the page may do: use its own scripts, styles and pictures, WebAssembly and workers, and send requests to its
/// own origin. The hash is that of `static/early.js`, the only script inside an HTML file. `docs/hosting.md` and the server
/// of the end-to-end tests say the same.
pub(crate) const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval' \
                                 'sha256-Y0eiXCZE+pJ16X6ouIxJ3/+Ls1rkzym+tfeiNbVhSYU='; connect-src 'self'; \
                                 style-src 'self'; img-src 'self' data:; worker-src 'self' blob:; frame-src 'self'; \
                                 base-uri 'self'";

/// The service worker's file. Its name is the same in every version, because that is how browsers find the next
/// version.
pub(crate) const SERVICE_WORKER: &str = "service-worker.js";

/// The same page as a frame in another page. Its name is in other people's pages, so it never changes.
pub(crate) const EMBED: &str = "embed.html";

/// The name of the editor's file before its hash, and of the `<meta>` that names the file.
const EDITOR: &str = "editor";

/// The scripts beside `static/boot.js` and `static/service-worker.js` that are published as they are: the name of the
/// file in `static/`, and whether this name is kept for ever. The others get a name made from their content, and the
/// embedded page gets a `<meta>` with this name.
const SCRIPTS: [(&str, bool); 2] = [("frame", false), ("element", true)];

/// The starter of the search's program. Nobody outside would notice a promise that fails, but they notice an error that
/// is thrown.
const LOADER: &str = "import init from './worker.js';init().catch((error) => setTimeout(() => { throw error; }));";

/// The files of a page by their paths, with `/`.
type Files = BTreeMap<String, Vec<u8>>;

/// Does the last step for the built page in `dist`. `editor` is the script with the editor of scripts.
pub(crate) fn page(root: &Path, dist: &Path, editor: &str) -> Outcome {
    let folder = root.join("static");
    let text = |name: &str| {
        let file = folder.join(name);
        fs::read_to_string(&file).map_err(|error| format!("{} cannot be read: {error}.", file.display()))
    };
    let mut files = read(dist, dist)?;
    let old = files.clone();
    files.append(&mut words::catalogues(root)?);
    let scripts = SCRIPTS.map(|(name, is_for_ever)| Ok((name, is_for_ever, text(&format!("{name}.js"))?)));
    let scripts = scripts.into_iter().collect::<Outcome<Vec<_>>>()?;
    let starters = Starters { boot: &text("boot.js")?, early: &text("early.js")? };
    let new = published(files, &starters, &scripts, editor, &text(SERVICE_WORKER)?)?;
    for path in old.keys().filter(|path| !new.contains_key(*path)) {
        let file = dist.join(path);
        fs::remove_file(&file).map_err(|error| format!("{} cannot be removed: {error}.", file.display()))?;
    }
    write(&new, dist)
}

/// Whether a file of this name is fetched only once the page runs, although its opening files name it: the search's
/// program, the editor of scripts, the words of other languages, the service worker, and the page as a frame.
pub(crate) fn is_for_later(name: &str) -> bool {
    name.starts_with("worker")
        || is_editor(name)
        || words::is_catalogue(name)
        || [SERVICE_WORKER, EMBED].contains(&name)
}

/// Whether a file of this name is the editor of scripts.
pub(crate) fn is_editor(name: &str) -> bool {
    name.strip_prefix(EDITOR).is_some_and(|rest| rest.starts_with('-'))
}

/// The place of the documentation for programs beside the page. It is not a part of the page: neither the service
/// worker nor the budget knows it.
const API: &str = "api/";

/// Copies the published page from `dist` into a folder and replaces an older page there, with the documentation for
/// programs if there is one. Answers the size in bytes. A folder with anything else in it is refused, so that nothing
/// is overwritten by mistake.
pub(crate) fn copy(dist: &Path, api: Option<&Path>, folder: &Path) -> Outcome<usize> {
    let mut files = read(dist, dist)?;
    let api = api.map_or(Ok(Files::new()), |api| read(api, api))?;
    files.extend(api.into_iter().map(|(path, bytes)| (format!("{API}{path}"), bytes)));
    // Without this file, GitHub Pages would process the folder with Jekyll.
    files.insert(".nojekyll".to_owned(), Vec::new());
    let listed = fs::read_to_string(folder.join(SERVICE_WORKER)).unwrap_or_default();
    let is_ours = |path: &str| {
        files.contains_key(path)
            || path.starts_with(API)
            || path == SERVICE_WORKER
            || listed.contains(&format!("\n  \"{path}\": \""))
    };
    let there = if folder.exists() { read(folder, folder)? } else { Files::new() };
    if let Some(other) = there.keys().find(|path| listed.is_empty() || !is_ours(path)) {
        return Err(format!(
            "{} has {other} in it, which is not of a published page; name an empty folder or a new one.",
            folder.display()
        ));
    }
    paths::remove_folder(folder)?;
    write(&files, folder)?;
    Ok(files.values().map(Vec::len).sum())
}

/// The files of a folder below `root`.
fn read(root: &Path, folder: &Path) -> Outcome<Files> {
    let mut files = Files::new();
    for path in machine::entries(folder) {
        if path.is_dir() {
            files.extend(read(root, &path)?);
            continue;
        }
        let bytes = fs::read(&path).map_err(|error| format!("{} cannot be read: {error}.", path.display()))?;
        let name = path.strip_prefix(root).unwrap_or(&path);
        let parts: Vec<_> = name.iter().map(|part| part.to_string_lossy()).collect();
        files.insert(parts.join("/"), bytes);
    }
    Ok(files)
}

fn write(files: &Files, folder: &Path) -> Outcome {
    for (path, bytes) in files {
        let file = folder.join(path);
        file.parent().map_or(Ok(()), paths::create_folder)?;
        fs::write(&file, bytes).map_err(|error| format!("{} cannot be written: {error}.", file.display()))?;
    }
    Ok(())
}

/// The texts of `static/boot.js` and `static/early.js`.
struct Starters<'t> {
    boot: &'t str,
    early: &'t str,
}

/// The files as they are published. `scripts` are the scripts of `SCRIPTS` with their texts; `editor` is published with its
/// comments, since it has the licences in them.
fn published(
    mut files: Files,
    starters: &Starters<'_>,
    scripts: &[(&str, bool, String)],
    editor: &str,
    service_worker: &str,
) -> Outcome<Files> {
    for (path, bytes) in &mut files {
        if path.ends_with(".js") {
            *bytes = slim(&String::from_utf8_lossy(bytes)).into_bytes();
        }
    }
    // A file is renamed before the files that name it, because the new name changes their content.
    let snippets: Vec<String> = files.keys().filter(|path| path.starts_with("snippets/")).cloned().collect();
    for path in snippets {
        rename(&mut files, &path)?;
    }
    let mut metas = String::new();
    if files.contains_key("worker_loader.js") {
        files.insert("worker_loader.js".to_owned(), LOADER.into());
        rename(&mut files, "worker_bg.wasm")?;
        rename(&mut files, "worker.js")?;
        let loader = rename(&mut files, "worker_loader.js")?;
        write!(metas, "<meta name=worker content=./{loader}>").map_err(|error| error.to_string())?;
    }
    let is_program = |path: &&String| path.starts_with("paxos-playground-");
    let of_program = |end: &str| {
        let found = files.keys().filter(is_program).find(|path| path.ends_with(end)).cloned();
        found.ok_or(format!("dist/ has no paxos-playground-…{end}."))
    };
    let (program, wasm) = (of_program(".js")?, of_program("_bg.wasm")?);
    let program = rename(&mut files, &program)?;
    let boot = slim(starters.boot).into_bytes();
    let starter = format!("boot-{}.js", hash::short(&boot));
    files.insert(starter.clone(), boot);
    write!(metas, "<meta name=program content=./{program}><meta name=wasm content=./{wasm}>")
        .map_err(|error| error.to_string())?;
    let editor_file = format!("{}-{}.js", EDITOR, hash::short(editor.as_bytes()));
    write!(metas, "<meta name={} content=./{editor_file}>", EDITOR).map_err(|error| error.to_string())?;
    files.insert(editor_file, editor.into());
    let catalogues: Vec<String> = files.keys().filter(|path| words::is_catalogue(path)).cloned().collect();
    for path in catalogues {
        let bytes = files.remove(&path).unwrap_or_default();
        let name = path.trim_end_matches(".txt");
        let file = format!("{name}-{}.txt", hash::short(&bytes));
        write!(metas, "<meta name={name} content=./{file}>").map_err(|error| error.to_string())?;
        files.insert(file, bytes);
    }
    let mut frame_metas = String::new();
    for (name, is_for_ever, script) in scripts {
        let script = slim(script).into_bytes();
        if *is_for_ever {
            files.insert(format!("{name}.js"), script);
            continue;
        }
        let file = format!("{name}-{}.js", hash::short(&script));
        write!(frame_metas, "<meta name={name} content=./{file}>").map_err(|error| error.to_string())?;
        files.insert(file, script);
    }

    let html = undressed(&text(&files, "index.html")).and_then(|html| strict(&html, &starter, &metas));
    let html = html.map_err(|error| format!("index.html {error}"))?;
    files.insert(EMBED.to_owned(), framed(&html, &frame_metas, &slim(starters.early))?.into_bytes());
    files.insert("index.html".to_owned(), html.into_bytes());
    let pages = ["index.html", EMBED];
    let everything = files.iter().flat_map(|(path, bytes)| [path.as_bytes(), b"\0", bytes.as_slice(), b"\0"]);
    let version = hash::short(&everything.chain([service_worker.as_bytes()]).collect::<Vec<_>>().concat());
    for path in pages {
        let html =
            text(&files, path).replacen(HEAD_ENDS, &format!("<meta name=version content={version}>{HEAD_ENDS}"), 1);
        files.insert(path.to_owned(), html.into_bytes());
    }
    let list = listed(service_worker, &version, &files)?;
    files.insert(SERVICE_WORKER.to_owned(), list.into_bytes());
    Ok(files)
}

fn text(files: &Files, path: &str) -> String {
    String::from_utf8_lossy(files.get(path).map_or(&[], Vec::as_slice)).into_owned()
}

/// The end of an HTML file's head; the splitter has made sure that it is there.
const HEAD_ENDS: &str = "</head>";

/// Gives a file a name made from its content, also in all files that name it; answers the name.
fn rename(files: &mut Files, path: &str) -> Outcome<String> {
    let bytes = files.remove(path).ok_or_else(|| format!("dist/ has no {path}."))?;
    let (folder, file) = path.rsplit_once('/').map_or(("", path), |(_, file)| (&path[..path.len() - file.len()], file));
    let split = file.find("_bg.").or_else(|| file.rfind('.')).unwrap_or(file.len());
    let (stem, end) = file.split_at(split);
    // Trunk's own hash belongs to the content before the changes. It is written without leading zeros.
    let is_hash = |word: &str| (12..=16).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let stem = stem.rsplit_once('-').filter(|(_, hash)| is_hash(hash)).map_or(stem, |(stem, _)| stem);
    let new = format!("{folder}{stem}-{}{end}", hash::short(&bytes));
    let mut is_named = false;
    for (other, content) in files.iter_mut() {
        if ![".js", ".html"].iter().any(|end| other.ends_with(end)) {
            continue;
        }
        let text = String::from_utf8_lossy(content);
        if text.contains(path) {
            is_named = true;
            // As a key, the path is the name by which the WebAssembly imports the file; this name does not change.
            *content = text.replace(path, &new).replace(&format!("{new}\":"), &format!("{path}\":")).into_bytes();
        }
    }
    files.insert(new.clone(), bytes);
    let is_start = path == "worker_loader.js";
    if is_named || is_start { Ok(new) } else { Err(format!("No file of dist/ names {path}.")) }
}

/// An HTML file that names the style sheet of the rest and does not load it, because the rest brings the style sheet
/// with it.
fn undressed(html: &str) -> Outcome<String> {
    let its = |link: &&str| link.contains("stylesheet") && link.contains(" href=./rest-");
    let link = links(html).find(its).ok_or("does not name the rest's style sheet.")?;
    Ok(html.replace(link, &format!("<meta name=rest-style content={}>", address(link))))
}

/// Every `<link …>` of an HTML file.
fn links(html: &str) -> impl Iterator<Item = &str> {
    html.match_indices("<link ").filter_map(|(start, _)| Some(&html[start..=start + html[start..].find('>')?]))
}

/// The address in a `<link …>`.
fn address(link: &str) -> &str {
    link.split_once(" href=").map_or(link, |(_, after)| after).split([' ', '>']).next().unwrap_or_default()
}

/// An HTML file with the policy, with the names that the starter needs, and with our starter in place of Trunk's.
fn strict(html: &str, starter: &str, metas: &str) -> Outcome<String> {
    const INLINE: &str = "<script type=module>";
    let cut = html.split_once(INLINE).and_then(|(before, rest)| Some((before, rest.split_once("</script>")?.1)));
    let (before, after) = cut.ok_or("has no starter of Trunk's to replace.")?;
    // The encoding must come before everything else.
    let (charset, head) =
        before.split_once("<meta charset=utf-8>").ok_or("does not say <meta charset=utf-8> before its starter.")?;
    // What is loaded ahead: the largest first and the small ones last, since some browsers have few connections to a server.
    // The starter comes after the style sheet, which browsers wait for: the page measures itself as it begins.
    let mut named = format!("{head}{metas}{after}");
    let (mut first, mut last) = (String::new(), String::new());
    for link in links(&named.clone()).filter(|link| link.contains("preload")) {
        let place = if link.contains("modulepreload") { &mut last } else { &mut first };
        place.push_str(link);
        named = named.replacen(link, "", 1);
    }
    let named =
        named.replacen(HEAD_ENDS, &format!("<script type=module src=./{starter}></script>{last}{HEAD_ENDS}"), 1);
    let html = format!(
        "{charset}<meta charset=utf-8><meta http-equiv=Content-Security-Policy content=\"{POLICY}\">{first}{named}"
    );
    for forbidden in ["<style", " style=", "<script>", INLINE] {
        if html.contains(forbidden) {
            return Err(format!("has {forbidden} in it, which its own policy forbids."));
        }
    }
    Ok(html)
}

/// The page as a frame in another one: marked as one, and not for search engines, which know the page itself. The
/// WebAssembly is not loaded before somebody wants to see it, so that is left to the starter, and to the script `early`,
/// which stands inside.
fn framed(html: &str, metas: &str, early: &str) -> Outcome<String> {
    const START: &str = "<html lang=en";
    if html.matches(START).count() != 1 {
        return Err(format!("index.html should say {START} once."));
    }
    let mut framed = html.replacen(START, "<html lang=en data-embed", 1);
    for link in links(html).filter(|link| link.contains("as=fetch")) {
        framed = framed.replacen(link, "", 1);
    }
    let hash = hash::integrity(early.as_bytes());
    if !POLICY.contains(&hash) {
        return Err(format!("The policy in xtask/src/publish.rs should allow static/early.js as '{hash}'."));
    }
    // The script looks for the name of the WebAssembly, so it comes right after that name. A browser runs it there and then.
    let named = framed.find("<meta name=wasm ").and_then(|start| Some(start + framed[start..].find('>')? + 1));
    let named = named.ok_or("index.html does not name its WebAssembly.")?;
    framed.insert_str(named, &format!("<script>{early}</script>"));
    Ok(framed.replacen(HEAD_ENDS, &format!("<meta name=robots content=noindex>{metas}{HEAD_ENDS}"), 1))
}

/// The service worker with its version and its files.
fn listed(service_worker: &str, version: &str, files: &Files) -> Outcome<String> {
    let mut list = String::from("const FILES = {\n");
    for (path, bytes) in files {
        let integrity = if path.ends_with(".html") { String::new() } else { hash::integrity(bytes) };
        writeln!(list, "  \"{path}\": \"{integrity}\",").map_err(|error| error.to_string())?;
    }
    list.push_str("};\n");
    let mut text = service_worker.to_owned();
    for (hole, filled) in
        [("const VERSION = \"\";\n", format!("const VERSION = \"{version}\";\n")), ("const FILES = {};\n", list)]
    {
        if text.matches(hole).count() != 1 {
            return Err(format!("static/{SERVICE_WORKER} should say {} once.", hole.trim_end()));
        }
        text = text.replace(hole, &filled);
    }
    Ok(text)
}

/// JavaScript without indentation and without comments on lines of their own. A script in which a literal goes over
/// several lines is not changed.
fn slim(text: &str) -> String {
    if text.lines().any(|line| line.matches('`').count() % 2 == 1) {
        return text.to_owned();
    }
    let mut slim = String::new();
    let mut in_comment = false;
    for line in text.lines().map(str::trim) {
        if in_comment || line.starts_with("/*") {
            in_comment = !line.ends_with("*/");
        } else if !line.is_empty() && !line.starts_with("//") {
            slim.push_str(line);
            slim.push('\n');
        }
    }
    slim
}

#[cfg(test)]
mod tests;
