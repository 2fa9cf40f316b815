-- The first schema. Ids are 16 bytes, digests and tags 32, times milliseconds since 1970, money whole yen.
-- `body` is the row itself, sealed; the other columns are what queries need. Tables of long rows keep their row number:
-- a tree of long rows sorted by key would be several times as deep.

-- One row: the keyed tag that says which store key this database belongs to.
CREATE TABLE store (id INTEGER PRIMARY KEY, mark BLOB NOT NULL) STRICT;

-- One row: whoever has its lock writes. The numbers given out so far, and the end of the hash chain.
CREATE TABLE pen (
    id INTEGER PRIMARY KEY, commits INTEGER NOT NULL, transfers INTEGER NOT NULL, events INTEGER NOT NULL,
    signals INTEGER NOT NULL, sightings INTEGER NOT NULL, at INTEGER NOT NULL, digest BLOB NOT NULL
) STRICT;
INSERT INTO pen (id, commits, transfers, events, signals, sightings, at, digest)
VALUES (1, 0, 0, 0, 0, 0, 0, X'0000000000000000000000000000000000000000000000000000000000000000');

-- Every commit is a link of the chain; `transfers` is the number of the last one up to and with it.
CREATE TABLE commits (
    number INTEGER PRIMARY KEY, id BLOB NOT NULL, at INTEGER NOT NULL, transfers INTEGER NOT NULL,
    postings TEXT NOT NULL, digest BLOB NOT NULL
) STRICT;
CREATE INDEX commits_at ON commits (at, number);

-- Signed ends of the chain.
CREATE TABLE checkpoints (
    number INTEGER PRIMARY KEY, at INTEGER NOT NULL, digest BLOB NOT NULL, signer BLOB NOT NULL, signature BLOB NOT NULL
) STRICT;

