//! The code that a shop shows: EMVCo's merchant-presented mode with JPQR's template.
//!
//! Source: EMV QR Code Specification for Payment Systems, Merchant-Presented Mode; JPQR's profile of it.

use crate::{
    Digits, Mistake, Place, StoreCode, Wrong, checksum,
    store_code::digits,
    text::{is_ans, is_string},
    tlv::{Fields, push},
};

/// EMVCo's greatest length of a payload, in characters.
const LONGEST: usize = 512;
/// Tag and length of the check sum, which counts them too.
const CHECKSUM_HEADER: &str = "6304";
/// The greatest amount that fits into field 54, in yen.
const GREATEST_AMOUNT: u64 = 9_999_999_999_999;

const FORMAT: &str = "00 (payload format)";
const METHOD: &str = "01 (point of initiation)";
const STORE: &str = "26 (JPQR store)";
const MCC: &str = "52 (merchant category)";
const CURRENCY: &str = "53 (currency)";
const AMOUNT: &str = "54 (amount)";
const COUNTRY: &str = "58 (country)";
const NAME: &str = "59 (merchant name)";
const CITY: &str = "60 (merchant city)";
const POSTAL: &str = "61 (postal code)";
const REFERENCE: &str = "62.05 (reference label)";
const LANGUAGE: &str = "64.00 (language)";
const LOCAL_NAME: &str = "64.01 (name in that language)";

const ANS_25: &str = "1 to 25 printable ASCII characters";
const ANS_15: &str = "1 to 15 printable ASCII characters";
const ANS_10: &str = "1 to 10 printable ASCII characters";
const STRING_25: &str = "1 to 25 characters, none of them a control character";
const AMOUNT_ALLOWED: &str = "whole yen, 1 to 9999999999999, digits only";
const REFERENCE_ALLOWED: &str =
    "1 to 25 printable ASCII characters, and not the *** that asks the customer to type one";

/// Whether one code serves many payments or one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    /// Printed once, paid many times (field 01 is `11`, or is not there).
    Static,
    /// Made for one order (field 01 is `12`).
    Dynamic,
}

/// A merchant-presented code in yen.
///
/// The fields are what [`MerchantCode::write`] checks, so a value may be put together freely.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MerchantCode {
    /// Field 01.
    pub method: Method,
    /// Field 26.
    pub store: StoreCode,
    /// Field 52: the merchant category code of ISO 18245.
    pub mcc: Digits<4>,
    /// Field 54, in yen: 1 to 9,999,999,999,999. Without it the customer types the amount.
    pub amount: Option<u64>,
    /// Field 59: the shop's name, 1 to 25 printable ASCII characters.
    pub name: String,
    /// Field 60: the shop's city, 1 to 15 printable ASCII characters.
    pub city: String,
    /// Field 61: 1 to 10 printable ASCII characters; in Japan seven digits.
    pub postal: Option<String>,
    /// Field 62.05: what the shop calls this payment, 1 to 25 printable ASCII characters.
    pub reference: Option<String>,
    /// Field 64.01 of a template in Japanese: the shop's name as people know it, 1 to 25 characters.
    pub local_name: Option<String>,
}

impl MerchantCode {
    /// Reads the text of a scanned code.
    ///
    /// Fields may stand in any order, but for 00 (first) and 63 (last). Fields that JPQR does not use, such as
    /// the accounts of other schemes, are passed over, except for tips and fees (55 to 57): they would change
    /// what the customer owes.
    ///
    /// # Errors
    /// The first mistake; a damaged code is found out by its check sum before anything else is looked at.
    pub fn read(text: &str) -> Result<Self, Mistake> {
        let body = without_checksum(text)?;
        let fields = Fields::read(body, 0)?;

        match fields.first() {
            Some(field) if field.tag == 0 && field.value == "01" => {}
            Some(field) if field.tag == 0 => {
                return Err(Mistake::at(field.at, Wrong::NotAllowed { field: FORMAT, allowed: "01" }));
            }
            _ => return Err(Mistake::at(0, Wrong::Missing { field: "00 (payload format), as the first," })),
        }
        refuse_unexpected(&fields)?;
        fields.required(53, CURRENCY, "392, the yen", |value| value == "392")?;
        fields.required(58, COUNTRY, "JP", |value| value == "JP")?;

        let store = fields.one(26, STORE)?;
        let method = fields.optional(1, METHOD, "11 (static) or 12 (dynamic)", |v| v == "11" || v == "12")?;
        Ok(Self {
            method: if method == Some("12") { Method::Dynamic } else { Method::Static },
            store: StoreCode::read(store.value, store.at)?,
            mcc: digits(&fields, 52, MCC)?,
            amount: fields
                .optional(54, AMOUNT, AMOUNT_ALLOWED, |value| amount(value).is_some())?
                .and_then(amount),
            name: fields.required(59, NAME, ANS_25, |value| is_ans(value, 25))?.to_owned(),
            city: fields.required(60, CITY, ANS_15, |value| is_ans(value, 15))?.to_owned(),
            postal: fields.optional(61, POSTAL, ANS_10, |value| is_ans(value, 10))?.map(str::to_owned),
            reference: reference(&fields)?,
            local_name: local_name(&fields)?,
        })
    }

