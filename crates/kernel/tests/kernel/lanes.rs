//! Connections are shared out among the threads that serve.

use std::sync::Arc;

use actix_web::get;
use kernel::{
    Anyone, Clock, Db, Feature, House, Problem, db::DatabaseConfig, testing::TestDatabase,
};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{connection::exchange, database::number};

#[utoipa::path]
#[get("")]
async fn ask(door: Anyone) -> Result<String, Problem> {
    assert_eq!(number(door.view(), "select count(*) from cache_invalidations").await, 0);
    Ok(door.view().pools().open.to_string())
}

fn routes(api: &mut ServiceConfig<'_>) {
    api.service(ask);
}

#[actix_web::test]
async fn a_thread_that_serves_opens_connections_of_its_own_and_no_more_than_there_may_be() {
    let database = TestDatabase::new().await;
    let config = DatabaseConfig { pool: 32, ..database.config.clone() };
    let (clock, keyring) = (database.clock.clone(), database.keyring.clone());
    let clock: Arc<dyn Clock> = Arc::new(clock);
    let house = House::of(vec![Feature::new("asking").root_routes("/ask", routes)]).await;
    let house = house.unwrap_or_else(|error| unreachable!("{error}"));
    let open = async |registry| Db::open(&config, clock, keyring, registry).await;
    let ground = house.build(open).await.unwrap().ground;
    let before = ground.db().pools();

    let (first, last) = ("GET /ask HTTP/1.1\r\nHost: a\r\n", "Connection: close\r\n\r\n");
    let heard = exchange(&ground, &format!("{first}\r\n{first}\r\n{first}{last}")).await;
    assert_eq!(heard.matches("HTTP/1.1 200").count(), 3, "{heard}");
    // As it was while the thread lived: with it its connections end.
    let meanwhile: u32 = heard.rsplit("\r\n").next().unwrap().parse().unwrap();
    let own = meanwhile.saturating_sub(before.open);
    assert!(meanwhile <= 32 && (own > 0 || config.file().is_some()), "{before:?}, {meanwhile}");

    ground.db().close().await.unwrap();
    assert_eq!(ground.db().pools().open, 0);
}
