//! What an organization sells, and the words by which it is found.

use async_trait::async_trait;
use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, char_len, custom, json_binary, pk_uuid, string_len, text,
        timestamp_with_time_zone, timestamp_with_time_zone_null, uuid, uuid_uniq,
    },
    sea_orm::DbBackend,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        schema.create_table(products(schema.get_database_backend())).await?;
        live_index("sku_key", &["sku"], schema, |index| index.unique()).await?;
        for (order, columns) in ORDERS {
            live_index(&format!("{order}_idx"), columns, schema, |index| index).await?;
            let columns = [&["status"], columns].concat();
            live_index(&format!("status_{order}_idx"), &columns, schema, |index| index).await?;
        }
        let gone = Index::create()
            .name("products_deleted_at_idx")
            .table("products")
            .col("deleted_at")
            .and_where(Expr::col("deleted_at").is_not_null())
            .to_owned();
        schema.create_index(gone).await?;
        let search = match schema.get_database_backend() {
            DbBackend::Sqlite => SQLITE_SEARCH,
            _ => POSTGRES_SEARCH,
        };
        schema.get_connection().execute_unprepared(search).await?;
        Ok(())
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        schema.drop_table(Table::drop().table("products").to_owned()).await?;
        if schema.get_database_backend() == DbBackend::Sqlite {
            schema.drop_table(Table::drop().table("products_search").to_owned()).await?;
        }
        Ok(())
    }
}

/// What lists are sorted by. By the ids alone it would be the same order, but there PostgreSQL might
/// go by the primary key, past the products of every organization. The currency at the end is for who
/// asks for one and sorts by another thing: it is looked at without the row.
const ORDERS: [(&str, &[&str]); 3] = [
    ("created_at", &["created_at", "id", "price_currency"]),
    ("name", &["name", "id", "price_currency"]),
    ("price", &["price_currency", "price_amount", "id"]),
];

/// Only rows that are not deleted have words there: a partial index. What was written last is kept in
/// a list of at most so many KiB, which every search reads.
const POSTGRES_SEARCH: &str = "create index products_search_idx on products using gin (search) \
     with (gin_pending_list_limit = 256) where deleted_at is null";

/// The same by triggers. The words are ASCII letters and digits and whatever is beyond ASCII, which
/// this tokenizer leaves as it is; nobody asks where in a text a word stands.
const SQLITE_SEARCH: &str = "\
create virtual table products_search using fts5(
    search, content = 'products', content_rowid = 'number',
    tokenize = 'ascii', detail = none, columnsize = 0
);
create trigger products_search_insert after insert on products when new.deleted_at is null begin
    insert into products_search (rowid, search) values (new.number, new.search);
end;
create trigger products_search_update after update of search, deleted_at on products begin
    insert into products_search (products_search, rowid, search)
        select 'delete', old.number, old.search where old.deleted_at is null;
    insert into products_search (rowid, search)
        select new.number, new.search where new.deleted_at is null;
end;
create trigger products_search_delete after delete on products when old.deleted_at is null begin
    insert into products_search (products_search, rowid, search)
        values ('delete', old.number, old.search);
end";

fn products(backend: DbBackend) -> TableCreateStatement {
    let mut table = Table::create();
    table.table("products");
    if backend == DbBackend::Sqlite {
        // The index of words knows rows by this number, which VACUUM must not change.
        let number = ColumnDef::new("number").custom("integer").not_null().primary_key().to_owned();
        table.col(number).col(uuid_uniq("id"));
    } else {
        table.col(pk_uuid("id"));
    }
    table
        .col(uuid("organization_id"))
        .col(plain("sku", backend))
        .col(plain("name", backend))
        .col(text("description"))
        .col(string_len("status", 16))
        .col(big_integer("price_amount"))
        .col(char_len("price_currency", 3))
        .col(json_binary("attributes"))
        .col(match backend {
            DbBackend::Sqlite => text("search"),
            _ => custom("search", "tsvector"),
        })
        .col(big_integer("version"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("updated_at"))
        .col(timestamp_with_time_zone_null("deleted_at"))
        .to_owned()
}

/// Text in the order of its code points on both databases, whatever language the server speaks.
fn plain(name: &'static str, backend: DbBackend) -> ColumnDef {
    match backend {
        DbBackend::Sqlite => text(name),
        _ => custom(name, "text collate \"C\""),
    }
}

/// An index on an organization's live products.
async fn live_index(
    name: &str,
    columns: &[&'static str],
    schema: &SchemaManager<'_>,
    finish: fn(&mut IndexCreateStatement) -> &mut IndexCreateStatement,
) -> Result<(), DbErr> {
    let mut index = Index::create();
    index.name(format!("products_organization_id_{name}")).table("products");
    for column in ["organization_id"].iter().chain(columns) {
        index.col(*column);
    }
    index.and_where(Expr::col("deleted_at").is_null());
    schema.create_index(finish(&mut index).to_owned()).await
}
