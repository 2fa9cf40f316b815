//! A bank: its codes and names, what it offers, what it allows, where its fraud desk listens.

use super::factors::{Method, first_not_once};
use crate::table::{Table, TableWrong, WholeYen, named};
use serde::Deserialize;
use std::collections::BTreeMap;
use terms::{BankCode, Kana, Yen};
use toml::Spanned;

/// Stands for a check that was not published.
pub const UNKNOWN: &str = "unknown";

/// A code that a bank had before a merger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormerCode {
    /// The code.
    pub code: BankCode,
    /// The bank's name under it.
    pub name: String,
    /// The first day on which it was not valid any more, as `2021-05-01`.
    pub until: String,
}

/// A name that a bank had under the same code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormerName {
    /// The name.
    pub name: String,
    /// The first day on which it was not the bank's any more, as `2026-01-01`.
    pub until: String,
}

/// What is publicly known of a bank's check in 2020.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct In2020 {
    /// Its code then.
    pub code: BankCode,
    /// The method, where it was published.
    pub method: Option<String>,
    /// Whether only a part of it was published.
    pub known_in_part: bool,
    /// Whether losses were confirmed.
    pub loss_confirmed: bool,
    /// What else is known.
    pub note: String,
}

/// A bank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bank {
    /// Today's code.
    pub code: BankCode,
    /// The name in Japanese.
    pub name: String,
    /// The name in katakana, for searching.
    pub name_kana: String,
    /// The name in Latin letters as it sounds.
    pub name_romaji: String,
    /// The name in English.
    pub name_en: String,
    /// Codes that it had before a merger.
    pub former_codes: Vec<FormerCode>,
    /// Names that it had under today's code.
    pub former_names: Vec<FormerName>,
    /// The codes of the methods that it offers, the one to propose first.
    pub methods: Vec<String>,
    /// The most per debit that it allows over a link.
    pub per_debit: Yen,
    /// The most per day that it allows over a link.
    pub per_day: Yen,
    /// Where its fraud desk takes signals by mail.
    pub signals_contact: String,
    /// Its check in 2020.
    pub in_2020: In2020,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BankText {
    code: Spanned<BankCode>,
    name: Spanned<String>,
    name_kana: Spanned<String>,
    name_romaji: Spanned<String>,
    name_en: String,
    methods: Spanned<Vec<String>>,
    #[serde(default)]
    former_codes: Vec<FormerText>,
    #[serde(default)]
    former_names: Vec<FormerNameText>,
    limits: Spanned<LimitsText>,
    signals: SignalsText,
    in_2020: In2020Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FormerText {
    code: BankCode,
    name: String,
    until: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FormerNameText {
    name: String,
    until: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LimitsText {
    per_debit_yen: WholeYen,
    per_day_yen: WholeYen,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignalsText {
    contact: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct In2020Text {
    code: Spanned<BankCode>,
    method: Spanned<String>,
    #[serde(default)]
    known_in_part: bool,
    loss_confirmed: bool,
    #[serde(default)]
    note: String,
}

impl BankText {
    /// The bank, when its methods exist and its names and dates are such.
    pub(super) fn bank(
        self,
        table: Table<'_>,
        methods: &BTreeMap<String, Method>,
    ) -> Result<Bank, TableWrong> {
        let known = |method: &str| methods.contains_key(method);
        let allowed = || format!("allowed are {}", named(methods.keys()));
        if let Some(method) = first_not_once(self.methods.get_ref(), known) {
            let why =
                format!("{method:?} is no method, or stands twice; {}, at least one, each once", allowed());
            return Err(table.wrong(&self.methods, why));
        }
        if self.name.get_ref().trim().is_empty() {
            return Err(table.wrong(&self.name, "a bank has a name"));
        }
        if Kana::parse(self.name_kana.get_ref()).is_err() {
            return Err(table.wrong(&self.name_kana, "only katakana is allowed"));
        }
        let latin = |c: char| c.is_ascii_alphabetic() || " -".contains(c);
        if self.name_romaji.get_ref().is_empty() || !self.name_romaji.get_ref().chars().all(latin) {
            return Err(table.wrong(&self.name_romaji, "only letters A to Z, blanks and hyphens are allowed"));
        }
        if !self.signals.contact.get_ref().contains('@') {
            return Err(table.wrong(&self.signals.contact, "a mail address is allowed"));
        }
        let limits = self.limits.get_ref();
        if limits.per_debit_yen > limits.per_day_yen {
            return Err(table.wrong(&self.limits, "per_debit_yen may not be more than per_day_yen"));
        }
        let (per_debit, per_day) = (yen(limits.per_debit_yen), yen(limits.per_day_yen));
        let untils = self.former_codes.iter().map(|former| &former.until);
        for until in untils.chain(self.former_names.iter().map(|former| &former.until)) {
            if !is_date(until.get_ref()) {
                return Err(table.wrong(until, "a date is allowed, such as \"2021-05-01\""));
            }
        }
        let former_codes: Vec<FormerCode> = self
            .former_codes
            .into_iter()
            .map(|FormerText { code, name, until }| FormerCode { code, name, until: until.into_inner() })
            .collect();
        let former_names = self
            .former_names
            .into_iter()
            .map(|FormerNameText { name, until }| FormerName { name, until: until.into_inner() })
            .collect();
        let in_2020 = self.in_2020.read(table, &allowed(), known)?;
        let code = self.code.into_inner();
        let codes = former_codes.iter().map(|former| former.code).chain([code]);
        if !codes.into_iter().any(|code| code == in_2020.code) {
            return Err(
                table.wrong_at(0, format!("in_2020.code {} is none of this bank's codes", in_2020.code))
            );
        }
        Ok(Bank {
            code,
            name: self.name.into_inner(),
            name_kana: self.name_kana.into_inner(),
            name_romaji: self.name_romaji.into_inner(),
            name_en: self.name_en,
            former_codes,
            former_names,
            methods: self.methods.into_inner(),
            per_debit,
            per_day,
            signals_contact: self.signals.contact.into_inner(),
            in_2020,
        })
    }

    /// Where its code stands.
    pub(super) const fn code(&self) -> &Spanned<BankCode> {
        &self.code
    }
}

impl Bank {
    /// Its name in Japanese: of a day as `2020-09-10` where one is named, else the one that goes with a code.
    pub fn name_of(&self, code: BankCode, as_of: Option<&str>) -> &str {
        let by_code = self.former_codes.iter().find(|former| former.code == code).map(|former| &*former.name);
        let of_day = as_of.and_then(|day| {
            let codes = self.former_codes.iter().map(|former| (&*former.until, &*former.name));
            let names = self.former_names.iter().map(|former| (&*former.until, &*former.name));
            codes.chain(names).filter(|(until, _)| day < *until).min().map(|(_, name)| name)
        });
        of_day.or(by_code).unwrap_or(&self.name)
    }
}

fn yen(whole: WholeYen) -> Yen {
    Yen::of(i64::try_from(whole.get()).unwrap_or(i64::MAX))
}

impl In2020Text {
    fn read(
        self,
        table: Table<'_>,
        allowed: &str,
        known: impl Fn(&str) -> bool,
    ) -> Result<In2020, TableWrong> {
        let method = self.method.get_ref().as_str();
        if method != UNKNOWN && !known(method) {
            return Err(
                table.wrong(&self.method, format!("{method:?} is no method; {allowed}, or \"unknown\""))
            );
        }
        Ok(In2020 {
            code: self.code.into_inner(),
            method: Some(self.method.into_inner()).filter(|method| method != UNKNOWN),
            known_in_part: self.known_in_part,
            loss_confirmed: self.loss_confirmed,
            note: self.note,
        })
    }
}

/// Whether a text is a day as `2021-05-01`.
pub(crate) fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts[..] else { return false };
    let number = |part: &str, digits: usize| {
        Some(part)
            .filter(|part| part.len() == digits && part.bytes().all(|b| b.is_ascii_digit()))?
            .parse::<u32>()
            .ok()
    };
    let (Some(year), Some(month), Some(day)) = (number(year, 4), number(month, 2), number(day, 2)) else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u32::from(leap),
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(&day)
}
