//! Short names for what the page imports from the browser. wasm-bindgen's names are long, end in hashes that do not compress,
//! and stand both in the WebAssembly and in the script that goes with it.

use super::module::Module;

/// The object of the script that holds most imports, and its new name.
const OBJECT: (&str, &str) = ("\"./paxos-playground_bg.js\": import0", "\"0\": import0");

/// The script with short names, and the new module and name of each import. A name that the script does not contain
/// exactly once stays as it is.
pub(super) fn shorten(module: &Module<'_>, script: &str) -> (String, Vec<(String, String)>) {
    let mut script = script.to_owned();
    let mut once = |long: &str, short: &str| {
        let is_once = script.matches(long).count() == 1;
        if is_once {
            script = script.replace(long, short);
        }
        is_once
    };
    let is_short = once(OBJECT.0, OBJECT.1);
    let mut names = Vec::new();
    for import in &module.imports {
        let short = letters(names.len());
        let is_bindgens = import.name.starts_with("__wb") && OBJECT.0.contains(import.module);
        let is_shorter = is_bindgens && once(&format!(" {}:", import.name), &format!(" {short}:"));
        let name = if is_shorter { short } else { import.name.to_owned() };
        let is_moved = is_short && OBJECT.0.contains(import.module);
        names.push((if is_moved { "0" } else { import.module }.to_owned(), name));
    }
    (script, names)
}

/// The names a, b … z, aa, ab …
fn letters(number: usize) -> String {
    let mut letters = if number < 26 { String::new() } else { letters(number / 26 - 1) };
    letters.extend((b'a'..=b'z').nth(number % 26).map(char::from));
    letters
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn script_and_module_agree_on_the_short_names() {
        let bytes = wat::parse_str(
            r#"(module
              (import "./paxos-playground_bg.js" "__wbg_one_0123456789abcdef" (func))
              (import "./paxos-playground_bg.js" "__wbg_twice_0123456789abcdef" (func))
              (import "./static/rest.js" "is_here" (func))
              (memory 1) (global i32 i32.const 0) (data (i32.const 0) "0"))"#,
        );
        let bytes = bytes.unwrap();
        let module = Module::read(&bytes).unwrap();
        let script = "{ __wbg_one_0123456789abcdef: function, __wbg_twice_0123456789abcdef: 1,\
                      \x20__wbg_twice_0123456789abcdef: 2, \"./paxos-playground_bg.js\": import0, }";
        let (script, names) = shorten(&module, script);
        let names: Vec<(&str, &str)> = names.iter().map(|(module, name)| (module.as_str(), name.as_str())).collect();
        assert_eq!(names, [("0", "a"), ("0", "__wbg_twice_0123456789abcdef"), ("./static/rest.js", "is_here")]);
        assert!(script.starts_with("{ a: function, __wbg_twice") && script.ends_with("\"0\": import0, }"), "{script}");
    }

    #[test]
    fn letters_are_counted() {
        assert_eq!([0, 25, 26, 701, 702].map(letters), ["a", "z", "aa", "zz", "aaa"]);
    }
}
