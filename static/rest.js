// Fetches the later parts of the page's WebAssembly (src/ui/rest.rs, xtask/src/split.rs), and the editor of the script
// (src/ui/script.rs, editor/editor.js).
//
// A later part imports what the first part exports, and fills the first part's table of functions as it is instantiated. It
// has no state of its own, and comes after the parts ahead of it. The style sheet of the rest comes with the rest. index.html
// names the files; without names (`cargo xtask serve`, tests) the page is whole as it is.

const PARTS = ["rest", "tools"];
const named = PARTS.map((name) => globalThis.document?.querySelector(`meta[name="${name}"]`));
// How many later parts are here.
let here = named[0] ? 0 : PARTS.length;
const wrong = PARTS.map(() => "");
const kept = await Promise.all(named.map(read));

/** Whether this part is here; the rest is part 1. */
export function is_here(part) {
  return here >= part;
}

/** Why the last attempt to fetch this part failed. */
export function why_not(part) {
  return wrong[part - 1];
}

/**
 * What a service worker keeps is read before the page begins: a request that waits goes past it, and so would fail offline.
 */
async function read(meta) {
  try {
    // In a sandboxed frame the very question is an error.
    if (!meta || !navigator.serviceWorker?.controller) return null;
    const answer = await fetch(address(meta));
    return answer.ok ? await answer.arrayBuffer() : null;
  } catch {
    return null;
  }
}

/** Fetches this part and the ones ahead of it in the background, and calls `done` when it is here or when that failed. */
export function fetch_part(part, exports, done) {
  wrong[part - 1] = "";
  bring(part, exports).catch((error) => { wrong[part - 1] = String(error.message ?? error); }).then(done);
}

async function bring(part, exports) {
  const first = here;
  const modules = named.slice(first, part).map(async (meta, place) => {
    return WebAssembly.compile(kept[first + place] ?? await ask(meta));
  });
  const [, ...compiled] = await Promise.all([dressed(), ...modules]);
  compiled.forEach((module, place) => join(first + place, module, exports));
}

async function ask(meta) {
  const answer = await fetch(address(meta));
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

/** Fetches this part and the ones ahead of it while the page waits: something of it is needed now. */
export function load_part(part, exports) {
  dressed()?.catch(() => {});
  while (here < part) {
    // The numbers of functions in this trace are those of target/split.txt.
    console.warn(`The part “${PARTS[here]}” of the page was needed before it was here.`, new Error().stack);
    join(here, new WebAssembly.Module(kept[here] ?? fetched(named[here])), exports);
  }
}

/** What a part's file holds, with a request that waits. */
function fetched(meta) {
  const request = new XMLHttpRequest();
  request.open("GET", address(meta), false);
  // A request that waits may not answer with bytes; this makes each byte a character.
  request.overrideMimeType("text/plain; charset=x-user-defined");
  request.send();
  if (request.status >= 400) throw new Error(`the server answered ${request.status}`);
  return Uint8Array.from(request.responseText, (letter) => letter.charCodeAt(0));
}

/** Adds the later part with this place, unless it is here. */
function join(place, module, exports) {
  if (here !== place) return;
  new WebAssembly.Instance(module, { first: exports });
  here += 1;
}

function address(meta) {
  return new URL(meta.content, document.baseURI);
}

// The editor. index.html names its file. Where it names none (`cargo xtask serve`, tests), where nothing may be written, and when
// the file does not come, the text area stays. `data-editor` of the text area says how far the editor is.

let shown;

/**
 * Shows the editor in place of the text area of this id, and what is wrong with the text there. `ask` answers what the
 * editor has to know of scripts.
 */
export function show_editor(id, line, column, sentence, ask) {
  const area = document.getElementById(id);
  if (!area) return;
  if (shown?.area !== area) {
    close_editor();
    shown = { area };
    bring_editor(shown, ask);
  }
  const { wrong } = shown;
  // The page shows itself anew for each frame of a run that plays.
  if (wrong?.line !== line || wrong.column !== column || wrong.sentence !== sentence) shown.wrong = { line, column, sentence };
  shown.editor?.show(shown.wrong);
}

/** Ends the editor, whose text area is gone. */
export function close_editor() {
  shown?.editor?.close();
  shown = undefined;
}

async function bring_editor(its, ask) {
  const file = document.querySelector('meta[name="editor"]')?.content;
  if (!file || its.area.readOnly) return;
  its.area.dataset.editor = "coming";
  try {
    const { open } = await import(new URL(file, document.baseURI).href);
    if (shown !== its) return;
    its.editor = open(its.area, ask);
    its.editor.show(its.wrong);
    its.area.dataset.editor = "here";
  } catch (error) {
    its.area.dataset.editor = "missing";
    console.warn("The editor did not come, so the text area stays.", error);
  }
}
