//! A wallet server put together from its configuration, and run until it is told to stop.

use crate::{clock::SystemClock, config::Config, exit::Ended, folder::Folder, outside::Outside};
use banks::{Banks, BanksSettings};
use base64::{Engine, engine::general_purpose::STANDARD};
use couriers::{CourierSettings, Couriers};
use identity::{OpenIdProvider, PartySettings, Verifier};
use jose::{SigningKey, TimeLimits};
use server::{AppState, DemoHints, NamedOpenIdProvider, Settings, Wired};
use std::{net::SocketAddr, sync::Arc};
use teller::{Teller, WriterThread};
use terms::{Digest, Secret};
use tokio::{net::TcpListener, sync::watch};
use url::Url;

const CONNECT_LIMIT_MS: u64 = 1_000;

/// The secrets that a wallet keeps in files of its data folder.
pub(crate) struct Secrets {
    /// The operator's token.
    pub(crate) operator_token: Secret,
    /// The token that moves money in the book without a customer.
    ledger_token: Secret,
    /// What the carrier wants to see.
    pub(crate) carrier_token: Secret,
    signing: Arc<SigningKey>,
    dpop: Arc<SigningKey>,
}

impl Secrets {
    /// Reads them, or makes them at the first start.
    ///
    /// # Errors
    /// A file cannot be read or written, or is no key.
    pub(crate) fn of(folder: &Folder) -> Result<Self, Ended> {
        let token = |bytes: [u8; 32]| Digest::new(bytes).to_string();
        Ok(Self {
            operator_token: folder.secret("operator.token", token)?,
            ledger_token: folder.secret("ledger.token", token)?,
            carrier_token: folder.secret("carrier.token", token)?,
            signing: signing_key(folder, "signing.key")?,
            dpop: signing_key(folder, "dpop.key")?,
        })
    }
}

fn signing_key(folder: &Folder, name: &str) -> Result<Arc<SigningKey>, Ended> {
    let wrong = |why: &dyn std::fmt::Display| Ended::fault(folder.path().join(name).display(), why);
    let made = SigningKey::generate().map_err(|why| wrong(&why))?;
    let text = folder.secret(name, |_| STANDARD.encode(made.to_pkcs8().expose()))?;
    let bytes = STANDARD.decode(text.expose()).map_err(|why| wrong(&why))?;
    Ok(Arc::new(SigningKey::from_pkcs8(&bytes).map_err(|why| wrong(&why))?))
}

/// A wallet that is ready to serve.
pub(crate) struct Wallet {
    /// The way to ask.
    pub(crate) teller: Teller,
    writer: WriterThread,
    state: AppState,
    outside: Outside,
}

/// SHA-256 of a text.
pub(crate) fn digest_of(text: &str) -> Digest {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes()).as_ref());
    Digest::new(bytes)
}

impl Wallet {
    /// Opens the store and puts everything together; nothing is sent anywhere yet.
    ///
    /// # Errors
    /// The folder, the database or a setting cannot be used.
    pub(crate) fn open(folder: &Folder, config: &Config, secrets: &Secrets) -> Result<Self, Ended> {
        let refused = |why: &dyn std::fmt::Display| Ended::Refused(format!("configuration: {why}"));
        let (store, writer) = folder.open_store(config.place()?)?;
        let (teller, writer) =
            Teller::start(store, writer, config.policy.clone(), Arc::new(SystemClock::default()))
                .map_err(|why| Ended::fault("the writer's thread", why))?;
        let banks = Banks::new(BanksSettings {
            client_id: config.client_id.clone(),
            redirect_uri: join(&config.public_url, "/links/return"),
            signing_key: Arc::clone(&secrets.signing),
            dpop_key: Arc::clone(&secrets.dpop),
            issuers: config.banks.clone(),
            time_limits: TimeLimits { connect_ms: CONNECT_LIMIT_MS, answer_ms: config.bank_limit_ms },
        });
        let banks = Arc::new(banks.map_err(|why| refused(&why))?);
        let couriers = Couriers::new(CourierSettings {
            carrier_url: config.carrier.clone(),
            carrier_token: secrets.carrier_token.clone(),
            carrier_limit_ms: 5_000,
            loopback_webhooks_allowed: config.demo.is_some(),
        });
        let couriers = Arc::new(couriers.map_err(|why| refused(&why))?);
        let party = |issuer: &Url, path: &str| PartySettings {
            issuer: issuer.clone(),
            client_id: config.client_id.clone(),
            redirect_uri: join(&config.public_url, path),
            signing_key: Arc::clone(&secrets.signing),
            time_limits: TimeLimits { connect_ms: CONNECT_LIMIT_MS, answer_ms: config.bank_limit_ms },
        };
        let verifier = Verifier::new(party(&config.verifier, server::IDENTITY_RETURN_PATH))
            .map_err(|why| refused(&why))?;
        let mut openid_providers = Vec::new();
        for (name, provider) in &config.openid_providers {
            openid_providers.push(NamedOpenIdProvider {
                name: name.clone(),
                label_ja: provider.label_ja.clone(),
                label_en: provider.label_en.clone(),
                openid: OpenIdProvider::new(party(&provider.issuer, server::FEDERATED_RETURN_PATH))
                    .map_err(|why| refused(&why))?,
            });
        }
        let state = AppState::new(Wired {
            settings: settings(config, secrets),
            teller: teller.clone(),
            banks: Arc::clone(&banks),
            verifier,
            openid_providers,
            jwks: jose::jwks(&[&secrets.signing]),
        });
        let state = state.map_err(|why| refused(&why))?;
        Ok(Self { teller, writer, state, outside: Outside { banks, couriers } })
    }

