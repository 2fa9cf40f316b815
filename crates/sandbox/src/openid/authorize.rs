//! The person at the provider: who signs in, and whether the relying party may know it.

use super::issuer;
use crate::{
    AppState, clients, clock,
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
use std::collections::BTreeMap;
use url::{Url, form_urlencoded};

const CODE_LIFE_S: i64 = 60;
/// Codes are forgotten an hour after their end; until then a second use is seen as one.
const FORGET_AFTER_S: i64 = 3_600;
const WORD_MAX: usize = 200;
/// Base64url of a SHA-256.
const CHALLENGE_LENGTH: usize = 43;

/// What a relying party asks for, in the query and again in the form.
struct Asked {
    client_id: String,
    /// As registered: the token request repeats it letter by letter, which a parsed URL might not.
    redirect_uri: String,
    return_to: Url,
    scope: String,
    state: String,
    nonce: String,
    challenge: String,
}

/// Why nobody is asked.
enum NotAsked {
    /// It is not certain who asks, so the browser is sent nowhere (RFC 6749 §4.1.2.1).
    Stranger(&'static str, &'static str),
    /// The relying party is told by a redirect.
    Mistake(Url),
}

impl Asked {
    fn read(state: &AppState, pairs: &BTreeMap<String, String>) -> Result<Self, NotAsked> {
        let take = |name: &str| pairs.get(name).map_or("", String::as_str);
        if take("client_id") != state.settings.client_id {
            return Err(NotAsked::Stranger(
                "この依頼元は登録されていません。(client_id)",
                "Whoever asks is not registered here. (client_id)",
            ));
        }
        let registered = state.settings.client_redirect_uris.iter().find(|uri| *uri == take("redirect_uri"));
        let parsed = registered.and_then(|uri| Some((uri.clone(), Url::parse(uri).ok()?)));
        let Some((redirect_uri, return_to)) = parsed else {
            return Err(NotAsked::Stranger(
                "戻り先が登録されていません。(redirect_uri)",
                "The place to return to is not registered. (redirect_uri)",
            ));
        };
        let asked = Self {
            client_id: take("client_id").to_owned(),
            redirect_uri,
            return_to,
            scope: take("scope").to_owned(),
            state: take("state").to_owned(),
            nonce: take("nonce").to_owned(),
            challenge: take("code_challenge").to_owned(),
        };
        let fits = |word: &str| (1..=WORD_MAX).contains(&word.len());
        let mistake = if take("response_type") != "code" {
            "unsupported_response_type"
        } else if !fits(&asked.scope) || !asked.scope.split(' ').any(|scope| scope == "openid") {
            "invalid_scope"
        } else if take("code_challenge_method") != "S256"
            || asked.challenge.len() != CHALLENGE_LENGTH
            || !fits(&asked.state)
            || !fits(&asked.nonce)
        {
            "invalid_request"
        } else {
            return Ok(asked);
        };
        Err(NotAsked::Mistake(asked.back(&issuer(state), "error", mistake)))
    }

    fn back(&self, issuer: &str, name: &str, value: &str) -> Url {
        let mut url = self.return_to.clone();
        url.query_pairs_mut()
            .append_pair(name, value)
            .append_pair("state", &self.state)
            .append_pair("iss", issuer);
        url
    }

    fn fields(&self) -> [(&'static str, &str); 8] {
        [
            ("client_id", &self.client_id),
            ("redirect_uri", &self.redirect_uri),
            ("response_type", "code"),
            ("scope", &self.scope),
            ("state", &self.state),
            ("nonce", &self.nonce),
            ("code_challenge", &self.challenge),
            ("code_challenge_method", "S256"),
        ]
    }

    fn answer(&self, tx: &Transaction<'_>, issuer: &str, person: &str, say: &str) -> rusqlite::Result<Url> {
        let person = people::by_id(tx, person)?.filter(|_| say == "yes");
        let Some(person) = person else { return Ok(self.back(issuer, "error", "access_denied")) };
        let (code, now) = (random::token(), clock::now_s());
        for table in ["openid_codes", "openid_access"] {
            tx.execute(&format!("DELETE FROM {table} WHERE expires_at < ?1"), [now - FORGET_AFTER_S])?;
        }
        tx.execute(
            "INSERT INTO openid_codes VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0)",
            (&code, &person.id, &self.redirect_uri, &self.nonce, &self.challenge, now + CODE_LIFE_S),
        )?;
        Ok(self.back(issuer, "code", &code))
    }
}

fn not_asked(lang: Lang, why: &NotAsked) -> Response {
    match why {
        NotAsked::Stranger(ja, en) => notice(StatusCode::BAD_REQUEST, lang, ja, en),
        NotAsked::Mistake(url) => Redirect::to(url.as_str()).into_response(),
    }
}

#[derive(Template)]
#[template(path = "openid.html")]
struct Consent<'a> {
    lang: Lang,
    client: &'a str,
    fields: Vec<(&'static str, String)>,
    query: String,
    people: Vec<Person>,
}

/// `GET /openid/authorize`
pub(super) async fn ask(
    State(state): State<AppState>,
    lang: Lang,
    Query(pairs): Query<BTreeMap<String, String>>,
) -> Response {
    let asked = match Asked::read(&state, &pairs) {
        Ok(asked) => asked,
        Err(why) => return not_asked(lang, &why),
    };
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(asked.fields()).finish();
    let fields = asked.fields().map(|(name, value)| (name, value.to_owned())).to_vec();
    match state.db.read(people::all).await {
        Ok(people) => {
            let client = clients::display_name(&asked.client_id, lang);
            page(StatusCode::OK, &Consent { lang, client, fields, query, people })
        }
        Err(fault) => fault.into_response(),
    }
}

/// `POST /openid/authorize`
pub(super) async fn choose(
    State(state): State<AppState>,
    lang: Lang,
    Form(pairs): Form<BTreeMap<String, String>>,
) -> Response {
    let asked = match Asked::read(&state, &pairs) {
        Ok(asked) => asked,
        Err(why) => return not_asked(lang, &why),
    };
    let issuer = issuer(&state);
    let take = |name: &str| pairs.get(name).cloned().unwrap_or_default();
    let (person, say) = (take("person"), take("say"));
    match state.db.write(move |tx| asked.answer(tx, &issuer, &person, &say)).await {
        Ok(url) => Redirect::to(url.as_str()).into_response(),
        Err(fault) => fault.into_response(),
    }
}

/// Walks the page for a program: the same code, without a browser. Nothing can be typed wrong here.
pub(crate) async fn walk(
    state: &AppState,
    url: &Url,
    person: &str,
    say: &str,
    _wrong: Option<&str>,
) -> Result<Url, String> {
    if url.path() != "/openid/authorize" {
        return Err("url must be …/openid/authorize?…".to_owned());
    }
    let pairs: BTreeMap<String, String> = url.query_pairs().into_owned().collect();
    let asked = match Asked::read(state, &pairs) {
        Ok(asked) => asked,
        Err(NotAsked::Stranger(_, why)) => return Err(why.to_owned()),
        Err(NotAsked::Mistake(url)) => return Ok(url),
    };
    let (issuer, person, say) = (issuer(state), person.to_owned(), say.to_owned());
    let answered = state
        .db
        .write(move |tx| match people::by_id(tx, &person)? {
            Some(_) => asked.answer(tx, &issuer, &person, &say).map(Some),
            None => Ok(None),
        })
        .await
        .map_err(|fault| fault.to_string())?;
    answered.ok_or_else(|| "nobody has this id; see GET /control/people".to_owned())
}
