// The element <paxos-playground>, and `mount`, which makes one; docs/embedding.md is the contract.
//
// It is sugar: it makes the frame of the contract, asks it for what its methods are called for, and tells what the frame tells
// as events. It obeys its own frame and nobody else, builds no HTML from text, and sets sizes without inline style, so that it
// works under the strictest policy. Without a browser it can be loaded, and does nothing.

const NS = "paxos-playground";
const VERSION = 1;
// The folder of the playground, unless `base` says otherwise: where this file came from.
const HERE = new URL("./", import.meta.url).href;

// What the frame is asked for in its address; docs/embedding.md says what the values mean.
const KEYS = ["theme", "panels", "controls", "readonly", "autoplay", "speed", "motion", "keys", "load", "resize", "lang", "present",
  "view", "with", "tolerate", "nodes"];
// What is opened, by what says so. The first one that is there counts.
const OPENERS = ["script", "link", "lesson", "scenario"];
const ATTRIBUTES = [...KEYS, ...OPENERS, "height", "title", "base", "sandbox"];

const SANDBOX = "allow-scripts allow-same-origin allow-popups allow-downloads";
const HEIGHT = 480;
const HEIGHT_MIN = 120;
const HEIGHT_MAX = 4000;
// How long a frame may take to be there, and to answer, in milliseconds.
const READY_LIMIT = 30000;
const ANSWER_LIMIT = 10000;
// A height that comes back within this time goes back and forth, in milliseconds.
const RESTLESS = 2000;

const STYLE = ":host { display: block } :host([hidden]) { display: none } iframe { display: block; border: 0 }";

const isNumber = (value) => typeof value === "number" && Number.isFinite(value);
const isText = (value) => typeof value === "string";
const isFlag = (value) => typeof value === "boolean";
const isList = (value) => Array.isArray(value) && value.every(isText);
const isNumberOrNull = (value) => value === null || isNumber(value);
const isPlace = (value) => value === undefined || isNumber(value);
const isTextIfAny = (value) => value === undefined || isText(value);
const isGoal = ({ text, points, reached, sentence } = {}) =>
  isText(text) && isNumber(points) && isFlag(reached) && isText(sentence);
const isGoalsIfAny = (value) => value === undefined || Array.isArray(value) && value.every((goal) => isGoal(goal ?? {}));

/** The fields of what a frame tells, each with its test. What has another shape is left alone. */
const SHAPES = {
  ready: { version: isText, formats: isList },
  resize: { height: isNumber },
  state: {
    title: isText, t: isNumber, end: isNumber, playing: isFlag, theme: isText, step: isNumber, steps: isNumber,
    decided: isNumber, violated: isList, stopped: isTextIfAny, goals: isGoalsIfAny, refused: isTextIfAny, edited: isFlag,
    link: isText,
  },
  export: { format: isText, text: isText },
  error: { reason: isText, line: isPlace, column: isPlace },
};
const EVENTS = {
  decided: {
    event: isText, t: isNumber, instance: isNumber, value: isText, ballot: isText,
    leader: isNumberOrNull, all: isNumberOrNull, client: isNumberOrNull,
  },
  violated: { event: isText, t: isNumber, check: isText, sentence: isText, summary: isTextIfAny },
  solved: { event: isText, lesson: isText },
};
/** The fields of the event `solved` when it is about a goal of the script, and not about a lesson. */
const GOAL_SOLVED = { event: isText, goal: isText, number: isNumber, goals: isNumber, points: isNumber, of: isNumber };

/** The fields of a message, and no others; nothing if its shape is wrong. */
function fields(message) {
  const of = (shapes, name) => isText(name) && Object.hasOwn(shapes, name) ? shapes[name] : undefined;
  const event = () => message.event === "solved" && message.goal !== undefined ? GOAL_SOLVED : of(EVENTS, message.event);
  const shape = message.type === "event" ? event() : of(SHAPES, message.type);
  if (!shape || !Object.entries(shape).every(([name, fits]) => fits(message[name]))) return undefined;
  return Object.fromEntries(Object.keys(shape).filter((name) => message[name] !== undefined)
    .map((name) => [name, message[name]]));
}

/** What a frame says is wrong, as an error. */
function problem({ reason, line, column }) {
  const error = new Error(reason);
  if (line !== undefined) Object.assign(error, { name: "ScriptError", line, column });
  return error;
}

