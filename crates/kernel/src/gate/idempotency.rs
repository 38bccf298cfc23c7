//! `Idempotency-Key`: a request that is sent twice has one effect and one answer.
//!
//! The answer is kept, encrypted, in the transaction of the effect, so that not even the server's
//! death can part the two. The name under which it is kept says whose request it was, and to what.

use actix_web::{
    HttpMessage, HttpRequest, HttpResponse,
    body::{BoxBody, MessageBody},
    http::{
        Method, StatusCode,
        header::{HeaderName, HeaderValue},
    },
};
use chrono::TimeDelta;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, QueryFilter,
    Statement,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    access::Actor,
    db::{Global, Scope, Tx, View},
    http::BodyDigest,
    problem::{Invalid, Kind, Problem},
};

mod entity {
    #![expect(clippy::disallowed_methods, reason = "sea-orm's derive calls find()")]

    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "idempotency_keys")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub name: Vec<u8>,
        pub body_hash: Vec<u8>,
        pub answer: Vec<u8>,
        pub created_at: DateTimeUtc,
    }

    impl ActiveModelBehavior for ActiveModel {}

    impl crate::db::Global for Entity {}
}

const HEADER: &str = "idempotency-key";
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
const SEAL: &str = "idempotency";

/// How long an answer is kept.
pub(crate) const KEPT: TimeDelta = TimeDelta::hours(24);

/// A client's key, made into the name of one request of one caller.
pub(super) struct IdempotencyKey {
    name: [u8; 32],
    body_hash: [u8; 32],
}

/// An answer as it is kept, sealed.
pub(super) struct Kept(entity::Model);

/// An answer that is ready to be sent, and to be sent again.
#[derive(Serialize, Deserialize)]
pub(super) struct Finished {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl IdempotencyKey {
    /// The key of a POST, where it has one; 422 where it is no key.
    pub fn of(request: &HttpRequest, actor: Actor) -> Result<Option<Self>, Problem> {
        let mut given = request.headers().get_all(HEADER);
        let Some(key) = given.next().filter(|_| request.method() == Method::POST) else {
            return Ok(None);
        };
        let key = key.as_bytes();
        let printable = key.iter().all(u8::is_ascii_graphic);
        if given.next().is_some() || !(1..=255).contains(&key.len()) || !printable {
            let message = "must be 1 to 255 printable characters, once";
            return Err(Kind::Invalid(vec![Invalid::new(HEADER, "key", message)]).into());
        }
        let mut name = Sha256::new();
        let (kind, id) = actor.name();
        let path = request.uri().path_and_query().map_or("", |it| it.as_str());
        for part in [kind.as_bytes(), id.as_bytes(), path.as_bytes(), key] {
            name.update(part.len().to_be_bytes());
            name.update(part);
        }
        let body_hash = request.extensions().get::<BodyDigest>().map_or([0; 32], |it| it.0);
        Ok(Some(Self { name: name.finalize().into(), body_hash }))
    }

    /// Keeps others with this key out until the transaction ends: 409 `request_in_progress` where one
    /// is at work. SQLite's writer is alone anyway.
    pub async fn enter(&self, tx: &Tx<impl Scope>) -> Result<(), Problem> {
        if tx.get_database_backend() == DbBackend::Sqlite {
            return Ok(());
        }
        let number = i64::from_be_bytes(*self.name.first_chunk().unwrap_or(&[0; 8]));
        let ask = "select pg_try_advisory_xact_lock($1)";
        let ask = Statement::from_sql_and_values(DbBackend::Postgres, ask, [number.into()]);
        let row = tx.query_one_raw(ask).await?;
        let alone = row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or(false);
        let detail = "Another request with this Idempotency-Key is still running.";
        let running = || Problem::new(Kind::Conflict("request_in_progress"), detail);
        alone.then_some(()).ok_or_else(running)
    }

