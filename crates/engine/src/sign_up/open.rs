//! A wallet is opened: a passkey was made, so the sign-up becomes a customer with two accounts and a session.

use crate::{
    Aal, Ask, Code, Context, Decision, Ial, Plan, Refusal, Row,
    sessions::{Authenticator, MadePasskey, NewSession, Notice, SignedIn, check_name},
    sign_up::{Customer, CustomerState, SignUp},
};
use gate::{Evidence, Pass, Step, Subjects, judge};
use ledger::{Account, Posting};
use terms::{AccountId, AuthenticatorId, Balance, CustomerId, SignUpId};

/// The ask.
#[derive(Debug, Clone)]
pub struct OpenWallet {
    /// Which sign-up.
    pub sign_up: SignUpId,
    /// The ceremony's state that the shell verified against.
    pub ceremony: String,
    /// The passkey that was made; nothing when its answer did not verify.
    pub made: Option<MadePasskey>,
    /// The session to be opened.
    pub session: NewSession,
}

/// What the decision may know.
#[derive(Debug)]
pub struct OpenWalletFacts {
    /// The sign-up.
    pub sign_up: Option<SignUp>,
    /// Whether a customer has the phone by now.
    pub phone_taken: bool,
    /// Whether the credential is bound already, to whomever.
    pub credential_known: bool,
    /// What the gate wants to know.
    pub evidence: Evidence,
}

impl Ask for OpenWallet {
    type Facts = OpenWalletFacts;
    type Answer = SignedIn;
    const NAME: &'static str = "sign_up.open_wallet";

    fn decide(&self, facts: &OpenWalletFacts, at: &Context<'_>) -> Decision<SignedIn> {
        let subjects = at.source.subjects();
        let turn_away = |code: Code| Decision::turned_away(at, Step::Opening, subjects.clone(), code.into());
        let Some(sign_up) = &facts.sign_up else { return turn_away(Code::NotFound) };
        if let Err(refusal) = sign_up.ready_for_passkey(at.moment.now) {
            return turn_away(refusal.code);
        }
        let Some(id) = sign_up.customer.filter(|_| sign_up.ceremony.as_ref() == Some(&self.ceremony)) else {
            return turn_away(Code::CeremonyOver);
        };
        let verdict = judge(Step::Opening, &facts.evidence);
        let used = Row::SignUp(SignUp { ceremony: None, ..sign_up.clone() });
        let subjects = Subjects { customer: Some(id), ..subjects };
        Decision::judged_once(at, &verdict, subjects, used, |plan| {
            let pass = verdict.pass(true).ok_or_else(|| Refusal::no_pass(verdict.ruling()))?;
            check_name(&self.session.name, "device_name")?;
            let made = self
                .made
                .as_ref()
                .filter(|_| !facts.credential_known)
                .ok_or(Refusal::new(Code::CodeWrong))?;
            // Somebody finished another sign-up for the same phone in the meantime: one number, one customer.
            if facts.phone_taken {
                return Err(Code::CeremonyOver.into());
            }
            Ok(self.open(sign_up, id, made, &pass, at, plan))
        })
    }
}

impl OpenWallet {
    fn open(
        &self,
        sign_up: &SignUp,
        id: CustomerId,
        made: &MadePasskey,
        pass: &Pass<'_>,
        at: &Context<'_>,
        plan: &mut Plan,
    ) -> SignedIn {
        let now = at.moment.now;
        let customer = Customer {
            id,
            state: CustomerState::Active,
            phone: sign_up.phone.clone(),
            email: sign_up.email.clone(),
            locale: sign_up.locale,
            handle: None,
            ial: Ial::Phone,
            main: AccountId::new(at.moment.uuid()),
            young: AccountId::new(at.moment.uuid()),
            recovery_code: None,
            created_at: now,
            closed_at: None,
        };
        for account in [customer.main, customer.young] {
            plan.post(pass, Posting::Open(Account::open(account, Some(Balance::ZERO))));
        }
        let authenticator = AuthenticatorId::new(at.moment.uuid());
        plan.put(Row::Authenticator(Authenticator {
            id: authenticator,
            customer: id,
            credential: made.credential.clone(),
            passkey: made.passkey.clone(),
            name: self.session.name.clone(),
            created_at: now,
            removed_at: None,
        }));
        plan.put(Row::SignUp(SignUp { ceremony: None, done_at: Some(now), ..sign_up.clone() }));
        plan.notify(at, &customer, &Notice::WalletOpened);
        plan.put(Row::Customer(customer));
        self.session.open(plan, pass, at, id, Aal::Passkey, Some(authenticator))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Policy, Source, Write, sign_up::enrolment::tests::sign_up};
    use terms::{Digest, Moment, Time};
    use uuid::Uuid;

