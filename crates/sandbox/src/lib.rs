//! The world outside the wallet, pretended: 35 banks, an identity verifier, an OpenID provider, the carrier
//! with its phones and mailboxes, and a shop. It is written from their side and knows no type of the wallet.

mod banks;
mod carrier;
mod clients;
mod clock;
mod control;
mod db;
mod fault;
mod keys;
mod openid;
mod pages;
mod people;
mod random;
mod shop;
mod verifier;
mod walk;

use axum::Router;
use clients::Clients;
use db::Db;
use keys::Keys;
use std::{future::Future, path::PathBuf, sync::Arc};

pub use fault::Fault;

/// What the sandbox is told when it starts.
#[derive(Clone)]
pub struct Settings {
    /// The folder of its database.
    pub data: PathBuf,
    /// How browsers and the wallet reach it, without a slash at the end.
    pub public_url: String,
    /// The one registered client.
    pub client_id: String,
    /// Where the client's public keys are.
    pub client_jwks_uri: String,
    /// Where a browser may be sent back to.
    pub client_redirect_uris: Vec<String>,
    /// What the carrier wants to see as bearer token.
    pub carrier_token: String,
    /// Where the shop reaches the wallet's merchant API, without a slash at the end.
    pub shop_wallet_url: String,
    /// The shop's API key at the wallet.
    pub shop_key: String,
    /// The key that signs the wallet's webhooks to the shop, `whsec_…`.
    pub shop_webhook_secret: String,
}

#[derive(Clone)]
pub(crate) struct AppState {
    pub(crate) db: Db,
    pub(crate) settings: Arc<Settings>,
    pub(crate) keys: Keys,
    pub(crate) clients: Clients,
    pub(crate) http: reqwest::Client,
}

/// Runs the sandbox on a listening socket until `stop` ends.
///
/// # Errors
/// The data folder or database cannot be used, or serving fails.
pub async fn serve(
    settings: Settings,
    listener: tokio::net::TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Fault> {
    let state = open(settings).await?;
    banks::resume(&state).await?;
    axum::serve(listener, router(state)).with_graceful_shutdown(stop).await.map_err(Fault::outside)
}

async fn open(settings: Settings) -> Result<AppState, Fault> {
    let schemas = [
        keys::SCHEMA,
        clients::SCHEMA,
        people::SCHEMA,
        banks::SCHEMA,
        verifier::SCHEMA,
        openid::SCHEMA,
        carrier::SCHEMA,
        shop::SCHEMA,
    ];
    let db = Db::open(&settings.data, &schemas)?;
    db.write(people::seed).await?;
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(std::time::Duration::from_secs(5))
        .build()
        .map_err(Fault::outside)?;
    let settings = Arc::new(settings);
    let keys = Keys::new(db.clone());
    let clients = Clients::new(db.clone(), http.clone(), Arc::clone(&settings));
    Ok(AppState { db, settings, keys, clients, http })
}

fn router(state: AppState) -> Router {
    Router::new()
        .merge(banks::router())
        .merge(verifier::router())
        .merge(openid::router())
        .merge(carrier::router())
        .merge(shop::router())
        .merge(control::router())
        .merge(walk::router())
        .merge(pages::router())
        .layer(axum::middleware::map_response(pages::harden))
        .layer(axum::extract::DefaultBodyLimit::max(64 * 1024))
        .with_state(state)
}
