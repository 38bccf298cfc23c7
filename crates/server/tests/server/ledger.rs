//! What clients were told is written. It lives in the test's process, so it outlives every server
//! and database, and says afterwards what must be there.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use serde_json::{Value, json};

use crate::{
    books::Books,
    wire::{Client, Reply},
};

/// What the administrator is called at first, in version 2 of the account.
const FIRST_NAME: &str = "Administrator";

/// Acknowledged writes: names of the administrator, and accounts.
#[derive(Default)]
pub struct Ledger {
    numbers: AtomicUsize,
    names: Mutex<Vec<(usize, String)>>,
    addresses: Mutex<Vec<String>>,
    /// What the audit log has told so far: from which name to which.
    steps: HashMap<String, String>,
    entries: HashSet<String>,
}

impl Ledger {
    /// Writes another name, and notes it if that is acknowledged; `None` where no answer came.
    pub fn rename(&self, client: &Client) -> Option<Reply> {
        let name = format!("Name {}", self.numbers.fetch_add(1, Ordering::Relaxed));
        let reply = client.rename(&name).ok()?;
        if reply.status == 200 {
            let version = reply.body()["version"].as_u64().unwrap();
            self.names.lock().unwrap().push((usize::try_from(version).unwrap(), name));
        }
        Some(reply)
    }

    /// Registers another account in the same way.
    pub fn register(&self, client: &Client) -> Option<Reply> {
        let number = self.numbers.fetch_add(1, Ordering::Relaxed);
        let email = format!("writer-{number}@example.com");
        let new = json!({ "email": email, "password": "a long enough secret", "name": "Ada" });
        let reply = client.post("/api/v1/auth/register", &new).ok()?;
        if reply.status == 202 {
            self.addresses.lock().unwrap().push(email);
        }
        Some(reply)
    }

    /// How many writes were acknowledged.
    pub fn size(&self) -> usize {
        self.names.lock().unwrap().len() + self.addresses.lock().unwrap().len()
    }

    /// Every acknowledged name was written once and in its version; the audit log has an entry for
    /// each change and none without one.
    pub fn names_are_there(&mut self, client: &Client) {
        let me = client.get("/api/v1/users/me").unwrap().body();
        self.read_audit_log(client, me["id"].as_str().unwrap());
        let version = usize::try_from(me["version"].as_u64().unwrap()).unwrap();
        assert_eq!(self.steps.len(), version - 2, "an entry a change");
        let mut names = vec![FIRST_NAME];
        while let Some(next) = self.steps.get(*names.last().unwrap()) {
            names.push(next);
        }
        assert_eq!(names.len(), version - 1, "the entries are one chain");
        assert_eq!(me["name"], *names.last().unwrap());
        for (version, name) in &*self.names.lock().unwrap() {
            assert_eq!(names[version - 2], name, "acknowledged as version {version}");
        }
    }

    /// Every acknowledged account is there once the jobs have run, and each is there as a whole.
    pub async fn accounts_are_there(&self, books: &Books) {
        books.wait_for("select count(*) from jobs where kind = 'auth.register'", 0).await;
        let emails = "select email from users where email like 'writer-%'";
        let there: HashSet<String> = books.words(emails).await.into_iter().collect();
        for address in &*self.addresses.lock().unwrap() {
            assert!(there.contains(address), "{address} was acknowledged and is lost");
        }
        let one = |table: &str, column: &str, which: &str| {
            format!("(select count(*) from {table} t where t.{column} = u.id {which}) = 1")
        };
        let whole = [
            one("audit_log", "target_id", "and t.action = 'user.created'"),
            one("audit_log", "target_id", "and t.action = 'user.registered'"),
            one("passwords", "user_id", ""),
            one("mailed_links", "user_id", ""),
            one("recipients", "user_id", ""),
        ];
        let whole = whole.join(" and ");
        let halves =
            format!("select count(*) from users u where u.email like 'writer-%' and not ({whole})");
        assert_eq!(books.number(&halves).await, 0, "accounts that are not whole");
        let orphans = "select count(*) from audit_log a where a.action like 'user.%' \
                       and not exists (select 1 from users u where u.id = a.target_id)";
        assert_eq!(books.number(orphans).await, 0, "entries without their account");
    }

    /// Reads what is new, the newest first.
    fn read_audit_log(&mut self, client: &Client, id: &str) {
        let path = format!("/api/v1/audit-log?action=user.updated&target_id={id}&limit=100");
        let mut cursor = String::new();
        loop {
            let page = client.get(&format!("{path}{cursor}")).unwrap();
            assert_eq!(page.status, 200, "{}", page.text);
            let page = page.body();
            let items = page["items"].as_array().unwrap();
            for item in items {
                if !self.entries.insert(item["id"].as_str().unwrap().to_owned()) {
                    return;
                }
                let name = |which: &str| {
                    let name: &Value = &item["changes"]["name"][which];
                    name.as_str().expect("a change of the name").to_owned()
                };
                let before = self.steps.insert(name("from"), name("to"));
                assert_eq!(before, None, "two entries begin at one name");
            }
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return,
            }
        }
    }
}
