// What the page says when its program breaks; see src/ui/trap.rs. A program that has trapped cannot speak, so this file keeps
// what it needs for that: the sentence, and the link to the last script whose run was whole.

let told = false;
let sentence = "";
let good = "";

/** From now on a broken program is told of, in this sentence. */
export function watch(text) {
  if (!sentence) {
    addEventListener("error", ({ error }) => isTrap(error) && tell());
    addEventListener("unhandledrejection", ({ reason }) => isTrap(reason) && tell());
  }
  sentence = text;
}

/** The fragment of the link to a script whose run is whole. */
export function keep(fragment) {
  good = fragment;
}

/** A trap of WebAssembly; or a stack or a memory that is full while WebAssembly runs, which browsers call by other names. */
function isTrap(error) {
  if (error instanceof WebAssembly.RuntimeError) return true;
  return ["RangeError", "InternalError"].includes(error?.name) && /wasm/.test(error.stack ?? "");
}

function tell() {
  if (told) return;
  told = true;
  const notice = document.createElement("p");
  notice.className = "broken";
  notice.setAttribute("role", "alert");
  notice.textContent = `${sentence} `;
  const back = document.createElement("button");
  back.textContent = good ? "Back to the last good script" : "Open the playground without this script";
  back.addEventListener("click", () => {
    history.replaceState(null, "", `${location.href.split("#")[0]}${good ? `#${good}` : ""}`);
    location.reload();
  });
  notice.append(back);
  document.body.prepend(notice);
}
