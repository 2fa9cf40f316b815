//! Banks, their methods, the factors of each and how soon these are guessed: read once from the tables in `directory/`.

use super::{
    bank::{Bank, BankText},
    curve::{self, Curve},
    embedded,
    factors::{Factor, Method, MethodsText},
    strength::{WeakMethod, judge},
};
use crate::table::{Table, TableWrong};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::OnceLock,
};
use terms::BankCode;

/// The table of factors and methods.
pub const METHODS: &str = "methods.toml";
/// The table of curves.
pub const CURVES: &str = "curves.toml";
/// The folder with one file per bank.
pub const BANKS: &str = "banks/";
/// The most banks of a directory; Japan has some 1,150 with a code.
const BANKS_MAX: usize = 2_000;

/// All banks, methods, factors and curves.
#[derive(Debug, Clone, PartialEq)]
pub struct Directory {
    /// The banks by today's code.
    pub banks: BTreeMap<BankCode, Bank>,
    /// The methods by code.
    pub methods: BTreeMap<String, Method>,
    /// The factors by code.
    pub factors: BTreeMap<String, Factor>,
    /// The curves by code.
    pub curves: BTreeMap<String, Curve>,
}

impl Directory {
    /// The directory that is part of the program.
    ///
    /// # Panics
    /// When the embedded tables are not a directory, which a test rules out.
    pub fn embedded() -> &'static Self {
        static EMBEDDED: OnceLock<Directory> = OnceLock::new();
        EMBEDDED.get_or_init(|| {
            let files = embedded::FILES.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
            match Self::read(&files.collect()) {
                Ok(directory) => directory,
                Err(wrong) => panic!("bug: the embedded directory is wrong: {wrong}"),
            }
        })
    }

    /// Reads a directory from its files: `methods.toml`, `curves.toml` and one file per bank under `banks/`.
    ///
    /// # Errors
    /// The first thing that is wrong with them, with file, line and field.
    pub fn read(files: &BTreeMap<String, String>) -> Result<Self, TableWrong> {
        let table = |name: &'static str| match files.get(name) {
            Some(text) => Ok(Table { file: name, text }),
            None => Err(Table { file: name, text: "" }.wrong_at(0, "the file is not there")),
        };
        let curves = curve::read(table(CURVES)?)?;
        let methods_table = table(METHODS)?;
        let text: MethodsText = methods_table.read()?;
        let factors = text.factors(methods_table, &curves)?;
        let methods = text.methods(methods_table, &factors)?;
        let banks = banks(files, &methods)?;
        let today = banks.values().flat_map(|bank| &bank.methods);
        let then = banks.values().filter_map(|bank| bank.in_2020.method.as_ref());
        text.check_offered(methods_table, &today.chain(then).map(String::as_str).collect())?;
        Ok(Self { banks, methods, factors, curves })
    }

    /// The bank of this code, today's or a former one.
    pub fn bank(&self, code: BankCode) -> Option<&Bank> {
        let had = |bank: &&Bank| bank.former_codes.iter().any(|former| former.code == code);
        self.banks.get(&code).or_else(|| self.banks.values().find(had))
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

fn banks(
    files: &BTreeMap<String, String>,
    methods: &BTreeMap<String, Method>,
) -> Result<BTreeMap<BankCode, Bank>, TableWrong> {
    let (mut banks, mut codes) = (BTreeMap::new(), BTreeSet::new());
    for (file, text) in files.iter().filter(|(name, _)| name.starts_with(BANKS)) {
        let table = Table { file, text };
        if banks.len() >= BANKS_MAX {
            return Err(table.wrong_at(0, format!("at most {BANKS_MAX} banks are allowed")));
        }
        let text: BankText = table.read()?;
        let at = text.code().span().start;
        if !file.ends_with(&format!("{}.toml", text.code().get_ref())) {
            let why = format!("the file of this bank is named {}.toml", text.code().get_ref());
            return Err(table.wrong_at(at, why));
        }
        let bank = text.bank(table, methods)?;
        for code in bank.former_codes.iter().map(|former| former.code).chain([bank.code]) {
            if !codes.insert(code) {
                let why =
                    format!("{code} stands twice, as a bank's code or a former one; each is allowed once");
                return Err(table.wrong_at(at, why));
            }
        }
        banks.insert(bank.code, bank);
    }
    Ok(banks)
}
