//! What a member may do: at once here, within a poll elsewhere, and without a query.

use futures_util::future::join_all;
use kernel::{
    Actor as Who, Feature, Job, JobContext, Problem, UserId,
    testing::{Actor, App},
};
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{House, at, disable, features, give, house, id, leave};

async fn poll(app: &App) {
    app.database.poll_invalidations().await.unwrap();
}

/// ASVS 8.3.2: a change counts from the very next request.
#[actix_web::test]
async fn a_member_who_is_demoted_loses_it_with_the_next_request() {
    let house = house().await;
    let ada = house.owner("Ada").await;
    let mel = house.member(&ada, "Mel", "admin").await;
    for round in 0..5 {
        let name = json!({ "name": format!("Acme {round}") });
        mel.patch("", name.clone()).await.ok();
        give(&ada, &mel, &["viewer"]).await.ok();
        mel.patch("", name).await.problem(403, "permission_denied");
        give(&ada, &mel, &["admin"]).await.ok();
    }
    ada.delete(&at(&mel)).await.no_content();
    mel.get("").await.problem(404, "not_found");
}

/// ASVS 8.3.2, and the same where a custom role changes what it allows.
#[actix_web::test]
async fn what_changes_on_one_replica_counts_on_the_other_with_its_next_poll() {
    let house = house().await;
    let other = house.beside().await;
    poll(&other).await;
    let ada = house.owner("Ada").await;
    let mel = house.member(&ada, "Mel", "admin").await;
    let there = mel.on(&other);
    let name = json!({ "name": "Acme" });
    there.patch("", name.clone()).await.ok();

    give(&ada, &mel, &["viewer"]).await.ok();
    poll(&other).await;
    there.patch("", name.clone()).await.problem(403, "permission_denied");
    give(&ada, &mel, &["admin"]).await.ok();
    poll(&other).await;
    there.patch("", name).await.ok();
    ada.delete("").await.no_content();
    poll(&other).await;
    there.get("").await.problem(404, "not_found");
    ada.post("/restore", json!({})).await.ok();
    poll(&other).await;
    there.get("").await.ok();
    leave(&mel).await.no_content();
    poll(&other).await;
    there.get("").await.problem(404, "not_found");
}

/// Whoever reads while something changes does not bring the old back into memory.
#[actix_web::test]
async fn a_change_under_load_is_never_forgotten() {
    let house = house().await;
    let ada = house.owner("Ada").await;
    let mel = house.member(&ada, "Mel", "admin").await;
    for round in 0..crate::rounds() {
        let role = if round % 2 == 0 { "viewer" } else { "admin" };
        let readers = async || join_all((0..6).map(|_| mel.get(""))).await;
        let roles = [role];
        let (_, changed, _) = tokio::join!(readers(), give(&ada, &mel, &roles), readers());
        changed.ok();
        let may = mel.patch("", json!({ "name": "Acme" })).await.status;
        assert_eq!(may, if round % 2 == 0 { 403 } else { 200 }, "round {round}");
    }
}

async fn cost(house: &House, who: &Actor<'_>) -> [u64; 2] {
    let (first, cold) = house.statements(who.get("")).await;
    let (second, warm) = house.statements(who.get("")).await;
    assert_eq!((first.status, second.status), (200, 200));
    [cold, warm]
}

/// Issue 4: what a request costs does not depend on how many organizations one belongs to.
#[actix_web::test]
async fn a_request_of_who_belongs_to_thousands_costs_what_any_does() {
    let house = house().await;
    let (ada, eve) = (house.owner("Ada").await, house.person("Eve").await);
    let eve = eve.at(house.crowd(&eve, 2_000, "viewer").await);
    assert_eq!(cost(&house, &ada).await, [2, 1]);
    assert_eq!(cost(&house, &eve).await, [2, 1]);
}

#[actix_web::test]
async fn strangers_guesses_cost_one_statement_and_are_not_remembered() {
    let house = house().await;
    let (ada, eve) = (house.owner("Ada").await, house.person("Eve").await);
    for _ in 0..60 {
        eve.at(ada.organization).get("").await.problem(404, "not_found"); // what is recorded of them
    }
    house.ground.refusals_told().await;
    for _ in 0..2 {
        let (foreign, statements) = house.statements(eve.at(ada.organization).get("")).await;
        foreign.problem(404, "not_found");
        assert_eq!(statements, 1);
    }
    house.join(&eve.at(ada.organization), "viewer").await;
    eve.at(ada.organization).get("").await.ok();
}

