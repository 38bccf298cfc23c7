//! Signing keys' rows and the queries on them.

mod entity;

use kernel::{Global, Scope, Tx, View};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, DbErr, QueryOrder};

pub use entity::{KeyId, Model as SigningKey};

/// All keys, the newest first.
pub async fn all(view: &View) -> Result<Vec<SigningKey>, DbErr> {
    entity::Entity::rows(view).order_by_desc(entity::Column::Id).all(view).await
}

pub async fn insert(
    tx: &Tx<impl Scope>,
    id: KeyId,
    secret: Vec<u8>,
    public: Vec<u8>,
) -> Result<(), DbErr> {
    let row = entity::ActiveModel {
        id: Set(id),
        secret: Set(secret),
        public: Set(public),
        created_at: Set(tx.view().now()),
    };
    row.insert(tx).await?;
    Ok(())
}
