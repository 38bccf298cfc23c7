//! Starting and ending.

use std::{fs, time::Duration};

use crate::process::Place;

#[actix_web::test]
async fn a_first_start_says_where_everything_is_and_how_to_sign_in() {
    let place = Place::new().await;
    let server = place.serve(&[]);
    assert!(server.told.contains("is ready") && server.told.contains("/docs/"), "{}", server.told);
    assert!(server.get("/readyz").starts_with("HTTP/1.1 200"));
    assert!(place.folder.path().join("data/secret.keys").exists());
    assert!(server.told.contains("admin@localhost"), "{}", server.told);
    assert!(server.told.contains("Password") && !server.log().contains("Password"));

    let (code, _, took) = server.end();
    assert_eq!(code, Some(0));
    assert!(took < Duration::from_secs(10), "{took:?}");

    let again = place.serve(&[]);
    assert!(!again.told.contains("Password"), "it is told once: {}", again.told);
}

/// ASVS 13.3.2: what development keeps is for its owner's eyes.
#[cfg(unix)]
#[actix_web::test]
async fn the_keys_of_development_are_readable_by_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new().await;
    drop(place.serve(&[]));
    let keys = fs::metadata(place.folder.path().join("data/secret.keys")).unwrap();
    assert_eq!(keys.permissions().mode() & 0o777, 0o600);
}

#[actix_web::test]
async fn one_process_serves_a_sqlite_file_and_any_number_a_postgresql_database() {
    let place = Place::new().await;
    let first = place.serve(&[]);
    if place.database.url.starts_with("postgres") {
        let second = place.serve(&[]);
        assert!(second.get("/readyz").starts_with("HTTP/1.1 200"));
        return;
    }
    let second = place.run(&[], &[]);
    let why = String::from_utf8(second.stderr).unwrap();
    assert_eq!(second.status.code(), Some(1));
    assert!(why.contains("another server is running on"), "{why}");
    assert!(first.get("/readyz").starts_with("HTTP/1.1 200"));
}

/// ASVS 13.2.3: everything that is wrong is told at once, and no value with it.
#[actix_web::test]
async fn what_is_wrong_with_the_environment_is_told_at_once() {
    let place = Place::new().await;
    let variables =
        [("APP_ENV", "production"), ("AUTH_SESSION_DAYS", "for-ever"), ("SECRET_KEYS", "hunter2")];
    let output = place.run(&[], &variables);
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    for name in ["PUBLIC_URL", "MAIL_URL", "SECRET_KEYS", "AUTH_SESSION_DAYS"] {
        assert!(told.contains(name), "{name}: {told}");
    }
    assert!(!told.contains("hunter2") && !told.contains("for-ever"), "{told}");
}

#[actix_web::test]
async fn a_misspelt_variable_of_the_file_is_pointed_out() {
    let place = Place::new().await;
    fs::write(place.folder.path().join(".env"), "AUTH_SESION_DAYS=5\n").unwrap();
    let log = place.serve(&[]).log();
    assert!(log.contains("AUTH_SESION_DAYS"), "{log}");
}

/// ASVS 16.2.4: with JSON every line is an object, and the first start of production tells no
/// password.
#[actix_web::test]
async fn a_log_in_json_is_json_line_by_line() {
    let place = Place::new().await;
    let server = place.serve(&[("LOG_FORMAT", "json"), ("RUST_LOG", "debug,lettre=off")]);
    let _ = server.get("/readyz");
    let (_, log, _) = server.end();
    assert!(log.contains("\"request_id\""), "{log}");
    for line in log.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(line["timestamp"].as_str().unwrap().ends_with('Z'));
    }
}
