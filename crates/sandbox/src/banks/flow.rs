//! A person at the bank: sign in, one-time password, consent; three wrong tries end it.

use super::{
    accounts::{self, Account},
    list::{self, Bank},
    signals,
};
use crate::{carrier, clock, people, random};
use rusqlite::{Connection, OptionalExtension, Transaction};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use subtle::ConstantTimeEq;
use url::Url;

const TRIES: i64 = 3;
const PIN_FAILURES_MAX: i64 = 3;
const FLOW_LIFE_S: i64 = 600;
const CODE_LIFE_S: i64 = 60;
const CODE_KEPT_S: i64 = 86_400;

/// What the client pushed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Params {
    pub(super) method: String,
    pub(super) purpose: String,
    pub(super) per_debit_limit: i64,
    pub(super) per_day_limit: i64,
    pub(super) redirect_uri: String,
    pub(super) state: String,
    pub(super) code_challenge: String,
    pub(super) dpop_jkt: Option<String>,
}

/// Where the person is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Pushed,
    Login,
    Otp,
    Consent,
}

/// A flow that is still open.
pub(super) struct Flow {
    pub(super) id: String,
    pub(super) bank: &'static Bank,
    pub(super) params: Params,
    pub(super) step: Step,
    pub(super) account_id: Option<String>,
    pub(super) otp: Option<String>,
    pub(super) tries: i64,
}

/// What the person sees next.
pub(super) enum Next {
    Page { wrong: bool },
    Back(String),
    Over,
}

impl Step {
    const fn word(self) -> &'static str {
        match self {
            Self::Pushed => "pushed",
            Self::Login => "login",
            Self::Otp => "otp",
            Self::Consent => "consent",
        }
    }

    fn read(word: &str) -> Option<Self> {
        [Self::Pushed, Self::Login, Self::Otp, Self::Consent].into_iter().find(|step| step.word() == word)
    }
}

fn load(connection: &Connection, filter: &str, value: &str) -> rusqlite::Result<Option<Flow>> {
    let sql = format!(
        "SELECT id, bank, params, step, account_id, otp, tries FROM bank_flows WHERE {filter} = ?1 AND expires_at > ?2"
    );
    let row = connection
        .prepare_cached(&sql)?
        .query_row((value, clock::now_s()), |row| {
            let texts: [String; 4] = [row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?];
            Ok((texts, row.get(4)?, row.get(5)?, row.get(6)?))
        })
        .optional()?;
    Ok(row.and_then(|([id, bank, params, step], account_id, otp, tries)| {
        let params = serde_json::from_str(&params).ok()?;
        Some(Flow { id, bank: list::bank(&bank)?, params, step: Step::read(&step)?, account_id, otp, tries })
    }))
}

/// The open flow with this id.
pub(super) fn by_id(connection: &Connection, id: &str) -> rusqlite::Result<Option<Flow>> {
    load(connection, "id", id)
}

/// Takes a request_uri for the first and only time, and opens the flow.
pub(super) fn open(tx: &Transaction<'_>, bank: &str, request_uri: &str) -> rusqlite::Result<Option<Flow>> {
    let flow = load(tx, "request_uri", request_uri)?;
    let Some(mut flow) = flow.filter(|flow| flow.step == Step::Pushed && flow.bank.code == bank) else {
        return Ok(None);
    };
    flow.step = Step::Login;
    tx.execute(
        "UPDATE bank_flows SET step = 'login', expires_at = ?2 WHERE id = ?1",
        (&flow.id, clock::now_s() + FLOW_LIFE_S),
    )?;
    Ok(Some(flow))
}

/// Forgets requests that are over, and codes of yesterday: a second use of those is no news any more.
pub(super) fn forget_old(tx: &Transaction<'_>) -> rusqlite::Result<()> {
    let now = clock::now_s();
    tx.execute("DELETE FROM bank_flows WHERE expires_at < ?1", [now])?;
    tx.execute("DELETE FROM bank_flow_browsers WHERE flow NOT IN (SELECT id FROM bank_flows)", [])?;
    tx.execute("DELETE FROM bank_codes WHERE expires_at < ?1", [now - CODE_KEPT_S]).map(|_| ())
}

impl Flow {
    fn save(&self, tx: &Transaction<'_>) -> rusqlite::Result<()> {
        let sql = "UPDATE bank_flows SET step = ?2, account_id = ?3, otp = ?4, tries = ?5 WHERE id = ?1";
        tx.execute(sql, (&self.id, self.step.word(), &self.account_id, &self.otp, self.tries)).map(|_| ())
    }

    fn end(&self, tx: &Transaction<'_>, issuer: &str, pairs: &[(&str, &str)]) -> rusqlite::Result<Next> {
        tx.execute("DELETE FROM bank_flows WHERE id = ?1", [&self.id])?;
        let Ok(mut url) = Url::parse(&self.params.redirect_uri) else { return Ok(Next::Over) };
        url.query_pairs_mut()
            .extend_pairs(pairs)
            .append_pair("state", &self.params.state)
            .append_pair("iss", issuer);
        Ok(Next::Back(url.into()))
    }

