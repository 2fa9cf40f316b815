//! A customer chooses the language of notices and pages.

use crate::{
    Ask, Context, Decision, Need, Row, Standing,
    sign_up::{Customer, Locale},
};
use gate::{Evidence, Step, judge};
use terms::Digest;

/// The ask.
#[derive(Debug, Clone)]
pub struct ChooseLocale {
    /// SHA-256 of the session's token.
    pub session: Digest,
    /// Which language.
    pub locale: Locale,
}

/// What the decision may know.
#[derive(Debug)]
pub struct ChooseLocaleFacts {
    /// Who asks.
    pub standing: Option<Standing>,
}

impl Ask for ChooseLocale {
    type Facts = ChooseLocaleFacts;
    type Answer = Locale;
    const NAME: &'static str = "sign_up.choose_locale";

    fn decide(&self, facts: &ChooseLocaleFacts, at: &Context<'_>) -> Decision<Locale> {
        // Notices are a guard: a session that may only look must not change their language.
        let standing = match Standing::meet(&facts.standing, Need::ACT, at) {
            Ok(standing) => standing,
            Err(refusal) => {
                return Decision::turned_away(at, Step::LocaleChange, at.source.subjects(), refusal);
            }
        };
        let verdict = judge(Step::LocaleChange, &Evidence::new([]));
        Decision::judged(at, &verdict, standing.subjects(at), |plan| {
            plan.put(Row::Customer(Customer { locale: self.locale, ..standing.customer.clone() }));
            Ok(self.locale)
        })
    }
}
