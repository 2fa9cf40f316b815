//! Money in: young value, ids that are used twice, and banks that misbehave (promises P3, P8, P9).

use uuid::Uuid;

use super::beginning::{ANN, BOB, Cast, account_at};
use super::report::Stop;
use super::{Play, refused};
use crate::fields::{self, money};
use crate::life::{Customer, Link, Payee, Payment};
use crate::sandbox::Vice;
use crate::strangers::Stranger;

/// The first top-up; large enough for everything that follows.
const FIRST_YEN: i64 = 20_000;
/// How long a bank hangs or is late, in seconds.
const VICE_S: u32 = 3;
/// How misbehaving banks are met, each with an amount that is found again in the books.
const VICES: [(Vice, i64); 6] = [
    (Vice::TimeoutAfterDebit, 1_001),
    (Vice::AnswersTwice, 1_002),
    (Vice::LostReply, 1_003),
    (Vice::BooksLate, 1_004),
    (Vice::TimeoutBeforeDebit, 1_005),
    (Vice::None, 1_006),
];

impl Play<'_> {
    /// Charges both wallets, with everything that may go wrong at a bank.
    pub(super) async fn charge(&mut self, cast: &mut Cast) -> Result<(), Stop> {
        self.step("first top-up");
        let id = Uuid::now_v7();
        let asked = cast.ann.top_up(id, &cast.first, FIRST_YEN).await?;
        self.settle_top_up(ANN, &cast.ann, &cast.first, asked.clone(), id, false).await?;
        self.compare().await?;
        self.use_young_value(cast).await?;
        self.ask_twice(cast, id, &asked).await?;
        for (place, (vice, amount)) in VICES.into_iter().enumerate() {
            self.step(&format!("top-up of somebody new while the bank {}", told(vice)));
            self.charge_under(cast, vice, amount, place).await?;
        }
        self.step("top-ups at the second bank and of B");
        for (whose, customer, link) in [(ANN, &cast.ann, &cast.second), (BOB, &cast.bob, &cast.bob_link)] {
            let id = Uuid::now_v7();
            let asked = customer.top_up(id, link, 5_000).await?;
            self.settle_top_up(whose, customer, link, asked, id, false).await?;
        }
        self.compare().await?;
        self.refuse_amounts(cast).await?;
        self.refuse_a_rush(cast).await
    }

    /// Somebody new, for the gate lets nobody debit an account four times within two minutes.
    async fn charge_under(&mut self, cast: &Cast, vice: Vice, amount: i64, place: usize) -> Result<(), Stop> {
        let person = self.sandbox.new_person(&Stranger::new(2 + place)?).await?;
        let customer = Customer::sign_up(&self.wallet, &self.sandbox, person, &self.origin).await?;
        let whose = format!("the customer of a bank that {}", told(vice));
        self.expected.watch_wallet(&whose, &customer.wallet);
        let account = account_at(&customer.person, &cast.first.bank)?;
        let holds = self.sandbox.balance(&account).await?;
        self.expected.watch_account(account, holds);
        customer.prove_identity().await?;
        let link = customer.link(&cast.first.bank, &cast.first_method).await?;
        let id = Uuid::now_v7();
        self.sandbox.set_vice(&link.bank, vice, 1, VICE_S).await?;
        let asked = customer.top_up(id, &link, amount).await?;
        let may_fail = vice == Vice::TimeoutBeforeDebit;
        self.settle_top_up(&whose, &customer, &link, asked, id, may_fail).await?;
        self.compare().await
    }

    /// Four debits within two minutes emptied a victim's account in 2020: the fourth is denied.
    async fn refuse_a_rush(&mut self, cast: &Cast) -> Result<(), Stop> {
        self.step("a fourth debit within two minutes is denied");
        for place in 3..=4 {
            let id = Uuid::now_v7();
            match cast.ann.top_up(id, &cast.second, 1_000).await {
                Ok(asked) if place == 3 => {
                    self.settle_top_up(ANN, &cast.ann, &cast.second, asked, id, false).await?;
                }
                outcome if place == 4 => {
                    refused("a fourth debit within two minutes", outcome, &["gate_denied"])?;
                }
                outcome => outcome.map(|_| ())?,
            }
        }
        self.compare().await
    }

    /// Waits for the end of a top-up and looks it up at the bank.
    async fn settle_top_up(
        &mut self,
        whose: &str,
        customer: &Customer,
        link: &Link,
        asked: Payment,
        id: Uuid,
        may_fail: bool,
    ) -> Result<(), Stop> {
        let amount = asked.amount;
        let done = customer.settled(asked, self.options.settle_limit_s).await?;
        let record = match self.sandbox.payment(&link.bank, &done.id).await? {
            None => self.sandbox.payment(&link.bank, &id.to_string()).await?,
            found => found,
        };
        let booked = record.as_ref().is_some_and(|record| record["status"] == "booked");
        match done.state.as_str() {
            "completed" if booked => {
                self.expected.wallet(whose, amount);
                self.expected.account(&account_at(&customer.person, &link.bank)?, -amount);
                Ok(())
            }
            "refused" if may_fail && !booked => Ok(()),
            state => Err(Stop::difference(
                format!("a top-up of {} that both sides call done", money(amount)),
                format!(
                    "wallet: {state}; bank: {}",
                    record.map_or("unknown".to_owned(), |r| fields::shown(&r))
                ),
            )),
        }
    }

    /// Promise P9: value from a young link pays for no transfer and no payout.
    async fn use_young_value(&mut self, cast: &mut Cast) -> Result<(), Stop> {
        self.step("young value cannot be sent or paid out");
        let balances = cast.ann.wallet.balances().await?;
        if balances.provisional != FIRST_YEN {
            let young = format!("{} provisional", money(FIRST_YEN));
            return Err(Stop::difference(young, money(balances.provisional)));
        }
        let sent = cast.ann.transfer(Uuid::now_v7(), Payee::Handle(&cast.bob_handle), 100).await;
        refused("a transfer of young value", sent, &["value_provisional"])?;
        cast.ann.step_up().await?;
        let paid_out = cast.ann.payout(Uuid::now_v7(), &cast.first, 100).await;
        refused("a payout of young value", paid_out, &["value_provisional", "too_soon"])?;
        self.compare().await
    }

    /// Promise P3: the same ask again gets the same answer, the same id for something else is refused.
    async fn ask_twice(&mut self, cast: &Cast, id: Uuid, first: &Payment) -> Result<(), Stop> {
        self.step("the same id twice is one top-up; for another amount it is refused");
        let again = cast.ann.top_up(id, &cast.first, FIRST_YEN).await?;
        if (&again.id, again.amount) != (&first.id, first.amount) {
            return Err(Stop::difference(fields::shown(&first.answer), fields::shown(&again.answer)));
        }
        let other = cast.ann.top_up(id, &cast.first, FIRST_YEN + 1).await;
        let problem = refused("the same id for another amount", other, &["id_reused"])?;
        if problem.status != 409 {
            return Err(Stop::difference("status 409", problem));
        }
        self.compare().await
    }

    async fn refuse_amounts(&mut self, cast: &Cast) -> Result<(), Stop> {
        self.step("amounts of nothing, below nothing and above the limit are refused");
        for amount in [0, -1, 1_000_001, i64::MAX] {
            let outcome = cast.ann.top_up(Uuid::now_v7(), &cast.first, amount).await;
            let codes =
                ["amount_not_allowed", "field_not_allowed", "over_limit", "bad_request", "body_not_allowed"];
            refused(&format!("a top-up of {}", money(amount)), outcome, &codes)?;
        }
        self.compare().await
    }
}

fn told(vice: Vice) -> &'static str {
    match vice {
        Vice::None => "behaves",
        Vice::TimeoutAfterDebit => "debits and then does not answer",
        Vice::TimeoutBeforeDebit => "neither debits nor answers",
        Vice::LostReply => "loses its reply",
        Vice::AnswersTwice => "answers twice",
        Vice::BooksLate => "books late",
    }
}
