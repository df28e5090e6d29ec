//! A web server for the built page, on a free loopback port and under a sub-path.
//!
//! The sub-path proves that the page works wherever a teacher uploads it. The server also notices what the user of a
//! browser would not: requests for files that do not exist, and requests that leave the sub-path. It adds one script to
//! every HTML file, which collects errors from the first moment on in every browser, and remembers where the page's
//! memory is. The server sends the policy of `docs/hosting.md` with everything, and it can be unreachable or publish
//! other versions.

mod examples;
mod versions;

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
pub(crate) use versions::Publication;

/// The path of the page on the server.
const FOLDER: &str = "/some/course/";
/// Another path of the page.
const DEEP_FOLDER: &str = "/another/course/at/some/depth/";
/// What the page may do; `xtask/src/publish.rs` writes the same into the page.
pub(crate) const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval' \
                                 'sha256-Y0eiXCZE+pJ16X6ouIxJ3/+Ls1rkzym+tfeiNbVhSYU='; connect-src 'self'; \
                                 style-src 'self'; img-src 'self' data:; worker-src 'self' blob:; frame-src 'self'; \
                                 base-uri 'self'";
/// An empty page of the same origin.
const BLANK: &str = "e2e-blank.html";
/// A page that holds the page in a frame, which may run scripts and nothing else.
const FRAME: &str = "e2e-frame.html";
const FRAME_SOURCE: &str = "<!doctype html><title>frame</title>\
    <iframe sandbox=\"allow-scripts\" width=\"1200\" height=\"700\" src=\"./\"></iframe>";
/// The beginning of the names of pages that embed the page; they are in `tests/e2e/pages/`.
const PAGES: &str = "e2e-pages/";
/// The script that collects errors and finds the memory.
const HOOK: &str = "e2e-hook.js";

const HOOK_SOURCE: &str = r#"
window.e2eErrors = [];
// Things that a test takes away from the page, by the name that it gives in the address.
{
  const without = (name) => location.search.includes("e2e-without-" + name);
  const refuse = () => { throw new DOMException("The operation is insecure.", "SecurityError"); };
  if (without("workers")) window.Worker = function () { refuse(); };
  const Original = window.Worker;
  const Lost = class extends Original { constructor(_, options) { super("./e2e-blank.html", options); } };
  if (without("searcher")) window.Worker = Lost;
  if (without("storage")) {
    for (const name of ["localStorage", "sessionStorage", "caches"]) Object.defineProperty(window, name, { get: refuse });
    Object.defineProperty(navigator, "serviceWorker", { get: refuse });
  }
  const fetch = window.fetch;
  const isProgram = (name) => without("program") && name.endsWith("_bg.wasm");
  const isWords = (name) => without("words") && name.includes("/words-");
  const isGone = (what) => isProgram(String(what.url || what)) || isWords(String(what.url || what));
  const busy = async () => new Response("busy", { status: 503 });
  if (without("program") || without("words")) {
    window.fetch = (...words) => isGone(words[0]) ? busy() : fetch.apply(window, words);
  }
}
{
  const note = (what) => window.e2eErrors.push(String(what));
  const original = console.error;
  console.error = (...words) => { note(words.join(" ")); original.apply(console, words); };
  // Resources that fail to load tell only their own element, hence the capture.
  addEventListener("error", (event) => {
    const source = event.target && (event.target.src || event.target.href);
    note(source ? "cannot load " + source : event.message);
  }, true);
  addEventListener("unhandledrejection", (event) => note("unhandled rejection: " + event.reason));
  // What the page keeps in its memory is nobody's business but the measurements'.
  if (location.search.includes("e2e-without-webassembly")) delete window.WebAssembly;
  for (const name of window.WebAssembly ? ["instantiate", "instantiateStreaming"] : []) {
    const load = WebAssembly[name];
    WebAssembly[name] = async (...words) => {
      const loaded = await load.apply(WebAssembly, words);
      const { exports } = loaded.instance || loaded;
      window.e2eMemory = exports.memory || window.e2eMemory;
      // For the test of what is said then: more memory is asked for than there is, which ends in a trap. No script can do this.
      const ask = exports.__wbindgen_malloc;
      if (ask) window.e2eBreak = () => void setTimeout(() => { for (;;) ask(0x7ffffff0, 8); });
      return loaded;
    };
  }
  addEventListener("securitypolicyviolation", (event) => note("blocked by policy: " + event.blockedURI));
}
"#;

/// The running server. It ends with the process.
pub(crate) struct Server {
    origin: Mutex<String>,
    site: Arc<Site>,
}

