//! Races for ownership, many times: `SOAK_ROUNDS=1000` is the long form.

use futures_util::future::join_all;
use kernel::testing::{Actor, Answer, App};
use serde_json::json;

use crate::{House, at, disable, found, give, house, id, leave, rounds, transfer};

/// An organization of two owners.
async fn two_owners<'a>(house: &House, one: &Actor<'a>, other: &Actor<'a>) -> [Actor<'a>; 2] {
    let place = id(&found(one, "Acme").await.created());
    let pair = [one.at(place), other.at(place)];
    house.join(&pair[1], "owner").await;
    pair
}

/// Of these two exactly one is done, and the other is told that nobody would be left.
fn one_of_two(answers: [Answer; 2], round: usize) {
    let [first, second] = answers;
    let refused = match (first.status < 300, second.status < 300) {
        (true, false) => second,
        (false, true) => first,
        both => panic!("round {round}: {both:?}"),
    };
    refused.problem(409, "last_owner");
}

/// Issue 4: exactly one 409, a thousand times.
#[actix_web::test]
async fn of_two_owners_who_leave_at_once_one_stays() {
    let house = house().await;
    let (ada, bob) = (house.person("Ada").await, house.person("Bob").await);
    for round in 0..rounds() {
        let [one, other] = two_owners(&house, &ada, &bob).await;
        let (first, second) = if round % 2 == 0 {
            tokio::join!(leave(&one), leave(&other))
        } else {
            let (second, first) = tokio::join!(leave(&other), leave(&one));
            (first, second)
        };
        one_of_two([first, second], round);
        assert_eq!(house.owners(one.organization).await, 1, "round {round}");
    }
}

/// The same, each at a replica of their own.
#[actix_web::test]
async fn of_two_owners_who_leave_on_two_replicas_one_stays() {
    let house = house().await;
    let beside = house.beside().await;
    let (ada, bob) = (house.person("Ada").await, house.person("Bob").await);
    for round in 0..rounds() {
        let [one, other] = two_owners(&house, &ada, &bob).await;
        let other = other.on(&beside);
        let (first, second) = tokio::join!(leave(&one), leave(&other));
        one_of_two([first, second], round);
        assert_eq!(house.owners(one.organization).await, 1, "round {round}");
    }
}

/// Leaving, demoting oneself and one another, removing and handing on, whatever meets.
#[actix_web::test]
async fn whatever_two_owners_do_at_once_one_stays() {
    let house = house().await;
    let (ada, bob) = (house.person("Ada").await, house.person("Bob").await);
    for round in 0..rounds() {
        let [one, other] = two_owners(&house, &ada, &bob).await;
        let act = async |mine: &Actor<'_>, theirs: &Actor<'_>, what: usize| match what {
            0 => leave(mine).await,
            1 => give(mine, mine, &["viewer"]).await,
            2 => mine.delete(&at(theirs)).await,
            3 => give(mine, theirs, &["admin"]).await,
            _ => transfer(mine, theirs.user()).await,
        };
        let (first, second) =
            tokio::join!(act(&one, &other, round % 5), act(&other, &one, round / 5 % 5));
        for answer in [&first, &second] {
            // 403, 404 and 422: the other was faster.
            let fits = [200, 204, 403, 404, 409, 422].contains(&answer.status);
            assert!(fits, "round {round}: {}", answer.text);
        }
        assert!(house.owners(one.organization).await >= 1, "round {round}");
    }
}

async fn delete(app: &App, who: &Actor<'_>) -> Result<(), users::Error> {
    app.database.system().run(async |tx| users::delete(tx, who.user()).await).await
}

