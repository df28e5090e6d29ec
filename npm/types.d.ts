
/** A time or a span of time, in Δ: the longest that a message takes where nothing goes wrong. Exact to a millionth. */
export type Deltas = number;

/** How a script is run. */
export interface RunOptions {
  /** The protocol to run it under, instead of the one that it names: `basic`, `multi`, … */
  protocol?: string;
}

/** How protocols are compared. */
export interface CompareOptions {
  /** The protocols, as in `basic,complete`; without it the 5Δ, 3Δ and 2Δ variants. */
  with?: string;
}

/** How a link opens a run. */
export interface LinkOptions {
  /** The time at which it opens, in Δ from 0 on. */
  t?: Deltas;
}

/** A scenario that comes with the playground. */
export interface BuiltInScenario {
  /** What links and the terminal call it. */
  name: string;
  /** What it is about, together with its neighbours. */
  group: string;
  /** Its script's title. */
  title: string;
}

/** What is wrong with a script. Its `message` is a sentence. */
export interface ScriptError extends Error {
  name: "ScriptError";
  /** Where, counted from 1; `null` where it is about no line of the script. */
  line: number | null;
  /** Where in the line, in characters counted from 1; `null` where it is about no line of the script. */
  column: number | null;
}

/** Everything worth knowing of a run. `JSON.stringify(report, null, 2)` is what the terminal prints. */
export interface Report {
  /** The version of this structure. */
  version: 1;
  /** The script's title. */
  scenario: string;
  /** The protocol that it was run under. */
  protocol: string;
  /** The processes, in the order of the script. */
  nodes: string[];
  /** 16 hexadecimal digits: the same for the same run, on every machine. */
  trace_hash: string;
  /**
   * Why the run ended: nothing was left to happen; the script said until when; 100Δ after the last thing that the script does,
   * with messages still going round; it took too many steps
   * (`too long`), or it held too many messages, events or bytes (`too large`).
   */
  stopped: "quiet" | "until" | "horizon" | "too long" | "too large" | "unfinished";
  /** How many ms one Δ is; only where the script says so (`delta 100ms`). */
  delta_ms?: number;
  /** Δ: when the last thing happened. */
  end: Deltas;
  /**
   * One for each decree that somebody learned in a place of the ledger, in the ledger's order; a run that breaks agreement has
   * several for one place, in the order in which they were learned.
   */
  decisions: Decision[];
  /** Decrees that are chosen and that nobody knows. */
  chosen: Chosen[];
  /** Requests that have no answer by the end. */
  unanswered: Unanswered[];
  /** What became of the ballots. */
  ballots: Ballots;
  /** How many messages there were. */
  messages: Messages;
  /** Every check, and how it went. */
  checks: Check[];
  /** Lines of the script without effect, and why. */
  warnings: Warning[];
}

/** A decree that was decided. */
export interface Decision {
  /** Its place in the ledger, from 1 on. */
  instance: number;
  /** The decree. */
  value: string;
  /** Who began the ballot: the leader of this decision. */
  proposer: string;
  /** The ballot by which it was first learned, as in `1.A`. */
  ballot: string;
  /** When what happened. `null` is what did not happen by the end of the run. */
  times: Times;
  /** How long it took. */
  latency: Latencies;
  /** The same in ms; only where the script says how long Δ is. */
  latency_ms?: Latencies;
  /** For each message of the critical path its phase, and how long it took. */
  phases: Phase[];
  /** How many messages of this place and ballot were sent. */
  messages: number;
  /** k: how many larger ballots of others refused one of the proposer's, from when it led and was asked until it knew. */
  stale: number;
  /**
   * The messages for which the last learner waited since the request (since 1a, when nobody asked), first one first. With
   * `waits` they take as long as `latency.from_client.all` says.
   */
  critical_path: Hop[];
  /** The parts of the critical path in which no message is on its way that the decision needs. */
  waits: Wait[];
}

/** A decree that a quorum has voted for in one ballot. */
export interface Chosen {
  /** Its place in the ledger, from 1 on. */
  instance: number;
  /** The decree. */
  value: string;
  /** The ballot, as in `1.A`. */
  ballot: string;
  /** Δ: when the vote was cast that completed the quorum. */
  time: Deltas;
}

/** A request that has no answer by the end of the run. */
export interface Unanswered {
  /** What was asked for. */
  value: string;
  /** Who was asked. */
  node: string;
  /** Δ: when. */
  time: Deltas;
  /** What became of it. */
  outcome: "unheard" | "crashed" | "other decree" | "chosen" | "not passed" | "lost" | "handed on" | "not begun";
  /** The same in words. */
  sentence: string;
}

