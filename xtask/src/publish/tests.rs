//! A small page, as Trunk and the splitter leave one, is published.

use super::*;

const HTML: &str = "<!doctype html><html lang=en><meta charset=utf-8><title>Small</title>\
    <script type=module>import init from './paxos-playground-0123456789abcdef.js';\
    await init('./paxos-playground-fedcba9876543210_bg.wasm');</script>\
    <link href=./style-1.css rel=stylesheet>\
    <link data-integrity=none href=./rest-3.css rel=stylesheet>\
    <link crossorigin href=./paxos-playground-0123456789abcdef.js rel=modulepreload>\
    <link as=fetch crossorigin href=./paxos-playground-fedcba9876543210_bg.wasm rel=preload><meta name=rest content=./rest-2.wasm></head><body><p class=loading></body>";
const BOOT: &str = "// Starts.\nstart(\"./service-worker.js\");\n";
const EDITOR_TEXT: &str = "/*!\nMIT, by somebody.\n*/\nexport let open;\n";
const SERVICE_WORKER_TEXT: &str = "const VERSION = \"\";\nconst FILES = {};\n";

fn small(worker: &str) -> Files {
    let page = "import { rest } from './snippets/paxos-1/static/rest.js';\n    // More.\n    start({ \"./snippets/paxos-1/static/rest.js\": rest });\n";
    [
        ("index.html", HTML),
        ("paxos-playground-0123456789abcdef.js", page),
        ("paxos-playground-fedcba9876543210_bg.wasm", "wasm"),
        ("rest-2.wasm", "rest"),
        ("rest-3.css", "b { color: blue }"),
        ("snippets/paxos-1/static/rest.js", "export const rest = 1;"),
        ("style-1.css", "p { color: red }"),
        ("worker.js", "new URL('worker_bg.wasm', import.meta.url);"),
        ("worker_bg.wasm", worker),
        ("worker_loader.js", "import init from './worker.js';await init();"),
    ]
    .map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec()))
    .into()
}

/// The scripts apart from the starter and the service worker.
fn scripts() -> Vec<(&'static str, bool, String)> {
    vec![("frame", false, "// Speaks.\nspeak();\n".to_owned()), ("element", true, "define();\n".to_owned())]
}

/// The script whose hash is in the policy.
const EARLY: &str = include_str!("../../../static/early.js");

const STARTERS: Starters<'_> = Starters { boot: BOOT, early: EARLY };

fn publish(files: Files) -> Files {
    published(files, &STARTERS, &scripts(), EDITOR_TEXT, SERVICE_WORKER_TEXT).expect("it can be published")
}

/// The one path with this beginning and this end.
fn path<'files>(files: &'files Files, start: &str, end: &str) -> &'files str {
    let found: Vec<_> = files.keys().filter(|path| path.starts_with(start) && path.ends_with(end)).collect();
    assert_eq!(found.len(), 1, "{start}…{end} in {:?}", files.keys());
    found[0]
}

#[test]
fn the_html_names_everything_and_has_nothing_inline() {
    let files = publish(small("worker"));
    let html = text(&files, "index.html");
    let starter = format!("<script type=module src=./{}></script>", path(&files, "boot-", ".js"));
    assert!(html.split_once("rel=stylesheet").is_some_and(|(_, after)| after.contains(&starter)), "{html}");
    assert!(html.contains(&format!("<meta name=program content=./{}>", path(&files, "paxos-playground-", ".js"))));
    assert!(html.contains(&format!("<meta name=wasm content=./{}>", path(&files, "paxos-playground-", ".wasm"))));
    assert!(html.contains(&format!("<meta name=worker content=./{}>", path(&files, "worker_loader-", ".js"))));
    assert!(html.contains(&format!("content=\"{POLICY}\"")));
    assert!(html.contains("<meta name=rest-style content=./rest-3.css>") && !html.contains("href=./rest"), "{html}");
    assert!(!html.contains("import init"), "{html}");
}

#[test]
fn the_editor_keeps_its_licences_and_is_only_named() {
    let files = publish(small("worker"));
    let editor = path(&files, "editor-", ".js");
    assert_eq!(text(&files, editor), EDITOR_TEXT);
    for page in ["index.html", EMBED] {
        let html = text(&files, page);
        assert!(html.contains(&format!("<meta name=editor content=./{editor}>")), "{html}");
        assert_eq!(html.matches(editor).count(), 1, "{html}");
    }
    assert!(is_for_later(editor) && is_editor(editor) && !is_editor("editorial.js"));
}

#[test]
fn the_largest_file_is_asked_for_first_and_the_small_ones_last() {
    let html = text(&publish(small("worker")), "index.html");
    let places = ["rel=preload>", "rel=stylesheet>", "<script type=module", "rel=modulepreload>"];
    let places = places.map(|what| html.find(what).expect("it is there"));
    assert!(places.is_sorted() && html.find("Content-Security-Policy") < Some(places[0]), "{html}");
}

#[test]
fn the_frame_is_the_same_page_marked_as_one() {
    let files = publish(small("worker"));
    let (page, frame) = (text(&files, "index.html"), text(&files, EMBED));
    let script = path(&files, "frame-", ".js");
    let added = format!("<meta name=robots content=noindex><meta name=frame content=./{script}>");
    let wasm = path(&files, "paxos-playground-", ".wasm");
    let page_alone = format!("<link as=fetch crossorigin href=./{wasm} rel=preload>");
    assert!(page.contains(&page_alone), "{page}");
    let same = page.replace(&page_alone, "");
    let early = format!("<script>{}</script>", slim(EARLY));
    assert_eq!(
        frame.replace(" data-embed", "").replace(&added, "").replace(&early, ""),
        same,
        "a script asks for the WebAssembly, unless a click does"
    );
    let named = frame.split_once(&early).is_some_and(|(before, _)| before.ends_with(&format!("{wasm}>")));
    assert!(named && frame.find("<script>") < frame.find("rel=stylesheet"), "{frame}");
    assert!(frame.contains("<html lang=en data-embed>") && frame.contains(&added), "{frame}");
    assert_eq!(text(&files, script), "speak();\n");
    assert_eq!(text(&files, "element.js"), "define();\n", "its name is for ever");
    assert!(!page.contains(script) && !page.contains("data-embed"), "{page}");
}

