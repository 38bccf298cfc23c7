//! Tickets: a browser cannot send its token with a WebSocket or an `EventSource`. It shows a ticket
//! instead, which stands for its session at one path and nowhere else.

use actix_web::{HttpMessage, HttpRequest, http::Method};
use chrono::TimeDelta;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, QueryFilter,
    QuerySelect, sea_query::Query,
};

use super::{Authenticate, Site};
use crate::{
    access::Caller,
    db::{Global, Scope, Tx, View},
    id::{SessionId, UserId},
    problem::{Kind, Problem},
    token,
};

mod entity {
    #![expect(clippy::disallowed_methods, reason = "sea-orm's derive calls find()")]

    use sea_orm::entity::prelude::*;

    use crate::id::{SessionId, UserId};

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "tickets")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub hash: Vec<u8>,
        pub user_id: UserId,
        pub session_id: SessionId,
        pub path: String,
        pub origin: String,
        pub used: bool,
        pub created_at: DateTimeUtc,
    }

    impl ActiveModelBehavior for ActiveModel {}

    impl crate::db::Global for Entity {}
}

use entity::{Column as C, Entity};

/// How long after it was made a ticket can first be used, in seconds.
pub const TICKET_LIFE: u32 = 60;

/// No session lasts longer than this.
const FORGOTTEN: TimeDelta = TimeDelta::days(90);

/// Whose a ticket is, once it has been shown.
#[derive(Clone, Copy)]
struct Holder {
    user: UserId,
    session: SessionId,
}

/// A new ticket for whoever asks, good at `path` for pages of `site`: to begin with within a minute, then
/// again and again for as long as their session lives (ASVS 4.4.3, 4.4.4).
pub async fn ticket(tx: &Tx<impl Scope>, site: Site, path: &str) -> Result<String, Problem> {
    let caller = tx.view().caller();
    let holder = caller.and_then(|it| Some((it.user()?, it.session?)));
    let (user, session) = holder.ok_or_else(|| {
        let detail = "A ticket stands for a session, and you have none: send your token.";
        Problem::new(Kind::Forbidden("session_required"), detail)
    })?;
    let secret = token::make();
    let row = entity::ActiveModel {
        hash: Set(token::hash(&secret)),
        user_id: Set(user),
        session_id: Set(session),
        path: Set(path.to_owned()),
        origin: Set(site.0),
        used: Set(false),
        created_at: Set(tx.view().now()),
    };
    Entity::insert(row).exec_without_returning(tx).await?;
    Ok(secret)
}

/// Who shows this ticket. A request that was asked before is not looked up again, but its session is.
pub(super) async fn bearer(
    request: &HttpRequest,
    view: &View,
    port: &dyn Authenticate,
    shown: &str,
) -> Result<Caller, Problem> {
    let bad = || Problem::new(Kind::Unauthenticated("invalid_token"), "The ticket is not good.");
    let known = request.extensions().get::<Holder>().copied();
    let holder = match known {
        Some(holder) => holder,
        None => redeem(request, view, shown).await?.ok_or_else(bad)?,
    };
    let caller = port.session(view, holder.user, holder.session).await?.ok_or_else(bad)?;
    request.extensions_mut().insert(holder);
    Ok(caller)
}

/// The ticket that a request shows.
pub(super) fn shown(request: &HttpRequest) -> Option<String> {
    if request.method() != Method::GET {
        return None;
    }
    let mut pairs = form_urlencoded::parse(request.query_string().as_bytes());
    pairs.find(|(name, _)| name == "ticket").map(|(_, value)| value.into_owned())
}

async fn redeem(
    request: &HttpRequest,
    view: &View,
    shown: &str,
) -> Result<Option<Holder>, Problem> {
    let hash = token::hash(shown);
    let row = Entity::rows(view).filter(C::Hash.eq(hash.clone())).one(view).await?;
    let Some(row) = row.filter(|it| it.path == request.path()) else { return Ok(None) };
    // A page names its origin but where it asks its own server for a stream of events.
    let Site(origin) = Site::of(request)?;
    if !origin.is_empty() && origin != row.origin {
        let detail = "The ticket was made for a page of another origin.";
        return Err(Problem::new(Kind::Forbidden("origin_not_allowed"), detail));
    }
    if !row.used {
        if row.created_at + TimeDelta::seconds(TICKET_LIFE.into()) <= view.now() {
            return Ok(None);
        }
        let mut update = Query::update();
        update.table(Entity).value(C::Used, true).and_where(C::Hash.eq(hash));
        view.db().write_through().execute(&update).await?;
    }
    Ok(Some(Holder { user: row.user_id, session: row.session_id }))
}

/// Deletes up to `most` tickets that are good no more.
pub(crate) async fn purge(tx: &Tx, most: u64) -> Result<u64, DbErr> {
    let (late, long_ago) =
        (tx.now() - TimeDelta::seconds(TICKET_LIFE.into()), tx.now() - FORGOTTEN);
    let unused = C::Used.eq(false).and(C::CreatedAt.lte(late));
    let old: Vec<Vec<u8>> = Entity::rows(tx)
        .select_only()
        .column(C::Hash)
        .filter(unused.or(C::CreatedAt.lte(long_ago)))
        .limit(most)
        .into_tuple()
        .all(tx)
        .await?;
    if old.is_empty() {
        return Ok(0);
    }
    let gone = Entity::remove(tx).filter(C::Hash.is_in(old)).exec(tx).await?;
    Ok(gone.rows_affected)
}
