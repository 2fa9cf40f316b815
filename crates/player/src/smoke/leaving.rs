//! What opens the wallet and what does not, money out, unlinking, closing; and at the end all books of all banks.

use std::time::Duration;

use serde_json::json;
use uuid::Uuid;

use super::beginning::{ANN, Cast, account_at};
use super::report::{BankLine, Stop};
use super::{Play, refused};
use crate::fields::{self, money};
use crate::life::{Customer, Link, Payee, Payment};
use crate::trouble::Trouble;

/// How often something that takes time is asked for again.
const AGAIN_EVERY: Duration = Duration::from_millis(500);

impl Play<'_> {
    /// Sessions that are not enough: an outside provider's, and a recovery before its time.
    pub(super) async fn look_around(&mut self, cast: &mut Cast) -> Result<(), Stop> {
        self.step("a session through an outside provider looks, but neither links nor pays");
        cast.ann.step_up().await?;
        cast.ann.bind_provider().await?;
        let federated = cast.ann.sign_in_by_provider().await?;
        federated.balances().await?;
        let consent = json!({
            "id": Uuid::now_v7(), "bank": cast.first.bank, "method": "online_banking_otp",
            "per_debit_limit": 1_000, "per_day_limit": 1_000,
        });
        let link = federated.post("/v1/consents", &consent).await;
        refused("a link under a federated session", link, &["passkey_needed"])?;
        let transfer = json!({ "id": Uuid::now_v7(), "to": { "handle": cast.bob_handle }, "amount": 1 });
        let transfer = federated.post("/v1/transfers", &transfer).await;
        refused("a transfer under a federated session", transfer, &["passkey_needed"])?;
        self.compare().await?;
        self.recover_too_early(cast).await
    }

    async fn recover_too_early(&mut self, cast: &mut Cast) -> Result<(), Stop> {
        self.step("a recovery waits, and its owner can cancel it");
        cast.ann.step_up().await?;
        let answer = cast.ann.wallet.post("/v1/recovery-codes", &json!({})).await?;
        let code = fields::text(&answer, "recovery_code", "POST /v1/recovery-codes")?;
        let out = self.wallet.signed_out();
        let begun = out.post("/v1/recoveries", &json!({ "recovery_code": code })).await?;
        let recovery = fields::id(&begun, "recovery", "POST /v1/recoveries")?;
        let unknown: String = code.chars().rev().collect();
        match out.post("/v1/recoveries", &json!({ "recovery_code": unknown })).await {
            Ok(invented) if shape(&invented) == shape(&begun) => {}
            Ok(invented) => {
                let one = "one shape for known and unknown codes";
                return Err(Stop::difference(one, fields::shown(&invented)));
            }
            // A code that is not even written like one may be told so.
            Err(Trouble::Refused(problem)) if problem.code == "field_not_allowed" => {}
            Err(trouble) => return Err(trouble.into()),
        }
        let early = Self::recover(&out, &recovery, &code, &self.origin).await;
        refused("a recovery before its time", early, &["too_soon"])?;
        cast.ann.wallet.post(&format!("/v1/recoveries/{recovery}/cancel"), &json!({})).await?;
        let cancelled = Self::recover(&out, &recovery, &code, &self.origin).await;
        refused(
            "a cancelled recovery",
            cancelled,
            &["wrong_state", "not_found", "code_wrong", "ceremony_over"],
        )?;
        self.compare().await
    }

    async fn recover(
        out: &crate::wallet::Wallet,
        recovery: &str,
        code: &str,
        origin: &str,
    ) -> Result<(), Trouble> {
        let path = format!("/v1/recoveries/{recovery}/passkey");
        let options = out.post(&format!("{path}/options"), &json!({ "recovery_code": code })).await?;
        let credential = crate::authenticator::SoftwarePasskey::new(origin).create(&options["publicKey"])?;
        let body = json!({ "recovery_code": code, "credential": credential, "device_name": "player" });
        out.post(&path, &body).await.map(|_| ())
    }

    /// Money out, the end of a link, the end of a wallet.
    pub(super) async fn leave(&mut self, cast: &mut Cast) -> Result<(), Stop> {
        self.step("a payout needs a fresh passkey signature, then it arrives");
        cast.ann.sign_in().await?;
        let id = Uuid::now_v7();
        let unsigned = cast.ann.payout(id, &cast.first, 2_000).await;
        refused("a payout without step-up", unsigned, &["step_up_needed"])?;
        cast.ann.step_up().await?;
        let asked = self.payout_when_allowed(&mut cast.ann, id, &cast.first, 2_000).await?;
        let done = cast.ann.settled(asked, self.options.settle_limit_s).await?;
        if done.state != "completed" {
            return Err(Stop::difference("a payout that is completed", fields::shown(&done.answer)));
        }
        self.expected.wallet(ANN, -2_000);
        self.expected.account(&account_at(&cast.ann.person, &cast.first.bank)?, 2_000);
        self.compare().await?;

        self.step("an ended link debits nothing");
        cast.ann.unlink(&cast.second).await?;
        let after = cast.ann.top_up(Uuid::now_v7(), &cast.second, 1_000).await;
        refused("a top-up over an ended link", after, &["link_not_active", "not_found"])?;
        self.compare().await?;
        self.close(cast).await
    }

    /// A link made moments ago takes no payout for a while: asked again under the same id until then.
    async fn payout_when_allowed(
        &self,
        customer: &mut Customer,
        id: Uuid,
        link: &Link,
        amount: i64,
    ) -> Result<Payment, Stop> {
        let end = tokio::time::Instant::now() + Duration::from_secs(self.options.mature_limit_s);
        loop {
            match customer.payout(id, link, amount).await {
                Err(Trouble::Refused(problem))
                    if problem.code == "too_soon" && tokio::time::Instant::now() < end =>
                {
                    tokio::time::sleep(AGAIN_EVERY).await;
                }
                Err(Trouble::Refused(problem))
                    if problem.code == "step_up_needed" && tokio::time::Instant::now() < end =>
                {
                    customer.step_up().await?;
                }
                outcome => return Ok(outcome?),
            }
        }
    }

    async fn close(&mut self, cast: &mut Cast) -> Result<(), Stop> {
        self.step("closing sends the balance back to the bank");
        let rest = self.expected.balance_of(ANN);
        cast.ann.matured(rest, self.options.mature_limit_s).await?;
        cast.ann.step_up().await?;
        cast.ann.close(Uuid::now_v7(), Some(&cast.first)).await?;
        let account = account_at(&cast.ann.person, &cast.first.bank)?;
        self.expected.account(&account, rest);
        self.expected.forget_wallet(ANN);
        let end = tokio::time::Instant::now() + Duration::from_secs(self.options.settle_limit_s);
        while self.compare().await.is_err() && tokio::time::Instant::now() < end {
            tokio::time::sleep(AGAIN_EVERY).await;
        }
        self.compare().await?;
        let end = tokio::time::Instant::now() + Duration::from_secs(self.options.settle_limit_s);
        loop {
            match cast.ann.transfer(Uuid::now_v7(), Payee::Handle(&cast.bob_handle), 1).await {
                Err(Trouble::Refused(problem))
                    if ["wallet_closed", "not_signed_in"].contains(&problem.code.as_str()) =>
                {
                    break;
                }
                // The bank has the money; the wallet may still be writing that down.
                Err(Trouble::Refused(_)) if tokio::time::Instant::now() < end => {
                    tokio::time::sleep(AGAIN_EVERY).await;
                }
                Err(Trouble::Refused(problem)) => return Err(Stop::difference("a closed wallet", problem)),
                Err(trouble) => return Err(trouble.into()),
                Ok(_) => return Err(Stop::difference("a closed wallet", "a transfer went out of it")),
            }
        }
        let paid = cast.bob.transfer(Uuid::now_v7(), Payee::Handle(&cast.ann_handle), 1).await;
        refused("a transfer to a closed wallet", paid, &["payee_unavailable"])?;
        self.compare().await
    }

    /// Every bank's books against the wallet's clearing account there.
    pub(super) async fn compare_all_banks(&mut self) -> Result<Vec<BankLine>, Stop> {
        self.step("every bank's books equal the wallet's");
        let lines = self.quiet_clearing().await?;
        for line in &lines {
            if line.wallet_clearing != -line.bank_settlement {
                let what = format!("clearing at bank {} of {}", line.bank, money(-line.bank_settlement));
                return Err(Stop::difference(what, money(line.wallet_clearing)));
            }
        }
        if let Some(step) = self.steps.last_mut() {
            step.compared += lines.len();
        }
        self.step("the ledger proves itself");
        let proof = self.operator.get("/v1/operator/ledger/proof").await?;
        let broken = ["ok", "proved", "holds"].iter().any(|name| proof[name] == false);
        if broken || proof["violation"].is_object() || proof["violation"].is_string() {
            return Err(Stop::difference("a proof", fields::shown(&proof)));
        }
        Ok(lines)
    }

    /// The clearing accounts once nothing is under way; what is, is listed when it does not end.
    async fn quiet_clearing(&self) -> Result<Vec<BankLine>, Stop> {
        let at = "GET /v1/operator/banks";
        let end = tokio::time::Instant::now() + Duration::from_secs(self.options.settle_limit_s);
        loop {
            let answer = self.operator.get("/v1/operator/banks").await?;
            let banks = fields::list(&answer, "banks", at)?;
            let mut under_way = Vec::new();
            for bank in banks {
                let (progress, doubt) =
                    (fields::yen(bank, "in_progress", at)?, fields::yen(bank, "in_doubt", at)?);
                if (progress, doubt) != (0, 0) {
                    let code = fields::text(bank, "code", at)?;
                    under_way.push(format!("bank {code}: in_progress {progress}, in_doubt {doubt}"));
                }
            }
            if under_way.is_empty() {
                let mut lines = Vec::new();
                for bank in banks {
                    let code = fields::text(bank, "code", at)?;
                    let wallet_clearing = fields::yen(bank, "clearing_balance", at)?;
                    let bank_settlement = self.sandbox.books(&code).await?.settlement_balance;
                    lines.push(BankLine { bank: code, wallet_clearing, bank_settlement });
                }
                return Ok(lines);
            }
            if tokio::time::Instant::now() >= end {
                return Err(Stop::difference("no payment under way", under_way.join("; ")));
            }
            tokio::time::sleep(AGAIN_EVERY).await;
        }
    }
}

/// The names of an answer's members.
fn shape(answer: &serde_json::Value) -> Vec<String> {
    answer.as_object().map(|members| members.keys().cloned().collect()).unwrap_or_default()
}
