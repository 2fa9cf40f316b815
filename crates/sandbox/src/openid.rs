//! The outside OpenID provider, with the vices that a relying party must see through.

use crate::{
    AppState, Fault,
    clients::ClientRefused,
    clock,
    keys::SigningKey,
    pages::{Lang, page},
    people::{self, Person},
    random,
};
use askama::Template;
use aws_lc_rs::digest;
use axum::{
    Form, Json, Router,
    extract::{Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post, put},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rusqlite::{OptionalExtension, Transaction};
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;
use url::Url;

pub(crate) const SCHEMA: &str = "CREATE TABLE IF NOT EXISTS openid_codes (
    code TEXT PRIMARY KEY, person TEXT NOT NULL, redirect_uri TEXT NOT NULL, nonce TEXT NOT NULL,
    challenge TEXT NOT NULL, expires_at INTEGER NOT NULL, used INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS openid_tokens (token TEXT PRIMARY KEY, person TEXT NOT NULL, expires_at INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS openid_vice (one INTEGER PRIMARY KEY CHECK (one = 1), vice TEXT NOT NULL, times INTEGER NOT NULL) STRICT;";

const VICES: [&str; 8] =
    ["none", "wrong_iss", "wrong_aud", "wrong_nonce", "expired", "wrong_key", "alg_none", "other_subject"];
const CODE_LIFE_S: i64 = 60;

fn issuer(state: &AppState) -> String {
    format!("{}/openid", state.settings.public_url)
}

async fn discovery(State(state): State<AppState>) -> Json<serde_json::Value> {
    let issuer = issuer(&state);
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/jwks"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["ES256"],
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": ["openid", "email"],
        "authorization_response_iss_parameter_supported": true,
    }))
}

/// What a relying party asks for, in the query and again in the form.
#[derive(Debug, Clone, Deserialize)]
struct Asked {
    client_id: String,
    redirect_uri: String,
    response_type: String,
    scope: String,
    state: String,
    nonce: String,
    code_challenge: String,
    code_challenge_method: String,
}

impl Asked {
    fn check(&self, state: &AppState) -> Result<(), &'static str> {
        let short = |text: &str| !text.is_empty() && text.len() <= 200;
        if self.client_id != state.settings.client_id {
            return Err("client_id is not registered");
        }
        if !state.settings.client_redirect_uris.contains(&self.redirect_uri) {
            return Err("redirect_uri is not registered");
        }
        if self.response_type != "code" || !self.scope.split(' ').any(|scope| scope == "openid") {
            return Err("response_type must be code, scope must hold openid");
        }
        if self.code_challenge_method != "S256" || self.code_challenge.len() != 43 {
            return Err("PKCE with S256 is needed");
        }
        if short(&self.state) && short(&self.nonce) { Ok(()) } else { Err("state and nonce are needed") }
    }
}

#[derive(Template)]
#[template(path = "openid.html")]
struct Consent {
    lang: Lang,
    asked: Asked,
    people: Vec<Person>,
}

async fn authorize(State(state): State<AppState>, lang: Lang, Query(asked): Query<Asked>) -> Response {
    if let Err(why) = asked.check(&state) {
        return (StatusCode::BAD_REQUEST, why).into_response();
    }
    match state.db.read(people::all).await {
        Ok(people) => page(StatusCode::OK, &Consent { lang, asked, people }),
        Err(fault) => fault.into_response(),
    }
}

#[derive(Deserialize)]
struct Said {
    #[serde(default)]
    person: String,
    #[serde(default)]
    say: String,
    #[serde(flatten)]
    asked: Asked,
}

fn answer(
    tx: &Transaction<'_>,
    issuer: &str,
    asked: &Asked,
    person: &str,
    yes: bool,
) -> rusqlite::Result<Option<String>> {
    let Ok(mut url) = Url::parse(&asked.redirect_uri) else { return Ok(None) };
    let person = people::by_id(tx, person)?;
    match person.filter(|_| yes) {
        Some(person) => {
            let code = random::token();
            tx.execute(
                "INSERT INTO openid_codes VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0)",
                (
                    &code,
                    &person.id,
                    &asked.redirect_uri,
                    &asked.nonce,
                    &asked.code_challenge,
                    clock::now_s() + CODE_LIFE_S,
                ),
            )?;
            url.query_pairs_mut().append_pair("code", &code);
        }
        None => {
            url.query_pairs_mut().append_pair("error", "access_denied");
        }
    }
    url.query_pairs_mut().append_pair("state", &asked.state).append_pair("iss", issuer);
    Ok(Some(url.into()))
}

