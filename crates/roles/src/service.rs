//! What roles allow, who has them, and roles of one's own.

pub mod assign;
pub mod custom;
pub mod export;
pub mod held;
pub mod known;
pub mod platform;
pub mod reach;
