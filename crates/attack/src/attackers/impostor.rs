//! 7pay's two ways into somebody else's wallet: an outside id, planted or taken over, and a reset that goes where the
//! asker says. Whoever gets in tries everything that moves money or changes what opens the wallet.

use super::Attacker;
use crate::campaign::{Asker, Customer, Stage, Wallet, Wrong, fresh_place, within};
use engine::sessions::{BeginRecovery, FinishRecovery, MadePasskey, MakeRecoveryCode, NewSession};
use serde::Deserialize;
use std::collections::BTreeMap;
use terms::{Digest, RecoveryId, Span, Time};

/// What is in the wallet of each customer, in yen.
const IN_WALLET: i64 = 30_000;
/// Value is good for everything after so long.
const BEFORE: Span = Span::days(4);

/// Whom they are after.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Impostor {
    /// Customers who are attacked, four days after they came.
    pub customers: u32,
    /// How many of them have an outside id bound that the impostor has taken over at its provider.
    pub taken_over: u32,
}

impl Impostor {
    /// Whether it can be played.
    ///
    /// # Errors
    /// A number out of range.
    pub(crate) fn check(&self) -> Result<(), Wrong> {
        within("impostor", "customers", self.customers, 1, 1_000)?;
        within("impostor", "taken_over", self.taken_over, 0, self.customers)
    }
}

/// An impostor at work.
#[derive(Debug)]
pub(crate) struct Posing {
    plan: Impostor,
    customers: Vec<Customer>,
    came: u32,
    resets: BTreeMap<Time, (RecoveryId, Digest)>,
    next: usize,
}

impl Posing {
    /// One who begins.
    pub(crate) const fn new(plan: Impostor) -> Self {
        Self { plan, customers: Vec::new(), came: 0, resets: BTreeMap::new(), next: 0 }
    }

    /// A customer comes; some bind an outside id, with a fresh signature of their passkey.
    fn comes(&mut self, stage: &mut Stage) {
        self.came += 1;
        let Some(mut customer) = Customer::settles(stage, IN_WALLET) else { return };
        if self.customers.len() < usize::try_from(self.plan.taken_over).unwrap_or(0) {
            // The fresh signature is what binding asks for, not what the gate found: it is made beforehand.
            let _signed = customer.wallet.steps_up(stage);
            let _bound = customer.wallet.binds_outside_id(stage, &customer.person.subject);
        }
        self.customers.push(customer);
    }

    fn attacks(&mut self, stage: &mut Stage) {
        let Some(customer) = self.customers.get(self.next).cloned() else { return };
        self.next += 1;
        let asker = Asker { source: fresh_place(stage), hostile: true };
        // Planted: an outside id with the customer's mail address that nobody ever bound.
        let planted = format!("planted-{}", customer.person.subject);
        for subject in [customer.person.subject.as_str(), &planted] {
            let Some(session) = Wallet::signs_in_from_outside(stage, &asker, subject) else { continue };
            stage.tally.gains("signed in to look");
            let mut wallet = customer.stolen(asker.clone(), false);
            wallet.session = session;
            tries_everything(stage, wallet);
        }
        // A reset: no destination can be said, so all that is left is to guess the code that was shown once.
        let (id, code) = (RecoveryId::new(stage.dice.uuid(stage.now)), stage.dice.digest());
        if let Ok(begun) = stage.ask(&asker, &BeginRecovery { id, code }) {
            self.resets(stage, (begun.recovery, code));
            self.resets.insert(begun.ready_at.plus(Span::minutes(1)), (begun.recovery, code));
        }
    }

    fn resets(&mut self, stage: &mut Stage, (recovery, code): (RecoveryId, Digest)) {
        let asker = Asker { source: fresh_place(stage), hostile: true };
        let made = MadePasskey { credential: format!("{:016x}", stage.dice.draw()), passkey: "0".to_owned() };
        let session = NewSession { token: stage.dice.digest(), name: "new phone".to_owned() };
        let finish = FinishRecovery { recovery, code, ceremony: "0".to_owned(), made: Some(made), session };
        if stage.ask(&asker, &finish).is_ok() {
            stage.tally.gains("wallets taken over");
            stage.tally.robs(IN_WALLET);
        }
    }
}

/// Whatever moves money, or changes what opens the wallet.
fn tries_everything(stage: &mut Stage, mut wallet: Wallet) {
    for (_, link) in wallet.links.clone() {
        if wallet.charges(stage, link, 10_000).is_ok() {
            stage.tally.robs(10_000);
        }
        if wallet.pays_out(stage, link, 10_000).is_ok() {
            stage.tally.gains("payouts");
        }
    }
    if wallet.pays(stage, 0, 10_000).is_ok() {
        stage.tally.robs(10_000);
    }
    if wallet.binds_outside_id(stage, "impostor").is_ok() {
        stage.tally.gains("outside ids bound");
    }
    let code = stage.dice.digest();
    if wallet.asks(stage, &MakeRecoveryCode { session: wallet.session, code }).is_ok() {
        stage.tally.gains("recovery codes made");
    }
}

impl Attacker for Posing {
    fn name(&self) -> &'static str {
        "impostor"
    }

    fn acts(&mut self, stage: &mut Stage) -> Option<Span> {
        if self.came < self.plan.customers {
            self.comes(stage);
            let last = self.came == self.plan.customers;
            return Some(if last { BEFORE } else { Span::minutes(5) });
        }
        let due: Vec<(Time, (RecoveryId, Digest))> =
            self.resets.range(..=stage.now).map(|(at, reset)| (*at, *reset)).collect();
        for (at, reset) in due {
            self.resets.remove(&at);
            self.resets(stage, reset);
        }
        self.attacks(stage);
        let more = self.next < self.customers.len() || !self.resets.is_empty();
        more.then(|| Span::minutes(20))
    }
}
