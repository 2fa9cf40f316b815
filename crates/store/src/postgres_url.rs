//! Where a PostgreSQL server is: read from a URL, checked at its first opening, connected to again and again.

use crate::{Fault, migrate, postgres::Postgres, postgres_value::fault, sql::Database};
use postgres::{
    Client, Config, NoTls,
    config::{Host, TargetSessionAttrs},
};
use std::{str::FromStr, time::Duration};
use terms::Secret;

const OLDEST_SERVER: i64 = 150_000;
const CONNECT_LIMIT: Duration = Duration::from_secs(3);
/// A generic plan made while a table was empty is slow for ever: every plan is made for its values.
const SETTINGS: &str = "SET plan_cache_mode = force_custom_plan; SET synchronous_commit = on; \
                        SET lock_timeout = '30s'; SET idle_in_transaction_session_timeout = '60s'; \
                        SET client_min_messages = warning; SET jit = off";

/// Where a PostgreSQL server is, and as whom: a `postgresql://` URL, several hosts allowed.
#[derive(Clone)]
pub struct PostgresUrl(Box<Config>);

impl FromStr for PostgresUrl {
    type Err = Fault;

    fn from_str(url: &str) -> Result<Self, Fault> {
        let wrong = |why: String| Fault::Folder { path: "PostgreSQL URL".to_owned(), why };
        let mut config = Config::from_str(url).map_err(|error| {
            wrong(format!("cannot be read ({error}); write postgresql://user@host:5432/database"))
        })?;
        if config.get_ssl_mode() == postgres::config::SslMode::Require {
            return Err(wrong(
                "asks for TLS (sslmode=require), which this build has not; use a local socket or a TLS tunnel"
                    .to_owned(),
            ));
        }
        if config.get_dbname().is_none() {
            return Err(wrong("names no database; write postgresql://user@host:5432/database".to_owned()));
        }
        config.application_name("tsugime").keepalives_idle(Duration::from_secs(5));
        config.tcp_user_timeout(Duration::from_secs(10));
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_LIMIT);
        }
        Ok(Self(Box::new(config)))
    }
}

impl PostgresUrl {
    /// The same with a password that stands elsewhere than in the URL.
    #[must_use]
    pub fn with_password(mut self, password: &Secret) -> Self {
        self.0.password(password.expose());
        self
    }

