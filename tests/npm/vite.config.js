// Addresses are relative, as in a course's folder, and no script is inside the HTML, which the strict policy forbids.
export default { base: "./", build: { modulePreload: { polyfill: false }, target: "es2022" } };
