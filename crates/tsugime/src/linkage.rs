//! Linkages on the disk: read for `assess`, and checked before `serve` starts.

use crate::{
    clock::SystemClock,
    config::{Config, LinkageSettings},
    exit::Ended,
    wallet::digest_of,
};
use engine::linkage::{Assessment, EXCEPTION_DAYS_MAX, Linkage, LinkageException, Model, TODAY, assess};
use jose::{Algorithm, Expect, KeySet, verify};
use serde_json::json;
use std::{
    collections::BTreeMap,
    io::Read,
    path::{Path, PathBuf},
};
use teller::Clock;

/// The type of a signed exception (RFC 8725 §3.11).
pub(crate) const EXCEPTION_TYPE: &str = "linkage-exception+jwt";
/// Who makes exceptions, and for whom.
pub(crate) const EXCEPTION_ISSUER: &str = "tsugime assess";
/// For whom they are made.
pub(crate) const EXCEPTION_AUDIENCE: &str = "tsugime serve";
/// The name of the linkage that is part of the program.
const EMBEDDED: &str = "linkage/today.toml (part of the program)";
/// The linkage of a folder.
const OF_FOLDER: &str = "linkage.toml";
/// What a folder may have.
const OF_A_FOLDER: [&str; 5] =
    [OF_FOLDER, "methods.toml", "curves.toml", "authenticators.toml", "attackers.toml"];
const FILE_BYTES_MAX: u64 = 256 * 1024;
const FILES_MAX: usize = 2_048;
const DAY_S: i64 = 86_400;

/// A linkage, what it is judged against, and the digest of its text.
pub(crate) struct OnDisk {
    /// The linkage.
    pub(crate) linkage: Linkage,
    /// Directory, authenticators and attackers.
    pub(crate) model: Model,
    /// SHA-256 of the linkage's text, or of all files of its folder, in hexadecimal digits.
    pub(crate) sha256: String,
}

impl OnDisk {
    /// Reads a linkage from its file, or from a folder with `linkage.toml` and files as in `directory/`: what else a
    /// folder does not have is taken from the program.
    ///
    /// # Errors
    /// A file cannot be read, or is refused with its line.
    pub(crate) fn read(path: &Path) -> Result<Self, Ended> {
        if !path.is_dir() {
            let text = text_of(path)?;
            return Self::of(&path.display().to_string(), &text, Model::embedded().clone());
        }
        let files = files_of(path)?;
        let model = Model::read(&files).map_err(|mut wrong| {
            wrong.file = path.join(&wrong.file).display().to_string();
            Ended::Refused(wrong.to_string())
        })?;
        let text = files.get(OF_FOLDER).map(String::as_str).unwrap_or_default();
        let read = Self::of(&path.join(OF_FOLDER).display().to_string(), text, model)?;
        Ok(Self { sha256: digest_of_all(&files), ..read })
    }

    fn of(file: &str, text: &str, model: Model) -> Result<Self, Ended> {
        let linkage = Linkage::read(file, text, &model).map_err(|wrong| Ended::Refused(wrong.to_string()))?;
        Ok(Self { linkage, model, sha256: digest_of(text).to_string() })
    }
}

fn text_of(path: &Path) -> Result<String, Ended> {
    let at = path.display();
    let refused = |why: &dyn std::fmt::Display| {
        Ended::Refused(format!("{at}: cannot be read ({why}); name a linkage's file or folder"))
    };
    let file = std::fs::File::open(path).map_err(|why| refused(&why))?;
    let mut text = String::new();
    file.take(FILE_BYTES_MAX + 1).read_to_string(&mut text).map_err(|why| refused(&why))?;
    if text.len() as u64 > FILE_BYTES_MAX {
        return Err(Ended::Refused(format!("{at}: longer than {FILE_BYTES_MAX} bytes")));
    }
    Ok(text)
}

/// The `.toml` files of a folder and of its `banks`, by their names from there.
fn files_of(folder: &Path) -> Result<BTreeMap<String, String>, Ended> {
    let mut files = BTreeMap::new();
    for (under, prefix) in [(folder.to_owned(), ""), (folder.join("banks"), "banks/")] {
        let Ok(entries) = std::fs::read_dir(&under) else { continue };
        for entry in entries {
            let path = entry.map_err(|why| Ended::fault(under.display(), why))?.path();
            let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
            if !name.ends_with(".toml") {
                continue;
            }
            if prefix.is_empty() && !OF_A_FOLDER.contains(&name) {
                let why =
                    format!("nothing reads it here; allowed are {}, and banks/", OF_A_FOLDER.join(", "));
                return Err(Ended::Refused(format!("{}: {why}", path.display())));
            }
            if files.len() >= FILES_MAX {
                return Err(Ended::Refused(format!("{}: more than {FILES_MAX} files", folder.display())));
            }
            files.insert(format!("{prefix}{name}"), text_of(&path)?);
        }
    }
    if !files.contains_key(OF_FOLDER) {
        let why = "is not there; a folder has it, and files as in directory/ where they are other than the program's";
        return Err(Ended::Refused(format!("{}: {why}", folder.join(OF_FOLDER).display())));
    }
    Ok(files)
}

