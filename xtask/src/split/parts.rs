//! Writes the parts of a module: one memory, one table, several files.
//!
//! Where a part calls a function of a later part, the first part has a *stub* of the same type, which calls the function
//! through the table. A stub also stands in the table itself wherever the function stood there, until the later part
//! overwrites it. Each later part has one place of the table, its *mark*, which is empty until the part is here; a stub that
//! finds it empty calls the loader first.
//!
//! A later part has no memory, globals or exports of its own. It imports what the first part exports under short names, and
//! as it is instantiated its elements fill the table, and its data the places of the constants that moved (`data`).

use std::collections::BTreeMap;
use std::ops::Range;

use wasm_encoder::reencode::{self, Reencode};
use wasm_encoder::{
    CodeSection, ConstExpr, DataCountSection, DataSection, ElementSection, Elements, ExportKind, ExportSection,
    Function, FunctionSection, GlobalSection, ImportSection, MemorySection, MemoryType, StartSection, TableSection,
    TypeSection, ValType,
};

use super::linked::Linked;
use super::module::Module;
use super::{data, record, texts};
use crate::Outcome;

/// The name by which the later parts import the first one.
const FIRST: &str = "first";

/// The result of writing a part.
pub(super) type Written<T> = Result<T, reencode::Error<String>>;

/// The new index of each function; none where a part does not have the function.
struct Renumbered(Vec<Option<u32>>);

impl Reencode for Renumbered {
    type Error = String;

    fn function_index(&mut self, function: u32) -> Written<u32> {
        let index = self.0.get(function as usize).copied().flatten();
        index.ok_or_else(|| reencode::Error::UserError(format!("the function {function} is not there")))
    }
}

/// The parts as WebAssembly.
pub(super) struct Parts {
    pub(super) first: Vec<u8>,
    /// Each later part, in their order.
    pub(super) later: Vec<Vec<u8>>,
    /// The index that each function, or its stub, has in the first part.
    pub(super) places: Vec<Option<u32>>,
    /// Where the first part notes which functions run, if it does: the address of the first note, and the number of
    /// notes.
    pub(super) notes: Option<(u64, usize)>,
}

