// Fetches the rest of the page's WebAssembly; see src/ui/rest.rs and xtask/src/split.rs.
//
// The rest imports what the first part exports, and fills the first part's table of functions as it is instantiated. It has
// no state of its own. index.html names its file; without a name (`cargo xtask serve`, tests) the page is whole as it is.

const named = globalThis.document?.querySelector('meta[name="rest"]');
let here = !named;
let wrong = "";

/** Whether everything is here. */
export function is_here() {
  return here;
}

/** Why the last attempt to fetch the rest failed. */
export function why_not() {
  return wrong;
}

/** Fetches the rest in the background, and calls `done` when it is here or when that failed. */
export function fetch_rest(exports, done) {
  wrong = "";
  bring(exports).catch((error) => { wrong = String(error.message ?? error); }).then(done);
}

async function bring(exports) {
  if (here) return;
  const answer = await fetch(address());
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  const module = await WebAssembly.compile(await answer.arrayBuffer());
  if (!here) join(module, exports);
}

/** Fetches the rest while the page waits: something of it is needed now. */
export function load_rest(exports) {
  if (here) return;
  // The numbers of functions in this trace are those of target/split.txt.
  console.warn("The rest of the page was needed before it was here.", new Error().stack);
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
