//! A software passkey: client and authenticator of Web Authentication Level 3 in one, for programs that play people.

use aws_lc_rs::digest;
use aws_lc_rs::encoding::{AsDer as _, PublicKeyX509Der};
use aws_lc_rs::rand::{self, SystemRandom};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::cbor::Cbor;

/// ES256 in the registry of COSE algorithms (RFC 9053 §2.1): the only one this passkey has.
const ES256: i64 = -7;
/// This passkey claims no model (WebAuthn L3 §6.5.1: attestation `none` goes with zeros).
const AAGUID: [u8; 16] = [0; 16];

/// Flags of authenticator data (WebAuthn L3 §6.1).
const USER_PRESENT: u8 = 1 << 0;
const USER_VERIFIED: u8 = 1 << 2;
const BACKUP_ELIGIBLE: u8 = 1 << 3;
const BACKED_UP: u8 = 1 << 4;
const ATTESTED_CREDENTIAL: u8 = 1 << 6;
/// Somebody touched it and was recognised, and the passkey is one that a cloud keeps: the usual kind.
const ALWAYS: u8 = USER_PRESENT | USER_VERIFIED | BACKUP_ELIGIBLE | BACKED_UP;

/// Why the passkey did not take part; names follow the exceptions of WebAuthn L3 §5.1.3 and §5.1.4.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CeremonyRefused {
    /// A member that the standard requires is missing or of another kind.
    #[error("the options lack {0}, or it is of another kind")]
    Options(&'static str),
    /// `SecurityError`: the relying party's id does not belong to the page's origin.
    #[error("the relying party's id {rp_id} does not belong to the origin {origin}")]
    Security {
        /// What the options say.
        rp_id: String,
        /// Where the page is.
        origin: String,
    },
    /// `NotSupportedError`: ES256 is not among the algorithms asked for.
    #[error("ES256 is not among the algorithms asked for")]
    NotSupported,
    /// `InvalidStateError`: a passkey of this authenticator is in the list of those excluded.
    #[error("this authenticator already holds one of the excluded passkeys")]
    InvalidState,
    /// `NotAllowedError`: no passkey here fits.
    #[error("this authenticator holds no passkey for {0} that is allowed")]
    NotAllowed(String),
    /// The machine gave no random bytes or did not sign.
    #[error("the machine's cryptography failed")]
    Cryptography,
}

/// A person's passkeys, with the browser around them. No `Debug`: it holds private keys.
pub struct SoftwarePasskey {
    origin: String,
    credentials: Vec<Credential>,
}

struct Credential {
    id: Vec<u8>,
    rp_id: String,
    user_handle: Vec<u8>,
    pair: EcdsaKeyPair,
    signatures: u32,
}

impl SoftwarePasskey {
    /// An authenticator without passkeys, in a browser that shows a page of `origin` (`scheme://host[:port]`).
    #[must_use]
    pub fn new(origin: &str) -> Self {
        Self { origin: origin.to_owned(), credentials: Vec::new() }
    }

    /// The ids of the passkeys held, oldest first, base64url.
    #[must_use]
    pub fn credential_ids(&self) -> Vec<String> {
        self.credentials.iter().map(|credential| base64url(&credential.id)).collect()
    }

