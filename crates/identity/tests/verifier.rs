//! Proofing at the sandbox's verifier, and at verifiers that lie.
#![allow(clippy::unwrap_used, reason = "a test may stop here")]

mod stage;

use identity::{AssertionWrong, IdentityFault, VerifiedPerson, Verifier};
use jose::{SigningKey, TokenRefused, jwks, sign};
use serde_json::{Value, json};
use stage::pretend::{self, Does};
use stage::{CLIENT, Outside, now_s, party, returned};
use std::sync::Arc;
use terms::Secret;

async fn prove(outside: &Outside, verifier: &Verifier, method: &str, person: &str) -> VerifiedPerson {
    let url = verifier.begin(method, &Secret::new("the-state"), "the-nonce").await.unwrap();
    let code = outside.code(&url, person).await;
    verifier.finish(&code, method, "the-nonce").await.map_err(|fault| fault.to_string()).unwrap()
}

#[tokio::test]
async fn a_card_tells_who_a_person_is_by_each_valid_method() {
    let outside = Outside::start().await;
    let verifier = Verifier::new(outside.party("verifier")).unwrap();
    for method in ["jpki_signature", "ic_chip_licence"] {
        assert!(engine::identity::ProofingMethod::find(method).is_some());
        let person = prove(&outside, &verifier, method, "hanako").await;
        assert_eq!((person.method.as_str(), person.issuer.as_str()), (method, verifier.issuer()));
        assert_eq!((person.name.as_str(), person.kana.as_str()), ("山田 花子", "ヤマダ ハナコ"));
        assert_eq!(person.birth_date.as_str(), "1988-04-12");
        assert!((person.verified_at.seconds() - now_s()).abs() <= 10);
        assert!(person.certificate_expires_at.seconds() > now_s());
        assert_eq!(prove(&outside, &verifier, method, "hanako").await.subject, person.subject);
        assert_ne!(prove(&outside, &verifier, method, "taro").await.subject, person.subject);
    }
}

#[tokio::test]
async fn a_person_who_does_not_get_through_brings_no_code() {
    let outside = Outside::start().await;
    let verifier = Verifier::new(outside.party("verifier")).unwrap();
    for (say, wrong) in [("no", None), ("yes", Some("pin"))] {
        let url = verifier.begin("jpki_signature", &Secret::new("the-state"), "n").await.unwrap();
        let back = outside.walk(&url, "hanako", say, wrong).await;
        assert_eq!(returned(&back, "error").as_deref(), Some("access_denied"));
        assert_eq!(returned(&back, "code"), None);
        assert_eq!(returned(&back, "state").as_deref(), Some("the-state"));
        assert_eq!(returned(&back, "iss").as_deref(), Some(verifier.issuer()));
    }
    let refused = verifier.begin("card_and_face_picture", &Secret::new("s"), "n").await;
    let issuer = verifier.issuer().to_owned();
    let error = "invalid_request".to_owned();
    assert_eq!(refused, Err(IdentityFault::Refused { issuer, step: "verification request", error }));
}

#[tokio::test]
async fn a_word_that_answers_another_request_is_refused() {
    let outside = Outside::start().await;
    let verifier = Verifier::new(outside.party("verifier")).unwrap();
    for (method, nonce, expected) in
        [("ic_chip_licence", "n", AssertionWrong::Method), ("jpki_signature", "m", AssertionWrong::Nonce)]
    {
        let url = verifier.begin("jpki_signature", &Secret::new("s"), "n").await.unwrap();
        let code = outside.code(&url, "hanako").await;
        let refused = verifier.finish(&code, method, nonce).await.err();
        let issuer = verifier.issuer().to_owned();
        assert_eq!(refused, Some(IdentityFault::WordRefused { issuer, why: expected }));
        assert!(verifier.finish(&code, "jpki_signature", "n").await.is_err(), "a code works once");
    }
}

