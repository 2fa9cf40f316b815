//! The share of accounts that guesses open, and how many guesses it takes.

/// Success after each further guess, and what follows from it.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve(Vec<f64>);

impl Curve {
    /// The share that each guess opens by itself, in the order of guessing.
    pub(crate) const fn of_guesses(shares: Vec<f64>) -> Self {
        Self(shares)
    }

    /// The share of accounts that the first `guesses` guesses open: λ with that index in Bonneau's words.
    #[must_use]
    pub fn opened(&self, guesses: usize) -> f64 {
        self.0.iter().take(guesses).sum()
    }

    /// Shannon's entropy H₁ in bits: what a PIN tells on average.
    #[must_use]
    pub fn shannon_bits(&self) -> f64 {
        -self.0.iter().filter(|share| **share > 0.0).map(|share| share * share.log2()).sum::<f64>()
    }

    /// Guesswork G̃₁ in bits: log₂(2·G − 1) of the mean number of guesses G, so that *n* equally common PINs have
    /// log₂ *n* (Bonneau, "The science of guessing", 2012, §3.2.1). Meant for a curve that opens everything.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "there are 10,000 guesses")]
    pub fn guesswork_bits(&self) -> f64 {
        let mean: f64 = self.0.iter().enumerate().map(|(at, share)| (at as f64 + 1.0) * share).sum();
        2.0_f64.mul_add(mean, -1.0).log2()
    }
}
