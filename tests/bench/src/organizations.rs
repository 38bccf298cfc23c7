//! What organizations add to a request: nothing that grows.

use std::{path::Path, time::Duration};

use serde_json::Value;

use crate::{
    latency::latencies,
    load::{body, rate, turns},
    process::{Listening, add_administrator, sign_in, sign_in_request},
    request::{get, post_json},
    seed::memberships,
    table::Row,
};

const ROUNDS: usize = 5;

/// How many organizations somebody with many belongs to.
const MANY: u32 = 100_000;

/// On PostgreSQL, or without a URL on an SQLite file of its own.
pub fn rows(server: &Path, postgres: Option<&str>, length: Duration) -> Vec<Row> {
    let folder = tempfile::tempdir().unwrap();
    let database = if postgres.is_some() { "PostgreSQL" } else { "SQLite" };
    let file = format!("sqlite:{}", folder.path().join("bench.db").display());
    let url = postgres.unwrap_or(&file);
    let ours = Listening::server(server, folder.path(), url);
    let (one, many) = ("one@groundwork.test", "many@groundwork.test");
    for email in [one, many] {
        add_administrator(server, folder.path(), url, email);
    }
    let (of_one, of_many) = (sign_in(&ours, one), sign_in(&ours, many));
    let place = found(&ours, &of_one);
    let busy = found(&ours, &of_many);
    memberships(url, many, 0..MANY);

    let read = get(&of_one, &place);
    let me = get(&of_one, "/api/v1/users/me");
    let own = get(&of_many, &busy);
    let check = checks(&of_one, place.rsplit('/').next().unwrap());
    let result: Value = serde_json::from_str(&body(ours.address, &check)).unwrap();
    assert_eq!(result["results"][99]["allowed"], true, "{result}");

    let turns = Turns::new(&ours, length);
    let slowest = (0..ROUNDS).map(|_| {
        let all = latencies(ours.address, &check, 16, length);
        all[all.len() * 99 / 100].as_secs_f64() * 1000.0
    });
    let slowest: Vec<f64> = slowest.collect();
    let limit = 5.0;
    vec![
        turns.beside(
            &format!("GET /organizations/{{id}}, {database}, beside GET /users/me"),
            &read,
            &me,
            32,
        ),
        Row::alone(
            &format!("permissions/check of 100, {database}, p99 in ms (at most)"),
            &slowest,
            limit,
        ),
        turns.beside(
            &format!("GET an organization, {database}, of 100,000 beside of one"),
            &own,
            &read,
            32,
        ),
        turns.beside(
            &format!("sign-in, {database}, with 100,000 organizations beside one"),
            &sign_in_request(many),
            &sign_in_request(one),
            2,
        ),
    ]
}

/// Two requests to one server, measured in turns.
struct Turns<'a> {
    server: &'a Listening,
    length: Duration,
}

impl<'a> Turns<'a> {
    fn new(server: &'a Listening, length: Duration) -> Self {
        Self { server, length }
    }

    fn beside(&self, what: &str, ours: &str, other: &str, connections: usize) -> Row {
        let (ours, other) = (turns(&[ours.to_owned()]), turns(&[other.to_owned()]));
        let (mut mine, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            mine.push(rate(self.server.address, &ours, connections, self.length));
            theirs.push(rate(self.server.address, &other, connections, self.length));
        }
        Row::beside(what, &mine, &theirs, 0.95)
    }
}

/// Founds an organization, and answers its path.
fn found(server: &Listening, token: &str) -> String {
    let request = post_json(token, "/api/v1/organizations", r#"{"name":"Acme"}"#);
    let made: Value = serde_json::from_str(&body(server.address, &request)).unwrap();
    format!("/api/v1/organizations/{}", made["id"].as_str().unwrap())
}

/// A hundred questions about one organization and the platform.
fn checks(token: &str, organization: &str) -> String {
    let check = |n: usize| match n % 2 {
        0 => r#"{"permission":"users:write"}"#.to_owned(),
        _ => format!(r#"{{"permission":"members:read","organization_id":"{organization}"}}"#),
    };
    let checks = (0..100).map(check).collect::<Vec<_>>().join(",");
    post_json(token, "/api/v1/permissions/check", &format!(r#"{{"checks":[{checks}]}}"#))
}
