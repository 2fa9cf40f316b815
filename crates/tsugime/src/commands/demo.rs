//! `tsugime demo`: everything on this machine, with one command.

use crate::{
    config::Config,
    exit::{Done, Ended},
    folder::Folder,
    seed, stop,
    wallet::{Secrets, Wallet, listen},
};
use std::{net::SocketAddr, path::PathBuf, process::Stdio, time::Duration};
use tokio::{
    process::{Child, Command},
    sync::watch,
};

const SANDBOX_START_LIMIT: Duration = Duration::from_secs(20);

/// Where the demo lives.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// The data folder; it is made at the first start and found again at the next.
    #[arg(long, default_value = "data")]
    pub(crate) data: PathBuf,
    /// Where the wallet listens.
    #[arg(long, default_value = "127.0.0.1:7080")]
    pub(crate) listen: SocketAddr,
    /// Where the sandbox listens.
    #[arg(long, default_value = "127.0.0.1:7081")]
    pub(crate) sandbox_listen: SocketAddr,
    /// Seed no people: an empty wallet and its shop.
    #[arg(long)]
    pub(crate) no_people: bool,
}

/// Runs until Ctrl-C.
///
/// # Errors
/// Folder, database or a port cannot be used, or the sandbox does not start.
pub(crate) async fn run(options: Options) -> Done {
    let stopped = stop::on_signal("what was answered is on disk");
    let folder = Folder::open(&options.data)?;
    let sandbox_url = format!("http://localhost:{}", options.sandbox_listen.port());
    let config = Config::demo(&options.data, options.listen, &sandbox_url)?;
    let listener = listen(options.listen, "--listen").await?;
    let secrets = Secrets::of(&folder)?;
    let wallet = Wallet::open(&folder, &config, &secrets)?;
    let shop = seed::shop(&folder, &wallet.teller, &sandbox_url).await?;
    let mut sandbox = start_sandbox(&options, &config, &secrets, &shop)?;
    // Held here: waiting for a child closes its standard input, and that is its sign to stop.
    let leash = sandbox.stdin.take();
    await_sandbox(&mut sandbox, &options, stopped.clone()).await?;
    let wallet_url = config.public_url.as_str().trim_end_matches('/').to_owned();
    let guide = tokio::task::spawn_blocking({
        let (wallet_url, sandbox_url) = (wallet_url.clone(), sandbox_url.clone());
        let people = (!options.no_people).then(|| options.data.clone());
        move || seed::people_and_guide(&wallet_url, &sandbox_url, people.as_deref())
    });
    let served = tokio::select! {
        served = wallet.serve(listener, stopped) => served,
        _ = sandbox.wait() => Err(Ended::fault("the sandbox", "ended by itself; its line above says why")),
    };
    guide.abort();
    drop(leash);
    if tokio::time::timeout(Duration::from_secs(5), sandbox.wait()).await.is_err() {
        tracing::warn!("the sandbox did not stop in time; it is killed");
        let _gone = sandbox.kill().await;
    }
    eprintln!("stopped; start again with the same command and everything is as it was");
    served
}

fn start_sandbox(
    options: &Options,
    config: &Config,
    secrets: &Secrets,
    shop: &seed::Shop,
) -> Result<Child, Ended> {
    let program = std::env::current_exe().map_err(|why| Ended::fault("this program", why))?;
    Command::new(program)
        .arg("sandbox")
        .arg("--until-stdin-closes")
        .arg("--data")
        .arg(options.data.join("sandbox"))
        .arg("--listen")
        .arg(options.sandbox_listen.to_string())
        .arg("--wallet")
        .arg(config.public_url.as_str().trim_end_matches('/'))
        .env("TSUGIME_CARRIER_TOKEN", secrets.carrier_token.expose())
        .env("TSUGIME_SHOP_KEY", shop.key.expose())
        .env("TSUGIME_SHOP_WEBHOOK_SECRET", shop.webhook_secret.expose())
        .stdin(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|why| Ended::fault("the sandbox", format!("cannot be started ({why})")))
}

async fn await_sandbox(child: &mut Child, options: &Options, mut stopped: watch::Receiver<bool>) -> Done {
    let address = options.sandbox_listen;
    let answering = async {
        loop {
            if tokio::net::TcpStream::connect(address).await.is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::select! {
        biased;
        ended = child.wait() => {
            let code = ended.ok().and_then(|status| status.code()).unwrap_or(-1);
            Err(Ended::fault("the sandbox", format!("ended at its start (exit {code}); its line above says why")))
        }
        _ = stopped.wait_for(|stop| *stop) => Err(Ended::Fault("stopped before the start was over".to_owned())),
        answered = tokio::time::timeout(SANDBOX_START_LIMIT, answering) => answered.map_err(|_| {
            Ended::fault("the sandbox", format!("does not answer at {address} after {} s", SANDBOX_START_LIMIT.as_secs()))
        }),
    }
}
