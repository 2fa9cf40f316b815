//! Rows of payments, their usage of limits, and the facts of each payment ask.

use crate::{
    Fault, Keys, Load,
    kept::Kept,
    offers::payee,
    sessions::standing,
    shelf::Shelf,
    sql::{Manner, Shape, Value, column},
};
use engine::{
    Context,
    payments::{
        Parcel, Payment, PresentedCode, TransferFacts, TransferToHandle, Usage, UsageEntry, spending_key,
    },
};
use gate::{Step, Subjects};
use terms::{CustomerId, PaymentId, Time, Yen};

const USAGE: Shape = Shape {
    table: "usage",
    columns: &["key", "hour", "sum"],
    has_body: false,
    keys: 2,
    manner: Manner::Upsert,
};

fn word(value: &impl serde::Serialize) -> Value {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Value::Text(word),
        _ => Value::Null,
    }
}

impl Kept for Payment {
    const TABLE: &'static str = "payments";
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "kind",
        "state",
        "customer",
        "payee",
        "payee_phone",
        "merchant",
        "link",
        "bank",
        "original",
        "bank_reference",
        "amount",
        "at",
    ];
    fn columns(&self, keys: &Keys) -> Vec<Value> {
        vec![
            Value::id(self.id.uuid()),
            word(&self.kind),
            word(&self.state),
            Value::id(self.customer.uuid()),
            Value::maybe(self.payee, |id| Value::id(id.uuid())),
            Value::maybe(self.payee_phone.as_ref(), |phone| {
                Value::digest(&keys.tag("phone", phone.as_str()))
            }),
            Value::maybe(self.merchant, |id| Value::id(id.uuid())),
            Value::maybe(self.link, |id| Value::id(id.uuid())),
            Value::maybe(self.bank, |bank| Value::text(bank.as_str())),
            Value::maybe(self.original, |id| Value::id(id.uuid())),
            Value::maybe(self.bank_reference.as_deref(), |text| {
                Value::digest(&keys.tag("bank_reference", text))
            }),
            Value::Int(self.amount.get()),
            Value::Int(self.created_at.millis()),
        ]
    }
}

impl Kept for Parcel {
    const TABLE: &'static str = "parcels";
    const COLUMNS: &'static [&'static str] = &["id", "customer", "remaining"];
    fn columns(&self, _: &Keys) -> Vec<Value> {
        vec![Value::id(self.id.uuid()), Value::id(self.customer.uuid()), Value::Int(self.remaining.get())]
    }
}

impl Kept for PresentedCode {
    const TABLE: &'static str = "presented_codes";
    const COLUMNS: &'static [&'static str] = &["code", "expires_at"];
    fn columns(&self, _: &Keys) -> Vec<Value> {
        vec![Value::digest(&self.code), Value::Int(self.expires_at.millis())]
    }
}

impl Shelf<'_> {
    /// What was used under a key in the last 30 days.
    pub(crate) fn usage(&mut self, key: &str, now: Time) -> Result<Usage, Fault> {
        let first = Usage::hour(now) - 30 * 24;
        if let Some(entries) = self.cache.usage.get(key) {
            let entries = entries.iter().filter(|entry| entry.hour >= first).cloned().collect();
            return Ok(Usage { entries });
        }
        let sql = "SELECT hour, sum FROM usage WHERE key = ?1 AND hour >= ?2";
        let rows = self.query(USAGE.table, sql, &[Value::text(key), Value::Int(first)])?;
        let entries = rows
            .iter()
            .map(|row| {
                Ok(UsageEntry {
                    key: key.to_owned(),
                    hour: column(USAGE.table, row, 0, Value::as_int)?,
                    sum: column(USAGE.table, row, 1, |value| Yen::new(value.as_int()?).ok())?,
                })
            })
            .collect::<Result<Vec<_>, Fault>>()?;
        if self.writes {
            self.cache.usage.insert(key.to_owned(), entries.clone());
        }
        Ok(Usage { entries })
    }

    pub(crate) fn put_usage(&mut self, entry: &UsageEntry) {
        if let Some(known) = self.cache.usage.get_mut(&entry.key) {
            match known.iter_mut().find(|known| known.hour == entry.hour) {
                Some(same) => same.sum = entry.sum,
                None => known.push(entry.clone()),
            }
        }
        let values =
            vec![Value::text(entry.key.as_str()), Value::Int(entry.hour), Value::Int(entry.sum.get())];
        self.pending.put(&USAGE, values);
    }
}