#[test]
fn every_file_names_the_next_by_its_content() {
    let files = publish(small("worker"));
    assert!(text(&files, path(&files, "worker_loader-", ".js")).contains(path(&files, "worker-", ".js")));
    assert!(text(&files, path(&files, "worker-", ".js")).contains(path(&files, "worker-", "_bg.wasm")));
    let snippet = path(&files, "snippets/paxos-1/static/rest-", ".js");
    let page = text(&files, path(&files, "paxos-playground-", ".js"));
    let (import, start) = page.split_once('\n').expect("it has two lines");
    assert_eq!(import, format!("import {{ rest }} from './{snippet}';"));
    assert_eq!(
        start, "start({ \"./snippets/paxos-1/static/rest.js\": rest });\n",
        "what the WebAssembly calls it stays"
    );
    let other = publish(small("another worker"));
    assert_ne!(path(&files, "worker_loader-", ".js"), path(&other, "worker_loader-", ".js"));
    assert_eq!(path(&files, "paxos-playground-", ".js"), path(&other, "paxos-playground-", ".js"));
}

#[test]
fn the_service_worker_lists_every_other_file_and_the_version_of_all() {
    let files = publish(small("worker"));
    let list = text(&files, SERVICE_WORKER);
    for (path, bytes) in files.iter().filter(|(path, _)| *path != SERVICE_WORKER) {
        let integrity = if path.ends_with(".html") { String::new() } else { hash::integrity(bytes) };
        assert!(list.contains(&format!("\n  \"{path}\": \"{integrity}\",\n")), "{path} in {list}");
    }
    let version = |files: &Files| {
        let html = text(files, "index.html");
        let (_, rest) = html.split_once("<meta name=version content=").expect("it says its version");
        rest.split('>').next().unwrap_or_default().to_owned()
    };
    assert!(list.contains(&format!("const VERSION = \"{}\";", version(&files))));
    assert_eq!(version(&files), version(&publish(small("worker"))));
    assert_ne!(version(&files), version(&publish(small("another worker"))));
    let mut styled = small("worker");
    styled.insert("style-1.css".to_owned(), b"p { color: blue }".to_vec());
    assert_ne!(version(&files), version(&publish(styled)));
}

#[test]
fn a_page_that_its_own_policy_forbids_is_refused() {
    for (place, inline) in [("<body>", "<p style=\"color: red\">"), ("<body>", "<script>1</script>")] {
        let mut files = small("worker");
        files.insert("index.html".to_owned(), HTML.replace(place, &format!("{place}{inline}")).into_bytes());
        assert!(published(files, &STARTERS, &scripts(), EDITOR_TEXT, SERVICE_WORKER_TEXT).is_err(), "{inline}");
    }
    let mut files = small("worker");
    files.remove("rest-2.wasm");
    assert!(
        published(files.clone(), &STARTERS, &scripts(), EDITOR_TEXT, "const VERSION = \"\";").is_err(),
        "a service worker without a place for the list"
    );
    files.remove("worker.js");
    assert!(published(files, &STARTERS, &scripts(), EDITOR_TEXT, SERVICE_WORKER_TEXT).is_err(), "half a worker");
}

#[test]
fn scripts_lose_comments_but_no_text() {
    assert_eq!(
        slim("/** One. */\nlet a = 1; // one\n  // Two.\n\n/*\n * Three.\n */\n  let b = `//`;\n"),
        "let a = 1; // one\nlet b = `//`;\n"
    );
    let long = "let a = `\n  // text\n`;\n";
    assert_eq!(slim(long), long);
}

#[test]
fn a_copy_replaces_an_older_page_and_nothing_else() {
    let folder = std::env::temp_dir().join(format!("paxos-playground-publish-{}", std::process::id()));
    let (dist, site) = (folder.join("dist"), folder.join("site"));
    write(&publish(small("worker")), &dist).expect("it is written");
    assert!(copy(&dist, None, &site).expect("a new folder is made") > 1000);
    paths::remove_folder(&dist).expect("it is removed");
    let second = publish(small("another worker"));
    write(&second, &dist).expect("it is written");
    copy(&dist, None, &site).expect("the older page gives way");
    let there = read(&site, &site).expect("it is read");
    assert_eq!(there.len(), second.len() + 1, "{:?}", there.keys());
    let api = folder.join("api");
    write(&Files::from([("functions/run.html".to_owned(), b"run".to_vec())]), &api).expect("it is written");
    copy(&dist, Some(&api), &site).expect("documentation lies beside the page");
    assert!(site.join("api/functions/run.html").is_file());
    assert!(
        !fs::read_to_string(site.join(SERVICE_WORKER)).expect("it is there").contains("run.html"),
        "and is no part of it"
    );
    copy(&dist, None, &site).expect("an older page with documentation gives way");
    fs::write(site.join("homework.txt"), "mine").expect("it is written");
    assert!(copy(&dist, None, &site).is_err_and(|error| error.contains("homework.txt")));
    assert!(site.join("homework.txt").is_file() && site.join("index.html").is_file());
    paths::remove_folder(&folder).expect("it is removed");
}
