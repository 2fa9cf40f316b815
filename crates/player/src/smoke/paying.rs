//! Money across: to a handle, to a phone, to a merchant by every kind of code, and back.

use serde_json::json;
use uuid::Uuid;

use super::beginning::{ANN, BOB, Cast};
use super::report::Stop;
use super::{Play, refused};
use crate::fields::{self, money};
use crate::life::{Payee, Payment};

impl Play<'_> {
    /// Everything that customers and a merchant do with money inside the wallet.
    pub(super) async fn pay(&mut self, cast: &mut Cast) -> Result<(), Stop> {
        self.step("young value matures");
        cast.ann.matured(self.expected.balance_of(ANN), self.options.mature_limit_s).await?;
        cast.bob.matured(self.expected.balance_of(BOB), self.options.mature_limit_s).await?;
        self.compare().await?;
        self.send_to_handle(cast).await?;
        self.send_to_phone(cast).await?;
        self.pay_static_and_dynamic(cast).await?;
        self.pay_by_shown_code(cast).await
    }

    async fn send_to_handle(&mut self, cast: &Cast) -> Result<(), Stop> {
        self.step("send by handle; the same id twice is one transfer");
        let seen = cast.ann.wallet.post("/v1/payees", &json!({ "handle": cast.bob_handle })).await?;
        let masked = fields::text(&seen, "masked_name", "POST /v1/payees")?;
        if masked == cast.bob.person.kana || !masked.contains(['*', '＊', '○', '●']) {
            return Err(Stop::difference("a masked name", masked));
        }
        let id = Uuid::now_v7();
        let sent = cast.ann.transfer(id, Payee::Handle(&cast.bob_handle), 3_000).await?;
        completed(&sent)?;
        let again = cast.ann.transfer(id, Payee::Handle(&cast.bob_handle), 3_000).await?;
        if again.answer != sent.answer {
            return Err(Stop::difference(fields::shown(&sent.answer), fields::shown(&again.answer)));
        }
        self.expected.wallet(ANN, -3_000);
        self.expected.wallet(BOB, 3_000);
        self.compare().await?;
        let other = cast.ann.transfer(id, Payee::Handle(&cast.bob_handle), 3_001).await;
        refused("the same id for another amount", other, &["id_reused"])?;
        self.step("nobody sends more than they have, to themselves, or to nobody");
        let much = self.expected.balance_of(BOB) + 1;
        let to_ann = Payee::Handle(&cast.ann_handle);
        refused("too much", cast.bob.transfer(Uuid::now_v7(), to_ann, much).await, &["insufficient_funds"])?;
        refused("to oneself", cast.ann.transfer(Uuid::now_v7(), to_ann, 1).await, &["same_person"])?;
        let nobody = cast.ann.transfer(Uuid::now_v7(), Payee::Handle("nobody_of_this_name"), 1).await;
        refused("to nobody", nobody, &["payee_unavailable"])?;
        self.compare().await
    }

    async fn send_to_phone(&mut self, cast: &Cast) -> Result<(), Stop> {
        self.step("send by phone: it waits until it is accepted, or comes back");
        for (amount, accept) in [(700, true), (800, false)] {
            let to = Payee::Phone(&cast.bob.person.phone);
            let sent = cast.ann.transfer(Uuid::now_v7(), to, amount).await?;
            if sent.state != "waiting" {
                return Err(Stop::difference("a payment that waits", fields::shown(&sent.answer)));
            }
            self.compare().await?;
            let held = cast.ann.wallet.balances().await?.held;
            if held != amount {
                return Err(Stop::difference(format!("{} held", money(amount)), money(held)));
            }
            if accept {
                cast.bob.accept(&sent.id).await?;
                self.expected.wallet(ANN, -amount);
                self.expected.wallet(BOB, amount);
            } else {
                let path = format!("/v1/payments/{}/decline", sent.id);
                cast.bob.wallet.post(&path, &json!({})).await?;
            }
            self.compare().await?;
        }
        Ok(())
    }

    async fn pay_static_and_dynamic(&mut self, cast: &Cast) -> Result<(), Stop> {
        self.step("pay the merchant's static code");
        let read = cast.ann.wallet.post("/v1/qr/read", &json!({ "payload": cast.static_payload })).await?;
        if read["kind"] != "static" {
            return Err(Stop::difference("kind static", fields::shown(&read)));
        }
        let paid = cast.ann.pay_qr(Uuid::now_v7(), &cast.static_payload, Some(1_200)).await?;
        completed(&paid)?;
        self.merchant_got(ANN, 1_200);
        self.compare().await?;
        self.refund(cast, &paid).await?;

        self.step("pay an order's dynamic code, once");
        let order = json!({ "id": Uuid::now_v7(), "amount": 880, "memo": "beans" });
        let order = cast.merchant.post("/v1/merchant/orders", &order).await?;
        let payload = fields::text(&order, "payload", "POST /v1/merchant/orders")?;
        completed(&cast.bob.pay_qr(Uuid::now_v7(), &payload, None).await?)?;
        self.merchant_got(BOB, 880);
        self.compare().await?;
        let again = cast.ann.pay_qr(Uuid::now_v7(), &payload, None).await;
        refused("an order that was paid", again, &["order_over"])?;
        let torn: String = payload.chars().take(payload.chars().count() - 1).collect();
        let torn = cast.ann.pay_qr(Uuid::now_v7(), &torn, None).await;
        refused("a code with a letter missing", torn, &["code_not_readable"])?;
        self.compare().await
    }

    async fn refund(&mut self, cast: &Cast, paid: &Payment) -> Result<(), Stop> {
        self.step("refund a part, never more than was paid");
        let body = json!({ "id": Uuid::now_v7(), "payment": paid.id, "amount": 500 });
        cast.merchant.post("/v1/merchant/refunds", &body).await?;
        cast.merchant.post("/v1/merchant/refunds", &body).await?;
        self.merchant_got(ANN, -500);
        self.compare().await?;
        let rest = json!({ "id": Uuid::now_v7(), "payment": paid.id, "amount": paid.amount - 500 + 1 });
        let above = cast.merchant.post("/v1/merchant/refunds", &rest).await;
        refused("a refund above what is left", above, &["above_original"])?;
        self.compare().await
    }

    async fn pay_by_shown_code(&mut self, cast: &Cast) -> Result<(), Stop> {
        self.step("show a code at the till, once");
        let digits = cast.ann.show_code().await?;
        let charge = |amount: i64| json!({ "id": Uuid::now_v7(), "code": digits, "amount": amount });
        cast.merchant.post("/v1/merchant/charges", &charge(640)).await?;
        self.merchant_got(ANN, 640);
        self.compare().await?;
        let again = cast.merchant.post("/v1/merchant/charges", &charge(640)).await;
        refused("a code that was used", again, &["order_over", "code_not_readable"])?;
        let invented = json!({ "id": Uuid::now_v7(), "code": "0000000000000000", "amount": 1 });
        let invented = cast.merchant.post("/v1/merchant/charges", &invented).await;
        refused(
            "a code that was never shown",
            invented,
            &["order_over", "code_not_readable", "field_not_allowed"],
        )?;
        self.compare().await
    }

    fn merchant_got(&mut self, payer: &str, amount: i64) {
        self.expected.wallet(payer, -amount);
        self.expected.merchant(amount);
    }
}

fn completed(payment: &Payment) -> Result<(), Stop> {
    if payment.state == "completed" {
        return Ok(());
    }
    Err(Stop::difference("a payment that is completed at once", fields::shown(&payment.answer)))
}
