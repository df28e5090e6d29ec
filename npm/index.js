// The package for browsers and bundlers: the engine, which loads itself when it is first asked, and the element.
import { api } from "./api.js";

export const { run, events, compare, race, grade, scenarios, scenario, link, script } = api(() => undefined);
export { mount, PaxosPlaygroundElement } from "./element.js";
