//! The page.
use yew::prelude::*;
/// The page's root component.
#[function_component]
pub fn App() -> Html {
    html! { <main>{ "hello" }</main> }
}
/// Mounts the page.
pub fn mount() {
    yew::Renderer::<App>::new().render();
}
