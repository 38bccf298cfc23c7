//! How the databases go about each list: by an index, and without sorting all accounts.

use kernel::{
    Env, Tx,
    testing::{App, plan},
};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Order, QueryOrder, QuerySelect};

use super::*;
use crate::{EmailAddress, NewUser};

/// Accounts enough that it matters, every fiftieth of them disabled; all of one family but one.
async fn crowded() -> App {
    let env = Env::of([("MAIL_URL", "smtp://127.0.0.1:9")]);
    let below = [audit_log::feature(), notifications::feature(&env), crate::feature()];
    let app = App::of(below.into()).await;
    let crowd = async |tx: &Tx| {
        for number in 0..1500 {
            let email = EmailAddress::parse(&format!("a{number}@example.com")).unwrap();
            let name = if number == 700 { "Zoe Unique" } else { "Ada Lovelace" }.to_owned();
            crate::create(tx, NewUser { email, name, locale: "en".into() }).await.unwrap();
        }
        let disable = "update users set status = 'disabled' where email like '%00@example.com'";
        tx.execute_unprepared(disable).await?;
        if tx.get_database_backend() == DbBackend::Postgres {
            tx.execute_unprepared("analyze").await?;
        }
        Ok::<_, DbErr>(())
    };
    app.database.system().run(crowd).await.unwrap();
    app
}

/// What is done for a page in the middle of the list of these.
async fn told(app: &App, words: &[&str], status: Option<AccountStatus>) -> String {
    let words: Vec<_> = words.iter().map(|it| (*it).to_owned()).collect();
    let explain = async |tx: &Tx| {
        // A list so short is read whole sooner than by an index; what cannot be done by one, is so still.
        if tx.get_database_backend() == DbBackend::Postgres {
            tx.execute_unprepared("set local enable_seqscan = off").await?;
        }
        let rows = found(tx, &words, status).await?;
        let rows = rows.filter(Column::Id.lt(tx.id::<UserId>()));
        plan(tx, rows.order_by(Column::Id, Order::Desc).limit(21)).await
    };
    app.database.system().run(explain).await.unwrap()
}

fn sorts(told: &str) -> bool {
    told.contains("Sort") || told.contains("TEMP B-TREE")
}

/// Issue 7: the list of a million accounts stays fast.
#[actix_web::test]
async fn each_list_goes_by_an_index_and_sorts_nothing() {
    let app = crowded().await;
    for (status, postgres, sqlite) in [
        (None, "users_pkey", "sqlite_autoindex_users_1"),
        (Some(AccountStatus::Active), "users_pkey", "sqlite_autoindex_users_1"),
        (Some(AccountStatus::Disabled), "users_disabled_id_idx", "users_disabled_id_idx"),
        (Some(AccountStatus::Deleted), "users_deleted_id_idx", "users_deleted_id_idx"),
    ] {
        let told = told(&app, &[], status).await;
        assert!(told.contains(postgres) || told.contains(sqlite), "{status:?} {told}");
        assert!(!sorts(&told) && !told.contains("Seq Scan"), "{status:?} {told}");
    }
}

/// Issue 7: and so does a search, for a word that few have as for one that nearly everybody has.
#[actix_web::test]
async fn a_search_looks_up_few_and_walks_along_the_list_of_many() {
    let app = crowded().await;
    for status in [None, Some(AccountStatus::Active), Some(AccountStatus::Disabled)] {
        let rare = told(&app, &["uniq", "zoe"], status).await;
        let by_id = rare.contains("id = ") || rare.contains("(id=?");
        assert!(by_id && !rare.contains("Seq Scan"), "{rare}");
        let common = told(&app, &["ada", "love"], status).await;
        assert!(!sorts(&common) && !common.contains("Seq Scan"), "{common}");
    }
}
