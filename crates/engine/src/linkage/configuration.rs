//! A linkage: how a wallet checks people, which limits hold, and by which methods each bank links. Read from one file.

use super::{
    model::Model,
    sections::{
        Against, BankLockOut, Claims, Federation, Identity, Level, LinkLimits, Matching, Notice, Proofing,
        Recovery, SignIn, Spread, Stop, Told, Young,
    },
};
use crate::{
    directory::{Directory, UNKNOWN, is_date},
    table::{Table, TableWrong, named},
};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use terms::BankCode;
use toml::Spanned;

/// How a wallet links bank accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linkage {
    /// Its name.
    pub title: String,
    /// The day that it is of, as `2020-09-10`, where it is not today's: banks are called by their names of then.
    pub as_of: Option<String>,
    /// Who a wallet's owner is.
    pub identity: Identity,
    /// What must agree.
    pub matching: Matching,
    /// How a customer signs in.
    pub sign_in: SignIn,
    /// How a lost sign-in is recovered.
    pub recovery: Recovery,
    /// Sign-in by an outside provider.
    pub federation: Federation,
    /// What one link lets through.
    pub limits: LinkLimits,
    /// Value from a young link, where it is held back.
    pub young: Option<Young>,
    /// What the depositor is told.
    pub notice: Notice,
    /// When a bank stops wrong tries.
    pub lock_out: BankLockOut,
    /// What stops tries that are spread.
    pub spread: Option<Spread>,
    /// How a hole is stopped.
    pub stop: Stop,
    /// The claim desk.
    pub claims: Claims,
    /// Each bank's methods, by the code that the file uses; nothing stands for a method that is not known.
    pub banks: BTreeMap<BankCode, Vec<Option<String>>>,
    /// Where each key stands: `match.name` is on line 9.
    pub places: Places,
}

/// A file's name and the lines of its keys.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Places {
    /// The file.
    pub file: String,
    lines: BTreeMap<String, usize>,
}

impl Places {
    fn of(table: Table<'_>) -> Self {
        let mut lines = BTreeMap::new();
        let mut section = String::new();
        for (at, line) in table.text.lines().enumerate() {
            let line = line.trim();
            if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                name.clone_into(&mut section);
                lines.insert(section.clone(), at + 1);
            } else if let Some((key, _)) = line.split_once('=') {
                lines.insert(format!("{section}.{}", key.trim().trim_matches('"')), at + 1);
            }
        }
        Self { file: table.file.to_owned(), lines }
    }

    /// `file:line` of a key, or of its section, or the file.
    pub fn of_key(&self, key: &str) -> String {
        let section = key.split('.').next().unwrap_or_default();
        match self.lines.get(key).or_else(|| self.lines.get(section)) {
            Some(line) => format!("{}:{line}", self.file),
            None => self.file.clone(),
        }
    }
}

/// The longest title, in bytes.
const TITLE_MOST: usize = 200;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LinkageText {
    title: Spanned<String>,
    as_of: Option<Spanned<String>>,
    identity: Spanned<Identity>,
    #[serde(rename = "match")]
    matching: Spanned<Matching>,
    sign_in: Spanned<SignIn>,
    recovery: Spanned<Recovery>,
    federation: Spanned<Federation>,
    limits: Spanned<LinkLimits>,
    young: Option<Young>,
    notice: Spanned<Notice>,
    lock_out: BankLockOut,
    spread: Option<Spread>,
    stop: Stop,
    claims: Claims,
    banks: BTreeMap<Spanned<BankCode>, Spanned<Vec<String>>>,
}

impl Linkage {
    /// Reads a linkage.
    ///
    /// # Errors
    /// The first thing that is wrong with it, with file, line and field.
    pub fn read(file: &str, text: &str, model: &Model) -> Result<Self, TableWrong> {
        let table = Table { file, text };
        let read: LinkageText = table.read()?;
        read.check(table, model)?;
        let banks = banks(read.banks, table, &model.directory)?;
        Ok(Self {
            title: read.title.into_inner(),
            as_of: read.as_of.map(Spanned::into_inner),
            identity: read.identity.into_inner(),
            matching: read.matching.into_inner(),
            sign_in: read.sign_in.into_inner(),
            recovery: read.recovery.into_inner(),
            federation: read.federation.into_inner(),
            limits: read.limits.into_inner(),
            young: read.young,
            notice: read.notice.into_inner(),
            lock_out: read.lock_out,
            spread: read.spread,
            stop: read.stop,
            claims: read.claims,
            banks,
            places: Places::of(table),
        })
    }
}

