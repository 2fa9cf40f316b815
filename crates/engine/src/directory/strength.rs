//! Whether a set of factors may leave a link behind: something held is needed, and not one leak for everything (P4).

use super::factors::{Category, Factor};

/// What a set of factors lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WeakMethod {
    /// A factor that the directory does not have.
    #[error("one of the factors is not in the directory")]
    FactorUnknown,
    /// Nothing in it has to be held: all of it can be told, guessed or phished.
    #[error("no factor has to be held: all of it can be told, guessed or phished")]
    NothingHeld,
    /// One leak gives all of it away.
    #[error("one leak gives all of its factors away")]
    OneLeak,
}

impl WeakMethod {
    /// A stable code for answers.
    pub const fn code(self) -> &'static str {
        match self {
            Self::FactorUnknown => "factor_unknown",
            Self::NothingHeld => "nothing_held",
            Self::OneLeak => "one_leak",
        }
    }
}

/// The rule, in the order in which [`WeakMethod`] names its breaches.
pub(super) fn judge(factors: &[&Factor]) -> Result<(), WeakMethod> {
    if !factors.iter().any(|factor| factor.category == Category::Possession) {
        return Err(WeakMethod::NothingHeld);
    }
    let groups_differ = factors.windows(2).any(|pair| pair[0].leak_group != pair[1].leak_group);
    if groups_differ { Ok(()) } else { Err(WeakMethod::OneLeak) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directory::Directory;
    use std::collections::BTreeSet;

    // promise: P4
    #[test]
    fn every_set_of_factors_is_judged_by_what_is_held_and_what_leaks_together() {
        let directory = Directory::embedded();
        let all: Vec<&Factor> = directory.factors.values().collect();
        assert!(all.len() <= 16, "every subset is tried: 2^{} of them", all.len());
        let mut linkable = 0;
        for chosen in 0_u32..1 << all.len() {
            let set: Vec<&Factor> =
                (0..all.len()).filter(|place| chosen >> place & 1 == 1).map(|place| all[place]).collect();
            let codes: Vec<String> = set.iter().map(|factor| factor.code.clone()).collect();
            let held = codes.iter().any(|code| code.starts_with("otp_"));
            let groups: BTreeSet<&str> = set.iter().map(|factor| factor.leak_group.as_str()).collect();
            let expected = match (held, groups.len()) {
                (false, _) => Err(WeakMethod::NothingHeld),
                (true, 1) => Err(WeakMethod::OneLeak),
                (true, _) => Ok(()),
            };
            assert_eq!(directory.judge(&codes), expected, "{codes:?}");
            // The order in which a bank names its factors changes nothing.
            let backwards: Vec<String> = codes.iter().rev().cloned().collect();
            assert_eq!(directory.judge(&backwards), expected, "{backwards:?}");
            linkable += usize::from(expected.is_ok());
        }
        // 10 factors: 1024 sets, 128 of knowledge only; of the 896 others {app}, {text}, {call}, {text, call} leak at once.
        assert_eq!((all.len(), linkable), (10, 892));
    }

    // promise: P4
    #[test]
    fn the_methods_of_2020_are_refused_and_an_unknown_factor_is_worth_nothing() {
        let directory = Directory::embedded();
        for (method, expected) in [
            ("online_banking_otp", Ok(())),
            ("registered_phone_sms", Ok(())),
            ("registered_phone_call", Ok(())),
            ("account_pin_2020", Err(WeakMethod::NothingHeld)),
            ("account_pin_birth_2020", Err(WeakMethod::NothingHeld)),
            ("account_pin_birth_balance_2020", Err(WeakMethod::NothingHeld)),
            ("account_pin_birth_phone_2020", Err(WeakMethod::NothingHeld)),
            ("account_pin_otp_2020", Ok(())),
        ] {
            assert_eq!(directory.methods[method].linkable(), expected, "{method}");
        }
        let answered = ["otp_app", "password", "palm_reader"].map(str::to_owned);
        assert_eq!(directory.judge(&answered), Err(WeakMethod::FactorUnknown));
        assert_eq!(directory.judge(&[]), Err(WeakMethod::NothingHeld));
    }
}
