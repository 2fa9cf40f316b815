//! The first steps: people, sign-up, identity, and who may link what (promise P4).

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::report::Stop;
use super::{Play, refused};
use crate::fields;
use crate::life::{Customer, Link, SignUp};
use crate::sandbox::{BankAccount, Message, Person, code_in};
use crate::strangers::Stranger;
use crate::trouble::Trouble;
use crate::wallet::Wallet;

/// How long a bank's notice to a depositor may take, in seconds.
const NOTICE_LIMIT_S: u64 = 20;

/// Names of the two customers in the play's own book.
pub(super) const ANN: &str = "A";
pub(super) const BOB: &str = "B";

/// Who plays, and what they have by now.
pub(super) struct Cast {
    pub(super) ann: Customer,
    pub(super) bob: Customer,
    pub(super) ann_handle: String,
    pub(super) bob_handle: String,
    /// Ann's links at two banks.
    pub(super) first: Link,
    pub(super) second: Link,
    /// By which method the first was linked.
    pub(super) first_method: String,
    pub(super) bob_link: Link,
    pub(super) merchant: Wallet,
    pub(super) static_payload: String,
}

/// A bank and a method there.
#[derive(Clone, Debug)]
struct Way {
    bank: String,
    method: String,
}

/// Banks and methods that the play uses.
struct Ways {
    first: Way,
    second: Way,
    foreign: Way,
    too_weak: Way,
}