    /// The answer that is kept, if there is one; 422 `idempotency_key_reused` where it was another
    /// body's.
    pub async fn kept(&self, tx: &Tx<impl Scope>) -> Result<Option<Finished>, Problem> {
        let Some(kept) = self.find(tx.view()).await? else { return Ok(None) };
        if kept.is_old(tx.view()) {
            let mine = entity::Column::Name.eq(self.name.as_slice());
            entity::Entity::remove(tx).filter(mine).exec(tx).await?;
            return Ok(None);
        }
        self.open(tx.view(), &kept).map(Some)
    }

    /// What is kept, however old it is.
    pub async fn find(&self, view: &View) -> Result<Option<Kept>, DbErr> {
        let mine = entity::Column::Name.eq(self.name.as_slice());
        Ok(entity::Entity::rows(view).filter(mine).one(view).await?.map(Kept))
    }

    /// The answer; 422 `idempotency_key_reused` where it was another body's.
    pub fn open(&self, view: &View, Kept(row): &Kept) -> Result<Finished, Problem> {
        if row.body_hash != self.body_hash {
            let detail = "This Idempotency-Key was used with another body.";
            return Err(Problem::new(Kind::Unprocessable("idempotency_key_reused"), detail));
        }
        let opened = view.keyring().open(SEAL, &self.name, &row.answer);
        let answer = opened.ok().and_then(|plain| serde_json::from_slice(&plain).ok());
        answer.ok_or_else(|| Kind::Internal.into())
    }

    /// Keeps an answer, to be sent again; only what succeeded is.
    pub async fn keep(&self, tx: &Tx<impl Scope>, answer: &Finished) -> Result<(), DbErr> {
        if !(200..300).contains(&answer.status) {
            return Ok(());
        }
        let view = tx.view();
        let plain = serde_json::to_vec(answer).map_err(|error| DbErr::Json(error.to_string()))?;
        let row = entity::ActiveModel {
            name: Set(self.name.to_vec()),
            body_hash: Set(self.body_hash.to_vec()),
            answer: Set(view.keyring().seal(SEAL, &self.name, &plain)),
            created_at: Set(view.now()),
        };
        entity::Entity::insert(row).exec_without_returning(tx).await?;
        Ok(())
    }
}

impl Kept {
    /// Whether it is kept no longer.
    pub fn is_old(&self, view: &View) -> bool {
        self.0.created_at <= view.now() - KEPT
    }
}

impl Finished {
    /// Of an answer whose body is whole; none of ours streams here.
    pub fn of(answer: HttpResponse<BoxBody>) -> Result<Self, Problem> {
        let text = |value: &HeaderValue| value.to_str().unwrap_or_default().to_owned();
        let headers = answer.headers().iter();
        let headers = headers.map(|(name, value)| (name.as_str().to_owned(), text(value)));
        let (status, headers) = (answer.status().as_u16(), headers.collect());
        let body = answer.into_body().try_into_bytes().map_err(|_| Kind::Internal)?;
        let body = String::from_utf8(body.to_vec()).map_err(|_| Kind::Internal)?;
        Ok(Self { status, headers, body })
    }

    /// As it goes out the first time.
    pub fn first(self) -> HttpResponse {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        let mut answer = HttpResponse::build(status);
        for (name, value) in self.headers {
            answer.append_header((name, value));
        }
        answer.body(self.body)
    }

    /// As it goes out again.
    pub fn again(self) -> HttpResponse {
        let mut answer = self.first();
        answer.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
        answer
    }
}

/// Removes up to `most` answers that were kept before `before`, and answers how many.
pub(crate) async fn purge(
    tx: &Tx<impl Scope>,
    before: chrono::DateTime<chrono::Utc>,
    most: u64,
) -> Result<u64, DbErr> {
    use sea_orm::QuerySelect;
    let old: Vec<Vec<u8>> = entity::Entity::rows(tx.view())
        .select_only()
        .column(entity::Column::Name)
        .filter(entity::Column::CreatedAt.lt(before))
        .limit(most)
        .into_tuple()
        .all(tx)
        .await?;
    let old = entity::Column::Name.is_in(old);
    Ok(entity::Entity::remove(tx).filter(old).exec(tx).await?.rows_affected)
}
