//! A client of the sandbox's control side: people, phones, mailboxes, the walk through a bank's pages, vices, books.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::fields;
use crate::http::Http;
use crate::strangers::Stranger;
use crate::trouble::Trouble;

/// How often a mailbox is looked into.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// The sandbox at one address.
#[derive(Clone)]
pub struct Sandbox(Http);

/// A pretended person with bank accounts.
#[derive(Clone, Debug, Deserialize)]
pub struct Person {
    /// The sandbox's name for the person.
    pub id: String,
    /// The name in full-width katakana.
    pub kana: String,
    /// `YYYY-MM-DD`.
    pub birth_date: String,
    /// Eleven digits.
    pub phone: String,
    /// The mail address.
    pub mail: String,
    /// The bank accounts.
    pub bank_accounts: Vec<BankAccount>,
}

/// A pretended person's account at a bank.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct BankAccount {
    /// Four digits.
    pub bank: String,
    /// Three digits.
    pub branch: String,
    /// Seven digits.
    pub number: String,
    /// Whole yen at the time of the answer.
    pub balance: i64,
}

/// One message on a pretended phone or in a pretended mailbox.
#[derive(Clone, Debug, Deserialize)]
pub struct Message {
    /// The sandbox's id.
    pub id: String,
    /// Who sent it.
    #[serde(default)]
    pub from: String,
    /// What it says.
    pub text: String,
}

/// What a bank owes the wallet, by its own books.
#[derive(Clone, Debug, Deserialize)]
pub struct Books {
    /// Sum of debits minus credits, whole yen.
    pub settlement_balance: i64,
}

/// How a bank may misbehave for its next payments (`docs/sandbox.md`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vice {
    /// Behaves.
    None,
    /// Books, then hangs.
    TimeoutAfterDebit,
    /// Hangs without booking.
    TimeoutBeforeDebit,
    /// Books and closes the connection.
    LostReply,
    /// Books, answers, and calls back twice.
    AnswersTwice,
    /// Answers `pending`, books later and calls back.
    BooksLate,
}

impl Vice {
    /// The sandbox's name for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::TimeoutAfterDebit => "timeout_after_debit",
            Self::TimeoutBeforeDebit => "timeout_before_debit",
            Self::LostReply => "lost_reply",
            Self::AnswersTwice => "answers_twice",
            Self::BooksLate => "books_late",
        }
    }
}

/// What a browser brings back from a bank, verifier or provider: the query of the redirect.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Returned {
    /// The code, when the person said yes.
    pub code: Option<String>,
    /// The state that was sent along.
    pub state: Option<String>,
    /// Who answers (RFC 9207).
    pub iss: Option<String>,
    /// The error, when the person said no or failed.
    pub error: Option<String>,
}

impl Returned {
    /// Reads the query of a redirect.
    pub(crate) fn of(location: &str) -> Result<Self, Trouble> {
        let url = url::Url::parse(location).map_err(|_| Trouble::Unexpected {
            at: "POST /control/walk".to_owned(),
            expected: "a URL under \"location\"".to_owned(),
            got: location.to_owned(),
        })?;
        let mut returned = Self::default();
        for (name, value) in url.query_pairs() {
            let place = match name.as_ref() {
                "code" => &mut returned.code,
                "state" => &mut returned.state,
                "iss" => &mut returned.iss,
                "error" => &mut returned.error,
                _ => continue,
            };
            *place = Some(value.into_owned());
        }
        Ok(returned)
    }

    /// The body that finishes a flow at the wallet.
    pub(crate) fn finish_body(&self, flow_secret: &str) -> Value {
        let mut body = json!({ "flow_secret": flow_secret });
        let members =
            [("code", &self.code), ("state", &self.state), ("iss", &self.iss), ("error", &self.error)];
        for (name, value) in members {
            if let Some(value) = value {
                body[name] = json!(value);
            }
        }
        body
    }
}

