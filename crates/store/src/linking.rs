//! Rows and facts of linking: consents and links.

use crate::{
    Fault, Keys, Load,
    kept::Kept,
    sessions::standing,
    shelf::Shelf,
    signals::reported_at,
    sql::{Value, column},
};
use engine::{
    Context, Standing,
    linking::{
        BeginConsent, BeginConsentFacts, Consent, ConsentState, FinishConsent, FinishConsentFacts, Link,
        LinkState, TakeReturn, TakeReturnFacts, Unlink, UnlinkFacts,
    },
};
use gate::{Step, Subjects};
use terms::{BankCode, ConsentId, CustomerId, LinkId};

impl Kept for Consent {
    const TABLE: &'static str = "consents";
    const COLUMNS: &'static [&'static str] = &["id", "customer", "bank", "state", "over_at"];
    fn columns(&self, _: &Keys) -> Vec<Value> {
        let over_at = match self.state {
            ConsentState::Awaiting | ConsentState::Rejected => Value::Int(self.redirect.expires_at.millis()),
            ConsentState::Authorised => Value::Null,
        };
        vec![
            Value::id(self.id.uuid()),
            Value::id(self.customer.uuid()),
            Value::text(self.bank.as_str()),
            Value::digest(&self.redirect.state),
            over_at,
        ]
    }
}

impl Kept for Link {
    const TABLE: &'static str = "links";
    const REMEMBERED: bool = true;
    const COLUMNS: &'static [&'static str] = &["id", "customer", "bank", "account_tag", "ended", "suspended"];
    fn columns(&self, _: &Keys) -> Vec<Value> {
        vec![
            Value::id(self.id.uuid()),
            Value::id(self.customer.uuid()),
            Value::text(self.bank.as_str()),
            Value::digest(&self.account_tag),
            Value::Int(i64::from(self.ended_at.is_some())),
            Value::Int(i64::from(self.state == LinkState::Suspended)),
        ]
    }
}

/// A consent by its id.
pub fn consent_of(shelf: &mut Shelf<'_>, id: ConsentId) -> Result<Option<Consent>, Fault> {
    shelf.get(Value::id(id.uuid()))
}

/// A customer's consents that wait, the newest first: a browser that comes back is matched by its state.
pub fn consents_awaiting(shelf: &mut Shelf<'_>, customer: CustomerId) -> Result<Vec<Consent>, Fault> {
    let found =
        shelf.find::<Consent>("customer = ?1 ORDER BY id DESC LIMIT 20", &[Value::id(customer.uuid())])?;
    Ok(found.into_iter().filter(|consent| consent.state == ConsentState::Awaiting).collect())
}

/// A link by its id.
pub fn link_of(shelf: &mut Shelf<'_>, id: LinkId) -> Result<Option<Link>, Fault> {
    shelf.get(Value::id(id.uuid()))
}

/// A customer's links, the newest first, ended ones too.
pub fn links_of(shelf: &mut Shelf<'_>, customer: CustomerId) -> Result<Vec<Link>, Fault> {
    shelf.find("customer = ?1 ORDER BY id DESC LIMIT 100", &[Value::id(customer.uuid())])
}

/// The name of a bank account that tags and searches use.
pub(crate) fn account_name(bank: BankCode, account: &str) -> String {
    format!("{bank}\n{account}")
}

fn subjects(standing: Option<&Standing>, at: &Context<'_>) -> Subjects {
    standing.map_or_else(|| at.source.subjects(), |standing| standing.subjects(at))
}

impl Load for BeginConsent {
    fn load(&self, shelf: &mut Shelf<'_>, at: &Context<'_>) -> Result<BeginConsentFacts, Fault> {
        let standing = standing(shelf, &self.session)?;
        let subjects = Subjects { bank: Some(self.bank), ..subjects(standing.as_ref(), at) };
        let now = at.moment.now;
        let awaiting = match &standing {
            Some(standing) => consents_awaiting(shelf, standing.customer.id)?,
            None => Vec::new(),
        };
        let open = |consent: &&Consent| {
            consent.id != self.id && consent.redirect.used_at.is_none() && now < consent.redirect.expires_at
        };
        Ok(BeginConsentFacts {
            known: consent_of(shelf, self.id)?,
            awaiting: awaiting.iter().filter(open).count(),
            evidence: shelf.evidence_over(Step::ConsentBegun, &subjects, Some(&self.method), false, now)?,
            standing,
        })
    }
}

