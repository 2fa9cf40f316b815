//! Suspended links: two people lift a suspension (P7).

use crate::{
    AppState,
    body::{Json, Path},
    credentials::{Caller, Operator},
    problem::Problem,
};
use axum::extract::State;
use engine::linking::{AskToLift, ConfirmLift, LiftAsked, Link, LinkState};
use serde::{Deserialize, Serialize};
use store::look;
use terms::LinkId;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_suspended))
        .routes(routes!(ask_to_lift))
        .routes(routes!(confirm_lift))
}

/// What the first of two asks for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LiftBody {
    /// Why, in 3 to 500 characters.
    #[schema(example = "the depositor is the customer; the bank withdrew its word")]
    reason: String,
}

/// An ask that waits for a second person.
#[derive(Debug, Serialize, ToSchema)]
struct LiftView {
    /// Who asked.
    by: String,
    /// When; a second person has seven days.
    at: String,
    /// Why.
    reason: String,
}

/// A link whose use was stopped by its bank's word.
#[derive(Debug, Serialize, ToSchema)]
struct SuspendedLink {
    /// The link.
    link: String,
    /// Whose wallet.
    customer: String,
    /// The bank.
    bank: String,
    /// The bank account as its customer sees it.
    account_masked: String,
    /// `suspended`, or `active` once it is lifted.
    state: &'static str,
    /// What waits for a second person.
    #[serde(skip_serializing_if = "Option::is_none")]
    lift: Option<LiftView>,
}

/// Suspended links.
#[derive(Debug, Serialize, ToSchema)]
struct SuspendedLinkList {
    /// The oldest first, at most 500.
    links: Vec<SuspendedLink>,
}

fn view(link: &Link) -> SuspendedLink {
    let waiting = |asked: &LiftAsked| LiftView {
        by: asked.by.to_string(),
        at: asked.at.to_string(),
        reason: asked.reason.clone(),
    };
    SuspendedLink {
        link: link.id.to_string(),
        customer: link.customer.to_string(),
        bank: link.bank.to_string(),
        account_masked: link.account_masked.clone(),
        state: match link.state {
            LinkState::Active => "active",
            LinkState::Suspended => "suspended",
            LinkState::Ended => "ended",
        },
        lift: link.lift.as_ref().map(waiting),
    }
}

/// Suspended links
#[utoipa::path(
    get, path = "/v1/operator/suspended-links", tag = "operator", security(("operator_token" = [])),
    responses((status = 200, body = SuspendedLinkList))
)]
async fn list_suspended(
    State(state): State<AppState>,
    _: Operator,
) -> Result<Json<SuspendedLinkList>, Problem> {
    let links = state.teller.look(look::links_suspended).await?;
    Ok(Json(SuspendedLinkList { links: links.iter().map(view).collect() }))
}

/// Ask to lift a suspension
///
/// The first of two people. Nothing changes until a second, different one confirms.
#[utoipa::path(
    post, path = "/v1/operator/suspended-links/{link}/lift", tag = "operator", request_body = LiftBody,
    params(("link" = String, Path, description = "The link")), security(("operator_token" = [])),
    responses((status = 200, body = SuspendedLink))
)]
async fn ask_to_lift(
    State(state): State<AppState>,
    operator: Operator,
    caller: Caller,
    Path(link): Path<LinkId>,
    Json(body): Json<LiftBody>,
) -> Result<Json<SuspendedLink>, Problem> {
    let ask = AskToLift { by: operator.name, link, reason: body.reason };
    Ok(Json(view(&state.teller.ask(ask, caller.source).await?)))
}

/// Confirm that a suspension is lifted
///
/// The second of two people: the link can be used with this answer. It counts as young again.
#[utoipa::path(
    post, path = "/v1/operator/suspended-links/{link}/confirm", tag = "operator",
    params(("link" = String, Path, description = "The link")), security(("operator_token" = [])),
    responses((status = 200, body = SuspendedLink))
)]
async fn confirm_lift(
    State(state): State<AppState>,
    operator: Operator,
    caller: Caller,
    Path(link): Path<LinkId>,
) -> Result<Json<SuspendedLink>, Problem> {
    let ask = ConfirmLift { by: operator.name, link };
    Ok(Json(view(&state.teller.ask(ask, caller.source).await?)))
}
