//! `POST /control/walk`: a program goes through the pages without a browser, by the same code.

use crate::{AppState, banks, openid, verifier};
use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::post,
};
use serde::Deserialize;
use serde_json::json;
use url::Url;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Walk {
    url: String,
    person: String,
    #[serde(default = "yes")]
    say: String,
    #[serde(default)]
    wrong: Option<String>,
}

fn yes() -> String {
    "yes".to_owned()
}

async fn walk(State(state): State<AppState>, Json(walk): Json<Walk>) -> Response {
    let Ok(url) = Url::parse(&walk.url) else {
        return (StatusCode::BAD_REQUEST, "url must be a URL of the sandbox\n").into_response();
    };
    let wrong = walk.wrong.as_deref();
    if !["yes", "no"].contains(&walk.say.as_str())
        || wrong.is_some_and(|wrong| !["pin", "otp"].contains(&wrong))
    {
        return (StatusCode::BAD_REQUEST, "say: yes or no; wrong: pin, otp or null\n").into_response();
    }
    let walked = match url.path_segments().and_then(|mut segments| segments.next()) {
        Some("banks") => banks::walk(&state, &url, &walk.person, &walk.say, wrong).await,
        Some("verifier") => verifier::walk(&state, &url, &walk.person, &walk.say, wrong).await,
        Some("openid") => openid::walk(&state, &url, &walk.person, &walk.say, wrong).await,
        _ => Err("url must be an authorize URL of a bank, the verifier or the provider".to_owned()),
    };
    match walked {
        Ok(location) => Json(json!({ "location": location.as_str() })).into_response(),
        Err(why) => (StatusCode::BAD_REQUEST, Json(json!({ "error": why }))).into_response(),
    }
}

pub(crate) fn router() -> Router<AppState> {
    Router::new().route("/control/walk", post(walk))
}
