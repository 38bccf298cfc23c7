//! Many at once: constraints and locks decide, on PostgreSQL as on SQLite.

use std::cell::Cell;

use actix_web::rt::task::yield_now;
use futures_util::future::{join, join_all};
use serde_json::json;

use crate::{
    ADMIN, administrator, app, at, each, here, id, make, make_here, member, organization, person,
    rounds, set, statuses,
};

#[actix_web::test]
async fn of_two_hundred_who_make_one_key_at_once_one_does() {
    let app = app().await;
    let place = organization(&app).await;
    let (root, admin) = (administrator(&app).await, member(&app, &place, place.roles[ADMIN]).await);
    let made = join_all((0..200).map(|_| make_here(&admin, "packer", &["things:read"]))).await;
    let taken = made.iter().filter(|it| it.body["code"] == "role_key_taken").count();
    assert_eq!((statuses(&made)[..2].to_vec(), taken), (vec![201, 409], 199));
    let made = join_all((0..20).map(|_| make(&root, "packer", &["things:read"]))).await;
    assert_eq!(statuses(&made)[..2], [201, 409]);
}

/// A role goes, or somebody has it: never both.
#[actix_web::test]
async fn a_role_that_goes_is_given_to_nobody() {
    let app = app().await;
    let (root, ada) = (administrator(&app).await, person(&app).await);
    for round in 0..rounds() {
        let role = make(&root, "fleeting", &[]).await.created();
        let path = ada.of(&role);
        let (gone, given) = if round % 2 == 0 {
            join(root.actor.delete(&at(&role)), root.put(&path)).await
        } else {
            let (given, gone) = join(root.put(&path), root.actor.delete(&at(&role))).await;
            (gone, given)
        };
        let theirs = root.actor.get(&ada.their_roles()).await.ok();
        match (gone.status, given.status) {
            (204, 404) => assert_eq!(each(&theirs, "key"), [""; 0], "round {round}"),
            (409, 204) => {
                assert_eq!(each(&theirs, "key"), ["fleeting"], "round {round}");
                root.actor.delete(&path).await.no_content();
                root.actor.delete(&at(&role)).await.no_content();
            }
            other => unreachable!("round {round}: {other:?}"),
        }
    }
}

/// The same in an organization, whose members are given roles by the feature above.
#[actix_web::test]
async fn a_members_role_that_goes_is_given_to_nobody() {
    let app = app().await;
    let place = organization(&app).await;
    let admin = member(&app, &place, place.roles[ADMIN]).await;
    let ada = person(&app).await;
    for round in 0..rounds() {
        let role = make_here(&admin, "fleeting", &[]).await.created();
        let roles = [id(&role)];
        let (path, give) = (here(&role), set(&app, &place, &ada, &roles));
        let (gone, given) = join(admin.actor.delete(&path), give).await;
        match (gone.status, given) {
            (204, Err(roles::Error::Unknown(places))) => assert_eq!(places, [0]),
            (409, Ok(())) => {
                set(&app, &place, &ada, &[]).await.unwrap();
                admin.actor.delete(&path).await.no_content();
            }
            other => unreachable!("round {round}: {other:?}"),
        }
    }
}

/// Who holds a role – an invitation is written – keeps it there until they are done.
#[actix_web::test]
async fn a_role_that_is_held_outlives_a_deletion_that_waits_for_it() {
    let app = app().await;
    let place = organization(&app).await;
    let admin = member(&app, &place, place.roles[ADMIN]).await;
    let role = make_here(&admin, "packer", &[]).await.created();
    let (ada, held) = (person(&app).await, Cell::new(false));
    let door = app.database.system();
    let give = door.run(async |tx| {
        let inside = tx.inside(place.id);
        roles::hold(&inside, &[id(&role)]).await?;
        held.set(true);
        let before = app.database.statements();
        while app.database.statements() == before {
            yield_now().await; // until the deletion has begun
        }
        roles::set(&inside, ada.user, &[id(&role)]).await
    });
    let remove = async {
        while !held.get() {
            yield_now().await;
        }
        admin.actor.delete(&here(&role)).await
    };
    let (given, gone) = join(give, remove).await;
    given.unwrap();
    gone.problem(409, "role_in_use");
}

/// Nobody waits for another, or for ever, where many give, take and change at once.
#[actix_web::test]
async fn giving_taking_and_changing_at_once_ends_well() {
    let app = app().await;
    let root = administrator(&app).await;
    let role = make(&root, "busy", &[]).await.created();
    let path = at(&role);
    let people = join_all((0..4).map(|_| person(&app))).await;
    for round in 0..rounds().div_ceil(4) {
        let gives = join_all(people.iter().map(|it| async { root.put(&it.of(&role)).await }));
        let name = json!({ "name": format!("Round {round}") });
        let change = join_all((0..4).map(|_| root.actor.patch(&path, name.clone())));
        let (given, changed) = join(gives, change).await;
        assert_eq!((statuses(&given), statuses(&changed)), (vec![204; 4], vec![200; 4]));
        let takes = people.iter().map(|it| async { root.actor.delete(&it.of(&role)).await });
        assert_eq!(statuses(&join_all(takes).await), [204; 4]);
    }
}
