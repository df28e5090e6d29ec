// Fetches the rest of the page's WebAssembly; see src/ui/rest.rs and xtask/src/split.rs.
//
// The rest imports what the first part exports, and fills the first part's table of functions as it is instantiated. It has
// no state of its own. Its style sheet comes with it. index.html names the files; without a name (`cargo xtask serve`, tests)
// the page is whole as it is.

const named = globalThis.document?.querySelector('meta[name="rest"]');
let here = !named;
let wrong = "";
const kept = named && await read();

/** Whether everything is here. */
export function is_here() {
  return here;
}

/** Why the last attempt to fetch the rest failed. */
export function why_not() {
  return wrong;
}

/**
 * What a service worker keeps is read before the page begins: a request that waits goes past it, and so would fail offline.
 */
async function read() {
  try {
    // In a sandboxed frame the very question is an error.
    if (!navigator.serviceWorker?.controller) return null;
    const answer = await fetch(address());
    return answer.ok ? await answer.arrayBuffer() : null;
  } catch {
    return null;
  }
}

/** Fetches the rest in the background, and calls `done` when it is here or when that failed. */
export function fetch_rest(exports, done) {
  wrong = "";
  bring(exports).catch((error) => { wrong = String(error.message ?? error); }).then(done);
}

async function bring(exports) {
  if (here) return;
  const [module] = await Promise.all([Promise.resolve(kept ?? ask()).then(WebAssembly.compile), dressed()]);
  if (!here) join(module, exports);
}

async function ask() {
  const answer = await fetch(address());
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  return answer.arrayBuffer();
}

/** Has the rest's style sheet loaded, once. */
let sheet;
function dressed() {
  const file = document.querySelector('meta[name="rest-style"]')?.content;
  sheet ??= file && new Promise((done, failed) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = new URL(file, document.baseURI);
    link.onload = done;
    link.onerror = () => {
      sheet = undefined;
      link.remove();
      failed(new Error("its style sheet did not come"));
    };
    document.head.append(link);
  });
  return sheet;
}

/** Fetches the rest while the page waits: something of it is needed now. */
export function load_rest(exports) {
  if (here) return;
  dressed()?.catch(() => {});
  // The numbers of functions in this trace are those of target/split.txt.
  console.warn("The rest of the page was needed before it was here.", new Error().stack);
  if (kept) {
    join(new WebAssembly.Module(kept), exports);
    return;
  }
  const request = new XMLHttpRequest();
  request.open("GET", address(), false);
  // A request that waits may not answer with bytes; this makes each byte a character.
  request.overrideMimeType("text/plain; charset=x-user-defined");
  request.send();
  if (request.status >= 400) throw new Error(`the server answered ${request.status}`);
  const bytes = Uint8Array.from(request.responseText, (letter) => letter.charCodeAt(0));
  join(new WebAssembly.Module(bytes), exports);
}

function join(module, exports) {
  new WebAssembly.Instance(module, { first: exports });
  here = true;
}

function address() {
  return new URL(named.content, document.baseURI);
}
