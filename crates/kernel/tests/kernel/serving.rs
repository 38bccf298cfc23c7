//! One serving process a SQLite file.

use std::time::Duration;

use kernel::db::{DatabaseConfig, Serving};
use tokio::time::sleep;

fn config(url: &str) -> DatabaseConfig {
    DatabaseConfig { url: url.into(), pool: 4 }
}

fn somewhere() -> (tempfile::TempDir, DatabaseConfig) {
    let directory = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}/house.db", directory.path().display());
    (directory, config(&url))
}

#[test]
fn the_file_is_told_from_its_url() {
    let file = |url| config(url).file().map(|it| it.display().to_string());
    assert_eq!(file("sqlite:data/house.db").as_deref(), Some("data/house.db"));
    assert_eq!(file("sqlite://data/house.db").as_deref(), Some("data/house.db"));
    assert_eq!(file("sqlite:///var/house.db?mode=rwc").as_deref(), Some("/var/house.db"));
    assert_eq!(
        file("sqlite:my%20house.db").as_deref(),
        Some("my house.db"),
        "as the driver reads it"
    );
    assert_eq!(file("postgres://localhost/house"), None);
}

#[actix_web::test]
async fn a_second_server_takes_over_when_the_first_ends() {
    let (_directory, config) = somewhere();
    let first = Serving::begin(&config).await.unwrap();
    let ending = async {
        sleep(Duration::from_millis(200)).await;
        drop(first);
    };
    let (second, ()) = tokio::join!(Serving::begin(&config), ending);
    second.unwrap();
}

#[actix_web::test]
async fn a_second_server_gives_up_after_a_while_and_says_why() {
    let (_directory, config) = somewhere();
    let _first = Serving::begin(&config).await.unwrap();
    let told = Serving::begin(&config).await.err().unwrap().to_string();
    assert!(told.contains("another server is running on") && told.contains("house.db"), "{told}");
    assert!(told.contains("DATABASE_URL"), "{told}");
}

#[actix_web::test]
async fn postgresql_is_served_by_any_number() {
    let config = config("postgres://localhost/house");
    let _first = Serving::begin(&config).await.unwrap();
    Serving::begin(&config).await.unwrap();
}
