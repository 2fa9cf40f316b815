//! The wallet at a glance: who, how much, and what is still allowed.

use crate::{AppState, body::Json, credentials::Caller, looking::look_as, problem::Problem};
use axum::extract::State;
use engine::{
    Aal, Context, Ial, Limits, Need, Standing,
    payments::{Usage, payout_key, spending_key, top_up_key},
};
use serde::Serialize;
use store::{Fault, Shelf, look};
use terms::{Time, Yen};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(show_wallet))
}

/// What is left of one rolling limit, in yen.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Window {
    /// The limit.
    pub(crate) limit: i64,
    /// What may still be used of it.
    pub(crate) left: i64,
}

/// The rolling limits on one kind of payment.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LimitView {
    /// 24 hours.
    pub(crate) day: Window,
    /// 7 days.
    pub(crate) week: Window,
    /// 30 days.
    pub(crate) month: Window,
}

/// All limits.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AllLimits {
    /// Money in from bank accounts.
    pub(crate) top_up: LimitView,
    /// Money out to people and shops.
    pub(crate) spending: LimitView,
    /// Money back to bank accounts.
    pub(crate) payout: LimitView,
    /// The most that one payment may be, in yen.
    pub(crate) payment_max: i64,
}

/// How well the session and the person are known.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Assurance {
    /// `federated` or `passkey`.
    #[schema(value_type = String)]
    aal: Aal,
    /// `phone` or `proved`.
    #[schema(value_type = String)]
    pub(crate) ial: Ial,
}

/// The wallet.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WalletView {
    /// The customer.
    customer: String,
    /// The name to be paid under.
    pub(crate) handle: Option<String>,
    /// The name as others see it; nothing without a proved identity.
    pub(crate) masked_name: Option<String>,
    /// How well session and person are known.
    pub(crate) assurance: Assurance,
    /// Everything that is yours, in yen: available, provisional and held.
    pub(crate) balance: i64,
    /// What may be used for everything.
    pub(crate) available: i64,
    /// What came over a young link: good in most shops, not for sending or payout yet.
    pub(crate) provisional: i64,
    /// What is reserved for payments under way.
    pub(crate) held: i64,
    /// What top-ups under way will bring.
    pub(crate) announced: i64,
    /// What is still allowed.
    pub(crate) limits: AllLimits,
}

/// Your wallet
#[utoipa::path(
    get, path = "/v1/wallet", tag = "wallet", security(("session" = []), ("session_cookie" = [])),
    responses((status = 200, body = WalletView))
)]
async fn show_wallet(State(state): State<AppState>, caller: Caller) -> Result<Json<WalletView>, Problem> {
    Ok(Json(wallet_of(&state, &caller).await?))
}

/// The caller's wallet.
pub(crate) async fn wallet_of(state: &AppState, caller: &Caller) -> Result<WalletView, Problem> {
    look_as(state, caller, Need::LOOK, |shelf, standing, at| Ok(Ok(view(shelf, standing, at)?))).await
}

fn view(shelf: &mut Shelf<'_>, standing: &Standing, at: &Context<'_>) -> Result<WalletView, Fault> {
    let customer = &standing.customer;
    let purse = look::purse_of(shelf, customer)?;
    let identity = look::identity_of(shelf, customer.id)?.filter(|identity| identity.ended_at.is_none());
    let (now, policy) = (at.moment.now, at.policy);
    let mut limit = |key: &str, limits: Limits| -> Result<LimitView, Fault> {
        Ok(limit_view(limits, &look::usage_of(shelf, key, now)?, now))
    };
    Ok(WalletView {
        customer: customer.id.to_string(),
        handle: customer.handle.as_ref().map(|handle| format!("@{handle}")),
        masked_name: identity.map(|identity| identity.kana.masked()),
        assurance: Assurance { aal: standing.session.aal, ial: customer.ial },
        balance: purse.available.get() + purse.provisional.get() + purse.held.get(),
        available: purse.available.get(),
        provisional: purse.provisional.get(),
        held: purse.held.get(),
        announced: purse.announced.get(),
        limits: AllLimits {
            top_up: limit(&top_up_key(customer.id), policy.customer_top_ups)?,
            spending: limit(&spending_key(customer.id), policy.spending(customer.ial))?,
            payout: limit(&payout_key(customer.id), policy.payouts)?,
            payment_max: policy.payment_max.get(),
        },
    })
}

fn limit_view(limits: Limits, usage: &Usage, now: Time) -> LimitView {
    let window = |hours: i64, limit: Yen| Window {
        limit: limit.get(),
        left: limit.less(usage.within(hours, now)).get(),
    };
    LimitView {
        day: window(24, limits.day),
        week: window(7 * 24, limits.week),
        month: window(30 * 24, limits.month),
    }
}