    /// The text to draw as a QR code, fields in ascending order.
    ///
    /// # Errors
    /// A value is outside what its field allows; [`Mistake`] names the field and what is allowed.
    pub fn write(&self) -> Result<String, Mistake> {
        self.check()?;
        let mut text = String::new();
        push(&mut text, 0, "01");
        push(&mut text, 1, if self.method == Method::Dynamic { "12" } else { "11" });
        push(&mut text, 26, &self.store.write());
        push(&mut text, 52, self.mcc.as_str());
        push(&mut text, 53, "392");
        if let Some(amount) = self.amount {
            push(&mut text, 54, &amount.to_string());
        }
        push(&mut text, 58, "JP");
        push(&mut text, 59, &self.name);
        push(&mut text, 60, &self.city);
        if let Some(postal) = &self.postal {
            push(&mut text, 61, postal);
        }
        if let Some(reference) = &self.reference {
            let mut template = String::new();
            push(&mut template, 5, reference);
            push(&mut text, 62, &template);
        }
        if let Some(name) = &self.local_name {
            let mut template = String::new();
            push(&mut template, 0, "JA");
            push(&mut template, 1, name);
            push(&mut text, 64, &template);
        }
        text.push_str(CHECKSUM_HEADER);
        let sum = checksum(text.as_bytes());
        text.push_str(&format!("{sum:04X}"));
        Ok(text)
    }

    fn check(&self) -> Result<(), Mistake> {
        let checks = [
            (self.amount.is_none_or(|a| (1..=GREATEST_AMOUNT).contains(&a)), AMOUNT, AMOUNT_ALLOWED),
            (is_ans(&self.name, 25), NAME, ANS_25),
            (is_ans(&self.city, 15), CITY, ANS_15),
            (self.postal.as_deref().is_none_or(|p| is_ans(p, 10)), POSTAL, ANS_10),
            (self.reference.as_deref().is_none_or(is_reference), REFERENCE, REFERENCE_ALLOWED),
            (self.local_name.as_deref().is_none_or(|n| is_string(n, 25)), LOCAL_NAME, STRING_25),
        ];
        match checks.into_iter().find(|(holds, ..)| !holds) {
            None => Ok(()),
            Some((_, field, allowed)) => {
                Err(Mistake { place: Place::Value, wrong: Wrong::NotAllowed { field, allowed } })
            }
        }
    }
}

/// The text before the check sum, which must be the last thing and fit.
fn without_checksum(text: &str) -> Result<&str, Mistake> {
    // Bytes first: a hostile text is not even counted.
    if text.len() > 4 * LONGEST || text.chars().count() > LONGEST {
        return Err(Mistake::at(LONGEST, Wrong::TooLong { limit: LONGEST }));
    }
    let characters = text.chars().count();
    let end = || Mistake::at(characters.saturating_sub(8), Wrong::NoChecksum);
    let (covered, sum) =
        text.len().checked_sub(4).and_then(|at| text.split_at_checked(at)).ok_or_else(end)?;
    let body = covered.strip_suffix(CHECKSUM_HEADER).ok_or_else(end)?;
    if !sum.bytes().all(|b| b.is_ascii_digit() || (b'A'..=b'F').contains(&b)) {
        return Err(end());
    }
    if sum != format!("{:04X}", checksum(covered.as_bytes())) {
        return Err(Mistake::at(characters - 4, Wrong::Checksum));
    }
    Ok(body)
}

/// Fields that must not be there. Tips and fees would change what the customer owes, and JPQR has none.
fn refuse_unexpected(fields: &Fields<'_>) -> Result<(), Mistake> {
    const NO_TIPS: &str = "JPQR has no tips and no fees on top of the amount";
    let unexpected = [
        (55, "55 (tip indicator)", NO_TIPS),
        (56, "56 (fixed fee)", NO_TIPS),
        (57, "57 (fee in percent)", NO_TIPS),
        (63, "63 (check sum)", "it stands once, at the very end"),
    ];
    for (tag, name, because) in unexpected {
        if let Some(found) = fields.maybe(tag) {
            return Err(Mistake::at(found.at - 4, Wrong::Unexpected { field: name, because }));
        }
    }
    Ok(())
}

/// Whole yen: the currency has no minor unit, so there is no decimal mark.
fn amount(value: &str) -> Option<u64> {
    let plain = value.len() <= 13 && value.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| value.parse().ok())?.filter(|amount| (1..=GREATEST_AMOUNT).contains(amount))
}

/// `***` is EMVCo's way to ask the customer for a reference: this is no reference.
fn is_reference(value: &str) -> bool {
    is_ans(value, 25) && value != "***"
}

fn reference(fields: &Fields<'_>) -> Result<Option<String>, Mistake> {
    let Some(template) = fields.maybe(62) else { return Ok(None) };
    let value =
        Fields::read(template.value, template.at)?.optional(5, REFERENCE, REFERENCE_ALLOWED, is_reference)?;
    Ok(value.map(str::to_owned))
}

/// The name of a Japanese template; one in another language is well-formed, but not for us.
fn local_name(fields: &Fields<'_>) -> Result<Option<String>, Mistake> {
    let Some(template) = fields.maybe(64) else { return Ok(None) };
    let inner = Fields::read(template.value, template.at)?;
    let language = inner.required(0, LANGUAGE, "two letters of ISO 639-1", |value| {
        value.len() == 2 && value.bytes().all(|byte| byte.is_ascii_alphabetic())
    })?;
    let name = inner.required(1, LOCAL_NAME, STRING_25, |value| is_string(value, 25))?;
    Ok(language.eq_ignore_ascii_case("JA").then(|| name.to_owned()))
}
