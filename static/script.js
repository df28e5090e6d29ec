// Brings the editor of the script when somebody opens the script; see src/ui/script.rs and editor/editor.js.
//
// index.html names the editor's file. Where it names none (`cargo xtask serve`, tests), where nothing may be written, and when
// the file does not come, the text area stays. `data-editor` of the text area says how far the editor is.

let shown;

/**
 * Shows the editor in place of the text area of this id, and what is wrong with the text there. `ask` answers what the
 * editor has to know of scripts.
 */
export function show(id, line, column, sentence, ask) {
  const area = document.getElementById(id);
  if (!area) return;
  if (shown?.area !== area) {
    close();
    shown = { area };
    bring(shown, ask);
  }
  const { wrong } = shown;
  // The page shows itself anew for each frame of a run that plays.
  if (wrong?.line !== line || wrong.column !== column || wrong.sentence !== sentence) shown.wrong = { line, column, sentence };
  shown.editor?.show(shown.wrong);
}

/** Ends the editor, whose text area is gone. */
export function close() {
  shown?.editor?.close();
  shown = undefined;
}

async function bring(its, ask) {
  const file = document.querySelector('meta[name="editor"]')?.content;
  if (!file || its.area.readOnly) return;
  its.area.dataset.editor = "coming";
  try {
    const { open } = await import(new URL(file, document.baseURI).href);
    if (shown !== its) return;
    its.editor = open(its.area, ask);
    its.editor.show(its.wrong);
    its.area.dataset.editor = "here";
  } catch (error) {
    its.area.dataset.editor = "missing";
    console.warn("The editor did not come, so the text area stays.", error);
  }
}