/// What a finish says at a verifier whose assertion a test changes before it is signed.
async fn at_pretended(
    typ: &str,
    by_another: bool,
    change: impl FnOnce(&mut Value),
) -> Result<(), IdentityFault> {
    let (listener, url) = pretend::listen().await;
    let (key, other) = (SigningKey::generate().unwrap(), SigningKey::generate().unwrap());
    let mut claims = json!({
        "iss": url, "aud": CLIENT, "sub": "p-1", "iat": now_s(), "exp": now_s() + 300, "jti": "once",
        "nonce": "n", "method": "jpki_signature", "verified_at": now_s(), "name": "山田 花子",
        "name_kana": "ヤマダ ハナコ", "birth_date": "1988-04-12", "address": "東京都",
        "certificate_expires_at": now_s() + 86_400, "face_image": false,
    });
    change(&mut claims);
    let assertion = sign(if by_another { &other } else { &key }, typ, &claims);
    let (answer, published) = (json!({ "assertion": assertion }).to_string(), jwks(&[&key]).to_string());
    pretend::serve(listener, move |_, path, _| match path {
        "/assertions" => Does::Answers(200, answer.clone()),
        _ => Does::Answers(200, published.clone()),
    });
    let verifier = Verifier::new(party(&url, &Arc::new(SigningKey::generate().unwrap()))).unwrap();
    verifier.finish(&Secret::new("c"), "jpki_signature", "n").await.map(|_| ())
}

// promise: P4
#[tokio::test]
async fn each_forged_claim_is_refused() {
    const TYP: &str = "identity-assertion+jwt";
    assert_eq!(at_pretended(TYP, false, |_| {}).await, Ok(()));
    type Forgery = (&'static str, &'static str, bool, fn(&mut Value), AssertionWrong);
    let token = AssertionWrong::Token;
    let forgeries: [Forgery; 17] = [
        ("typ", "JWT", false, |_| {}, token(TokenRefused::WrongType)),
        ("key", TYP, true, |_| {}, token(TokenRefused::UnknownKey)),
        ("iss", TYP, false, |c| c["iss"] = json!("https://e.example"), token(TokenRefused::WrongIssuer)),
        ("aud", TYP, false, |c| c["aud"] = json!("another"), token(TokenRefused::WrongAudience)),
        ("exp", TYP, false, |c| c["exp"] = json!(now_s() - 60), token(TokenRefused::Expired)),
        (
            "no exp",
            TYP,
            false,
            |c| drop(c.as_object_mut().unwrap().remove("exp")),
            token(TokenRefused::WrongClaims),
        ),
        ("old", TYP, false, |c| c["iat"] = json!(now_s() - 400), token(TokenRefused::TooOld)),
        ("nonce", TYP, false, |c| c["nonce"] = json!("m"), AssertionWrong::Nonce),
        ("method", TYP, false, |c| c["method"] = json!("ic_chip_licence"), AssertionWrong::Method),
        ("picture", TYP, false, |c| c["face_image"] = json!(true), AssertionWrong::FaceImage),
        (
            "silent about pictures",
            TYP,
            false,
            |c| drop(c.as_object_mut().unwrap().remove("face_image")),
            token(TokenRefused::WrongClaims),
        ),
        ("read before", TYP, false, |c| c["verified_at"] = json!(now_s() - 3_600), AssertionWrong::OtherTime),
        ("read later", TYP, false, |c| c["verified_at"] = json!(now_s() + 60), AssertionWrong::OtherTime),
        (
            "certificate",
            TYP,
            false,
            |c| c["certificate_expires_at"] = json!(now_s() - 1),
            AssertionWrong::CertificateOver,
        ),
        ("kana", TYP, false, |c| c["name_kana"] = json!("山田"), AssertionWrong::Claim),
        ("birth date", TYP, false, |c| c["birth_date"] = json!("1988-02-30"), AssertionWrong::Claim),
        ("subject", TYP, false, |c| c["sub"] = json!(""), AssertionWrong::Claim),
    ];
    for (name, typ, by_another, change, expected) in forgeries {
        match at_pretended(typ, by_another, change).await {
            Err(IdentityFault::WordRefused { why, .. }) => assert_eq!(why, expected, "{name}"),
            other => panic!("{name}: {other:?}"),
        }
    }
}
