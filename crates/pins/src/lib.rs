//! How soon four-digit PINs are guessed: curves, entropies, barred lists, and a model of bank-card PINs.
//!
//! | piece | what it is |
//! |---|---|
//! | [`Counts`] | how often each PIN was seen |
//! | [`Distribution`] | the share of people who hold each PIN |
//! | [`Curve`] | the share of accounts that the best *k* guesses open, and two entropies |
//! | [`bank_cards`], [`bank_cards_born`] | bank-card PINs as a mixture, after Bonneau, Preibusch and Anderson (FC 2012) |
//! | [`CardHolders`] | the same people, drawn one by one |
//!
//! ```
//! use pins::{Distribution, bank_cards};
//!
//! let uniform = Distribution::uniform().curve();
//! assert_eq!(format!("{:.2} %", 100.0 * uniform.opened(30)), "0.30 %");
//! // Three guesses open far more bank cards than three in ten thousand.
//! assert!(bank_cards().curve().opened(3) > 40.0 * uniform.opened(3));
//! ```
#![forbid(unsafe_code)]

mod bank_cards;
mod counts;
mod curve;
mod distribution;
mod pin;
mod shapes;

pub use bank_cards::{
    BIRTHDAYS, Born, CardHolders, DATES, KEYPAD, NUMERIC, RANDOM, bank_cards, bank_cards_born,
};
pub use counts::{Counts, CountsWrong};
pub use curve::Curve;
pub use distribution::Distribution;
pub use pin::{PINS, Pin};