/// The digest of files and their names: nobody changes one of them under a signature.
fn digest_of_all(files: &BTreeMap<String, String>) -> String {
    let all: Vec<_> = files.iter().map(|(name, text)| format!("{} {name}\n", digest_of(text))).collect();
    digest_of(&all.concat()).to_string()
}

/// Lets a server start, or says why it must not (H14): its linkage is refused, or is not the one in force.
///
/// # Errors
/// The linkage is refused and no exception covers it, or a file cannot be used.
pub(crate) async fn admit(config: &Config) -> Result<(), Ended> {
    let settings = config.linkage.clone().unwrap_or_default();
    let read = match &settings.file {
        Some(path) => OnDisk::read(path)?,
        None => OnDisk::of(EMBEDDED, TODAY, Model::embedded().clone())?,
    };
    if settings.file.is_some()
        && let Some((key, said, in_force)) = read.linkage.differs(&config.policy)
    {
        let place = read.linkage.places.of_key(key);
        let why = format!("{key} is {said}, but {in_force} is in force by [policy]; let both say the same");
        return Err(Ended::Refused(format!("{place}: {why}")));
    }
    let in_force = read.linkage.under(&config.policy, config.banks.keys().copied()).map_err(|bank| {
        let why = "is among the banks of the configuration, but this linkage says nothing about it";
        Ended::Refused(format!("{}: {bank} {why}", read.linkage.places.file))
    })?;
    let assessment = assess(&in_force, &read.model);
    if !assessment.refused {
        return Ok(());
    }
    let now_s = SystemClock::default().now().seconds();
    let codes = assessment.refusals().join(", ");
    match excepted(&settings, &assessment, &read.sha256, now_s).await {
        Ok(exception) => {
            let LinkageException { person, reason, until, .. } = exception;
            tracing::warn!(%person, %reason, %until, %codes, "a refused linkage is put up with by exception");
            Ok(())
        }
        Err(why) => Err(Ended::Refused(format!(
            "{}: this linkage is refused ({codes}); {why}. `tsugime assess` shows it whole",
            read.linkage.places.file
        ))),
    }
}

/// The exception that covers an assessment now, or why there is none.
async fn excepted(
    settings: &LinkageSettings,
    assessment: &Assessment,
    sha256: &str,
    now_s: i64,
) -> Result<LinkageException, String> {
    let (Some(path), Some(key)) = (&settings.exception, &settings.exception_key) else {
        return Err("mend it, or name exception and exception_key in [linkage]".to_owned());
    };
    let token = text_of(path).map_err(|why| format!("{why:?}"))?;
    let exception = verified(token.trim(), key, now_s).await.map_err(|why| at(path, &why))?;
    exception.covers(assessment, sha256, now_s).map_err(|why| at(path, &why.to_string()))?;
    Ok(exception)
}

fn at(path: &Path, why: &str) -> String {
    format!("{}: {why}", path.display())
}

/// What a person signed, when the signature is by this key and still young enough.
async fn verified(token: &str, key: &str, now_s: i64) -> Result<LinkageException, String> {
    let jwk =
        json!({ "kty": "OKP", "crv": "Ed25519", "x": key, "alg": "EdDSA", "use": "sig", "kid": "exception" });
    let keys = KeySet::fixed(&json!({ "keys": [jwk] }))
        .map_err(|why| format!("exception_key is no Ed25519 key in base64url ({why})"))?;
    let expect = Expect {
        typ: EXCEPTION_TYPE,
        issuer: EXCEPTION_ISSUER,
        audience: EXCEPTION_AUDIENCE,
        algorithms: &[Algorithm::EdDsa],
        now_s,
        leeway_s: 0,
        max_age_s: (EXCEPTION_DAYS_MAX + 1) * DAY_S,
    };
    verify::<LinkageException>(token, &keys, expect)
        .await
        .map_err(|why| format!("the exception is not valid: {why}"))
}

/// Where a path that a configuration names stands: beside the configuration, unless it is whole.
pub(crate) fn beside(config: &Path, named: &mut Option<PathBuf>) {
    if let (Some(path), Some(folder)) = (named.as_mut(), config.parent()) {
        *path = folder.join(&*path);
    }
}
