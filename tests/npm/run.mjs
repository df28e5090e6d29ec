// What a program in Node does with the package. Its arguments are a folder with what the terminal prints, NAME.json for each
// scenario; it fails where the package says something else.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { compare, events, grade, link, mount, race, run, scenario, scenarios, script } from "paxos-playground";

const folder = process.argv[2];
const names = (await readdir(folder)).filter((name) => name.endsWith(".json")).map((name) => name.slice(0, -".json".length));
assert.ok(names.length > 5, "the terminal printed something to compare with");
for (const name of names) {
  const expected = await readFile(join(folder, `${name}.json`), "utf8");
  // Some of them are no built-in scenarios, and lie beside what the terminal said of them.
  const text = await readFile(join(folder, `${name}.paxos`), "utf8").catch(() => scenario(name));
  assert.equal(JSON.stringify(await run(text), null, 2) + "\n", expected, name);
}

const listed = await scenarios();
assert.ok(listed.length > 30 && listed.every(({ name, group, title }) => name && group && title));
const two = await scenario("two-proposers");
assert.equal(await link(two), "v=1&scenario=two-proposers");
assert.equal(await link(two, { t: 2.5 }), "v=1&scenario=two-proposers&t=2.5");
assert.equal(await script("https://example.org/#v=1&scenario=two-proposers"), two);
const own = two.replace("title", "# mine\ntitle");
assert.deepEqual(await run(await script(await link(own))), await run(own));
assert.deepEqual((await compare(two)).variants.map(({ variant }) => variant), ["5Δ", "3Δ", "2Δ"]);
const listed_two = await compare(two, { with: "complete,basic" });
assert.deepEqual(listed_two.variants.map(({ report }) => report.protocol), ["complete", "basic"]);
const unknown = await compare(two, { with: "basick" }).catch((error) => error);
assert.deepEqual([unknown.name, unknown.line], ["ScriptError", null]);
assert.match(unknown.message, /did you mean basic/);
const raced = await race(await scenario("steady"), { with: "multi,fab", tolerate: 1 });
assert.deepEqual(raced.racers.map(({ servers, all }) => [servers, all.measured, all.differs]), [[3, 3, false], [6, 2, false]]);
assert.ok((await race(two)).racers.length > 10);
const fewer = await race(two, { nodes: 0 }).catch((error) => error);
assert.deepEqual([fewer.name, fewer.message], ["ScriptError", "nodes 0: a number from 1 to 128 is needed"]);
assert.equal((await run(two, { protocol: "multi" })).protocol, "multi");

const exercise = "paxos-playground 1\nnodes 3\nallow crash\ngoal 2 \"A is down\": crashed = 1 else \"{crashed} are down.\"\n";
const handed = exercise.replace("allow", "at 1Δ crash A\nallow");
assert.deepEqual((await run(exercise)).goals, [{ text: "A is down", points: 2, reached: false, sentence: "0 are down." }]);
assert.deepEqual(await grade(exercise, handed), { points: 2, of: 2, sentence: "A is down" });
assert.deepEqual(await grade(exercise, "nonsense").then(({ points, of }) => [points, of]), [0, 2]);
assert.deepEqual((await grade(two, two).catch((error) => error)).name, "ScriptError");
const told = await events(two);
assert.deepEqual([told.events, told.protocol, told.nodes.length, told.list.length], [1, "basic", 5, 134]);
assert.ok(told.list.every(({ event, what, text }, place) => event === place && what && text));
assert.deepEqual(told.list.find(({ what }) => what === "promised").vote, null);
assert.deepEqual((await events("paxos-playground 1\nproposse").catch((error) => error)).line, 2);

const wrong = await run("paxos-playground 1\nnodes 3\nproposse").catch((error) => error);
assert.ok(wrong instanceof Error);
assert.deepEqual([wrong.name, wrong.line, wrong.column], ["ScriptError", 3, 1]);
assert.match(wrong.message, /proposse/);
const far = await run(two, { protocol: "nonsense" }).catch((error) => error);
assert.deepEqual([far.name, far.line], ["ScriptError", null]);
for (const [call, sentence] of [
  [() => run(1), /“script” should be a text/],
  [() => run(), /“script” should be a text/],
  [() => run(null), /“script” should be a text/],
  [() => run(two, 7), /“options” should be an object/],
  [() => run(two, { protocol: 7 }), /“protocol” should be a text/],
  [() => race(two, { tolerate: "1" }), /“tolerate” should be a number/],
  [() => link(two, { t: "2" }), /“t” should be a number/],
  [() => link(two, { t: Number.NaN }), /“t” should be a number/],
  [() => link(two, { t: -1 }), /“t” should be a number/],
  [() => grade(two), /“script” should be a text/],
  [() => scenario({}), /“name” should be a text/],
]) {
  const error = await call().catch((error) => error);
  assert.ok(error instanceof TypeError, String(error));
  assert.match(error.message, sentence);
}
for (const call of [
  () => scenario("two-proposer"), () => script("nonsense"), () => script("v=1&lesson=none"), () => link(two, { t: 1e9 }),
]) {
  assert.ok(await call().catch((error) => error) instanceof RangeError);
}
await assert.rejects(run("x".repeat(70_000)), { name: "ScriptError", line: 1 });
// Whatever came before, it goes on.
assert.equal((await run(two)).version, 1);
assert.throws(() => mount({}), /in a browser/);
console.log(`${names.length} reports are those of the terminal, byte for byte.`);
