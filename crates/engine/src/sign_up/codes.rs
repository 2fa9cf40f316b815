//! The two codes come back: both right within a few tries, or the sign-up is over.

use crate::{Ask, Code, Context, Decision, Refusal, Row, sign_up::SignUp};
use gate::{Evidence, Step, judge};
use terms::{Secret, SignUpId};

/// The ask.
#[derive(Debug, Clone)]
pub struct ConfirmCodes {
    /// Which sign-up.
    pub sign_up: SignUpId,
    /// What the person read on the phone.
    pub phone_code: Secret,
    /// What the person read in the mailbox.
    pub email_code: Secret,
}

/// What the decision may know.
#[derive(Debug)]
pub struct ConfirmCodesFacts {
    /// The sign-up.
    pub sign_up: Option<SignUp>,
    /// What the gate wants to know.
    pub evidence: Evidence,
}

impl Ask for ConfirmCodes {
    type Facts = ConfirmCodesFacts;
    type Answer = SignUpId;
    const NAME: &'static str = "sign_up.confirm_codes";

    fn decide(&self, facts: &ConfirmCodesFacts, at: &Context<'_>) -> Decision<SignUpId> {
        let subjects = at.source.subjects();
        let Some(sign_up) = &facts.sign_up else {
            return Decision::turned_away(at, Step::Code, subjects, Code::NotFound.into());
        };
        if sign_up.is_over(at.moment.now) {
            return Decision::turned_away(at, Step::Code, subjects, Code::CeremonyOver.into());
        }
        if sign_up.tries >= at.policy.code_tries {
            return Decision::turned_away(at, Step::Code, subjects, Code::TooManyTries.into());
        }
        let verdict = judge(Step::Code, &facts.evidence);
        let counted = Row::SignUp(SignUp { tries: sign_up.tries + 1, ..sign_up.clone() });
        Decision::judged_once(at, &verdict, subjects, counted, |plan| {
            verdict.pass(false).ok_or_else(|| Refusal::no_pass(verdict.ruling()))?;
            // Both are compared always, so that the time does not tell which one is wrong.
            let phone = sign_up.phone_code.matches(&self.phone_code);
            let email = sign_up.email_code.matches(&self.email_code);
            if !(phone & email & !sign_up.decoy) {
                return Err(Code::CodeWrong.into());
            }
            let confirmed_at = Some(sign_up.confirmed_at.unwrap_or(at.moment.now));
            plan.put(Row::SignUp(SignUp { confirmed_at, ..sign_up.clone() }));
            Ok(sign_up.id)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Policy, Source, Write, sign_up::enrolment::tests::sign_up};
    use terms::{Moment, Time};

    fn right() -> ConfirmCodes {
        ConfirmCodes {
            sign_up: sign_up().id,
            phone_code: sign_up().phone_code,
            email_code: sign_up().email_code,
        }
    }

    // promise: P6
    #[test]
    fn codes_open_once_both_are_right_and_wrong_tries_are_counted() {
        let wrong = Secret::new("999999");
        let tries = Policy::default().code_tries;
        let later = SignUp { expires_at: Time::from_millis(1), ..sign_up() };
        let decoy = SignUp { decoy: true, ..sign_up() };
        let tired = SignUp { tries, ..sign_up() };
        let last = SignUp { tries: tries - 1, ..sign_up() };
        for (name, ask, kept, refused, tries_after) in [
            ("right", right(), Some(sign_up()), None, Some(0)),
            (
                "phone",
                ConfirmCodes { phone_code: wrong.clone(), ..right() },
                Some(sign_up()),
                Some(Code::CodeWrong),
                Some(1),
            ),
            (
                "mail",
                ConfirmCodes { email_code: wrong.clone(), ..right() },
                Some(sign_up()),
                Some(Code::CodeWrong),
                Some(1),
            ),
            (
                "the last try",
                ConfirmCodes { email_code: wrong, ..right() },
                Some(last),
                Some(Code::CodeWrong),
                Some(tries),
            ),
            ("decoy", right(), Some(decoy), Some(Code::CodeWrong), Some(1)),
            ("over", right(), Some(later), Some(Code::CeremonyOver), None),
            ("tired", right(), Some(tired), Some(Code::TooManyTries), None),
            ("unknown", right(), None, Some(Code::NotFound), None),
        ] {
            let (source, policy) = (Source::default(), Policy::default());
            let at = Context {
                moment: Moment::new(Time::from_millis(5_000), 1),
                source: &source,
                policy: &policy,
            };
            let evidence = Evidence::nothing_seen(Step::Code);
            let decision = ask.decide(&ConfirmCodesFacts { sign_up: kept, evidence }, &at);
            assert_eq!(decision.answer.err().map(|refusal| refusal.code), refused, "{name}");
            let tries = decision.plan.writes().iter().rev().find_map(|write| match write {
                Write::Put(Row::SignUp(kept)) => Some(kept.tries),
                _ => None,
            });
            assert_eq!(tries, tries_after, "{name}");
            let attempts = decision.plan.writes().iter().filter(|write| matches!(write, Write::Attempt(_)));
            assert_eq!(attempts.count(), 1, "{name}");
        }
    }
}
