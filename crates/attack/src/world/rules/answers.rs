//! What was answered is there, and stays: once, as it was answered (P2, P3).

use super::{Broken, Seen};
use crate::world::letter::{Answer, Letter, read};
use engine::{
    Code,
    payments::{Closing, Payment, PaymentState},
};
use std::{collections::BTreeMap, rc::Rc};
use store::look::customer_of;
use terms::{AskId, PaymentId};

/// Answers that the wallet gave under an asker's id.
#[derive(Default)]
pub struct Acknowledged {
    answers: BTreeMap<AskId, (Rc<dyn Letter>, usize, Answer)>,
    payments: BTreeMap<PaymentId, Payment>,
}

impl Acknowledged {
    /// An answer has reached its asker.
    pub fn take(&mut self, asker: usize, letter: &Rc<dyn Letter>, answer: &Answer) {
        if let Ok(value) = answer {
            let closing = || read::<Closing>(value).and_then(|closing| closing.payment);
            if let Some(payment) = read::<Payment>(value).or_else(closing) {
                self.payments.entry(payment.id).or_insert(payment);
            }
        }
        if let Some(once) = letter.once() {
            let lasting = answer.as_ref().err().is_none_or(|refusal| refusal.code.is_kept());
            if lasting {
                self.answers.entry(once.id).or_insert_with(|| (Rc::clone(letter), asker, answer.clone()));
            }
        }
    }

    /// One of the answered letters, to be sent again: by whom.
    pub fn any(&self, number: u64) -> Option<(usize, Rc<dyn Letter>)> {
        let place = usize::try_from(number.checked_rem(self.answers.len() as u64)?).ok()?;
        self.answers.values().nth(place).map(|(letter, asker, _)| (*asker, Rc::clone(letter)))
    }

    /// A letter was decided once more: its answer is the one of before.
    ///
    /// # Errors
    /// It is another.
    pub fn same(&self, letter: &dyn Letter, answer: &Answer) -> Result<(), Broken> {
        let Some((_, _, before)) = letter.once().and_then(|once| self.answers.get(&once.id)) else {
            return Ok(());
        };
        // Whoever is signed out meanwhile is told only that.
        let turned_away = answer.as_ref().err().is_some_and(|refusal| refusal.code == Code::NotSignedIn);
        if turned_away || told(before) == told(answer) {
            return Ok(());
        }
        let what = format!("{}: first {}, then {}", letter.name(), told(before), told(answer));
        Err(Broken::new("the same ask has the same answer", what))
    }
}

/// An answer as its asker sees it.
fn told(answer: &Answer) -> String {
    match answer {
        Ok(value) => value.to_string(),
        Err(refusal) => format!("refused {} {:?}", refusal.code.as_str(), refusal.field),
    }
}

// promise: P2
// promise: P3
pub(super) fn check(seen: &Seen<'_>) -> Result<(), Broken> {
    let rule = "what was answered is there";
    for (id, first) in &seen.acknowledged.payments {
        let Some(kept) = seen.payment(*id) else {
            return Err(Broken::new(rule, format!("{id} of {} was answered and is not there", first.amount)));
        };
        let same = (kept.kind, kept.amount, kept.customer, kept.created_at)
            == (first.kind, first.amount, first.customer, first.created_at);
        let turned = first.state.is_final() && kept.state != first.state;
        if !same || turned {
            let what = format!("{id} was answered {:?}, and is {:?}", first.state, kept.state);
            return Err(Broken::new(rule, what));
        }
        if seen.at_rest && matches!(kept.state, PaymentState::InProgress | PaymentState::InDoubt) {
            return Err(Broken::new("doubt ends", format!("{id} is still {:?}", kept.state)));
        }
    }
    for customer in &seen.town.opened {
        if seen.look(|shelf| customer_of(shelf, *customer))?.is_none() {
            return Err(Broken::new(rule, format!("the wallet of {customer} was answered and is not there")));
        }
    }
    Ok(())
}
