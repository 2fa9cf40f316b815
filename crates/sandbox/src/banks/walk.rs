//! A program walks a bank's pages: it fills in the same forms, and the same code reads them.

use super::{
    accounts::{self, Account},
    flow::{self, Flow, Next, Step},
    issuer,
};
use crate::{
    AppState,
    people::{self, Person},
};
use rusqlite::Transaction;
use std::collections::BTreeMap;
use url::Url;

/// Three steps, each tried at most three times.
const PAGES_MAX: usize = 9;

/// Who walks, and what they do.
struct Walker {
    person: String,
    say: String,
    wrong: Option<String>,
}

/// Walks from an authorize URL to where the browser would be sent.
pub(crate) async fn walk(
    state: &AppState,
    url: &Url,
    person: &str,
    say: &str,
    wrong: Option<&str>,
) -> Result<Url, String> {
    let pairs: BTreeMap<String, String> = url.query_pairs().into_owned().collect();
    let request_uri = pairs.get("request_uri").cloned().ok_or("the URL has no request_uri")?;
    if pairs.get("client_id") != Some(&state.settings.client_id) {
        return Err("the URL's client_id is not registered".to_owned());
    }
    let bank = url.path_segments().and_then(|mut segments| segments.nth(1)).unwrap_or_default().to_owned();
    let issuer = issuer(state, &bank);
    let walker = Walker { person: person.to_owned(), say: say.to_owned(), wrong: wrong.map(str::to_owned) };
    let walked = state.db.write(move |tx| walker.walk(tx, &bank, &request_uri, &issuer)).await;
    match walked.map_err(|fault| fault.to_string())? {
        Some(url) => Url::parse(&url).map_err(|why| why.to_string()),
        None => Err("the request is over, or the person has no account at this bank".to_owned()),
    }
}

impl Walker {
    fn walk(
        &self,
        tx: &Transaction<'_>,
        bank: &str,
        request_uri: &str,
        issuer: &str,
    ) -> rusqlite::Result<Option<String>> {
        let account = accounts::account_of_person(tx, bank, &self.person)?;
        let person = people::by_id(tx, &self.person)?;
        let (Some(account), Some(person)) = (account, person) else { return Ok(None) };
        let Some(mut flow) = flow::open(tx, bank, request_uri)? else { return Ok(None) };
        for _ in 0..PAGES_MAX {
            let (id, form) = (flow.id.clone(), self.form(&flow, &account, &person));
            match flow.answer(tx, issuer, &form)? {
                Next::Back(url) => return Ok(Some(url)),
                Next::Over => return Ok(None),
                Next::Page { .. } => match flow::by_id(tx, &id)? {
                    Some(next) => flow = next,
                    None => return Ok(None),
                },
            }
        }
        Ok(None)
    }

    /// What the person types on the page of a step.
    fn form(&self, flow: &Flow, account: &Account, person: &Person) -> BTreeMap<String, String> {
        let wrong = |what: &str| self.wrong.as_deref() == Some(what);
        let typed: &[(&str, &str)] = match flow.step {
            Step::Pushed => &[],
            Step::Login => &[
                ("login", &account.login),
                ("password", if wrong("pin") { "----" } else { &account.password }),
                ("branch", &account.branch),
                ("number", &account.number),
                ("pin", if wrong("pin") { "----" } else { &account.pin }),
                ("birth_date", &person.birth_date),
                ("name", &person.kana),
            ],
            Step::Otp => {
                &[("otp", if wrong("otp") { "------" } else { flow.otp.as_deref().unwrap_or_default() })]
            }
            Step::Consent => &[("say", &self.say)],
        };
        typed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }
}
