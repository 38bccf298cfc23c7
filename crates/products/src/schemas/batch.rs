//! Many changes at once, as clients send them and see what became of them.

use kernel::{Invalid, Problem, Refusal, http::fitted, problem::ProblemOut};
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
    /// The changes, each of which is read by itself.
    #[validate(length(min = 1, max = 500, message = "must have 1 to 500 items"))]
    #[schema(min_items = 1, max_items = 500, value_type = Vec<OperationIn>)]
    pub operations: Vec<Value>,
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
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum OperationIn {
    /// Adds a product.
    Create(CreationIn),
    /// Changes a product.
    Update(UpdateIn),
    /// Removes a product.
    Delete(DeletionIn),
}

/// What to add.
#[derive(Debug, Deserialize, Serialize, Validate, ToSchema)]
#[schema(as = ProductCreationIn)]
#[serde(deny_unknown_fields)]
pub struct CreationIn {
    /// The product.
    #[schema(value_type = ProductIn)]
    pub data: Value,
}

/// What to change.
#[derive(Debug, Deserialize, Serialize, Validate, ToSchema)]
#[schema(as = ProductUpdateIn)]
#[serde(deny_unknown_fields)]
pub struct UpdateIn {
    /// Which.
    pub id: ProductId,
    /// The version it must have.
    pub if_match: Option<i64>,
    /// What to change of it, as a JSON merge patch (RFC 7396).
    #[schema(value_type = Object)]
    pub data: Map<String, Value>,
}

/// What to remove.
#[derive(Debug, Deserialize, Serialize, Validate, ToSchema)]
#[schema(as = ProductDeletionIn)]
#[serde(deny_unknown_fields)]
pub struct DeletionIn {
    /// Which.
    pub id: ProductId,
    /// The version it must have.
    pub if_match: Option<i64>,
}

impl OperationIn {
    /// A change as it is sent, its text clean. (Where serde reads the tag it forgets the places.)
    pub fn read(sent: Value) -> Result<Self, Refusal> {
        let fault =
            |at, code, message| Err(Refusal::Invalid(vec![Invalid::new(at, code, message)]));
        let Value::Object(mut members) = sent else {
            return fault("", "type", "must be an object");
        };
        let Some(op) = members.remove("op") else { return fault("/op", "required", "is missing") };
        let members = Value::Object(members);
        match op.as_str() {
            Some("create") => fitted(members).map(Self::Create),
            Some("update") => fitted(members).map(Self::Update),
            Some("delete") => fitted(members).map(Self::Delete),
            _ => fault("/op", "unknown_value", "is none of the values this can have"),
        }
    }
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
    /// Why it was not made; its places are those of the change.
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
