//! The list of banks: code, name, methods, and the tone of their pages.

use serde::Deserialize;
use std::sync::OnceLock;

/// A bank.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Bank {
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) name_en: String,
    pub(crate) methods: Vec<String>,
    pub(crate) tone: u8,
}

/// All banks, in the order of their codes.
pub(crate) fn all() -> &'static [Bank] {
    static BANKS: OnceLock<Vec<Bank>> = OnceLock::new();
    BANKS.get_or_init(|| serde_json::from_str(include_str!("banks.json")).unwrap_or_default())
}

/// The bank with this code.
pub(crate) fn bank(code: &str) -> Option<&'static Bank> {
    all().iter().find(|bank| bank.code == code)
}

/// What a method really checks, as the attestation says it.
pub(crate) fn factors(method: &str) -> &'static [&'static str] {
    match method {
        "online_banking_otp" => &["password", "otp_app"],
        "registered_phone_sms" => &["account_number", "birth_date", "pin", "otp_registered_phone"],
        "registered_phone_call" => &["account_number", "birth_date", "pin", "otp_registered_phone_call"],
        "account_pin_2020" => &["account_number", "name", "pin"],
        "account_pin_birth_2020" => &["account_number", "name", "pin", "birth_date"],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirty_five_banks_each_with_known_methods() {
        assert_eq!(all().len(), 35);
        for bank in all() {
            assert!(!bank.methods.is_empty(), "{}", bank.code);
            for method in &bank.methods {
                assert!(!factors(method).is_empty(), "{} {method}", bank.code);
            }
        }
    }
}
