//! How large a year is: what was asked for, and what is allowed.

/// The most days: records of time are exact for so long.
const DAYS_MOST: u32 = 1_100;

/// What is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Banks, from the first of the directory; 1 to 35.
    pub banks: u32,
    /// Depositors of each bank; 1,000 to 100,000,000. Nobody of them is kept: each is derived when touched.
    pub depositors: u64,
    /// Wallets at the end, of ordinary people; 16 to 100,000,000, and at most a third of all depositors.
    pub wallets: u32,
    /// Days of ordinary life with attackers in them; 10 to 1,100.
    pub days: u32,
    /// The same seed is the same year.
    pub seed: u64,
    /// Whether anybody attacks.
    pub attacked: bool,
}

/// The year that the figures are about.
impl Default for Settings {
    fn default() -> Self {
        Self { banks: 35, depositors: 1_000_000, wallets: 5_000_000, days: 365, seed: 1, attacked: true }
    }
}

/// A number that is not allowed, and what is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("--{name} {given}: allowed are {least} to {most}{because}")]
pub struct OutOfRange {
    name: &'static str,
    given: u64,
    least: u64,
    most: u64,
    because: &'static str,
}

impl Settings {
    /// Whether it can be played.
    ///
    /// # Errors
    /// The first number that is not allowed.
    pub fn check(&self) -> Result<(), OutOfRange> {
        // A wallet has up to two bank accounts, and no two wallets have the same one.
        let room = u64::from(self.banks.clamp(1, 35)).saturating_mul(self.depositors) / 3;
        for (name, given, least, most) in [
            ("banks", u64::from(self.banks), 1, 35),
            ("depositors", self.depositors, 1_000, 100_000_000),
            ("wallets", u64::from(self.wallets), 16, room.min(100_000_000)),
            ("days", u64::from(self.days), 10, u64::from(DAYS_MOST)),
        ] {
            if !(least..=most).contains(&given) {
                let because = if name == "wallets" && most == room {
                    ", for no more than a third of all depositors have one"
                } else {
                    ""
                };
                return Err(OutOfRange { name, given, least, most, because });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_played_is_refused_with_what_can() {
        let usual = Settings::default();
        assert_eq!(usual.check(), Ok(()));
        for (settings, says) in [
            (Settings { banks: 0, ..usual }, "--banks 0: allowed are 1 to 35"),
            (Settings { banks: 36, ..usual }, "--banks 36: allowed are 1 to 35"),
            (Settings { depositors: 999, ..usual }, "--depositors 999: allowed are 1000 to 100000000"),
            (
                Settings { wallets: 15, ..usual },
                "--wallets 15: allowed are 16 to 11666666, for no more than a third of all depositors have one",
            ),
            (
                Settings { wallets: 12_000_000, ..usual },
                "--wallets 12000000: allowed are 16 to 11666666, for no more than a third of all depositors have one",
            ),
            (Settings { days: 9, ..usual }, "--days 9: allowed are 10 to 1100"),
        ] {
            assert_eq!(settings.check().expect_err(says).to_string(), says);
        }
    }
}
