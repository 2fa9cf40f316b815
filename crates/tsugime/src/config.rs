//! What an operator writes down: addresses, partners, limits. Unknown keys are refused with their line.

use crate::exit::Ended;
use engine::Policy;
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    net::SocketAddr,
    path::{Path, PathBuf},
};
use terms::BankCode;
use url::Url;

/// The whole configuration of a wallet server.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// The data folder.
    pub(crate) data: PathBuf,
    /// Where the server listens.
    pub(crate) listen: SocketAddr,
    /// How people reach it.
    pub(crate) public_url: Url,
    /// Our name at banks, verifier and provider.
    pub(crate) client_id: String,
    /// The issuer of each bank.
    pub(crate) banks: BTreeMap<BankCode, Url>,
    /// The issuer of the identity verifier.
    pub(crate) verifier: Url,
    /// Outside providers by name.
    #[serde(default)]
    pub(crate) openid_providers: BTreeMap<String, Provider>,
    /// Where notices are handed over.
    pub(crate) carrier: Url,
    /// Limits, delays, ages.
    #[serde(default)]
    pub(crate) policy: Policy,
    /// How long to wait for a bank's answer, in milliseconds.
    #[serde(default = "bank_limit_ms")]
    pub(crate) bank_limit_ms: u64,
    /// How many proxies of ours stand in front.
    #[serde(default)]
    pub(crate) forwarded_hops: usize,
    /// What a demo adds; nothing in production.
    #[serde(skip)]
    pub(crate) demo: Option<Demo>,
}

/// An outside OpenID provider.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Provider {
    /// Its issuer.
    pub(crate) issuer: Url,
    /// Its name for people who read Japanese.
    pub(crate) label_ja: String,
    /// Its name for people who read English.
    pub(crate) label_en: String,
}

/// What a demo adds.
#[derive(Debug, Clone)]
pub(crate) struct Demo {
    /// The sandbox beside it.
    pub(crate) sandbox_url: Url,
}

const fn bank_limit_ms() -> u64 {
    10_000
}

impl Config {
    /// Reads a configuration file.
    ///
    /// # Errors
    /// The file cannot be read, or a line of it is not allowed.
    pub(crate) fn read(path: &Path) -> Result<Self, Ended> {
        let at = path.display();
        let text = std::fs::read_to_string(path).map_err(|why| {
            Ended::Refused(format!("{at}: cannot be read ({why}); name a file with --config"))
        })?;
        toml::from_str(&text).map_err(|why| Ended::Refused(format!("{at}: {why}")))
    }

    /// The careful demo on this machine: everything outside is the sandbox.
    ///
    /// # Errors
    /// An address that makes no URL.
    pub(crate) fn demo(data: &Path, listen: SocketAddr, sandbox: &str) -> Result<Self, Ended> {
        let url = |text: String| Url::parse(&text).map_err(|why| Ended::fault(text, why));
        let directory = engine::directory::Directory::embedded();
        let banks = directory
            .banks
            .keys()
            .map(|code| Ok((*code, url(format!("{sandbox}/banks/{code}"))?)))
            .collect::<Result<_, Ended>>()?;
        let provider = Provider {
            issuer: url(format!("{sandbox}/openid"))?,
            label_ja: "サンドボックス ID".to_owned(),
            label_en: "Sandbox ID".to_owned(),
        };
        Ok(Self {
            data: data.to_owned(),
            listen,
            public_url: url(format!("http://localhost:{}", listen.port()))?,
            client_id: "tsugime-demo".to_owned(),
            banks,
            verifier: url(format!("{sandbox}/verifier"))?,
            openid_providers: [("sandbox".to_owned(), provider)].into(),
            carrier: url(format!("{sandbox}/carrier"))?,
            policy: demo_policy(),
            bank_limit_ms: 2_000,
            forwarded_hops: 0,
            demo: Some(Demo { sandbox_url: url(sandbox.to_owned())? }),
        })
    }
}

/// Days become seconds, so that a newcomer sees value mature and a payout leave; limits stay as they are.
fn demo_policy() -> Policy {
    use terms::Span;
    Policy {
        value_matures_ms: Span::seconds(15),
        payout_delay_ms: Span::seconds(15),
        recovery_delay_ms: Span::seconds(60),
        ..Policy::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_key_is_refused_with_its_line() {
        let folder = std::env::temp_dir().join(format!("tsugime-config-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let path = folder.join("wallet.toml");
        std::fs::write(&path, "data = \"x\"\nlisten = \"127.0.0.1:1\"\nlimts = 3\n").expect("a file");
        let Err(Ended::Refused(line)) = Config::read(&path) else { panic!("read") };
        assert!(line.contains("line 3") && line.contains("limts"), "{line}");
        std::fs::remove_dir_all(&folder).expect("removed");
    }
}
