//! A server of one test, and people who use it.

use std::{str::FromStr, sync::Arc, time::Duration};

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use kernel::{
    Env, SystemClock,
    testing::{Answer, MailCatcher, TestPlace},
};
use reqwest::Method;
use serde_json::{Value, json};
use server::{Running, Task, launch};

/// What everybody's password is.
pub const PASSWORD: &str = "correct horse battery staple";

/// Who is administrator from the start.
pub const ADMINISTRATOR: &str = "root@groundwork.test";

/// A server of one test on a database of its own.
pub struct Server {
    /// What it stands on.
    pub running: Running,
    /// Where its mails end.
    pub mail: MailCatcher,
    url: String,
    _place: TestPlace,
}

/// Somebody with an HTTP client.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    url: String,
    token: Option<String>,
}

/// The environment of a test's server.
pub fn environment(database: &str, mail: &MailCatcher) -> Env {
    Env::of([
        ("DATABASE_URL", database.to_owned()),
        ("DATABASE_POOL", "6".to_owned()),
        ("LISTEN", "127.0.0.1:0".to_owned()),
        ("PUBLIC_URL", "https://groundwork.test".to_owned()),
        ("CORS_ORIGINS", "https://app.groundwork.test".to_owned()),
        ("TRUSTED_PROXIES", "127.0.0.0/8".to_owned()),
        ("MAIL_URL", mail.url()),
        ("ADMIN_EMAIL", ADMINISTRATOR.to_owned()),
        ("ADMIN_PASSWORD", PASSWORD.to_owned()),
        ("SECRET_KEYS", kernel::Keyring::generate()),
    ])
}

impl Server {
    /// Starts it.
    pub async fn start() -> Self {
        let (place, mail) = (TestPlace::new().await, MailCatcher::start());
        let env = environment(&place.url, &mail);
        let running = launch(&env, Arc::new(SystemClock), Task::ServeAndWork).await;
        let running = running.expect("a running server");
        let url = format!("http://{}", running.address.expect("an address"));
        Self { running, mail, url, _place: place }
    }

    /// Ends it, as SIGTERM does.
    pub async fn stop(self) {
        self.running.stop().await;
    }

    /// Where it listens, as `host:port`.
    pub fn address(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    /// Nobody in particular.
    pub fn stranger(&self) -> Client {
        let http = reqwest::Client::builder().timeout(Duration::from_secs(30)).build();
        Client { http: http.expect("a client"), url: self.url.clone(), token: None }
    }

    /// The administrator, signed in.
    pub async fn administrator(&self) -> Client {
        self.stranger().signed_in(ADMINISTRATOR).await.0
    }

    /// Somebody who has registered, opened the mailed link and signed in.
    pub async fn user(&self, email: &str) -> Client {
        let stranger = self.stranger();
        let new = json!({ "email": email, "password": PASSWORD, "name": "Ada" });
        stranger.post("/api/v1/auth/register", new).await.of(202);
        let token = self.mail.wait_for(email).await.token().to_owned();
        let proof = json!({ "token": token });
        stranger.post("/api/v1/auth/verify-email", proof).await.of(204);
        stranger.signed_in(email).await.0
    }
}

impl Client {
    /// The same person signed in, and their refresh token.
    pub async fn signed_in(&self, email: &str) -> (Self, String) {
        let login = json!({ "email": email, "password": PASSWORD });
        let tokens = self.post("/api/v1/auth/login", login).await.of(200);
        let token = |name: &str| tokens[name].as_str().expect("a token").to_owned();
        let client = Self { token: Some(token("access_token")), ..self.clone() };
        (client, token("refresh_token"))
    }

    /// The same person with another token.
    pub fn bearing(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// GET
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], "").await
    }

    /// POST, a JSON body
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.json(Method::POST, path, &body.to_string()).await
    }

    /// PATCH, a JSON body
    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.json(Method::PATCH, path, &body.to_string()).await
    }

    /// DELETE
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, &[], "").await
    }

    /// Any method, a body that says it is JSON.
    pub async fn json(&self, method: Method, path: &str, body: &str) -> Answer {
        self.send(method, path, &[("content-type", "application/json")], body.to_owned()).await
    }

    /// Any method, any headers, any body.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<reqwest::Body>,
    ) -> Answer {
        let mut request = self.http.request(method, format!("{}{path}", self.url)).body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let response = request.send().await.expect("an answer");
        let mut headers = HeaderMap::new();
        for (name, value) in response.headers() {
            let name = HeaderName::from_str(name.as_str()).expect("a name");
            headers.append(name, HeaderValue::from_bytes(value.as_bytes()).expect("a value"));
        }
        let status = response.status().as_u16();
        Answer::new(status, headers, response.text().await.expect("a body"))
    }
}
