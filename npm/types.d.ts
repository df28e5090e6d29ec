
/** A time or a span of time, in Δ, exact to a millionth. A message takes at most 1Δ where nothing goes wrong. */
export type Deltas = number;

/** How a script is run. */
export interface RunOptions {
  /** The protocol under which it is run, instead of the one that it names: `basic`, `multi`, … */
  protocol?: string;
}

/** How protocols are compared. */
export interface CompareOptions {
  /** The protocols, as in `basic,complete`; without it the 5Δ, 3Δ and 2Δ variants. */
  with?: string;
}

/** How protocols are raced. */
export interface RaceOptions {
  /** The protocols, as in `basic,complete`; without it the whole family. */
  with?: string;
  /** How many faults each cluster bears, with the fewest servers that do; without it as many as under the script’s own protocol. */
  tolerate?: number;
  /** How many servers each cluster has, in place of `tolerate`. */
  nodes?: number;
}

/** How a link opens a run. */
export interface LinkOptions {
  /** The time at which it opens, in Δ from 0 on. */
  t?: Deltas;
}

/** A scenario that comes with the playground. */
export interface BuiltInScenario {
  /** Its name in links and on the terminal. */
  name: string;
  /** The name of its group: what it and its neighbours are about. */
  group: string;
  /** Its script's title. */
  title: string;
}

/** The events of a run. `docs/events.md` has the schema, key by key. */
export interface RunEvents {
  /** The version of the schema. */
  events: 1;
  title: string;
  protocol: string;
  nodes: string[];
  /** The processes that vote. */
  acceptors: string[];
  /** The processes whose statements no check believes. */
  liars?: string[];
  /** How many ms one Δ is, where the script says so. */
  delta_ms?: number;
  trace_hash: string;
  /** Why the run ended, as in a {@link Report}. */
  stopped: string;
  /** The events, in order. */
  list: RunEvent[];
}

/** One event. It has the keys that it needs: `docs/events.md` says which. */
export interface RunEvent {
  /** Its number, from 0 on. */
  event: number;
  t: Deltas;
  ms?: number;
  /** Where it happened; missing for what happens to the network. */
  node?: string;
  /** What happened: `send`, `receive`, `lose`, the name of a fact such as `voted`, … */
  what: string;
  /** The event that caused it: the input to which its node reacted. */
  cause: number;
  /** The event in a sentence, as the trace says it. */
  text: string;
  /** The number of the message, from 0 on in the order sent. */
  message?: number;
  from?: string;
  to?: string;
  /** The name of the message’s kind, of 1998: `NextBallot`, … */
  kind?: string;
  phase?: string;
  instance?: number;
  /** As in `2.B`. */
  ballot?: string;
  value?: string;
  /** A vote, or `null` where there is none. */
  vote?: { ballot: string; value: string } | null;
  quorum?: string[];
  /** Why a message was lost. */
  reason?: string;
  /** The other keys. */
  [key: string]: unknown;
}

/** What is wrong with a script. Its `message` is a sentence. */
export interface ScriptError extends Error {
  name: "ScriptError";
  /** The line of the script, counted from 1; `null` where the error is not about a line. */
  line: number | null;
  /** The place in this line, in characters counted from 1; `null` where the error is not about a line. */
  column: number | null;
}

/** A goal of a script, judged. */
export interface Goal {
  /** What is so when the goal is reached. */
  text: string;
  /** How many points it is worth. */
  points: number;
  /** Whether it is reached, by itself; points are given up to the first that is not. */
  reached: boolean;
  /** Its text when it is reached; otherwise what is missing. */
  sentence: string;
}

/** What a hand-in is worth. */
export interface Grade {
  /** The points: those of all goals up to the first that is not reached. */
  points: number;
  /** The points that can be reached. */
  of: number;
  /** Why it is not more; or that everything is reached. */
  sentence: string;
}

/** Everything worth knowing about a run. `JSON.stringify(report, null, 2)` is what the terminal prints. */
export interface Report {
  /** The version of this structure. */
  version: 1;
  /** The script's title. */
  scenario: string;
  /** The protocol that it was run under. */
  protocol: string;
  /** The processes, in the order of the script. */
  nodes: string[];
  /** A hash of all events, as 16 hexadecimal digits: the same for the same run on every machine. */
  trace_hash: string;
  /**
   * Why the run ended: nothing was left to happen; the script said when; it was 100Δ after the last thing that the script does,
   * with messages still going round; it took too many steps (`too long`); or it held too many messages, events or bytes
   * (`too large`).
   */
  stopped: "quiet" | "until" | "horizon" | "too long" | "too large" | "unfinished";
  /** How many ms one Δ is; only where the script says so (`delta 100ms`). */
  delta_ms?: number;
  /** Δ: when the last thing happened. */
  end: Deltas;
  /**
   * One decision for each decree that somebody learned in a place of the ledger, in the order of the ledger. A run that breaks
   * agreement has several for one place, in the order in which they were learned.
   */
  decisions: Decision[];
  /** Decrees that are chosen and that nobody knows. */
  chosen: Chosen[];
  /** Requests that have no answer at the end of the run. */
  unanswered: Unanswered[];
  /** What became of the ballots. */
  ballots: Ballots;
  /** How many messages there were. */
  messages: Messages;
  /** What is broken in the run, in one sentence: who says what, and which check failed first; only where a check was violated. */
  broken?: string;
  /** Every check, with its verdict. */
  checks: Check[];
  /** What the script asks for, in its order; only where it asks for something. */
  goals?: Goal[];
  /** Lines of the script that had no effect, and why. */
  warnings: Warning[];
}

