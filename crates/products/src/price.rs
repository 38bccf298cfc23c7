//! Money: whole minor units of a currency, never a fraction.

use std::fmt;

use iso_currency::Currency;
use serde::{Deserialize, Deserializer, Serialize, de::Visitor};
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

/// The most that something may cost, in minor units: every client can hold it exactly.
pub const HIGHEST: i64 = 1_000_000_000_000_000;

/// What something costs.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// In the currency's minor unit as ISO 4217 has it: 1999 are 19.99 EUR, 1999 JPY or 1.999 KWD.
    /// A whole number, written without a fraction or an exponent.
    #[serde(deserialize_with = "whole")]
    #[validate(range(min = 0, max = HIGHEST))]
    #[schema(minimum = 0, maximum = 1_000_000_000_000_000_i64, example = 1999)]
    pub amount: i64,
    /// A currency (ISO 4217), in capitals; no metals, funds or codes for testing.
    #[validate(custom(function = "valid_currency"))]
    #[schema(pattern = "^[A-Z]{3}$", example = "EUR")]
    pub currency: String,
}

/// The rule of a currency's code: one that has a minor unit and is money, not a metal, a fund or a code
/// for testing. One that has been replaced stays good, for there are products priced in it.
pub fn valid_currency(code: &str) -> Result<(), ValidationError> {
    let money = |it: &Currency| it.exponent().is_some() && !it.is_fund() && !it.is_special();
    let known = Currency::from_code(code).filter(money);
    let message = "must be the code of a currency (ISO 4217), such as EUR";
    let fault = || ValidationError::new("currency").with_message(message.into());
    known.map(|_| ()).ok_or_else(fault)
}

/// Reads a number that was written as a whole one: `19.0` and `1e3` are not rounded but refused.
fn whole<'de, D: Deserializer<'de>>(amount: D) -> Result<i64, D::Error> {
    amount.deserialize_i64(Whole)
}

struct Whole;

impl Visitor<'_> for Whole {
    type Value = i64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number of minor units without a fraction or an exponent")
    }

    fn visit_i64<E>(self, amount: i64) -> Result<i64, E> {
        Ok(amount)
    }

    /// What does not fit is too much, whatever it is.
    fn visit_u64<E>(self, amount: u64) -> Result<i64, E> {
        Ok(i64::try_from(amount).unwrap_or(i64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn currencies_are_those_one_can_pay_with() {
        for code in ["EUR", "USD", "JPY", "KWD", "XOF", "CLP", "HRK"] {
            assert!(valid_currency(code).is_ok(), "{code}");
        }
        for code in ["eur", "EURO", "", "XXX", "XTS", "XAU", "XDR", "CLF", "USN", "ZZZ"] {
            assert!(valid_currency(code).is_err(), "{code}");
        }
    }

    #[test]
    fn an_amount_is_a_whole_number_and_nothing_else() {
        let read = |amount: &str| {
            let json = format!(r#"{{"amount":{amount},"currency":"EUR"}}"#);
            serde_json::from_str::<Price>(&json).ok().filter(|it| it.validate().is_ok())
        };
        for amount in ["0", "1999", "1000000000000000"] {
            assert_eq!(read(amount).unwrap().amount.to_string(), amount);
        }
        for amount in [
            "-1",
            "-0",
            "19.0",
            "19.99",
            "1e3",
            "1E0",
            "\"19\"",
            "null",
            "true",
            "[1]",
            "1000000000000001",
            "9223372036854775808",
            "99999999999999999999",
        ] {
            assert!(read(amount).is_none(), "{amount}");
        }
    }
}
