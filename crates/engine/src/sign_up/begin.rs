//! A sign-up begins: two codes go out. Nothing in the answer tells whether the phone or the address is known.

use crate::{
    Ask, Code, Context, Decision, Errand, NewErrand, Plan, Refusal, Row,
    sessions::Notice,
    sign_up::{Customer, Locale, SignUp},
};
use gate::{Evidence, Step, judge};
use serde::{Deserialize, Serialize};
use terms::{Email, ErrandId, Phone, Secret, SignUpId, Time};

/// Sign-ups under way for one phone or one address: more would make us a tool for annoying its owner.
const UNDER_WAY_MAX: u32 = 3;

/// The ask. The sign-up's id comes from the shell and cannot be guessed: it is all that the next steps show.
#[derive(Debug, Clone)]
pub struct BeginSignUp {
    /// The new sign-up.
    pub id: SignUpId,
    /// The phone to be verified.
    pub phone: Phone,
    /// The address to be verified.
    pub email: Email,
    /// The language for codes and notices.
    pub locale: Locale,
    /// Six digits for the phone.
    pub phone_code: Secret,
    /// Six digits for the mailbox.
    pub email_code: Secret,
}

/// What the decision may know.
#[derive(Debug)]
pub struct BeginSignUpFacts {
    /// The customer who has the phone already.
    pub owner: Option<Customer>,
    /// How many sign-ups of the phone or the address are under way.
    pub under_way: u32,
    /// What the gate wants to know.
    pub evidence: Evidence,
}

/// The answer, the same for known and unknown phones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignUpBegun {
    /// The sign-up.
    pub sign_up: SignUpId,
    /// Until when the codes are good.
    pub expires_at: Time,
}

impl Ask for BeginSignUp {
    type Facts = BeginSignUpFacts;
    type Answer = SignUpBegun;
    const NAME: &'static str = "sign_up.begin";

    fn decide(&self, facts: &BeginSignUpFacts, at: &Context<'_>) -> Decision<SignUpBegun> {
        let verdict = judge(Step::SignUp, &facts.evidence);
        Decision::judged(at, &verdict, at.source.subjects(), |plan| {
            verdict.pass(false).ok_or_else(|| Refusal::no_pass(verdict.ruling()))?;
            if facts.under_way >= UNDER_WAY_MAX {
                return Err(Refusal::new(Code::TooMany));
            }
            let expires_at = at.moment.now.plus(at.policy.code_life_ms);
            plan.put(Row::SignUp(SignUp {
                id: self.id,
                phone: self.phone.clone(),
                email: self.email.clone(),
                locale: self.locale,
                phone_code: self.phone_code.clone(),
                email_code: self.email_code.clone(),
                decoy: facts.owner.is_some(),
                tries: 0,
                confirmed_at: None,
                customer: None,
                ceremony: None,
                expires_at,
                done_at: None,
            }));
            // The mailbox may be the asker's own, so its code comes either way; the phone's owner is told instead.
            self.mail_code(plan, at);
            match &facts.owner {
                None => self.text_code(plan, at),
                Some(owner) => plan.notify(at, owner, &Notice::PhoneTriedAgain),
            }
            Ok(SignUpBegun { sign_up: self.id, expires_at })
        })
    }
}

impl BeginSignUp {
    fn text_code(&self, plan: &mut Plan, at: &Context<'_>) {
        let text = self.text(&self.phone_code, at);
        let errand = Errand::Sms { to: self.phone.clone(), text: Secret::new(text) };
        plan.run(NewErrand { id: ErrandId::new(at.moment.uuid()), due_at: at.moment.now, errand });
    }

    fn mail_code(&self, plan: &mut Plan, at: &Context<'_>) {
        let subject = match self.locale {
            Locale::Ja => "継ぎ目: 確認コード",
            Locale::En => "Tsugime: your code",
        };
        let errand = Errand::Mail {
            to: self.email.clone(),
            subject: subject.to_owned(),
            text: Secret::new(self.text(&self.email_code, at)),
        };
        plan.run(NewErrand { id: ErrandId::new(at.moment.uuid()), due_at: at.moment.now, errand });
    }

    fn text(&self, code: &Secret, at: &Context<'_>) -> String {
        let minutes = at.policy.code_life_ms.as_millis() / 60_000;
        let code = code.expose();
        match self.locale {
            Locale::Ja => format!(
                "継ぎ目の確認コード: {code}（{minutes}分間有効）。ほかの人に教えないでください。心当たりがなければ、無視してください。"
            ),
            Locale::En => format!(
                "Your Tsugime code: {code} (good for {minutes} minutes). Do not tell it to anybody. If you did not ask for it, ignore this."
            ),
        }
    }
}
