//! How the databases go about each filter: by an index of its own, and without sorting what it finds.

use kernel::{
    OrgTx, Scope,
    testing::{Actor, App, plan},
};
use sea_orm::{ConnectionTrait, DbBackend, Order, QuerySelect};

use super::*;
use crate::{Entry, Outcome, record};

/// Entries enough that it matters, half of them one organization's.
async fn busy(app: &App) -> Actor<'_> {
    let (one, other) = (app.member(&[]), app.member(&[]));
    for who in [&one, &other] {
        let lives = async |tx: &OrgTx| {
            live(tx);
            Ok::<_, DbErr>(())
        };
        who.door().run(lives).await.unwrap();
    }
    if one.door().view().get_database_backend() == DbBackend::Postgres {
        let settle = async |tx: &Tx| tx.execute_unprepared("analyze audit_log_before").await;
        app.database.system().run(settle).await.unwrap();
    }
    one
}

fn live(tx: &OrgTx) {
    for number in 0..4000_u128 {
        let kind = if number.is_multiple_of(7) { "room" } else { "desk" };
        let action = if number.is_multiple_of(3) { "desk.moved" } else { "desk.made" };
        let outcome = if number.is_multiple_of(40) { Outcome::Denied } else { Outcome::Success };
        let target = Target::new(kind, Uuid::from_u128(number % 50));
        let by = UserId(Uuid::from_u128(number % 30));
        record(tx, Entry::of(action, target).with(outcome).by(by));
    }
}

/// A page in the middle of such a list.
fn list(view: &impl Scope, filter: &AuditFilter) -> Select<entry::Entity> {
    let rows = filtered(view, filter);
    let behind = rows.filter(entry::Column::Id.lt(order::first(view.view().now())));
    behind.order_by(entry::Column::Id, Order::Desc).limit(21)
}

/// Issue 6: an index behind each filter, so that a page costs the same however long the log is.
#[actix_web::test]
async fn each_filter_goes_by_an_index_of_its_own() {
    let app = App::of(vec![crate::feature()]).await;
    let one = busy(&app).await;
    let any = AuditFilter::default;
    let id = Some(Uuid::from_u128(7));
    let now = Some(app.database.clock().now());
    let every = match one.door().view().get_database_backend() {
        DbBackend::Sqlite => "organization_id_id_idx",
        _ => "audit_log_before_pkey",
    };
    for (filter, index) in [
        (any(), every),
        (AuditFilter { action: Some("desk.moved".into()), ..any() }, "action_id_idx"),
        (AuditFilter { actor_id: id, ..any() }, "actor_id_id_idx"),
        (AuditFilter { target_type: Some("room".into()), ..any() }, "target_type_id_idx"),
        (AuditFilter { target_id: id, ..any() }, "target_id_id_idx"),
        (AuditFilter { outcome: Some(Outcome::Denied), ..any() }, "outcome_id_idx"),
        (AuditFilter { from: now, ..any() }, every),
        (AuditFilter { to: now, ..any() }, every),
        (AuditFilter { actor_id: id, from: now, to: now, ..any() }, "actor_id_id_idx"),
    ] {
        let explain = async |tx: &OrgTx| plan(tx, list(&**tx, &filter)).await;
        let told = one.door().run(explain).await.unwrap();
        assert!(told.contains(index), "{filter:?} {told}");
        assert!(!told.contains("Sort") && !told.contains("TEMP B-TREE"), "{filter:?} {told}");
    }
}
