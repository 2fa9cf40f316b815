//! Bodies, paths and queries of requests: read whole and strictly, or told what is wrong and where.

use crate::problem::{Problem, ShellCode};
use axum::{
    extract::{
        FromRequest, FromRequestParts, Request,
        rejection::{BytesRejection, FailedToBufferBody},
    },
    http::{HeaderMap, header, request::Parts},
    response::{IntoResponse, Response},
};
use engine::Code;
use serde::{Serialize, de::DeserializeOwned};

/// The largest body that is read.
pub(crate) const BODY_BYTES_MAX: usize = 64 * 1024;

/// A JSON body of a request or an answer. Put `#[serde(deny_unknown_fields)]` on what is read.
#[derive(Debug, Clone)]
pub(crate) struct Json<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_type(request.headers(), "application/json") {
            return Err(Problem::from(ShellCode::WrongContentType).allowed("application/json"));
        }
        read(&whole(request, state, BODY_BYTES_MAX).await?).map(Self)
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// A JSON body that may be larger than others, of at most so many bytes; its route has a `DefaultBodyLimit` of as many.
#[derive(Debug, Clone)]
pub(crate) struct LargeJson<T, const BYTES_MAX: usize>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned, const BYTES_MAX: usize> FromRequest<S> for LargeJson<T, BYTES_MAX> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_type(request.headers(), "application/json") {
            return Err(Problem::from(ShellCode::WrongContentType).allowed("application/json"));
        }
        read(&whole(request, state, BYTES_MAX).await?).map(Self)
    }
}

/// The fields of a page's form. Put `#[serde(deny_unknown_fields)]` on what is read.
#[derive(Debug, Clone)]
pub(crate) struct Form<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Form<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_type(request.headers(), "application/x-www-form-urlencoded") {
            let allowed = "application/x-www-form-urlencoded";
            return Err(Problem::from(ShellCode::WrongContentType).allowed(allowed));
        }
        match axum::Form::<T>::from_request(request, state).await {
            Ok(axum::Form(form)) => Ok(Self(form)),
            Err(rejection) => Err(match rejection.into_response().status().as_u16() {
                413 => ShellCode::TooLarge.into(),
                _ => Code::FieldNotAllowed.into(),
            }),
        }
    }
}

/// The places of a path. What cannot be an id of ours is not there.
#[derive(Debug, Clone)]
pub(crate) struct Path<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let read = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        read.map(|axum::extract::Path(places)| Self(places)).map_err(|_| Code::NotFound.into())
    }
}

/// The fields of a query.
#[derive(Debug, Clone)]
pub(crate) struct Query<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let read = axum::extract::Query::<T>::from_request_parts(parts, state).await;
        read.map(|axum::extract::Query(fields)| Self(fields)).map_err(|_| Code::FieldNotAllowed.into())
    }
}

/// Whether the body is of a content type, whatever its parameters.
pub(crate) fn is_type(headers: &HeaderMap, wanted: &str) -> bool {
    let shown = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    shown.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(wanted)
}

async fn whole<S: Send + Sync>(
    request: Request,
    state: &S,
    bytes_max: usize,
) -> Result<axum::body::Bytes, Problem> {
    axum::body::Bytes::from_request(request, state).await.map_err(|rejection| match rejection {
        BytesRejection::FailedToBufferBody(FailedToBufferBody::LengthLimitError(_)) => {
            Problem::from(ShellCode::TooLarge).allowed(format!("at most {} KiB", bytes_max / 1_024))
        }
        _ => ShellCode::MalformedRequest.into(),
    })
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    // serde also reads a struct from a list of its fields; that is no part of the API.
    if bytes.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'[') {
        return Err(Problem::from(Code::FieldNotAllowed).allowed("an object"));
    }
    serde_json::from_slice(bytes).map_err(|wrong| explain(&wrong, bytes))
}

/// What is wrong with a body, and where, without repeating what was sent.
fn explain(wrong: &serde_json::Error, bytes: &[u8]) -> Problem {
    if !wrong.is_data() {
        let place = format!("JSON; it breaks at line {}, column {}", wrong.line(), wrong.column());
        return Problem::from(ShellCode::MalformedJson).allowed(place);
    }
    let text = wrong.to_string();
    let text = text.rsplit_once(" at line ").map_or(text.as_str(), |(text, _)| text);
    let mut path = path_at(bytes, wrong.line(), wrong.column(), text.starts_with("missing"));
    let named = ["missing field `", "unknown field `", "duplicate field `"]
        .iter()
        .find_map(|start| text.strip_prefix(start)?.split('`').next());
    if let Some(name) = named {
        // The reader stands behind the unknown name, or at the end of the object that lacks one.
        if !text.starts_with("missing") {
            path.pop();
        }
        path.push(name.chars().take(FIELD_LENGTH_MAX).collect());
    }
    // The last one is serde's own; one before it can be input.
    let allowed = text.rsplit_once(", expected ").map(|(_, expected)| expected);
    let allowed = match allowed {
        Some(expected) => expected.replace('`', ""),
        None if text.starts_with("missing") => "needed".to_owned(),
        None if text.starts_with("unknown") => "no such field".to_owned(),
        None if text.starts_with("duplicate") => "once".to_owned(),
        None => without_quotes(text),
    };
    let problem = Problem::from(Code::FieldNotAllowed);
    if path.is_empty() { problem.allowed(allowed) } else { problem.field(path.join("."), allowed) }
}