/// The guard of those below, by events in their transaction.
#[actix_web::test]
async fn of_an_owner_who_leaves_and_one_whose_account_ends_one_stays() {
    let house = house().await;
    let (ada, staff) = (house.person("Ada").await, house.registrar().await);
    for round in 0..rounds() {
        let bob = house.person(&format!("Bob{round}")).await;
        let [one, other] = two_owners(&house, &ada, &bob).await;
        let ended = if round % 2 == 0 {
            let (left, disabled) = tokio::join!(leave(&one), disable(&staff, other.user()));
            one_of_two([left, disabled], round);
            continue;
        } else {
            let (deleted, left) = tokio::join!(delete(&house, &other), leave(&one));
            [left.status == 204, deleted.is_ok()]
        };
        assert_eq!(ended.iter().filter(|it| **it).count(), 1, "round {round}");
        assert_eq!(house.owners(one.organization).await, 1, "round {round}");
    }
}

/// Two owners of the same organizations whose accounts end at once: locks are taken in one order.
#[actix_web::test]
async fn of_two_accounts_that_own_the_same_organizations_one_stays() {
    let house = house().await;
    let staff = house.registrar().await;
    for round in 0..rounds() / 3 {
        let ada = house.person(&format!("Ada{round}")).await;
        let bob = house.person(&format!("Bob{round}")).await;
        let mut places = Vec::new();
        for turn in 0..4 {
            let (one, other) = if turn % 2 == 0 { (&ada, &bob) } else { (&bob, &ada) };
            places.push(two_owners(&house, one, other).await[0].organization);
        }
        let (first, second) =
            tokio::join!(disable(&staff, ada.user()), disable(&staff, bob.user()));
        one_of_two([first, second], round);
        for place in places {
            assert_eq!(house.owners(place).await, 1, "round {round}");
        }
    }
}

/// No request waits for another that waits for it (40P01): a deadlock would be answered with 503.
#[actix_web::test]
async fn nothing_ever_waits_for_itself() {
    let house = house().await;
    let staff = house.registrar().await;
    let people = [house.person("P0").await, house.person("P1").await, house.person("P2").await];
    for round in 0..rounds() {
        let mut places = Vec::new();
        for owner in &people {
            let place = id(&found(owner, "Acme").await.created());
            for member in people.iter().filter(|it| it.user() != owner.user()) {
                house.join(&member.at(place), "owner").await;
            }
            places.push(place);
        }
        let [a, b, c] = &people;
        let (x, y, z) = (places[0], places[1], places[2]);
        let work = async |turn: usize| match turn {
            0 => leave(&a.at(x)).await,
            1 => give(&b.at(x), &a.at(x), &["admin"]).await,
            2 => transfer(&c.at(x), b.user()).await,
            3 => b.at(y).delete(&at(c)).await,
            4 => transfer(&a.at(y), c.user()).await,
            5 => give(&c.at(y), &b.at(y), &["owner", "viewer"]).await,
            6 => leave(&c.at(z)).await,
            7 => b.at(z).patch("", json!({ "slug": format!("slug-{round}-b") })).await,
            8 => disable(&staff, a.user()).await,
            9 => disable(&staff, b.user()).await,
            10 => found(a, "Acme").await,
            _ => found(b, "Acme").await,
        };
        let answers = join_all((0..12).map(|turn| work((turn + round) % 12))).await;
        for answer in answers {
            let fits = [200, 201, 204, 403, 404, 409, 422].contains(&answer.status);
            assert!(fits, "round {round}: {}", answer.text);
        }
        for place in places {
            assert!(house.owners(place).await >= 1, "round {round}");
        }
        for person in [a, b] {
            let path = format!("/api/v1/users/{}/enable", person.user());
            staff.post(&path, json!({})).await.ok();
        }
    }
}

/// Both end one membership and its roles: neither waits for the other.
#[actix_web::test]
async fn who_leaves_while_their_account_goes_is_gone() {
    let house = house().await;
    let ada = house.owner("Ada").await;
    for round in 0..rounds() {
        let mel = house.member(&ada, &format!("Mel{round}"), "member").await;
        let (left, deleted) = tokio::join!(leave(&mel), delete(&house, &mel));
        assert!([204, 404].contains(&left.status), "round {round}: {}", left.text);
        assert!(deleted.is_ok(), "round {round}");
        ada.get(&at(&mel)).await.problem(404, "not_found");
    }
}
