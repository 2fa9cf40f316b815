//! Retention by purpose: what may be deleted, when and why, one line each, and the deleting in small batches.

use crate::{Fault, shelf::Shelf, sql::Value};
use engine::{Policy, Retention};
use gate::Step;
use terms::{Span, Time};

/// The longest rolling limit: usage is not forgotten before.
const LONGEST_LIMIT: Span = Span::days(31);
/// A bank may repeat its word for 30 days, and an alarm wait as long for what follows a failure: not forgotten before.
const SEEN_LEAST: Span = Span::days(60);
/// At most so many rows in one commit, whatever the policy says.
const ROWS_MAX: u32 = 2_000;
const HOUR_MS: i64 = 3_600_000;

/// One purpose that ends: which rows, from when on they are of no use, and why.
pub struct Purpose {
    /// Its stable name.
    pub name: &'static str,
    /// Where the rows are.
    pub table: &'static str,
    /// The key by which rows are deleted; rows with the same key go together.
    key: &'static str,
    /// Which rows, besides their age.
    pub which: &'static str,
    /// The column that says when their purpose ended, and its unit in milliseconds.
    pub since: &'static str,
    since_unit_ms: i64,
    /// How long they are kept from then on.
    pub kept: fn(&Retention) -> Span,
    /// Why they may go, for people.
    pub reason: &'static str,
}

