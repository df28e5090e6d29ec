// What the engine offers, as functions that load it first; index.d.ts says what each of them does.
import init, * as engine from "./engine.js";

/** `wasm` answers the WebAssembly's bytes, or nothing where the engine can fetch them itself. */
export function api(wasm) {
  let loaded;
  const load = async () => init({ module_or_path: await wasm() });
  const ready = () => {
    // Who asks after a failure tries again.
    loaded ??= load().catch((error) => {
      loaded = undefined;
      throw error;
    });
    return loaded;
  };
  return {
    run: async (script, options) => (await ready(), engine.run(script, options)),
    compare: async (script, options) => (await ready(), engine.compare(script, options)),
    scenarios: async () => (await ready(), engine.scenarios()),
    scenario: async (name) => (await ready(), engine.scenario(name)),
    link: async (script, options) => (await ready(), engine.link(script, options)),
    script: async (link) => (await ready(), engine.script(link)),
  };
}