async fn choose(State(state): State<AppState>, Form(said): Form<Said>) -> Response {
    if let Err(why) = said.asked.check(&state) {
        return (StatusCode::BAD_REQUEST, why).into_response();
    }
    let issuer = issuer(&state);
    let answered =
        state.db.write(move |tx| answer(tx, &issuer, &said.asked, &said.person, said.say == "yes")).await;
    match answered {
        Ok(Some(url)) => Redirect::to(&url).into_response(),
        Ok(None) => StatusCode::BAD_REQUEST.into_response(),
        Err(fault) => fault.into_response(),
    }
}

/// Walks the page for a program: the same code, without a browser.
pub(crate) async fn walk(
    state: &AppState,
    url: &Url,
    person: &str,
    say: &str,
    _wrong: Option<&str>,
) -> Result<Url, String> {
    let pairs: BTreeMap<String, String> = url.query_pairs().into_owned().collect();
    let asked: Asked = serde_json::to_value(pairs)
        .and_then(serde_json::from_value)
        .map_err(|why| format!("the URL lacks a parameter: {why}"))?;
    asked.check(state)?;
    let (issuer, person, yes) = (issuer(state), person.to_owned(), say == "yes");
    let answered = state.db.write(move |tx| answer(tx, &issuer, &asked, &person, yes)).await;
    let url = answered.map_err(|fault| fault.to_string())?.ok_or("no redirect")?;
    Url::parse(&url).map_err(|why| why.to_string())
}

fn invalid_grant(why: &str) -> Response {
    let body = json!({ "error": "invalid_grant", "error_description": why });
    (StatusCode::BAD_REQUEST, Json(body)).into_response()
}

struct Grant {
    person: String,
    redirect_uri: String,
    nonce: String,
    challenge: String,
}

async fn token(
    State(state): State<AppState>,
    Form(form): Form<BTreeMap<String, String>>,
) -> Result<Response, ClientRefused> {
    state.clients.authenticate(&issuer(&state), &form).await?;
    let take = |name: &str| form.get(name).cloned().unwrap_or_default();
    let (code, now) = (take("code"), clock::now_s());
    let (grant, person, vice) = state
        .db
        .write(move |tx| {
            let taken = tx.execute(
                "UPDATE openid_codes SET used = 1 WHERE code = ?1 AND used = 0 AND expires_at > ?2",
                (&code, now),
            )?;
            if taken == 0 {
                return Ok((None, None, String::new()));
            }
            let sql = "SELECT person, redirect_uri, nonce, challenge FROM openid_codes WHERE code = ?1";
            let grant = tx.query_row(sql, [&code], |row| {
                Ok(Grant {
                    person: row.get(0)?,
                    redirect_uri: row.get(1)?,
                    nonce: row.get(2)?,
                    challenge: row.get(3)?,
                })
            })?;
            let person = people::by_id(tx, &grant.person)?;
            Ok((Some(grant), person, take_vice(tx)?))
        })
        .await?;
    let (Some(grant), Some(person)) = (grant, person) else {
        return Ok(invalid_grant("the code is unknown, used or over"));
    };
    let challenge = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, take("code_verifier").as_bytes()));
    if take("grant_type") != "authorization_code"
        || take("redirect_uri") != grant.redirect_uri
        || challenge != grant.challenge
    {
        return Ok(invalid_grant("grant_type, redirect_uri or code_verifier is wrong"));
    }
    let id_token = id_token(&state, &person, &grant.nonce, &vice).await?;
    let access = random::token();
    let (kept, owner) = (access.clone(), person.id.clone());
    state
        .db
        .write(move |tx| {
            tx.execute("INSERT INTO openid_tokens VALUES (?1, ?2, ?3)", (&kept, &owner, now + 300))
        })
        .await?;
    let body =
        json!({ "access_token": access, "token_type": "Bearer", "expires_in": 300, "id_token": id_token });
    Ok(Json(body).into_response())
}

