// What a link needs of the browser; see src/ui/link.rs. What is forbidden does nothing.

let heard;

export function asked() {
  return /^#(v|s|lesson|scenario|t|sel)(=|%3d)/i.test(location.hash) ? location.hash.slice(1) : "";
}

export function listen(follow) {
  if (!heard) addEventListener("hashchange", () => heard());
  heard = follow;
  setTimeout(follow);
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
