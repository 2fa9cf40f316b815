//! The OpenAPI document as a list of operations, and whether an answer is what it says.

use axum::http::Method;
use serde_json::{Map, Value};
use std::{collections::BTreeMap, sync::Arc};

/// The way to one thing that can be asked for.
pub(crate) struct Operation {
    pub(crate) method: Method,
    pub(crate) path: String,
    /// The schema of the JSON body that is read, its reference followed.
    pub(crate) takes: Option<Value>,
    /// The content type that is read.
    pub(crate) content_type: Option<String>,
    /// The documented statuses and what their answers hold, by content type.
    pub(crate) answers: BTreeMap<u16, Value>,
    tree: Arc<Value>,
}

pub(crate) struct Document {
    pub(crate) operations: Vec<Operation>,
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

/// Follows one reference within the document.
fn followed<'t>(tree: &'t Value, schema: &'t Value) -> &'t Value {
    let pointer = schema["$ref"].as_str().and_then(|to| to.strip_prefix('#'));
    pointer.map_or(schema, |pointer| tree.pointer(pointer).expect("a reference leads somewhere"))
}

impl Document {
    pub(crate) fn new(tree: &Value) -> Self {
        let tree = Arc::new(tree.clone());
        let mut operations = Vec::new();
        for (path, item) in entries(&tree["paths"]) {
            for (method, operation) in entries(item) {
                assert!(operation["responses"]["default"].is_object(), "{method} {path} has no problem");
                let taken = entries(&operation["requestBody"]["content"]).next();
                let schema = taken.map(|(_, content)| followed(&tree, &content["schema"]).clone());
                let answers = entries(&operation["responses"])
                    .filter_map(|(status, answer)| Some((status.parse().ok()?, answer["content"].clone())));
                operations.push(Operation {
                    method: method.to_uppercase().parse().expect("a method"),
                    path: path.clone(),
                    takes: schema,
                    content_type: taken.map(|(kind, _)| kind.clone()),
                    answers: answers.collect(),
                    tree: Arc::clone(&tree),
                });
            }
        }
        Self { operations }
    }
}

impl Operation {
    /// The schema of a field of the body.
    pub(crate) fn resolved<'s>(&'s self, schema: &'s Value) -> &'s Value {
        followed(&self.tree, schema)
    }

    /// Whether an answer has a documented content type and the fields that are promised.
    pub(crate) fn fits(&self, content: &Value, kind: &str, text: &str) -> Result<(), String> {
        let essence = kind.split(';').next().unwrap_or_default().trim();
        let documented = content.get(essence).ok_or_else(|| format!("{essence} is not documented"))?;
        if essence != "application/json" {
            return Ok(());
        }
        let value = serde_json::from_str(text).map_err(|wrong| wrong.to_string())?;
        self.has_shape(&documented["schema"], &value, "")
    }

    fn has_shape(&self, schema: &Value, value: &Value, place: &str) -> Result<(), String> {
        let schema = followed(&self.tree, schema);
        if let Some(any) = schema["oneOf"].as_array() {
            let one = any.iter().any(|schema| self.has_shape(schema, value, place).is_ok());
            return if one { Ok(()) } else { Err(format!("{place} is none of the documented kinds")) };
        }
        let kinds: Vec<&str> = match &schema["type"] {
            Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
            Value::String(kind) => vec![kind],
            _ => return Ok(()),
        };
        let is = match value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(number) if number.is_f64() => "number",
            Value::Number(_) => "integer",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        };
        if !kinds.contains(&is) {
            return Err(format!("{place} is {is}, not {kinds:?}"));
        }
        for (n, element) in value.as_array().into_iter().flatten().enumerate() {
            self.has_shape(&schema["items"], element, &format!("{place}[{n}]"))?;
        }
        let Some(fields) = value.as_object().filter(|_| schema["properties"].is_object()) else {
            return Ok(());
        };
        for needed in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !fields.contains_key(needed) {
                return Err(format!("{place}.{needed} is missing"));
            }
        }
        for (name, field) in fields {
            let known = schema["properties"].get(name);
            let known = known.ok_or_else(|| format!("{place}.{name} is not documented"))?;
            self.has_shape(known, field, &format!("{place}.{name}"))?;
        }
        Ok(())
    }
}
