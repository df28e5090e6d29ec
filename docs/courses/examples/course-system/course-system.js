// What course systems do to a pasted frame. Each shows the same text in its own way, and says below which heights it was told.

// How each treats the frame: which attributes stay, and which sandbox it gets.
const SYSTEMS = [
  { name: "Moodle: a teacher’s page stays as it is", keeps: ["title", "src", "width", "height", "loading", "allow", "sandbox"] },
  { name: "Canvas: some attributes go, and heights are listened to", keeps: ["title", "src", "width", "height", "sandbox"] },
  { name: "A sandbox with an origin", keeps: ["title", "src", "width", "height"], sandbox: "allow-scripts allow-same-origin" },
  { name: "A sandbox without an origin", keeps: ["title", "src", "width", "height"], sandbox: "allow-scripts" },
  { name: "The whole page in a sandbox", keeps: ["title", "src", "width", "height"], within: "allow-scripts" },
];

/** The pasted text without scripts and handlers, as such a system keeps it. */
function cleaned(html, { keeps, sandbox }) {
  const body = new DOMParser().parseFromString(html, "text/html").body;
  for (const one of body.querySelectorAll("script, style, object, embed, link")) one.remove();
  for (const one of body.querySelectorAll("*")) {
    for (const { name } of [...one.attributes]) if (!keeps.includes(name)) one.removeAttribute(name);
    if (one.localName === "iframe" && sandbox) one.setAttribute("sandbox", sandbox);
  }
  return body;
}

/** The pasted text, shown by a system. */
function show(html, system) {
  const section = document.createElement("section");
  const heading = document.createElement("h2");
  const told = document.createElement("output");
  heading.textContent = system.name;
  const body = cleaned(html, system);
  if (system.within) {
    const frame = document.createElement("iframe");
    frame.title = system.name;
    frame.setAttribute("sandbox", system.within);
    Object.assign(frame, { width: "100%", height: "600", srcdoc: body.innerHTML });
    section.append(heading, frame);
  } else {
    section.append(heading, ...body.childNodes, told);
  }
  return section;
}

const main = document.querySelector("main");
const save = () => main.replaceChildren(...SYSTEMS.map((system) => show(document.querySelector("#pasted").value, system)));
document.querySelector("#save").addEventListener("click", save);
save();

// Canvas’ way: the message may be text or not, and is about the frame that it comes from.
addEventListener("message", ({ data, source }) => {
  let message = data;
  try { if (typeof data === "string") message = JSON.parse(data); } catch { return; }
  if (message?.subject !== "lti.frameResize") return;
  const frame = [...document.querySelectorAll("main iframe")].find(({ contentWindow }) => contentWindow === source);
  const height = Math.max(1, Number(message.height));
  if (!frame || !Number.isFinite(height)) return;
  frame.height = height;
  frame.style.height = `${height}px`;
  frame.closest("section").querySelector("output").append(` ${height}`);
});
