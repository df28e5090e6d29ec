// A frame's side of the messages between a page and the playground in it; docs/embedding.md is the contract, and
// src/ui/embed.rs does what is asked for. Only embed.html loads this.
//
// The frame obeys its parent window and nobody else. What has another name or version is not for it and is left alone; what is
// for it and has a wrong shape is answered with an error, and changes nothing.

const NS = "paxos-playground";
const VERSION = 1;
const FORMATS = ["script", "report", "link", "svg", "test", "events", "mermaid", "plantuml", "shiviz", "tikz"];
const TEXT_MAX = 65536;
// Smaller changes of the height are not worth a message, in pixels.
const WORTH = 2;
// How broad a scroll bar may be, in pixels.
const SCROLL_BAR = 40;
// How long the content must be lower before that is told, in milliseconds.
const LOWER_AFTER = 1500;

const isText = (value, max) => typeof value === "string" && value.length <= max;
const isFlag = (value) => value === undefined || typeof value === "boolean";

/** What is wrong with an order, a sentence; nothing if nothing is. */
const SHAPES = {
  hello: () => "",
  load: ({ script, link }) => {
    if (link === undefined) return isText(script, TEXT_MAX) ? "" : `“script” is a text of at most ${TEXT_MAX} characters`;
    return script === undefined && isText(link, TEXT_MAX) && link.includes("#")
      ? "" : `“link” is a link with a # in it, of at most ${TEXT_MAX} characters, and there is no “script” beside it`;
  },
  seek: ({ t }) => typeof t === "number" && Number.isFinite(t) && t >= 0 ? "" : "“t” is a number of Δ from 0 on",
  play: () => "",
  pause: () => "",
  step: ({ by, back }) => {
    if (by !== undefined && by !== "event" && by !== "delta") return "“by” is event or delta";
    return isFlag(back) ? "" : "“back” is true or false";
  },
  setTheme: ({ theme }) => ["auto", "light", "dark"].includes(theme) ? "" : "“theme” is auto, light or dark",
  getState: () => "",
  export: ({ format }) => FORMATS.includes(format) ? "" : `“format” is one of ${FORMATS.join(", ")}`,
};

/** Speaks with the page around from now on, through the playground's program. */
export function start(page, version) {
  const host = parent;
  const ask = (name, text = "", number = 0) => page(null, name, text, number);
  if (host === window) return;
  // Whom to tell what happens: nobody before the page around has said hello.
  let origin;
  const post = (type, fields, to, id) => {
    const message = { ns: NS, v: VERSION, ...(id === undefined ? {} : { id }), type, ...fields };
    // A page without an origin can only be reached as anybody.
    host.postMessage(message, to === undefined || to === "null" ? "*" : to);
  };
  const ready = (to, id) => post("ready", { version, formats: FORMATS }, to, id);

  addEventListener("message", ({ data, source, origin: from }) => {
    if (source !== host || typeof data !== "object" || data === null || data.ns !== NS || data.v !== VERSION) return;
    const { id, type } = data;
    const isId = id === undefined || Number.isSafeInteger(id) || isText(id, 64);
    const refuse = (reason) => post("error", typeof reason === "string" ? { reason } : reason, from, isId ? id : undefined);
    if (!isId) return refuse("“id” is a whole number or a text of at most 64 characters");
    if (typeof type !== "string" || !Object.hasOwn(SHAPES, type)) return refuse("this type of message is not known here");
    const wrong = SHAPES[type](data);
    if (wrong) return refuse(wrong);
    answer(data, from, refuse);
  });

  function answer(data, from, refuse) {
    const { id, type } = data;
    // What was ordered is shown in the next turn of the event loop.
    const state = () => setTimeout(() => post("state", JSON.parse(ask("state")), from, id));
    const order = (name, text, number) => {
      const wrong = ask(name, text, number);
      if (wrong) refuse(JSON.parse(wrong));
      else state();
    };
    switch (type) {
      case "hello":
        origin = from;
        ready(from, id);
        state();
        page((kind, fields) => post(kind, JSON.parse(fields), origin), "listen", "", 0);
        break;
      case "load":
        if (data.link === undefined) order("load", data.script);
        else order("link", data.link.slice(data.link.indexOf("#") + 1));
        break;
      case "seek": order("seek", "", data.t); break;
      case "step": order(`${data.by ?? "event"}${data.back ? "-back" : ""}`); break;
      case "setTheme": order("theme", data.theme); break;
      case "getState": state(); break;
      case "export": {
        const file = JSON.parse(ask("export", data.format));
        if (file.reason) refuse(file);
        else post("export", file, from, id);
        break;
      }
      default: order(type);
    }
  }

  ready();
  size(post);
  leave((direction) => origin !== undefined && post("focusout", { direction }, origin));
  // What nobody sees stands still.
  new IntersectionObserver((seen) => ask(seen.at(-1).isIntersecting ? "wake" : "sleep"))
    .observe(document.documentElement);
}

/**
 * Tells how high the content is, where the frame's author wants it. It does not depend on how high the frame is. What becomes
 * higher is told at once; what becomes lower only when it has been so for a while, or a page would jump as a run plays. And
 * when that came with a width that differs by a scroll bar, it is the page around that has one come and go with our height:
 * then the larger height stays.
 */
function size(post) {
  const how = new URLSearchParams(location.search).get("resize");
  if (how !== "post" && how !== "lti") return;
  let told = { height: 0, width: innerWidth };
  let lower;
  const measured = () => Math.ceil(document.body.getBoundingClientRect().height);
  const tell = (height) => {
    told = { height, width: innerWidth };
    post("resize", { height });
    if (how === "lti") parent.postMessage({ subject: "lti.frameResize", height }, "*");
  };
  const look = () => {
    const height = measured();
    if (height >= told.height - WORTH) {
      clearTimeout(lower);
      lower = undefined;
      if (height > told.height + WORTH) tell(height);
      return;
    }
    lower ??= setTimeout(() => {
      lower = undefined;
      const narrower = Math.abs(innerWidth - told.width);
      if (measured() < told.height - WORTH && (narrower === 0 || narrower > SCROLL_BAR)) tell(measured());
    }, LOWER_AFTER);
  };
  new ResizeObserver(look).observe(document.body);
}

/** Says when Tab leads out of the frame, and which way. */
function leave(tell) {
  let tab;
  addEventListener("keydown", ({ key, shiftKey }) => {
    tab = key === "Tab" ? { direction: shiftKey ? "backward" : "forward" } : undefined;
    setTimeout(() => { tab = undefined; }, 100);
  }, true);
  addEventListener("blur", () => tab && tell(tab.direction));
}
