//! Counts and durations of requests as Prometheus text, without a listener of its own.

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use std::{
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

/// Durations are kept in memory until they are folded into buckets: after so many requests at the latest.
const FOLD_AFTER_REQUESTS: u64 = 4_096;
const BUCKETS_SECONDS: [f64; 12] =
    [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

/// The program's one recorder: every crate that counts something is shown at `/metrics`.
static INSTALLED: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// The counters of this process.
pub(crate) struct Metrics {
    handle: Option<PrometheusHandle>,
    requests: AtomicU64,
}

impl Metrics {
    /// Installs the recorder, or finds the one that is installed.
    pub(crate) fn installed() -> Self {
        let handle = INSTALLED.get_or_init(|| {
            let built =
                PrometheusBuilder::new().set_buckets(&BUCKETS_SECONDS).and_then(|b| b.install_recorder());
            built.inspect_err(|wrong| tracing::error!(%wrong, "no metrics")).ok()
        });
        Self { handle: handle.clone(), requests: AtomicU64::new(0) }
    }

    /// Counts an answer. `route` is a pattern such as `/v1/links/{link}`, never a path.
    pub(crate) fn answered(&self, method: &'static str, route: &str, status: u16, took: Duration) {
        let labels =
            [("method", method.to_owned()), ("route", route.to_owned()), ("status", status.to_string())];
        metrics::counter!("http_requests_total", &labels).increment(1);
        let labels = [("method", method.to_owned()), ("route", route.to_owned())];
        metrics::histogram!("http_request_duration_seconds", &labels).record(took.as_secs_f64());
        if self.requests.fetch_add(1, Ordering::Relaxed) % FOLD_AFTER_REQUESTS == FOLD_AFTER_REQUESTS - 1 {
            self.handle.iter().for_each(PrometheusHandle::run_upkeep);
        }
    }

    /// Everything as Prometheus text.
    pub(crate) fn text(&self) -> String {
        self.handle.as_ref().map(PrometheusHandle::render).unwrap_or_default()
    }
}
