// Has the page's own program ask for more memory than an address can name: it ends in a trap of WebAssembly. It is a file of
// its own so that it gets the program that runs; what a driver imports is, in Firefox, another copy.
const program = document.querySelector("meta[name=program]").content;
const page = await import(new URL(program, document.baseURI));
const exports = await page.default();
setTimeout(() => exports.__wbindgen_malloc(0xfffffff0, 8));