    /// `navigator.credentials.create()` (WebAuthn L3 §5.1.3, §6.3.2): makes a discoverable passkey.
    ///
    /// `public_key` is the creation options' member `publicKey` in its JSON form (§5.1.8); the result is what
    /// `PublicKeyCredential.toJSON()` gives (§5.1).
    ///
    /// # Errors
    /// [`CeremonyRefused`], in the order of the standard's steps.
    pub fn create(&mut self, public_key: &Value) -> Result<Value, CeremonyRefused> {
        let rp_id = match public_key["rp"]["id"].as_str() {
            Some(rp_id) => rp_id.to_owned(),
            None => host(&self.origin).to_owned(),
        };
        self.check_rp_id(&rp_id)?;
        let user_handle = binary(&public_key["user"]["id"], "user.id")?;
        if user_handle.is_empty() || user_handle.len() > 64 {
            return Err(CeremonyRefused::Options("user.id of 1 to 64 bytes"));
        }
        let parameters = public_key["pubKeyCredParams"].as_array();
        if !parameters
            .is_some_and(|all| all.iter().any(|one| one["alg"] == ES256 && one["type"] == "public-key"))
        {
            return Err(CeremonyRefused::NotSupported);
        }
        let excluded = descriptors(&public_key["excludeCredentials"], "excludeCredentials")?;
        if self.credentials.iter().any(|held| held.rp_id == rp_id && excluded.contains(&held.id)) {
            return Err(CeremonyRefused::InvalidState);
        }
        let client_data = self.client_data("webauthn.create", public_key)?;
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).map_err(broken)?;
        let mut id = vec![0_u8; 32];
        rand::fill(&mut id).map_err(broken)?;
        let credential = Credential { id, rp_id, user_handle, pair, signatures: 0 };
        let data = attested(&credential);
        let spki: PublicKeyX509Der<'_> = credential.pair.public_key().as_der().map_err(broken)?;
        // CTAP2 canonical CBOR orders keys by length, then by bytes.
        let attestation = Cbor::default()
            .map(3)
            .text("fmt")
            .text("none")
            .text("attStmt")
            .map(0)
            .text("authData")
            .bytes(&data)
            .finish();
        let wants_properties = public_key["extensions"]["credProps"] == true;
        let answer = json!({
            "id": base64url(&credential.id),
            "rawId": base64url(&credential.id),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "response": {
                "clientDataJSON": base64url(client_data.as_bytes()),
                "attestationObject": base64url(&attestation),
                "authenticatorData": base64url(&data),
                "transports": ["hybrid", "internal"],
                "publicKeyAlgorithm": ES256,
                "publicKey": base64url(spki.as_ref()),
            },
            "clientExtensionResults": if wants_properties { json!({"credProps": {"rk": true}}) } else { json!({}) },
        });
        // §6.3.2 step 7: a new discoverable passkey takes the place of the same user's older one.
        self.credentials
            .retain(|held| held.rp_id != credential.rp_id || held.user_handle != credential.user_handle);
        self.credentials.push(credential);
        Ok(answer)
    }

    /// `navigator.credentials.get()` (WebAuthn L3 §5.1.4, §6.3.3): signs with the newest passkey that fits.
    ///
    /// `public_key` is the request options' member `publicKey`; without `allowCredentials` any passkey of the relying
    /// party fits (discoverable credentials). Each signature raises the passkey's counter by one.
    ///
    /// # Errors
    /// [`CeremonyRefused`], in the order of the standard's steps.
    pub fn get(&mut self, public_key: &Value) -> Result<Value, CeremonyRefused> {
        let rp_id = match public_key["rpId"].as_str() {
            Some(rp_id) => rp_id.to_owned(),
            None => host(&self.origin).to_owned(),
        };
        self.check_rp_id(&rp_id)?;
        let client_data = self.client_data("webauthn.get", public_key)?;
        let allowed = descriptors(&public_key["allowCredentials"], "allowCredentials")?;
        let fits = |held: &&mut Credential| {
            held.rp_id == rp_id && (allowed.is_empty() || allowed.contains(&held.id))
        };
        let Some(credential) = self.credentials.iter_mut().rev().find(fits) else {
            return Err(CeremonyRefused::NotAllowed(rp_id));
        };
        credential.signatures = credential.signatures.saturating_add(1);
        let data = authenticator_data(credential, ALWAYS);
        let client_data_hash = digest::digest(&digest::SHA256, client_data.as_bytes());
        let signed = [&data, client_data_hash.as_ref()].concat();
        let signature = credential.pair.sign(&SystemRandom::new(), &signed).map_err(broken)?;
        Ok(json!({
            "id": base64url(&credential.id),
            "rawId": base64url(&credential.id),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "response": {
                "clientDataJSON": base64url(client_data.as_bytes()),
                "authenticatorData": base64url(&data),
                "signature": base64url(signature.as_ref()),
                "userHandle": base64url(&credential.user_handle),
            },
            "clientExtensionResults": {},
        }))
    }

    /// §5.1.3 step 8: the id is the origin's host or a parent domain of it. Public suffixes are not looked up here,
    /// because the software talks to one wallet of the caller's choice.
    fn check_rp_id(&self, rp_id: &str) -> Result<(), CeremonyRefused> {
        let host = host(&self.origin);
        let parent = host.strip_suffix(rp_id).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
        if rp_id.is_empty() || !parent {
            return Err(CeremonyRefused::Security { rp_id: rp_id.to_owned(), origin: self.origin.clone() });
        }
        Ok(())
    }

    /// §5.8.1.1: the serialisation that a relying party may compare byte by byte.
    fn client_data(&self, kind: &str, public_key: &Value) -> Result<String, CeremonyRefused> {
        let challenge = base64url(&binary(&public_key["challenge"], "challenge")?);
        let origin = Value::from(self.origin.as_str());
        Ok(format!(r#"{{"type":"{kind}","challenge":"{challenge}","origin":{origin},"crossOrigin":false}}"#))
    }
}

/// §6.1: hash of the relying party's id, flags, counter.
fn authenticator_data(credential: &Credential, flags: u8) -> Vec<u8> {
    let mut data = digest::digest(&digest::SHA256, credential.rp_id.as_bytes()).as_ref().to_vec();
    data.push(flags);
    data.extend(credential.signatures.to_be_bytes());
    data
}

/// §6.5.1: authenticator data with model, credential id and public key behind it.
fn attested(credential: &Credential) -> Vec<u8> {
    let point = credential.pair.public_key().as_ref();
    assert_eq!(point.len(), 65, "bug: a P-256 point is 65 bytes");
    // RFC 9053 §7.1.1 as a map in canonical order: kty EC2, alg ES256, crv P-256, x, y.
    let key = Cbor::default()
        .map(5)
        .integer(1)
        .integer(2)
        .integer(3)
        .integer(-7)
        .integer(-1)
        .integer(1)
        .integer(-2)
        .bytes(&point[1..33])
        .integer(-3)
        .bytes(&point[33..])
        .finish();
    let id_length = u16::try_from(credential.id.len()).unwrap_or(u16::MAX);
    let mut data = authenticator_data(credential, ALWAYS | ATTESTED_CREDENTIAL);
    data.extend(AAGUID);
    data.extend(id_length.to_be_bytes());
    data.extend(&credential.id);
    data.extend(key);
    data
}

fn descriptors(list: &Value, name: &'static str) -> Result<Vec<Vec<u8>>, CeremonyRefused> {
    match list {
        Value::Null => Ok(Vec::new()),
        Value::Array(all) => all.iter().map(|one| binary(&one["id"], name)).collect(),
        _ => Err(CeremonyRefused::Options(name)),
    }
}

fn binary(value: &Value, name: &'static str) -> Result<Vec<u8>, CeremonyRefused> {
    let text = value.as_str().ok_or(CeremonyRefused::Options(name))?;
    URL_SAFE_NO_PAD.decode(text).map_err(|_| CeremonyRefused::Options(name))
}

fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The host in `scheme://host[:port]`.
fn host(origin: &str) -> &str {
    let rest = origin.split_once("://").map_or(origin, |(_, rest)| rest);
    rest.split([':', '/']).next().unwrap_or(rest)
}

fn broken(_: aws_lc_rs::error::Unspecified) -> CeremonyRefused {
    CeremonyRefused::Cryptography
}
