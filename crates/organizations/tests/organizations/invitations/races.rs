//! Whoever meets whom: one wins, and the others are told why (ASVS 15.4.2, A10, G7).

use std::ops::Range;

use futures_util::future::join_all;
use kernel::testing::Answer;

use super::{ZOE, accept, invite, path, post, post_with, resend};
use crate::rounds;

const TWENTY: Range<u8> = 0..20;

fn count(answers: &[Answer], status: u16) -> usize {
    answers.iter().filter(|it| it.status == status).count()
}

#[actix_web::test]
async fn a_token_is_good_once_also_for_twenty_at_once() {
    let post = post().await;
    let ada = post.owner("Ada").await;
    let token = post.invited(&ada, ZOE).await;
    let zoe = post.person("Zoe").await;
    let answers = join_all(TWENTY.map(|_| accept(&zoe, &token))).await;
    assert_eq!((count(&answers, 200), count(&answers, 410)), (1, 19), "{answers:?}");
    assert_eq!(post.members(&ada).await, 2);
    let log = post.log(ada.organization).await;
    assert_eq!(log.iter().filter(|it| it.0 == "invitation.accepted").count(), 1);
}

#[actix_web::test]
async fn an_address_that_is_invited_by_several_at_once_is_invited_once() {
    let post = post().await;
    let ada = post.owner("Ada").await;
    let amy = post.member(&ada, "Amy", "admin").await;
    for round in 0..rounds() {
        let address = format!("a{round}@example.com");
        let (one, other) =
            tokio::join!(invite(&ada, &address, &["member"]), invite(&amy, &address, &["viewer"]));
        let answers = [one, other];
        assert_eq!((count(&answers, 201), count(&answers, 409)), (1, 1), "{answers:?}");
    }
}

/// The invited have joined and the revocation comes too late, or the token was dead in time.
#[actix_web::test]
async fn accepting_and_revoking_at_once_do_not_both_happen() {
    let post = post().await;
    let ada = post.owner("Ada").await;
    for round in 0..rounds() {
        let name = format!("P{round}");
        let address = format!("p{round}@example.com");
        let made = invite(&ada, &address, &["member"]).await.created();
        let token = post.token(&address).await;
        let person = post.person(&name).await;
        let before = post.members(&ada).await;
        let id = path(&made["id"]);
        let (accepted, revoked) = if round % 2 == 0 {
            tokio::join!(accept(&person, &token), ada.delete(&id))
        } else {
            let (revoked, accepted) = tokio::join!(ada.delete(&id), accept(&person, &token));
            (accepted, revoked)
        };
        let joined = post.members(&ada).await - before;
        match (accepted.status, revoked.status) {
            (200, 409) => assert_eq!(joined, 1),
            (410, 204) => assert_eq!(joined, 0),
            other => panic!("{other:?}"),
        }
    }
}

/// Sending again kills the old token, unless it was used before.
#[actix_web::test]
async fn accepting_and_sending_again_at_once_do_not_both_happen() {
    let post = post().await;
    let ada = post.owner("Ada").await;
    for round in 0..rounds() {
        let address = format!("p{round}@example.com");
        let made = invite(&ada, &address, &["member"]).await.created();
        let token = post.token(&address).await;
        let person = post.person(&format!("P{round}")).await;
        let (accepted, again) = if round % 2 == 0 {
            tokio::join!(accept(&person, &token), resend(&ada, &made["id"]))
        } else {
            let (again, accepted) =
                tokio::join!(resend(&ada, &made["id"]), accept(&person, &token));
            (accepted, again)
        };
        match (accepted.status, again.status) {
            (200, 409) => {}
            (410, 200) => drop(accept(&person, &post.token(&address).await).await.ok()),
            other => panic!("{other:?}"),
        }
    }
}

#[actix_web::test]
async fn two_who_accept_at_once_do_not_share_a_seat() {
    let post = post_with(&[("ORGANIZATIONS_SEATS", "3")]).await;
    let ada = post.owner("Ada").await;
    let tokens = [post.invited(&ada, ZOE).await, post.invited(&ada, "una@example.com").await];
    post.member(&ada, "Bob", "member").await;
    let (zoe, una) = (post.person("Zoe").await, post.person("Una").await);
    let (one, other) = tokio::join!(accept(&zoe, &tokens[0]), accept(&una, &tokens[1]));
    let answers = [one, other];
    assert_eq!((count(&answers, 200), count(&answers, 409)), (1, 1), "{answers:?}");
    assert_eq!(post.members(&ada).await, 3);
}
