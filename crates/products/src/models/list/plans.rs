//! How the databases go about each list: by an index, and without sorting an organization's products.

use kernel::{
    OrgTx,
    testing::{Actor, App, plan},
};
use sea_orm::{DbErr, Order, QueryOrder, QuerySelect};

use super::*;

/// Products enough that it matters, half of them one organization's.
async fn stocked(app: &App) -> Actor<'_> {
    let owner = app.member(&[]);
    let other = app.member(&[]);
    for who in [&owner, &other] {
        who.door().run(async |tx| stock(tx).await).await.unwrap();
    }
    if owner.door().view().get_database_backend() == DbBackend::Postgres {
        let settle = "analyze; select gin_clean_pending_list('products_search_idx')";
        let settle = async |tx: &kernel::Tx| tx.execute_unprepared(settle).await;
        app.database.system().run(settle).await.unwrap();
    }
    owner
}

async fn stock(tx: &OrgTx) -> Result<(), DbErr> {
    let product = |number: usize| Product {
        id: tx.id(),
        organization_id: tx.org(),
        sku: format!("S-{number}"),
        name: format!("Anvil {}", number % 100),
        description: String::new(),
        status: if number.is_multiple_of(50) { Status::Draft } else { Status::Active },
        price_amount: i64::try_from(number).unwrap() % 1000,
        price_currency: if number.is_multiple_of(40) { "JPY" } else { "EUR" }.to_owned(),
        attributes: serde_json::json!({}),
        version: 1,
        created_at: tx.now(),
        updated_at: tx.now(),
        deleted_at: None,
    };
    let products: Vec<_> = (0..4000).map(|number| product(number).into()).collect();
    crate::models::insert_all(tx, &products).await.map(drop)
}

/// A page in the middle of a list in this order.
fn sorted(tx: &OrgTx, found: Found, columns: &[Column]) -> Select<Entity> {
    let names = columns.iter().map(|column| Expr::col((Entity, *column)));
    let values = columns.iter().map(|column| match column {
        Column::Id => Expr::val(tx.id::<crate::models::ProductId>()),
        Column::Name => Expr::val("Anvil 5"),
        Column::CreatedAt => Expr::val(tx.now()),
        _ => Expr::val(500_i64),
    });
    let beyond = Expr::tuple(names).lt(Expr::tuple(values));
    let list = filtered(tx, found).filter(beyond);
    columns.iter().fold(list, |list, column| list.order_by(*column, Order::Desc)).limit(21)
}

/// Issue 5: keyset pages stay flat.
#[actix_web::test]
async fn each_list_goes_by_the_index_of_its_order() {
    let app = App::of(vec![crate::feature()]).await;
    let owner = stocked(&app).await;
    let any = Found::default();
    let draft = Found { status: Some(Status::Draft), ..any.clone() };
    let euros = Found { currency: Some("EUR".into()), ..any.clone() };
    let priced = Found { priced: true, ..euros.clone() };
    let range = Found { at_least: Some(100), at_most: Some(900), ..priced.clone() };
    let draft_euros = Found { currency: Some("EUR".into()), ..draft.clone() };
    let draft_priced = Found { priced: true, ..draft_euros.clone() };
    let (added, name, price) = (
        &[Column::CreatedAt, Column::Id][..],
        &[Column::Name, Column::Id][..],
        &[Column::PriceAmount, Column::Id][..],
    );
    for (found, order, index) in [
        (&any, added, "created_at"),
        (&any, name, "name"),
        (&draft, added, "status_created_at"),
        (&draft, name, "status_name"),
        (&euros, added, "created_at"),
        (&euros, name, "name"),
        (&priced, price, "price"),
        (&range, price, "price"),
        (&draft_euros, added, "status_created_at"),
        (&draft_euros, name, "status_name"),
        (&draft_priced, price, "status_price"),
    ] {
        let explain = async |tx: &OrgTx| plan(tx, sorted(tx, found.clone(), order)).await;
        let told = owner.door().run(explain).await.unwrap();
        assert!(
            told.contains(&format!("products_organization_id_{index}_idx")),
            "{found:?} {told}"
        );
        assert!(!told.contains("Sort") && !told.contains("TEMP B-TREE"), "{found:?} {told}");
    }
}

#[actix_web::test]
async fn a_search_goes_by_the_index_of_words_and_a_sku_by_its_own() {
    let app = App::of(vec![crate::feature()]).await;
    let owner = stocked(&app).await;
    let words = crate::words::wanted(owner.organization, "anvil 7").unwrap();
    let found = Found { words, currency: Some("EUR".into()), ..Found::default() };
    let explain = async |tx: &OrgTx| {
        plan(tx, sorted(tx, found.clone(), &[Column::CreatedAt, Column::Id])).await
    };
    let told = owner.door().run(explain).await.unwrap();
    let by_words = if told.contains("Bitmap") {
        told.contains("products_search_idx")
    } else {
        told.contains("USING INTEGER PRIMARY KEY") && told.contains("VIRTUAL TABLE INDEX")
    };
    assert!(by_words, "{told}");

    let found = Found { sku: Some("S-7".into()), status: Some(Status::Active), ..Found::default() };
    let explain = async |tx: &OrgTx| {
        plan(tx, sorted(tx, found.clone(), &[Column::CreatedAt, Column::Id])).await
    };
    let told = owner.door().run(explain).await.unwrap();
    assert!(told.contains("products_organization_id_sku_key"), "{told}");
}
