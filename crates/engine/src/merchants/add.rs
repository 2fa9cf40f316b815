//! An operator adds a merchant.

use crate::{
    Ask, Code, Context, Decision, Refusal, Row,
    merchants::{Merchant, static_payload},
};
use gate::{Evidence, Step, judge};
use ledger::{Account, Posting};
use terms::{AccountId, Balance, Digest, MerchantId};

/// The ask; the server has checked that an operator asks.
#[derive(Debug, Clone)]
pub struct AddMerchant {
    /// Its name, 1 to 25 characters.
    pub name: String,
    /// Its name in printable ASCII, 1 to 25 characters (EMVCo field 59).
    pub name_en: String,
    /// Its category (ISO 18245), four digits.
    pub category: String,
    /// Its city in printable ASCII, 1 to 15 characters (EMVCo field 60).
    pub city: String,
    /// SHA-256 of the API key that the shell drew.
    pub key: Digest,
}

/// What the decision may know.
#[derive(Debug)]
pub struct AddMerchantFacts {
    /// How many merchants there are: the next number in JPQR codes.
    pub merchants: i64,
}

fn text(field: &str, text: &str, most: usize, ascii: bool) -> Result<(), Refusal> {
    let length = text.chars().count();
    let fine = |c: char| if ascii { matches!(c, ' '..='~') } else { !c.is_control() };
    if (1..=most).contains(&length) && text.chars().all(fine) && text.trim() == text {
        Ok(())
    } else {
        Err(Refusal::new(Code::FieldNotAllowed).field(field))
    }
}

impl Ask for AddMerchant {
    type Facts = AddMerchantFacts;
    type Answer = Merchant;
    const NAME: &'static str = "merchants.add";

    fn decide(&self, facts: &AddMerchantFacts, at: &Context<'_>) -> Decision<Merchant> {
        let verdict = judge(Step::MerchantChange, &Evidence::new([]));
        Decision::judged(at, &verdict, at.source.subjects(), |plan| {
            text("name", &self.name, 25, false)?;
            text("name_en", &self.name_en, 25, true)?;
            text("city", &self.city, 15, true)?;
            if self.category.len() != 4 || !self.category.bytes().all(|b| b.is_ascii_digit()) {
                return Err(Refusal::new(Code::FieldNotAllowed).field("category"));
            }
            let pass = verdict.pass(false).ok_or_else(|| Refusal::no_pass(verdict.ruling()))?;
            let account = AccountId::new(at.moment.uuid());
            plan.post(&pass, Posting::Open(Account::open(account, Some(Balance::ZERO))));
            let merchant = Merchant {
                id: MerchantId::new(at.moment.uuid()),
                name: self.name.clone(),
                name_en: self.name_en.clone(),
                category: self.category.clone(),
                city: self.city.clone(),
                number: format!("{:013}", facts.merchants + 1),
                key: self.key,
                account,
                created_at: at.moment.now,
            };
            // A merchant whose codes cannot be written would be refused at its first order.
            static_payload(&merchant)?;
            plan.put(Row::Merchant(merchant.clone()));
            Ok(merchant)
        })
    }
}