/// A disabled account's standing is as it was; its sessions have ended, which is auth's to see to.
#[actix_web::test]
async fn nobody_disables_their_own_account() {
    let house = house().await;
    let staff = house.registrar().await;
    disable(&staff, staff.user()).await.problem(409, "own_account");
    let ada = house.owner("Ada").await;
    disable(&ada, staff.user()).await.problem(403, "permission_denied");
    let made: kernel::OrganizationId = id(&ada.get("").await.ok());
    assert_eq!(made, ada.organization);
}

/// ASVS 8.3.2, CWE-367: what a request was let in with may be gone once its turn comes. Here memory
/// still knows the roles, as the request did that waits for the organization's lock.
#[actix_web::test]
async fn who_is_removed_or_demoted_while_a_request_waits_changes_nothing() {
    let house = house().await;
    let ada = house.owner("Ada").await;
    let bob = house.member(&ada, "Bob", "viewer").await;
    house.role(&ada, "clerk", &[]).await;
    let clerk = ada.get("/roles?limit=100").await.ok()["items"].as_array().unwrap().clone();
    let clerk = clerk.iter().find(|it| it["key"] == "clerk").unwrap()["id"].clone();
    let clerk = format!("/roles/{}", clerk.as_str().unwrap());
    let demote = "update role_assignments set role_id = (select id from roles where roles.organization_id = $1 and key = 'viewer') where user_id = $2";
    let remove = "delete from role_assignments where organization_id = $1 and user_id = $2";
    for (name, sql, status, code) in
        [("Mel", demote, 403, "permission_denied"), ("Moe", remove, 404, "not_found")]
    {
        let mel = house.member(&ada, name, "owner").await;
        mel.get("").await.ok();
        house.sql(sql, vec![mel.organization.into(), mel.user().into()]).await;
        let role = json!({ "key": "mine", "name": "Mine", "permissions": [] });
        let refused = [
            give(&mel, &bob, &["member"]).await,
            mel.delete(&at(&bob)).await,
            mel.patch("", json!({ "name": "Mine" })).await,
            mel.delete("").await,
            mel.post("/roles", role).await,
            mel.patch(&clerk, json!({ "name": "Mine" })).await,
            mel.delete(&clerk).await,
        ];
        for answer in refused {
            answer.problem(status, code);
        }
    }
}

/// Asks whether somebody may still see the organization, for what they have asked for.
#[derive(Serialize, Deserialize)]
struct Ask(UserId);

impl Job for Ask {
    const KIND: &'static str = "above.ask";

    async fn run(self, context: &JobContext) -> Result<(), Problem> {
        let may = context.may::<organizations::Read>(Who::User(self.0)).await?;
        let sql = format!("insert into answers values ('{may}')");
        context.door().run(async |tx| tx.execute_unprepared(&sql).await.map(drop)).await?;
        Ok(())
    }
}

/// ASVS 8.3.2, 7.4.2: what goes on without somebody asks whether they still may, and whether there is
/// still an account that may be used.
#[actix_web::test]
async fn what_goes_on_without_somebody_asks_what_they_may_by_now() {
    let house = House(App::of(features(&[], Feature::new("above").job::<Ask>())).await);
    house.sql("create table answers (may varchar(5))", vec![]).await;
    let (ada, staff) = (house.owner("Ada").await, house.registrar().await);
    let (ann, bob) =
        (house.member(&ada, "Ann", "viewer").await, house.member(&ada, "Bob", "viewer").await);
    let ask = async |who: &Actor<'_>| {
        let (door, ask) = (ada.door(), Ask(who.user()));
        door.run(async |tx| tx.enqueue(&ask)).await.unwrap();
        house.run_jobs().await;
        let yes = house.count("select count(*) from answers where may = 'true'", vec![]).await;
        house.sql("delete from answers", vec![]).await;
        yes == 1
    };
    assert!(ask(&ada).await && ask(&ann).await && ask(&bob).await);
    ada.delete(&at(&ann)).await.no_content();
    assert!(!ask(&ann).await, "who has been removed");
    disable(&staff, bob.user()).await.ok();
    assert!(!ask(&bob).await, "whose account is closed");
    ada.delete("").await.no_content();
    assert!(!ask(&ada).await, "in what is deleted");
}
