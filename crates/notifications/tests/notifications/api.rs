//! The pages behind mailed links, as a browser gets them.

use crate::{PUBLIC_URL, app};

/// ASVS 3.4.3, 3.4.5, 14.2.2: a page loads its own style, sends its own form, and is kept nowhere.
#[actix_web::test]
async fn a_page_may_do_next_to_nothing() {
    let app = app("smtp://127.0.0.1:9").await;
    let answer = app.stranger().get("//links/greet").await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "text/html; charset=utf-8"));
    let policy = answer.header("content-security-policy");
    for rule in
        ["default-src 'none'", "style-src 'self'", "form-action 'self'", "frame-ancestors 'none'"]
    {
        assert!(policy.contains(rule) && !policy.contains("unsafe"), "{policy}");
    }
    assert_eq!(answer.header("referrer-policy"), "no-referrer");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert!(!answer.text.contains("<script"), "{}", answer.text);
}

/// ASVS 1.2.1.
#[actix_web::test]
async fn what_a_page_is_given_is_text() {
    let app = app("smtp://127.0.0.1:9").await;
    let page = app.stranger().get("//links/greet").await.text;
    assert!(page.contains("<h1>Tom &amp; &lt;b&gt;Jerry&lt;"), "{page}");
    assert!(page.contains("<p>{{7*7}} &#x27;&quot;</p>"), "{page}");
    assert!(page.contains(r#"name="token" value="&quot;&gt;&lt;script&gt;""#), "{page}");
    assert!(page.contains(r#"method="post" action="&#x2f;links&#x2f;greet""#), "{page}");
    assert!(page.contains("&lt;Go&gt;</button>"), "{page}");
}

/// WCAG 1.3.1, 1.3.5, 3.3.1–3.3.3: each field has its label, its purpose, and what is wrong with it.
#[actix_web::test]
async fn a_form_says_what_it_wants_and_what_is_wrong() {
    let app = app("smtp://127.0.0.1:9").await;
    let answer = app.stranger().get("//links/join").await;
    assert_eq!(answer.status, 422);
    let page = answer.text;
    for part in [
        "<p>One.</p>",
        "<p>Two &lt;b&gt;.</p>",
        r#"<label for="name">Your &lt;name&gt;</label>"#,
        r#"type="email" autocomplete="username" readonly value="ada@example.com""#,
        r#"type="text" autocomplete="name" maxlength="200" value="&quot;&gt;&lt;script&gt;""#,
        r#"aria-describedby="name-fault" aria-invalid="true" autofocus>"#,
        r#"<p class="fault" id="name-fault">It&#x27;s &quot;empty&quot;</p>"#,
        r#"type="password" autocomplete="new-password" maxlength="1024" aria-describedby="password-hint">"#,
        r#"<p class="hint" id="password-hint">&lt;15&gt;</p>"#,
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
    assert!(!page.contains("s3cret"), "a password is never sent back: {page}");
    assert_eq!((page.matches("<form").count(), page.matches("autofocus").count()), (2, 1));
}

#[actix_web::test]
async fn a_page_is_in_the_language_the_browser_asks_for() {
    let app = app("smtp://127.0.0.1:9").await;
    for (asked, given) in [("de-AT, en;q=0.5", "de"), ("fr", "en"), (";;q=,;,q=1;-", "en")] {
        let page = app.stranger().with("accept-language", asked).get("//links/greet").await;
        assert_eq!(page.header("content-language"), given);
        assert!(page.text.contains(&format!(r#"lang="{given}""#)), "{}", page.text);
    }
}

#[actix_web::test]
async fn the_style_of_the_pages_is_served_and_may_be_kept() {
    let app = app("smtp://127.0.0.1:9").await;
    let page = app.stranger().get("//links/greet").await.text;
    assert!(page.contains(r#"<link rel="stylesheet" href="/links/style.css">"#), "{page}");
    let style = app.stranger().get("//links/style.css").await;
    assert_eq!((style.status, style.header("content-type")), (200, "text/css; charset=utf-8"));
    assert_eq!(style.header("cache-control"), "public, max-age=3600");
    assert!(!style.text.contains("url(") && !style.text.contains("@import"), "offline");
}

/// A9: a link begins with the configured address, whatever a request says.
#[actix_web::test]
async fn a_link_begins_with_the_public_url() {
    let app = app("smtp://127.0.0.1:9").await;
    let evil = app.stranger().with("host", "evil.example").with("x-forwarded-host", "evil.example");
    assert!(!evil.get("//links/greet").await.text.contains("evil"));
    let link = notifications::link(app.database.system().view(), "verify", "abc");
    assert_eq!(link, format!("{PUBLIC_URL}/links/verify?token=abc"));
}
