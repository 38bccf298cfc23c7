//! Invitations, from the first mail to the last refusal; mail travels over SMTP.

mod accept;
mod batch;
mod create;
mod kept;
mod limits;
mod mails;
mod manage;
mod races;
mod reach;
mod secrets;
mod shown;

use std::ops::Deref;

use chrono::TimeDelta;
use kernel::testing::{Actor, Answer, MailCatcher};
use serde_json::{Value, json};
use users::{EmailAddress, NewUser};

use crate::{House, house_with};

const PUBLIC: &str = "https://groundwork.test";
const ZOE: &str = "zoe@example.com";
const MINE: &str = "/api/v1/users/me/invitations";

/// The house, and the mail server it sends to.
struct Post {
    house: House,
    mail: MailCatcher,
}

impl Deref for Post {
    type Target = House;

    fn deref(&self) -> &House {
        &self.house
    }
}

async fn post() -> Post {
    post_with(&[]).await
}

async fn post_with(more: &[(&str, &str)]) -> Post {
    let mail = MailCatcher::start();
    let url = mail.url();
    let set = [("MAIL_URL", url.as_str()), ("PUBLIC_URL", PUBLIC)];
    Post { house: house_with(&[&set, more].concat()).await, mail }
}

impl Post {
    /// The token of the last mail to an address, once all mail is out.
    async fn token(&self, address: &str) -> String {
        self.run_jobs().await;
        self.mail.last(address).token().to_owned()
    }

    /// Somebody is invited as a member; the token of the mail.
    async fn invited(&self, by: &Actor<'_>, address: &str) -> String {
        invite(by, address, &["member"]).await.created();
        self.token(address).await
    }

    /// Somebody with an account whose address they have not proved.
    async fn unproved(&self, address: &str) -> Actor<'_> {
        let email = EmailAddress::parse(address).unwrap();
        let new = NewUser { email, name: "Nobody".to_owned(), locale: "de".to_owned() };
        let door = self.database.system();
        let user = door.run(async |tx| users::create(tx, new).await).await.unwrap();
        self.sign_in(user.id, &[])
    }

    async fn preview(&self, token: &str) -> Answer {
        let path = "/api/v1/invitations/preview";
        self.stranger().post(path, json!({ "token": token })).await
    }

    async fn decline(&self, token: &str) -> Answer {
        let path = "/api/v1/invitations/decline";
        self.stranger().post(path, json!({ "token": token })).await
    }

    fn wait(&self, time: TimeDelta) {
        self.database.clock.advance(time);
    }

    async fn members(&self, there: &Actor<'_>) -> i64 {
        let sql = "select count(*) from memberships where organization_id = $1";
        self.count(sql, vec![there.organization.into()]).await
    }
}

async fn invite(by: &Actor<'_>, address: &str, roles: &[&str]) -> Answer {
    by.post("/invitations", json!({ "email": address, "roles": roles })).await
}

async fn accept(who: &Actor<'_>, token: &str) -> Answer {
    who.post("/api/v1/invitations/accept", json!({ "token": token })).await
}

async fn resend(by: &Actor<'_>, id: &Value) -> Answer {
    by.post(&format!("{}/resend", path(id)), json!({})).await
}

/// Where an invitation is found.
fn path(id: &Value) -> String {
    format!("/invitations/{}", id.as_str().unwrap())
}
