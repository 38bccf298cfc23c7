//! Where the features' routes go, and which of them a request is for.
//!
//! actix lets the first scope whose prefix fits swallow a request. Here a scope takes only the
//! operations it has, so `GET /users/me` and `DELETE /users/me` may belong to two features.

use std::{collections::BTreeSet, sync::Arc};

use actix_web::{
    App,
    guard::{Guard, GuardContext},
    middleware::from_fn,
};
use utoipa::openapi::OpenApi;
use utoipa_actix_web::{AppExt, scope, service_config::ServiceConfig};

use crate::{
    feature::{Mount, Place},
    gate::{ORGANIZATION, authenticate, authorize},
    house::Unsound,
    http::{Route, fits, methods_of},
};

const BASE: &str = "/api/v1";

/// Every mount with its own operations, the most literal prefixes first.
#[derive(Clone)]
pub(crate) struct Mounts(Arc<[Mounted]>);

#[derive(Clone)]
struct Mounted {
    mount: Mount,
    own: Own,
}

/// The operations of one mount, as a guard.
#[derive(Clone)]
struct Own(Arc<[(&'static str, Route)]>);

impl Mounts {
    /// Finds out what each mount serves; one operation in two mounts is unsound.
    pub fn of(mounts: impl Iterator<Item = Mount>) -> Result<Self, Unsound> {
        let mut taken = BTreeSet::new();
        let mut mounted = Vec::new();
        for mount in mounts {
            let mut own = Vec::new();
            for (path, item) in documented(|app| place(app, &mount)).paths.paths {
                for method in methods_of(&item) {
                    let shape: Vec<_> = path
                        .split('/')
                        .map(|it| if it.starts_with('{') { "{}" } else { it })
                        .collect();
                    if !taken.insert((method, shape.join("/"))) {
                        return Err(Unsound(format!("{method} {path} is served twice")));
                    }
                    own.push((method, Route(path.as_str().into())));
                }
            }
            mounted.push(Mounted { mount, own: Own(own.into()) });
        }
        mounted.sort_by_key(|it| {
            let segments = || it.mount.prefix.split('/').filter(|segment| !segment.is_empty());
            let literal = segments().filter(|it| !it.starts_with('{')).count();
            std::cmp::Reverse((literal, segments().count()))
        });
        Ok(Self(mounted.into()))
    }

    /// Mounts everything.
    pub fn configure(&self, app: &mut ServiceConfig<'_>) {
        let at = |wanted| self.0.iter().filter(move |it| it.mount.place == wanted);
        let inside = scope(organization().as_str()).wrap(from_fn(authorize)).configure(|it| {
            at(Place::Organization).for_each(|mounted| mounted.configure(it));
        });
        let v1 = scope(BASE)
            .wrap(from_fn(authenticate))
            .configure(|it| at(Place::Api).for_each(|mounted| mounted.configure(it)))
            .service(inside);
        app.service(v1);
        at(Place::Root).for_each(|mounted| mounted.configure(app));
    }

    /// The document of all of them, as the handlers tell it.
    pub fn document(&self) -> OpenApi {
        documented(|app| self.configure(app))
    }
}

impl Mounted {
    fn configure(&self, app: &mut ServiceConfig<'_>) {
        let Mount { prefix, routes, .. } = self.mount;
        app.service(scope(prefix).guard(self.own.clone()).configure(routes));
    }
}

impl Guard for Own {
    fn check(&self, context: &GuardContext<'_>) -> bool {
        let head = context.head();
        let (method, path) = (head.method.as_str(), head.uri.path());
        let mut own = self.0.iter().filter(|(own, _)| *own == method);
        let Some((_, route)) = own.find(|(_, route)| fits(&route.0, path)) else { return false };
        context.req_data_mut().insert(route.clone());
        true
    }
}

/// One mount alone at its place, to see what it serves.
fn place(app: &mut ServiceConfig<'_>, mount: &Mount) {
    let alone = scope(mount.prefix).configure(mount.routes);
    match mount.place {
        Place::Root => app.service(alone),
        Place::Api => app.service(scope(BASE).service(alone)),
        Place::Organization => {
            app.service(scope(BASE).service(scope(organization().as_str()).service(alone)))
        }
    };
}

fn documented(configure: impl FnOnce(&mut ServiceConfig<'_>)) -> OpenApi {
    App::new().into_utoipa_app().configure(configure).split_for_parts().1
}

fn organization() -> String {
    format!("/organizations/{{{ORGANIZATION}}}")
}
