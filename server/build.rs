//! Embeds the built site (`make site`) in the program. Without one the program still builds; its pages are then unstyled.

use std::{
    collections::BTreeMap,
    env,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

fn main() {
    let folder = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("../target/site");
    let folder = env::var_os("RINGSIDE_SITE").map_or(folder, PathBuf::from);
    println!("cargo::rerun-if-env-changed=RINGSIDE_SITE");
    println!("cargo::rerun-if-changed={}", folder.join("manifest.json").display());

    let mut files = BTreeMap::new();
    if folder.join("manifest.json").is_file() {
        collect(&folder, &folder, &mut files);
    }
    // Copied first: the site may be built again while the program is compiled.
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    let kept = out.join("site");
    let _ = fs::remove_dir_all(&kept);
    fs::create_dir_all(&kept).expect("cargo's folder can be written");
    for (n, path) in files.values_mut().enumerate() {
        let copy = kept.join(n.to_string());
        fs::copy(&*path, &copy).expect("the site's files can be read; build it again if it was just being built");
        *path = copy.to_string_lossy().into_owned();
    }

    let mut table = String::from("&[\n");
    for (name, path) in &files {
        if Path::new(name).extension().is_some_and(|extension| extension == "br") {
            continue;
        }
        let packed = match files.get(&format!("{name}.br")) {
            Some(packed) => format!("Some(include_bytes!({packed:?}))"),
            None => "None".to_owned(),
        };
        let _ = writeln!(table, "    File {{ name: {name:?}, bytes: include_bytes!({path:?}), brotli: {packed} }},");
    }
    table.push(']');
    fs::write(out.join("site.rs"), table).expect("the table of the site's files can be written");
}

fn collect(root: &Path, folder: &Path, files: &mut BTreeMap<String, String>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(root, &path, files);
        } else if let (Ok(name), Ok(full)) = (path.strip_prefix(root), path.canonicalize()) {
            let name = name.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
            files.insert(name, full.to_string_lossy().into_owned());
        }
    }
}
