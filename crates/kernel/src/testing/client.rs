use actix_web::{
    HttpResponse,
    body::{MessageBody, to_bytes},
    http::{
        Method,
        header::{CONTENT_TYPE, HeaderMap},
    },
    test::TestRequest,
};
use serde_json::Value;

use super::App;
use crate::{Asker, Caller, Door, OrgView, OrganizationId, UserId, View, id};

/// Somebody at an organization's door: paths are relative to it, except those that begin with
/// `/api`, `/links` or another first segment of the whole server, which are told by `//`.
#[derive(Clone)]
pub struct Actor<'a> {
    app: &'a App,
    caller: Option<Caller>,
    token: Option<String>,
    headers: Vec<(String, String)>,
    /// The organization they knock at.
    pub organization: OrganizationId,
}

impl<'a> Actor<'a> {
    pub(super) fn known(app: &'a App, caller: Caller, organization: OrganizationId) -> Self {
        let token = caller.user().map(|user| user.to_string());
        Self { app, caller: Some(caller), token, headers: Vec::new(), organization }
    }

    pub(super) fn bearing(app: &'a App, token: Option<String>) -> Self {
        let organization = OrganizationId(id::next());
        Self { app, caller: None, token, headers: Vec::new(), organization }
    }

    /// The same person at another organization's door.
    #[must_use]
    pub fn at(&self, organization: OrganizationId) -> Self {
        Self { organization, ..self.clone() }
    }

    /// The same person, served by another replica.
    #[must_use]
    pub fn on<'b>(&self, app: &'b App) -> Actor<'b> {
        let Self { caller, token, headers, organization, .. } = self.clone();
        Actor { app, caller, token, headers, organization }
    }

    /// Nobody in particular at the same door.
    #[must_use]
    pub fn stranger(&self) -> Self {
        Self { caller: None, token: None, ..self.clone() }
    }

    /// Somebody whose token nobody has issued.
    #[must_use]
    pub fn forged(&self) -> Self {
        Self { caller: None, token: Some("forged".into()), ..self.clone() }
    }

    /// The same person, with one more header.
    #[must_use]
    pub fn with(&self, name: &str, value: &str) -> Self {
        let mut actor = self.clone();
        actor.headers.push((name.to_owned(), value.to_owned()));
        actor
    }

    /// Their account.
    ///
    /// # Panics
    /// Where they have none.
    #[expect(clippy::expect_used, reason = "a test's mistake")]
    pub fn user(&self) -> UserId {
        self.caller.as_ref().and_then(Caller::user).expect("an account")
    }

    /// Their way to the organization's rows, past HTTP.
    pub fn door(&self) -> Door<OrgView> {
        self.app.database.inside(self.organization, self.asker())
    }

    /// Their way to the platform's rows, past HTTP.
    pub fn platform(&self) -> Door<View> {
        self.app.database.platform(self.asker())
    }

    /// GET
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, String::new()).await
    }

    /// POST, a JSON body
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, body.to_string()).await
    }

    /// PATCH, a JSON body
    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PATCH, path, body.to_string()).await
    }

    /// DELETE
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, String::new()).await
    }

    /// Any method, any body; JSON unless a header says otherwise.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        body: impl Into<actix_web::web::Bytes>,
    ) -> Answer {
        let organization = format!("/api/v1/organizations/{}", self.organization);
        let uri = match path.strip_prefix('/') {
            Some(whole) if whole.starts_with('/') => whole.to_owned(),
            _ if path.starts_with("/api") => path.to_owned(),
            _ => organization + path,
        };
        let mut request = TestRequest::with_uri(&uri).method(method).set_payload(body);
        if !self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
            request = request.insert_header((CONTENT_TYPE, "application/json"));
        }
        for (name, value) in &self.headers {
            request = request.append_header((name.as_str(), value.as_str()));
        }
        if let Some(token) = &self.token {
            request = request.insert_header(("authorization", format!("Bearer {token}")));
        }
        self.app.call(request).await
    }

    fn asker(&self) -> Asker {
        Asker { caller: self.caller.clone(), ..Asker::default() }
    }
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    headers: HeaderMap,
    /// The body as it came.
    pub text: String,
    /// The body as JSON; `null` where it is none.
    pub body: Value,
}

impl Answer {
    pub(super) async fn read(response: HttpResponse<impl MessageBody>) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = to_bytes(response.into_body()).await.unwrap_or_default();
        Self::new(status, headers, String::from_utf8_lossy(&body).into_owned())
    }

    /// What came back over a real connection.
    pub fn new(status: u16, headers: HeaderMap, text: String) -> Self {
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Self { status, headers, text, body }
    }

    /// A header, empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|it| it.to_str().ok()).unwrap_or_default()
    }

    /// The body of a 200.
    #[track_caller]
    pub fn ok(self) -> Value {
        self.of(200)
    }

    /// The body of a 201.
    #[track_caller]
    pub fn created(self) -> Value {
        self.of(201)
    }

    /// A 202.
    #[track_caller]
    pub fn accepted(self) {
        self.of(202);
    }

    /// A 204.
    #[track_caller]
    pub fn no_content(self) {
        self.of(204);
    }

    /// The body of this status.
    #[track_caller]
    #[expect(clippy::missing_panics_doc, reason = "it is an assertion")]
    pub fn of(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        self.body
    }

    /// The problem of this status and code, in the shape every problem has.
    #[track_caller]
    #[expect(clippy::missing_panics_doc, reason = "it is an assertion")]
    pub fn problem(self, status: u16, code: &str) -> Value {
        let told = |member: &str| self.body.get(member).and_then(Value::as_str);
        assert_eq!((self.status, told("code")), (status, Some(code)), "{}", self.text);
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(told("request_id"), Some(self.header("x-request-id")));
        self.body
    }
}
