//! Three model checkers side by side on one model: `explore`, stateright, and SPIN with `benches/spin/basic.pml`.
//!
//! The model is the basic protocol with two proposers. All three meet the same states by the same moves, which is asserted, and
//! ask the same conditions at each move. Each search is a process of its own on one thread, so that its peak memory is its own.
//! Then each rule is switched off, and the shortest counterexamples of `explore` and of SPIN are compared. Without SPIN and a
//! compiler for C on the path, its lines are left out.

#[cfg(not(target_arch = "wasm32"))]
#[path = "../tests/oracle/model.rs"]
#[allow(dead_code, reason = "the oracle test asks more of it")]
mod model;

#[cfg(target_arch = "wasm32")]
fn main() {}

#[cfg(not(target_arch = "wasm32"))]
fn main() {
    native::main();
}

#[cfg(not(target_arch = "wasm32"))]
mod native {
    use std::path::{Path, PathBuf};
    use std::process::Command;

    use paxos_playground::explore::schedules::{Ending, Options, Schedules};
    use paxos_playground::scenario::Scenario;
    use stateright::{Checker as _, Model as _};

    use super::model::Cluster;

    /// Nodes, crashes, states, and moves.
    const MODELS: [(u8, u8, usize, u64); 3] =
        [(3, 0, 69_541, 285_184), (3, 1, 417_035, 1_815_732), (4, 0, 1_746_871, 8_816_543)];

    /// Rules to switch off, each with the nodes, proposers and crashes with which it breaks.
    const RULES: [(&str, u8, u8, u8); 6] = [
        ("promise", 3, 2, 0),
        ("max-vote", 3, 2, 0),
        ("highest", 3, 3, 0),
        ("unique-ballots", 3, 2, 0),
        ("majority", 4, 2, 0),
        ("memory", 3, 2, 1),
    ];

    /// What a search came to: states, moves, milliseconds of the processor, and the peak of its process in kB.
    type Measured = [u64; 4];

    pub(super) fn main() {
        let words: Vec<_> = std::env::args().collect();
        if let [_, tool, nodes, crashes] = &words[..]
            && let (Ok(nodes), Ok(crashes)) = (nodes.parse(), crashes.parse())
        {
            let [states, moves] = search(tool, nodes, crashes);
            println!("{states} {moves} {} {}", processor(), peak());
            return;
        }
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("spin");
        std::fs::create_dir_all(&folder).expect("a folder for SPIN");
        let has_spin = ["spin", "cc"].iter().all(|name| Command::new(name).arg("--version").output().is_ok());
        if !has_spin {
            println!("SPIN is left out: install `spin` and a compiler for C.");
        }
        println!("nodes  crashes  with                       states      moves  seconds   peak MB  bytes a state");
        for (nodes, crashes, states, moves) in MODELS {
            let show = |name: &str, [found, made, time, peak]: Measured, empty: u64| {
                let bytes = peak.saturating_sub(empty) * 1024 / found;
                let (seconds, peak) = (time as f64 / 1000.0, peak as f64 / 1024.0);
                println!(
                    "{nodes:>5}  {crashes:>7}  {name:<22}  {found:>9}  {made:>9}  {seconds:>7.2}  {peak:>8.1}  {bytes:>13}"
                );
            };
            let empty = own("nothing", nodes, crashes)[3];
            for name in ["explore", "stateright"] {
                let measured = own(name, nodes, crashes);
                assert_eq!(measured[..2], [states as u64, moves], "{name}");
                show(name, measured, empty);
            }
            show("explore, with symmetry", own("symmetry", nodes, crashes), empty);
            let spin = [("SPIN", ""), ("SPIN, collapsed", "-DCOLLAPSE"), ("SPIN, in breadth", "-DBFS")];
            for (name, option) in spin.into_iter().filter(|_| has_spin) {
                let defines = [format!("-DN={nodes}"), format!("-DCRASHES={crashes}")];
                let (output, time) = pan(&folder, &defines, option, states);
                let [found, transitions] = [" states, stored", " transitions"].map(|word| number(&output, word) as u64);
                // SPIN counts the initial state as a transition.
                assert_eq!([found, transitions - 1], [states as u64, moves], "{output}");
                let peak = number(&output, "\ttotal actual memory usage") * 1024.0;
                show(name, [found, transitions - 1, time, peak as u64], 0);
            }
        }
        println!("\nwithout         nodes  proposers  crashes  moves of explore  moves of SPIN");
        for (rule, nodes, proposers, crashes) in RULES {
            let ours = shortest(rule, nodes, proposers, crashes);
            let theirs = has_spin.then(|| {
                let defines = [
                    format!("-DN={nodes}"),
                    format!("-DPROPOSERS={proposers}"),
                    format!("-DCRASHES={crashes}"),
                    format!("-DWITHOUT_{}", rule.to_uppercase().replace('-', "_")),
                ];
                let (output, _) = pan(&folder, &defines, "-DBFS", 1 << 20);
                let (_, depth) = output.split_once("(at depth ").unwrap_or_else(|| panic!("nothing breaks: {output}"));
                // SPIN does not count the move that breaks.
                let depth: usize = depth.split(')').next().and_then(|depth| depth.parse().ok()).expect("a number");
                assert_eq!(depth + 1, ours, "{rule}");
                depth + 1
            });
            let theirs = theirs.map_or_else(|| "–".to_owned(), |moves| moves.to_string());
            println!("{rule:<14}  {nodes:>5}  {proposers:>9}  {crashes:>7}  {ours:>16}  {theirs:>13}");
        }
    }

