//! Yardsticks for benchmarks: what a transfer weighs, and how fast PostgreSQL is one transaction at a time.

use crate::{Fault, journal, postgres_url::PostgresUrl};
use std::{
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

/// Bytes of one transfer as the journal hashes it.
pub const TRANSFER_BYTES: usize = journal::ENTRY_BYTES;

const TABLES: &str = "
DROP TABLE IF EXISTS yardstick_transfers; DROP TABLE IF EXISTS yardstick_accounts;
CREATE TABLE yardstick_accounts (id BIGINT PRIMARY KEY, balance BIGINT NOT NULL) WITH (fillfactor = 70);
CREATE TABLE yardstick_transfers (
    id BYTEA PRIMARY KEY, debit BIGINT NOT NULL, credit BIGINT NOT NULL, amount BIGINT NOT NULL, at BIGINT NOT NULL);
CREATE OR REPLACE FUNCTION yardstick_transfer(id BYTEA, debit BIGINT, credit BIGINT, amount BIGINT, at BIGINT)
RETURNS BOOLEAN LANGUAGE plpgsql AS $$
DECLARE spendable BIGINT;
BEGIN
    PERFORM 1 FROM yardstick_accounts a WHERE a.id IN ($2, $3) ORDER BY a.id FOR UPDATE;
    SELECT a.balance INTO spendable FROM yardstick_accounts a WHERE a.id = $2;
    IF spendable < $4 THEN RETURN FALSE; END IF;
    UPDATE yardstick_accounts a SET balance = a.balance - $4 WHERE a.id = $2;
    UPDATE yardstick_accounts a SET balance = a.balance + $4 WHERE a.id = $3;
    INSERT INTO yardstick_transfers VALUES ($1, $2, $3, $4, $5);
    RETURN TRUE;
END $$;";

/// Transfers per second, one per transaction, by a stored procedure on tables of its own; `hot` credits one account.
///
/// # Errors
/// When the database fails.
pub fn one_by_one(
    url: &PostgresUrl,
    accounts: u32,
    hot: bool,
    connections: u32,
    time: Duration,
) -> Result<u64, Fault> {
    let mut client = url.client()?;
    let failed = |error: postgres::Error| Fault::Postgres(error.to_string());
    client.batch_execute(TABLES).map_err(failed)?;
    let fill = "INSERT INTO yardstick_accounts SELECT g, 1000000000 FROM generate_series(1, $1::bigint) g";
    client.execute(fill, &[&i64::from(accounts)]).map_err(failed)?;
    client.batch_execute("ANALYZE yardstick_accounts").map_err(failed)?;
    let next = AtomicU64::new(0);
    let begun = Instant::now();
    let done: Vec<Result<u64, Fault>> = thread::scope(|scope| {
        let callers: Vec<_> = (0..connections)
            .map(|caller| {
                scope.spawn({
                    let next = &next;
                    move || call(url, accounts, hot, caller, next, begun + time)
                })
            })
            .collect();
        let lost = || Err(Fault::Postgres("a caller panicked".to_owned()));
        callers.into_iter().map(|caller| caller.join().unwrap_or_else(|_| lost())).collect()
    });
    let elapsed = begun.elapsed();
    let mut transfers = 0;
    for count in done {
        transfers += count?;
    }
    client.batch_execute("DROP TABLE yardstick_transfers; DROP TABLE yardstick_accounts").map_err(failed)?;
    Ok(transfers * 1000 / u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX).max(1))
}

fn call(
    url: &PostgresUrl,
    accounts: u32,
    hot: bool,
    caller: u32,
    next: &AtomicU64,
    until: Instant,
) -> Result<u64, Fault> {
    let failed = |error: postgres::Error| Fault::Postgres(error.to_string());
    let mut client = url.client()?;
    let statement = client.prepare("SELECT yardstick_transfer($1, $2, $3, $4, $5)").map_err(failed)?;
    let all = i64::from(accounts);
    let mut state = u64::from(caller) + 1;
    let mut draw = move || {
        // Xorshift (Marsaglia 2003): who pays whom needs no better dice.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        i64::try_from(state % accounts.max(1) as u64).unwrap_or(0)
    };
    let mut done = 0;
    while Instant::now() < until {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let id = u128::from(number).to_be_bytes();
        let debit = draw() + 1;
        let credit = if hot { 1 } else { draw() + 1 };
        let credit = if credit == debit { credit % all + 1 } else { credit };
        let values: [&(dyn postgres::types::ToSql + Sync); 5] =
            [&id.as_slice(), &debit, &credit, &1_i64, &0_i64];
        client.query_one(&statement, &values).map_err(failed)?;
        done += 1;
    }
    Ok(done)
}
