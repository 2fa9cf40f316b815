//! No link without something held, a proved identity, and the holder's very name and birth date (P4, P10).

use super::{Broken, Seen};
use crate::world::bank::Banks;
use engine::{Ial, linking::Link, sign_up::Customer};
use store::look::{customer_of, identity_of, links_of};
use terms::CustomerId;

// promise: P4
// promise: P10
pub(super) fn check(seen: &Seen<'_>) -> Result<(), Broken> {
    let rule = "no link without factor, identity and match";
    let mut accounts = std::collections::BTreeMap::new();
    for (id, subject) in &seen.town.wallets {
        let links = seen.look(|shelf| links_of(shelf, *id))?;
        if links.is_empty() {
            continue;
        }
        let customer: Option<Customer> = seen.look(|shelf| customer_of(shelf, *id))?;
        let identity = seen.look(|shelf| identity_of(shelf, *id))?;
        let person = seen.register.person(subject);
        for link in &links {
            let no = |what: &str| Err(Broken::new(rule, format!("{} of {id}: {what}", link.id)));
            if customer.as_ref().is_none_or(|customer| customer.ial < Ial::Proved) || identity.is_none() {
                return no("no identity was proved");
            }
            let holder = account(seen.banks, link);
            let same = person.zip(holder.as_ref()).is_some_and(|(person, (kana, birth_date, _))| {
                person.kana.comparable() == *kana && person.birth_date.as_str() == *birth_date
            });
            if !same {
                return no("the holder is somebody else");
            }
            // Told by their names: what is held gives one-time passwords.
            if !holder.is_some_and(|(_, _, factors)| factors.iter().any(|factor| factor.starts_with("otp_")))
            {
                return no("nothing that is held was checked");
            }
            if !link.depositor_notified {
                return no("the depositor was not told");
            }
            if link.is_active()
                && let Some(other) = accounts.insert((link.bank, link.account.clone()), *id)
            {
                return no(&shared(other));
            }
        }
    }
    Ok(())
}

fn shared(other: CustomerId) -> String {
    format!("the bank account is linked to {other} too")
}

/// Name and birth date of the holder as the bank knows them, and the factors that it checked.
fn account<'b>(banks: &'b Banks, link: &Link) -> Option<(String, &'b str, &'b [String])> {
    let bank = banks.all().find(|bank| bank.code == link.bank)?;
    let grant = bank.grant(link.refresh_token.expose())?;
    let account = bank.account(&grant.account)?;
    Some((account.holder.comparable(), account.birth_date.as_str(), &grant.factors))
}