impl Sandbox {
    /// The sandbox at `url` (`http://host:port`).
    ///
    /// # Errors
    /// [`Trouble::Option`] when `url` is not usable.
    pub fn at(url: &str) -> Result<Self, Trouble> {
        Http::new(url).map(Self)
    }

    /// Everybody in the sandbox, those first that were there from the start.
    ///
    /// # Errors
    /// [`Trouble`] when the sandbox does not answer as documented.
    pub async fn people(&self) -> Result<Vec<Person>, Trouble> {
        let path = "/control/people";
        let mut answer = self.0.ask("GET", path, None).await?;
        read(answer["people"].take(), path)
    }

    /// A new person with an account at every bank.
    ///
    /// # Errors
    /// [`Trouble`] when the sandbox does not give one.
    pub async fn new_person(&self, stranger: &Stranger) -> Result<Person, Trouble> {
        let path = "/control/people";
        let body = json!({
            "kana": stranger.kana, "name": stranger.name, "birth_date": stranger.birth_date,
            "phone": stranger.phone, "mail": stranger.mail,
        });
        let answer = self.0.ask("POST", path, Some(&body)).await?;
        read(answer, path)
    }

    /// Walks the pages behind `url` as `person`, who says yes or no; the walk uses the same code as a browser.
    ///
    /// # Errors
    /// [`Trouble`] when the walk does not end in a redirect.
    pub async fn walk(&self, url: &str, person: &str, yes: bool) -> Result<Returned, Trouble> {
        let say = if yes { "yes" } else { "no" };
        let body = json!({ "url": url, "person": person, "say": say, "wrong": null });
        let answer = self.0.ask("POST", "/control/walk", Some(&body)).await?;
        Returned::of(&fields::text(&answer, "location", "POST /control/walk")?)
    }

    /// Makes the next `times` payments at a bank go wrong; it hangs or is late by `seconds`.
    ///
    /// # Errors
    /// [`Trouble`] when the sandbox does not do it.
    pub async fn set_vice(&self, bank: &str, vice: Vice, times: u32, seconds: u32) -> Result<(), Trouble> {
        let body = json!({ "vice": vice.name(), "times": times, "seconds": seconds });
        self.0.ask("PUT", &format!("/control/banks/{bank}/vice"), Some(&body)).await.map(|_| ())
    }

    /// A bank's books.
    ///
    /// # Errors
    /// [`Trouble`] when they cannot be read.
    pub async fn books(&self, bank: &str) -> Result<Books, Trouble> {
        let path = format!("/control/banks/{bank}/books");
        read(self.0.ask("GET", &path, None).await?, &path)
    }

    /// The balance of a bank account in whole yen, by the bank's own books.
    ///
    /// # Errors
    /// [`Trouble`] when it cannot be read.
    pub async fn balance(&self, account: &BankAccount) -> Result<i64, Trouble> {
        let path = format!("/control/banks/{}/accounts/{}/{}", account.bank, account.branch, account.number);
        let answer = self.0.ask("GET", &path, None).await?;
        fields::yen(&answer, "balance", &format!("GET {path}"))
    }

    /// The bank's own record of a payment, or nothing when it knows none of that id.
    ///
    /// # Errors
    /// [`Trouble`] when the bank's books cannot be read.
    pub async fn payment(&self, bank: &str, id: &str) -> Result<Option<Value>, Trouble> {
        match self.0.ask("GET", &format!("/control/banks/{bank}/payments/{id}"), None).await {
            Ok(record) => Ok(Some(record)),
            Err(Trouble::Refused(problem)) if problem.status == 404 => Ok(None),
            Err(trouble) => Err(trouble),
        }
    }

    /// What a pretended phone received.
    ///
    /// # Errors
    /// [`Trouble`] when it cannot be read.
    pub async fn phone(&self, number: &str) -> Result<Vec<Message>, Trouble> {
        self.messages(&format!("/phones/{number}/messages")).await
    }

