//! What every answer has in common, whatever was asked: headers, problems, languages, limits, counts.

mod rules;
mod snapshot;
mod stage;
#[path = "../wired/mod.rs"]
mod wired;

use axum::http::StatusCode;
use serde_json::Value;
use server::Rate;
use stage::Stage;
use url::Url;

const JSON: (&str, &str) = ("content-type", "application/json");
const BROWSER: (&str, &str) = ("accept", "text/html,application/xhtml+xml,*/*;q=0.8");

#[tokio::test]
async fn every_kind_of_answer_has_the_same_headers() {
    let stage = Stage::new(|settings| {
        settings.form_action_origins.push(Url::parse("http://bank.example:7081/x?y").expect("a URL"));
    });
    for (ask, headers, body, status) in [
        ("GET /", &[BROWSER][..], "", 200),
        ("GET /docs", &[BROWSER], "", 200),
        ("GET /docs/problems", &[BROWSER], "", 200),
        ("GET /healthz", &[], "", 200),
        ("GET /readyz", &[], "", 200),
        ("GET /metrics", &[], "", 200),
        ("GET /openapi.json", &[], "", 200),
        ("GET /.well-known/jwks.json", &[], "", 200),
        ("GET /static/tsugime.css", &[], "", 200),
        ("GET /static/nothing.css", &[], "", 404),
        ("GET /favicon.ico", &[], "", 308),
        ("GET /v1/nothing", &[BROWSER], "", 404),
        ("GET /nothing", &[BROWSER], "", 404),
        ("POST /healthz", &[], "", 405),
        ("POST /v1/sign-ups", &[JSON], "{", 400),
        ("POST /v1/sign-ups", &[JSON, ("sec-fetch-site", "cross-site")], "{}", 403),
    ] {
        let answer = stage.ask(ask, headers, body).await;
        assert_eq!(answer.status.as_u16(), status, "{ask} {}", answer.text);
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{ask} {policy}");
        assert!(policy.contains("frame-ancestors 'none'; base-uri 'none'"), "{ask} {policy}");
        assert!(policy.ends_with("form-action 'self' http://bank.example:7081"), "{ask} {policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{ask}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{ask}");
        assert!(answer.header("permissions-policy").contains("publickey-credentials-get=(self)"), "{ask}");
        assert!(answer.header("strict-transport-security").starts_with("max-age="), "{ask}");
        assert_eq!(answer.header("x-request-id").len(), 32, "{ask}");
        let kept = if ask.ends_with(".css") && status == 200 { "public, max-age=86400" } else { "no-store" };
        assert_eq!(answer.header("cache-control"), kept, "{ask}");
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_a_problem_that_says_where() {
    let stage = Stage::new(|_| {});
    let large = format!("\"{}\"", "x".repeat(70_000));
    let good = r#"{"email":"a@example.jp","phone":"09012345678","locale":"ja"#;
    let unknown = format!("{good}\",\"pin\":\"4071\"}}");
    let wrong_type = r#"{"email":4071,"phone":"09012345678","locale":"ja"}"#;
    let wrong_value = r#"{"email":"4071 4071","phone":"09012345678","locale":"ja"}"#;
    for (ask, headers, body, status, code, field) in [
        ("POST /v1/sign-ups", &[JSON][..], "{", 400, "malformed_json", None),
        ("POST /v1/sign-ups", &[JSON], "", 400, "malformed_json", None),
        ("POST /v1/sign-ups", &[JSON], "{}", 422, "field_not_allowed", Some("email")),
        ("POST /v1/sign-ups", &[JSON], &unknown, 422, "field_not_allowed", Some("pin")),
        ("POST /v1/sign-ups", &[JSON], wrong_type, 422, "field_not_allowed", Some("email")),
        ("POST /v1/sign-ups", &[JSON], wrong_value, 422, "field_not_allowed", Some("email")),
        ("POST /v1/sign-ups", &[JSON], &large, 413, "too_large", None),
        ("POST /v1/sign-ups", &[], "{}", 415, "wrong_content_type", None),
        ("POST /v1/sign-ups", &[("content-type", "text/plain")], "{}", 415, "wrong_content_type", None),
        ("PATCH /v1/sign-ups", &[JSON], "{}", 405, "method_not_allowed", None),
        ("GET /v1/nothing", &[], "", 404, "unknown_route", None),
        ("GET /v1/sessions", &[], "", 401, "not_signed_in", None),
        ("DELETE /v1/sessions/4071", &[("authorization", "Bearer x")], "", 404, "not_found", None),
    ] {
        let answer = stage.ask(ask, headers, body).await;
        let said = answer.json();
        let what = format!("{ask} {body:.60} {said}");
        assert_eq!(answer.status.as_u16(), status, "{what}");
        assert_eq!(answer.header("content-type"), "application/problem+json", "{what}");
        assert_eq!(
            (said["code"].as_str(), said["status"].as_u64()),
            (Some(code), Some(status.into())),
            "{what}"
        );
        assert_eq!(said["field"].as_str(), field, "{what}");
        assert_eq!(said["type"], format!("/docs/problems#{code}"), "{what}");
        assert_eq!(said["instance"], answer.header("x-request-id"), "{what}");
        assert!(said["title"].as_str().is_some_and(|title| !title.is_empty() && !title.contains("refusal-")));
        assert!(!answer.text.contains("4071"), "{what} repeats what was sent");
    }
    let method = stage.ask("PATCH /v1/sign-ups", &[], "").await;
    assert_eq!(method.header("allow"), "POST");
    let token = stage.ask("GET /v1/sessions", &[], "").await;
    assert_eq!(token.header("www-authenticate"), "Bearer");
}

#[tokio::test]
async fn a_person_with_a_browser_gets_a_page() {
    let stage = Stage::new(|_| {});
    let page = stage.ask("GET /nothing", &[BROWSER, ("accept-language", "en")], "").await;
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert!(page.text.contains("There is no such page") && page.text.contains("<html lang=\"en\">"));
    let program = stage.ask("GET /nothing", &[("accept", "*/*")], "").await;
    assert_eq!(program.json()["code"], "unknown_route");
}

#[tokio::test]
async fn the_page_of_a_problem_leads_on() {
    let pretend = "http://localhost:7081/";
    let demo = Stage::new(|settings| {
        let sandbox_url = Url::parse(pretend).expect("a URL");
        settings.demo = Some(server::DemoHints { sandbox_url });
    });
    let stage = Stage::new(|_| {});
    for (ask, way) in
        [("GET /me", "href=\"/sign-in?next=/me\""), ("POST /me/sign-out", "href=\"/sign-in?next=/home\"")]
    {
        let form = ("content-type", "application/x-www-form-urlencoded");
        let page = stage.ask(ask, &[BROWSER, form], "").await.text;
        assert!(page.contains(way) && !page.contains(pretend), "{ask} {page}");
        let page = demo.ask(ask, &[BROWSER, form], "").await.text;
        assert!(page.contains(way) && page.contains(pretend), "in a demo the pretend world is shown: {page}");
    }
}

#[tokio::test]
async fn the_language_is_the_askers() {
    let stage = Stage::new(|_| {});
    for (path, headers, lang) in [
        ("/", &[][..], "ja"),
        ("/", &[("accept-language", "en-US,en;q=0.9,ja;q=0.8")], "en"),
        ("/", &[("accept-language", "fr, ja;q=0.5, en;q=0.4")], "ja"),
        ("/", &[("accept-language", "ja"), ("cookie", "x=1; lang=en")], "en"),
        ("/?lang=ja", &[("cookie", "lang=en")], "ja"),
    ] {
        let answer = stage.ask(&format!("GET {path}"), headers, "").await;
        assert!(answer.text.contains(&format!("<html lang=\"{lang}\">")), "{path} {headers:?}");
        let remembered = answer.cookies().iter().any(|cookie| cookie.starts_with("lang=ja; Path=/;"));
        assert_eq!(remembered, path.contains("lang="), "{path}");
    }
    for (accept, title) in [("ja", "サインインが必要です"), ("en", "You are not signed in")] {
        let answer = stage.ask("GET /v1/sessions", &[("accept-language", accept)], "").await;
        assert_eq!(answer.json()["title"], title);
    }
}

#[tokio::test]
async fn who_asks_too_often_has_to_wait_and_nobody_else() {
    let stage = Stage::new(|settings| {
        settings.address_rate = Some(Rate { burst: 3, per_second: 1 });
        settings.session_rate = Some(Rate { burst: 2, per_second: 1 });
    });
    let (one, other) = (("x-forwarded-for", "6.6.6.6, 203.0.113.1"), ("x-forwarded-for", "203.0.113.2"));
    let token = ("authorization", "Bearer abc");
    for (headers, path, status, left) in [
        (&[one][..], "/docs", 200, "\"address\";r=2;"),
        (&[one], "/docs", 200, "\"address\";r=1;"),
        (&[one], "/docs", 200, "\"address\";r=0;"),
        (&[one], "/docs", 429, "\"address\";r=0;"),
        (&[one], "/healthz", 200, ""),
        (&[other, token], "/docs", 200, "\"session\";r=1;"),
        (&[other, token], "/docs", 200, "\"session\";r=0;"),
        (&[other, token], "/docs", 429, "\"session\";r=0;"),
    ] {
        let answer = stage.ask(&format!("GET {path}"), headers, "").await;
        assert_eq!(answer.status.as_u16(), status, "{headers:?} {path}");
        assert!(answer.header("ratelimit").starts_with(left), "{headers:?} {}", answer.header("ratelimit"));
        if status == 429 {
            assert_eq!(answer.json()["code"], "slow_down");
            assert_eq!(answer.header("retry-after"), "1");
            assert!(answer.header("ratelimit-policy").contains(";q="));
        }
    }
    let free = Stage::new(|settings| (settings.address_rate, settings.session_rate) = (None, None));
    for _ in 0..500 {
        assert_eq!(free.ask("GET /.well-known/jwks.json", &[], "").await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn a_page_elsewhere_cannot_act_for_a_customer() {
    let stage = Stage::new(|_| {});
    let host = ("host", "wallet.example");
    for (headers, passes) in [
        (&[host, ("sec-fetch-site", "same-origin")][..], true),
        (&[host, ("sec-fetch-site", "none")], true),
        (&[host, ("sec-fetch-site", "same-site")], false),
        (&[host, ("sec-fetch-site", "cross-site")], false),
        (&[host, ("sec-fetch-site", "cross-site"), ("authorization", "Bearer abc")], true),
        (&[host, ("origin", "https://wallet.example")], true),
        (&[host, ("origin", "https://thief.example")], false),
        (&[host, ("origin", "null")], false),
        (&[host, ("origin", "https://wallet.example.thief.example")], false),
        (&[host], true),
    ] {
        for method in ["POST", "PUT", "DELETE", "PATCH"] {
            let answer = stage.ask(&format!("{method} /v1/nothing"), headers, "").await;
            let code = answer.json()["code"].clone();
            assert_eq!(code, if passes { "unknown_route" } else { "cross_site" }, "{method} {headers:?}");
        }
        let look = stage.ask("GET /healthz", headers, "").await;
        assert_eq!(look.status, StatusCode::OK, "looking is always allowed");
    }
}

#[tokio::test]
async fn a_browser_is_named_once() {
    let stage = Stage::new(|_| {});
    let first = stage.ask("GET /", &[BROWSER], "").await;
    let cookies = first.cookies();
    assert_eq!(cookies.len(), 1, "{cookies:?}");
    let (pair, rest) = cookies[0].split_once("; ").expect("attributes");
    assert!(pair.starts_with("__Host-device=dev_"), "{pair}");
    assert_eq!(rest, "Path=/; Max-Age=34560000; SameSite=Lax; HttpOnly; Secure");
    assert!(stage.ask("GET /", &[BROWSER, ("cookie", pair)], "").await.cookies().is_empty());
    let app = [("authorization", "Bearer abc")];
    assert!(stage.ask("GET /v1/sessions", &app, "").await.cookies().is_empty(), "an app has no cookies");
}

#[tokio::test]
async fn a_modest_request_id_is_kept() {
    let stage = Stage::new(|_| {});
    for (shown, kept) in
        [("abc-DEF_123", true), ("short", false), ("a b c d e f g", false), ("<script>x", false)]
    {
        let answer = stage.ask("GET /healthz", &[("x-request-id", shown)], "").await;
        assert_eq!(answer.header("x-request-id") == shown, kept, "{shown}");
    }
    let long = "x".repeat(65);
    let answer = stage.ask("GET /healthz", &[("x-request-id", &long)], "").await;
    assert_eq!(answer.header("x-request-id").len(), 32);
}

#[tokio::test]
async fn requests_are_counted_by_route_and_never_by_path() {
    let stage = Stage::new(|_| {});
    stage
        .ask("DELETE /v1/sessions/secret-4071?token=secret-4071", &[("authorization", "Bearer x")], "")
        .await;
    stage.ask("BREW /secret-4071", &[], "").await;
    let text = stage.ask("GET /metrics", &[], "").await.text;
    let counted = |line: &str| text.lines().any(|shown| shown.starts_with(line));
    assert!(counted(
        "http_requests_total{method=\"DELETE\",route=\"/v1/sessions/{session}\",status=\"404\"}"
    ));
    assert!(counted("http_requests_total{method=\"other\",route=\"unmatched\",status=\"404\"}"));
    assert!(counted("http_request_duration_seconds_bucket{method=\"DELETE\""));
    assert!(!text.contains("4071"));
}

#[tokio::test]
async fn what_is_embedded_is_cached_by_its_digest() {
    let stage = Stage::new(|_| {});
    let page = stage.ask("GET /", &[BROWSER], "").await.text;
    for (name, kind) in
        [("tsugime.css", "text/css"), ("live.js", "text/javascript"), ("mark.svg", "image/svg+xml")]
    {
        assert!(page.contains(&format!("/static/{name}?v=")), "{name}");
        let file = stage.ask(&format!("GET /static/{name}"), &[], "").await;
        assert!(file.header("content-type").starts_with(kind) && file.text.len() > 100, "{name}");
        let tag = file.header("etag").to_owned();
        let again = stage.ask(&format!("GET /static/{name}"), &[("if-none-match", &tag)], "").await;
        assert_eq!((again.status.as_u16(), again.text.len()), (304, 0), "{name}");
    }
    for name in ["live.js", "passkey.js"] {
        let script = stage.ask(&format!("GET /static/{name}"), &[], "").await.text;
        for banned in ["eval(", "new Function", "innerHTML", "http://", "https://"] {
            assert!(!script.contains(banned), "{name} has {banned}");
        }
    }
    assert!(
        !page.contains("style=") && !page.contains("<style") && !page.contains("onclick"),
        "the CSP forbids it"
    );
}

#[tokio::test]
async fn the_description_comes_from_the_routes_and_can_be_read() {
    let stage = Stage::new(|_| {});
    let described = stage.ask("GET /openapi.json", &[], "").await.json();
    assert_eq!(described["openapi"], "3.1.0");
    let docs = stage.ask("GET /docs", &[BROWSER], "").await.text;
    let tags: Vec<&Value> =
        described["tags"].as_array().expect("tags").iter().map(|tag| &tag["name"]).collect();
    let paths = described["paths"].as_object().expect("paths");
    assert!(paths.contains_key("/healthz"));
    for (path, item) in paths {
        for (method, operation) in item.as_object().expect("operations") {
            let what = format!("{method} {path}");
            assert!(
                operation["summary"].as_str().is_some_and(|text| text.len() > 5),
                "{what} has no summary"
            );
            let tag = &operation["tags"][0];
            assert!(tags.contains(&tag), "{what}: {tag} is no tag of /docs");
            assert!(
                operation["responses"]["default"]["content"]["application/problem+json"].is_object(),
                "{what}"
            );
        }
        assert!(docs.contains(&format!(">{path}</span>")), "{path} is not in /docs");
    }
    let problems = stage.ask("GET /docs/problems?lang=en", &[BROWSER], "").await.text;
    for code in engine::Code::ALL {
        assert!(problems.contains(&format!("id=\"{}\"", code.as_str())), "{}", code.as_str());
    }
}