/// The plan on which all parts must agree.
struct Plan<'m, 'a> {
    module: &'m Module<'a>,
    /// The part of each function; 0 is the first part.
    parts: &'m [usize],
    /// The function that loads a later part when a stub is called too early; its argument is the number of the part.
    loader: u32,
    table: u32,
    /// The place in the table through which other parts call a moved function.
    slots: BTreeMap<u32, u32>,
    /// The number of places in the table with these slots.
    places: u64,
    /// The functions and stubs of the first part, in its order.
    order: Vec<u32>,
    /// The functions that the later parts call outside of themselves: functions of the first part, and the first part's
    /// stubs for functions of other parts. They are in the first part's order, and so are their exports, which then
    /// compress better.
    shared: Vec<u32>,
    later: Vec<Later>,
    /// The segments of data: their memory, their place there, and their bytes.
    segments: Vec<(u32, u32, &'a [u8])>,
    /// The addresses at which the first part has zeros.
    late: Vec<Range<u32>>,
}

/// The contents of one later part.
#[derive(Default)]
struct Later {
    /// The place of the table that is empty until the part is here.
    mark: u32,
    /// Every place in the table that the part fills, with the function that goes there.
    fills: BTreeMap<u32, u32>,
    /// The functions that the part calls outside of itself.
    calls: Vec<u32>,
    /// The constants that the part writes: pieces of segments.
    pieces: Vec<(usize, Range<usize>)>,
}

/// What other files say of the module's data.
pub(super) struct Known {
    /// Where the linker put each symbol, and what refers to it.
    pub(super) linked: Linked,
    /// For each later part the texts that only this part shows. The number of lists is the number of later parts.
    pub(super) texts: Vec<Vec<String>>,
    /// Whether the first part is to note which of its functions run.
    pub(super) to_record: bool,
}

/// Writes all parts. `parts` gives the part of each function, where 0 is the first part; `loader` is the name of an
/// exported function that takes the number of a part; `imports` are the modules and names to import, in the module's
/// order.
pub(super) fn write(
    module: &Module<'_>,
    parts: &[usize],
    loader: &str,
    known: &Known,
    imports: &[(String, String)],
) -> Outcome<Parts> {
    let mut plan = plan(module, parts, loader, known.texts.len())?;
    plan.segments = module.segments()?;
    let mut late = data::late(module, parts, known.texts.len(), &known.linked, &plan.segments);
    for (late, texts) in late.iter_mut().zip(&known.texts) {
        late.append(&mut texts::find(&plan.segments, texts));
    }
    for (later, late) in plan.later.iter_mut().zip(&late) {
        later.pieces = data::pieces(&plan.segments, late, &known.linked.symbols);
    }
    plan.late = late.concat();
    let failed = |error: reencode::Error<String>| format!("The page's WebAssembly cannot be split: {error:?}.");
    let notes = known.to_record.then(|| notes(module)).transpose()?;
    let (first, places) = first(&plan, imports, notes).map_err(failed)?;
    let notes = notes.map(|(_, start)| (start, module.functions.len()));
    let later = (1..).zip(&plan.later).map(|(part, brings)| later(&plan, part, brings));
    let later = later.collect::<Written<_>>().map_err(failed)?;
    Ok(Parts { first, later, places, notes })
}

/// The memory with room for notes, and the address of the notes.
fn notes(module: &Module<'_>) -> Outcome<(MemoryType, u64)> {
    let memory = module.memories.clone().into_iter().next().ok_or("The page's WebAssembly has no memory.")?;
    let memory = memory.map_err(|error| error.to_string())?;
    let memory = Renumbered(Vec::new()).memory_type(memory).map_err(|error| format!("{error:?}"))?;
    Ok(record::with_notes(memory))
}

fn plan<'m, 'a>(module: &'m Module<'a>, parts: &'m [usize], loader: &str, later: usize) -> Outcome<Plan<'m, 'a>> {
    let part = |function: u32| parts[function as usize];
    let loader_index = module.exported(loader).filter(|function| part(*function) == 0);
    let loader = loader_index.ok_or_else(|| format!("The page's WebAssembly does not export {loader}."))?;
    let (table, filled) = module.table()?;
    let size = module.tables[table as usize].ty.initial;
    let mut next = u32::try_from(size).map_err(|error| error.to_string())?;
    let mut later: Vec<Later> = (0..later).map(|_| Later::default()).collect();
    let mut slots = BTreeMap::new();
    for (place, function) in filled.into_iter().filter(|(_, function)| part(*function) > 0) {
        later[part(function) - 1].fills.insert(place, function);
        slots.entry(function).or_insert(place);
    }

    let functions = module.exports.iter().filter(|export| export.kind == wasmparser::ExternalKind::Func);
    let mut needed: Vec<u32> = functions.map(|export| export.index).collect();
    for (calls, caller) in module.calls.iter().zip(parts) {
        let outside = calls.iter().copied().filter(|callee| part(*callee) != *caller);
        match caller.checked_sub(1) {
            None => needed.extend(outside),
            Some(later_part) => later[later_part].calls.extend(outside),
        }
    }
    let mut shared = Vec::new();
    for (number, later) in (1..).zip(&mut later) {
        later.calls.sort_unstable();
        later.calls.dedup();
        shared.extend(&later.calls);
        let some = (0..).zip(parts).find(|(_, part)| **part == number).map(|(function, _)| function);
        later.mark = next;
        later.fills.insert(next, some.ok_or("No function of the page moves to one of the later parts.")?);
        next += 1;
    }
    shared.sort_unstable();
    shared.dedup();
    needed.extend(&shared);
    needed.retain(|function| part(*function) > 0);
    needed.sort_unstable();
    for function in needed {
        slots.entry(function).or_insert_with(|| {
            later[part(function) - 1].fills.insert(next, function);
            next += 1;
            next - 1
        });
    }
    let is_here = |function: &u32| part(*function) == 0 || slots.contains_key(function);
    let mut order: Vec<u32> = (0..).take(module.functions.len()).filter(is_here).collect();
    // Similar functions compress better side by side: stubs of one type, functions of one size.
    order[module.imported()..].sort_by_key(|function| {
        let size = module.body(*function).map_or(0, |body| body.as_bytes().len());
        let slot = slots.get(function);
        (slot.map_or(size, |_| 0), slot.map(|_| module.functions[*function as usize]))
    });
    shared.sort_by_key(|function| order.iter().position(|other| other == function));
    let places = next.into();
    let (segments, late) = (Vec::new(), Vec::new());
    Ok(Plan { module, parts, loader, table, slots, places, order, shared, later, segments, late })
}

fn first(
    plan: &Plan<'_, '_>,
    names: &[(String, String)],
    notes: Option<(MemoryType, u64)>,
) -> Written<(Vec<u8>, Vec<Option<u32>>)> {
    let Plan { module, .. } = plan;
    let order = &plan.order;
    let mut renumbered = Renumbered(vec![None; module.functions.len()]);
    for (new, function) in (0..).zip(order) {
        renumbered.0[*function as usize] = Some(new);
    }
    let helpers = order.len() as u32;

    let mut types = TypeSection::new();
    renumbered.parse_type_section(&mut types, module.types.clone())?;
    let helper_type = types.len();
    types.ty().function([ValType::I32], [ValType::I32]);
    let mut imports = ImportSection::new();
    for (import, (from, name)) in module.imports.iter().zip(names) {
        imports.import(from, name, renumbered.entity_type(import.ty)?);
    }
    let (mut functions, mut code) = (FunctionSection::new(), CodeSection::new());
    for function in &order[module.imported()..] {
        let index = module.functions[*function as usize];
        functions.function(index);
        match (plan.slots.get(function), module.body(*function), notes) {
            (Some(slot), ..) => {
                let part = plan.parts[*function as usize] as u32;
                code.function(&stub(plan, index, *slot, helpers + part - 1));
            }
            (None, Some(body), Some((_, start))) => {
                code.function(&record::noting(&mut renumbered, body, start + u64::from(*function))?);
            }
            (None, Some(body), None) => renumbered.parse_function_body(&mut code, body.clone())?,
            (None, None, _) => {}
        }
    }
    for (number, later) in (1..).zip(&plan.later) {
        functions.function(helper_type);
        code.function(&ensure(plan.table, later.mark, number, renumbered.function_index(plan.loader)?));
    }

    let mut tables = TableSection::new();
    for (table, number) in module.tables.iter().zip(0..) {
        let mut ty = renumbered.table_type(table.ty)?;
        if number == plan.table {
            ty.minimum = plan.places;
            ty.maximum = ty.maximum.map(|maximum| maximum.max(plan.places));
        }
        tables.table(ty);
    }
    let (mut memories, mut globals) = (MemorySection::new(), GlobalSection::new());
    match notes {
        Some((memory, _)) => {
            memories.memory(memory);
        }
        None => renumbered.parse_memory_section(&mut memories, module.memories.clone())?,
    }
    renumbered.parse_global_section(&mut globals, module.globals.clone())?;
    let mut exports = ExportSection::new();
    for export in &module.exports {
        renumbered.parse_export(&mut exports, *export)?;
    }
    for (name, shared) in shared(plan) {
        let (kind, index) = match shared {
            Shared::Memory(index) => (ExportKind::Memory, index),
            Shared::Table(index) => (ExportKind::Table, index),
            Shared::Global(index) => (ExportKind::Global, index),
            Shared::Function(function) => (ExportKind::Func, renumbered.function_index(function)?),
        };
        exports.export(&name, kind, index);
    }
    let mut elements = ElementSection::new();
    for element in &module.elements {
        renumbered.parse_element(&mut elements, element.clone())?;
    }
    let mut segments = DataSection::new();
    for (memory, place, bytes) in &plan.segments {
        let is_late = data::within(*place, bytes.len(), &plan.late);
        let bytes = bytes.iter().zip(is_late).map(|(byte, is_late)| if is_late { 0 } else { *byte });
        segments.active(*memory, &ConstExpr::i32_const(place.cast_signed()), bytes);
    }

    let mut part = wasm_encoder::Module::new();
    part.section(&types).section(&imports).section(&functions).section(&tables).section(&memories).section(&globals);
    part.section(&exports);
    if let Some(start) = module.start {
        part.section(&StartSection { function_index: renumbered.function_index(start)? });
    }
    part.section(&elements);
    if module.has_data_count {
        part.section(&DataCountSection { count: module.data.count() });
    }
    part.section(&code).section(&segments);
    Ok((part.finish(), renumbered.0))
}

/// The stub that replaces a moved function: it makes the same call, through the table.
fn stub(plan: &Plan<'_, '_>, type_index: u32, slot: u32, helper: u32) -> Function {
    let mut stub = Function::new([]);
    let mut code = stub.instructions();
    for parameter in (0..).take(plan.module.signatures[type_index as usize].params().len()) {
        code.local_get(parameter);
    }
    code.i32_const(slot.cast_signed()).call(helper).call_indirect(plan.table, type_index).end();
    stub
}

/// The function that every stub of a part calls: it returns the place in the table that it was given, and loads the part
/// if the part is not there.
fn ensure(table: u32, mark: u32, part: i32, loader: u32) -> Function {
    let mut ensure = Function::new([]);
    let mut code = ensure.instructions();
    code.i32_const(mark.cast_signed()).table_get(table).ref_is_null();
    code.if_(wasm_encoder::BlockType::Empty).i32_const(part).call(loader).end();
    code.local_get(0).end();
    ensure
}

fn later(plan: &Plan<'_, '_>, part: usize, brings: &Later) -> Written<Vec<u8>> {
    let Plan { module, .. } = plan;
    let mut index = vec![None; module.functions.len()];
    let moved = (0..).zip(plan.parts).filter(|(_, its)| **its == part).map(|(function, _)| function);
    // Imports stand in the order of the first part's exports.
    let calls = plan.shared.iter().copied().filter(|function| brings.calls.binary_search(function).is_ok());
    for (function, new) in calls.chain(moved).zip(0..) {
        index[function as usize] = Some(new);
    }
    let mut renumbered = Renumbered(index);

    let mut types = TypeSection::new();
    renumbered.parse_type_section(&mut types, module.types.clone())?;
    let memories: Vec<_> = module.memories.clone().into_iter().collect::<wasmparser::Result<_>>()?;
    let globals: Vec<_> = module.globals.clone().into_iter().collect::<wasmparser::Result<_>>()?;
    let mut imports = ImportSection::new();
    for (name, shared) in shared(plan) {
        let ty = match shared {
            Shared::Memory(index) => renumbered.memory_type(memories[index as usize])?.into(),
            Shared::Table(index) => {
                let mut ty = renumbered.table_type(module.tables[index as usize].ty)?;
                if index == plan.table {
                    ty.minimum = plan.places;
                    ty.maximum = ty.maximum.map(|maximum| maximum.max(plan.places));
                }
                ty.into()
            }
            Shared::Global(index) => renumbered.global_type(globals[index as usize].ty)?.into(),
            Shared::Function(function) if brings.calls.binary_search(&function).is_err() => continue,
            Shared::Function(function) => wasm_encoder::EntityType::Function(module.functions[function as usize]),
        };
        imports.import(FIRST, &name, ty);
    }
    let (mut functions, mut code) = (FunctionSection::new(), CodeSection::new());
    for (function, body) in (0..).skip(module.imported()).zip(&module.bodies) {
        if plan.parts[function as usize] == part {
            functions.function(module.functions[function as usize]);
            renumbered.parse_function_body(&mut code, body.clone())?;
        }
    }
    let mut elements = ElementSection::new();
    let fills: Vec<(u32, u32)> = brings.fills.iter().map(|(place, function)| (*place, *function)).collect();
    for run in fills.chunk_by(|(one, _), (next, _)| one + 1 == *next) {
        let functions = run.iter().map(|(_, function)| renumbered.function_index(*function));
        let functions = functions.collect::<Written<Vec<_>>>()?;
        let table = (plan.table != 0).then_some(plan.table);
        elements.active(table, &ConstExpr::i32_const(run[0].0.cast_signed()), Elements::Functions(functions.into()));
    }
    let mut part = wasm_encoder::Module::new();
    let mut pieces = DataSection::new();
    for (segment, piece) in &brings.pieces {
        let (memory, place, bytes) = &plan.segments[*segment];
        let place = place + piece.start as u32;
        pieces.active(*memory, &ConstExpr::i32_const(place.cast_signed()), bytes[piece.clone()].iter().copied());
    }
    part.section(&types).section(&imports).section(&functions).section(&elements).section(&code).section(&pieces);
    Ok(part.finish())
}

/// Something of the first part that later parts import. Memories, tables and globals keep their index there.
enum Shared {
    Memory(u32),
    Table(u32),
    Global(u32),
    Function(u32),
}

/// All that later parts import, with the names that all parts use for it.
fn shared<'p>(plan: &'p Plan<'_, '_>) -> impl Iterator<Item = (String, Shared)> + 'p {
    let tables = (0..).take(plan.module.tables.len());
    let memories = (0..plan.module.memories.count()).map(Shared::Memory);
    let globals = (0..plan.module.globals.count()).map(Shared::Global);
    let functions = plan.shared.iter().copied().map(Shared::Function);
    short_names(plan.module).zip(memories.chain(tables.map(Shared::Table)).chain(globals).chain(functions))
}

/// Short names that the module does not export yet: 0, 1 … z, 00, 01 …
fn short_names<'m>(module: &'m Module<'_>) -> impl Iterator<Item = String> + 'm {
    (0..).map(short_name).filter(|name| module.exports.iter().all(|export| export.name != name))
}

fn short_name(number: u32) -> String {
    let mut name = if number < 36 { String::new() } else { short_name(number / 36 - 1) };
    name.extend(char::from_digit(number % 36, 36));
    name
}
