//! Notifying somebody: a row of the transaction that gives cause.

use kernel::{OrganizationId, UserId, testing::App};
use notifications::Notice;
use sea_orm::{ConnectionTrait, DbErr, Statement};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{CALLED, WAVED, app};

/// Everything that anybody was notified of, as it is stored.
async fn stored(app: &App) -> Vec<(Value, Value)> {
    let door = app.database.system();
    let sql = "select texts, data from notifications order by id";
    let rows = Statement::from_sql_and_values(door.view().get_database_backend(), sql, []);
    let rows = door.view().query_all_raw(rows).await.unwrap();
    let read = |row: &sea_orm::QueryResult| {
        Ok::<_, DbErr>((row.try_get_by_index(0)?, row.try_get_by_index(1)?))
    };
    rows.iter().map(|row| read(row).unwrap()).collect()
}

fn wave() -> Notice {
    Notice::of(json!({ "name": "Ada {{7*7}}\n<b>", "place": "Vienna" }))
}

#[actix_web::test]
async fn a_notification_is_written_in_every_language_when_it_is_sent() {
    let app = app("file:unused").await;
    let user = app.staff(&[]).user();
    let door = app.database.system();
    let before = app.database.statements();
    door.run(async |tx| notifications::notify(tx, user, WAVED, wave())).await.unwrap();
    assert_eq!(
        app.database.statements() - before,
        4,
        "BEGIN, the row, the plan of its mail, COMMIT"
    );

    let [(texts, data)] = stored(&app).await.try_into().unwrap();
    let title = |tag: &str| texts[tag]["title"].clone();
    assert_eq!(
        (title("en"), title("de")),
        ("Ada {{7*7}} <b> waves".into(), "Ada {{7*7}} <b> winkt".into())
    );
    assert_eq!(texts["de"]["body"], "Aus Vienna.");
    assert_eq!(data, json!({ "name": "Ada {{7*7}}\n<b>", "place": "Vienna" }));
}

#[actix_web::test]
async fn a_roll_back_notifies_nobody() {
    let app = app("file:unused").await;
    let user = app.staff(&[]).user();
    let door = app.database.system();
    let undone = door.run(async |tx| {
        notifications::notify(tx, user, WAVED, wave())?;
        Err::<(), _>(DbErr::Custom("no".into()))
    });
    undone.await.unwrap_err();
    assert!(stored(&app).await.is_empty());
}

#[actix_web::test]
async fn a_key_is_used_once_a_person_an_organization_and_a_topic() {
    let app = app("file:unused").await;
    let people = [app.staff(&[]).user(), app.staff(&[]).user()];
    let places = [OrganizationId(Uuid::from_u128(1)), OrganizationId(Uuid::from_u128(2))];
    for _ in 0..2 {
        for place in places {
            let call = || Notice::saying("Fire!", "{{ not a template }}").once("fire");
            let send = async |tx: &kernel::Tx, to: UserId| {
                notifications::notify(&tx.inside(place), to, CALLED, call())?;
                notifications::notify(&tx.inside(place), to, WAVED, wave().once("fire"))
            };
            let door = app.database.system();
            let sent = door.run(async |tx| {
                for person in people {
                    send(tx, person).await?;
                    send(tx, person).await?;
                }
                Ok::<_, DbErr>(())
            });
            sent.await.unwrap();
        }
    }
    let stored = stored(&app).await;
    assert_eq!(stored.len(), 8, "two people, two places, two topics");
    assert_eq!(stored[0].0[""], json!({ "title": "Fire!", "body": "{{ not a template }}" }));
}