    /// Searches in this process: states and moves.
    fn search(tool: &str, nodes: u8, crashes: u8) -> [u64; 2] {
        match tool {
            "explore" | "symmetry" => {
                let mut search = schedules("", nodes, 2, crashes, tool == "symmetry");
                search.go_on(usize::MAX);
                assert_eq!(search.ending(), Ending::Exhausted);
                [search.states() as u64, search.transitions()]
            }
            "stateright" => {
                let cluster = Cluster { nodes, wishes: vec![(0, 0), (1, 1)], crashes, ..Cluster::default() };
                let checker = cluster.checker().threads(1).spawn_bfs().join();
                // It counts the initial state too.
                [checker.unique_state_count() as u64, checker.state_count() as u64 - 1]
            }
            _ => [0, 0],
        }
    }

    fn schedules(without: &str, nodes: u8, proposers: u8, crashes: u8, symmetry: bool) -> Schedules {
        let names = ["A", "B", "C", "D"];
        let mut script = format!("paxos-playground 1\nnodes {}\n", names[..usize::from(nodes)].join(" "));
        let wishes = names.iter().zip(["red", "blue", "green"]).take(usize::from(proposers));
        wishes.for_each(|(name, decree)| script += &format!("at 0 propose {name} {decree}\n"));
        if !without.is_empty() {
            script += &format!("without {without}\n");
        }
        let (_, scenario) = Scenario::read(&script).expect("a good script");
        let options =
            Options { crashes, symmetry, drops: false, threads: 1, states_max: usize::MAX, ..Options::default() };
        Schedules::new(scenario, options).expect("small enough")
    }

    /// How many moves the shortest counterexample has without a rule.
    fn shortest(rule: &str, nodes: u8, proposers: u8, crashes: u8) -> usize {
        let mut search = schedules(rule, nodes, proposers, crashes, true);
        search.go_on(usize::MAX);
        assert_eq!(search.ending(), Ending::Violated, "{rule}");
        search.found().iter().map(|found| found.moves).min().expect("a counterexample")
    }

    /// Runs a search in a process of its own.
    fn own(tool: &str, nodes: u8, crashes: u8) -> Measured {
        let program = std::env::current_exe().expect("this program has a path");
        let output = Command::new(program).args([tool, &nodes.to_string(), &crashes.to_string()]).output();
        let output = String::from_utf8(output.expect("it runs").stdout).expect("numbers");
        let numbers: Vec<_> = output.split_whitespace().map(|word| word.parse().expect("a number")).collect();
        numbers.try_into().unwrap_or_else(|_| panic!("{tool} printed {output}"))
    }

    /// The most memory that this process has had, in kB, where the system tells it.
    fn peak() -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
    }

    /// How many milliseconds of the processor this process has taken, where the system tells it: in hundredths of a second.
    fn processor() -> u64 {
        let status = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
        let (_, fields) = status.rsplit_once(')').unwrap_or_default();
        fields.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum::<u64>() * 10
    }

    /// Makes SPIN's program for the model and runs it: what it prints, and how many milliseconds of the processor it took.
    fn pan(folder: &Path, defines: &[String], option: &str, states: usize) -> (String, u64) {
        let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/spin/basic.pml");
        let breadth = if option == "-DBFS" { "-DBREADTH" } else { "-DDEPTH" };
        succeed(Command::new("spin").current_dir(folder).args(defines).arg(breadth).arg("-a").arg(model));
        let options = ["-O3", "-DSAFETY", "-DMEMLIM=8192", option, "-o", "pan", "pan.c"];
        succeed(Command::new("cc").current_dir(folder).args(options.iter().filter(|word| !word.is_empty())));
        // A table with a place for each state, and no longer stack than the longest schedule.
        let table = format!("-w{}", states.next_power_of_two().ilog2());
        // The last line of `times` is what the children of the shell have taken: `0m1.25s 0m0.04s`.
        let run = format!("./pan {table} -m1000 && times");
        let output = succeed(Command::new("sh").current_dir(folder).args(["-c", &run]));
        let time = output.lines().last().unwrap_or_default().split_whitespace().filter_map(|word| {
            let (minutes, seconds) = word.strip_suffix('s')?.split_once('m')?;
            Some(minutes.parse::<f64>().ok()? * 60.0 + seconds.parse::<f64>().ok()?)
        });
        let time = (time.sum::<f64>() * 1000.0) as u64;
        (output, time)
    }

    fn succeed(command: &mut Command) -> String {
        let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// The number before these words in what SPIN's program prints.
    fn number(output: &str, words: &str) -> f64 {
        let line = output.lines().find(|line| line.contains(words)).unwrap_or_else(|| panic!("no{words} in {output}"));
        line.split_whitespace().next().and_then(|word| word.parse().ok()).unwrap_or_else(|| panic!("{line}"))
    }
}
