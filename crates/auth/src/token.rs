//! Tokens: of access and of refresh. Those of mailed links are kernel's. None is good in another's
//! place (A8).

pub mod access;
pub mod keys;
pub mod refresh;