/** A decree that was decided. */
export interface Decision {
  /** Its place in the ledger, counted from 1. */
  instance: number;
  /** The decree. */
  value: string;
  /** The process that began the ballot: the leader of this decision. */
  proposer: string;
  /** The ballot by which it was first learned, as in `1.A`. */
  ballot: string;
  /** When each step of the decision happened; `null` for a step that did not happen by the end of the run. */
  times: Times;
  /** The latencies of the decision. */
  latency: Latencies;
  /** The same in ms; only where the script says how long Δ is. */
  latency_ms?: Latencies;
  /** For each message of the critical path its phase, and how long it took. */
  phases: Phase[];
  /** How many messages of this place and ballot were sent. */
  messages: number;
  /** k: how many larger ballots of others refused a ballot of the proposer, from when it led and was asked until it knew. */
  stale: number;
  /**
   * The messages for which the last learner waited since the request (or since 1a, when nobody asked), in the order in which
   * they were sent. Together with `waits` they take as long as `latency.from_client.all` says.
   */
  critical_path: Hop[];
  /** How long the messages of the critical path wait in ports, in Δ; only where the script limits the bandwidth. */
  in_ports?: Deltas;
  /** The parts of the critical path during which no message that the decision needs is under way. */
  waits: Wait[];
}

/** A decree that a quorum has voted for in one ballot. */
export interface Chosen {
  /** Its place in the ledger, counted from 1. */
  instance: number;
  /** The decree. */
  value: string;
  /** The ballot, as in `1.A`. */
  ballot: string;
  /** When the vote that completed the quorum was cast, in Δ. */
  time: Deltas;
}

/** A request that has no answer at the end of the run. */
export interface Unanswered {
  /** The decree that was asked for. */
  value: string;
  /** The process that was asked. */
  node: string;
  /** When it was asked, in Δ. */
  time: Deltas;
  /** What became of the request. */
  outcome: "unheard" | "crashed" | "other decree" | "chosen" | "not passed" | "lost" | "handed on" | "not begun";
  /** The same in words. */
  sentence: string;
}

/** When each step of a decision happened, in Δ; `null` for a step that did not happen by the end of the run. */
export interface Times {
  /** When somebody first asked for the decree; `null` for a decree that nobody asked for. */
  client: Deltas | null;
  /** When the proposer began to lead; `null` where nobody leads. */
  elected: Deltas | null;
  /** When its ballot started: step 1a. */
  ballot_start: Deltas | null;
  /** When its ballot asked for votes: step 2a. */
  begin_ballot: Deltas | null;
  /** When the decree was chosen; `null` when it was learned although no quorum had voted for it. */
  chosen: Deltas | null;
  /** When the proposer knew it. */
  leader_learned: Deltas | null;
  /** When the last of the processes that are up at the end knew it. */
  all_learned: Deltas | null;
  /** When the process that was asked had an answer. */
  answered: Deltas | null;
  /** When each process knew it, by the name of the process. */
  learned: Record<string, Deltas | null>;
}

/** How long a decision took, counted from four different events. */
export interface Latencies {
  /** Counted from step 1a; both are `null` when that was before the request. */
  from_ballot: Latency;
  /** Counted from step 2a. */
  from_begin: Latency;
  /** Counted from the request; `null` when nobody asked. */
  from_client: ClientLatency | null;
  /** Counted from the election; `null` where nobody leads, or where the leader led before it was asked. */
  from_election: Latency | null;
}

/** How long it took until the leader knew, and until everybody knew. */
export interface Latency {
  /** How long it took until the leader knew, in Δ. */
  leader: Deltas | null;
  /** How long it took until everybody knew, in Δ. */
  all: Deltas | null;
}

/** The same, and how long it took until the client had its answer. */
export interface ClientLatency extends Latency {
  /** How long it took until the client had its answer, in Δ. */
  client: Deltas | null;
}

/** The phase of a message: a step of the paper, or a phase outside the steps. */
export type PhaseName = "1a" | "1b" | "2a" | "2b" | "3" | "nack" | "request" | "election";

/** A part of the critical path. */
export interface Phase {
  /** Its name. */
  phase: PhaseName;
  /** How long it took, in Δ. */
  took: Deltas;
}

