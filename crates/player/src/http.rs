//! One JSON request and its answer, with limits; a status of 400 or more becomes a [`Problem`].

use std::time::Duration;

use serde_json::Value;

use crate::trouble::{Problem, Trouble};

/// The longest answer read, in bytes.
const ANSWER_MAX_BYTES: usize = 1024 * 1024;
/// Time limit of one request: a bank may hang for some seconds behind the wallet.
const TIME_LIMIT: Duration = Duration::from_secs(30);

/// A base URL with what every request to it carries.
#[derive(Clone)]
pub(crate) struct Http {
    client: reqwest::Client,
    base: String,
    bearer: Option<String>,
}

impl Http {
    /// A client of the service at `base` (`scheme://host[:port]`, with or without a slash at the end).
    pub(crate) fn new(base: &str) -> Result<Self, Trouble> {
        let wrong =
            || Trouble::Option(format!("\"{base}\" is not an http or https URL; allowed: http://host:port"));
        let url = url::Url::parse(base).map_err(|_| wrong())?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
            return Err(wrong());
        }
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .timeout(TIME_LIMIT)
            .build()
            .map_err(|error| Trouble::Option(format!("no HTTP client can be made: {error}")))?;
        Ok(Self { client, base: base.trim_end_matches('/').to_owned(), bearer: None })
    }

    /// The same service, asked by somebody else.
    pub(crate) fn with_bearer(&self, token: &str) -> Self {
        Self { bearer: Some(token.to_owned()), ..self.clone() }
    }

    /// The same service, asked by nobody in particular.
    pub(crate) fn without_bearer(&self) -> Self {
        Self { bearer: None, ..self.clone() }
    }

    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    pub(crate) fn bearer(&self) -> Option<&str> {
        self.bearer.as_deref()
    }

    /// Sends and reads JSON; an empty answer is `null`.
    pub(crate) async fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Value, Trouble> {
        let at = format!("{method} {path}");
        let failed = |error: reqwest::Error| Trouble::NoAnswer { at: at.clone(), why: reason(&error) };
        let verb = reqwest::Method::from_bytes(method.as_bytes())
            .map_err(|_| Trouble::Option(format!("{method} is not an HTTP method")))?;
        let mut request = self.client.request(verb, format!("{}{path}", self.base));
        if let Some(token) = &self.bearer {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let mut answer = request.send().await.map_err(failed)?;
        let status = answer.status().as_u16();
        let retry_after_s =
            answer.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
        let mut text = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(failed)? {
            if text.len() + chunk.len() > ANSWER_MAX_BYTES {
                return Err(unexpected(&at, "an answer of at most 1 MiB", "a longer one"));
            }
            text.extend_from_slice(&chunk);
        }
        if status >= 400 {
            return Err(Trouble::Refused(problem(at, status, retry_after_s, &text)));
        }
        if text.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&text).map_err(|_| {
            unexpected(&at, "JSON", &String::from_utf8_lossy(&text).chars().take(200).collect::<String>())
        })
    }
}

fn problem(at: String, status: u16, retry_after_s: Option<u64>, text: &[u8]) -> Problem {
    let body: Value = serde_json::from_slice(text).unwrap_or(Value::Null);
    let word = |name: &str| body[name].as_str().map(str::to_owned);
    let code = word("code").or_else(|| word("error")).unwrap_or_else(|| "-".to_owned());
    let says: Vec<String> = [word("title"), word("detail")].into_iter().flatten().collect();
    let mut says = says.join(": ");
    if body.is_null() {
        says = String::from_utf8_lossy(text).chars().take(200).collect();
    }
    Problem { at, status, code, says, retry_after_s }
}

fn unexpected(at: &str, expected: &str, got: &str) -> Trouble {
    Trouble::Unexpected { at: at.to_owned(), expected: expected.to_owned(), got: got.to_owned() }
}

fn reason(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "the time limit passed".to_owned();
    }
    let mut deepest = None;
    let mut next = std::error::Error::source(error);
    for _ in 0..8 {
        let Some(source) = next else { break };
        deepest = Some(source);
        next = source.source();
    }
    deepest.map_or_else(|| "the connection failed".to_owned(), ToString::to_string)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop here")]
    use super::*;
    use crate::pretend::serve;
    use serde_json::json;

    #[tokio::test]
    async fn what_is_sent() {
        let (url, asked) = serve(|_| (201, r#"{"a":1}"#.to_owned())).await;
        let http = Http::new(&format!("{url}/")).unwrap();
        let signed_in = http.with_bearer("secret");
        assert_eq!(signed_in.ask("PUT", "/x", Some(&json!({"b": 2}))).await.unwrap(), json!({"a": 1}));
        signed_in.without_bearer().ask("GET", "/y", None).await.unwrap();
        let asked = asked.lock().unwrap();
        assert!(asked[0].starts_with("PUT /x HTTP/1.1"));
        assert!(asked[0].contains("authorization: Bearer secret\r\n") && asked[0].ends_with(r#"{"b":2}"#));
        assert!(asked[1].starts_with("GET /y HTTP/1.1") && !asked[1].contains("authorization"));
    }

    #[tokio::test]
    async fn what_comes_back() {
        let problem =
            r#"{"code":"id_reused","title":"Already used","detail":"Choose another id.","status":409}"#;
        let cases = [
            (204, String::new(), "Ok(Null)"),
            (409, problem.to_owned(), "POST /p → 409 id_reused (Already used: Choose another id.)"),
            (404, r#"{"error":"unknown_payment"}"#.to_owned(), "POST /p → 404 unknown_payment"),
            (502, "<html>bad gateway</html>".to_owned(), "POST /p → 502 - (<html>bad gateway</html>)"),
            (200, "hello".to_owned(), "POST /p: expected JSON, got hello"),
            (200, " ".repeat(ANSWER_MAX_BYTES + 1), "expected an answer of at most 1 MiB"),
        ];
        for (status, body, expected) in cases {
            let (url, _asked) = serve(move |_| (status, body.clone())).await;
            let found = match Http::new(&url).unwrap().ask("POST", "/p", None).await {
                Ok(value) => format!("Ok({value:?})"),
                Err(trouble) => {
                    let wait = trouble.refusal().and_then(|problem| problem.retry_after_s);
                    assert_eq!(wait, (status >= 400).then_some(3));
                    trouble.to_string()
                }
            };
            assert!(found.contains(expected), "{found}");
        }
    }

    #[test]
    fn addresses() {
        for url in ["", "localhost:7080", "ftp://x", "http://"] {
            assert!(Http::new(url).is_err(), "{url}");
        }
    }
}
