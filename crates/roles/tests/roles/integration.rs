//! Roles, as the features above use them.

use kernel::{Fault, Kind, Scope, testing::App};
use roles::{Error, RoleId};

use crate::{
    ADMIN, MEMBER, OWNER, Organization, Person, VIEWER, administrator, app, id, make, make_here,
    member, organization, person, set, told,
};

#[actix_web::test]
async fn a_new_organization_has_its_system_roles_the_strongest_first() {
    let app = app().await;
    let place = organization(&app).await;
    let door = app.database.system();
    let known = roles::of(door.view(), &place.roles).await.unwrap();
    let keys: Vec<&str> = known.iter().map(|it| &*it.key).collect();
    assert_eq!(keys, ["owner", "admin", "member", "viewer"]);
    let catalogue = door.view().catalogue();
    assert_eq!(known[OWNER].permissions, catalogue.of_scope("organization"));
    for stronger in known.windows(2) {
        assert!(stronger[0].permissions.covers(stronger[1].permissions));
        assert_ne!(stronger[0].permissions, stronger[1].permissions);
    }
    assert_eq!(roles::union(&known), known[OWNER].permissions);
}

#[actix_web::test]
async fn roles_are_named_in_order_and_what_is_none_is_told_by_its_place() {
    let app = app().await;
    let place = organization(&app).await;
    let door = app.database.system();
    let named = async |keys: &[&str]| {
        let keys: Vec<String> = keys.iter().map(|it| (*it).to_owned()).collect();
        door.run(async |tx| roles::named(&*tx.inside(place.id), &keys).await).await
    };
    let ids = |found: Vec<roles::Role>| found.iter().map(|it| it.id).collect::<Vec<RoleId>>();
    let found = ids(named(&["viewer", "owner", "viewer"]).await.unwrap());
    assert_eq!(found, [place.roles[VIEWER], place.roles[OWNER]]);
    assert!(named(&[]).await.unwrap().is_empty());
    let missing = named(&["nobody", "admin", "administrator"]).await.unwrap_err();
    let Kind::Invalid(faults) = missing.kind() else { unreachable!("{missing}") };
    let places: Vec<_> = faults.iter().map(|it| it.pointer.as_str()).collect();
    assert_eq!(places, ["/roles/0", "/roles/2"]);
}

#[actix_web::test]
async fn a_member_has_the_roles_that_were_set_and_no_others() {
    let app = app().await;
    let (place, elsewhere) = (organization(&app).await, organization(&app).await);
    let (ada, bob) = (person(&app).await, person(&app).await);
    set(&app, &elsewhere, &ada, &[elsewhere.roles[OWNER]]).await.unwrap();
    set(&app, &place, &bob, &[place.roles[OWNER]]).await.unwrap();
    for roles in [
        vec![place.roles[OWNER], place.roles[MEMBER]],
        vec![place.roles[MEMBER], place.roles[VIEWER]],
        vec![place.roles[ADMIN]],
    ] {
        set(&app, &place, &ada, &roles).await.unwrap();
        assert_eq!(theirs(&app, &place, &ada).await, roles);
        assert_eq!(theirs(&app, &elsewhere, &ada).await, [elsewhere.roles[OWNER]]);
    }
    let door = app.database.inside(place.id, kernel::Asker::default());
    for (person, owns) in [(&ada, false), (&bob, true)] {
        let found = roles::any_owner(door.view(), |it| it.id == person.user).await.unwrap();
        assert_eq!(found, owns);
    }
    set(&app, &place, &ada, &[]).await.unwrap();
    assert!(theirs(&app, &place, &ada).await.is_empty());
}

/// The roles that somebody has in an organization.
async fn theirs(app: &App, place: &Organization, person: &Person<'_>) -> Vec<RoleId> {
    let door = app.database.system();
    let found = roles::in_places(door.view(), person.user, crate::above::place(place.id)).await;
    found.unwrap().into_iter().map(|it| it.role).collect()
}

#[actix_web::test]
async fn only_who_came_by_a_request_holds_anything() {
    let app = app().await;
    let place = organization(&app).await;
    let door = app.database.system();
    let refused = door.run(async |tx| {
        let inside = tx.inside(place.id);
        let viewer = roles::named(&*inside, &["viewer".to_owned()]).await?;
        assert_eq!(inside.permissions(), kernel::Permissions::default());
        roles::within_reach(&*inside, &viewer)
    });
    assert!(matches!(refused.await, Err(Error::Exceeds)));
}

#[actix_web::test]
async fn of_an_organization_that_is_erased_nothing_stays() {
    let app = app().await;
    let (gone, stays) = (organization(&app).await, organization(&app).await);
    let admin = member(&app, &gone, gone.roles[ADMIN]).await;
    let custom = make_here(&admin, "packer", &[]).await.created();
    let other = member(&app, &stays, stays.roles[OWNER]).await;
    let door = app.database.system();
    let bob = member(&app, &gone, gone.roles[VIEWER]).await;
    let erase = door.run(async |tx| {
        let inside = tx.inside(gone.id);
        assert_eq!(roles::erase_assignments(&inside, 1).await?, 1);
        assert_eq!(roles::erase_assignments(&inside, 2).await?, 1);
        roles::erase(&inside).await
    });
    erase.await.unwrap();
    for person in [&admin, &bob] {
        assert!(theirs(&app, &gone, person).await.is_empty());
    }
    let fresh = app.beside(crate::above::features()).await;
    let known = roles::of(fresh.database.system().view(), &[id(&custom), gone.roles[OWNER]]).await;
    assert!(known.unwrap().is_empty());
    other.actor.get("/roles").await.ok();
}

#[actix_web::test]
async fn becoming_an_administrator_twice_is_once() {
    let app = app().await;
    let root = administrator(&app).await;
    let door = app.database.system();
    door.run(async |tx| roles::make_administrator(tx, root.user).await).await.unwrap();
    let entries = told(&app, root.user).await;
    let given: Vec<_> = entries.iter().filter(|it| it.action == "role.assigned").collect();
    assert_eq!((given.len(), given[0].actor.r#type.as_str()), (1, "system"));
    let all = roles::platform_permissions(door.view(), root.user).await.unwrap();
    assert_eq!(all, door.view().catalogue().of_scope("platform"));
    make(&root, "anything", &["cellar:inspect", "users:write"]).await.created();
}
