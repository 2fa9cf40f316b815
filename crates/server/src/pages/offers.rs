//! Money that waits for the customer's answer: take it or give it back.

use super::typed::Slip;
use crate::{
    AppState,
    api::{
        offers::{OfferView, give_answer, offers_seen},
        payments::payment_id,
    },
    body::{Path, Query},
    credentials::Caller,
    looking::look_as,
    page::{Page, Tab, html},
    problem::Problem,
};
use askama::Template;
use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use engine::{Need, payments::OfferAnswer};
use serde::Deserialize;

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/offers", get(list))
        .route("/offers/{payment}/accept", get(to_list).post(accept))
        .route("/offers/{payment}/decline", get(to_list).post(decline))
}

/// Who comes by an address, not by a form: the language was changed beside a refusal, say.
async fn to_list() -> Redirect {
    Redirect::to("/offers")
}

#[derive(Debug, Default, Deserialize)]
struct Done {
    #[serde(default)]
    declined: Option<String>,
}

#[derive(Template)]
#[template(path = "offers/list.html")]
struct Offers {
    page: Page,
    offers: Vec<OfferView>,
    declined: bool,
    slip: Option<Slip>,
}

async fn page_of(state: &AppState, caller: Caller) -> Result<(Page, Vec<OfferView>), Problem> {
    let locale =
        look_as(state, &caller, Need::LOOK, |_, standing, _| Ok(Ok(standing.customer.locale))).await?;
    let caller = caller.reading(locale);
    let offers = offers_seen(state, &caller).await?;
    Ok((Page::new(state, &caller, "offers-title").tab(Tab::Home), offers))
}

async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Query(done): Query<Done>,
) -> Result<Response, Problem> {
    let (page, offers) = page_of(&state, caller).await?;
    Ok(html(&Offers { page, offers, declined: done.declined.is_some(), slip: None }))
}

async fn accept(
    State(state): State<AppState>,
    caller: Caller,
    Path(payment): Path<String>,
) -> Result<Response, Problem> {
    answer(&state, caller, &payment, OfferAnswer::Accept).await
}

async fn decline(
    State(state): State<AppState>,
    caller: Caller,
    Path(payment): Path<String>,
) -> Result<Response, Problem> {
    answer(&state, caller, &payment, OfferAnswer::Decline).await
}

async fn answer(
    state: &AppState,
    caller: Caller,
    payment: &str,
    answer: OfferAnswer,
) -> Result<Response, Problem> {
    let id = payment_id(payment)?;
    match give_answer(state, &caller, id, answer).await {
        Ok(payment) if answer == OfferAnswer::Accept => {
            Ok(Redirect::to(&format!("/payments/{}", payment.id)).into_response())
        }
        Ok(_) => Ok(Redirect::to("/offers?declined=yes").into_response()),
        Err(problem) => {
            let (page, offers) = page_of(state, caller).await?;
            let status = problem.status();
            let slip = Some(Slip::of(problem, &page)?);
            Ok((status, html(&Offers { page, offers, declined: false, slip })).into_response())
        }
    }
}
