//! What `wasm-bindgen --target web` does, in the version that `Cargo.lock` has: both halves of the glue depend on the
//! same `wasm-bindgen-shared`, of which a program can have only one.

use std::{env, process::ExitCode};

use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    let [module, name, folder] = &env::args().skip(1).collect::<Vec<_>>()[..] else {
        eprintln!("bindgen MODULE NAME FOLDER: writes NAME.js and NAME_bg.wasm into FOLDER");
        return ExitCode::from(2);
    };
    let written = Bindgen::new()
        .input_path(module)
        .web(true)
        .and_then(|bindgen| bindgen.out_name(name).typescript(false).omit_default_module_path(false).generate(folder));
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bindgen: {error:#}");
            ExitCode::FAILURE
        }
    }
}
