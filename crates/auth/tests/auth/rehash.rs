//! Hashes of yesterday's work (ASVS 11.4.2).

use argon2::{Algorithm, Argon2, Params, Version, password_hash::PasswordHasher};

use crate::{ADA, PASSWORD, house};

#[actix_web::test]
async fn a_password_that_was_hashed_with_less_work_is_hashed_anew_when_it_is_next_known() {
    let house = house().await;
    house.verified(ADA).await;
    let params = Params::new(8 * 1024, 1, 1, None).unwrap();
    let weak = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let weak = weak.hash_password(PASSWORD.as_bytes()).unwrap().to_string();
    house.sql(&format!("update passwords set hash = '{weak}'")).await;

    let outdated = "select count(*) from passwords where hash like '$argon2id$v=19$m=8192,%'";
    house.login(ADA, "not the password").await.of(401);
    assert_eq!(house.count(outdated).await, 1, "only its owner can have it hashed");
    house.login(ADA, PASSWORD).await.ok();
    assert_eq!(house.count(outdated).await, 0);
    let today = "select count(*) from passwords where hash like '$argon2id$v=19$m=19456,t=2,p=1$%'";
    assert_eq!(house.count(today).await, 1);
    house.login(ADA, PASSWORD).await.ok();
}
