CREATE TABLE IF NOT EXISTS bank_accounts (
    account_id TEXT PRIMARY KEY, bank TEXT NOT NULL, branch TEXT NOT NULL, number TEXT NOT NULL, person TEXT NOT NULL,
    balance INTEGER NOT NULL, pin TEXT NOT NULL, login TEXT NOT NULL, password TEXT NOT NULL, phone TEXT NOT NULL,
    pin_failures INTEGER NOT NULL, UNIQUE (bank, branch, number)) STRICT;
CREATE INDEX IF NOT EXISTS bank_accounts_person ON bank_accounts (person, bank);
CREATE TABLE IF NOT EXISTS bank_settlement (bank TEXT PRIMARY KEY, balance INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS bank_movements (
    number INTEGER PRIMARY KEY, bank TEXT NOT NULL, account_id TEXT NOT NULL, payment TEXT NOT NULL,
    amount INTEGER NOT NULL, at INTEGER NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS bank_movements_account ON bank_movements (account_id, at);
CREATE TABLE IF NOT EXISTS bank_payments (
    bank TEXT NOT NULL, id TEXT NOT NULL, direction TEXT NOT NULL, amount INTEGER NOT NULL, account_id TEXT NOT NULL,
    reference TEXT NOT NULL, status TEXT NOT NULL, reason TEXT, bank_reference TEXT, linked_at INTEGER NOT NULL,
    booked_at INTEGER, due_at INTEGER, PRIMARY KEY (bank, id)) STRICT;
CREATE INDEX IF NOT EXISTS bank_payments_pending ON bank_payments (account_id) WHERE status = 'pending';
CREATE TABLE IF NOT EXISTS bank_flows (
    id TEXT PRIMARY KEY, request_uri TEXT NOT NULL UNIQUE, bank TEXT NOT NULL, params TEXT NOT NULL, step TEXT NOT NULL,
    account_id TEXT, otp TEXT, tries INTEGER NOT NULL, expires_at INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS bank_flow_browsers (flow TEXT PRIMARY KEY, browser TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS bank_codes (
    code TEXT PRIMARY KEY, bank TEXT NOT NULL, account_id TEXT NOT NULL, params TEXT NOT NULL,
    expires_at INTEGER NOT NULL, used INTEGER NOT NULL, grant_id TEXT) STRICT;
CREATE TABLE IF NOT EXISTS bank_grants (
    id TEXT PRIMARY KEY, refresh_token TEXT NOT NULL UNIQUE, bank TEXT NOT NULL, account_id TEXT NOT NULL,
    jkt TEXT NOT NULL, per_debit INTEGER NOT NULL, per_day INTEGER NOT NULL, created_at INTEGER NOT NULL,
    ended INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS bank_access (
    token TEXT PRIMARY KEY, grant_id TEXT NOT NULL, bank TEXT NOT NULL, jkt TEXT NOT NULL, expires_at INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS bank_proofs (jti TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS bank_proofs_at ON bank_proofs (at);
CREATE TABLE IF NOT EXISTS bank_vices (
    bank TEXT PRIMARY KEY, vice TEXT NOT NULL, times INTEGER NOT NULL, seconds INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS bank_nonce_secrets (bank TEXT PRIMARY KEY, secret BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS bank_tag_secrets (bank TEXT PRIMARY KEY, secret BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS bank_signals (
    number INTEGER PRIMARY KEY, bank TEXT NOT NULL, jti TEXT NOT NULL, toe INTEGER NOT NULL, account_id TEXT,
    events TEXT NOT NULL, tries INTEGER NOT NULL, due_at INTEGER NOT NULL, why TEXT) STRICT;
CREATE INDEX IF NOT EXISTS bank_signals_due ON bank_signals (due_at, number) WHERE why IS NULL;
