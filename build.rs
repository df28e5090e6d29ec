//! When the page is built to be published, has the linker say where it put what: the splitter in `xtask` reads it.

fn main() {
    println!("cargo::rerun-if-env-changed=PAGE_MAP");
    println!("cargo::rerun-if-changed=build.rs");
    if let Ok(file) = std::env::var("PAGE_MAP") {
        println!("cargo::rustc-link-arg-bin=paxos-playground=-Map={file}");
    }
}
