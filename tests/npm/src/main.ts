// What a page of a course does with the package: reports of its own, and a playground in it. The test in the browser reads
// what it leaves in the page's `data-…` attributes and in `reports`.
import { mount, run, scenario, type Report } from "paxos-playground";

const { dataset } = document.documentElement;

declare global {
  interface Window {
    reports: (names: string[]) => Promise<string[]>;
  }
}

async function text(name: string): Promise<string> {
  const report: Report = await run(await scenario(name));
  return JSON.stringify(report, null, 2) + "\n";
}

window.reports = (names) => Promise.all(names.map(text));

const place = document.querySelector("#demo");
if (!place) throw new Error("the page has no place for the playground");
place.addEventListener("paxos-event", ({ detail }) => {
  if (detail.event === "decided") dataset.decided = `${detail.value} at ${detail.t}`;
});
const playground = mount(place, { base: "./paxos/", scenario: "two-proposers", load: "eager", autoplay: false, panels: ["why"] });
const { end } = await playground.state();
const { decided } = await playground.seek(end);
dataset.shown = String(decided);
