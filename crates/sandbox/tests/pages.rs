//! Every page in a browser: two languages, nothing that runs, and all that a newcomer needs to play a person.
#![allow(clippy::unwrap_used, reason = "a test may stop here")]

mod stage;

use stage::Stage;

#[tokio::test]
async fn a_drawer_holds_what_a_person_knows() {
    let stage = Stage::start().await;
    let people = stage.get("/control/people").await.json();
    for (id, banks) in [("hanako", 35), ("sakura", 3)] {
        let person = people["people"].as_array().unwrap().iter().find(|person| person["id"] == id).unwrap();
        let drawer = stage.get(&format!("/people/{id}?lang=en")).await;
        assert_eq!(drawer.text.matches("<details>").count(), banks, "{id}");
        let card_pin = person["card_pin"].as_str().unwrap();
        drawer.has(&["PIN of the identity card", &format!(">{card_pin}</dd>"), "Registered phone"]);
        for account in person["bank_accounts"].as_array().unwrap() {
            for name in ["login", "password", "branch", "number", "pin", "registered_phone"] {
                drawer.has(&[&format!(">{}</dd>", account[name].as_str().unwrap())]);
            }
        }
    }
    assert_eq!(stage.get("/people/nobody").await.status, 404);
}

#[tokio::test]
async fn every_page_has_two_languages_and_runs_nothing() {
    let stage = Stage::start().await;
    let pages = [
        ("/", 200, "登場人物", "People"),
        ("/people/taro", 200, "生年月日", "Birth date"),
        ("/people/nobody", 404, "この人はいません", "Nobody has this name"),
        ("/shop", 200, "お客さまのコード", "The customer&#39;s code"),
        ("/phones/09000000001", 200, "まだ何も届いていません", "Nothing has arrived yet"),
        ("/mailboxes/taro@example.jp", 200, "まだ何も届いていません", "Nothing has arrived yet"),
        ("/verifier/start", 410, "終わっています", "is over"),
        ("/openid/authorize", 400, "登録されていません", "is not registered"),
    ];
    for (path, status, ja, en) in pages {
        for (lang, word) in [("ja", ja), ("en", en)] {
            let came = stage.get(&format!("{path}?lang={lang}")).await;
            assert_eq!(came.status, status, "{path}");
            came.has(&[word, &format!("<html lang=\"{lang}\">"), "width=device-width"]);
            for banned in ["<script", " style=", " onclick=", "javascript:", "<style"] {
                assert!(!came.text.contains(banned), "{banned} in {path}");
            }
            let policy = came.headers["content-security-policy"].to_str().unwrap();
            for word in
                ["default-src 'none'", "style-src 'self'", "img-src 'self';", "frame-ancestors 'none'"]
            {
                assert!(policy.contains(word), "{word} is missing in {policy}");
            }
        }
    }
}

#[tokio::test]
async fn a_language_that_was_chosen_stays() {
    let stage = Stage::start().await;
    for (cookie, word) in [("sandbox_lang=en", "whole number"), ("sandbox_lang=ja", "整数"), ("", "整数")]
    {
        let post = stage.http.post(format!("{}/shop/orders", stage.url)).form(&[("amount", "0")]);
        stage.send(post.header("cookie", cookie)).await.has(&[word]);
    }
    let odd = stage.get("/?lang=xx%0d%0aset-cookie:a=b").await;
    assert!(odd.status == 200 && !odd.headers.contains_key("set-cookie"));
}
