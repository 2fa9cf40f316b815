//! `tsugime sandbox`: the pretend world outside the wallet, as a process of its own.

use crate::{
    exit::{Done, Ended},
    stop,
    wallet::listen,
};
use sandbox::Settings;
use std::{net::SocketAddr, path::PathBuf};
use tokio::io::AsyncReadExt;

/// What the sandbox is told.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// The folder of its database.
    #[arg(long, default_value = "data/sandbox")]
    pub(crate) data: PathBuf,
    /// Where it listens.
    #[arg(long, default_value = "127.0.0.1:7081")]
    pub(crate) listen: SocketAddr,
    /// Where the wallet is.
    #[arg(long, default_value = "http://localhost:7080")]
    pub(crate) wallet: String,
    /// The wallet's name at banks, verifier and provider.
    #[arg(long, default_value = "tsugime-demo")]
    pub(crate) client_id: String,
    /// The token that the carrier wants to see.
    #[arg(long, env = "TSUGIME_CARRIER_TOKEN", hide_env_values = true, default_value = "")]
    pub(crate) carrier_token: String,
    /// The shop's API key at the wallet.
    #[arg(long, env = "TSUGIME_SHOP_KEY", hide_env_values = true, default_value = "")]
    pub(crate) shop_key: String,
    /// The key that signs webhooks to the shop.
    #[arg(long, env = "TSUGIME_SHOP_WEBHOOK_SECRET", hide_env_values = true, default_value = "")]
    pub(crate) shop_webhook_secret: String,
    /// Stop when standard input closes: the demo's way to take its sandbox along.
    #[arg(long)]
    pub(crate) until_stdin_closes: bool,
}

/// Serves until it is told to stop.
///
/// # Errors
/// Folder, database or port cannot be used.
pub(crate) async fn run(options: Options) -> Done {
    let listener = listen(options.listen, "--listen (of the demo: --sandbox-listen)").await?;
    let back = |path: &str| format!("{}{path}", options.wallet);
    let settings = Settings {
        data: options.data,
        public_url: format!("http://localhost:{}", options.listen.port()),
        client_id: options.client_id,
        client_jwks_uri: back("/.well-known/jwks.json"),
        client_redirect_uris: ["/links/return", server::IDENTITY_RETURN_PATH, server::FEDERATED_RETURN_PATH]
            .map(back)
            .to_vec(),
        carrier_token: options.carrier_token,
        shop_wallet_url: options.wallet.clone(),
        shop_key: options.shop_key,
        shop_webhook_secret: options.shop_webhook_secret,
    };
    let mut stopped = stop::on_signal("what was answered is on disk");
    let until_stdin_closes = options.until_stdin_closes;
    let stop = async move {
        let signalled = stopped.wait_for(|stop| *stop);
        let closed = async {
            if until_stdin_closes {
                let mut rest = [0; 16];
                while tokio::io::stdin().read(&mut rest).await.is_ok_and(|read| read > 0) {}
            } else {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            _ = signalled => {}
            () = closed => {}
        }
    };
    sandbox::serve(settings, listener, stop).await.map_err(|fault| Ended::Fault(fault.to_string()))
}
