//! The one link that helps after a no.

use engine::Code;

/// Where to go, and the key of the words on the button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WayOn {
    pub(crate) href: String,
    pub(crate) key: &'static str,
}

/// The codes after which something can be done on another page, and where. `{}` is where the browser goes afterwards.
const WAYS: &[(Code, &str, &str)] = &[
    (Code::NotSignedIn, "/sign-in?next={}", "sign-in"),
    (Code::PasskeyNeeded, "/sign-in?next={}", "sign-in-passkey"),
    (Code::StepUpNeeded, "/step-up?next={}", "step-up-confirm"),
    (Code::IdentityNeeded, "/me/identity", "identity-prove"),
    (Code::NotBound, "/sign-in?next=/me", "sign-in-passkey"),
    (Code::WalletClosed, "/sign-up", "welcome-sign-up"),
    (Code::GateDenied, "/me", "me-title"),
    (Code::LastPasskey, "/me/passkeys/new", "me-passkey-add"),
    (Code::InsufficientFunds, "/bank/top-up", "top-up-title"),
    (Code::LinkNotActive, "/bank/new", "bank-link-new"),
    (Code::BankUnknown, "/bank/new", "bank-link-new"),
    (Code::MethodTooWeak, "/bank/new", "bank-link-new"),
    (Code::LinkRefused, "/bank/new", "bank-link-new"),
    (Code::ConsentDenied, "/bank/new", "bank-link-new"),
];

impl WayOn {
    /// The way on after a code; nothing where the page itself or time helps. `back_to` is a path of ours.
    pub(crate) fn of(code: &str, back_to: &str) -> Option<Self> {
        let (_, href, key) = WAYS.iter().find(|(known, ..)| known.as_str() == code)?;
        Some(Self { href: href.replace("{}", back_to), key })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locale::t;
    use engine::sign_up::Locale;

    #[test]
    fn a_way_on_has_words_and_comes_back() {
        for (code, ..) in WAYS {
            let way = WayOn::of(code.as_str(), "/bank/new").expect("a way");
            assert!(way.href.starts_with('/') && !way.href.contains('{'), "{}", way.href);
            for locale in [Locale::Ja, Locale::En] {
                assert_ne!(t(locale, way.key, &[]), way.key, "{} has no words", way.key);
            }
        }
        let way = WayOn::of("step_up_needed", "/me/close").expect("a way");
        assert_eq!(way.href, "/step-up?next=/me/close");
        assert_eq!(WayOn::of("too_soon", "/home"), None);
    }
}
