// Starts the slides as large as a projector’s picture, so that nothing is stretched, and keeps the keys for the slides.

// For paper (?print-pdf) Reveal shows all slides at once and loads no frame of them; each is then to be a still figure.
if (new URLSearchParams(location.search).has("print-pdf")) {
  for (const frame of document.querySelectorAll("iframe[data-src]")) {
    frame.src = frame.dataset.src.replace("?", "?load=eager&motion=off&");
    delete frame.dataset.src;
  }
}

Reveal.initialize({ width: 1920, height: 1080, margin: 0.04, hash: true });

// A click in a frame gives it the keys, and then neither space nor a remote control turns the slide. So they are taken back at
// once; whatever was clicked is done all the same. Whoever wants to type in a run, in the panel Script, leaves this out.
addEventListener("blur", () => setTimeout(() => {
  if (document.activeElement?.localName === "iframe") document.activeElement.blur();
}));
