//! Hands texts and mails to the carrier; the errand's id makes twice once.

use crate::Couriers;
use serde_json::{Value, json};
use std::time::Duration;
use terms::{Email, ErrandId, Phone, Secret};

/// The longest text, in characters; a code and a sentence fit.
const TEXT_MAX: usize = 1_000;
const SUBJECT_MAX: usize = 200;

/// Why a notice was not handed over.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotDelivered {
    /// No answer. Sending it again is safe: the carrier knows the id.
    #[error("the carrier gave no answer: {0}")]
    NoAnswer(&'static str),
    /// The carrier refused, or is in trouble.
    #[error("the carrier answered with status {0}")]
    Status(u16),
    /// The notice is not one: our own text is empty or too long.
    #[error("the notice must have a text of 1 to 1,000 characters and a subject of at most 200 on one line")]
    NotANotice,
}

impl NotDelivered {
    /// Whether sending the same again cannot help.
    pub const fn is_lasting(&self) -> bool {
        match self {
            Self::NoAnswer(_) => false,
            // 401 and 403 are settings that an operator can mend; 408 and 429 pass by themselves.
            Self::Status(status) => matches!(status, 400 | 404 | 410 | 413 | 422),
            Self::NotANotice => true,
        }
    }
}

pub(crate) fn client(limit_ms: u64) -> Result<reqwest::Client, reqwest::Error> {
    let limit = Duration::from_millis(limit_ms);
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .connect_timeout(limit)
        .timeout(limit)
        .build()
}

impl Couriers {
    /// A text to a phone, delivered once for each `id`.
    ///
    /// # Errors
    /// [`NotDelivered`]; the caller repeats unless it is lasting.
    pub async fn sms(&self, id: ErrandId, to: &Phone, text: &Secret) -> Result<(), NotDelivered> {
        let body = json!({ "id": id.to_string(), "to": to.as_str(), "text": text.expose() });
        self.hand_over("sms", id, text, "", &body).await
    }

    /// A text to a mailbox, delivered once for each `id`.
    ///
    /// # Errors
    /// [`NotDelivered`]; the caller repeats unless it is lasting.
    pub async fn mail(
        &self,
        id: ErrandId,
        to: &Email,
        subject: &str,
        text: &Secret,
    ) -> Result<(), NotDelivered> {
        let body =
            json!({ "id": id.to_string(), "to": to.as_str(), "subject": subject, "text": text.expose() });
        self.hand_over("mail", id, text, subject, &body).await
    }

    async fn hand_over(
        &self,
        kind: &'static str,
        id: ErrandId,
        text: &Secret,
        subject: &str,
        body: &Value,
    ) -> Result<(), NotDelivered> {
        let length = text.expose().chars().count();
        let one_line = subject.chars().count() <= SUBJECT_MAX && !subject.chars().any(char::is_control);
        if !(1..=TEXT_MAX).contains(&length) || !one_line {
            return Err(NotDelivered::NotANotice);
        }
        let request = self
            .to_carrier
            .post(format!("{}/{kind}", self.carrier_url))
            .bearer_auth(self.carrier_token.expose())
            .json(body);
        let outcome = match request.send().await {
            Ok(answer) if matches!(answer.status().as_u16(), 200 | 202) => Ok(()),
            Ok(answer) => Err(NotDelivered::Status(answer.status().as_u16())),
            Err(error) if error.is_timeout() => Err(NotDelivered::NoAnswer("the time limit passed")),
            Err(error) if error.is_connect() => Err(NotDelivered::NoAnswer("no connection")),
            Err(_) => Err(NotDelivered::NoAnswer("the connection broke")),
        };
        if let Err(why) = &outcome {
            tracing::warn!(errand = %id, kind, %why, "a notice was not handed over");
        }
        outcome
    }
}
