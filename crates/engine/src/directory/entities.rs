//! Banks, their methods and the factors of each, read once from the two tables beside this file.

use super::strength::{WeakMethod, judge};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;
use terms::BankCode;

/// What a factor proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// Something that is known, and so can be told, guessed or phished.
    Knowledge,
    /// Something that is held: another person cannot have it at the same time.
    Possession,
    /// Something that a person is.
    Inherence,
}

/// One thing that a bank asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Factor {
    /// The code in a bank's signed answer, such as `otp_app`.
    pub code: String,
    /// What it proves.
    pub category: Category,
    /// Factors of one group fall together when one thing goes wrong.
    pub leak_group: String,
    /// Its name in Japanese.
    pub name_ja: String,
    /// Its name in English.
    pub name_en: String,
}

/// One way in which a bank checks who is asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Method {
    /// The code, such as `online_banking_otp`.
    pub code: String,
    /// Its name in Japanese.
    pub name_ja: String,
    /// Its name in English.
    pub name_en: String,
    /// All that it asks for.
    pub factors: Vec<Factor>,
}

impl Method {
    /// Whether this method may leave a link behind (P4).
    ///
    /// # Errors
    /// [`WeakMethod`] says what it lacks.
    pub fn linkable(&self) -> Result<(), WeakMethod> {
        judge(&self.factors.iter().collect::<Vec<_>>())
    }
}

/// A bank.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bank {
    /// Today's code.
    pub code: BankCode,
    /// The name in Japanese.
    pub name: String,
    /// The name in katakana, for searching.
    pub name_kana: String,
    /// The name in English.
    pub name_en: String,
    /// Codes that it had before a merger.
    #[serde(default)]
    pub former_codes: Vec<BankCode>,
    /// The codes of the methods that it offers, the one to propose first.
    pub methods: Vec<String>,
}

/// All banks, methods and factors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directory {
    /// The banks by today's code.
    pub banks: BTreeMap<BankCode, Bank>,
    /// The methods by code.
    pub methods: BTreeMap<String, Method>,
    /// The factors by code.
    pub factors: BTreeMap<String, Factor>,
}