    /// Serves until `stop` says so; then everything taken is finished and on disk.
    ///
    /// # Errors
    /// When the listener fails.
    pub(crate) async fn serve(
        self,
        listener: TcpListener,
        mut stop: watch::Receiver<bool>,
    ) -> Result<(), Ended> {
        let Self { teller, writer, state, outside } = self;
        let errands = tokio::spawn(teller.clone().run_errands(Arc::new(outside), stop.clone()));
        let sweeps = tokio::spawn(teller.clone().run_sweeps(stop.clone()));
        let watch = tokio::spawn(teller.clone().keep_watch(stop.clone()));
        let stopped = async move {
            // An error means that the sender is gone: that is a stop too.
            let _gone = stop.wait_for(|stop| *stop).await;
        };
        let router = server::router(state);
        let served = tokio::select! {
            served = server::serve(listener, router, stopped) => served,
        };
        served.map_err(|why| Ended::fault("the server", why))?;
        let _ended = tokio::join!(errands, sweeps, watch);
        drop(teller);
        let finished = tokio::task::spawn_blocking(move || writer.finish());
        // Streams that outlive the server hold a teller; what was answered is on disk in any case.
        let _in_time = tokio::time::timeout(std::time::Duration::from_secs(5), finished).await;
        Ok(())
    }
}

fn settings(config: &Config, secrets: &Secrets) -> Settings {
    let mut settings = Settings::new(config.public_url.clone());
    settings.operator_token = Some(digest_of(secrets.operator_token.expose()));
    settings.ledger_token = Some(digest_of(secrets.ledger_token.expose()));
    settings.forwarded_hops = config.forwarded_hops;
    settings.form_action_origins = config
        .banks
        .values()
        .chain([&config.verifier])
        .chain(config.openid_providers.values().map(|provider| &provider.issuer))
        .map(origin)
        .collect();
    settings.form_action_origins.sort();
    settings.form_action_origins.dedup();
    if let Some(demo) = &config.demo {
        settings.demo = Some(DemoHints { sandbox_url: demo.sandbox_url.clone() });
        // One machine is all the addresses that there are: a limit per address would limit the demo itself.
        settings.address_rate = None;
        settings.session_rate = None;
    }
    settings
}

fn origin(url: &Url) -> Url {
    let mut origin = url.clone();
    origin.set_path("");
    origin
}

fn join(base: &Url, path: &str) -> String {
    format!("{}{path}", base.as_str().trim_end_matches('/'))
}

/// Takes a port, or says who should let go of it.
///
/// # Errors
/// The port is taken, or not ours to take.
pub(crate) async fn listen(address: SocketAddr, option: &str) -> Result<TcpListener, Ended> {
    TcpListener::bind(address).await.map_err(|why| {
        Ended::fault(
            address,
            format!("cannot be listened on ({why}); stop what uses it or choose another with {option}"),
        )
    })
}