/** When what of a decision happened; `null` is what did not happen by the end of the run. */
export interface Times {
  /** Δ: when somebody first asked for it; `null` for a decree that nobody asked for. */
  client: Deltas | null;
  /** Δ: when the proposer began to lead; `null` where nobody leads. */
  elected: Deltas | null;
  /** Δ: step 1a, when its ballot began. */
  ballot_start: Deltas | null;
  /** Δ: step 2a, when its ballot asked for votes. */
  begin_ballot: Deltas | null;
  /** Δ: when it was chosen; `null` when it was learned although no quorum had voted for it. */
  chosen: Deltas | null;
  /** Δ: when the proposer knew. */
  leader_learned: Deltas | null;
  /** Δ: when the last of those that are up at the end knew. */
  all_learned: Deltas | null;
  /** Δ: when the process that was asked had an answer. */
  answered: Deltas | null;
  /** Δ: when each process knew, by its name. */
  learned: Record<string, Deltas | null>;
}

/** How long a decision took, from four beginnings. */
export interface Latencies {
  /** From 1a; both `null` when that was before the request. */
  from_ballot: Latency;
  /** From 2a. */
  from_begin: Latency;
  /** From the request; `null` when nobody asked. */
  from_client: ClientLatency | null;
  /** From the election; `null` where nobody leads, or the leader led before it was asked. */
  from_election: Latency | null;
}

/** How long it took until the leader knew, and until everybody did. */
export interface Latency {
  /** Δ until the leader knew. */
  leader: Deltas | null;
  /** Δ until everybody knew. */
  all: Deltas | null;
}

/** The same, and how long it took until the client had its answer. */
export interface ClientLatency extends Latency {
  /** Δ until the client had its answer. */
  client: Deltas | null;
}

/** The phase of a message: a step of the paper, or what it is beside those. */
export type PhaseName = "1a" | "1b" | "2a" | "2b" | "3" | "nack" | "request" | "election";

/** A part of the critical path. */
export interface Phase {
  /** Its name. */
  phase: PhaseName;
  /** Δ: how long it took. */
  took: Deltas;
}

/** A part of the critical path in which somebody waits. */
export interface Wait {
  /** Who waits; `null` for the whole run. */
  node: string | null;
  /** Δ: when the wait begins. */
  from: Deltas;
  /** Δ: when it ends. */
  until: Deltas;
  /** What ends it, in words. */
  why: string;
}

/** A message of the critical path. */
export interface Hop {
  /** What it is, in the names of 1998. */
  kind: string;
  /** Its phase. */
  phase: PhaseName;
  /** Who sent it. */
  from: string;
  /** To whom. */
  to: string;
  /** Δ: when it was sent. */
  sent: Deltas;
  /** Δ: when it landed. */
  landed: Deltas | null;
}

/** What became of the ballots. */
export interface Ballots {
  /** How many numbers were tried. */
  started: number;
  /** Those that passed nothing, and why, in words. */
  abandoned: { ballot: string; why: string }[];
  /** Those that passed a decree again which had been chosen before; not those by which it was learned. */
  again: Chosen[];
  /** k: how many larger ballots of others refused a ballot. */
  stale: number;
}

/** How many messages there were. */
export interface Messages {
  /** Sent by processes, lost or not, without copies and messages to oneself. */
  sent: number;
  /** Put into the network by the script, lost or not, without copies. */
  injected: number;
  /** Messages and copies that were lost. */
  lost: number;
  /** Copies that the network made. */
  duplicated: number;
  /** `sent` by kind, in the names of 1998. */
  by_kind: Record<string, number>;
}

/** An invariant, and whether it held. */
export type Check = CheckThatHeld | CheckThatWasViolated;

/** An invariant that held, or says nothing of such a run. */
export interface CheckThatHeld {
  /** Its name. */
  name: string;
  verdict: "holds" | "not applicable";
  /** What it says. */
  statement: string;
  event: null;
}

/** An invariant that was broken. */
export interface CheckThatWasViolated {
  /** Its name. */
  name: string;
  verdict: "violated";
  /** What it says. */
  statement: string;
  /** The first event that broke it. */
  event: Offence;
}

/** The event that broke an invariant. */
export interface Offence {
  /** Its place in the trace, from 0. */
  index: number;
  /** Δ: when it happened. */
  time: Deltas;
  /** Where it happened; `null` for the network. */
  node: string | null;
  /** What was wrong. */
  sentence: string;
}

/** A line of the script without effect. */
export interface Warning {
  /** From 1 on; 0 is the whole run. */
  line: number;
  /** What is wrong. */
  message: string;
}

/** One script under several protocols. */
export interface Comparison {
  /** The version of this structure. */
  version: 1;
  /** The script's title. */
  scenario: string;
  /** Each protocol's main formula, as in `5Δ`, and the report of the run under it. */
  variants: { variant: string; report: Report }[];
}
