//! Attempts that are all remembered and counted one by one, as slowly and plainly as can be, and people who make them.

use gate::{Attempt, By, Count, Evidence, How, NEVER, Outcome, Ruling, Step, Subjects, Tally, judge, needs};
use std::collections::BTreeSet;
use terms::{BankCode, CustomerId, DeviceId, Digest, Span, Time, Yen};
use uuid::Uuid;

/// Everything that was attempted so far, and the time.
pub(crate) struct Past {
    pub(crate) now: Time,
    attempts: Vec<Attempt>,
}

/// A wallet, and where it is used.
#[derive(Clone)]
pub(crate) struct Wallet {
    pub(crate) id: CustomerId,
    device: Option<DeviceId>,
    address: Option<String>,
}

pub(crate) fn wallet(number: u64, device: u64, address: &str) -> Wallet {
    let id = |number: u64| Uuid::from_u128(u128::from(number));
    Wallet {
        id: CustomerId::new(id(number)),
        device: Some(DeviceId::new(id(device))),
        address: Some(address.to_owned()),
    }
}

/// A bank account of a bank, and the name on it.
#[derive(Clone, Copy)]
pub(crate) struct Account {
    bank: u16,
    number: u8,
    holder: u8,
}

pub(crate) const fn account(bank: u16, number: u8, holder: u8) -> Account {
    Account { bank, number, holder }
}

impl Wallet {
    fn subjects(&self) -> Subjects {
        Subjects { customer: Some(self.id), ..Subjects::at(self.device, self.address.clone()) }
    }

    fn at(&self, account: Account) -> Subjects {
        Subjects { bank: BankCode::parse(&format!("{:04}", account.bank)).ok(), ..self.subjects() }
    }
}

fn known(account: Account, subjects: Subjects) -> Subjects {
    let tag = |byte: u8| Some(Digest::new([byte; 32]));
    Subjects { bank_account: tag(account.number), holder: tag(account.holder), ..subjects }
}

impl Past {
    pub(crate) fn new() -> Self {
        Self { now: Time::from_millis(1_900_000_000_000), attempts: Vec::new() }
    }

    pub(crate) fn wait(&mut self, span: Span) {
        self.now = self.now.plus(span);
    }

    /// What the gate says, and the attempt is remembered as it went: taken where `signs` suffices.
    fn tries(&mut self, step: Step, subjects: Subjects, signs: bool) -> Ruling {
        let evidence = Evidence::new(needs(step).iter().map(|count| (*count, self.count(count, &subjects))));
        let verdict = judge(step, &evidence.moving(subjects.amount.unwrap_or_default()));
        let refused = if verdict.pass(signs).is_some() { None } else { Some("gate_denied") };
        self.remember(step, subjects, refused);
        verdict.ruling()
    }

    fn remember(&mut self, step: Step, subjects: Subjects, refused: Option<&str>) {
        let outcome = refused.map_or(Outcome::Taken, |code| Outcome::Refused(code.to_owned()));
        let (id, at) = (Uuid::nil(), self.now);
        self.attempts.push(Attempt { id, at, step, outcome, ruling: None, findings: Vec::new(), subjects });
        self.wait(Span::seconds(5));
    }

    pub(crate) fn opens(&mut self, who: &Wallet) -> Ruling {
        self.remember(Step::SignUp, Subjects { customer: None, ..who.subjects() }, None);
        self.tries(Step::Opening, who.subjects(), false)
    }

    pub(crate) fn signs_in(&mut self, who: &Wallet) -> Ruling {
        self.tries(Step::SignIn, who.subjects(), true)
    }

    pub(crate) fn happens(&mut self, who: &Wallet, step: Step) {
        self.remember(step, who.subjects(), None);
    }

