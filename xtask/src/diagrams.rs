//! The exported diagrams, opened by the programs that they are made for: Mermaid, PlantUML, ShiViz and LaTeX.
//!
//! The terminal exports a few runs, and one whose words are signs that mean something to these programs. Mermaid's own parser
//! and the expression with which ShiViz reads its logs run in Node. PlantUML is Debian's package; TeX is so large that only a
//! TeX that is there already is used. What is not there is skipped with a sentence.

use std::fs;
use std::path::Path;
use std::time::Duration;

use crate::setup::Setup;
use crate::{Outcome, machine, paths, process};

/// None of these steps takes long.
const LIMIT: Duration = Duration::from_secs(5 * 60);

/// Runs of several families: losses, several leaders, lies, multicasts; and of the script beside the test.
const SCENARIOS: [&str; 7] = [
    "minimal-ballot",
    "message-loss",
    "two-proposers",
    "leader-election",
    "without-promise",
    "pbft-equivocation",
    "m-ring-lost-value",
];

/// A diagram that PlantUML must refuse, and a picture that LaTeX must refuse.
const BROKEN: [(&str, &str); 2] =
    [("plantuml", "@startuml\nA -> -> B\nnote over\n@enduml\n"), ("tikz", "\\begin{tikzpicture}\n\\draw (0,0) -- ;\n")];

/// Exports every diagram of every run, and opens each.
pub(crate) fn test(setup: &Setup) -> Outcome {
    let modules = setup.diagrams()?;
    let folder = setup.paths.target.join("diagrams");
    paths::remove_folder(&folder)?;
    paths::create_folder(&folder)?;
    export(setup, &folder)?;
    let mut node = process::command("node");
    node.arg(setup.paths.root.join("tests/diagrams/check.mjs")).arg(&folder).arg(&modules);
    let mut outcomes = vec![process::run(&mut node, LIMIT)];
    match setup.plantuml() {
        Some(_) => outcomes.push(plantuml(&folder)),
        None => println!("PlantUML's diagrams are skipped: there is no `plantuml`."),
    }
    match machine::program("pdflatex") {
        Some(_) if process::answer(process::command("kpsewhich").arg("tikz.sty")).is_some() => {
            outcomes.push(latex(&folder));
        }
        Some(_) => println!("TikZ's pictures are skipped: this LaTeX has no TikZ."),
        None => println!("TikZ's pictures are skipped: there is no `pdflatex`."),
    }
    outcomes.into_iter().collect()
}

/// Writes NAME.FORMAT for each run and format.
fn export(setup: &Setup, folder: &Path) -> Outcome {
    let program = ["--package", "paxos-playground", "--bin", "paxos-playground"];
    process::run(setup.cargo().arg("build").args(program), process::BUILD_LIMIT)?;
    let own = setup.paths.root.join("tests/diagrams/signs.paxos");
    let own = own.to_string_lossy();
    for (name, scenario) in SCENARIOS.map(|name| (name, name)).into_iter().chain([("signs", own.as_ref())]) {
        for format in ["mermaid", "plantuml", "shiviz", "tikz"] {
            let mut terminal = process::command(setup.paths.target.join("debug/paxos-playground"));
            terminal.args(["export", scenario, "--format", format, "-o"]);
            let file = folder.join(format!("{name}.{format}"));
            // The status 1 says that a check was violated, and some of these scenarios are meant to do that.
            let status =
                terminal.arg(&file).status().map_err(|error| format!("The terminal cannot be asked: {error}."))?;
            if !matches!(status.code(), Some(0 | 1)) || !file.is_file() {
                return Err(format!("The terminal exports no {format} of {name}."));
            }
        }
    }
    Ok(())
}

/// The files of a format, in order of their names.
fn files(folder: &Path, format: &str) -> Vec<std::path::PathBuf> {
    let mut files = machine::entries(folder);
    files.retain(|file| file.extension().is_some_and(|ending| ending == format));
    files.sort();
    files
}

fn plantuml(folder: &Path) -> Outcome {
    let check = |files: &[std::path::PathBuf]| {
        let mut plantuml = process::command("plantuml");
        plantuml.current_dir(folder).args(["-charset", "UTF-8", "-checkonly"]).args(files);
        process::run(&mut plantuml, LIMIT)
    };
    check(&files(folder, "plantuml"))?;
    refused(folder, "plantuml", |broken| check(&[broken.to_owned()]))
}

fn latex(folder: &Path) -> Outcome {
    let build = |pictures: &[std::path::PathBuf]| {
        let inputs: String = pictures.iter().map(|file| format!("\\input{{{}}}\\clearpage\n", name(file))).collect();
        let document = format!(
            "\\documentclass{{article}}\n\\usepackage{{tikz}}\n\\begin{{document}}\n{inputs}\\end{{document}}\n"
        );
        paths::write_file(&folder.join("document.tex"), &document)?;
        let mut latex = process::command("pdflatex");
        latex.current_dir(folder).args(["-interaction=batchmode", "-halt-on-error", "document.tex"]);
        process::run(&mut latex, LIMIT)
    };
    build(&files(folder, "tikz"))?;
    refused(folder, "tikz", |broken| build(&[broken.to_owned()]))
}

fn name(file: &Path) -> String {
    file.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// A program that accepts everything would check nothing: it must refuse a broken file.
fn refused(folder: &Path, format: &str, open: impl FnOnce(&Path) -> Outcome) -> Outcome {
    let broken = folder.join(format!("broken.{format}"));
    let text = BROKEN.iter().find_map(|(name, text)| (*name == format).then_some(*text)).unwrap_or_default();
    fs::write(&broken, text).map_err(|error| format!("{} cannot be written: {error}.", broken.display()))?;
    println!("The next file is broken, and has to be refused.");
    match open(&broken) {
        Err(_) => Ok(()),
        Ok(()) => Err(format!("A broken file of {format} was accepted.")),
    }
}
