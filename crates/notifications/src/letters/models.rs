//! Organizations' own words.

mod row;

use kernel::{OrgTx, OrgView, Refusal, Tenanted};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, IntoActiveModel,
    QueryFilter, Select, sea_query::OnConflict,
};

use super::write::Source;
use crate::{Language, Topic};
pub use row::Model;
use row::{Column, Entity, LetterId};

impl From<&Model> for Source {
    fn from(row: &Model) -> Self {
        Self { subject: row.subject.clone(), body: row.body.clone() }
    }
}

fn rows(view: &OrgView, topic: &Topic, language: Language) -> Select<Entity> {
    Entity::mine(view)
        .filter(Column::Topic.eq(topic.key))
        .filter(Column::Language.eq(language.tag()))
}

pub async fn find(
    view: &OrgView,
    topic: &Topic,
    language: Language,
) -> Result<Option<Model>, DbErr> {
    rows(view, topic, language).one(view).await
}

pub async fn all(view: &OrgView) -> Result<Vec<Model>, DbErr> {
    Entity::mine(view).all(view).await
}

/// The row, kept from others until the transaction ends.
pub async fn for_change(tx: &OrgTx, topic: &Topic, language: Language) -> Result<Model, Refusal> {
    kernel::for_change(tx, rows(tx, topic, language)).await
}

/// Makes the row, in version 0 and with these words, where there is none.
pub async fn make(
    tx: &OrgTx,
    topic: &Topic,
    language: Language,
    words: &Source,
) -> Result<(), DbErr> {
    let row = Model {
        id: tx.id(),
        organization_id: tx.org(),
        topic: topic.key.to_owned(),
        language: language.tag().to_owned(),
        subject: words.subject.clone(),
        body: words.body.clone(),
        version: 0,
        created_at: tx.now(),
        updated_at: tx.now(),
    };
    // Of any index: sea-orm's own on_conflict_do_nothing() means the primary key.
    let known = OnConflict::new().do_nothing().to_owned();
    let insert = Entity::insert(row.into_active_model().reset_all()).on_conflict(known);
    insert.exec_without_returning(tx).await?;
    Ok(())
}

/// Writes these words into a row that is kept.
pub async fn put(tx: &OrgTx, row: Model, words: Source) -> Result<Model, DbErr> {
    let version = row.version + 1;
    let mut row = row.into_active_model();
    row.subject = Set(words.subject);
    row.body = Set(words.body);
    row.version = Set(version);
    row.updated_at = Set(tx.now());
    row.update(tx).await
}

pub async fn remove(tx: &OrgTx, id: LetterId) -> Result<(), DbErr> {
    Entity::remove_here(tx).filter(Column::Id.eq(id)).exec(tx).await?;
    Ok(())
}

/// Removes all words of the organization.
pub async fn forget(tx: &OrgTx) -> Result<(), DbErr> {
    Entity::remove_here(tx).exec(tx).await?;
    Ok(())
}
