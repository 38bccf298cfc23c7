//! Which methods a path takes: actix guards each method apart, so the document is asked.

use actix_web::{
    HttpRequest, HttpResponse,
    dev::ResourceDef,
    http::{Method, header::ALLOW},
};
use utoipa::openapi::{OpenApi, PathItem};

use crate::problem::{Kind, Problem};

/// The methods of every documented path.
#[derive(Default)]
pub struct Methods(Vec<(ResourceDef, Vec<&'static str>)>);

impl Methods {
    /// As the document tells them.
    pub fn of(document: &OpenApi) -> Self {
        let paths = document.paths.paths.iter();
        Self(paths.map(|(path, item)| (ResourceDef::new(&**path), methods_of(item))).collect())
    }

    /// What is answered where no handler is: 204 with `Allow` to OPTIONS, 405 with `Allow` for a
    /// method that the path does not take, else 404.
    pub fn nobody_home(&self, req: &HttpRequest) -> Result<HttpResponse, Problem> {
        let here = self.0.iter().filter(|(path, _)| path.is_match(req.path()));
        let mut allowed: Vec<&str> =
            here.flat_map(|(_, methods)| methods.iter().copied()).collect();
        if allowed.is_empty() {
            return Err(Kind::NotFound.into());
        }
        if allowed.contains(&"GET") {
            allowed.push("HEAD");
        }
        allowed.push("OPTIONS");
        allowed.sort_unstable();
        allowed.dedup();
        let allowed = allowed.join(", ");
        if req.method() == Method::OPTIONS {
            return Ok(HttpResponse::NoContent().insert_header((ALLOW, allowed)).finish());
        }
        Err(Kind::MethodNotAllowed(allowed).into())
    }
}

/// The operations of a path, by method.
pub(crate) fn methods_of(item: &PathItem) -> Vec<&'static str> {
    let all = [
        ("GET", &item.get),
        ("POST", &item.post),
        ("PUT", &item.put),
        ("PATCH", &item.patch),
        ("DELETE", &item.delete),
    ];
    all.into_iter().filter(|(_, operation)| operation.is_some()).map(|(name, _)| name).collect()
}
