//! Tokens: of access, of refresh, and of mailed links. None is good in another's place (A8).

pub mod access;
pub mod keys;
pub mod link;
pub mod refresh;
