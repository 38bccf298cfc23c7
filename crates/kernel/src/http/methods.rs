//! Which methods a path takes: actix guards each method apart, so the document is asked.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{Method, header::ALLOW},
};
use utoipa::openapi::{OpenApi, PathItem};

use crate::problem::{Kind, Problem};

/// The methods of every documented path.
#[derive(Default)]
pub struct Methods(Vec<(String, Vec<&'static str>)>);

impl Methods {
    /// As the document tells them.
    pub fn of(document: &OpenApi) -> Self {
        let paths = document.paths.paths.iter();
        Self(paths.map(|(path, item)| (path.clone(), methods_of(item))).collect())
    }

    /// What is answered where no handler is: 204 with `Allow` to OPTIONS, 405 with `Allow` for a
    /// method that the path does not take, else 404.
    pub fn nobody_home(&self, req: &HttpRequest) -> Result<HttpResponse, Problem> {
        let here = self.0.iter().filter(|(pattern, _)| fits(pattern, req.path()));
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

/// Whether a path is one of a documented pattern, each of whose parameters is a whole segment. There is
/// a regular expression in actix for each route, and they are large: this needs none.
pub(crate) fn fits(pattern: &str, path: &str) -> bool {
    let mut given = path.split('/');
    let fits = |wanted: &str| {
        let given = given.next();
        given.is_some_and(|it| it == wanted || wanted.starts_with('{') && !it.is_empty())
    };
    pattern.split('/').all(fits) && given.next().is_none()
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

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn a_parameter_is_one_segment_and_never_none() {
        let fitting = [("/a/{id}", "/a/b"), ("/a", "/a"), ("/{a}/b/{c}", "/x/b/y")];
        let others = [("/a/{id}", "/a/"), ("/a/{id}", "/a/b/c"), ("/a", "/a/"), ("/a/b", "/a")];
        assert!(fitting.iter().all(|(pattern, path)| fits(pattern, path)));
        assert!(!others.iter().any(|(pattern, path)| fits(pattern, path)));
    }
}
