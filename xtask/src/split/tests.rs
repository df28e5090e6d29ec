//! A small module, run whole and run split: it must do the same, whatever is called first.

use wasmi::{AsContextMut, Caller, Engine, Extern, Instance, Linker, Store};

use super::linked::{Linked, Symbol};
use super::module::{Module, plain};
use super::parts::{self, Known, Parts};
use super::{chosen, moved};
use crate::Outcome;

/// The functions whose names begin with `later` are to move. The table has `later_in_table` at 1 and `stays` at 2.
fn whole() -> Vec<u8> {
    let text = r#"(module
      (import "page" "load" (func $load))
      (import "page" "saw" (func $saw (param i32)))
      (type $number (func (param i32) (result i32)))
      (memory (export "memory") 1)
      (data (i32.const 16) "\05")
      (data (i32.const 100) "some words of the rest, and others")
      (global $calls (mut i32) (i32.const 0))
      (table 3 3 funcref)
      (elem (i32.const 1) func $later_in_table $stays)
      (func (export "need") call $load)
      (func $shared (type $number) local.get 0 i32.const 1 i32.add)
      (func $helper (type $number) local.get 0 i32.load8_u offset=16 call $shared)
      (func $stays (export "stays") (type $number) i32.const 100 drop local.get 0 call $shared)
      (func $later (type $number) NOPS
        global.get $calls i32.const 1 i32.add global.set $calls
        i32.const 8 local.get 0 i32.store
        local.get 0 call $saw
        i32.const 0 call $helper local.get 0 i32.mul i32.const 2 call_indirect (type $number))
      (func $later_in_table (type $number) NOPS local.get 0 i32.const 7 i32.mul i32.load8_u offset=100)
      (func $later_exported (export "exported") (type $number) NOPS local.get 0 call $later_in_table call $later)
      (func (export "called") (type $number) local.get 0 call $later)
      (func (export "indirect") (type $number) local.get 0 i32.const 1 call_indirect (type $number))
      (func (export "state") (type $number) global.get $calls i32.const 8 i32.load i32.add))"#;
    wat::parse_str(text.replace("NOPS", &"nop ".repeat(60))).unwrap()
}

/// What the outside knows: the file to load, how often it was, and what was seen.
#[derive(Default)]
struct Page {
    rest: Vec<u8>,
    loads: usize,
    seen: Vec<i32>,
}

/// A module that runs.
struct Running {
    store: Store<Page>,
    instance: Instance,
}

impl Running {
    fn new(module: &[u8], rest: Vec<u8>) -> Self {
        let engine = Engine::default();
        let mut store = Store::new(&engine, Page { rest, ..Page::default() });
        let mut linker = Linker::new(&engine);
        linker.func_wrap("page", "load", |mut caller: Caller<'_, Page>| load(&mut caller)).unwrap();
        let saw = |mut caller: Caller<'_, Page>, number: i32| caller.data_mut().seen.push(number);
        linker.func_wrap("page", "saw", saw).unwrap();
        let module = wasmi::Module::new(&engine, module).unwrap();
        let instance = linker.instantiate_and_start(&mut store, &module).unwrap();
        Self { store, instance }
    }

    fn call(&mut self, name: &str, number: i32) -> i32 {
        let function = self.instance.get_typed_func::<i32, i32>(&self.store, name).unwrap();
        function.call(&mut self.store, number).unwrap()
    }
}

/// As `static/rest.js` does it: the rest gets what the first part exports.
fn load(caller: &mut Caller<'_, Page>) {
    caller.data_mut().loads += 1;
    let module = wasmi::Module::new(caller.engine(), &caller.data().rest).unwrap();
    let imports: Vec<Extern> = module.imports().map(|import| caller.get_export(import.name()).unwrap()).collect();
    Instance::new(caller.as_context_mut(), &module, &imports).unwrap();
}

/// What only the rest says, and where the words of both are.
fn known() -> Known {
    let symbol = |place| Symbol { place, is_constant: true };
    let linked = Linked { symbols: vec![symbol(16..17), symbol(100..134)], ..Linked::default() };
    Known { linked, texts: vec!["words of the rest".to_owned()], to_record: false }
}

/// Both parts, with the imports as they are called.
fn split(module: &Module<'_>, loader: &str) -> Outcome<Parts> {
    let imports = module.imports.iter().map(|import| (import.module.to_owned(), import.name.to_owned()));
    parts::write(module, &moved(module, is_later), loader, &known(), &imports.collect::<Vec<_>>())
}

fn is_later(name: &str) -> bool {
    name.starts_with("later")
}

#[test]
fn both_parts_do_what_the_whole_does() {
    let bytes = whole();
    let module = Module::read(&bytes).unwrap();
    let parts = split(&module, "need").unwrap();
    for first in ["called", "indirect", "exported"] {
        let mut one = Running::new(&bytes, Vec::new());
        let mut two = Running::new(&parts.first, parts.rest.clone());
        assert_eq!((two.call("stays", 3), two.store.data().loads), (4, 0), "nothing of the rest was called");
        assert_eq!(one.call("stays", 3), 4);
        for (name, number) in [(first, 5), ("called", 6), ("indirect", 7), ("exported", 8), ("stays", 9), ("state", 0)]
        {
            assert_eq!(one.call(name, number), two.call(name, number), "{name} after {first}");
        }
        assert_eq!(one.store.data().seen, two.store.data().seen);
        assert_eq!(two.store.data().loads, 1, "the rest is loaded once");
    }
}

#[test]
fn texts_move_with_those_who_show_them() {
    let bytes = whole();
    let module = Module::read(&bytes).unwrap();
    let parts = split(&module, "need").unwrap();
    let has = |part: &[u8], text: &str| part.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(!has(&parts.first, "words of the rest") && has(&parts.first, ", and others"));
    assert!(has(&parts.rest, "words of the rest") && !has(&parts.rest, ", and others"));
}

#[test]
fn what_only_moved_functions_call_moves_too() {
    let bytes = whole();
    let module = Module::read(&bytes).unwrap();
    let moved = moved(&module, is_later);
    let names = module.names.iter().zip(&moved).filter(|(_, moved)| **moved).map(|(name, _)| name.as_str());
    assert_eq!(names.collect::<Vec<_>>(), ["helper", "later", "later_in_table", "later_exported"]);
}

#[test]
fn nothing_is_split_without_a_loader() {
    let bytes = whole();
    let module = Module::read(&bytes).unwrap();
    let sentence = split(&module, "fetch").err();
    assert_eq!(sentence.as_deref(), Some("The page's WebAssembly does not export fetch."));
}

#[test]
fn names_are_read_without_the_numbers_of_crates() {
    assert_eq!(plain("core[c5930c85a12de822]::fmt::write"), "core::fmt::write");
    assert_eq!(plain("<[u8; 4usize]>::sort::<u8>[1]"), "<[u8; 4usize]>::sort::<u8>[1]");
}

#[test]
fn the_first_scenario_needs_nothing_of_the_rest() {
    assert!(chosen("paxos_playground::ui::help::help"));
    assert!(!chosen("<paxos_playground::session::Session>::begin"));
    assert!(!chosen("<paxos_playground::protocol::basic::Basic as paxos_playground::protocol::Machine>::step"));
}
