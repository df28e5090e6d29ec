// The one script that stands inside embed.html: it asks for a frame's program a turn before the starter (boot.js) could, unless
// the program is to wait for a click. Its hash is in the policy; where a server's own policy forbids it, the starter asks.

if (!/[?&]load=click/.test(location.search)) {
  const href = document.querySelector("meta[name=wasm]").content;
  document.head.append(Object.assign(document.createElement("link"), { rel: "preload", as: "fetch", crossOrigin: "", href }));
}
