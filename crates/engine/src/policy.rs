//! The operator's settings that decisions depend on: limits, delays, ages.

use crate::{Controls, Ial, Retention};
use serde::{Deserialize, Serialize};
use terms::{Span, Yen};

/// Rolling limits in yen; windows slide by the hour and never let more than the limit through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// At most in 24 hours.
    pub day: Yen,
    /// At most in 7 days.
    pub week: Yen,
    /// At most in 30 days.
    pub month: Yen,
}

/// Everything that an operator may set. `Policy::default()` is the careful production setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// How long a code by SMS or mail is good.
    pub code_life_ms: Span,
    /// Wrong tries per sign-up before it is over.
    pub code_tries: u32,
    /// How long one passkey or redirect ceremony may take.
    pub ceremony_life_ms: Span,
    /// A session ends when it was not used for this long.
    pub session_idle_ms: Span,
    /// A session ends after this long.
    pub session_life_ms: Span,
    /// How long a fresh passkey signature counts as one.
    pub step_up_life_ms: Span,
    /// How long a recovery waits, so that its notice can be answered (H10).
    pub recovery_delay_ms: Span,
    /// How long a recovery can be finished after its delay.
    pub recovery_life_ms: Span,
    /// How long value from a young link stays provisional (P9, H12).
    pub value_matures_ms: Span,
    /// How long a link counts as young.
    pub link_young_ms: Span,
    /// How long no payout goes to a bank account that was linked just now (H13).
    pub payout_delay_ms: Span,
    /// How long a payment to a phone waits for its payee.
    pub offer_life_ms: Span,
    /// How long a merchant's order can be paid.
    pub order_life_ms: Span,
    /// How long a presented one-time code is good; at most 5 minutes.
    pub presented_code_life_ms: Span,
    /// The most that one payment may be: ¥1,000,000 for a funds-transfer operator of class 2.
    pub payment_max: Yen,
    /// Money in over one link.
    pub link_top_ups: Limits,
    /// Money in per customer.
    pub customer_top_ups: Limits,
    /// Money out to others, by assurance: the phone is verified.
    pub spending_phone: Limits,
    /// Money out to others, by assurance: the identity is proved.
    pub spending_proved: Limits,
    /// Money back to bank accounts, per customer.
    pub payouts: Limits,
    /// How long a node that took errands keeps other nodes from running them; from then on they are anybody's.
    pub errand_taken_ms: Span,
    /// How long a handle that was given up is kept from everybody but its former owner.
    pub handle_rest_ms: Span,
    /// How long what has served its purpose is kept.
    pub retention: Retention,
    /// Merchant categories (ISO 18245) that sell easily resold goods: no provisional value there (P9).
    pub resale_categories: Vec<String>,
    /// The controls in force. No configuration sets this: a simulation does.
    #[serde(skip)]
    pub controls: Controls,
}

impl Policy {
    /// The limits on money out to others at a level of identity.
    pub const fn spending(&self, ial: Ial) -> Limits {
        match ial {
            Ial::Phone => self.spending_phone,
            Ial::Proved => self.spending_proved,
        }
    }
}

impl Default for Policy {
    fn default() -> Self {
        let limits =
            |day, week, month| Limits { day: Yen::of(day), week: Yen::of(week), month: Yen::of(month) };
        Self {
            code_life_ms: Span::minutes(10),
            code_tries: 5,
            ceremony_life_ms: Span::minutes(10),
            session_idle_ms: Span::days(14),
            session_life_ms: Span::days(90),
            step_up_life_ms: Span::minutes(5),
            recovery_delay_ms: Span::hours(24),
            recovery_life_ms: Span::days(7),
            value_matures_ms: Span::hours(72),
            link_young_ms: Span::days(30),
            payout_delay_ms: Span::hours(72),
            offer_life_ms: Span::hours(72),
            order_life_ms: Span::minutes(15),
            presented_code_life_ms: Span::minutes(5),
            payment_max: Yen::of(1_000_000),
            link_top_ups: limits(300_000, 500_000, 1_000_000),
            customer_top_ups: limits(500_000, 1_000_000, 2_000_000),
            spending_phone: limits(50_000, 100_000, 200_000),
            spending_proved: limits(500_000, 1_000_000, 3_000_000),
            payouts: limits(500_000, 1_000_000, 3_000_000),
            errand_taken_ms: Span::minutes(2),
            handle_rest_ms: Span::days(90),
            retention: Retention::default(),
            resale_categories: ["5944", "5993", "6051", "5732"].map(str::to_owned).to_vec(),
            controls: Controls::default(),
        }
    }
}
