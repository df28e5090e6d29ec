// A page around frames, as docs/embedding.md says: it says hello, notes what it hears, and makes frames as high as they say.
window.heard = [];

const embeds = () => [...document.querySelectorAll("iframe")];

window.send = (name, message) => {
  const frame = embeds().find((one) => one.dataset.name === name);
  frame.contentWindow.postMessage({ ns: "paxos-playground", v: 1, ...message }, "*");
};

/** What was heard of a frame, of a type. */
window.told = (name, type) => heard.filter((one) => one.name === name && one.data.type === type).map(({ data }) => data);

/** Asks, and waits for the answer. */
let asked = 0;
window.ask = (name, message) => new Promise((done) => {
  const id = `host-${++asked}`;
  send(name, { ...message, id });
  const look = () => {
    const found = heard.find((one) => one.name === name && one.data.id === id);
    if (found) done(found.data);
    else setTimeout(look, 10);
  };
  look();
});

/** Makes a frame, and waits until it is ready. */
window.embed = (name, query, fragment, attributes = {}) => new Promise((done) => {
  const frame = document.createElement("iframe");
  frame.dataset.name = name;
  frame.title = name;
  frame.width = "100%";
  frame.height = 420;
  for (const [key, value] of Object.entries(attributes)) frame.setAttribute(key, value);
  frame.src = `../embed.html?${query}#${fragment}`;
  document.getElementById("place").append(frame);
  const look = () => told(name, "state").length ? done(true) : setTimeout(look, 10);
  look();
});

addEventListener("message", ({ data, source, origin }) => {
  const frame = embeds().find((one) => one.contentWindow === source);
  const name = frame?.dataset.name ?? "nobody";
  heard.push({ name, data, origin });
  if (data.subject === "lti.frameResize" && frame) frame.height = data.height;
  if (data.ns !== "paxos-playground") return;
  if (data.type === "ready" && data.id === undefined) send(name, { type: "hello", id: "hello" });
  if (data.type === "resize") frame.height = data.height;
});
