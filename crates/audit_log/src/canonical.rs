//! JSON in the one form that is hashed: RFC 8785 (JSON Canonicalization Scheme).
//!
//! One rule is stricter: an integer beyond 2^53 is written digit by digit, where the RFC would round
//! it to a double – two of them would look alike, and a change from one to the other would not show.

use std::io::Write as _;

use serde_json::{Map, Number, Value};

/// The canonical bytes of a value.
pub fn canonical(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(512);
    write(value, &mut bytes);
    bytes
}

fn write(value: &Value, to: &mut Vec<u8>) {
    match value {
        Value::Null => to.extend_from_slice(b"null"),
        Value::Bool(true) => to.extend_from_slice(b"true"),
        Value::Bool(false) => to.extend_from_slice(b"false"),
        Value::Number(number) => write_number(number, to),
        Value::String(text) => write_text(text, to),
        Value::Array(items) => {
            to.push(b'[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    to.push(b',');
                }
                write(item, to);
            }
            to.push(b']');
        }
        Value::Object(members) => write_members(members, to),
    }
}

/// In the order of their names as UTF-16, which is not that of their bytes.
fn write_members(members: &Map<String, Value>, to: &mut Vec<u8>) {
    let mut members: Vec<_> = members.iter().collect();
    members.sort_by(|(one, _), (other, _)| one.encode_utf16().cmp(other.encode_utf16()));
    to.push(b'{');
    for (at, (name, value)) in members.into_iter().enumerate() {
        if at > 0 {
            to.push(b',');
        }
        write_text(name, to);
        to.push(b':');
        write(value, to);
    }
    to.push(b'}');
}

fn write_number(number: &Number, to: &mut Vec<u8>) {
    match number.as_f64().filter(|_| number.is_f64()) {
        Some(double) => to.extend_from_slice(ryu_js::Buffer::new().format(double).as_bytes()),
        None => to.extend_from_slice(number.to_string().as_bytes()),
    }
}

fn write_text(text: &str, to: &mut Vec<u8>) {
    to.push(b'"');
    for character in text.chars() {
        match character {
            '"' => to.extend_from_slice(b"\\\""),
            '\\' => to.extend_from_slice(b"\\\\"),
            '\u{8}' => to.extend_from_slice(b"\\b"),
            '\t' => to.extend_from_slice(b"\\t"),
            '\n' => to.extend_from_slice(b"\\n"),
            '\u{c}' => to.extend_from_slice(b"\\f"),
            '\r' => to.extend_from_slice(b"\\r"),
            '\0'..='\u{1f}' => {
                let _ = write!(to, "\\u{:04x}", u32::from(character)); // memory takes all
            }
            _ => to.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    to.push(b'"');
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn text(value: &Value) -> String {
        String::from_utf8(canonical(value)).unwrap()
    }

    fn read(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    /// RFC 8785, 3.2.2 and 3.2.3.
    #[test]
    fn the_samples_of_the_rfc_come_out_as_it_says() {
        let sample = r#"{
            "numbers": [0, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
            "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
            "literals": [null, true, false]
        }"#;
        let mut sample = read(sample);
        sample["numbers"][0] = json!(333_333_333.333_333_3_f64);
        assert_eq!(
            text(&sample),
            "{\"literals\":[null,true,false],\
             \"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],\
             \"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}"
        );
        let sample = r#"{
            "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh",
            "1": "One", "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control",
            "\u00f6": "Latin Small Letter O With Diaeresis"
        }"#;
        let sorted = text(&read(sample));
        let order = ["Carriage", "One", "Control", "Latin", "Euro", "Emoji", "Hebrew"];
        let places: Vec<_> = order.iter().map(|it| sorted.find(it).unwrap()).collect();
        assert!(places.is_sorted(), "{sorted}");
    }

    /// RFC 8785, appendix B.
    #[test]
    fn numbers_come_out_as_ecmascript_writes_them() {
        for (bits, written) in [
            (0x0000_0000_0000_0000_u64, "0"),
            (0x8000_0000_0000_0000, "0"),
            (0x0000_0000_0000_0001, "5e-324"),
            (0x8000_0000_0000_0001, "-5e-324"),
            (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
            (0x4340_0000_0000_0000, "9007199254740992"),
            (0x4430_0000_0000_0000, "295147905179352830000"),
            (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
            (0x44b5_2d02_c7e1_4af6, "1e+23"),
            (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
            (0x444b_1ae4_d6e2_ef50, "1e+21"),
            (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
            (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
            (0x41b3_de43_5555_5553, "333333333.3333332"),
            (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
            (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
        ] {
            assert_eq!(text(&json!(f64::from_bits(bits))), written);
        }
        assert_eq!(text(&json!([0, -7, 9_007_199_254_740_991_i64])), "[0,-7,9007199254740991]");
    }

    #[test]
    fn large_integers_that_a_double_would_confuse_stay_apart() {
        assert_eq!(text(&json!(9_007_199_254_740_993_i64)), "9007199254740993");
        assert_eq!(text(&json!(u64::MAX)), "18446744073709551615");
    }
}
