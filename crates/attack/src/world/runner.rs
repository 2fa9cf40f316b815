//! What the runner of errands has under way; all of it is forgotten when the process dies.

use crate::world::letter::{Letter, letter};
use engine::{
    BankOutcome, Errand, ErrandSettled,
    errand::BankOrder,
    payments::{Asking, BankAnswered, Lapse, Mature},
};
use std::{collections::BTreeMap, rc::Rc};
use store::DueErrand;
use terms::ErrandId;

/// One run of an errand. Runs are counted over all lives, so that an answer to a run of before is nobody's.
pub(crate) type Run = u64;

/// What a runner remembers.
#[derive(Debug, Default)]
pub(crate) struct Runner {
    runs: Run,
    under_way: BTreeMap<ErrandId, (Run, DueErrand)>,
}

impl Runner {
    /// Takes up an errand, unless it is under way.
    pub(crate) fn take_up(&mut self, due: DueErrand) -> Option<Run> {
        if self.under_way.contains_key(&due.id) {
            return None;
        }
        self.runs += 1;
        self.under_way.insert(due.id, (self.runs, due));
        Some(self.runs)
    }

    /// The errand of a run, if that run is still awaited.
    pub(crate) fn awaited(&self, id: ErrandId, run: Run) -> Option<&DueErrand> {
        self.under_way.get(&id).filter(|(awaited, _)| *awaited == run).map(|(_, due)| due)
    }

    /// A run is over; where its errand is still due, it is taken up again.
    pub(crate) fn is_over(&mut self, id: ErrandId) {
        self.under_way.remove(&id);
    }

    /// How many are under way.
    pub(crate) fn count(&self) -> usize {
        self.under_way.len()
    }

    /// Everything under way is lost.
    pub(crate) fn dies(&mut self) {
        self.under_way.clear();
    }
}

/// The order that an errand brings to a bank, and whether it only inquires.
pub(crate) const fn order_of(errand: &Errand) -> Option<(&BankOrder, bool)> {
    match errand {
        Errand::Book(order) => Some((order, false)),
        Errand::Inquire(order) => Some((order, true)),
        _ => None,
    }
}

/// The ask that what a bank said becomes.
pub(crate) fn bank_answered(due: &DueErrand, outcome: BankOutcome) -> Option<Rc<dyn Letter>> {
    let (order, inquiry) = order_of(&due.errand)?;
    let asking = Some(Asking { errand: due.id, tries: due.tries, inquiry });
    Some(letter(BankAnswered { asking, bank: order.bank, payment: order.payment, outcome }))
}

/// The ask that the end of any other errand becomes.
pub(crate) fn settled(due: &DueErrand, done: bool) -> Rc<dyn Letter> {
    match &due.errand {
        Errand::Mature(parcel) => letter(Mature { errand: due.id, parcel: *parcel }),
        Errand::Lapse(payment) => letter(Lapse { errand: due.id, payment: *payment }),
        errand => letter(ErrandSettled { id: due.id, errand: errand.clone(), tries: due.tries, done }),
    }
}
