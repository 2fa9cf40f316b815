//! What a bank's answer to an order means. Only what is understood is believed; the rest is doubt (P8).

use engine::BankOutcome;
use engine::errand::BankReason;
use serde::Deserialize;
use uuid::Uuid;

/// The longest reference believed, in characters.
const REFERENCE_MAX: usize = 64;

/// A payment as a bank writes it, in answers and in callbacks.
#[derive(Deserialize)]
pub(crate) struct PaymentText {
    pub(crate) id: Uuid,
    status: Status,
    reason: Option<String>,
    bank_reference: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    Booked,
    Refused,
    Pending,
}

#[derive(Deserialize)]
struct ErrorText {
    error: String,
    reason: Option<String>,
}

impl PaymentText {
    /// The outcome; a booking without a usable reference is still a booking.
    pub(crate) fn outcome(self) -> BankOutcome {
        match self.status {
            Status::Booked => {
                let printable = |c: &char| !c.is_control();
                let reference = self.bank_reference.unwrap_or_default();
                let bank_reference = reference.chars().filter(printable).take(REFERENCE_MAX).collect();
                BankOutcome::Booked { bank_reference }
            }
            Status::Refused => BankOutcome::Refused { reason: reason(self.reason.as_deref()) },
            Status::Pending => BankOutcome::Pending,
        }
    }
}

fn reason(text: Option<&str>) -> BankReason {
    match text {
        Some("insufficient_funds") => BankReason::InsufficientFunds,
        Some("over_limit") => BankReason::OverLimit,
        Some("account_closed") => BankReason::AccountClosed,
        Some("link_ended") => BankReason::LinkEnded,
        _ => BankReason::Other,
    }
}

/// What the answer to an order under `id` means.
///
/// 401 and 429 say that the order was not looked at. Everything that the contract does not have, 409 among it (the
/// id stands for another order), is doubt: an inquiry will tell.
pub(crate) fn of_order(id: Uuid, status: u16, body: &[u8]) -> BankOutcome {
    let payment = || serde_json::from_slice::<PaymentText>(body).ok().filter(|payment| payment.id == id);
    match status {
        200..=202 => payment().map_or(BankOutcome::NoAnswer, PaymentText::outcome),
        401 | 429 => BankOutcome::NotSent,
        422 => match serde_json::from_slice::<ErrorText>(body) {
            Ok(ErrorText { error, reason: why }) if error == "refused" => {
                BankOutcome::Refused { reason: reason(why.as_deref()) }
            }
            _ => BankOutcome::NoAnswer,
        },
        _ => BankOutcome::NoAnswer,
    }
}

/// What the answer to an inquiry about `id` means.
pub(crate) fn of_inquiry(id: Uuid, status: u16, body: &[u8]) -> BankOutcome {
    let payment = || serde_json::from_slice::<PaymentText>(body).ok().filter(|payment| payment.id == id);
    match status {
        200 => payment().map_or(BankOutcome::NoAnswer, PaymentText::outcome),
        // A bare 404 may be a proxy's or a wrong path's; only the bank's own word is "never seen".
        404 => match serde_json::from_slice::<ErrorText>(body) {
            Ok(ErrorText { error, .. }) if error == "unknown_payment" => BankOutcome::Unknown,
            _ => BankOutcome::NoAnswer,
        },
        _ => BankOutcome::NoAnswer,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: Uuid = Uuid::from_u128(0x0192_5d3e_7c00_7abc_8def_0123_4567_89ab);
    const OTHER: Uuid = Uuid::from_u128(7);

    fn booked(reference: &str) -> BankOutcome {
        BankOutcome::Booked { bank_reference: reference.to_owned() }
    }

    // promise: P8
    #[test]
    fn only_what_is_understood_is_believed() {
        use BankOutcome::{NoAnswer, NotSent, Pending, Refused, Unknown};
        let with = |id: Uuid, rest: &str| format!(r#"{{"id":"{id}",{rest}}}"#);
        let refused = |reason| Refused { reason };
        let cases = [
            // status, body, of an order, of an inquiry
            (
                201,
                with(ID, r#""status":"booked","bank_reference":"B1","booked_at":1"#),
                booked("B1"),
                NoAnswer,
            ),
            (200, with(ID, r#""status":"booked","bank_reference":"B1""#), booked("B1"), booked("B1")),
            (200, with(ID, r#""status":"booked""#), booked(""), booked("")),
            (200, with(OTHER, r#""status":"booked","bank_reference":"B1""#), NoAnswer, NoAnswer),
            (202, with(ID, r#""status":"pending""#), Pending, NoAnswer),
            (200, with(ID, r#""status":"pending""#), Pending, Pending),
            (
                200,
                with(ID, r#""status":"refused","reason":"over_limit""#),
                refused(BankReason::OverLimit),
                refused(BankReason::OverLimit),
            ),
            (200, with(ID, r#""status":"perhaps""#), NoAnswer, NoAnswer),
            (201, "<html>".to_owned(), NoAnswer, NoAnswer),
            (302, String::new(), NoAnswer, NoAnswer),
            (400, r#"{"error":"invalid_request"}"#.to_owned(), NoAnswer, NoAnswer),
            (401, String::new(), NotSent, NoAnswer),
            (404, r#"{"error":"unknown_payment"}"#.to_owned(), NoAnswer, Unknown),
            (404, "not found".to_owned(), NoAnswer, NoAnswer),
            (409, r#"{"error":"id_reused"}"#.to_owned(), NoAnswer, NoAnswer),
            (422, r#"{"error":"other"}"#.to_owned(), NoAnswer, NoAnswer),
            (429, String::new(), NotSent, NoAnswer),
            (500, String::new(), NoAnswer, NoAnswer),
            (503, with(ID, r#""status":"booked""#), NoAnswer, NoAnswer),
        ];
        for (status, body, order, inquiry) in cases {
            assert_eq!(of_order(ID, status, body.as_bytes()), order, "order: {status} {body}");
            assert_eq!(of_inquiry(ID, status, body.as_bytes()), inquiry, "inquiry: {status} {body}");
        }
        for (text, reason) in [
            ("insufficient_funds", BankReason::InsufficientFunds),
            ("over_limit", BankReason::OverLimit),
            ("account_closed", BankReason::AccountClosed),
            ("link_ended", BankReason::LinkEnded),
            ("full moon", BankReason::Other),
        ] {
            let body = format!(r#"{{"error":"refused","reason":"{text}"}}"#);
            assert_eq!(of_order(ID, 422, body.as_bytes()), refused(reason));
        }
    }
}
