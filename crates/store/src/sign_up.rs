//! Rows of sign-up, and the facts of its asks.

use crate::{
    Fault, Keys, Load,
    kept::Kept,
    offers::customer_by_phone,
    sessions::{credential_known, standing},
    shelf::Shelf,
    sign_ins::change_evidence,
    sql::Value,
};
use engine::{
    Context,
    sign_up::{
        BeginSignUp, BeginSignUpFacts, ChooseLocale, ChooseLocaleFacts, ConfirmCodes, ConfirmCodesFacts,
        Customer, CustomerState, OfferPasskey, OfferPasskeyFacts, OpenWallet, OpenWalletFacts, SignUp,
    },
};
use gate::{Step, Subjects};
use terms::{CustomerId, SignUpId};

impl Kept for SignUp {
    const TABLE: &'static str = "sign_ups";
    const COLUMNS: &'static [&'static str] = &["id", "phone", "email", "expires_at"];
    fn columns(&self, keys: &Keys) -> Vec<Value> {
        vec![
            Value::id(self.id.uuid()),
            Value::digest(&keys.tag("phone", self.phone.as_str())),
            Value::digest(&keys.tag("email", self.email.as_str())),
            Value::Int(self.expires_at.millis()),
        ]
    }
}

impl Kept for Customer {
    const TABLE: &'static str = "customers";
    const REMEMBERED: bool = true;
    const COLUMNS: &'static [&'static str] =
        &["id", "main", "young", "phone", "email", "handle", "recovery_code"];
    fn columns(&self, keys: &Keys) -> Vec<Value> {
        let open = self.state != CustomerState::Closed;
        let tag =
            |kind: &str, text: &str| if open { Value::digest(&keys.tag(kind, text)) } else { Value::Null };
        vec![
            Value::id(self.id.uuid()),
            Value::id(self.main.uuid()),
            Value::id(self.young.uuid()),
            tag("phone", self.phone.as_str()),
            tag("email", self.email.as_str()),
            Value::maybe(self.handle.as_ref().filter(|_| open), |handle| Value::text(handle.as_str())),
            Value::maybe(self.recovery_code.as_ref().filter(|_| open), Value::digest),
        ]
    }
}

/// A sign-up by its id.
pub fn sign_up_of(shelf: &mut Shelf<'_>, id: SignUpId) -> Result<Option<SignUp>, Fault> {
    shelf.get(Value::id(id.uuid()))
}

/// A customer by the id.
pub fn customer_of(shelf: &mut Shelf<'_>, id: CustomerId) -> Result<Option<Customer>, Fault> {
    shelf.get(Value::id(id.uuid()))
}

impl Shelf<'_> {
    /// How many sign-ups of the phone or the address have not expired, whichever are more.
    fn sign_ups_under_way(&mut self, ask: &BeginSignUp, at: &Context<'_>) -> Result<u32, Fault> {
        let now = Value::Int(at.moment.now.millis());
        let tags = [
            ("phone", self.keys.tag("phone", ask.phone.as_str())),
            ("email", self.keys.tag("email", ask.email.as_str())),
        ];
        let mut most = 0;
        for (column, tag) in tags {
            let sql = format!("SELECT COUNT(*) FROM sign_ups WHERE {column} = ?1 AND expires_at > ?2");
            let rows = self.query("sign_ups", &sql, &[Value::digest(&tag), now.clone()])?;
            let found = rows.first().and_then(|row| row.first()).and_then(Value::as_int).unwrap_or(0);
            most = most.max(u32::try_from(found).unwrap_or(u32::MAX));
        }
        Ok(most)
    }
}

impl Load for BeginSignUp {
    fn load(&self, shelf: &mut Shelf<'_>, at: &Context<'_>) -> Result<BeginSignUpFacts, Fault> {
        Ok(BeginSignUpFacts {
            owner: customer_by_phone(shelf, &self.phone)?,
            under_way: shelf.sign_ups_under_way(self, at)?,
            evidence: shelf.evidence(Step::SignUp, &at.source.subjects(), at.moment.now)?,
        })
    }
}

impl Load for ConfirmCodes {
    fn load(&self, shelf: &mut Shelf<'_>, at: &Context<'_>) -> Result<ConfirmCodesFacts, Fault> {
        Ok(ConfirmCodesFacts {
            sign_up: sign_up_of(shelf, self.sign_up)?,
            evidence: shelf.evidence(Step::Code, &at.source.subjects(), at.moment.now)?,
        })
    }
}

impl Load for OfferPasskey {
    fn load(&self, shelf: &mut Shelf<'_>, at: &Context<'_>) -> Result<OfferPasskeyFacts, Fault> {
        let evidence = change_evidence(shelf, None, at)?;
        Ok(OfferPasskeyFacts { sign_up: sign_up_of(shelf, self.sign_up)?, evidence })
    }
}

impl Load for OpenWallet {
    fn load(&self, shelf: &mut Shelf<'_>, at: &Context<'_>) -> Result<OpenWalletFacts, Fault> {
        let sign_up = sign_up_of(shelf, self.sign_up)?;
        let phone_taken = match &sign_up {
            Some(sign_up) => customer_by_phone(shelf, &sign_up.phone)?.is_some(),
            None => false,
        };
        let customer = sign_up.as_ref().and_then(|sign_up| sign_up.customer);
        let subjects = Subjects { customer, ..at.source.subjects() };
        Ok(OpenWalletFacts {
            phone_taken,
            credential_known: credential_known(shelf, self.made.as_ref())?,
            evidence: shelf.evidence(Step::Opening, &subjects, at.moment.now)?,
            sign_up,
        })
    }
}

impl Load for ChooseLocale {
    fn load(&self, shelf: &mut Shelf<'_>, _: &Context<'_>) -> Result<ChooseLocaleFacts, Fault> {
        Ok(ChooseLocaleFacts { standing: standing(shelf, &self.session)? })
    }
}
