//! Consents and links: off to the bank, back with its word, and the end of it.

use crate::{
    AppState,
    away::{Away, ReturnedBody},
    body::{Json, Path},
    credentials::Caller,
    looking::look_as,
    problem::Problem,
};
use axum::{extract::State, http::StatusCode};
use banks::{Asked, BankFault, BankWord, BeginConsent as BeginAtBank, Finish};
use engine::{
    Code, Need, Redirect,
    directory::Directory,
    linking::{BankSaid, BeginConsent, Consent, FinishConsent, Link, LinkState, TakeReturn, Unlink},
};
use serde::{Deserialize, Serialize};
use store::look;
use terms::{BankCode, ConsentId, LinkId, Secret, Yen};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

/// The most per debit that a person is asked to sign, if not said.
pub(crate) const PER_DEBIT_LIMIT: Yen = Yen::of(100_000);
/// The most per day.
pub(crate) const PER_DAY_LIMIT: Yen = Yen::of(300_000);

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(begin_consent))
        .routes(routes!(finish_consent))
        .routes(routes!(list_links))
        .routes(routes!(show_link, unlink))
}

/// Which bank account is to be linked, how, and how much may be debited.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConsentBody {
    /// A UUID of your choosing.
    pub(crate) id: Uuid,
    /// The bank's code.
    #[schema(value_type = String)]
    pub(crate) bank: BankCode,
    /// One of the bank's methods.
    pub(crate) method: String,
    /// The most per debit, in yen; 100,000 if not said.
    #[schema(value_type = Option<i64>)]
    pub(crate) per_debit_limit: Option<Yen>,
    /// The most per day, in yen; 300,000 if not said.
    #[schema(value_type = Option<i64>)]
    pub(crate) per_day_limit: Option<Yen>,
}

/// Where the browser goes, and the secret that stays with it.
#[derive(Serialize, ToSchema)]
pub(crate) struct ConsentBegun {
    /// The consent.
    pub(crate) consent: String,
    /// Show it when the browser is back; nobody else can finish the consent.
    pub(crate) flow_secret: String,
    /// Where the browser goes.
    pub(crate) authorize_url: String,
    /// When it must be back.
    pub(crate) expires_at: String,
}

/// A link.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LinkView {
    /// Its id.
    pub(crate) id: String,
    /// `active`, `suspended` or `ended`.
    #[schema(value_type = String)]
    pub(crate) state: LinkState,
    /// The bank's code.
    pub(crate) bank: String,
    /// The bank's name.
    pub(crate) bank_name: String,
    /// The bank's name in English.
    pub(crate) bank_name_en: String,
    /// The bank account, masked.
    pub(crate) account: String,
    /// The branch.
    pub(crate) branch: String,
    /// The bank's method.
    pub(crate) method: String,
    /// The factors that the bank checked.
    pub(crate) factors: Vec<String>,
    /// The most per debit, in yen.
    pub(crate) per_debit_limit: i64,
    /// The most per day, in yen.
    pub(crate) per_day_limit: i64,
    /// When it began.
    pub(crate) created_at: String,
    /// Until when value that comes over it is provisional.
    pub(crate) young_until: String,
}

/// The answer to a finished consent.
#[derive(Debug, Serialize, ToSchema)]
struct LinkAnswer {
    /// The link.
    link: LinkView,
}

/// All links.
#[derive(Debug, Serialize, ToSchema)]
struct LinkList {
    /// The newest first; ended ones too.
    links: Vec<LinkView>,
}

impl LinkView {
    pub(crate) fn of(link: &Link) -> Self {
        let bank = Directory::embedded().bank(link.bank);
        Self {
            id: link.id.to_string(),
            state: link.state,
            bank: link.bank.to_string(),
            bank_name: bank.map(|bank| bank.name.clone()).unwrap_or_default(),
            bank_name_en: bank.map(|bank| bank.name_en.clone()).unwrap_or_default(),
            account: link.account_masked.clone(),
            branch: link.branch_name.clone(),
            method: link.method.clone(),
            factors: link.factors.clone(),
            per_debit_limit: link.per_debit_limit.get(),
            per_day_limit: link.per_day_limit.get(),
            created_at: link.created_at.to_string(),
            young_until: link.young_until.to_string(),
        }
    }
}

