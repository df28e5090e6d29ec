//! The types of what goes in and out, for TypeScript. The part `npm` of the tests holds them against what really comes.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = include_str!("../types.d.ts");
