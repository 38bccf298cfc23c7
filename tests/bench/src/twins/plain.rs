//! Plain sea-orm, its pool tuned as the server's is.

use std::{net::TcpListener, time::Duration};

use actix_web::{
    App, HttpRequest, HttpServer, Responder,
    error::{ErrorInternalServerError as Failed, ErrorNotFound},
    get,
    web::{Data, Json},
};
use sea_orm::{
    ColumnTrait, ConnectOptions, Database, DatabaseConnection, EntityTrait, QueryFilter,
};

use super::{
    authority::Authority,
    products::{list_products, read_product},
    row::UserOut,
};

/// How many connections read an SQLite file.
const SQLITE_READERS: usize = 4;

/// How long they wait for one another.
const BUSY: Duration = Duration::from_secs(5);

mod user {
    #![expect(clippy::disallowed_methods, reason = "sea-orm's derive calls find()")]

    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "users")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub email: String,
        pub email_canonical: String,
        pub email_verified_at: Option<DateTimeUtc>,
        pub name: String,
        pub locale: String,
        pub time_zone: String,
        pub status: String,
        pub version: i64,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
        pub deleted_at: Option<DateTimeUtc>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

#[get("/api/v1/users/me")]
#[expect(clippy::disallowed_methods, reason = "a twin has no tenants")]
async fn read_me(
    request: HttpRequest,
    authority: Data<Authority>,
    database: Data<DatabaseConnection>,
) -> Result<impl Responder, actix_web::Error> {
    let id = authority.caller(&request)?;
    let live = user::Entity::find_by_id(id).filter(user::Column::DeletedAt.is_null());
    let row = live.one(&**database).await.map_err(Failed)?.ok_or_else(|| ErrorNotFound("no"))?;
    Ok(Json(UserOut {
        id: row.id,
        email: row.email,
        email_verified: row.email_verified_at.is_some(),
        name: row.name,
        locale: row.locale,
        time_zone: row.time_zone,
        status: row.status,
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
    }))
}

pub async fn serve(listener: TcpListener, authority: Authority, url: String) {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let connections = if url.starts_with("sqlite:") { SQLITE_READERS } else { cores * 4 };
    let connections = u32::try_from(connections).unwrap();
    let mut options = ConnectOptions::new(url);
    options.max_connections(connections).min_connections(connections).sqlx_logging(false);
    options.test_before_acquire_if_idle_for(Duration::from_secs(30));
    options.map_sqlx_postgres_opts(|it| {
        it.statement_cache_capacity(512).options([("plan_cache_mode", "force_generic_plan")])
    });
    options.map_sqlx_sqlite_opts(|it| {
        it.statement_cache_capacity(512).busy_timeout(BUSY).pragma("query_only", "on")
    });
    let database = Data::new(Database::connect(options).await.unwrap());
    let app = move || {
        App::new()
            .app_data(Data::new(authority.clone()))
            .app_data(database.clone())
            .service(read_me)
            .service(read_product)
            .service(list_products)
    };
    HttpServer::new(app).listen(listener).unwrap().run().await.unwrap();
}
