//! A WebAssembly module, read just far enough to see which function calls which.

use wasmparser::{
    DataSectionReader, Element, ElementItems, ElementKind, Export, ExternalKind, FuncType, FunctionBody,
    GlobalSectionReader, Import, KnownCustom, MemorySectionReader, Name, Operator, Parser, Payload, RefType, Table,
    TypeRef, TypeSectionReader,
};

use crate::Outcome;

/// The sections of a module and the calls of its functions. Functions are named by their index; imported ones come first.
pub(super) struct Module<'a> {
    pub(super) types: TypeSectionReader<'a>,
    /// What each type is, by its index.
    pub(super) signatures: Vec<FuncType>,
    pub(super) imports: Vec<Import<'a>>,
    /// The type of each function.
    pub(super) functions: Vec<u32>,
    pub(super) tables: Vec<Table<'a>>,
    pub(super) memories: MemorySectionReader<'a>,
    pub(super) globals: GlobalSectionReader<'a>,
    pub(super) exports: Vec<Export<'a>>,
    pub(super) start: Option<u32>,
    pub(super) elements: Vec<Element<'a>>,
    pub(super) has_data_count: bool,
    pub(super) bodies: Vec<FunctionBody<'a>>,
    pub(super) data: DataSectionReader<'a>,
    /// The name of each function; empty when it has none.
    pub(super) names: Vec<String>,
    /// The functions that each function calls directly.
    pub(super) calls: Vec<Vec<u32>>,
    /// The numbers in the code of each function that may be addresses: constants, and the offsets that are added to one.
    pub(super) numbers: Vec<Vec<u32>>,
    /// The functions whose code names a segment of data or elements: they cannot leave the module that has this segment.
    pub(super) bound: Vec<u32>,
}

impl<'a> Module<'a> {
    /// Reads a module. It refuses, with a sentence, anything that wasm-bindgen and wasm-opt have not written so far.
    pub(super) fn read(bytes: &'a [u8]) -> Outcome<Self> {
        read(bytes).map_err(|error| format!("The page's WebAssembly cannot be read: {error}."))?
    }

    /// How many functions are imported.
    pub(super) fn imported(&self) -> usize {
        self.functions.len() - self.bodies.len()
    }

    /// The code of a function; none when it is imported.
    pub(super) fn body(&self, function: u32) -> Option<&FunctionBody<'a>> {
        self.bodies.get((function as usize).checked_sub(self.imported())?)
    }

    /// The index of the function that is exported under this name.
    pub(super) fn exported(&self, name: &str) -> Option<u32> {
        let is_it = |export: &&Export<'_>| export.kind == ExternalKind::Func && export.name == name;
        self.exports.iter().find(is_it).map(|export| export.index)
    }

    /// The table of functions, and each entry that the table has from the beginning.
    pub(super) fn table(&self) -> Outcome<(u32, Vec<(u32, u32)>)> {
        let is_it = |table: &Table<'_>| table.ty.element_type == RefType::FUNCREF;
        let table = self.tables.iter().position(is_it).ok_or("The page's WebAssembly has no table of functions.")?;
        let table = u32::try_from(table).map_err(|error| error.to_string())?;
        let mut places = Vec::new();
        for element in &self.elements {
            let strange = || "The page's WebAssembly fills its table in a way that cannot be followed.".to_owned();
            let (ElementKind::Active { table_index, offset_expr }, ElementItems::Functions(items)) =
                (&element.kind, element.items.clone())
            else {
                return Err(strange());
            };
            let Ok(Operator::I32Const { value }) = offset_expr.get_operators_reader().read() else {
                return Err(strange());
            };
            if table_index.unwrap_or(0) == table {
                for (place, function) in (value.cast_unsigned()..).zip(items) {
                    places.push((place, function.map_err(|_| strange())?));
                }
            }
        }
        Ok((table, places))
    }
}

