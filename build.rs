//! When the page is built to be published, has the linker say what refers to what: the splitter in `xtask` reads it.

fn main() {
    println!("cargo::rerun-if-env-changed=PAGE_RELOCATIONS");
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var_os("PAGE_RELOCATIONS").is_some() {
        println!("cargo::rustc-link-arg-bin=paxos-playground=--emit-relocs");
    }
}
