// The functions of the engine; each of them loads the engine first. index.d.ts says what they do.
import init, * as engine from "./engine.js";

/** The functions. `wasm` answers the bytes of the WebAssembly, or nothing where the engine can fetch them itself. */
export function api(wasm) {
  let loaded;
  const load = async () => init({ module_or_path: await wasm() });
  const ready = () => {
    // A call after a failure tries to load it again.
    loaded ??= load().catch((error) => {
      loaded = undefined;
      throw error;
    });
    return loaded;
  };
  return {
    run: async (script, options) => (await ready(), engine.run(script, options)),
    events: async (script, options) => (await ready(), engine.events(script, options)),
    compare: async (script, options) => (await ready(), engine.compare(script, options)),
    race: async (script, options) => (await ready(), engine.race(script, options)),
    grade: async (exercise, script) => (await ready(), engine.grade(exercise, script)),
    scenarios: async () => (await ready(), engine.scenarios()),
    scenario: async (name) => (await ready(), engine.scenario(name)),
    link: async (script, options) => (await ready(), engine.link(script, options)),
    script: async (link) => (await ready(), engine.script(link)),
  };
}
