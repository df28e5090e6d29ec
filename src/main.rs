//! Two doors.
fn main() {
    #[cfg(target_arch = "wasm32")]
    paxos_playground::ui::mount();
}
