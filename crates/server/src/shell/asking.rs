//! What is known about a request before its handler sees it.

use crate::{
    Settings,
    credentials::{Cookies, has_bearer, random_uuid},
    locale::Language,
};
use axum::{
    extract::{ConnectInfo, MatchedPath, Request},
    http::{HeaderMap, Uri, header},
};
use engine::Source;
use std::net::{IpAddr, SocketAddr};
use terms::DeviceId;

/// The header that carries the request's id in both directions.
pub(crate) const REQUEST_ID: &str = "x-request-id";
const FORWARDED_FOR: &str = "x-forwarded-for";

/// What is known about a request; it lies in the request's extensions.
#[derive(Debug, Clone)]
pub(crate) struct Asking {
    /// The request's id.
    pub(crate) request: String,
    /// The language to answer in.
    pub(crate) language: Language,
    /// Where it came from.
    pub(crate) source: Source,
    /// Whether a person with a browser waits for a page.
    pub(crate) wants_page: bool,
    /// The path, without its query.
    pub(crate) path: String,
    /// Whether the request only looks, so that a browser can be sent to its path again.
    pub(crate) looks: bool,
    /// The demo's pretend world, in a demo.
    pub(crate) sandbox_url: Option<String>,
    /// The pattern of the route.
    pub(crate) route: String,
    /// The device that was named by this request and has to be told so.
    pub(crate) new_device: Option<DeviceId>,
}

impl Default for Asking {
    fn default() -> Self {
        Self::of(&Request::default(), Cookies::plain(), 0)
    }
}

impl Asking {
    pub(crate) fn new(request: &Request, settings: &Settings) -> Self {
        let sandbox_url = settings.demo.as_ref().map(|hints| hints.sandbox_url.to_string());
        Self { sandbox_url, ..Self::of(request, Cookies::of(settings), settings.forwarded_hops) }
    }

    fn of(request: &Request, cookies: Cookies, forwarded_hops: usize) -> Self {
        let headers = request.headers();
        let path = request.uri().path().to_owned();
        let id = request_id(headers);
        let known = cookies.device_in(headers);
        let named = known.is_none() && !has_bearer(headers) && !is_for_machines(&path);
        let new_device = if named { random_uuid().map(DeviceId::new) } else { None };
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
        let address = address(headers, peer, forwarded_hops).map(gate::address_of);
        let route = request.extensions().get::<MatchedPath>().map_or("unmatched", MatchedPath::as_str);
        Self {
            source: Source { device: known.or(new_device), address, request: Some(id.clone()) },
            request: id,
            language: Language::of(request.uri(), headers),
            wants_page: wants_page(request.uri(), headers),
            route: route.to_owned(),
            looks: request.method().is_safe(),
            sandbox_url: None,
            path,
            new_device,
        }
    }
}

/// Paths that only programs ask for; they get no cookie and count against no limit.
pub(crate) fn is_for_machines(path: &str) -> bool {
    matches!(path, "/healthz" | "/readyz" | "/metrics" | "/openapi.json" | "/favicon.ico" | "/favicon.svg")
        || path.starts_with("/static/")
        || path.starts_with("/.well-known/")
}

fn wants_page(uri: &Uri, headers: &HeaderMap) -> bool {
    let accepts = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepts.contains("text/html") && !uri.path().starts_with("/v1/") && !is_for_machines(uri.path())
}

/// The asker's own id for the request if it is a modest one, else a new one.
fn request_id(headers: &HeaderMap) -> String {
    let shown = headers.get(REQUEST_ID).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let modest = (8..=64).contains(&shown.len())
        && shown.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if modest {
        return shown.to_owned();
    }
    random_uuid().map(|uuid| uuid.simple().to_string()).unwrap_or_default()
}

/// The peer, or what our own proxies say about it: each adds one entry at the end of `X-Forwarded-For`.
fn address(headers: &HeaderMap, peer: Option<IpAddr>, forwarded_hops: usize) -> Option<IpAddr> {
    if forwarded_hops == 0 {
        return peer;
    }
    let texts = headers.get_all(FORWARDED_FOR).iter().filter_map(|value| value.to_str().ok());
    let entries: Vec<&str> = texts.flat_map(|text| text.split(',')).map(str::trim).collect();
    let entry = entries.len().checked_sub(forwarded_hops).and_then(|place| entries.get(place));
    entry.and_then(|entry| entry.parse().ok()).or(peer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_proxies_are_believed() {
        let peer: IpAddr = "10.0.0.1".parse().expect("an address");
        for (forwarded, hops, expected) in [
            ("1.1.1.1", 0, "10.0.0.1"),
            ("6.6.6.6, 1.1.1.1", 1, "1.1.1.1"),
            ("6.6.6.6, 1.1.1.1, 10.0.0.2", 2, "1.1.1.1"),
            ("1.1.1.1", 2, "10.0.0.1"),
            ("nonsense", 1, "10.0.0.1"),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(FORWARDED_FOR, forwarded.parse().expect("a header"));
            let expected: IpAddr = expected.parse().expect("an address");
            assert_eq!(address(&headers, Some(peer), hops), Some(expected), "{forwarded} {hops}");
        }
    }
}