/** A part of the critical path in which somebody waits. */
export interface Wait {
  /** The process that waits; `null` for the whole run. */
  node: string | null;
  /** When the wait begins, in Δ. */
  from: Deltas;
  /** When the wait ends, in Δ. */
  until: Deltas;
  /** What ends the wait, in words. */
  why: string;
}

/** A message of the critical path. */
export interface Hop {
  /** Its kind, by the names of 1998. */
  kind: string;
  /** Its phase. */
  phase: PhaseName;
  /** Its sender. */
  from: string;
  /** Its receiver. */
  to: string;
  /** When it was sent, in Δ. */
  sent: Deltas;
  /** When it left its sender’s port, in Δ; only where the script limits the bandwidth. */
  left?: Deltas;
  /** When it landed, in Δ. */
  landed: Deltas | null;
}

/** What became of the ballots. */
export interface Ballots {
  /** How many numbers were tried. */
  started: number;
  /** The ballots that passed nothing, and why, in words. */
  abandoned: { ballot: string; why: string }[];
  /** The ballots that passed a decree which had been chosen before, without those by which the decree was learned. */
  again: Chosen[];
  /** k: how many larger ballots of others refused a ballot. */
  stale: number;
}

/** How many messages there were. */
export interface Messages {
  /** Messages that processes sent, lost or not, without copies and messages to oneself. */
  sent: number;
  /** How often processes handed these messages to the network: a multicast counts once. */
  sends: number;
  /** Messages that the script put into the network, lost or not, without copies. */
  injected: number;
  /** Messages and copies that were lost. */
  lost: number;
  /** Copies that the network made. */
  duplicated: number;
  /** The bytes of what was sent; a multicast counts once. */
  bytes: number;
  /** `sent` for each kind of message, by the names of 1998. */
  by_kind: Record<string, number>;
}

/** An invariant, and whether it held. */
export type Check = CheckThatHeld | CheckThatWasViolated;

/** An invariant that held, or does not apply to the run. */
export interface CheckThatHeld {
  /** Its name. */
  name: string;
  verdict: "holds" | "not applicable";
  /** What it says. */
  statement: string;
  event: null;
}

/** An invariant that was violated. */
export interface CheckThatWasViolated {
  /** Its name. */
  name: string;
  verdict: "violated";
  /** What it says. */
  statement: string;
  /** The first event that violated it. */
  event: Offence;
}

/** The event that violated an invariant. */
export interface Offence {
  /** Its place in the trace, counted from 0. */
  index: number;
  /** When it happened, in Δ. */
  time: Deltas;
  /** The process at which it happened; `null` for the network. */
  node: string | null;
  /** A sentence that says what was wrong. */
  sentence: string;
}

/** A line of the script that had no effect. */
export interface Warning {
  /** The number of the line, counted from 1; 0 for the whole run. */
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

/** One script under several protocols, fitted to each of them. */
export interface Race {
  /** The version of this structure. */
  version: 1;
  /** The script's title. */
  scenario: string;
  /** What is equal for all protocols: the faults that are borne, or the servers. */
  equal: "f" | "n";
  /** How many. */
  size: number;
  /** The same in words, with what is raced. */
  about: string;
  /** The decree that is raced for. */
  decree: string | null;
  /** Each protocol, in the order in which they were named. */
  racers: Racer[];
}

/** A protocol in a race. Its figures are `null` where it cannot run the script; `notes` say why. */
export interface Racer {
  /** Its name in scripts. */
  protocol: string;
  /** Its heading. */
  title: string;
  /** How many processes are no clients. */
  servers: number | null;
  /** How many faults they bear. */
  faults: number | null;
  /** How many processes there are. */
  processes: number | null;
  /** Until the leader knows. Times count from the request. */
  leader: Measure<Deltas> | null;
  /** Until all know. */
  all: Measure<Deltas> | null;
  /** Until whoever asked has the answer. */
  client: Measure<Deltas> | null;
  /** How many messages were sent. */
  messages: Measure<number> | null;
  /** How many sends that took: a multicast is one send. */
  sends: Measure<number> | null;
  /** The bytes of these sends. */
  bytes: Measure<number> | null;
  /** The messages of the whole run. */
  messages_in_all: number | null;
  /** The critical path, in Δ since the request. */
  path: { phase: string; from: Deltas; until: Deltas }[];
  /** The checks that are violated. */
  violated: string[];
  /** Sentences on what was left out or means nothing here. */
  notes: string[];
  /** The fitted script. */
  script: string | null;
}

/** A figure beside the formula of its protocol. */
export interface Measure<T> {
  /** The figure; `null` where it did not happen by the end. */
  measured: T | null;
  /** What the formula comes to; `null` where there is none for this situation. */
  expected: T | null;
  /** The formula. */
  formula: string | null;
  /** Whether the two differ. */
  differs: boolean;
}
