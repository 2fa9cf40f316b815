//! Facts of payments that a bank takes part in: top-up, payout, closing, the bank's answers, ageing.

use crate::{
    Fault, Load,
    linking::{link_of, links_of},
    payments::payment_of,
    sessions::standing,
    shelf::Shelf,
    sql::{Value, column},
};
use ::ledger::{Account, Book};
use engine::{
    Context, ErrandSettled, Standing,
    linking::Link,
    payments::{
        BankAnswered, BankAnsweredFacts, Belongings, Close, CloseFacts, Mature, MatureFacts, Parcel, Payment,
        PaymentKind, Payout, PayoutFacts, Purse, TopUp, TopUpFacts, Usage, clearing_account, link_key,
        payout_key, top_up_key,
    },
    sessions::Session,
    sign_up::{Customer, CustomerState},
};
use gate::{Step, Subjects};
use terms::{Balance, BankCode, CustomerId};

/// A bank as the operator sees it.
#[derive(Debug, Clone, Copy)]
pub struct BankStanding {
    /// The balance of its clearing account: below zero is what the bank owes us.
    pub clearing: Balance,
    /// Payments whose answer is awaited.
    pub in_progress: usize,
    /// Payments of which it is not known whether they are booked (P8).
    pub in_doubt: usize,
}

/// How we stand with a bank.
pub fn bank_standing(shelf: &mut Shelf<'_>, bank: BankCode) -> Result<BankStanding, Fault> {
    let account = clearing_account(bank);
    let book = shelf.book(&[account], &[])?;
    let mut count = |state: &str| {
        let sql = "SELECT COUNT(*) FROM payments WHERE bank = ?1 AND state = ?2 AND state IN ('in_progress', 'in_doubt')";
        shelf.count_rows("payments", sql, &[Value::text(bank.as_str()), Value::text(state)])
    };
    Ok(BankStanding {
        clearing: book.account(account).and_then(Account::balance_yen).unwrap_or_default(),
        in_progress: count("in_progress")?,
        in_doubt: count("in_doubt")?,
    })
}

/// What a customer has: settled, provisional, and held of the settled.
#[derive(Debug, Clone, Copy)]
pub struct PurseView {
    /// Value that may be used for everything, less holds.
    pub available: terms::Yen,
    /// Value that is provisional.
    pub provisional: terms::Yen,
    /// Reserved to go out.
    pub held: terms::Yen,
    /// Announced by top-ups that are under way.
    pub announced: terms::Yen,
}

/// What a customer has.
pub fn purse_of(shelf: &mut Shelf<'_>, customer: &Customer) -> Result<PurseView, Fault> {
    let book = shelf.book(&[customer.main, customer.young], &[])?;
    let of = |id| book.account(id).cloned().unwrap_or_else(|| Account::open(id, Some(Balance::ZERO)));
    let (main, young) = (of(customer.main), of(customer.young));
    Ok(PurseView {
        available: main.spendable_yen(),
        provisional: young.spendable_yen(),
        held: main.held.plus(young.held).and_then(terms::Amount::yen).unwrap_or_default(),
        announced: main.announced.plus(young.announced).and_then(terms::Amount::yen).unwrap_or_default(),
    })
}

/// What was used of a limit in the last 30 days.
pub fn usage_of(shelf: &mut Shelf<'_>, key: &str, now: terms::Time) -> Result<Usage, Fault> {
    shelf.usage(key, now)
}

fn money_book(
    shelf: &mut Shelf<'_>,
    customer: Option<&Customer>,
    link: Option<&Link>,
) -> Result<Book, Fault> {
    let mut accounts = Vec::new();
    customer.iter().for_each(|customer| accounts.extend([customer.main, customer.young]));
    link.iter().for_each(|link| accounts.push(clearing_account(link.bank)));
    shelf.book(&accounts, &[])
}

fn subjects(standing: Option<&Standing>, link: Option<&Link>, at: &Context<'_>) -> Subjects {
    Subjects {
        bank: link.map(|link| link.bank),
        bank_account: link.map(|link| link.account_tag),
        ..standing.map_or_else(|| at.source.subjects(), |standing| standing.subjects(at))
    }
}

impl Load for TopUp {
    fn load(&self, shelf: &mut Shelf<'_>, at: &Context<'_>) -> Result<TopUpFacts, Fault> {
        let now = at.moment.now;
        let standing = standing(shelf, &self.session)?;
        let link = link_of(shelf, self.link)?;
        let customer = standing.as_ref().map(|standing| standing.customer.clone());
        let customer_usage = match &customer {
            Some(customer) => shelf.usage(&top_up_key(customer.id), now)?,
            None => Usage::default(),
        };
        let subjects = subjects(standing.as_ref(), link.as_ref(), at);
        let subjects = Subjects { amount: Some(self.amount), ..subjects };
        let method = link.as_ref().map(|link| link.method.as_str());
        let is_young = link.as_ref().is_some_and(|link| now < link.young_until);
        Ok(TopUpFacts {
            book: money_book(shelf, customer.as_ref(), link.as_ref())?,
            link_usage: shelf.usage(&link_key(self.link), now)?,
            customer_usage,
            evidence: shelf.evidence_over(Step::TopUp, &subjects, method, is_young, now)?,
            link,
            standing,
        })
    }
}

impl Load for Payout {
    fn load(&self, shelf: &mut Shelf<'_>, at: &Context<'_>) -> Result<PayoutFacts, Fault> {
        let now = at.moment.now;
        let standing = standing(shelf, &self.session)?;
        let link = link_of(shelf, self.link)?;
        let customer = standing.as_ref().map(|standing| standing.customer.clone());
        let subjects =
            Subjects { amount: Some(self.amount), ..subjects(standing.as_ref(), link.as_ref(), at) };
        Ok(PayoutFacts {
            book: money_book(shelf, customer.as_ref(), link.as_ref())?,
            usage: payouts(shelf, customer.as_ref(), at)?,
            evidence: shelf.evidence(Step::Payout, &subjects, now)?,
            link,
            standing,
        })
    }
}