    // promise: P5
    #[test]
    fn a_wallet_opens_once_for_one_number_after_codes_and_passkey() {
        let ready = SignUp {
            confirmed_at: Some(Time::from_millis(1)),
            customer: Some(CustomerId::new(Uuid::from_u128(9))),
            ceremony: Some("state".to_owned()),
            ..sign_up()
        };
        let ask = OpenWallet {
            sign_up: ready.id,
            ceremony: "state".to_owned(),
            made: Some(MadePasskey { credential: "c".to_owned(), passkey: "p".to_owned() }),
            session: NewSession { token: Digest::new([1; 32]), name: "phone".to_owned() },
        };
        let with = |change: fn(&mut OpenWallet)| {
            let mut ask = ask.clone();
            change(&mut ask);
            ask
        };
        let kept = |change: fn(&mut SignUp)| {
            let mut kept = ready.clone();
            change(&mut kept);
            Some(kept)
        };
        for (name, ask, kept, taken, known, seen, refused) in [
            ("opens", ask.clone(), kept(|_| ()), false, false, 0, None),
            ("unknown", ask.clone(), None, false, false, 0, Some(Code::NotFound)),
            (
                "no codes",
                ask.clone(),
                kept(|k| k.confirmed_at = None),
                false,
                false,
                0,
                Some(Code::WrongState),
            ),
            ("decoy", ask.clone(), kept(|k| k.decoy = true), false, false, 0, Some(Code::WrongState)),
            (
                "done",
                ask.clone(),
                kept(|k| k.done_at = k.confirmed_at),
                false,
                false,
                0,
                Some(Code::CeremonyOver),
            ),
            (
                "another round",
                with(|a| a.ceremony.push('x')),
                kept(|_| ()),
                false,
                false,
                0,
                Some(Code::CeremonyOver),
            ),
            (
                "used round",
                ask.clone(),
                kept(|k| k.ceremony = None),
                false,
                false,
                0,
                Some(Code::CeremonyOver),
            ),
            ("not verified", with(|a| a.made = None), kept(|_| ()), false, false, 0, Some(Code::CodeWrong)),
            ("known credential", ask.clone(), kept(|_| ()), false, true, 0, Some(Code::CodeWrong)),
            ("lost the race", ask.clone(), kept(|_| ()), true, false, 0, Some(Code::CeremonyOver)),
            ("flood", ask.clone(), kept(|_| ()), false, false, 9_999, Some(Code::GateDenied)),
        ] {
            let (source, policy) = (Source::default(), Policy::default());
            let at = Context {
                moment: Moment::new(Time::from_millis(5_000), 1),
                source: &source,
                policy: &policy,
            };
            let evidence = Evidence::new(gate::needs(Step::Opening).iter().map(|count| (*count, seen)));
            let facts =
                OpenWalletFacts { sign_up: kept, phone_taken: taken, credential_known: known, evidence };
            let decision = ask.decide(&facts, &at);
            assert_eq!(decision.answer.as_ref().err().map(|refusal| refusal.code), refused, "{name}");
            let opened =
                |wanted: fn(&Write) -> bool| decision.plan.writes().iter().filter(|w| wanted(w)).count();
            let done = usize::from(refused.is_none());
            assert_eq!(opened(|write| matches!(write, Write::Session(_))), done, "{name}");
            assert_eq!(opened(|write| matches!(write, Write::Posting(Posting::Open(_)))), 2 * done, "{name}");
            assert_eq!(opened(|write| matches!(write, Write::Attempt(_))), 1, "{name}");
        }
    }
}
