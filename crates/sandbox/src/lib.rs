//! The world outside the wallet, pretended: 35 banks, an identity verifier, an OpenID provider, the carrier
//! with its phones and mailboxes, and a shop. It is written from their side and knows no type of the wallet.

mod banks;
mod carrier;
mod clients;
mod clock;
mod control;
mod db;
mod drawer;
mod fault;
mod keys;
mod line;
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
use std::{
    future::{Future, IntoFuture},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};
use tokio::sync::oneshot;

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
    pub(crate) nonces: banks::Nonces,
    pub(crate) http: reqwest::Client,
}

/// How long answers that are on their way may take once the sandbox is to stop.
const STOP_PATIENCE: Duration = Duration::from_secs(5);

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
    let telling = state.clone();
    let service = router(state).into_make_service_with_connect_info::<line::Line>();
    let (told, stopped) = oneshot::channel();
    let stop = async {
        stop.await;
        // Nobody listens when serving has ended by itself.
        let _ended = told.send(());
    };
    let serving = axum::serve(line::Lines(listener), service).with_graceful_shutdown(stop);
    // A bank that hangs, by its vice, must not keep the process.
    let patience = async {
        if stopped.await.is_err() {
            return std::future::pending().await;
        }
        tokio::time::sleep(STOP_PATIENCE).await;
    };
    tokio::select! {
        served = serving.into_future() => served.map_err(Fault::outside),
        () = patience => Ok(()),
        never = banks::deliver_signals(&telling) => match never {},
    }
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
    let nonces = banks::Nonces::open(&db).await?;
    Ok(AppState { db, settings, keys, clients, nonces, http })
}

fn router(state: AppState) -> Router {
    Router::new()
        .merge(banks::router())
        .merge(verifier::router())
        .merge(openid::router())
        .merge(carrier::router())
        .merge(shop::router())
        .merge(drawer::router())
        .merge(control::router())
        .merge(walk::router())
        .merge(pages::router())
        .layer(axum::middleware::map_response(pages::harden))
        .layer(axum::extract::DefaultBodyLimit::max(64 * 1024))
        .with_state(state)
}
