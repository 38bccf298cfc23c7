//! The commands beside serving.

use crate::process::Place;

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

#[actix_web::test]
async fn the_schema_goes_up_and_down_by_hand() {
    let place = Place::new().await;
    let lines = |arguments: &[&str]| text(place.run(arguments, &[]).stdout);

    let all = lines(&["migrate", "status"]);
    assert!(all.contains("applied  m2026") && !all.contains("pending"), "{all}");
    let down = lines(&["migrate", "down", "--steps", "2"]);
    assert_eq!(down.matches("pending").count(), 2, "{down}");
    assert_eq!(lines(&["migrate", "up"]), all);
}

#[actix_web::test]
async fn an_administrator_is_made_beside_a_running_server() {
    let place = Place::new().await;
    let server = place.serve(&[]);
    let create = ["admin", "create", "--email", "root@example.com"];

    let made = text(place.run(&create, &[]).stdout);
    assert!(made.contains("root@example.com is an administrator") && made.contains("Password: "));
    let twice = place.run(&create, &[]);
    assert_eq!(twice.status.code(), Some(1));
    assert!(text(twice.stderr).contains("has this address"));

    let short = place.feed(&["admin", "create", "--email", "b@example.com"], "short\n");
    assert!(text(short.stderr).contains("at least 15 characters"));
    let given =
        place.feed(&["admin", "create", "--email", "b@example.com"], "a long enough secret\n");
    let told = text(given.stdout);
    assert!(given.status.success() && !told.contains("a long enough secret"), "{told}");
    assert!(server.get("/readyz").starts_with("HTTP/1.1 200"));
}

/// ASVS 6.4.6: an operator lets somebody back in without knowing their password.
#[actix_web::test]
async fn somebody_is_mailed_a_link_to_choose_another_password() {
    let place = Place::new().await;
    let reset = |email| place.run(&["admin", "reset-password", "--email", email], &[]);
    place.feed(&["admin", "create", "--email", "a@example.com"], "a long enough secret\n");
    let told = text(reset("a@example.com").stdout);
    assert!(told.contains("goes to a@example.com") && !told.contains("token"), "{told}");
    let nobody = reset("b@example.com");
    assert_eq!(nobody.status.code(), Some(1));
    assert!(text(nobody.stderr).contains("there is no such account"));
}

#[actix_web::test]
async fn the_document_is_printed_without_a_database() {
    let place = Place::new().await;
    let output = place.run(&["openapi"], &[("DATABASE_URL", "postgres://nobody@127.0.0.1:1/none")]);
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    assert!(document["paths"]["/api/v1/users/me"]["get"].is_object());
}

#[actix_web::test]
async fn an_unknown_command_is_explained() {
    let output = Place::new().await.run(&["dance"], &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(output.stderr).contains("Usage: server"));
}

/// ASVS 13.3.4: operators rotate keys beside a running server, and take one away that has leaked.
#[actix_web::test]
async fn signing_keys_are_listed_rotated_and_revoked_beside_a_running_server() {
    let place = Place::new().await;
    let server = place.serve(&[]);
    let keys = |arguments: &[&str]| {
        let output = place.run(&[&["keys"], arguments].concat(), &[]);
        text(output.stdout).lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let does = |lines: &[String]| -> Vec<String> {
        lines.iter().map(|line| line.split_whitespace().nth(1).unwrap().to_owned()).collect()
    };
    let first = keys(&["list"]);
    assert_eq!(does(&first), ["signing"]);
    assert_eq!(does(&keys(&["rotate"])), ["announced", "signing"]);
    let all = keys(&["rotate", "--now"]);
    assert_eq!(does(&all), ["announced", "signing", "retired"]);

    let kid = all[1].split_whitespace().next().unwrap();
    let left = keys(&["revoke", kid]);
    assert_eq!(does(&left), ["announced", "signing"], "the one before signs again");
    assert_eq!(left[1], first[0]);
    let twice = place.run(&["keys", "revoke", kid], &[]);
    assert_eq!(twice.status.code(), Some(1));
    assert!(server.get("/.well-known/jwks.json").contains(left[0].split(' ').next().unwrap()));
}