impl LinkageText {
    /// What cannot be, although each value alone is allowed.
    fn check(&self, table: Table<'_>, model: &Model) -> Result<(), TableWrong> {
        let title = self.title.get_ref();
        if title.trim().is_empty() || title.len() > TITLE_MOST || title.chars().any(char::is_control) {
            let why = format!("a text in one line is allowed, of 1 to {TITLE_MOST} bytes");
            return Err(table.wrong(&self.title, why));
        }
        if let Some(day) = self.as_of.as_ref().filter(|day| !is_date(day.get_ref())) {
            return Err(table.wrong(day, "a date is allowed, such as \"2020-09-10\""));
        }
        let identity = self.identity.get_ref();
        if (identity.level == Level::Proved) == (identity.proofing == Proofing::None) {
            let why = "proofing is \"photo\" or \"chip\" where level is \"proved\", and \"none\" elsewhere";
            return Err(table.wrong(&self.identity, why));
        }
        if self.matching.get_ref().against == Against::Proved && identity.level != Level::Proved {
            let why =
                "against = \"proved\" is allowed where identity.level is \"proved\": nothing else was proved";
            return Err(table.wrong(&self.matching, why));
        }
        for (authenticators, section) in [
            (&self.sign_in.get_ref().authenticators, self.sign_in.span()),
            (&self.recovery.get_ref().authenticators, self.recovery.span()),
        ] {
            let unknown = authenticators.iter().find(|code| !model.authenticators.contains_key(*code));
            if unknown.is_some() || authenticators.is_empty() {
                let why = format!(
                    "authenticators {authenticators:?}: allowed are {}, at least one",
                    named(model.authenticators.keys())
                );
                return Err(table.wrong_at(section.start, why));
            }
        }
        let federation = self.federation.get_ref();
        if federation.accepted && (federation.account_key.is_none() || federation.may.is_none()) {
            let why = "account_key (\"issuer_and_subject\", \"mail\") and may (\"look\", \"link\") are needed where federation is accepted";
            return Err(table.wrong(&self.federation, why));
        }
        let limits = self.limits.get_ref();
        let week = limits.week_yen.unwrap_or(limits.month_yen);
        let grows =
            limits.per_debit_yen <= limits.day_yen && limits.day_yen <= week && week <= limits.month_yen;
        if !grows {
            let why = "per_debit_yen, day_yen, week_yen and month_yen may only grow, in this order";
            return Err(table.wrong(&self.limits, why));
        }
        let notice = self.notice.get_ref();
        if (notice.to_depositor == Told::None) != notice.at.is_empty() {
            let why =
                "at (\"link\", \"debit\") is needed where somebody tells the depositor, and empty elsewhere";
            return Err(table.wrong(&self.notice, why));
        }
        Ok(())
    }
}

fn banks(
    text: BTreeMap<Spanned<BankCode>, Spanned<Vec<String>>>,
    table: Table<'_>,
    directory: &Directory,
) -> Result<BTreeMap<BankCode, Vec<Option<String>>>, TableWrong> {
    let mut banks = BTreeMap::new();
    let mut named_before: BTreeMap<BankCode, BankCode> = BTreeMap::new();
    for (code, methods) in text {
        let Some(bank) = directory.bank(*code.get_ref()) else {
            let why = format!("the directory has no bank {}, neither today nor formerly", code.get_ref());
            return Err(table.wrong(&code, why));
        };
        if let Some(other) = named_before.insert(bank.code, *code.get_ref()) {
            let why =
                format!("is the same bank as {other}: one of its codes is allowed, today's or a former one");
            return Err(table.wrong(&code, why));
        }
        let offered: BTreeSet<&String> = bank.methods.iter().chain(&bank.in_2020.method).collect();
        let listed = methods.get_ref();
        let mut seen = BTreeSet::new();
        let wrong = listed.iter().find(|method| {
            let known = *method == UNKNOWN || offered.contains(method);
            !known || !seen.insert(*method)
        });
        let what = match wrong {
            Some(wrong) => {
                Some(format!("{wrong:?} is not offered by {} ({}), or stands twice", bank.code, bank.name_en))
            }
            None => listed.is_empty().then(|| "at least one method is needed".to_owned()),
        };
        if let Some(what) = what {
            let allowed = named(offered.iter().copied());
            let why = format!("{what}; allowed are {allowed}, or \"unknown\"");
            return Err(table.wrong(&methods, why));
        }
        let known = |method: String| Some(method).filter(|method| method != UNKNOWN);
        banks.insert(*code.get_ref(), methods.into_inner().into_iter().map(known).collect());
    }
    if banks.is_empty() {
        return Err(table.wrong_at(table.text.len(), "a linkage has at least one bank"));
    }
    Ok(banks)
}
