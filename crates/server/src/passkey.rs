//! Passkeys (Web Authentication Level 3): options for the browser, and what its answers are worth.
//!
//! A ceremony's state never leaves the server: it is kept with the sign-up, ceremony or recovery that it belongs to.

use crate::{Settings, problem::Problem};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use engine::{
    Code,
    sessions::{Authenticator, MadePasskey, SignedPasskey},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use terms::{CustomerId, Invalid};
use webauthn_rs::prelude::{
    AuthenticationResult, CredentialID, DiscoverableAuthentication, DiscoverableKey, Passkey,
    PasskeyAuthentication, PasskeyRegistration, PublicKeyCredential, RegisterPublicKeyCredential,
};
use webauthn_rs::{Webauthn, WebauthnBuilder};

/// The relying party.
pub(crate) struct Passkeys(Webauthn);

/// What a ceremony begins with.
pub(crate) struct Offer {
    /// The member `publicKey` for the browser.
    pub(crate) options: Value,
    /// The state to be kept.
    pub(crate) state: String,
}

impl Passkeys {
    pub(crate) fn new(settings: &Settings) -> Result<Self, Invalid> {
        let wrong = |_| Invalid::new("rp_id", "the host of the origin or a parent domain of it");
        let builder = WebauthnBuilder::new(&settings.rp_id, &settings.rp_origin).map_err(wrong)?;
        builder.rp_name("Tsugime").build().map(Self).map_err(wrong)
    }

    /// Options to make a passkey. The user handle is the customer's id; passkeys bound already are excluded.
    pub(crate) fn offer_new(
        &self,
        customer: CustomerId,
        name: &str,
        bound: &[Authenticator],
    ) -> Result<Offer, Problem> {
        let excluded: Vec<CredentialID> =
            bound.iter().filter_map(passkey_of).map(|passkey| passkey.cred_id().clone()).collect();
        let begun = self.0.start_passkey_registration(customer.uuid(), name, name, Some(excluded));
        let (options, state) = begun.map_err(Problem::fault)?;
        let mut options = public_key(&options)?;
        // The library leaves it open whether the passkey is discoverable; sign-in without a name needs it.
        options["authenticatorSelection"]["residentKey"] = json!("required");
        options["authenticatorSelection"]["requireResidentKey"] = json!(true);
        Ok(Offer { options, state: kept(&state)? })
    }

    /// The passkey that was made; nothing where the answer does not fit the ceremony.
    ///
    /// # Errors
    /// `field_not_allowed` where it is no answer at all.
    pub(crate) fn made(&self, answer: &Value, state: &str) -> Result<Option<MadePasskey>, Problem> {
        let answer: RegisterPublicKeyCredential = read(answer)?;
        let Some(state) = opened::<PasskeyRegistration>(state) else { return Ok(None) };
        let made = self.0.finish_passkey_registration(&answer, &state);
        let passkey = match made {
            Ok(passkey) => passkey,
            Err(wrong) => {
                tracing::info!(%wrong, "a passkey was not made");
                return Ok(None);
            }
        };
        let credential = URL_SAFE_NO_PAD.encode(passkey.cred_id());
        Ok(Some(MadePasskey { credential, passkey: kept(&passkey)? }))
    }

    /// Options to sign in with any passkey of ours: nobody says who they are.
    pub(crate) fn offer_any(&self) -> Result<Offer, Problem> {
        let (options, state) = self.0.start_discoverable_authentication().map_err(Problem::fault)?;
        Ok(Offer { options: public_key(&options)?, state: kept(&state)? })
    }

    /// Options to sign with one of these passkeys.
    pub(crate) fn offer_bound(&self, bound: &[Authenticator]) -> Result<Offer, Problem> {
        let passkeys: Vec<Passkey> = bound.iter().filter_map(passkey_of).collect();
        if passkeys.is_empty() {
            return Err(Code::PasskeyNeeded.into());
        }
        let (options, state) = self.0.start_passkey_authentication(&passkeys).map_err(Problem::fault)?;
        Ok(Offer { options: public_key(&options)?, state: kept(&state)? })
    }

    /// The credential id that an answer names, base64url.
    ///
    /// # Errors
    /// `field_not_allowed` where it is no answer at all.
    pub(crate) fn credential_in(answer: &Value) -> Result<String, Problem> {
        let answer: PublicKeyCredential = read(answer)?;
        Ok(URL_SAFE_NO_PAD.encode(answer.get_credential_id()))
    }

    /// The passkey that signed for a sign-in; nothing where signature, user handle or ceremony do not fit.
    pub(crate) fn signed_by_any(
        &self,
        answer: &Value,
        state: &str,
        bound: &Authenticator,
    ) -> Result<Option<SignedPasskey>, Problem> {
        let answer: PublicKeyCredential = read(answer)?;
        let (Some(state), Some(passkey)) = (opened::<DiscoverableAuthentication>(state), passkey_of(bound))
        else {
            return Ok(None);
        };
        // The user handle names the customer whose passkey it must be (WebAuthn §7.2 step 6).
        let named = self.0.identify_discoverable_authentication(&answer);
        if !named.is_ok_and(|(user, _)| user == bound.customer.uuid()) {
            return Ok(None);
        }
        let key = DiscoverableKey::from(&passkey);
        let result = self.0.finish_discoverable_authentication_v2(&answer, state, key);
        raised(bound, passkey, result.map_err(|wrong| wrong.to_string()))
    }

    /// The passkey that signed for a step-up; nothing where signature or ceremony do not fit.
    pub(crate) fn signed_by_bound(
        &self,
        answer: &Value,
        state: &str,
        bound: &Authenticator,
    ) -> Result<Option<SignedPasskey>, Problem> {
        let answer: PublicKeyCredential = read(answer)?;
        let (Some(state), Some(passkey)) = (opened::<PasskeyAuthentication>(state), passkey_of(bound)) else {
            return Ok(None);
        };
        let result = self.0.finish_passkey_authentication(&answer, &state);
        raised(bound, passkey, result.map_err(|wrong| wrong.to_string()))
    }
}

fn raised(
    bound: &Authenticator,
    mut passkey: Passkey,
    result: Result<AuthenticationResult, String>,
) -> Result<Option<SignedPasskey>, Problem> {
    let result = match result {
        Ok(result) if result.user_verified() => result,
        Ok(_) => return Ok(None),
        Err(wrong) => {
            tracing::info!(wrong, "a passkey's signature was refused");
            return Ok(None);
        }
    };
    // Nothing means that another passkey signed.
    if passkey.update_credential(&result).is_none() {
        return Ok(None);
    }
    Ok(Some(SignedPasskey { authenticator: bound.id, before: bound.passkey.clone(), after: kept(&passkey)? }))
}

fn passkey_of(authenticator: &Authenticator) -> Option<Passkey> {
    opened(&authenticator.passkey)
}

fn public_key(options: &impl Serialize) -> Result<Value, Problem> {
    let mut options = serde_json::to_value(options).map_err(Problem::fault)?;
    Ok(options["publicKey"].take())
}

fn kept(state: &impl Serialize) -> Result<String, Problem> {
    serde_json::to_string(state).map_err(Problem::fault)
}

fn opened<T: DeserializeOwned>(state: &str) -> Option<T> {
    serde_json::from_str(state)
        .inspect_err(|wrong| tracing::error!(%wrong, "a kept passkey state cannot be read"))
        .ok()
}

fn read<T: DeserializeOwned>(answer: &Value) -> Result<T, Problem> {
    T::deserialize(answer).map_err(|_| {
        Problem::from(Code::FieldNotAllowed)
            .field("credential", "what PublicKeyCredential.toJSON() gives (WebAuthn Level 3 §5.1)")
    })
}
