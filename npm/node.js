// The package for Node, which reads the engine from its file. `mount` exists here too, and says that it needs a browser.
import { readFile } from "node:fs/promises";
import { api } from "./api.js";

export const { run, events, compare, race, grade, scenarios, scenario, link, script } = api(() =>
  readFile(new URL("./engine_bg.wasm", import.meta.url)));
export { mount, PaxosPlaygroundElement } from "./element.js";
