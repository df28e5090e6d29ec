//! The set-up for the commands. Each thing is set up at most once in a run, and only when a command asks for it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use crate::browsers::{Browser, Driver};
use crate::paths::{self, Paths};
use crate::toolchain::Toolchain;
use crate::tools::{self, Tool};
use crate::{Outcome, machine, process};

/// The folders, and what was found or installed in this run.
pub(crate) struct Setup {
    /// The folders.
    pub(crate) paths: Paths,
    toolchain: Option<Toolchain>,
    page_tools: Option<Vec<PathBuf>>,
}

impl Setup {
    /// A set-up for which nothing has been looked for yet.
    pub(crate) fn new(paths: Paths) -> Self {
        Self { paths, toolchain: None, page_tools: None }
    }

    /// Sets up everything that `test` needs.
    pub(crate) fn everything(&mut self) -> Outcome {
        let started = Instant::now();
        self.toolchain()?;
        self.page_tools()?;
        self.wasm_pack()?;
        for browser in Browser::ALL {
            match browser.out_of_reach() {
                Some(sentence) => println!("Nothing can be tested in {browser}. {sentence}"),
                None => drop(self.driver(browser)?),
            }
        }
        self.axe()?;
        self.typedoc()?;
        self.editor()?;
        self.python()?;
        self.diagrams()?;
        self.plantuml();
        self.checkers()?;
        println!("Everything is in place ({}).", process::duration(started.elapsed()));
        Ok(())
    }

    /// The compiler for the browser.
    pub(crate) fn toolchain(&mut self) -> Outcome<Toolchain> {
        if self.toolchain.is_none() {
            self.toolchain = Some(Toolchain::prepare(&self.paths)?);
        }
        Ok(self.toolchain.clone().unwrap_or_default())
    }

    /// The folders of the programs that Trunk and wasm-pack start: wasm-bindgen and wasm-opt.
    fn page_tools(&mut self) -> Outcome<Vec<PathBuf>> {
        if self.page_tools.is_none() {
            let mut folders = Vec::new();
            for tool in [Tool::wasm_bindgen(&self.paths)?, Tool::wasm_opt(), Tool::trunk()] {
                folders.extend(tool.prepare(&self.paths)?.parent().map(PathBuf::from));
            }
            self.page_tools = Some(folders);
        }
        Ok(self.page_tools.clone().unwrap_or_default())
    }

    /// Trunk, ready to build the page.
    pub(crate) fn trunk(&mut self) -> Outcome<Command> {
        let program = Tool::trunk().prepare(&self.paths)?;
        self.for_browser(program)
    }

    /// wasm-pack, ready to test in a browser.
    pub(crate) fn wasm_pack(&mut self) -> Outcome<Command> {
        let program = Tool::wasm_pack().prepare(&self.paths)?;
        self.for_browser(program)
    }

    /// The browser's driver, with the browser that it controls.
    pub(crate) fn driver(&self, browser: Browser) -> Outcome<Driver> {
        Driver::prepare(&self.paths, browser)
    }

    /// The file of axe-core.
    pub(crate) fn axe(&self) -> Outcome<PathBuf> {
        tools::axe(&self.paths)
    }

    /// TypeDoc's program, for Node.
    pub(crate) fn typedoc(&self) -> Outcome<PathBuf> {
        tools::typedoc(&self.paths)
    }

    /// The folder with the packages of the editor of scripts.
    pub(crate) fn editor(&self) -> Outcome<PathBuf> {
        tools::editor(&self.paths)
    }

    /// Python with the packages of `cluster/`.
    pub(crate) fn python(&self) -> Outcome<PathBuf> {
        tools::python(&self.paths)
    }

    /// The folder with Mermaid, and with the page that it asks for.
    pub(crate) fn diagrams(&self) -> Outcome<PathBuf> {
        tools::diagrams(&self.paths)
    }

    /// PlantUML, installed where that is possible.
    pub(crate) fn plantuml(&self) -> Option<PathBuf> {
        if machine::program("plantuml").is_none() && machine::is_like_debian() {
            // Its absence is told where it is needed.
            let _ = machine::install_packages(&["plantuml"]);
        }
        machine::program("plantuml")
    }

    /// npm in a folder.
    pub(crate) fn npm(&self, folder: &Path) -> Outcome<Command> {
        let mut npm = tools::npm()?;
        npm.current_dir(folder);
        Ok(npm)
    }

    /// A program at the repository's root that finds the compiler for the browser and the page's tools.
    fn for_browser(&mut self, program: PathBuf) -> Outcome<Command> {
        let toolchain = self.toolchain()?;
        let folders = self.page_tools()?;
        let mut command = process::command(program);
        command.current_dir(&self.paths.root);
        toolchain.apply(&mut command, &folders)?;
        Ok(command)
    }

    /// Cargo with the compiler for the browser.
    pub(crate) fn browser_cargo(&mut self) -> Outcome<Command> {
        let toolchain = self.toolchain()?;
        let cargo = toolchain.bin.as_ref().map_or_else(|| "cargo".into(), |bin| bin.join("cargo"));
        self.for_browser(cargo)
    }

    /// Cargo with the compiler for this machine, at the repository's root.
    pub(crate) fn cargo(&self) -> Command {
        let mut command = process::command("cargo");
        command.current_dir(&self.paths.root);
        command
    }

    /// cargo-mutants, ready to try mutants at the repository's root.
    pub(crate) fn cargo_mutants(&self) -> Outcome<Command> {
        let mut command = process::command(Tool::cargo_mutants().prepare(&self.paths)?);
        command.current_dir(&self.paths.root);
        Ok(command)
    }

    /// rustfmt and clippy.
    pub(crate) fn checkers(&self) -> Outcome {
        for (component, program) in [("rustfmt", "rustfmt"), ("clippy", "clippy-driver")] {
            let there = || process::answer(process::command(program).arg("--version")).is_some();
            if there() {
                continue;
            }
            let advice =
                format!("Install {component}: `rustup component add {component}`, or your distribution's package.");
            if machine::program("rustup").is_none() {
                return Err(advice);
            }
            let added = process::step(&format!("adding {component} to the Rust toolchain"), || {
                let mut rustup = process::command("rustup");
                process::run(rustup.args(["component", "add", component]), process::BUILD_LIMIT)
            });
            added.map_err(|error| format!("{error} {advice}"))?;
        }
        Ok(())
    }

    /// Removes what installing left behind. After a failure it stays, so that the next attempt goes on from there.
    pub(crate) fn tidy_up(&self, all_is_well: bool) {
        if all_is_well && let Err(sentence) = paths::remove_folder(&self.paths.scratch()) {
            eprintln!("xtask: {sentence}");
        }
    }
}