const fn purpose(
    (name, table, key): (&'static str, &'static str, &'static str),
    which: &'static str,
    since: &'static str,
    kept: fn(&Retention) -> Span,
    reason: &'static str,
) -> Purpose {
    Purpose { name, table, key, which, since, since_unit_ms: 1, kept, reason }
}

/// Everything that is ever deleted, but for errands that are done. The book, the answers to asks that were taken,
/// events, payments, customers, links and identities are not in it.
#[rustfmt::skip]
pub const PURPOSES: &[Purpose] = &[
    purpose(("ceremonies", "ceremonies", "id"), "1 = 1", "expires_at", |r| r.ceremonies_ms, "A ceremony is used once, and is over after minutes."),
    purpose(("sign_ups", "sign_ups", "id"), "1 = 1", "expires_at", |r| r.sign_ups_ms, "Its codes are over; the wallet, if one was opened, stands for itself."),
    purpose(("presented_codes", "presented_codes", "code"), "1 = 1", "expires_at", |r| r.presented_codes_ms, "A code at a till is used once, and is over after minutes."),
    purpose(("recoveries", "recoveries", "id"), "1 = 1", "expires_at", |r| r.recoveries_ms, "It was finished, cancelled, or its time is over; the attempts at it are kept."),
    purpose(("proofings", "proofings", "id"), "1 = 1", "expires_at", |r| r.proofings_ms, "The browser is back from the verifier or never will be; the identity stands for itself."),
    purpose(("consents", "consents", "id"), "over_at IS NOT NULL", "over_at", |r| r.consents_ms, "No link came of it; until then a bank's late word finds whose it was."),
    purpose(("sessions", "sessions", "id"), "1 = 1", "expires_at", |r| r.sessions_ms, "Its token opens nothing any more; that its device is known is told by attempts."),
    purpose(("handles", "handles", "handle"), "1 = 1", "free_at", |r| r.handles_ms, "Anybody may have it by now."),
    purpose(("refused_asks", "asks", "id"), "refused = 1", "at", |r| r.refused_asks_ms, "Nobody sends a refused ask again after so long; answers to asks that were taken stay for ever."),
    purpose(("attempts", "attempts", "at"), "(ruling IS NULL OR ruling <> 'deny')", "at", |r| r.attempts_ms.max(looks_back()), "No detector looks back so far."),
    purpose(("attempts_denied", "attempts", "at"), "ruling = 'deny'", "at", |r| r.attempts_denied_ms.max(looks_back()), "What was denied, and why, is kept for disputes, then no longer."),
    Purpose { since_unit_ms: HOUR_MS, ..purpose(("usage", "usage", "key, hour"), "1 = 1", "hour", |r| r.usage_ms.max(LONGEST_LIMIT), "The longest rolling limit is 30 days.") },
    purpose(("notices_given_up", "errands", "id"), "state = 2 AND lane = 'notice'", "due_at", |r| r.notices_given_up_ms, "It came too late for its reader, and may hold a code."),
    purpose(("errands_given_up", "errands", "id"), "state = 2 AND lane <> 'notice'", "due_at", |r| r.errands_given_up_ms, "An operator had time to see that a merchant or bank could not be reached."),
    purpose(("signals", "signals", "number"), "number < (SELECT MAX(number) FROM signals)", "at", |r| r.signals_ms.max(SEEN_LEAST), "What a bank told is kept for disputes, then no longer; the newest stays for the count."),
    purpose(("sightings", "sightings", "number"), "number < (SELECT MAX(number) FROM sightings)", "at", |r| r.sightings_ms.max(SEEN_LEAST), "The alarms have learned what is usual from it; the newest stays for the count."),
];

/// How far detectors and operators' rules look back at most.
fn looks_back() -> Span {
    let counts = Step::ALL.iter().flat_map(|step| gate::needs(*step).iter());
    counts.map(|count| count.span).max().unwrap_or(Span::millis(0)).max(gate::rules::SPAN_MAX)
}

impl Purpose {
    /// Rows from before this, in the unit of the column, may go.
    fn before(&self, now: Time, policy: &Policy) -> i64 {
        let kept = (self.kept)(&policy.retention).max(Span::millis(0));
        now.minus(kept).millis().div_euclid(self.since_unit_ms)
    }

    fn oldest(&self, what: &str) -> String {
        let Self { table, which, since, .. } = self;
        format!("SELECT {what} FROM {table} WHERE {which} AND {since} < ?1 ORDER BY {since} LIMIT ?2")
    }
}

/// At most so many rows go in one commit.
pub fn rows_per_commit(policy: &Policy) -> u32 {
    policy.retention.rows_per_commit.clamp(1, ROWS_MAX)
}

/// Whether rows of this purpose can go.
///
/// # Errors
/// When the database fails.
pub fn is_due(shelf: &mut Shelf<'_>, purpose: &Purpose, now: Time, policy: &Policy) -> Result<bool, Fault> {
    let values = [Value::Int(purpose.before(now, policy)), Value::Int(1)];
    Ok(!shelf.sql.query(&purpose.oldest(purpose.since), &values)?.is_empty())
}

impl Shelf<'_> {
    /// Deletes the oldest rows of a purpose that can go, and says how many: at most [`rows_per_commit`], and those
    /// that were made in the same millisecond as the last of them. What this batch itself wrote waits for the next.
    ///
    /// # Errors
    /// When the database fails.
    pub fn sweep(&mut self, purpose: &Purpose, now: Time, policy: &Policy) -> Result<usize, Fault> {
        let Purpose { table, key, which, .. } = purpose;
        let oldest = purpose.oldest(key);
        let keys = if key.contains(',') { format!("({key})") } else { (*key).to_owned() };
        let sql = format!("DELETE FROM {table} WHERE {which} AND {keys} IN ({oldest})");
        let values =
            [Value::Int(purpose.before(now, policy)), Value::Int(i64::from(rows_per_commit(policy)))];
        let deleted = self.sql.change(&sql, &values)?;
        if deleted > 0 {
            // A commit of its own in the chain, and no earlier than what it forgets.
            self.pending.note_change();
            self.happens_at(now);
        }
        Ok(deleted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table as docs/operating.md has it.
    fn table() -> String {
        let mut text = "| name | where | which | kept for | why |\n|---|---|---|---|---|\n".to_owned();
        for purpose in PURPOSES {
            let days = (purpose.kept)(&Retention::default()).as_millis() / Span::days(1).as_millis();
            let which =
                if purpose.which == "1 = 1" { "all".to_owned() } else { format!("`{}`", purpose.which) };
            let Purpose { name, table, since, reason, .. } = purpose;
            let unit = if days == 1 { "day" } else { "days" };
            text += &format!(
                "| `{name}_ms` | `{table}` | {which} | {days} {unit} after `{since}` | {reason} |\n"
            );
        }
        text
    }

    #[test]
    fn the_operators_page_says_what_is_deleted() {
        let page = include_str!("../../../docs/operating.md");
        let table = table();
        assert!(page.contains(&table), "docs/operating.md, \"Retention\", should have:\n{table}");
    }

    #[test]
    fn each_purpose_has_its_setting() {
        let settings = serde_json::to_value(Retention::default()).expect("json");
        for purpose in PURPOSES {
            assert!(settings.get(format!("{}_ms", purpose.name)).is_some(), "{}", purpose.name);
        }
    }

    // promise: P6
    #[test]
    fn no_policy_forgets_what_the_gate_and_the_limits_still_count() {
        let nothing = Policy {
            retention: Retention {
                attempts_ms: Span::millis(0),
                attempts_denied_ms: Span::millis(-5),
                usage_ms: Span::millis(0),
                ..Retention::default()
            },
            ..Policy::default()
        };
        let now = Time::from_millis(1_800_000_000_000);
        for purpose in PURPOSES.iter().filter(|p| ["attempts", "usage"].contains(&p.table)) {
            let before = Time::from_millis(purpose.before(now, &nothing) * purpose.since_unit_ms);
            let least = if purpose.table == "usage" { Span::days(30) } else { looks_back() };
            assert!(now.since(before) >= least, "{}", purpose.name);
        }
        assert!(
            looks_back() <= Retention::default().attempts_ms,
            "a detector looks further back than attempts are kept"
        );
    }
}
