//! A small module runs whole and split in three: it must do the same, whichever function is called first.

use wasmi::{AsContextMut, Caller, Engine, Extern, Instance, Linker, Store};

use super::linked::{Linked, Symbol};
use super::module::{Module, plain};
use super::parts::{self, Known, Parts};
use super::{part_of, placed};
use crate::Outcome;

/// The functions whose names begin with `later` move to the second part, and those with `tool` move to the third. The
/// table has `later_in_table` at 1 and `stays` at 2.
fn whole() -> Vec<u8> {
    let text = r#"(module
      (import "page" "load" (func $load (param i32)))
      (import "page" "saw" (func $saw (param i32)))
      (type $number (func (param i32) (result i32)))
      (memory (export "memory") 1)
      (data (i32.const 16) "\05")
      (data (i32.const 100) "some words of the rest, and others")
      (data (i32.const 140) "\03")
      (global $calls (mut i32) (i32.const 0))
      (table 3 3 funcref)
      (elem (i32.const 1) func $later_in_table $stays)
      (func (export "need") (param i32) local.get 0 call $load)
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
      (func $tool (type $number) NOPS
        local.get 0 i32.load8_u offset=140 local.get 0 call $later_in_table i32.add local.get 0 call $helper_of_tool i32.add)
      (func $helper_of_tool (type $number) NOPS local.get 0 i32.const 2 i32.mul)
      (func $later_with_tool (type $number) NOPS local.get 0 call $tool)
      (func (export "called") (type $number) local.get 0 call $later)
      (func (export "tool") (type $number) i32.const 0 call $tool)
      (func (export "with_tool") (type $number) i32.const 0 call $later_with_tool)
      (func (export "indirect") (type $number) local.get 0 i32.const 1 call_indirect (type $number))
      (func (export "state") (type $number) global.get $calls i32.const 8 i32.load i32.add))"#;
    wat::parse_str(text.replace("NOPS", &"nop ".repeat(60))).unwrap()
}

/// The state of the page around the module: the later parts, which of them were loaded, and the calls that it saw.
#[derive(Default)]
struct Page {
    later: Vec<Vec<u8>>,
    loads: Vec<usize>,
    seen: Vec<i32>,
}

/// A module that runs.
struct Running {
    store: Store<Page>,
    instance: Instance,
}

