//! Speaks to banks: one adapter per protocol family; today there is one, FAPI 2.0.
//!
//! | step | function | standard |
//! |---|---|---|
//! | send a person to a bank | [`Banks::begin`] | PAR (RFC 9126), RAR (RFC 9396), PKCE, `private_key_jwt` |
//! | take the bank's word | [`Banks::finish`] | DPoP (RFC 9449), a signed attestation (RFC 7515) |
//! | move money | [`Banks::book`], [`Banks::inquire`] | DPoP-bound access tokens |
//! | be called back | [`Banks::verify_callback`] | RFC 7515 |
//! | hear what it sees | [`Banks::verify_signal`] | RFC 8417, RFC 8935 |
//! | end a link | [`Banks::end_link`] | RFC 7009 |
//!
//! Nothing is repeated here but a request that a bank refused for want of a nonce: the teller repeats.
#![forbid(unsafe_code)]

mod access;
mod attestation;
mod begin;
mod callback;
mod clock;
mod discovery;
mod fault;
mod finish;
mod orders;
mod payment_answer;
mod settings;
mod signals;

use access::Access;
use discovery::Discovered;
use jose::{DpopClient, SigningKey};
use std::collections::BTreeMap;
use std::sync::Arc;
use terms::BankCode;

pub use begin::{BeginConsent, Begun};
pub use fault::{BankFault, WordWrong};
pub use finish::{BankWord, Finish};
pub use settings::{Asked, BanksSettings, SettingsWrong};

/// The banks, from outside. Share it behind an `Arc`.
pub struct Banks {
    client_id: String,
    redirect_uri: String,
    signing_key: Arc<SigningKey>,
    dpop_key: Arc<SigningKey>,
    http: DpopClient,
    discovered: BTreeMap<BankCode, Discovered>,
    access: Access,
}

impl Banks {
    /// A client of the banks in `settings`. Nothing is sent until it is needed.
    ///
    /// # Errors
    /// [`SettingsWrong`] says which setting, and what is allowed.
    pub fn new(settings: BanksSettings) -> Result<Self, SettingsWrong> {
        settings.check()?;
        let http = DpopClient::new(settings.time_limits).map_err(|_| SettingsWrong::NoHttpClient)?;
        let discovered = settings.issuers.iter().map(|(code, issuer)| (*code, Discovered::new(issuer)));
        Ok(Self {
            discovered: discovered.collect(),
            client_id: settings.client_id,
            redirect_uri: settings.redirect_uri,
            signing_key: settings.signing_key,
            dpop_key: settings.dpop_key,
            http,
            access: Access::default(),
        })
    }

    /// The issuer identifier of a bank: what `iss` must be when a browser comes back (RFC 9207).
    pub fn issuer(&self, bank: BankCode) -> Option<&str> {
        self.discovered.get(&bank).map(Discovered::issuer)
    }

    fn discovered(&self, bank: BankCode) -> Result<&Discovered, BankFault> {
        self.discovered.get(&bank).ok_or(BankFault::NoSuchBank(bank))
    }
}
