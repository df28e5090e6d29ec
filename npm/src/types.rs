//! The types of arguments and results, for TypeScript. The part `npm` of the tests compares them with the real results.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = include_str!("../types.d.ts");