impl Running {
    fn new(module: &[u8], later: Vec<Vec<u8>>) -> Self {
        let engine = Engine::default();
        let mut store = Store::new(&engine, Page { later, ..Page::default() });
        let mut linker = Linker::new(&engine);
        linker.func_wrap("page", "load", |mut caller: Caller<'_, Page>, part: i32| load(&mut caller, part)).unwrap();
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

/// Loads a part as `static/rest.js` does: a later part gets the exports of the first part, and comes after the parts
/// ahead of it.
fn load(caller: &mut Caller<'_, Page>, part: i32) {
    for number in 1..=part as usize {
        if caller.data().loads.contains(&number) {
            continue;
        }
        caller.data_mut().loads.push(number);
        let module = wasmi::Module::new(caller.engine(), &caller.data().later[number - 1]).unwrap();
        let imports: Vec<Extern> = module.imports().map(|import| caller.get_export(import.name()).unwrap()).collect();
        Instance::new(caller.as_context_mut(), &module, &imports).unwrap();
    }
}

/// The text that only the rest shows, and the places of the symbols.
fn known() -> Known {
    let symbol = |place| Symbol { place, is_constant: true };
    let linked = Linked { symbols: vec![symbol(16..17), symbol(100..134), symbol(140..141)], ..Linked::default() };
    Known { linked, texts: vec![vec!["words of the rest".to_owned()], Vec::new()], to_record: false }
}

/// All parts, with the new names of the imports.
fn split(module: &Module<'_>, loader: &str) -> Outcome<Parts> {
    let imports = module.imports.iter().map(|import| (import.module.to_owned(), import.name.to_owned()));
    parts::write(module, &placed(module, 2, part, |_| false), loader, &known(), &imports.collect::<Vec<_>>())
}

fn part(name: &str) -> usize {
    if name.starts_with("tool") { 2 } else { usize::from(name.starts_with("later")) }
}

#[test]
fn the_parts_do_what_the_whole_does() {
    let bytes = whole();
    let module = Module::read(&bytes).unwrap();
    let parts = split(&module, "need").unwrap();
    let others =
        [("called", 6), ("indirect", 7), ("exported", 8), ("stays", 9), ("tool", 1), ("with_tool", 2), ("state", 0)];
    for first in ["called", "indirect", "exported", "tool", "with_tool"] {
        let mut one = Running::new(&bytes, Vec::new());
        let mut three = Running::new(&parts.first, parts.later.clone());
        assert_eq!(three.call("stays", 3), 4);
        assert!(three.store.data().loads.is_empty(), "nothing of the later parts was called");
        assert_eq!(one.call("stays", 3), 4);
        for (name, number) in [(first, 5)].into_iter().chain(others) {
            assert_eq!(one.call(name, number), three.call(name, number), "{name} after {first}");
        }
        assert_eq!(one.store.data().seen, three.store.data().seen);
        assert_eq!(three.store.data().loads, [1, 2], "each part is loaded once");
    }
}

#[test]
fn only_who_asks_for_the_tools_loads_them() {
    let bytes = whole();
    let parts = split(&Module::read(&bytes).unwrap(), "need").unwrap();
    let mut page = Running::new(&parts.first, parts.later);
    page.call("called", 1);
    assert_eq!(page.store.data().loads, [1]);
    page.call("with_tool", 1);
    assert_eq!(page.store.data().loads, [1, 2]);
}

#[test]
fn texts_move_with_those_who_show_them() {
    let bytes = whole();
    let module = Module::read(&bytes).unwrap();
    let Parts { first, later, .. } = split(&module, "need").unwrap();
    let has = |part: &[u8], text: &str| part.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(!has(&first, "words of the rest") && has(&first, ", and others"));
    assert!(has(&later[0], "words of the rest") && !has(&later[0], ", and others"));
    assert!(!has(&later[1], "words of the rest"));
}

#[test]
fn what_only_moved_functions_call_moves_too() {
    let bytes = whole();
    let module = Module::read(&bytes).unwrap();
    let of = |parts: &[usize], number| {
        let names = module.names.iter().zip(parts).filter(move |(_, part)| **part == number);
        names.map(|(name, _)| name.clone()).collect::<Vec<_>>()
    };
    let parts = placed(&module, 2, part, |_| false);
    assert_eq!(of(&parts, 1), ["helper", "later", "later_in_table", "later_exported", "later_with_tool"]);
    assert_eq!(of(&parts, 2), ["tool", "helper_of_tool"]);
    // What did not run when it was recorded goes to the rest, unless only a tool calls it.
    let parts = placed(&module, 2, part, |name| name == "helper_of_tool");
    assert_eq!(of(&parts, 2), ["tool", "helper_of_tool"]);
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
fn what_shows_a_run_is_in_the_first_part() {
    for name in [
        "<paxos_playground::session::Session>::begin",
        "<paxos_playground::protocol::basic::Basic as paxos_playground::protocol::Machine>::step",
        "<paxos_playground::protocol::parliament::Parliament as paxos_playground::protocol::Machine>::step",
        "<paxos_playground::scenario::link::RunLink>::read",
        "<paxos_playground::ui::state::presentation::Presentation>::read",
        "<alloc::raw_vec::RawVec<paxos_playground::scenario::hints::Hint>>::grow_one",
        "paxos_playground::ui::script::use_editor::inner_fn::{closure#1}",
    ] {
        assert_eq!(part_of(name), 0, "{name}");
    }
    assert_eq!(part_of("paxos_playground::ui::help::help"), 1);
    assert_eq!(part_of("paxos_playground::ui::explore::explore"), 2);
    assert_eq!(part_of("paxos_playground::scenario::hints::hints"), 2);
}
