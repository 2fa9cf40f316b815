//! The texts and reports as they were agreed: a change of them is seen in review.

use crate::{KOZA_2020, TODAY, assess, printed};
use serde_json::Value;
use std::path::{Path, PathBuf};

const RENEW: &str = "TSUGIME_RENEW";

fn agreed(name: &str, now: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/assess").join(name);
    if std::env::var_os(RENEW).is_some() {
        std::fs::write(&path, now).expect("the agreed text can be written");
    }
    let agreed = std::fs::read_to_string(&path).unwrap_or_default();
    let differs = agreed.lines().zip(now.lines()).position(|(was, is)| was != is);
    let line = differs.or((agreed != now).then(|| agreed.lines().count().min(now.lines().count())));
    if let Some(line) = line {
        panic!(
            "{name} has changed at line {}\n  agreed: {:?}\n  now:    {:?}\n\
             If it says what it should, agree to it and commit the file:\n\
             {RENEW}=1 cargo nextest run -p tsugime --test assess agreed",
            line + 1,
            agreed.lines().nth(line),
            now.lines().nth(line)
        );
    }
}

fn report_path(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("tsugime-assess-{name}-{}.html", std::process::id()))
}

#[test]
fn the_wallet_of_2020_is_refused_with_its_reasons() {
    let output = assess(&[KOZA_2020]);
    assert_eq!(output.status.code(), Some(2));
    agreed("koza-2020.txt", &printed(&output));
    let said = String::from_utf8(output.stderr).expect("a text");
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(
        said.starts_with("tsugime: linkage/koza-2020.toml: this linkage is refused: calendar_limits, "),
        "{said}"
    );
}

#[test]
fn todays_wallet_is_accepted() {
    let output = assess(&[TODAY]);
    assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0));
    agreed("today.txt", &printed(&output));
}

#[test]
fn the_object_says_what_the_text_says() {
    let output = assess(&[KOZA_2020, "--json"]);
    assert_eq!(output.status.code(), Some(2));
    let text = printed(&output);
    assert_eq!(text.lines().count(), 1);
    let object: Value = serde_json::from_str(&text).expect("one object");
    assert_eq!(object["ok"], false);
    assert_eq!(object["refusals"].as_array().map(Vec::len), Some(7));
    assert_eq!(object["assessment"]["yen_per_account"], 600_000.0);
    let weakest = &object["assessment"]["methods"][0];
    assert_eq!(
        (&weakest["method"], &weakest["banks"][0]["code"]),
        (&"account_pin_2020".into(), &"0125".into())
    );
    assert_eq!(weakest["ways"][0]["per_10_000_tries"], 50.0);
    // Twice as many tries, twice as many accounts.
    let per_month = |tries: &str| {
        let object: Value =
            serde_json::from_str(&printed(&assess(&[KOZA_2020, "--json", "--tries-a-day", tries])))
                .expect("one");
        object["assessment"]["methods"][0]["ways"][0]["per_month"].as_f64().expect("a number")
    };
    assert_eq!(2.0 * per_month("500"), per_month("1000"));
}

/// Nothing is loaded, nothing runs, and every mark that was opened is closed.
#[test]
fn the_report_stands_alone() {
    for (name, linkage) in [("koza-2020", KOZA_2020), ("today", TODAY)] {
        let path = report_path(name);
        assess(&[linkage, "--html", path.to_str().expect("a path")]);
        let page = std::fs::read_to_string(&path).expect("a report");
        std::fs::remove_file(&path).expect("removed");
        for never in
            ["<script", "javascript:", "http://", "https://", "onclick", " style=", "@import", "url("]
        {
            assert!(!page.contains(never), "{never} in the report of {name}");
        }
        assert!(page.contains("default-src 'none'; style-src 'sha256-") && page.contains("<svg"), "{name}");
        assert!(page.contains("width=device-width") && page.contains("prefers-color-scheme:dark"), "{name}");
        for mark in [
            "html", "head", "body", "main", "section", "details", "svg", "text", "p", "ol", "li", "div", "h2",
        ] {
            let opened =
                page.matches(&format!("<{mark}>")).count() + page.matches(&format!("<{mark} ")).count();
            assert_eq!(
                opened,
                page.matches(&format!("</{mark}>")).count(),
                "<{mark}> in the report of {name}"
            );
        }
        agreed(&format!("{name}.html"), &page);
    }
}
