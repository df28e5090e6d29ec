// Reads exported diagrams as their own programs do: `check.mjs FOLDER MODULES`, with the files NAME.mermaid and NAME.shiviz
// in the folder and the packages of package.json in MODULES.
//
// Mermaid's own parser has to find the participants and the messages that stand in the file, each with its words. A log is
// read with the expression in its first line, as ShiViz reads it, and its clocks must be those that ShiViz accepts.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, modules] = process.argv.slice(2);
const require = createRequire(join(modules, "package.json"));
const load = (name) => import(pathToFileURL(require.resolve(name)).href);

// Mermaid is made for pages, and asks for one.
const { JSDOM } = require("jsdom");
globalThis.window = new JSDOM("").window;
globalThis.document = window.document;
const { default: mermaid } = await load("mermaid");

/** A label as a reader sees it: signs are written as #59; in the file, and Mermaid keeps them in a form of its own. */
const seen = (label, sign) => label.replace(sign, (_, code) => String.fromCodePoint(Number(code))).trim();

async function checkMermaid(text) {
  const lines = text.split("\n").map((line) => line.trim());
  const written = (start) => lines.map((line) => start.exec(line)?.[1]).filter((label) => label !== undefined);
  const inFile = (labels) => labels.map((label) => seen(label, /#(\d+);/g));
  const inDiagram = (labels) => labels.map((label) => seen(label, /ﬂ°°(\d+)¶ß/g));
  await mermaid.parse(text);
  const { type, db } = await mermaid.mermaidAPI.getDiagramFromText(text);
  assert.equal(type, "sequence");
  const actors = [...db.getActors().values()].map((actor) => actor.description);
  assert.deepEqual(inDiagram(actors), inFile(written(/^participant n\d+ as (.*)$/)));
  const messages = db.getMessages().map((message) => message.message);
  assert.deepEqual(inDiagram(messages), inFile(written(/^(?:n\d+(?:->>|--x)n\d+|Note over n\d+(?:,n\d+)?): ?(.*)$/)));
  return messages.length;
}

function checkShiviz(text) {
  const [pattern, border, ...lines] = text.split("\n");
  assert.equal(border, "");
  const events = [...lines.join("\n").matchAll(new RegExp(pattern, "gm"))].map((match) => match.groups);
  assert.equal(2 * events.length, lines.length - 1, "every two lines are an event");
  const last = new Map();
  for (const { event, host, clock } of events) {
    const now = JSON.parse(clock);
    const before = last.get(host) ?? {};
    assert.ok(event.length > 0);
    assert.equal(now[host], (before[host] ?? 0) + 1, `${host} counts its own events: ${clock}`);
    for (const [other, count] of Object.entries(before)) assert.ok(now[other] >= count, `${host} forgets ${other}`);
    for (const [other, count] of Object.entries(now)) {
      assert.ok(other === host || count <= (last.get(other)?.[other] ?? 0), `${host} knows what ${other} has not done`);
    }
    last.set(host, now);
  }
  return events.length;
}

// A parser that accepts everything would check nothing.
await assert.rejects(checkMermaid("sequenceDiagram\n    n0->>\n"), /Parse error/);
assert.throws(() => checkShiviz('(?<event>.*)\\n(?<host>\\S*) (?<clock>{.*})\n\nsend at 0Δ\nA {"A":2}\n'));

for (const name of readdirSync(folder).sort()) {
  const check = { mermaid: checkMermaid, shiviz: checkShiviz }[name.split(".").pop()];
  if (check === undefined) continue;
  try {
    console.log(`${name}: ${await check(readFileSync(join(folder, name), "utf8"))}`);
  } catch (error) {
    console.error(`${name}: ${error.message}`);
    process.exitCode = 1;
  }
}