    /// What a pretended mailbox received.
    ///
    /// # Errors
    /// [`Trouble`] when it cannot be read.
    pub async fn mailbox(&self, address: &str) -> Result<Vec<Message>, Trouble> {
        self.messages(&format!("/mailboxes/{address}/messages")).await
    }

    /// Waits for a message on a phone whose id is not among `seen` and which `fits`; at most `limit_s` seconds.
    ///
    /// # Errors
    /// [`Trouble::TookTooLong`] when none comes.
    pub async fn await_on_phone<T>(
        &self,
        number: &str,
        seen: &BTreeSet<String>,
        limit_s: u64,
        fits: impl Fn(&Message) -> Option<T>,
    ) -> Result<T, Trouble> {
        self.await_message(&format!("/phones/{number}/messages"), seen, limit_s, fits).await
    }

    /// Waits for a mail likewise.
    ///
    /// # Errors
    /// [`Trouble::TookTooLong`] when none comes.
    pub async fn await_in_mailbox<T>(
        &self,
        address: &str,
        seen: &BTreeSet<String>,
        limit_s: u64,
        fits: impl Fn(&Message) -> Option<T>,
    ) -> Result<T, Trouble> {
        self.await_message(&format!("/mailboxes/{address}/messages"), seen, limit_s, fits).await
    }

    async fn await_message<T>(
        &self,
        path: &str,
        seen: &BTreeSet<String>,
        limit_s: u64,
        fits: impl Fn(&Message) -> Option<T>,
    ) -> Result<T, Trouble> {
        let end = tokio::time::Instant::now() + Duration::from_secs(limit_s);
        let mut fresh = 0;
        while tokio::time::Instant::now() < end {
            let messages = self.messages(path).await?;
            let new = messages.iter().filter(|message| !seen.contains(&message.id));
            fresh = new.clone().count();
            if let Some(found) = new.filter_map(&fits).next() {
                return Ok(found);
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        let last = format!("{fresh} new messages, none of them fits");
        Err(Trouble::TookTooLong { awaited: format!("a message at {path}"), limit_s, last })
    }

    async fn messages(&self, path: &str) -> Result<Vec<Message>, Trouble> {
        let answer = self.0.ask("GET", path, None).await?;
        read(answer["messages"].clone(), path)
    }
}

/// The code in a message: its first run of exactly six ASCII digits.
pub(crate) fn code_in(text: &str) -> Option<String> {
    text.split(|letter: char| !letter.is_ascii_digit()).find(|run| run.len() == 6).map(str::to_owned)
}

fn read<T: serde::de::DeserializeOwned>(answer: Value, path: &str) -> Result<T, Trouble> {
    let got = fields::shown(&answer);
    serde_json::from_value(answer).map_err(|error| Trouble::Unexpected {
        at: format!("sandbox {path}"),
        expected: format!("what docs/sandbox.md says ({error})"),
        got,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop here")]
    use super::*;

    #[test]
    fn codes_in_messages() {
        let cases = [
            ("認証コード: 123456（10分間有効）", Some("123456")),
            ("Your code is 004210. Do not tell anybody.", Some("004210")),
            ("¥1,234,567 / 09012345678", None),
            ("12345 1234567", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(code_in(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn redirects() {
        let returned =
            Returned::of("http://localhost:7080/return?code=a%2Fb&state=s&iss=http%3A%2F%2Fx&other=1")
                .unwrap();
        assert_eq!(
            returned.finish_body("f"),
            json!({"flow_secret": "f", "code": "a/b", "state": "s", "iss": "http://x"})
        );
        let refused = Returned::of("http://x/?error=access_denied&state=s").unwrap();
        assert_eq!(
            refused.finish_body("f"),
            json!({"flow_secret": "f", "state": "s", "error": "access_denied"})
        );
        assert!(Returned::of("nonsense").is_err());
    }
}