fn bank_problem(fault: &BankFault) -> Problem {
    // What the bank did wrong is for our log; the asker learns only that it did not work.
    Problem::fault(fault)
}

/// Ask to link a bank account
///
/// The bank's method must hold a possession factor; the identity of the wallet's owner must be proved.
#[utoipa::path(
    post, path = "/v1/consents", tag = "linking", request_body = ConsentBody,
    security(("session" = []), ("session_cookie" = [])),
    responses((status = 201, body = ConsentBegun))
)]
async fn begin_consent(
    State(state): State<AppState>,
    caller: Caller,
    Json(body): Json<ConsentBody>,
) -> Result<(StatusCode, Json<ConsentBegun>), Problem> {
    Ok((StatusCode::CREATED, Json(begin(&state, &caller, body).await?)))
}

/// Keeps the consent, then tells the bank, then gives the way there.
pub(crate) async fn begin(
    state: &AppState,
    caller: &Caller,
    body: ConsentBody,
) -> Result<ConsentBegun, Problem> {
    let asked = Asked {
        method: body.method,
        per_debit_limit: body.per_debit_limit.unwrap_or(PER_DEBIT_LIMIT),
        per_day_limit: body.per_day_limit.unwrap_or(PER_DAY_LIMIT),
    };
    let expires_at = state.teller.now().plus(state.teller.policy().ceremony_life_ms);
    let away = Away::to(state.banks.issuer(body.bank).unwrap_or_default(), expires_at)?;
    let ask = BeginConsent {
        session: caller.session()?,
        id: ConsentId::new(body.id),
        bank: body.bank,
        method: asked.method.clone(),
        per_debit_limit: asked.per_debit_limit,
        per_day_limit: asked.per_day_limit,
        // The bank's word carries the state's digest, so there is no nonce.
        redirect: Redirect { nonce: None, ..away.redirect },
    };
    state.teller.ask(ask, caller.source.clone()).await?;
    let consent = BeginAtBank { asked: &asked, state: &away.state, challenge: &away.challenge };
    let begun = state.banks.begin(body.bank, consent).await.map_err(|fault| bank_problem(&fault))?;
    Ok(ConsentBegun {
        consent: ConsentId::new(body.id).to_string(),
        flow_secret: away.flow_secret.expose().to_owned(),
        authorize_url: begun.authorize_url,
        expires_at: expires_at.to_string(),
    })
}

/// Back from the bank
#[utoipa::path(
    post, path = "/v1/consents/{consent}/finish", tag = "linking", request_body = ReturnedBody,
    params(("consent" = String, Path, description = "The consent")),
    security(("session" = []), ("session_cookie" = [])),
    responses((status = 200, body = LinkAnswer))
)]
async fn finish_consent(
    State(state): State<AppState>,
    caller: Caller,
    Path(consent): Path<ConsentId>,
    Json(body): Json<ReturnedBody>,
) -> Result<Json<LinkAnswer>, Problem> {
    let link = finish(&state, &caller, consent, body).await?;
    Ok(Json(LinkAnswer { link: LinkView::of(&link) }))
}

/// Uses the return up, asks the bank for its word, and lets the engine decide.
pub(crate) async fn finish(
    state: &AppState,
    caller: &Caller,
    id: ConsentId,
    body: ReturnedBody,
) -> Result<Link, Problem> {
    let session = caller.session()?;
    let returned = body.returned();
    state.teller.ask(TakeReturn { session, id, returned }, caller.source.clone()).await?;
    let consent = state.teller.look(move |shelf| look::consent_of(shelf, id)).await?;
    let consent = consent.ok_or(Problem::from(Code::NotFound))?;
    let said = match body.code.as_ref().filter(|_| body.error.is_none()) {
        Some(code) => bank_word(state, &consent, code, &body.state).await?,
        None => None,
    };
    Ok(state.teller.ask(FinishConsent { session, id, said }, caller.source.clone()).await?)
}