/// Whose payments are listed.
#[derive(Debug, Clone, Copy)]
pub enum CustomerRef {
    /// A customer's: paid or received.
    Customer(CustomerId),
    /// A merchant's.
    Merchant(terms::MerchantId),
}

/// Payments of a customer or merchant, the newest first, before a cursor (time and id of the last one seen).
pub fn payments_of(
    shelf: &mut Shelf<'_>,
    whose: CustomerRef,
    before: Option<(Time, PaymentId)>,
    most: u32,
) -> Result<Vec<Payment>, Fault> {
    let (at, id) = match before {
        Some((at, id)) => (Value::Int(at.millis()), Value::id(id.uuid())),
        None => (Value::Int(i64::MAX), Value::Blob(vec![255; 16])),
    };
    let most = Value::Int(i64::from(most));
    let page = |whose: &str| {
        format!("{whose} = ?1 AND (at < ?2 OR (at = ?2 AND id < ?3)) ORDER BY at DESC, id DESC LIMIT ?4")
    };
    let mut found: Vec<Payment> = match whose {
        CustomerRef::Merchant(id_of) => {
            shelf.find(&page("merchant"), &[Value::id(id_of.uuid()), at, id, most.clone()])?
        }
        CustomerRef::Customer(id_of) => {
            let values = [Value::id(id_of.uuid()), at, id, most.clone()];
            let mut found = shelf.find(&page("customer"), &values)?;
            found.extend(shelf.find::<Payment>(&page("payee"), &values)?);
            found
        }
    };
    found.sort_by_key(|payment| std::cmp::Reverse((payment.created_at, payment.id)));
    found.truncate(most.as_int().and_then(|most| usize::try_from(most).ok()).unwrap_or(0));
    Ok(found)
}

/// Payments by the bank's own reference, the newest first.
///
/// # Errors
/// When the database fails.
pub fn payments_by_bank_reference(
    shelf: &mut Shelf<'_>,
    reference: &str,
    most: u32,
) -> Result<Vec<Payment>, Fault> {
    let tag = shelf.tag("bank_reference", reference);
    let values = [Value::digest(&tag), Value::Int(i64::from(most))];
    shelf.find("bank_reference = ?1 ORDER BY at DESC, id DESC LIMIT ?2", &values)
}

/// A payment by its id.
pub fn payment_of(shelf: &mut Shelf<'_>, id: PaymentId) -> Result<Option<Payment>, Fault> {
    shelf.get(Value::id(id.uuid()))
}

impl Load for TransferToHandle {
    fn load(&self, shelf: &mut Shelf<'_>, at: &Context<'_>) -> Result<TransferFacts, Fault> {
        let standing = standing(shelf, &self.session)?;
        let payee = payee(shelf, &self.to)?;
        let payer = standing.as_ref().map(|standing| standing.customer.clone());
        let payer_name = match &payer {
            Some(payer) => shelf.masked_name(payer.id)?.unwrap_or_default(),
            None => String::new(),
        };
        let mut accounts = Vec::new();
        payer.iter().for_each(|payer| accounts.extend([payer.main, payer.young]));
        payee.iter().for_each(|payee| accounts.push(payee.customer.main));
        let usage = match &payer {
            Some(payer) => shelf.usage(&spending_key(payer.id), at.moment.now)?,
            None => Usage::default(),
        };
        let subjects = standing.as_ref().map(|s| s.subjects(at)).unwrap_or_else(|| at.source.subjects());
        let payee_id = payee.as_ref().map(|payee| payee.customer.id);
        let subjects = Subjects { payee: payee_id, amount: Some(self.amount), ..subjects };
        let evidence = shelf.evidence(Step::Transfer, &subjects, at.moment.now)?;
        Ok(TransferFacts { book: shelf.book(&accounts, &[])?, standing, payer_name, payee, usage, evidence })
    }
}
