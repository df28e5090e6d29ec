// What a link needs of the browser; see src/ui/link.rs. What is forbidden does nothing.

let heard;
const opened = globalThis.location?.hash;

export function asked() {
  return /^#(v|s|lesson|scenario|t|sel)(=|%3d)/i.test(location.hash) ? location.hash.slice(1) : "";
}

/** What authors can say; what else stands there is of whoever passed the link on. */
const KEYS = /[?&](amp;)?(theme|panels|controls|readonly|lang|autoplay|speed|keys|motion|load|resize|present|view|with|tolerate|nodes)\b/;

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

export function listen(follow, isDue) {
  if (!heard) addEventListener("hashchange", () => heard());
  heard = follow;
  if (isDue || location.hash !== opened) setTimeout(follow);
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
