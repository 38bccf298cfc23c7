//! What is another organization's is told apart from what is not there by nobody.

use super::{
    permissions::documented,
    world::{Who, World, unknown_id},
};

/// ASVS 8.2.2, 8.3.3, 8.4.1 (BOLA, A2): every operation × every id of its path × another
/// organization's id: the same 404 as for an id that nothing has, and no row has changed.
#[actix_web::test]
async fn another_organizations_id_is_the_same_404_as_one_that_nothing_has() {
    let world = World::new().await;
    let mut tried = 0;
    for operation in documented(&world).into_iter().filter(|it| it.contains('{')) {
        let ours = world.request(&operation).await;
        let theirs = world.request_elsewhere(&operation).await;
        let who = Who::may(&operation);
        let names = ours.pattern.split(['{', '}']).skip(1).step_by(2);
        for name in names.map(str::to_owned).collect::<Vec<_>>() {
            let foreign = match name.as_str() {
                // Accounts are the platform's: no organization has one.
                "id" if ours.pattern.starts_with("/api/v1/users/") => continue,
                // So are the names of settings and flags, of topics and languages.
                "key" | "topic" | "language" => continue,
                "id" if ours.pattern.starts_with("/api/v1/notifications/") => {
                    theirs.ids[&name].clone()
                }
                _ if who == Who::Administrator => world.foreign_role().await,
                _ => theirs.ids[&name].clone(),
            };
            let before = world.rows().await;
            let met = world.send(&ours.with_id(&name, &foreign), world.person(who)).await;
            let after = world.rows().await;
            let missed = world.send(&ours.with_id(&name, &unknown_id()), world.person(who)).await;
            let malformed = world.send(&ours.with_id(&name, "0"), world.person(who)).await;

            let told = |answer: &kernel::testing::Answer| {
                let mut body = answer.body.clone();
                body.as_object_mut().unwrap().remove("request_id");
                (answer.status, body, answer.header("etag").to_owned())
            };
            assert_eq!(met.status, 404, "{operation} {name}: {}", met.text);
            assert_eq!(told(&met), told(&missed), "{operation} {name}");
            assert_eq!(told(&met), told(&malformed), "{operation} {name}");
            for (table, rows) in before {
                // That they tried another organization's door is in the platform's own log.
                if name == "organization_id" && table.starts_with("audit_log") {
                    continue;
                }
                assert_eq!(rows, after[&table], "{operation} {name} has changed {table}");
            }
            tried += 1;
        }
    }
    assert!(tried > 30, "only {tried} were tried");
}
