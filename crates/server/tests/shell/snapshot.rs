//! The description of the API as it was agreed with its callers: a change of it is seen in review.

use crate::stage::Stage;
use serde_json::Value;
use std::{collections::BTreeMap, path::Path};

const RENEW: &str = "TSUGIME_RENEW";
const AGREED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/shell/openapi.json");

/// The same tree with every object in the order of its keys, however `serde_json` is built.
fn in_order(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields: BTreeMap<&String, Value> =
                fields.iter().map(|(name, field)| (name, in_order(field))).collect();
            fields.into_iter().map(|(name, field)| (name.clone(), field)).collect()
        }
        Value::Array(items) => items.iter().map(in_order).collect(),
        other => other.clone(),
    }
}

/// Where two texts part, with the lines of both.
fn first_difference(agreed: &str, now: &str) -> Option<String> {
    let (mut agreed_lines, mut now_lines) = (agreed.lines(), now.lines());
    for line in 1.. {
        match (agreed_lines.next(), now_lines.next()) {
            (None, None) => return None,
            (was, is) if was == is => {}
            (was, is) => return Some(format!("line {line}\n  agreed: {was:?}\n  now:    {is:?}")),
        }
    }
    None
}

#[tokio::test]
async fn the_description_is_the_agreed_one() {
    let described = Stage::new(|_| {}).ask("GET /openapi.json", &[], "").await.json();
    let now = format!("{:#}\n", in_order(&described));
    if std::env::var_os(RENEW).is_some() {
        std::fs::write(AGREED, &now).expect("the agreed description can be written");
    }
    let agreed = std::fs::read_to_string(Path::new(AGREED)).unwrap_or_default();
    if let Some(difference) = first_difference(&agreed, &now) {
        panic!(
            "the API's description has changed at {difference}\n\
             If callers can live with the change, agree to it and commit the file:\n\
             {RENEW}=1 cargo nextest run -p server the_description_is_the_agreed_one"
        );
    }
}
