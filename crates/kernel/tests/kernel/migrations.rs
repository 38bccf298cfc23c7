//! The schema goes up once, whoever asks, and down without a trace.

use std::fs;

use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use futures_util::future::join_all;
use kernel::{db::DatabaseConfig, testing::TestPlace};
use sea_orm::{ConnectionTrait, Database, DbBackend, Statement};
use uuid::Uuid;

/// A database on which nobody has taken a step.
async fn empty() -> TestPlace {
    let place = TestPlace::new().await;
    let config = DatabaseConfig { url: place.url.clone(), pool: 2 };
    if let Some(file) = config.file() {
        fs::remove_file(file).unwrap();
    } else {
        let connection = Database::connect(&place.url).await.unwrap();
        let sql = "drop schema public cascade; create schema public";
        connection.execute_unprepared(sql).await.unwrap();
        connection.close().await.unwrap();
    }
    place
}

/// Everything the schema is made of, as the database itself tells it.
async fn schema(url: &str) -> Vec<String> {
    let connection = Database::connect(url).await.unwrap();
    let backend = connection.get_database_backend();
    let sql = match backend {
        DbBackend::Sqlite => "select coalesce(sql, name) from sqlite_master order by name",
        _ => {
            "select concat_ws(' ', table_name, column_name, data_type, character_maximum_length, \
             is_nullable, column_default) from information_schema.columns where table_schema = 'public' \
             union all select indexdef from pg_indexes where schemaname = 'public' \
             union all select concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid)) \
             from pg_constraint where connamespace = 'public'::regnamespace \
             union all select pg_get_triggerdef(oid) from pg_trigger where not tgisinternal \
             union all select concat_ws(' ', proname, prosrc) from pg_proc \
             where pronamespace = 'public'::regnamespace order by 1"
        }
    };
    let rows = connection.query_all_raw(Statement::from_sql_and_values(backend, sql, [])).await;
    let told = rows.unwrap().iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
    connection.close().await.unwrap();
    told
}

#[actix_web::test]
async fn down_and_up_again_is_the_same_schema() {
    let place = TestPlace::new().await;
    let (url, full) = (&place.url, schema(&place.url).await);
    let steps = migration::status(url).await.unwrap();
    assert!(steps.iter().all(|step| step.applied) && !steps.is_empty());

    for undone in 1..=u32::try_from(steps.len()).unwrap() {
        migration::down(url, undone).await.unwrap();
        let left = migration::status(url).await.unwrap();
        let left = left.iter().filter(|step| step.applied).count();
        assert_eq!(left, steps.len() - usize::try_from(undone).unwrap());
        migration::up(url).await.unwrap();
        assert_eq!(schema(url).await, full, "after {undone} down and up");
    }
}

#[actix_web::test]
async fn all_the_way_down_nothing_is_left() {
    let place = TestPlace::new().await;
    migration::down(&place.url, u32::MAX).await.unwrap();
    let own = |it: &String| !it.contains("seaql_migrations");
    let left: Vec<_> = schema(&place.url).await.into_iter().filter(own).collect();
    assert_eq!(left, Vec::<String>::new());
}

/// R12: eight servers start at once on an empty database.
#[actix_web::test]
async fn eight_starts_at_once_take_each_step_once() {
    let (place, full) = (empty().await, TestPlace::new().await);
    let starts = join_all((0..8).map(|_| migration::up(&place.url))).await;
    assert!(starts.iter().all(Result::is_ok), "{starts:?}");

    assert_eq!(schema(&place.url).await, schema(&full.url).await);
    let taken = migration::status(&place.url).await.unwrap();
    assert!(taken.iter().all(|step| step.applied));
}

/// Organizations that were deleted before it was said when they are erased go when they would have gone.
#[actix_web::test]
async fn what_is_deleted_already_is_erased_when_it_would_have_been() {
    let place = TestPlace::new().await;
    let steps = migration::status(&place.url).await.unwrap();
    let back = steps.iter().rev().take_while(|it| !it.name.ends_with("organizations_erase_at"));
    migration::down(&place.url, u32::try_from(back.count() + 1).unwrap()).await.unwrap();
    let connection = Database::connect(&place.url).await.unwrap();
    let backend = connection.get_database_backend();
    let (id, now) = (Uuid::from_u128(7), Utc.with_ymd_and_hms(2026, 11, 20, 12, 0, 0).unwrap());
    for sql in [
        "insert into organizations (id, name, slug, slug_skeleton, version, created_at, updated_at, deleted_at) values ($1, 'a', 'a', 'a', 1, $2, $2, $2)",
        "insert into settings (id, organization_id, user_id, key, value, sealed_by, locked, version, created_at, updated_at) values ($1, $1, $1, 'organizations.deleted_days', '60', '', false, 1, $2, $2)",
    ] {
        let values = [id.into(), now.into()];
        connection.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await.unwrap();
    }
    migration::up(&place.url).await.unwrap();
    let sql = "select erase_at from organizations";
    let row = connection.query_one_raw(Statement::from_sql_and_values(backend, sql, [])).await;
    let erased: DateTime<Utc> = row.unwrap().unwrap().try_get_by_index(0).unwrap();
    assert_eq!(erased - now, TimeDelta::days(60), "as an operator had set");
    connection.close().await.unwrap();
}