impl Play<'_> {
    /// From two strangers to two customers with links, and a merchant.
    pub(super) async fn begin(&mut self) -> Result<Cast, Stop> {
        self.step("two new people");
        let strangers = [Stranger::new(0)?, Stranger::new(1)?];
        let ann = self.sandbox.new_person(&strangers[0]).await?;
        let bob = self.sandbox.new_person(&strangers[1]).await?;
        let ways = self.choose_ways().await?;
        let ann = self.sign_up_with_a_wrong_code(ann).await?;
        self.step("sign up B");
        let bob = Customer::sign_up(&self.wallet, &self.sandbox, bob, &self.origin).await?;
        self.expected.watch_wallet(BOB, &bob.wallet);
        self.watch_banks(&ann.person, &[&ways.first, &ways.second]).await?;
        self.watch_banks(&bob.person, &[&ways.first, &ways.foreign]).await?;
        self.compare().await?;
        let mut ann = ann;
        self.step("sign in by passkey alone");
        ann.sign_in().await?;
        ann.take_handle(&strangers[0].handle).await?;
        bob.take_handle(&strangers[1].handle).await?;
        self.prove(&ann, &bob, &ways).await?;
        self.refuse_links(&ann, &bob, &ways).await?;
        let (first, second, bob_link) = self.link_all(&ann, &bob, &ways).await?;
        let (merchant, static_payload) = self.open_shop().await?;
        let [ann_handle, bob_handle] = strangers.map(|stranger| stranger.handle);
        let first_method = ways.first.method;
        Ok(Cast {
            ann,
            bob,
            ann_handle,
            bob_handle,
            first,
            second,
            first_method,
            bob_link,
            merchant,
            static_payload,
        })
    }

    async fn sign_up_with_a_wrong_code(&mut self, person: Person) -> Result<Customer, Stop> {
        self.step("sign up A: a wrong code is refused, the right ones are not");
        let sign_up = SignUp::begin(&self.wallet, &self.sandbox, person).await?;
        let (phone, mail) = sign_up.read_codes().await?;
        let wrong: String = phone.chars().map(|digit| if digit == '9' { '0' } else { '9' }).collect();
        refused("a wrong phone code", sign_up.enter_codes(&wrong, &mail).await, &["code_wrong"])?;
        sign_up.enter_codes(&phone, &mail).await?;
        let ann = sign_up.finish(&self.origin).await?;
        self.expected.watch_wallet(ANN, &ann.wallet);
        self.compare().await?;
        Ok(ann)
    }

    async fn prove(&mut self, ann: &Customer, bob: &Customer, ways: &Ways) -> Result<(), Stop> {
        self.step("no link before the identity is proved");
        let way = &ways.first;
        let early = ann.ask_consent(&way.bank, &way.method).await;
        refused("a consent without identity", early, &["identity_needed"])?;
        self.step("prove both identities");
        ann.prove_identity().await?;
        bob.prove_identity().await?;
        self.compare().await
    }

    async fn refuse_links(&mut self, ann: &Customer, bob: &Customer, ways: &Ways) -> Result<(), Stop> {
        self.step("a bank method without possession is refused");
        let weak = ann.ask_consent(&ways.too_weak.bank, &ways.too_weak.method).await;
        refused("a knowledge-only method", weak, &["method_too_weak"])?;
        self.step("somebody else's bank account is refused");
        let way = &ways.foreign;
        let foreign = ann.link_walked_by(&way.bank, &way.method, &bob.person.id, true).await;
        let problem = refused("B's bank account in A's wallet", foreign, &["link_refused"])?;
        if problem.says.contains(&bob.person.kana) || problem.says.contains(&bob.person.birth_date) {
            return Err(Stop::difference("a refusal that tells nothing about the holder", problem));
        }
        self.step("a person who says no at the bank is not linked");
        let way = &ways.second;
        let no = ann.link_walked_by(&way.bank, &way.method, &ann.person.id, false).await;
        refused("a consent that was denied", no, &["consent_denied"])?;
        let links = ann.wallet.get("/v1/links").await?;
        let active = fields::list(&links, "links", "GET /v1/links")?;
        if active.iter().any(|link| link["state"].as_str().is_none_or(|state| state == "active")) {
            return Err(Stop::difference("no link", fields::shown(&links)));
        }
        self.compare().await
    }

    async fn link_all(
        &mut self,
        ann: &Customer,
        bob: &Customer,
        ways: &Ways,
    ) -> Result<(Link, Link, Link), Stop> {
        self.step("link two banks for A and one for B; the banks tell the depositors");
        let first = self.link_and_be_told(ann, &ways.first).await?;
        let second = self.link_and_be_told(ann, &ways.second).await?;
        let bob_link = self.link_and_be_told(bob, &ways.first).await?;
        self.compare().await?;
        Ok((first, second, bob_link))
    }

    /// Links, and waits for the bank's own message on the phone that the bank knows (promise P10).
    async fn link_and_be_told(&mut self, customer: &Customer, way: &Way) -> Result<Link, Stop> {
        let phone = &customer.person.phone;
        let seen: BTreeSet<String> =
            self.sandbox.phone(phone).await?.into_iter().map(|message| message.id).collect();
        let link = customer.link(&way.bank, &way.method).await?;
        // A message with a code is the bank asking, one without is the bank telling.
        let notice = |message: &Message| code_in(&message.text).is_none().then_some(());
        self.sandbox.await_on_phone(phone, &seen, NOTICE_LIMIT_S, notice).await?;
        Ok(link)
    }

    async fn open_shop(&mut self) -> Result<(Wallet, String), Stop> {
        self.step("a merchant opens");
        let body =
            json!({ "name": "継ぎ目商店", "name_en": "Seam Store", "category": "5411", "city": "Tokyo" });
        let answer = self.operator.post("/v1/operator/merchants", &body).await?;
        let merchant = self.wallet.with_token(&fields::text(&answer, "key", "POST /v1/operator/merchants")?);
        let about = merchant.get("/v1/merchant").await?;
        let payload = fields::text(&about, "static_payload", "GET /v1/merchant")?;
        self.expected.watch_merchant(&merchant);
        self.compare().await?;
        Ok((merchant, payload))
    }

    async fn choose_ways(&self) -> Result<Ways, Stop> {
        let at = "GET /v1/banks";
        let answer = self.wallet.get("/v1/banks").await?;
        let (mut strong, mut weak) = (Vec::new(), Vec::new());
        for bank in fields::list(&answer, "banks", at)? {
            for method in fields::list(bank, "methods", at)? {
                let way = Way {
                    bank: fields::text(bank, "code", at)?,
                    method: fields::text(method, "method", at)?,
                };
                let known_only = !fields::list(method, "factors", at)?.iter().any(is_possession);
                match method["linkable"].as_bool() {
                    Some(true) if known_only => {
                        return Err(Stop::difference(
                            "no linkable method without possession",
                            format!("{way:?}"),
                        ));
                    }
                    Some(true) => strong.push(way),
                    _ if known_only => weak.push(way),
                    _ => {}
                }
            }
        }
        // The two ways that differ most: one's own banking app, and the phone that the bank knows.
        let by_sms = strong.iter().position(|way| way.method == "registered_phone_sms").unwrap_or(0);
        if strong.is_empty() {
            return Err(Stop::difference("a bank whose method may be linked", fields::shown(&answer)));
        }
        let second = strong.swap_remove(by_sms);
        let mut others = strong.into_iter().filter(|way| way.bank != second.bank);
        let first = others.next();
        let foreign = others.find(|way| first.as_ref().is_some_and(|first| first.bank != way.bank));
        match (first, foreign, weak.into_iter().next()) {
            (Some(first), Some(foreign), Some(too_weak)) => Ok(Ways { first, second, foreign, too_weak }),
            _ => Err(Stop::difference(
                "three banks whose methods may be linked and one method that may not",
                fields::shown(&answer),
            )),
        }
    }

    async fn watch_banks(&mut self, person: &Person, ways: &[&Way]) -> Result<(), Stop> {
        for way in ways {
            let account = account_at(person, &way.bank)?;
            let balance = self.sandbox.balance(&account).await?;
            self.expected.watch_account(account, balance);
        }
        Ok(())
    }
}

/// The person's account at a bank.
pub(super) fn account_at(person: &Person, bank: &str) -> Result<BankAccount, Trouble> {
    let found = person.bank_accounts.iter().find(|account| account.bank == bank);
    found.cloned().ok_or_else(|| Trouble::Unexpected {
        at: "POST /control/people".to_owned(),
        expected: format!("an account at bank {bank}"),
        got: format!("{} accounts elsewhere", person.bank_accounts.len()),
    })
}

/// Factor codes of `docs/sandbox.md` that show possession.
fn is_possession(factor: &Value) -> bool {
    matches!(factor.as_str(), Some("otp_app" | "otp_registered_phone" | "otp_registered_phone_call"))
}
