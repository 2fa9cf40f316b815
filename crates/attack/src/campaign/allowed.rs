//! What a scenario may say: each number within its bounds, and nothing that could not come about.

use super::scenario::Scenario;
use crate::attackers::{
    Creeper, Flooder, Forger, Guesser, Impostor, Insider, MuleRing, Phisher, Planter, SimSwapper,
};
use std::fmt::Display;

const MOST_ATTACKERS: usize = 20;
/// The longest title, in bytes.
const TITLE_MOST: usize = 200;
/// Customers are attacked so many days after they came.
const CUSTOMERS_CAME: u32 = 4;

/// Which table and key, and what is wrong with it.
pub(crate) type Wrong = (&'static str, &'static str, String);

/// Whether a number lies between two, both included.
pub(crate) fn within<N: PartialOrd + Display>(
    table: &'static str,
    key: &'static str,
    number: N,
    least: N,
    most: N,
) -> Result<(), Wrong> {
    if number >= least && number <= most {
        return Ok(());
    }
    Err((table, key, format!(" = {number}; allowed is {least} to {most}")))
}

/// Whether a range is one.
fn ordered(table: &'static str, key: &'static str, [least, most]: [u32; 2], end: u32) -> Result<(), Wrong> {
    if least <= most && most <= end {
        return Ok(());
    }
    Err((table, key, format!(" = [{least}, {most}]; allowed is [least, most], both from 0 to {end}")))
}

impl Scenario {
    /// Whether it can be played.
    ///
    /// # Errors
    /// The first thing that is not allowed.
    pub(super) fn check(&self) -> Result<(), Wrong> {
        let title = &self.title;
        if title.trim().is_empty() || title.len() > TITLE_MOST || title.chars().any(char::is_control) {
            return Err((
                "",
                "title",
                format!(": allowed is a text in one line, of 1 to {TITLE_MOST} bytes"),
            ));
        }
        within("", "days", self.days, 1, 400)?;
        within("", "history_days", self.history_days, 0, 400)?;
        within("", "hours_after_breaker", self.hours_after_breaker.unwrap_or(0), 0, 9_600)?;
        self.controls_in_force().map_err(|what| ("", "controls", what))?;
        let banks = &self.banks;
        within("banks", "count", banks.count, 1, 35)?;
        within("banks", "weak", banks.weak, 0, banks.count)?;
        within("banks", "tries_per_day", banks.tries_per_day, 0, 10_000)?;
        for (key, share) in [
            ("failing", banks.failing),
            ("orphaned", banks.orphaned),
            ("failing_spread", banks.failing_spread),
            ("orphaned_spread", banks.orphaned_spread),
            ("failing_shock", banks.failing_shock),
            ("orphaned_shock", banks.orphaned_shock),
        ] {
            within("banks", key, share, 0.0, 1.0)?;
        }
        within("victims", "answer_notice", self.victims.answer_notice, 0.0, 1.0)?;
        ordered("victims", "passbook_days", self.victims.passbook_days, 400)?;
        ordered("victims", "answer_hours", self.victims.answer_hours, 9_600)?;
        within("staff", "hours", self.staff.hours, 0, 9_600)?;
        within("people", "count", self.people.count, 0, 5_000)?;
        within("people", "mistyping", self.people.mistyping, 0.0, 1.0)?;
        let attackers = self.guesser.len()
            + self.phisher.len()
            + self.mules.len()
            + self.sim_swapper.len()
            + self.planter.len()
            + self.flooder.len()
            + self.creeper.len()
            + self.impostor.len()
            + self.forger.len()
            + self.insider.len();
        if attackers == 0 || attackers > MOST_ATTACKERS {
            let what =
                format!("{attackers} attackers; allowed are 1 to {MOST_ATTACKERS}, such as [[guesser]]");
            return Err(("", "", what));
        }
        self.policy_grows()?;
        self.guesser.iter().try_for_each(Guesser::check)?;
        self.phisher.iter().try_for_each(Phisher::check)?;
        self.mules.iter().try_for_each(MuleRing::check)?;
        self.sim_swapper.iter().try_for_each(SimSwapper::check)?;
        self.planter.iter().try_for_each(Planter::check)?;
        self.flooder.iter().try_for_each(Flooder::check)?;
        self.creeper.iter().try_for_each(Creeper::check)?;
        self.impostor.iter().try_for_each(Impostor::check)?;
        self.forger.iter().try_for_each(Forger::check)?;
        self.insider.iter().try_for_each(Insider::check)?;
        self.can_begin()
    }

    /// Limits of a longer window are not below those of a shorter one.
    fn policy_grows(&self) -> Result<(), Wrong> {
        let policy = &self.policy;
        for (table, limits) in [
            ("policy.link_top_ups", policy.link_top_ups),
            ("policy.customer_top_ups", policy.customer_top_ups),
            ("policy.spending_phone", policy.spending_phone),
            ("policy.spending_proved", policy.spending_proved),
            ("policy.payouts", policy.payouts),
        ] {
            if limits.day > limits.week || limits.week > limits.month {
                let what = format!(
                    ": {} a day, {} a week, {} a month may only grow",
                    limits.day, limits.week, limits.month
                );
                return Err((table, "day", what));
            }
        }
        Ok(())
    }

    /// Whether everybody who attacks finds whom to attack before the end.
    fn can_begin(&self) -> Result<(), Wrong> {
        let count = self.banks.count;
        self.guesser.iter().try_for_each(|plan| within("guesser", "banks", plan.banks, 1, count))?;
        self.phisher.iter().try_for_each(|plan| within("phisher", "banks", plan.banks, 1, count))?;
        self.mules.iter().try_for_each(|plan| within("mules", "banks", plan.banks, 1, count))?;
        self.sim_swapper.iter().try_for_each(|plan| within("sim_swapper", "banks", plan.banks, 1, count))?;
        self.planter.iter().try_for_each(|plan| within("planter", "banks", plan.banks, 1, count))?;
        self.creeper.iter().try_for_each(|plan| within("creeper", "banks", plan.banks, 1, count))?;
        if !(self.impostor.is_empty() && self.forger.is_empty()) && self.days <= CUSTOMERS_CAME {
            let what = format!(
                " = {}; allowed is {} to 400 where impostors or forgers attack: their customers came {CUSTOMERS_CAME} days before",
                self.days,
                CUSTOMERS_CAME + 1
            );
            return Err(("", "days", what));
        }
        Ok(())
    }
}
