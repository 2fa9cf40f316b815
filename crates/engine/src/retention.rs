//! How long what has served its purpose is kept before it is deleted: one setting per purpose.

use serde::{Deserialize, Serialize};
use terms::Span;

/// How long rows stay after their purpose has ended. A span below zero counts as none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Retention {
    /// Passkey and provider ceremonies, after they are over.
    pub ceremonies_ms: Span,
    /// Sign-ups with their codes, after they are over.
    pub sign_ups_ms: Span,
    /// Codes shown at a till, after they are over.
    pub presented_codes_ms: Span,
    /// Recoveries, after they are over.
    pub recoveries_ms: Span,
    /// Redirects to an identity verifier, after they are over.
    pub proofings_ms: Span,
    /// Consents of which no link came, after they are over: a bank's late word still names them.
    pub consents_ms: Span,
    /// Sessions, after they are over.
    pub sessions_ms: Span,
    /// Handles that were given up, after anybody may take them.
    pub handles_ms: Span,
    /// Answers to refused asks. Answers to asks that were taken are kept for ever (P3).
    pub refused_asks_ms: Span,
    /// Attempts that the gate did not deny; never less than the detectors look back.
    pub attempts_ms: Span,
    /// Attempts that the gate denied, with its findings; never less than the detectors look back.
    pub attempts_denied_ms: Span,
    /// What was used of rolling limits; never less than the longest limit.
    pub usage_ms: Span,
    /// Notices that were given up: they may hold a code.
    pub notices_given_up_ms: Span,
    /// Webhooks and messages to banks that were given up.
    pub errands_given_up_ms: Span,
    /// What banks told us; the newest stays. Not less than 60 days: within 30 the same word may come again.
    pub signals_ms: Span,
    /// Tries at banks as the alarms saw them; the newest stays. Not less than 60 days.
    pub sightings_ms: Span,
    /// How often it is looked for what can go.
    pub every_ms: Span,
    /// At most so many rows go in one commit; 1 to 2,000.
    pub rows_per_commit: u32,
    /// How long a sweep pauses between two commits.
    pub pause_ms: Span,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            ceremonies_ms: Span::days(1),
            sign_ups_ms: Span::days(1),
            presented_codes_ms: Span::days(1),
            recoveries_ms: Span::days(30),
            proofings_ms: Span::days(30),
            consents_ms: Span::days(90),
            sessions_ms: Span::days(30),
            handles_ms: Span::days(1),
            refused_asks_ms: Span::days(400),
            attempts_ms: Span::days(400),
            attempts_denied_ms: Span::days(5 * 365),
            usage_ms: Span::days(40),
            notices_given_up_ms: Span::days(1),
            errands_given_up_ms: Span::days(30),
            signals_ms: Span::days(1_825),
            sightings_ms: Span::days(400),
            every_ms: Span::minutes(10),
            rows_per_commit: 200,
            pause_ms: Span::millis(250),
        }
    }
}
