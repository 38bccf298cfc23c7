//! What is wrong with the configuration, all told at once.

use kernel::Env;

/// What the feature says of this environment.
fn told(pairs: &[(&str, &str)]) -> String {
    let env = Env::of(pairs.iter().copied());
    let _ = notifications::feature(&env);
    env.check().err().map(|error| error.to_string()).unwrap_or_default()
}

fn in_production(url: &str) -> String {
    let from = ("MAIL_FROM", "post@example.org");
    told(&[("APP_ENV", "production"), ("PUBLIC_URL", "https://x.org"), ("MAIL_URL", url), from])
}

#[actix_web::test]
async fn what_is_no_mail_server_and_no_mailbox_is_told_without_its_value() {
    for url in
        ["http://hunter2.example", "smtp://", "hunter2", "smtp://hunter2:99999999", "smtp://a b"]
    {
        let told = told(&[("MAIL_URL", url), ("MAIL_FROM", "hunter2 without an at")]);
        assert!(told.contains("MAIL_URL must be file:FOLDER, smtp://"), "{url}: {told}");
        assert!(told.contains("MAIL_FROM must be a mail address"), "{url}: {told}");
        assert!(!told.contains("hunter2"), "{told}");
    }
    assert!(told(&[("MAIL_URL", "file:/dev/null/mail")]).contains("MAIL_URL names a folder that"));
}

/// ASVS 13.4.2: nothing of development is left in production.
#[actix_web::test]
async fn production_demands_a_mail_server_and_a_sender() {
    let told = told(&[("APP_ENV", "production"), ("PUBLIC_URL", "https://x.org")]);
    for name in ["MAIL_URL is missing", "MAIL_FROM is missing"] {
        assert!(told.contains(name), "{told}");
    }
    assert!(in_production("file:data/mail").contains("MAIL_URL must be smtp"));
}

/// ASVS 12.3.1: beyond this machine, mail travels encrypted or not at all.
#[actix_web::test]
async fn production_sends_no_mail_in_clear_to_another_machine() {
    for clear in [
        "smtp://mx.example.org",
        "smtp://mx.example.org?tls=opportunistic",
        "smtp://tls=required:x@mx.example.org",
        "smtp://localhost.example.org",
        "smtp://127.example.org",
        "smtp://localhost@mx.example.org",
    ] {
        assert!(in_production(clear).contains("MAIL_URL must be smtps"), "{clear}");
    }
    for good in [
        "smtps://user:secret@mx.example.org",
        "smtp://mx.example.org?tls=required",
        "smtp://mx.example.org:587?tls=required",
        "smtp://localhost:2525",
        "smtp://127.0.0.1",
        "smtp://[::1]:25",
    ] {
        assert_eq!(in_production(good), "", "{good}");
    }
}