/// What the server serves, and what went wrong.
struct Site {
    dist: PathBuf,
    publication: Mutex<Publication>,
    /// Whether answers are what visitors get: compressed, which costs time that tests have no use for, and without the script
    /// that collects errors, which no visitor waits for.
    is_plain: AtomicBool,
    complaints: Mutex<Vec<String>>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Server {
    /// Starts to serve a folder.
    pub(crate) fn start(dist: &Path) -> Result<Self, String> {
        if !dist.join("index.html").is_file() {
            return Err(format!("There is no index.html in {}.", dist.display()));
        }
        let publication = Mutex::new(Publication::Built);
        let site = Arc::new(Site {
            dist: dist.to_path_buf(),
            publication,
            is_plain: AtomicBool::new(false),
            complaints: Mutex::default(),
        });
        Ok(Self { origin: Mutex::new(listen(&site)?), site })
    }

    /// Serves the same at a new origin, and names only that from now on. To a browser the new origin is a place that it never
    /// visited: it has no service worker there and keeps nothing from there.
    pub(crate) fn move_to_new_origin(&self) -> Result<(), String> {
        *locked(&self.origin) = listen(&self.site)?;
        Ok(())
    }

    /// The address of a file in a folder of the server.
    fn address(&self, folder: &str, name: &str) -> String {
        format!("{}{folder}{name}", locked(&self.origin))
    }

    /// The address of the page.
    pub(crate) fn page(&self) -> String {
        self.address(FOLDER, "")
    }

    /// Another address of the page, at another depth.
    pub(crate) fn deep_page(&self) -> String {
        self.address(DEEP_FOLDER, "")
    }

    /// The address of a page that holds the page in a frame.
    pub(crate) fn frame(&self) -> String {
        self.address(FOLDER, FRAME)
    }

    /// The address of a page that embeds the page.
    pub(crate) fn host(&self, name: &str) -> String {
        self.address(FOLDER, &format!("{PAGES}{name}"))
    }

    /// Answers from now on as servers do: compressed, and with nothing added to the HTML.
    pub(crate) fn serve_plainly(&self) {
        self.site.is_plain.store(true, Ordering::Relaxed);
    }

    /// Serves this publication from now on.
    pub(crate) fn publish(&self, publication: Publication) {
        *locked(&self.site.publication) = publication;
    }

    /// The address of an empty page of the same origin.
    pub(crate) fn blank(&self) -> String {
        self.address(FOLDER, BLANK)
    }

    /// What went wrong with requests since the last call.
    pub(crate) fn take_complaints(&self) -> Vec<String> {
        std::mem::take(&mut locked(&self.site.complaints))
    }
}

/// Listens on a free port for as long as the process lives; answers the origin.
fn listen(site: &Arc<Site>) -> Result<String, String> {
    let listener = TcpListener::bind("127.0.0.1:0");
    let listener = listener.map_err(|error| format!("The web server cannot be started: {error}."))?;
    let address = listener.local_addr().map_err(|error| format!("The web server has no address: {error}."))?;
    let served = Arc::clone(site);
    thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            let site = Arc::clone(&served);
            // It is normal that a browser goes away in the middle of an answer.
            thread::spawn(move || drop(answer(&connection, &site)));
        }
    });
    Ok(format!("http://{address}"))
}

/// Answers one request and closes the connection. Browsers keep dozens of idle connections open, and a server that
/// waits for requests on them can leave a new connection waiting for ever.
fn answer(connection: &TcpStream, site: &Site) -> std::io::Result<()> {
    connection.set_read_timeout(Some(Duration::from_secs(60)))?;
    let mut lines = BufReader::new(connection).lines();
    let request = lines.next().transpose()?.unwrap_or_default();
    // The head of a request ends with an empty line; requests here have no bodies.
    while lines.next().transpose()?.is_some_and(|line| !line.is_empty()) {}
    let path = request.split(' ').nth(1).unwrap_or_default();
    if path.is_empty() {
        return Ok(());
    }
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let name = inside(path).unwrap_or_default();
    let mut publication = *locked(&site.publication);
    while publication.holds(name) {
        thread::sleep(Duration::from_millis(20));
        publication = *locked(&site.publication);
    }
    // Files that the tests themselves need are served even when nothing else is.
    if publication == Publication::Unreachable && !path.contains("/e2e-") {
        return Ok(());
    }
    thread::sleep(publication.delay(name));
    let is_plain = site.is_plain.load(Ordering::Relaxed);
    let found = content(path, &site.dist, publication, is_plain);
    if let Err(Some(complaint)) = &found {
        locked(&site.complaints).push(complaint.clone());
    }
    let (status, (kind, bytes)) = match found {
        Ok(found) => ("200 OK", found),
        Err(_) => ("404 Not Found", (mime_type(Path::new("not-found.txt")), b"not found".to_vec())),
    };
    let (encoding, bytes) = if is_plain {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&bytes)?;
        ("Content-Encoding: gzip\r\n", encoder.finish()?)
    } else {
        ("", bytes)
    };
    // A page that embeds the page has another policy, or none.
    let is_free = path.ends_with(FRAME) || inside(path).is_some_and(|name| examples::file(name).is_some());
    let policy = if is_free { "default-src * 'unsafe-inline'" } else { POLICY };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nCache-Control: no-store\r\n{encoding}\
         Content-Security-Policy: {policy}\r\nAccess-Control-Allow-Origin: *\r\nConnection: close\r\n\r\n",
        bytes.len()
    );
    let mut connection = connection;
    connection.write_all(head.as_bytes())?;
    connection.write_all(&bytes)?;
    connection.flush()
}