fn payouts(shelf: &mut Shelf<'_>, customer: Option<&Customer>, at: &Context<'_>) -> Result<Usage, Fault> {
    match customer {
        Some(customer) => shelf.usage(&payout_key(customer.id), at.moment.now),
        None => Ok(Usage::default()),
    }
}

fn belongings(shelf: &mut Shelf<'_>, customer: CustomerId) -> Result<Belongings, Fault> {
    let id = Value::id(customer.uuid());
    let links = links_of(shelf, customer)?.into_iter().filter(|link| link.ended_at.is_none()).collect();
    let sessions = shelf.find::<Session>("customer = ?1 AND ended = 0", &[id])?;
    Ok(Belongings { sessions, links, identity: shelf.identity(customer)? })
}

/// A customer's parcels of provisional value that have something left.
pub fn parcels_of(shelf: &mut Shelf<'_>, customer: CustomerId) -> Result<Vec<Parcel>, Fault> {
    shelf.find("customer = ?1 AND remaining > 0", &[Value::id(customer.uuid())])
}

impl Load for Close {
    fn load(&self, shelf: &mut Shelf<'_>, at: &Context<'_>) -> Result<CloseFacts, Fault> {
        let standing = standing(shelf, &self.session)?;
        let link = match self.link {
            Some(link) => link_of(shelf, link)?,
            None => None,
        };
        let customer = standing.as_ref().map(|standing| standing.customer.clone());
        let (under_way, belongings, parcels) = match &customer {
            Some(customer) => {
                let sql = "SELECT COUNT(*) FROM payments WHERE customer = ?1 AND state IN ('in_progress', 'in_doubt', 'waiting')";
                (
                    shelf.count_rows("payments", sql, &[Value::id(customer.id.uuid())])?,
                    belongings(shelf, customer.id)?,
                    parcels_of(shelf, customer.id)?,
                )
            }
            None => (0, Belongings::default(), Vec::new()),
        };
        let book = money_book(shelf, customer.as_ref(), link.as_ref())?;
        // What is left goes out.
        let amount = customer.as_ref().map(|customer| Purse::new(&book, customer).main());
        let subjects = Subjects { amount, ..subjects(standing.as_ref(), link.as_ref(), at) };
        Ok(CloseFacts {
            book,
            usage: payouts(shelf, customer.as_ref(), at)?,
            evidence: shelf.evidence(Step::Closing, &subjects, at.moment.now)?,
            parcels,
            under_way,
            belongings,
            link,
            standing,
        })
    }
}

impl Load for BankAnswered {
    fn load(&self, shelf: &mut Shelf<'_>, at: &Context<'_>) -> Result<BankAnsweredFacts, Fault> {
        let now = at.moment.now;
        let payment = payment_of(shelf, self.payment)?;
        let Some((payment, customer, link)) = whole_payment(shelf, payment)? else {
            return Ok(BankAnsweredFacts {
                payment: None,
                link_usage: Usage::default(),
                customer_usage: Usage::default(),
                belongings: Belongings::default(),
            });
        };
        let payout = payment.kind == PaymentKind::Payout;
        let customer_key = if payout { payout_key(customer.id) } else { top_up_key(customer.id) };
        let belongings = match customer.state {
            CustomerState::Closing => belongings(shelf, customer.id)?,
            CustomerState::Active | CustomerState::Closed => Belongings::default(),
        };
        Ok(BankAnsweredFacts {
            link_usage: shelf.usage(&link_key(link.id), now)?,
            customer_usage: shelf.usage(&customer_key, now)?,
            belongings,
            payment: Some((payment, customer, link)),
        })
    }
}

fn whole_payment(
    shelf: &mut Shelf<'_>,
    payment: Option<Payment>,
) -> Result<Option<(Payment, Customer, Link)>, Fault> {
    let Some(payment) = payment else { return Ok(None) };
    let Some(link) = payment.link else { return Ok(None) };
    let customer = shelf.get::<Customer>(Value::id(payment.customer.uuid()))?;
    let link = link_of(shelf, link)?;
    Ok(customer.zip(link).map(|(customer, link)| (payment, customer, link)))
}

impl Load for Mature {
    fn load(&self, shelf: &mut Shelf<'_>, _: &Context<'_>) -> Result<MatureFacts, Fault> {
        let parcel = shelf.get::<Parcel>(Value::id(self.parcel.uuid()))?;
        let parcel = match parcel {
            Some(parcel) => {
                let customer = shelf.get::<Customer>(Value::id(parcel.customer.uuid()))?;
                customer.map(|customer| (parcel, customer))
            }
            None => None,
        };
        let customer = parcel.as_ref().map(|(_, customer)| customer.clone());
        Ok(MatureFacts { parcel, book: money_book(shelf, customer.as_ref(), None)? })
    }
}

impl Load for ErrandSettled {
    fn load(&self, _: &mut Shelf<'_>, _: &Context<'_>) -> Result<(), Fault> {
        Ok(())
    }
}

/// How many wallets are open, for the operator.
pub fn customers_open(shelf: &mut Shelf<'_>) -> Result<i64, Fault> {
    let rows = shelf.query("customers", "SELECT COUNT(*) FROM customers WHERE phone IS NOT NULL", &[])?;
    let row = rows.first().ok_or(Fault::Row { table: "customers", why: "no count".to_owned() })?;
    column("customers", row, 0, Value::as_int)
}
