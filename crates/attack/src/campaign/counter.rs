//! A bank's page at which somebody says who they are: what it asks for, whom it locks out, what it tells the wallet.

use super::depositors::{Depositor, depositor};
use std::collections::BTreeMap;
use terms::BankCode;

/// Wrong PINs after which a bank locks an account.
const WRONG_MOST: u8 = 3;

/// What somebody brings to a bank's page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// A guessed PIN, besides number and name.
    Pin(u16),
    /// Everything that can be typed: number, name, birth date, PIN and password; nothing that is held.
    Known,
    /// All that is asked, also the one-time password: the owner, or whoever has the owner type it just now.
    All,
    /// All that can be typed, and what comes to the registered telephone number.
    Phone,
    /// The owner mistyped.
    Mistyped,
}

/// What the page says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Checked {
    /// Go on: these factors were checked.
    Passed(Vec<String>),
    /// Wrong; the wallet's next attempt counts.
    Wrong,
    /// Locked after too many wrong tries.
    Locked,
}

/// How all banks check.
#[derive(Debug)]
pub struct Counters {
    seed: u64,
    /// Banks that ask only for number, name and PIN, whatever the method is called.
    weak: Vec<BankCode>,
    wrong: BTreeMap<String, u8>,
}

impl Counters {
    /// Pages of banks, of which some ask only for what can be typed.
    pub const fn new(seed: u64, weak: Vec<BankCode>) -> Self {
        Self { seed, weak, wrong: BTreeMap::new() }
    }

    /// Whether a bank asks only for number, name and PIN.
    pub fn is_weak(&self, bank: BankCode) -> bool {
        self.weak.contains(&bank)
    }

    /// A depositor by number.
    pub fn depositor(&self, bank: BankCode, number: u64) -> Option<Depositor> {
        depositor(self.seed, bank, number)
    }

    /// The owner came to the branch with a passport.
    pub fn unlock(&mut self, account: &str) {
        self.wrong.remove(account);
    }

    /// Somebody says to be a depositor. `factors` are those of the method.
    pub fn check(
        &mut self,
        bank: BankCode,
        account: &str,
        pin: Option<u16>,
        shown: Shown,
        factors: &[String],
    ) -> Checked {
        if self.wrong.get(account).is_some_and(|wrong| *wrong >= WRONG_MOST) {
            return Checked::Locked;
        }
        let weak = self.is_weak(bank);
        let passed = match shown {
            Shown::Pin(guess) => weak && pin == Some(guess),
            Shown::Known => weak,
            Shown::Phone => weak || factors.iter().any(|factor| factor.starts_with("otp_registered_phone")),
            Shown::All => true,
            Shown::Mistyped => false,
        };
        if passed {
            self.wrong.remove(account);
            let known = ["account_number", "name", "pin"].map(str::to_owned).to_vec();
            return Checked::Passed(if weak { known } else { factors.to_vec() });
        }
        *self.wrong.entry(account.to_owned()).or_default() += 1;
        Checked::Wrong
    }
}
