//! A server over a database in a folder of its own, beside parties that nobody asks.

use crate::wired;
use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode},
};
use serde_json::Value;
use server::{AppState, Settings, router};
use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};
use tower::ServiceExt;
use url::Url;

struct StillClock(AtomicU64);

impl teller::Clock for StillClock {
    fn now(&self) -> terms::Time {
        terms::Time::from_millis(1_795_381_200_000)
    }
    fn seed(&self) -> u64 {
        self.0.fetch_add(1, Ordering::SeqCst)
    }
}

pub(crate) struct Stage {
    router: axum::Router,
    folder: PathBuf,
}

impl Drop for Stage {
    fn drop(&mut self) {
        let _gone = std::fs::remove_dir_all(&self.folder);
    }
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {}", self.text))
    }

    pub(crate) fn cookies(&self) -> Vec<&str> {
        self.headers.get_all("set-cookie").iter().filter_map(|value| value.to_str().ok()).collect()
    }
}

impl Stage {
    pub(crate) fn new(set: impl FnOnce(&mut Settings)) -> Self {
        let folder = std::env::temp_dir().join(format!("tsugime-shell-{}", uuid::Uuid::now_v7()));
        std::fs::create_dir(&folder).expect("a folder");
        let keys = store::Keys::new(&[7; 32]).expect("keys");
        let (store, writer) = store::Store::open(&folder.join("wallet.db"), keys).expect("a store");
        let clock = Arc::new(StillClock(AtomicU64::new(1)));
        let started = teller::Teller::start(store, writer, engine::Policy::default(), clock);
        let teller = started.expect("a teller").0;
        let mut settings = Settings::new(Url::parse("https://wallet.example").expect("a URL"));
        settings.forwarded_hops = 1;
        set(&mut settings);
        let wired = wired::wired(settings, teller, wired::NOWHERE, &wired::key());
        let state = AppState::new(wired).expect("a state");
        Self { router: router(state), folder }
    }

    pub(crate) async fn ask(&self, ask: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let (method, path) = ask.split_once(' ').expect("a method and a path");
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body.to_owned())).expect("a request");
        let response = self.router.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 1 << 20).await.expect("a body");
        let text = String::from_utf8(bytes.to_vec()).expect("text");
        Answer { status: parts.status, headers: parts.headers, text }
    }
}
