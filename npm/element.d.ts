import type { Deltas, Report } from "./types.js";

/** What a playground in the page opens, and how it is presented: the element's attributes, and the options of {@link mount}. */
export interface MountOptions {
  /** The text of a scenario to open. */
  script?: string;
  /** A link to open: a whole one, or what follows its `#`. */
  link?: string;
  /** The lesson of this id to open. */
  lesson?: string;
  /** The built-in scenario of this name to open. */
  scenario?: string;
  /** As the reader's system has it, or always so. */
  theme?: Theme;
  /** What stands beside and below the timeline. */
  panels?: "none" | Panel[] | (string & {});
  /** Everything; play, pause and the scrubber; or only the picture. */
  controls?: "full" | "min" | "none";
  /** Whether the run can be watched, not changed. */
  readonly?: boolean;
  /** Whether the run plays by itself. */
  autoplay?: boolean;
  /** Δ a second. */
  speed?: 0.1 | 0.25 | 0.5 | 1 | 2 | 5;
  /** With `off` nothing ever moves by itself: the run is shown at its end. */
  motion?: "auto" | "off";
  /** Whether keys do something while the playground has the focus. */
  keys?: "focus" | "off";
  /** Whether the program is loaded when the frame comes in sight, at once, or when the reader asks for it. */
  load?: "lazy" | "eager" | "click";
  /** With `post`, which goes without saying, the frame is as high as its content; otherwise as high as `height` says. */
  resize?: "post" | "none" | "lti";
  /** Reserved. */
  lang?: "en";
  /** The height in CSS pixels that is kept free before the frame knows its own, from 120 to 4000; 480 goes without saying. */
  height?: number;
  /** What the frame is called for those who do not see it. */
  title?: string;
  /**
   * The folder of the playground's page. For `element.js` on a site with the playground that is where it came from; a program
   * that uses this package has to say it, and to serve the package's folder `page` there.
   */
  base?: string;
  /** What the frame may do; without `allow-same-origin` it has no origin. */
  sandbox?: string;
}

/** Light or dark. */
export type Theme = "auto" | "light" | "dark";

/** What can stand beside and below the timeline. */
export type Panel = "network" | "why" | "events" | "latency" | "ballots" | "checks" | "ledger" | "rules" | "script";

/** What the playground shows. */
export interface PlaygroundState {
  /** The script's title. */
  title: string;
  /** Δ: up to when the run is shown. */
  t: Deltas;
  /** Δ: when its last thing happens. */
  end: Deltas;
  /** Whether time goes on. */
  playing: boolean;
  theme: Theme;
  /** How many events are shown. */
  step: number;
  /** How many there are. */
  steps: number;
  /** How many decisions there are by now. */
  decided: number;
  /** The checks that are violated by now. */
  violated: string[];
  /** Why the run was stopped before its end, a sentence, if it takes too many steps or holds too much. */
  stopped?: string;
  /** Whether the script is no longer the one that was opened. */
  edited: boolean;
  /** What follows the `#` in a link that opens the run as it is. */
  link: string;
}

/** The playground can be spoken to. */
export interface PlaygroundReady {
  /** The version of its build. */
  version: string;
  /** What can be exported. */
  formats: string[];
}

/** What happened in the run, up to the time that is shown. */
export type PlaygroundEvent = DecidedEvent | ViolatedEvent | SolvedEvent;

/** A process knows a decree for the first time. */
export interface DecidedEvent {
  event: "decided";
  /** Δ: when. */
  t: Deltas;
  /** Its place in the ledger, from 1 on. */
  instance: number;
  /** The decree. */
  value: string;
  /** As in `1.A`. */
  ballot: string;
  /** Δ: from the request until the leader knew. */
  leader: Deltas | null;
  /** Δ: from the request until everybody knew. */
  all: Deltas | null;
  /** Δ: from the request until the client had its answer. */
  client: Deltas | null;
}

/** A check turned red. */
export interface ViolatedEvent {
  event: "violated";
  /** Δ: when. */
  t: Deltas;
  /** Its name, as in reports. */
  check: string;
  /** What was wrong. */
  sentence: string;
}

/** The reader has just solved a lesson. */
export interface SolvedEvent {
  event: "solved";
  /** Its id, as in links. */
  lesson: string;
}

/** What went wrong that nobody waited for, such as a wrong script in the element's attribute. */
export interface PlaygroundProblem {
  /** A sentence. */
  reason: string;
  /** Where in a script, from 1 on. */
  line?: number;
  /** Where in the line, from 1 on. */
  column?: number;
}

/** The events of a playground by their names. They bubble. */
export interface PlaygroundEventMap {
  "paxos-ready": CustomEvent<PlaygroundReady>;
  "paxos-state": CustomEvent<PlaygroundState>;
  "paxos-event": CustomEvent<PlaygroundEvent>;
  "paxos-error": CustomEvent<PlaygroundProblem>;
}

/**
 * `<paxos-playground>`: a playground in the page. Its attributes are the {@link MountOptions}; the text of a
 * `<script type="text/plain">` inside is a script to open. Its methods wait until the playground is ready, and reject with an
 * Error: with what is wrong, for a script with `line` and `column`, or because it was not ready within 30 seconds or did not
 * answer within 10.
 */
export declare class PaxosPlaygroundElement extends HTMLElement {
  /** Lets time go on. */
  play(): Promise<PlaygroundState>;
  /** Lets time stand still. */
  pause(): Promise<PlaygroundState>;
  /** Shows the run up to a time, in Δ from 0 on. */
  seek(t: Deltas): Promise<PlaygroundState>;
  /** Goes on, or back, by an event or by Δ. */
  step(by?: "event" | "delta", back?: boolean): Promise<PlaygroundState>;
  /** Makes it light or dark. */
  setTheme(theme: Theme): Promise<PlaygroundState>;
  /** Opens the text of a scenario. */
  load(script: string): Promise<PlaygroundState>;
  /** What it shows. */
  state(): Promise<PlaygroundState>;
  /** The report of the whole run, as it is now. */
  report(): Promise<Report>;
  /** The run as it is now: its script, its report as JSON, or what follows the `#` in a link. */
  export(format: "script" | "report" | "link"): Promise<string>;
  addEventListener<Name extends keyof PlaygroundEventMap>(
    type: Name,
    listener: (this: PaxosPlaygroundElement, event: PlaygroundEventMap[Name]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener<Name extends keyof HTMLElementEventMap>(
    type: Name,
    listener: (this: PaxosPlaygroundElement, event: HTMLElementEventMap[Name]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

/**
 * Puts a playground into an element of the page; answers the `<paxos-playground>`, whose methods steer it.
 *
 * @throws TypeError if an option is none, or `base` is missing.
 */
export declare function mount(element: Element, options?: MountOptions): PaxosPlaygroundElement;

declare global {
  interface HTMLElementTagNameMap {
    "paxos-playground": PaxosPlaygroundElement;
  }
  interface ElementEventMap extends PlaygroundEventMap {}
  interface DocumentEventMap extends PlaygroundEventMap {}
}
