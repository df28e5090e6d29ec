// What a link needs of the browser; see src/ui/link.rs. Each of these may be forbidden, as in a frame, and then does nothing.

/** What the page's address says after its `#`, if that is a link to a run. */
export function asked() {
  return /^#(v|s|lesson|scenario|t|sel)(=|%3d)/i.test(location.hash) ? location.hash.slice(1) : "";
}

/** The page's address with another fragment; it stands in the address bar from now on. */
export function address(fragment) {
  const whole = `${location.href.split("#")[0]}#${fragment}`;
  try {
    history.replaceState(history.state, "", whole);
  } catch {
    // The address bar stays as it is.
  }
  return whole;
}

/** Copies a text, and calls `done` with whether that was possible. */
export function copy(text, done) {
  new Promise((copied) => { copied(navigator.clipboard.writeText(text)); }).then(() => done(true), () => done(false));
}

/** Selects what a field holds, for somebody to copy. */
export function choose(id) {
  const field = document.getElementById(id);
  field?.focus();
  field?.select();
}
