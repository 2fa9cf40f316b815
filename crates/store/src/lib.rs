//! Loads facts, commits plans, answers counts: the only crate that knows SQL.
//!
//! Columns are what queries need; the rest of a row is its body, sealed (AES-256-GCM-SIV) under the store's key.

mod account_history;
mod asks;
mod attempts;
mod attempts_history;
mod backup;
mod bad_token;
mod bank_payments;
mod bulk;
mod cache;
mod checkpoint;
mod commit;
mod counts;
mod discrepancies;
mod dump;
mod errands;
mod events;
mod fault;
mod identity;
mod journal;
mod kept;
mod keys;
mod ledger;
mod ledger_batch;
mod ledger_rows;
mod lifts;
mod linking;
mod load;
mod merchants;
mod migrate;
mod offers;
mod operators;
mod payments;
mod pen;
mod pending;
mod postgres;
mod postgres_url;
mod postgres_value;
mod prove;
mod prove_checkpoints;
mod prove_seen;
mod recoveries;
mod restore;
mod retention;
mod rotation;
mod rules;
mod sessions;
mod shelf;
mod shop_payments;
mod sightings;
mod sign_ins;
mod sign_up;
mod signals;
mod sql;
mod sqlite;
mod sqlite_damage;
mod stops;
mod store;
mod watch;
pub mod yardstick;

pub use backup::{Backup, Link, Listener, Manifest, Progress, back_up, manifest_path};
pub use bulk::Outcomes;
pub use checkpoint::Checkpoint;
pub use counts::Question;
pub use errands::DueErrand;
pub use events::StoredEvent;
pub use fault::Fault;
pub use keys::Keys;
pub use load::{Load, Ran, run};
pub use postgres_url::PostgresUrl;
pub use prove::{ProofReport, prove};
pub use restore::{Restored, Upgraded, restore, upgrade};
pub use retention::{PURPOSES, Purpose, is_due, rows_per_commit};
pub use rotation::{Rotated, rotate_tags};
pub use shelf::Shelf;
pub use store::{Place, Store, Writer};

/// What can be looked up without deciding anything, by capability.
pub mod look {
    pub use crate::{
        account_history::{HistoryEntry, PAGE_MAX, account_of, balance_at, history_of, transfer_of},
        attempts_history::{ATTEMPTS_PAGE_MAX, attempts_between},
        backup::chain_at,
        bank_payments::{
            BankStanding, PurseView, bank_standing, customers_open, parcels_of, purse_of, usage_of,
        },
        discrepancies::{discrepancies, discrepancy_of},
        events::{events_after, last_event},
        identity::{identity_of, proofing_of},
        ledger_batch::purses_among,
        lifts::links_suspended,
        linking::{consent_of, consents_awaiting, link_of, links_of},
        merchants::{
            endpoint, endpoints_of, merchant_balance, merchant_by_key, merchant_by_number, order_by_reference,
        },
        offers::offers_to,
        operators::{operator_by_token, operator_of, operators},
        payments::{CustomerRef, payment_of, payments_by_bank_reference, payments_of},
        recoveries::{recoveries_waiting, recovery_facts, recovery_of},
        rules::{rule_set, rule_sets, standing_rules},
        sessions::{
            authenticator_by_credential, authenticators_of, ceremony_of, federations_of, sessions_of,
            standing,
        },
        sightings::sightings_after,
        sign_up::{customer_of, sign_up_of},
        signals::{signals, signals_about},
        stops::{breaker_of, stops},
        watch::{alarms_since, newest_sighting, watch_state},
    };
}