/// The file in the page's folder that a path names.
fn inside(path: &str) -> Option<&str> {
    path.strip_prefix(FOLDER).or_else(|| path.strip_prefix(DEEP_FOLDER))
}

/// The type and the bytes of what a path names, or a complaint if asking for it was a fault of the page. HTML gets the hook
/// unless it is to stay as it `is_plain`.
fn content(
    path: &str,
    dist: &Path,
    publication: Publication,
    is_plain: bool,
) -> Result<(&'static str, Vec<u8>), Option<String>> {
    let Some(name) = inside(path) else {
        // Browsers ask for this on their own.
        let by_itself = path == "/favicon.ico";
        return Err((!by_itself).then(|| format!("The page asked for {path}, which is outside of its folder.")));
    };
    match name {
        BLANK => return Ok((mime_type(Path::new(BLANK)), hooked("<!doctype html><title>blank</title>"))),
        FRAME => return Ok((mime_type(Path::new(FRAME)), hooked(FRAME_SOURCE))),
        HOOK => return Ok((mime_type(Path::new(HOOK)), HOOK_SOURCE.as_bytes().to_vec())),
        _ => {}
    }
    let name = examples::built(name);
    let page = |name: &str| Path::new(env!("CARGO_MANIFEST_DIR")).join("pages").join(name);
    let host = || name.strip_prefix(PAGES).filter(|name| !name.contains("..")).map(page);
    if let Some(file) = examples::file(name).or_else(host) {
        let bytes =
            std::fs::read(&file).map_err(|_| Some(format!("The page asked for {name}, which does not exist.")))?;
        let is_page = mime_type(&file).starts_with("text/html");
        return Ok((mime_type(&file), if is_page { hooked(&String::from_utf8_lossy(&bytes)) } else { bytes }));
    }
    let name = if name.is_empty() || name.ends_with('/') { format!("{name}index.html") } else { name.to_owned() };
    let file: PathBuf = dist.join(&name);
    let bytes = if name.contains("..") { None } else { publication.read(dist, &name) };
    let bytes = bytes.ok_or_else(|| Some(format!("The page asked for {name}, which does not exist.")))?;
    let kind = mime_type(&file);
    if kind.starts_with("text/html") && !is_plain {
        return Ok((kind, hooked(&String::from_utf8_lossy(&bytes))));
    }
    Ok((kind, bytes))
}

/// The document with the hook before anything else that runs. A built document has no `<head>` to look for, because
/// minifiers leave it out and browsers put it in.
fn hooked(html: &str) -> Vec<u8> {
    let start = html.find('>').map_or(0, |end| end + 1);
    format!("{}<script src=\"{FOLDER}{HOOK}\"></script>{}", &html[..start], &html[start..]).into_bytes()
}

fn mime_type(file: &Path) -> &'static str {
    match file.extension().and_then(|extension| extension.to_str()).unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" | "map" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "webmanifest" => "application/manifest+json",
        "txt" | "md" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wasm_has_the_type_that_streaming_compilation_asks_for() {
        assert_eq!(mime_type(Path::new("a_bg.wasm")), "application/wasm");
    }

    #[test]
    fn the_hook_comes_first_whatever_a_minifier_left() {
        let page = String::from_utf8(hooked("<!doctype html><html lang=en><script src=a.js></script>"));
        let page = page.expect("it is text");
        assert!(page.starts_with("<!doctype html><script src=\"/some/course/e2e-hook.js\"></script><html lang=en>"));
    }

    #[test]
    fn leaving_the_folder_is_noticed_but_the_icon_is_not() {
        let dist = Path::new("nowhere");
        let complaint = |path| content(path, dist, Publication::Built, false).expect_err("it is not there");
        assert!(complaint("/app.js").is_some());
        assert!(complaint("/some/course/app.js").is_some());
        assert!(complaint("/favicon.ico").is_none());
    }
}
