//! `tsugime serve --config FILE`: the wallet server.

use crate::{
    config::Config,
    exit::Done,
    folder::Folder,
    linkage, stop,
    wallet::{Secrets, Wallet, listen},
};
use std::path::Path;

/// Serves until it is told to stop.
///
/// # Errors
/// The configuration is refused, or folder, database or port cannot be used.
pub(crate) async fn serve(config: &Path) -> Done {
    let config = Config::read(config)?;
    linkage::admit(&config).await?;
    let folder = Folder::open(&config.data)?;
    let secrets = Secrets::of(&folder)?;
    let listener = listen(config.listen, "listen in the configuration").await?;
    let wallet = Wallet::open(&folder, &config, &secrets)?;
    tracing::info!(listen = %config.listen, public_url = %config.public_url, "serving");
    wallet.serve(listener, stop::on_signal("what was answered is on disk")).await
}
