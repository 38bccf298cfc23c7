//! Entries of an audit log, six seconds apart; nothing waits to be sealed afterwards.

use uuid::Uuid;

use super::connected;

/// Fills an organization's log; no server runs meanwhile. `mark` is another for each log.
pub fn entries(url: &str, organization: Uuid, entries: u32, mark: u8) {
    let Some(file) = url.strip_prefix("sqlite:") else {
        let sql = postgres(organization, entries, mark);
        return connected(url, async |client| client.batch_execute(&sql).await.unwrap());
    };
    let connection = rusqlite::Connection::open(file).unwrap();
    connection.busy_timeout(std::time::Duration::from_secs(30)).unwrap();
    connection.execute_batch(&sqlite(organization, entries, mark)).unwrap();
}

const COLUMNS: &str = "id, organization_id, action, outcome, actor_type, actor_id, target_type, \
                       target_id, changes, person_id, origin_person_id, request_id, created_at";

fn sqlite(organization: Uuid, entries: u32, mark: u8) -> String {
    let organization = organization.simple();
    format!(
        "insert into audit_log ({COLUMNS})
         with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < {entries})
         select unhex(printf('%012x7%03x800{mark}%012x', 1700000000000 + n * 6000, n % 4096, n)),
             x'{organization}', 'thing.done' || (n % 50), iif(n % 400, 'success', 'denied'), 'user',
             unhex(printf('%032x', n % 100)), 'thing' || (n % 20), unhex(printf('%032x', n % 400)),
             '{{}}', zeroblob(16), zeroblob(16), '',
             strftime('%Y-%m-%dT%H:%M:%S+00:00', 1700000000 + n * 6, 'unixepoch') from numbers;
         delete from audit_log_unsealed;"
    )
}

fn postgres(organization: Uuid, entries: u32, mark: u8) -> String {
    let nil = Uuid::nil();
    format!(
        "insert into audit_log ({COLUMNS})
         select (lpad(to_hex(1700000000000 + n * 6000), 12, '0') || '7' || lpad(to_hex(n % 4096), 3, '0')
                 || '800{mark}' || lpad(to_hex(n), 12, '0'))::uuid,
             '{organization}'::uuid, 'thing.done' || (n % 50),
             case n % 400 when 0 then 'denied' else 'success' end, 'user',
             lpad(to_hex(n % 100), 32, '0')::uuid, 'thing' || (n % 20),
             lpad(to_hex(n % 400), 32, '0')::uuid, '{{}}'::jsonb, '{nil}'::uuid, '{nil}'::uuid, '',
             to_timestamp(1700000000 + n * 6) from generate_series(1::bigint, {entries}) n;
         delete from audit_log_unsealed;
         analyze audit_log;"
    )
}
