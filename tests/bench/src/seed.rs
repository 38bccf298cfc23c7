//! Rows past the API, where the API would take too long.

mod accounts;
mod entries;
mod products;

pub use accounts::accounts;
pub use entries::entries;
pub use products::{insert, products};

use std::ops::Range;

use tokio_postgres::{Client, NoTls};
use uuid::Uuid;

/// The id of the seeded organization of this number.
pub fn organization(number: u32) -> Uuid {
    Uuid::from_u128(u128::from(number) + 1)
}

/// Makes the account of this address an owner of more organizations, those of these numbers.
pub fn memberships(url: &str, email: &str, numbers: Range<u32>) {
    match url.strip_prefix("sqlite:") {
        Some(file) => in_sqlite(file, email, numbers),
        None => connected(url, async |client| in_postgres(&client, email, numbers).await),
    }
}

/// Does something with a connection to PostgreSQL.
fn connected(url: &str, act: impl AsyncFnOnce(Client)) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
        #[expect(clippy::disallowed_methods, reason = "it drives the connection beside us")]
        let _driver = tokio::task::spawn(connection);
        act(client).await;
    });
}

fn in_sqlite(file: &str, email: &str, numbers: Range<u32>) {
    let mut connection = rusqlite::Connection::open(file).unwrap();
    connection.busy_timeout(std::time::Duration::from_secs(30)).unwrap();
    let whole = connection.transaction().unwrap();
    let user: Vec<u8> =
        whole.query_row("select id from users where email = ?1", [email], |it| it.get(0)).unwrap();
    for number in numbers {
        let organization = organization(number);
        let id = organization.as_bytes().as_slice(); // its role's as well
        let now = "2026-11-20 12:00:00.000000+00:00";
        let slug = format!("seeded-{number}");
        whole.prepare_cached("insert into organizations (id, name, slug, slug_skeleton, version, created_at, updated_at) values (?1, 'Seeded', ?2, ?2, 1, ?3, ?3)")
            .unwrap().execute((id, &slug, now)).unwrap();
        whole.prepare_cached("insert into memberships (id, organization_id, user_id, version, created_at, updated_at) values (?1, ?1, ?2, 1, ?3, ?3)")
            .unwrap().execute((id, &user, now)).unwrap();
        whole.prepare_cached("insert into roles (id, organization_id, key, name, description, permissions, system, version, created_at, updated_at) values (?1, ?1, 'owner', 'Owner', '', '[]', 1, 1, ?2, ?2)")
            .unwrap().execute((id, now)).unwrap();
        whole.prepare_cached("insert into role_assignments (organization_id, user_id, role_id, created_at) values (?1, ?2, ?1, ?3)")
            .unwrap().execute((id, &user, now)).unwrap();
    }
    whole.commit().unwrap();
}

async fn in_postgres(client: &Client, email: &str, numbers: Range<u32>) {
    let row = client.query_one("select id from users where email = $1", &[&email]).await;
    let user: Uuid = row.unwrap().get(0);
    let made = "select lpad(to_hex(n + 1), 32, '0')::uuid as id, 'seeded-' || n as slug from generate_series($1, $2 - 1) n";
    let (first, end) = (i32::try_from(numbers.start).unwrap(), i32::try_from(numbers.end).unwrap());
    client.execute(&format!("insert into organizations (id, name, slug, slug_skeleton, version, created_at, updated_at) select id, 'Seeded', slug, slug, 1, now(), now() from ({made}) made"), &[&first, &end]).await.unwrap();
    client.execute(&format!("insert into memberships (id, organization_id, user_id, version, created_at, updated_at) select id, id, $3, 1, now(), now() from ({made}) made"), &[&first, &end, &user]).await.unwrap();
    client.execute(&format!("insert into roles (id, organization_id, key, name, description, permissions, system, version, created_at, updated_at) select id, id, 'owner', 'Owner', '', '[]', true, 1, now(), now() from ({made}) made"), &[&first, &end]).await.unwrap();
    client.execute(&format!("insert into role_assignments (organization_id, user_id, role_id, created_at) select id, $3, id, now() from ({made}) made"), &[&first, &end, &user]).await.unwrap();
    client.batch_execute("analyze").await.unwrap();
}
