//! The share of people who hold each PIN.

use crate::{
    curve::Curve,
    pin::{PINS, Pin},
};
use std::collections::BTreeSet;

/// A share for each of the 10,000 PINs; together they are 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Distribution(Vec<f64>);

impl Distribution {
    /// Weights become shares. At least one is above zero, none below.
    pub(crate) fn of_weights(mut weights: Vec<f64>) -> Self {
        assert_eq!(weights.len(), PINS, "bug: one weight per PIN");
        let total: f64 = weights.iter().sum();
        assert!(total > 0.0, "bug: a distribution needs a weight above zero");
        for weight in &mut weights {
            *weight /= total;
        }
        Self(weights)
    }

    /// Every PIN is equally common.
    #[must_use]
    pub fn uniform() -> Self {
        Self::of_weights(vec![1.0; PINS])
    }

    /// The share of people who hold a PIN.
    #[must_use]
    pub fn share(&self, pin: Pin) -> f64 {
        self.0[pin.place()]
    }

    /// All PINs, the commonest first; of two that are equally common the smaller number.
    #[must_use]
    pub fn guessing_order(&self) -> Vec<Pin> {
        let mut order: Vec<Pin> = Pin::all().collect();
        order.sort_by(|a, b| self.share(*b).total_cmp(&self.share(*a)).then(a.cmp(b)));
        order
    }

    /// This distribution without some PINs: whoever held a barred one picks like the others. Nothing when nobody
    /// holds any of the rest.
    #[must_use]
    pub fn without(&self, barred: &BTreeSet<Pin>) -> Option<Self> {
        let left = |pin: Pin| if barred.contains(&pin) { 0.0 } else { self.share(pin) };
        let weights: Vec<f64> = Pin::all().map(left).collect();
        weights.iter().any(|weight| *weight > 0.0).then(|| Self::of_weights(weights))
    }

    /// What guesses open for somebody who knows this distribution.
    #[must_use]
    pub fn curve(&self) -> Curve {
        let mut shares = self.0.clone();
        shares.sort_by(|a, b| b.total_cmp(a));
        Curve::of_guesses(shares)
    }

    /// What guesses open for somebody who guesses in the order of another list. PINs that stand twice in `order`
    /// are guessed once, and those that it lacks are not guessed at all.
    #[must_use]
    pub fn curve_in_order(&self, order: &[Pin]) -> Curve {
        let mut guessed = BTreeSet::new();
        let fresh = order.iter().filter(|pin| guessed.insert(**pin));
        Curve::of_guesses(fresh.map(|pin| self.share(*pin)).collect())
    }

    /// The PIN of a person who is drawn by a number from 0 to 1; the dice are the caller's.
    #[must_use]
    pub fn draw(&self, unit: f64) -> Pin {
        let mut below = 0.0;
        let held = Pin::all().filter(|pin| self.share(*pin) > 0.0);
        let mut last = Pin::of_halves(0, 0);
        for pin in held {
            below += self.share(pin);
            last = pin;
            if unit < below {
                break;
            }
        }
        last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_drawn_by_their_shares() {
        let mut weights = vec![0.0; PINS];
        weights[7] = 1.0;
        weights[1_234] = 3.0;
        let two = Distribution::of_weights(weights);
        let cases =
            [(0.0, 7), (0.249, 7), (0.25, 1_234), (0.999, 1_234), (1.0, 1_234), (2.0, 1_234), (-1.0, 7)];
        for (unit, expected) in cases {
            assert_eq!(two.draw(unit).number(), expected, "{unit}");
        }
    }

    #[test]
    fn the_wrong_order_opens_no_more_than_the_right_one() {
        let mut weights: Vec<f64> = (0..PINS).map(|place| 1.0 / (place as f64 + 1.0)).collect();
        let right = Distribution::of_weights(weights.clone());
        weights.reverse();
        let wrong = Distribution::of_weights(weights);
        let crossed = right.curve_in_order(&wrong.guessing_order());
        assert_eq!(right.curve_in_order(&right.guessing_order()), right.curve());
        for guesses in [1, 3, 100, 5_000] {
            assert!(crossed.opened(guesses) < right.curve().opened(guesses), "{guesses}");
        }
        assert!((crossed.opened(PINS) - 1.0).abs() < 1e-9);
        let twice = [Pin::of_halves(0, 0); 2];
        assert_eq!(right.curve_in_order(&twice).opened(2), right.share(twice[0]));
    }
}
