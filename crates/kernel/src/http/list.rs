//! The query string of a list: which page, in which order, and the list's own filters.

use std::{
    collections::BTreeSet,
    future::{Ready, ready},
};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use serde::{Deserialize, de::DeserializeOwned};
use utoipa::IntoParams;
use validator::Validate;

use super::{json::is_clean, valid::checked};
use crate::{
    db::{Count, PageRequest},
    problem::{Invalid, Kind, Problem},
};

/// Which page of a list, filtered by an `F`; unknown and repeated parameters are refused
/// (ASVS 15.3.7).
pub struct Page<F = Unfiltered> {
    /// Which page.
    pub page: PageRequest,
    /// Which items.
    pub filter: F,
}

/// A query string that is no list's, read as strictly.
pub struct Query<F>(
    /// What it says.
    pub F,
);

/// The filters of a list that has none.
#[derive(Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct Unfiltered {}

/// The parameters every list has, for its documentation.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it is read by people")]
pub struct PageParameters {
    /// How many items.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u64>,
    /// The `next_cursor` or `prev_cursor` of another page of the same list.
    #[param(max_length = 1024)]
    cursor: Option<String>,
    /// The order: a name from the list's own, with `-` in front for falling.
    #[param(max_length = 64, example = "-created_at")]
    sort: Option<String>,
    /// `capped` counts up to 10,000 items, `exact` counts all; without it nothing is counted.
    #[param(pattern = "^(capped|exact)$")]
    count: Option<String>,
}

impl<F: DeserializeOwned + Validate> FromRequest for Page<F> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(read(req.path(), req.query_string()))
    }
}

impl<F: DeserializeOwned + Validate> FromRequest for Query<F> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let read = pairs(req.query_string()).and_then(filter);
        ready(read.map(|(filter, _)| Self(filter)))
    }
}

fn pairs(query: &str) -> Result<Vec<(String, String)>, Problem> {
    let unreadable = || Problem::from(Kind::Malformed("malformed_query"));
    let mut pairs: Vec<(String, String)> =
        serde_urlencoded::from_str(query).map_err(|_| unreadable())?;
    if !pairs.iter().all(|(name, value)| is_clean(name) && is_clean(value)) {
        return Err(unreadable());
    }
    let mut names = BTreeSet::new();
    if let Some((twice, _)) = pairs.iter().find(|(name, _)| !names.insert(name.as_str())) {
        return Err(fault(twice, "repeated", "is given twice"));
    }
    pairs.sort();
    Ok(pairs)
}

fn read<F: DeserializeOwned + Validate>(path: &str, query: &str) -> Result<Page<F>, Problem> {
    let mut page = PageRequest { limit: 20, ..PageRequest::default() };
    let mut filters = Vec::new();
    for (name, value) in pairs(query)? {
        match name.as_str() {
            "limit" => {
                let limit = value.parse().ok().filter(|limit| (1..=100).contains(limit));
                page.limit = limit.ok_or_else(|| fault("limit", "range", "must be 1 to 100"))?;
            }
            "cursor" => page.cursor = Some(value),
            "sort" => page.sort = Some(value),
            "count" => {
                page.count = Some(match value.as_str() {
                    "capped" => Count::Capped,
                    "exact" => Count::Exact,
                    _ => return Err(fault("count", "unknown_value", "must be capped or exact")),
                });
            }
            _ => filters.push((name, value)),
        }
    }
    let (filter, filters) = filter(filters)?;
    page.query = format!("{path}?{filters}");
    Ok(Page { page, filter })
}

/// What these pairs say as an `F`, and how they are written.
fn filter<F: DeserializeOwned + Validate>(
    pairs: Vec<(String, String)>,
) -> Result<(F, String), Problem> {
    let written = serde_urlencoded::to_string(pairs);
    let written = written.map_err(|_| Problem::from(Kind::Malformed("malformed_query")))?;
    let filter = serde_urlencoded::Deserializer::new(form_urlencoded::parse(written.as_bytes()));
    let filter: F = serde_path_to_error::deserialize(filter).map_err(|error| {
        let told = error.inner().to_string();
        let place = error.path().to_string();
        match told.split('`').nth(1).filter(|_| told.starts_with("unknown field")) {
            Some(name) => fault(name, "unknown_parameter", "is not known here"),
            None if told.starts_with("missing field") => {
                fault(told.split('`').nth(1).unwrap_or_default(), "required", "is missing")
            }
            None => fault(&place, "type", "does not fit"),
        }
    })?;
    Ok((checked(filter)?, written))
}

fn fault(name: &str, code: &str, message: &str) -> Problem {
    let name: String = name.chars().take(64).collect();
    Kind::Invalid(vec![Invalid::new(name, code, message)]).into()
}
