//! Refresh tokens: each is exchanged once, racing tabs do no harm, and a copy ends the session (A2).

use chrono::TimeDelta;
use futures_util::future::join_all;
use kernel::testing::Answer;

use crate::{ADA, House, PASSWORD, Tokens, house, logout, me, refresh};

async fn signed_in() -> (House, Tokens) {
    let house = house().await;
    let tokens = house.signed_in(ADA).await;
    (house, tokens)
}

async fn next(house: &House, tokens: &Tokens) -> Tokens {
    Tokens::of(&refresh(house, &tokens.refresh).await.ok())
}

#[actix_web::test]
async fn a_refresh_gives_new_tokens_of_the_same_session() {
    let (house, first) = signed_in().await;
    let second = next(&house, &first).await;
    assert_ne!((&first.access, &first.refresh), (&second.access, &second.refresh));
    me(&house, &second.access).await.ok();
    next(&house, &second).await;
    assert_eq!(house.count("select count(*) from sessions").await, 1);
    assert_eq!(house.count("select generation from sessions").await, 2);
}

/// ASVS 10.4.5, the anchor being supabase's `TestConcurrentReuse`.
#[actix_web::test]
async fn twenty_refreshes_of_one_token_at_once_all_get_the_one_successor() {
    let (house, first) = signed_in().await;
    let other = house.beside().await;
    let both =
        (0..20).map(|n| refresh(if n % 2 == 0 { &house.app } else { &other }, &first.refresh));
    let answers: Vec<_> = join_all(both).await.into_iter().map(Answer::ok).collect();

    let won = Tokens::of(&answers[0]);
    assert!(answers.iter().all(|it| it["refresh_token"] == won.refresh.as_str()), "{answers:?}");
    assert_eq!(house.count("select generation from sessions").await, 1);
    for answer in &answers {
        me(&house, &Tokens::of(answer).access).await.ok();
    }
    next(&house, &won).await;
}

#[actix_web::test]
async fn the_token_before_gives_the_same_successor_for_ten_seconds() {
    let (house, first) = signed_in().await;
    let second = next(&house, &first).await;
    house.database.clock.advance(TimeDelta::seconds(10));
    assert_eq!(next(&house, &first).await.refresh, second.refresh);
    assert_eq!(house.count("select generation from sessions").await, 1);
}

/// ASVS 10.4.5, 16.3.1, 6.3.5: a copy is in somebody's hands.
#[actix_web::test]
async fn a_token_that_was_exchanged_long_ago_ends_its_session_and_its_owner_is_told() {
    let (house, first) = signed_in().await;
    let second = next(&house, &first).await;
    me(&house, &second.access).await.ok();
    house.database.clock.advance(TimeDelta::seconds(10) + TimeDelta::microseconds(1));
    refresh(&house, &first.refresh).await.problem(401, "refresh_token_reused");

    me(&house, &first.access).await.problem(401, "invalid_token");
    me(&house, &second.access).await.problem(401, "invalid_token");
    refresh(&house, &second.refresh).await.problem(401, "invalid_token");
    refresh(&house, &first.refresh).await.problem(401, "invalid_token");
    let ended = house.audited("session.ended").await;
    assert_eq!((ended.len(), ended[0].0.as_str()), (1, "denied"));
    assert_eq!(ended[0].2["reason"], "refresh_token_reused");
    house.run_jobs().await;
    assert_eq!(house.subjects(ADA)[1..], ["You have been signed out on one device"]);
}

#[actix_web::test]
async fn the_token_before_the_one_before_ends_its_session_at_once() {
    let (house, first) = signed_in().await;
    let second = next(&house, &first).await;
    let third = next(&house, &second).await;
    refresh(&house, &first.refresh).await.problem(401, "refresh_token_reused");
    me(&house, &third.access).await.problem(401, "invalid_token");
}

