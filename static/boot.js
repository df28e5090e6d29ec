// Starts the published page; `cargo xtask build` puts it in the place of Trunk's inline starter, which a strict policy
// forbids. index.html names everything in `<meta>` elements, so this file is the same for every build.
//
// It also says in plain words why a page cannot start, and has a service worker keep the page for use offline. Where there
// are no service workers (plain http, files, sandboxed frames, some private windows) the page works without.

const named = (name) => document.querySelector(`meta[name="${name}"]`)?.content;
const address = (path) => new URL(path, document.baseURI).href;

start();

async function start() {
  if (typeof WebAssembly !== "object") {
    say("This page runs on WebAssembly, which this browser lacks or has switched off, as some do in their strictest mode.");
    return;
  }
  if (document.documentElement.hasAttribute("data-embed")) await wanted();
  // The page measures itself as it begins, and not every browser has modules wait for the style sheet.
  const loaded = document.readyState === "complete" || new Promise((done) => addEventListener("load", done));
  try {
    const parts = [import(address(named("program"))), fetch(address(named("wasm"))), loaded];
    const [page, answer] = await Promise.all(parts);
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
    await page.default({ module_or_path: answer });
  } catch (error) {
    say(`The playground could not be loaded: ${error?.message ?? error}.`);
    throw error;
  }
  // What comes right after the first picture goes first.
  setTimeout(() => keep().catch(() => {}), 1000);
}

/** Until somebody wants what is in the frame: as soon as it comes in sight, at once, or when it is asked for. */
function wanted() {
  const load = new URLSearchParams(location.search).get("load");
  if (load === "eager") return;
  return new Promise((done) => {
    if (load === "click") {
      const button = document.createElement("button");
      button.textContent = "▶ Run it here";
      button.addEventListener("click", () => {
        button.replaceWith("Loading the playground…");
        done();
      });
      document.querySelector("body > .loading").replaceChildren(button);
      document.querySelector("body > .late")?.remove();
      return;
    }
    const sight = new IntersectionObserver((seen) => {
      if (!seen.some(({ isIntersecting }) => isIntersecting)) return;
      sight.disconnect();
      done();
    });
    sight.observe(document.documentElement);
  });
}

/** Says why there is no page, with a way to try again. Once the page is shown it speaks for itself. */
function say(sentence) {
  const place = document.querySelector("body > .loading");
  if (!place) return;
  document.querySelector("body > .late")?.remove();
  place.setAttribute("role", "alert");
  place.textContent = `${sentence} `;
  const again = document.createElement("button");
  again.textContent = "Reload";
  again.addEventListener("click", () => location.reload());
  place.append(again);
}

/** Has this version kept for later. The lock tells the service worker that its files are in use; it ends with the page. */
async function keep() {
  // In a sandboxed frame the very question is an error.
  const worker = navigator.serviceWorker;
  if (!worker) return;
  const tell = () => worker.controller?.postMessage("running");
  if (navigator.locks) {
    const lock = `paxos-playground ${address("./")} ${named("version")}`;
    const forEver = () => (tell(), new Promise(() => {}));
    navigator.locks.request(lock, { mode: "shared" }, forEver).catch(() => {});
  } else {
    tell();
  }
  await worker.register(address("./service-worker.js"));
}
