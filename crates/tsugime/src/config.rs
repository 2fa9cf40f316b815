//! What an operator writes down: addresses, partners, limits. Unknown keys are refused with their line.

use crate::{exit::Ended, folder::database_of, linkage::beside};
use engine::Policy;
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    net::SocketAddr,
    path::{Path, PathBuf},
};
use store::{Place, PostgresUrl};
use terms::{BankCode, Secret};
use url::Url;

/// The whole configuration of a wallet server.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// The data folder.
    pub(crate) data: PathBuf,
    /// The database, where it is not a file of the data folder.
    #[serde(default)]
    pub(crate) store: Option<StoreSettings>,
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
    /// How people are checked together with the banks, where it is not as in the linkage of the program.
    #[serde(default)]
    pub(crate) linkage: Option<LinkageSettings>,
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

/// A database on a server of its own.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StoreSettings {
    /// Where PostgreSQL is: `postgresql://user@host1:5432,host2:5432/name?target_session_attrs=read-write`.
    #[serde(with = "terms::exposed")]
    url: Secret,
    /// A file with nothing but the password in it, where the URL has none.
    password_file: Option<PathBuf>,
}

impl StoreSettings {
    fn place(&self) -> Result<Place, Ended> {
        let url: PostgresUrl = self.url.expose().parse()?;
        let Some(path) = &self.password_file else { return Ok(Place::Postgres(url)) };
        let password = std::fs::read_to_string(path).map_err(|why| {
            Ended::fault(path.display(), format!("cannot be read ({why}); it is password_file of [store]"))
        })?;
        Ok(Place::Postgres(url.with_password(&Secret::new(password.trim_end_matches(['\r', '\n'])))))
    }
}

/// The linkage that is assessed before the server starts. Paths are taken from the folder of the configuration.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LinkageSettings {
    /// A linkage's file or folder.
    pub(crate) file: Option<PathBuf>,
    /// A signed exception for a refused linkage.
    pub(crate) exception: Option<PathBuf>,
    /// The Ed25519 key that such exceptions are signed with: its public half, in base64url.
    pub(crate) exception_key: Option<String>,
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

/// Takes the place of `url` in `[store]`, so that a password need not stand in a file.
const STORE_URL: &str = "TSUGIME_STORE_URL";

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
        let mut config: Self = toml::from_str(&text).map_err(|why| {
            // The line itself stays untold: it may hold a password.
            let before = why.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            Ended::Refused(format!("{at}: line {line}: {}", why.message().replace('\n', " ")))
        })?;
        if let Some(linkage) = &mut config.linkage {
            beside(path, &mut linkage.file);
            beside(path, &mut linkage.exception);
        }
        if let Ok(url) = std::env::var(STORE_URL) {
            let password_file = config.store.take().and_then(|store| store.password_file);
            config.store = Some(StoreSettings { url: Secret::new(url), password_file });
        }
        Ok(config)
    }

    /// Where the database is.
    ///
    /// # Errors
    /// The URL or the password's file cannot be read.
    pub(crate) fn place(&self) -> Result<Place, Ended> {
        match &self.store {
            None => Ok(Place::File(database_of(&self.data))),
            Some(store) => store.place(),
        }
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
            store: None,
            listen,
            public_url: url(format!("http://localhost:{}", listen.port()))?,
            client_id: "tsugime-demo".to_owned(),
            banks,
            verifier: url(format!("{sandbox}/verifier"))?,
            openid_providers: [("sandbox".to_owned(), provider)].into(),
            carrier: url(format!("{sandbox}/carrier"))?,
            policy: demo_policy(),
            linkage: None,
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
        for (text, words) in [
            ("data = \"x\"\nlisten = \"127.0.0.1:1\"\nlimts = 3\n", &["line 3", "limts"][..]),
            ("data = \"x\"\n[store]\nurl = postgresql://a:4071@b/c\n", &["line 3"]),
            ("[store]\nurl = \"postgresql://a:4071@b/c\"\nport = 1\n", &["line 3", "port"]),
        ] {
            std::fs::write(&path, text).expect("a file");
            let Err(Ended::Refused(line)) = Config::read(&path) else { panic!("read") };
            assert!(words.iter().all(|word| line.contains(word)), "{line}");
            assert!(!line.contains("4071") && line.lines().count() == 1, "{line}");
        }
        std::fs::remove_dir_all(&folder).expect("removed");
    }

    // promise: P13
    #[test]
    fn a_password_is_not_shown() {
        let store = |url: &str| StoreSettings { url: Secret::new(url), password_file: None };
        let right = store("postgresql://me:4071@db.example:5432/wallet");
        assert!(!format!("{right:?}").contains("4071"));
        assert!(right.place().is_ok());
        for wrong in
            ["postgresql://me:4071@db.example", "mysql://me:4071@db/x", "postgresql://me:4071@h:x/db"]
        {
            let Err(Ended::Fault(line)) = store(wrong).place() else { panic!("{wrong}") };
            assert!(!line.contains("4071") && line.contains("postgresql://user@host"), "{line}");
        }
    }
}
