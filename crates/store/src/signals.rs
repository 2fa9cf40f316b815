//! Rows and facts of banks' signals, numbered in the order of their commits.

use crate::{
    Fault, Keys, Load,
    kept::Kept,
    linking::account_name,
    shelf::Shelf,
    sql::{Value, counted},
    stops::breaker_of,
};
use engine::{
    Context,
    linking::{Consent, Link},
    sign_up::Customer,
    signals::{Signal, SignalKind, SignalSaid, TakeSignal, TakeSignalFacts, Told},
};
use gate::Scope;
use terms::{BankCode, Digest, Time};

/// More wallets than may ever be linked to one bank account.
const LINKS_MAX: u32 = 100;

impl Kept for Signal {
    const TABLE: &'static str = "signals";
    const COLUMNS: &'static [&'static str] = &["number", "bank", "jti", "kind", "account", "at"];
    fn columns(&self, _: &Keys) -> Vec<Value> {
        vec![
            counted(self.number),
            Value::text(self.bank.as_str()),
            Value::text(self.told.jti.as_str()),
            Value::text(self.told.kind.as_str()),
            Value::maybe(self.told.account.as_ref(), Value::digest),
            Value::Int(self.told.at.millis()),
        ]
    }
}

/// The newest signals before a number, the newest first; before nothing means from the newest on.
pub fn signals(shelf: &mut Shelf<'_>, before: Option<u64>, most: u32) -> Result<Vec<Signal>, Fault> {
    let before = counted(before.unwrap_or(u64::MAX));
    shelf.find("number < ?1 ORDER BY number DESC LIMIT ?2", &[before, Value::Int(i64::from(most))])
}

/// The newest signals about a bank account, the newest first.
pub fn signals_about(shelf: &mut Shelf<'_>, account: &Digest, most: u32) -> Result<Vec<Signal>, Fault> {
    let values = [Value::digest(account), Value::Int(i64::from(most))];
    shelf.find("account = ?1 ORDER BY number DESC LIMIT ?2", &values)
}

/// When a bank last reported a bank account: since then nobody may link it for a while.
pub(crate) fn reported_at(shelf: &mut Shelf<'_>, account: &Digest) -> Result<Option<Time>, Fault> {
    let mut newest = None;
    for kind in SignalKind::ALL.iter().filter(|kind| kind.suspends()) {
        let values = [Value::digest(account), Value::text(kind.as_str())];
        let found =
            shelf.find::<Signal>("account = ?1 AND kind = ?2 ORDER BY number DESC LIMIT 1", &values)?;
        newest = newest.max(found.first().map(|signal| signal.taken_at));
    }
    Ok(newest)
}

impl Load for TakeSignal {
    fn load(&self, shelf: &mut Shelf<'_>, _: &Context<'_>) -> Result<TakeSignalFacts, Fault> {
        let values = [Value::text(self.bank.as_str()), Value::text(self.said.jti.as_str())];
        let known = shelf.find::<Signal>("bank = ?1 AND jti = ?2", &values)?.into_iter().next();
        let told = shelf.told(self.bank, &self.said);
        let consent = match &told.state {
            Some(state) => {
                let values = [Value::digest(state), Value::text(self.bank.as_str())];
                shelf.find::<Consent>("state = ?1 AND bank = ?2 LIMIT 1", &values)?.into_iter().next()
            }
            None => None,
        };
        let links = match &told.account {
            Some(account) if told.kind.suspends() => links_to(shelf, account)?,
            _ => Vec::new(),
        };
        let breaker = breaker_of(shelf, &Scope::Bank(self.bank))?;
        Ok(TakeSignalFacts { known, told, consent, breaker, links })
    }
}

fn links_to(shelf: &mut Shelf<'_>, account: &Digest) -> Result<Vec<(Link, Customer)>, Fault> {
    let values = [Value::digest(account), Value::Int(i64::from(LINKS_MAX))];
    let links = shelf.find::<Link>("account_tag = ?1 AND ended = 0 LIMIT ?2", &values)?;
    let mut found = Vec::with_capacity(links.len());
    for link in links {
        let customer = shelf.get::<Customer>(Value::id(link.customer.uuid()))?;
        let table = "customers";
        let customer =
            customer.ok_or(Fault::Row { table, why: "a link's customer is not there".to_owned() })?;
        found.push((link, customer));
    }
    Ok(found)
}

impl Shelf<'_> {
    /// What a bank said, with our keyed tags instead of its own names.
    fn told(&self, bank: BankCode, said: &SignalSaid) -> Told {
        let account =
            said.account.as_ref().map(|account| self.gate_tag("bank account", &account_name(bank, account)));
        let secret =
            said.secret.as_ref().map(|secret| self.gate_tag("bank secret", &format!("{bank}\n{secret}")));
        Told {
            jti: said.jti.clone(),
            kind: said.kind,
            at: said.at,
            account,
            state: said.state,
            method: said.method.clone(),
            secret,
            canary: said.canary,
        }
    }

    /// Adds a signal under the next number.
    pub(crate) fn add_signal(&mut self, signal: &Signal) -> Result<(), Fault> {
        self.pen.signals += 1;
        let number = self.pen.signals.unsigned_abs();
        self.put(&Signal { number, ..signal.clone() })
    }
}