/// One theft, one mail, however often the thief tries.
#[actix_web::test]
async fn ten_replays_at_once_end_the_session_once() {
    let (house, first) = signed_in().await;
    next(&house, &first).await;
    house.database.clock.advance(TimeDelta::seconds(11));
    let answers = join_all((0..10).map(|_| refresh(&house, &first.refresh))).await;
    assert!(answers.iter().all(|it| it.status == 401), "{answers:?}");
    house.run_jobs().await;
    assert_eq!(house.audited("session.ended").await.len(), 1);
    assert_eq!(house.subjects(ADA).len(), 2);
}

/// Another sign-in of the same account is none of it.
#[actix_web::test]
async fn a_replay_ends_no_other_session() {
    let (house, phone) = signed_in().await;
    let laptop = Tokens::of(&house.login(ADA, PASSWORD).await.ok());
    next(&house, &phone).await;
    house.database.clock.advance(TimeDelta::seconds(11));
    refresh(&house, &phone.refresh).await.problem(401, "refresh_token_reused");
    me(&house, &laptop.access).await.ok();
    next(&house, &laptop).await;
}

/// A2: a restart forgets nothing.
#[actix_web::test]
async fn a_replay_after_a_restart_is_still_one() {
    let (house, first) = signed_in().await;
    let second = next(&house, &first).await;
    house.database.clock.advance(TimeDelta::seconds(11));
    let restarted = house.beside().await;
    me(&restarted, &second.access).await.ok();
    refresh(&restarted, &first.refresh).await.problem(401, "refresh_token_reused");
    me(&restarted, &second.access).await.problem(401, "invalid_token");
}

/// A8, ASVS 9.2.2, 7.2.1: nothing else passes for one, and nothing dies of it.
#[actix_web::test]
async fn what_is_no_refresh_token_of_ours_is_refused_and_ends_nothing() {
    let (house, tokens) = signed_in().await;
    house.register("other@example.com", PASSWORD).await;
    let link = house.mail.last("other@example.com").token().to_owned();
    let good = &tokens.refresh;
    let mut others =
        vec![String::new(), "x".into(), "=".repeat(75), link, "A".repeat(75), format!("{good}A")];
    others.extend((0..good.len()).map(|at| {
        let other = if &good[at..=at] == "A" { "B" } else { "A" };
        format!("{}{other}{}", &good[..at], &good[at + 1..])
    }));
    let before = house.database.statements();
    for other in &others {
        refresh(&house, other).await.problem(401, "invalid_token");
    }
    // Ten refusals of strangers are recorded in a minute, each in a transaction.
    let cost = usize::try_from(house.database.statements() - before).unwrap();
    assert!(cost <= others.len() + 10 * 3, "{cost}: none of them takes a transaction");
    refresh(&house, &tokens.access).await.problem(401, "invalid_token");
    house.confirm(&tokens.access).await.problem(410, "link_expired");
    house.confirm(good).await.problem(410, "link_expired");
    house.bearer(good).get("/api/v1/users/me").await.problem(401, "invalid_token");
    next(&house, &tokens).await;
}

/// The MAC of one session proves nothing for another, though the key is the same.
#[actix_web::test]
async fn a_token_put_together_from_two_sessions_is_none() {
    let (house, phone) = signed_in().await;
    let laptop = Tokens::of(&house.login(ADA, PASSWORD).await.ok());
    let mixed = format!("{}{}", &phone.refresh[..32], &laptop.refresh[32..]);
    refresh(&house, &mixed).await.problem(401, "invalid_token");
    next(&house, &phone).await;
    next(&house, &laptop).await;
}

#[actix_web::test]
async fn signing_out_twice_at_once_does_no_harm() {
    let (house, tokens) = signed_in().await;
    let answers = join_all((0..2).map(|_| logout(&house, &tokens.access))).await;
    assert!(answers.iter().all(|it| matches!(it.status, 204 | 401)), "{answers:?}");
    assert_eq!(house.audited("session.ended").await.len(), 1);
}