/// The bank's word; nothing where the bank said no, or what it said is not valid.
async fn bank_word(
    state: &AppState,
    consent: &Consent,
    code: &str,
    own_state: &str,
) -> Result<Option<BankSaid>, Problem> {
    let asked = Asked {
        method: consent.method.clone(),
        per_debit_limit: consent.per_debit_limit,
        per_day_limit: consent.per_day_limit,
    };
    let finish = Finish {
        code: &Secret::new(code),
        verifier: &consent.redirect.verifier,
        state: &Secret::new(own_state),
        asked: &asked,
    };
    match state.banks.finish(consent.bank, finish).await {
        Ok(word) => Ok(Some(said(word))),
        Err(fault) => {
            tracing::warn!(%fault, bank = %consent.bank, "the bank's word was not taken");
            Ok(None)
        }
    }
}

fn said(word: BankWord) -> BankSaid {
    BankSaid {
        account: word.account,
        account_masked: word.account_masked,
        branch_name: word.branch_name,
        method: word.method,
        factors: word.factors,
        holder: word.holder,
        birth_date: word.birth_date,
        depositor_notified: word.depositor_notified,
        per_debit_limit: word.per_debit_limit,
        per_day_limit: word.per_day_limit,
        refresh_token: word.refresh_token,
    }
}

/// Your links
#[utoipa::path(
    get, path = "/v1/links", tag = "linking", security(("session" = []), ("session_cookie" = [])),
    responses((status = 200, body = LinkList))
)]
async fn list_links(State(state): State<AppState>, caller: Caller) -> Result<Json<LinkList>, Problem> {
    Ok(Json(LinkList { links: links_seen(&state, &caller).await? }))
}

/// The caller's links.
pub(crate) async fn links_seen(state: &AppState, caller: &Caller) -> Result<Vec<LinkView>, Problem> {
    look_as(state, caller, Need::LOOK, |shelf, standing, _| {
        Ok(Ok(look::links_of(shelf, standing.customer.id)?.iter().map(LinkView::of).collect()))
    })
    .await
}

/// One link
#[utoipa::path(
    get, path = "/v1/links/{link}", tag = "linking",
    params(("link" = String, Path, description = "The link")),
    security(("session" = []), ("session_cookie" = [])),
    responses((status = 200, body = LinkView))
)]
async fn show_link(
    State(state): State<AppState>,
    caller: Caller,
    Path(link): Path<LinkId>,
) -> Result<Json<LinkView>, Problem> {
    Ok(Json(link_seen(&state, &caller, link).await?))
}

/// A link of the caller.
pub(crate) async fn link_seen(state: &AppState, caller: &Caller, id: LinkId) -> Result<LinkView, Problem> {
    look_as(state, caller, Need::LOOK, move |shelf, standing, _| {
        let link = look::link_of(shelf, id)?.filter(|link| link.customer == standing.customer.id);
        Ok(link.map(|link| LinkView::of(&link)).ok_or(Code::NotFound.into()))
    })
    .await
}

/// End a link
#[utoipa::path(
    delete, path = "/v1/links/{link}", tag = "linking",
    params(("link" = String, Path, description = "The link")),
    security(("session" = []), ("session_cookie" = [])),
    responses((status = 204, description = "It has ended, and the bank is told"))
)]
async fn unlink(
    State(state): State<AppState>,
    caller: Caller,
    Path(link): Path<LinkId>,
) -> Result<StatusCode, Problem> {
    end(&state, &caller, link).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends a link of the caller.
pub(crate) async fn end(state: &AppState, caller: &Caller, link: LinkId) -> Result<(), Problem> {
    let ask = Unlink { session: caller.session()?, link };
    Ok(state.teller.ask(ask, caller.source.clone()).await?)
}
