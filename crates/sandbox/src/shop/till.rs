//! The till's page: take money by a code that is shown or typed, see what came, give money back.

use super::{
    hooks::{self, Hook},
    orders::{self, Sale},
    wallet,
};
use crate::{
    AppState, clock,
    pages::{Lang, page, yen},
};
use askama::Template;
use axum::{
    Form,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use rusqlite::Connection;
use serde::Deserialize;
use serde_json::{Value, json};
use std::ops::RangeInclusive;
use uuid::Uuid;

/// Whole yen; the law's cap for one transfer.
const AMOUNTS: RangeInclusive<i64> = 1..=1_000_000;
const CODE_MAX: usize = 400;

#[derive(Template)]
#[template(path = "shop.html")]
struct Till {
    lang: Lang,
    sale: Option<Shown>,
    lines: Vec<Line>,
    said: Option<String>,
    /// Chosen when the page is made, so that a form that is sent twice asks once.
    ids: [Uuid; 2],
}

/// The sale at the till.
struct Shown {
    sale: Sale,
    amount: String,
    paid: bool,
}

/// A webhook as a line of the list.
struct Line {
    title: String,
    amount: String,
    yen: i64,
    at: String,
    right: bool,
    payment: String,
    refund: Option<Uuid>,
}

impl Line {
    fn of(hook: &Hook, lang: Lang) -> Self {
        // What nobody signed is shown as such, not as the payment that it says it is.
        let title = match hook.kind() {
            _ if !hook.right => lang.pick("信用できない知らせ", "Not believed"),
            "payment.completed" => lang.pick("お支払い", "Paid"),
            "payment.refunded" => lang.pick("返金", "Refunded"),
            "" => lang.pick("読めない知らせ", "Not readable"),
            other => other,
        };
        let refundable = hook.right && hook.kind() == "payment.completed";
        Self {
            title: title.to_owned(),
            amount: if hook.right { yen(hook.amount()) } else { String::new() },
            yen: hook.amount(),
            at: clock::in_japan(hook.at),
            right: hook.right,
            payment: if hook.right { hook.word("payment").to_owned() } else { hook.id.clone() },
            refund: refundable.then(Uuid::now_v7),
        }
    }
}

fn look(connection: &Connection) -> rusqlite::Result<(Option<Sale>, Vec<Hook>)> {
    Ok((orders::newest(connection)?, hooks::newest(connection)?))
}

async fn till(state: &AppState, lang: Lang, said: Option<String>) -> Response {
    let (sale, hooks) = match state.db.read(look).await {
        Ok(found) => found,
        Err(fault) => return fault.into_response(),
    };
    let pays = |hook: &Hook, sale: &Sale| {
        hook.right && hook.kind() == "payment.completed" && hook.word("order") == sale.wallet_order
    };
    let sale = sale.map(|sale| {
        let paid = !sale.wallet_order.is_empty() && hooks.iter().any(|hook| pays(hook, &sale));
        Shown { amount: yen(sale.amount), paid, sale }
    });
    let lines = hooks.iter().map(|hook| Line::of(hook, lang)).collect();
    let status = if said.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    page(status, &Till { lang, sale, lines, said, ids: [Uuid::now_v7(), Uuid::now_v7()] })
}

/// `GET /shop`
pub(super) async fn show(State(state): State<AppState>, lang: Lang) -> Response {
    till(&state, lang, None).await
}

/// A form of the till; each uses what it needs.
#[derive(Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    id: String,
    #[serde(default)]
    amount: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    payment: String,
}

impl Typed {
    /// The form's id (a new one where it brings none) and its amount.
    fn asked(&self, lang: Lang) -> Result<(Uuid, i64), String> {
        let id = if self.id.is_empty() { Some(Uuid::now_v7()) } else { Uuid::parse_str(&self.id).ok() };
        let amount = self.amount.trim().parse().ok().filter(|amount| AMOUNTS.contains(amount));
        let (Some(id), Some(amount)) = (id, amount) else {
            let why = lang.pick(
                "金額は 1 円から 1,000,000 円までの整数で入力してください。",
                "The amount must be a whole number from ¥1 to ¥1,000,000.",
            );
            return Err(why.to_owned());
        };
        Ok((id, amount))
    }
}

/// What is left to do after the wallet's answer.
async fn done(state: &AppState, lang: Lang, asked: Result<Value, String>) -> Response {
    match asked {
        Ok(_) => Redirect::to("/shop").into_response(),
        Err(said) => till(state, lang, Some(said)).await,
    }
}

async fn place(state: &AppState, lang: Lang, typed: &Typed) -> Result<Value, String> {
    let (id, amount) = typed.asked(lang)?;
    let placed = wallet::ask(state, lang, "orders", &json!({ "id": id, "amount": amount })).await?;
    let word = |name: &str| placed[name].as_str().unwrap_or_default().to_owned();
    let (wallet_order, payload) = (word("order"), word("payload"));
    if payload.is_empty() {
        return Err(lang.pick("支払いコードがありません。", "The wallet gave no payment code.").to_owned());
    }
    let sale = Sale { id: id.to_string(), wallet_order, amount, payload };
    state.db.write(move |tx| orders::keep(tx, &sale)).await.map_err(|fault| fault.to_string())?;
    Ok(placed)
}

/// `POST /shop/orders`
pub(super) async fn order(State(state): State<AppState>, lang: Lang, Form(typed): Form<Typed>) -> Response {
    let asked = place(&state, lang, &typed).await;
    done(&state, lang, asked).await
}

async fn take(state: &AppState, lang: Lang, typed: &Typed) -> Result<Value, String> {
    let (id, amount) = typed.asked(lang)?;
    let code = typed.code.trim();
    if code.is_empty() || code.len() > CODE_MAX {
        return Err(lang
            .pick("お客さまのコードを入力してください。", "Type the customer's code.")
            .to_owned());
    }
    wallet::ask(state, lang, "charges", &json!({ "id": id, "code": code, "amount": amount })).await
}

/// `POST /shop/charges`
pub(super) async fn charge(State(state): State<AppState>, lang: Lang, Form(typed): Form<Typed>) -> Response {
    let asked = take(&state, lang, &typed).await;
    done(&state, lang, asked).await
}

async fn give_back(state: &AppState, lang: Lang, typed: &Typed) -> Result<Value, String> {
    let (id, amount) = typed.asked(lang)?;
    let body = json!({ "id": id, "payment": typed.payment, "amount": amount });
    wallet::ask(state, lang, "refunds", &body).await
}

/// `POST /shop/refunds`
pub(super) async fn refund(State(state): State<AppState>, lang: Lang, Form(typed): Form<Typed>) -> Response {
    let asked = give_back(&state, lang, &typed).await;
    done(&state, lang, asked).await
}
