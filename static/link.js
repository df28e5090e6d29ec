// What a link needs of the browser; see src/ui/link.rs. What is forbidden does nothing.

let heard;
const opened = globalThis.location?.hash;

// Another language than English is wanted by the link, by the frame's address or, outside frames, by the reader. Its words are
// here before the program begins; where they are missing, this says why.
const TONGUE = "paxos-playground.tongue";
const words = await spoken();

export function asked() {
  return /^#(v|s|lesson|scenario|t|sel|lang)(=|%3d)/i.test(location.hash) ? location.hash.slice(1) : "";
}

/** What authors can say; what else stands there is of whoever passed the link on. */
const KEYS = /[?&](amp;)?(theme|panels|controls|readonly|lang|autoplay|speed|keys|motion|load|resize|present|view|with|tolerate|nodes)\b/;

/** The language that this part of an address asks for. */
function wanted(part) {
  return /(?:\b|%26)lang(?:=|%3d)([a-z]+)/i.exec(part)?.[1];
}

/** The file with the words of this language; English has none. */
function file(lang) {
  return lang && document.querySelector(`meta[name="words-${lang}"]`)?.content;
}

async function spoken() {
  const page = globalThis.document;
  let lang = page && (wanted(location.hash) ?? wanted(location.search));
  try {
    if (page && !framed()) lang ??= localStorage.getItem(TONGUE);
  } catch {}
  if (!file(lang)) return "";
  try {
    const answer = await fetch(new URL(file(lang), page.baseURI));
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
    const text = await answer.text();
    page.documentElement.lang = lang;
    return text;
  } catch ({ message }) {
    return `The page speaks English, because its words in the language “${lang}” could not be loaded: ${message}`;
  }
}

/** The words of another language than English, or why they are not here. */
export function catalogue() {
  return words;
}

/** Begins anew in another language, with what this fragment opens. */
export function turn(lang, fragment) {
  try {
    localStorage.setItem(TONGUE, lang);
  } catch {}
  address(fragment);
  location.reload();
}

export function query() {
  return KEYS.test(location.search) || framed() ? location.search.slice(1) : "";
}

export function framed() {
  return document.documentElement.hasAttribute("data-embed");
}

export function full(fragment) {
  return new URL(`./#${fragment}`, location.href.split("#")[0].split("?")[0]).href;
}

export async function open_door(order) {
  const named = (name) => document.querySelector(`meta[name="${name}"]`)?.content;
  const file = named("frame");
  if (!file) return;
  const { start } = await import(new URL(file, document.baseURI));
  start(order, named("version") ?? "");
}

/** Whether the address asks for another language than the one spoken; the page has to begin anew for it. */
function turns() {
  const [lang, now] = [wanted(location.hash), document.documentElement.lang];
  return lang !== undefined && lang !== now && (lang === "en" || !!file(lang));
}

export function listen(follow, isDue) {
  const hear = () => (turns() ? location.reload() : heard());
  if (!heard) addEventListener("hashchange", hear);
  heard = follow;
  // The address can change before anybody listens.
  if (location.hash !== opened) setTimeout(hear);
  else if (isDue) setTimeout(follow);
}

export function address(fragment) {
  const whole = `${location.href.split("#")[0]}#${fragment}`;
  try {
    history.replaceState(history.state, "", whole);
  } catch {}
  return whole;
}

export function copy(text, done) {
  new Promise((copied) => copied(navigator.clipboard.writeText(text))).then(() => done(true), () => done(false));
}

export function choose(id) {
  setTimeout(() => {
    const field = document.getElementById(id);
    field?.focus();
    field?.select();
  });
}
