//! `.env.example` is the documentation of every variable, and of no other.

use std::{collections::BTreeSet, fs};

use kernel::Env;
use server::{Config, features};

#[actix_web::test]
async fn the_example_names_every_variable_that_is_read() {
    let env = Env::of([("MAIL_URL", "smtp://localhost"), ("SECRET_KEYS", "none")]);
    drop(features(&env));
    drop(Config::read(&env));
    let mut read = env.names();
    read.extend(["LOG_FORMAT", "RUST_LOG"].map(str::to_owned));

    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/../.env.example");
    let text = fs::read_to_string(example).unwrap();
    let names = text.lines().filter_map(|line| {
        let (name, _) = line.trim_start_matches("# ").split_once('=')?;
        let variable = name.bytes().all(|it| it.is_ascii_uppercase() || it == b'_');
        variable.then(|| name.to_owned())
    });
    assert_eq!(names.collect::<BTreeSet<_>>(), read);
}

/// ASVS 13.2.3, 13.3.1: in production every missing or sample secret is told at once, and no value.
#[actix_web::test]
async fn production_tells_everything_that_is_missing_at_once() {
    let sample = "k1:c2FtcGxlLXNhbXBsZS1zYW1wbGUtc2FtcGxlLXNhbXA=";
    let env =
        Env::of([("APP_ENV", "production"), ("SECRET_KEYS", sample), ("DATABASE_POOL", "many")]);
    drop(features(&env));
    drop(Config::read(&env));

    let told = env.check().unwrap_err().to_string();
    for name in ["PUBLIC_URL", "MAIL_URL", "MAIL_FROM", "SECRET_KEYS", "DATABASE_POOL"] {
        assert!(told.contains(name), "{name} is missing in: {told}");
    }
    assert!(!told.contains("c2FtcGxl") && !told.contains("many"), "{told}");
}