/** A promise with the hands that settle it. What nobody waits for fails in silence. */
function pledge() {
  const pledge = {};
  pledge.promise = new Promise((resolve, reject) => Object.assign(pledge, { resolve, reject }));
  pledge.promise.catch(() => {});
  return pledge;
}

/** A frame with a playground in it, from when it is made until it is closed. */
class Frame {
  #pending = new Map();
  #asked = 0;
  #ready = pledge();
  #isReady = false;
  #gone;
  #limit;
  #origin;
  #place;
  #script;
  #tell;

  /** `script` is called for a script to open first, and `tell` with the type and the fields of what the frame tells by itself. */
  constructor(iframe, address, script, tell) {
    this.iframe = iframe;
    this.#script = script;
    this.#tell = tell;
    const hasOrigin = iframe.sandbox.contains("allow-same-origin");
    this.#origin = hasOrigin ? address.origin : "null";
    this.#place = `the playground at ${address.href.split(/[?#]/)[0]}`;
    addEventListener("message", this);
    iframe.src = address.href;
  }

  /** Stops to listen; who still waits is told. */
  close() {
    removeEventListener("message", this);
    clearTimeout(this.#limit);
    this.#gone = new Error("the playground was taken out of the page, or made anew");
    this.#ready.reject(this.#gone);
    for (const { reject, limit } of this.#pending.values()) {
      clearTimeout(limit);
      reject(this.#gone);
    }
    this.#pending.clear();
  }

  /** Asks for something as soon as the frame is ready; answers the fields of the answer. */
  async ask(type, words, answers) {
    // It is counted from when somebody waits: a frame out of sight is loaded late.
    if (!this.#isReady) this.#limit ??= setTimeout(() => this.#late(), READY_LIMIT);
    await this.#ready.promise;
    return this.#post(type, words, answers);
  }

  async #post(type, words, answers) {
    if (this.#gone) throw this.#gone;
    this.#asked += 1;
    const [id, { promise, resolve, reject }] = [this.#asked, pledge()];
    const limit = setTimeout(() => {
      this.#pending.delete(id);
      reject(new Error(`${this.#place} did not answer within ${ANSWER_LIMIT / 1000} seconds`));
    }, ANSWER_LIMIT);
    this.#pending.set(id, { answers, resolve, reject, limit });
    // Who has no origin can only be reached as anybody.
    const to = this.#origin === "null" ? "*" : this.#origin;
    this.iframe.contentWindow.postMessage({ ns: NS, v: VERSION, id, type, ...words }, to);
    return promise;
  }

  /** Lets go those who wait; who asks later waits anew. */
  #late() {
    const why = `${this.#place} was not ready within ${READY_LIMIT / 1000} seconds: it may be out of sight, or wait for a click`;
    this.#limit = undefined;
    this.#ready.reject(new Error(why));
    this.#ready = pledge();
  }

  handleEvent({ data, source, origin }) {
    if (source === null || source !== this.iframe.contentWindow || origin !== this.#origin) return;
    if (typeof data !== "object" || data === null || data.ns !== NS || data.v !== VERSION) return;
    const told = fields(data);
    if (told) this.#take(data.id, data.type, told);
  }

  #take(id, type, told) {
    if (id === undefined) {
      // A frame that loads anew is ready anew, and wants to be greeted again.
      if (type === "ready") this.#begin(told);
      else this.#tell(type, told);
      return;
    }
    const pending = this.#pending.get(id);
    if (!pending || (type !== "error" && type !== pending.answers)) return;
    this.#pending.delete(id);
    clearTimeout(pending.limit);
    if (type === "error") pending.reject(problem(told));
    else pending.resolve(told);
  }

  /** Opens the script, which is not in the address, and then asks to be told what happens: so that is told of this script. */
  async #begin(told) {
    const complain = ({ message, line, column }) =>
      this.#gone || this.#tell("error", { reason: message, line, column });
    const script = this.#script();
    if (script !== undefined) await this.#post("load", { script }, "state").catch(complain);
    try {
      await this.#post("hello", {}, "ready");
      this.#tell("ready", told);
      this.#tell("state", await this.#post("getState", {}, "state"));
      this.#isReady = true;
      clearTimeout(this.#limit);
      this.#ready.resolve();
    } catch (error) {
      complain(error);
    }
  }
}

/** Where there are no elements, such as on a server that renders pages, this stands for them. */
const Base = globalThis.HTMLElement ?? class {};

export class PaxosPlaygroundElement extends Base {
  static observedAttributes = ATTRIBUTES;

  #frame;
  #heights = [];
  #isFitted = false;
  #loaded;
  #changed = new Set();

  constructor() {
    super();
    const shadow = this.attachShadow({ mode: "open" });
    const style = new CSSStyleSheet();
    style.replaceSync(STYLE);
    shadow.adoptedStyleSheets = [style];
  }

  connectedCallback() {
    this.#make();
  }

  disconnectedCallback() {
    this.#close();
  }

  /** Browsers that can move an element as it is leave its frame as it is. */
  connectedMoveCallback() {}

  attributeChangedCallback(name, before, after) {
    if (before === after || !this.isConnected || !this.shadowRoot.hasChildNodes()) return;
    // Several attributes that change at once are one change.
    if (this.#changed.size === 0) queueMicrotask(() => this.#change());
    this.#changed.add(name);
  }

  /** Does the least that shows what changed. */
  #change() {
    const changed = [...this.#changed];
    this.#changed.clear();
    if (changed.length === 0 || !this.isConnected) return;
    const is = (...names) => changed.every((name) => names.includes(name));
    if (changed.some((name) => OPENERS.includes(name))) this.#loaded = undefined;
    if (!this.#frame || !is("theme", "height", "title", ...OPENERS)) {
      this.#make();
      return;
    }
    if (changed.includes("title")) this.#frame.iframe.title = this.#name();
    if (changed.includes("height") && !this.#isFitted) this.#frame.iframe.height = String(this.#height());
    const complain = ({ message, line, column }) => this.#say("error", { reason: message, line, column });
    if (changed.includes("theme")) this.setTheme(this.getAttribute("theme") ?? "auto").catch(complain);
    if (!is("theme", "height", "title")) this.#order("load", this.#opens() ?? { link: "#v=1" }).catch(complain);
  }

  /** Makes the frame anew. */
  #make() {
    this.#close();
    this.#changed.clear();
    const base = this.getAttribute("base") ?? HERE;
    if (!base) {
      this.#refuse("“base” is missing: it says in which folder the playground's page is, as in base=\"/paxos/\"");
      return;
    }
    let address;
    try {
      address = new URL("embed.html", new URL(base.replace(/\/?$/, "/"), document.baseURI));
      // Some addresses are programs, which nobody wants to run by the name of a folder.
      if (!["http:", "https:", "file:"].includes(address.protocol)) throw new TypeError(address.protocol);
    } catch {
      this.#refuse(`“base” should be the address of a folder, but it is “${base.slice(0, 200)}”`);
      return;
    }
    if (!this.hasAttribute("resize")) address.searchParams.set("resize", "post");
    for (const key of KEYS.filter((key) => this.hasAttribute(key))) {
      // An attribute without a value is on, as in HTML.
      address.searchParams.set(key, this.getAttribute(key) || "1");
    }
    const opens = this.#loaded ?? this.#opens();
    // Commas of lists may stay as they are.
    address.search = address.search.replaceAll("%2C", ",");
    address.hash = opens?.link?.split("#")[1] ?? "v=1";
    const iframe = document.createElement("iframe");
    const [height, sandbox] = [this.#height(), this.getAttribute("sandbox") ?? SANDBOX];
    const attributes = { title: this.#name(), width: "100%", height, sandbox, allow: "fullscreen; clipboard-write" };
    for (const [name, value] of Object.entries(attributes)) iframe.setAttribute(name, value);
    // One that is loaded when it comes in sight need not be fetched before.
    if (!["eager", "click"].includes(this.getAttribute("load"))) iframe.loading = "lazy";
    this.shadowRoot.replaceChildren(iframe);
    // Its window is there once it is in the page.
    const script = () => (this.#loaded ?? this.#opens())?.script;
    this.#frame = new Frame(iframe, address, script, (type, told) => this.#told(type, told));
  }

  #close() {
    this.#frame?.close();
    this.#frame = undefined;
    this.#heights = [];
    this.#isFitted = false;
    this.shadowRoot.replaceChildren();
  }

  #refuse(reason) {
    this.shadowRoot.replaceChildren(`The playground cannot be shown: ${reason}.`);
    this.#say("error", { reason });
  }

  #name() {
    return this.getAttribute("title") || "Paxos playground";
  }

  /** The height that the author wants, or that the frame begins with. */
  #height() {
    const wanted = Number.parseInt(this.getAttribute("height") ?? "", 10);
    return Number.isFinite(wanted) ? bounded(wanted) : HEIGHT;
  }

  /** What the attributes, or the text inside, say to open: a script or a link. */
  #opens() {
    const by = OPENERS.find((name) => this.hasAttribute(name));
    const value = by && this.getAttribute(by);
    if (by === "script") return { script: value };
    if (by === "link") return { link: value.includes("#") ? value : `#${value}` };
    if (by) return { link: `#v=1&${by}=${encodeURIComponent(value)}` };
    const inside = this.querySelector(':scope > script[type="text/plain"]');
    return inside ? { script: inside.textContent.trim() } : undefined;
  }

  #told(type, told) {
    if (type === "resize") this.#resize(told.height);
    else if (["ready", "state", "event", "error"].includes(type)) this.#say(type, told);
  }

  #say(type, told) {
    const detail = Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined));
    this.dispatchEvent(new CustomEvent(`paxos-${type}`, { bubbles: true, composed: true, detail }));
  }

  /** Takes up the height of the content. One that goes back and forth comes to rest at the larger one. */
  #resize(height) {
    if ((this.getAttribute("resize") ?? "post") !== "post") return;
    const [next, now] = [bounded(Math.ceil(height)), performance.now()];
    this.#heights = this.#heights.filter(({ at }) => now - at < RESTLESS);
    const [last, other] = [this.#heights.at(-1)?.height, this.#heights.at(-2)?.height];
    if (next === last || (next === other && next < last && this.#heights.at(-3)?.height === last)) return;
    this.#heights = [...this.#heights, { height: next, at: now }].slice(-4);
    this.#isFitted = true;
    this.#frame.iframe.height = String(next);
  }

  async #order(type, words = {}, answers = "state") {
    // What was said before by attributes comes before.
    this.#change();
    if (!this.#frame) throw new Error("the playground is not in the page");
    return this.#frame.ask(type, words, answers);
  }

  play() {
    return this.#order("play");
  }

  pause() {
    return this.#order("pause");
  }

  seek(t) {
    return this.#order("seek", { t });
  }

  step(by = "event", back = false) {
    return this.#order("step", { by, back });
  }

  setTheme(theme) {
    return this.#order("setTheme", { theme });
  }

  state() {
    return this.#order("getState");
  }

  async load(script) {
    const state = await this.#order("load", { script });
    // Should the frame be made anew, it opens what was opened last.
    this.#loaded = { script };
    return state;
  }

  async export(format) {
    return (await this.#order("export", { format }, "export")).text;
  }

  /** A long run is worked on for a while; until then there is no report of it. */
  async report() {
    const late = performance.now() + ANSWER_LIMIT;
    for (;;) {
      try {
        return JSON.parse(await this.export("report"));
      } catch (error) {
        if (performance.now() > late || !this.#frame) throw error;
      }
      await new Promise((done) => setTimeout(done, 100));
    }
  }
}

function bounded(height) {
  return Math.min(Math.max(height, HEIGHT_MIN), HEIGHT_MAX);
}

if (globalThis.customElements && !customElements.get(NS)) customElements.define(NS, PaxosPlaygroundElement);

/** Puts a playground into an element; answers the <paxos-playground>, whose methods steer it. */
export function mount(element, options = {}) {
  if (!globalThis.customElements) throw new Error("a playground can only be shown in a browser");
  if (!(element instanceof Element)) throw new TypeError("“element” should be an element of the page, but it is something else");
  const playground = document.createElement(NS);
  for (const [name, value] of Object.entries(options)) {
    if (!ATTRIBUTES.includes(name)) {
      throw new TypeError(`“${name}” is no option of a playground; the options are ${ATTRIBUTES.join(", ")}`);
    }
    if (value === undefined || value === null) continue;
    const text = isFlag(value) ? String(Number(value)) : Array.isArray(value) ? value.join(",") : String(value);
    playground.setAttribute(name, text);
  }
  if (!HERE && !playground.hasAttribute("base")) {
    throw new TypeError("“base” is missing: it says in which folder the playground's page is, as in { base: \"/paxos/\" }");
  }
  element.append(playground);
  return playground;
}
