//! The published figures come out: leaked passwords to the last digit, the model of bank cards within its tolerance.

use pins::{Born, Counts, Curve, Distribution, Pin, bank_cards, bank_cards_born};
use std::collections::BTreeSet;

/// Leaked passwords of four digits: 29,229,307 of them (origin and licence stand in the file).
const HIBP: &str = include_str!("hibp-4-digit.csv");
const GUESSES: [usize; 7] = [1, 3, 6, 10, 30, 100, 1000];

fn hibp() -> Counts {
    Counts::parse(HIBP).expect("the table is one")
}

/// Bits and per cents to two decimals: H₁, G̃, then the shares at `GUESSES`.
fn row(curve: &Curve) -> String {
    let shares = GUESSES.map(|guesses| format!("{:.2}", 100.0 * curve.opened(guesses))).join(" ");
    format!("{:.2} {:.2} | {shares}", curve.shannon_bits(), curve.guesswork_bits())
}

#[test]
fn leaked_passwords_to_two_decimals() {
    let counts = hibp();
    assert_eq!(counts.total(), 29_229_307);
    let barred =
        |most: usize| counts.without(&counts.top(most).into_iter().collect()).expect("some are left");
    for (name, curve, expected) in [
        ("all", counts.shares().curve(), "11.68 12.31 | 9.01 11.71 12.97 14.08 18.27 26.63 48.16"),
        ("top 100 barred", barred(100).shares().curve(), "12.94 12.72 | 0.09 0.27 0.54 0.90 2.41 6.57 30.99"),
        (
            "top 1000 barred",
            barred(1000).shares().curve(),
            "13.06 12.86 | 0.02 0.07 0.14 0.24 0.72 2.34 19.21",
        ),
        ("uniform", Distribution::uniform().curve(), "13.29 13.29 | 0.01 0.03 0.06 0.10 0.30 1.00 10.00"),
    ] {
        assert_eq!(row(&curve), expected, "{name}");
    }
}

#[test]
fn the_commonest_and_the_rarest_are_known() {
    let counts = hibp();
    let top: Vec<String> = counts.top(10).iter().map(ToString::to_string).collect();
    assert_eq!(top, ["1234", "1111", "0000", "1342", "1212", "2222", "4444", "1122", "1986", "2020"]);
    let rarest = counts.shares().guessing_order().pop().map(|pin| (pin.to_string(), counts.of(pin)));
    assert_eq!(rarest, Some(("0849".to_owned(), 516)));
}

/// Published for the model, quoted second-hand: good to about a tenth of a per cent, or of a bit.
#[test]
fn bank_cards_within_a_tenth() {
    let near = |what: &str, is: f64, published: f64, most: f64| {
        assert!((is - published).abs() <= most, "{what}: {is:.3}, published {published}");
    };
    let all = bank_cards();
    let barred: BTreeSet<Pin> = all.guessing_order().into_iter().take(100).collect();
    let per_cent = |curve: &Curve, guesses| 100.0 * curve.opened(guesses);
    let curve = all.curve();
    near("1 guess", per_cent(&curve, 1), 0.48, 0.1);
    near("3 guesses", per_cent(&curve, 3), 1.44, 0.1);
    near("6 guesses", per_cent(&curve, 6), 1.94, 0.1);
    near("H1", curve.shannon_bits(), 12.90, 0.1);
    near("guesswork", curve.guesswork_bits(), 12.83, 0.1);
    let curve = all.without(&barred).expect("some are left").curve();
    near("1 guess, top 100 barred", per_cent(&curve, 1), 0.04, 0.1);
    near("3 guesses, top 100 barred", per_cent(&curve, 3), 0.12, 0.1);
    near("6 guesses, top 100 barred", per_cent(&curve, 6), 0.24, 0.1);
    // "A birthday present every eleven wallets": in a few tries; one in eighteen when the top 100 are barred.
    let known = bank_cards_born(Born::new(1975, 4, 23).expect("a day"));
    near("known birthday", per_cent(&known.curve(), 6), 100.0 / 11.0, 1.2);
    let curve = known.without(&barred).expect("some are left").curve();
    near("known birthday, top 100 barred", per_cent(&curve, 6), 100.0 / 18.0, 1.2);
}

/// An attacker who knows leaked passwords guesses bank cards almost as well as one who knows bank cards.
#[test]
fn guessing_by_the_wrong_list() {
    let leaked = hibp().shares().guessing_order();
    let crossed = bank_cards().curve_in_order(&leaked);
    let own = bank_cards().curve();
    for guesses in GUESSES {
        assert!(crossed.opened(guesses) <= own.opened(guesses) + 1e-12, "{guesses}");
    }
    assert!(crossed.opened(3) > 0.9 * own.opened(3), "{} of {}", crossed.opened(3), own.opened(3));
}
