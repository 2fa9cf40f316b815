//! Factors and the methods that are made of them: what is proved, who holds it, what falls with it.

use super::{
    curve::Curve,
    strength::{WeakMethod, judge},
};
use crate::table::{Table, TableWrong, named};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use toml::Spanned;

/// What a factor proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// Something that is known, and so can be told, guessed or phished.
    Knowledge,
    /// Something that is held: another person cannot have it at the same time.
    Possession,
    /// Something that a person is.
    Inherence,
}

/// Who has a factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Holder {
    /// The person whose bank account it is.
    Depositor,
    /// The bank, in a form that its people can read.
    Bank,
    /// Whoever pays or was paid: it is looked up.
    Payers,
    /// The phone's carrier.
    Carrier,
}

/// What wrong tries are counted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LockOut {
    /// The bank account.
    BankAccount,
    /// The sign-in at the bank.
    BankSignIn,
    /// Nothing.
    Nothing,
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
    /// Who has it.
    pub held_by: BTreeSet<Holder>,
    /// How soon it is guessed: a code of the curves.
    pub curve: String,
    /// The same for whoever knows the birth date, where that helps.
    pub curve_birth_date_known: Option<String>,
    /// What wrong tries are counted on.
    pub lock_out: LockOut,
    /// Whether a false page can pass it on while it still counts.
    pub phishable: bool,
    /// Where this comes from.
    pub sources: Vec<String>,
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MethodsText {
    factors: BTreeMap<Spanned<String>, FactorText>,
    methods: BTreeMap<Spanned<String>, MethodText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FactorText {
    category: Spanned<Category>,
    leak_group: String,
    held_by: Spanned<Vec<Holder>>,
    curve: Spanned<String>,
    curve_birth_date_known: Option<Spanned<String>>,
    lock_out: LockOut,
    phishable: Spanned<bool>,
    sources: Spanned<Vec<String>>,
    name_ja: String,
    name_en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MethodText {
    name_ja: String,
    name_en: String,
    factors: Spanned<Vec<String>>,
}

impl MethodsText {
    /// The factors by code.
    pub(super) fn factors(
        &self,
        table: Table<'_>,
        curves: &BTreeMap<String, Curve>,
    ) -> Result<BTreeMap<String, Factor>, TableWrong> {
        let mut factors = BTreeMap::new();
        for (code, text) in &self.factors {
            possible(text, table)?;
            for curve in [Some(&text.curve), text.curve_birth_date_known.as_ref()].into_iter().flatten() {
                if !curves.contains_key(curve.get_ref()) {
                    return Err(
                        table.wrong(curve, format!("allowed are the curves {}", named(curves.keys())))
                    );
                }
            }
            let code = code.get_ref().clone();
            let factor = Factor {
                code: code.clone(),
                category: *text.category.get_ref(),
                leak_group: text.leak_group.clone(),
                held_by: text.held_by.get_ref().iter().copied().collect(),
                curve: text.curve.get_ref().clone(),
                curve_birth_date_known: text
                    .curve_birth_date_known
                    .as_ref()
                    .map(|curve| curve.get_ref().clone()),
                lock_out: text.lock_out,
                phishable: *text.phishable.get_ref(),
                sources: text.sources.get_ref().clone(),
                name_ja: text.name_ja.clone(),
                name_en: text.name_en.clone(),
            };
            factors.insert(code, factor);
        }
        Ok(factors)
    }

    /// The methods by code, each of factors that there are.
    pub(super) fn methods(
        &self,
        table: Table<'_>,
        factors: &BTreeMap<String, Factor>,
    ) -> Result<BTreeMap<String, Method>, TableWrong> {
        let mut methods = BTreeMap::new();
        for (code, text) in &self.methods {
            let asked = text.factors.get_ref();
            if let Some(factor) = first_not_once(asked, |factor| factors.contains_key(factor)) {
                let why = format!(
                    "{factor:?} is no factor, or stands twice; allowed are {}, at least one, each once",
                    named(factors.keys())
                );
                return Err(table.wrong(&text.factors, why));
            }
            let code = code.get_ref().clone();
            let method = Method {
                code: code.clone(),
                name_ja: text.name_ja.clone(),
                name_en: text.name_en.clone(),
                factors: asked.iter().filter_map(|factor| factors.get(factor).cloned()).collect(),
            };
            methods.insert(code, method);
        }
        Ok(methods)
    }

    /// The first method that is not among those that somebody offers.
    pub(super) fn check_offered(&self, table: Table<'_>, offered: &BTreeSet<&str>) -> Result<(), TableWrong> {
        let unused = self.methods.iter().find(|(code, _)| !offered.contains(code.get_ref().as_str()));
        match unused {
            None => Ok(()),
            Some((code, _)) => {
                let why = "no bank offers this method; allowed are methods that stand in a bank's `methods` or `in_2020.method`";
                Err(table.wrong(code, why))
            }
        }
    }
}

/// What cannot be: something that is known and cannot be typed into a false page, or that its owner does not have.
fn possible(text: &FactorText, table: Table<'_>) -> Result<(), TableWrong> {
    if *text.category.get_ref() == Category::Knowledge && !text.phishable.get_ref() {
        let why = "whatever is known can be typed into a false page; allowed is true for category knowledge";
        return Err(table.wrong(&text.phishable, why));
    }
    if !text.held_by.get_ref().contains(&Holder::Depositor) {
        return Err(
            table.wrong(&text.held_by, "the depositor must have it; allowed are lists with \"depositor\"")
        );
    }
    let can_be_read =
        text.held_by.get_ref().iter().any(|holder| [Holder::Bank, Holder::Payers].contains(holder));
    if *text.category.get_ref() != Category::Knowledge && can_be_read {
        let why = "what a bank or a payer can read is knowledge; allowed for possession and inherence are depositor and carrier";
        return Err(table.wrong(&text.held_by, why));
    }
    if text.sources.get_ref().is_empty() {
        return Err(table.wrong(&text.sources, "a factor without a source; at least one is needed"));
    }
    Ok(())
}

/// The first name that is not known or stands a second time; an empty list lacks one.
pub(super) fn first_not_once(names: &[String], is_known: impl Fn(&str) -> bool) -> Option<&str> {
    if names.is_empty() {
        return Some("");
    }
    let mut seen = BTreeSet::new();
    names.iter().map(String::as_str).find(|name| !is_known(name) || !seen.insert(*name))
}
