//! The software passkey before somebody else's relying party: webauthn-rs must accept the honest and refuse the forged.
#![allow(clippy::unwrap_used, reason = "a test may stop here")]

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use player::{CeremonyRefused, SoftwarePasskey};
use serde_json::{Value, json};
use webauthn_rs::prelude::*;

const ORIGIN: &str = "http://localhost:7080";

fn party() -> Webauthn {
    WebauthnBuilder::new("localhost", &Url::parse(ORIGIN).unwrap()).unwrap().build().unwrap()
}

fn registered(party: &Webauthn, passkey: &mut SoftwarePasskey, user: Uuid) -> Passkey {
    let (options, state) = party.start_passkey_registration(user, "hanako", "Hanako", None).unwrap();
    let options = serde_json::to_value(options).unwrap();
    let answer = passkey.create(&options["publicKey"]).unwrap();
    party.finish_passkey_registration(&serde_json::from_value(answer).unwrap(), &state).unwrap()
}

/// One discoverable authentication in which `change` may forge what the passkey answered.
fn authenticated(
    party: &Webauthn,
    passkey: &mut SoftwarePasskey,
    known: &Passkey,
    change: impl FnOnce(&mut Value),
) -> Result<AuthenticationResult, String> {
    let (options, state) = party.start_discoverable_authentication().map_err(|error| error.to_string())?;
    let options = serde_json::to_value(options).unwrap();
    let mut answer = passkey.get(&options["publicKey"]).map_err(|refused| refused.to_string())?;
    change(&mut answer);
    let answer: PublicKeyCredential = serde_json::from_value(answer).map_err(|error| error.to_string())?;
    party
        .finish_discoverable_authentication_v2(&answer, state, DiscoverableKey::from(known))
        .map_err(|error| error.to_string())
}

#[test]
fn a_passkey_registers_and_signs_in_without_a_name() {
    let (party, mut passkey, user) = (party(), SoftwarePasskey::new(ORIGIN), Uuid::new_v4());
    let mut known = registered(&party, &mut passkey, user);
    for turn in 1..=3 {
        let (options, state) = party.start_discoverable_authentication().unwrap();
        let options = serde_json::to_value(options).unwrap();
        let answer = passkey.get(&options["publicKey"]).unwrap();
        let answer: PublicKeyCredential = serde_json::from_value(answer).unwrap();
        let (found, _) = party.identify_discoverable_authentication(&answer).unwrap();
        assert_eq!(found, user);
        let result = party
            .finish_discoverable_authentication_v2(&answer, state, DiscoverableKey::from(&known))
            .unwrap();
        assert!(result.user_verified());
        assert!(result.backup_state());
        assert_eq!(result.counter(), turn);
        assert_eq!(known.update_credential(&result), Some(true));
    }
}

#[test]
fn a_passkey_that_is_named_signs_too() {
    let (party, mut passkey) = (party(), SoftwarePasskey::new(ORIGIN));
    let known = registered(&party, &mut passkey, Uuid::new_v4());
    let (options, state) = party.start_passkey_authentication(std::slice::from_ref(&known)).unwrap();
    let options = serde_json::to_value(options).unwrap();
    let answer = passkey.get(&options["publicKey"]).unwrap();
    let result =
        party.finish_passkey_authentication(&serde_json::from_value(answer).unwrap(), &state).unwrap();
    assert_eq!(B64.encode(result.cred_id()), passkey.credential_ids()[0]);
}

fn edit_binary(answer: &mut Value, member: &str, change: impl FnOnce(Vec<u8>) -> Vec<u8>) {
    let bytes = B64.decode(answer["response"][member].as_str().unwrap()).unwrap();
    answer["response"][member] = json!(B64.encode(change(bytes)));
}

fn edit_text(answer: &mut Value, from: &str, to: &str) {
    edit_binary(answer, "clientDataJSON", |bytes| {
        String::from_utf8(bytes).unwrap().replace(from, to).into_bytes()
    });
}

fn edit_flags(answer: &mut Value, change: impl FnOnce(u8) -> u8) {
    edit_binary(answer, "authenticatorData", |mut bytes| {
        bytes[32] = change(bytes[32]);
        bytes
    });
}

