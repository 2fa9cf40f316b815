//! The table of curves says what the crate `pins` computes, to its last digit.

use engine::directory::Directory;
use pins::{Born, Counts, Distribution, Pin, bank_cards, bank_cards_born};
use std::collections::BTreeSet;

/// The counts behind the figures; the product ships the figures only.
const HIBP: &str = include_str!("../../../pins/tests/hibp-4-digit.csv");

#[test]
fn the_figures_are_those_that_pins_computes() {
    let hibp = Counts::parse(HIBP).unwrap();
    let barred = |most: usize| hibp.without(&hibp.top(most).into_iter().collect()).unwrap().shares();
    let cards = bank_cards();
    let top: BTreeSet<Pin> = cards.guessing_order().into_iter().take(100).collect();
    let born = bank_cards_born(Born::new(1975, 4, 23).unwrap());
    let computed = [
        ("hibp", hibp.shares()),
        ("hibp_barred_100", barred(100)),
        ("hibp_barred_1000", barred(1000)),
        ("bank_cards", cards.clone()),
        ("bank_cards_barred_100", cards.without(&top).unwrap()),
        ("bank_cards_birth_date_known", born.clone()),
        ("bank_cards_barred_100_birth_date_known", born.without(&top).unwrap()),
        ("uniform", Distribution::uniform()),
    ];
    for (code, distribution) in computed {
        let (table, curve) = (&Directory::embedded().curves[code], distribution.curve());
        for (guesses, share) in table.points() {
            let is = 100.0 * curve.opened(usize::try_from(*guesses).unwrap());
            assert_eq!(format!("{is:.2}"), format!("{:.2}", 100.0 * share), "{code} with {guesses} guesses");
        }
        // A straight line under a curve that bends downwards says too little, never too much (but for rounding).
        for guesses in (1..200).chain((200..10_000).step_by(97)) {
            let exact = curve.opened(guesses);
            let told = table.opened(u64::try_from(guesses).unwrap());
            assert!(told <= exact + 0.000_06, "{code} with {guesses} guesses: {told} > {exact}");
        }
    }
}
