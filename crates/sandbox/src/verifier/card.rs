//! The person at the card reader: choose a card, type its PIN; three wrong PINs end the request.

use super::{
    issuer,
    request::{self, Request},
};
use crate::{
    AppState, clock,
    pages::{Lang, notice, page},
    people::{self, Person},
    random,
};
use askama::Template;
use axum::{
    Form,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use rusqlite::Transaction;
use serde::Deserialize;
use subtle::ConstantTimeEq;
use url::Url;

const TRIES: i64 = 3;
const CODE_LIFE_S: i64 = 60;

#[derive(Template)]
#[template(path = "verifier.html")]
struct Start {
    lang: Lang,
    request_uri: String,
    chip: bool,
    people: Vec<Person>,
    chosen: String,
    tries_left: i64,
    wrong: bool,
}

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    request_uri: String,
}

/// `GET /verifier/start`
pub(super) async fn start(State(state): State<AppState>, lang: Lang, Query(asked): Query<Asked>) -> Response {
    show(&state, lang, asked.request_uri, String::new(), false).await
}

async fn show(state: &AppState, lang: Lang, request_uri: String, chosen: String, wrong: bool) -> Response {
    let uri = request_uri.clone();
    let found = state.db.read(move |c| Ok((request::open(c, &uri)?, people::all(c)?))).await;
    match found {
        Ok((Some(request), people)) => {
            let chip = request.method == "ic_chip_licence";
            let tries_left = TRIES - request.tries;
            let start = Start { lang, request_uri, chip, people, chosen, tries_left, wrong };
            page(StatusCode::OK, &start)
        }
        Ok((None, _)) => notice(
            StatusCode::GONE,
            lang,
            "この確認は終わっています。ウォレットからやり直してください。",
            "This check is over. Begin again in the wallet.",
        ),
        Err(fault) => fault.into_response(),
    }
}

/// What came of a card on the reader.
enum Read {
    Over,
    Wrong,
    Back(String),
}

/// A card on the reader, as the browser's form or the walk says it.
#[derive(Deserialize)]
pub(super) struct Card {
    #[serde(default)]
    request_uri: String,
    #[serde(default)]
    person: String,
    #[serde(default)]
    pin: String,
    #[serde(default)]
    say: String,
}

impl Card {
    fn read(&self, tx: &Transaction<'_>, issuer: &str) -> rusqlite::Result<Read> {
        let Some(request) = request::open(tx, &self.request_uri)? else { return Ok(Read::Over) };
        if self.say == "no" {
            return self.finish(tx, &request, issuer, ("error", "access_denied"));
        }
        let person = people::by_id(tx, &self.person)?
            .filter(|person| bool::from(person.card_pin.as_bytes().ct_eq(self.pin.as_bytes())));
        let Some(person) = person else {
            let sql = "UPDATE proof_requests SET tries = tries + 1 WHERE request_uri = ?1";
            tx.execute(sql, [&self.request_uri])?;
            if request.tries + 1 < TRIES {
                return Ok(Read::Wrong);
            }
            return self.finish(tx, &request, issuer, ("error", "access_denied"));
        };
        let code = random::token();
        tx.execute(
            "INSERT INTO proof_codes VALUES (?1, ?2, ?3, ?4, 0)",
            (&code, &self.request_uri, &person.id, clock::now_s() + CODE_LIFE_S),
        )?;
        self.finish(tx, &request, issuer, ("code", &code))
    }

    fn finish(
        &self,
        tx: &Transaction<'_>,
        request: &Request,
        issuer: &str,
        (name, value): (&str, &str),
    ) -> rusqlite::Result<Read> {
        tx.execute("UPDATE proof_requests SET done = 1 WHERE request_uri = ?1", [&self.request_uri])?;
        let Ok(mut url) = Url::parse(&request.redirect_uri) else { return Ok(Read::Over) };
        url.query_pairs_mut()
            .append_pair(name, value)
            .append_pair("state", &request.state)
            .append_pair("iss", issuer);
        Ok(Read::Back(url.into()))
    }
}

/// `POST /verifier/card`
pub(super) async fn put_on_reader(
    State(state): State<AppState>,
    lang: Lang,
    Form(card): Form<Card>,
) -> Response {
    let issuer = issuer(&state);
    let (uri, chosen) = (card.request_uri.clone(), card.person.clone());
    match state.db.write(move |tx| card.read(tx, &issuer)).await {
        Ok(Read::Back(url)) => Redirect::to(&url).into_response(),
        Ok(Read::Wrong) => show(&state, lang, uri, chosen, true).await,
        Ok(Read::Over) => show(&state, lang, uri, chosen, false).await,
        Err(fault) => fault.into_response(),
    }
}

/// Walks the page for a program: the same code, without a browser. `wrong` = `pin` types a wrong PIN three times.
pub(crate) async fn walk(
    state: &AppState,
    url: &Url,
    person: &str,
    say: &str,
    wrong: Option<&str>,
) -> Result<Url, String> {
    let uri = url.query_pairs().find(|(name, _)| name == "request_uri").map(|(_, value)| value.into_owned());
    let (Some(request_uri), "/verifier/start") = (uri, url.path()) else {
        return Err("url must be …/verifier/start?request_uri=…".to_owned());
    };
    let (issuer, id, wrong) = (issuer(state), person.to_owned(), wrong == Some("pin"));
    let (say, person) = (say.to_owned(), person.to_owned());
    let read = state
        .db
        .write(move |tx| {
            let Some(holder) = people::by_id(tx, &id)? else { return Ok(None) };
            let pin = if wrong { "----".to_owned() } else { holder.card_pin };
            let card = Card { request_uri, person, pin, say };
            let mut read = Read::Wrong;
            for _ in 0..TRIES {
                if matches!(read, Read::Wrong) {
                    read = card.read(tx, &issuer)?;
                }
            }
            Ok(Some(read))
        })
        .await
        .map_err(|fault| fault.to_string())?;
    match read {
        Some(Read::Back(url)) => Url::parse(&url).map_err(|why| why.to_string()),
        Some(Read::Wrong | Read::Over) => Err("the request is unknown or over".to_owned()),
        None => Err("nobody has this id; see GET /control/people".to_owned()),
    }
}
