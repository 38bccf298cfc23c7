//! The page that shows the live inbox; `tests/external/inbox.py` looks at it in a browser.

use kernel::{Env, testing::App};

use crate::app;

const PARTS: [(&str, &str); 3] = [
    ("//notifications/demo", "text/html; charset=utf-8"),
    ("//notifications/demo/inbox.js", "text/javascript; charset=utf-8"),
    ("//notifications/demo/style.css", "text/css; charset=utf-8"),
];

/// ASVS 3.4.3: nothing of it is inline, and it loads nothing from elsewhere.
#[actix_web::test]
async fn the_page_is_there_in_development_under_a_strict_policy() {
    let app = app("file:unused").await;
    for (path, media_type) in PARTS {
        let answer = app.stranger().get(path).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, media_type));
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert!(!answer.text.contains("http://") && !answer.text.contains("https://"), "{path}");
    }
}

/// ASVS 13.4.2.
#[actix_web::test]
async fn it_is_not_there_in_production() {
    let env = Env::of([
        ("APP_ENV", "production"),
        ("PUBLIC_URL", "https://app.example.com"),
        ("MAIL_URL", "smtp://127.0.0.1:9"),
    ]);
    let app = App::of(vec![notifications::feature(&env)]).await;
    for (path, _) in PARTS {
        app.stranger().get(path).await.problem(404, "not_found");
    }
}
