// Keeps the page for use offline, one version at a time and always whole.
//
// - `cargo xtask build` fills in VERSION and FILES, so each build has its own service worker. All files but the HTML have
//   names made from their content.
// - A version is fetched completely and checked before anything of it is used; if one file fails, the version that was
//   there stays as it is, and the next visit tries again.
// - A page is opened from the newest complete version. Pages that are open go on with theirs: what they ask for has a name
//   that only their version has, and it is kept as long as one of them is open.
// - What is not of the playground (other files in the same folder) is left to the network.

const VERSION = "";
// What each file must be: a hash as in the attribute `integrity`; HTML is checked for naming the version.
const FILES = {};

const SCOPE = self.registration.scope;
const MINE = `paxos-playground ${SCOPE} `;
const NAME = MINE + VERSION;

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
// A page says that it runs: whatever version was before it may now be in nobody's use.
self.addEventListener("message", (event) => event.waitUntil(clean()));
self.addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  if (method === "GET" && url.startsWith(SCOPE)) event.respondWith(answer(event.request));
});

async function install() {
  // After a change back to an older version its files may still be here, in use.
  const had = await caches.has(NAME);
  try {
    const cache = await caches.open(NAME);
    await Promise.all(Object.entries(FILES).map(([path, integrity]) => bring(cache, path, integrity)));
  } catch (error) {
    if (!had) await caches.delete(NAME);
    throw error;
  }
  await self.skipWaiting();
}

/** Fetches one file, past caches that may be stale, and keeps it if it is what it should be. */
async function bring(cache, path, integrity) {
  const address = new URL(path, SCOPE).href;
  let got = await fetch(address, integrity ? { cache: "no-cache", integrity } : { cache: "no-cache" });
  if (!got.ok) throw new Error(`${path}: the server answered ${got.status}`);
  if (!integrity) {
    const text = await got.text();
    if (!text.includes(VERSION)) throw new Error(`${path} is of another version`);
    // Made anew, because an answer that was redirected may not open a page.
    got = new Response(text, { headers: got.headers });
  }
  await cache.put(address, got);
}

/** Of the newest version, or else of the one that only an open page can know of, or else from the network. */
async function answer(request) {
  const address = addressOf(request.url);
  const older = isPage(address) ? [] : (await caches.keys()).filter((name) => name.startsWith(MINE));
  for (const name of [NAME, ...older]) {
    const cache = (await caches.has(name)) && (await caches.open(name));
    const kept = cache && (await cache.match(address, { ignoreVary: true }));
    if (kept) return kept;
  }
  return fetch(request);
}

/** Without what an author or a link says of how and what to show. */
function addressOf(url) {
  const address = url.replace(/[?#].*/, "");
  return address === SCOPE ? `${SCOPE}index.html` : address;
}

function isPage(address) {
  return FILES[address.slice(SCOPE.length)] === "";
}

/** Removes older versions that no page uses. Each page holds a lock named like its version (static/boot.js). */
async function clean() {
  const names = (await caches.keys()).filter((name) => name.startsWith(MINE));
  // In the order in which they were made: what comes after this version is being fetched, or is in charge already.
  const older = names.slice(0, Math.max(0, names.indexOf(NAME)));
  if (older.length === 0) return;
  const windows = await self.clients.matchAll({ includeUncontrolled: true, type: "window" });
  const pages = windows.filter(({ url }) => url.startsWith(SCOPE) && isPage(addressOf(url)));
  let used = [NAME];
  if (navigator.locks) used = (await navigator.locks.query()).held.map(({ name }) => name).filter((name) => names.includes(name));
  // A page that is still opening holds no lock yet, and nobody knows its version.
  if (pages.length > used.length) return;
  await Promise.all(older.filter((name) => !used.includes(name)).map((name) => caches.delete(name)));
}