/// Why two tables are not a directory.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DirectoryWrong {
    /// A table cannot be read.
    #[error("{file}: {why}")]
    NotReadable {
        /// Which of the two.
        file: &'static str,
        /// What the reader says, with line and column.
        why: String,
    },
    /// A code stands twice.
    #[error("bank {0} stands twice, by its code or a former one")]
    Twice(BankCode),
    /// A bank without a method, or with one that the other table does not have.
    #[error("bank {bank} needs methods that methods.toml has, each once; {method:?} is not such a one")]
    MethodUnknown {
        /// The bank.
        bank: BankCode,
        /// The method.
        method: String,
    },
    /// A method without a factor, or with one that the table does not have.
    #[error("method {method} needs factors that methods.toml has, each once; {factor:?} is not such a one")]
    FactorUnknown {
        /// The method.
        method: String,
        /// The factor.
        factor: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BanksText {
    banks: Vec<Bank>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MethodsText {
    factors: BTreeMap<String, FactorText>,
    methods: BTreeMap<String, MethodText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FactorText {
    category: Category,
    leak_group: String,
    name_ja: String,
    name_en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MethodText {
    name_ja: String,
    name_en: String,
    factors: Vec<String>,
}

impl Directory {
    /// The directory that is part of the program.
    ///
    /// # Panics
    /// When the embedded tables are not a directory, which a test rules out.
    pub fn embedded() -> &'static Self {
        static EMBEDDED: OnceLock<Directory> = OnceLock::new();
        EMBEDDED.get_or_init(|| match Self::read(include_str!("banks.toml"), include_str!("methods.toml")) {
            Ok(directory) => directory,
            Err(wrong) => panic!("bug: the embedded directory is wrong: {wrong}"),
        })
    }

    /// Reads the two tables.
    ///
    /// # Errors
    /// The first thing that is wrong with them.
    pub fn read(banks: &str, methods: &str) -> Result<Self, DirectoryWrong> {
        let text: MethodsText = toml::from_str(methods)
            .map_err(|error| DirectoryWrong::NotReadable { file: "methods.toml", why: error.to_string() })?;
        let factors = named_factors(text.factors);
        let methods = named_methods(text.methods, &factors)?;
        let text: BanksText = toml::from_str(banks)
            .map_err(|error| DirectoryWrong::NotReadable { file: "banks.toml", why: error.to_string() })?;
        Ok(Self { banks: named_banks(text.banks, &methods)?, methods, factors })
    }

    /// The bank of this code, today's or a former one.
    pub fn bank(&self, code: BankCode) -> Option<&Bank> {
        let former = || self.banks.values().find(|bank| bank.former_codes.contains(&code));
        self.banks.get(&code).or_else(former)
    }

    /// The method of this code, where the bank offers it.
    pub fn method(&self, bank: BankCode, method: &str) -> Option<&Method> {
        let offered = self.bank(bank)?.methods.iter().find(|offered| *offered == method)?;
        self.methods.get(offered)
    }

    /// Whether the factors that a bank says it checked are enough to link (P4).
    ///
    /// # Errors
    /// [`WeakMethod`] says what is lacking; a factor that the directory does not know is worth nothing.
    pub fn judge(&self, factors: &[String]) -> Result<(), WeakMethod> {
        let known: Option<Vec<&Factor>> = factors.iter().map(|code| self.factors.get(code)).collect();
        known.ok_or(WeakMethod::FactorUnknown).and_then(|known| judge(&known))
    }
}

fn named_factors(texts: BTreeMap<String, FactorText>) -> BTreeMap<String, Factor> {
    texts
        .into_iter()
        .map(|(code, text)| {
            let FactorText { category, leak_group, name_ja, name_en } = text;
            (code.clone(), Factor { code, category, leak_group, name_ja, name_en })
        })
        .collect()
}

fn named_methods(
    texts: BTreeMap<String, MethodText>,
    factors: &BTreeMap<String, Factor>,
) -> Result<BTreeMap<String, Method>, DirectoryWrong> {
    let mut methods = BTreeMap::new();
    for (code, text) in texts {
        let wrong =
            |factor: &str| DirectoryWrong::FactorUnknown { method: code.clone(), factor: factor.to_owned() };
        if let Some(factor) = first_not_once(&text.factors, |factor| factors.contains_key(factor)) {
            return Err(wrong(factor));
        }
        let asked = text.factors.iter().filter_map(|factor| factors.get(factor).cloned()).collect();
        let method =
            Method { code: code.clone(), name_ja: text.name_ja, name_en: text.name_en, factors: asked };
        methods.insert(code, method);
    }
    Ok(methods)
}

fn named_banks(
    texts: Vec<Bank>,
    methods: &BTreeMap<String, Method>,
) -> Result<BTreeMap<BankCode, Bank>, DirectoryWrong> {
    let mut codes = BTreeSet::new();
    for bank in &texts {
        if let Some(method) = first_not_once(&bank.methods, |method| methods.contains_key(method)) {
            return Err(DirectoryWrong::MethodUnknown { bank: bank.code, method: method.to_owned() });
        }
        for code in bank.former_codes.iter().chain([&bank.code]) {
            if !codes.insert(*code) {
                return Err(DirectoryWrong::Twice(*code));
            }
        }
    }
    Ok(texts.into_iter().map(|bank| (bank.code, bank)).collect())
}

/// The first name that is not known or stands a second time; an empty list lacks one.
fn first_not_once(names: &[String], is_known: impl Fn(&str) -> bool) -> Option<&str> {
    if names.is_empty() {
        return Some("");
    }
    let mut seen = BTreeSet::new();
    names.iter().map(String::as_str).find(|name| !is_known(name) || !seen.insert(*name))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Those that are not the same today: code in 2020, code today.
    const RECODED: [(&str, &str); 2] = [("0546", "0154"), ("0118", "0117")];
    const CODES_2020: [&str; 35] = [
        "0001", "0009", "9900", "0040", "0174", "0161", "0576", "0183", "0152", "0163", "0158", "0157",
        "0149", "0125", "0153", "0150", "0512", "0035", "0164", "0546", "0134", "0135", "0168", "0126",
        "0166", "0162", "0190", "0143", "0182", "0173", "0169", "0177", "0501", "0118", "0187",
    ];

    #[test]
    fn each_bank_of_2020_is_found_under_its_old_code_and_is_another() {
        let directory = Directory::embedded();
        let mut found = BTreeSet::new();
        for code in CODES_2020 {
            let bank = directory.bank(BankCode::parse(code).expect(code)).expect(code);
            let today = RECODED.iter().find(|(old, _)| *old == code).map_or(code, |(_, new)| *new);
            assert_eq!(bank.code.as_str(), today);
            assert!(terms::Kana::parse(&bank.name_kana).is_ok(), "{}", bank.name_kana);
            found.insert(bank.code);
        }
        assert_eq!((found.len(), directory.banks.len()), (35, 35));
        for (code, name) in [("0154", "三十三銀行"), ("0117", "青森みちのく銀行"), ("0143", "八十二長野銀行")]
        {
            assert_eq!(directory.banks[&BankCode::parse(code).expect(code)].name, name);
        }
    }

    #[test]
    fn each_bank_proposes_a_method_first_that_may_link() {
        for bank in Directory::embedded().banks.values() {
            let method = Directory::embedded().method(bank.code, &bank.methods[0]).expect("offered");
            assert_eq!(method.linkable(), Ok(()), "{}", bank.name);
        }
        let sony = BankCode::parse("0035").expect("code");
        assert_eq!(Directory::embedded().method(sony, "account_pin_2020"), None);
    }

    #[test]
    fn wrong_tables_are_refused() {
        let methods = "[factors.a]\ncategory='knowledge'\nleak_group='g'\nname_ja=''\nname_en=''\n[methods.m]\nname_ja=''\nname_en=''\nfactors=['a']\n";
        let bank = |code: &str, rest: &str| {
            format!("[[banks]]\ncode='{code}'\nname=''\nname_kana=''\nname_en=''\n{rest}\n")
        };
        let one = bank("0001", "methods=['m']");
        let code = BankCode::parse("0001").expect("code");
        assert!(Directory::read(&one, methods).is_ok());
        let lacks = |method: &str| DirectoryWrong::MethodUnknown { bank: code, method: method.to_owned() };
        let cases = [
            (format!("{one}{one}"), DirectoryWrong::Twice(code)),
            (
                one.clone() + &bank("0002", "methods=['m']\nformer_codes=['0001']"),
                DirectoryWrong::Twice(code),
            ),
            (bank("0001", "methods=['n']"), lacks("n")),
            (bank("0001", "methods=['m','m']"), lacks("m")),
            (bank("0001", "methods=[]"), lacks("")),
        ];
        for (banks, expected) in cases {
            assert_eq!(Directory::read(&banks, methods), Err(expected), "{banks}");
        }
        for banks in ["x", &bank("001", "methods=['m']"), &bank("0001", "methods=['m']\nextra=1")] {
            let refused = Directory::read(banks, methods);
            assert!(
                matches!(refused, Err(DirectoryWrong::NotReadable { file: "banks.toml", .. })),
                "{refused:?}"
            );
        }
        for factors in ["[]", "['b']", "['a','a']"] {
            let methods = methods.replace("['a']", factors);
            let refused = Directory::read(&one, &methods);
            assert!(matches!(refused, Err(DirectoryWrong::FactorUnknown { .. })), "{refused:?}");
        }
    }
}
