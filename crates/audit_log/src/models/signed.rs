//! What is signed of logs – their heads, and up to where their entries may be gone – and the keys for it.

use kernel::{Global, Scope, Tenanted, Tx, View};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, IntoActiveModel,
    QueryFilter, QueryOrder, QuerySelect, sea_query::Expr,
};

use super::{anchor, chain, checkpoint, signing_key};

pub use anchor::Model as AnchorRow;
pub use checkpoint::Model as CheckpointRow;
pub use signing_key::{KeyId, Model as SigningKey};

/// The newest checkpoint of this place that is no smaller than `size`, else none.
pub async fn latest_checkpoint(
    view: &impl Scope,
    size: i64,
) -> Result<Option<CheckpointRow>, DbErr> {
    let rows = checkpoint::Entity::here(view).filter(checkpoint::Column::Size.gte(size));
    rows.order_by_desc(checkpoint::Column::Size).one(view).await
}

/// The checkpoint of this place at just this size.
pub async fn checkpoint_at(view: &impl Scope, size: i64) -> Result<Option<CheckpointRow>, DbErr> {
    let rows = checkpoint::Entity::here(view).filter(checkpoint::Column::Size.eq(size));
    rows.one(view).await
}

/// The checkpoints of this place of more than `after` entries, the smallest first, up to `most`.
pub async fn checkpoints(
    view: &impl Scope,
    after: i64,
    most: u64,
) -> Result<Vec<CheckpointRow>, DbErr> {
    let rows = checkpoint::Entity::here(view).filter(checkpoint::Column::Size.gt(after));
    rows.order_by_asc(checkpoint::Column::Size).limit(most).all(view).await
}

/// Keeps a checkpoint, and notes how far the log is signed.
pub async fn insert_checkpoint<V: Scope>(tx: &Tx<V>, row: CheckpointRow) -> Result<(), DbErr> {
    use chain::Column as C;
    let (size, at) = (row.size, row.created_at);
    checkpoint::Entity::insert(row.into_active_model().reset_all())
        .exec_without_returning(tx)
        .await?;
    chain::Entity::change_here(tx)
        .col_expr(C::SignedSize, Expr::val(size))
        .col_expr(C::SignedAt, Expr::val(at))
        .filter(C::SignedSize.lt(size))
        .exec(tx)
        .await?;
    Ok(())
}

/// The newest anchor of this place.
pub async fn latest_anchor(view: &impl Scope) -> Result<Option<AnchorRow>, DbErr> {
    anchor::Entity::here(view).order_by_desc(anchor::Column::Size).one(view).await
}

/// Keeps an anchor.
pub async fn insert_anchor<V: Scope>(tx: &Tx<V>, row: AnchorRow) -> Result<(), DbErr> {
    anchor::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(tx).await?;
    Ok(())
}

/// The keys that sign or have signed, the newest first.
pub async fn signing_keys(view: &View) -> Result<Vec<SigningKey>, DbErr> {
    let rows = signing_key::Entity::rows(view);
    rows.order_by_desc(signing_key::Column::Id).all(view).await
}

/// Adds a key.
pub async fn insert_signing_key(
    tx: &Tx<impl Scope>,
    id: KeyId,
    secret: Vec<u8>,
    public: Vec<u8>,
) -> Result<(), DbErr> {
    let row = signing_key::ActiveModel {
        id: Set(id),
        secret: Set(secret),
        public: Set(public),
        created_at: Set(tx.view().now()),
    };
    row.insert(tx).await?;
    Ok(())
}
