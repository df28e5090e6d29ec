//! Two doors to one engine: in a browser this mounts the page, on a terminal it is a command line.

#[cfg(target_arch = "wasm32")]
fn main() {
    paxos_playground::ui::mount();
}

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::process::ExitCode {
    paxos_playground::cli::main()
}
