//! What a store promises, on SQLite and on PostgreSQL: one story, one module, told on both.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "a story's seed is given and printed"
)]

mod ask;
mod bed;
mod counts;
mod damaged_file;
mod dice;
mod draw;
mod faults;
mod findings;
mod handles;
mod large;
mod model;
mod opening;
mod parity;
mod play;
mod proxy;
mod raw;
mod retention;
mod rotation;
mod rows;
mod rules;
mod sealed;
mod sightings;
mod stops;
mod tampering;
mod watch;
mod writers;

/// One test per story and database; without a server installed the stories on PostgreSQL are skipped in one line.
macro_rules! on_both {
    ($($story:ident)*) => {
        mod on_sqlite {
            $(#[test]
            fn $story() {
                crate::$story::check(&crate::bed::Bed::file());
            })*
        }
        mod on_postgres {
            $(#[test]
            fn $story() {
                let Some(bed) = crate::bed::Bed::postgres() else { return };
                crate::$story::check(&bed);
            })*
        }
    };
}

on_both! { counts findings handles large opening play retention rotation rows rules sealed sightings stops tampering watch writers }
