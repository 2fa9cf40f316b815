//! The same life in a browser: forms, redirects, cookies; the scripts' part is played by the software passkey.

use crate::stage::{Jar, ORIGIN, Stage, code_in};
use player::SoftwarePasskey;
use serde_json::{Value, json};

const PHONE: &str = "09012345678";
const MAIL: &str = "hanako@example.jp";

async fn options(stage: &Stage, jar: &mut Jar, path: &str) -> Value {
    let (status, _, text) = stage.script(jar, path, &json!({})).await;
    assert_eq!(status, 200, "{text}");
    serde_json::from_str(&text).unwrap()
}

/// Opens a wallet by the pages.
async fn signed_up(stage: &Stage, jar: &mut Jar) -> SoftwarePasskey {
    let (status, _, page) = stage.browse(jar, "/sign-up", None).await;
    assert!(status == 200 && page.contains("name=\"phone\""), "{page}");
    let form = format!("phone={PHONE}&email=hanako%40example.jp");
    let (status, codes, page) = stage.browse(jar, "/sign-up", Some(&form)).await;
    assert_eq!(status, 303, "{page}");
    let path = format!("{codes}/codes");
    let (status, _, page) = stage.browse(jar, &path, Some("phone_code=000000&email_code=000000")).await;
    assert!(status == 422 && page.contains("role=\"alert\""), "a wrong code shows the form again: {page}");
    let (texts, mails) = stage.letters(PHONE, MAIL);
    let form = format!("phone_code={}&email_code={}", code_in(&texts[0]), code_in(&mails[0]));
    let (status, next, _) = stage.browse(jar, &path, Some(&form)).await;
    assert_eq!((status, next.clone()), (303, format!("{codes}/passkey")));
    let (status, _, page) = stage.browse(jar, &next, None).await;
    let sign_up = codes.trim_start_matches("/sign-up/");
    let offered = format!("/v1/sign-ups/{sign_up}/passkey/options");
    assert!(status == 200 && page.contains(&offered), "{page}");
    let options = options(stage, jar, &offered).await;
    let mut passkey = SoftwarePasskey::new(ORIGIN);
    let credential = passkey.create(&options["publicKey"]).unwrap();
    let body = json!({ "credential": credential, "device_name": "Firefox <b>" });
    let (status, _, text) = stage.script(jar, &next, &body).await;
    assert_eq!((status, text.as_str()), (200, "{}"), "a script sees no token");
    assert!(jar.0.contains_key("tsugime"), "the session is in the cookie");
    passkey
}

async fn stepped_up(stage: &Stage, jar: &mut Jar, passkey: &mut SoftwarePasskey) {
    let options = options(stage, jar, "/v1/step-ups/options").await;
    let credential = passkey.get(&options["publicKey"]).unwrap();
    let body = json!({ "ceremony": options["ceremony"], "credential": credential });
    assert_eq!(stage.script(jar, "/v1/step-ups", &body).await.0, 200);
}

#[tokio::test]
async fn a_wallet_is_opened_and_left_by_pages() {
    let (stage, mut jar) = (Stage::new(), Jar::default());
    let mut passkey = signed_up(&stage, &mut jar).await;
    let (status, _, page) = stage.browse(&mut jar, "/me", None).await;
    assert!(status == 200 && page.contains("Firefox &#60;b&#62;") && !page.contains("<b>"), "{page}");
    assert!(page.contains("すべての端末からサインアウト"), "{page}");
    let (_, next, _) = stage.browse(&mut jar, "/me/language", Some("locale=en")).await;
    let (_, _, page) = stage.browse(&mut jar, &next, None).await;
    assert!(page.contains("Sign out on all devices"), "{page}");

    let (status, next, _) = stage.browse(&mut jar, "/me/recovery-code", Some("")).await;
    assert_eq!((status, next.as_str()), (303, "/step-up?next=/me"));
    assert_eq!(stage.browse(&mut jar, "/me/passkeys/new", None).await.1, "/step-up?next=/me/passkeys/new");
    assert_eq!(stage.browse(&mut jar, &next, None).await.0, 200);
    stepped_up(&stage, &mut jar, &mut passkey).await;
    assert_eq!(stage.browse(&mut jar, "/me/passkeys/new", None).await.0, 200);
    let (status, _, page) = stage.browse(&mut jar, "/me/recovery-code", Some("")).await;
    let code = page.split("id=\"recovery-code\">").nth(1).and_then(|rest| rest.split('<').next()).unwrap();
    assert_eq!((status, code.len()), (200, 39));

    let mut other = Jar::default();
    let (status, next, _) =
        stage.browse(&mut other, "/recover", Some(&format!("recovery_code={code}"))).await;
    assert!(status == 303 && next.starts_with("/recover/rec_"), "{next}");
    assert_eq!(stage.browse(&mut other, &next, None).await.0, 200);
    let (_, _, page) = stage.browse(&mut jar, "/me", None).await;
    let cancel = page.split("action=\"/me/recoveries/").nth(1).and_then(|rest| rest.split('"').next());
    let path = format!("/me/recoveries/{}", cancel.expect("it can be cancelled"));
    assert_eq!(stage.browse(&mut jar, &path, Some("")).await.1, "/me");

    let (status, next, _) = stage.browse(&mut jar, "/me/sign-out", Some("")).await;
    assert_eq!((status, next.as_str(), jar.0.contains_key("tsugime")), (303, "/", false));
    let (status, _, page) = stage.browse(&mut jar, "/me", None).await;
    assert!(status == 401 && page.contains("/sign-in?next=/me"), "{page}");
}

#[tokio::test]
async fn a_passkey_signs_in_by_the_page_and_nobody_is_sent_elsewhere() {
    let (stage, mut jar) = (Stage::new(), Jar::default());
    let mut passkey = signed_up(&stage, &mut jar).await;
    let mut other = Jar::default();
    let (_, _, page) = stage.browse(&mut other, "/sign-in?next=/me", None).await;
    assert!(page.contains("data-next=\"/me\""), "{page}");
    for elsewhere in ["https://evil.example", "//evil.example", "/%5Cevil.example", "/a%0Ab"] {
        let (_, _, page) = stage.browse(&mut other, &format!("/sign-in?next={elsewhere}"), None).await;
        assert!(page.contains("data-next=\"/home\""), "{elsewhere}: {page}");
    }
    let options = options(&stage, &mut other, "/v1/sessions/options").await;
    let credential = passkey.get(&options["publicKey"]).unwrap();
    let body = json!({
        "ceremony": options["ceremony"], "credential": credential, "device_name": "Chrome",
    });
    assert_eq!(stage.script(&mut other, "/sign-in/passkey", &body).await.0, 200);
    let (_, _, page) = stage.browse(&mut other, "/me", None).await;
    let device = page.split("action=\"/me/devices/").nth(1).and_then(|rest| rest.split('"').next());
    let path = format!("/me/devices/{}", device.expect("the other device"));
    assert_eq!(stage.browse(&mut other, &path, Some("")).await.1, "/me");
    assert_eq!(stage.browse(&mut jar, "/me", None).await.0, 401, "it is signed out");
}
