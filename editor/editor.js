// The editor of scripts: CodeMirror with what a script needs, and nothing else.
//
// `cargo xtask build` bundles this file and what it imports into one file, which the page fetches when somebody opens the
// script (static/script.js). The words of scripts, their meanings and their colours are not known here: `ask` asks the
// page's program for them (src/scenario/hints.rs). The text area stays in the document, hidden, as the form's value. What is
// written here is put there, with an event as if somebody had typed it there; what the page puts there is shown here.

import { autocompletion, completionKeymap } from "@codemirror/autocomplete";
import { history, historyKeymap, standardKeymap } from "@codemirror/commands";
import { Annotation, EditorState, StateEffect, StateField, Transaction } from "@codemirror/state";
import { Decoration, EditorView, ViewPlugin, hoverTooltip, keymap, lineNumbers } from "@codemirror/view";
import { StyleModule } from "style-mod";

// CodeMirror would put its style into a <style> element, which the page's policy forbids. It allows style sheets that a
// script makes.
let sheet;
StyleModule.mount = (root, modules) => {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  }
  sheet.replaceSync(modules.map((module) => module.getRules()).join("\n"));
};

const ofPage = Annotation.define();
const setMistake = StateEffect.define();

/**
 * Shows the editor in place of a text area. `ask(what, text, line, column)` answers with lines of words, between which
 * there are tabs; see src/ui/script.rs. Answers how to show what has changed, and how to end it.
 */
export function open(area, ask) {
  const { activeElement } = document;
  let told;
  const view = new EditorView({
    state: EditorState.create({
      doc: area.value,
      selection: { anchor: area.selectionStart, head: area.selectionEnd },
      extensions: [
        lineNumbers(),
        history(),
        mistake,
        coloured(ask),
        helped(ask),
        autocompletion({ override: [completed(ask)], icons: false, closeOnBlur: true }),
        keymap.of([...completionKeymap, ...historyKeymap, ...standardKeymap]),
        EditorView.contentAttributes.of({ "aria-label": "Script", "aria-describedby": "script-error", tabindex: "0" }),
        EditorView.updateListener.of(written(area)),
        look,
      ],
    }),
  });
  area.after(view.dom);
  area.tabIndex = -1;
  area.setAttribute("aria-hidden", "true");
  if (activeElement === area) view.focus();
  return {
    /** Shows what the text area holds now, and what is wrong with it. */
    show(wrong) {
      const now = view.state.doc.toString();
      if (now !== area.value) {
        const changes = view.state.changes(difference(now, area.value));
        const selection = view.state.selection.map(changes, 1);
        view.dispatch({ changes, selection, annotations: [ofPage.of(true), Transaction.addToHistory.of(false)] });
      }
      if (wrong !== told) view.dispatch({ effects: setMistake.of(wrong) });
      told = wrong;
    },
    close() {
      view.destroy();
    },
  };
}

/** Puts what somebody wrote into the text area, as if it had been typed there. */
function written(area) {
  return (update) => {
    if (!update.docChanged || update.transactions.some((transaction) => transaction.annotation(ofPage))) return;
    area.value = update.state.doc.toString();
    area.dispatchEvent(new InputEvent("input", { bubbles: true }));
  };
}

/**
 * What has to change in a text so that it becomes another one. Lines that stay change only where they differ, so that a
 * cursor in them stays.
 */
function difference(before, after) {
  const [from, to] = [before.split("\n"), after.split("\n")];
  const changes = [];
  const change = (place, old, text) => {
    if (old !== text) changes.push(part(place, old, text));
  };
  // The first lines that are not dealt with yet, and where the one of the old text begins.
  let [old, now, place] = [0, 0, 0];
  for (const [line, other] of staying(from, to)) {
    const gone = from.slice(old, line).map((text) => `${text}\n`).join("");
    change(place, gone, to.slice(now, other).map((text) => `${text}\n`).join(""));
    place += gone.length;
    change(place, from[line], to[other]);
    place += from[line].length + 1;
    [old, now] = [line + 1, other + 1];
  }
  if (place === 0) return [part(0, before, after)];
  // What comes after the last line that stays begins with the end of that line.
  const ending = (lines) => lines.map((text) => `\n${text}`).join("");
  change(place - 1, ending(from.slice(old)), ending(to.slice(now)));
  return changes;
}