const FIELD_LENGTH_MAX: usize = 40;
const DEPTH_MAX: usize = 16;

/// A message of one of our types, which says what is allowed; what stands in quotation marks could be input.
fn without_quotes(text: &str) -> String {
    let mut quoted = false;
    let kept = text.chars().filter(|&c| {
        let mark = matches!(c, '`' | '"');
        quoted ^= mark;
        !quoted && !mark
    });
    kept.take(200).collect()
}

/// An object or list that is open at a place of a JSON text.
enum Open {
    /// With the name read last in it.
    Object(Option<String>),
    /// With how many elements have ended in it.
    List(usize),
}

impl Open {
    fn place(self) -> Option<String> {
        match self {
            Self::Object(name) => name,
            Self::List(ended) => Some(ended.to_string()),
        }
    }
}

/// The names of the fields, and the places in lists, around a place in a JSON text, outermost first. A place that is the end of an object
/// means the field read last in it, unless the whole object is meant.
fn path_at(bytes: &[u8], line: usize, column: usize, whole_object: bool) -> Vec<String> {
    let before: usize = bytes.split(|&b| b == b'\n').take(line.saturating_sub(1)).map(|l| l.len() + 1).sum();
    let end = (before + column).min(bytes.len());
    let mut open: Vec<Open> = Vec::new();
    let mut at = 0;
    while at < end {
        match bytes[at] {
            b'{' | b'[' if open.len() >= DEPTH_MAX => return Vec::new(),
            b'{' => open.push(Open::Object(None)),
            b'[' => open.push(Open::List(0)),
            b',' if at + 1 < end => {
                if let Some(Open::List(ended)) = open.last_mut() {
                    *ended += 1;
                }
            }
            b'}' | b']' if at + 1 < end => drop(open.pop()),
            b'}' if whole_object => open.iter_mut().last().map_or((), |last| *last = Open::Object(None)),
            b'"' => {
                let length = string_length(&bytes[at + 1..]);
                let text = String::from_utf8_lossy(&bytes[at + 1..(at + 1 + length).min(bytes.len())])
                    .chars()
                    .take(FIELD_LENGTH_MAX)
                    .collect();
                at += length + 1;
                let rest = bytes.get(at + 1..).unwrap_or_default();
                let is_name = rest.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b':');
                if let (true, Some(Open::Object(name))) = (is_name, open.last_mut()) {
                    *name = Some(text);
                }
            }
            _ => {}
        }
        at += 1;
    }
    open.into_iter().filter_map(Open::place).collect()
}

/// The bytes up to the closing quotation mark.
fn string_length(bytes: &[u8]) -> usize {
    let mut at = 0;
    while at < bytes.len() && bytes[at] != b'"' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    at.min(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read")]
    struct Sent {
        amount: terms::Yen,
        to: To,
        #[serde(default)]
        many: Vec<To>,
    }

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read")]
    struct To {
        handle: terms::Handle,
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        for (body, code, field) in [
            ("{", "malformed_json", None),
            (r#"{"amount":1,"to":{"handle":"abcd"}} x"#, "malformed_json", None),
            ("{}", "field_not_allowed", Some("amount")),
            (" [1, {}]", "field_not_allowed", None),
            (r#"{"amount":"4071"}"#, "field_not_allowed", Some("amount")),
            (r#"{"amount": -1, "to": {}}"#, "field_not_allowed", Some("amount")),
            (r#"{"amount":1,"to":{"handle":"4071 4071"}}"#, "field_not_allowed", Some("to.handle")),
            ("{\"amount\":1,\n \"to\":{\"hand\\\"le\":\"x\"}}", "field_not_allowed", Some("to.hand\"le")),
            (r#"{"amount":1,"to":{}}"#, "field_not_allowed", Some("to.handle")),
            (r#"{"amount":1,"to":{"handle":"abcd"},"pin":"4071"}"#, "field_not_allowed", Some("pin")),
            (
                r#"{"amount":1,"to":{"handle":"abcd"},"many":[{"handle":"abcd"},{"handle":"4071 4071"}]}"#,
                "field_not_allowed",
                Some("many.1.handle"),
            ),
            (
                r#"{"amount":1,"to":{"handle":"abcd"},"many":[{"handle":"a,[b"},{"handle":"abcd"},{}]}"#,
                "field_not_allowed",
                Some("many.0.handle"),
            ),
            (
                r#"{"amount":1,"to":{"handle":"abcd"},"many":[{"handle":"abcd"}, {"handle":"abcd"}, {}]}"#,
                "field_not_allowed",
                Some("many.2.handle"),
            ),
            (r#"{"amount":1,"to":{"handle":"abcd"},"many":[4071]}"#, "field_not_allowed", Some("many.0")),
            (r#"{"amount":"x, expected 4071"}"#, "field_not_allowed", Some("amount")),
            (r#"{"amount":1,"amount":1}"#, "field_not_allowed", Some("amount")),
        ] {
            let problem = read::<Sent>(body.as_bytes()).expect_err(body);
            let shown = format!("{problem:?}");
            assert_eq!(problem.code(), code, "{body}");
            assert_eq!(problem.field_at_fault(), field, "{body} {shown}");
            assert!(!shown.contains("4071"), "{shown} repeats what was sent");
        }
    }
}