    /// Goes to a bank and links; a refusal of bank or ours comes after the gate has let it go that far.
    pub(crate) fn links(&mut self, who: &Wallet, to: Account, refused: Option<&str>) -> Ruling {
        let begun = self.tries(Step::ConsentBegun, who.at(to), true);
        if begun >= Ruling::Review {
            return begun;
        }
        self.remember(Step::ConsentReturned, who.at(to), None);
        match refused {
            // The bank says no, and not for which account.
            Some("consent_denied") => self.remember(Step::ConsentReturned, who.at(to), refused),
            Some(_) => self.remember(Step::ConsentReturned, known(to, who.at(to)), refused),
            None => return begun.max(self.tries(Step::ConsentReturned, known(to, who.at(to)), true)),
        }
        begun
    }

    /// A bank tells of a wrong try of somebody whom we sent.
    pub(crate) fn is_told_of_a_wrong_try(&mut self, who: &Wallet, at: Account) {
        self.remember(Step::BankSignal, Subjects { holder: None, ..known(at, who.at(at)) }, None);
    }

    /// Money over a link, with a signature where one is wanted.
    pub(crate) fn moves(&mut self, step: Step, who: &Wallet, over: Account, yen: i64) -> Ruling {
        let subjects = Subjects { holder: None, ..known(over, who.at(over)) };
        self.tries(step, Subjects { amount: Some(Yen::of(yen)), ..subjects }, true)
    }

    pub(crate) fn sends(&mut self, who: &Wallet, to: &Wallet, yen: i64) -> Ruling {
        let (payee, amount) = (Some(to.id), Some(Yen::of(yen)));
        self.tries(Step::Transfer, Subjects { payee, amount, ..who.subjects() }, true)
    }

    fn count(&self, count: &Count, asks: &Subjects) -> u64 {
        if asks.amount.is_some_and(|amount| amount < count.least) {
            return count.nothing();
        }
        let is = |attempt: &Attempt, by: By| {
            let column = if by == By::AsPayee { By::Payee } else { by };
            on(asks, by).is_some() && on(&attempt.subjects, column) == on(asks, by)
        };
        let went = |attempt: &Attempt| match (&attempt.outcome, count.how) {
            (_, How::Any) | (Outcome::Taken, How::Taken) | (Outcome::Refused(_), How::Refused) => true,
            (Outcome::Refused(code), How::RefusedFor(codes)) => codes.contains(&code.as_str()),
            _ => false,
        };
        let (after, until) = (self.now.minus(count.span), self.now.minus(count.skip));
        let fits: Vec<&Attempt> = self
            .attempts
            .iter()
            .filter(|a| count.steps.contains(&a.step) && went(a) && a.at > after && a.at <= until)
            .filter(|a| is(a, count.by) && count.same.is_none_or(|same| is(a, same)))
            .take(count.rows as usize)
            .collect();
        let ago = |at: Option<Time>| at.map_or(NEVER, |at| self.now.since(at).as_millis().unsigned_abs());
        match count.tally {
            Tally::Attempts => fits.len() as u64,
            Tally::Distinct(of) => {
                fits.iter().filter_map(|a| on(&a.subjects, of)).collect::<BTreeSet<_>>().len() as u64
            }
            Tally::Yen => fits.iter().filter_map(|a| a.subjects.amount).map(|yen| yen.get() as u64).sum(),
            Tally::SinceFirst => ago(fits.iter().map(|a| a.at).min()),
            Tally::SinceLast => ago(fits.iter().map(|a| a.at).max()),
        }
    }
}

fn on(subjects: &Subjects, by: By) -> Option<String> {
    match by {
        By::Customer | By::AsPayee => subjects.customer.map(|id| id.to_string()),
        By::Device => subjects.device.map(|id| id.to_string()),
        By::Address => subjects.address.clone(),
        By::Network => subjects.network.clone(),
        By::Bank => subjects.bank.map(|bank| bank.to_string()),
        By::BankAccount => subjects.bank_account.map(|tag| format!("{tag:?}")),
        By::Holder => subjects.holder.map(|tag| format!("{tag:?}")),
        By::Payee => subjects.payee.map(|id| id.to_string()),
    }
}
