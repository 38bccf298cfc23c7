//! Lists: every item once, forward and backward, at a cost that does not grow with the page.

use std::collections::BTreeSet;

use kernel::{
    OrganizationId, PageOf, Refusal, Tenanted,
    db::{Count, PageRequest},
    testing::{Actor, App},
};
use sea_orm::{ConnectionTrait, DbBackend, EntityTrait, Statement};
use serde_json::{Value, json};

use crate::{
    demo::{READ, ThingIn, WRITE, app},
    things::{self, Entity, LISTING},
};

/// A member with so many things, whose ranks repeat.
async fn things(app: &App, many: i32) -> Actor<'_> {
    let acme = app.member(&[READ, WRITE]);
    fill(&acme, many).await;
    acme
}

async fn fill(acme: &Actor<'_>, many: i32) {
    let door = acme.door();
    let made = door.run(async |tx| {
        for n in 0..many {
            let note = Some(if n % 2 == 0 { "even" } else { "odd" }.to_owned());
            let name = format!("thing {:03}", (n * 7) % many);
            things::create(tx, ThingIn { name, rank: n % 3, note }).await?;
        }
        Ok::<_, sea_orm::DbErr>(())
    });
    made.await.unwrap();
}

fn ids(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().unwrap().iter();
    items.map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

/// Walks from the first page to the last and back; answers the ids in order.
async fn walk(acme: &Actor<'_>, query: &str) -> Vec<String> {
    let at = |cursor: &str| format!("/things?limit=4{query}&cursor={cursor}");
    let mut page = acme.get(&format!("/things?limit=4{query}")).await.ok();
    assert_eq!(page["prev_cursor"], Value::Null);
    let mut pages = vec![ids(&page)];
    while let Some(next) = page["next_cursor"].as_str() {
        page = acme.get(&at(next)).await.ok();
        pages.push(ids(&page));
    }
    for expected in pages.iter().rev().skip(1) {
        page = acme.get(&at(page["prev_cursor"].as_str().unwrap())).await.ok();
        assert_eq!(&ids(&page), expected, "backward, the pages are the same");
        assert_ne!(page["next_cursor"], Value::Null);
    }
    assert_eq!(page["prev_cursor"], Value::Null);
    pages.concat()
}

#[actix_web::test]
async fn pages_follow_one_another_without_gap_or_repetition() {
    let app = app().await;
    let acme = things(&app, 22).await;
    fill(&app.member(&[]), 5).await;

    for sort in ["id", "rank", "name", "created_at"] {
        let rising = walk(&acme, &format!("&sort={sort}")).await;
        let falling = walk(&acme, &format!("&sort=-{sort}")).await;
        assert_eq!(rising.len(), 22, "{sort}");
        assert_eq!(rising.iter().collect::<BTreeSet<_>>().len(), 22, "{sort}");
        assert!(rising.iter().eq(falling.iter().rev()), "{sort}");
    }
    assert_eq!(walk(&acme, "").await, walk(&acme, "&sort=-id").await, "the newest first");
    assert_eq!(walk(&acme, "&note=odd").await.len(), 11);
}

#[actix_web::test]
async fn a_list_of_just_one_page_has_no_other() {
    let app = app().await;
    let acme = things(&app, 4).await;
    for (query, many) in [("?limit=4", 4), ("", 4), ("?note=none", 0)] {
        let answer = acme.get(&format!("/things{query}")).await;
        assert_eq!(answer.header("link"), "");
        let page = answer.ok();
        assert_eq!(
            (ids(&page).len(), &page["next_cursor"], &page["prev_cursor"]),
            (many, &Value::Null, &Value::Null)
        );
        assert_eq!(page.get("total"), None, "nothing is counted unasked");
    }
}

/// What comes and goes while somebody turns pages moves nothing else.
#[actix_web::test]
async fn a_page_is_where_it_was_though_rows_come_and_go() {
    let app = app().await;
    let acme = things(&app, 8).await;
    let all = walk(&acme, "&sort=id").await;
    let first = acme.get("/things?limit=4&sort=id").await.ok();
    acme.delete(&format!("/things/{}", all[3])).await.no_content();
    acme.post("/things", json!({ "name": "New" })).await.created();

    let next = first["next_cursor"].as_str().unwrap();
    let second = acme.get(&format!("/things?limit=4&sort=id&cursor={next}")).await.ok();
    assert_eq!(ids(&second), &all[4..]);
}

/// A18, ASVS 1.4.2, 15.3.7: nothing is guessed.
#[actix_web::test]
async fn parameters_have_bounds_and_stand_once() {
    let app = app().await;
    let acme = things(&app, 1).await;
    for limit in ["1", "100"] {
        acme.get(&format!("/things?limit={limit}")).await.ok();
    }
    for (query, pointer) in [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=-1", "limit"),
        ("limit=x", "limit"),
        ("limit=9223372036854775808", "limit"),
        ("limit=", "limit"),
        ("limit=1&limit=1", "limit"),
        ("note=a&note=b", "note"),
        ("page=1", "page"),
        ("offset=1", "offset"),
        ("sort=secret", "sort"),
        ("sort=organization_id", "sort"),
        ("sort=", "sort"),
        ("sort=--id", "sort"),
        ("sort=id;drop", "sort"),
        ("count=all", "count"),
        ("n%6fte=a&note=b", "note"),
    ] {
        let told = acme.get(&format!("/things?{query}")).await.problem(422, "validation_failed");
        assert_eq!(told["errors"][0]["pointer"], pointer, "{query}");
    }
    acme.get("/things?note=%00").await.problem(400, "malformed_query");
}

/// A18: a cursor is good for its own list, filtered and sorted as it was, and unaltered.
#[actix_web::test]
async fn a_cursor_that_is_altered_or_of_another_list_is_refused() {
    let app = app().await;
    let (acme, rival) = (things(&app, 4).await, things(&app, 4).await);
    let page = acme.get("/things?limit=1&note=odd").await.ok();
    let cursor = page["next_cursor"].as_str().unwrap();

    let whole = format!("note=odd&cursor={cursor}");
    acme.get(&format!("/things?{whole}")).await.ok();
    acme.get(&format!("/things?{whole}&limit=7&count=exact")).await.ok();
    acme.get(&format!("/things?{whole}&sort=-id")).await.ok();
    for other in [
        format!("note=even&cursor={cursor}"),
        format!("cursor={cursor}"),
        format!("{whole}&sort=id"),
        format!("{whole}&sort=-rank"),
        format!("{whole}A"),
        "cursor=".to_owned(),
        "cursor=AAAA".to_owned(),
    ] {
        acme.get(&format!("/things?{other}")).await.problem(400, "invalid_cursor");
    }
    rival.get(&format!("/things?{whole}")).await.problem(400, "invalid_cursor");
    for at in (0..cursor.len()).step_by(5) {
        let mut altered = cursor.to_owned().into_bytes();
        altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
        let altered = String::from_utf8(altered).unwrap();
        acme.get(&format!("/things?note=odd&cursor={altered}"))
            .await
            .problem(400, "invalid_cursor");
    }
}

/// A column that may be empty has no place in a cursor: better no list than half of one.
#[actix_web::test]
async fn a_list_that_cannot_go_on_does_not_begin() {
    let app = app().await;
    let acme = app.member(&[READ, WRITE]);
    for _ in 0..3 {
        acme.post("/things", json!({ "name": "No note" })).await.created();
    }
    acme.get("/things?limit=2&sort=note").await.problem(500, "internal");
}

#[actix_web::test]
async fn a_count_is_made_where_it_is_asked_for() {
    let app = app().await;
    let acme = things(&app, 7).await;
    for count in ["capped", "exact"] {
        let page = acme.get(&format!("/things?limit=2&note=even&count={count}")).await.ok();
        assert_eq!(page["total"], json!({ "value": 4, "relation": "eq" }), "{count}");
    }
}

#[actix_web::test]
async fn a_capped_count_ends_at_ten_thousand() {
    let app = app().await;
    let acme = app.member(&[READ]);
    let door = acme.door();
    door.run(async |tx| {
        for batch in 0..10 {
            let rows: Vec<_> = (0..1001).map(|n| things::row(tx, batch * 1001 + n)).collect();
            Entity::insert_many(rows).exec_without_returning(tx).await?;
        }
        Ok::<_, sea_orm::DbErr>(())
    })
    .await
    .unwrap();
    let total = async |count| {
        let page = PageRequest { limit: 1, count: Some(count), ..PageRequest::default() };
        let page = page.of(Entity::mine(door.view()), &LISTING, door.view()).await.unwrap();
        serde_json::to_value(page.total).unwrap()
    };
    assert_eq!(total(Count::Capped).await, json!({ "value": 10_000, "relation": "gte" }));
    assert_eq!(total(Count::Exact).await, json!({ "value": 10_010, "relation": "eq" }));
}

/// RFC 8288.
#[actix_web::test]
async fn the_link_header_leads_where_the_cursors_do() {
    let app = app().await;
    let acme = things(&app, 6).await;
    let first = acme.get("/things?note=odd&limit=1&sort=rank").await;
    let link = first.header("link").to_owned();
    let cursor = first.ok()["next_cursor"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/organizations/{}/things", acme.organization);
    assert_eq!(link, format!(r#"<{path}?note=odd&limit=1&sort=rank&cursor={cursor}>; rel="next""#));

    let second = acme.get(link.split(['<', '>']).nth(1).unwrap()).await;
    assert!(second.header("link").contains(r#"rel="next", <"#), "{}", second.header("link"));
    assert!(second.header("link").ends_with(r#"rel="prev""#));
}

/// Design §8: no page costs more than the first.
#[actix_web::test]
async fn a_deep_page_is_one_statement_and_an_index_search() {
    let app = app().await;
    let acme = things(&app, 60).await;
    let mut path = "/things?limit=20&sort=rank".to_owned();
    for _ in 0..3 {
        let before = app.database.statements();
        let page = acme.get(&path).await.ok();
        assert_eq!(app.database.statements() - before, 1);
        path = format!(
            "/things?limit=20&sort=rank&cursor={}",
            page["next_cursor"].as_str().unwrap_or("")
        );
    }
    let plan = plan(&acme, acme.organization).await;
    assert!(
        plan.contains("things_rank") && !plan.contains("SCAN things") && !plan.contains("Sort"),
        "{plan}"
    );
    assert!(!plan.contains("TEMP B-TREE"), "{plan}");
}

/// How the database would find a page of the list by rank.
async fn plan(acme: &Actor<'_>, organization: OrganizationId) -> String {
    let door = acme.door();
    let backend = door.view().get_database_backend();
    let explain = if backend == DbBackend::Sqlite { "explain query plan" } else { "explain" };
    let values = [organization.0.into(), 1.into(), organization.0.into()];
    let sql = format!(
        "{explain} select * from things where organization_id = $1 and (rank, id) > ($2, $3) \
         order by rank, id limit 21"
    );
    let plan = door.run(async |tx| {
        if backend == DbBackend::Postgres {
            tx.execute_unprepared("set local enable_seqscan = off").await?;
        }
        tx.query_all_raw(Statement::from_sql_and_values(backend, &sql, values)).await
    });
    let column = if backend == DbBackend::Sqlite { 3 } else { 0 };
    let rows = plan.await.unwrap();
    let lines: Vec<String> = rows.iter().map(|row| row.try_get_by_index(column).unwrap()).collect();
    lines.join("\n")
}

/// A page of five letters that are in memory.
fn letters(app: &App, page: &PageRequest) -> Result<PageOf<String>, Refusal> {
    let letters = ["d", "a", "c", "e", "b"].map(str::to_owned).to_vec();
    page.of_slice(letters, "letter", String::clone, app.database.system().view())
}

#[actix_web::test]
async fn a_list_in_memory_pages_like_one_in_the_database() {
    let app = app().await;
    for (sort, pages) in [("letter", ["ab", "cd", "e"]), ("-letter", ["ed", "cb", "a"])] {
        let at = |cursor: Option<String>| {
            let (sort, query) = (Some(sort.to_owned()), "/letters?".to_owned());
            let count = Some(Count::Capped);
            letters(&app, &PageRequest { limit: 2, cursor, sort, count, query }).unwrap()
        };
        let one = at(None);
        let two = at(one.next_cursor.clone());
        let three = at(two.next_cursor.clone());
        assert_eq!([&one, &two, &three].map(|it| it.items.concat()), pages);
        assert_eq!((&one.prev_cursor, &three.next_cursor), (&None, &None));
        let back = at(three.prev_cursor);
        let begin = at(back.prev_cursor.clone());
        assert_eq!([&begin, &back].map(|it| it.items.concat()), pages[..2]);
        assert_eq!((begin.prev_cursor, begin.total), (None, one.total));
        assert_eq!(at(begin.next_cursor).items, two.items, "and forward again");
    }
    let all = letters(&app, &PageRequest { limit: 5, ..PageRequest::default() }).unwrap();
    assert_eq!((all.items.concat().as_str(), all.next_cursor, all.total), ("abcde", None, None));
}

/// A18: the cursor of a list in memory is bound to its list and order too.
#[actix_web::test]
async fn a_list_in_memory_refuses_what_any_list_refuses() {
    let app = app().await;
    let asked = |query: &str, sort: &str, cursor: Option<&String>| {
        let (sort, query) = (Some(sort.to_owned()), query.to_owned());
        letters(&app, &PageRequest { limit: 2, cursor: cursor.cloned(), sort, count: None, query })
    };
    let cursor = asked("/letters?", "letter", None).unwrap().next_cursor;
    asked("/letters?", "letter", cursor.as_ref()).unwrap();
    for (query, sort) in [("/letters?", "-letter"), ("/letters?vowel=a", "letter")] {
        let refused = asked(query, sort, cursor.as_ref()).unwrap_err();
        assert!(matches!(refused, Refusal::Malformed("invalid_cursor")), "{refused}");
    }
    assert!(asked("/letters?", "letter", Some(&"AAAA".to_owned())).is_err());
    assert!(matches!(asked("/letters?", "word", None), Err(Refusal::Invalid(_))));
    let things = things(&app, 3).await.get("/things?limit=1&sort=id").await.ok();
    let foreign = things["next_cursor"].as_str().unwrap().to_owned();
    asked("/letters?", "letter", Some(&foreign)).unwrap_err();
}
