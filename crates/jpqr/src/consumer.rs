//! The code that a customer shows: EMVCo's consumer-presented mode with JPQR's format.
//!
//! Source: EMV QR Code Specification for Payment Systems, Consumer-Presented Mode; JPQR's profile of it.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::{
    Digits, Mistake, Place, Wrong,
    ber::{Field, fields, push},
};

/// EMVCo's greatest length of a payload, in characters of Base64.
const LONGEST: usize = 512;
/// The greatest length of a payment id that this crate takes, in digits.
const LONGEST_PAYMENT_ID: usize = 32;

const FORMAT: &str = "85 (payload format)";
const TEMPLATE: &str = "61 (application template)";
const OPERATOR: &str = "4F (operator)";
const PAYMENT_ID: &str = "57 (payment id)";
const OPERATOR_ALLOWED: &str = "exactly 8 digits";
const PAYMENT_ID_ALLOWED: &str = "1 to 32 digits";

/// A consumer-presented code. Whoever holds it may charge the customer once, so it is not shown in full by
/// `Debug` and has no `Display`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConsumerCode {
    /// The operator's number (事業者識別コード), field 4F.
    pub operator: Digits<8>,
    /// The one-time payment id (決済ID), field 57: 1 to 32 digits. By custom it begins with the operator's
    /// number, so that the same digits serve as a bar code.
    pub payment_id: String,
}

impl ConsumerCode {
    /// Reads the text of a scanned code. The free field 99 and templates other than the first are passed over.
    ///
    /// # Errors
    /// The first mistake, counted in bytes of the decoded content, or in characters of the text if it cannot
    /// be decoded.
    pub fn read(text: &str) -> Result<Self, Mistake> {
        if text.len() > LONGEST {
            return Err(Mistake::at(LONGEST, Wrong::TooLong { limit: LONGEST }));
        }
        let bytes =
            STANDARD.decode(text).map_err(|error| Mistake::at(where_in(text, &error), Wrong::NotBase64))?;

        let outer = fields(&bytes, 0)?;
        let format = one(&outer, 0x85, FORMAT, 0)?;
        if format.value != b"JPQR1" {
            return Err(Mistake::at_byte(format.at, Wrong::NotAllowed { field: FORMAT, allowed: "JPQR1" }));
        }
        let template = one(&outer, 0x61, TEMPLATE, 0)?;
        let inner = fields(template.value, template.at)?;
        let operator = one(&inner, 0x4F, OPERATOR, template.at)?;
        let payment_id = one(&inner, 0x57, PAYMENT_ID, template.at)?;
        Ok(Self {
            operator: Digits::from_bytes(operator.value)
                .ok_or_else(|| not_allowed(operator.at, OPERATOR, OPERATOR_ALLOWED))?,
            payment_id: std::str::from_utf8(payment_id.value)
                .ok()
                .filter(|digits| is_payment_id(digits))
                .ok_or_else(|| not_allowed(payment_id.at, PAYMENT_ID, PAYMENT_ID_ALLOWED))?
                .to_owned(),
        })
    }

    /// The text to draw as a QR code.
    ///
    /// # Errors
    /// The payment id is not 1 to 32 digits.
    pub fn write(&self) -> Result<String, Mistake> {
        if !is_payment_id(&self.payment_id) {
            let wrong = Wrong::NotAllowed { field: PAYMENT_ID, allowed: PAYMENT_ID_ALLOWED };
            return Err(Mistake { place: Place::Value, wrong });
        }
        let mut template = Vec::new();
        push(&mut template, 0x4F, self.operator.as_str().as_bytes());
        push(&mut template, 0x57, self.payment_id.as_bytes());
        let mut bytes = Vec::new();
        push(&mut bytes, 0x85, b"JPQR1");
        push(&mut bytes, 0x61, &template);
        Ok(STANDARD.encode(bytes))
    }
}

impl fmt::Debug for ConsumerCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConsumerCode").field("operator", &self.operator).finish_non_exhaustive()
    }
}

fn is_payment_id(digits: &str) -> bool {
    (1..=LONGEST_PAYMENT_ID).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// The only field with this tag that counts: the first, as EMVCo orders templates by preference.
fn one<'a>(level: &[Field<'a>], tag: u32, name: &'static str, at: usize) -> Result<Field<'a>, Mistake> {
    let found = level.iter().find(|field| field.tag == tag).copied();
    found.ok_or(Mistake::at_byte(at, Wrong::Missing { field: name }))
}

fn not_allowed(at: usize, field: &'static str, allowed: &'static str) -> Mistake {
    Mistake::at_byte(at, Wrong::NotAllowed { field, allowed })
}

/// The character at which Base64 stopped making sense; its end, if it is too short or padded wrongly.
fn where_in(text: &str, error: &base64::DecodeError) -> usize {
    match error {
        base64::DecodeError::InvalidByte(byte, _) | base64::DecodeError::InvalidLastSymbol(byte, _) => {
            text.bytes().take(*byte).filter(|b| b & 0xC0 != 0x80).count()
        }
        base64::DecodeError::InvalidLength(_) | base64::DecodeError::InvalidPadding => text.chars().count(),
    }
}
