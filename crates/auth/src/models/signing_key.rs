//! Signing keys' rows and the queries on them.

mod entity;

use std::cmp::Reverse;

use chrono::{DateTime, Utc};
use kernel::{Global, Scope, Tx, View};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, DbErr, QueryFilter, QueryOrder};

pub use entity::{KeyId, Model as SigningKey};

/// All keys, those that begin to sign last come first.
pub async fn all(view: &View) -> Result<Vec<SigningKey>, DbErr> {
    let rows = entity::Entity::rows(view).order_by_desc(entity::Column::Id);
    let mut keys = rows.all(view).await?;
    keys.sort_by_key(|key| Reverse(key.begins()));
    Ok(keys)
}

pub async fn insert(
    tx: &Tx<impl Scope>,
    id: KeyId,
    (secret, public): (Vec<u8>, Vec<u8>),
    signs_from: DateTime<Utc>,
) -> Result<(), DbErr> {
    let row = entity::ActiveModel {
        id: Set(id),
        secret: Set(secret),
        public: Set(public),
        created_at: Set(tx.view().now()),
        signs_from: Set(Some(signs_from)),
    };
    row.insert(tx).await?;
    Ok(())
}

/// Removes a key; `false` where there is none.
pub async fn remove(tx: &Tx<impl Scope>, id: KeyId) -> Result<bool, DbErr> {
    let gone = entity::Entity::remove(tx).filter(entity::Column::Id.eq(id)).exec(tx).await?;
    Ok(gone.rows_affected == 1)
}
