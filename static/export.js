// Files to keep, and pictures made of SVG; see src/ui/export.rs.

/** Gives this to the browser as a file to keep. */
function keep(name, blob) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

export function save(name, kind, contents) {
  keep(name, new Blob([contents], { type: kind }));
}

/** Calls `done` with a canvas that shows the picture, or with nothing if it would have more pixels than that. */
function painted(svg, scale, most, done) {
  const image = new Image();
  image.onerror = () => done();
  image.onload = () => {
    const canvas = document.createElement("canvas");
    canvas.width = image.naturalWidth * scale;
    canvas.height = image.naturalHeight * scale;
    if (canvas.width * canvas.height > most) return done();
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    done(canvas);
  };
  image.src = `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

/** Calls `done` with whether a browser can paint that many pixels, and then did. */
export function paint(name, svg, scale, most, done) {
  painted(svg, scale, most, (canvas) => {
    if (!canvas) return done(false);
    canvas.toBlob((blob) => {
      if (blob) keep(name, blob);
      done(!!blob);
    });
  });
}

/** Calls `done` with the pixels of the picture, four bytes each, or with no bytes if it cannot be painted. */
export function pixels(svg, scale, most, done) {
  painted(svg, scale, most, (canvas) => {
    const data = canvas?.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    done(new Uint8Array(data?.buffer ?? 0));
  });
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