fn take_vice(tx: &Transaction<'_>) -> rusqlite::Result<String> {
    let vice = tx
        .query_row("SELECT vice FROM openid_vice WHERE one = 1 AND times > 0", [], |row| row.get(0))
        .optional()?;
    tx.execute("UPDATE openid_vice SET times = times - 1 WHERE times > 0", [])?;
    Ok(vice.unwrap_or_else(|| "none".to_owned()))
}

async fn id_token(state: &AppState, person: &Person, nonce: &str, vice: &str) -> Result<String, Fault> {
    let now = clock::now_s();
    let mut claims = json!({
        "iss": issuer(state), "aud": state.settings.client_id, "sub": format!("oid-{}", person.id), "iat": now,
        "exp": now + 300, "nonce": nonce, "auth_time": now, "email": person.mail, "email_verified": true,
    });
    let mut key = state.keys.get("openid").await?;
    match vice {
        "wrong_iss" => claims["iss"] = json!("https://elsewhere.example"),
        "wrong_aud" => claims["aud"] = json!("another-client"),
        "wrong_nonce" => claims["nonce"] = json!(random::token()),
        "expired" => {
            claims["iat"] = json!(now - 7_200);
            claims["exp"] = json!(now - 3_600);
        }
        "other_subject" => claims["sub"] = json!("oid-somebody-else"),
        "wrong_key" => key = SigningKey::unknown()?,
        "alg_none" => {
            let header = URL_SAFE_NO_PAD.encode(json!({ "alg": "none", "typ": "JWT" }).to_string());
            return Ok(format!("{header}.{}.", URL_SAFE_NO_PAD.encode(claims.to_string())));
        }
        _ => {}
    }
    key.sign("JWT", &claims)
}

async fn jwks(State(state): State<AppState>) -> Result<Response, Fault> {
    Ok(Json(state.keys.get("openid").await?.jwks()).into_response())
}

async fn userinfo(State(state): State<AppState>, headers: HeaderMap) -> Result<Response, Fault> {
    let shown = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let token = shown.strip_prefix("Bearer ").unwrap_or_default().to_owned();
    let person = state
        .db
        .read(move |c| {
            let sql = "SELECT person FROM openid_tokens WHERE token = ?1 AND expires_at > ?2";
            let id: Option<String> =
                c.query_row(sql, (&token, clock::now_s()), |row| row.get(0)).optional()?;
            id.map_or(Ok(None), |id| people::by_id(c, &id))
        })
        .await?;
    Ok(match person {
        Some(person) => {
            Json(json!({ "sub": format!("oid-{}", person.id), "email": person.mail })).into_response()
        }
        None => (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"")])
            .into_response(),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vice {
    vice: String,
    #[serde(default = "once")]
    times: u32,
}

const fn once() -> u32 {
    1
}

async fn set_vice(State(state): State<AppState>, Json(vice): Json<Vice>) -> Response {
    if !VICES.contains(&vice.vice.as_str()) {
        return (StatusCode::BAD_REQUEST, format!("vice must be one of {}\n", VICES.join(", ")))
            .into_response();
    }
    let sql = "INSERT INTO openid_vice VALUES (1, ?1, ?2) ON CONFLICT (one) DO UPDATE SET vice = excluded.vice, times = excluded.times";
    match state.db.write(move |tx| tx.execute(sql, (&vice.vice, vice.times))).await {
        Ok(_) => StatusCode::NO_CONTENT.into_response(),
        Err(fault) => fault.into_response(),
    }
}

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/openid/.well-known/openid-configuration", get(discovery))
        .route("/openid/authorize", get(authorize).post(choose))
        .route("/openid/token", post(token))
        .route("/openid/jwks", get(jwks))
        .route("/openid/userinfo", get(userinfo))
        .route("/control/openid/vice", put(set_vice))
}
