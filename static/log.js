// Takes a log that somebody drops on the page, or chooses; see src/ui/log.rs. Nothing leaves the browser.

const root = globalThis.document?.documentElement;
const hasFiles = ({ dataTransfer }) => dataTransfer?.types.includes("Files") ?? false;

/** Calls `take` with the name of each file that is dropped on the page, its text, and what is wrong with it, a sentence. */
export function hear(most, take) {
  addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    root.dataset.drop = "";
  });
  addEventListener("dragleave", ({ relatedTarget }) => relatedTarget === null && delete root.dataset.drop);
  addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    delete root.dataset.drop;
    read(event.dataTransfer.files, most, take);
  });
}

/** The same for the file that was chosen in the field of this id. The same file can be chosen again. */
export function chosen(id, most, take) {
  const field = document.getElementById(id);
  const files = [...(field?.files ?? [])];
  if (field) field.value = "";
  read(files, most, take);
}

async function read(files, most, take) {
  const [file] = files;
  if (!file) return;
  if (files.length > 1) return take("", "", "One file at a time can be opened: put the logs of all processes one after the other into one");
  if (file.size > most) return take(file.name, "", `${file.name}: a log has at most ${most} bytes`);
  try {
    take(file.name, await file.text(), "");
  } catch (error) {
    take(file.name, "", `${file.name} cannot be read: ${error.message ?? error}`);
  }
}