fn read(bytes: &[u8]) -> wasmparser::Result<Outcome<Module<'_>>> {
    let (mut types, mut memories, mut globals, mut data) = (None, None, None, None);
    let (mut signatures, mut imports, mut functions) = (Vec::new(), Vec::new(), Vec::new());
    let (mut tables, mut exports, mut elements) = (Vec::new(), Vec::new(), Vec::new());
    let (mut start, mut has_data_count) = (None, false);
    let (mut bodies, mut names) = (Vec::new(), Vec::new());
    for payload in Parser::new(0).parse_all(bytes) {
        match payload? {
            Payload::TypeSection(section) => {
                types = Some(section.clone());
                signatures = section.into_iter_err_on_gc_types().collect::<wasmparser::Result<_>>()?;
            }
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    let import = import?;
                    let TypeRef::Func(index) = import.ty else {
                        return Ok(Err(format!(
                            "The page's WebAssembly imports {}, which is no function.",
                            import.name
                        )));
                    };
                    functions.push(index);
                    imports.push(import);
                }
            }
            Payload::FunctionSection(section) => {
                for index in section {
                    functions.push(index?);
                }
            }
            Payload::TableSection(section) => tables = section.into_iter().collect::<wasmparser::Result<_>>()?,
            Payload::MemorySection(section) => memories = Some(section),
            Payload::GlobalSection(section) => globals = Some(section),
            Payload::ExportSection(section) => exports = section.into_iter().collect::<wasmparser::Result<_>>()?,
            Payload::StartSection { func, .. } => start = Some(func),
            Payload::ElementSection(section) => elements = section.into_iter().collect::<wasmparser::Result<_>>()?,
            Payload::DataCountSection { .. } => has_data_count = true,
            Payload::CodeSectionEntry(body) => bodies.push(body),
            Payload::DataSection(section) => data = Some(section),
            Payload::TagSection(_) => return Ok(Err("The page's WebAssembly has exceptions.".to_owned())),
            Payload::CustomSection(section) => {
                if let KnownCustom::Name(subsections) = section.as_known() {
                    for name in subsections {
                        if let Name::Function(map) = name? {
                            names = map.into_iter().collect::<wasmparser::Result<Vec<_>>>()?;
                        }
                    }
                }
            }
            _ => {}
        }
    }
    let mut named = vec![String::new(); functions.len()];
    for name in names {
        if let Some(place) = named.get_mut(name.index as usize) {
            *place = plain(name.name);
        }
    }
    let imported = functions.len() - bodies.len();
    let (mut calls, mut numbers) = (vec![Vec::new(); functions.len()], vec![Vec::new(); functions.len()]);
    let mut bound = Vec::new();
    for (body, function) in bodies.iter().zip(imported..) {
        for operator in body.get_operators_reader()? {
            let operator = operator?;
            numbers[function].extend(addresses(&operator));
            match operator {
                Operator::Call { function_index } | Operator::ReturnCall { function_index } => {
                    calls[function].push(function_index);
                }
                Operator::RefFunc { .. } => {
                    return Ok(Err(format!("The function {} of the page refers to another.", named[function])));
                }
                Operator::MemoryInit { .. }
                | Operator::DataDrop { .. }
                | Operator::TableInit { .. }
                | Operator::ElemDrop { .. } => bound.extend(u32::try_from(function)),
                _ => {}
            }
        }
    }
    let (Some(types), Some(memories), Some(globals), Some(data)) = (types, memories, globals, data) else {
        return Ok(Err("The page's WebAssembly lacks types, a memory, globals or data.".to_owned()));
    };
    Ok(Ok(Module {
        types,
        signatures,
        imports,
        functions,
        tables,
        memories,
        globals,
        exports,
        start,
        elements,
        has_data_count,
        bodies,
        data,
        names: named,
        calls,
        numbers,
        bound,
    }))
}

/// The addresses that an instruction may name: a number, either half of a number, or the offset of a load or a store.
fn addresses(operator: &Operator<'_>) -> Vec<u32> {
    macro_rules! memory_arguments {
        ($($name:ident)*) => {
            match operator {
                Operator::I32Const { value } => vec![value.cast_unsigned()],
                Operator::I64Const { value } => vec![value.cast_unsigned() as u32, (value.cast_unsigned() >> 32) as u32],
                $(Operator::$name { memarg } => vec![memarg.offset as u32],)*
                _ => Vec::new(),
            }
        };
    }
    memory_arguments!(
        I32Load I64Load F32Load F64Load I32Load8S I32Load8U I32Load16S I32Load16U I64Load8S I64Load8U I64Load16S I64Load16U
        I64Load32S I64Load32U I32Store I64Store F32Store F64Store I32Store8 I32Store16 I64Store8 I64Store16 I64Store32
    )
}

impl<'a> Module<'a> {
    /// The segments of data: their memory, their place there, and their bytes.
    pub(super) fn segments(&self) -> Outcome<Vec<(u32, u32, &'a [u8])>> {
        let mut segments = Vec::new();
        for segment in self.data.clone() {
            let segment = segment.map_err(|error| error.to_string())?;
            let place = match segment.kind {
                wasmparser::DataKind::Active { memory_index, offset_expr } => {
                    let mut code = offset_expr.get_operators_reader();
                    match code.read() {
                        Ok(Operator::I32Const { value }) => Some((memory_index, value.cast_unsigned())),
                        _ => None,
                    }
                }
                wasmparser::DataKind::Passive => None,
            };
            let (memory, place) = place.ok_or("The page has data whose place is not a plain number.")?;
            segments.push((memory, place, segment.data));
        }
        Ok(segments)
    }
}

/// A name without the numbers in brackets that tell crates apart: `core[c5930c85a12de822]::fmt` is `core::fmt`.
pub(super) fn plain(name: &str) -> String {
    let mut parts = name.split('[');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once(']') {
            Some((number, after)) if number.len() > 8 && number.chars().all(|digit| digit.is_ascii_hexdigit()) => {
                plain.push_str(after);
            }
            _ => plain.extend(["[", part]),
        }
    }
    plain
}
