// Files to keep, and pictures made of SVG; see src/ui/export.rs.

/** Gives this to the browser as a file to keep. */
function keep(name, blob) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

export function save(name, kind, text) {
  keep(name, new Blob([text], { type: kind }));
}

/** Calls `done` with whether a browser can paint that many pixels, and then did. */
export function paint(name, svg, scale, most, done) {
  const image = new Image();
  image.onerror = () => done(false);
  image.onload = () => {
    const canvas = document.createElement("canvas");
    canvas.width = image.naturalWidth * scale;
    canvas.height = image.naturalHeight * scale;
    if (canvas.width * canvas.height > most) return done(false);
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => {
      if (blob) keep(name, blob);
      done(!!blob);
    });
  };
  image.src = `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

/** Says something in the element of that id. */
export function say(id, words) {
  const place = document.getElementById(id);
  if (place) place.textContent = words;
}

/** Whether a box is ticked. */
export function ticked(id) {
  return !!document.getElementById(id)?.checked;
}