#[test]
fn what_is_forged_is_refused() {
    type Forgery = fn(&mut Value);
    let cases: [(&str, Forgery, bool); 9] = [
        ("honest", |_| {}, true),
        ("another origin", |answer| edit_text(answer, "7080", "7081"), false),
        ("another ceremony", |answer| edit_text(answer, "webauthn.get", "webauthn.create"), false),
        ("another challenge", |answer| edit_text(answer, "challenge\":\"", "challenge\":\"AAAA"), false),
        ("nobody verified", |answer| edit_flags(answer, |flags| flags & !0x04), false),
        ("nobody present", |answer| edit_flags(answer, |flags| flags & !0x01), false),
        ("no longer backed up", |answer| edit_flags(answer, |flags| flags & !0x10), false),
        (
            "a turned bit in the signature",
            |answer| {
                edit_binary(answer, "signature", |mut bytes| {
                    let last = bytes.len() - 1;
                    bytes[last] ^= 1;
                    bytes
                });
            },
            false,
        ),
        (
            "another relying party",
            |answer| {
                edit_binary(answer, "authenticatorData", |mut bytes| {
                    bytes[0] ^= 1;
                    bytes
                });
            },
            false,
        ),
    ];
    let (party, mut passkey) = (party(), SoftwarePasskey::new(ORIGIN));
    let known = registered(&party, &mut passkey, Uuid::new_v4());
    for (name, forge, accepted) in cases {
        let result = authenticated(&party, &mut passkey, &known, forge);
        assert_eq!(result.is_ok(), accepted, "{name}: {:?}", result.err());
    }
}

#[test]
fn a_signature_of_another_key_is_refused() {
    let party = party();
    let (mut one, mut two) = (SoftwarePasskey::new(ORIGIN), SoftwarePasskey::new(ORIGIN));
    let known = registered(&party, &mut one, Uuid::new_v4());
    let _other = registered(&party, &mut two, Uuid::new_v4());
    assert!(authenticated(&party, &mut two, &known, |_| {}).is_err());
}

#[test]
fn the_passkey_itself_refuses() {
    let options = |change: fn(&mut Value)| {
        let mut options = json!({
            "rp": {"id": "localhost", "name": "x"}, "user": {"id": "dXNlcg", "name": "n", "displayName": "d"},
            "challenge": "AAAA", "pubKeyCredParams": [{"type": "public-key", "alg": -7}],
        });
        change(&mut options);
        options
    };
    let cases = [
        ("foreign id", options(|o| o["rp"]["id"] = json!("example.jp")), "does not belong"),
        ("part of a label", options(|o| o["rp"]["id"] = json!("host")), "does not belong"),
        ("empty id", options(|o| o["rp"]["id"] = json!("")), "does not belong"),
        (
            "RSA only",
            options(|o| o["pubKeyCredParams"] = json!([{"type": "public-key", "alg": -257}])),
            "ES256",
        ),
        ("no challenge", options(|o| o["challenge"] = Value::Null), "challenge"),
        ("challenge not base64url", options(|o| o["challenge"] = json!("A+/=")), "challenge"),
        ("no user", options(|o| o["user"] = Value::Null), "user.id"),
        ("user's id too long", options(|o| o["user"]["id"] = json!("A".repeat(88))), "user.id"),
    ];
    for (name, options, says) in cases {
        let refused = SoftwarePasskey::new(ORIGIN).create(&options).unwrap_err().to_string();
        assert!(refused.contains(says), "{name}: {refused}");
    }
    let mut passkey = SoftwarePasskey::new(ORIGIN);
    let nothing = passkey.get(&json!({"rpId": "localhost", "challenge": "AAAA"})).unwrap_err();
    assert_eq!(nothing, CeremonyRefused::NotAllowed("localhost".to_owned()));
    passkey.create(&options(|_| {})).unwrap();
    let held = passkey.credential_ids()[0].clone();
    let mut again = options(|_| {});
    again["excludeCredentials"] = json!([{"type": "public-key", "id": held}]);
    assert_eq!(passkey.create(&again).unwrap_err(), CeremonyRefused::InvalidState);
}

#[test]
fn a_subdomain_may_use_its_parents_id() {
    let mut passkey = SoftwarePasskey::new("https://wallet.example.jp");
    let options = json!({
        "rp": {"id": "example.jp"}, "user": {"id": "dXNlcg"}, "challenge": "AAAA",
        "pubKeyCredParams": [{"type": "public-key", "alg": -7}],
    });
    assert!(passkey.create(&options).is_ok());
}
