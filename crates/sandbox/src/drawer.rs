//! A person's desk drawer: phone, mailbox, card, and what the person knows of each bank, for whoever plays the person.

use crate::{
    AppState, banks,
    pages::{Lang, notice, page, yen},
    people::{self, Person},
};
use askama::Template;
use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};

#[derive(Template)]
#[template(path = "drawer.html")]
struct Drawer {
    lang: Lang,
    person: Person,
    papers: Vec<Paper>,
}

/// What the person has of one bank.
struct Paper {
    bank: &'static banks::Bank,
    balance: String,
    lines: [(&'static str, String); 6],
}

fn paper(lang: Lang, account: banks::Account) -> Option<Paper> {
    Some(Paper {
        bank: banks::bank(&account.bank)?,
        balance: yen(account.balance),
        lines: [
            (lang.pick("サインイン ID", "Sign-in ID"), account.login),
            (lang.pick("パスワード", "Password"), account.password),
            (lang.pick("支店番号", "Branch"), account.branch),
            (lang.pick("口座番号", "Account number"), account.number),
            (lang.pick("暗証番号", "PIN"), account.pin),
            (lang.pick("登録した電話", "Registered phone"), account.phone),
        ],
    })
}

async fn open(State(state): State<AppState>, lang: Lang, Path(id): Path<String>) -> Response {
    let found = state
        .db
        .read(move |c| match people::by_id(c, &id)? {
            Some(person) => Ok(Some((banks::accounts_of(c, &person.id)?, person))),
            None => Ok(None),
        })
        .await;
    match found {
        Ok(Some((accounts, person))) => {
            let papers = accounts.into_iter().filter_map(|account| paper(lang, account)).collect();
            page(StatusCode::OK, &Drawer { lang, person, papers })
        }
        Ok(None) => notice(
            StatusCode::NOT_FOUND,
            lang,
            "この人はいません。最初のページから選んでください。",
            "Nobody has this name here. Choose somebody on the front page.",
        ),
        Err(fault) => fault.into_response(),
    }
}

pub(crate) fn router() -> Router<AppState> {
    Router::new().route("/people/{id}", get(open))
}
