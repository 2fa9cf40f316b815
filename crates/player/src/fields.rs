//! Reads members of answers, and says what is missing where.

use serde_json::Value;

use crate::trouble::Trouble;

/// How much of an answer is shown when it is not as expected, in letters.
const SHOWN: usize = 300;

/// The text under `name`.
pub(crate) fn text(answer: &Value, name: &str, at: &str) -> Result<String, Trouble> {
    match answer[name].as_str() {
        Some(text) => Ok(text.to_owned()),
        None => Err(missing(answer, name, "a text", at)),
    }
}

/// The id under `name`, which is a text or an object that carries its own `id`.
pub(crate) fn id(answer: &Value, name: &str, at: &str) -> Result<String, Trouble> {
    match &answer[name] {
        Value::String(id) => Ok(id.clone()),
        object => match object["id"].as_str() {
            Some(id) => Ok(id.to_owned()),
            None => Err(missing(answer, name, "an id", at)),
        },
    }
}

/// The list under `name`.
pub(crate) fn list<'a>(answer: &'a Value, name: &str, at: &str) -> Result<&'a [Value], Trouble> {
    match answer[name].as_array() {
        Some(list) => Ok(list),
        None => Err(missing(answer, name, "a list", at)),
    }
}

/// The whole yen under `name`: a number, or an object with `amount`.
pub(crate) fn yen(answer: &Value, name: &str, at: &str) -> Result<i64, Trouble> {
    let value = &answer[name];
    match value.as_i64().or_else(|| value["amount"].as_i64()) {
        Some(yen) => Ok(yen),
        None => Err(missing(answer, name, "whole yen", at)),
    }
}

/// A value as text, short enough to be shown.
pub(crate) fn shown(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// Yen as people read it: ¥1,234 or -¥1,234.
pub(crate) fn money(yen: i64) -> String {
    let digits = yen.unsigned_abs().to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    format!("{}¥{text}", if yen < 0 { "-" } else { "" })
}

fn missing(answer: &Value, name: &str, kind: &str, at: &str) -> Trouble {
    Trouble::Unexpected {
        at: at.to_owned(),
        expected: format!("{kind} under \"{name}\""),
        got: shown(answer),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop here")]
    use super::*;
    use serde_json::json;

    #[test]
    fn members() {
        let answer = json!({"a": "x", "b": {"id": "y"}, "c": 5, "d": {"amount": 6}, "e": [1]});
        assert_eq!(text(&answer, "a", "").unwrap(), "x");
        assert_eq!(id(&answer, "a", "").unwrap(), "x");
        assert_eq!(id(&answer, "b", "").unwrap(), "y");
        assert_eq!((yen(&answer, "c", "").unwrap(), yen(&answer, "d", "").unwrap()), (5, 6));
        assert_eq!(list(&answer, "e", "").unwrap().len(), 1);
        let missing = yen(&answer, "z", "GET /x").unwrap_err().to_string();
        assert!(missing.starts_with("GET /x: expected whole yen under \"z\", got {"), "{missing}");
    }

    #[test]
    fn money_is_grouped() {
        let cases =
            [(0, "¥0"), (999, "¥999"), (1_000, "¥1,000"), (1_234_567, "¥1,234,567"), (-5_000, "-¥5,000")];
        for (yen, expected) in cases {
            assert_eq!(money(yen), expected);
        }
    }

    #[test]
    fn long_answers_are_cut_between_letters() {
        assert_eq!(shown(&json!("あ".repeat(400))).chars().count(), SHOWN + 1);
    }
}
