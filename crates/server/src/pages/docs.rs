//! The API's description as pages that can be read: every operation by tag, every problem by code.

use crate::{
    AppState,
    credentials::Caller,
    openapi,
    page::{Page, html},
    problem,
};
use askama::Template;
use axum::{Router, extract::State, response::Response, routing::get};
use serde_json::Value;

pub(crate) fn routes() -> Router<AppState> {
    Router::new().route("/docs", get(operations)).route("/docs/problems", get(problems))
}

#[derive(Template)]
#[template(path = "docs.html")]
struct Docs {
    page: Page,
    about: String,
    groups: Vec<Group>,
}

struct Group {
    name: String,
    about: String,
    operations: Vec<Operation>,
}

struct Operation {
    method: String,
    path: String,
    anchor: String,
    title: String,
    about: String,
    open_to: Vec<String>,
    takes: Vec<Field>,
    answers: Vec<Answer>,
}

struct Field {
    name: String,
    kind: String,
    needed: bool,
    about: String,
}

struct Answer {
    status: String,
    about: String,
    fields: Vec<Field>,
}

async fn operations(State(state): State<AppState>, caller: Caller) -> Response {
    let tree = &openapi::document().tree;
    let tags = tree["tags"].as_array().into_iter().flatten();
    let groups = tags.map(|tag| group(tree, tag)).filter(|group| !group.operations.is_empty());
    html(&Docs {
        page: Page::new(&state, &caller, "docs-title"),
        about: text(&tree["info"]["description"]),
        groups: groups.collect(),
    })
}

/// The text without the marks of a typewriter font.
fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().replace('`', "")
}

fn group(tree: &Value, tag: &Value) -> Group {
    let mut operations = Vec::new();
    for (path, item) in tree["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            let tags = operation["tags"].as_array().into_iter().flatten();
            if tags.into_iter().any(|name| name == &tag["name"]) {
                operations.push(describe(tree, method, path, operation));
            }
        }
    }
    Group { name: text(&tag["name"]), about: text(&tag["description"]), operations }
}

fn describe(tree: &Value, method: &str, path: &str, operation: &Value) -> Operation {
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let mut takes: Vec<Field> = parameters
        .map(|parameter| Field {
            name: text(&parameter["name"]),
            kind: format!("{}, {}", kind(tree, &parameter["schema"]), text(&parameter["in"])),
            needed: parameter["required"] == true,
            about: text(&parameter["description"]),
        })
        .collect();
    takes.extend(fields(tree, &operation["requestBody"]["content"]["application/json"]["schema"]));
    let responses = operation["responses"].as_object().into_iter().flatten();
    let answers = responses.filter(|(status, _)| *status != "default").map(|(status, response)| Answer {
        status: status.clone(),
        about: text(&response["description"]),
        fields: got(fields(tree, &response["content"]["application/json"]["schema"])),
    });
    let security = operation["security"].as_array().into_iter().flatten();
    Operation {
        method: method.to_uppercase(),
        path: path.to_owned(),
        anchor: text(&operation["operationId"]),
        title: text(&operation["summary"]),
        about: text(&operation["description"]),
        open_to: security.filter_map(Value::as_object).flat_map(|by| by.keys().cloned()).collect(),
        takes,
        answers: answers.collect(),
    }
}

/// Follows one reference within the document.
fn followed<'t>(tree: &'t Value, schema: &'t Value) -> &'t Value {
    let pointer = schema["$ref"].as_str().and_then(|to| to.strip_prefix('#'));
    pointer.and_then(|pointer| tree.pointer(pointer)).unwrap_or(schema)
}

fn fields(tree: &Value, schema: &Value) -> Vec<Field> {
    let schema = followed(tree, schema);
    let needed: Vec<&Value> = schema["required"].as_array().into_iter().flatten().collect();
    let properties = schema["properties"].as_object().into_iter().flatten();
    properties
        .map(|(name, property)| Field {
            name: name.clone(),
            kind: kind(tree, property),
            needed: needed.iter().any(|needed| *needed == name),
            about: text(&property["description"]),
        })
        .collect()
}

/// Fields of an answer: nobody needs to send them.
fn got(fields: Vec<Field>) -> Vec<Field> {
    fields.into_iter().map(|field| Field { needed: false, ..field }).collect()
}

/// A type in a few words: `text (uuid)`, `list of Link`.
fn kind(tree: &Value, schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|to| to.rsplit('/').next()) {
        let inner = fields(tree, schema);
        let names: Vec<&str> = inner.iter().map(|field| field.name.as_str()).collect();
        return match names.as_slice() {
            [] => name.to_owned(),
            names => format!("{name} {{{}}}", names.join(", ")),
        };
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let kinds: Vec<String> =
            choices.iter().filter(|c| c["type"] != "null").map(|choice| kind(tree, choice)).collect();
        return kinds.join(" | ");
    }
    let name = match &schema["type"] {
        Value::Array(names) => names.iter().find(|name| *name != "null").map(text).unwrap_or_default(),
        name => text(name),
    };
    match (name.as_str(), schema["format"].as_str()) {
        ("array", _) => format!("list of {}", kind(tree, &schema["items"])),
        ("string", Some(format)) => format!("text ({format})"),
        ("string", None) => "text".to_owned(),
        ("integer", _) => "whole number".to_owned(),
        ("boolean", _) => "true or false".to_owned(),
        (other, _) => other.to_owned(),
    }
}

#[derive(Template)]
#[template(path = "problems.html")]
struct Problems {
    page: Page,
    list: Vec<Explained>,
}

struct Explained {
    code: &'static str,
    status: u16,
    title: String,
    next: String,
}

async fn problems(State(state): State<AppState>, caller: Caller) -> Response {
    let page = Page::new(&state, &caller, "problems-title");
    let list = problem::all().into_iter().map(|problem| Explained {
        code: problem.code(),
        status: problem.status().as_u16(),
        title: problem.title(page.locale()),
        next: problem.next(page.locale()),
    });
    html(&Problems { list: list.collect(), page })
}
