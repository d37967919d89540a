//! The WebAssembly entry: brings the server's pages to life.

#[cfg(not(erase_components))]
compile_error!("build with `--cfg erase_components`, as the crate `app` explains");

use leptos::prelude::view;
use wasm_bindgen::prelude::wasm_bindgen;

/// Called by the page's boot script once the document is parsed.
#[wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_body(|| view! { <app::App /> });
}
