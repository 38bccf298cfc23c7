//! Lists the migrations: the folder is the list, in the order of the file names.

use std::{
    env, fs,
    hash::{DefaultHasher, Hash, Hasher},
    io,
    path::PathBuf,
};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=src");
    let directory = |name| PathBuf::from(env::var_os(name).unwrap_or_default());
    let src = directory("CARGO_MANIFEST_DIR").join("src");
    let mut files: Vec<PathBuf> =
        fs::read_dir(&src)?.map(|file| Ok(file?.path())).collect::<io::Result<_>>()?;
    files.retain(|file| {
        file.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"m2"))
    });
    files.sort();

    let (mut modules, mut list, mut hash) = (Vec::new(), Vec::new(), DefaultHasher::new());
    for file in &files {
        let name = file.file_stem().unwrap_or_default().display();
        modules.push(format!("#[path = \"{}\"]\nmod {name};\n", file.display()));
        list.push(format!("Box::new({name}::Migration)"));
        fs::read(file)?.hash(&mut hash);
    }
    let code = format!(
        "{}\n/// Changes with every migration.\npub const FINGERPRINT: &str = \"{:016x}\";\n\
         fn all() -> Vec<Box<dyn MigrationTrait>> {{\n    vec![{}]\n}}\n",
        modules.concat(),
        hash.finish(),
        list.join(", ")
    );
    fs::write(directory("OUT_DIR").join("all.rs"), code)
}
