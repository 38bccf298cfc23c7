//! The assembled server, over real connections: journeys, contracts that are generated from its
//! document, bad input, load.
#![recursion_limit = "256"] // futures of whole journeys are deep
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test says what it expects"
)]

mod contracts;
mod harness;
mod hostile;
mod journeys;
mod load;
mod privileges;
mod statements;
