//! Millions of products. Their indexes are dropped before and made again after, which takes a
//! fraction of the time.

use std::{io::Cursor, time::Duration};

use chrono::SecondsFormat;
use futures_util::SinkExt;
use rusqlite::{Connection, params};
use tokio_postgres::Client;

use super::connected;
use crate::{
    product::{COLUMNS, Product},
    stock::Stock,
};

/// How many rows go to PostgreSQL at a time.
const SOME: usize = 1000;

/// Stocks organizations; no server runs meanwhile.
pub fn products(url: &str, stocks: &[Stock]) {
    match url.strip_prefix("sqlite:") {
        Some(file) => in_sqlite(file, stocks),
        None => connected(url, async |client| in_postgres(&client, stocks).await),
    }
}

/// Inserts a row into SQLite.
pub fn insert(connection: &Connection, product: &Product) -> rusqlite::Result<()> {
    let Product { id, organization, content, created_at } = product;
    let sql = format!(
        "insert into products ({COLUMNS}) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 1, ?11, ?11)"
    );
    connection.prepare_cached(&sql)?.execute(params![
        id.as_bytes(),
        organization.as_bytes(),
        content.sku,
        content.name,
        content.description,
        content.status,
        content.price.amount,
        content.price.currency,
        content.attributes.to_string(),
        product.words(),
        created_at.to_rfc3339_opts(SecondsFormat::AutoSi, false),
    ])?;
    Ok(())
}

/// SQLite keeps no statistics here, for the server never has it gather any.
fn in_sqlite(file: &str, stocks: &[Stock]) {
    let connection = Connection::open(file).unwrap();
    connection.busy_timeout(Duration::from_secs(30)).unwrap();
    let fast =
        "pragma journal_mode = delete; pragma synchronous = off; pragma cache_size = -500000";
    connection.execute_batch(fast).unwrap();
    let made_of = "select type, name, sql from sqlite_schema \
                   where tbl_name = 'products' and type in ('index', 'trigger') and sql is not null";
    let mut select = connection.prepare(made_of).unwrap();
    let part = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    let parts: Vec<(String, String, String)> =
        select.query_map((), part).unwrap().map(Result::unwrap).collect();
    drop(select);

    connection.execute_batch("begin").unwrap();
    for (kind, name, _) in &parts {
        connection.execute_batch(&format!("drop {kind} {name}")).unwrap();
    }
    let last = "select coalesce(max(number), 0) from products";
    let last: i64 = connection.query_row(last, (), |row| row.get(0)).unwrap();
    for product in stocks.iter().flat_map(Stock::products) {
        insert(&connection, &product).unwrap();
    }
    let words = "insert into products_search (rowid, search) \
                 select number, search from products where number > ?1";
    connection.execute(words, [last]).unwrap();
    for (_, _, sql) in &parts {
        connection.execute_batch(sql).unwrap();
    }
    connection.execute_batch("commit; pragma journal_mode = wal").unwrap();
}

async fn in_postgres(client: &Client, stocks: &[Stock]) {
    let made_of = "select indexname, indexdef from pg_indexes \
                   where tablename = 'products' and indexname <> 'products_pkey'";
    let indexes = client.query(made_of, &[]).await.unwrap();
    let drop_all = indexes.iter().map(|row| format!("drop index {};", row.get::<_, String>(0)));
    client.batch_execute(&drop_all.collect::<String>()).await.unwrap();

    let copy = format!("copy products ({COLUMNS}) from stdin");
    let mut sink = Box::pin(client.copy_in::<_, Cursor<Vec<u8>>>(&copy).await.unwrap());
    let products: Vec<_> = stocks.iter().map(Stock::products).collect();
    let mut products = products.into_iter().flatten().map(|it| line(&it)).peekable();
    while products.peek().is_some() {
        let lines: String = products.by_ref().take(SOME).collect();
        sink.send(Cursor::new(lines.into_bytes())).await.unwrap();
    }
    sink.as_mut().finish().await.unwrap();

    let memory = "set maintenance_work_mem = '512MB';".to_owned();
    let make_all = indexes.iter().map(|row| row.get::<_, String>(1) + ";");
    client.batch_execute(&make_all.fold(memory, |all, it| all + &it)).await.unwrap();
    client.batch_execute("vacuum (analyze) products").await.unwrap();
}

/// A row as `COPY` reads it; nothing in it has a tab or a backslash.
fn line(product: &Product) -> String {
    let Product { id, organization, content, created_at } = product;
    let time = created_at.to_rfc3339();
    let columns = [
        &id.to_string(),
        &organization.to_string(),
        &content.sku,
        &content.name,
        &content.description,
        &content.status,
        &content.price.amount.to_string(),
        &content.price.currency,
        &content.attributes.to_string(),
        &product.words(),
        "1",
        &time,
        &time,
    ];
    columns.join("\t") + "\n"
}
