//! A linkage and the policy that really is in force: the one must say what the other does.

use super::configuration::Linkage;
use crate::{Policy, table::Whole};
use terms::BankCode;

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

impl Linkage {
    /// This linkage with the limits, ages and delays of a policy, and with these banks only.
    ///
    /// # Errors
    /// The first bank of which the linkage says nothing.
    pub fn under(
        &self,
        policy: &Policy,
        banks: impl IntoIterator<Item = BankCode>,
    ) -> Result<Self, BankCode> {
        let mut linkage = self.clone();
        let limits = policy.link_top_ups;
        linkage.limits.day_yen = whole(limits.day.get());
        linkage.limits.week_yen = Some(whole(limits.week.get()));
        linkage.limits.month_yen = whole(limits.month.get());
        linkage.limits.per_debit_yen = linkage.limits.per_debit_yen.min(linkage.limits.day_yen);
        linkage.recovery.delay_h = whole(policy.recovery_delay_ms.as_millis() / HOUR_MS);
        if let Some(young) = &mut linkage.young {
            young.days = whole(policy.link_young_ms.as_millis() / DAY_MS);
        }
        linkage.banks.clear();
        for bank in banks {
            let methods = self.banks.get(&bank).ok_or(bank)?;
            linkage.banks.insert(bank, methods.clone());
        }
        Ok(linkage)
    }

    /// What this linkage says otherwise than a policy does: the key, what it says, and what is in force.
    pub fn differs(&self, policy: &Policy) -> Option<(&'static str, u64, u64)> {
        let Ok(in_force) = self.under(policy, self.banks.keys().copied()) else { return None };
        let week = |linkage: &Self| linkage.limits.week_yen.unwrap_or(linkage.limits.month_yen).get();
        let young = |linkage: &Self| linkage.young.as_ref().map_or(0, |young| young.days.get());
        [
            ("limits.day_yen", self.limits.day_yen.get(), in_force.limits.day_yen.get()),
            ("limits.week_yen", week(self), week(&in_force)),
            ("limits.month_yen", self.limits.month_yen.get(), in_force.limits.month_yen.get()),
            ("recovery.delay_h", self.recovery.delay_h.get(), in_force.recovery.delay_h.get()),
            ("young.days", young(self), young(&in_force)),
        ]
        .into_iter()
        .find(|(_, said, in_force)| said != in_force)
    }
}

/// The number within the bounds of its key: what lies outside counts as the bound.
fn whole<const MIN: u64, const MAX: u64>(number: i64) -> Whole<MIN, MAX> {
    let number = u64::try_from(number).unwrap_or(0).clamp(MIN, MAX);
    Whole::new(number).unwrap_or(Whole::ZERO)
}
