import type { Deltas, Goal, Report } from "./types.js";

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
  /** The theme: that of the reader's system, or always the same one. */
  theme?: Theme;
  /** The panels beside and below the timeline. */
  panels?: "none" | Panel[] | (string & {});
  /** The controls: everything; play, pause and the scrubber; or only the picture. */
  controls?: "full" | "min" | "none";
  /** Whether the run can only be watched and not be changed. */
  readonly?: boolean;
  /** The picture alone, large, as for a lecture. */
  present?: boolean;
  /** What is shown: the run, or in its place a race of several protocols as timelines or as bars by phase, or the family. */
  view?: "run" | "race" | "bars" | "family";
  /** The protocols that race, as in `basic,multi`; without it the whole family. */
  with?: string;
  /** How many faults each cluster of the race bears. */
  tolerate?: number;
  /** How many servers each cluster of the race has, in place of `tolerate`. */
  nodes?: number;
  /** Whether the run starts to play by itself. */
  autoplay?: boolean;
  /** The speed, in Δ a second. */
  speed?: 0.1 | 0.25 | 0.5 | 1 | 2 | 5;
  /** With `off` nothing ever moves by itself, and the run is shown at its end. */
  motion?: "auto" | "off";
  /** Whether keys act while the playground has the focus. */
  keys?: "focus" | "off";
  /** Whether the program is loaded when the frame comes in sight, at once, or when the reader asks for it. */
  load?: "lazy" | "eager" | "click";
  /** With `post`, the default, the frame is as high as its content; otherwise it is as high as `height` says. */
  resize?: "post" | "none" | "lti";
  /** Reserved. */
  lang?: "en" | "de";
  /** The height that is kept free before the frame knows its own, in CSS pixels, from 120 to 4000; the default is 480. */
  height?: number;
  /** The name of the frame for people who cannot see it. */
  title?: string;
  /**
   * The folder of the playground's page. For `element.js` on a site with the playground it is the folder of that file. A program
   * that uses this package has to give the folder, and to serve the package's folder `page` there.
   */
  base?: string;
  /** What the frame may do; without `allow-same-origin` it has no origin. */
  sandbox?: string;
}

/** Light or dark. */
export type Theme = "auto" | "light" | "dark";

/** A panel beside or below the timeline. */
export type Panel = "network" | "why" | "events" | "latency" | "ballots" | "checks" | "ledger" | "rules" | "script";

/** The state of a playground. */
export interface PlaygroundState {
  /** The script's title. */
  title: string;
  /** The instant up to which the run is shown, in Δ. */
  t: Deltas;
  /** When the last event of the run happens, in Δ. */
  end: Deltas;
  /** Whether the run is being played. */
  playing: boolean;
  theme: Theme;
  /** How many events are shown. */
  step: number;
  /** How many events there are. */
  steps: number;
  /** How many decisions there are in what is shown. */
  decided: number;
  /** The checks that are violated in what is shown. */
  violated: string[];
  /** A sentence that says why the run was stopped before its end, if it takes too many steps or holds too much. */
  stopped?: string;
  /** What the script asks for, judged on the whole run; only where it asks for something. */
  goals?: Goal[];
  /** A sentence that says why no goal counts as solved: a line is missing or not allowed, or the run was stopped. */
  refused?: string;
  /** Whether the script is no longer the one that was opened. */
  edited: boolean;
  /** What follows the `#` in a link that opens the run as it is. */
  link: string;
}

/** The playground is ready for calls. */
export interface PlaygroundReady {
  /** The version of the playground's build. */
  version: string;
  /** The formats in which a run can be exported. */
  formats: string[];
}

/** An event of the run, up to the time that is shown. */
export type PlaygroundEvent = DecidedEvent | ViolatedEvent | SolvedEvent;

/** A process knows a decree for the first time. */
export interface DecidedEvent {
  event: "decided";
  /** When it happened, in Δ. */
  t: Deltas;
  /** Its place in the ledger, counted from 1. */
  instance: number;
  /** The decree. */
  value: string;
  /** The ballot by which it was learned, as in `1.A`. */
  ballot: string;
  /** How long it took from the request until the leader knew, in Δ. */
  leader: Deltas | null;
  /** How long it took from the request until everybody knew, in Δ. */
  all: Deltas | null;
  /** How long it took from the request until the client had its answer, in Δ. */
  client: Deltas | null;
}

/** A check turned red. */
export interface ViolatedEvent {
  event: "violated";
  /** When it happened, in Δ. */
  t: Deltas;
  /** The name of the check, as in reports. */
  check: string;
  /** A sentence that says what was wrong. */
  sentence: string;
  /** What is broken in the run by then, in one sentence: who says what, and which check failed first. */
  summary?: string;
}

/** The reader has just solved a lesson, or a goal of the script. */
export type SolvedEvent = SolvedLesson | SolvedGoal;

/** The reader has just solved a lesson. */
export interface SolvedLesson {
  event: "solved";
  /** The id of the lesson, as in links. */
  lesson: string;
  goal?: undefined;
}

/** The reader has just solved a goal of the script: it is reached, and so is every goal before it. */
export interface SolvedGoal {
  event: "solved";
  /** What is so now, in the words of the goal. */
  goal: string;
  /** Which goal it is, counted from 1. */
  number: number;
  /** How many goals there are. */
  goals: number;
  /** The points for all goals that are solved by now. */
  points: number;
  /** The points for all goals. */
  of: number;
  lesson?: undefined;
}

/** An error outside of any call, such as a wrong script in an attribute of the element. */
export interface PlaygroundProblem {
  /** A sentence that says what is wrong. */
  reason: string;
  /** The line of the script, counted from 1. */
  line?: number;
  /** The column in this line, counted from 1. */
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
 * Error. The error says what is wrong (for a script with `line` and `column`), or that the playground was not ready within 30
 * seconds or did not answer within 10.
 */
export declare class PaxosPlaygroundElement extends HTMLElement {
  /** Plays the run. */
  play(): Promise<PlaygroundState>;
  /** Stops playing the run. */
  pause(): Promise<PlaygroundState>;
  /** Shows the run up to a time in Δ, from 0 on. */
  seek(t: Deltas): Promise<PlaygroundState>;
  /** Goes forward or back by an event or by Δ. */
  step(by?: "event" | "delta", back?: boolean): Promise<PlaygroundState>;
  /** Changes the theme to light or dark. */
  setTheme(theme: Theme): Promise<PlaygroundState>;
  /** Opens the text of a scenario. */
  load(script: string): Promise<PlaygroundState>;
  /** The state of the playground. */
  state(): Promise<PlaygroundState>;
  /** The report of the whole run, as it is now. */
  report(): Promise<Report>;
  /** The run as it is now: its script, its report as JSON, or what follows the `#` in a link. */
  export(
    format: "script" | "report" | "link" | "svg" | "test" | "events" | "mermaid" | "plantuml" | "shiviz" | "tikz",
  ): Promise<string>;
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
 * Puts a playground into an element of the page; answers the `<paxos-playground>`, whose methods control it.
 *
 * @throws TypeError if an option does not exist, or `base` is missing.
 */
export declare function mount(element: Element, options?: MountOptions): PaxosPlaygroundElement;

declare global {
  interface HTMLElementTagNameMap {
    "paxos-playground": PaxosPlaygroundElement;
  }
  interface ElementEventMap extends PlaygroundEventMap {}
  interface DocumentEventMap extends PlaygroundEventMap {}
}