    fn wrong(&mut self, tx: &Transaction<'_>, issuer: &str) -> rusqlite::Result<Next> {
        self.tries += 1;
        if self.tries >= TRIES {
            return self.end(tx, issuer, &[("error", "access_denied")]);
        }
        self.save(tx)?;
        Ok(Next::Page { wrong: true })
    }

    /// The person's answer to the page of this step.
    pub(super) fn answer(
        mut self,
        tx: &Transaction<'_>,
        issuer: &str,
        form: &BTreeMap<String, String>,
    ) -> rusqlite::Result<Next> {
        let take = |name: &str| form.get(name).map_or("", String::as_str);
        if take("say") == "no" {
            return self.end(tx, issuer, &[("error", "access_denied")]);
        }
        match self.step {
            Step::Pushed => Ok(Next::Over),
            Step::Login => match self.sign_in(tx, form)? {
                None => {
                    signals::wrong_login(tx, &self, form)?;
                    self.wrong(tx, issuer)
                }
                Some(account) => {
                    self.tries = 0;
                    self.signed_in(tx, &account)?;
                    Ok(Next::Page { wrong: false })
                }
            },
            Step::Otp => {
                let fits = self.otp.as_ref().is_some_and(|otp| same(otp, take("otp")));
                if !fits {
                    signals::wrong_otp(tx, &self)?;
                    return self.wrong(tx, issuer);
                }
                self.step = Step::Consent;
                self.otp = None;
                self.save(tx)?;
                Ok(Next::Page { wrong: false })
            }
            Step::Consent if take("say") == "yes" => self.consent(tx, issuer),
            // A consent is given by word, not by default.
            Step::Consent => Ok(Next::Page { wrong: false }),
        }
    }

    fn sign_in(
        &self,
        tx: &Transaction<'_>,
        form: &BTreeMap<String, String>,
    ) -> rusqlite::Result<Option<Account>> {
        let take = |name: &str| form.get(name).map_or("", String::as_str);
        let bank = &self.bank.code;
        if self.params.method == "online_banking_otp" {
            let account = accounts::by_login(tx, bank, take("login"))?;
            return Ok(account.filter(|account| same(&account.password, take("password"))));
        }
        let Some(account) = accounts::by_number(tx, bank, take("branch"), take("number"))? else {
            return Ok(None);
        };
        let Some(person) = people::by_id(tx, &account.person)? else { return Ok(None) };
        let factors = list::factors(&self.params.method);
        let birth_fits = !factors.contains(&"birth_date") || same(&person.birth_date, take("birth_date"));
        let name_fits = !factors.contains(&"name") || same(&plain(&person.kana), &plain(take("name")));
        let pin_fits = same(&account.pin, take("pin"));
        // The lock is the bank's own, on the account: what reverse brute force went around.
        let locked = account.pin_failures >= PIN_FAILURES_MAX;
        let right = pin_fits && birth_fits && name_fits && !locked;
        let failures = match (right, pin_fits) {
            (true, _) => 0,
            (false, true) => account.pin_failures,
            (false, false) => account.pin_failures.saturating_add(1),
        };
        tx.execute(
            "UPDATE bank_accounts SET pin_failures = ?2 WHERE account_id = ?1",
            (&account.account_id, failures),
        )?;
        Ok(right.then_some(account))
    }

    fn signed_in(&mut self, tx: &Transaction<'_>, account: &Account) -> rusqlite::Result<()> {
        self.account_id = Some(account.account_id.clone());
        let needs_otp = list::factors(&self.params.method).iter().any(|factor| factor.starts_with("otp_"));
        if !needs_otp {
            self.step = Step::Consent;
            return self.save(tx);
        }
        let otp = random::digits(6);
        let name = &self.bank.name;
        let (from, text) = match self.params.method.as_str() {
            "online_banking_otp" => (
                format!("{name}アプリ"),
                format!("ワンタイムパスワード {otp}（口座登録用）。人に教えないでください。"),
            ),
            "registered_phone_call" => {
                (format!("{name}（自動音声）"), format!("暗証は {otp} です。繰り返します、{otp} です。"))
            }
            _ => (name.clone(), format!("確認番号 {otp}（口座登録用）。人に教えないでください。")),
        };
        carrier::deliver_sms(tx, &from, &account.phone, &text)?;
        self.step = Step::Otp;
        self.otp = Some(otp);
        self.save(tx)
    }

    fn consent(&self, tx: &Transaction<'_>, issuer: &str) -> rusqlite::Result<Next> {
        let Some(account_id) = &self.account_id else { return Ok(Next::Over) };
        let code = random::token();
        tx.execute(
            "INSERT INTO bank_codes (code, bank, account_id, params, expires_at, used) VALUES (?1, ?2, ?3, ?4, ?5, 0)",
            (
                &code,
                &self.bank.code,
                account_id,
                serde_json::to_string(&self.params).unwrap_or_default(),
                clock::now_s() + CODE_LIFE_S,
            ),
        )?;
        self.end(tx, issuer, &[("code", &code)])
    }
}

fn same(known: &str, typed: &str) -> bool {
    bool::from(known.as_bytes().ct_eq(typed.trim().as_bytes()))
}

fn plain(kana: &str) -> String {
    kana.chars().filter(|c| !c.is_whitespace()).collect()
}
