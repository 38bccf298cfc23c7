//! What the log says of a person, in all organizations: each by an index of people alone.

use kernel::{Claimed, View};
use sea_orm::{ColumnTrait, DbErr, QueryFilter, QueryOrder, QuerySelect, Select};

use super::entry::{Column, Concern, Entity, EntryId, Model as EntryRow};

/// Up to `most` of the entries of all organizations that have to do with a person, behind this one, the
/// oldest first.
pub async fn concerning(
    view: &View,
    concern: Concern,
    after: Option<EntryId>,
    most: u64,
) -> Result<Vec<EntryRow>, DbErr> {
    behind(view, concern, after).limit(most).all(view).await
}

fn behind(view: &View, concern: Concern, after: Option<EntryId>) -> Select<Entity> {
    let rows = Entity::claimed(view, &concern);
    let rows = match after {
        Some(after) => rows.filter(Column::Id.gt(after)),
        None => rows,
    };
    rows.order_by_asc(Column::Id)
}

#[cfg(test)]
mod tests {
    use kernel::{
        Tx, UserId,
        testing::{App, plan},
    };
    use sea_orm::{ConnectionTrait, DbBackend, prelude::Uuid};

    use super::*;

    /// Issue 7: an archive is made without a look at what the log says of others.
    #[actix_web::test]
    async fn what_concerns_a_person_goes_by_an_index_of_people() {
        let app = App::of(vec![crate::feature()]).await;
        let person = UserId(Uuid::from_u128(7));
        for (concern, index) in [
            (Concern::By(person), "actor_id_id_idx"),
            (Concern::To(person), "target_id_id_idx"),
            (Concern::About(person), "person_id_id_idx"),
        ] {
            let explain = async |tx: &Tx| {
                // What is empty is read whole sooner than by an index.
                if tx.get_database_backend() == DbBackend::Postgres {
                    tx.execute_unprepared("set local enable_seqscan = off").await?;
                }
                let rows = behind(tx, concern, Some(tx.id()));
                plan(tx, rows.limit(200)).await
            };
            let told = app.database.system().run(explain).await.unwrap();
            assert!(told.contains(index) && !told.contains("TEMP B-TREE"), "{concern:?} {told}");
        }
    }
}
