//! The playground as a module for JavaScript: the functions of `embed`, with JavaScript's values, errors and types.
//!
//! It only translates. Arguments of a wrong type and wrong scripts are thrown as errors with a sentence; reports become
//! plain objects, with the keys and numbers of the terminal's JSON. `cargo xtask npm` makes the package from it.

mod types;

use js_sys::{Error, Reflect, TypeError};
use paxos_playground::embed::{self, Problem};
use paxos_playground::report::pretty;
use serde::Serialize;
use wasm_bindgen::prelude::*;

/// Runs a script to its end and reports on it.
///
/// @param script - The text of a scenario.
/// @throws {@link ScriptError} if the script is wrong.
#[wasm_bindgen(unchecked_return_type = "Report")]
pub fn run(
    #[wasm_bindgen(unchecked_param_type = "string")] script: &JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "RunOptions")] options: &JsValue,
) -> Result<JsValue, JsValue> {
    let script = text(script, "script")?;
    let protocol = option(options, "protocol")?;
    report(&script, &embed::run(&script, protocol.as_deref()).map_err(|problem| script_error(&problem))?)
}

/// Runs a script to its end and tells every event of the run.
///
/// @param script - The text of a scenario.
/// @throws {@link ScriptError} if the script is wrong.
#[wasm_bindgen(unchecked_return_type = "RunEvents")]
pub fn events(
    #[wasm_bindgen(unchecked_param_type = "string")] script: &JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "RunOptions")] options: &JsValue,
) -> Result<JsValue, JsValue> {
    let script = text(script, "script")?;
    let protocol = option(options, "protocol")?;
    report(&script, &embed::events(&script, protocol.as_deref()).map_err(|problem| script_error(&problem))?)
}

/// Runs a script under several protocols, whatever protocol it names: by default the 5Δ, 3Δ and 2Δ variants.
///
/// @param script - The text of a scenario.
/// @throws {@link ScriptError} if the script or the list is wrong, or one of the protocols does not understand the script.
#[wasm_bindgen(unchecked_return_type = "Comparison")]
pub fn compare(
    #[wasm_bindgen(unchecked_param_type = "string")] script: &JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "CompareOptions")] options: &JsValue,
) -> Result<JsValue, JsValue> {
    let script = text(script, "script")?;
    let with = option(options, "with")?;
    report(&script, &embed::compare(&script, with.as_deref()).map_err(|problem| script_error(&problem))?)
}

/// Races a script under several protocols, by default under the whole family, and fits it to each of them.
///
/// @param script - The text of a scenario.
/// @throws {@link ScriptError} if the script, the list or a number is wrong.
#[wasm_bindgen(unchecked_return_type = "Race")]
pub fn race(
    #[wasm_bindgen(unchecked_param_type = "string")] script: &JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "RaceOptions")] options: &JsValue,
) -> Result<JsValue, JsValue> {
    let script = text(script, "script")?;
    let with = option(options, "with")?;
    let (tolerate, nodes) = (number(options, "tolerate")?, number(options, "nodes")?);
    let raced = embed::race(&script, with.as_deref(), tolerate.as_deref(), nodes.as_deref());
    report(&script, &raced.map_err(|problem| script_error(&problem))?)
}

/// Grades a hand-in by the script of an exercise.
///
/// @param exercise - The text of a scenario with goals.
/// @param script - The text that was handed in; one that does not run has no points.
/// @throws {@link ScriptError} if the exercise is wrong or has no goal.
#[wasm_bindgen(unchecked_return_type = "Grade")]
pub fn grade(
    #[wasm_bindgen(unchecked_param_type = "string")] exercise: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "string")] script: &JsValue,
) -> Result<JsValue, JsValue> {
    let (exercise, script) = (text(exercise, "exercise")?, text(script, "script")?);
    object(&embed::grade(&exercise, &script).map_err(|problem| script_error(&problem))?)
}

/// The built-in scenarios, in the order in which a reader should meet them.
#[wasm_bindgen(unchecked_return_type = "BuiltInScenario[]")]
pub fn scenarios() -> Result<JsValue, JsValue> {
    object(&embed::scenarios())
}

/// The script of a built-in scenario.
///
/// @param name - As in {@link scenarios}: `two-proposers`.
/// @throws RangeError if there is no scenario with this name; it suggests a similar name.
#[wasm_bindgen(unchecked_return_type = "string")]
pub fn scenario(#[wasm_bindgen(unchecked_param_type = "string")] name: &JsValue) -> Result<JsValue, JsValue> {
    Ok(embed::scenario(&text(name, "name")?).map_err(|problem| range_error(&problem))?.into())
}

