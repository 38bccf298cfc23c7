//! Tokens, all together.

use std::collections::BTreeSet;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::{ADA, PASSWORD, Tokens, house, refresh};

/// ASVS 7.2.2, 7.2.3: each is made anew, and none can be guessed.
#[actix_web::test]
async fn no_two_tokens_are_alike_and_none_is_short_enough_to_guess() {
    let house = house().await;
    house.verified(ADA).await;
    let mut seen = BTreeSet::new();
    let mut made = 0;
    for _ in 0..3 {
        let mut tokens = Tokens::of(&house.login(ADA, PASSWORD).await.ok());
        for _ in 0..20 {
            let refreshed = URL_SAFE_NO_PAD.decode(&tokens.refresh).unwrap();
            assert_eq!(
                refreshed.len(),
                16 + 8 + 32,
                "a session, a generation, and 256 bits of a MAC"
            );
            seen.extend([tokens.access.clone(), tokens.refresh.clone()]);
            made += 2;
            tokens = Tokens::of(&refresh(&house, &tokens.refresh).await.ok());
        }
    }
    assert_eq!(seen.len(), made);
}
