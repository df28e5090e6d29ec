// The types, as a program meets them: what is right compiles, and what is wrong does not. Nothing here is ever run.
import {
  compare, grade, link, mount, race, run, scenario, scenarios, script,
  type Comparison, type Deltas, type Grade, type PaxosPlaygroundElement, type PlaygroundEvent, type PlaygroundState, type Race, type Report,
  type ScriptError,
} from "paxos-playground";
import "paxos-playground/element";

export async function reports(): Promise<void> {
  const report: Report = await run("paxos-playground 1", { protocol: "multi" });
  const all: Deltas | null | undefined = report.decisions[0]?.latency.from_client?.all;
  const learned: Deltas | null | undefined = report.decisions[0]?.times.learned["A"];
  const hash: string = report.trace_hash;
  for (const check of report.checks) {
    // The verdict says whether there is an event.
    if (check.verdict === "violated") console.log(check.event.sentence, check.event.index + 1);
    else console.log(check.event satisfies null);
  }
  const comparison: Comparison = await compare("…", { with: "basic,complete" });
  const first: string | undefined = comparison.variants[0]?.variant;
  const raced: Race = await race("…", { with: "basic,multi", tolerate: 1 });
  const differs: boolean | undefined = raced.racers[0]?.all?.differs;
  const { points, of, sentence }: Grade = await grade("…", "…");
  const reached: boolean | undefined = report.goals?.[0]?.reached;
  const titles: string[] = (await scenarios()).map(({ name, group, title }) => `${group}: ${name}, ${title}`);
  const fragment: string = await link(await scenario("two-proposers"), { t: 2.5 });
  const text: string = await script(fragment);
  console.log(all, learned, hash, first, differs, points + of, sentence, reached, titles, text);

  // @ts-expect-error A script is a text.
  await run(1);
  // @ts-expect-error There is no such option.
  await run("…", { protocoll: "multi" });
  // @ts-expect-error A list is a text.
  await compare("…", { with: ["basic"] });
  // @ts-expect-error A size is a number.
  await race("…", { nodes: "5" });
  // @ts-expect-error A promise is no report.
  run("…").decisions;
  // @ts-expect-error There may be no latency.
  report.decisions[0]!.latency.from_client.all;
  // @ts-expect-error A time may be missing.
  (report.decisions[0]!.times.client satisfies number);
  // @ts-expect-error A report has no such field.
  report.latency;
  // @ts-expect-error Verdicts are words, not flags.
  report.checks[0]!.verdict === true;
  // @ts-expect-error The hash is no number.
  report.trace_hash + 1 satisfies number;
  // @ts-expect-error A time is a number.
  await link("…", { t: "2.5" });
}

export function complaints(error: unknown): string {
  if (!(error instanceof Error) || error.name !== "ScriptError") return "";
  const { line, column, message } = error as ScriptError;
  // @ts-expect-error It may be about no line.
  const next: number = line + 1;
  return `${line ?? 0}:${column ?? 0}: ${message}${next}`;
}

export async function playgrounds(place: Element): Promise<void> {
  const mounted: PaxosPlaygroundElement = mount(place, { base: "/paxos/", theme: "dark", panels: ["why", "checks"], speed: 0.5 });
  const made: PaxosPlaygroundElement = document.createElement("paxos-playground");
  const state: PlaygroundState = await mounted.play();
  await made.pause();
  await made.seek(state.end);
  await made.step("delta", true);
  await made.load("…");
  await made.setTheme("light");
  const report: Report = await made.report();
  const text: string = await made.export("link");
  const told = (event: PlaygroundEvent): string => {
    switch (event.event) {
      case "decided": return `${event.value} after ${event.all}Δ`;
      case "violated": return event.sentence;
      case "solved": return event.lesson ?? `${event.goal}: ${event.points} of ${event.of}`;
    }
  };
  made.addEventListener("paxos-event", ({ detail }) => console.log(told(detail)));
  made.addEventListener("paxos-state", ({ detail }) => console.log(detail.t.toFixed(2), detail.violated.join()));
  place.addEventListener("paxos-error", ({ detail }) => console.log(detail.reason, detail.line));
  document.querySelector("paxos-playground")?.addEventListener("paxos-ready", ({ detail }) => console.log(detail.version));
  console.log(report.version, text);

  // @ts-expect-error There is no such theme.
  mount(place, { theme: "blue" });
  // @ts-expect-error There is no such panel.
  mount(place, { panels: ["whi"] });
  // @ts-expect-error There is no such option.
  mount(place, { controlls: "min" });
  // @ts-expect-error There is no such speed.
  mount(place, { speed: 3 });
  // @ts-expect-error A selector is no element.
  mount("#demo");
  // @ts-expect-error A run is stepped through by events or by Δ.
  await made.step("hour");
  // @ts-expect-error A time is a number.
  await made.seek("2");
  // @ts-expect-error There is no such format.
  await made.export("pdf");
  // @ts-expect-error What was decided has no sentence.
  made.addEventListener("paxos-event", ({ detail }) => detail.sentence);
  // @ts-expect-error A state has no such field.
  state.time;
}
