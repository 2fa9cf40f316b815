//! Dated exceptions for refused linkages: a key, and a person's signature with it.

use crate::{
    clock::SystemClock,
    exit::{Done, Ended},
    linkage::{EXCEPTION_AUDIENCE, EXCEPTION_ISSUER, EXCEPTION_TYPE, OnDisk},
    paper::say,
};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use engine::linkage::{LinkageException, assess, end_of_day_s};
use serde_json::json;
use std::{
    fs::OpenOptions,
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};
use teller::Clock;

/// What can be done about exceptions.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum ExceptionCommand {
    /// Makes a key that signs exceptions, and prints its public half for `exception_key` of `[linkage]`.
    NewKey {
        /// The file to make; it must not be there.
        file: PathBuf,
    },
    /// Signs for a refused linkage: prints a token for the file that `exception` of `[linkage]` names.
    SignException {
        /// The linkage's file or folder.
        path: PathBuf,
        /// The key, as `new-key` made it.
        #[arg(long)]
        key: PathBuf,
        /// Who answers for it.
        #[arg(long)]
        person: String,
        /// Why.
        #[arg(long)]
        reason: String,
        /// The last day, such as 2026-12-31 (UTC); at most 92 days from now.
        #[arg(long)]
        until: String,
    },
}

/// Does it.
///
/// # Errors
/// A file cannot be read or written, or there is nothing to be excepted.
pub(crate) fn run(command: &ExceptionCommand) -> Done {
    match command {
        ExceptionCommand::NewKey { file } => new_key(file),
        ExceptionCommand::SignException { path, key, person, reason, until } => {
            let read = OnDisk::read(path)?;
            let assessment = assess(&read.linkage, &read.model);
            if !assessment.refused {
                let why = "this linkage is accepted: there is nothing to sign for";
                return Err(Ended::Refused(format!("{}: {why}", path.display())));
            }
            let iat = SystemClock::default().now().seconds();
            let exception = LinkageException {
                linkage_sha256: read.sha256.clone(),
                refusals: assessment.refusals().into_iter().map(str::to_owned).collect(),
                person: person.clone(),
                reason: reason.clone(),
                until: until.clone(),
                iat,
            };
            exception
                .covers(&assessment, &read.sha256, iat)
                .map_err(|why| Ended::Refused(format!("{}: {why}", path.display())))?;
            say(signed(&exception, &key_of(key)?)?)?;
            Ok(())
        }
    }
}

fn new_key(file: &Path) -> Done {
    let fault = |why: &dyn std::fmt::Display| Ended::fault(file.display(), why);
    let pair = Ed25519KeyPair::generate().map_err(|_| fault(&"the system gave no random bytes"))?;
    let pkcs8 = pair.to_pkcs8().map_err(|_| fault(&"the key cannot be written as PKCS#8"))?;
    let made = OpenOptions::new().create_new(true).write(true).mode(0o600).open(file);
    let mut made = made.map_err(|why| fault(&format!("cannot be made ({why}); choose a new file")))?;
    let text = format!("{}\n", STANDARD.encode(pkcs8.as_ref()));
    made.write_all(text.as_bytes()).and_then(|()| made.sync_all()).map_err(|why| fault(&why))?;
    say(URL_SAFE_NO_PAD.encode(pair.public_key()))?;
    Ok(())
}

fn key_of(file: &Path) -> Result<Ed25519KeyPair, Ended> {
    let refused = |why: &str| Ended::Refused(format!("{}: {why}", file.display()));
    let text = std::fs::read_to_string(file).map_err(|why| refused(&format!("cannot be read ({why})")))?;
    let bytes = STANDARD
        .decode(text.trim())
        .map_err(|_| refused("no key: make one with `tsugime assess new-key`"))?;
    Ed25519KeyPair::from_pkcs8(&bytes).map_err(|_| refused("no key: make one with `tsugime assess new-key`"))
}

/// The compact form of RFC 7515 §3.1, signed with Ed25519 (RFC 8037 §3.1).
fn signed(exception: &LinkageException, key: &Ed25519KeyPair) -> Result<String, Ended> {
    let header = json!({ "alg": "EdDSA", "kid": "exception", "typ": EXCEPTION_TYPE });
    let claims = json!({
        "iss": EXCEPTION_ISSUER,
        "aud": EXCEPTION_AUDIENCE,
        "iat": exception.iat,
        "exp": end_of_day_s(&exception.until),
        "linkage_sha256": exception.linkage_sha256,
        "refusals": exception.refusals,
        "person": exception.person,
        "reason": exception.reason,
        "until": exception.until,
    });
    let encoded = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let told = format!("{}.{}", encoded(&header), encoded(&claims));
    let signature =
        key.try_sign(told.as_bytes()).map_err(|_| Ended::Fault("the key does not sign".to_owned()))?;
    Ok(format!("{told}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref())))
}
