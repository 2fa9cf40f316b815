//! Pay in a shop: read the shop's code and pay, or show one's own code at the till.

use super::typed::{self, Slip};
use crate::{
    AppState,
    api::{
        codes::{self, ShownCode},
        qr::{self, SeenCode},
    },
    body::Form,
    credentials::Caller,
    draw,
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
use base64::{Engine, engine::general_purpose::STANDARD};
use engine::{Code, Need};
use qrcode::{EcLevel, QrCode, render::svg};
use serde::Deserialize;
use store::look;
use terms::{PaymentId, Yen};

const QR_SIDE: u32 = 260;

pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route("/pay", get(form).post(pay))
        .route("/pay/confirm", get(async || Redirect::to("/pay")).post(confirm))
        .route("/pay/code", get(async || Redirect::to("/pay")).post(show_code))
}

/// What was typed, pasted or scanned.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Typed {
    payload: String,
    amount: String,
    /// Of a payment that was confirmed.
    id: Option<PaymentId>,
}

#[derive(Template)]
#[template(path = "pay/form.html")]
struct PayForm {
    page: Page,
    payload: String,
    slip: Option<Slip>,
}

#[derive(Template)]
#[template(path = "pay/confirm.html")]
struct Confirm {
    page: Page,
    typed: Typed,
    seen: SeenCode,
    id: PaymentId,
    usable: Yen,
    slip: Option<Slip>,
}

#[derive(Template)]
#[template(path = "pay/code.html")]
struct CodePage {
    page: Page,
    code: ShownCode,
    groups: Vec<String>,
    image: String,
    /// How long the code is good from now.
    good_ms: i64,
}

/// The page, in the wallet's language, and what can be spent in a shop.
async fn opened(state: &AppState, caller: Caller) -> Result<(Caller, Page, Yen), Problem> {
    let (locale, usable) = look_as(state, &caller, Need::MONEY, |shelf, standing, _| {
        let purse = look::purse_of(shelf, &standing.customer)?;
        let usable = purse.available.plus(purse.provisional).unwrap_or(Yen::MAX);
        Ok(Ok((standing.customer.locale, usable)))
    })
    .await?;
    let caller = caller.reading(locale);
    let page = Page::new(state, &caller, "pay-title").tab(Tab::Pay);
    Ok((caller, page, usable))
}

async fn form(State(state): State<AppState>, caller: Caller) -> Result<Response, Problem> {
    let (_, page, _) = opened(&state, caller).await?;
    Ok(html(&PayForm { page, payload: String::new(), slip: None }))
}

async fn confirm(
    State(state): State<AppState>,
    caller: Caller,
    Form(typed): Form<Typed>,
) -> Result<Response, Problem> {
    let (caller, page, usable) = opened(&state, caller).await?;
    let typed = Typed { payload: typed.payload.trim().to_owned(), ..typed };
    let page = keeping(page, &typed);
    match qr::read(&state, &caller, &typed.payload).await {
        Ok(seen) => {
            let id = PaymentId::new(draw::uuid()?);
            Ok(html(&Confirm { page, typed, seen, id, usable, slip: None }))
        }
        Err(problem) => begin_again(page, typed, problem),
    }
}

/// What was read goes on in the other language too, and is never paid by it.
fn keeping(page: Page, typed: &Typed) -> Page {
    page.keeps("/pay/confirm", &[("payload", &typed.payload), ("amount", &typed.amount)])
}

fn begin_again(page: Page, typed: Typed, problem: Problem) -> Result<Response, Problem> {
    let status = problem.status();
    let slip = Some(Slip::of(problem, &page)?);
    Ok((status, html(&PayForm { page, payload: typed.payload, slip })).into_response())
}

async fn pay(
    State(state): State<AppState>,
    caller: Caller,
    Form(typed): Form<Typed>,
) -> Result<Response, Problem> {
    let (caller, page, usable) = opened(&state, caller).await?;
    let page = keeping(page, &typed);
    let id = typed.id.ok_or_else(|| Problem::from(Code::FieldNotAllowed).field("id", "a payment's id"))?;
    let paid = async {
        let typed_amount = typed::words(typed.amount.clone());
        let amount = typed_amount.as_deref().map(typed::amount).transpose()?;
        qr::pay(&state, &caller, id, typed.payload.clone(), amount).await
    };
    let problem = match paid.await {
        Ok(payment) => return Ok(Redirect::to(&format!("/payments/{}", payment.id)).into_response()),
        Err(problem) => problem,
    };
    // The shop's code may still be good, so that only the amount has to be typed again, under a new id.
    match qr::read(&state, &caller, &typed.payload).await {
        Ok(seen) => {
            let status = problem.status();
            let slip = Some(Slip::of(problem, &page)?);
            let id = PaymentId::new(draw::uuid()?);
            Ok((status, html(&Confirm { page, typed, seen, id, usable, slip })).into_response())
        }
        Err(_) => begin_again(page, typed, problem),
    }
}

async fn show_code(State(state): State<AppState>, caller: Caller) -> Result<Response, Problem> {
    let (caller, page, _) = opened(&state, caller).await?;
    let code = codes::new_code(&state, &caller).await?;
    let groups = code.digits.as_bytes().chunks(4).map(|group| String::from_utf8_lossy(group).into_owned());
    let (groups, image) = (groups.collect(), image(&code.payload)?);
    let good_ms = code.expires_at.since(state.teller.now()).as_millis();
    let page = page.keeps("/pay/code", &[]);
    Ok(html(&CodePage { page, code, groups, image, good_ms }))
}

/// A QR code as an image that needs no request of its own.
fn image(payload: &str) -> Result<String, Problem> {
    let code = QrCode::with_error_correction_level(payload, EcLevel::M).map_err(Problem::fault)?;
    let svg = code.render::<svg::Color<'_>>().min_dimensions(QR_SIDE, QR_SIDE).quiet_zone(true).build();
    Ok(format!("data:image/svg+xml;base64,{}", STANDARD.encode(svg)))
}
