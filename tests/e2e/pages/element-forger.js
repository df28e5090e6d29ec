// Says to the page around what only a playground may say; the file's address says which of it.
{
  const whole = { ns: "paxos-playground", v: 1 };
  const state = {
    type: "state", title: "forged", t: 0, end: 0, playing: false, theme: "auto", step: 0, steps: 0, decided: 0, violated: [],
    edited: false, link: "",
  };
  const right = [
    { type: "ready", version: "forged", formats: [] },
    { type: "resize", height: 777 },
    state,
    { type: "event", event: "solved", lesson: "forged" },
    { type: "error", reason: "forged" },
    { ...state, id: 1 },
  ];
  const wrong = [
    { ...right[1], v: 2 }, { ...right[1], ns: "forged" }, { type: "resize", height: "777" }, { type: "resize", height: Infinity },
    { ...state, title: 7 }, { ...state, violated: "all" }, { type: "state" }, { type: "error", reason: {} },
    { type: "event", event: "__proto__" }, { type: "event", event: "solved" }, { type: "event" }, { type: "constructor" }, {},
  ];
  const restless = Array.from({ length: 40 }, (_, time) => ({ type: "resize", height: time % 2 ? 300 : 600 }));
  const words = { "?wrong": wrong, "?restless": restless }[new URL(document.currentScript.src).search] ?? right;
  for (const word of words) (window.forgeTo ?? parent).postMessage({ ...whole, ...word }, "*");
  for (const word of [null, 7, "paxos-playground", [whole]]) (window.forgeTo ?? parent).postMessage(word, "*");
}
