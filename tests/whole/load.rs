//! Many at once.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::json;

use crate::harness::Server;

/// R22: 64 writers for two seconds, or for `SOAK_SECONDS`: they wait for one another, and nobody is
/// told so.
#[actix_web::test]
async fn sixty_four_writers_hear_of_no_lock() {
    let seconds = std::env::var("SOAK_SECONDS").ok().and_then(|it| it.parse().ok()).unwrap_or(2);
    let server = Server::start().await;
    let administrator = server.administrator().await;
    let end = Instant::now() + Duration::from_secs(seconds);
    let writers = (0..64).map(|writer| {
        let client = administrator.clone();
        async move {
            let mut written = 0;
            while Instant::now() < end {
                let name = json!({ "name": format!("Writer {writer}-{written}") });
                client.patch("/api/v1/users/me", name).await.ok();
                written += 1;
            }
            written
        }
    });
    let written: i32 = join_all(writers).await.into_iter().sum();

    let me = administrator.get("/api/v1/users/me").await.ok();
    // Made, verified, then changed once for every answer.
    assert_eq!(me["version"], 2 + written);
    let log = administrator.get("/api/v1/audit-log?action=user.updated&count=exact").await.ok();
    assert_eq!(log["total"]["value"], written);
    println!("{written} audited writes by 64 writers in {seconds} s");
    server.stop().await;
}
