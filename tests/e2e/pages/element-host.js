// A page that uses the element under a strict policy, and notes what it tells.
import { mount } from "../element.js";

window.mount = mount;
window.told = [];
for (const name of ["ready", "state", "event", "error"]) {
  document.addEventListener(`paxos-${name}`, ({ target, detail }) => window.told.push({ name, id: target.id, ...detail }));
}
window.it = document.querySelector("#it");
window.frameOf = (element) => element.shadowRoot.querySelector("iframe");
window.until = async (holds) => {
  for (let time = 0; time < 400; time += 1) {
    if (holds()) return;
    await new Promise((done) => setTimeout(done, 25));
  }
  throw new Error(`waited in vain until ${holds}`);
};
/** What a promise is rejected with. */
window.refusal = (promise) => promise.then(() => "nothing", ({ name, message, line, column }) => ({ name, message, line, column }));