-- Where `currency` is NULL it is the yen.
-- `entries` counts an account's transfers, `last` is the number of the newest: the end of its thread.
CREATE TABLE accounts (
    id BLOB PRIMARY KEY, currency TEXT, floor INTEGER, state INTEGER NOT NULL,
    debits INTEGER NOT NULL, credits INTEGER NOT NULL, held INTEGER NOT NULL, announced INTEGER NOT NULL,
    entries INTEGER NOT NULL, last INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Only ever appended. Each side has its account's balance after it and the number of the account's transfer before
-- it: a thread through the table instead of an index beside it.
CREATE TABLE transfers (
    number INTEGER PRIMARY KEY, id BLOB NOT NULL, debit BLOB NOT NULL, credit BLOB NOT NULL,
    currency TEXT, amount INTEGER NOT NULL CHECK (amount > 0), at INTEGER NOT NULL,
    debit_balance INTEGER NOT NULL, debit_before INTEGER NOT NULL,
    credit_balance INTEGER NOT NULL, credit_before INTEGER NOT NULL,
    captures BLOB, reverses BLOB
) STRICT;
CREATE UNIQUE INDEX transfers_id ON transfers (id);
CREATE INDEX transfers_reverses ON transfers (reverses) WHERE reverses IS NOT NULL;

-- Every 128th transfer of an account, so that a time in the past is found without walking the whole thread.
CREATE TABLE marks (
    account BLOB NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (account, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE holds (
    id BLOB PRIMARY KEY, debit BLOB NOT NULL, credit BLOB NOT NULL, currency TEXT,
    amount INTEGER NOT NULL CHECK (amount > 0), captured INTEGER NOT NULL, state INTEGER NOT NULL,
    expires_at INTEGER, made_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE asks (
    id BLOB PRIMARY KEY, name TEXT NOT NULL, asker TEXT NOT NULL, content BLOB NOT NULL, at INTEGER NOT NULL,
    refused INTEGER NOT NULL, body BLOB NOT NULL
) STRICT;
CREATE INDEX asks_refused ON asks (at) WHERE refused = 1;

-- Counted by customer, bank account and payee; by a place (device, address, network, bank, holder) only at the door, so
-- that money that moves costs three orders.
CREATE TABLE attempts (
    id BLOB NOT NULL, at INTEGER NOT NULL, step TEXT NOT NULL, refused INTEGER NOT NULL, code TEXT, ruling TEXT,
    findings TEXT, customer BLOB, device BLOB, address TEXT, network TEXT, bank TEXT, bank_account BLOB, holder BLOB,
    payee BLOB, amount INTEGER, door INTEGER NOT NULL
) STRICT;
CREATE INDEX attempts_denied ON attempts (at) WHERE ruling = 'deny';
CREATE INDEX attempts_other ON attempts (at) WHERE (ruling IS NULL OR ruling <> 'deny');
CREATE INDEX attempts_customer ON attempts (customer, step, refused, at) WHERE customer IS NOT NULL;
CREATE INDEX attempts_bank_account ON attempts (bank_account, step, refused, at) WHERE bank_account IS NOT NULL;
CREATE INDEX attempts_payee ON attempts (payee, step, refused, at) WHERE payee IS NOT NULL;
CREATE INDEX attempts_device ON attempts (device, step, refused, at) WHERE device IS NOT NULL AND door = 1;
CREATE INDEX attempts_address ON attempts (address, step, refused, at) WHERE address IS NOT NULL AND door = 1;
CREATE INDEX attempts_network ON attempts (network, step, refused, at) WHERE network IS NOT NULL AND door = 1;
CREATE INDEX attempts_bank ON attempts (bank, step, refused, at) WHERE bank IS NOT NULL AND door = 1;
CREATE INDEX attempts_holder ON attempts (holder, step, refused, at) WHERE holder IS NOT NULL AND door = 1;

CREATE TABLE errands (
    id BLOB PRIMARY KEY, due_at INTEGER NOT NULL, state INTEGER NOT NULL, tries INTEGER NOT NULL,
    lane TEXT NOT NULL, body BLOB NOT NULL
) STRICT;
CREATE INDEX errands_due ON errands (lane, due_at, id) WHERE state = 0;
CREATE INDEX errands_next ON errands (due_at) WHERE state = 0;
CREATE INDEX errands_given_up ON errands (due_at) WHERE state = 2;

CREATE TABLE events (
    number INTEGER PRIMARY KEY, audience TEXT NOT NULL, at INTEGER NOT NULL, kind TEXT NOT NULL, body BLOB NOT NULL
) STRICT;
CREATE INDEX events_audience ON events (audience, number);

CREATE TABLE sign_ups (
    id BLOB PRIMARY KEY, phone BLOB NOT NULL, email BLOB NOT NULL, expires_at INTEGER NOT NULL, body BLOB NOT NULL
) STRICT;
CREATE INDEX sign_ups_expires ON sign_ups (expires_at);
CREATE INDEX sign_ups_phone ON sign_ups (phone, expires_at);
CREATE INDEX sign_ups_email ON sign_ups (email, expires_at);

-- `main` and `young` are the accounts of a purse: no operator's batch may name them.
-- A closed customer's phone and handle are free again: their columns become NULL.
CREATE TABLE customers (
    id BLOB PRIMARY KEY, main BLOB NOT NULL UNIQUE, young BLOB NOT NULL UNIQUE,
    phone BLOB UNIQUE, email BLOB, handle TEXT UNIQUE, recovery_code BLOB UNIQUE,
    body BLOB NOT NULL
) STRICT;
CREATE INDEX customers_email ON customers (email) WHERE email IS NOT NULL;

-- Names that were given up, and until when nobody else may have them.
CREATE TABLE handles (
    handle TEXT PRIMARY KEY, customer BLOB NOT NULL, free_at INTEGER NOT NULL, body BLOB NOT NULL
) STRICT;
CREATE INDEX handles_free ON handles (free_at);
CREATE INDEX handles_customer ON handles (customer, free_at);

CREATE TABLE sessions (
    id BLOB PRIMARY KEY, token BLOB NOT NULL UNIQUE, customer BLOB NOT NULL, ended INTEGER NOT NULL,
    expires_at INTEGER NOT NULL, body BLOB NOT NULL
) STRICT;
CREATE INDEX sessions_expires ON sessions (expires_at);
CREATE INDEX sessions_customer ON sessions (customer) WHERE ended = 0;

CREATE TABLE authenticators (
    id BLOB PRIMARY KEY, customer BLOB NOT NULL, credential TEXT NOT NULL UNIQUE, removed INTEGER NOT NULL,
    body BLOB NOT NULL
) STRICT;
CREATE INDEX authenticators_customer ON authenticators (customer) WHERE removed = 0;

CREATE TABLE ceremonies (id BLOB PRIMARY KEY, expires_at INTEGER NOT NULL, body BLOB NOT NULL) STRICT;
CREATE INDEX ceremonies_expires ON ceremonies (expires_at);

CREATE TABLE federations (
    issuer TEXT NOT NULL, subject TEXT NOT NULL, customer BLOB NOT NULL, removed INTEGER NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (issuer, subject)
) STRICT;
CREATE INDEX federations_customer ON federations (customer);

CREATE TABLE recoveries (
    id BLOB PRIMARY KEY, customer BLOB, expires_at INTEGER NOT NULL, body BLOB NOT NULL
) STRICT;
CREATE INDEX recoveries_expires ON recoveries (expires_at);
CREATE INDEX recoveries_customer ON recoveries (customer) WHERE customer IS NOT NULL;

CREATE TABLE proofings (
    id BLOB PRIMARY KEY, customer BLOB NOT NULL, expires_at INTEGER NOT NULL, body BLOB NOT NULL
) STRICT;
CREATE INDEX proofings_expires ON proofings (expires_at);
CREATE INDEX proofings_customer ON proofings (customer);

-- One person, one wallet: the verifier's subject is unique while its wallet is open.
CREATE TABLE identities (
    customer BLOB PRIMARY KEY, person BLOB UNIQUE, body BLOB NOT NULL
) STRICT;

-- `state` is the digest of what was sent along: banks name a consent by it. Where a link came of it, `over_at` is NULL.
CREATE TABLE consents (
    id BLOB PRIMARY KEY, customer BLOB NOT NULL, bank TEXT NOT NULL, state BLOB NOT NULL, over_at INTEGER,
    body BLOB NOT NULL
) STRICT;
CREATE INDEX consents_over ON consents (over_at) WHERE over_at IS NOT NULL;
CREATE INDEX consents_customer ON consents (customer);
CREATE INDEX consents_state ON consents (state);

CREATE TABLE links (
    id BLOB PRIMARY KEY, customer BLOB NOT NULL, bank TEXT NOT NULL, account_tag BLOB NOT NULL, ended INTEGER NOT NULL,
    suspended INTEGER NOT NULL, body BLOB NOT NULL
) STRICT;
CREATE INDEX links_customer ON links (customer);
CREATE INDEX links_suspended ON links (id) WHERE suspended = 1;
CREATE INDEX links_account ON links (account_tag) WHERE ended = 0;

CREATE TABLE payments (
    id BLOB PRIMARY KEY, kind TEXT NOT NULL, state TEXT NOT NULL, customer BLOB NOT NULL, payee BLOB, payee_phone BLOB,
    merchant BLOB, link BLOB, bank TEXT, original BLOB, bank_reference BLOB, amount INTEGER NOT NULL, at INTEGER NOT NULL, body BLOB NOT NULL
) STRICT;
CREATE INDEX payments_customer ON payments (customer, at, id);
CREATE INDEX payments_payee ON payments (payee, at, id) WHERE payee IS NOT NULL;
CREATE INDEX payments_phone ON payments (payee_phone) WHERE payee_phone IS NOT NULL AND state = 'waiting';
CREATE INDEX payments_waiting ON payments (customer) WHERE state = 'waiting';
CREATE INDEX payments_merchant ON payments (merchant, at, id) WHERE merchant IS NOT NULL;
CREATE INDEX payments_original ON payments (original) WHERE original IS NOT NULL;
CREATE INDEX payments_reference ON payments (bank_reference, at) WHERE bank_reference IS NOT NULL;
CREATE INDEX payments_open ON payments (bank, state) WHERE state IN ('in_progress', 'in_doubt');

-- Where a bank's later word does not fit what we booked.
CREATE TABLE discrepancies (
    payment BLOB PRIMARY KEY, bank TEXT NOT NULL, at INTEGER NOT NULL, body BLOB NOT NULL
) STRICT;
CREATE INDEX discrepancies_at ON discrepancies (at, payment);

CREATE TABLE parcels (
    id BLOB PRIMARY KEY, customer BLOB NOT NULL, remaining INTEGER NOT NULL, body BLOB NOT NULL
) STRICT;
CREATE INDEX parcels_customer ON parcels (customer) WHERE remaining > 0;

CREATE TABLE usage (
    key TEXT NOT NULL, hour INTEGER NOT NULL, sum INTEGER NOT NULL, PRIMARY KEY (key, hour)
) STRICT, WITHOUT ROWID;

CREATE INDEX usage_hour ON usage (hour);

CREATE TABLE presented_codes (code BLOB PRIMARY KEY, expires_at INTEGER NOT NULL, body BLOB NOT NULL) STRICT;
CREATE INDEX presented_codes_expires ON presented_codes (expires_at);

CREATE TABLE merchants (
    id BLOB PRIMARY KEY, key BLOB NOT NULL UNIQUE, number TEXT NOT NULL UNIQUE, body BLOB NOT NULL
) STRICT;

CREATE TABLE orders (
    id BLOB PRIMARY KEY, merchant BLOB NOT NULL, reference TEXT NOT NULL, body BLOB NOT NULL,
    UNIQUE (merchant, reference)
) STRICT;

CREATE TABLE webhook_endpoints (
    id BLOB PRIMARY KEY, merchant BLOB NOT NULL, removed INTEGER NOT NULL, body BLOB NOT NULL
) STRICT;
CREATE INDEX webhook_endpoints_merchant ON webhook_endpoints (merchant) WHERE removed = 0;

CREATE TABLE operators (name TEXT PRIMARY KEY, token BLOB NOT NULL UNIQUE, body BLOB NOT NULL) STRICT;

CREATE TABLE breakers (scope TEXT PRIMARY KEY, closed INTEGER NOT NULL, body BLOB NOT NULL) STRICT;

-- What banks told us, and what the alarms watch; the writer gives the numbers.
CREATE TABLE signals (
    number INTEGER PRIMARY KEY, bank TEXT NOT NULL, jti TEXT NOT NULL, kind TEXT NOT NULL, account BLOB,
    at INTEGER NOT NULL, body BLOB NOT NULL, UNIQUE (bank, jti)
) STRICT;
CREATE INDEX signals_at ON signals (at);
CREATE INDEX signals_account ON signals (account, kind, number) WHERE account IS NOT NULL;

CREATE TABLE sightings (number INTEGER PRIMARY KEY, at INTEGER NOT NULL, bank TEXT NOT NULL, body BLOB NOT NULL) STRICT;
CREATE INDEX sightings_at ON sightings (at);

CREATE TABLE watch (id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;

CREATE TABLE alarms (id BLOB PRIMARY KEY, at INTEGER NOT NULL, body BLOB NOT NULL) STRICT;
CREATE INDEX alarms_at ON alarms (at, id);

-- Operators' rules: every set that was ever proposed.
CREATE TABLE rule_sets (version INTEGER PRIMARY KEY, standing INTEGER NOT NULL, body BLOB NOT NULL) STRICT;
CREATE INDEX rule_sets_standing ON rule_sets (version) WHERE standing = 1;