/** The lines that stay, in order: each with its place in both texts. */
function staying(from, to) {
  const pairs = [];
  const [old, now] = [from.map(plain), to.map(plain)];
  const most = Math.min(from.length, to.length);
  let first = 0;
  while (first < most && old[first] === now[first]) pairs.push([first, first++]);
  let last = 0;
  while (last < most - first && old.at(-1 - last) === now.at(-1 - last)) last += 1;
  // Between them, those that are in each text once.
  const once = (lines) => {
    const places = new Map();
    lines.forEach((line, place) => places.set(line, places.has(line) ? -1 : place));
    return places;
  };
  const [olds, nows] = [once(old), once(now)];
  let next = first;
  for (let line = first; line < from.length - last; line += 1) {
    const other = nows.get(old[line]) ?? -1;
    if (olds.get(old[line]) !== line || other < next || other >= to.length - last) continue;
    pairs.push([line, other]);
    next = other + 1;
  }
  for (let left = last; left > 0; left -= 1) pairs.push([from.length - left, to.length - left]);
  return pairs;
}

/** A line without what only lays it out: the page writes what somebody typed in its own way. */
function plain(line) {
  return line.replace(/[\sΔ"]/g, "");
}

/** The change from one text to another at a place, without what they have in common at both ends. */
function part(place, old, text) {
  let start = 0;
  while (start < Math.min(old.length, text.length) && old[start] === text[start]) start += 1;
  let end = 0;
  while (end < Math.min(old.length, text.length) - start && old.at(-1 - end) === text.at(-1 - end)) end += 1;
  return { from: place + start, to: place + old.length - end, insert: text.slice(start, text.length - end) };
}

/** How many units of UTF-16 the first characters of a line have. */
function units(line, characters) {
  if (!/[\ud800-\udfff]/.test(line)) return Math.min(characters, line.length);
  return [...line].slice(0, characters).join("").length;
}

/** The column of a place in a line, in characters from 1. */
function column(line, place) {
  return [...line.text.slice(0, place - line.from)].length + 1;
}

/** The answer as lists of words. */
function rows(answer) {
  return answer === "" ? [] : answer.split("\n").map((row) => row.split("\t"));
}

/** Several lines come as one word. */
const SEVERAL = /\u2028/g;

/** What is wrong with the text: a sentence, and its place underlined. */
const mistake = StateField.define({
  create: () => ({ sentence: "", marks: Decoration.none }),
  update(found, { newDoc, effects, changes, docChanged }) {
    const set = effects.find((effect) => effect.is(setMistake));
    if (set) return placed(newDoc, set.value);
    return docChanged ? { ...found, marks: found.marks.map(changes) } : found;
  },
  provide: (field) => [
    EditorView.decorations.from(field, ({ marks }) => marks),
    EditorView.contentAttributes.from(field, ({ sentence }) => ({ "aria-invalid": String(sentence !== "") })),
  ],
});

function placed(doc, { line, column, sentence }) {
  if (!sentence) return { sentence: "", marks: Decoration.none };
  const row = doc.line(Math.max(1, Math.min(line, doc.lines)));
  let start = units(row.text, column - 1);
  let length = /^\S+/.exec(row.text.slice(start))?.[0].length ?? 0;
  if (length === 0) {
    // What is missing at the end of a line is missing after its last word.
    start = /\S*\s*$/.exec(row.text).index;
    length = row.text.slice(start).trimEnd().length;
  }
  const wrong = Decoration.mark({ class: "cm-mistake" });
  const empty = Decoration.line({ class: "cm-mistake-line" });
  const from = row.from + start;
  return { sentence, marks: Decoration.set(length > 0 ? wrong.range(from, from + length) : empty.range(row.from)) };
}

/** The colours of the lines in sight. */
function coloured(ask) {
  const marks = new Map();
  const mark = (sort) => {
    if (!marks.has(sort)) marks.set(sort, Decoration.mark({ class: `cm-${sort}` }));
    return marks.get(sort);
  };
  const ranges = (view) => {
    const found = [];
    let done = -1;
    for (const { from, to } of view.visibleRanges) {
      for (let place = Math.max(from, done + 1); place <= to; place = done + 1) {
        const line = view.state.doc.lineAt(place);
        done = line.to;
        for (const [start, end, sort] of rows(ask("tokens", line.text, 0, 0))) {
          const [left, right] = [units(line.text, start - 1), units(line.text, end - 1)];
          found.push(mark(sort).range(line.from + left, line.from + right));
        }
      }
    }
    return Decoration.set(found);
  };
  return ViewPlugin.define(
    (view) => ({
      decorations: ranges(view),
      update({ docChanged, viewportChanged, view }) {
        if (docChanged || viewportChanged) this.decorations = ranges(view);
      },
    }),
    { decorations: ({ decorations }) => decorations },
  );
}

/** The words that can stand where somebody writes. */
function completed(ask) {
  return ({ state, pos, explicit }) => {
    const line = state.doc.lineAt(pos);
    const [[start, needed], ...words] = rows(ask("hints", state.doc.toString(), line.number, column(line, pos)));
    const from = line.from + units(line.text, start - 1);
    const written = state.sliceDoc(from, pos);
    // Nothing comes unasked where a line begins or may end, or after a whole word: there Enter begins the next line.
    const isWhole = words.some(([word]) => word === written);
    if (words.length === 0 || (!explicit && (isWhole || (written === "" && (needed !== "needed" || from === line.from))))) {
      return null;
    }
    const options = words.map(([label, about]) => ({ label, info: about && (() => paragraph(about)) }));
    return { from, options, filter: false };
  };
}

/** What a word means, and what is wrong with it, when the pointer rests on it. */
function helped(ask) {
  return hoverTooltip((view, place) => {
    const line = view.state.doc.lineAt(place);
    const { sentence, marks } = view.state.field(mistake);
    let [from, to] = [place, place];
    const told = [];
    marks.between(place, place, (start, end) => {
      [from, to] = [start, Math.max(start, end)];
      told.push(paragraph(sentence, "wrong"));
    });
    const [help] = rows(ask("help", view.state.doc.toString(), line.number, column(line, place)));
    if (help) {
      [from, to] = [line.from + units(line.text, help[0] - 1), line.from + units(line.text, help[1] - 1)];
      told.push(paragraph(help[2]));
    }
    if (told.length === 0) return null;
    const create = () => {
      const dom = document.createElement("div");
      dom.className = "cm-help";
      dom.append(...told);
      return { dom };
    };
    return { pos: from, end: to, above: true, create };
  });
}

function paragraph(text, name = "") {
  const paragraph = document.createElement("p");
  paragraph.className = name;
  paragraph.textContent = text.replace(SEVERAL, "\n");
  return paragraph;
}

// The page's own colours, light and dark.
const look = EditorView.theme({
  "&": { border: "1px solid var(--line)", borderRadius: "8px", background: "var(--paper)", color: "var(--ink)" },
  "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "-1px" },
  ".cm-scroller": { font: "12.5px/1.55 var(--mono)", maxHeight: "480px", overflow: "auto" },
  ".cm-content, .cm-gutter": { minHeight: "180px" },
  ".cm-content": { padding: "8px 0", caretColor: "var(--ink)" },
  ".cm-line": { padding: "0 10px 0 6px" },
  ".cm-gutters": { background: "var(--paper)", color: "var(--soft)", borderRight: "1px solid var(--line)" },
  ".cm-keyword": { color: "var(--accent)", fontWeight: "600" },
  ".cm-act": { color: "var(--accent)" },
  ".cm-number": { color: "var(--phase-2)" },
  ".cm-quoted": { color: "var(--phase-3)" },
  ".cm-sign, .cm-comment": { color: "var(--soft)" },
  ".cm-comment": { fontStyle: "italic" },
  ".cm-mistake": { textDecoration: "underline wavy var(--bad)", textDecorationSkipInk: "none" },
  ".cm-mistake-line": { boxShadow: "inset 3px 0 var(--bad)" },
  ".cm-tooltip": {
    border: "1px solid var(--line)",
    borderRadius: "8px",
    background: "var(--card)",
    color: "var(--ink)",
    boxShadow: "var(--shadow)",
    maxWidth: "min(46ch, 90vw)",
  },
  ".cm-help": { padding: "6px 10px" },
  ".cm-help p, .cm-completionInfo p": { margin: "0", font: "13px/1.4 system-ui, sans-serif", whiteSpace: "pre-line" },
  ".cm-tooltip.cm-completionInfo": { padding: "6px 10px" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { font: "12.5px/1.55 var(--mono)", maxHeight: "12em" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "2px 8px" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": {
    background: "var(--accent)",
    color: "var(--accent-ink)",
  },
});
