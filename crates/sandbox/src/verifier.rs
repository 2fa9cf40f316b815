//! The identity verifier: plays a service that reads a card's chip and signs what it read.

use crate::{
    AppState, Fault,
    clients::ClientRefused,
    clock,
    pages::{Lang, page},
    people::{self, Person},
    random,
};
use askama::Template;
use axum::{
    Form, Json, Router,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use rusqlite::{OptionalExtension, Transaction};
use serde::Deserialize;
use std::collections::BTreeMap;
use subtle::ConstantTimeEq;
use url::Url;

pub(crate) const SCHEMA: &str = "CREATE TABLE IF NOT EXISTS proof_requests (
    request_uri TEXT PRIMARY KEY, method TEXT NOT NULL, redirect_uri TEXT NOT NULL, state TEXT NOT NULL,
    nonce TEXT NOT NULL, expires_at INTEGER NOT NULL, tries INTEGER NOT NULL, done INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS proof_codes (
    code TEXT PRIMARY KEY, request_uri TEXT NOT NULL, person TEXT NOT NULL, expires_at INTEGER NOT NULL,
    used INTEGER NOT NULL) STRICT;";

const METHODS: [&str; 2] = ["jpki_signature", "ic_chip_licence"];
const TRIES: i64 = 3;
const REQUEST_LIFE_S: i64 = 300;
const CODE_LIFE_S: i64 = 60;

fn issuer(state: &AppState) -> String {
    format!("{}/verifier", state.settings.public_url)
}

fn bad(why: &str) -> Response {
    let body = serde_json::json!({ "error": "invalid_request", "error_description": why });
    (StatusCode::BAD_REQUEST, Json(body)).into_response()
}

async fn request(
    State(state): State<AppState>,
    Form(form): Form<BTreeMap<String, String>>,
) -> Result<Response, ClientRefused> {
    state.clients.authenticate(&issuer(&state), &form).await?;
    let take = |name: &str| form.get(name).cloned().unwrap_or_default();
    let (method, redirect_uri, own_state, nonce) =
        (take("method"), take("redirect_uri"), take("state"), take("nonce"));
    if !METHODS.contains(&method.as_str()) {
        return Ok(bad("method must be jpki_signature or ic_chip_licence"));
    }
    if !state.settings.client_redirect_uris.contains(&redirect_uri) {
        return Ok(bad("redirect_uri is not registered"));
    }
    if own_state.is_empty() || nonce.is_empty() || own_state.len() > 200 || nonce.len() > 200 {
        return Ok(bad("state and nonce must have 1 to 200 characters"));
    }
    let request_uri = format!("urn:verifier:{}", random::token());
    let kept = request_uri.clone();
    let expires_at = clock::now_s() + REQUEST_LIFE_S;
    state
        .db
        .write(move |tx| {
            tx.execute(
                "INSERT INTO proof_requests VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, 0)",
                (&kept, &method, &redirect_uri, &own_state, &nonce, expires_at),
            )
        })
        .await?;
    let body = serde_json::json!({ "request_uri": request_uri, "expires_in": REQUEST_LIFE_S });
    Ok((StatusCode::CREATED, Json(body)).into_response())
}

struct Request {
    method: String,
    redirect_uri: String,
    state: String,
    tries: i64,
}

fn open_request(tx: &rusqlite::Connection, request_uri: &str) -> rusqlite::Result<Option<Request>> {
    let sql = "SELECT method, redirect_uri, state, tries FROM proof_requests \
               WHERE request_uri = ?1 AND expires_at > ?2 AND done = 0";
    tx.query_row(sql, (request_uri, clock::now_s()), |row| {
        Ok(Request { method: row.get(0)?, redirect_uri: row.get(1)?, state: row.get(2)?, tries: row.get(3)? })
    })
    .optional()
}

#[derive(Template)]
#[template(path = "verifier.html")]
struct Start {
    lang: Lang,
    request_uri: String,
    chip: bool,
    people: Vec<Person>,
    wrong: bool,
}

#[derive(Deserialize)]
struct Asked {
    request_uri: String,
}

async fn start(State(state): State<AppState>, lang: Lang, Query(asked): Query<Asked>) -> Response {
    show(&state, lang, asked.request_uri, false).await
}

async fn show(state: &AppState, lang: Lang, request_uri: String, wrong: bool) -> Response {
    let uri = request_uri.clone();
    let found = state.db.read(move |c| Ok((open_request(c, &uri)?, people::all(c)?))).await;
    match found {
        Ok((Some(request), people)) => {
            let chip = request.method == "ic_chip_licence";
            page(StatusCode::OK, &Start { lang, request_uri, chip, people, wrong })
        }
        Ok((None, _)) => {
            (StatusCode::GONE, "this request is over; begin again in the wallet\n").into_response()
        }
        Err(fault) => fault.into_response(),
    }
}

/// How a card's PIN went.
enum Read {
    Over,
    Wrong,
    Back(String),
}

fn back(request: &Request, issuer: &str, pairs: &[(&str, &str)]) -> rusqlite::Result<String> {
    let mut url = Url::parse(&request.redirect_uri).map_err(|_| rusqlite::Error::InvalidQuery)?;
    url.query_pairs_mut().extend_pairs(pairs).append_pair("state", &request.state).append_pair("iss", issuer);
    Ok(url.into())
}

fn read_card(
    tx: &Transaction<'_>,
    issuer: &str,
    request_uri: &str,
    person: &str,
    pin: &str,
    refuse: bool,
) -> rusqlite::Result<Read> {
    let Some(request) = open_request(tx, request_uri)? else { return Ok(Read::Over) };
    let finish = |tx: &Transaction<'_>| {
        tx.execute("UPDATE proof_requests SET done = 1 WHERE request_uri = ?1", [request_uri])
    };
    if refuse {
        finish(tx)?;
        return Ok(Read::Back(back(&request, issuer, &[("error", "access_denied")])?));
    }
    let person = people::by_id(tx, person)?
        .filter(|person| bool::from(person.card_pin.as_bytes().ct_eq(pin.as_bytes())));
    let Some(person) = person else {
        tx.execute("UPDATE proof_requests SET tries = tries + 1 WHERE request_uri = ?1", [request_uri])?;
        if request.tries + 1 < TRIES {
            return Ok(Read::Wrong);
        }
        finish(tx)?;
        return Ok(Read::Back(back(&request, issuer, &[("error", "access_denied")])?));
    };
    finish(tx)?;
    let code = random::token();
    tx.execute(
        "INSERT INTO proof_codes VALUES (?1, ?2, ?3, ?4, 0)",
        (&code, request_uri, &person.id, clock::now_s() + CODE_LIFE_S),
    )?;
    Ok(Read::Back(back(&request, issuer, &[("code", &code)])?))
}