/// What follows the `#` in a link that opens a script in the playground. For a built-in scenario the link has its name
/// instead of its text.
///
/// @param script - The text of a scenario.
/// @throws {@link ScriptError} if the script is wrong.
#[wasm_bindgen(unchecked_return_type = "string")]
pub fn link(
    #[wasm_bindgen(unchecked_param_type = "string")] script: &JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "LinkOptions")] options: &JsValue,
) -> Result<JsValue, JsValue> {
    let script = text(script, "script")?;
    let at = match field(options, "t")? {
        None => None,
        Some(value) => Some(value.as_f64().filter(|t| t.is_finite() && *t >= 0.0).ok_or_else(|| {
            JsValue::from(TypeError::new("“t” should be a number of Δ, from 0 on, but it is something else"))
        })?),
    };
    // A number of JavaScript may have no exact decimal; a millionth of Δ is the smallest unit of time.
    let at = at.map(|t| format!("{t:.6}"));
    let link = embed::link(&script, at.as_deref());
    link.map(JsValue::from).map_err(|problem| match problem.place {
        Some(_) => script_error(&problem),
        None => range_error(&problem),
    })
}

/// The script that a link opens.
///
/// @param link - A whole link, or what follows its `#`.
/// @throws RangeError if it opens something that does not exist.
#[wasm_bindgen(unchecked_return_type = "string")]
pub fn script(#[wasm_bindgen(unchecked_param_type = "string")] link: &JsValue) -> Result<JsValue, JsValue> {
    Ok(embed::script(&text(link, "link")?).map_err(|problem| range_error(&problem))?.into())
}

/// A value as a plain object: the keys keep their order, and a missing value is `null`.
fn object(value: &impl Serialize) -> Result<JsValue, JsValue> {
    value.serialize(&serde_wasm_bindgen::Serializer::json_compatible()).map_err(JsValue::from)
}

/// A report on a script, as a plain object.
fn report(script: &str, report: &impl Serialize) -> Result<JsValue, JsValue> {
    // A process may have this name. Writing to this name does not make a key in JavaScript, but reading JSON does.
    if script.contains("__proto__") {
        let text = pretty(report).map_err(|sentence| Error::new(&sentence))?;
        return js_sys::JSON::parse(&text);
    }
    object(report)
}

/// An argument that should be a text.
fn text(value: &JsValue, name: &str) -> Result<String, JsValue> {
    let wrong = || TypeError::new(&format!("“{name}” should be a text, but it is something else"));
    // The reader of a text refuses one that is too long, so such a text need not be copied as a whole.
    Ok(value.as_string().ok_or_else(wrong)?)
}

/// The option with this name, if it is given.
fn field(options: &JsValue, name: &str) -> Result<Option<JsValue>, JsValue> {
    if options.is_undefined() || options.is_null() {
        return Ok(None);
    }
    if !options.is_object() {
        return Err(TypeError::new("“options” should be an object, but it is something else").into());
    }
    let value = Reflect::get(options, &name.into())?;
    Ok((!value.is_undefined()).then_some(value))
}

fn option(options: &JsValue, name: &str) -> Result<Option<String>, JsValue> {
    field(options, name)?.map(|value| text(&value, name)).transpose()
}

/// The number with this name, if it is given, as JavaScript writes it.
fn number(options: &JsValue, name: &str) -> Result<Option<String>, JsValue> {
    let wrong = || JsValue::from(TypeError::new(&format!("“{name}” should be a number, but it is something else")));
    field(options, name)?.map(|value| value.as_f64().map(|number| number.to_string()).ok_or_else(wrong)).transpose()
}

/// An error that says what is wrong with a script, with the place.
fn script_error(problem: &Problem) -> JsValue {
    let error = Error::new(&problem.message);
    error.set_name("ScriptError");
    let (line, column) = problem.place.unzip();
    for (key, place) in [("line", line), ("column", column)] {
        let place = place.map_or(JsValue::NULL, |place| JsValue::from(place as f64));
        // An error that was just made accepts every property.
        let _ = Reflect::set(&error, &key.into(), &place);
    }
    error.into()
}

fn range_error(problem: &Problem) -> JsValue {
    js_sys::RangeError::new(&problem.message).into()
}