impl Load for TakeReturn {
    fn load(&self, shelf: &mut Shelf<'_>, at: &Context<'_>) -> Result<TakeReturnFacts, Fault> {
        let standing = standing(shelf, &self.session)?;
        let consent = consent_of(shelf, self.id)?;
        let bank = consent.as_ref().map(|consent| consent.bank);
        let subjects = Subjects { bank, ..subjects(standing.as_ref(), at) };
        let method = consent.as_ref().map(|consent| consent.method.as_str());
        let evidence = shelf.evidence_over(Step::ConsentReturned, &subjects, method, false, at.moment.now)?;
        Ok(TakeReturnFacts { consent, evidence, standing })
    }
}

impl Load for FinishConsent {
    fn load(&self, shelf: &mut Shelf<'_>, at: &Context<'_>) -> Result<FinishConsentFacts, Fault> {
        let standing = standing(shelf, &self.session)?;
        let consent = consent_of(shelf, self.id)?;
        let tags = match (&self.said, &consent) {
            (Some(said), Some(consent)) => Some((
                shelf.gate_tag("bank account", &account_name(consent.bank, &said.account)),
                shelf.gate_tag("holder", &said.holder.comparable()),
            )),
            _ => None,
        };
        let own = standing.as_ref().map(|standing| standing.customer.id);
        let links = match tags {
            Some((account, _)) => {
                shelf.find::<Link>("account_tag = ?1 AND ended = 0 LIMIT 10", &[Value::digest(&account)])?
            }
            None => Vec::new(),
        };
        let subjects = Subjects {
            bank: consent.as_ref().map(|consent| consent.bank),
            bank_account: tags.map(|(account, _)| account),
            holder: tags.map(|(_, holder)| holder),
            ..subjects(standing.as_ref(), at)
        };
        let identity = match own {
            Some(own) => shelf.identity(own)?,
            None => None,
        };
        let method = consent.as_ref().map(|consent| consent.method.as_str());
        let evidence = shelf.evidence_over(Step::ConsentReturned, &subjects, method, false, at.moment.now)?;
        let reported_at = match &tags {
            Some((account, _)) => reported_at(shelf, account)?,
            None => None,
        };
        Ok(FinishConsentFacts {
            reported_at,
            linked: links.iter().any(|link| Some(link.customer) == own),
            linked_elsewhere: links.iter().any(|link| Some(link.customer) != own),
            standing,
            consent,
            identity,
            tags,
            evidence,
        })
    }
}

impl Load for Unlink {
    fn load(&self, shelf: &mut Shelf<'_>, _: &Context<'_>) -> Result<UnlinkFacts, Fault> {
        let standing = standing(shelf, &self.session)?;
        let sql = "SELECT COUNT(*) FROM payments WHERE customer = ?1 AND link = ?2 AND state IN ('in_progress', 'in_doubt')";
        let under_way = match &standing {
            Some(standing) => {
                let values = [Value::id(standing.customer.id.uuid()), Value::id(self.link.uuid())];
                shelf.count_rows("payments", sql, &values)?
            }
            None => 0,
        };
        Ok(UnlinkFacts { link: link_of(shelf, self.link)?, under_way, standing })
    }
}

impl Shelf<'_> {
    /// The answer of a query that counts.
    pub(crate) fn count_rows(
        &mut self,
        table: &'static str,
        sql: &str,
        values: &[Value],
    ) -> Result<usize, Fault> {
        let rows = self.query(table, sql, values)?;
        let row = rows.first().ok_or(Fault::Row { table, why: "no count".to_owned() })?;
        column(table, row, 0, |value| usize::try_from(value.as_int()?).ok())
    }
}