    /// The same as the variables of the environment that PostgreSQL's own programs read (libpq).
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        let ports: Vec<String> = self.0.get_ports().iter().map(u16::to_string).collect();
        let host = |host: &Host| match host {
            Host::Tcp(name) => name.clone(),
            Host::Unix(path) => path.display().to_string(),
        };
        let hosts: Vec<String> = self.0.get_hosts().iter().map(host).collect();
        let password = self.0.get_password().map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        let attributes = match self.0.get_target_session_attrs() {
            TargetSessionAttrs::ReadWrite => Some("read-write".to_owned()),
            TargetSessionAttrs::ReadOnly => Some("read-only".to_owned()),
            _ => None,
        };
        let known = |name, value: String| (!value.is_empty()).then_some((name, value));
        [
            known("PGHOST", hosts.join(",")),
            known("PGPORT", ports.join(",")),
            known("PGDATABASE", self.0.get_dbname().unwrap_or_default().to_owned()),
            known("PGUSER", self.0.get_user().unwrap_or_default().to_owned()),
            known("PGPASSWORD", password.unwrap_or_default()),
            known("PGTARGETSESSIONATTRS", attributes.unwrap_or_default()),
            known("PGAPPNAME", "tsugime".to_owned()),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// The name of the database.
    pub(crate) fn database(&self) -> &str {
        self.0.get_dbname().unwrap_or_default()
    }

    /// The number of the last step of the schema applied; 0 where there is none.
    pub(crate) fn version(&self) -> Result<i64, Fault> {
        migrate::Migrated::version(&mut self.open()?)
    }

    /// Whether there is nothing in the database, ours or anybody's.
    pub(crate) fn is_empty(&self) -> Result<bool, Fault> {
        migrate::Migrated::is_empty(&mut self.open()?)
    }

    /// Hosts and database, without user and password.
    pub(crate) fn shown(&self) -> String {
        let ports = self.0.get_ports();
        let port = |place: usize| ports.get(place).or(ports.first()).copied().unwrap_or(5432);
        let hosts: Vec<String> = self
            .0
            .get_hosts()
            .iter()
            .enumerate()
            .map(|(place, host)| match host {
                Host::Tcp(name) => format!("{name}:{}", port(place)),
                Host::Unix(path) => format!("{}:{}", path.display(), port(place)),
            })
            .collect();
        format!("postgresql://{}/{}", hosts.join(","), self.0.get_dbname().unwrap_or_default())
    }

    /// Opens a database and brings its schema up to date.
    pub(crate) fn create(&self) -> Result<Box<dyn Database>, Fault> {
        let mut database = self.reach()?;
        self.check_server(&mut database)?;
        migrate::up(&mut database, &self.shown()).map_err(|fault| self.without_rights(fault))?;
        Ok(Box::new(database))
    }

    /// Opens a database that must be ours and of this version already.
    pub(crate) fn look(&self) -> Result<Box<dyn Database>, Fault> {
        let mut database = self.reach()?;
        self.check_server(&mut database)?;
        migrate::check(&mut database, &self.shown()).map_err(|fault| self.without_rights(fault))?;
        Ok(Box::new(database))
    }

    /// One more connection.
    pub(crate) fn connect(&self) -> Result<Box<dyn Database>, Fault> {
        Ok(Box::new(self.open()?))
    }

    /// The first connection: what cannot be reached now was perhaps never there.
    fn reach(&self) -> Result<Postgres, Fault> {
        let path = self.shown();
        self.open().map_err(|fault| match fault {
            Fault::Lost(why) => {
                let why = why.strip_prefix(&format!("{path}: ")).unwrap_or(&why);
                let why =
                    format!("cannot be reached ({why}); is the server running, and are host and port right?");
                Fault::Folder { path, why }
            }
            other => other,
        })
    }

    fn open(&self) -> Result<Postgres, Fault> {
        Ok(Postgres::new(self.client()?))
    }

    /// A client with the settings of every connection.
    pub(crate) fn client(&self) -> Result<Client, Fault> {
        let mut client = self.0.connect(NoTls).map_err(|error| match fault(&error) {
            Fault::Postgres(why) => Fault::Folder {
                path: self.shown(),
                why: format!("cannot be used ({why}); check host, user, password and database"),
            },
            Fault::Lost(why) => Fault::Lost(format!("{}: {why}", self.shown())),
            other => other,
        })?;
        client.batch_execute(SETTINGS).map_err(|error| fault(&error))?;
        Ok(client)
    }

    fn check_server(&self, database: &mut Postgres) -> Result<(), Fault> {
        let mut setting = |name: &str| -> Result<String, Fault> {
            let row = database.client()?.query_one("SELECT current_setting($1)", &[&name]);
            row.map(|row| row.get(0)).map_err(|error| fault(&error))
        };
        let refused = |why: &str| Err(Fault::Folder { path: self.shown(), why: why.to_owned() });
        let version = setting("server_version_num")?;
        if version.parse::<i64>().unwrap_or(0) < OLDEST_SERVER {
            return refused("is older than PostgreSQL 15; use 15 or newer");
        }
        if setting("fsync")? != "on" || setting("full_page_writes")? != "on" {
            return refused(
                "runs with fsync or full_page_writes off and would lose acknowledged money; turn both on",
            );
        }
        Ok(())
    }

    fn without_rights(&self, fault: Fault) -> Fault {
        match fault {
            Fault::Postgres(why) if why.contains("permission denied") => Fault::Folder {
                path: self.shown(),
                why: format!(
                    "{why}; the user needs CREATE on the schema (or run tsugime migrate as its owner)"
                ),
            },
            other => other,
        }
    }
}
