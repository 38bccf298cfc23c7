//! Races, many times: `SOAK_ROUNDS=1000` is the long form.

use kernel::testing::App;

use crate::{ADA, House, PASSWORD, Tokens, house, logout, me, refresh, rounds};

/// A house in which Ada's password is hashed in no time, for here it is not what is proved.
async fn quick() -> House {
    use argon2::password_hash::PasswordHasher;
    let house = house().await;
    house.verified(ADA).await;
    let params = argon2::Params::new(8, 1, 1, None).unwrap();
    let argon2 = argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params);
    let hash = argon2.hash_password(PASSWORD.as_bytes()).unwrap().to_string();
    house.sql(&format!("update passwords set hash = '{hash}'")).await;
    house
}

async fn dead(app: &App, tokens: &Tokens) {
    me(app, &tokens.access).await.problem(401, "invalid_token");
    refresh(app, &tokens.refresh).await.of(401);
}

/// Issue 2: refresh against logout, never a live token afterwards (ASVS 7.4.1).
#[actix_web::test]
async fn a_refresh_that_races_a_logout_leaves_no_live_token() {
    let house = quick().await;
    let (mut won, rounds) = (0, rounds());
    for round in 0..rounds {
        let tokens = Tokens::of(&house.login(ADA, PASSWORD).await.ok());
        let (refreshing, leaving) =
            (refresh(&house, &tokens.refresh), logout(&house, &tokens.access));
        let (refreshed, left) = if round % 2 == 0 {
            tokio::join!(refreshing, leaving)
        } else {
            let (left, refreshed) = tokio::join!(leaving, refreshing);
            (refreshed, left)
        };
        left.no_content();
        dead(&house, &tokens).await;
        if refreshed.status == 200 {
            won += 1;
            dead(&house, &Tokens::of(&refreshed.body)).await;
        } else {
            refreshed.problem(401, "invalid_token");
        }
    }
    println!("in {rounds} rounds the refresh was first {won} times");
}

/// The same with the refresh at one replica and the logout at another.
#[actix_web::test]
async fn a_refresh_that_races_a_logout_on_another_replica_leaves_no_live_token() {
    let house = quick().await;
    let other = house.beside().await;
    for _ in 0..rounds() {
        let tokens = Tokens::of(&house.login(ADA, PASSWORD).await.ok());
        me(&other, &tokens.access).await.ok();
        let (refreshed, left) =
            tokio::join!(refresh(&other, &tokens.refresh), logout(&house, &tokens.access));
        left.no_content();
        other.database.poll_invalidations().await.unwrap();
        for app in [&house.app, &other] {
            dead(app, &tokens).await;
            if refreshed.status == 200 {
                dead(app, &Tokens::of(&refreshed.body)).await;
            }
        }
    }
}

/// Several tabs refresh while another reads: nobody is ever sent away.
#[actix_web::test]
async fn tabs_that_refresh_one_after_another_and_at_once_stay_signed_in() {
    let house = quick().await;
    let mut tokens = Tokens::of(&house.login(ADA, PASSWORD).await.ok());
    for _ in 0..rounds() {
        let (one, two, seen) = tokio::join!(
            refresh(&house, &tokens.refresh),
            refresh(&house, &tokens.refresh),
            me(&house, &tokens.access),
        );
        seen.ok();
        let (one, two) = (Tokens::of(&one.ok()), Tokens::of(&two.ok()));
        assert_eq!(one.refresh, two.refresh);
        tokens = one;
    }
}
