//! The right to do what only one process at a time may do.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, ExprTrait, QueryFilter,
    sea_query::{Expr, OnConflict, Query},
};

use crate::db::{Db, Global, Tx};

mod entity {
    #![expect(clippy::disallowed_methods, reason = "sea-orm's derive calls find()")]

    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "leases")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub name: String,
        /// Counts who has held it: what an earlier holder still writes is refused.
        pub token: i64,
        pub held_until: DateTimeUtc,
    }

    impl ActiveModelBehavior for ActiveModel {}

    impl crate::db::Global for Entity {}
}

use entity::{Column as C, Entity};

/// How long it holds without being used.
const HELD: Duration = Duration::from_secs(5);

/// A right that is held.
pub(super) struct Lease {
    name: &'static str,
    token: i64,
    until: DateTime<Utc>,
}

impl Lease {
    /// Takes what nobody holds; `None` where somebody does.
    pub async fn claim(db: &Db, name: &'static str) -> Result<Option<Self>, DbErr> {
        let view = db.write_through();
        let until = view.now() + held();
        let mut update = Query::update();
        update
            .table(Entity)
            .value(C::Token, Expr::col(C::Token).add(1))
            .value(C::HeldUntil, until)
            .and_where(C::Name.eq(name).and(C::HeldUntil.lte(view.now())))
            .returning_col(C::Token);
        if let Some(row) = view.query_one(&update).await? {
            return Ok(Some(Self { name, token: row.try_get_by_index(0)?, until }));
        }
        let mut insert = Query::insert();
        insert
            .into_table(Entity)
            .columns([C::Name, C::Token, C::HeldUntil])
            .values_panic([name.into(), 1_i64.into(), until.into()])
            .on_conflict(OnConflict::new().do_nothing().to_owned());
        let first = view.execute(&insert).await?.rows_affected() == 1;
        Ok(first.then_some(Self { name, token: 1, until }))
    }

    /// Whether it still holds; it is renewed where it may have lapsed.
    pub async fn holds(&mut self, db: &Db) -> Result<bool, DbErr> {
        let view = db.write_through();
        if view.now() < self.until {
            return Ok(true);
        }
        let until = view.now() + held();
        let mut update = Query::update();
        update.table(Entity).value(C::HeldUntil, until).and_where(self.mine());
        self.until = until;
        Ok(view.execute(&update).await?.rows_affected() == 1)
    }

    /// Holds it for another while and, until the transaction ends, against everybody: the fence. It
    /// fails where another process has it by now.
    pub async fn fence(&self, tx: &Tx) -> Result<(), DbErr> {
        let kept = Entity::change(tx)
            .col_expr(C::HeldUntil, Expr::val(tx.now() + held()))
            .filter(self.mine())
            .exec(tx)
            .await?;
        match kept.rows_affected {
            1 => Ok(()),
            _ => Err(DbErr::Custom(format!("another process does {} by now", self.name))),
        }
    }

    /// Lets another process have it at once.
    pub async fn hand_back(self, db: &Db) -> Result<(), DbErr> {
        let view = db.write_through();
        let mut update = Query::update();
        update
            .table(Entity)
            .value(C::HeldUntil, DateTime::<Utc>::UNIX_EPOCH)
            .and_where(self.mine());
        view.execute(&update).await?;
        Ok(())
    }

    fn mine(&self) -> Expr {
        C::Name.eq(self.name).and(C::Token.eq(self.token))
    }
}

fn held() -> TimeDelta {
    TimeDelta::from_std(HELD).unwrap_or_default()
}
