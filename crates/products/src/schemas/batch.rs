//! Many changes at once, as clients send them and see what became of them.

use kernel::{Problem, problem::ProblemOut};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use validator::Validate;

use super::product::ProductIn;
use crate::models::ProductId;

/// The most bytes a batch may have.
pub const BATCH: usize = 1024 * 1024;

/// Changes to be made one after the other.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchIn {
    /// The changes.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_items = 1, max_items = 500)]
    pub operations: Vec<OperationIn>,
    /// What to do when one cannot be made; `abort` where nothing is said.
    #[serde(default)]
    #[schema(inline)]
    pub on_error: OnError,
}

/// What to do when one of many changes cannot be made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnError {
    /// None is made, and the answer says which it was.
    #[default]
    Abort,
    /// The others are made.
    Continue,
}

/// One change of many.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
pub enum OperationIn {
    /// Adds a product.
    Create {
        /// The product.
        #[schema(value_type = ProductIn)]
        data: Value,
    },
    /// Changes a product.
    Update {
        /// Which.
        id: ProductId,
        /// The version it must have.
        if_match: Option<i64>,
        /// What to change of it, as a JSON merge patch (RFC 7396).
        #[schema(value_type = Object)]
        data: Map<String, Value>,
    },
    /// Removes a product.
    Delete {
        /// Which.
        id: ProductId,
        /// The version it must have.
        if_match: Option<i64>,
    },
}

/// What became of each change, in their order.
#[derive(Debug, Serialize, ToSchema)]
pub struct BatchOut {
    /// One for each.
    pub results: Vec<ResultOut>,
}

/// What became of one change.
#[derive(Debug, Serialize, ToSchema)]
pub struct ResultOut {
    /// The status it would have had alone, such as 201.
    pub status: u16,
    /// The product, where the change was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub id: Option<ProductId>,
    /// Why it was not made; its places are those of `data`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub problem: Option<ProblemOut>,
}

impl ResultOut {
    /// It was made.
    pub fn made(status: u16, id: ProductId) -> Self {
        Self { status, id: Some(id), problem: None }
    }

    /// It was not, in the request of this id.
    pub fn refused(problem: &Problem, request: &str) -> Self {
        let problem = problem.body(request);
        Self { status: problem.status, id: None, problem: Some(problem) }
    }
}
