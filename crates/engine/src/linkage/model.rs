//! What a linkage is judged against: the directory, the wallet's authenticators, and the attackers.

use super::sections::Level;
use crate::{
    directory::{BANKS, CURVES, Directory, METHODS},
    table::{Table, TableWrong, Whole, WholeYen},
};
use serde::Deserialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::OnceLock,
};
use toml::Spanned;

/// The table of authenticators.
pub const AUTHENTICATORS: &str = "authenticators.toml";
/// The table of attackers.
pub const ATTACKERS: &str = "attackers.toml";
/// What a false page can pass on in real time.
pub(super) const PAGE: &str = "page";
/// What a bank holds of its depositors.
pub(super) const BANK_RECORDS: &str = "bank_records";

const EMBEDDED_AUTHENTICATORS: &str = include_str!("../../../../directory/authenticators.toml");
const EMBEDDED_ATTACKERS: &str = include_str!("../../../../directory/attackers.toml");

/// One way in which a wallet knows that its customer is back.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authenticator {
    /// What falls together with it.
    pub leak_group: String,
    /// How soon it is guessed; nothing where guessing is hopeless.
    pub curve: Option<String>,
    /// Whether a false page can pass it on while it still counts.
    pub phishable: bool,
    /// 1 can be told, 2 is held but can be passed on, 3 resists phishing (our own scale, after NIST SP 800-63B).
    pub strength: Whole<1, 3>,
    /// Its name in Japanese.
    pub name_ja: String,
    /// Its name in English.
    pub name_en: String,
}

/// Somebody whom a linkage must withstand.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attacker {
    /// The name in Japanese.
    pub name_ja: String,
    /// The name in English.
    pub name_en: String,
    /// What is come by, and for how many yen per bank account.
    #[serde(default)]
    pub gets: BTreeMap<String, WholeYen>,
    /// What a wallet in somebody's name costs at each level.
    pub opens: BTreeMap<Level, WholeYen>,
    /// What a wallet in the depositor's own name costs, by forged papers.
    #[serde(default)]
    pub forges_yen: Option<WholeYen>,
    /// Whether this attacker guesses.
    #[serde(default)]
    pub guesses: bool,
    /// What a try costs.
    #[serde(default)]
    pub try_yen: Option<WholeYen>,
    /// Tries in a day.
    pub tries_a_day: Whole<1, 1_000_000_000>,
    /// Bank accounts within reach in a month.
    pub accounts_a_month: Whole<1, 1_000_000_000>,
    /// Wallets opened in a month.
    pub wallets_a_month: Whole<1, 1_000_000>,
    /// Devices at hand.
    pub devices: Whole<1, 1_000_000>,
    /// Networks at hand.
    pub networks: Whole<1, 1_000_000>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AuthenticatorsText {
    authenticators: BTreeMap<String, Spanned<Authenticator>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AttackersText {
    attackers: BTreeMap<String, Spanned<Attacker>>,
}

/// Directory, authenticators and attackers.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// Banks, methods, factors and curves.
    pub directory: Directory,
    /// The wallet's authenticators by code.
    pub authenticators: BTreeMap<String, Authenticator>,
    /// The attackers by code.
    pub attackers: BTreeMap<String, Attacker>,
}

impl Model {
    /// The model that is part of the program.
    ///
    /// # Panics
    /// When the embedded files are no model, which a test rules out.
    pub fn embedded() -> &'static Self {
        static EMBEDDED: OnceLock<Model> = OnceLock::new();
        EMBEDDED.get_or_init(|| match Self::read(&BTreeMap::new()) {
            Ok(model) => model,
            Err(wrong) => panic!("bug: the embedded model is wrong: {wrong}"),
        })
    }

    /// Reads a model from files named as in `directory/`. The directory is the embedded one unless the files have one
    /// of their own, whole; so are authenticators and attackers.
    ///
    /// # Errors
    /// The first thing that is wrong, with file, line and field.
    pub fn read(files: &BTreeMap<String, String>) -> Result<Self, TableWrong> {
        let own =
            files.keys().any(|name| name.starts_with(BANKS) || [METHODS, CURVES].contains(&name.as_str()));
        let directory = if own { Directory::read(files)? } else { Directory::embedded().clone() };
        let text = |name: &'static str, embedded| files.get(name).map_or(embedded, String::as_str);
        let table = Table { file: AUTHENTICATORS, text: text(AUTHENTICATORS, EMBEDDED_AUTHENTICATORS) };
        let authenticators = authenticators(table, &directory)?;
        let table = Table { file: ATTACKERS, text: text(ATTACKERS, EMBEDDED_ATTACKERS) };
        let attackers = attackers(table, &directory, &authenticators)?;
        Ok(Self { directory, authenticators, attackers })
    }
}

fn authenticators(
    table: Table<'_>,
    directory: &Directory,
) -> Result<BTreeMap<String, Authenticator>, TableWrong> {
    let read: AuthenticatorsText = table.read()?;
    for text in read.authenticators.values() {
        let authenticator = text.get_ref();
        if authenticator.curve.as_ref().is_some_and(|curve| !directory.curves.contains_key(curve)) {
            return Err(table.wrong(text, "curve is not among those of curves.toml"));
        }
        if authenticator.phishable && authenticator.strength.get() == 3 {
            return Err(
                table.wrong(text, "strength 3 resists phishing; allowed are 1 and 2 where phishable is true")
            );
        }
    }
    Ok(read.authenticators.into_iter().map(|(code, text)| (code, text.into_inner())).collect())
}

fn attackers(
    table: Table<'_>,
    directory: &Directory,
    authenticators: &BTreeMap<String, Authenticator>,
) -> Result<BTreeMap<String, Attacker>, TableWrong> {
    let read: AttackersText = table.read()?;
    let groups = directory.factors.values().map(|factor| factor.leak_group.as_str());
    let groups = groups.chain(authenticators.values().map(|one| one.leak_group.as_str()));
    let known: BTreeSet<&str> = groups.chain([PAGE, BANK_RECORDS]).collect();
    for text in read.attackers.values() {
        if let Some(what) = text.get_ref().gets.keys().find(|what| !known.contains(what.as_str())) {
            let allowed = known.iter().copied().collect::<Vec<_>>().join(", ");
            return Err(table.wrong(text, format!("gets {what:?}: allowed are {allowed}")));
        }
    }
    if read.attackers.is_empty() {
        return Err(table.wrong_at(0, "at least one attacker is needed"));
    }
    Ok(read.attackers.into_iter().map(|(code, text)| (code, text.into_inner())).collect())
}