#[derive(Deserialize)]
struct Card {
    request_uri: String,
    #[serde(default)]
    person: String,
    #[serde(default)]
    pin: String,
    #[serde(default)]
    say: String,
}

async fn card(State(state): State<AppState>, lang: Lang, Form(card): Form<Card>) -> Response {
    let issuer = issuer(&state);
    let uri = card.request_uri.clone();
    let read = state
        .db
        .write(move |tx| read_card(tx, &issuer, &card.request_uri, &card.person, &card.pin, card.say == "no"))
        .await;
    match read {
        Ok(Read::Back(url)) => Redirect::to(&url).into_response(),
        Ok(Read::Wrong) => show(&state, lang, uri, true).await,
        Ok(Read::Over) => show(&state, lang, uri, false).await,
        Err(fault) => fault.into_response(),
    }
}

/// Walks the pages for a program: the same code, without a browser.
pub(crate) async fn walk(
    state: &AppState,
    url: &Url,
    person: &str,
    say: &str,
    wrong: Option<&str>,
) -> Result<Url, String> {
    let uri = url.query_pairs().find(|(name, _)| name == "request_uri").map(|(_, value)| value.into_owned());
    let uri = uri.ok_or("the URL has no request_uri")?;
    let (issuer, person, refuse) = (issuer(state), person.to_owned(), say == "no");
    let wrong = wrong.is_some();
    let read = state
        .db
        .write(move |tx| {
            let pin = people::by_id(tx, &person)?.map(|person| person.card_pin).unwrap_or_default();
            let pin = if wrong { "----" } else { &pin };
            let mut read = read_card(tx, &issuer, &uri, &person, pin, refuse)?;
            for _ in 1..TRIES {
                if matches!(read, Read::Wrong) {
                    read = read_card(tx, &issuer, &uri, &person, pin, refuse)?;
                }
            }
            Ok(read)
        })
        .await
        .map_err(|fault| fault.to_string())?;
    match read {
        Read::Back(url) => Url::parse(&url).map_err(|why| why.to_string()),
        Read::Wrong | Read::Over => Err("the request is over, or the person is unknown".to_owned()),
    }
}

async fn assertion(
    State(state): State<AppState>,
    Form(form): Form<BTreeMap<String, String>>,
) -> Result<Response, ClientRefused> {
    let issuer = issuer(&state);
    state.clients.authenticate(&issuer, &form).await?;
    let code = form.get("code").cloned().unwrap_or_default();
    let now = clock::now_s();
    let found = state
        .db
        .write(move |tx| {
            let taken =
                tx.execute("UPDATE proof_codes SET used = 1 WHERE code = ?1 AND used = 0 AND expires_at > ?2", (&code, now))?;
            if taken == 0 {
                return Ok(None);
            }
            let sql = "SELECT c.person, r.method, r.nonce FROM proof_codes c JOIN proof_requests r USING (request_uri) WHERE c.code = ?1";
            let (person, method, nonce): (String, String, String) =
                tx.query_row(sql, [&code], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            Ok(people::by_id(tx, &person)?.map(|person| (person, method, nonce)))
        })
        .await?;
    let Some((person, method, nonce)) = found else {
        return Ok(bad("the code is unknown, used or over"));
    };
    let claims = serde_json::json!({
        "iss": issuer, "aud": state.settings.client_id, "sub": person.id, "iat": now, "exp": now + 300,
        "jti": random::token(), "nonce": nonce, "method": method, "verified_at": now, "name": person.name,
        "name_kana": person.kana, "birth_date": person.birth_date, "address": "東京都千代田区千代田1-1",
        "certificate_expires_at": now + 3 * 365 * 86_400, "face_image": false,
    });
    let key = state.keys.get("verifier").await.map_err(ClientRefused::from)?;
    let assertion = key.sign("identity-assertion+jwt", &claims).map_err(ClientRefused::from)?;
    Ok(Json(serde_json::json!({ "assertion": assertion })).into_response())
}

async fn jwks(State(state): State<AppState>) -> Result<Response, Fault> {
    Ok(Json(state.keys.get("verifier").await?.jwks()).into_response())
}

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/verifier/requests", post(request))
        .route("/verifier/start", get(start))
        .route("/verifier/card", post(card))
        .route("/verifier/assertions", post(assertion))
        .route("/verifier/jwks", get(jwks))
}
