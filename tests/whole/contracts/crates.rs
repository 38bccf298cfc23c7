//! Who may know whom: the table of crates/README.md, held to.

use std::collections::BTreeMap;

use serde_json::Value;

/// Every crate's floor; a crate may name only crates below it.
const FLOORS: &[(&str, i8)] = &[
    ("migration", -2),
    ("kernel", -1),
    ("audit_log", 0),
    ("settings", 1),
    ("notifications", 2),
    ("system", 2),
    ("users", 3),
    ("roles", 4),
    ("organizations", 5),
    ("auth", 6),
    ("products", 6),
    ("server", 7),
    ("tests", 8),
    ("bench", 8), // measures processes, and the queue
];

#[actix_web::test]
#[expect(clippy::disallowed_methods, reason = "cargo itself knows best")]
async fn a_crate_names_only_crates_below_it() {
    let output = std::process::Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let floors: BTreeMap<_, _> = FLOORS.iter().copied().collect();
    let packages = metadata["packages"].as_array().unwrap();
    assert_eq!(packages.len(), FLOORS.len(), "a crate stands on no floor of this table");
    for package in packages {
        let name = package["name"].as_str().unwrap();
        let floor = floors.get(name).unwrap_or_else(|| panic!("{name} stands on no floor"));
        for dependency in package["dependencies"].as_array().unwrap() {
            let other = dependency["name"].as_str().unwrap();
            if let Some(below) = floors.get(other).filter(|_| other != name) {
                assert!(below < floor, "{name} may not know {other}");
            }
        }
        let known: Vec<_> =
            package["dependencies"].as_array().unwrap().iter().map(|it| &it["name"]).collect();
        assert!(
            name != "migration"
                || !known.iter().any(|it| floors.contains_key(it.as_str().unwrap()))
        );
    }
}
